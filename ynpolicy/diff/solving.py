"""How one norm of B stands to that of A, asked of the solver."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from ynpolicy.diff.relations import BURDENS, Relation, Witness
from ynpolicy.diff.witnesses import Witnesses, stands
from ynpolicy.engines.smt import Answer, Encoding, Formula, Pair, PairSearch, both, either, no, some
from ynpolicy.verdict import Outcome


@frozen
class Standing:
    """How a norm stands, the cases that show it, and why it is undecided where it is."""

    relation: Relation
    witnesses: tuple[Witness, ...] = ()
    why: str = ""


class Level:
    """One level of a pair of packs, ready for questions about its norms."""

    def __init__(self, pair: Pair, witnesses: Witnesses) -> None:
        self._pair = pair
        self._search = PairSearch(pair)
        self._witnesses = witnesses

    def compared(self, id: str) -> Standing:
        """How a norm that both packs have stands in B."""
        a, b = self._pair.first, self._pair.second
        answers = {
            "stricter": self._search.find(_graver(b, a, id)),
            "looser": self._search.find(_graver(a, b, id)),
            "open": self._search.find(_unequal(a, b, id, (Outcome.UNDETERMINED,))),
        }
        if not any(answer.found for answer in answers.values()):
            answers["other"] = self._search.find(_unequal(a, b, id, tuple(Outcome)))
        return self._standing(id, answers)

    def _standing(self, id: str, answers: dict[str, Answer]) -> Standing:
        shown = tuple(self._shown(answers, id))
        why = next((f"{answer.reason}" for answer in answers.values() if not (answer.found or answer.proved_none)), "")
        if not all(witness.replays for witness in shown):
            return Standing(Relation.UNDECIDED, shown, "no witness replays")
        found = {witness.shows for witness in shown}
        if "open" in found or {"stricter", "looser"} <= found:
            return Standing(Relation.INCOMPARABLE, shown)
        if why:
            return Standing(Relation.UNDECIDED, shown, why)
        if found:
            (only,) = found
            return Standing({"other": Relation.AS_STRICT}.get(only) or Relation(only), shown)
        return Standing(Relation.EQUIVALENT)

    def alone(self, id: str) -> Standing:
        """A norm that only one of the packs has, with a case that it burdens, or else binds, if there is one."""
        side, relation = (
            (self._pair.first, Relation.REMOVED)
            if stands(self._pair.first, id)
            else (self._pair.second, Relation.ADDED)
        )
        heavier = "stricter" if relation is Relation.ADDED else "looser"
        burdened = some(side.outcome(id, outcome) for outcomes in BURDENS[:0:-1] for outcome in outcomes)
        silent = either(*(side.outcome(id, outcome) for outcome in (Outcome.NOT_APPLICABLE, Outcome.NOT_IN_FORCE)))
        why = ""
        for shows, wish in ((heavier, burdened), ("other", no(silent))):
            answer = self._search.find(wish)
            why = why or answer.reason
            if answer.found:
                witness = self._witnesses.witness(shows, answer.model, id)
                if witness.replays:
                    return Standing(relation, (witness,))
                why = why or "no witness replays"
        return Standing(relation, (), why)

    def _shown(self, answers: dict[str, Answer], id: str) -> Iterator[Witness]:
        for shows, answer in answers.items():
            if answer.found:
                yield self._witnesses.witness(shows, answer.model, id)


def _graver(one: Encoding, other: Encoding, id: str) -> Formula:
    """That a norm burdens the case more in one encoding than in the other."""

    def weighs(side: Encoding, burden: int) -> Formula:
        return some(side.outcome(id, outcome) for outcome in BURDENS[burden])

    pairs = ((low, high) for low in range(len(BURDENS)) for high in range(low + 1, len(BURDENS)))
    return some(both(weighs(other, low), weighs(one, high)) for low, high in pairs)


def _unequal(one: Encoding, other: Encoding, id: str, outcomes: tuple[Outcome, ...]) -> Formula:
    """That exactly one of two encodings gives one of some outcomes."""
    pairs = [(one.outcome(id, outcome), other.outcome(id, outcome)) for outcome in outcomes]
    return some(either(both(mine, no(theirs)), both(theirs, no(mine))) for mine, theirs in pairs)
