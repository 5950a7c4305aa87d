"""What some open facts of a case may turn out to be: all that matters where that can be listed, else a sample."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import chain, combinations, islice, product
from math import prod
from typing import Final

from ynpolicy.ir import (
    All,
    Arithmetic,
    Case,
    Compare,
    FactRef,
    Kind,
    Leaf,
    Literal,
    ParameterRef,
    Term,
    leaves,
    references,
)
from ynpolicy.testing.chance import Draw
from ynpolicy.testing.drawn_cases import CaseSpace
from ynpolicy.testing.drawn_values import TICK, within_range
from ynpolicy.testing.learning import exactly
from ynpolicy.values import Interval, SymbolSet, Value, exact

MOST_SYMBOLS: Final = 5
"""Of a set with more open symbols than this, the subsets are sampled."""

Assignment = dict[str, Value]


def assignments(
    draw: Draw, space: CaseSpace, case: Case, names: Sequence[str], most: int
) -> tuple[Iterator[Assignment], bool]:
    """At most so many settled values of open facts together; and whether no others could tell conditions apart.

    Each fact's list has a value for every answer that the comparisons of the case's level could tell from the others.
    Where it cannot be made, or the lists together are too long, values are drawn.
    """
    lists = [_every_answer(space, case, name, frozenset(names)) for name in names]
    if all(found is not None for found in lists) and prod(len(found or ()) for found in lists) <= most:
        chosen = product(*(found or () for found in lists))
        return (dict(zip(names, values, strict=True)) for values in chosen), True

    def sample() -> Iterator[Assignment]:
        while True:
            yield {
                name: draw.one_of(found) if found else exactly(draw, space, name, case.values.get(name))
                for name, found in zip(names, lists, strict=True)
            }

    return islice(sample(), most), False


def _every_answer(space: CaseSpace, case: Case, name: str, asked: frozenset[str]) -> list[Value] | None:
    """Values of an open fact of which each other value resembles one in all comparisons; None where unclear."""
    fact, known = space.pack.facts[name], case.values.get(name)
    match fact.kind, known:
        case Kind.BOOLEAN, _:
            return [False, True]
        case Kind.SYMBOL, _:
            return list(fact.symbols)
        case Kind.SYMBOLS, _:
            held = known.members if isinstance(known, SymbolSet) else frozenset[str]()
            free = [symbol for symbol in fact.symbols if symbol not in held]
            if len(free) > MOST_SYMBOLS:
                return None
            subsets = chain.from_iterable(combinations(free, size) for size in range(len(free) + 1))
            return [SymbolSet(held | set(chosen)) for chosen in subsets]
        case _:
            return _points(space, case, name, asked)


def _points(space: CaseSpace, case: Case, name: str, asked: frozenset[str]) -> list[Value] | None:
    """The numbers or days at which a comparison of the fact changes, with those just beside them."""
    found: dict[Value, None] = {}
    known = case.values.get(name)
    for leaf in _comparisons(space, case.level, name):
        others = {ref.name for ref in _facts(leaf)} - {name}
        if others & asked or not isinstance(leaf, Compare):
            return None
        if any(other not in case.values for other in others):
            continue
        marks = _changes(leaf, name, case)
        if marks is None:
            return None
        found |= dict.fromkeys(marks)
    fact = space.pack.facts[name]
    if not found and not isinstance(known, Interval):
        found[within_range(fact, exact(0)) if fact.kind is Kind.NUMBER else space.pool.days[0]] = None
    allowed = dict.fromkeys(within_range(fact, value) for value in found)
    if isinstance(known, Interval):
        inside = [v for v in allowed if isinstance(v, Interval) and known.lo <= v.lo <= known.hi]
        return list(dict.fromkeys([exact(known.lo), exact(known.hi), *inside]))
    return list(allowed)


def _comparisons(space: CaseSpace, level: str, name: str) -> Iterator[Leaf]:
    inside = space.pack.territory.get(level, All(()))
    for condition in (inside, *(c for norm in space.pack.norms_at(level) for c in norm.conditions)):
        yield from (leaf for leaf in leaves(condition) if FactRef(name) in leaf.reads)


def _facts(leaf: Leaf) -> Iterator[FactRef]:
    return (ref for ref in leaf.reads if isinstance(ref, FactRef))


def _changes(leaf: Compare, name: str, case: Case) -> list[Value] | None:
    """Where a comparison changes as one fact does, all other facts known; None where that is not one point."""
    sides = (leaf.left, leaf.right)
    if FactRef(name) in sides and not all(FactRef(name) == side for side in sides):
        other = _known(sides[1] if sides[0] == FactRef(name) else sides[0], case, {})
        if isinstance(other, date):
            return [other + timedelta(days=step) for step in (-1, 0, 1)]
    gaps = [_gap(leaf, case, {name: exact(at)}) for at in (0, 1, 2)]
    if any(gap is None for gap in gaps):
        return [] if _is_open(leaf, name, case) else None
    first, second, third = (gap for gap in gaps if gap is not None)
    if second - first != third - second:
        return None
    if first == second:
        return []
    root = Fraction(round(first / (first - second) / TICK)) * TICK
    return [exact(root + step * TICK) for step in (-1, 0, 1)]


def _gap(leaf: Compare, case: Case, instead: Mapping[str, Value]) -> Fraction | None:
    left, right = _known(leaf.left, case, instead), _known(leaf.right, case, instead)
    if isinstance(left, Interval) and isinstance(right, Interval) and left.is_exact and right.is_exact:
        return left.lo - right.lo
    return None


def _is_open(leaf: Compare, name: str, case: Case) -> bool:
    """Whether a comparison waits for a parameter without a value, so that no fact can change it."""
    law = [ref.name for side in (leaf.left, leaf.right) for ref in references(side) if isinstance(ref, ParameterRef)]
    return any(parameter not in case.parameters for parameter in law)


def _known(term: Term, case: Case, instead: Mapping[str, Value]) -> Value | None:
    """A term's value where it is exact."""
    match term:
        case FactRef(name):
            return instead.get(name, case.values.get(name))
        case ParameterRef(name):
            return case.parameters.get(name)
        case Literal(value):
            if isinstance(value, Fraction):
                return exact(value)
            return SymbolSet(value) if isinstance(value, frozenset) else value
        case Arithmetic(op, left, right):
            a, b = _known(left, case, instead), _known(right, case, instead)
            if not (isinstance(a, Interval) and isinstance(b, Interval) and a.is_exact and b.is_exact):
                return None
            number = a.lo + b.lo if op == "+" else a.lo - b.lo if op == "-" else a.lo * b.lo
            return exact(number)
