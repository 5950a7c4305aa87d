"""What geometry finds, joined with what the case states: bounds tighten, contradictions are named, unknown stays so."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from ynpolicy.cases import read_cases
from ynpolicy.geo.systems import Datum, Helmert, around_meridian, from_epsg
from ynpolicy.ir import Case, Pack
from ynpolicy.judge import load
from ynpolicy.loader import load_pack
from ynpolicy.located import FARTHEST
from ynpolicy.location import Discrepancy, DistanceFound, Doubt, LayerUsed, Location, UnitFound
from ynpolicy.normalise import normalise
from ynpolicy.report_location import location_view
from ynpolicy.sentences import Phrasing
from ynpolicy.values import Interval, Missing, exact, number_text
from ynpolicy.verdict import Decision

PLAN = load_pack("yunnan-14fyp")
DISTANCE = "site.yangtze_pearl_bank_distance"
LAYER = LayerUsed("岸线图层", "bank", "省水利厅", "2024-06-30", Fraction(5), "sha256:" + "0" * 64)
HERE = Location("103.15,23.36", "CGCS2000", Fraction(10), Fraction(0), "sha256:" + "1" * 64, layers=(LAYER,))


def distance(low: Fraction | int, high: Fraction | int | None, *doubts: Doubt) -> Location:
    found = DistanceFound(
        DISTANCE,
        ("长江", "珠江"),
        Fraction(low),
        None if high is None else Fraction(high),
        river="金沙江",
        nearest=(103.2, 23.4),
        layer=LAYER,
        doubts=doubts,
    )
    return evolve(HERE, distances=(found,))


def unit(code: str, *candidates: str, names: tuple[str, ...] = (), doubts: tuple[Doubt, ...] = ()) -> Location:
    return evolve(HERE, units=(UnitFound("site.county", code, candidates, names, layer=LAYER, doubts=doubts),))


def case(facts: dict[str, object], location: Location | None, pack: Pack = PLAN) -> Case:
    (raw,) = read_cases({"case": "某项目", "level": "project", "facts": facts})
    return normalise(pack, raw, date(2022, 5, 1), location)


def test_geometry_answers_what_the_case_leaves_open() -> None:
    """A distance that the case leaves out, or says it does not know, is the interval that geometry finds; its origin
    names layer, day, river and point."""
    for facts in ({}, {DISTANCE: "未知"}):
        found = case(facts, distance(734, 1046))
        assert found.values[DISTANCE] == Interval(Fraction(734), Fraction(1046))
        origin = found.origins[DISTANCE][-1]
        assert (origin.document, origin.date, origin.located) == ("岸线图层", "2024-06-30", "rivers")
        assert origin.page == "金沙江，103.20000°E 23.40000°N"
        assert origin.stated == "734 … 1046 m"


def test_no_bound_at_all_is_unknown_with_its_reasons() -> None:
    """Where geometry bounds nothing the fact is unknown, and the origin says why; the case's own answer stays."""
    nothing = distance(0, None, Doubt.INCOMPLETE, Doubt.NO_RIVER)
    found = case({}, nothing)
    assert found.missing[DISTANCE] is Missing.UNKNOWN
    assert found.origins[DISTANCE][0].doubts == "incomplete, no_river"
    assert case({DISTANCE: 900}, nothing).values[DISTANCE] == exact(900)


def test_a_lower_bound_alone_decides_as_far_as_it_goes() -> None:
    """Without an upper bound the distance is at most half the Earth's circumference."""
    assert case({}, distance(5000, None)).values[DISTANCE] == Interval(Fraction(5000), FARTHEST)


def test_a_site_beyond_all_that_a_fact_may_be_stays_where_it_is() -> None:
    """The greatest value of a fact bounds it from above; a distance that is surely greater is no empty range."""
    facts = {**PLAN.facts, DISTANCE: evolve(PLAN.facts[DISTANCE], maximum=Fraction(6000))}
    pack = evolve(PLAN, facts=facts)
    assert case({}, distance(5000, None), pack).values[DISTANCE] == Interval(Fraction(5000), Fraction(6000))
    assert case({}, distance(7000, 8000), pack).values[DISTANCE] == Interval(Fraction(7000), Fraction(8000))


LENGTHS = st.integers(0, 5000).map(Fraction)


@given(LENGTHS, LENGTHS, LENGTHS, LENGTHS)
def test_two_bounds_hold_together_or_contradict_each_other(a: Fraction, b: Fraction, c: Fraction, d: Fraction) -> None:
    """A stated range and a measured one give their common part; without one the fact is in conflict and named."""
    low, high, near, far = *sorted((a, b)), *sorted((c, d))
    stated = {"at_least": number_text(low), "at_most": number_text(high)}
    found = case({DISTANCE: stated}, distance(near, far))
    assert found.location is not None
    if max(low, near) <= min(high, far):
        assert found.values[DISTANCE] == Interval(max(low, near), min(high, far))
        assert found.location.discrepancies == ()
    else:
        assert found.missing[DISTANCE] is Missing.CONFLICT
        assert [one.fact for one in found.location.discrepancies] == [DISTANCE]
        assert len(found.origins[DISTANCE]) == 2


def test_a_question_that_does_not_arise_is_not_answered_by_geometry() -> None:
    """`not_applicable` stays: the law does not ask for the distance of a plating works."""
    facts = {DISTANCE: "不适用", "project.activity": ["electroplating"]}
    assert case(facts, distance(100, 200)).missing[DISTANCE] is Missing.NOT_APPLICABLE


def test_a_county_found_brings_prefecture_and_province() -> None:
    """What follows from the county follows also from the county that geometry finds."""
    found = case({}, unit("532501", "532501"))
    assert found.values["site.county"] == "532501"
    assert (found.values["site.prefecture"], found.values["site.province"]) == ("532500", "530000")


def test_near_a_boundary_what_both_sides_share_is_known() -> None:
    """Between two counties of one prefecture the county is unknown, the prefecture is not."""
    found = case({}, unit("", "532501", "532502"))
    assert found.missing["site.county"] is Missing.UNKNOWN
    assert (found.values["site.prefecture"], found.values["site.province"]) == ("532500", "530000")


def test_between_two_prefectures_the_province_alone_is_known() -> None:
    """Between counties of two prefectures neither is known, the province is."""
    found = case({}, unit("", "532501", "530102"))
    assert "site.prefecture" not in found.values
    assert found.values["site.province"] == "530000"


@pytest.mark.parametrize(
    "doubt", [Doubt.LAYER_ACCURACY, Doubt.SITE_ACCURACY, Doubt.SITE_EXTENT, Doubt.OUTSIDE, Doubt.CONTRADICTION]
)
def test_what_units_share_is_unknown_where_the_site_may_lie_in_another(doubt: Doubt) -> None:
    """Two counties of one prefecture say nothing of the prefecture while a third county is possible."""
    found = case({}, unit("", "532501", "532502", doubts=(doubt, Doubt.NEAR_BOUNDARY)))
    assert "site.prefecture" not in found.values
    assert "site.province" not in found.values


def test_a_stated_county_beyond_the_layer_stays() -> None:
    """A layer excludes no county that it does not have, where the site may reach beyond it."""
    found = case({"site.county": "个旧市"}, unit("", "532502", doubts=(Doubt.OUTSIDE, Doubt.NEAR_BOUNDARY)))
    assert found.values["site.county"] == "532501"
    assert found.location is not None
    assert found.location.discrepancies == ()


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        (unit("532502", "532502"), "开远市"),
        (unit("", "532502", "532503", names=("开远市", "蒙自市")), "开远市、蒙自市"),
        (unit("510104", "510104", names=("锦江区",)), "锦江区"),
    ],
    ids=["one county", "several counties", "a county that the pack does not know"],
)
def test_another_county_than_the_stated_one_is_named(location: Location, shown: str) -> None:
    """A stated county that geometry excludes is in conflict: neither is silently taken."""
    found = case({"site.county": "个旧市"}, location)
    assert found.missing["site.county"] is Missing.CONFLICT
    assert found.location is not None
    assert found.location.discrepancies == (Discrepancy("site.county", "个旧市", shown),)
    assert ("site.province" in found.values) is (shown != "锦江区")


def test_a_stated_county_among_the_possible_ones_stays() -> None:
    """Near a boundary the stated county stands when it is one of those in which the site may lie."""
    found = case({"site.county": "个旧市"}, unit("", "532501", "532502"))
    assert found.values["site.county"] == "532501"
    assert found.location is not None
    assert found.location.discrepancies == ()


@pytest.mark.parametrize("code", ["522301", ""])
def test_a_site_in_another_province_is_told_so(code: str) -> None:
    """A county that the pack does not know, or one of several, still says by its code that the province is another."""
    candidates = (code,) if code else ("522301", "522302")
    found = case({}, unit(code, *candidates, names=("兴义市", "兴仁市")[: len(candidates)]))
    assert found.values["site.province"] == "520000"
    assert "site.county" not in found.values
    assert "site.prefecture" not in found.values
    assert load("yunnan-14fyp", use_forward=False).judge(found).decision is Decision.NOT_JUDGED
    stated = case({"site.province": "云南省"}, unit(code, *candidates))
    assert stated.missing["site.province"] is Missing.CONFLICT


def test_by_the_border_of_the_province_none_is_told() -> None:
    """Between a county of the province and one beyond it the province is open."""
    found = case({}, unit("", "532501", "522301"))
    assert "site.province" not in found.values


def test_a_unit_that_the_pack_does_not_know_has_its_name() -> None:
    """The report names the unit as the layer does, and says that the pack lacks it."""
    location = unit("522301", "522301", names=("兴义市",))
    words = Phrasing(PLAN, case({}, location), "zh")
    (row,) = location_view(location, words)["found"]
    assert str(row["shown"]) == "兴义市（522301）"
    assert row["lines"][0] == "本规则包的区划表没有：兴义市"


@pytest.mark.parametrize(
    ("name", "zh"),
    [
        (from_epsg(4490).name, "CGCS2000（EPSG:4490）"),
        (from_epsg(4522).name, "CGCS2000 3度带34带（EPSG:4522）"),
        (from_epsg(4543).name, "CGCS2000 3度带 中央经线102°（EPSG:4543）"),
        (around_meridian(Datum.CGCS2000, 4490, 102.5).name, "CGCS2000 中央经线102.5°"),
        (from_epsg(2410, Helmert(*[0.0] * 7, "position_vector", 1.0)).name, "北京54 3度带34带（EPSG:2410），七参数"),
        ("GCJ-02", "GCJ-02"),
    ],
)
def test_a_coordinate_system_is_named_as_surveyors_name_it(name: str, zh: str) -> None:
    """A Chinese report names zone or meridian in Chinese, an English one as EPSG does."""
    location = evolve(HERE, system=name, extent=None)
    for lang, shown in (("zh", zh), ("en", name)):
        words = Phrasing(PLAN, case({}, location), lang)
        assert f"({shown};" in str(location_view(location, words)["site"]).replace("（", "(", 1).replace("；", ";")


def test_a_place_outside_the_known_units_is_unknown() -> None:
    """A county that the pack does not list is no answer."""
    assert case({}, unit("510104", "510104")).missing["site.county"] is Missing.UNKNOWN


def test_the_digest_follows_site_and_layers() -> None:
    """Another site or another layer is another case."""
    other = evolve(LAYER, digest="sha256:" + "2" * 64)
    where = [None, HERE, evolve(HERE, digest="sha256:" + "3" * 64), evolve(HERE, layers=(other,))]
    assert len({case({}, location).digest for location in where}) == 4


def test_a_case_file_may_say_where_its_site_is(tmp_path: Path) -> None:
    """`location` (位置) of a case is kept as it is written, for whoever reads sites."""
    for key in ("location", "位置"):
        file = tmp_path / "case.yaml"
        file.write_text(f"case: 某项目\nlevel: project\n{key}: 103.15,23.36\n", encoding="utf-8")
        (raw,) = read_cases(file)
        assert raw.location is not None
