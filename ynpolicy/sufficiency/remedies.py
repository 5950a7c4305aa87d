"""What to change about a case so that nothing is violated or departed any more.

Sets of changeable facts are examined smallest first. A set that does not help is widened only by facts that a norm
still in the way reads. Every remedy is judged again by the reference before it is given.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Final

from attrs import evolve, frozen

from ynpolicy.ir import All, Case, FactType, Kind, Lookup, Modality, Pack, Total, facts_read
from ynpolicy.semantics import evaluate, judge, territory
from ynpolicy.sufficiency.board import Board, stake
from ynpolicy.sufficiency.derivations import implied
from ynpolicy.sufficiency.joins import OPEN, YES
from ynpolicy.sufficiency.samples import Samples
from ynpolicy.values import FALSE, Interval, Missing, SymbolSet, Value
from ynpolicy.verdict import Change, Finding, Outcome, Remedy, decide

MOST_CHANGES: Final = 4
"""How many facts one remedy may change."""

MOST_STEPS: Final = 4000
"""How many values the search on one case may lay down; past it, remedies are given but others may exist."""

MOST_REMEDIES: Final = 10
"""How many remedies are shown."""

Size = tuple[Fraction, tuple[int, ...]]
"""How large some changes are: steps of resolution and symbols put in or out; then the values' places, for ties."""

_BREACHES: Final = frozenset({Outcome.VIOLATED, Outcome.DEPARTED})


class _Spent(Exception):
    """The search on this case has laid down as many values as it may."""


@frozen
class _Plan:
    """The least change found for one set of facts."""

    changes: dict[str, Value]
    size: Size


class Mending:
    """The search for remedies of one refused or referred case.

    Facts may be changed where the vocabulary says `changeable`, but never a date, never a fact that follows from
    others, never one from which a place follows by a lookup, and never one whose question does not arise.
    """

    def __init__(self, pack: Pack, case: Case, findings: tuple[Finding, ...]) -> None:
        self._pack = pack
        self._case = case
        self._findings = [finding for finding in findings if finding.outcome is not Outcome.NOT_IN_FORCE]
        self._place = {name: place for place, name in enumerate(pack.facts)}
        free = changeable(pack, case)
        totals = [n for n, fact in pack.facts.items() if isinstance(fact.derived, Total)]
        inside = pack.territory.get(case.level, All(()))
        stakes = [stake(finding.norm, inside) for finding in self._findings]
        questions = [question for name in free if (question := pack.facts[name].arises) is not None]
        self.board = Board(pack, case, [*stakes, *questions], free, totals)
        self._harmful = [_is_harmful(finding, case) for finding in self._findings]
        self._was_open = [finding.outcome is Outcome.UNDETERMINED for finding in self._findings]
        self._asks = {name: self._sources(frozenset(self._asked_by(name)), free) for name in free}
        self._levers = [self._with_askers(self._sources(reads, free)) for reads in self.board.reads[: len(stakes)]]
        self._steps = 0
        self._exact = True

    def _sources(self, reads: frozenset[str], free: list[str]) -> list[str]:
        """The changeable facts on which a norm depends, in the vocabulary's order."""
        followers = self.board.followers
        return [name for name in free if name in reads or not reads.isdisjoint(followers.get(name, ()))]

    def _asked_by(self, name: str) -> Iterable[str]:
        """The facts that say whether the question for a fact arises."""
        question = self._pack.facts[name].arises
        return () if question is None else facts_read(question)

    def _with_askers(self, names: list[str]) -> list[str]:
        """Facts together with those that may have to be changed for their questions to arise."""
        found = list(names)
        for name in found:
            found += [asker for asker in self._asks[name] if asker not in found]
        return found

    # ------------------------------------------------------------ sets of facts, smallest first

    def remedies(self) -> tuple[tuple[Remedy, ...], bool]:
        """The remedies, least cost first; and whether there are no others."""
        found: list[_Plan] = []
        complete = True
        waiting: dict[frozenset[str], None] = {frozenset(): None}
        try:
            while waiting:
                wider: dict[frozenset[str], None] = {}
                for names in waiting:
                    if any(plan.changes.keys() <= names for plan in found):
                        continue
                    levers, hopeless = self._examine(names)
                    plan = None if hopeless or not names else self._least(names)
                    if plan is not None:
                        found.append(plan)
                    elif len(names) < MOST_CHANGES:
                        wider |= {names | {lever}: None for lever in levers}
                    else:
                        complete = complete and not levers
                waiting = wider
        except _Spent:
            self.board.undo(0)
            complete = False
        found.sort(key=lambda plan: (self._cost(plan), plan.size[0], self._in_order(plan.changes)))
        shown = [remedy for plan in found[:MOST_REMEDIES] if (remedy := self._judged_again(plan)) is not None]
        return tuple(shown), complete and self._exact and len(found) == len(shown)

    def _examine(self, names: frozenset[str]) -> tuple[list[str], bool]:
        """With the facts of a set left open: the further facts that could help, and whether the set alone cannot."""
        mark = self.board.mark()
        for name in names:
            self.board.lay(name, None)
        blocking = [index for index in range(len(self._findings)) if self._blocks(index, names)]
        hopeless = any(self._fails(index) and self.board.states[index] == YES for index in blocking)
        self.board.undo(mark)
        levers = {lever for index in blocking for lever in self._levers[index]} - names
        return sorted(levers, key=self._place.__getitem__), hopeless

    def _blocks(self, index: int, names: frozenset[str]) -> bool:
        """Whether a norm may stand in the way, depending on the values that the open facts get."""
        if self.board.states[index] != OPEN or not self._was_open[index]:
            return self._fails(index)
        return self._harmful[index] and not names.isdisjoint(self._levers[index])

    def _fails(self, index: int) -> bool:
        """Whether a norm stands in the way as things lie."""
        state = self.board.states[index]
        return (state == YES and self._harmful[index]) or (state == OPEN and not self._was_open[index])

    # ------------------------------------------------------------ the least change of one set

    def _least(self, names: frozenset[str]) -> _Plan | None:
        """The least change of exactly these facts after which no norm stands in the way.

        Where the change of one number hangs on that of another, the numbers next to critical values may not be the
        least, nor the only ones: then it is only sure that there is no change if there is none anywhere.
        """
        order = sorted(names, key=lambda n: (self._pack.facts[n].kind is Kind.NUMBER, self._place[n]))
        samples = Samples(self.board, order, nearby=True)
        mark = self.board.mark()
        before = {name: self.board.values.get(name) for name in order}
        for name in order:
            self.board.lay(name, None)
        best = min(self._plans(order, before, samples), key=lambda plan: plan.size, default=None)
        if samples.exact and samples.hang_together:
            anywhere = Samples(self.board, order, nearby=True, everywhere=True)
            exact = best is None and not any(True for _ in self._plans(order, before, anywhere)) and anywhere.exact
        else:
            exact = samples.exact
        self.board.undo(mark)
        self._exact = self._exact and exact
        return best

    def _plans(self, order: list[str], before: dict[str, Value | None], samples: Samples) -> Iterator[_Plan]:
        board = self.board
        if any(board.states[i] == YES and harmful for i, harmful in enumerate(self._harmful)):
            return
        name = next((n for n in order if n not in board.values), None)
        if name is None:
            if not any(map(self._fails, range(len(self._findings)))) and self._arise(order):
                changes = {n: board.values[n] for n in order}
                yield _Plan(changes, (Fraction(0), ()))
            return
        fact = self._pack.facts[name]
        for place, value in enumerate(samples.of(name)):
            if value == before[name]:
                continue
            self._steps += 1
            if self._steps > MOST_STEPS:
                raise _Spent
            mark = board.mark()
            board.lay(name, value)
            step = steps(fact, before[name], value)
            for plan in self._plans(order, before, samples):
                yield _Plan(plan.changes, (plan.size[0] + step, (place, *plan.size[1])))
            board.undo(mark)

    def _arise(self, names: list[str]) -> bool:
        conditions = (self._pack.facts[name].arises for name in names)
        return all(c is None or evaluate(c, self.board.case).truth is not FALSE for c in conditions)

    def _in_order(self, names: Iterable[str]) -> list[int]:
        return sorted(self._place[name] for name in names)

    def _cost(self, plan: _Plan) -> Fraction:
        return sum((self._pack.facts[name].cost for name in plan.changes), Fraction(0))

    # ------------------------------------------------------------ the last word

    def _judged_again(self, plan: _Plan) -> Remedy | None:
        """The remedy, once the reference has confirmed it on the changed case."""
        case = changed(self._pack, self._case, plan.changes)
        findings = judge(self._pack, case)
        open_before = {f.norm.id for f in self._findings if f.outcome is Outcome.UNDETERMINED}
        if any(
            f.outcome in _BREACHES or (f.outcome is Outcome.UNDETERMINED and f.norm.id not in open_before)
            for f in findings
        ):
            return None
        decision = decide(((f.norm.modality, f.outcome) for f in findings), territory(self._pack, case).truth)
        names = sorted(plan.changes, key=self._place.__getitem__)
        changes = tuple(Change(name, self._case.values.get(name), plan.changes[name]) for name in names)
        return Remedy(changes, decision)


def changed(pack: Pack, case: Case, changes: dict[str, Value]) -> Case:
    """The case after some changes, the totals of changed facts added up again."""
    values = dict(case.values) | changes
    missing = {name: state for name, state in case.missing.items() if name not in changes}
    for name, fact in pack.facts.items():
        if isinstance(fact.derived, Total) and not changes.keys().isdisjoint(fact.derived.facts):
            total = implied(pack, name, values, case.parameters)
            values.pop(name, None)
            if total is not None:
                values[name] = total
                missing.pop(name, None)
    return evolve(case, values=values, missing=missing)


def changeable(pack: Pack, case: Case) -> list[str]:
    """The facts of a case that a remedy may change, in the vocabulary's order."""
    places = {fact.derived.fact for fact in pack.facts.values() if isinstance(fact.derived, Lookup)}
    return [name for name, fact in pack.facts.items() if name not in places and _may_change(fact, case)]


def _may_change(fact: FactType, case: Case) -> bool:
    return (
        fact.changeable
        and fact.derived is None
        and fact.kind not in (Kind.DATE, Kind.TEXT)
        and (not fact.levels or case.level in fact.levels)
        and not (fact.name not in case.values and case.state(fact.name) is Missing.NOT_APPLICABLE)
    )


def _is_harmful(finding: Finding, case: Case) -> bool:
    """Whether the norm is violated or departed when its stake is true."""
    norm = finding.norm
    if norm.modality is Modality.REVIEW:
        record = case.reviewed.get(norm.id)
        return record is not None and not record.accepted
    return norm.modality.is_strict or (norm.modality.is_defeasible and norm.id not in case.justified)


def steps(fact: FactType, before: Value | None, after: Value) -> Fraction:
    """How far a value is from another: steps of resolution from the nearest end, or symbols put in and out."""
    if isinstance(after, Interval) and isinstance(before, Interval):
        nearest = min(max(after.lo, before.lo), before.hi)
        return abs(after.lo - nearest) / fact.resolution
    if isinstance(after, SymbolSet) and isinstance(before, SymbolSet):
        return Fraction(len(after.members ^ before.members))
    return Fraction(0)
