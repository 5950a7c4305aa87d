"""Asking the solver for a possible case of which formulas hold."""

from __future__ import annotations

from enum import Enum
from typing import Any, Final

import z3
from attrs import frozen

from ynpolicy.engines.smt.encoding import Encoding
from ynpolicy.engines.smt.truths import Formula, as_z3, both

EFFORT: Final = 20_000_000
"""How much of z3's resources one question may use, some seconds, before it stays undecided; the same on any machine."""
_STEPS: Final = 400
"""So many corrections of one model by the calendar before a question stays undecided."""


class Status(Enum):
    """What the solver says: there is such a case, there is none (proved), or it does not know."""

    FOUND = "found"
    NONE = "none"
    UNDECIDED = "undecided"


@frozen(eq=False)
class Answer:
    """An answer; `model` is there where a case was found, `reason` where none was decided on."""

    status: Status
    model: Any = None
    reason: str = ""

    @property
    def found(self) -> bool:
        return self.status is Status.FOUND

    @property
    def proved_none(self) -> bool:
        return self.status is Status.NONE


def solver_of(effort: int) -> Any:
    """A solver that gives up after so much effort for one question."""
    solver = z3.Solver()
    solver.set("rlimit", effort)
    return solver


def why_unknown(solver: Any) -> str:
    """Why a solver does not know, in its own words; `canceled` says that the effort is spent."""
    reason = str(solver.reason_unknown())
    return "the effort for one question is spent" if reason == "canceled" else reason


class Search:
    """A solver over the possible cases of one encoding; it keeps what it learnt from one question to the next.

    Where `possible` is false it is left to the formulas to say which cases are possible.
    """

    def __init__(self, encoding: Encoding, effort: int = EFFORT, possible: bool = True) -> None:
        self.encoding = encoding
        self._possible = possible
        self._solver = solver_of(effort)
        self._covered: frozenset[str] = frozenset()

    def within(self, milliseconds: int) -> None:
        """Gives each question from now on so long at the most."""
        self._solver.set("timeout", milliseconds)

    def suppose(self, formula: Formula) -> None:
        """Asks from now on for cases of which this holds too."""
        self._solver.add(as_z3(formula))

    def find(self, *formulas: Formula, written: bool = True) -> Answer:
        """A possible case of which all formulas hold; with `written`, one whose numbers a case file can write."""
        if self._possible:
            self._cover()
        asked = both(*formulas)
        if asked is False:
            return Answer(Status.NONE)
        self._solver.push()
        try:
            self._solver.add(as_z3(asked))
            answer = self._ask()
            return self._written(answer) if answer.found and written else answer
        finally:
            self._solver.pop()

    def _cover(self) -> None:
        """Adds the domain of facts that came up since the last question."""
        names = self._names()
        while names != self._covered:
            self._solver.add(as_z3(self._domain()))
            self._covered = names
            names = self._names()

    def _names(self) -> frozenset[str]:
        """The facts that have variables by now."""
        return frozenset(self.encoding.facts)

    def _domain(self) -> Formula:
        """That the case is a possible one."""
        return self.encoding.domain()

    def _lemmas(self, model: Any) -> list[Formula]:
        """What a model gets wrong of the calendar."""
        return self.encoding.deadlines.lemmas(model)

    def _wishes(self) -> tuple[Formula, ...]:
        """What makes a case read well, or else writable at all."""
        return self.encoding.readable(), self.encoding.writable()

    def _ask(self) -> Answer:
        for _ in range(_STEPS):
            found = self._solver.check()
            if found == z3.unsat:
                return Answer(Status.NONE)
            if found != z3.sat:
                return Answer(Status.UNDECIDED, reason=why_unknown(self._solver))
            model = self._solver.model()
            lemmas = self._lemmas(model)
            if not lemmas:
                return Answer(Status.FOUND, model)
            self._solver.add(*(as_z3(lemma) for lemma in lemmas))
        return Answer(Status.UNDECIDED, reason="the calendar has too many steps")

    def _written(self, rough: Answer) -> Answer:
        """The same question for a case that reads well, or else for one that can be written: in millionths."""
        answer = rough
        for wish in self._wishes():
            if wish is True:
                return rough
            self._solver.push()
            try:
                self._solver.add(as_z3(wish))
                answer = self._ask()
            finally:
                self._solver.pop()
            if answer.found:
                return answer
        return answer
