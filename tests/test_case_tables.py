"""A table of cases states what the same cases would state one by one, and nothing of it is lost unsaid."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import openpyxl
import pytest

import ynpolicy
from ynpolicy.case_tables import CaseTable, read_case_table
from ynpolicy.errors import InputError, Problem
from ynpolicy.ir import Case
from ynpolicy.judge import Judge
from ynpolicy.messages import in_chinese
from ynpolicy.tables import write_form

PLAN: Final = ynpolicy.load("yunnan-14fyp", use_forward=False)
HEAD: Final = (
    "项目名称,受理日期,建设性质,所在县（市、区）,project.industry,site.yangtze_pearl_bank_distance,是否已开工建设,备注"
)
ROW: Final = "甲冶炼,2023-05-01,新建、扩建,个旧市,3212,1.5km,否,无关"


def table(tmp_path: Path, *lines: str, level: str = "project") -> tuple[CaseTable, list[Problem]]:
    path = tmp_path / "cases.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8-sig")
    problems: list[Problem] = []
    found = read_case_table(path, PLAN.pack, level, problems)
    assert found is not None
    return found, problems


def read(found: CaseTable, judge: Judge = PLAN) -> list[Case]:
    return [judge.read(raw) for raw in found.cases]


def test_a_row_states_what_a_case_file_states(tmp_path: Path) -> None:
    """Columns by label, alias or name; sets in one cell; another unit; blank cells are absent and no answers."""
    found, problems = table(tmp_path, HEAD, ROW, "", "乙,2023-05-02,,,,,不详,")
    assert (problems, found.passed_over) == ([], ("备注",))
    first, second = read(found)
    (same,) = [
        PLAN.check(
            {
                "case": "甲冶炼",
                "level": "project",
                "as_of": "2023-05-01",
                "facts": {
                    "建设性质": ["new", "expansion"],
                    "site.county": "532501",
                    "project.industry": "3212",
                    "site.yangtze_pearl_bank_distance": "1500",
                    "project.construction_begun": False,
                },
            }
        ).case
    ]
    assert (first.title, first.level, first.as_of) == ("甲冶炼", "project", date(2023, 5, 1))
    assert first.values == same.values
    assert set(second.missing) == {"project.construction_begun"}
    assert second.title == "乙"


def test_a_unit_in_the_head_is_that_of_the_column(tmp_path: Path) -> None:
    """`distance (km)` makes 1.5 into 1,500 m; brackets that belong to a label stay with it."""
    label = PLAN.facts["site.yangtze_pearl_bank_distance"].label.zh
    found, _ = table(tmp_path, f"受理日期,{label}（km）,行业类别（GB/T 4754-2017）", "2023-05-01,1.5,3212")
    (case,) = read(found)
    assert case.values["site.yangtze_pearl_bank_distance"] == ynpolicy.values.exact(1500)
    assert case.values["project.industry"] == "3212"


def test_rows_may_be_of_several_levels(tmp_path: Path) -> None:
    """A column of levels goes before that of the command, row by row."""
    found, problems = table(
        tmp_path, "层级,受理日期,建设性质,enterprise.county", "企业,2023-05-01,,532501", ",2023-05-01,新建,"
    )
    assert problems == []
    assert [case.level for case in read(found)] == ["enterprise", "project"]


WRONG: Final = (
    ((HEAD, ROW + ",more"), "the row has more cells than the head"),
    ((HEAD + ",project.nature", ROW + ",新建"), "`project.nature` stands in two columns"),
    (("名称,备注", "甲,乙"), "no column names a fact"),
    ((HEAD,), "the table has no cases"),
    (("层级," + HEAD, "工厂," + ROW), "unknown level `工厂`"),
    ((HEAD, ROW.replace("新建、扩建", "新见")), "`新见` is not one of the choices of `project.nature`"),
)


@pytest.mark.parametrize(("lines", "message"), WRONG, ids=[message for _, message in WRONG])
def test_what_is_wrong_with_a_table_has_its_place(tmp_path: Path, lines: tuple[str, ...], message: str) -> None:
    """Nothing is dropped in silence, and each message has its Chinese."""
    try:
        _, problems = table(tmp_path, *lines)
    except InputError as error:
        problems = list(error.problems)
    assert [problem.message for problem in problems] == [message]
    assert "cases.csv" in str(problems[0].place)
    assert in_chinese(problems[0], {}).message != message


def test_a_row_without_a_level_is_refused(tmp_path: Path) -> None:
    """No level is guessed."""
    _, problems = table(tmp_path, HEAD, ROW, level="")
    assert [problem.message for problem in problems] == ["the case has no level"]


def workbook(path: Path, rows: list[list[Any]], merge: str = "") -> Path:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in rows:
        sheet.append(row)
    if merge:
        sheet.merge_cells(merge)
    book.save(path)
    return path


def test_a_workbook_states_what_a_csv_file_states(tmp_path: Path) -> None:
    """Dates and numbers are cells of their kinds; a form is no table; merged cells are refused."""
    names = HEAD.split(",")
    rows = [names, ["甲冶炼", datetime(2023, 5, 1), "新建、扩建", "个旧市", 3212, 1500, False, "无关"]]
    problems: list[Problem] = []
    found = read_case_table(workbook(tmp_path / "a.xlsx", rows), PLAN.pack, "project", problems)
    assert found is not None
    assert problems == []
    (case,) = read(found)
    (same,) = read(table(tmp_path, HEAD, ROW)[0])
    assert (case.values, case.as_of) == (same.values, same.as_of)
    write_form(PLAN.pack, "project", tmp_path / "form.xlsx")
    assert read_case_table(tmp_path / "form.xlsx", PLAN.pack, "project", problems) is None
    with pytest.raises(InputError, match="are merged"):
        read_case_table(workbook(tmp_path / "b.xlsx", rows, "A1:B1"), PLAN.pack, "project", problems)
