"""Bundles under other code, another calendar and newer packs: what differs is named, with what brings it about."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tests.pack_files import lawful, write_pack
from tests.plain_data import errors
from tests.ran import Ran
from ynpolicy import effects, rejudging, semantics, workdays
from ynpolicy.amendments import Element
from ynpolicy.bundles import Judged, make_bundle
from ynpolicy.cases import CaseFile
from ynpolicy.effects import Amended, amend
from ynpolicy.ir import All, Deadline, Norm, Not, Pack, Parameter, parameters_read
from ynpolicy.judge import Judge, load, raw_cases
from ynpolicy.loader import read_pack
from ynpolicy.location import DistanceFound, LayerUsed, Location
from ynpolicy.location_plain import location_from_plain, location_to_plain
from ynpolicy.recasting import by_name
from ynpolicy.replays import Replay, replay
from ynpolicy.schemas import schema
from ynpolicy.testing import written
from ynpolicy.testing.chance import Draw, seeded
from ynpolicy.testing.drawn_cases import CaseSpace
from ynpolicy.testing.drawn_conditions import SYMBOLS
from ynpolicy.testing.drawn_packs import draw_pack
from ynpolicy.testing.drawn_values import POOL, draw_exact
from ynpolicy.verdict import Outcome
from ynpolicy.workdays import Calendar

RIVER: Final = Path(__file__).parent / "data" / "packs" / "river"
PLAN: Final = Path(__file__).parent.parent / "policies" / "yunnan-14fyp"
SMELTER: Final = {"所在镇": "上镇", "建设内容": "冶炼", "已开工": "否", "距岸线距离": 500, "取水量": 1}


def bundle(folder: Path, pack: Path = RIVER, *words: str, level: str = "project", **facts: object) -> Path:
    """A bundle of one case under a pack: the smelter at the line, with other facts where they are given."""
    path, out = folder / "case.json", folder / "case.zip"
    base = SMELTER if pack.name == "river" else {}
    data = {"case": "某案", "level": level, "as_of": "2022-05-01", "facts": {**base, **facts}}
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    assert Ran("check", path, "--pack", pack, "--bundle", out, *words).status in (0, 1, 3)
    return out


def edited(folder: Path, file: str, *changes: tuple[str, str], pack: Path = RIVER) -> Path:
    """A copy of a pack in which words of one file are others."""
    copy = folder / "newer" / pack.name
    if not copy.exists():
        shutil.copytree(pack, copy)
    path = copy / file
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return copy


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def amended(found: Replay) -> Amended:
    assert found.newer is not None
    (case,) = found.newer.cases
    return case


def causes(case: Amended) -> dict[str, list[tuple[str, str, bool]]]:
    """By norm, the kinds and names of what brings its finding about, and whether it does so alone."""
    return {
        effect.finding.norm: [(cause.element.kind, cause.element.name, cause.alone) for cause in effect.causes]
        for effect in case.effects
    }


# ---------------------------------------------------------------- the pack of the bundle


def test_other_code_is_named_as_the_cause(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the library judges otherwise and its code is not the same, that is said, with both digests."""
    out = bundle(tmp_path)
    real = semantics.judge_norm

    def other(norm: Norm, *rest: Any) -> Any:
        found = real(norm, *rest)
        return evolve(found, outcome=Outcome.COMPLIED) if norm.id == "river.ban" else found

    monkeypatch.setattr(semantics, "judge_norm", other)
    monkeypatch.setattr(Judge, "_compare", lambda *_: None)
    monkeypatch.setattr(rejudging, "code_digest", lambda: "sha256:other")
    (case,) = replay(out).cases
    assert (case.before, case.after, case.causes) == ("refused", "in_order", ("code",))
    assert [(one.norm, one.before["outcome"], one.after["outcome"]) for one in case.findings] == [
        ("river.ban", "violated", "complied")
    ]
    assert [(one.name, one.after) for one in case.circumstances] == [("code", "sha256:other")]
    ran = Ran("replay", out)
    assert ran.status == 1
    for part in ("重判结果与记录不一致：不符合规划要求 → 未发现不符合", "程序的代码不同", "sha256:other"):
        assert ran.says(part)


def test_other_versions_that_change_nothing_are_told_without_a_difference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A newer library, engine or Python that gives the same verdict is no difference, but it is listed."""
    out = bundle(tmp_path)
    monkeypatch.setattr(rejudging, "code_digest", lambda: "sha256:other")
    found = replay(out)
    (case,) = found.cases
    assert (found.same, case.causes, [one.name for one in case.circumstances]) == (True, (), ["code"])
    assert Ran("replay", out).status == 0


def test_another_calendar_is_named_as_the_cause(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a deadline in working days comes out otherwise under another calendar, that is why, and nothing else."""
    counted = {fact.name: fact for fact in load(PLAN).facts.values() if isinstance(fact.derived, Deadline)}
    name, fact = next(iter(counted.items()))
    out = bundle(tmp_path, PLAN, level=fact.levels[0], **dict.fromkeys(fact.derived.sources, "2022-01-10"))
    known = workdays.known_calendar()
    assert known is not None
    later = Calendar(known.first, known.last, tuple(day for day in known.days if day != date(2022, 1, 13)))
    monkeypatch.setattr(workdays, "known_calendar", lambda: later)
    monkeypatch.setattr("ynpolicy.judge.calendar_version", lambda: "chinesecalendar 99")
    (case,) = replay(out).cases
    assert case.causes == ("calendar",)
    assert [fact.name for fact in case.facts] == [name]
    assert case.facts[0].before["value"] < case.facts[0].after["value"]
    ran = Ran("replay", out, "--lang", "en")
    assert (ran.status, ran.says("another version of the working-day calendar counts a deadline")) == (1, True)


def test_a_case_that_can_no_longer_be_read_is_a_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A library that refuses what it once took says so of the case, with its place, and goes on."""
    out = bundle(tmp_path)
    real = Judge.check_each

    def strict(self: Judge, *_: object) -> Any:
        return real(self, {"level": "project"}, None)

    monkeypatch.setattr(Judge, "check_each", strict)
    found = replay(out)
    (case,) = found.cases
    assert (found.same, case.after) == (False, "")
    assert "the case has no as-of date" in str(case.problems[0])
    ran = Ran("replay", out)
    assert ran.status == 1
    assert ran.says("案件已读不了")


LAYER: Final = LayerUsed("长江岸线", "bank", "某局", "2022-01-01", Fraction(1, 3), "sha256:" + "a" * 64)


def located_bundle(folder: Path, at_most: Fraction) -> Path:
    """A bundle of a smelter whose distance from the bank only geometry has found."""
    facts = {name: value for name, value in SMELTER.items() if name != "距岸线距离"}
    data = {"case": "甲", "level": "project", "as_of": "2022-05-01", "facts": facts}
    file = CaseFile("case.json", json.dumps(data, ensure_ascii=False).encode())
    distance = DistanceFound(
        "site.bank_distance", ("长江",), Fraction("333.333333"), at_most, Fraction("333.5"), layer=LAYER
    )
    digest = "sha256:" + "b" * 64
    site = Location("某点", "CGCS2000", Fraction(5), Fraction(0), digest, (distance,), layers=(LAYER,))
    verdicts = Judge(read_pack(RIVER)).check_each(file, None, [site])
    out = folder / "located.zip"
    out.write_bytes(make_bundle([Judged(file, verdicts)], str(out)))
    return out


def test_what_geometry_found_is_kept_and_counts_again(tmp_path: Path) -> None:
    """A verdict that rests on a measured distance is judged again on that very distance, without the layers."""
    out = located_bundle(tmp_path, Fraction("333.7"))
    (case,) = replay(out).cases
    assert (case.before, case.after, case.same) == ("refused", "refused", True)
    with zipfile.ZipFile(out) as opened:
        (verdict,) = json.loads(opened.read("cases/1/verdicts.json"))
        assert json.loads(opened.read("cases/1/located.json"))[0]["distances"][0]["at_least"] == "333333333/1000000"
    assert verdict["receipt"]["layers"] == [f"{LAYER.title} {LAYER.digest}"]
    newer = edited(tmp_path, "parameters.yaml", ("value: 500,", "value: 100,"))
    assert causes(amended(replay(out, newer))) == {"river.ban": [("parameter", "river_buffer", True)]}
    gone = edited(tmp_path, "norms/river.yaml", ("site.bank_distance", "site.levee_distance"))
    edited(tmp_path, "facts.yaml", ("site.bank_distance:", "site.levee_distance:"))
    case = amended(replay(out, gone))
    assert [(one.kind, one.name) for one in case.left_out] == [("fact_gone", "site.bank_distance")]
    assert case.after == "undetermined"


st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))


@given(st.from_type(Location))
def test_a_location_as_plain_data_is_read_back_exactly(location: Location) -> None:
    """No digit is lost between geometry and the bundle, in JSON and back."""
    text = json.dumps(location_to_plain(location))
    found = location_from_plain(json.loads(text))
    assert found == location
    assert found.drawing == location.drawing


@pytest.mark.parametrize("data", [{}, {"site": 1}, {"site": "a", "system": [], "accuracy": None}])
def test_what_is_no_location_is_refused(data: dict[str, Any]) -> None:
    """Missing parts and values of another kind are told, and nothing is made up for them."""
    with pytest.raises(ValueError, match="this is no location"):
        location_from_plain(data)


# ---------------------------------------------------------------- a newer pack, one difference at a time

EXCEPTION: Final = """\
  except:
    - id: begun
      title: {zh: 已开工, en: begun}
      when:
        - project.begun
"""

NEWER: Final[Mapping[str, tuple[str, tuple[tuple[str, str], ...], dict[str, Any], dict[str, Any]]]] = {
    "a comparison": (
        "norms/river.yaml",
        (("distance <= river", "distance < river"),),
        {},
        {"river.ban": [("norm", "river.ban", True)]},
    ),
    "a parameter": (
        "parameters.yaml",
        (("value: 500,", "value: 499.9,"),),
        {},
        {"river.ban": [("parameter", "river_buffer", True)]},
    ),
    "a parameter's date": (
        "parameters.yaml",
        (("until: 2022-12-31", "until: 2022-04-30"), ("since: 2023-01-01", "since: 2022-05-01")),
        {"距岸线距离": 900},
        {"river.ban": [("parameter", "river_buffer", True)]},
    ),
    "a parameter that is no longer verified": (
        "parameters.yaml",
        (("{value: 500, until", "{status: unverified, note: {zh: 待查, en: to be found}, source: 无, until"),),
        {},
        {"river.ban": [("parameter", "river_buffer", True)]},
    ),
    "an exception left out": (
        "norms/river.yaml",
        ((EXCEPTION, ""),),
        {"已开工": "是"},
        {"river.ban": [("norm", "river.ban", True)]},
    ),
    "a row of a table": (
        "tables/quotas.csv",
        (("upper,10", "upper,0.5"),),
        {},
        {"water.quota[upper]": [("row", "quotas[upper]", True)]},
    ),
    "the norm of all rows": (
        "norms/water.yaml",
        (("  should:\n", "  must:\n"),),
        {"取水量": 11},
        {"water.quota[upper]": [("norm", "water.quota[upper]", True)]},
    ),
    "a norm's first day": (
        "norms/river.yaml",
        (("  level: project\n", "  level: project\n  since: 2022-06-01\n"),),
        {},
        {"river.ban": [("norm", "river.ban", True)]},
    ),
    "the pack's first day": (
        "pack.yaml",
        (("since: 2021-01-01", "since: 2022-06-01"),),
        {},
        {norm: [("since", "river", True)] for norm in ("river.ban", "water.quota[upper]", "water.quota[lower]")},
    ),
    "the territory": (
        "pack.yaml",
        (('site.town != "elsewhere"', 'site.town == "lower"'),),
        {},
        {norm: [("territory", "project", True)] for norm in ("river.ban", "water.quota[upper]", "water.quota[lower]")},
    ),
    "a symbol that is gone": (
        "facts.yaml",
        (("    mill: {zh: 选厂, en: mill}\n", ""),),
        {"建设内容": ["冶炼", "选厂"]},
        {"river.ban": [("fact", "project.works", True)]},
    ),
    "a bound of a part of a sum": (
        "facts.yaml",
        (("  label: {zh: 北取水量,", "  maximum: 3\n  label: {zh: 北取水量,"),),
        {"取水量": "未知", "北取水量": 4, "南取水量": 7},
        {"water.quota[upper]": [("fact", "project.water_north", True)]},
    ),
    "a sum of other parts": (
        "facts.yaml",
        (("sum: [project.water_north, project.water_south]", "sum: [project.water_north]"),),
        {"取水量": "未知", "北取水量": 4, "南取水量": 7},
        {"water.quota[upper]": [("fact", "project.water", True)]},
    ),
}


@pytest.mark.parametrize(("file", "changes", "facts", "wanted"), NEWER.values(), ids=NEWER)
def test_one_difference_between_packs_is_named_for_each_finding_that_it_changes(
    tmp_path: Path, file: str, changes: tuple[tuple[str, str], ...], facts: dict[str, Any], wanted: dict[str, Any]
) -> None:
    """Each changed finding names the very element that differs, which by itself gives the new finding, and no other."""
    out = bundle(tmp_path, **facts)
    newer = edited(tmp_path, file, *changes)
    found = replay(out, newer)
    assert all(case.same for case in found.cases)
    case = amended(found)
    outside = {"water.quota[lower]"} if file == "pack.yaml" and "site.town" in changes[0][0] else set()
    assert {norm: list_ for norm, list_ in causes(case).items() if norm not in outside} == {
        norm: list_ for norm, list_ in wanted.items() if norm not in outside
    }
    assert all(effect.explained for effect in case.effects)
    assert not case.same
    assert not found.same


def test_the_row_from_which_a_fact_follows_is_named(tmp_path: Path) -> None:
    """A town that the newer table puts into another district changes what a norm on districts says: by its row."""
    older = tmp_path / "older" / "river"
    shutil.copytree(RIVER, older)
    norm = """\
- id: river.north
  title: {zh: 北片区不取水, en: No water in the north}
  explanation: {zh: 北片区不取水。, en: No water is taken in the north.}
  clauses: [water.quota]
  level: project
  applies: []
  must_not:
    - site.district == "north"
"""
    append(older / "norms" / "river.yaml", norm)
    out = bundle(tmp_path, older)
    newer = edited(tmp_path, "tables/towns.csv", ("Upper Town,north", "Upper Town,south"), pack=older)
    case = amended(replay(out, newer))
    assert causes(case) == {"river.north": [("row", "towns[upper]", True)]}
    (effect,) = case.effects
    (aspect,) = effect.causes[0].element.aspects
    assert (aspect.name, aspect.before, aspect.after) == ("district", "north", "south")


def test_the_number_of_days_behind_a_deadline_is_named(tmp_path: Path) -> None:
    """A norm that reads a deadline reads the parameter that counts its days."""
    facts = {
        "enterprise.reduction_completed": True,
        "enterprise.reduction_in_ledger": True,
        "enterprise.reduction_completed_on": "2022-01-05",
        "enterprise.reduction_ledger_entry_on": "2022-01-10",
        "enterprise.permit_change_applied": True,
        "enterprise.permit_change_applied_on": "2022-02-24",
        "enterprise.province": "云南",
    }
    out = bundle(tmp_path, PLAN, level="enterprise", **facts)
    text = (PLAN / "parameters.yaml").read_text(encoding="utf-8")
    start = text.index("permit_change_days:")
    entry = text[start : text.index("\n\n", start)]
    newer = edited(tmp_path, "parameters.yaml", (entry, entry.replace("value: 30", "value: 20")), pack=PLAN)
    case = amended(replay(out, newer))
    assert causes(case) == {"permit.change-application": [("parameter", "permit_change_days", True)]}
    (effect,) = case.effects
    assert (effect.finding.before["outcome"], effect.finding.after["outcome"]) == ("complied", "violated")


def test_differences_that_only_count_together_are_told_apart_from_one_that_suffices(tmp_path: Path) -> None:
    """An exception left out and a wider ban refuse the case together; neither does alone, and a third counts not."""
    out = bundle(tmp_path, 已开工="是", 距岸线距离=700)
    edited(tmp_path, "parameters.yaml", ("value: 500,", "value: 800,"))
    edited(tmp_path, "pack.yaml", ("since: 2021-01-01", "since: 2021-06-01"))
    newer = edited(tmp_path, *[NEWER["an exception left out"][0], *NEWER["an exception left out"][1]])
    case = amended(replay(out, newer))
    assert causes(case) == {"river.ban": [("norm", "river.ban", False), ("parameter", "river_buffer", False)]}
    assert (case.before, case.after) == ("in_order", "refused")
    assert [(element.kind, element.name) for element in case.quiet] == [("since", "river")]
    text = Ran("replay", out, "--pack", newer, "--lang", "en").out
    assert " ".join(text.split()).count("together with the others") == 2


def test_what_differs_without_another_outcome_is_listed_and_changes_nothing(tmp_path: Path) -> None:
    """A wider ban does not touch a smelter far away: exit status 0, and the parameter is named all the same."""
    out = bundle(tmp_path, 距岸线距离=9000)
    newer = edited(tmp_path, "parameters.yaml", ("value: 500,", "value: 800,"))
    found = replay(out, newer)
    case = amended(found)
    assert (found.same, case.effects, [element.name for element in case.quiet]) == (True, (), ["river_buffer"])
    ran = Ran("replay", out, "--pack", newer)
    assert (ran.status, ran.says("无变化：未发现不符合"), ran.says("取值：500 m → 800 m")) == (0, True, True)


def test_texts_of_clauses_stand_side_by_side(tmp_path: Path) -> None:
    """Where the words of a changed norm's clause differ, both are printed."""
    out = bundle(tmp_path, 取水量=11)
    newer = edited(tmp_path, *[NEWER["the norm of all rows"][0], *NEWER["the norm of all rows"][1]])
    edited(
        tmp_path,
        "clauses.yaml",
        ("quote: 取水不超过定额", "quote: 取水严禁超定额"),
        ("9d4d5819d0c95d7fab89a4a2b05f906363e986216126084b1386aa348ff1f828", digest_of("取水严禁超定额")),
    )
    case = amended(replay(out, newer))
    (effect,) = case.effects
    assert [(one.id, one.before, one.after) for one in effect.clauses] == [
        ("water.quota", "取水不超过定额", "取水严禁超定额")
    ]
    for fmt in ("text", "html"):
        told = Ran("replay", out, "--pack", newer, "--format", fmt).out
        assert "取水不超过定额" in told
        assert "取水严禁超定额" in told


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_norms_that_are_new_or_gone_are_findings_of_their_own(tmp_path: Path) -> None:
    """A norm that only one of the packs has is judged by that one only."""
    out = bundle(tmp_path)
    newer = edited(tmp_path, "norms/river.yaml", ("id: river.ban", "id: river.other"))
    case = amended(replay(out, newer))
    assert causes(case) == {
        "river.other": [("norm", "river.other", True)],
        "river.ban": [("norm", "river.ban", True)],
    }
    found = {effect.finding.norm: (effect.finding.before, effect.finding.after) for effect in case.effects}
    assert (found["river.other"][0], found["river.ban"][1]) == ({}, {})
    assert "未能判定 → 不符合" in Ran("replay", out, "--pack", newer).out


def test_renamed_facts_and_norms_are_followed_by_their_aliases(tmp_path: Path) -> None:
    """What only has another name changes nothing; the names are told, and a record finds its norm."""
    out = bundle(tmp_path)
    newer = edited(tmp_path, "norms/river.yaml", ("id: river.ban", "id: river.no-smelter\n  aliases: [river.ban]"))
    edited(tmp_path, "norms/river.yaml", ("site.bank_distance", "site.line_distance"))
    edited(tmp_path, "norms/water.yaml", ("id: water.quota", "id: water.cap\n  aliases: [water.quota]"))
    edited(
        tmp_path,
        "facts.yaml",
        ("site.bank_distance:\n", "site.line_distance:\n  aliases: [site.bank_distance]\n"),
    )
    found = replay(out, newer)
    assert found.newer is not None
    assert (found.same, amended(found).effects) == (True, ())
    assert {(note.kind, note.name, note.after) for note in found.newer.notes} == {
        ("fact_renamed", "site.bank_distance", "site.line_distance"),
        ("norm_renamed", "river.ban", "river.no-smelter"),
        ("norm_renamed", "water.quota[upper]", "water.cap[upper]"),
        ("norm_renamed", "water.quota[lower]", "water.cap[lower]"),
    }
    ran = Ran("replay", out, "--pack", newer, "--lang", "en")
    assert (ran.status, ran.says("norm renamed: river.ban → river.no-smelter")) == (0, True)


def test_a_fact_that_is_gone_is_left_out_and_never_passes(tmp_path: Path) -> None:
    """The newer pack asks for another fact: the old one is named as left out, and the finding is undetermined."""
    out = bundle(tmp_path)
    newer = edited(tmp_path, "norms/river.yaml", ("site.bank_distance", "site.levee_distance"))
    edited(tmp_path, "facts.yaml", ("site.bank_distance:", "site.levee_distance:"), ("距岸线距离", "距堤线距离"))
    found = replay(out, newer)
    assert errors(Draft202012Validator(schema("replay")), found.to_dict()) == []
    case = amended(found)
    assert [(one.kind, one.name) for one in case.left_out] == [("fact_gone", "site.bank_distance")]
    assert (case.before, case.after) == ("refused", "undetermined")
    assert causes(case) == {"river.ban": [("norm", "river.ban", True)]}
    ran = Ran("replay", out, "--pack", newer)
    assert (ran.status, ran.says("距岸线距离：新规则包没有这项事实")) == (1, True)


def test_a_symbol_with_another_label_is_still_understood(tmp_path: Path) -> None:
    """Symbols are carried over by their ids, so that another word for the same one changes nothing."""
    out = bundle(tmp_path)
    newer = edited(tmp_path, "tables/towns.csv", ("上镇", "上镇街道"))
    case = amended(replay(out, newer))
    assert (case.left_out, case.effects, case.same) == ((), (), True)


def test_an_answer_that_is_no_longer_taken_is_left_out_with_its_problem(tmp_path: Path) -> None:
    """A record of a norm, and a symbol, that the newer pack refuses are named with what it says of them."""
    path, out = tmp_path / "case.json", tmp_path / "case.zip"
    record = {"norm": "water.quota[upper]", "document": "纪要", "accepted_by": "水务局"}
    data = {
        "case": "甲",
        "level": "project",
        "as_of": "2022-05-01",
        "facts": SMELTER | {"取水量": 11, "建设内容": ["冶炼", "选厂"]},
        "records": {"justifications": [record]},
    }
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    Ran("check", path, "--pack", RIVER, "--bundle", out)
    newer = edited(tmp_path, "norms/water.yaml", ("  should:\n", "  must:\n"))
    edited(tmp_path, *[NEWER["a symbol that is gone"][0], *NEWER["a symbol that is gone"][1]])
    case = amended(replay(out, newer))
    assert {(one.kind, one.name) for one in case.left_out} == {
        ("answer_refused", "project.works"),
        ("record_refused", "water.quota[upper]"),
    }
    assert all(one.problem is not None for one in case.left_out)
    assert "没有论证可言" in Ran("replay", out, "--pack", newer).out


def test_readings_and_own_tables_that_the_newer_pack_lacks_are_noted(tmp_path: Path) -> None:
    """Own rows lie over the newer pack as well; a table that it lacks is named, and counts as a difference."""
    own = tmp_path / "own"
    own.mkdir()
    (own / "quotas.csv").write_text("town,quota\nupper,0.5\n", encoding="utf-8")
    out = bundle(tmp_path, RIVER, "--tables", str(own))
    assert replay(out, RIVER).same
    newer = edited(tmp_path, "tables/quotas.csv", ("town,quota", "town,amount"))
    edited(tmp_path, "norms/water.yaml", ("{quota}", "{amount}"), ("<= quota", "<= amount"))
    found = replay(out, newer)
    assert found.newer is not None
    assert [(note.kind, note.name) for note in found.newer.notes] == [("table_gone", "quotas.csv")]
    assert not found.same
    within = replay(bundle(tmp_path, RIVER, "--tables", str(own), 取水量=0.1), newer)
    assert (amended(within).same, within.same) == (True, False)


def test_an_option_that_the_newer_pack_lacks_gives_way_to_its_own(tmp_path: Path) -> None:
    """The reading is named as the cause where its own option brings a norm back that the chosen one had put aside."""
    older = tmp_path / "older" / "river"
    shutil.copytree(RIVER, older)
    options = "- 选项 a: 在内\n- option a: inside\n- 选项 b: 在外\n- option b: outside\n"
    append(older / "readings.md", options)
    norms = older / "norms" / "river.yaml"
    norms.write_text(norms.read_text(encoding="utf-8").replace("  level:", "  under: {inside: a}\n  level:"))
    out = bundle(tmp_path, older, "--reading", "inside=b")
    newer = edited(tmp_path, "readings.md", ("选项 b", "选项 c"), ("option b", "option c"), pack=older)
    found = replay(out, newer)
    assert found.newer is not None
    assert [(note.kind, note.name) for note in found.newer.notes] == [("reading_gone", "inside=b")]
    assert causes(amended(found)) == {"river.ban": [("reading", "inside", True)]}


def test_a_source_that_is_told_otherwise_is_no_difference(tmp_path: Path) -> None:
    """Nothing follows from other words for where a value comes from, so none of it is listed."""
    newer = edited(tmp_path, "parameters.yaml", ("value: 500,", "value: 500, source: 另一出处,"))
    case = amended(replay(bundle(tmp_path), newer))
    assert (case.same, case.effects, case.quiet) == (True, (), ())


def test_another_default_of_a_reading_is_named(tmp_path: Path) -> None:
    """Where the newer pack takes another option of a reading, the norms that come and go name that reading."""
    facts = {
        "建设性质": "新建",
        "所在县（市、区）": "兰坪县",
        "行业代码": "3212",
        "offset.increase_pb": 1,
        "offset.external_reduction_total": 1,
    }
    out = bundle(tmp_path, PLAN, **facts)
    text = (PLAN / "readings.md").read_text(encoding="utf-8")
    start = text.index("## lanping-ratio")
    section = text[start : text.index("\n## ", start)]
    options = [line for line in section.splitlines() if line.startswith(("- 选项", "- option"))]
    assert len(options) >= 4
    half = len(options) // 2
    newer = edited(
        tmp_path, "readings.md", ("\n".join(options), "\n".join((*options[half:], *options[:half]))), pack=PLAN
    )
    case = amended(replay(out, newer))
    named = causes(case)
    assert named["offset.lanping-ratio"] == [("reading", "lanping-ratio", True)]
    assert {cause for found in named.values() for cause in found} == {("reading", "lanping-ratio", True)}


def test_the_report_has_everything_in_every_form(tmp_path: Path) -> None:
    """Text, HTML and JSON, in Chinese and in English, name the norm, its cause, the values and both decisions."""
    out = bundle(tmp_path)
    newer = edited(tmp_path, "parameters.yaml", ("value: 500,", "value: 499.9,"))
    for lang, decisions in (
        ("zh", ("不符合规划要求", "未发现不符合")),
        ("en", ("Not in line with the plan", "No inconsistency found")),
    ):
        for fmt in ("text", "html"):
            report = tmp_path / f"report.{fmt}"
            assert Ran("replay", out, "--pack", newer, "--lang", lang, "--format", fmt, "--out", report).status == 1
            told = report.read_text(encoding="utf-8")
            for part in ("river.ban", "river_buffer", "499.9", "2022-12-31", *decisions):
                assert part in told, (lang, fmt, part)
    (data,) = json.loads(Ran("replay", out, "--pack", newer, "--format", "json").out)
    assert errors(Draft202012Validator(schema("replay")), data) == []
    with zipfile.ZipFile(out) as opened:
        assert errors(Draft202012Validator(schema("bundle")), json.loads(opened.read("bundle.json"))) == []
    (case,) = data["newer"]["cases"]
    (finding,) = case["findings"]
    assert (case["before"], case["after"], finding["norm"]) == ("refused", "in_order", "river.ban")
    assert finding["causes"][0]["differs"][0] == {"name": "value", "before": "500 m", "after": "499.9 m"}


def test_a_newer_pack_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    """The message names it, and nothing is reported as judged."""
    ran = Ran("replay", bundle(tmp_path), "--pack", "no-such-pack")
    assert (ran.status, ran.out, "no-such-pack" in ran.err) == (2, "", True)


# ---------------------------------------------------------------- drawn packs


def changed_once(draw: Draw, pack: Pack) -> tuple[Pack, tuple[str, str]]:
    """The pack with one norm or one parameter changed, and which."""
    if draw.chance(50):
        read = [name for norm in pack.norms.values() for lines in norm.conditions for name in parameters_read(lines)]
        names = [name for name in read if not pack.parameters[name].is_day]
        if names:
            parameter = pack.parameters[draw.one_of(names)]
            values = tuple(evolve(entry, value=draw_exact(draw, parameter.kind, SYMBOLS)) for entry in parameter.values)
            return with_parameter(pack, evolve(parameter, values=values, every=values)), ("parameter", parameter.name)
    norm = draw.one_of(tuple(pack.norms.values()))
    match draw.below(4):
        case 0:
            other = evolve(norm, applies=All((Not(norm.applies),)))
        case 1 if norm.requirement is not None:
            other = evolve(norm, requirement=All((Not(norm.requirement),)))
        case 2 if norm.exemptions:
            other = evolve(norm, exemptions=())
        case _:
            other = evolve(norm, since=draw.one_of(POOL.days))
    return evolve(pack, norms=pack.norms | {norm.id: other}), ("norm", norm.id)


def with_parameter(pack: Pack, parameter: Parameter) -> Pack:
    return evolve(pack, parameters=pack.parameters | {parameter.name: parameter})


def complete(pack: Pack) -> Pack:
    """A drawn pack as a loaded one is: every value of a parameter under every reading."""
    parameters = {name: evolve(one, every=one.values) for name, one in pack.parameters.items()}
    return evolve(pack, parameters=parameters)


def drawn_amendment(seed: int) -> tuple[Pack, tuple[str, str], Amended]:
    draw = seeded("amended", seed)
    old = complete(draw_pack(draw, norms=3))
    new, changed = changed_once(draw, old)
    judges = Judge(old, use_forward=False), Judge(new, use_forward=False)
    (raw,) = raw_cases(written(old, CaseSpace(old).mixed(draw)), [])
    verdict = judges[0].check(raw)
    return old, changed, amend(*judges, "case", by_name(old, raw), verdict)


def test_one_change_in_a_drawn_pack_is_the_one_that_is_named() -> None:
    """Whatever norm or parameter is changed, every finding that changes names that one alone, and reads it."""
    effects_seen = {"norm": 0, "parameter": 0}
    for seed in range(400):
        old, (kind, name), case = drawn_amendment(seed)
        for effect in case.effects:
            assert effect.explained
            assert [(one.element.kind, one.element.name, one.alone) for one in effect.causes] == [(kind, name, True)]
            conditions = old.norms[effect.finding.norm].conditions
            lines = (*conditions, *old.territory.values())
            assert kind == "norm" or any(name in parameters_read(one) for one in lines)
            effects_seen[kind] += 1
        assert {element.name for element in case.quiet} <= {name}
    assert min(effects_seen.values()) >= 10, effects_seen


def test_a_pack_beside_itself_changes_nothing() -> None:
    """Without a difference there is no effect, none without outcome, and nothing is left out."""
    for seed in range(40):
        draw = seeded("itself", seed)
        pack = complete(draw_pack(draw, norms=3))
        judge = Judge(pack, use_forward=False)
        (raw,) = raw_cases(written(pack, CaseSpace(pack).mixed(draw)), [])
        case = amend(judge, judge, "case", by_name(pack, raw), judge.check(raw))
        assert case.same
        assert case.quiet == ()


def test_drawn_packs_from_files_name_their_change_as_well(tmp_path: Path) -> None:
    """The same holds of packs as files, from the bundle to the report."""
    named = 0
    for seed in range(30):
        draw = seeded("files", seed)
        old = complete(lawful(draw_pack(draw, norms=3)))
        new, (_, name) = changed_once(draw, old)
        folder = tmp_path / str(seed)
        write_pack(old, folder / "drawn")
        write_pack(lawful(new), folder / "newer" / "drawn")
        path = folder / "case.json"
        path.write_text(json.dumps(written(old, CaseSpace(old).mixed(draw)), ensure_ascii=False), encoding="utf-8")
        assert Ran("check", path, "--pack", folder / "drawn", "--bundle", folder / "b.zip").status in (0, 1, 3)
        ran = Ran("replay", folder / "b.zip", "--pack", folder / "newer" / "drawn", "--format", "json")
        (data,) = json.loads(ran.out)
        (case,) = data["newer"]["cases"]
        assert {cause["name"] for finding in case["findings"] for cause in finding["causes"]} <= {name}
        named += bool(case["findings"])
        assert ran.status == (0 if case["same"] else 1)
    assert named >= 3


def test_a_change_that_nothing_explains_is_said_to_be_unexplained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Causes are tried and not guessed: without the element that did it, the report says that it has no cause."""
    real: Callable[..., tuple[Element, ...]] = effects.elements_read

    def without_parameters(*words: Any) -> tuple[Element, ...]:
        return tuple(element for element in real(*words) if element.kind != "parameter")

    out = bundle(tmp_path)
    newer = edited(tmp_path, "parameters.yaml", ("value: 500,", "value: 499.9,"))
    monkeypatch.setattr(effects, "elements_read", without_parameters)
    (effect,) = amended(replay(out, newer)).effects
    assert (effect.explained, effect.causes) == (False, ())
    assert "该规范所读之处两包相同" in Ran("replay", out, "--pack", newer).out
