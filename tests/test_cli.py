"""The command line: what it prints, its exit status, and that nothing is half written."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.breaking import broken_bytes
from tests.ran import Ran
from ynpolicy.engines import forward
from ynpolicy.errors import EngineDisagreement
from ynpolicy.judge import Judge

RIVER_BAN = "siting.main-river-smelting-ban"
RIVER = Path(__file__).parent / "data" / "packs" / "river"
SMELTER = {"所在镇": "上镇", "建设内容": "冶炼", "已开工": "否", "距岸线距离": 1000, "取水量": 1}


def case_file(tmp_path: Path, name: str = "case.json", **changes: object) -> Path:
    facts = {**SMELTER, **changes}
    path = tmp_path / name
    path.write_text(
        json.dumps({"case": name, "level": "project", "as_of": "2022-05-01", "facts": facts}), encoding="utf-8"
    )
    return path


@pytest.mark.parametrize(
    ("changes", "status"),
    [({"距岸线距离": 500}, 1), ({}, 0), ({"距岸线距离": "未知"}, 3), ({"取水量": 11}, 3), ({"所在镇": "外地"}, 3)],
    ids=["refused", "in order", "undetermined", "referred", "not judged"],
)
def test_the_exit_status_says_how_the_case_stands(tmp_path: Path, changes: dict[str, object], status: int) -> None:
    """0 in order, 1 refused, 3 none refused but something open, referred or not judged."""
    assert Ran("check", case_file(tmp_path, **changes), "--pack", RIVER).status == status


def test_one_refused_case_among_several_gives_1_and_stands_on_top(tmp_path: Path) -> None:
    """With several cases the gravest verdict comes first."""
    files = [case_file(tmp_path, "open.json", 距岸线距离="未知"), case_file(tmp_path, "bad.json", 距岸线距离=500)]
    ran = Ran("check", *files, "--pack", RIVER, "--format", "json")
    assert ran.status == 1
    assert [verdict["decision"] for verdict in json.loads(ran.out)] == ["refused", "undetermined"]


def test_wrong_input_wins_but_valid_cases_are_printed(tmp_path: Path) -> None:
    """A wrong file gives 2 whatever else; the valid ones are still judged and printed; --out is not written."""
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("level: project\nas_of: 2022-05-01\nfacts: {距岸线距里: 5}\n", encoding="utf-8")
    good = case_file(tmp_path, 距岸线距离=500)
    ran = Ran("check", wrong, good, "--pack", RIVER)
    assert ran.status == 2
    assert "不符合规划要求" in ran.out
    assert "是不是 `距岸线距离`？" in ran.err
    out = tmp_path / "report.html"
    assert Ran("check", wrong, good, "--pack", RIVER, "--format", "html", "--out", out).status == 2
    assert not out.exists()


def test_no_as_of_date_is_an_error_that_says_what_to_give(tmp_path: Path) -> None:
    """Today is not a default; the option supplies the date, and a date that does not exist is refused."""
    path = tmp_path / "case.json"
    path.write_text(json.dumps({"level": "project", "facts": SMELTER}), encoding="utf-8")
    ran = Ran("check", path, "--pack", RIVER)
    assert ran.status == 2
    assert "案件没有受理日期" in ran.err
    assert "--as-of 2022-05-01" in ran.err
    assert Ran("check", path, "--pack", RIVER, "--as-of", "2022-05-01").status == 0
    wrong = Ran("check", path, "--pack", RIVER, "--as-of", "2022-02-30")
    assert (wrong.status, "日期 `2022-02-30` 不存在" in wrong.err) == (2, True)


@pytest.mark.parametrize("fmt", ["text", "md", "html", "json"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_format_and_language_says_the_decision(tmp_path: Path, fmt: str, lang: str) -> None:
    """The decision stands in each output, and --out holds what the screen would show."""
    path, out = case_file(tmp_path, 距岸线距离=500), tmp_path / "out"
    ran = Ran("check", path, "--pack", RIVER, "--format", fmt, "--lang", lang)
    word = "refused" if fmt == "json" else {"zh": "不符合规划要求", "en": "Not in line with the plan"}[lang]
    assert word in ran.out
    assert Ran("check", path, "--pack", RIVER, "--format", fmt, "--lang", lang, "--out", out).status == 1
    assert len(out.read_text(encoding="utf-8")) == len(ran.out)


def test_a_report_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the last step of writing fails, the old file stands and nothing else is left behind."""
    path, out = case_file(tmp_path), tmp_path / "out.txt"
    out.write_text("old", encoding="utf-8")

    def broken(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", broken)
    ran = Ran("check", path, "--pack", RIVER, "--out", out)
    assert (ran.status, "no space left on device" in ran.err) == (2, True)
    assert out.read_text(encoding="utf-8") == "old"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["case.json", "out.txt"]


def test_the_first_line_says_when_the_reference_judged_alone(tmp_path: Path) -> None:
    """A report is silent on its engines only where both judged; without durable_rules its first line says so."""
    alone = "仅由参考引擎判定，未经正向引擎复核"
    ran = Ran("check", case_file(tmp_path), "--pack", RIVER)
    assert (alone in "".join(ran.out.split("依据")[0].split())) is not forward.AVAILABLE


@pytest.mark.forward
def test_a_disagreement_gives_4_and_no_verdict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two engines that differ end the run with the norm, the digest and both outcomes."""

    def differ(self: Judge, *_: object) -> None:
        raise EngineDisagreement("river.ban", "sha256:0", "complied", "violated")

    monkeypatch.setattr(Judge, "_compare", differ)
    ran = Ran("check", case_file(tmp_path), "--pack", RIVER)
    assert (ran.status, ran.out) == (4, "")
    assert "two engines disagree on `river.ban` for case sha256:0" in ran.err


def test_a_case_may_come_from_standard_input(tmp_path: Path) -> None:
    """`-` reads one case from standard input."""
    text = case_file(tmp_path, 距岸线距离=500).read_text(encoding="utf-8")
    assert Ran("check", "-", "--pack", RIVER, stdin=text).status == 1


def test_a_dossier_is_judged_case_by_case(tmp_path: Path) -> None:
    """Linked cases are each judged on their own level."""
    path = tmp_path / "dossier.json"
    cases = [
        {"case": name, "level": "project", "facts": SMELTER | {"距岸线距离": d}} for name, d in (("甲", 900), ("乙", 5))
    ]
    path.write_text(json.dumps({"dossier": "案卷", "as_of": "2022-05-01", "cases": cases}), encoding="utf-8")
    verdicts = json.loads(Ran("check", path, "--pack", RIVER, "--format", "json").out)
    assert [(verdict["case"]["title"], verdict["decision"]) for verdict in verdicts] == [
        ("乙", "refused"),
        ("甲", "in_order"),
    ]


def test_templates_of_ones_own_lie_over_ours(tmp_path: Path) -> None:
    """A folder with a template of the same name replaces ours; a broken one is an input error with its line."""
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "report.txt.j2").write_text("{{ reports[0].decision }}\n", encoding="utf-8")
    path = case_file(tmp_path, 距岸线距离=500)
    assert Ran("check", path, "--pack", RIVER, "--templates", folder).status == 1
    (folder / "report.txt.j2").write_text("\n{{ nothing.here }}\n", encoding="utf-8")
    broken = Ran("check", path, "--pack", RIVER, "--templates", folder)
    assert broken.status == 2
    assert "report.txt.j2:2:1: 模板有错" in broken.err


def test_norms_facts_and_schemas_are_listed(tmp_path: Path) -> None:
    """`norms` lists, and explains in words with the law's numbers; `facts` and `schema` print what their names say."""
    assert "river.ban" in Ran("norms", "--pack", RIVER).out
    explained = Ran("norms", "river.ban", "--pack", RIVER, "--lang", "en").out
    for part in (
        "No smelter at the bank",
        "岸线管控距离内不得新建冶炼",
        "site.bank_distance <= river_buffer",
        "begun",
        "(a)",
    ):
        assert part in explained
    assert "距岸线多少米？" in Ran("facts", "--pack", RIVER).out
    for kind in ("case", "verdict", "pack", "bundle", "replay"):
        assert json.loads(Ran("schema", kind).out)["$schema"].startswith("https://json-schema.org/")
    in_chinese = Ran("norms", "offset.key-region-ratio").out
    for part in (
        "「所在县（市、区）」属于「",
        "- 任一成立:",
        "重点区域替代比例下限: 1.2",
        "东川区、会泽县",
    ):
        assert part in in_chinese
    assert "「开工日期」早于「规划印发日期」" in Ran("norms", RIVER_BAN).out
    unknown = Ran("norms", "river.bann", "--pack", RIVER)
    assert (unknown.status, "是不是 `river.ban`？" in unknown.err) == (2, True)


def test_a_blank_form_is_read_back(tmp_path: Path) -> None:
    """The form that `template` writes is a case that lacks only its date, as YAML and as a workbook."""
    for name in ("form.yaml", "form.xlsx"):
        form = tmp_path / name
        assert Ran("template", "--level", "project", "--pack", RIVER, "--out", form).status == 0
        blank = Ran("check", form, "--pack", RIVER)
        assert (blank.status, "案件没有受理日期" in blank.err) == (2, True)
        assert Ran("check", form, "--pack", RIVER, "--as-of", "2022-05-01").status == 3
        again = Ran("template", "--level", "project", "--pack", RIVER, "--out", form)
        assert (again.status, "文件已经存在" in again.err) == (2, True)


def test_test_and_lint_report_findings(tmp_path: Path) -> None:
    """`test` and `lint` give 0 for a clean pack, 1 for findings, 2 for a pack that does not load."""
    assert Ran("test", RIVER).status == 0
    broken = tmp_path / "river"
    shutil.copytree(RIVER, broken)
    norms = broken / "norms" / "river.yaml"
    norms.write_text(norms.read_text(encoding="utf-8").replace("<= river_buffer", "< river_buffer"), encoding="utf-8")
    assert Ran("test", broken).status == 1
    assert Ran("lint", broken).status == 1
    norms.write_text("- id: [", encoding="utf-8")
    assert Ran("test", broken).status == 2


def test_text_compares_a_text_with_the_ledger(tmp_path: Path) -> None:
    """`text` gives 0 for the text of the ledger, 1 for another with the clause named, 2 for one that is none."""
    plan = RIVER / "plan.txt"
    same = Ran("text", plan, "--pack", RIVER, "--lang", "en")
    assert (same.status, "They agree: A sample plan" in same.out) == (0, True)
    changed = tmp_path / "changed.txt"
    changed.write_text(plan.read_text(encoding="utf-8").replace("冶炼", "选矿"), encoding="utf-8")
    other = Ran("text", changed, "--pack", RIVER)
    assert (other.status, other.err) == (1, "")
    assert "条款 river.ban（一）的文字与台账不符" in other.out
    assert "「岸线管控距离内不得新建选矿」" in other.out
    changed.write_text("— 1 —", encoding="utf-8")
    assert Ran("text", changed, "--pack", RIVER).status == 2
    assert Ran("text", tmp_path / "none.txt", "--pack", RIVER).status == 2


def test_coverage_is_printed_or_written(tmp_path: Path) -> None:
    """Text ends with the totals; `--out` writes the page whole and leaves standard output empty."""
    printed = Ran("coverage", RIVER, "--lang", "en")
    assert printed.status == 0
    assert printed.out.endswith("\n2 of 2 accounted for; 2 of 2 checkable encoded\n")
    page = tmp_path / "ledger.html"
    written = Ran("coverage", RIVER, "--format", "html", "--out", page)
    assert (written.status, written.out) == (0, "")
    assert "岸线管控距离内不得新建冶炼" in page.read_text(encoding="utf-8")
    assert Ran("coverage", tmp_path).status == 2


def test_mutated_packs_are_used_or_refused_with_a_message(tmp_path: Path) -> None:
    """Whatever happens to a pack's files, loading ends in a pack or in an `InputError`."""
    rng = random.Random(14)
    folder = tmp_path / "river"
    shutil.copytree(RIVER, folder)
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "plan.txt")
    refused = 0
    for _ in range(150):
        path = rng.choice(files)
        data = path.read_bytes()
        path.write_bytes(broken_bytes(data, rng))
        ran = Ran("norms", "--pack", folder)
        assert ran.status in (0, 2), ran.err
        refused += ran.status == 2
        path.write_bytes(data)
    assert refused > 30


def test_the_installed_command_writes_utf_8_whatever_the_locale(tmp_path: Path) -> None:
    """A terminal that is not UTF-8 gets UTF-8 bytes, not an error."""
    code = "from ynpolicy.cli import main; main()"
    run = subprocess.run(
        [sys.executable, "-c", code, "norms", "--pack", str(RIVER)],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "latin-1", "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert "岸线内不得新建冶炼" in run.stdout.decode("utf-8")
