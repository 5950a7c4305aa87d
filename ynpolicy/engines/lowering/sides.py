"""What stands on the two sides of a comparison: facts and constants of each kind, as nodes over columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import frozen

from ynpolicy.engines.lowering.build import (
    choice,
    conjunction,
    disjunction,
    holds,
    negation,
    one_of,
    unknown,
)
from ynpolicy.engines.lowering.nodes import FALSE, TRUE, UNKNOWN, Number, SameSymbol, Truth

# ---------------------------------------------------------------- numbers


@frozen
class NumberSide:
    """A number between `lo` and `hi`, in whole ticks of which a unit has `scale`; they are one node where it is exact.

    Without a value both ends are null.
    """

    lo: Number
    hi: Number
    scale: int

    @property
    def is_exact(self) -> bool:
        """Whether both ends are one."""
        return self.lo == self.hi


# ---------------------------------------------------------------- symbols


@frozen
class SymbolColumn:
    """A symbol that stands in a column."""

    column: str
    symbols: tuple[str, ...]

    def among(self, symbols: frozenset[str]) -> Truth:
        """Whether it is one of these; unknown where it has no value."""
        return one_of(self.column, symbols, self.symbols)


@frozen
class FixedSymbol:
    """A symbol of the law."""

    symbol: str

    @property
    def symbols(self) -> tuple[str, ...]:
        """Those that it may be."""
        return (self.symbol,)

    def among(self, symbols: frozenset[str]) -> Truth:
        """Whether it is one of these."""
        return TRUE if self.symbol in symbols else FALSE


@frozen
class LookedUp:
    """A symbol that follows from another by a table; `cells` has what follows, empty where nothing does."""

    source: SymbolSide
    cells: Mapping[str, str]

    @property
    def symbols(self) -> tuple[str, ...]:
        """Those that it may be."""
        return tuple(sorted(set(self.cells.values()) - {""}))

    def among(self, symbols: frozenset[str]) -> Truth:
        """Whether it is one of these; unknown where nothing follows."""
        blank = frozenset(key for key in self.source.symbols if not self.cells.get(key))
        behind = frozenset(key for key, cell in self.cells.items() if cell and cell in symbols)
        found = self.source.among(behind)
        return choice(self.source.among(blank), UNKNOWN, found) if blank else found


@frozen
class AgreedSymbol:
    """A symbol that is stated and also follows from another; without a value where the two differ."""

    stated: SymbolSide
    derived: SymbolSide

    @property
    def symbols(self) -> tuple[str, ...]:
        """Those that it may be."""
        return tuple(dict.fromkeys((*self.stated.symbols, *self.derived.symbols)))

    def among(self, symbols: frozenset[str]) -> Truth:
        """Whether it is one of these; unknown where it has no value."""
        singles = [frozenset([symbol]) for symbol in self.derived.symbols]
        differ = disjunction(conjunction((self.derived.among(s), negation(self.stated.among(s)))) for s in singles)
        stated = self.stated.among(symbols)
        kept = choice(differ, UNKNOWN, stated)
        return choice(unknown(stated), self.derived.among(symbols), kept)


SymbolSide = SymbolColumn | FixedSymbol | LookedUp | AgreedSymbol
"""A symbol of the case or of the law."""


def same_symbol(left: SymbolSide, right: SymbolSide) -> Truth:
    """Two symbols are the same; unknown where either has no value."""
    if isinstance(left, FixedSymbol):
        left, right = right, left
    if isinstance(right, FixedSymbol):
        return left.among(frozenset([right.symbol]))
    if isinstance(left, SymbolColumn) and isinstance(right, SymbolColumn):
        return SameSymbol(left.column, right.column)
    common = [frozenset([symbol]) for symbol in left.symbols if symbol in right.symbols]
    nothing: frozenset[str] = frozenset()
    open_side = disjunction((unknown(left.among(nothing)), unknown(right.among(nothing))))
    return choice(open_side, UNKNOWN, disjunction(conjunction((left.among(s), right.among(s))) for s in common))


# ---------------------------------------------------------------- sets of symbols


@frozen
class SetSide:
    """A set: `members` says of symbols whether they are in it, `other` of any that is not named there.

    `complete` is true where it is wholly known, false where in part, unknown where it has no value. A set of the law
    is `fixed`: no symbol but its `members` is in it.
    """

    members: Mapping[str, Truth]
    other: Truth
    complete: Truth
    fixed: bool = False

    def member(self, symbol: str) -> Truth:
        """Whether a symbol is in it."""
        found = self.members.get(symbol)
        if found is not None:
            return found
        return choice(self.complete, FALSE, UNKNOWN)


def fixed_set(symbols: Iterable[str], whole: bool = True) -> SetSide:
    """A set of the law; not `whole` where it may have other members."""
    return SetSide(dict.fromkeys(sorted(symbols), TRUE), FALSE if whole else UNKNOWN, TRUE if whole else FALSE, True)


def agreed_set(stated: SetSide, derived: SetSide) -> SetSide:
    """A set that is stated and also follows from a symbol; without a value where it leaves out what follows."""
    names = tuple(stated.members)
    left_out = [conjunction((derived.member(s), negation(stated.member(s)))) for s in names]
    left_out.append(conjunction((derived.other, negation(stated.other))))
    differ = conjunction((stated.complete, disjunction(left_out)))
    silent = unknown(stated.complete)

    def joined(one: Truth, other: Truth) -> Truth:
        return choice(silent, other, choice(differ, UNKNOWN, one))

    return SetSide(
        {s: joined(stated.member(s), derived.member(s)) for s in names},
        joined(stated.other, derived.other),
        joined(stated.complete, derived.complete),
    )


def membership(item: SymbolSide, members: SetSide) -> Truth:
    """A symbol is in a set; unknown where either has no value."""
    if isinstance(item, FixedSymbol):
        return members.member(item.symbol)
    if members.fixed:
        return disjunction((item.among(frozenset(members.members)), members.other))
    pairs = (conjunction((item.among(frozenset([s])), members.member(s))) for s in item.symbols)
    return choice(unknown(item.among(frozenset())), UNKNOWN, disjunction(pairs))


def overlap(a: SetSide, b: SetSide) -> Truth:
    """Two sets share a member; unknown where either has no value."""
    names = dict.fromkeys((*a.members, *b.members))
    shared = disjunction(conjunction((a.member(s), b.member(s))) for s in names)
    shared = disjunction((shared, conjunction((a.other, b.other))))
    silent = [unknown(side.complete) for side, beside in ((a, b), (b, a)) if not (beside.fixed and beside.members)]
    return choice(disjunction(silent), UNKNOWN, shared)


def inclusion(a: SetSide, b: SetSide) -> Truth:
    """Every member of `a` is in `b`; unknown where either has no value."""
    names = dict.fromkeys((*a.members, *b.members))
    inside = [disjunction((negation(a.member(s)), b.member(s))) for s in names]
    inside.append(disjunction((negation(a.other), b.other)))
    whole = choice(a.complete, TRUE, UNKNOWN)
    known = choice(unknown(b.complete), UNKNOWN, TRUE)
    return conjunction((*inside, whole, known))


def is_whole(side: SetSide) -> Truth:
    """Whether a set is wholly known; never unknown."""
    return holds(side.complete)


def has_value(side: SymbolSide) -> Truth:
    """Whether a symbol has a value; never unknown."""
    return negation(unknown(side.among(frozenset())))
