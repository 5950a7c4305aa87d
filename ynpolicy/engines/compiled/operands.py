"""The two sides of a comparison as source, and the lines that the source is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from fractions import Fraction
from math import lcm
from typing import Final

from attrs import frozen

from ynpolicy.engines.compiled.layout import FAR, Layout
from ynpolicy.errors import EnvelopeError
from ynpolicy.ir import Arithmetic, FactRef, Kind, Literal, ParameterRef, Term
from ynpolicy.values import MICRO, Interval, SymbolSet, Value

_PLAIN_BITS: Final = 100
"""A constant of at most this size, and scale, stays far below FAR in whatever it is compared with."""

_DEEPEST: Final = 80
"""How far blocks may be indented: Python's own parser stops at 100."""


class Lines:
    """Source under construction."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._depth = 0
        self._names = 0

    def __str__(self) -> str:
        return "\n".join(self._lines) + "\n"

    def add(self, text: str) -> None:
        """Add a line at the present depth."""
        self._lines.append(" " * self._depth + text)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """A compound statement; what is added inside is its body."""
        if self._depth >= _DEEPEST:
            raise EnvelopeError(f"conditions are nested more than {_DEEPEST} deep")
        self.add(head)
        self._depth += 1
        yield
        self._depth -= 1

    def fresh(self) -> str:
        """A name that nothing else has."""
        self._names += 1
        return f"x{self._names}"


@frozen
class Side:
    """One side of a comparison as source.

    `codes` are the layout's codes for its kind; `absent` the tests that say that some fact of it has no value. A number
    is counted in `1 / scale`; it is `plain` while comparing it needs no such test. `fixed` marks a constant, `least` is
    where a constant number begins.
    """

    kind: Kind
    codes: tuple[str, ...]
    absent: tuple[str, ...] = ()
    scale: int = MICRO
    plain: bool = True
    fixed: bool = False
    least: int = -1

    def scaled(self, scale: int) -> tuple[str, str]:
        """A number's two ends, counted in `1 / scale`."""
        low, high = self.codes
        factor = scale // self.scale
        return (low, high) if factor == 1 else (f"{low} * {factor:#x}", f"{high} * {factor:#x}")


class Operands:
    """Terms as sides, over one layout and one state of the law; products add lines of their own."""

    def __init__(self, lines: Lines, layout: Layout, parameters: Mapping[str, Value]) -> None:
        self._lines = lines
        self._layout = layout
        self._parameters = parameters

    def of(self, term: Term) -> Side | None:
        """A term as source; None where it reads a parameter without a verified value."""
        match term:
            case FactRef(name):
                return self._fact(name)
            case ParameterRef(name):
                value = self._parameters.get(name)
                return None if value is None else self._constant(value)
            case Literal(Fraction() as number):
                return self._constant(Interval(number, number))
            case Literal(frozenset() as members):
                return self._constant(SymbolSet(members))
            case Literal(bool() | str() | date() as constant):
                return self._constant(constant)
            case Arithmetic(op, left, right):
                a, b = self.of(left), self.of(right)
                return None if a is None or b is None else self._arithmetic(op, a, b)
        raise EnvelopeError(f"`{term}` is no term")

    def _fact(self, name: str) -> Side:
        kind, slot = self._layout.kinds[name], self._layout.slots[name]
        code, second = f"v{slot}", f"v{slot + 1}"
        match kind:
            case Kind.BOOLEAN:
                return Side(kind, (code,), (f"{code} > 0",))
            case Kind.SYMBOLS:
                return Side(kind, (code, second), (f"{second} & 1",))
            case Kind.NUMBER:
                return Side(kind, (code, second), (f"{code} == {-FAR:#x}",))
            case _:
                return Side(kind, (code,), (f"not {code}",))

    def _constant(self, value: Value) -> Side:
        match value:
            case bool():
                return Side(Kind.BOOLEAN, ("0" if value else "-1",), fixed=True)
            case str():
                return Side(Kind.SYMBOL, (f"{self._layout.bits[value]:#x}",), fixed=True)
            case SymbolSet(members, complete):
                known = f"{self._layout.bits.mask(members):#x}"
                return Side(Kind.SYMBOLS, (known, known if complete else "-2"), fixed=True)
            case Interval(lo, hi):
                scale = lcm(lo.denominator, hi.denominator)
                low, high = int(lo * scale), int(hi * scale)
                plain = max(abs(low), abs(high), scale).bit_length() < _PLAIN_BITS
                return Side(Kind.NUMBER, (f"({low:#x})", f"({high:#x})"), (), scale, plain, True, low)
            case date():
                return Side(Kind.DATE, (str(value.toordinal()),), fixed=True)

    def _arithmetic(self, op: str, a: Side, b: Side) -> Side:
        if a.kind is not Kind.NUMBER or b.kind is not Kind.NUMBER:
            raise EnvelopeError(f"`{op}` stands between a {a.kind.value} and a {b.kind.value}")
        absent = (*a.absent, *b.absent)
        if op == "*":
            return Side(Kind.NUMBER, self._product(a, b), absent, a.scale * b.scale, plain=False)
        scale = lcm(a.scale, b.scale)
        (al, ah), (bl, bh) = a.scaled(scale), b.scaled(scale)
        if op == "-":
            bl, bh = bh, bl
        return Side(Kind.NUMBER, (f"({al} {op} {bl})", f"({ah} {op} {bh})"), absent, scale, plain=False)

    def _product(self, a: Side, b: Side) -> tuple[str, str]:
        if b.least >= 0:
            a, b = b, a
        if a.least >= 0 and a.codes[0] == a.codes[1]:
            return f"({a.codes[0]} * {b.codes[0]})", f"({a.codes[0]} * {b.codes[1]})"
        low, high, corners = self._lines.fresh(), self._lines.fresh(), self._lines.fresh()
        (al, ah), (bl, bh) = a.codes, b.codes
        self._lines.add(f"{corners} = {al} * {bl}, {al} * {bh}, {ah} * {bl}, {ah} * {bh}")
        self._lines.add(f"{low} = min({corners}); {high} = max({corners})")
        return low, high
