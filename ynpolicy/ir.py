"""The typed form of a pack and of a case; every engine reads this and nothing else.

Nodes are frozen attrs classes. A node's `id` is its address in the pack (`norm/must[1].any[0]`) and its `place` the
position in the author's file; neither takes part in equality. What norms are made of stands in `logic`, what a pack
says before its norms in `law`; both are to be had from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import Enum
from fractions import Fraction
from typing import Final

from attrs import Factory, field, frozen

from ynpolicy.claims import Claims
from ynpolicy.errors import Place
from ynpolicy.groupings import Grouping
from ynpolicy.law import (
    AS_OF,
    LEVELS,
    ByBoundaries,
    ByRivers,
    Chapter,
    Clause,
    DatedValue,
    Deadline,
    FactType,
    Heading,
    Kind,
    Lookup,
    Parameter,
    Reading,
    Symbol,
    Table,
    Text,
    Total,
)
from ynpolicy.location import Location
from ynpolicy.logic import (
    NOWHERE,
    All,
    AnyOf,
    Arithmetic,
    Compare,
    Condition,
    FactRef,
    Holds,
    In,
    Leaf,
    Literal,
    Not,
    Overlaps,
    ParameterRef,
    Term,
    Within,
    facts_read,
    leaves,
    parameters_read,
    references,
    terms,
)
from ynpolicy.values import Missing, SymbolSet, Value

__all__ = [
    "AS_OF",
    "INSTRUMENTS",
    "LEVELS",
    "NOWHERE",
    "All",
    "AnyOf",
    "Arithmetic",
    "ByBoundaries",
    "ByRivers",
    "Case",
    "Chapter",
    "Clause",
    "Compare",
    "Condition",
    "DatedValue",
    "Deadline",
    "Exemption",
    "FactRef",
    "FactType",
    "Heading",
    "Holds",
    "In",
    "Justification",
    "Kind",
    "Leaf",
    "Literal",
    "Lookup",
    "Modality",
    "Norm",
    "Not",
    "Origin",
    "Overlaps",
    "Pack",
    "Parameter",
    "ParameterRef",
    "Progress",
    "Reading",
    "ReviewRecord",
    "Symbol",
    "Table",
    "Term",
    "Text",
    "Total",
    "Within",
    "facts_read",
    "is_settled",
    "leaves",
    "parameters_read",
    "references",
    "terms",
]

# ---------------------------------------------------------------- norms


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
    under which the norm stands; under any other option of that reading the pack is without it. `row` is the table and
    the key of the row that it is drawn from, if any.
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
    row: tuple[str, str] | None = None
    place: Place = field(default=NOWHERE, eq=False, repr=False)

    @property
    def conditions(self) -> tuple[All, ...]:
        """Every condition of the norm: applicability, exceptions, requirement."""
        own = (self.applies, *(exemption.when for exemption in self.exemptions))
        return own if self.requirement is None else (*own, self.requirement)


INSTRUMENTS: Final = ("plan", "law")
"""What an instrument is: reports speak of it accordingly."""


_DAYS_KEPT: Final = 64
"""For so many days a pack keeps what its law is."""


@frozen
class Pack:
    """One instrument as issued, encoded.

    `norms` are all norms, those of every reading; a case is judged by those of `norms_at`. `chosen` names the
    option of each reading for which another than the first was chosen. `laid` tells which rows of a user's own
    tables lie over the pack's, which stand in the folder `over`; the pack's own files stand in `root`. `territory`
    maps a level to the condition that a case lies in the pack's territory: an implicit line of every norm's
    applicability. `period` is the instrument's own period; `since` the first day on which its norms count as in
    force. `entries` is the number of clauses that the ledger must have (0: not stated), `least_share` the least
    share of the normative chapters' characters that they must cover. `groupings` says which groups of cases are judged,
    and what follows for a group from its members.
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
    over: str = ""
    instrument: str = "plan"
    chapters: tuple[Chapter, ...] = ()
    entries: int = 0
    least_share: Fraction = Fraction(0)
    chosen: Mapping[str, str] = field(factory=dict, hash=False)
    laid: tuple[str, ...] = ()
    claims: Claims = field(factory=Claims)
    groupings: Mapping[str, Grouping] = field(factory=dict, hash=False)
    _judged: Mapping[str, tuple[Norm, ...]] = field(
        init=False, eq=False, repr=False, hash=False, default=Factory(lambda pack: pack._by_level(), takes_self=True)
    )
    _derived: tuple[FactType, ...] = field(
        init=False,
        eq=False,
        repr=False,
        hash=False,
        default=Factory(lambda pack: tuple(fact for fact in pack.facts.values() if fact.derived), takes_self=True),
    )
    _words: dict[str, Mapping[str, str]] = field(init=False, eq=False, repr=False, hash=False, factory=dict)
    _law: dict[date, Mapping[str, Value]] = field(init=False, eq=False, repr=False, hash=False, factory=dict)

    def norms_at(self, level: str) -> tuple[Norm, ...]:
        """The norms that are judged on a level under the readings chosen, in the pack's order."""
        return self._judged.get(level, ())

    @property
    def derived(self) -> tuple[FactType, ...]:
        """The facts that follow from others, in the vocabulary's order."""
        return self._derived

    def words_at(self, level: str) -> Mapping[str, str]:
        """Every word by which a fact may be called on a level, and its name: names, then labels and aliases.

        Worked out once a level, since every case asks for them.
        """
        if level not in self._words:
            words = {name: name for name in self.facts}
            for fact in sorted(self.facts.values(), key=lambda fact: not fact.is_asked_of(level)):
                for word in fact.words:
                    words.setdefault(word, fact.name)
            self._words[level] = words
        return self._words[level]

    def law_at(self, day: date) -> Mapping[str, Value]:
        """The value of every parameter that has one on a day. The last days asked for are kept."""
        found = self._law.get(day)
        if found is None:
            entries = ((name, parameter.at(day)) for name, parameter in self.parameters.items())
            found = {name: entry.value for name, entry in entries if entry is not None and entry.value is not None}
            if len(self._law) >= _DAYS_KEPT:
                self._law.clear()
            self._law[day] = found
        return found

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
    cannot be counted from them for that reason. `located` is `rivers` or `boundaries` where geometry answers, `doubts`
    then says why it cannot.
    """

    document: str = ""
    page: str = ""
    date: str = ""
    entered_by: str = ""
    stated: str = ""
    derived: str = ""
    calendar: str = ""
    located: str = ""
    doubts: str = ""
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
    `justified` and `reviewed` hold only the records that count on the as-of date. `location` is what geometry finds
    about the site, where one is given.
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
    location: Location | None = None
    place: Place = field(default=NOWHERE, eq=False, repr=False)

    def state(self, name: str) -> Missing:
        """Why a fact without a value has none."""
        return self.missing.get(name, Missing.ABSENT)


def is_settled(value: Value) -> bool:
    """Whether a known value leaves nothing open: an exact number, or a complete set."""
    return value.complete if isinstance(value, SymbolSet) else getattr(value, "is_exact", True)
