"""Task lists and progress towards targets: what a prefecture's report says before and after the day."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ynpolicy
from ynpolicy.judge import Judge, JudgedVerdict
from ynpolicy.progress import Standing, standing
from ynpolicy.report import report
from ynpolicy.report_tasks import rounded

CAP = "target.hm-cap[530100]"


@pytest.fixture(scope="module")
def plan() -> Judge:
    return ynpolicy.load("yunnan-14fyp")


def kunming(plan: Judge, day: str, **facts: Any) -> JudgedVerdict:
    named = {f"prefecture.{name}": value for name, value in facts.items()}
    facts = {"prefecture.name": "昆明市", **named}
    return plan.check({"case": "昆明市", "level": "prefecture", "as_of": day, "facts": facts})


def view(plan: Judge, verdict: JudgedVerdict, lang: str = "zh") -> dict[str, Any]:
    return report(verdict, plan.pack, lang)


def status_of(plan: Judge, verdict: JudgedVerdict, norm: str = CAP) -> list[str]:
    groups = view(plan, verdict)["tasks"]["groups"]
    return [group["status"] for group in groups for row in group["rows"] if row["id"] == norm]


@pytest.mark.parametrize(
    ("day", "facts", "status"),
    [
        ("2025-12-31", {}, "pending"),
        ("2025-12-31", {"hm_emission_2025": "17585.72"}, "done"),
        ("2025-12-31", {"hm_emission_2025": "17585.73"}, "pending"),
        ("2026-01-01", {}, "unknown"),
        ("2026-01-01", {"hm_emission_2025": "17585.72"}, "done"),
        ("2026-01-01", {"hm_emission_2025": "17585.73"}, "late"),
    ],
)
def test_a_task_is_done_late_pending_or_unknown(plan: Judge, day: str, facts: dict[str, str], status: str) -> None:
    """Up to its day a task is not yet due, or done early; after it, done, late, or unknown where nothing is known."""
    assert status_of(plan, kunming(plan, day, **facts)) == [status]


def test_the_tasks_of_others_are_left_out(plan: Judge) -> None:
    """A prefecture's report lists its own rows of a table, also while none of them is due."""
    for day in ("2023-06-01", "2026-06-01"):
        ids = [row["id"] for g in view(plan, kunming(plan, day))["tasks"]["groups"] for row in g["rows"]]
        assert CAP in ids
        assert {id for id in ids if id.startswith("target.hm-cap[")} == {CAP}
        assert "target.hm-cap[532500]" not in {f["id"] for f in view(plan, kunming(plan, day))["findings"]}


@pytest.mark.parametrize("fmt", ["text", "md", "html"])
def test_every_printed_form_has_the_task_list(plan: Judge, fmt: str) -> None:
    """Status, day, title and section of each task, and the counts, stand in text, Markdown and HTML."""
    verdict = kunming(plan, "2026-03-01", hm_emission_2025="17585.73")
    said = view(plan, verdict)["tasks"]
    bare = ynpolicy.render(verdict, fmt, width=1000)
    text = re.sub(r"\s+|<[^>]*>|[*_`\\]", "", bare)
    assert "任务清单" in text
    assert re.sub(r"\s+", "", said["line"]) in text
    for group in said["groups"]:
        for row in group["rows"]:
            assert group["label"] in text
            for cell in (row["title"], row["due"], row["section"]):
                assert re.sub(r"\s+", "", cell) in text


def test_progress_is_told_with_the_pace_that_is_needed(plan: Judge) -> None:
    """Base, latest figure, share of the needed reduction, an even pace's figure, and what each year left must bring."""
    verdict = kunming(plan, "2024-03-01", hm_emission_latest="18900.5", hm_latest_year=2023)
    (target,) = view(plan, verdict)["targets"]
    assert target["lines"] == [
        "2020年基数 19539.68 kg，2025年目标 17585.72 kg",
        "2023年 18900.5 kg，已削减 639.18 kg，为应削减量的 32.71%",
        "按逐年均匀削减，2023年应为 18367.3 kg，落后 533.2 kg",
        "到2025年还须削减 1314.78 kg，平均每年 657.39 kg",
    ]
    html = ynpolicy.render(verdict, "html")
    assert len(re.findall("<svg", html)) == 1
    assert "2023：18900.5 kg" in html
    english = view(plan, verdict, "en")["targets"][0]["lines"]
    assert english[-1] == "1314.78 kg still to go by 2025, 657.39 kg a year"


@pytest.mark.parametrize(
    ("facts", "last"),
    [
        ({}, "最近一年的排放量或年份未提供，进度不明"),
        ({"hm_emission_latest": 100}, "最近一年的排放量或年份未提供，进度不明"),
        (
            {"hm_emission_latest": {"value": 18900, "accuracy": 5}, "hm_latest_year": 2023},
            "最近一年的排放量或年份未提供，进度不明",
        ),
        ({"hm_emission_2025": "17585.72"}, "已在目标以内"),
        ({"hm_emission_2025": "17600"}, "超出目标 14.28 kg"),
    ],
)
def test_progress_never_makes_up_a_figure(plan: Judge, facts: dict[str, Any], last: str) -> None:
    """Without an exact figure and its year the report says that progress is unknown."""
    (target,) = view(plan, kunming(plan, "2026-03-01", **facts))["targets"]
    assert target["lines"][-1] == last


def test_nothing_may_be_added_where_the_plan_says_so(plan: Judge) -> None:
    """A row of no increase needs no reduction: there is no share and no even pace, and the base itself is within."""
    facts = {"prefecture.name": "丽江市", "prefecture.hm_emission_2025": "33.08"}
    verdict = plan.check({"level": "prefecture", "as_of": "2026-03-01", "facts": facts})
    (target,) = view(plan, verdict)["targets"]
    assert target["lines"] == [
        "2020年基数 33.08 kg，2025年目标 33.08 kg",
        "2025年 33.08 kg，已削减 0 kg",
        "已在目标以内",
    ]


def test_other_levels_have_no_task_list(plan: Judge) -> None:
    """A project is judged; it has no tasks."""
    verdict = plan.check({"level": "project", "as_of": "2022-05-01", "facts": {"省份": "云南"}})
    assert view(plan, verdict)["tasks"]["groups"] == []
    assert all(standing(finding.norm, verdict.case) is None for finding in verdict.findings)


MASS = st.integers(0, 10**9).map(lambda n: Fraction(n, 100))


@given(MASS, MASS, MASS, st.integers(2020, 2025))
def test_the_pace_needed_reaches_the_goal_exactly(base: Fraction, goal: Fraction, latest: Fraction, year: int) -> None:
    """Reducing by the pace every year that is left ends at the goal; an even pace ends there too."""
    stands = Standing(base, goal, 2020, 2025, latest, year)
    assert stands.even == base - (base - goal) * Fraction(year - 2020, 5)
    assert stands.reached is not None
    assert stands.reached + latest == base
    if latest <= goal:
        assert (stands.left, stands.pace) == (0, 0)
    elif year == 2025:
        assert stands.pace is None
    else:
        assert stands.pace is not None
        assert latest - stands.pace * (2025 - year) == goal


@given(st.fractions())
def test_numbers_are_rounded_half_away_from_zero(number: Fraction) -> None:
    """What is printed is within half a hundredth of what is meant, with at most two decimals."""
    text = rounded(number)
    assert abs(Fraction(text) - number) <= Fraction(1, 200)
    assert len(text.partition(".")[2]) <= 2
    if abs(Fraction(text) - number) == Fraction(1, 200):
        assert abs(Fraction(text)) > abs(number)
