"""Long tables as an Excel workbook, written row by row."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import Any, Final

from attrs import field, frozen

from ynpolicy.errors import InputError, Place, Problem

_FORBIDDEN: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LONGEST: Final = 32_767
"""A cell of Excel holds no more characters."""

_DIGITS: Final = 15
"""Excel keeps no more of a number."""

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_PROPERTIES: Final = "docProps/core.xml"
_TIME: Final = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_PIECE: Final = 2**20


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
    from openpyxl.writer.excel import ExcelWriter

    workbook = Workbook(write_only=True)
    content = path.with_name(f"{path.name}.zip")
    try:
        for sheet in sheets:
            _write(workbook.create_sheet(sheet.name), sheet)
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
            ExcelWriter(workbook, archive).save()
        _without_times(content, path)
    finally:
        content.unlink(missing_ok=True)
        for written in workbook.worksheets:
            with suppress(Exception):
                written.close()


def _write(written: Any, sheet: Sheet) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    def text_cell(value: str) -> Any:
        cell = WriteOnlyCell(written, value=value)
        cell.data_type = "s"
        return cell

    written.freeze_panes = f"{get_column_letter(sheet.frozen_columns + 1)}2"
    for number, width in enumerate(sheet.widths, 1):
        written.column_dimensions[get_column_letter(number)].width = width
    font, fill = Font(bold=True), PatternFill("solid", fgColor="D9E2EC")
    heads = []
    for head in sheet.heads:
        cell = text_cell(_clean(head))
        cell.font, cell.fill, cell.alignment = font, fill, Alignment(wrap_text=True, vertical="top")
        heads.append(cell)
    written.append(heads)
    last = 1
    for row in sheet.rows:
        written.append([text_cell(found) if _risky(found := _plain(value)) else found for value in row])
        last += 1
    written.auto_filter.ref = f"A1:{get_column_letter(len(sheet.heads))}{last}"


def _without_times(workbook: Path, path: Path) -> None:
    """Copies a workbook without the time of its making, so that the same rows give the same bytes."""
    with zipfile.ZipFile(workbook) as made, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as timeless:
        for entry in made.infolist():
            kept = zipfile.ZipInfo(entry.filename, _EPOCH)
            kept.compress_type = zipfile.ZIP_DEFLATED
            kept.file_size = entry.file_size
            with made.open(entry) as source, timeless.open(kept, "w") as target:
                if entry.filename == _PROPERTIES:
                    target.write(_TIME.sub(rb"\g<1>1980-01-01T00:00:00Z", source.read()))
                else:
                    shutil.copyfileobj(source, target, _PIECE)


def _risky(value: object) -> bool:
    return isinstance(value, str) and value.startswith("=")


def _plain(value: object) -> Any:
    """A value as a cell holds it; a number of which Excel would lose digits, and one that is none, as text."""
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, (int, Decimal)) and len(Decimal(value).normalize().as_tuple().digits) > _DIGITS:
        return str(value)
    if isinstance(value, float) and not isfinite(value):
        return str(value)
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.isoformat()
    return value


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("", text)[:_LONGEST]
