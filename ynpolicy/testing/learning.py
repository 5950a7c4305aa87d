"""What may be learnt or forgotten about a case, and what a case then is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from typing import Final

from attrs import evolve

from ynpolicy.errors import InputError
from ynpolicy.ir import Case, FactType, is_settled
from ynpolicy.testing.chance import Draw
from ynpolicy.testing.drawn_cases import CaseSpace, idle_facts, stated
from ynpolicy.testing.drawn_values import TICK, draw_symbols, within_range
from ynpolicy.testing.written import as_normalised, follows
from ynpolicy.values import MICRO, Interval, Missing, SymbolSet, Value, exact

WAYS: Final = ("absent", "unknown", "coarse")
"""How a fact may be forgotten."""

_NOT_KNOWN: Final = (Missing.UNKNOWN, Missing.ABSENT, Missing.CONFLICT)


def open_facts(space: CaseSpace, case: Case) -> list[str]:
    """The facts about which something may still be learnt."""
    names = []
    for fact in space.asked(case.level):
        value = case.values.get(fact.name)
        if value is None:
            if case.state(fact.name) is not Missing.NOT_APPLICABLE:
                names.append(fact.name)
        elif not is_settled(value):
            names.append(fact.name)
    return names


def sharpened(draw: Draw, fact: FactType, value: Value) -> Value:
    """A fact's value as before, known more closely or just as closely."""
    match value:
        case Interval(lo, hi) if lo < hi:
            steps = int((hi - lo) * MICRO)
            first, second = sorted(draw.one_of((0, steps, draw.below(steps + 1))) for _ in range(2))
            return Interval(lo + first * TICK, lo + (first if draw.chance(50) else second) * TICK)
        case SymbolSet(members, complete) if not complete:
            more = members | draw_symbols(draw, tuple(fact.symbols))
            return SymbolSet(more, complete=draw.chance(70))
    return value


def refined(draw: Draw, space: CaseSpace, case: Case, accuracy_only: bool = False) -> Case:
    """The case after learning something: missing facts get values, measured and partly known ones get sharper."""
    learnt: dict[str, Value] = {}
    for name in open_facts(space, case):
        if draw.chance(30) or follows(case, name):
            continue
        if name in case.values:
            learnt[name] = sharpened(draw, space.pack.facts[name], case.values[name])
        elif not accuracy_only:
            learnt[name] = space.value(draw, name)
    return having_learnt(space, case, learnt)


def settled(draw: Draw, space: CaseSpace, case: Case) -> Case:
    """The case after everything has been learnt that its pack asks and that can be learnt of it.

    A fact stays open where its value would contradict one that is stated and follows from it.
    """
    for derived in (False, True):
        learnt: dict[str, Value] = {}
        for name in open_facts(space, case):
            fact = space.pack.facts[name]
            if (fact.derived is not None) is derived:
                learnt[name] = exactly(draw, space, name, case.values.get(name))
        case = having_learnt(space, case, learnt)
    return case


def exactly(draw: Draw, space: CaseSpace, name: str, known: Value | None) -> Value:
    """A settled value that an open fact may turn out to have."""
    match known:
        case Interval(lo, hi):
            steps = int((hi - lo) * MICRO)
            return exact(lo + Fraction(draw.one_of((0, steps, draw.below(steps + 1))), MICRO))
        case SymbolSet(members):
            return SymbolSet(members | draw_symbols(draw, tuple(space.pack.facts[name].symbols)))
        case _:
            return space.exact_value(draw, name)


def having_learnt(space: CaseSpace, before: Case, learnt: Mapping[str, Value]) -> Case:
    """The case with facts learnt, but for those that would contradict what was known before."""
    if space.kin.isdisjoint(learnt):
        return _with(before, learnt)
    left = dict(learnt)
    while left:
        try:
            after = as_normalised(space.pack, _with(before, left))
        except InputError:
            if space.kin.isdisjoint(left):
                return before
            left = {name: value for name, value in left.items() if name not in space.kin}
            continue
        lost = [name for name, value in before.values.items() if not narrows(value, after.values.get(name))]
        if not lost:
            return after
        blamed = {source for name in lost for source in _sources(space, name)} | set(lost)
        if not blamed & left.keys():
            return before
        left = {name: value for name, value in left.items() if name not in blamed}
    return before


def _with(before: Case, values: Mapping[str, Value]) -> Case:
    """The case with other values for some facts, as if these had been stated."""
    missing = {name: state for name, state in before.missing.items() if name not in values}
    origins = {name: found for name, found in before.origins.items() if name not in values}
    return evolve(before, values=dict(before.values) | dict(values), missing=missing, origins=origins)


def narrows(before: Value, after: Value | None) -> bool:
    """Whether a value is what was known before, or known more closely."""
    match before, after:
        case Interval(), Interval():
            return before.lo <= after.lo and after.hi <= before.hi
        case SymbolSet(), SymbolSet():
            return before.members <= after.members and (not before.complete or before == after)
    return before == after


def partial(
    draw: Draw,
    space: CaseSpace,
    case: Case,
    ways: Sequence[str] = WAYS,
    percent: int = 30,
    among: Collection[str] | None = None,
) -> Case:
    """The case with so many per cent of its facts forgotten in some way; with `among`, only of these."""
    values: dict[str, Value] = {}
    missing = {name: state for name, state in case.missing.items() if state in _NOT_KNOWN}
    for name, value in case.values.items():
        if follows(case, name):
            continue
        derived = set(case.values).issuperset(_sources(space, name)) and space.pack.facts[name].derived
        if derived or (among is not None and name not in among) or not draw.chance(percent):
            values[name] = value
            continue
        match draw.one_of(ways), value:
            case "unknown", _:
                missing[name] = Missing.UNKNOWN
            case "coarse", Interval() | SymbolSet():
                values[name] = coarse(draw, space.pack.facts[name], value)
            case "coarse", _:
                values[name] = value
    less = stated(space.pack, evolve(case, values=values, missing=missing, origins={}))
    idle = {fact.name for fact in idle_facts(space.pack, less)}
    answers = {name: state for name, state in case.missing.items() if state is Missing.NOT_APPLICABLE and name in idle}
    return stated(space.pack, evolve(less, missing=dict(less.missing) | answers))


def coarse(draw: Draw, fact: FactType, value: Interval | SymbolSet) -> Value:
    """A value as before, known less closely: a wider interval, or a set that may hold more."""
    if isinstance(value, SymbolSet):
        return SymbolSet(frozenset(s for s in sorted(value.members) if draw.chance(50)), complete=False)
    widths = (Fraction(0), TICK, fact.resolution, 100 * fact.resolution)
    return within_range(fact, Interval(value.lo - draw.one_of(widths), value.hi + draw.one_of(widths)))


def _sources(space: CaseSpace, name: str) -> tuple[str, ...]:
    derived = space.pack.facts[name].derived
    return derived.sources if derived else ()
