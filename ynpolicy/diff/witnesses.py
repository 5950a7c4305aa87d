"""Cases out of models of a pair, in the words of each pack, replayed through the reference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ynpolicy.cases import read_cases
from ynpolicy.diff.relations import Shown, Side, Witness
from ynpolicy.diff.vocabulary import Common
from ynpolicy.engines.smt import MARK, Encoding, Pair
from ynpolicy.errors import EngineDisagreement, InputError
from ynpolicy.ir import Case
from ynpolicy.proof.bench import outcome_in
from ynpolicy.verdict import Outcome


class Witnesses:
    """Makes witnesses of one level of two packs."""

    def __init__(self, a: Side, b: Side, shared: Common, pair: Pair) -> None:
        self._a, self._b, self._shared, self._pair = a, b, shared, pair

    def witness(self, shows: str, model: Any, id: str) -> Witness:
        """The case of a model with the facts that the norm reads in each pack.

        What follows from other facts is left out where the packs do not take it from the same table, so that one case
        stands for both; where that will not do it is stated.
        """
        brief = self._made(shows, model, id, True)
        return brief if brief.replays else self._made(shows, model, id, False)

    def _made(self, shows: str, model: Any, id: str, brief: bool) -> Witness:
        sides = self._pair.first, self._pair.second
        titled = f"{id}: {shows}"
        facts: list[dict[str, Any]] = []
        for side in sides:
            data = side.case(model, side.read_by([id]) if stands(side, id) else ())
            facts.append({name.removesuffix(MARK): value for name, value in data["facts"].items()})
            if brief:
                for name in self._following(side, set(data["facts"])):
                    facts[-1].pop(name.removesuffix(MARK))
        mine = {**{k: v for k, v in facts[1].items() if k in self._a.pack.facts}, **facts[0]}
        theirs = {**{k: v for k, v in facts[0].items() if k in self._shared.pack.facts}, **facts[1]}
        theirs = {self._shared.own_fact(name): value for name, value in theirs.items()}
        shown, replays = [], True
        for side, judged, stated in zip(sides, (self._a, self._b), (mine, theirs), strict=True):
            case = {"case": titled, "level": side.level, "as_of": side.as_of(model).isoformat(), "facts": stated}
            own = id if judged is self._a else self._shared.own_norm(id)
            expected = outcome_in(side, model, id) if stands(side, id) else None
            shown.append(_replayed(judged, case, own, expected))
            replays = replays and shown[-1].decision is not None
        return Witness(shows, shown[0], shown[1], replays)

    def _following(self, side: Encoding, stated: set[str]) -> set[str]:
        """The facts of a case that follow from others of it, and that the two packs do not take from one table."""
        marked = {name for name in self._pair.second.pack.facts if name.endswith(MARK)}
        found = set()
        for name in stated:
            fact = side.pack.facts[name]
            is_apart = name in marked or name + MARK in marked
            if is_apart and fact.derived is not None and stated >= set(fact.derived.sources):
                found.add(name)
        return found


def stands(side: Encoding, id: str) -> bool:
    """Whether a norm stands in a pack, on its level and under the readings chosen."""
    return any(norm.id == id for norm in side.pack.norms_at(side.level))


def _replayed(side: Side, stated: dict[str, Any], id: str, expected: Outcome | None) -> Shown:
    """A case judged by every engine; the decision is None where the norm's outcome is another than expected."""
    try:
        verdict = side.judge.judge(read_witness(side, stated), advise=False)
    except (EngineDisagreement, InputError):
        return Shown(stated, expected, None)
    outcomes = {finding.norm.id: finding.outcome for finding in verdict.findings}
    return Shown(stated, expected, verdict.decision if outcomes.get(id) is expected else None)


def read_witness(side: Side, stated: Mapping[str, Any]) -> Case:
    """The case of a witness as its pack reads it. Raises `InputError`."""
    (raw,) = read_cases(dict(stated))
    return side.judge.read(raw)
