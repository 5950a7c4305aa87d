"""What a pack says before its norms: vocabulary, parameters, tables, passages of the text, and readings.

Nodes are frozen attrs classes; their `place` in the author's files takes no part in equality.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import Enum
from fractions import Fraction
from typing import Final

from attrs import field, frozen

from ynpolicy.errors import Place
from ynpolicy.logic import NOWHERE, All
from ynpolicy.values import Value

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
    "portfolio",
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

    @property
    def words(self) -> tuple[str, ...]:
        """Every word by which it may be written."""
        return (self.id, self.label.zh, self.label.en, *self.aliases)


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


RANKS: Final = ("mainstem", "main_tributary", "minor")
"""What a river may be within its system."""


@frozen
class ByRivers:
    """A distance that geometry can supply: from the nearest part of the site to the rivers of some systems and ranks.

    `systems` are named as layers name them; `buffer` is the parameter with the distance that the law draws, if any.
    """

    systems: tuple[str, ...]
    ranks: tuple[str, ...]
    buffer: str = ""


@frozen
class ByBoundaries:
    """A symbol that geometry can supply: the code of the administrative unit of this kind that holds the whole site."""

    kind: str


@frozen
class FactType:
    """One entry of the vocabulary: what may be said about a case, and how to ask for it.

    `arises` is the condition under which the question arises at all; only where it is false may the fact be
    `not_applicable`. `resolution` is the step at which the fact is usually reported, in `unit`. `changeable` facts may
    be changed by a remedy, at `cost` a change. `located` says how geometry can answer.
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
    located: ByRivers | ByBoundaries | None = None
    aliases: tuple[str, ...] = ()
    place: Place = field(default=NOWHERE, eq=False, repr=False)

    @property
    def words(self) -> tuple[str, ...]:
        """The words by which it may be called beside its name."""
        return (self.label.zh, self.label.en, *self.aliases)

    def is_asked_of(self, level: str) -> bool:
        """Whether it is asked of a kind of case."""
        return not self.levels or level in self.levels


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


# ---------------------------------------------------------------- passages and how they are read


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
