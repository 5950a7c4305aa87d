"""Theorems about judging, on drawn packs and cases; each test's name is the theorem."""

from __future__ import annotations

from datetime import date, timedelta

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from ynpolicy.ir import All, Case, DatedValue, Pack, facts_read, is_settled, parameters_read
from ynpolicy.semantics import evaluate, judge, territory
from ynpolicy.testing.chance import Draw
from ynpolicy.testing.drawn_cases import CaseSpace, law_at
from ynpolicy.testing.drawn_packs import draw_dated, draw_pack
from ynpolicy.testing.drawn_values import POOL
from ynpolicy.testing.renaming import renamed_case, renamed_pack
from ynpolicy.testing.strategies import (
    drawn,
    packs,
    packs_with_accuracy,
    packs_with_case,
    packs_with_forgetting,
    packs_with_learning,
    packs_with_settling,
)
from ynpolicy.testing.written import as_normalised
from ynpolicy.values import Missing
from ynpolicy.verdict import Decision, Finding, Outcome, decide

NO_BREACHES = frozenset({Outcome.COMPLIED, Outcome.EXEMPT, Outcome.NOT_APPLICABLE})


def decision_of(pack: Pack, case: Case, findings: tuple[Finding, ...]) -> Decision:
    """The decision of a case by the reference."""
    return decide(((f.norm.modality, f.outcome) for f in findings), territory(pack, case).truth)


def agree_after_learning(before: Finding, after: Finding) -> None:
    if before.outcome in NO_BREACHES:
        assert after.outcome in NO_BREACHES
    elif before.outcome is not Outcome.UNDETERMINED:
        assert after.outcome is before.outcome
        assert after.not_yet_due is before.not_yet_due


def learning_reverses_nothing(pack: Pack, before: Case, after: Case) -> None:
    first, second = judge(pack, before), judge(pack, after)
    for one, other in zip(first, second, strict=True):
        agree_after_learning(one, other)
    decision, later = decision_of(pack, before, first), decision_of(pack, after, second)
    if decision in (Decision.REFUSED, Decision.NOT_JUDGED):
        assert later is decision
    if all(finding.outcome is not Outcome.UNDETERMINED for finding in first):
        assert later is decision or (decision is Decision.IN_ORDER and later is Decision.NOT_JUDGED)


@given(packs_with_learning)
def test_learning_a_fact_never_reverses_a_determined_breach_or_its_absence(
    drawn_together: tuple[Pack, tuple[Case, Case]],
) -> None:
    """Violated, departed, justified, review and advice stay; no breach stays none; a refusal stays a refusal."""
    pack, (before, after) = drawn_together
    learning_reverses_nothing(pack, before, after)


@given(packs_with_forgetting)
def test_forgetting_a_fact_never_makes_up_a_breach_or_its_absence(
    drawn_together: tuple[Pack, tuple[Case, Case]],
) -> None:
    """What a case with facts left out determines, the whole case determines too."""
    pack, (less, whole) = drawn_together
    learning_reverses_nothing(pack, less, whole)


@given(packs_with_accuracy)
def test_more_accuracy_never_flips_a_determined_finding(drawn_together: tuple[Pack, tuple[Case, Case]]) -> None:
    """Narrower intervals and fuller sets leave every determined finding and refusal as it is."""
    pack, (coarse, fine) = drawn_together
    learning_reverses_nothing(pack, coarse, fine)


@given(packs_with_settling)
def test_learning_everything_leaves_open_only_what_the_law_leaves_open(
    drawn_together: tuple[Pack, tuple[Case, Case]],
) -> None:
    """With all facts known, nothing is missing; what is undetermined turns on the law or on `not_applicable`."""
    pack, (before, after) = drawn_together
    learning_reverses_nothing(pack, before, after)
    for finding in judge(pack, after):
        assert finding.missing == ()
        if finding.outcome is Outcome.UNDETERMINED:
            assert finding.unverified or Missing.NOT_APPLICABLE in after.missing.values()


@given(packs_with_case)
def test_an_undetermined_finding_says_what_it_lacks(drawn_together: tuple[Pack, Case]) -> None:
    """It names a missing fact, an unverified parameter, or reads a fact that is `not_applicable`; no other does."""
    pack, case = drawn_together
    for finding in judge(pack, case):
        if finding.outcome is not Outcome.UNDETERMINED:
            assert finding.missing == finding.unverified == ()
            continue
        conditions = (pack.territory.get(case.level, All(())), *finding.norm.conditions)
        facts = {name for condition in conditions for name in facts_read(condition)}
        barred = {name for name in facts if case.state(name) is Missing.NOT_APPLICABLE}
        assert finding.missing or finding.unverified or barred
        assert len(set(finding.missing)) == len(finding.missing)
        for name in finding.missing:
            assert name in facts
            assert name not in barred
            assert name not in case.values or not is_settled(case.values[name])
        law = {name for condition in conditions for name in parameters_read(condition)}
        assert set(finding.unverified) <= law - set(case.parameters)


@given(packs_with_case)
def test_an_unread_fact_changes_nothing(drawn_together: tuple[Pack, Case]) -> None:
    """The findings turn on no other facts than those their conditions read."""
    pack, case = drawn_together
    conditions = [c for norm in pack.norms_at(case.level) for c in norm.conditions]
    conditions.append(pack.territory.get(case.level, All(())))
    read = {name for condition in conditions for name in facts_read(condition)}
    kept = evolve(case, values={name: value for name, value in case.values.items() if name in read})
    assert judge(pack, kept) == judge(pack, case)


@given(packs_with_case, st.data())
def test_the_order_of_norms_changes_nothing(drawn_together: tuple[Pack, Case], data: st.DataObject) -> None:
    """Each norm has the same finding wherever it stands in the pack, and the decision is the same."""
    pack, case = drawn_together
    ids = data.draw(st.permutations(list(pack.norms)))
    shuffled = evolve(pack, norms={id: pack.norms[id] for id in ids})
    before, after = judge(pack, case), judge(shuffled, case)
    assert {f.norm.id: f for f in before} == {f.norm.id: f for f in after}
    assert [f.norm.id for f in after] == [id for id in ids if pack.norms[id].level == case.level]
    assert decision_of(pack, case, before) is decision_of(shuffled, case, after)


@given(packs_with_case)
def test_renaming_an_id_changes_nothing_else(drawn_together: tuple[Pack, Case]) -> None:
    """With other names for norms, exceptions, facts and parameters, the findings are the same under the new names."""
    pack, case = drawn_together
    before, after = judge(pack, case), judge(renamed_pack(pack), renamed_case(case))
    for one, other in zip(before, after, strict=True):
        assert other.norm.id == "z-" + one.norm.id
        assert (other.outcome, other.not_yet_due) == (one.outcome, one.not_yet_due)
        assert other.exemption == (one.exemption and "z-" + one.exemption)
        assert other.missing == tuple("z-" + name for name in one.missing)
        assert other.unverified == tuple("z-" + name for name in one.unverified)
        assert [node.truth for node in other.trace] == [node.truth for node in one.trace]


def _law_changed(draw: Draw) -> tuple[Pack, Pack, Case]:
    """A pack, the same with other values for every entry that is not in force on the case's day, and the case."""
    pack = draw_pack(draw)
    case = CaseSpace(pack).mixed(draw)
    changed = {}
    for name, parameter in pack.parameters.items():
        now = parameter.at(case.as_of)
        entries = tuple(
            entry if entry is now else draw_dated(draw, parameter.kind, entry.since, entry.until)
            for entry in parameter.values
        )
        changed[name] = evolve(parameter, values=entries)
    return pack, evolve(pack, parameters=changed), case


@given(drawn(_law_changed))
def test_evaluating_at_a_date_never_reads_a_value_not_in_force_then(drawn_together: tuple[Pack, Pack, Case]) -> None:
    """Whatever the law was before and will be after the case's day, parameters and findings are the same."""
    pack, changed, case = drawn_together
    before, after = as_normalised(pack, case), as_normalised(changed, case)
    assert before.parameters == after.parameters == law_at(pack, case.as_of)
    assert judge(pack, before) == judge(changed, after)


@given(packs(), st.sampled_from(POOL.days), st.integers(-1, 1))
def test_a_parameter_is_read_on_its_own_days_only(pack: Pack, near: date, step: int) -> None:
    """The entry that `at` gives is in force on that day, and none is in force where it gives none."""
    day = near + timedelta(days=step)
    for parameter in pack.parameters.values():
        if parameter.is_day:
            assert parameter.at(day) == DatedValue(day)
            continue
        fitting = [entry for entry in parameter.values if (entry.since or date.min) <= day <= (entry.until or date.max)]
        assert parameter.at(day) is (fitting[0] if fitting else None)


@given(packs_with_case)
def test_judging_is_a_function_of_pack_and_case(drawn_together: tuple[Pack, Case]) -> None:
    """The same pack and case give equal findings, one for each norm of the level, in the pack's order."""
    pack, case = drawn_together
    findings = judge(pack, case)
    assert findings == judge(pack, case)
    assert [f.norm for f in findings] == list(pack.norms_at(case.level))


@given(packs_with_case)
def test_the_trace_gives_the_truths_that_the_outcome_rests_on(drawn_together: tuple[Pack, Case]) -> None:
    """Territory, applicability, exceptions and requirement stand in the trace in this order, each with its truth."""
    pack, case = drawn_together
    for finding in judge(pack, case):
        if finding.outcome is Outcome.NOT_IN_FORCE:
            assert finding.trace == ()
            continue
        conditions = (pack.territory.get(case.level, All(())), *finding.norm.conditions)
        assert finding.trace == tuple(evaluate(condition, case) for condition in conditions)
        assert finding.deciding or not finding.trace
