"""What the filled cells of an Excel form mean."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.filled_form import COLUMN, DAY, case_in, fill, problems_in, row_of
from tests.small_pack import LABEL_WITH_SEPARATOR, PACK
from ynpolicy.cases import read_cases
from ynpolicy.documents import read_text
from ynpolicy.errors import InputError
from ynpolicy.normalise import normalise
from ynpolicy.sheets import decimal_text, split_members
from ynpolicy.tables import write_form
from ynpolicy.values import Interval, Missing, SymbolSet, exact

# ---------------------------------------------------------------- answers


YAML_CASE = f"""
case: 某冶炼项目
id: "2022001"
level: 建设项目
as_of: 2022-05-01
facts:
  site.county: 第3县
  site.bank_distance: {{value: 1040.1, unit: m, accuracy: 60, document: 报告书, page: 12,
    date: 2022-01-02, entered_by: 张三}}
  project.nature: [新建, expansion]
  project.activity: {{includes: [{LABEL_WITH_SEPARATOR}], complete: false}}
  project.in_park: 否
  project.accepted_on: 2021-03-04
  project.remark: 备注
  project.recovery: 不适用
  offset.lead: {{sources: [{{value: 1, unit: kg/a, document: 甲}}, {{value: 2, unit: kg/a, document: 乙}}]}}
  offset.zinc: 未知
records:
  justifications: [{{norm: siting.park, document: 论证报告, accepted_by: 省厅, reason: 无园区, since: 2022-01-01}}]
  reviews: [{{norm: siting.strict, reviewer: 李四, date: 2022-04-01, conclusion: 通过}}]
"""


def with_records_and_a_second_source(workbook: Any) -> None:
    sheet = workbook["案件"]
    row = row_of(sheet, "offset.lead")
    sheet.insert_rows(row + 1)
    for column in range(1, 12):
        sheet.cell(row + 1, column).value = sheet.cell(row, column).value
    sheet.cell(row + 1, COLUMN["value"]).value = 2
    sheet.cell(row + 1, COLUMN["document"]).value = "乙"
    for number, values in enumerate(
        (
            (
                "论证",
                "siting.park siting.park的标题",
                "论证报告",
                "省厅",
                dt.datetime(2022, 1, 1),
                None,
                None,
                "无园区",
            ),
            ("审核", "siting.strict", None, "李四", dt.datetime(2022, 4, 1), None, "通过", None),
        ),
        3,
    ):
        for column, value in enumerate(values, 1):
            workbook["记录"].cell(number, column).value = value


def test_a_filled_form_states_the_same_case_as_a_yaml_file(tmp_path: Path) -> None:
    """Every kind of answer, sources, disagreeing sources and records arrive as they do from YAML."""
    answers = {
        "case": "某冶炼项目",
        "id": 2022001,
        "site.county": "第3县",
        "site.bank_distance": {
            "value": 1040.1,
            "accuracy": 60,
            "document": "报告书",
            "page": 12,
            "date": dt.datetime(2022, 1, 2),
            "entered_by": "张三",
        },
        "project.nature": "新建、expansion",
        "project.activity": f"{LABEL_WITH_SEPARATOR}、其他不详",
        "project.in_park": "否",
        "project.accepted_on": dt.datetime(2021, 3, 4),
        "project.remark": "备注",
        "project.recovery": "不适用",
        "offset.lead": {"value": 1, "document": "甲"},
        "offset.zinc": "未知",
    }
    got = case_in(fill(tmp_path / "form.xlsx", answers, with_records_and_a_second_source))
    (raw,) = read_cases(read_text(YAML_CASE, "case.yaml"))
    wanted = normalise(PACK, raw)
    for part in ("id", "title", "level", "as_of", "values", "missing", "texts", "justified", "reviewed", "origins"):
        assert getattr(got, part) == getattr(wanted, part), part
    assert got.values["site.bank_distance"] == Interval(Fraction("980.1"), Fraction("1100.1"))
    assert got.missing["offset.lead"] is Missing.CONFLICT


def test_an_english_form_is_filled_in_english(tmp_path: Path) -> None:
    """Sheet names, columns and words of the English form are read back too."""
    path = tmp_path / "form.xlsx"
    write_form(PACK, "project", path, "en")
    workbook = openpyxl.load_workbook(path)
    sheet: Any = workbook["case"]
    for name, value in {
        "as_of": DAY,
        "project.in_park": "yes",
        "project.activity": "lead, zinc smelting, tin smelting",
        "offset.zinc": "unknown",
    }.items():
        sheet.cell(row_of(sheet, name), COLUMN["value"]).value = value
    workbook.save(path)
    case = case_in(path)
    assert case.values["project.in_park"] is True
    assert case.values["project.activity"] == SymbolSet(frozenset({"pb_zn_smelting", "tin_smelting"}))
    assert case.missing == {"offset.zinc": Missing.UNKNOWN}


@pytest.mark.parametrize(
    ("value", "members"),
    [
        ("无", SymbolSet(frozenset())),
        ("锡冶炼", SymbolSet(frozenset({"tin_smelting"}))),
        (f"锡冶炼；{LABEL_WITH_SEPARATOR}", SymbolSet(frozenset({"tin_smelting", "pb_zn_smelting"}))),
        ("其他、锡冶炼（简）", SymbolSet(frozenset({"tin_smelting", "other"}))),
        ("其他不详", SymbolSet(frozenset(), complete=False)),
    ],
)
def test_sets_are_listed_in_one_cell(tmp_path: Path, value: str, members: SymbolSet) -> None:
    """A label that holds the separator stays whole; `无` is the empty set, `其他不详` leaves the set open."""
    assert case_in(fill(tmp_path / "form.xlsx", {"project.activity": value})).values["project.activity"] == members


@pytest.mark.parametrize(
    ("fact", "value", "format", "number"),
    [
        ("site.bank_distance", 30000.01, "General", "30000.01"),
        ("site.bank_distance", 0.1 + 0.7, "General", "0.7999999999999999"),
        ("site.bank_distance", 1e-06, "General", "0.000001"),
        ("site.bank_distance", 1000, "0.00E+00", "1000"),
        ("site.bank_distance", "1040.10", "@", "1040.10"),
        ("site.bank_distance", "1.04 km", "@", "1040"),
        ("project.recovery", 0.97, "0%", "97"),
        ("project.recovery", 0.9705, "0.00%", "97.05"),
        ("project.recovery", 97, "General", "97"),
        ("project.recovery", "97%", "@", "97"),
    ],
)
def test_numbers_are_exact(tmp_path: Path, fact: str, value: object, format: str, number: str) -> None:
    """The shortest decimal that names the stored double is taken; a percentage is read in the unit `%`."""

    def show(workbook: Any) -> None:
        sheet = workbook["案件"]
        sheet.cell(row_of(sheet, fact), COLUMN["value"]).number_format = format

    path = fill(tmp_path / "form.xlsx", {fact: value}, show)
    if len(number) > 12:
        with pytest.raises(InputError, match=f"`{number}` has more than six decimals"):
            case_in(path)
    else:
        assert case_in(path).values[fact] == exact(Fraction(number))


def test_another_unit_may_be_written_into_the_unit_column(tmp_path: Path) -> None:
    """Value and accuracy are converted by the unit of their row."""
    answer = {"value": 1.04, "accuracy": 0.06, "unit": "km"}
    case = case_in(fill(tmp_path / "form.xlsx", {"site.bank_distance": answer}))
    assert case.values["site.bank_distance"] == Interval(Fraction(980), Fraction(1100))


def test_rows_may_be_moved(tmp_path: Path) -> None:
    """The hidden name tells which fact a row answers, wherever it stands."""

    def swap(workbook: Any) -> None:
        sheet = workbook["案件"]
        first, second = row_of(sheet, "offset.lead"), row_of(sheet, "project.in_park")
        for column in range(1, 12):
            a, b = sheet.cell(first, column), sheet.cell(second, column)
            a.value, b.value = b.value, a.value

    case = case_in(fill(tmp_path / "form.xlsx", {"offset.lead": 7, "project.in_park": True}, swap))
    assert case.values == {"offset.lead": exact(7), "project.in_park": True}


def test_the_problems_of_the_vocabulary_name_the_cell(tmp_path: Path) -> None:
    """What only the pack can judge is located at the cell as well."""
    path = fill(tmp_path / "form.xlsx", {"site.bank_distance": -1})
    with pytest.raises(InputError) as error:
        case_in(path)
    row = row_of(openpyxl.load_workbook(path)["案件"], "site.bank_distance")
    assert [str(problem.place) for problem in error.value.problems] == [f"form.xlsx!案件!C{row}"]


# ---------------------------------------------------------------- wrong answers


def test_all_problems_are_reported_at_once(tmp_path: Path) -> None:
    """One run names every cell that cannot be used, and says what stands in it."""
    path = fill(
        tmp_path / "form.xlsx",
        {
            "as_of": True,
            "site.county": "第3个县",
            "site.bank_distance": "=1000+40",
            "project.nature": "新建、无",
            "project.activity": "#N/A",
            "level": "=A1",
            "project.in_park": "在\n" * 999,
            "project.accepted_on": dt.datetime(2022, 1, 1, 12, 30),
            "project.recovery": {"value": 90, "page": dt.datetime(2022, 12, 13)},
            "offset.lead": {"document": "甲"},
            "offset.zinc": True,
            "offset.total": DAY,
        },
    )
    sheet = openpyxl.load_workbook(path)["案件"]

    def at(name: str, column: str = "C") -> str:
        return f"form.xlsx!案件!{column}{row_of(sheet, name)}"

    assert sorted(problems_in(path)) == sorted(
        [
            f"{at('as_of')}: `true` is not a date",
            f"{at('site.county')}: `第3个县` is not one of the choices of `site.county`",
            f"{at('site.bank_distance')}: `=1000+40` is a formula",
            f"{at('project.nature')}: `无` stands beside other choices",
            f"{at('project.activity')}: `#N/A` is an error value",
            f"{at('level')}: `=A1` is a formula",
            f"{at('project.in_park')}: `{('在 ' * 999)[:299]}",
            f"{at('project.accepted_on')}: `2022-01-01 12:30:00` has a time of day",
            f"{at('project.recovery', 'G')}: the date `2022-12-13` stands where no date belongs",
            f"{at('offset.lead')}: `offset.lead` has a source but no value",
            f"{at('offset.zinc')}: `true` stands where a number belongs",
            f"{at('offset.total')}: the date `2022-05-01` stands where no date belongs",
        ]
    )


# ---------------------------------------------------------------- laws


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers())
def test_the_text_of_a_number_reads_back_to_it(number: float | int) -> None:
    """The decimal text of a stored number has no exponent and names the same number."""
    text = decimal_text(number)
    assert "e" not in text.lower()
    assert float(text) == number if isinstance(number, float) else int(text) == number


@given(st.lists(st.sampled_from(["甲", "乙、丙", "丁, 戊", "丙"]), max_size=6), st.sampled_from("、，,;；\n"))
def test_listed_members_are_found_again(members: list[str], separator: str) -> None:
    """Known words joined by any separator are split into the same words, those with a separator inside included."""
    assert split_members(f" {separator} ".join(members), {"甲", "乙、丙", "丁, 戊", "丙"}) == members
