"""Situations in which two norms bind and each can be kept, but not both.

A situation is what decides whether the norms bind: the as-of date and the facts that their applicability and exceptions
read. The conduct is every other fact that their requirements read. Two norms conflict where some situation allows
conduct that keeps the first, and conduct that keeps the second, and none that keeps both: whatever is done, one of them
is broken. The search proposes situations and learns from each conduct that keeps both in which situations it does so.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import z3
from attrs import frozen
from z3 import z3util

from ynpolicy.engines.smt.encoding import Encoding
from ynpolicy.engines.smt.facts import variables_of
from ynpolicy.engines.smt.search import EFFORT, Status, solver_of, why_unknown
from ynpolicy.engines.smt.truths import Formula, as_z3, both, every, no

_ROUNDS: Final = 80


@frozen(eq=False)
class Conflict:
    """What was found of two norms: in `first` the first is kept and the second broken, in `second` the reverse."""

    status: Status
    first: Any = None
    second: Any = None
    reason: str = ""


def conduct_of(encoding: Encoding, first: str, second: str) -> tuple[frozenset[str], frozenset[str]]:
    """The facts that are conduct under the first and under the second of two norms."""
    situation = set(encoding.situation(first)) | set(encoding.situation(second))
    one, two = (frozenset(encoding.demanded(id)) - situation for id in (first, second))
    return one, two


def conflict(encoding: Encoding, first: str, second: str, effort: int = EFFORT) -> Conflict:
    """A situation in which two norms conflict, as two cases that can be written; or the proof that there is none."""
    found = _Pair(encoding, first, second, effort).search(True)
    if found.status is not Status.FOUND:
        return found
    for wish in (encoding.readable, encoding.writable):
        found = _Pair(encoding, first, second, effort).search(wish())
        if found.status is not Status.NONE:
            return found
    return found


class _Pair:
    def __init__(self, encoding: Encoding, first: str, second: str, effort: int) -> None:
        one, two = encoding.norm(first), encoding.norm(second)
        self._encoding = encoding
        self._effort = effort
        self._bind = both(one.binds, two.binds)
        self._kept = one.met.yes, two.met.yes
        self._broken = one.met.no, two.met.no
        names = set().union(*conduct_of(encoding, first, second))
        self._domain: list[Formula] = [encoding.domain()]
        self._conduct = [variable for name in sorted(names) for variable in variables_of(encoding.facts[name])]
        others = [v for name in encoding.facts if name not in names for v in variables_of(encoding.facts[name])]
        self._situation = others + ([] if isinstance(encoding.day, int) else [encoding.day])

    def search(self, wish: Formula) -> Conflict:
        """Looks for a conflict in cases of which the wish holds too; the wish may have variables of its own."""
        domain = every(self._domain)
        own = both(domain, wish)
        copied = [*self._conduct, *self._helping(wish)]
        copies = [(v, z3.Const(f"{v} again", v.sort())) for v in copied]
        proposing = self._solver(self._bind, own, self._kept[0], self._again(both(own, self._kept[1]), copies))
        for _ in range(_ROUNDS):
            found = proposing.check()
            if found == z3.unsat:
                return Conflict(Status.NONE)
            if found != z3.sat:
                return Conflict(Status.UNDECIDED, reason=why_unknown(proposing))
            model = proposing.model()
            here = [variable == model.eval(variable, True) for variable in self._situation]
            keeping = self._solve(own, *here, self._bind, *self._kept)
            if keeping is None:
                return Conflict(Status.UNDECIDED, reason="the conduct that keeps both is undecided")
            if keeping is False:
                first = self._solve(own, *here, self._bind, self._kept[0], self._broken[1])
                second = self._solve(own, *here, self._bind, self._kept[1], self._broken[0])
                if not first or not second:
                    return Conflict(Status.UNDECIDED, reason="the conflict cannot be written as two cases")
                return Conflict(Status.FOUND, first, second)
            chosen = [(variable, keeping.eval(variable, True)) for variable in self._conduct]
            proposing.add(as_z3(no(self._again(both(domain, *self._kept), chosen))))
        return Conflict(Status.UNDECIDED, reason="too many situations")

    def _helping(self, wish: Formula) -> list[Any]:
        """The variables of a wish that are no part of the case."""
        if isinstance(wish, bool):
            return []
        own = {v.get_id() for v in (*self._situation, *self._conduct)}
        return [v for v in z3util.get_vars(wish) if v.get_id() not in own]

    def _again(self, formula: Formula, pairs: Iterable[tuple[Any, Any]]) -> Formula:
        """A formula over other values of the conduct."""
        return formula if isinstance(formula, bool) else z3.substitute(formula, *pairs)

    def _solver(self, *formulas: Formula) -> Any:
        solver = solver_of(self._effort)
        solver.add(*(as_z3(formula) for formula in formulas))
        return solver

    def _solve(self, *formulas: Formula) -> Any:
        """A model, False where there is none, None where that is undecided."""
        solver = self._solver(*formulas)
        while True:
            found = solver.check()
            if found == z3.unsat:
                return False
            if found != z3.sat:
                return None
            model = solver.model()
            lemmas = self._encoding.deadlines.lemmas(model)
            if not lemmas:
                return model
            solver.add(*(as_z3(lemma) for lemma in lemmas))
