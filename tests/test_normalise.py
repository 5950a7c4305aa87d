"""A case as written to a case as every engine reads it."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ynpolicy.cases import read_cases
from ynpolicy.errors import InputError
from ynpolicy.ir import Case, Pack
from ynpolicy.loader import load_pack
from ynpolicy.normalise import normalise
from ynpolicy.values import Interval, Missing, SymbolSet, exact, number_text

RIVER = load_pack(Path(__file__).parent / "data" / "packs" / "river")


def case_of(facts: object, pack: Pack = RIVER, **more: object) -> Case:
    return normalise(pack, read_cases({"level": "project", "as_of": "2022-05-01", "facts": facts, **more})[0])


def problems_of(facts: object, **more: object) -> str:
    with pytest.raises(InputError) as caught:
        case_of(facts, **more)
    return str(caught.value)


def test_nested_dotted_and_chinese_keys_mean_the_same() -> None:
    """English names, nested groups and Chinese labels are one vocabulary, and so are the values' words."""
    dotted = case_of({"site.town": "upper", "project.works": ["smelter"], "project.begun": True})
    nested = case_of({"site": {"town": "Upper Town"}, "project": {"works": "smelter", "begun": "yes"}})
    chinese = case_of({"所在镇": "上镇", "建设内容": ["冶炼"], "已开工": "是"})
    assert dotted.values == nested.values == chinese.values


def test_units_are_converted_exactly() -> None:
    """1.04 km is 1040 m; the unit may stand in the text or beside the value."""
    assert case_of({"site.bank_distance": "1.04 km"}).values["site.bank_distance"] == exact(1040)
    assert case_of({"site.bank_distance": {"value": "1.04", "unit": "公里"}}).values["site.bank_distance"] == exact(
        1040
    )
    assert case_of({"取水量": "0.3万吨/年"}).values["project.water"] == exact(3000)


def test_a_measured_number_is_an_interval_within_the_possible() -> None:
    """`value` and `accuracy` are a guaranteed interval, cut at the fact's minimum; a range is one as well."""
    measured = case_of({"site.bank_distance": {"value": 1040, "accuracy": 60}})
    assert measured.values["site.bank_distance"] == Interval(Fraction(980), Fraction(1100))
    low = case_of({"site.bank_distance": {"value": 40, "accuracy": 60}})
    assert low.values["site.bank_distance"] == Interval(Fraction(0), Fraction(100))
    spanned = case_of({"site.bank_distance": {"at_least": "0.9km", "at_most": "1.1 km"}})
    assert spanned.values["site.bank_distance"] == Interval(Fraction(900), Fraction(1100))


@given(st.integers(0, 10**12))
def test_numbers_keep_their_decimals(ticks: int) -> None:
    """Any number of up to six decimals is read exactly from its text."""
    number = Fraction(ticks, 10**6)
    assert case_of({"site.bank_distance": number_text(number)}).values["site.bank_distance"] == exact(number)


def test_the_four_states_are_kept_apart() -> None:
    """A value, unknown, absent and not applicable are four different things."""
    case = case_of({"site.town": "upper", "project.begun": "未知", "project.works": ["mill"], "距岸线距离": "不适用"})
    assert case.values["site.town"] == "upper"
    assert case.state("project.begun") is Missing.UNKNOWN
    assert case.state("project.water") is Missing.ABSENT
    assert case.state("site.bank_distance") is Missing.NOT_APPLICABLE


def test_not_applicable_needs_a_question_that_does_not_arise() -> None:
    """Where the question arises, or it is open whether it does, `not_applicable` is an input error."""
    assert "the question arises here" in problems_of({"project.works": ["smelter"], "site.bank_distance": "不适用"})
    assert "while it is open" in problems_of({"site.bank_distance": "not_applicable"})
    assert "the question arises here" in problems_of({"site.town": "not_applicable"})


def test_an_empty_value_is_absent() -> None:
    """What a blank form leaves empty is not supplied, and is no error."""
    case = case_of({"site.town": None, "project": None})
    assert case.state("site.town") is Missing.ABSENT


def test_sources_that_disagree_are_a_conflict_and_both_are_kept() -> None:
    """Two documents with two values make the fact unknown, with both origins to print."""
    case = case_of(
        {"site.bank_distance": {"sources": [{"value": 900, "document": "甲"}, {"value": 1100, "document": "乙"}]}}
    )
    assert case.state("site.bank_distance") is Missing.CONFLICT
    assert [origin.document for origin in case.origins["site.bank_distance"]] == ["甲", "乙"]
    agreed = case_of({"site.bank_distance": {"sources": [{"value": "0.9 km"}, {"value": 900}, "未知"]}})
    assert agreed.values["site.bank_distance"] == exact(900)


def test_origins_are_kept() -> None:
    """Document, page, date and who entered it stay with the fact."""
    case = case_of(
        {"site.town": {"value": "上镇", "document": "报告书", "page": 12, "date": "2022-01-01", "entered_by": "张三"}}
    )
    origin = case.origins["site.town"][0]
    assert (origin.document, origin.page, origin.date, origin.entered_by) == ("报告书", "12", "2022-01-01", "张三")


def test_a_set_may_be_partly_known() -> None:
    """`includes` with `complete: false` lists what is surely in it."""
    case = case_of({"project.works": {"includes": ["冶炼"], "complete": False}})
    assert case.values["project.works"] == SymbolSet(frozenset({"smelter"}), complete=False)
    assert case_of({"project.works": "冶炼、选厂"}).values["project.works"] == SymbolSet(frozenset({"smelter", "mill"}))


def test_what_follows_is_derived_and_says_from_what() -> None:
    """A table's row and a sum fill in facts that were not stated, with their origin."""
    case = case_of({"所在镇": "上镇", "北取水量": 4, "南取水量": {"value": 6, "accuracy": 1}})
    assert case.values["site.district"] == "north"
    assert case.origins["site.district"][0].derived == "site.town"
    assert case.values["project.water"] == Interval(Fraction(9), Fraction(11))


def test_a_stated_value_that_contradicts_what_follows_is_a_conflict() -> None:
    """Neither the statement nor the derivation wins silently."""
    case = case_of({"所在镇": "上镇", "所在片区": "南部", "北取水量": 4, "南取水量": 6, "取水量": 11})
    assert case.state("site.district") is Missing.CONFLICT
    assert case.state("project.water") is Missing.CONFLICT
    assert len(case.origins["site.district"]) == 2


def test_an_unknown_answer_is_replaced_by_what_follows() -> None:
    """A fact that is unknown on paper and follows from others is known."""
    assert case_of({"所在镇": "上镇", "所在片区": "未知"}).values["site.district"] == "north"


def test_only_valid_records_count() -> None:
    """A justification outside its days does not count at the as-of date; one on a strict norm is an error."""
    record = {"norm": "water.quota[upper]", "document": "纪要", "accepted_by": "水务局"}
    valid = case_of({}, records={"justifications": [record]})
    expired = case_of({}, records={"justifications": [record | {"until": "2022-04-30"}]})
    last_day = case_of({}, records={"justifications": [record | {"until": "2022-05-01"}]})
    assert list(valid.justified) == list(last_day.justified) == ["water.quota[upper]"]
    assert not expired.justified
    strict = problems_of({}, records={"justifications": [record | {"norm": "river.ban"}]})
    assert "no reason justifies a breach" in strict


def test_parameters_are_those_in_force_at_the_date() -> None:
    """The law is read at the as-of date; an unverified value is not in it."""
    assert case_of({}).parameters == {"river_buffer": exact(500)}
    assert case_of({}, as_of="2023-01-01").parameters == {"river_buffer": exact(1000)}


def test_the_as_of_date_of_the_call_wins_and_none_is_an_error() -> None:
    """There is no default for the as-of date."""
    raw = read_cases({"level": "project", "as_of": "2022-05-01"})[0]
    assert normalise(RIVER, raw, date(2024, 1, 1)).as_of == date(2024, 1, 1)
    with pytest.raises(InputError, match="the case has no as-of date"):
        normalise(RIVER, read_cases({"level": "project"})[0])


def test_the_digest_is_of_content_and_date() -> None:
    """Layout and the order of keys do not change a case's digest; content and date do."""
    first = case_of({"site.town": "upper", "project.begun": True})
    same = case_of({"project.begun": True, "site.town": "upper"})
    other = case_of({"site.town": "lower", "project.begun": True})
    later = case_of({"site.town": "upper", "project.begun": True}, as_of="2022-05-02")
    assert first.digest == same.digest
    assert len({first.digest, other.digest, later.digest}) == 3


def test_a_dossier_holds_linked_cases() -> None:
    """A dossier's date is that of its cases where they give none."""
    raws = read_cases(
        {"dossier": "案卷", "as_of": "2022-05-01", "cases": [{"level": "project"}, {"level": "transfer"}]}
    )
    assert [(raw.level, raw.dossier) for raw in raws] == [("project", "案卷"), ("transfer", "案卷")]
    assert normalise(RIVER, raws[0]).as_of == date(2022, 5, 1)
