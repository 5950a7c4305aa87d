"""One level of a pack as formulas over one possible case."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Any, Final

import z3

from ynpolicy.engines.smt.codes import Codes, symbols_of
from ynpolicy.engines.smt.deadlines import Deadlines
from ynpolicy.engines.smt.facts import FIRST_DAY, LAST_DAY, Variables, looked_up, read, summed
from ynpolicy.engines.smt.law import Law, day_variable
from ynpolicy.engines.smt.outcomes import NormFormulas, decisions, territory_of
from ynpolicy.engines.smt.sides import Day
from ynpolicy.engines.smt.truths import Formula, Kleene, both, every, implies, no
from ynpolicy.engines.smt.writing import plain_fact
from ynpolicy.ir import (
    Case,
    Condition,
    Deadline,
    Lookup,
    Modality,
    Pack,
    Total,
    facts_read,
    parameters_read,
)
from ynpolicy.values import MICRO, Value
from ynpolicy.verdict import Decision, Outcome

TICK: Final = Fraction(1, MICRO)
_OURS: Final = (date(2010, 1, 1).toordinal(), date(2030, 12, 31).toordinal())
"""Days that look like those of a real case."""


class Encoding:
    """The norms of one level, and everything a case of that level can be, as formulas.

    `as_of` fixes the as-of date. `partial` cases may leave facts open. With `hypothetical` an unverified parameter has
    any value of its kind. With `records` justifications and reviews may be attached. Encodings of two packs may share
    a solver if they share `codes`, made of the symbols of both: a fact is the same variable in each.
    """

    def __init__(
        self,
        pack: Pack,
        level: str,
        as_of: date | None = None,
        *,
        partial: bool = False,
        hypothetical: bool = False,
        records: bool = False,
        codes: Codes | None = None,
    ) -> None:
        self.pack = pack
        self.level = level
        self.partial = partial
        self.records = records
        self.codes = codes or Codes(symbols_of(pack))
        self.day: Any = day_variable() if as_of is None else as_of.toordinal()
        self.facts = Variables(pack, self.codes, partial)
        self.law = Law(pack, self.facts, self.codes, self.day, hypothetical)
        self.territory = territory_of(self.law, level)
        self.deadlines = Deadlines(self.facts, self.law)
        self._norms: dict[str, NormFormulas] = {}
        self._reads: dict[tuple[str, str], tuple[str, ...]] = {}
        self._kept: dict[tuple[str, frozenset[str], int], Formula] = {}
        self._decisions: dict[Decision, Formula] = {}

    # ------------------------------------------------------------ what the norms say

    def norm(self, id: str) -> NormFormulas:
        """The formulas of one norm of the level."""
        if id not in self._norms:
            norm = self.pack.norms[id]
            wants_record = norm.modality.is_defeasible or norm.modality is Modality.REVIEW
            self._norms[id] = NormFormulas(norm, self.law, self.territory, self.records and wants_record)
        return self._norms[id]

    def outcome(self, id: str, outcome: Outcome) -> Formula:
        """That a norm has an outcome; of all outcomes exactly one holds."""
        return self.norm(id).outcomes.get(outcome, False)

    def exempt(self, id: str, exemption: str) -> Formula:
        """That a norm is `exempt` by this exception: the first of its exceptions that holds."""
        norm = self.norm(id)
        names = [found.id for found in norm.norm.exemptions]
        earlier = every(no(truth.yes) for truth in norm.exemptions[: names.index(exemption)])
        own = norm.exemptions[names.index(exemption)].yes
        return both(norm.outcomes[Outcome.EXEMPT], earlier, own)

    def decision(self, decision: Decision) -> Formula:
        """That all norms of the level together lead to a decision."""
        if not self._decisions:
            norms = (self.norm(norm.id) for norm in self.pack.norms_at(self.level))
            self._decisions = decisions(norms, self.territory)
        return self._decisions[decision]

    def truth(self, condition: Condition) -> Kleene:
        """The truth of a condition over the pack's facts and parameters."""
        return self.law.truth(condition)

    # ------------------------------------------------------------ what the case is

    def known(self, fact: str) -> Formula:
        """That a fact has a value, be it measured or known in part."""
        return self.facts[fact].known

    def exact(self, fact: str) -> Formula:
        """That a fact, if it has a value, leaves nothing open."""
        return self.facts.exact(fact)

    def equals(self, fact: str, value: Value | None) -> Formula:
        """That a fact has a value; with None, that it has none."""
        return self.facts.equals(fact, value)

    def on(self, day: date) -> Formula:
        """That the as-of date is a day."""
        return self.day == day.toordinal()

    def read_by(self, ids: Iterable[str]) -> tuple[str, ...]:
        """The facts that norms of the level read, and those on which these rest, in the vocabulary's order."""
        conditions: list[Condition] = [c for id in ids for c in self.pack.norms[id].conditions]
        if self.level in self.pack.territory:
            conditions.append(self.pack.territory[self.level])
        return self.closure(name for condition in conditions for name in facts_read(condition))

    def situation(self, id: str) -> tuple[str, ...]:
        """The facts that decide whether a norm binds: those of its applicability, exceptions and territory."""
        norm = self.pack.norms[id]
        conditions: list[Condition] = [norm.applies, *(exemption.when for exemption in norm.exemptions)]
        if self.level in self.pack.territory:
            conditions.append(self.pack.territory[self.level])
        return self._once("situation", id, conditions)

    def demanded(self, id: str) -> tuple[str, ...]:
        """The facts on which it rests whether a norm is met."""
        requirement = self.pack.norms[id].requirement
        return self._once("demanded", id, [] if requirement is None else [requirement])

    def _once(self, what: str, id: str, conditions: list[Condition]) -> tuple[str, ...]:
        if (what, id) not in self._reads:
            self._reads[what, id] = self.closure(name for condition in conditions for name in facts_read(condition))
        return self._reads[what, id]

    def closure(self, names: Iterable[str]) -> tuple[str, ...]:
        """Facts together with those that say whether they arise, from which they follow, and which bear on them."""
        constrained = [facts_read(found.holds) for found in self.pack.claims.constraints_at(self.level)]
        found: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                fact = self.pack.facts[name]
                waiting += facts_read(fact.arises) if fact.arises is not None else ()
                waiting += fact.derived.sources if fact.derived is not None else ()
                waiting += (other for together in constrained if name in together for other in together)
        return tuple(name for name in self.pack.facts if name in found)

    def pin(self, case: Case) -> Formula:
        """That the case is this one: its date, every fact that the level's norms read, its records."""
        names = self.read_by(norm.id for norm in self.pack.norms_at(self.level))
        pinned = [self.equals(name, case.values.get(name)) for name in names]
        return both(self.day == case.as_of.toordinal(), *pinned, self.attached(case))

    def attached(self, case: Case) -> Formula:
        """That the records are those of a case."""
        found: list[Formula] = []
        for norm in self.pack.norms_at(self.level) if self.records else ():
            own = self.norm(norm.id)
            if own.recorded is not False:
                record = case.reviewed.get(norm.id)
                recorded = norm.id in case.justified or record is not None
                found.append(own.recorded if recorded else no(own.recorded))
                found.append(own.accepted if record is not None and record.accepted else no(own.accepted))
        return every(found)

    def domain(self) -> Formula:
        """That the case is a possible one, as far as the facts go that have variables by now."""
        names = self.closure(self.facts)
        key = "domain", frozenset(names), self.law.imagining
        if key not in self._kept:
            self._kept[key] = self._domain(names)
        return self._kept[key]

    def _domain(self, names: tuple[str, ...]) -> Formula:
        days = (self.day >= FIRST_DAY, self.day <= LAST_DAY)
        possible = [self._possible(name) for name in names]
        known = set(names)
        for constraint in self.pack.claims.constraints_at(self.level):
            if known.issuperset(facts_read(constraint.holds)):
                possible.append(no(self.truth(constraint.holds).no))
        return both(*days, *possible, self.law.imagined())

    def _possible(self, name: str) -> Formula:
        found = [self.facts.bounds(name)]
        fact, side = self.pack.facts[name], self.facts[name]
        if fact.arises is not None and not self.partial:
            arises = self.truth(fact.arises)
            found.append(implies(arises.yes, side.known))
            found.append(implies(arises.no, no(side.known)))
            if not any(entry is None for p in parameters_read(fact.arises) for _, entry in self.law.entries(p)):
                found.append(implies(arises.unknown, no(side.known)))
        found.append(self.agrees(name))
        return every(found)

    def agrees(self, name: str) -> Formula:
        """That a derived fact, if known, does not contradict what it follows from, so far as that is known."""
        fact, side = self.pack.facts[name], self.facts[name]
        match fact.derived:
            case Lookup(source, table, column):
                cells = {key: row[column] for key, row in self.pack.tables[table].rows.items()}
                return looked_up(side, self.facts[source], cells, fact.kind)
            case Total(parts):
                return summed(side, [self.facts[part] for part in parts])
            case Deadline() as deadline:
                return self.deadlines.bounds(name, deadline)
            case _:
                return True

    def readable(self) -> Formula:
        """That every number is a multiple of the step at which it is reported, and every date one of our days."""
        key = "readable", frozenset(self.facts), 0
        if key not in self._kept:
            steps = [self.facts.on_grid(name, self.pack.facts[name].resolution) for name in self.facts]
            days = [self.day, *(side.ordinal for name in self.facts if isinstance(side := self.facts[name], Day))]
            near = [both(day >= _OURS[0], day <= _OURS[1]) for day in days if not isinstance(day, int)]
            self._kept[key] = both(*steps, *near)
        return self._kept[key]

    def writable(self) -> Formula:
        """That every number is a multiple of a millionth: no case can write another."""
        return every(self.facts.on_grid(name, TICK) for name in self.facts)

    # ------------------------------------------------------------ a case out of a model

    def case(self, model: Any, names: Iterable[str], title: str = "witness") -> dict[str, Any]:
        """The case of a model as plain data, with these facts and those on which they rest; the normaliser reads it."""
        values = {name: self.value(model, name) for name in self.closure(names)}
        facts = {
            name: plain_fact(self.pack, name, values)
            for name, value in values.items()
            if value is not None or self._says_why_missing(name, values)
        }
        data: dict[str, Any] = {"case": title, "level": self.level, "as_of": self.as_of(model).isoformat()}
        data["facts"] = facts
        records = self._records_of(model)
        return data | ({"records": records} if records else {})

    def as_of(self, model: Any) -> date:
        """The as-of date of a model."""
        return date.fromordinal(self.day if isinstance(self.day, int) else model.eval(self.day, True).as_long())

    def value(self, model: Any, name: str) -> Value | None:
        """The value of a fact in a model, or None where it is not known there."""
        return read(self.facts[name], lambda formula: model.eval(formula, True))

    def holds(self, model: Any, formula: Formula) -> bool:
        """Whether a formula holds in a model."""
        return formula if isinstance(formula, bool) else bool(z3.is_true(model.eval(formula, True)))

    def _says_why_missing(self, name: str, values: dict[str, Value | None]) -> bool:
        """Whether a fact without a value must say so, because it would follow from others."""
        return self.partial and self.pack.facts[name].derived is not None

    def _records_of(self, model: Any) -> dict[str, list[dict[str, str]]]:
        found: dict[str, list[dict[str, str]]] = {}
        for id, norm in self._norms.items():
            if isinstance(norm.recorded, bool) or not model.eval(norm.recorded, True):
                continue
            if norm.norm.modality is Modality.REVIEW:
                conclusion = "accepted" if model.eval(norm.accepted, True) else "rejected"
                record = {"norm": id, "reviewer": "-", "date": self.as_of(model).isoformat(), "conclusion": conclusion}
                found.setdefault("reviews", []).append(record)
            else:
                record = {"norm": id, "document": "-", "accepted_by": "-"}
                found.setdefault("justifications", []).append(record)
        return found
