"""The engine-neutral form of a level's norms: typed expressions over the columns of a table, one row a case.

Truths are nullable: null is Kleene's unknown, and the connectives are Kleene's. Numbers are whole; each carries the
bounds within which it surely lies, so that an engine can choose a type in which nothing overflows. Nodes are made by
the functions in `build`, which leave out what is settled.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from attrs import field, frozen

# ---------------------------------------------------------------- truths


@frozen(cache_hash=True)
class Constant:
    """True, false, or (None) unknown in every row."""

    value: bool | None


@frozen(cache_hash=True)
class Flag:
    """A boolean column."""

    column: str


@frozen(cache_hash=True)
class Negation:
    """Kleene's not."""

    item: Truth


@frozen(cache_hash=True)
class Conjunction:
    """Kleene's and."""

    items: tuple[Truth, ...]


@frozen(cache_hash=True)
class Disjunction:
    """Kleene's or."""

    items: tuple[Truth, ...]


@frozen(cache_hash=True)
class Same:
    """Two truths are equal; unknown where either is."""

    left: Truth
    right: Truth


@frozen(cache_hash=True)
class Below:
    """`left < right` of two numbers; unknown where either has no value."""

    left: Number
    right: Number


@frozen(cache_hash=True)
class OutOfRange:
    """A number column holds less than `low` or more than `high`; unknown where it has no value."""

    column: str
    low: int
    high: int


@frozen(cache_hash=True)
class Equal:
    """Two numbers are equal; unknown where either has no value."""

    left: Number
    right: Number


@frozen(cache_hash=True)
class Before:
    """`left < right` of two dates; unknown where either has no value."""

    left: Day
    right: Day


@frozen(cache_hash=True)
class SameDay:
    """Two dates are equal; unknown where either has no value."""

    left: Day
    right: Day


@frozen(cache_hash=True)
class OneOf:
    """A symbol column holds one of these symbols; unknown where it has no value."""

    column: str
    symbols: frozenset[str]


@frozen(cache_hash=True)
class SameSymbol:
    """Two symbol columns hold the same symbol; unknown where either has no value."""

    left: str
    right: str


@frozen(cache_hash=True)
class NoValue:
    """A column holds null. Never unknown."""

    column: str


@frozen(cache_hash=True)
class Unknown:
    """A truth is unknown. Never unknown itself."""

    item: Truth


@frozen(cache_hash=True)
class Split:
    """True where `yes` is true, false where `no` is true, unknown elsewhere; the two are never true together."""

    yes: Truth
    no: Truth


@frozen(cache_hash=True)
class TruthChoice:
    """`then` where `when` is true, `otherwise` where it is false or unknown."""

    when: Truth
    then: Truth
    otherwise: Truth


Truth = (
    Constant
    | Flag
    | Negation
    | Conjunction
    | Disjunction
    | Same
    | Below
    | OutOfRange
    | Equal
    | Before
    | SameDay
    | OneOf
    | SameSymbol
    | NoValue
    | Unknown
    | Split
    | TruthChoice
)
"""A nullable boolean for each row."""

TRUE: Final = Constant(True)
FALSE: Final = Constant(False)
UNKNOWN: Final = Constant(None)

# ---------------------------------------------------------------- numbers

NARROW: Final = 2**63 - 1
"""What a 64-bit integer holds."""

WIDE: Final = 10**38 - 1
"""What 38 digits hold: the widest whole number of every database, and less than a 128-bit integer holds."""


@frozen(cache_hash=True)
class NumberColumn:
    """A column of whole ticks, within `low` and `high` (rows outside are rejected)."""

    column: str
    low: int = field(eq=False)
    high: int = field(eq=False)


@frozen(cache_hash=True)
class NumberConstant:
    """A whole number."""

    value: int

    @property
    def low(self) -> int:
        return self.value

    @property
    def high(self) -> int:
        return self.value


@frozen(cache_hash=True)
class Sum:
    """`left + right`, or `left - right` where `minus`; null where either is."""

    left: Number
    right: Number
    minus: bool
    low: int = field(eq=False)
    high: int = field(eq=False)


@frozen(cache_hash=True)
class Product:
    """`left * right`; null where either is."""

    left: Number
    right: Number
    low: int = field(eq=False)
    high: int = field(eq=False)


@frozen(cache_hash=True)
class Extreme:
    """The lowest of some numbers, or the `highest`; all of them are null, or none."""

    items: tuple[Number, ...]
    highest: bool
    low: int = field(eq=False)
    high: int = field(eq=False)


@frozen(cache_hash=True)
class NumberChoice:
    """`then` where `when` is true, else `otherwise`; None is null."""

    when: Truth
    then: Number | None
    otherwise: Number | None
    low: int = field(eq=False)
    high: int = field(eq=False)


Number = NumberColumn | NumberConstant | Sum | Product | Extreme | NumberChoice
"""A nullable whole number for each row, between `low` and `high`."""

# ---------------------------------------------------------------- dates


@frozen(cache_hash=True)
class DayColumn:
    """A date column."""

    column: str


@frozen(cache_hash=True)
class DayConstant:
    """One date."""

    day: date


@frozen(cache_hash=True)
class Latest:
    """The latest of some dates; null where any of them is."""

    items: tuple[Day, ...]


@frozen(cache_hash=True)
class Mapped:
    """The date that stands beside a date in a table (of working days); null where there is none."""

    item: Day
    pairs: tuple[tuple[date, date], ...] = field(repr=False)


@frozen(cache_hash=True)
class DayChoice:
    """`then` where `when` is true, else `otherwise`; None is null."""

    when: Truth
    then: Day | None
    otherwise: Day | None


Day = DayColumn | DayConstant | Latest | Mapped | DayChoice
"""A nullable date for each row."""

# ---------------------------------------------------------------- what comes out


@frozen(cache_hash=True)
class Code:
    """The number beside the first condition that is true, or else `default`."""

    cases: tuple[tuple[Truth, int], ...]
    default: int


@frozen(cache_hash=True)
class Ask:
    """The bit of one fact, where `when` is true."""

    fact: str
    when: Truth


@frozen(cache_hash=True)
class Gate:
    """The bits of all items together, where `when` is true."""

    when: Truth
    items: tuple[Mask, ...]


Mask = Ask | Gate
"""A set of facts for each row."""
