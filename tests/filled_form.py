"""Excel forms of the small pack as a reviewer fills them in, and what is read from them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.small_pack import PACK
from ynpolicy.cases import read_cases
from ynpolicy.errors import InputError
from ynpolicy.ir import Case
from ynpolicy.normalise import normalise
from ynpolicy.tables import read_form, write_form

COLUMN = {"value": 3, "unit": 4, "accuracy": 5, "document": 6, "page": 7, "date": 8, "entered_by": 9, "name": 10}
DAY = dt.datetime(2022, 5, 1)


def row_of(sheet: Any, name: str) -> int:
    """The row of a fact, or of one of the case's own lines, by the hidden column."""
    return next(row for row in range(1, sheet.max_row + 1) if sheet.cell(row, COLUMN["name"]).value == name)


def fill(path: Path, answers: Mapping[str, Any], edit: Callable[[Any], None] = lambda workbook: None) -> Path:
    """A form as a reviewer fills it in: by fact a value, or a mapping of columns to values."""
    write_form(PACK, "project", path)
    workbook = openpyxl.load_workbook(path)
    sheet = workbook["案件"]
    for name, answer in {"as_of": DAY, **answers}.items():
        for column, value in (answer if isinstance(answer, dict) else {"value": answer}).items():
            sheet.cell(row_of(sheet, name), COLUMN[column]).value = value
    edit(workbook)
    workbook.save(path)
    return path


def case_in(path: Path) -> Case:
    """The case that a filled form states, read by the pack's vocabulary."""
    (raw,) = read_cases(read_form(path, "form.xlsx"))
    return normalise(PACK, raw)


def problems_in(path: Path) -> list[str]:
    """What is wrong with a form, each problem as `place: message`."""
    with pytest.raises(InputError) as error:
        read_form(path, "form.xlsx")
    return [f"{problem.place}: {problem.message}" for problem in error.value.problems]
