"""Cases of a pack, drawn uniformly or aimed, and what may be learnt or forgotten about them.

Uniform cases seldom make a norm bind. An aimed case takes one norm and steers for it: it makes the norm apply, lands
on its threshold or one tick beside it, on the day at which something begins or ends, holds or drops an exception.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from attrs import evolve

from tests.drawing import DAYS, LARGEST, TICK, Draw, draw_exact, draw_value
from ynpolicy.ir import (
    All,
    AnyOf,
    Arithmetic,
    Case,
    Compare,
    Condition,
    FactRef,
    FactType,
    Holds,
    In,
    Justification,
    Kind,
    Leaf,
    Literal,
    Modality,
    Norm,
    Not,
    Overlaps,
    Pack,
    ParameterRef,
    ReviewRecord,
    Term,
    Within,
    facts_read,
    is_settled,
    references,
    terms,
)
from ynpolicy.values import MICRO, Interval, Missing, SymbolSet, Value, exact

Values = dict[str, Value]
STATES: Final = (Missing.UNKNOWN, Missing.CONFLICT, Missing.NOT_APPLICABLE)
HOLDS: Final[dict[str, Callable[[Fraction | date, Fraction | date], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


def law_at(pack: Pack, day: date) -> Values:
    """What the law's parameters are on a day; those without a verified value are left out."""
    entries = {name: parameter.at(day) for name, parameter in pack.parameters.items()}
    return {name: entry.value for name, entry in entries.items() if entry is not None and entry.value is not None}


def value_of(draw: Draw, fact: FactType) -> Value:
    """A value of a fact, perhaps measured or partly known."""
    return draw_value(draw, fact.kind, tuple(fact.symbols))


def exact_value_of(draw: Draw, fact: FactType) -> Value:
    """A settled value of a fact."""
    return draw_exact(draw, fact.kind, tuple(fact.symbols))


# ---------------------------------------------------------------- uniform cases


def uniform_case(draw: Draw, pack: Pack, absent: int = 15) -> Case:
    """A case with each fact drawn on its own; `absent` per cent of them are left out."""
    levels = [norm.level for norm in pack.norms.values()]
    level = "authority" if draw.chance(3) else draw.one_of(levels)
    as_of = draw.one_of(DAYS) if draw.chance(60) else DAYS[0]
    values: Values = {}
    missing: dict[str, Missing] = {}
    for name, fact in pack.facts.items():
        if fact.kind is Kind.TEXT or draw.chance(absent):
            continue
        if draw.chance(8):
            missing[name] = draw.one_of(STATES)
        else:
            values[name] = value_of(draw, fact)
    case = Case("drawn", level, as_of, values, missing, law_at(pack, as_of))
    return with_records(draw, pack, case)


def with_records(draw: Draw, pack: Pack, case: Case) -> Case:
    """The case with reasons recorded for some departures, and reviews for some norms that ask for one."""
    justified: dict[str, Justification] = {}
    reviewed: dict[str, ReviewRecord] = {}
    for norm in pack.norms_at(case.level):
        if norm.modality.is_defeasible and draw.chance(35):
            justified[norm.id] = Justification(norm.id, "letter", "bureau")
        if norm.modality is Modality.REVIEW and draw.chance(45):
            reviewed[norm.id] = ReviewRecord(norm.id, "reviewer", case.as_of, accepted=draw.chance(50))
    return evolve(case, justified=justified, reviewed=reviewed)


# ---------------------------------------------------------------- aimed cases


def aimed_case(draw: Draw, pack: Pack) -> Case:
    """A case that one norm of the pack is about, near a point where its outcome changes."""
    norm = draw.one_of(tuple(pack.norms.values()))
    base = uniform_case(draw, pack, absent=draw.one_of((5, 30)))
    as_of = _aimed_day(draw, pack, norm) if draw.chance(35) else base.as_of
    law = law_at(pack, as_of)
    aim = _Aim(draw, pack, dict(base.values), law)
    if draw.chance(90):
        aim.at(pack.territory.get(norm.level, All(())), True)
    if draw.chance(90):
        aim.at(norm.applies, True)
    toggled = draw.below(len(norm.exemptions)) if norm.exemptions and draw.chance(35) else -1
    for i, exemption in enumerate(norm.exemptions):
        if i == toggled or draw.chance(70):
            aim.at(exemption.when, i == toggled)
    if norm.requirement is not None:
        aim.at(norm.requirement, draw.chance(50))
    values = aim.values
    missing = {name: state for name, state in base.missing.items() if name not in values}
    read = [name for condition in norm.conditions for name in facts_read(condition)]
    if read and draw.chance(35):
        dropped = draw.one_of(read)
        values.pop(dropped, None)
        if draw.chance(50):
            missing[dropped] = draw.one_of(STATES)
    case = Case("drawn", norm.level, as_of, values, missing, law)
    return with_records(draw, pack, case)


def drawn_case(draw: Draw, pack: Pack) -> Case:
    """A case: aimed mostly, uniform else."""
    return uniform_case(draw, pack) if draw.chance(20) else aimed_case(draw, pack)


def _aimed_day(draw: Draw, pack: Pack, norm: Norm) -> date:
    days = [pack.since, norm.since, norm.until, norm.due]
    days += [day for p in pack.parameters.values() for entry in p.values for day in (entry.since, entry.until)]
    day = draw.one_of([day for day in days if day is not None])
    return day + timedelta(days=draw.one_of((0, -1, 1)))


class _Aim:
    """Changes `values` so that conditions get a wanted truth, or one as near to the other as can be."""

    def __init__(self, draw: Draw, pack: Pack, values: Values, law: Mapping[str, Value]) -> None:
        self.draw = draw
        self.pack = pack
        self.values = values
        self.law = law

    def at(self, condition: Condition, wanted: bool) -> None:
        match condition:
            case Not(item):
                self.at(item, not wanted)
            case All(items) | AnyOf(items):
                if isinstance(condition, All) is wanted:
                    for item in items:
                        self.at(item, wanted)
                elif items:
                    self.at(self.draw.one_of(items), wanted)
            case _:
                self.at_leaf(condition, wanted)

    def at_leaf(self, leaf: Leaf, wanted: bool) -> None:
        for term in terms(leaf):
            for ref in references(term):
                if isinstance(ref, FactRef) and ref.name not in self.values:
                    self.values[ref.name] = exact_value_of(self.draw, self.pack.facts[ref.name])
        match leaf:
            case Holds(FactRef(name)):
                self.values[name] = wanted
            case Compare(op, left, right):
                self.at_comparison(op, left, right, wanted)
            case In(FactRef(name), members):
                self.at_member(name, members, wanted)
            case In(item, FactRef(name)):
                symbol = self.value(item)
                if isinstance(symbol, str):
                    self.at_set(name, SymbolSet(frozenset([symbol])), wanted, "overlaps")
            case Overlaps(FactRef(name), other) | Overlaps(other, FactRef(name)):
                self.at_set(name, self.value(other), wanted, "overlaps")
            case Within(FactRef(name), other):
                self.at_set(name, self.value(other), wanted, "within")

    def value(self, term: Term) -> Value | None:
        match term:
            case FactRef(name):
                return self.values.get(name)
            case ParameterRef(name):
                return self.law.get(name)
            case Literal(value):
                if isinstance(value, Fraction):
                    return exact(value)
                return SymbolSet(value) if isinstance(value, frozenset) else value
            case Arithmetic():
                number = self.number(term)
                return None if number is None else exact(number)

    def number(self, term: Term) -> Fraction | None:
        """A number term's value, a measured fact counted at its lower end."""
        if not isinstance(term, Arithmetic):
            value = self.value(term)
            return value.lo if isinstance(value, Interval) else None
        left, right = self.number(term.left), self.number(term.right)
        if left is None or right is None:
            return None
        return left + right if term.op == "+" else left - right if term.op == "-" else left * right

    def at_comparison(self, op: str, left: Term, right: Term, wanted: bool) -> None:
        names = [ref.name for term in (left, right) for ref in references(term) if isinstance(ref, FactRef)]
        if not names:
            return
        name = self.draw.one_of(names)
        own = self.values[name]
        other = self.value(right if isinstance(left, FactRef) and left.name == name else left)
        match own:
            case Interval():
                self.at_threshold(name, op, left, right, wanted)
            case date() if isinstance(other, date):
                self.values[name] = other + timedelta(days=self.draw.one_of((0, -1, 1)))
            case bool() if isinstance(other, bool):
                self.values[name] = other if (op == "==") is wanted else not other
            case str() if isinstance(other, str):
                self.values[name] = other if (op == "==") is wanted else self.draw.one_of(self.symbols_of(name))

    def at_threshold(self, name: str, op: str, left: Term, right: Term, wanted: bool) -> None:
        """The fact at the point where the comparison changes, or a tick beside it, or an interval around it."""
        gaps: list[Fraction] = []
        for trial in (0, 1):
            self.values[name] = exact(trial)
            a, b = self.number(left), self.number(right)
            if a is None or b is None:
                break
            gaps.append(a - b)
        if len(gaps) < 2 or gaps[0] == gaps[1]:
            self.values[name] = draw_value(self.draw, Kind.NUMBER)
            return
        root = gaps[0] / (gaps[0] - gaps[1])
        near = Fraction(int(root * MICRO), MICRO)
        candidates = [min(max(near + step, -LARGEST), LARGEST) for step in (0, TICK, -TICK)]
        slope = gaps[1] - gaps[0]
        fitting = [x for x in candidates if HOLDS[op](gaps[0] + slope * x, Fraction(0)) is wanted]
        point = self.draw.one_of(fitting if fitting and self.draw.chance(60) else candidates)
        if self.draw.chance(20):
            width = self.draw.one_of((TICK, Fraction(1), Fraction(0)))
            around = (point - width, point), (point, point + width), (point - width, point + width)
            lo, hi = self.draw.one_of(around)
            self.values[name] = Interval(max(lo, -LARGEST), min(hi, LARGEST))
        else:
            self.values[name] = exact(point)

    def at_member(self, name: str, members: Term, wanted: bool) -> None:
        known = self.value(members)
        symbols = self.symbols_of(name)
        if isinstance(known, SymbolSet):
            fitting = [s for s in symbols if (s in known.members) is wanted]
            self.values[name] = self.draw.one_of(fitting or symbols)

    def at_set(self, name: str, other: Value | None, wanted: bool, relation: str) -> None:
        if not isinstance(other, SymbolSet):
            return
        chosen = self.draw.subset(self.symbols_of(name))
        if relation == "within" and wanted:
            chosen &= other.members
        elif relation == "overlaps" and not wanted:
            chosen -= other.members
        elif relation == "overlaps" and other.members:
            chosen |= {self.draw.one_of(sorted(other.members))}
        self.values[name] = SymbolSet(chosen, complete=not self.draw.chance(25))

    def symbols_of(self, name: str) -> list[str]:
        return list(self.pack.facts[name].symbols)


# ---------------------------------------------------------------- learning and forgetting


def open_facts(pack: Pack, case: Case) -> list[str]:
    """The facts about which something may still be learnt."""
    names = []
    for name, fact in pack.facts.items():
        value = case.values.get(name)
        if value is None:
            if fact.kind is not Kind.TEXT and case.state(name) is not Missing.NOT_APPLICABLE:
                names.append(name)
        elif not is_settled(value):
            names.append(name)
    return names


def sharpened(draw: Draw, fact: FactType, value: Value) -> Value:
    """A fact's value as before, known more closely or just as closely."""
    match value:
        case Interval(lo, hi) if lo < hi:
            steps = int((hi - lo) * MICRO)
            first, second = sorted(draw.one_of((0, steps, draw.below(steps + 1))) for _ in range(2))
            return Interval(lo + first * TICK, lo + (first if draw.chance(50) else second) * TICK)
        case SymbolSet(members, complete) if not complete:
            more = members | draw.subset(tuple(fact.symbols))
            return SymbolSet(more, complete=draw.chance(70))
    return value


def refined(draw: Draw, pack: Pack, case: Case, accuracy_only: bool = False) -> Case:
    """The case after learning something: missing facts get values, measured and partly known ones get sharper."""
    values = dict(case.values)
    missing = dict(case.missing)
    for name in open_facts(pack, case):
        if draw.chance(30):
            continue
        if name in values:
            values[name] = sharpened(draw, pack.facts[name], values[name])
        elif not accuracy_only:
            values[name] = value_of(draw, pack.facts[name])
            missing.pop(name, None)
    return evolve(case, values=values, missing=missing)


def settled(draw: Draw, pack: Pack, case: Case) -> Case:
    """The case after everything has been learnt that its pack asks."""
    values = dict(case.values)
    for name in open_facts(pack, case):
        known = values.get(name)
        match known:
            case Interval(lo, hi):
                values[name] = exact(lo + Fraction(draw.below(int((hi - lo) * MICRO) + 1), MICRO))
            case SymbolSet(members):
                values[name] = SymbolSet(members | draw.subset(tuple(pack.facts[name].symbols)))
            case _:
                values[name] = exact_value_of(draw, pack.facts[name])
    missing = {name: state for name, state in case.missing.items() if name not in values}
    return evolve(case, values=values, missing=missing)


def partial(draw: Draw, case: Case) -> Case:
    """The case with some of its facts forgotten."""
    kept = {name: value for name, value in case.values.items() if not draw.chance(30)}
    return evolve(case, values=kept)
