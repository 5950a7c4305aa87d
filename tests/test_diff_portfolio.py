"""A portfolio of cases under two packs: each changes as the two verdicts on it say, and no other does."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest

import ynpolicy
from tests.ran import Ran
from ynpolicy.diff import Side
from ynpolicy.diff.portfolio import Portfolio, judge_portfolio
from ynpolicy.errors import Problem
from ynpolicy.verdict import Decision, Outcome

ROOT: Final = Path(__file__).parent.parent
PLAN: Final = ynpolicy.load("yunnan-14fyp", use_forward=False)
EQUAL: Final = PLAN.under({"lanping-ratio": "equal"})
SAMPLES: Final = [str(ROOT / "docs" / "how-to" / name) for name in ("sample-pack", "sample-pack-amended")]
DAY: Final = date(2023, 5, 1)
HEAD: Final = "名称,受理日期,farm.large_scale,farm.bank_distance,farm.built_on,乡镇"
ROWS: Final = (
    "远,2024-07-01,是,501,2024-03-01,a",
    "中,2024-07-01,是,400,2024-03-01,b",
    "近,2024-07-01,是,300,2024-03-01,c",
    "早,2024-05-31,是,400,2024-03-01,d",
    "缺,2024-07-01,是,,2024-03-01,e",
)

LANPING: Final = """\
case: 兰坪某冶炼
level: project
as_of: 2023-05-01
facts:
  site.county: "533325"
  project.nature: [new]
  project.industry: "3212"
  project.heavy_metal_key_industry: true
  offset.increase_pb: 100
  offset.increase_hg: 0
  offset.increase_cd: 0
  offset.increase_cr: 0
  offset.increase_as: 0
  offset.external_reduction_pb: 110
  offset.external_reduction_hg: 0
  offset.external_reduction_cd: 0
  offset.external_reduction_cr: 0
  offset.external_reduction_as: 0
  offset.own_cuts_pb: 0
  offset.own_cuts_hg: 0
  offset.own_cuts_cd: 0
  offset.own_cuts_cr: 0
  offset.own_cuts_as: 0
"""


def farms(tmp_path: Path, *rows: str) -> str:
    path = tmp_path / "farms.csv"
    path.write_text("\n".join((HEAD, *rows)) + "\n", encoding="utf-8")
    return str(path)


def judged(files: list[str], by: tuple[str, ...] = ()) -> Portfolio:
    problems: list[Problem] = []
    found = judge_portfolio(Side(PLAN, DAY), Side(EQUAL, DAY), files, "", by, problems)
    assert problems == []
    return found


def test_only_the_case_between_the_two_bounds_changes(tmp_path: Path) -> None:
    """500 m become 300 m: at 400 m the refusal falls away, from the day on; nothing changes for the others."""
    ran = Ran("diff", *SAMPLES, "--cases", farms(tmp_path, *ROWS), "--level", "project", "--format", "json")
    assert ran.status == 1
    told = json.loads(ran.out)["portfolio"]
    assert (told["cases"], told["changed"], told["columns_passed_over"]) == (5, 1, ["乡镇"])
    assert told["decisions"] == [{"a": "refused", "b": "in_order", "cases": 1}]
    assert told["clauses"] == {"farm.river-500m": 1}
    (case,) = told["changes"]
    assert (case["case"], case["place"].rpartition("farms.csv")[2]) == ("中", ":3:1")
    assert case["findings"] == [
        {
            "a": "farm.river-ban",
            "b": "farm.river-ban",
            "clauses": ["farm.river-500m"],
            "outcome": {"a": "violated", "b": "complied"},
        }
    ]


def test_changes_are_those_of_the_verdicts(tmp_path: Path) -> None:
    """Over the public notices and a case in Lanping, the report says of each what two judgements by hand say."""
    files = [str(path) for path in sorted((ROOT / "docs" / "how-to" / "public-notices").glob("*.yaml"))]
    lanping = tmp_path / "lanping.yaml"
    lanping.write_text(LANPING, encoding="utf-8")
    found = judged([*files, str(lanping)])
    verdicts = [
        pair
        for file in (*files, lanping)
        for pair in zip(PLAN.check_each(file, DAY), EQUAL.check_each(file, DAY), strict=True)
    ]
    assert len(found.cases) == len(verdicts)
    for case, (a, b) in zip(found.cases, verdicts, strict=True):
        assert (case.before, case.after) == (a.decision, b.decision)
        own, other = ({f.norm.id: f.outcome.value for f in verdict.findings} for verdict in (a, b))
        silent = ("not_applicable", "not_in_force", None)
        differing = {
            id
            for id in own.keys() | other.keys()
            if own.get(id) != other.get(id)
            and not (None in (own.get(id), other.get(id)) and {own.get(id), other.get(id)} <= set(silent))
        }
        assert {finding.id for finding in case.findings} == differing
    assert found.cases[-1] in found.changed
    assert 0 < len(found.changed) < len(found.cases)


def test_changes_are_counted_by_prefecture_and_industry(tmp_path: Path) -> None:
    """A case counts under its prefecture, which follows from the county, and under its industry."""
    lanping = tmp_path / "lanping.yaml"
    lanping.write_text(LANPING, encoding="utf-8")
    gejiu = tmp_path / "gejiu.yaml"
    gejiu.write_text(LANPING.replace("533325", "532501").replace('"3212"', "unknown"), encoding="utf-8")
    found = judged([str(lanping), str(gejiu)])
    assert found.by == ("site.prefecture", "project.industry", "enterprise.prefecture", "facility.prefecture")
    assert found.grouped("site.prefecture") == {"533300": (1, 1), "532500": (1, 0)}
    assert found.grouped("project.industry") == {"3212": (1, 1), "": (1, 0)}
    assert found.grouped("enterprise.prefecture") == {}
    assert judged([str(lanping)], ("project.nature",)).grouped("project.nature") == {"new": (1, 1)}
    assert found.decisions() == Counter({(Decision.REFUSED, Decision.UNDETERMINED): 1})
    assert found.clauses()["offset.key-region-1_2"] == 1


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_reports_name_the_cases_that_change(tmp_path: Path, lang: str) -> None:
    """Text and page name the changed case, its two decisions, the clause, and the columns that were not read."""
    for fmt in ("text", "html"):
        ran = Ran(
            "diff", *SAMPLES, "--cases", farms(tmp_path, *ROWS), "--level", "project", "--format", fmt, "--lang", lang
        )
        assert ran.status == 1
        for words in ("中", "farm.river-500m", "乡镇", *({"zh": ("不符合规划要求",), "en": ("Not in line",)}[lang])):
            assert words in ran.out
        assert "远" not in ran.out


def test_a_case_that_cannot_be_read_ends_with_2_and_writes_no_file(tmp_path: Path) -> None:
    """The problem has its row; the other cases are still told, but not written."""
    out = tmp_path / "report.txt"
    path = farms(tmp_path, *ROWS, "错,2024-07-01,是,-1,2024-03-01,f")
    ran = Ran("diff", *SAMPLES, "--cases", path, "--level", "project", "--out", str(out), "--lang", "en")
    assert ran.status == 2
    assert "farms.csv:7:" in ran.err
    assert not out.exists()
    assert Ran("diff", *SAMPLES, "--cases", str(tmp_path / "none.csv")).status == 2
    assert Ran("diff", *SAMPLES, "--cases", path, "--by", "farm.bank_distance", "--level", "project").status == 2


def test_a_renamed_fact_and_one_that_is_gone_are_settled(tmp_path: Path) -> None:
    """Cases are written in A's words; what B does not know is left out and named."""
    folder = tmp_path / "renamed"
    shutil.copytree(SAMPLES[0], folder)
    for file in folder.rglob("*.yaml"):
        text = file.read_text(encoding="utf-8")
        head = "farm.bank_distance:"
        text = text.replace(head, f"farm.river_way:\n  aliases: [{head[:-1]}]") if file.name == "facts.yaml" else text
        kept = text.split("aliases:")
        text = "aliases:".join([part.replace("farm.bank_distance <=", "farm.river_way <=") for part in kept])
        file.write_text(text, encoding="utf-8")
    words = "diff", SAMPLES[0], folder, "--cases", farms(tmp_path, *ROWS), "--level", "project", "--format", "json"
    told: dict[str, Any] = json.loads(Ran(*words).out)
    assert told["renamed"] == [{"kind": "fact_renamed", "a": "farm.bank_distance", "b": "farm.river_way"}]
    assert (told["same"], told["portfolio"]["changed"]) == (True, 0)


def test_two_days_of_one_pack_judge_a_case_on_each(tmp_path: Path) -> None:
    """Special limits bind from 2023-01-01: the same case is judged on the day before and on that day."""
    path = tmp_path / "limits.yaml"
    facts = "site.county: '532501', project.nature: [new], project.activity: [pb_zn_smelting]"
    more = "project.eia_approved: false, project.special_limits_committed: false"
    path.write_text(f"case: x\nlevel: project\nfacts: {{{facts}, {more}}}\n", encoding="utf-8")
    problems: list[Problem] = []
    days = Side(PLAN, date(2022, 12, 31)), Side(PLAN, date(2023, 1, 1))
    (case,) = judge_portfolio(*days, [str(path)], "", (), problems).cases
    assert case.as_of == ("2022-12-31", "2023-01-01")
    changed = {finding.id: (finding.before, finding.after) for finding in case.findings}
    assert changed["limits.special-new"] == (Outcome.NOT_IN_FORCE, Outcome.VIOLATED)
    elsewhere = judge_portfolio(*days, [str(path)], "transfer", (), problems)
    assert (elsewhere.cases, elsewhere.elsewhere, problems) == ((), 1, [])


def test_a_case_that_is_not_complete_may_change_between_packs_that_are_equal(tmp_path: Path) -> None:
    """A line that every complete case fulfils leaves a measured one open: equal norms, and yet the case changes."""
    folder = tmp_path / "idle"
    shutil.copytree(SAMPLES[0], folder)
    file = folder / "norms" / "siting.yaml"
    twice = "farm.bank_distance + farm.bank_distance"
    idle = f"  applies:\n    - {twice} < river_buffer or {twice} >= river_buffer\n"
    file.write_text(file.read_text(encoding="utf-8").replace("  applies:\n", idle), encoding="utf-8")
    words = "diff", SAMPLES[0], folder, "--level", "project", "--format", "json"
    plain = Ran(*words)
    assert (plain.status, json.loads(plain.out)["counts"]["equivalent"]) == (0, 1)
    case = tmp_path / "measured.yaml"
    facts = "farm.large_scale: true, farm.bank_distance: {value: 250, accuracy: 50}, farm.built_on: 2024-03-01"
    case.write_text(f"case: x\nlevel: project\nas_of: 2024-05-01\nfacts: {{{facts}}}\n", encoding="utf-8")
    measured = Ran(*words, "--cases", case)
    assert measured.status == 1
    assert json.loads(measured.out)["portfolio"]["decisions"] == [{"a": "refused", "b": "undetermined", "cases": 1}]
