"""What stands on one side of a comparison, for every kind of value: variables of a fact, or constants of the law."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any, TypeAlias

import z3
from attrs import field, frozen

from ynpolicy.engines.smt.codes import Codes
from ynpolicy.engines.smt.truths import Formula, Kleene, both, either, every, guarded, no, of, some
from ynpolicy.errors import EnvelopeError
from ynpolicy.values import Interval, SymbolSet, Value

Number: TypeAlias = Any
"""A z3 real, or a `Fraction` where nothing is open."""


@frozen(eq=False)
class Boolean:
    """True or false."""

    known: Formula
    value: Formula


@frozen(eq=False)
class OneSymbol:
    """A symbol: `code` is a bit vector, or a Python int; `choices` are the symbols that it may be."""

    known: Formula
    code: Any
    choices: frozenset[str]
    codes: Codes = field(repr=False)

    def is_(self, symbol: str) -> Formula:
        """That it is this symbol."""
        if symbol not in self.choices:
            return False
        number = self.codes[symbol]
        return self.code == number


@frozen(eq=False)
class SymbolsSide:
    """A set of symbols: for each symbol whether it is listed, and whether the list is complete."""

    known: Formula
    members: Mapping[str, Formula]
    complete: Formula

    @property
    def empty(self) -> Formula:
        return no(some(self.members.values()))


@frozen(eq=False)
class Day:
    """A date as its ordinal: a z3 integer, or a Python int."""

    known: Formula
    ordinal: Any


@frozen(eq=False)
class Quantity:
    """A number between `lo` and `hi`, which are one object where it is exact."""

    known: Formula
    lo: Number
    hi: Number

    @property
    def exact(self) -> bool:
        return self.lo is self.hi


Side: TypeAlias = Boolean | OneSymbol | SymbolsSide | Day | Quantity


def constant(value: Value, codes: Codes) -> Side:
    """A value of the law."""
    match value:
        case bool():
            return Boolean(True, value)
        case str():
            return OneSymbol(True, codes[value], frozenset([value]), codes)
        case SymbolSet(members, complete):
            return SymbolsSide(True, dict.fromkeys(sorted(members), True), complete)
        case Interval(lo, hi):
            return Quantity(True, lo, lo if lo == hi else hi)
        case date():
            return Day(True, value.toordinal())


def real(number: Number) -> Number:
    """A number as the solver takes it."""
    return z3.RealVal(f"{number.numerator}/{number.denominator}") if isinstance(number, Fraction) else number


# ---------------------------------------------------------------- arithmetic


def arithmetic(op: str, a: Side, b: Side) -> Quantity:
    """A sum, difference or product by outward interval arithmetic. Raises `EnvelopeError` for what is no number."""
    if not isinstance(a, Quantity) or not isinstance(b, Quantity):
        raise EnvelopeError(f"`{op}` stands between a {type(a).__name__} and a {type(b).__name__}")
    known = both(a.known, b.known)
    if a.exact and b.exact:
        number = _calculated(op, a.lo, b.lo)
        return Quantity(known, number, number)
    if op == "+":
        return Quantity(known, _calculated("+", a.lo, b.lo), _calculated("+", a.hi, b.hi))
    if op == "-":
        return Quantity(known, _calculated("-", a.lo, b.hi), _calculated("-", a.hi, b.lo))
    for factor, other in ((a, b), (b, a)):
        if factor.exact and isinstance(factor.lo, Fraction):
            ends = _calculated("*", factor.lo, other.lo), _calculated("*", factor.lo, other.hi)
            return Quantity(known, *(ends if factor.lo >= 0 else ends[::-1]))
    corners = [_calculated("*", x, y) for x in (a.lo, a.hi) for y in (b.lo, b.hi)]
    low, high = corners[0], corners[0]
    for corner in corners[1:]:
        low, high = z3.If(corner < low, corner, low), z3.If(corner > high, corner, high)
    return Quantity(known, low, high)


def _calculated(op: str, a: Number, b: Number) -> Number:
    if not (isinstance(a, Fraction) and isinstance(b, Fraction)):
        a, b = real(a), real(b)
    if op == "+":
        return a + b
    return a - b if op == "-" else a * b


# ---------------------------------------------------------------- comparisons


def compare(op: str, a: Side, b: Side) -> Kleene:
    """`a op b`. Raises `EnvelopeError` where the kinds do not fit."""
    known = both(a.known, b.known)
    match op:
        case "==":
            return guarded(known, _equal(a, b))
        case "!=":
            return guarded(known, _equal(a, b).negated)
        case "<":
            return guarded(known, _less(a, b))
        case ">":
            return guarded(known, _less(b, a))
        case "<=":
            return guarded(known, _less(b, a).negated)
        case _:
            return guarded(known, _less(a, b).negated)


def _less(a: Side, b: Side) -> Kleene:
    if isinstance(a, Day) and isinstance(b, Day):
        return of(a.ordinal < b.ordinal)
    if isinstance(a, Quantity) and isinstance(b, Quantity):
        surely = _before(a.hi, b.lo)
        return of(surely) if a.exact and b.exact else Kleene(surely, no(_before(a.lo, b.hi)))
    raise EnvelopeError(f"a {type(a).__name__} and a {type(b).__name__} have no order")


def _before(a: Number, b: Number) -> Formula:
    return a < b if isinstance(a, Fraction) and isinstance(b, Fraction) else real(a) < real(b)


def _same(a: Number, b: Number) -> Formula:
    return a == b if isinstance(a, Fraction) and isinstance(b, Fraction) else real(a) == real(b)


def _equal(a: Side, b: Side) -> Kleene:
    if isinstance(a, Quantity) and isinstance(b, Quantity):
        if a.exact and b.exact:
            return of(_same(a.lo, b.lo))
        apart = either(_before(a.hi, b.lo), _before(b.hi, a.lo))
        return Kleene(both(_same(a.lo, a.hi), _same(b.lo, b.hi), _same(a.lo, b.lo)), apart)
    if isinstance(a, Day) and isinstance(b, Day):
        return of(a.ordinal == b.ordinal)
    if isinstance(a, OneSymbol) and isinstance(b, OneSymbol):
        if isinstance(a.code, int) or isinstance(b.code, int):
            fixed, other = (a, b) if isinstance(a.code, int) else (b, a)
            return of(other.is_(next(iter(fixed.choices))))
        return of(a.code == b.code)
    if isinstance(a, Boolean) and isinstance(b, Boolean):
        if isinstance(b.value, bool):
            a, b = b, a
        if isinstance(a.value, bool):
            return of(b.value if a.value else no(b.value))
        return of(a.value == b.value)
    raise EnvelopeError(f"a {type(a).__name__} is compared with a {type(b).__name__}")


def holds(side: Side) -> Kleene:
    """A boolean standing alone."""
    if not isinstance(side, Boolean):
        raise EnvelopeError(f"a {type(side).__name__} stands alone")
    return guarded(side.known, of(side.value))


def membership(item: Side, members: Side) -> Kleene:
    """`item in members`."""
    if not isinstance(item, OneSymbol) or not isinstance(members, SymbolsSide):
        raise EnvelopeError(f"a {type(item).__name__} is looked for in a {type(members).__name__}")
    listed = some(both(item.is_(symbol), there) for symbol, there in members.members.items())
    return guarded(both(item.known, members.known), Kleene(listed, both(no(listed), members.complete)))


def overlap(a: Side, b: Side) -> Kleene:
    """`overlaps(a, b)`."""
    x, y = _sets(a, b)
    shared = some(both(there, y.members[symbol]) for symbol, there in x.members.items() if symbol in y.members)
    closed = either(both(x.complete, y.complete), both(x.complete, x.empty), both(y.complete, y.empty))
    return guarded(both(x.known, y.known), Kleene(shared, both(no(shared), closed)))


def inclusion(a: Side, b: Side) -> Kleene:
    """`within(a, b)`."""
    x, y = _sets(a, b)
    listed = every(either(no(there), y.members.get(symbol, False)) for symbol, there in x.members.items())
    return guarded(both(x.known, y.known), Kleene(both(listed, x.complete), both(no(listed), y.complete)))


def _sets(a: Side, b: Side) -> tuple[SymbolsSide, SymbolsSide]:
    if not isinstance(a, SymbolsSide) or not isinstance(b, SymbolsSide):
        raise EnvelopeError(f"a {type(a).__name__} and a {type(b).__name__} are compared as sets")
    return a, b
