"""The tables of outcomes and decisions as formulas, written down once more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import z3

from ynpolicy.engines.smt.law import Law
from ynpolicy.engines.smt.truths import Formula, Kleene, both, conjunction, disjunction, every, no, some
from ynpolicy.ir import All, Modality, Norm
from ynpolicy.verdict import Decision, Outcome

_STRICT: Final = (Modality.MUST, Modality.MUST_NOT)
_FORBIDDING: Final = (Modality.MUST_NOT, Modality.SHOULD_NOT)


class NormFormulas:
    """One norm: whether it is in force, applies, is lifted and is met, and each outcome.

    `records` says which variables stand for records of this norm; without them none is attached.
    """

    def __init__(self, norm: Norm, law: Law, inside: Kleene, records: bool) -> None:
        self.norm = norm
        pack = law.pack
        self.in_force = both(law.since(norm.since or pack.since), law.until(norm.until), law.after(norm.due))
        self.applies = conjunction((inside, law.truth(norm.applies)))
        self.exemptions = tuple(law.truth(exemption.when) for exemption in norm.exemptions)
        self.exempt = disjunction(self.exemptions)
        met = Kleene(False, False) if norm.requirement is None else law.truth(norm.requirement)
        self.met = met.negated if norm.modality in _FORBIDDING else met
        self.recorded: Formula = z3.Bool(f"{norm.id} recorded") if records else False
        self.accepted: Formula = z3.Bool(f"{norm.id} accepted") if records else False
        self.outcomes: Mapping[Outcome, Formula] = dict(self._outcomes())

    @property
    def binds(self) -> Formula:
        """That the norm surely binds: in force, applicable, and no exception holds."""
        return both(self.in_force, self.applies.yes, self.exempt.no)

    @property
    def breach(self) -> Formula:
        """That the norm surely binds and surely is not met."""
        return both(self.binds, self.met.no)

    def _outcomes(self) -> Iterable[tuple[Outcome, Formula]]:
        inside = both(self.in_force, no(self.applies.no))
        judged = both(inside, no(self.exempt.yes))
        binds = both(self.applies.yes, self.exempt.no)
        yield Outcome.NOT_IN_FORCE, no(self.in_force)
        yield Outcome.NOT_APPLICABLE, both(self.in_force, self.applies.no)
        yield Outcome.EXEMPT, both(inside, self.exempt.yes)
        match self.norm.modality:
            case Modality.MAY:
                yield Outcome.ADVICE, both(judged, binds)
                yield Outcome.UNDETERMINED, both(judged, no(binds))
            case Modality.REVIEW:
                sure = both(judged, binds)
                yield Outcome.REVIEW, both(sure, no(self.recorded))
                yield Outcome.COMPLIED, both(sure, self.recorded, self.accepted)
                yield Outcome.DEPARTED, both(sure, self.recorded, no(self.accepted))
                yield Outcome.UNDETERMINED, both(judged, no(binds))
            case modality:
                breach = both(judged, binds, self.met.no)
                yield Outcome.COMPLIED, both(judged, self.met.yes)
                yield Outcome.UNDETERMINED, both(judged, no(self.met.yes), no(both(binds, self.met.no)))
                if modality in _STRICT:
                    yield Outcome.VIOLATED, breach
                else:
                    yield Outcome.JUSTIFIED, both(breach, self.recorded)
                    yield Outcome.DEPARTED, both(breach, no(self.recorded))


def decisions(norms: Iterable[NormFormulas], inside: Kleene) -> dict[Decision, Formula]:
    """Each decision of a level; exactly one of them holds."""
    found = list(norms)

    def having(outcome: Outcome, *modalities: Modality) -> Formula:
        chosen = (norm for norm in found if not modalities or norm.norm.modality in modalities)
        return some(norm.outcomes.get(outcome, False) for norm in chosen)

    refused = having(Outcome.VIOLATED)
    not_judged = some((inside.no, every(no(norm.in_force) for norm in found)))
    undetermined = having(Outcome.UNDETERMINED, *_STRICT)
    soft = [modality for modality in Modality if modality not in (*_STRICT, Modality.MAY)]
    referred = some((having(Outcome.DEPARTED), having(Outcome.REVIEW), having(Outcome.UNDETERMINED, *soft)))
    ordered = (
        (Decision.REFUSED, refused),
        (Decision.NOT_JUDGED, not_judged),
        (Decision.UNDETERMINED, undetermined),
        (Decision.REFERRED, referred),
        (Decision.IN_ORDER, True),
    )
    result: dict[Decision, Formula] = {}
    earlier: list[Formula] = []
    for decision, formula in ordered:
        result[decision] = both(formula, no(some(earlier)))
        earlier.append(formula)
    return result


def territory_of(law: Law, level: str) -> Kleene:
    """Whether a case of a level lies in the pack's territory."""
    return law.truth(law.pack.territory.get(level, All(())))
