"""An Excel case form: written blank for a level of a pack, and read back when a reviewer has filled it in.

The only home of openpyxl, which comes with the extra `office`.
"""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from ynpolicy.documents import Node
from ynpolicy.errors import InputError, Place, Problem, nearest
from ynpolicy.ir import Pack, Text
from ynpolicy.layout import FormCell, FormSheet, lay_out
from ynpolicy.sheets import CASE_SHEET, COLUMNS, LISTS_SHEET, MARK, RECORD_COLUMNS, RECORD_SHEET, CaseReader, Cell, Row
from ynpolicy.whole_files import whole_file

LARGEST_FILE: Final = 5 * 2**20
LARGEST_UNZIPPED: Final = 50 * 2**20
MOST_ROWS: Final = 5000
_MOST_COLUMNS: Final = 256
_LONGEST_ERROR: Final = 225
"""Excel repairs a workbook whose validation message is longer."""

_PIECE: Final = 2**16
_ENCRYPTED: Final = b"\xd0\xcf\x11\xe0"
_FILLS: Final = {"head": "D9E2EC", "group": "EEF2F6", "input": "FFFBE6"}


def _openpyxl(place: Place) -> ModuleType:
    try:
        import openpyxl
    except ImportError:
        help = "pip install 'ynpolicy[office]'"
        raise InputError([Problem(place, "Excel forms need the package `openpyxl`", help)]) from None
    return openpyxl


# ---------------------------------------------------------------- writing


def write_form(pack: Pack, level: str, path: Path | str, lang: str = "zh") -> None:
    """Writes a blank Excel form for a level of a pack; the file is replaced as a whole or not at all.

    Raises `InputError`: openpyxl is not installed, the level has no form, the file cannot be written.
    """
    path = Path(path)
    openpyxl = _openpyxl(Place(str(path)))
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for sheet in lay_out(pack, level, lang):
        _write_sheet(workbook.create_sheet(sheet.name), sheet)
    content = BytesIO()
    workbook.save(content)
    with whole_file(path, "close it if it is open in Excel, and check that the folder exists") as file:
        file.write(content.getvalue())


def _write_sheet(worksheet: Any, sheet: FormSheet) -> None:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.properties import PageSetupProperties

    for cell in sheet.cells:
        _write_cell(worksheet, cell)
    for column, width in enumerate(sheet.widths, 1):
        dimension = worksheet.column_dimensions[get_column_letter(column)]
        if width:
            dimension.width = width
        else:
            dimension.hidden = True
    for row, height in sheet.heights.items():
        worksheet.row_dimensions[row].height = height
    worksheet.sheet_state = "hidden" if sheet.hidden else "visible"
    worksheet.freeze_panes = sheet.freeze or None
    worksheet.page_setup.orientation = "landscape"
    worksheet.page_setup.paperSize = worksheet.PAPERSIZE_A4
    worksheet.page_setup.fitToHeight = 0
    worksheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    if sheet.header_row:
        worksheet.print_title_rows = f"1:{sheet.header_row}"


def _write_cell(worksheet: Any, cell: FormCell) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.worksheet.datavalidation import DataValidation

    target = worksheet.cell(cell.row, cell.column)
    if cell.text:
        target.value = cell.text
        target.data_type = "s"
        target.quotePrefix = cell.text[0] in "=+-@\t\r'"
    target.alignment = Alignment(wrap_text=cell.wrap, vertical="top")
    target.font = Font(bold=cell.style in ("title", "head"), size=14 if cell.style == "title" else 10)
    if cell.style in _FILLS:
        target.fill = PatternFill("solid", fgColor=_FILLS[cell.style])
    if cell.style in ("head", "input", "text"):
        line = Side(style="thin", color="B8C4CE")
        target.border = Border(line, line, line, line)
    if cell.number_format:
        target.number_format = cell.number_format
    if cell.note:
        target.comment = Comment(cell.note, "ynpolicy", width=360, height=min(60 + len(cell.note), 600))
    if cell.allowed is not None:
        rule = cell.allowed
        validation = DataValidation(
            type="list" if rule.is_list else "custom",
            formula1=rule.formula.replace("{cell}", target.coordinate),
            allow_blank=True,
            showErrorMessage=bool(rule.error),
            errorStyle="warning" if rule.warns else "stop",
            error=rule.error[:_LONGEST_ERROR],
        )
        validation.add(target.coordinate)
        worksheet.add_data_validation(validation)


# ---------------------------------------------------------------- reading


def read_form(
    path: Path | str, name: str | None = None, problems: list[Problem] | None = None, content: bytes | None = None
) -> Node:
    """The case that a filled Excel form states, as a node tree in the shape of a YAML case file.

    Every place is a cell, as `form.xlsx!案件!C12`; `name` stands for the file in messages. Blank cells are absent. With
    `content`, the bytes of the file, it is not read again.
    Raises `InputError` with every problem: formulas, error values, merged cells, words that are not choices, a file
    that is encrypted, damaged, too large or no form; openpyxl is not installed. With a list of `problems` those of
    single cells are added to it instead, and what can be read is returned.
    """
    path = Path(path)
    shown = name or str(path)
    _openpyxl(Place(shown))
    reader = _FormReader(_unpacked(_read(path, shown) if content is None else content, shown), shown)
    case = reader.read()
    if problems is not None:
        problems.extend(reader.problems)
    elif reader.problems:
        raise InputError(reader.problems)
    return case


def read_sheet(path: Path | str, name: str | None = None) -> list[tuple[Cell, ...]] | None:
    """The first sheet of a workbook row by row, each row with as many cells; None where the workbook is a case form.

    Raises `InputError` as `read_form` does for a file that is no workbook.
    """
    path = Path(path)
    shown = name or str(path)
    _openpyxl(Place(shown))
    reader = _FormReader(_unpacked(_read(path, shown), shown), shown)
    first, *_ = reader.workbook.worksheets
    if any(worksheet.title in (CASE_SHEET.zh, CASE_SHEET.en) for worksheet in reader.workbook.worksheets):
        return None
    merged = [str(found.coord) for found in first.merged_cells.ranges]
    if merged:
        place, help = Place(f"{shown}!{first.title}"), "unmerge them and fill each row"
        raise InputError([Problem(place, f"the cells `{cells}` are merged", help) for cells in sorted(merged)])
    return [tuple(reader.cell(first, cell) for cell in row) for _, row in reader.lines(first, 1)]


def _refuse(shown: str, message: str, help: str = "") -> InputError:
    return InputError([Problem(Place(shown), message, help)])


def _read(path: Path, shown: str) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise _refuse(shown, f"the file cannot be read: {reason}") from None


def _unpacked(content: bytes, shown: str) -> bytes:
    if len(content) > LARGEST_FILE:
        raise _refuse(shown, "the file is too large for a form", f"at most {LARGEST_FILE:,} bytes are read")
    if content.startswith(_ENCRYPTED):
        help = "remove the password, and save it as .xlsx"
        raise _refuse(shown, "the file is encrypted, or in the old .xls format", help)
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return _repacked(archive, shown)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, ValueError, EOFError, OSError):
        raise _refuse(shown, "the file is not an Excel workbook", "give a form saved as .xlsx") from None


def _repacked(archive: zipfile.ZipFile, shown: str) -> bytes:
    """The archive unpacked in small pieces and packed again, so that no header can hide how large it is."""
    content = BytesIO()
    left = LARGEST_UNZIPPED
    with zipfile.ZipFile(content, "w") as clean:
        for name in dict.fromkeys(archive.namelist()):
            data = bytearray()
            with archive.open(name) as part:
                while piece := part.read(_PIECE):
                    data += piece
                    left -= len(piece)
                    if left < 0:
                        help = f"at most {LARGEST_UNZIPPED:,} bytes are read"
                        raise _refuse(shown, "the file unpacks to more than a form holds", help)
            if b"<!DOCTYPE" in data:
                raise _refuse(shown, f"`{name}` declares a document type", "save it anew with Excel")
            clean.writestr(name, bytes(data))
    return content.getvalue()


class _FormReader:
    def __init__(self, content: bytes, shown: str) -> None:
        self.shown = shown
        self.problems: list[Problem] = []
        self.last_rows: dict[str, int] = {}
        self.scan(content)
        self.workbook = self.load(content, read_only=False)

    def load(self, content: bytes, read_only: bool) -> Any:
        import openpyxl

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return openpyxl.load_workbook(BytesIO(content), read_only=read_only, keep_links=False)
        except Exception as error:  # openpyxl raises a dozen kinds of error on a damaged workbook
            help = "open it in Excel and save it anew"
            raise _refuse(self.shown, f"the workbook is damaged: {error}", help) from None

    def scan(self, content: bytes) -> None:
        """Reads the sheets as a stream, to find the last row of each before anything large is held in memory."""
        for worksheet in self.load(content, read_only=True).worksheets:
            last = 0
            try:
                for number, row in enumerate(worksheet.iter_rows(values_only=True), 1):
                    if any(value is not None for value in row[:_MOST_COLUMNS]):
                        last = number
                        if last > MOST_ROWS:
                            raise _refuse(f"{self.shown}!{worksheet.title}", f"more than {MOST_ROWS:,} rows")
            except InputError:
                raise
            except Exception as error:  # the same dozen kinds, found only while the sheet is read
                help = "open it in Excel and save it anew"
                raise _refuse(f"{self.shown}!{worksheet.title}", f"the sheet is damaged: {error}", help) from None
            self.last_rows[worksheet.title] = last

    def read(self) -> Node:
        """The case, as far as its cells can be read. Raises `InputError` where the sheet itself is no form."""
        case_sheet, record_sheet = self.sheet(CASE_SHEET), self.sheet(RECORD_SHEET)
        place = Place(f"{self.shown}!{case_sheet.title}" if case_sheet else self.shown)
        for worksheet in self.workbook.worksheets:
            if worksheet is not case_sheet and self.header(worksheet, lambda texts: MARK in texts):
                other = Place(f"{self.shown}!{worksheet.title}")
                self.problems.append(Problem(other, "a second form in the workbook", "keep one case in a workbook"))
        rows = self.rows(case_sheet, COLUMNS, lambda texts: MARK in texts) if case_sheet else []
        if not rows:
            raise InputError(self.problems)
        records = []
        if record_sheet:
            wanted = [{text[lang] for text in RECORD_COLUMNS.values()} for lang in ("zh", "en")]
            records = self.rows(record_sheet, RECORD_COLUMNS, lambda texts: any(one <= texts for one in wanted))
        return CaseReader(self.words(), self.problems).case(rows, records, place)

    def sheet(self, title: Text) -> Any:
        for worksheet in self.workbook.worksheets:
            if worksheet.title in (title.zh, title.en):
                return worksheet
        found = ", ".join(f"`{name}`" for name in self.workbook.sheetnames)
        help = nearest(title.zh, self.workbook.sheetnames) or f"the sheets here are {found}"
        self.problems.append(Problem(Place(self.shown), f"there is no sheet `{title.zh}` ({title.en})", help))
        return None

    def header(self, worksheet: Any, fits: Callable[[set[str]], bool]) -> int:
        """The row number of the header, 0 where there is none."""
        for number, row in self.lines(worksheet, 1, 20):
            if fits({str(cell.value).strip() for cell in row if cell.value is not None}):
                return number
        return 0

    def lines(self, worksheet: Any, first: int, last: int = MOST_ROWS) -> Iterator[tuple[int, tuple[Any, ...]]]:
        last = min(last, self.last_rows.get(worksheet.title, 0))
        if last >= first:
            width = min(worksheet.max_column, _MOST_COLUMNS)
            yield from enumerate(worksheet.iter_rows(min_row=first, max_row=last, max_col=width), first)

    def rows(self, worksheet: Any, columns: Mapping[str, Text], fits: Callable[[set[str]], bool]) -> list[Row]:
        place = Place(f"{self.shown}!{worksheet.title}")
        header = self.header(worksheet, fits)
        if not header:
            help = "write the form anew and copy the answers over; its header row and hidden columns must stay"
            self.problems.append(Problem(place, "the header row of the form is not there", help))
            return []
        where: dict[str, int] = {}
        for cell in worksheet[header][:_MOST_COLUMNS]:
            text = str(cell.value).strip()
            key = next((key for key, label in columns.items() if text in (label.zh, label.en)), None)
            if key is not None:
                where.setdefault(key, cell.column - 1)
        for key in columns.keys() - where.keys():
            at = Place(f"{place.file}!{header}:{header}")
            self.problems.append(Problem(at, f"the column `{columns[key].zh}` is not there", "put it back"))
        if columns.keys() - where.keys():
            return []
        for merged in worksheet.merged_cells.ranges:
            if merged.max_row > header and any(merged.min_col <= at + 1 <= merged.max_col for at in where.values()):
                at = Place(f"{place.file}!{merged.start_cell.coordinate}")
                help = "unmerge them and fill each row"
                self.problems.append(Problem(at, f"the cells `{merged.coord}` are merged", help))
        return [
            {key: self.cell(worksheet, row[at]) for key, at in where.items()}
            for _, row in self.lines(worksheet, header + 1)
        ]

    def cell(self, worksheet: Any, cell: Any) -> Cell:
        place = Place(f"{self.shown}!{worksheet.title}!{cell.coordinate}")
        if cell.value is None:
            return Cell(None, place)
        if cell.data_type == "f":
            help = "copy the cell and paste it as a value"
            return Cell(None, place, fault=f"`{str(cell.value)[:60]}` is a formula", fault_help=help)
        if cell.data_type == "e":
            help = "type the value, or clear the cell"
            return Cell(None, place, fault=f"`{cell.value}` is an error value", fault_help=help)
        return Cell(cell.value, place, percent="%" in (cell.number_format or ""))

    def words(self) -> dict[str, frozenset[str]]:
        """Every word that the form's hidden lists accept, by fact."""
        if LISTS_SHEET not in self.workbook.sheetnames:
            return {}
        columns = list(zip(*(row for _, row in self.lines(self.workbook[LISTS_SHEET], 1)), strict=True))
        found: dict[str, frozenset[str]] = {}
        for labels, others in zip(columns[::2], columns[1::2], strict=False):
            words = {word for cell in others[1:] if cell.value is not None for word in str(cell.value).split("\n")}
            found.update(dict.fromkeys(str(labels[0].value).split(), frozenset(words)))
        return found
