"""Steers a case's facts so that conditions get a wanted truth, at the very point where they change."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from ynpolicy.ir import (
    All,
    AnyOf,
    Arithmetic,
    Compare,
    Condition,
    FactRef,
    Holds,
    In,
    Leaf,
    Literal,
    Lookup,
    Not,
    Overlaps,
    Pack,
    ParameterRef,
    Term,
    Total,
    Within,
    references,
    terms,
)
from ynpolicy.testing.chance import Draw
from ynpolicy.testing.drawn_values import (
    LARGEST,
    TICK,
    Pool,
    draw_symbols,
    exact_value_of,
    value_of,
    within_range,
)
from ynpolicy.values import MICRO, Interval, Missing, SymbolSet, Value, exact

Values = dict[str, Value]
HOLDS: Final[dict[str, Callable[[Fraction | date, Fraction | date], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


class Aim:
    """Changes `values` so that conditions get a wanted truth, or one as near to the other as can be."""

    def __init__(self, draw: Draw, pack: Pack, pool: Pool, values: Values, law: Mapping[str, Value]) -> None:
        self.draw = draw
        self.pack = pack
        self.pool = pool
        self.values = values
        self.law = law
        self.aimed: dict[str, None] = {}

    def at(self, condition: Condition, wanted: bool) -> None:
        """Steers for a condition that is true, or false, where `wanted` says so."""
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
                if isinstance(ref, FactRef):
                    self.aimed[ref.name] = None
                    if ref.name not in self.values:
                        self.values[ref.name] = exact_value_of(self.draw, self.pack.facts[ref.name], self.pool)
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
            self.values[name] = value_of(self.draw, self.pack.facts[name], self.pool)
            return
        root = gaps[0] / (gaps[0] - gaps[1])
        near = Fraction(int(root * MICRO), MICRO)
        step = self.pack.facts[name].resolution
        candidates = [min(max(near + s, -LARGEST), LARGEST) for s in (0, 0, TICK, -TICK, step, -step)]
        slope = gaps[1] - gaps[0]
        fitting = [x for x in candidates if HOLDS[op](gaps[0] + slope * x, Fraction(0)) is wanted]
        point = self.draw.one_of(fitting if fitting and self.draw.chance(60) else candidates)
        value = exact(point)
        if self.draw.chance(20):
            width = self.draw.one_of((TICK, Fraction(1), Fraction(0)))
            around = (point - width, point), (point, point + width), (point - width, point + width)
            lo, hi = self.draw.one_of(around)
            value = Interval(max(lo, -LARGEST), min(hi, LARGEST))
        self.values[name] = within_range(self.pack.facts[name], value)

    def at_member(self, name: str, members: Term, wanted: bool) -> None:
        known = self.value(members)
        symbols = self.symbols_of(name)
        if isinstance(known, SymbolSet):
            fitting = [s for s in symbols if (s in known.members) is wanted]
            self.values[name] = self.draw.one_of(fitting or symbols)

    def at_set(self, name: str, other: Value | None, wanted: bool, relation: str) -> None:
        if not isinstance(other, SymbolSet):
            return
        chosen = draw_symbols(self.draw, self.symbols_of(name))
        if relation == "within" and wanted:
            chosen &= other.members
        elif relation == "overlaps" and not wanted:
            chosen -= other.members
        elif relation == "overlaps" and other.members:
            chosen |= {self.draw.one_of(sorted(other.members))}
        self.values[name] = SymbolSet(chosen, complete=not self.draw.chance(25))

    def symbols_of(self, name: str) -> list[str]:
        return list(self.pack.facts[name].symbols)

    # ------------------------------------------------------------ what follows from other facts

    def let_follow(self, missing: dict[str, Missing]) -> None:
        """Lets each derived fact that was aimed at have its value: by what it follows from, or stated alone."""
        for name in self.aimed:
            derived = self.pack.facts[name].derived
            if derived is None:
                continue
            if self.draw.chance(50) and self._lead_to(name):
                del self.values[name]
                for source in derived.sources:
                    missing.pop(source, None)
            elif derived.sources:
                self.values.pop(self.draw.one_of(derived.sources), None)

    def _lead_to(self, name: str) -> bool:
        """Sets what a derived fact follows from so that it gets its value; false where that is not possible."""
        match self.pack.facts[name].derived:
            case Lookup(source):
                keys = list(self._keys(name, self.values[name]))
                if keys:
                    self.values[source] = self.draw.one_of(keys)
                return bool(keys)
            case Total(parts):
                return self._share(parts, self.values[name])
        return False

    def _keys(self, name: str, wanted: Value) -> Iterator[str]:
        """The symbols of a lookup's source whose row gives the wanted value."""
        fact = self.pack.facts[name]
        if not isinstance(fact.derived, Lookup):
            return
        for key, row in self.pack.tables[fact.derived.table].rows.items():
            cell = row[fact.derived.column]
            held = cell in wanted.members if isinstance(wanted, SymbolSet) else cell == wanted
            if isinstance(wanted, bool):
                held = (cell == "yes") is wanted
            if cell and held and key in self.pack.facts[fact.derived.fact].symbols:
                yield key

    def _share(self, parts: tuple[str, ...], total: Value) -> bool:
        """Shares a total out among its parts, the last of which takes what is left."""
        if not isinstance(total, Interval):
            return False
        left = total
        for part in parts[:-1]:
            known = self.values.get(part)
            if not isinstance(known, Interval) or not known.is_exact or self.draw.chance(50):
                known = within_range(self.pack.facts[part], exact(0))
            assert isinstance(known, Interval)
            self.values[part] = known
            left = Interval(left.lo - known.lo, left.hi - known.lo)
        self.values[parts[-1]] = left
        return within_range(self.pack.facts[parts[-1]], left) == left
