"""Long tables as an Excel workbook, written row by row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from attrs import field, frozen

from ynpolicy.errors import InputError, Place, Problem

_FORBIDDEN: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LONGEST: Final = 32_767
"""A cell of Excel holds no more characters."""


@frozen
class Sheet:
    """A sheet: its name, heads, widths of the columns in characters, rows, and how many columns stay in view."""

    name: str
    heads: Sequence[str]
    widths: Sequence[float]
    rows: Iterable[Sequence[object]] = field(eq=False)
    frozen_columns: int = 0


def check_office(where: str) -> None:
    """Refuses where openpyxl is not installed. Raises `InputError`."""
    try:
        import openpyxl  # noqa: F401 - only whether it is there
    except ImportError:
        help = "pip install 'ynpolicy[office]'"
        raise InputError([Problem(Place(where), "Excel files need the package `openpyxl`", help)]) from None


def write_sheets(path: Path, sheets: Sequence[Sheet]) -> None:
    """Writes a workbook; texts stay texts, also where they look like formulas. Raises `OSError`."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    workbook = Workbook(write_only=True)
    font, fill = Font(bold=True), PatternFill("solid", fgColor="D9E2EC")
    for sheet in sheets:
        written = workbook.create_sheet(sheet.name)
        written.freeze_panes = f"{get_column_letter(sheet.frozen_columns + 1)}2"
        for number, width in enumerate(sheet.widths, 1):
            written.column_dimensions[get_column_letter(number)].width = width

        def text_cell(value: str, sheet: Any = written) -> Any:
            cell = WriteOnlyCell(sheet, value=value)
            cell.data_type = "s"
            return cell

        heads = []
        for head in sheet.heads:
            cell = text_cell(_clean(head))
            cell.font, cell.fill, cell.alignment = font, fill, Alignment(wrap_text=True, vertical="top")
            heads.append(cell)
        written.append(heads)
        for row in sheet.rows:
            written.append([text_cell(found) if _risky(found := _plain(value)) else found for value in row])
        written.auto_filter.ref = f"A1:{get_column_letter(len(sheet.heads))}{written._max_row}"
    workbook.save(path)


def _risky(value: object) -> bool:
    return isinstance(value, str) and value.startswith("=")


def _plain(value: object) -> Any:
    """A value as a cell holds it."""
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, Decimal) and value != value.to_integral() and len(value.as_tuple().digits) > 15:
        return str(value)
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.isoformat()
    return value


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("", text)[:_LONGEST]
