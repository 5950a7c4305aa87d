"""Variables for the facts of a case, what the vocabulary says of them, and a case's values in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import Any, Final

import z3

from ynpolicy.engines.smt.codes import Codes
from ynpolicy.engines.smt.sides import Boolean, Day, OneSymbol, Quantity, Side, SymbolsSide, real
from ynpolicy.engines.smt.truths import Formula, both, either, every, implies, no, some
from ynpolicy.ir import Kind, Pack
from ynpolicy.values import LARGEST_TICKS, MICRO, Interval, SymbolSet, Value

FIRST_DAY: Final = date(1900, 1, 1).toordinal()
LAST_DAY: Final = date(2200, 12, 31).toordinal()
"""A case's dates lie between these, as the normaliser has it."""
LARGEST: Final = Fraction(LARGEST_TICKS, MICRO)


class Variables:
    """The variables of the facts of one pack, each made when first asked for.

    With `partial` a fact may be unknown, measured or known in part; without it a fact is exact, and known unless its
    question does not arise.
    """

    def __init__(self, pack: Pack, codes: Codes, partial: bool) -> None:
        self.pack = pack
        self.codes = codes
        self.partial = partial
        self._sides: dict[str, Side] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._sides))

    def __getitem__(self, name: str) -> Side:
        if name not in self._sides:
            fact = self.pack.facts[name]
            open_ = self.partial or fact.arises is not None
            known = z3.Bool(f"{name} known") if open_ else True
            self._sides[name] = variable(name, fact.kind, tuple(fact.symbols), self.codes, known, self.partial)
        return self._sides[name]

    def bounds(self, name: str) -> Formula:
        """What the type of a fact says: its range, its symbols, days that exist."""
        fact, side = self.pack.facts[name], self[name]
        return admissible(side, fact.minimum, fact.maximum)

    def exact(self, name: str) -> Formula:
        """That a fact, if known, leaves nothing open."""
        match self[name]:
            case Quantity(_, lo, hi) if lo is not hi:
                return lo == hi
            case SymbolsSide(_, _, complete):
                return complete
            case _:
                return True

    def on_grid(self, name: str, step: Fraction) -> Formula:
        """That a number is a whole multiple of a step, or a case cannot write it; true for any other fact."""
        side = self[name]
        if not isinstance(side, Quantity):
            return True
        ends = {"lo": side.lo} if side.exact else {"lo": side.lo, "hi": side.hi}
        return every(
            real(end) == z3.ToReal(z3.Int(f"{name} {which} / {step}")) * real(step) for which, end in ends.items()
        )

    def equals(self, name: str, value: Value | None) -> Formula:
        """That a fact has a value, or none."""
        side = self[name]
        return no(side.known) if value is None else both(side.known, same(side, value))


def variable(name: str, kind: Kind, symbols: tuple[str, ...], codes: Codes, known: Formula, partial: bool) -> Side:
    """Variables for something of a kind; an exact number has one, a measured one has two."""
    match kind:
        case Kind.BOOLEAN:
            return Boolean(known, z3.Bool(name))
        case Kind.SYMBOL:
            return OneSymbol(known, z3.BitVec(name, codes.width), frozenset(symbols), codes)
        case Kind.SYMBOLS:
            complete = z3.Bool(f"{name} complete") if partial else True
            return SymbolsSide(known, {symbol: z3.Bool(f"{name} has {symbol}") for symbol in symbols}, complete)
        case Kind.DATE:
            return Day(known, z3.Int(name))
        case _:
            lo = z3.Real(name)
            return Quantity(known, lo, z3.Real(f"{name} at most") if partial else lo)


def variables_of(side: Side) -> list[Any]:
    """The solver's variables of a side, each once."""
    found: list[Any] = [side.known]
    match side:
        case Boolean(_, value):
            found.append(value)
        case OneSymbol(_, code):
            found.append(code)
        case Day(_, ordinal):
            found.append(ordinal)
        case Quantity(_, lo, hi):
            found += [lo] if lo is hi else [lo, hi]
        case SymbolsSide(_, members, complete):
            found += [*members.values(), complete]
    return [variable_ for variable_ in found if isinstance(variable_, z3.ExprRef)]


def admissible(side: Side, minimum: Fraction | None, maximum: Fraction | None) -> Formula:
    """That variables have values which something of their kind may have."""
    match side:
        case OneSymbol(_, code, choices):
            numbers = sorted(side.codes[symbol] for symbol in choices)
            if numbers and numbers[-1] - numbers[0] == len(numbers) - 1:
                return both(z3.UGE(code, numbers[0]), z3.ULE(code, numbers[-1]))
            return some(code == number for number in numbers)
        case Day(_, ordinal):
            return both(ordinal >= FIRST_DAY, ordinal <= LAST_DAY)
        case Quantity(_, lo, hi):
            least = -LARGEST if minimum is None else minimum
            most = LARGEST if maximum is None else maximum
            return both(real(least) <= lo, True if lo is hi else lo <= hi, hi <= real(most))
        case _:
            return True


def same(side: Side, value: Value) -> Formula:
    """That the variables of a side hold a value."""
    match side, value:
        case Boolean(_, variable_), bool():
            return variable_ if value else no(variable_)
        case OneSymbol(), str():
            return side.is_(value)
        case Day(_, ordinal), date():
            return ordinal == value.toordinal()
        case Quantity(_, lo, hi), Interval():
            ends = (lo == real(value.lo), hi == real(value.hi))
            return ends[0] if lo is hi and value.is_exact else both(*ends)
        case SymbolsSide(_, members, complete), SymbolSet():
            listed = [there if symbol in value.members else no(there) for symbol, there in members.items()]
            strange = bool(value.members - members.keys())
            return both(not strange, *listed, complete if value.complete else no(complete))
        case _:
            return False


def read(side: Side, value_of: Callable[[Formula], Any]) -> Value | None:
    """The value that a model gives to a side, or None where it is not known there.

    `value_of` evaluates a formula: to a z3 constant that it settles.
    """

    def is_true(formula: Formula) -> bool:
        return formula if isinstance(formula, bool) else bool(z3.is_true(value_of(formula)))

    if not is_true(side.known):
        return None
    match side:
        case Boolean(_, value):
            return is_true(value)
        case OneSymbol(_, code, _, codes):
            return codes.symbol(code if isinstance(code, int) else value_of(code).as_long())
        case Day(_, ordinal):
            return date.fromordinal(value_of(ordinal).as_long())
        case Quantity(_, lo, hi):
            return Interval(value_of(lo).as_fraction(), value_of(hi).as_fraction())
        case SymbolsSide(_, members, complete):
            return SymbolSet(frozenset(s for s, there in members.items() if is_true(there)), is_true(complete))


# ---------------------------------------------------------------- what follows from other facts


def looked_up(target: Side, source: Side, cells: Mapping[str, str], kind: Kind) -> Formula:
    """What a lookup says: a known target agrees with the cell of the source's row. Empty cells say nothing."""
    if not isinstance(source, OneSymbol):
        return True
    rows: dict[str, list[str]] = {}
    for key, cell in cells.items():
        if cell:
            rows.setdefault(cell, []).append(key)
    known = both(source.known, target.known)
    found = []
    for cell, keys in rows.items():
        here = some(source.is_(key) for key in keys)
        match target:
            case SymbolsSide(_, members, complete):
                result = either(members.get(cell, False), no(complete))
            case _:
                result = same(target, cell == "yes" if kind is Kind.BOOLEAN else cell)
        found.append(implies(both(known, here), result))
    return every(found)


def summed(target: Side, parts: list[Side]) -> Formula:
    """What a total says: where all parts are known, a known total does not contradict their sum."""
    numbers = [part for part in parts if isinstance(part, Quantity)]
    if not isinstance(target, Quantity) or len(numbers) < len(parts):
        return True
    low, high = z3.Sum([real(part.lo) for part in numbers]), z3.Sum([real(part.hi) for part in numbers])
    all_known = every(part.known for part in numbers)
    if target.exact and all(part.exact for part in numbers):
        agreed = target.lo == low
    else:
        agreed = both(target.lo <= high, low <= target.hi)
    writable = both(real(-LARGEST) <= low, high <= real(LARGEST))
    return both(implies(all_known, writable), implies(both(all_known, target.known), agreed))
