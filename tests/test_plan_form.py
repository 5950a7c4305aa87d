"""The shipped plan's Excel form as a reviewer fills it in, in Chinese, and hands it to `ynpolicy check`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import openpyxl
import pytest

from tests.ran import Ran

ROOT: Final = Path(__file__).parents[1]
COLUMNS: Final = {"值": 3, "单位": 4, "精度": 5, "文件": 6, "页码": 7, "日期": 8, "填表人": 9}
RIVER: Final = "距长江、珠江水系干流及主要支流岸线最近距离"
SMELTER: Final[Mapping[str, Any]] = {
    "案件名称": "某铅锌冶炼厂",
    "受理日期": dt.datetime(2022, 5, 1),
    "所在县（市、区）": "个旧市",
    "建设性质": "新建、技术改造",
    "项目生产或处置活动": "铅锌冶炼",
    "是否已开工建设": "否",
    RIVER: {
        "值": 0.9,
        "单位": "km",
        "精度": 0.06,
        "文件": "环评报告书",
        "页码": 12,
        "日期": dt.datetime(2022, 1, 10),
        "填表人": "张三",
    },
}


def form(path: Path, answers: Mapping[str, Any]) -> Path:
    """The plan's blank form, filled in by the labels that a reviewer sees."""
    assert Ran("template", "--level", "project", "--out", path).status == 0
    workbook = openpyxl.load_workbook(path)
    sheet = workbook["案件"]
    rows = {sheet.cell(row, 1).value: row for row in range(1, sheet.max_row + 1)}
    for label, answer in answers.items():
        for column, value in (answer if isinstance(answer, dict) else {"值": answer}).items():
            sheet.cell(rows[label], COLUMNS[column]).value = value
    workbook.save(path)
    return path


def test_a_filled_workbook_is_judged_and_its_provenance_printed(tmp_path: Path) -> None:
    """Labels and choices in Chinese, another unit, an accuracy and a source give the verdict that they should."""
    result = Ran("check", form(tmp_path / "项目.xlsx", SMELTER))
    text = "".join(result.out.split())
    assert result.status == 1
    assert text.startswith("不符合规划要求｜某铅锌冶炼厂｜建设项目｜基准日2022-05-01")
    assert "900±60m≤岸线管控距离1000m：成立" in text
    assert "环评报告书，第12页，2022-01-10，张三录入" in text


def test_every_cell_that_is_wrong_is_named_at_once_in_the_order_of_the_rows(tmp_path: Path) -> None:
    """Formulas, wrong words, wrong units and dates that do not exist come together; no file is written."""
    wrong = {
        "案件名称": '=HYPERLINK("http://example.org")',
        "受理日期": "2022-02-30",
        "所在县（市、区）": "个旧",
        RIVER: {"值": 900, "单位": "kg", "精度": -1},
        "建设性质": "新见、扩见",
        "是否已开工建设": "也许",
    }
    path, out = form(tmp_path / "项目.xlsx", {**SMELTER, **wrong}), tmp_path / "审查.html"
    result = Ran("check", path, "--format", "html", "--out", out)
    assert (result.status, out.exists()) == (2, False)
    messages = [line for line in result.err.splitlines() if not line.startswith("  建议：")]
    found = [
        ("C3", "是公式"),
        ("C4", "受理日期：日期 `2022-02-30` 不存在"),
        ("C11", "`个旧` 不是 `所在县（市、区）` 的选项"),
        ("D14", "`kg` 是质量的单位，不是长度的单位"),
        ("E14", "精度是负数"),
        ("C17", "`扩见` 不是 `建设性质` 的选项"),
        ("C17", "`新见` 不是 `建设性质` 的选项"),
    ]
    for (cell, message), line in zip(found, messages, strict=False):
        assert f"!案件!{cell}: " in line
        assert message in line
    assert len(messages) == len(found) + 1
    assert "`也许` 既不是“是”也不是“否”" in messages[-1]
    assert "是不是 `新建`？" in result.err


@pytest.mark.parametrize("answer", ["不适用", "not_applicable"])
def test_a_smelter_cannot_leave_the_river_out_in_the_workbook_either(tmp_path: Path, answer: str) -> None:
    """`不适用` for the distance of a smelter is a located input error."""
    result = Ran("check", form(tmp_path / "项目.xlsx", {**SMELTER, RIVER: answer}))
    assert result.status == 2
    assert f"!案件!C14: `{RIVER}` 不能填“不适用”" in result.err


LAYERS: Final = ROOT / "docs" / "how-to" / "location"


def test_a_workbook_may_give_the_coordinates_of_the_site(tmp_path: Path) -> None:
    """Coordinates, their accuracy, the system and how far the site reaches give the distance to the river."""
    place = {"厂址坐标": {"值": "103.15,23.36", "精度": 5}, "坐标系": "CGCS2000", "厂界距该点最远": 150}
    answers = {key: value for key, value in SMELTER.items() if key != RIVER} | place
    result = Ran("check", form(tmp_path / "项目.xlsx", answers), "--rivers", LAYERS / "banks.yaml", "--brief")
    text = "".join(result.out.split())
    assert f"{RIVER}：1280.96m至1480.98m" in text
    assert "在1000m范围以外（余量280.96m）" in text


def test_a_workbook_may_name_the_file_of_the_site(tmp_path: Path) -> None:
    """The boundary file stands beside the workbook."""
    (tmp_path / "厂界.geojson").write_bytes((LAYERS / "site.geojson").read_bytes())
    place = {"厂址坐标": {"值": "厂界.geojson", "精度": 5}, "坐标系": "CGCS2000"}
    answers = {key: value for key, value in SMELTER.items() if key != RIVER} | place
    result = Ran("check", form(tmp_path / "项目.xlsx", answers), "--rivers", LAYERS / "banks.yaml", "--brief")
    assert f"{RIVER}：1337.8m至1387.81m" in "".join(result.out.split())


def test_a_site_that_is_described_and_not_given_is_told(tmp_path: Path) -> None:
    """A coordinate system without coordinates, and coordinates that are none, are named with their cells."""
    result = Ran("check", form(tmp_path / "一.xlsx", {**SMELTER, "坐标系": "CGCS2000"}))
    assert result.status == 2
    assert "一.xlsx!案件!C8: 描述了厂址，却没有写厂址在哪里" in result.err
    wrong = {"厂址坐标": "23.36,103.15", "坐标系": "北京54"}
    result = Ran("check", form(tmp_path / "二.xlsx", {**SMELTER, **wrong}))
    assert result.status == 2
    assert "二.xlsx!案件!C8: " in result.err
