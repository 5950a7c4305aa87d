"""Theorems about judging, on drawn packs and cases; the properties of the ready suite, and some of the reference."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ynpolicy.ir import All, Case, DatedValue, Pack
from ynpolicy.semantics import evaluate, judge
from ynpolicy.testing.chance import Draw
from ynpolicy.testing.drawn_packs import draw_pack
from ynpolicy.testing.drawn_values import POOL
from ynpolicy.testing.properties import Property
from ynpolicy.testing.strategies import drawn, packs, packs_with_case
from ynpolicy.testing.subject import Drawn, Subject
from ynpolicy.testing.suite import ALL
from ynpolicy.verdict import Outcome


@pytest.mark.parametrize("theorem", ALL, ids=lambda theorem: theorem.name)
def test_every_pack_has_the_properties_of_the_ready_suite(theorem: Property) -> None:
    """What the suite tests on one pack is true of packs of every kind of fact, parameter and norm."""

    def pack_and_case(draw: Draw) -> tuple[Subject, Drawn]:
        subject = Subject(draw_pack(draw, norms=3))
        return subject, theorem.draw(subject, draw)

    @settings(max_examples=max(20, settings().max_examples // 3))
    @given(drawn(pack_and_case))
    def holds(both: tuple[Subject, Drawn]) -> None:
        subject, case = both
        wrongs = list(theorem.wrongs(subject, case))
        subject.close()
        assert wrongs == []

    holds()


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
