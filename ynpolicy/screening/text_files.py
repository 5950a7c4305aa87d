"""Tables in CSV: UTF-8 or GBK, comma, semicolon or tab, read piece by piece.

A piece ends where a record ends, so that a piece can be read by itself, and reading can begin at any of them.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Sequence
from io import StringIO
from itertools import chain
from pathlib import Path
from typing import IO, Final

import polars as pl
from attrs import frozen

from ynpolicy.errors import InputError, Place, Problem
from ynpolicy.screening.digests import digest_of
from ynpolicy.screening.records import Broken, Records, head_of, is_filled, lines_of, once_each
from ynpolicy.screening.streams import LINE, SURPLUS, cut

PIECE: Final = 2**24
"""How many bytes are read at a time."""

LONGEST: Final = 2**24
"""No record may have more bytes."""

_HELP: Final = "save it anew as CSV UTF-8"
_SNIFFED: Final = 2**20


@frozen
class _Start:
    """Where records begin: the byte, and the number of the line."""

    byte: int
    line: int


class TextSource:
    """A CSV file. `encoding` goes before what it looks like.

    Blank lines, and rows in which every cell is blank, are no rows. Raises `InputError`: the file cannot be read, is
    a workbook, or has no head.
    """

    def __init__(self, path: Path, encoding: str = "", piece: int = PIECE) -> None:
        self.name = str(path)
        self._path, self._piece = path, piece
        try:
            self._size = path.stat().st_size
            self._encoding = _known(encoding, self.name) if encoding else self._looks_like()
            self._read_head()
        except OSError as error:
            raise self._refused(f"the file cannot be read: {(error.strerror or str(error)).lower()}") from None
        self._marks: dict[int, _Start] = {0: self._start}

    # ------------------------------------------------------------ what it is

    @property
    def schema(self) -> dict[str, pl.DataType]:
        return dict.fromkeys(self.head, pl.String())

    @property
    def rows(self) -> None:
        return None

    def about(self) -> int:
        with self._path.open("rb") as file:
            file.seek(self._start.byte)
            sample = file.read(_SNIFFED)
        left = self._size - self._start.byte
        lines = sample.count(b"\n") + (len(sample) == left and not sample.endswith(b"\n") and bool(sample))
        return lines if len(sample) == left else max(1, left * lines // max(1, len(sample)))

    def digest(self) -> str:
        return digest_of([self._path])

    def _looks_like(self) -> str:
        with self._path.open("rb") as file:
            start = file.read(4)
            if not start:
                raise self._refused("the file is empty")
            if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                raise self._refused("the file is in UTF-16", "save it as CSV UTF-8")
            if start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
                raise self._refused(
                    "the file is an Excel workbook", "give it the ending .xlsx, or save it as CSV UTF-8"
                )
            if start.startswith(codecs.BOM_UTF8):
                return "utf-8"
            piece = start + file.read(_SNIFFED)
            while piece.isascii() and (more := file.read(_SNIFFED)):
                piece = more
            piece += file.readline(_SNIFFED)
        return max(("utf-8", "gb18030"), key=lambda encoding: _decodable(piece, encoding))

    def _read_head(self) -> None:
        """The first row that is not blank names the columns; rows above it, as wide as a spreadsheet leaves them, may
        be a title."""
        with self._path.open("rb") as file:
            if file.read(3) != codecs.BOM_UTF8:
                file.seek(0)
            rows = self._first_rows(file)
            first = next(rows, None)
            found = first if first is None or len(first[1]) == 1 else head_of(chain([first], rows))
        if found is None:
            raise self._refused("the table has no cases", "the first row names the columns, each other is a case")
        self._start, cells = found
        self.head = once_each([" ".join((cell or "").split()) for cell in cells])

    def _first_rows(self, file: IO[bytes]) -> Iterator[tuple[_Start, Sequence[str]]]:
        """Rows that are not blank, each with the place behind it: from the first on, while they are sound.

        The first line that is not blank tells the separator.
        """
        line, is_first = 1, True
        while raw := file.readline(LONGEST):
            began = line
            line += 1
            if not raw.strip():
                continue
            if is_first:
                self._separator = max(",\t;", key=self._decoded(raw, began).count)
            while raw.count(b'"') % 2 and len(raw) < LONGEST and (more := file.readline(LONGEST)):
                raw, line = raw + more, line + 1
            try:
                Records(self._separator, 1, self._encoding).end(raw, last=True)
                cells = next(csv.reader(StringIO(self._decoded(raw, began), newline=""), delimiter=self._separator))
            except Broken as broken:
                if is_first:
                    raise self._broken(broken, began) from None
                return
            except InputError:
                if is_first:
                    raise
                return
            if any(cell.strip() for cell in cells):
                is_first = False
                yield _Start(file.tell(), line), cells

    # ------------------------------------------------------------ its rows

    def batches(self, size: int, start_row: int = 0, columns: Sequence[str] | None = None) -> Iterator[pl.DataFrame]:
        row = max(row for row in self._marks if row <= start_row)
        try:
            with self._path.open("rb") as file:
                yield from cut(self._frames(file, row, columns), size, start_row - row)
        except OSError as error:
            raise self._refused(f"the file cannot be read: {(error.strerror or str(error)).lower()}") from None

    def mark(self, row: int) -> tuple[int, ...]:
        found = max(known for known in self._marks if known <= row)
        return found, self._marks[found].byte, self._marks[found].line

    def know(self, mark: Sequence[int]) -> None:
        if mark:
            row, byte, line = mark
            self._marks[row] = _Start(byte, line)

    def _frames(self, file: IO[bytes], row: int, columns: Sequence[str] | None) -> Iterator[pl.DataFrame]:
        start = self._marks[row]
        file.seek(start.byte)
        records = Records(self._separator, len(self.head), self._encoding)
        byte, line, held = start.byte, start.line, b""
        more = True
        while more:
            piece = file.read(self._piece)
            held, more = held + piece, bool(piece)
            try:
                end = records.end(held, last=not more)
                if not end and len(held) > LONGEST:
                    records.end(held, last=True)
                    raise Broken(f"the line has more than {LONGEST:,} bytes", 1, 1)
            except Broken as broken:
                raise self._broken(broken, line) from None
            if end:
                whole, held = held[:end], held[end:]
                frame = self._frame(whole, line, columns, records)
                line, byte, row = line + whole.count(b"\n"), byte + end, row + frame.height
                self._marks[row] = _Start(byte, line)
                yield frame

    def _frame(self, data: bytes, line: int, columns: Sequence[str] | None, records: Records) -> pl.DataFrame:
        text = data if self._encoding == "utf-8" else self._decoded(data, line).encode()
        try:
            frame = records.frame(text, self.head)
        except Broken as broken:
            raise self._broken(broken, line) from None
        except (pl.exceptions.PolarsError, UnicodeDecodeError) as error:
            self._decoded(data, line)
            reason = str(error).partition("\n")[0]
            raise self._broken(Broken(f"not well formed: {reason}", 1, 1), line) from None
        cells = frame.select(self.head)
        lines = (lines_of(text, cells) + line).alias(LINE)
        surplus = [frame[SURPLUS]] if SURPLUS in frame.columns else []
        wanted = cells if columns is None else cells.select(columns)
        return wanted.with_columns(lines, *surplus).filter(is_filled(cells))

    # ------------------------------------------------------------ what is wrong with it

    def _decoded(self, data: bytes, line: int) -> str:
        try:
            return data.decode(self._encoding)
        except UnicodeDecodeError as error:
            before = data[: error.start]
            column = len(before[before.rfind(b"\n") + 1 :].decode(self._encoding, errors="replace")) + 1
            name = "UTF-8" if self._encoding == "utf-8" else "GBK"
            found = " ".join(f"{byte:02x}" for byte in data[error.start : error.start + 2])
            broken = Broken(f"the bytes `{found}` are not {name}", before.count(b"\n") + 1, column)
            raise self._broken(broken, line) from None

    def _broken(self, broken: Broken, line: int) -> InputError:
        """`line` is that of the text in which `broken` counts."""
        place = Place(self.name, line + broken.line - 1, broken.column)
        return InputError([Problem(place, broken.message, _HELP)])

    def _refused(self, message: str, help: str = "") -> InputError:
        return InputError([Problem(Place(self.name), message, help)])


def _decodable(piece: bytes, encoding: str) -> int:
    """How many bytes of the beginning of a text are in an encoding."""
    try:
        codecs.getincrementaldecoder(encoding)().decode(piece)
    except UnicodeDecodeError as error:
        return error.start
    return len(piece)


def _known(encoding: str, name: str) -> str:
    """The name of an encoding that is read."""
    known = {"utf-8": "utf-8", "utf8": "utf-8", "gbk": "gb18030", "gb2312": "gb18030", "gb18030": "gb18030"}
    if encoding.lower() not in known:
        problem = Problem(Place(name), f"unknown encoding `{encoding}`", "it is utf-8 or gbk")
        raise InputError([problem])
    return known[encoding.lower()]
