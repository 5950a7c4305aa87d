"""One level of a pack on the bench: its formulas, the solver, and the engines that replay what is found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from ynpolicy.claim_files import family_of
from ynpolicy.claims import Settlement
from ynpolicy.engines.smt import Answer, Encoding, Formula, Search, Status
from ynpolicy.errors import EngineDisagreement, InputError
from ynpolicy.ir import Norm, Text
from ynpolicy.judge import Judge
from ynpolicy.proof.checks import Check, Standing, Witness
from ynpolicy.verdict import Outcome

_SOLVER_WORDS = {Status.FOUND: "sat", Status.NONE: "unsat", Status.UNDECIDED: "unknown"}


class Bench:
    """The norms of one level under the readings chosen.

    `law` is the law as it stands, `imagined` the same where an unverified parameter may turn out to be anything,
    `open` that with facts that may be missing, measured or known in part.
    """

    def __init__(self, judge: Judge, level: str) -> None:
        self.judge = judge
        self.pack = judge.pack
        self.level = level
        self.norms: tuple[Norm, ...] = judge.pack.norms_at(level)
        self.used: set[tuple[Settlement, str]] = set()

    @cached_property
    def law(self) -> Search:
        return self._search(Encoding(self.pack, self.level))

    @cached_property
    def imagined(self) -> Search:
        return self._search(Encoding(self.pack, self.level, hypothetical=True))

    @cached_property
    def open(self) -> Search:
        return self._search(Encoding(self.pack, self.level, hypothetical=True, partial=True))

    def _search(self, encoding: Encoding) -> Search:
        for norm in self.norms:
            encoding.norm(norm.id)
        return Search(encoding)

    # ------------------------------------------------------------ checks

    def impossible(self) -> Check | None:
        """A finding where what is said of every possible case leaves no case; then nothing else could be found."""
        if not self.law.find(True, written=False).proved_none:
            return None
        ids = tuple(constraint.id for constraint in self.pack.claims.constraints_at(self.level))
        says = Text(
            f"proof.yaml 的 possible 使 {self.level} 层级没有任何可能的案件",
            f"what `possible` says in proof.yaml leaves no possible case on the level {self.level}",
        )
        return Check("stale_claim", ids, Standing.FINDING, "unsat", says)

    def proved(self, kind: str, about: Iterable[str], solver: str = "unsat") -> Check:
        """A check that found nothing."""
        return Check(kind, tuple(about), Standing.PROVED, solver)

    def undecided(self, kind: str, about: Iterable[str], reason: str) -> Check:
        """A check on which the solver does not decide."""
        text = Text(f"求解器未得出结论：{reason}", f"the solver does not decide: {reason}")
        return Check(kind, tuple(about), Standing.UNDECIDED, "unknown", text)

    def found(self, kind: str, about: Iterable[str], says: Text, witnesses: Iterable[Witness], solver: str) -> Check:
        """A finding, or a settled one where the pack says so. A witness that does not replay leaves it undecided."""
        subjects, shown = tuple(about), tuple(witnesses)
        if not shown or not all(witness.replays for witness in shown):
            reason = Text("；见证案例不能复演", "; no witness replays")
            return Check(
                kind, subjects, Standing.UNDECIDED, solver, Text(says.zh + reason.zh, says.en + reason.en), shown
            )
        for settlement in self.pack.claims.settled:
            names = _named(settlement, subjects) if settlement.kind == kind else frozenset()
            if names:
                self.used |= {(settlement, name) for name in names}
                reading = settlement.reading
                return Check(kind, subjects, Standing.SETTLED, solver, says, shown, settlement.reason, reading)
        return Check(kind, subjects, Standing.FINDING, solver, says, shown)

    # ------------------------------------------------------------ witnesses

    def witness(self, search: Search, answer: Answer, ids: Iterable[str]) -> Witness:
        """The case of an answer with the facts that norms read, replayed on the reference and the forward engine."""
        return self.witness_of(search.encoding, answer.model, ids)

    def witness_of(self, encoding: Encoding, model: Any, ids: Iterable[str], judge: Judge | None = None) -> Witness:
        """The same of a model; every outcome that the formulas give is compared with the engines'."""
        names = tuple(ids)
        case = encoding.case(model, encoding.read_by(names))
        return self.replayed(case, {id: outcome_in(encoding, model, id) for id in names}, judge)

    def replayed(self, case: Mapping[str, Any], outcomes: Mapping[str, Outcome], judge: Judge | None = None) -> Witness:
        """A case with the outcomes expected of it, judged by every engine that there is."""
        judge = judge or self.judge
        try:
            findings = {found.norm.id: found.outcome for found in judge.check(dict(case)).findings}
            replays = all(findings[id] is outcome for id, outcome in outcomes.items())
        except (EngineDisagreement, InputError):
            replays = False
        return Witness(case, outcomes, dict(judge.pack.chosen), replays)

    def first_witness(self, ids: Iterable[str], *wishes: Formula) -> tuple[Witness, ...]:
        """A witness for the first wish that some case fulfils under the law as it stands; none where none does."""
        for wish in wishes:
            answer = self.law.find(wish)
            if answer.found:
                return (self.witness(self.law, answer, ids),)
        return ()


def word(answer: Answer) -> str:
    """What the solver said."""
    return _SOLVER_WORDS[answer.status]


def outcome_in(encoding: Encoding, model: Any, id: str) -> Outcome:
    """The outcome that a norm has in a model."""
    return next(outcome for outcome in Outcome if encoding.holds(model, encoding.outcome(id, outcome)))


def _named(settlement: Settlement, subjects: tuple[str, ...]) -> frozenset[str]:
    """The names by which a settlement covers all of these subjects; none where it does not.

    A name without a row stands for the norms of all rows.
    """
    named = [subject if subject in settlement.about else family_of(subject) for subject in subjects]
    return frozenset(named) if set(named) <= set(settlement.about) else frozenset()
