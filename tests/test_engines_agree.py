"""Every engine says what the reference says: on drawn packs and drawn cases, aimed at where outcomes change."""

from __future__ import annotations

from collections import Counter

import pytest
from attrs import evolve
from hypothesis import Phase, given, settings

from tests.warehouses import duckdb, rows_in
from ynpolicy.engines import forward
from ynpolicy.ir import LEVELS, Case, Pack
from ynpolicy.loader import load_pack
from ynpolicy.testing.agreement import assert_agreement, reference_opinion
from ynpolicy.testing.agreement_tables import assert_tables_agree
from ynpolicy.testing.chance import seeded
from ynpolicy.testing.drawn_cases import CaseSpace
from ynpolicy.testing.drawn_packs import draw_pack
from ynpolicy.testing.strategies import packs_with_cases
from ynpolicy.verdict import Decision, Outcome

PACKS, CASES = 120, 40
PLAN_CASES = 50


@settings(phases=[Phase.explicit, Phase.generate])
@given(packs_with_cases)
def test_all_engines_agree_on_drawn_packs_and_cases(drawn_together: tuple[Pack, list[Case]]) -> None:
    """Outcomes, exemptions, not-yet-due marks and decisions are the same in all engines, missing facts in two."""
    assert_agreement(*drawn_together)


@settings(phases=[Phase.explicit, Phase.generate], max_examples=40)
@given(packs_with_cases)
def test_tables_agree_on_drawn_packs_and_cases(drawn_together: tuple[Pack, list[Case]]) -> None:
    """Outcomes, decisions, and the missing facts of every finding are the same on tables, here and in a database."""
    assert_tables_agree(*drawn_together)
    assert_tables_agree(*drawn_together, rows_in(duckdb()))


@pytest.mark.parametrize("seed", range(4))
def test_all_engines_agree_on_many_cases_of_larger_packs(seed: int) -> None:
    """The same on thousands of cases from a seeded source."""
    for number in range(PACKS // 4):
        draw = seeded("agree", seed, number)
        pack = draw_pack(draw, norms=8)
        space = CaseSpace(pack)
        cases = [space.mixed(draw) for _ in range(CASES)]
        assert_agreement(pack, cases)
        assert_tables_agree(pack, cases)
        assert_tables_agree(pack, cases, rows_in(duckdb()))


@pytest.mark.parametrize("level", LEVELS)
def test_all_engines_agree_on_drawn_cases_of_the_plan(level: str) -> None:
    """On every level of the plan that comes with the library, with all its norms."""
    pack = load_pack("yunnan-14fyp")
    draw = seeded("plan", LEVELS.index(level), 0)
    alone = evolve(pack, norms={norm.id: norm for norm in pack.norms_at(level)})
    assert len(alone.norms) > 2
    space = CaseSpace(alone)
    cases = [space.mixed(draw) for _ in range(PLAN_CASES)]
    assert_agreement(alone, cases)
    assert assert_tables_agree(alone, cases) == 0
    assert assert_tables_agree(alone, cases, rows_in(duckdb())) == 0


def test_the_draw_meets_every_outcome_and_every_decision() -> None:
    """The comparison is worth something: each of the ten outcomes and five decisions comes up often enough."""
    outcomes: Counter[Outcome] = Counter()
    decisions: Counter[Decision] = Counter()
    for number in range(60):
        draw = seeded("meets", number)
        pack = draw_pack(draw)
        space = CaseSpace(pack)
        for _ in range(20):
            opinion = reference_opinion(pack, space.mixed(draw))
            outcomes.update(outcome for outcome, _, _ in opinion.rulings.values())
            decisions[opinion.decision] += 1
    assert all(outcomes[outcome] >= 10 for outcome in Outcome), outcomes
    assert all(decisions[decision] >= 20 for decision in Decision), decisions


@pytest.mark.forward
def test_a_case_leaves_nothing_behind_in_the_forward_engine() -> None:
    """Judging the same case before and after others, by one engine or by a new one, gives the same result."""
    for number in range(10):
        draw = seeded("again", number)
        pack = draw_pack(draw)
        space = CaseSpace(pack)
        cases = [evolve(space.mixed(draw), level="project") for _ in range(10)]
        engine = forward.ForwardEngine(pack, "project")
        first = [engine.judge(case) for case in cases]
        again = [engine.judge(case) for case in reversed(cases)][::-1]
        engine.close()
        assert again == first
