"""The remedies of a verdict, held against the solver: each puts the case right, no part, lesser or other one does."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from fractions import Fraction

from attrs import evolve

from ynpolicy.certificates import Answers, Standing, Statement
from ynpolicy.certify.clock import Clock
from ynpolicy.engines.smt import Changes, Formula, Status, both, either, no
from ynpolicy.ir import Case, Pack
from ynpolicy.semantics import evaluate, judge
from ynpolicy.sufficiency.remedies import changeable, changed, steps
from ynpolicy.values import FALSE, Value
from ynpolicy.verdict import Outcome, Remedy, Verdict

_BREACHES = frozenset({Outcome.VIOLATED, Outcome.DEPARTED})


class Remedies:
    """The remedies of one refused or referred verdict."""

    def __init__(self, pack: Pack, verdict: Verdict, clock: Clock) -> None:
        self._pack = pack
        self._case = verdict.case
        self._advice = verdict.sufficiency
        self._clock = clock
        self._was_open = {f.norm.id for f in verdict.findings if f.outcome is Outcome.UNDETERMINED}
        self._breached = any(f.outcome in _BREACHES for f in verdict.findings)
        self._changes = Changes(pack, verdict.case, self._was_open)
        known = set(self._changes.names)
        self._free = tuple(name for name in changeable(pack, verdict.case) if name in known)

    def statements(self) -> Iterator[Statement]:
        """What the verdict says of its remedies; nothing where no norm is violated or departed."""
        if not self._breached:
            return
        remedies = self._advice.remedies
        for remedy in remedies:
            values = after(remedy)
            yield self._mends(values)
            for left_out in values:
                yield self._no_part(values, left_out)
            yield self._least(values)
        yield self._no_other(remedies)
        if remedies:
            yield self._no_cheaper(remedies[0])

    # ------------------------------------------------------------ statements

    def _made(self, kind: str, about: Collection[str], left_out: str = "") -> Statement:
        return Statement(kind, tuple(about), Standing.PROVED, "unsat", self._advice.remedies_proved, left_out)

    def _mends(self, values: Mapping[str, Value]) -> Statement:
        """Of one case nothing is left open; the solver must say of it what the reference says."""
        made = evolve(self._made("mends", values), claimed=True)
        changes = self._changes
        own = changes.changed(values), changes.is_(values)
        answer = changes.find(self._clock.milliseconds, *own, no(changes.mended), written=False)
        there = changes.find(self._clock.milliseconds, *own, changes.mended, written=False)
        made = evolve(made, questions=2)
        if answer.status is Status.NONE and there.found and mends(self._pack, self._case, values, self._was_open):
            return made
        if answer.found and not mends(self._pack, self._case, values, self._was_open):
            return evolve(made, standing=Standing.REFUTED, solver="sat", shown=(Answers(values),))
        reason = answer.reason or there.reason or "the remedy does not replay"
        return evolve(made, standing=Standing.UNDECIDED, solver="unknown", reason=reason)

    def _no_part(self, values: Mapping[str, Value], left_out: str) -> Statement:
        free = [name for name in values if name != left_out]
        return self._none(self._made("no_part", values, left_out), free, True)

    def _least(self, values: Mapping[str, Value]) -> Statement:
        bound = sum((steps(self._pack.facts[n], self._case.values.get(n), v) for n, v in values.items()), Fraction(0))
        all_changed = both(*(self._changes.differs(name) for name in values))
        fewer = self._changes.fewer_steps(list(values), bound)
        return self._none(self._made("least", values), list(values), both(all_changed, fewer))

    def _no_other(self, remedies: tuple[Remedy, ...]) -> Statement:
        spared = [either(*(self._changes.as_is(name) for name in after(remedy))) for remedy in remedies]
        return self._none(self._made("no_other_change", ()), self._free, both(*spared))

    def _no_cheaper(self, first: Remedy) -> Statement:
        costs = {name: self._pack.facts[name].cost for name in self._free}
        bound = sum((costs[name] for name in after(first)), Fraction(0))
        made = self._made("no_cheaper", tuple(after(first)))
        return self._none(made, self._free, self._changes.costs_less(costs, bound))

    def _none(self, made: Statement, free: Collection[str], such: Formula) -> Statement:
        """A statement that no such change of some facts puts the case right; a change that does is told.

        First any exact numbers are allowed: what they cannot do, those at the facts' resolution cannot.
        """
        changes = self._changes
        asked = changes.changed(free), changes.mended, such
        answer = changes.find(self._clock.milliseconds, *asked, written=False)
        questions = 1
        if answer.status is not Status.NONE:
            answer = changes.find(self._clock.milliseconds, *asked, changes.reported(free), written=False)
            questions = 2
        made = evolve(made, questions=questions)
        if answer.status is Status.NONE:
            return made
        if not answer.found:
            return evolve(made, standing=Standing.UNDECIDED, solver="unknown", reason=answer.reason)
        values = self._moved(changes.values(answer, free))
        if not mends(self._pack, self._case, values, self._was_open):
            return evolve(made, standing=Standing.UNDECIDED, solver="sat", reason="the answer does not replay")
        for name in tuple(values):
            fewer = {other: value for other, value in values.items() if other != name}
            values = fewer if mends(self._pack, self._case, fewer, self._was_open) else values
        return evolve(made, standing=Standing.REFUTED, solver="sat", shown=(Answers(values),))

    def _moved(self, values: Mapping[str, Value]) -> dict[str, Value]:
        return {name: value for name, value in values.items() if value != self._case.values.get(name)}


def after(remedy: Remedy) -> dict[str, Value]:
    """What a remedy sets."""
    return {change.fact: change.after for change in remedy.changes}


def mends(pack: Pack, case: Case, values: Mapping[str, Value], was_open: Collection[str]) -> bool:
    """Whether the reference finds nothing violated or departed after some changes, and no other norm undetermined."""
    then = changed(pack, case, dict(values))
    questions = (question for name in values if (question := pack.facts[name].arises) is not None)
    if any(evaluate(question, then).truth is FALSE for question in questions):
        return False
    findings = judge(pack, then)
    return not any(
        f.outcome in _BREACHES or (f.outcome is Outcome.UNDETERMINED and f.norm.id not in was_open) for f in findings
    )
