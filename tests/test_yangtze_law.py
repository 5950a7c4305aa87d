"""The pack `yangtze-law-26`: what article 26 of the Yangtze River Protection Law says, in its own words and numbers."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ynpolicy
from tests.ran import Ran
from ynpolicy.casebook import read_casebook, run_casebook
from ynpolicy.collation import collate
from ynpolicy.judge import Judge
from ynpolicy.loader import POLICIES
from ynpolicy.mutation import mutate
from ynpolicy.testing import aimed_cases, consistency
from ynpolicy.values import Interval
from ynpolicy.verdict import Outcome

CHEMICAL = "chemical.bank-1km-ban"
MAINSTEM = "tailings.mainstem-3km-ban"
IMPORTANT = "tailings.important-tributary-1km-ban"
LARGE = "tailings.large-tributary-1km-ban"
LAW = ynpolicy.load("yangtze-law-26")
BY_CATCHMENT = LAW.under({"important-tributary": "catchment"})
NATURES = ("new", "expansion", "alteration", "relocation", "technical_renovation")


class TestConsistency(consistency("yangtze-law-26", examples=15)):  # type: ignore[misc]
    """The properties that every pack must have hold of the law's."""


class TestByCatchment(consistency("yangtze-law-26", examples=5, readings={"important-tributary": "catchment"})):  # type: ignore[misc]
    """They hold under the reading by catchment, too, which waits for a number that is not verified."""


def outcomes(facts: dict[str, Any], day: str = "2022-06-01", judge: Judge = LAW) -> dict[str, Outcome]:
    """The outcome of each norm for a project in the basin."""
    case = {"level": "project", "as_of": day, "facts": {"site.in_yangtze_basin": True} | facts}
    return {found.norm.id: found.outcome for found in judge.check(case).findings}


def test_every_word_of_the_articles_is_in_the_ledger() -> None:
    """The text that comes with the pack agrees with the ledger, quote by quote and chapter by chapter."""
    assert collate(LAW.pack, POLICIES / "yangtze-law-26" / "text.txt").problems() == ()


def test_the_quotes_of_the_norms_are_the_words_of_the_article() -> None:
    """The bans are quoted whole, with their numbers in words."""
    quotes = [LAW.pack.clauses[id].quote for id in ("chemical-1km", "tailings-ponds")]
    assert quotes == [
        "禁止在长江干支流岸线一公里范围内新建、扩建化工园区和化工项目。",
        "禁止在长江干流岸线三公里范围内和重要支流岸线一公里范围内新建、改建、扩建尾矿库；但是以提升安全、生态环境保护水平为目的的改建除外。",
    ]


def test_no_changed_rule_goes_unnoticed() -> None:
    """Every mutant of the pack is killed by a case, or no case at all can tell it from the pack."""
    results, problems = run_casebook(LAW, read_casebook(LAW.pack))
    assert problems == ()
    assert mutate(LAW.pack, results).score == 1


@given(
    natures=st.sets(st.sampled_from(NATURES)),
    more=st.booleans(),
    kind=st.sampled_from(["is_chemical", "is_chemical_park", "is_tailings_pond"]),
    safer=st.booleans(),
    important=st.booleans(),
    tenths=st.sampled_from([0, 9999, 10000, 10001, 29999, 30000, 30001, 50000]),
)
def test_the_article_said_plainly_in_python_gives_the_same_outcomes(
    natures: set[str], more: bool, kind: str, safer: bool, important: bool, tenths: int
) -> None:
    """A second telling of the two paragraphs, written without the engines, decides every fully known project alike."""
    metres = Fraction(tenths, 10)
    plain_alteration = "alteration" in natures or ("technical_renovation" in natures and not more)
    adds = bool(natures & {"new", "relocation", "expansion"}) or ("technical_renovation" in natures and more)
    facts: dict[str, Any] = {f"project.{k}": k == kind for k in ("is_chemical", "is_chemical_park", "is_tailings_pond")}
    facts |= {
        "project.nature": sorted(natures),
        "project.adds_capacity": more,
        "project.improves_safety": safer,
        "site.important_tributary_near": important,
        "site.yangtze_bank_distance": f"{tenths / 10:.1f}",
        "site.yangtze_mainstem_bank_distance": f"{tenths / 10:.1f}",
        "site.yangtze_tributary_bank_distance": f"{tenths / 10:.1f}",
    }

    def told(applies: bool, forbidden: bool, exempt: bool = False) -> Outcome:
        if not applies:
            return Outcome.NOT_APPLICABLE
        if exempt:
            return Outcome.EXEMPT
        return Outcome.VIOLATED if forbidden else Outcome.COMPLIED

    pond = kind == "is_tailings_pond" and (adds or plain_alteration)
    upgrade = plain_alteration and not adds and safer
    assert outcomes(facts) == {
        CHEMICAL: told(kind != "is_tailings_pond" and adds, metres <= 1000),
        MAINSTEM: told(pond, metres <= 3000, upgrade),
        IMPORTANT: told(pond, metres <= 1000 and important, upgrade),
    }


@pytest.mark.parametrize("catchment", [0, 9999, 10000, 13320, 10**6, "unknown"])
def test_a_catchment_decides_nothing_while_article_95_is_not_verified(catchment: Any) -> None:
    """Under the reading by catchment a pond within 1 km of a tributary stays open, whatever its catchment."""
    facts = {
        "project.is_tailings_pond": True,
        "project.nature": ["new"],
        "site.yangtze_mainstem_bank_distance": 20000,
        "site.yangtze_tributary_bank_distance": 800,
        "site.tributary_catchment": catchment,
    }
    assert outcomes(facts, judge=BY_CATCHMENT)[LARGE] is Outcome.UNDETERMINED


@pytest.mark.parametrize(("day", "outcome"), [("2021-02-28", Outcome.NOT_IN_FORCE), ("2021-03-01", Outcome.VIOLATED)])
def test_the_law_binds_from_its_first_day(day: str, outcome: Outcome) -> None:
    """A project accepted on 2021-03-01 is bound, one of the day before is not; no day is the last."""
    facts = {"project.is_chemical": True, "project.nature": ["new"], "site.yangtze_bank_distance": 500}
    assert outcomes(facts, day)[CHEMICAL] is outcome
    verdict = LAW.check({"level": "project", "as_of": "2150-01-01", "facts": {"site.in_yangtze_basin": True} | facts})
    assert verdict.decision.value == "refused"
    assert not verdict.after_period
    assert "自 2021-03-01 起" in ynpolicy.render(verdict)


@given(aimed_cases("yangtze-law-26"))
def test_cases_are_drawn_for_a_law_without_a_last_day(case: dict[str, Any]) -> None:
    """They lie within days that a case file may state, and are judged by both engines."""
    assert "1900" < case["as_of"] < "2200"
    assert len(LAW.check(case).findings) == 3


def test_a_kept_verdict_is_replayed_in_the_words_of_a_law(tmp_path: Path) -> None:
    """A bundle of a verdict under the law says “not in line with the law” when it is judged again."""
    facts = {"site.in_yangtze_basin": True, "project.is_chemical": True, "project.nature": ["new"]}
    case = {"level": "project", "as_of": "2022-06-01", "facts": facts | {"site.yangtze_bank_distance": 5}}
    ynpolicy.bundle(LAW, case, tmp_path / "law.zip")
    for lang, word in (("zh", "不符合法律规定"), ("en", "Not in line with the law")):
        ran = Ran("replay", tmp_path / "law.zip", "--pack", "yangtze-law-26", "--lang", lang)
        assert (ran.status, word in ran.out) == (0, True), ran.out
        assert re.findall(r"规划要求|the plan", ran.out) == []


BANKS = """
title: 试验岸线
file: banks.geojson
source: 试验
date: 2022-01-01
system: CGCS2000
kind: bank
width: 100 m
accuracy: 20 m
name: 河名
rivers:
  小河: {system: 长江, rank: minor}
  干流: {system: 长江, rank: mainstem}
  外河: {system: 珠江, rank: mainstem}
complete_for:
  - {list: 试验名录, systems: [长江], ranks: [mainstem, main_tributary, minor]}
"""


def test_geometry_answers_each_distance_by_the_rivers_that_its_rule_counts(tmp_path: Path) -> None:
    """A minor tributary at 500 m counts for chemical projects, not as mainstem; another system for none."""
    banks = [
        {"type": "Feature", "properties": {"河名": name}, "geometry": {"type": "LineString", "coordinates": line}}
        for name, line in (
            ("小河", [[103.0, 26.0045], [103.05, 26.0045]]),
            ("干流", [[103.0, 25.98], [103.05, 25.98]]),
            ("外河", [[103.0, 26.0001], [103.05, 26.0001]]),
        )
    ]
    (tmp_path / "banks.yaml").write_text(BANKS, encoding="utf-8")
    layer = json.dumps({"type": "FeatureCollection", "features": banks})
    (tmp_path / "banks.geojson").write_text(layer, encoding="utf-8")
    where = {"point": "103.02 26.0", "system": "CGCS2000", "accuracy": "5 m", "extent": "10 m"}
    where["rivers"] = str(tmp_path / "banks.yaml")
    facts = {"site.in_yangtze_basin": True, "project.is_chemical": True, "project.is_tailings_pond": True}
    facts |= {"project.nature": ["new"], "site.important_tributary_near": False}
    case = {"level": "project", "as_of": "2022-06-01", "location": where, "facts": facts}
    verdict = LAW.check(case)
    assert verdict.case.location is not None
    assert verdict.case.location.drawing is not None
    drawn = [feature for feature in verdict.case.location.drawing.features if feature.role == "buffer"]
    north = max(y for feature in drawn for path in feature.paths for _, y in path)
    assert north == pytest.approx(1500, abs=20), "1 km beyond the minor tributary, which decides"
    outcome = {found.norm.id: found.outcome for found in verdict.findings}
    assert outcome == {CHEMICAL: Outcome.VIOLATED, MAINSTEM: Outcome.VIOLATED, IMPORTANT: Outcome.COMPLIED}
    for name, about in (("yangtze", 499), ("yangtze_tributary", 499), ("yangtze_mainstem", 2216)):
        distance = verdict.case.values[f"site.{name}_bank_distance"]
        assert isinstance(distance, Interval)
        assert about - 40 < distance.lo < about < distance.hi < about + 40


def test_a_level_without_norms_is_not_judged() -> None:
    """The law's pack judges projects; a transfer is told to be outside it."""
    verdict = LAW.check({"level": "transfer", "as_of": "2022-06-01", "facts": {}})
    assert (verdict.decision.value, verdict.findings) == ("not_judged", ())


@pytest.mark.parametrize("fmt", ["text", "md", "html"])
def test_a_report_under_a_law_does_not_speak_of_a_plan(fmt: str) -> None:
    """Whatever a project's verdict is, no word of its report calls the law a plan; that of the plan's pack does."""
    pond = {"project.is_tailings_pond": True, "project.nature": ["new"], "site.yangtze_tributary_bank_distance": 800}
    basin = {"site.in_yangtze_basin": True}
    projects = [
        basin | pond | {"site.yangtze_mainstem_bank_distance": 100},
        basin | pond | {"site.yangtze_mainstem_bank_distance": 9000, "site.tributary_catchment": 13320},
        {"site.in_yangtze_basin": False},
    ]
    for judge in (LAW, BY_CATCHMENT):
        for facts in projects:
            verdict = judge.check({"case": "案", "level": "project", "as_of": "2022-06-01", "facts": facts})
            for lang in ("zh", "en"):
                report = ynpolicy.render(verdict, fmt, lang, detail=True)
                told = report.replace("岸线保护规划", "").replace("plan for bank protection", "")
                assert re.findall(r"规划|\bplan\b", told) == []
    plan = ynpolicy.load("yunnan-14fyp").check({"level": "project", "as_of": "2022-06-01", "facts": {"省份": "广西"}})
    assert "不在本规划适用范围" in ynpolicy.render(plan, fmt)
