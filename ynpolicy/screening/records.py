"""The records of CSV as RFC 4180 has them: a quote only opens a cell or closes it, and is doubled within."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from io import StringIO
from itertools import islice
from typing import Final, TypeVar

import polars as pl
from attrs import frozen

from ynpolicy.screening.streams import SURPLUS


@frozen
class Broken(Exception):
    """Where text is no CSV, and why; `line` and `column` count from 1 within the text."""

    message: str
    line: int
    column: int


class Records:
    """Reads records with this separator, each of `width` cells or fewer; what is beyond is kept apart."""

    def __init__(self, separator: str, width: int, encoding: str = "utf-8") -> None:
        self._separator, self._width, self._encoding = separator, width, encoding
        quoted, sep = rb'"(?:[^"]++|"")*+"', re.escape(separator.encode())
        field = rb'(?:%b|[^"\r\n%b]*+)' % (quoted, sep)
        record = rb"%b(?:%b%b)*+" % (field, sep, field)
        self._whole = re.compile(rb"(?:%b\r?+\n)*+" % record)
        self._last = re.compile(rb"%b\r?+\Z" % record)
        self._begun = re.compile(rb'(?:%b%b)*+(?:"(?:[^"]++|"")*+(?:"\r?+)?|[^"\r\n%b]*+\r?+)\Z' % (field, sep, sep))
        self._sound = re.compile(record)

    def end(self, data: bytes, last: bool) -> int:
        """The byte after the last record that is complete in `data`, which begins with a record.

        `last` says that nothing follows. Raises `Broken` at a quote that stands within a cell or is never closed, and
        at a carriage return that ends no line.
        """
        if b'"' not in data and data.count(b"\r") == data.count(b"\r\n"):
            return len(data) if last else data.rfind(b"\n") + 1
        found = self._whole.match(data)
        end = found.end() if found else 0
        rest = data[end:]
        if last and self._last.match(rest):
            return len(data)
        if not last and self._begun.match(rest):
            return end
        sound = self._sound.match(rest)
        at = end + (sound.end() if sound else 0)
        if self._begun.match(rest):
            at = end + self._opening(rest)
            raise self._broken(data, at, "a quote opens here and never closes")
        lone = data[at : at + 1] == b"\r"
        raise self._broken(data, at, f"a {'carriage return' if lone else 'quote'} stands within a cell")

    def _opening(self, rest: bytes) -> int:
        """Where the quote stands that is never closed."""
        sound = self._sound.match(rest)
        return sound.end() if sound else 0

    def _broken(self, data: bytes, at: int, message: str) -> Broken:
        before = data[:at]
        column = len(before[before.rfind(b"\n") + 1 :].decode(self._encoding, errors="replace")) + 1
        return Broken(message, before.count(b"\n") + 1, column)

    def frame(self, data: bytes, head: Sequence[str]) -> pl.DataFrame:
        """Whole records in UTF-8 as a table of texts, a row for each; an empty cell is null.

        Cells beyond the head that are not blank stand in the column `SURPLUS`. Raises `Broken`, and what Polars raises
        for bytes that are not UTF-8.
        """
        try:
            return self._read(data, head, False)
        except pl.exceptions.PolarsError:
            surplus = self._surplus(data.decode())
        frame = self._read(data, head, True)
        if len(surplus) != frame.height:
            raise Broken("the rows cannot be told apart", 1, 1)
        return frame.with_columns(pl.Series(SURPLUS, surplus, pl.String()))

    def _read(self, data: bytes, head: Sequence[str], ragged: bool) -> pl.DataFrame:
        """A row of empty cells goes before, since Polars takes the first row for the width of all."""
        empty = self._separator.encode() * (self._width - 1) + b"\n"
        frame = pl.read_csv(
            empty + data,
            has_header=False,
            schema=dict.fromkeys(head, pl.String()),
            infer_schema=False,
            separator=self._separator,
            quote_char='"' if b'"' in data else None,
            truncate_ragged_lines=ragged,
        )
        frame = frame.slice(1)
        return frame.with_columns(pl.when(pl.all() != "").then(pl.all())) if b'""' in data else frame

    def _surplus(self, text: str) -> list[str | None]:
        reader = csv.reader(StringIO(text, newline=""), delimiter=self._separator, strict=True)
        try:
            return [_filled(cells[self._width :]) for cells in reader]
        except csv.Error as error:
            raise Broken(f"not well formed: {error}", reader.line_num, 1) from None


def _filled(cells: Iterable[str]) -> str | None:
    return "、".join(cell for cell in cells if cell.strip()) or None


def lines_of(data: bytes, frame: pl.DataFrame) -> pl.Series:
    """The line on which each record begins, counted from 0; a cell may go over several."""
    count = data.count(b"\n") + (not data.endswith(b"\n"))
    rows = pl.int_range(frame.height, dtype=pl.UInt64, eager=True)
    if frame.height == count:
        return rows
    further = frame.select(
        pl.sum_horizontal(pl.all().str.count_matches("\n", literal=True).fill_null(0)).cast(pl.UInt64)
    ).to_series()
    return rows + further.cum_sum() - further


def is_filled(frame: pl.DataFrame) -> pl.Series:
    """Whether a row has a cell that is not blank."""
    blank = pl.int_range(frame.height, eager=True)
    for column in frame.iter_columns():
        blank = blank.filter((column.gather(blank).str.strip_chars() == "").fill_null(True))
        if not blank.len():
            break
    filled = pl.Series([True], dtype=pl.Boolean).new_from_index(0, frame.height)
    return filled.scatter(blank, False) if blank.len() else filled


_Where = TypeVar("_Where")

TITLES: Final = 5
"""So many rows may stand above the head: the table's title, who filled it in."""


def head_of(rows: Iterable[tuple[_Where, Sequence[str | None]]]) -> tuple[_Where, list[str | None]] | None:
    """The row that names the columns, of the first rows that are not blank; None where there is none.

    It is the first that fills at least half as many cells as any of them, and more than one if any does.
    """
    first = [(place, list(cells)) for place, cells in islice(rows, TITLES + 1)]
    filled = [sum(bool(cell and cell.strip()) for cell in cells) for _, cells in first]
    widest = max(filled, default=0)
    for (place, cells), count in zip(first, filled, strict=True):
        if 2 * count >= widest and (count > 1 or widest == 1):
            last = max(at for at, cell in enumerate(cells) if cell and cell.strip())
            return place, cells[: last + 1]
    return None


def once_each(names: Sequence[str]) -> tuple[str, ...]:
    """The names of columns, made different: a column without a name is called by its number, a name that repeats has
    a number behind it."""
    found: list[str] = []
    for number, name in enumerate(names, 1):
        word, times = name or f"#{number}", 1
        while word in found:
            times += 1
            word = f"{name}#{times}"
        found.append(word)
    return tuple(found)
