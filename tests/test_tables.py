"""The Excel form as a file: what a reviewer gets, and what is refused when it comes back."""

from __future__ import annotations

import io
import os
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.filled_form import COLUMN, DAY, case_in, fill, problems_in, row_of
from tests.small_pack import PACK
from ynpolicy.errors import InputError
from ynpolicy.layout import lay_out
from ynpolicy.tables import LARGEST_FILE, MOST_ROWS, read_form, write_form

# ---------------------------------------------------------------- the blank form


def test_a_blank_form_reads_as_a_case_with_everything_absent(tmp_path: Path) -> None:
    """Blank cells are absent, neither false nor zero nor `unknown`."""
    case = case_in(fill(tmp_path / "form.xlsx", {}))
    assert (case.level, case.as_of) == ("project", DAY.date())
    assert (case.values, case.missing) == ({}, {})


def test_a_blank_form_lacks_only_the_date(tmp_path: Path) -> None:
    """As written, a form is a case but for its as-of date."""
    write_form(PACK, "project", tmp_path / "form.xlsx")
    with pytest.raises(InputError) as error:
        case_in(tmp_path / "form.xlsx")
    assert [problem.message for problem in error.value.problems] == ["the case has no as-of date"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_form_asks_every_question_of_its_level(tmp_path: Path, lang: str) -> None:
    """Every fact of the level has one row with its label and unit, and no fact of another level has any."""
    write_form(PACK, "project", tmp_path / "form.xlsx", lang)
    sheet: Any = openpyxl.load_workbook(tmp_path / "form.xlsx").worksheets[0]
    names = [sheet.cell(row, COLUMN["name"]).value for row in range(3, sheet.max_row + 1)]
    asked = [name for name, fact in PACK.facts.items() if "project" in fact.levels]
    assert sorted(name for name in names if name and "." in name) == sorted(asked)
    row = row_of(sheet, "site.bank_distance")
    assert (sheet.cell(row, 1).value, sheet.cell(row, 4).value) == (
        PACK.facts["site.bank_distance"].label[lang],
        "m",
    )
    assert sheet.column_dimensions["J"].hidden
    assert sheet.column_dimensions["K"].hidden
    assert sheet.freeze_panes == "B3"


def test_choices_are_offered_as_lists(tmp_path: Path) -> None:
    """A boolean offers four words; a long list of symbols stands on the hidden sheet, by its Chinese labels."""
    write_form(PACK, "project", tmp_path / "form.xlsx")
    workbook = openpyxl.load_workbook(tmp_path / "form.xlsx")
    sheet = workbook["案件"]
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    assert rules[f"C{row_of(sheet, 'project.in_park')}"].formula1 == '"是,否,未知,不适用"'
    county = rules[f"C{row_of(sheet, 'site.county')}"]
    assert workbook["_lists"].sheet_state == "hidden"
    listed = [cell[0].value for cell in workbook["_lists"][county.formula1.split("!")[1].replace("$", "")]]
    labels = [symbol.label.zh for symbol in PACK.facts["site.county"].symbols.values()]
    assert listed == [*labels, "未知", "不适用"]
    distance = f"C{row_of(sheet, 'site.bank_distance')}"
    assert (rules[distance].type, f"{distance}>=0" in rules[distance].formula1) == ("custom", True)


def test_text_that_looks_like_a_formula_is_text(tmp_path: Path) -> None:
    """A label that starts with `=` is stored as text and marked so that editing it does not make it a formula."""
    write_form(PACK, "project", tmp_path / "form.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "form.xlsx")["案件"]
    cell = sheet.cell(row_of(sheet, "project.remark"), 1)
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=备注", "s", True)
    with zipfile.ZipFile(tmp_path / "form.xlsx") as archive:
        parts = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    assert not any(b"<f>" in part or b"<f " in part for part in parts)


def test_rows_are_as_high_as_their_text() -> None:
    """A question of more lines has a higher row: no program fits rows to wrapped text reliably."""
    sheet = lay_out(PACK, "project", "zh")[0]
    rows = {cell.text: cell.row for cell in sheet.cells if cell.column == 10}
    assert sheet.heights[rows["project.recovery"]] > sheet.heights[rows["site.bank_distance"]]
    assert sheet.heights[rows["site.bank_distance"]] > sheet.heights[rows["project.in_park"]]


def test_a_file_is_replaced_as_a_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the last step fails, the old file is intact and nothing partial is left behind."""
    path = tmp_path / "form.xlsx"
    path.write_bytes(b"old")

    def fail(source: object, target: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(InputError, match="cannot be written: permission denied"):
        write_form(PACK, "project", path)
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["form.xlsx"]


def test_a_level_without_questions_has_no_form(tmp_path: Path) -> None:
    """A level at which the pack asks nothing is refused by name, and no file is written."""
    with pytest.raises(InputError, match="no form for the level `prefecture`"):
        write_form(PACK, "prefecture", tmp_path / "form.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_without_openpyxl_the_error_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both directions say what to install."""
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    for attempt in (lambda: write_form(PACK, "project", tmp_path / "a.xlsx"), lambda: read_form(tmp_path / "a.xlsx")):
        with pytest.raises(InputError) as error:
            attempt()
        assert error.value.problems[0].help == "pip install 'ynpolicy[office]'"


# ---------------------------------------------------------------- what is wrong with a form


def rename(title: str) -> Callable[[Any], None]:
    return lambda workbook: setattr(workbook[title], "title", "Sheet1")


def merge(workbook: Any) -> None:
    row = row_of(workbook["案件"], "offset.lead")
    workbook["案件"].merge_cells(f"C{row}:C{row + 1}")


def copy_sheet(workbook: Any) -> None:
    workbook.copy_worksheet(workbook["案件"])


def drop_names(workbook: Any) -> None:
    workbook["案件"].delete_cols(COLUMN["name"])


def stray_answer(workbook: Any) -> None:
    workbook["案件"].cell(workbook["案件"].max_row + 2, COLUMN["value"]).value = "是"


def far_away(workbook: Any) -> None:
    workbook["案件"].cell(MOST_ROWS + 1, 1).value = "x"


def percent(workbook: Any) -> None:
    sheet = workbook["案件"]
    cell = sheet.cell(row_of(sheet, "offset.lead"), COLUMN["value"])
    cell.value, cell.number_format = 0.5, "0%"


def second_title(workbook: Any) -> None:
    sheet = workbook["案件"]
    sheet.cell(row_of(sheet, "offset.lead"), COLUMN["name"]).value = "as_of"


def wrong_record(workbook: Any) -> None:
    for column, value in enumerate(("审核", "siting.strict", None, "李四", DAY, DAY, "通过"), 1):
        workbook["记录"].cell(3, column).value = value
    workbook["记录"].cell(4, 2).value = "siting.park"


@pytest.mark.parametrize(
    ("edit", "messages"),
    [
        (rename("案件"), ["there is no sheet `案件` (case)"]),
        (rename("记录"), ["there is no sheet `记录` (records)"]),
        (merge, ["are merged"]),
        (copy_sheet, ["a second form in the workbook"]),
        (drop_names, ["the header row of the form is not there"]),
        (stray_answer, ["this row belongs to no fact of the form"]),
        (far_away, ["more than 5,000 rows"]),
        (percent, ["`50%` is not in kg/a"]),
        (second_title, ["`as_of` stands in two rows"]),
        (wrong_record, ["`论证截止日期` does not belong to this record", "no kind of record"]),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_form_that_was_taken_apart_is_refused(
    tmp_path: Path, edit: Callable[[Any], None], messages: list[str]
) -> None:
    """A changed structure is named, never read as fewer answers."""
    answers = {"offset.lead": 1} if edit in (merge, second_title) else {}
    found = problems_in(fill(tmp_path / "form.xlsx", answers, edit))
    for message in messages:
        assert any(message in problem for problem in found), found


def zipped(parts: Mapping[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is not an Excel workbook"),
        (b"case: x\n", "is not an Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "is encrypted, or in the old .xls format"),
        (bytes(LARGEST_FILE + 1), "too large for a form"),
        (zipped({"xl/worksheets/sheet1.xml": bytes(51 * 2**20)}), "unpacks to more than a form holds"),
        (zipped({"a.xml": b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}), "document type"),
        (zipped({"a.txt": b"a"}), "the workbook is damaged"),
        (zipped({"a.xml": b"a" * 2000})[:-40], "is not an Excel workbook"),
    ],
    ids=["empty", "text", "encrypted", "large", "bomb", "entities", "no workbook", "cut off"],
)
def test_a_file_that_is_no_form_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    """Whatever is wrong with the file, the answer is one clear problem and not a traceback."""
    path = tmp_path / "form.xlsx"
    path.write_bytes(content)
    (problem,) = problems_in(path)
    assert message in problem


def test_a_bomb_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    """The sizes that the archive declares are not believed: what counts is what comes out."""
    path = tmp_path / "form.xlsx"
    honest = zipped({"xl/workbook.xml": bytes(60 * 2**20)})
    path.write_bytes(honest.replace((60 * 2**20).to_bytes(4, "little"), (1000).to_bytes(4, "little")))
    (problem,) = problems_in(path)
    assert "is not an Excel workbook" in problem


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The name in the message is the one that was given."""
    assert problems_in(tmp_path / "none.xlsx") == ["form.xlsx: the file cannot be read: no such file or directory"]
