"""From a site and layers to facts: the command `locate`, a case's own `location`, and what a verdict makes of both."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import ynpolicy
from tests.test_geo_messages import NAMES
from ynpolicy.cases import read_cases
from ynpolicy.cli import app
from ynpolicy.documents import read_text
from ynpolicy.errors import InputError
from ynpolicy.fragments import fragment
from ynpolicy.geo.atlas import SYSTEMS, systems_of
from ynpolicy.judge import load
from ynpolicy.loader import load_pack
from ynpolicy.location import DistanceFound, Drawing, Drawn, LayerUsed, Location, RiverNearby, UnitFound
from ynpolicy.normalise import normalise
from ynpolicy.render.located import render_located
from ynpolicy.report import clean_text
from ynpolicy.values import Interval
from ynpolicy.verdict import Outcome

ROOT = Path(__file__).parents[1]
HERE = ROOT / "docs" / "how-to" / "location"
DISTANCE = "site.yangtze_pearl_bank_distance"
OTHER = "site.other_system_bank_distance"
SITE = {"file": str(HERE / "site.geojson"), "system": "CGCS2000", "accuracy": "5 m"}
SMELTER = {"project.nature": ["new"], "project.activity": ["pb_zn_smelting"]}


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), catch_exceptions=False)


def located(location: object, facts: Mapping[str, object] = SMELTER, **layers: Any) -> ynpolicy.JudgedVerdict:
    judge = load("yunnan-14fyp", use_forward=False, **layers)
    case = {"case": "某项目", "level": "project", "as_of": "2022-05-01", "location": location, "facts": dict(facts)}
    return judge.check(case)


def square(path: Path, west: float, south: float, east: float, north: float) -> None:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    feature = {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    path.write_text(json.dumps(feature), encoding="utf-8")


def test_a_site_of_a_case_is_measured_against_the_layers_given() -> None:
    """The distance becomes an interval of the case, and the ban is complied with: the bank is farther than 1 km."""
    verdict = located(SITE, rivers=[HERE / "banks.yaml"])
    found = verdict.case.values[DISTANCE]
    assert isinstance(found, Interval)
    assert Fraction(1337) < found.lo < found.hi < Fraction(1389)
    assert found.hi - found.lo == pytest.approx(50, abs=0.05)
    (ban,) = (f for f in verdict.findings if f.norm.id == "siting.main-river-smelting-ban")
    assert ban.outcome is Outcome.COMPLIED
    assert any("示例岸线（虚构）" in layer for layer in verdict.receipt.layers)


def test_a_case_may_name_its_own_layers() -> None:
    """Files that a case names stand beside the case file."""
    own = load("yunnan-14fyp", use_forward=False).check(HERE / "case.yaml")
    assert own.case.values[DISTANCE] == located(SITE, rivers=[HERE / "banks.yaml"]).case.values[DISTANCE]


def test_without_layers_nothing_is_known_and_nothing_passes() -> None:
    """A site alone leaves the distance unknown, the ban undetermined, and both say why."""
    verdict = located(SITE)
    assert DISTANCE not in verdict.case.values
    (ban,) = (f for f in verdict.findings if f.norm.id == "siting.main-river-smelting-ban")
    assert ban.outcome is Outcome.UNDETERMINED
    assert verdict.case.origins[DISTANCE][0].doubts.startswith("no_layer")
    assert "没有可用的图层" in ynpolicy.render(verdict)


def test_another_county_than_the_stated_one_leads_the_report() -> None:
    """The county that the case states and the one of its coordinates stand against each other at the top."""
    verdict = located(SITE, {**SMELTER, "site.county": "蒙自市"}, boundaries=["tianditu"])
    for fmt in ("text", "md", "html"):
        text = re.sub(r"\s", "", ynpolicy.render(verdict, fmt))
        assert "填报为“蒙自市”，与按坐标核查的结果“个旧市”不符，两者均未采用" in text
    assert verdict.to_dict()["location"]["discrepancies"] == [
        {"fact": "site.county", "stated": "蒙自市", "found": "个旧市"}
    ]
    assert verdict.case.values["site.province"] == "530000"


def test_the_fragment_gives_the_values_of_the_location(tmp_path: Path) -> None:
    """What `locate` prints, put under a case, is read as the same values, each with its source."""
    result = run(
        *("locate", str(HERE / "site.geojson"), "--system", "CGCS2000", "--accuracy", "5 m"),
        *("--rivers", str(HERE / "banks.yaml"), "--boundaries", "tianditu", "--as-of", "2022-05-01"),
    )
    assert result.exit_code == 0, result.output
    file = tmp_path / "case.yaml"
    file.write_text(f"case: 某项目\nlevel: project\nas_of: 2022-05-01\n{result.stdout}", encoding="utf-8")
    pasted = load("yunnan-14fyp", use_forward=False).check(file)
    direct = located(SITE, {}, rivers=[HERE / "banks.yaml"], boundaries=["tianditu"])
    assert pasted.case.values == direct.case.values
    assert pasted.case.missing == direct.case.missing
    assert pasted.case.origins[DISTANCE][0].entered_by.startswith("ynpolicy")
    assert "在1000 m范围以外" in result.stdout


def test_locate_prints_json_and_a_page_without_network() -> None:
    """The same as data and as a page whose map is drawn inline; nothing in it is fetched."""
    words = ("locate", str(HERE / "site.geojson"), "--system", "CGCS2000", "--accuracy", "5 m")
    layers = ("--rivers", str(HERE / "banks.yaml"), "--as-of", "2022-05-01")
    data = json.loads(run(*words, *layers, "--format", "json").stdout)
    assert [one["answer"] for one in data["distances"]] == ["out", "cannot_tell"]
    page = run(*words, *layers, "--format", "html", "--lang", "en").stdout
    assert page.count('<svg class="map"') == 1
    assert 'class="river"' in page
    assert 'class="buffer"' in page
    assert not re.search(r"""(?:src|href)\s*=|url\(|@import""", page)


HOSTILE = "</svg>\"><script>alert(1)</script>'\n  site.county: 昆明市\u2028facts: {}\r# \x85- "


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_a_layer_calls_its_rivers_adds_nothing_to_what_is_written(lang: str) -> None:
    """Names, sources and titles are text in a page, one comment or one quoted text in a case fragment."""
    pack, day = load_pack("yunnan-14fyp"), date(2022, 5, 1)
    used = LayerUsed(HOSTILE, "bank", HOSTILE, HOSTILE, Fraction(1), HOSTILE, HOSTILE, HOSTILE, HOSTILE)
    distance = DistanceFound(DISTANCE, ("长江",), Fraction(5), Fraction(9), Fraction(7), HOSTILE, (102.0, 25.0), used)
    unit = UnitFound("site.county", "", ("532501", "532502"), (HOSTILE, HOSTILE), layer=used)
    drawn = Drawn("river", (((0, 0), (9, 9)),), name=HOSTILE, label_at=(0, 0))
    near, plan = (RiverNearby(HOSTILE, Fraction(9), used),), Drawing((102.0, 25.0), 2500, (drawn,))
    here = (HOSTILE, HOSTILE, Fraction(1), None, HOSTILE)
    location = Location(*here, (distance,), (unit,), near, (used,), drawing=plan)
    page = render_located(location, pack, "project", day, lang)
    assert "<script" not in page
    assert page.count("<svg") == page.count("</svg>")
    written = fragment(pack, "project", day, location, lang)
    (raw,) = read_cases(read_text(f"case: 某项目\nlevel: project\n{written}", "case.yaml"))
    case = normalise(pack, raw, day)
    assert case.values[DISTANCE] == Interval(Fraction(5), Fraction(9))
    assert "site.county" not in case.values
    assert case.origins[DISTANCE][0].document == clean_text(f"{HOSTILE} {HOSTILE}")


def test_without_a_day_the_law_draws_no_distance() -> None:
    """Today is no safe default: without `--as-of` the bounds are told, and not whether they are within 1 km."""
    words = ("locate", str(HERE / "site.geojson"), "--system", "CGCS2000", "--accuracy", "5 m")
    result = run(*words, "--rivers", str(HERE / "banks.yaml"))
    assert "at_least" in result.stdout
    assert "1000 m范围" not in result.stdout


def test_a_site_in_the_river_is_refused(tmp_path: Path) -> None:
    """A site that touches the bank is at 0 m: the ban is violated, whatever the accuracies."""
    facts = {**SMELTER, "project.construction_begun": False, "site.county": "个旧市"}
    square(tmp_path / "site.geojson", 103.160, 23.355, 103.170, 23.365)
    site = {**SITE, "file": str(tmp_path / "site.geojson")}
    verdict = located(site, facts, rivers=[HERE / "banks.yaml"])
    (ban,) = (f for f in verdict.findings if f.norm.id == "siting.main-river-smelting-ban")
    assert ban.outcome is Outcome.VIOLATED
    found = verdict.case.values[DISTANCE]
    assert isinstance(found, Interval)
    assert (found.lo, found.hi) == (0, Fraction(25))


def test_a_table_of_sites_gets_columns(tmp_path: Path) -> None:
    """Each row of a CSV table gets the bounds of each fact; a row that is no point stays, says why, and ends with 2."""
    table, out = tmp_path / "sites.csv", tmp_path / "found.csv"
    table.write_text("厂名,经度,纬度\n甲,103.15,23.36\n乙,23.36,103.15\n丙,103.160,23.36\n", encoding="gb18030")
    described = ("--system", "CGCS2000", "--accuracy", "5 m", "--extent", "0.05 km", "--as-of", "2022-05-01")
    layers = ("--rivers", str(HERE / "banks.yaml"), "--boundaries", "tianditu")
    result = run("locate", str(table), *layers, *described, "--out", str(out))
    assert result.exit_code == 2
    assert "3行，其中1行读不出坐标" in result.stderr
    with out.open(encoding="gb18030", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["厂名"] for row in rows] == ["甲", "乙", "丙"]
    assert [row[f"{DISTANCE}.inside"] for row in rows] == ["false", "", "true"]
    assert [row["site.county.code"] for row in rows] == ["532501", "", "532501"]
    assert [bool(row["问题"]) for row in rows] == [False, True, False]
    alone = located(
        {"point": "103.15,23.36", "system": "CGCS2000", "accuracy": "5 m", "extent": "50 m"}, rivers=layers[1:2]
    )
    found = alone.case.values[DISTANCE]
    assert isinstance(found, Interval)
    assert (found.lo, found.hi) == tuple(Fraction(rows[0][f"{DISTANCE}.{end}"]) for end in ("at_least", "at_most"))


def test_a_table_of_sites_is_written_to_a_file() -> None:
    """Without `--out` there is nowhere to write."""
    result = run("locate", "sites.csv", "--lang", "en")
    assert result.exit_code == 2
    assert result.stderr == "sites.csv: a table of sites needs a table to be written\n  help: name it with `--out`\n"


WRONG = {
    "a file that is not there": (["nowhere.geojson"], "nowhere.geojson"),
    "a word": (["某厂"], "某厂"),
    "swapped axes": (["23.36,103.15"], "swapped"),
    "Beijing 54 without parameters": (["103.15,23.36", "--system", "北京54"], "Beijing 1954"),
    "a layer that is not there": (["103.15,23.36", "--rivers", "nowhere.yaml"], "nowhere.yaml"),
    "a level without a place": (["103.15,23.36", "--level", "transfer"], "transfer"),
    "a table without --out": (["sites.csv"], "name it with `--out`"),
    "a day that is none": (["103.15,23.36", "--as-of", "2022-02-30"], "2022-02-30"),
    "an accuracy that is no length": (["103.15,23.36", "--accuracy", "rough"], "rough"),
}


def told(result: Result) -> str:
    """Messages and helps without their places."""
    return re.sub(r"(?m)^\S*?: |^  建议：", "", result.stderr)


@pytest.mark.parametrize(("words", "named"), WRONG.values(), ids=WRONG.keys())
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_wrong_words_are_told_and_end_with_2(words: list[str], named: str, lang: str) -> None:
    """Each mistake is a message that names it, in the user's language, and exit status 2."""
    result = run("locate", *words, "--lang", lang)
    assert result.exit_code == 2
    if lang == "en":
        assert named in result.stderr
    else:
        assert re.findall("[A-Za-z]{4,}", NAMES.sub("", re.sub("可核查的层级有.*|`[^`]*`", "", told(result)))) == []
    assert result.stdout == ""


def test_layers_are_told_the_great_systems_first() -> None:
    """What a layer may name stands in one order, so that the same mistake has the same message every time."""
    named = systems_of(load_pack("yangtze-law-26"), load_pack("yunnan-14fyp"))
    assert named[: len(SYSTEMS)] == SYSTEMS
    assert len(set(named)) == len(named)


def test_without_the_extra_the_message_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where shapely is not installed, a case with a site says what to install, and any other case is judged."""
    for name in [name for name in sys.modules if name.startswith("ynpolicy.geo")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "shapely", None)
    with pytest.raises(InputError, match=r"pip install 'ynpolicy\[geo\]'"):
        located(SITE)
