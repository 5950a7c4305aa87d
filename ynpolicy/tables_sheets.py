"""A sheet of a workbook row by row, its cells as texts: what is held in memory does not grow with the rows.

Only the texts that cells share are held, as the format has it.
"""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from ynpolicy.errors import InputError, Place, Problem, nearest
from ynpolicy.sheets import CASE_SHEET, decimal_text
from ynpolicy.tables_results import check_office

LARGEST_PART: Final = 2**33
"""No part of a workbook may unpack to more bytes, and the texts that cells share to no more than a tenth of that."""

_SHARED: Final = "xl/sharedStrings.xml"
_ENCRYPTED: Final = b"\xd0\xcf\x11\xe0"
_PIECE: Final = 2**20
_OVERLAP: Final = 64
_MERGED: Final = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*?\bref="([A-Z]+)([0-9]+)(?::([A-Z]+)([0-9]+))?"')
_PROLOGUE: Final = 2**16


@frozen
class Merged:
    """Cells that are merged: their address, and the first and the last of their rows."""

    address: str
    first_row: int
    last_row: int


class SheetFile:
    """One sheet of a workbook: the one named, or else the first.

    Raises `InputError`: the file cannot be read, is encrypted, damaged, too large or no workbook, has no such sheet, or
    is a form for one case; openpyxl is not installed.
    """

    def __init__(self, path: Path, sheet: str = "") -> None:
        check_office(str(path))
        self._path = path
        _check_archive(path)
        with self._opened() as workbook:
            names = [worksheet.title for worksheet in workbook.worksheets]
            if not sheet and any(name in (CASE_SHEET.zh, CASE_SHEET.en) for name in names):
                help = "check it by `ynpolicy check`, or name the sheet to read"
                raise _refused(path, "the workbook is a form for one case", help)
            if sheet and sheet not in names:
                help = nearest(sheet, names) or f"the sheets here are {', '.join(f'`{name}`' for name in names)}"
                raise _refused(path, f"there is no sheet `{sheet}`", help)
            if not names:
                raise _refused(path, "the workbook has no sheet", "save it anew with Excel")
            self.title = sheet or names[0]
            worksheet = workbook[self.title]
            self.last_row: int = worksheet.max_row or 0
            self._part: str = worksheet._worksheet_path

    def rows(self) -> Iterator[tuple[int, list[str | None]]]:
        """The rows in order, each with its number. Raises `InputError` where the sheet is damaged."""
        with self._opened() as workbook:
            worksheet = workbook[self.title]
            worksheet.reset_dimensions()  # what a sheet says of its size may be wrong, and rows would be left out
            try:
                for number, row in enumerate(worksheet.iter_rows(), 1):
                    yield number, [_text(cell) for cell in row]
            except (GeneratorExit, InputError):
                raise
            except Exception as error:  # openpyxl raises a dozen kinds of error on a damaged sheet
                help = "open it in Excel and save it anew"
                raise _refused(self._path, f"the sheet is damaged: {error}", help, self.title) from None

    def merged(self) -> list[Merged]:
        """The cells of the sheet that are merged."""
        found: list[Merged] = []
        with zipfile.ZipFile(self._path) as archive, archive.open(self._part.lstrip("/")) as part:
            held = b""
            while piece := part.read(_PIECE):
                held += piece
                end = 0
                for match in _MERGED.finditer(held):
                    first, row, last, last_row = (text.decode() if text else "" for text in match.groups())
                    address = f"{first}{row}:{last}{last_row}" if last else f"{first}{row}"
                    found.append(Merged(address, int(row), int(last_row or row)))
                    end = match.end()
                held = held[max(end, len(held) - _OVERLAP) :]
        return found

    @contextmanager
    def _opened(self) -> Iterator[Any]:
        import openpyxl

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                workbook = openpyxl.load_workbook(self._path, read_only=True, keep_links=False)
            except OSError as error:
                raise _unreadable(self._path, error) from None
            except Exception as error:  # openpyxl raises a dozen kinds of error on a damaged workbook
                help = "open it in Excel and save it anew"
                raise _refused(self._path, f"the workbook is damaged: {error}", help) from None
            try:
                yield workbook
            finally:
                workbook.close()


def _text(cell: Any) -> str | None:
    """A cell as a text: a number as its shortest decimal, a share as a percentage, a day by its digits."""
    if cell.value is not None and cell.data_type == "f":
        return str(getattr(cell.value, "text", cell.value))
    match cell.value:
        case bool() as value:
            return "true" if value else "false"
        case datetime() as value:
            return value.date().isoformat() if value.time() == time.min else value.isoformat(" ")
        case date() as value:
            return value.isoformat()
        case int() | float() as value if "%" in (cell.number_format or ""):
            return decimal_text(Decimal(repr(value)) * 100) + "%"
        case int() | float() as value:
            return decimal_text(value)
    return None if cell.value is None else str(cell.value)


def _check_archive(path: Path) -> None:
    """Refuses what is no workbook, and what could not be read in bounded memory."""
    try:
        with path.open("rb") as file:
            if file.read(4) == _ENCRYPTED:
                help = "remove the password, and save it as .xlsx"
                raise _refused(path, "the file is encrypted, or in the old .xls format", help)
        with zipfile.ZipFile(path) as archive:
            for part in archive.infolist():
                if part.file_size > (LARGEST_PART // 10 if part.filename == _SHARED else LARGEST_PART):
                    raise _refused(path, f"`{part.filename}` is too large for a workbook", "save it as CSV UTF-8")
                if part.filename.endswith((".xml", ".rels")):
                    with archive.open(part) as opened:
                        if b"<!DOCTYPE" in opened.read(_PROLOGUE):
                            message = f"`{part.filename}` declares a document type"
                            raise _refused(path, message, "save it anew with Excel")
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, ValueError, EOFError):
        raise _refused(path, "the file is not an Excel workbook", "give one saved as .xlsx") from None
    except OSError as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: OSError) -> InputError:
    return _refused(path, f"the file cannot be read: {(error.strerror or str(error)).lower()}", "")


def _refused(path: Path, message: str, help: str, sheet: str = "") -> InputError:
    return InputError([Problem(Place(f"{path}!{sheet}" if sheet else str(path)), message, help)])
