"""The typed form of a pack and of a case; every engine reads this and nothing else.

Nodes are frozen attrs classes. A node's `id` is its address in the pack (`norm/must[1].any[0]`) and its `place` the
position in the author's file; neither takes part in equality.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import Enum
from fractions import Fraction
from typing import Final

from attrs import Factory, field, frozen

from ynpolicy.errors import Place
from ynpolicy.logic import (
    NOWHERE as NOWHERE,
)
from ynpolicy.logic import (
    All as All,
)
from ynpolicy.logic import (
    AnyOf as AnyOf,
)
from ynpolicy.logic import (
    Arithmetic as Arithmetic,
)
from ynpolicy.logic import (
    Compare as Compare,
)
from ynpolicy.logic import (
    Condition as Condition,
)
from ynpolicy.logic import (
    FactRef as FactRef,
)
from ynpolicy.logic import (
    Holds as Holds,
)
from ynpolicy.logic import (
    In as In,
)
from ynpolicy.logic import (
    Leaf as Leaf,
)
from ynpolicy.logic import (
    Literal as Literal,
)
from ynpolicy.logic import (
    Not as Not,
)
from ynpolicy.logic import (
    Overlaps as Overlaps,
)
from ynpolicy.logic import (
    ParameterRef as ParameterRef,
)
from ynpolicy.logic import (
    Term as Term,
)
from ynpolicy.logic import (
    Within as Within,
)
from ynpolicy.logic import (
    facts_read as facts_read,
)
from ynpolicy.logic import (
    leaves as leaves,
)
from ynpolicy.logic import (
    parameters_read as parameters_read,
)
from ynpolicy.logic import (
    references as references,
)
from ynpolicy.logic import (
    terms as terms,
)
from ynpolicy.values import Missing, SymbolSet, Value

LEVELS: Final = (
    "project",
    "enterprise",
    "facility",
    "transfer",
    "medical_institution",
    "prefecture",
    "county",
    "province",
    "authority",
)
"""What kind of case a norm is judged on (its bearer)."""


@frozen
class Text:
    """A text for people, in Chinese and in English."""

    zh: str
    en: str

    def __getitem__(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en


# ---------------------------------------------------------------- vocabulary


class Kind(Enum):
    """The type of a fact or parameter."""

    BOOLEAN = "boolean"
    SYMBOL = "symbol"
    SYMBOLS = "symbols"
    NUMBER = "number"
    DATE = "date"
    TEXT = "text"
    """For people only; no condition may read it."""


@frozen
class Symbol:
    """One admissible symbol: its label, and other words by which a user may write it."""

    id: str
    label: Text
    aliases: tuple[str, ...] = ()


@frozen
class Lookup:
    """A fact that follows from another one through a table: the row whose key is the fact's symbol, its `column`."""

    fact: str
    table: str
    column: str

    @property
    def sources(self) -> tuple[str, ...]:
        """The facts from which it follows."""
        return (self.fact,)


@frozen
class Total:
    """A number that is the sum of others; it is known when all of them are."""

    facts: tuple[str, ...]

    @property
    def sources(self) -> tuple[str, ...]:
        """The facts from which it follows."""
        return self.facts


@frozen
class Deadline:
    """A date so many working days after the latest of some dates; the count begins on the day after.

    It is known when all of the dates are, the `parameter` that says how many days has a value at the as-of date, and
    the calendar knows every day that must be counted.
    """

    parameter: str
    facts: tuple[str, ...]

    @property
    def sources(self) -> tuple[str, ...]:
        """The facts from which it follows."""
        return self.facts


@frozen
class FactType:
    """One entry of the vocabulary: what may be said about a case, and how to ask for it.

    `arises` is the condition under which the question arises at all; only where it is false may the fact be
    `not_applicable`. `resolution` is the step at which the fact is usually reported, in `unit`. `changeable` facts may
    be changed by a remedy, at `cost` a change.
    """

    name: str
    kind: Kind
    label: Text
    question: Text
    unit: str = ""
    resolution: Fraction = Fraction(1)
    minimum: Fraction | None = None
    maximum: Fraction | None = None
    symbols: Mapping[str, Symbol] = field(factory=dict, hash=False)
    levels: tuple[str, ...] = ()
    answered_by: Text = Text("", "")
    changeable: bool = False
    cost: Fraction = Fraction(1)
    arises: All | None = None
    derived: Lookup | Total | Deadline | None = None
    aliases: tuple[str, ...] = ()
    place: Place = field(default=NOWHERE, eq=False, repr=False)


@frozen
class DatedValue:
    """A value of the law from one day to another (both included), and where it comes from.

    `value` is None while it is unverified; then it decides nothing, and `note` says what would settle it. It holds only
    where each reading named in `under` is taken by one of the options given.
    """

    value: Value | None
    since: date | None = None
    until: date | None = None
    clause: str = ""
    source: str = ""
    status: str = "verified"
    note: Text = Text("", "")
    under: Mapping[str, tuple[str, ...]] = field(factory=dict, hash=False)


@frozen
class Parameter:
    """A number, date or set that the law fixes, by date; or, where `is_day`, the day itself on which it is read.

    `values` are those of the readings chosen, `every` those of any reading.
    """

    name: str
    kind: Kind
    label: Text
    values: tuple[DatedValue, ...]
    unit: str = ""
    place: Place = field(default=NOWHERE, eq=False, repr=False)
    is_day: bool = False
    every: tuple[DatedValue, ...] = ()

    def at(self, day: date) -> DatedValue | None:
        """The entry in force on a day, or None."""
        if self.is_day:
            return DatedValue(day)
        for entry in self.values:
            if (entry.since is None or entry.since <= day) and (entry.until is None or day <= entry.until):
                return entry
        return None


AS_OF: Final = Parameter("as_of", Kind.DATE, Text("判定基准日", "as-of date"), (), is_day=True)
"""The reserved name by which conditions read a case's as-of date, like a parameter that changes every day."""


@frozen
class Table:
    """A decision table: `rows` maps the key column's cell to the whole row, cells as text."""

    name: str
    key: str
    columns: tuple[str, ...]
    rows: Mapping[str, Mapping[str, str]] = field(hash=False)
    place: Place = field(default=NOWHERE, eq=False, repr=False)


# ---------------------------------------------------------------- norms


@frozen
class Clause:
    """A passage of the instrument, and the words of it that reports print.

    `offset` (from 0), `length` and `digest` describe the whole passage in the text without white space and page
    numbers; `occurrence` says which one it is where the same words occur more than once. `quote` occurs within it.
    """

    id: str
    section: str
    quote: str
    offset: int
    length: int
    digest: str
    kind: str = "encoded"
    occurrence: int = 1
    reason: Text = Text("", "")
    place: Place = field(default=NOWHERE, eq=False, repr=False)


@frozen
class Heading:
    """The words of a section's heading, and where they begin in the text without white space and page numbers."""

    section: str
    words: str
    offset: int


@frozen
class Chapter:
    """A chapter of the instrument, its own heading first among its `headings`. A clause belongs to the chapter whose
    `section` its own begins with. Duties stand in normative chapters only.
    """

    section: str
    title: Text
    normative: bool
    headings: tuple[Heading, ...] = ()
    place: Place = field(default=NOWHERE, eq=False, repr=False)


class Modality(Enum):
    """The key under which a norm's requirement stands."""

    MUST = "must"
    MUST_NOT = "must_not"
    SHOULD = "should"
    SHOULD_NOT = "should_not"
    REVIEW = "review"
    MAY = "may"

    @property
    def forbids(self) -> bool:
        """Whether the requirement's lines describe the forbidden state."""
        return self in (Modality.MUST_NOT, Modality.SHOULD_NOT)

    @property
    def is_strict(self) -> bool:
        """Whether a breach is a violation."""
        return self in (Modality.MUST, Modality.MUST_NOT)

    @property
    def is_defeasible(self) -> bool:
        """Whether a breach may be justified."""
        return self in (Modality.SHOULD, Modality.SHOULD_NOT)


@frozen
class Exemption:
    """An exception of a norm: while `when` holds, the norm does not bind."""

    id: str
    title: Text
    when: All
    place: Place = field(default=NOWHERE, eq=False, repr=False)


@frozen
class Progress:
    """A target over years: from `base` in the year `start` to `goal` in the year `end`, terms of one unit.

    `final` is the fact of the year `end`, `latest` the latest figure before it and `year` the year of that figure.
    """

    base: Term
    goal: Term
    start: int
    end: int
    final: str
    latest: str
    year: str


@frozen
class Norm:
    """One duty, ban, review or encouragement that a clause states.

    breach = applies and not exempt and not met. `requirement` is what the modality demands (or, for `must_not` and
    `should_not`, the forbidden state); it is None for `review` and `may`, whose `note` says what to examine or what is
    encouraged. In force from `since` to `until`, both included; judged only after `due`, where there is one.
    `contrary` names clauses that say otherwise and are printed beside its own. `progress` says how a target
    is followed before its day. `under` maps a reading to the options
    under which the norm stands; under any other option of that reading the pack is without it.
    """

    id: str
    title: Text
    explanation: Text
    clauses: tuple[str, ...]
    level: str
    modality: Modality
    applies: All
    requirement: All | None
    note: Text = Text("", "")
    exemptions: tuple[Exemption, ...] = ()
    since: date | None = None
    until: date | None = None
    due: date | None = None
    readings: tuple[str, ...] = ()
    contrary: tuple[str, ...] = ()
    topic: str = ""
    aliases: tuple[str, ...] = ()
    under: Mapping[str, tuple[str, ...]] = field(factory=dict, hash=False)
    progress: Progress | None = None
    place: Place = field(default=NOWHERE, eq=False, repr=False)

    @property
    def conditions(self) -> tuple[All, ...]:
        """Every condition of the norm: applicability, exceptions, requirement."""
        own = (self.applies, *(exemption.when for exemption in self.exemptions))
        return own if self.requirement is None else (*own, self.requirement)


@frozen
class Reading:
    """An interpretation taken where the text leaves a choice.

    `options` are the ways that a user may choose between, the one taken unless another is chosen first; it is empty
    where there is nothing to choose.
    """

    id: str
    title: Text
    possible: Text
    taken: Text
    why: Text
    would_change: Text
    options: Mapping[str, Text] = field(factory=dict, hash=False)
    place: Place = field(default=NOWHERE, eq=False, repr=False)


@frozen
class Pack:
    """One instrument as issued, encoded.

    `norms` are all norms, those of every reading; a case is judged by those of `norms_at`. `chosen` names the
    option of each reading for which another than the first was chosen. `laid` tells which rows of a user's own
    tables lie over the pack's. `territory` maps a level to the condition that a case lies in the pack's territory:
    an implicit line of every norm's applicability. `period` is the instrument's own period; `since` the first day
    on which its norms count as in force. `entries` is the number of clauses that the ledger must have (0: not
    stated), `least_share` the least share of the normative chapters' characters that they must cover.
    """

    id: str
    version: str
    title: Text
    issuer: Text
    period: tuple[date, date]
    since: date
    facts: Mapping[str, FactType] = field(hash=False)
    parameters: Mapping[str, Parameter] = field(hash=False)
    tables: Mapping[str, Table] = field(hash=False)
    clauses: Mapping[str, Clause] = field(hash=False)
    norms: Mapping[str, Norm] = field(hash=False)
    readings: Mapping[str, Reading] = field(hash=False)
    territory: Mapping[str, All] = field(hash=False)
    notices: tuple[Text, ...] = ()
    superseded_by: Text | None = None
    text_digest: str = ""
    digest: str = ""
    root: str = ""
    chapters: tuple[Chapter, ...] = ()
    entries: int = 0
    least_share: Fraction = Fraction(0)
    chosen: Mapping[str, str] = field(factory=dict, hash=False)
    laid: tuple[str, ...] = ()
    _judged: Mapping[str, tuple[Norm, ...]] = field(
        init=False, eq=False, repr=False, hash=False, default=Factory(lambda pack: pack._by_level(), takes_self=True)
    )

    def norms_at(self, level: str) -> tuple[Norm, ...]:
        """The norms that are judged on a level under the readings chosen, in the pack's order."""
        return self._judged.get(level, ())

    def option(self, reading: str) -> str:
        """The option under which a reading is taken; empty where it leaves nothing to choose."""
        options = self.readings[reading].options if reading in self.readings else {}
        return self.chosen.get(reading) or next(iter(options), "")

    def takes(self, under: Mapping[str, tuple[str, ...]]) -> bool:
        """Whether each reading named is taken by one of the options given."""
        return all(self.option(reading) in options for reading, options in under.items())

    def taken(self, reading: str) -> Text:
        """What is taken of a reading: the option chosen in place of the first, or else what its file says."""
        found = self.readings[reading]
        return found.options[self.chosen[reading]] if reading in self.chosen else found.taken

    def _by_level(self) -> dict[str, tuple[Norm, ...]]:
        found: dict[str, list[Norm]] = {}
        for norm in self.norms.values():
            if self.takes(norm.under):
                found.setdefault(norm.level, []).append(norm)
        return {level: tuple(norms) for level, norms in found.items()}


# ---------------------------------------------------------------- cases


@frozen
class Origin:
    """Where a fact comes from, as its author stated it; every field may be empty.

    `derived` names the facts from which it follows; `calendar` is the year whose working days are not known, where it
    cannot be counted from them for that reason.
    """

    document: str = ""
    page: str = ""
    date: str = ""
    entered_by: str = ""
    stated: str = ""
    derived: str = ""
    calendar: str = ""
    place: Place = field(default=NOWHERE, eq=False, repr=False)


@frozen
class Justification:
    """A recorded reason for departing from a norm in principle: who accepted it, in which document, for which days."""

    norm: str
    document: str
    accepted_by: str
    reason: str = ""
    since: date | None = None
    until: date | None = None


@frozen
class ReviewRecord:
    """A strict review that took place: who, when, and whether it accepted."""

    norm: str
    reviewer: str
    date: date
    accepted: bool
    document: str = ""


@frozen
class Case:
    """A case after normalising: typed, exact, checked; the same for every engine.

    `values` holds what is known and exact or measured, `missing` the facts that were asked for and have no value (any
    other fact is absent). `parameters` is the pack's law at `as_of`; an unverified parameter is not in it.
    `justified` and `reviewed` hold only the records that count on the as-of date.
    """

    id: str
    level: str
    as_of: date
    values: Mapping[str, Value] = field(hash=False)
    missing: Mapping[str, Missing] = field(factory=dict, hash=False)
    parameters: Mapping[str, Value] = field(factory=dict, hash=False)
    justified: Mapping[str, Justification] = field(factory=dict, hash=False)
    reviewed: Mapping[str, ReviewRecord] = field(factory=dict, hash=False)
    origins: Mapping[str, tuple[Origin, ...]] = field(factory=dict, hash=False)
    title: str = ""
    texts: Mapping[str, str] = field(factory=dict, hash=False)
    digest: str = ""
    place: Place = field(default=NOWHERE, eq=False, repr=False)

    def state(self, name: str) -> Missing:
        """Why a fact without a value has none."""
        return self.missing.get(name, Missing.ABSENT)


def is_settled(value: Value) -> bool:
    """Whether a known value leaves nothing open: an exact number, or a complete set."""
    return value.complete if isinstance(value, SymbolSet) else getattr(value, "is_exact", True)
