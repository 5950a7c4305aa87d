"""Three-valued conditions as positive formulas: when is a condition definitely true, when definitely false.

A formula is a disjunction of alternatives, an alternative a conjunction of tests of one field against a constant.
A test of a field that is not there fails, so where neither formula of a condition holds, it is unknown. Negation is
pushed to the comparisons by De Morgan's laws; nothing else would be sound without a value for every field.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from math import prod
from typing import Final

from attrs import frozen

from ynpolicy.engines.forward.measures import Measures
from ynpolicy.ir import (
    All,
    AnyOf,
    Compare,
    Condition,
    Holds,
    In,
    Leaf,
    Literal,
    Not,
    Overlaps,
    Term,
    Within,
)


@frozen
class Test:
    """One field of a fact against a constant; `op` as durable_rules writes it."""

    field: str
    op: str
    constant: int


Alternative = tuple[Test, ...]
Formula = tuple[Alternative, ...]

NEVER: Final[Formula] = ()
ALWAYS: Final[Formula] = ((),)

MOST_PRODUCTS: Final = 6
"""A conjunction may multiply its parts out to this many alternatives, because each one that holds fires its rule."""

_LOW, _HIGH = 0, 1
_ENDS: Final[dict[tuple[str, bool], tuple[tuple[tuple[int, str], ...], ...]]] = {
    ("<", True): (((_HIGH, "$lt"),),),
    ("<", False): (((_LOW, "$gte"),),),
    ("<=", True): (((_HIGH, "$lte"),),),
    ("<=", False): (((_LOW, "$gt"),),),
    ("==", True): (((_LOW, "$eq"), (_HIGH, "$eq")),),
    ("==", False): (((_LOW, "$gt"),), ((_HIGH, "$lt"),)),
}
"""Which ends of the interval `left - right` are compared with 0, and how, for a comparison to be true or false."""

_CONTRARY: Final = {">": "<=", ">=": "<", "!=": "=="}


@frozen
class Conclusion:
    """A formula whose truth a rule concludes into the field `name`, after `layer` earlier rounds of conclusions."""

    name: str
    formula: Formula
    layer: int
    subject: str


class Formulas:
    """Compiles conditions to formulas, and collects the conclusions that rules must draw."""

    def __init__(self, measures: Measures) -> None:
        self._measures = measures
        self._conclusions: dict[Formula, Conclusion] = {ALWAYS: Conclusion("always", ALWAYS, 0, "")}
        self._layers: dict[str, int] = {}
        self.subject = ""

    @property
    def conclusions(self) -> tuple[Conclusion, ...]:
        """Every conclusion that takes a rule: all but those that always or never hold."""
        return tuple(item for item in self._conclusions.values() if item.formula not in (ALWAYS, NEVER))

    def conclude(self, formula: Formula) -> str:
        """The field in which a rule records that the formula holds; equal formulas share it."""
        if formula not in self._conclusions:
            name = f"k{len(self._conclusions)}" if formula else "never"
            layer = max((self._layers.get(test.field, -1) + 1 for way in formula for test in way), default=0)
            self._layers[name] = layer
            self._conclusions[formula] = Conclusion(name, formula, layer, self.subject)
        return self._conclusions[formula].name

    def pair(self, condition: Condition) -> tuple[str, str]:
        """The fields in which it is recorded that a condition is definitely true, and definitely false."""
        return self.conclude(self.formula(condition, True)), self.conclude(self.formula(condition, False))

    def formula(self, condition: Condition, wanted: bool) -> Formula:
        """When a condition is definitely true (`wanted`) or definitely false."""
        match condition:
            case Not(item):
                return self.formula(item, not wanted)
            case All(items):
                parts = [self.formula(item, wanted) for item in items]
                return self.conjunction(parts) if wanted else disjunction(parts)
            case AnyOf(items):
                parts = [self.formula(item, wanted) for item in items]
                return disjunction(parts) if wanted else self.conjunction(parts)
            case _:
                return self._leaf(condition, wanted)

    def conjunction(self, parts: Iterable[Formula]) -> Formula:
        """Every part holds. Parts with many alternatives are concluded first, so that they do not multiply out."""
        open_parts = list(dict.fromkeys(part for part in parts if part != ALWAYS))
        if NEVER in open_parts:
            return NEVER
        while len(open_parts) > 1 and prod(map(len, open_parts)) > MOST_PRODUCTS:
            widest = max(range(len(open_parts)), key=lambda i: len(open_parts[i]))
            open_parts[widest] = ((Test(self.conclude(open_parts[widest]), "$eq", 1),),)
        ways = (tuple(dict.fromkeys(test for way in ways for test in way)) for ways in product(*open_parts))
        return tuple(dict.fromkeys(ways))

    def _leaf(self, leaf: Leaf, wanted: bool) -> Formula:
        match leaf:
            case Holds(term):
                return ((Test(self._measures.flag(term), "$eq", int(wanted)),),)
            case Compare(op, left, right):
                ends = self._measures.difference(left, right)
                key = (_CONTRARY[op], not wanted) if op in _CONTRARY else (op, wanted)
                return tuple(tuple(Test(ends[end], test, 0) for end, test in way) for way in _ENDS[key])
            case In(item, members):
                hits = self._measures.count(item, members, shared=True)
                some, none = Test(hits, "$gt", 0), Test(hits, "$eq", 0)
                return ((some,),) if wanted else ((none, *self._complete(members)),)
            case Overlaps(left, right):
                hits = self._measures.count(left, right, shared=True)
                if wanted:
                    return ((Test(hits, "$gt", 0),),)
                return tuple((Test(hits, "$eq", 0), *way) for way in self._nothing_shared(left, right))
            case Within(left, right):
                outside = self._measures.count(left, right, shared=False)
                if wanted:
                    return ((Test(outside, "$eq", 0), *self._complete(left)),)
                return ((Test(outside, "$gt", 0), *self._complete(right)),)

    def _nothing_shared(self, left: Term, right: Term) -> Formula:
        """When two sets without a known shared member certainly share none; no two of the ways hold together."""
        ways: list[Alternative] = [(*self._complete(left), *self._complete(right))]
        for one, other in ((left, right), (right, left)):
            if not isinstance(other, Literal):
                complete, _ = self._measures.extent(other)
                _, members = self._measures.extent(one)
                ways.append((*self._complete(one), Test(members, "$eq", 0), Test(complete, "$eq", 0)))
        return tuple(ways)

    def _complete(self, term: Term) -> Alternative:
        return () if isinstance(term, Literal) else (Test(self._measures.extent(term)[0], "$eq", 1),)


def disjunction(parts: Iterable[Formula]) -> Formula:
    """Some part holds."""
    ways = dict.fromkeys(way for part in parts for way in part)
    return ALWAYS if () in ways else tuple(ways)
