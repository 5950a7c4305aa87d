"""One level of a pack as rules: the norms' conditions first, then what they conclude about each norm."""

from __future__ import annotations

from datetime import date

from attrs import frozen

from ynpolicy.engines.forward.formulas import NEVER, Formulas, Test
from ynpolicy.engines.forward.measures import AS_OF, Measures, day_number
from ynpolicy.engines.forward.outcomes import KINDS, decision_rules, outcome_rules
from ynpolicy.engines.forward.rules import Definition, check, rule_parts, share_out
from ynpolicy.ir import All, Modality, Norm, Pack


@frozen
class NormPlan:
    """Where a norm's conclusions are recorded; each is the name of a field, and a pair is (true, false).

    `exemptions` are the exceptions' ids with the fields that say they hold, in the norm's order.
    """

    id: str
    kind: int
    modality: Modality
    out_of_force: str
    not_yet_due: str
    applies: tuple[str, str]
    exemptions: tuple[tuple[str, str], ...]
    exempt_false: str
    met: tuple[str, str]


@frozen
class Program:
    """The compiled level: what to measure, the rulesets in the order in which they run, and the norms' plans."""

    measures: Measures
    conditions: tuple[Definition, ...]
    outcomes: Definition
    decisions: Definition
    inside: tuple[str, str]
    norms: tuple[NormPlan, ...]


def compile_program(pack: Pack, level: str) -> Program:
    """The rules for the norms of one level. Raises `EnvelopeError` where durable_rules cannot hold them soundly."""
    measures = Measures()
    formulas = Formulas(measures)
    formulas.subject = f"territory of {level}"
    inside = formulas.pair(pack.territory.get(level, All(())))
    norms = tuple(_plan(norm, pack, formulas) for norm in pack.norms_at(level))

    conclusions = sorted(formulas.conclusions, key=lambda conclusion: conclusion.layer)
    definitions: list[Definition] = []
    for layer in dict.fromkeys(conclusion.layer for conclusion in conclusions):
        rules = [
            rule
            for conclusion in conclusions
            if conclusion.layer == layer
            for rule in rule_parts(conclusion.name, conclusion.name, conclusion.formula, conclusion.subject)
        ]
        definitions.extend(share_out(rules, layer))
    outcomes, decisions = outcome_rules(), decision_rules()
    check(outcomes)
    check(decisions)
    return Program(measures, tuple(definitions), outcomes, decisions, inside, norms)


def _plan(norm: Norm, pack: Pack, formulas: Formulas) -> NormPlan:
    formulas.subject = norm.id
    exemptions = tuple((item.id, formulas.conclude(formulas.formula(item.when, True))) for item in norm.exemptions)
    none_holds = formulas.conjunction(formulas.formula(item.when, False) for item in norm.exemptions)
    met = (formulas.conclude(NEVER),) * 2 if norm.requirement is None else formulas.pair(norm.requirement)
    return NormPlan(
        id=norm.id,
        kind=KINDS[norm.modality],
        modality=norm.modality,
        out_of_force=_outside_of(norm.since or pack.since, norm.until, formulas),
        not_yet_due=formulas.conclude(NEVER) if norm.due is None else formulas.conclude(_as_of("$lte", norm.due)),
        applies=formulas.pair(norm.applies),
        exemptions=exemptions,
        exempt_false=formulas.conclude(none_holds),
        met=(met[1], met[0]) if norm.modality.forbids else (met[0], met[1]),
    )


def _as_of(op: str, day: date) -> tuple[tuple[Test, ...], ...]:
    return ((Test(AS_OF, op, day_number(day)),),)


def _outside_of(since: date, until: date | None, formulas: Formulas) -> str:
    ways = _as_of("$lt", since) if until is None else _as_of("$lt", since) + _as_of("$gt", until)
    return formulas.conclude(ways)
