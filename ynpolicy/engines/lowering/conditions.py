"""Conditions as truths over columns, and what is missing where they are unknown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from math import lcm

from attrs import frozen

from ynpolicy.engines.lowering.build import (
    ask,
    before,
    below,
    conjunction,
    disjunction,
    equal,
    extreme,
    gate,
    negation,
    plus,
    same,
    same_day,
    split,
    times,
    unknown,
)
from ynpolicy.engines.lowering.facts import Facts
from ynpolicy.engines.lowering.nodes import (
    UNKNOWN,
    Constant,
    Day,
    DayConstant,
    Mask,
    Number,
    NumberConstant,
    Truth,
)
from ynpolicy.engines.lowering.sides import (
    FixedSymbol,
    NumberSide,
    SetSide,
    SymbolSide,
    fixed_set,
    inclusion,
    membership,
    overlap,
    same_symbol,
)
from ynpolicy.errors import EnvelopeError
from ynpolicy.ir import (
    AS_OF,
    All,
    AnyOf,
    Arithmetic,
    Compare,
    Condition,
    FactRef,
    Holds,
    In,
    Kind,
    Leaf,
    Literal,
    Not,
    Overlaps,
    Pack,
    ParameterRef,
    Term,
    Within,
    facts_read,
    terms,
)
from ynpolicy.values import Interval, SymbolSet, Value


@frozen
class Lowered:
    """A condition: its truth, and the facts to ask for where it is unknown (None where there are none)."""

    truth: Truth
    mask: Mask | None


class Conditions:
    """The conditions of a level at one state of the law."""

    def __init__(self, pack: Pack, facts: Facts, law: Mapping[str, Value], day: Day) -> None:
        self._pack = pack
        self._facts = facts
        self._law = law
        self._day = day
        self._known: dict[Condition, Lowered] = {}

    def lower(self, condition: Condition) -> Lowered:
        """A condition over columns. Raises `EnvelopeError` where its sides do not fit together, `TooWide`."""
        found = self._known.get(condition)
        if found is None:
            found = self._known[condition] = self._made(condition)
        return found

    def _made(self, condition: Condition) -> Lowered:
        match condition:
            case Not(item):
                inner = self.lower(item)
                return Lowered(negation(inner.truth), inner.mask)
            case All(items) | AnyOf(items):
                parts = [self.lower(item) for item in items]
                join = conjunction if isinstance(condition, All) else disjunction
                truth = join(part.truth for part in parts)
                return Lowered(truth, gate(unknown(truth), (part.mask for part in parts)))
        truth = self._leaf(condition)
        asked = (ask(name, self._facts.lacks(name)) for name in facts_read(condition))
        return Lowered(truth, gate(unknown(truth), asked))

    # ------------------------------------------------------------ comparisons

    def _leaf(self, leaf: Leaf) -> Truth:
        if isinstance(leaf, Compare) and self._kind(leaf.left) is self._kind(leaf.right) is Kind.NUMBER:
            return self._numbers(leaf)
        sides = [self._side(term) for term in terms(leaf)]
        if None in sides:
            return UNKNOWN
        match leaf, sides:
            case Holds(), [side] if isinstance(side, Truth):
                return side
            case In(), [item, SetSide() as members] if isinstance(item, SymbolSide):
                return membership(item, members)
            case Overlaps(), [SetSide() as a, SetSide() as b]:
                return overlap(a, b)
            case Within(), [SetSide() as a, SetSide() as b]:
                return inclusion(a, b)
            case Compare("==" | "!=" as op), [a, b] if isinstance(a, Truth) and isinstance(b, Truth):
                return _signed(op, same(a, b))
            case Compare("==" | "!=" as op), [a, b] if isinstance(a, SymbolSide) and isinstance(b, SymbolSide):
                return _signed(op, same_symbol(a, b))
            case Compare(op), [a, b] if isinstance(a, Day) and isinstance(b, Day):
                return _days(op, a, b)
        raise EnvelopeError(f"`{leaf.text}` compares what cannot be compared")

    def _kind(self, term: Term) -> Kind | None:
        match term:
            case FactRef(name):
                return self._pack.facts[name].kind
            case ParameterRef(name) if name in self._pack.parameters:
                return self._pack.parameters[name].kind
            case Literal(Fraction()) | Arithmetic():
                return Kind.NUMBER
        return None

    def _side(self, term: Term) -> Truth | SymbolSide | SetSide | Day | NumberSide | None:
        match term:
            case FactRef(name):
                return self._facts.side(name)
            case ParameterRef(AS_OF.name):
                return self._day
            case ParameterRef(name):
                return _fixed(self._law.get(name))
            case Literal(value):
                return _fixed(SymbolSet(value) if isinstance(value, frozenset) else value)
        return None

    # ------------------------------------------------------------ numbers

    def _numbers(self, leaf: Compare) -> Truth:
        a, b = self._number(leaf.left), self._number(leaf.right)
        if a is None or b is None:
            return UNKNOWN
        scale = lcm(a.scale, b.scale)
        a, b = _scaled(a, scale), _scaled(b, scale)
        match leaf.op:
            case "<":
                return _less(a, b)
            case ">":
                return _less(b, a)
            case "<=":
                return negation(_less(b, a))
            case ">=":
                return negation(_less(a, b))
        apart = disjunction((below(a.hi, b.lo), below(b.hi, a.lo)))
        if a.is_exact and b.is_exact:
            return _signed(leaf.op, equal(a.lo, b.lo))
        alike = conjunction((equal(a.lo, a.hi), equal(b.lo, b.hi), equal(a.lo, b.lo)))
        return _signed(leaf.op, split(alike, apart))

    def _number(self, term: Term) -> NumberSide | None:
        match term:
            case Literal(Fraction() as number):
                return _exact(Interval(number, number))
            case FactRef(name):
                side = self._facts.side(name)
                if side is not None and not isinstance(side, NumberSide):
                    raise EnvelopeError(f"`{name}` is no number")
                return side
            case ParameterRef(name):
                value = self._law.get(name)
                return _exact(value) if isinstance(value, Interval) else None
            case Arithmetic(op, left, right):
                a, b = self._number(left), self._number(right)
                if a is None or b is None:
                    return None
                return _product(a, b) if op == "*" else _sum(a, b, op == "-")
        raise EnvelopeError("a comparison of numbers reads what is no number")


def _fixed(value: Value | Fraction | None) -> Truth | SymbolSide | SetSide | Day | None:
    match value:
        case bool():
            return Constant(value)
        case str():
            return FixedSymbol(value)
        case SymbolSet(members, whole):
            return fixed_set(members, whole)
        case date():
            return DayConstant(value)
    return None


def _signed(op: str, item: Truth) -> Truth:
    return negation(item) if op == "!=" else item


def _days(op: str, a: Day, b: Day) -> Truth:
    match op:
        case "<":
            return before(a, b)
        case ">":
            return before(b, a)
        case "<=":
            return negation(before(b, a))
        case ">=":
            return negation(before(a, b))
    return _signed(op, same_day(a, b))


def _exact(value: Interval) -> NumberSide:
    scale = lcm(value.lo.denominator, value.hi.denominator)
    return NumberSide(NumberConstant(int(value.lo * scale)), NumberConstant(int(value.hi * scale)), scale)


def _scaled(side: NumberSide, scale: int) -> NumberSide:
    factor = NumberConstant(scale // side.scale)
    return NumberSide(times(side.lo, factor), times(side.hi, factor), scale)


def _sum(a: NumberSide, b: NumberSide, minus: bool) -> NumberSide:
    scale = lcm(a.scale, b.scale)
    a, b = _scaled(a, scale), _scaled(b, scale)
    low, high = (b.hi, b.lo) if minus else (b.lo, b.hi)
    return NumberSide(plus(a.lo, low, minus), plus(a.hi, high, minus), scale)


def _product(a: NumberSide, b: NumberSide) -> NumberSide:
    scale = a.scale * b.scale
    if a.lo.low >= 0 and b.lo.low >= 0:
        return NumberSide(times(a.lo, b.lo), times(a.hi, b.hi), scale)
    corners: list[Number] = [times(x, y) for x in (a.lo, a.hi) for y in (b.lo, b.hi)]
    return NumberSide(extreme(corners, False), extreme(corners, True), scale)


def _less(a: NumberSide, b: NumberSide) -> Truth:
    return split(below(a.hi, b.lo), negation(below(a.lo, b.hi)))
