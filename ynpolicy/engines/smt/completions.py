"""What the missing facts of a case may turn out to be, and whether its decision can then still be open."""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction
from typing import Final

from ynpolicy.engines.smt.facts import LARGEST
from ynpolicy.engines.smt.onecase import OneCase
from ynpolicy.engines.smt.sides import OneSymbol, Quantity, real
from ynpolicy.engines.smt.truths import Formula, Kleene, both, conjunction, disjunction, every, implies, no, some
from ynpolicy.ir import (
    All,
    AnyOf,
    Case,
    Condition,
    Deadline,
    Kind,
    Leaf,
    Lookup,
    Modality,
    Norm,
    Not,
    Pack,
    Total,
    facts_read,
    parameters_read,
)
from ynpolicy.values import Interval, Missing, SymbolSet
from ynpolicy.verdict import Decision

_STRICT: Final = (Modality.MUST, Modality.MUST_NOT)


class Completions(OneCase):
    """A case of which some facts are asked for and become known; the others stay as they are.

    A fact that is asked for has any exact value that the vocabulary admits and that does not contradict what is known
    of it. A missing fact that follows from others has its value as soon as these are known.
    """

    def __init__(self, pack: Pack, case: Case) -> None:
        super().__init__(pack, case)
        self._narrowed = {name: both(self.settled(name), self._within(name)) for name in self.names}
        self._following = {name: self._follows(name) for name in self.names}
        self._derived = self.derived()

    def learnt(self, asked: Collection[str]) -> Formula:
        """That the facts asked for are known, and what follows from them."""
        found = (self._narrowed[name] if name in asked else self._following[name] for name in self.names)
        return both(self._derived, *found)

    def _within(self, name: str) -> Formula:
        """That a value lies within what is known of it."""
        side = self.encoding.facts[name]
        match self.case.values.get(name), side:
            case Interval(lo, hi), Quantity():
                return both(real(lo) <= side.lo, side.lo <= real(hi))
            case SymbolSet(members, complete), _:
                listed = getattr(side, "members", {})
                if complete:
                    return self.as_is(name)
                return every(listed.get(symbol, False) for symbol in sorted(members))
            case None, _:
                return True
        return self.as_is(name)

    def _follows(self, name: str) -> Formula:
        """That a fact that is not asked for is as it was, or has become known with what it follows from."""
        state = self.case.state(name)
        derived = self.pack.facts[name].derived
        if derived is None or name in self.case.values or state not in (Missing.ABSENT, Missing.UNKNOWN):
            return self.as_is(name)
        side = self.encoding.facts[name]
        match derived:
            case Lookup(source, table, column):
                cells = {key: row[column] for key, row in self.pack.tables[table].rows.items()}
                return both(self._same(side.known, self._given(source, cells)), self._listed(name, source, cells))
            case Total(parts):
                return self._summed(name, parts)
            case Deadline() as deadline:
                self.encoding.deadlines.bounds(name, deadline)
                return self._same(side.known, self.encoding.deadlines.given(name, deadline))

    def _given(self, source: str, cells: dict[str, str]) -> Formula:
        """That a lookup gives a value: empty cells give none."""
        side = self.encoding.facts[source]
        keys = [key for key, cell in cells.items() if cell]
        return both(side.known, some(side.is_(key) for key in keys)) if isinstance(side, OneSymbol) else False

    def _same(self, a: Formula, b: Formula) -> Formula:
        return both(implies(a, b), implies(b, a))

    def _listed(self, name: str, source: str, cells: dict[str, str]) -> Formula:
        """That a set that follows by a lookup lists the row's symbol and nothing else, and may hold more."""
        side = self.encoding.facts[source]
        if self.pack.facts[name].kind is not Kind.SYMBOLS or not isinstance(side, OneSymbol):
            return True
        known = self.encoding.facts[name].known
        values = {
            cell: self.encoding.equals(name, SymbolSet(frozenset([cell]), complete=False)) for cell in cells.values()
        }
        return every(implies(both(known, side.is_(key)), values[cell]) for key, cell in cells.items() if cell)

    def _summed(self, name: str, parts: tuple[str, ...]) -> Formula:
        fact, side = self.pack.facts[name], self.encoding.facts[name]
        numbers = [part for name in parts if isinstance(part := self.encoding.facts[name], Quantity)]
        if not isinstance(side, Quantity) or len(numbers) < len(parts):
            return self.as_is(name)
        low = sum((real(part.lo) for part in numbers), real(Fraction(0)))
        high = sum((real(part.hi) for part in numbers), real(Fraction(0)))
        least = -LARGEST if fact.minimum is None else fact.minimum
        most = LARGEST if fact.maximum is None else fact.maximum
        value = both(side.lo == low, side.hi == high, high >= real(least), low <= real(most))
        return both(self._same(side.known, every(part.known for part in numbers)), implies(side.known, value))

    # ------------------------------------------------------------ what may still be open

    def undetermined(self, waiting: Collection[str]) -> Formula:
        """That the decision is undetermined because some strict norm wants more than values of `waiting` parameters."""
        if not waiting:
            return self.encoding.decision(Decision.UNDETERMINED)
        norms = [norm for norm in self.pack.norms_at(self.case.level) if norm.modality in _STRICT]
        wanting = [
            both(self.encoding.norm(n.id).in_force, self._wants(_breach(n, self.pack), waiting)[1]) for n in norms
        ]
        return both(self.encoding.decision(Decision.UNDETERMINED), some(wanting))

    def _wants(self, condition: Condition, waiting: Collection[str]) -> tuple[Kleene, Formula]:
        """A condition's truth, and that it is unknown for want of something else than the parameters."""
        match condition:
            case Not(item):
                truth, wants = self._wants(item, waiting)
                return truth.negated, wants
            case All(items) | AnyOf(items):
                found = [self._wants(item, waiting) for item in items]
                truths = [truth for truth, _ in found]
                whole = conjunction(truths) if isinstance(condition, All) else disjunction(truths)
                return whole, both(whole.unknown, some(wants for _, wants in found))
            case _:
                truth = self.encoding.truth(condition)
                return truth, both(truth.unknown, no(self._waits(condition, waiting)))

    def _waits(self, leaf: Leaf, waiting: Collection[str]) -> Formula:
        lacking = {name for name in parameters_read(leaf) if not self._is_set(name)}
        if not lacking or not lacking <= set(waiting):
            return False
        facts = self.encoding.facts
        return every(both(facts[name].known, facts.exact(name)) for name in facts_read(leaf))

    def _is_set(self, name: str) -> bool:
        return name in self.case.parameters or self.pack.parameters[name].is_day


def _breach(norm: Norm, pack: Pack) -> All:
    """The condition under which a strict norm is in breach."""
    exempt = Not(AnyOf(tuple(exemption.when for exemption in norm.exemptions)))
    requirement = norm.requirement or All(())
    unmet = requirement if norm.modality is Modality.MUST_NOT else Not(requirement)
    return All((pack.territory.get(norm.level, All(())), norm.applies, exempt, unmet))
