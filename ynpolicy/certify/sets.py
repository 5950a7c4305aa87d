"""The missing sets of a verdict, held against the solver: each settles the case, no part of one and no other does.

It is enough to ask of the largest sets. Learning a fact never opens a decision again; so what a set does not settle, no
part of it does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from attrs import evolve

from ynpolicy.certificates import Answers, Standing, Statement
from ynpolicy.certify.clock import Clock
from ynpolicy.certify.hitting import hitting_sets
from ynpolicy.certify.wanting import askable, learnt, stays_open
from ynpolicy.engines.smt import Answer, Completions, Status
from ynpolicy.ir import Pack
from ynpolicy.verdict import Verdict

MOST_SETS: Final = 400
"""So many of the largest sets without one of those given are asked about."""


class Sets:
    """The missing sets of one undetermined verdict."""

    def __init__(self, pack: Pack, verdict: Verdict, clock: Clock) -> None:
        self._pack = pack
        self._case = verdict.case
        self._advice = verdict.sufficiency
        self._clock = clock
        self._unverified = frozenset(name for name in pack.parameters if self._is_unverified(name))
        self._askable = askable(pack, verdict.case, verdict.findings)
        self._completions = Completions(pack, verdict.case)

    def _is_unverified(self, name: str) -> bool:
        return name not in self._case.parameters and not self._pack.parameters[name].is_day

    def statements(self) -> Iterator[Statement]:
        """What the verdict says of its missing sets, one statement after another."""
        sets, waits_for = self._advice.missing_sets, frozenset(self._advice.waits_for)
        if waits_for and not sets:
            yield self._settles((), waits_for)
            return
        beyond = self._unverified if waits_for or not sets else frozenset[str]()
        for names in sets:
            yield self._settles(names, waits_for)
            for left_out in names:
                yield self._needs(names, left_out, beyond)
        yield self._no_other(beyond)

    def _open(self, asked: Collection[str], waiting: frozenset[str]) -> Answer:
        """Values of some facts with which a strict norm still wants others."""
        completions = self._completions
        learnt, left = completions.learnt(asked), completions.undetermined(waiting)
        return completions.find(self._clock.milliseconds, learnt, left)

    def _shown(self, answer: Answer, asked: Collection[str], waiting: frozenset[str]) -> Answers | None:
        """The values that were found, once the reference has confirmed that they leave the decision open."""
        names = [name for name in self._pack.facts if name in asked]
        values = self._completions.values(answer, names)
        if not stays_open(self._pack, learnt(self._pack, self._case, values), waiting):
            return None
        return Answers(values)

    # ------------------------------------------------------------ statements

    def _settles(self, names: tuple[str, ...], waiting: frozenset[str]) -> Statement:
        made = Statement("settles", names, Standing.PROVED, "unsat", self._advice.proved)
        answer = self._open(names, waiting)
        if answer.status is Status.NONE:
            return made
        return self._against(made, answer, names, waiting)

    def _against(self, made: Statement, answer: Answer, asked: Collection[str], waiting: frozenset[str]) -> Statement:
        """The statement where the solver does not prove it: refuted if what it found replays."""
        if not answer.found:
            return evolve(made, standing=Standing.UNDECIDED, solver="unknown", reason=answer.reason)
        shown = self._shown(answer, asked, waiting)
        if shown is None:
            return evolve(made, standing=Standing.UNDECIDED, solver="sat", reason="the answer does not replay")
        return evolve(made, standing=Standing.REFUTED, solver="sat", shown=(shown,))

    def _needs(self, names: tuple[str, ...], left_out: str, waiting: frozenset[str]) -> Statement:
        made = Statement("needs", names, Standing.PROVED, "sat", self._advice.proved, left_out)
        fewer = [name for name in names if name != left_out]
        return self._for(made, [frozenset(fewer)], waiting)

    def _no_other(self, waiting: frozenset[str]) -> Statement:
        made = Statement("no_other_set", (), Standing.PROVED, "sat", self._advice.proved)
        hitting = hitting_sets(self._advice.missing_sets, MOST_SETS)
        if hitting is None:
            reason = "there are too many sets to ask about"
            return evolve(made, standing=Standing.UNDECIDED, solver="not asked", questions=0, reason=reason)
        return self._for(made, [self._askable - cut for cut in hitting], waiting)

    def _for(self, made: Statement, largest: list[frozenset[str]], waiting: frozenset[str]) -> Statement:
        """A statement that none of some sets settles the decision; where one does, it is told about."""
        shown: list[Answers] = []
        for count, asked in enumerate(largest, 1):
            answer = self._open(asked, waiting)
            found = self._shown(answer, asked, waiting) if answer.found else None
            if found is not None:
                shown.append(found)
                continue
            made = evolve(made, questions=count, shown=tuple(shown))
            if answer.status is Status.NONE:
                return evolve(made, standing=Standing.REFUTED, solver="unsat", about=self._smallest(asked, waiting))
            reason = answer.reason or "the answer does not replay"
            return evolve(made, standing=Standing.UNDECIDED, solver="unknown", reason=reason)
        return evolve(made, questions=len(largest), shown=tuple(shown))

    def _smallest(self, asked: frozenset[str], waiting: frozenset[str]) -> tuple[str, ...]:
        """A set within one that settles the decision, of which the solver finds no part that does."""
        for name in sorted(asked):
            if self._open(asked - {name}, waiting).status is Status.NONE:
                asked -= {name}
        return tuple(name for name in self._pack.facts if name in asked)
