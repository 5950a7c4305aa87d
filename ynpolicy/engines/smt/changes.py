"""What a case may be changed to, at each fact's own resolution, and whether that puts it right."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fractions import Fraction
from typing import Any

import z3

from ynpolicy.engines.smt.onecase import OneCase
from ynpolicy.engines.smt.sides import Quantity, SymbolsSide, real
from ynpolicy.engines.smt.truths import Formula, as_z3, both, either, every, implies, no, some
from ynpolicy.ir import Case, Pack, Total
from ynpolicy.values import Interval, SymbolSet, Value
from ynpolicy.verdict import Outcome


class Changes(OneCase):
    """A case of which some facts may be changed; the others stay as they are, but for the totals of what is changed.

    A changed fact has another exact value that the vocabulary admits, and its question arises then.
    """

    def __init__(self, pack: Pack, case: Case, undetermined: Collection[str]) -> None:
        super().__init__(pack, case)
        self.mended = self._mended(undetermined)

    def _mended(self, undetermined: Collection[str]) -> Formula:
        """That nothing is violated or departed, and only those norms are undetermined that were before."""
        bad = []
        for norm in self.pack.norms_at(self.case.level):
            bad += [self.encoding.outcome(norm.id, outcome) for outcome in (Outcome.VIOLATED, Outcome.DEPARTED)]
            if norm.id not in undetermined:
                bad.append(self.encoding.outcome(norm.id, Outcome.UNDETERMINED))
        return no(some(bad))

    def changed(self, free: Collection[str]) -> Formula:
        """That nothing but some of the free facts is changed, and what is their total."""
        return every(self._changed(name, free) for name in self.names)

    def differs(self, name: str) -> Formula:
        """That a fact is changed."""
        return no(self.as_is(name))

    def is_(self, changes: Mapping[str, Value]) -> Formula:
        """That facts have these values."""
        return every(self.encoding.equals(name, value) for name, value in changes.items())

    def reported(self, free: Collection[str]) -> Formula:
        """That what is changed of the free facts is a whole multiple of the step at which it is reported."""
        grids = {name: self.encoding.facts.on_grid(name, self.pack.facts[name].resolution) for name in free}
        return every(either(self.as_is(name), grid) for name, grid in grids.items() if name in self._as_is)

    def _changed(self, name: str, free: Collection[str]) -> Formula:
        fact = self.pack.facts[name]
        if name in free:
            arises = True if fact.arises is None else no(self.encoding.truth(fact.arises).no)
            return either(self.as_is(name), both(self.settled(name), arises))
        if isinstance(fact.derived, Total) and not set(free).isdisjoint(fact.derived.facts):
            return self._added_up(name, fact.derived.facts, free)
        return self.as_is(name)

    def _added_up(self, name: str, parts: tuple[str, ...], free: Collection[str]) -> Formula:
        side = self.encoding.facts[name]
        numbers = [part for name in parts if isinstance(part := self.encoding.facts[name], Quantity)]
        if not isinstance(side, Quantity) or len(numbers) < len(parts):
            return self.as_is(name)
        low = sum((real(part.lo) for part in numbers), real(Fraction(0)))
        high = sum((real(part.hi) for part in numbers), real(Fraction(0)))
        known = every(part.known for part in numbers)
        value = both(side.known, side.lo == low, side.hi == high)
        again = either(both(known, value), both(no(known), no(side.known)))
        touched = some(self.differs(part) for part in parts if part in free)
        return both(implies(touched, again), either(touched, self.as_is(name)))

    # ------------------------------------------------------------ how much is changed

    def costs_less(self, costs: Mapping[str, Fraction], bound: Fraction) -> Formula:
        """That the changed facts together cost less than a bound."""
        spent = [z3.If(as_z3(self.differs(name)), real(cost), real(Fraction(0))) for name, cost in costs.items()]
        return z3.Sum(spent) < real(bound) if spent else bound > 0

    def fewer_steps(self, names: Collection[str], bound: Fraction) -> Formula:
        """That facts are changed by fewer steps in all: steps of resolution, symbols put in or out."""
        found = [step for name in names if (step := self._steps(name)) is not None]
        return z3.Sum(found) < real(bound) if found else bound > 0

    def _steps(self, name: str) -> Any:
        """How far a fact is from its value before; None where that is not counted."""
        side, before = self.encoding.facts[name], self.case.values.get(name)
        zero, one = real(Fraction(0)), real(Fraction(1))
        match side, before:
            case Quantity(_, lo, _), Interval(least, most):
                step = real(self.pack.facts[name].resolution)
                below, above = (real(least) - lo) / step, (lo - real(most)) / step
                return z3.If(lo < real(least), below, z3.If(lo > real(most), above, zero))
            case SymbolsSide(_, members, _), SymbolSet(held, _):
                moved = (no(there) if symbol in held else there for symbol, there in members.items())
                return z3.Sum([z3.If(as_z3(item), one, zero) for item in moved])
        return None
