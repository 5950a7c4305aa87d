"""A table of sites in a CSV file, with what geometry finds of each written beside it."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import IO, Final, Protocol

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from ynpolicy.errors import InputError, Place, Problem
from ynpolicy.geo.around import Floats
from ynpolicy.geo.bulk import Distances, find_many
from ynpolicy.geo.bulk_rows import Columns, Placed, Said, find_columns, place_points
from ynpolicy.geo.distances import RiverIndex, doubts_of
from ynpolicy.messages import in_chinese
from ynpolicy.whole_files import whole_file

ROWS: Final = 50_000
"""How many rows are held in memory at a time."""

TOLD: Final = 100
"""How many rows that cannot be read are told of one by one; the written table tells of all."""


class Units(Protocol):
    """Something that knows the unit of points: `BoundaryIndex`."""

    def codes(self, lon: Floats, lat: Floats, error: Floats) -> NDArray[np.str_]:
        """The code of the unit of each point, empty where it cannot be told."""


@frozen(eq=False)
class Asked:
    """A fact to be found for each site: a distance to rivers, or a unit."""

    fact: str
    rivers: RiverIndex | None = None
    buffer: Fraction | None = None
    units: Units | None = None

    @property
    def heads(self) -> list[str]:
        """The names of its columns: both bounds and the measured distance in m, the nearest river, whether the site is
        within the law's distance, and the doubts; or the code."""
        parts = ("at_least", "at_most", "measured", "river", "inside", "doubts") if self.rivers else ("code",)
        return [f"{self.fact}.{part}" for part in parts]


@frozen
class TableFound:
    """How many rows there were, how many of them are no points, and the first of these."""

    rows: int
    unread: int
    problems: tuple[Problem, ...]


def locate_table(
    path: Path,
    out: Path,
    asked: Sequence[Asked],
    *,
    lon: str = "",
    lat: str = "",
    said: Said | None = None,
    lang: str = "en",
    progress: Callable[[int, int], None] | None = None,
) -> TableFound:
    """Writes a CSV file with the columns of another one and those of each fact, row for row; blank lines are no rows.

    `lon` and `lat` name the columns to read where their names do not tell. A row that is no point keeps its cells, and
    the last column says why. The encoding (UTF-8 or GBK) and the separator are those of the file that is read.
    `progress` is told how many bytes are done, of how many. The file is written as a whole or not at all.

    Raises `InputError`: a file cannot be read or written, the columns cannot be found, there are no rows.
    """
    if out.exists() and path.exists() and out.samefile(path):
        raise _refused(out, "this is the table that is read", "give another name for the one to be written")
    try:
        size = path.stat().st_size
        encoding = _encoding(path)
        with (
            path.open("rb") as raw,
            whole_file(out) as written,
            TextIOWrapper(written, encoding, newline="") as target,
        ):
            source = TextIOWrapper(raw, encoding, newline="")
            told = None if progress is None else (lambda: progress(min(raw.tell(), size), size))
            return _Table(path, asked, said or Said(), lang).copied(source, target, (lon, lat), told)
    except OSError as error:
        raise _refused(path, f"the file cannot be read: {(error.strerror or str(error)).lower()}", "") from None


class _Table:
    def __init__(self, path: Path, asked: Sequence[Asked], said: Said, lang: str) -> None:
        self._path, self._asked, self._said, self._lang = path, asked, said, lang

    def copied(
        self, source: IO[str], target: IO[str], named: tuple[str, str], told: Callable[[], None] | None
    ) -> TableFound:
        first = source.readline()
        separator = max(",\t;", key=first.count)
        head = next(self._rows([first], separator, 0), ([], 1))[0]
        columns = self._columns(head, named)
        writer = csv.writer(target, delimiter=separator, lineterminator="\r\n" if first.endswith("\r\n") else "\n")
        problem = "problem" if self._lang != "zh" else "问题"
        writer.writerow([*head, *(name for asked in self._asked for name in asked.heads), problem])
        rows, unread, problems = 0, 0, list[Problem]()
        for cells, lines in _chunks(self._rows(source, separator, 1)):
            placed = place_points(cells, lines, len(head), columns, self._said, str(self._path))
            writer.writerows(self._written(cells, len(head), placed))
            rows, unread = rows + len(cells), unread + len(placed.wrong)
            problems += [placed.wrong[row] for row in sorted(placed.wrong)][: TOLD - len(problems)]
            if told is not None:
                told()
        if not rows:
            raise _refused(self._path, "the table has no rows", "write one site a line below the head")
        return TableFound(rows, unread, tuple(problems))

    def _rows(self, source: Iterable[str], separator: str, before: int) -> Iterator[tuple[list[str], int]]:
        """Rows that are not blank, and the lines where they end; `before` lines stand before the first."""
        reader = csv.reader(source, delimiter=separator, strict=True)
        try:
            for cells in reader:
                if cells:
                    yield cells, reader.line_num + before
        except csv.Error as error:
            place = Place(str(self._path), reader.line_num + before, 1)
            raise InputError([Problem(place, f"not well formed: {error}", "save it anew as CSV UTF-8")]) from None

    def _columns(self, head: Sequence[str], named: tuple[str, str]) -> Columns:
        place = Place(str(self._path), 1, 1)
        columns, problems = find_columns(head, place, *named)
        for name in (name for asked in self._asked for name in asked.heads if name in head):
            problems.append(Problem(place, f"the table has a column `{name}` already", "rename it"))
        if columns is None or problems:
            raise InputError(problems)
        return columns

    def _written(self, rows: Sequence[list[str]], width: int, placed: Placed) -> Iterator[list[str]]:
        """Each row with what is found of it; nothing is found of rows that are no points."""
        sound = np.flatnonzero(~np.isnan(placed.lon))
        place = np.full(len(rows), -1)
        place[sound] = np.arange(len(sound))
        found = [list(self._found(asked, placed, sound)) for asked in self._asked]
        empty = [[""] * len(asked.heads) for asked in self._asked]
        for number, cells in enumerate(rows):
            parts = empty if place[number] < 0 else [column[place[number]] for column in found]
            kept = [*cells[:width], *[""] * (width - len(cells))]
            yield [
                *kept,
                *(cell for part in parts for cell in part),
                self._why(placed.wrong.get(number), cells[width:]),
            ]

    def _why(self, problem: Problem | None, surplus: Sequence[str]) -> str:
        if problem is None:
            return ""
        told = in_chinese(problem, {}) if self._lang == "zh" else problem
        return "; ".join((told.message, *(f"`{cell}`" for cell in surplus)))

    def _found(self, asked: Asked, placed: Placed, rows: NDArray[np.intp]) -> Iterator[list[str]]:
        lon, lat, error, extent = (column[rows] for column in (placed.lon, placed.lat, placed.error, placed.extent))
        if asked.rivers is not None:
            distances = find_many(
                asked.rivers, lon, lat, asked.buffer, error=error, extent=extent, doubts=placed.doubts
            )
            yield from _cells(asked.rivers, distances)
        elif asked.units is not None:
            yield from ([code] for code in asked.units.codes(lon, lat, error + extent).tolist())


def _cells(index: RiverIndex, found: Distances) -> Iterator[list[str]]:
    names = [river.name for _, river in index.plan.rivers]
    inside = {1: "true", 0: "false", -1: ""}
    doubts = {number: " ".join(doubt.value for doubt in doubts_of(number)) for number in set(found.doubts.tolist())}
    metres = zip(*(column.tolist() for column in (found.at_least, found.at_most, found.measured)), strict=True)
    rest = zip(*(column.tolist() for column in (found.river, found.inside, found.doubts)), strict=True)
    for lengths, (river, answer, doubt) in zip(metres, rest, strict=True):
        shown = ["" if length != length else f"{length:.2f}" for length in lengths]
        yield [*shown, names[river] if river >= 0 else "", inside[answer], doubts[doubt]]


def _chunks(rows: Iterator[tuple[list[str], int]]) -> Iterator[tuple[list[list[str]], list[int]]]:
    """Rows and their lines, some at a time."""
    while chunk := list(islice(rows, ROWS)):
        yield [cells for cells, _ in chunk], [line for _, line in chunk]


def _encoding(path: Path) -> str:
    """UTF-8, with its mark or without, or else GBK (GB 18030)."""
    with path.open("rb") as file:
        start = file.read(4)
    if not start:
        raise _refused(path, "the file is empty", "")
    for mark in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        if start.startswith(mark):
            raise _refused(path, "the file is in UTF-16", "save it as CSV UTF-8")
    if start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise _refused(path, "the file is an Excel workbook", "save it as CSV UTF-8")
    for encoding in ("utf-8-sig" if start.startswith(codecs.BOM_UTF8) else "utf-8", "gb18030"):
        if _decodes(path, encoding):
            return encoding
    raise _refused(path, "the file is neither UTF-8 nor GBK text", "save it as CSV UTF-8")


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while piece := file.read(2**20):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _refused(path: Path, message: str, help: str) -> InputError:
    return InputError([Problem(Place(str(path)), message, help)])
