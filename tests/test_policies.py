"""The packs that come with the library: their cases on every engine, and what the plan must say of known cases."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

import ynpolicy
from ynpolicy.casebook import read_casebook, run_casebook
from ynpolicy.choices import choose
from ynpolicy.engines.compiled import CompiledLevel, compile_level
from ynpolicy.errors import InputError
from ynpolicy.judge import Judge, JudgedVerdict
from ynpolicy.lint import lint
from ynpolicy.loader import pack_names
from ynpolicy.mutation import PASSING_SCORE, mutate
from ynpolicy.semantics import territory
from ynpolicy.values import exact
from ynpolicy.verdict import Decision, Finding, Outcome, decide

RIVER_BAN = "siting.main-river-smelting-ban"
SMELTER: dict[str, Any] = {
    "project.nature": ["new"],
    "project.activity": ["pb_zn_smelting"],
    "site.county": "个旧市",
    "project.construction_begun": False,
}
INCINERATOR: dict[str, Any] = {
    "project.nature": ["new"],
    "project.activity": ["centralised_hw_incineration"],
    "site.county": "安宁市",
}
OFFSET: dict[str, Any] = {"project.nature": ["expansion"], "project.heavy_metal_key_industry": True}
CADMIUM: dict[str, Any] = {"waste.is_hazardous": True, "waste.metals": ["Cd"], "transfer.purpose": "recovery"}


@pytest.fixture(scope="module")
def plan() -> Judge:
    return ynpolicy.load("yunnan-14fyp")


def verdict(plan: Judge, facts: dict[str, Any], day: str = "2022-06-01", **more: Any) -> JudgedVerdict:
    return plan.check({"case": "案", "level": "project", "as_of": day, "facts": facts, **more})


def finding(found: JudgedVerdict, norm: str) -> Finding:
    return next(one for one in found.findings if one.norm.id == norm)


# ---------------------------------------------------------------- every pack


@pytest.mark.parametrize("name", pack_names())
def test_every_case_of_a_pack_gives_what_it_expects_on_every_engine(name: str) -> None:
    """The engines agree by the judge; the compiled one on outcomes and missing; the cases notice a changed rule."""
    judge = ynpolicy.load(name)
    cases = read_casebook(judge.pack)
    results, problems = run_casebook(judge, cases)
    assert problems == ()
    assert len(results) == len(cases) > 0
    assert mutate(judge.pack, results).score >= PASSING_SCORE
    levels: dict[object, CompiledLevel] = {}
    for result in results:
        case, readings = result.verdict.case, result.case.readings
        key = (case.level, case.as_of, *readings.items())
        if key not in levels:
            levels[key] = compile_level(choose(judge.pack, readings), case.level, case.as_of, case.parameters)
        level = levels[key]
        prepared = level.prepare(case)
        assert level.outcomes(prepared) == {one.norm.id: one.outcome for one in result.verdict.findings}
        assert level.decide(prepared) == (result.verdict.decision, frozenset(result.verdict.missing))


@pytest.mark.parametrize("name", pack_names())
def test_lint_finds_nothing(name: str) -> None:
    """A pack is shipped clean: both sides of every boundary, each exception, one case open and one out of scope."""
    assert lint(ynpolicy.load(name)) == ()


# ---------------------------------------------------------------- the river


@pytest.mark.parametrize(
    ("distance", "outcome"),
    [
        (1000, Outcome.VIOLATED),
        ("1 km", Outcome.VIOLATED),
        (1000.1, Outcome.COMPLIED),
        ({"value": 1040, "accuracy": 60}, Outcome.UNDETERMINED),
        ({"value": 1040, "accuracy": 39.9}, Outcome.COMPLIED),
        ("未知", Outcome.UNDETERMINED),
        (None, Outcome.UNDETERMINED),
    ],
)
def test_the_kilometre_is_inside(plan: Judge, distance: Any, outcome: Outcome) -> None:
    """Exactly 1,000 m is violated, 1,000.1 m complied; what is not known, or too coarse, is never a pass."""
    found = verdict(plan, SMELTER | {"site.yangtze_pearl_bank_distance": distance})
    one = finding(found, RIVER_BAN)
    assert one.outcome is outcome
    if outcome is Outcome.UNDETERMINED:
        assert one.missing == ("site.yangtze_pearl_bank_distance",)
    if outcome is Outcome.VIOLATED:
        assert found.decision is Decision.REFUSED


def test_a_coarse_distance_says_why_it_decides_nothing(plan: Judge) -> None:
    """The report names the interval and the threshold that it straddles."""
    found = verdict(plan, SMELTER | {"site.yangtze_pearl_bank_distance": {"value": 1040, "accuracy": 60}})
    text = "".join(ynpolicy.render(found).split())
    assert "1040±60m" in text
    assert "精度不足" in text


def test_a_smelter_cannot_say_that_the_distance_does_not_apply(plan: Judge) -> None:
    """`not_applicable` is no way round the ban."""
    with pytest.raises(InputError, match="the question arises here"):
        verdict(plan, SMELTER | {"site.yangtze_pearl_bank_distance": "not_applicable"})


# ---------------------------------------------------------------- the incinerator


@pytest.mark.parametrize(("capacity", "outcome"), [(30000, Outcome.DEPARTED), (30000.01, Outcome.COMPLIED)])
def test_an_incinerator_exceeds_30000_tonnes(plan: Judge, capacity: Any, outcome: Outcome) -> None:
    """大于 does not include the number."""
    found = verdict(plan, INCINERATOR | {"project.incineration_capacity": capacity})
    assert finding(found, "incinerator.min-capacity").outcome is outcome


def test_a_recorded_reason_justifies_a_small_incinerator(plan: Judge) -> None:
    """原则上 may be departed from with a reason that an authority accepted, valid at the as-of date."""
    record = {"norm": "incinerator.min-capacity", "document": "会议纪要", "accepted_by": "省生态环境厅"}
    facts = INCINERATOR | {"project.incineration_capacity": 20000}
    for until, outcome in (("2022-06-01", Outcome.JUSTIFIED), ("2022-05-31", Outcome.DEPARTED)):
        found = verdict(plan, facts, records={"justifications": [record | {"until": until}]})
        assert finding(found, "incinerator.min-capacity").outcome is outcome


# ---------------------------------------------------------------- offsets


@pytest.mark.parametrize(
    ("county", "increase", "reduction", "own", "norm", "outcome"),
    [
        ("个旧市", "0.37", "0.444", "0", "offset.key-region-ratio", Outcome.COMPLIED),
        ("个旧市", "10", "11.999", "0", "offset.key-region-ratio", Outcome.VIOLATED),
        ("兰坪县", "10", "11", "0", "offset.lanping-ratio", Outcome.VIOLATED),
        ("安宁市", "10", "10", "0", "offset.other-region-ratio", Outcome.COMPLIED),
        ("个旧市", "10", "0", "12", "offset.key-region-ratio", Outcome.COMPLIED),
        ("个旧市", "10", "6", "5", "offset.key-region-ratio", Outcome.COMPLIED),
        ("个旧市", "10", "6", "5", "offset.key-region-gross-net", Outcome.REVIEW),
        ("个旧市", "0", "0", "0", "offset.key-region-ratio", Outcome.NOT_APPLICABLE),
    ],
)
def test_an_offset_is_exact(
    plan: Judge, county: str, increase: str, reduction: str, own: str, norm: str, outcome: Outcome
) -> None:
    """1.2 exactly complies, 1.1999 does not; where own cuts count gross and net with two results, it is reviewed."""
    amounts = {
        "site.county": county,
        "offset.increase_total": increase,
        "offset.external_reduction_total": reduction,
        "offset.own_cuts_total": own,
    }
    assert finding(verdict(plan, OFFSET | amounts), norm).outcome is outcome


def test_every_mass_times_the_ratio_complies(plan: Judge) -> None:
    """With masses to three decimals no exact offset is refused, as floats would refuse one in 25."""
    for grams in range(1, 2000, 37):
        amounts = {
            "site.county": "个旧市",
            "offset.increase_total": f"{grams / 1000:.3f}",
            "offset.external_reduction_total": f"{grams * 12 // 10000}.{grams * 12 % 10000:04d}",
            "offset.own_cuts_total": "0",
        }
        assert finding(verdict(plan, OFFSET | amounts), "offset.key-region-ratio").outcome is Outcome.COMPLIED


def test_the_contradiction_on_lanping_is_printed(plan: Judge) -> None:
    """A ratio of 1.1 in 兰坪县 is refused, and both passages stand in the report."""
    amounts = {
        "site.county": "兰坪县",
        "offset.increase_total": 10,
        "offset.external_reduction_total": 11,
        "offset.own_cuts_total": 0,
    }
    text = "".join(ynpolicy.render(verdict(plan, OFFSET | amounts)).split())
    for quote in ("兰坪县等重点区域新改扩建涉重金属重点行业建设项目遵循“减量置换”的原则", "必须遵循“等量替换”的原则"):
        assert quote in text


# ---------------------------------------------------------------- dates and places


@pytest.mark.parametrize(("day", "outcome"), [("2022-12-31", Outcome.NOT_IN_FORCE), ("2023-01-01", Outcome.VIOLATED)])
def test_special_limits_hold_from_2023(plan: Judge, day: str, outcome: Outcome) -> None:
    """自2023年起 includes the first day of the year."""
    facts = SMELTER | {"project.special_limits_committed": False, "project.eia_approved": False}
    assert finding(verdict(plan, facts, day), "limits.special-new").outcome is outcome


def test_before_the_period_and_outside_the_province_nothing_is_judged(plan: Judge) -> None:
    """A case of 2018, or outside the province, is not judged, and never in order."""
    facts = SMELTER | {"site.yangtze_pearl_bank_distance": 5000}
    assert verdict(plan, facts, "2018-05-24").decision is Decision.NOT_JUDGED
    outside = {name: value for name, value in facts.items() if name != "site.county"} | {"site.province": "广西"}
    assert verdict(plan, outside).decision is Decision.NOT_JUDGED


def test_after_the_period_a_case_is_judged_and_stamped(plan: Judge) -> None:
    """Standing bans are still judged in 2026; the report says that the period has ended."""
    found = verdict(plan, SMELTER | {"site.yangtze_pearl_bank_distance": 1000}, "2026-11-01")
    assert (found.decision, found.after_period) == (Decision.REFUSED, True)
    assert "规划期已届满，须核对后续规划" in ynpolicy.render(found)
    last = verdict(plan, SMELTER, "2025-12-31")
    assert not last.after_period
    assert last.case.as_of == date(2025, 12, 31)


# ---------------------------------------------------------------- transfers


@pytest.mark.parametrize(
    ("origin", "destination", "outcome"),
    [("贵州省", "云南省", Outcome.REVIEW), ("云南省", "贵州省", Outcome.NOT_APPLICABLE)],
)
def test_cadmium_waste_coming_in_is_reviewed(plan: Judge, origin: str, destination: str, outcome: Outcome) -> None:
    """从严审核 is a review whatever the purpose, never a refusal; what goes out is not in its scope."""
    facts = CADMIUM | {"transfer.origin_province": origin, "transfer.destination_province": destination}
    for purpose in ("recovery", "reuse", "storage", "disposal"):
        found = verdict(plan, facts | {"transfer.purpose": purpose}, level="transfer")
        assert finding(found, "transfer.cd-hg-tl-inbound").outcome is outcome


def test_an_encouragement_never_changes_a_decision(plan: Judge) -> None:
    """Whatever a `may` norm says, the decision is that of the others."""
    facts = INCINERATOR | {"project.activity": ["cement_kiln_coprocessing"]}
    found = verdict(plan, facts)
    advice = finding(found, "kiln.moderate-development")
    assert advice.outcome is Outcome.ADVICE
    others = [(one.norm.modality, one.outcome) for one in found.findings if one is not advice]
    assert decide(others, territory(plan.pack, found.case).truth) is found.decision


# ---------------------------------------------------------------- the province


def test_the_base_of_the_seven_percent_is_the_sum_of_the_annex(plan: Judge) -> None:
    """The parameter and the sixteen rows of the table cannot drift apart."""
    rows = plan.pack.tables["prefecture_targets"].rows.values()
    base = plan.pack.parameters["province_hm_base_2020"].values[0].value
    assert len(rows) == 16
    assert base == exact(sum((Fraction(row["base_2020_kg"]) for row in rows), Fraction(0)))


@pytest.mark.parametrize(
    ("emission", "expected"),
    [("250918.9662", Outcome.COMPLIED), ("250918.96621", Outcome.VIOLATED), ("250918.97", Outcome.VIOLATED)],
)
def test_the_seven_percent_is_exact(plan: Judge, emission: str, expected: Outcome) -> None:
    """93 % of 269,805.34 kg is 250,918.9662 kg, and nothing is rounded."""
    facts = {"province.name": "云南省", "province.hm_emission_2025": emission}
    found = plan.check({"case": "省", "level": "province", "as_of": "2026-01-01", "facts": facts})
    assert finding(found, "target.province.hm-7pct").outcome is expected


def test_tailings_ponds_done_before_2021_are_printed_beside_the_new_round(plan: Judge) -> None:
    """The passage that says that all 588 were cleaned up stands in the finding as the contrary one."""
    facts = {"province.name": "云南省", "province.tailings_cleaned_up": 0}
    found = plan.check({"case": "省", "level": "province", "as_of": "2026-01-01", "facts": facts})
    ponds = finding(found, "target.province.tailings-588")
    assert ponds.outcome is Outcome.VIOLATED
    assert ponds.norm.contrary == ("baseline.tailings-remediated-588",)
