"""A table with one case a row: its columns are facts, called by name, label or alias, and the case's own keys.

A CSV file is UTF-8; of a workbook the first sheet is read.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Final

from attrs import evolve, frozen

from ynpolicy.cases import KEYS, LEVEL_WORDS, RawCase, read_cases
from ynpolicy.documents import Mapping as MappingNode
from ynpolicy.documents import Node, Scalar, decode, read_bytes
from ynpolicy.errors import InputError, Place, Problem, nearest
from ynpolicy.ir import LEVELS, Pack
from ynpolicy.normalise import fact_words
from ynpolicy.sheets import CaseReader, Cell

_HEADS: Final = ("case", "id", "level", "as_of")
_UNIT: Final = re.compile(r"(.+?)\s*[（(]([^（()）]+)[)）]\Z")
WORKBOOKS: Final = (".xlsx", ".xlsm")
"""The workbooks that can be read."""
TABLES: Final = (".csv", *WORKBOOKS)
"""The files that may hold a table of cases."""


@frozen
class CaseTable:
    """The cases of a table, and the columns that name no fact of their levels."""

    cases: tuple[RawCase, ...]
    passed_over: tuple[str, ...]


@frozen
class _Column:
    """What a column holds: a fact, or a key of the case; `unit` is that of its head."""

    key: str
    is_fact: bool
    unit: str = ""


def read_case_table(path: Path, pack: Pack, level: str, problems: list[Problem]) -> CaseTable | None:
    """The cases of a CSV file or of a workbook's first sheet; None where the workbook is a form for one case.

    `level` is that of rows which state none. What is wrong with single cells is added to `problems`.
    Raises `InputError` where the file is no table of cases.
    """
    rows = _csv_rows(path) if path.suffix.lower() == ".csv" else _sheet_rows(path)
    if rows is None:
        return None
    filled = [row for row in rows if not all(cell.is_blank for cell in row)]
    if len(filled) < 2:
        message, help = "the table has no cases", "the first row names the columns, each other row is a case"
        raise InputError([Problem(Place(str(path)), message, help)])
    return RowReader(path, pack, level, filled[0], problems).read(filled[1:])


def _csv_rows(path: Path) -> list[tuple[Cell, ...]]:
    text = decode(read_bytes(path), str(path))
    separator = max(",\t;", key=text.partition("\n")[0].count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator)
    rows: list[tuple[Cell, ...]] = []
    try:
        for cells in reader:
            line = reader.line_num
            rows.append(tuple(Cell(cell, Place(str(path), line, column)) for column, cell in enumerate(cells, 1)))
    except csv.Error as error:
        raise InputError([Problem(Place(str(path), reader.line_num), f"the line cannot be read: {error}")]) from None
    return rows


def _sheet_rows(path: Path) -> list[tuple[Cell, ...]] | None:
    from ynpolicy.tables import read_sheet

    return read_sheet(path)


class RowReader:
    """Reads rows below a `head` as cases; `unnamed` are the columns passed over so far. Problems go to `problems`."""

    def __init__(self, path: Path, pack: Pack, level: str, head: Sequence[Cell], problems: list[Problem]) -> None:
        self.path, self.pack, self.level, self.head, self.problems = path, pack, level, head, problems
        words = {
            name: frozenset(word for symbol in fact.symbols.values() for word in symbol.words)
            for name, fact in pack.facts.items()
        }
        self.cells = CaseReader(words, problems)
        self.columns: dict[str, tuple[_Column | None, ...]] = {}
        self.unnamed: dict[str, None] = {}

    def read(self, rows: Sequence[Sequence[Cell]]) -> CaseTable:
        cases = [case for row in rows for case in self.case(row)]
        if not self.problems and not any(
            column and column.is_fact for found in self.columns.values() for column in found
        ):
            help = "name columns by facts, their labels or aliases: `ynpolicy facts` lists them"
            raise InputError([Problem(self.head[0].place, "no column names a fact", help)])
        return CaseTable(tuple(cases), tuple(self.unnamed))

    def case(self, row: Sequence[Cell]) -> Iterator[RawCase]:
        """The case of a row; none where a cell cannot be read."""
        level = self.level_of(row)
        if level is None:
            return
        heads: list[tuple[Scalar, Node]] = [(Scalar("level", True, row[0].place), Scalar(level, True, row[0].place))]
        facts: list[tuple[Scalar, Node]] = []
        before = len(self.problems)
        for cell in row[len(self.head) :]:
            if not cell.is_blank:
                self.problems.append(Problem(cell.place, "the row has more cells than the head", "name the column"))
        for cell, column in zip(row, self.columns_of(level), strict=False):
            if column is None or cell.is_blank or column.key == "level":
                continue
            key = Scalar(column.key, True, cell.place)
            if column.is_fact:
                fact = self.pack.facts[column.key]
                value = self.cells.value(fact.name, fact.kind, cell, column.unit or fact.unit)
                if value is not None:
                    facts.append((key, self.measured(value, column, cell)))
            else:
                text = self.cells.day(cell) if column.key == "as_of" else self.cells.text(cell)
                heads.append((key, Scalar(text, False, cell.place)))
        heads.append((Scalar("facts", True, row[0].place), MappingNode(tuple(facts), row[0].place)))
        if len(self.problems) == before:
            for case in read_cases(MappingNode(tuple(heads), row[0].place), problems=self.problems):
                yield evolve(case, title=case.title or case.id or str(row[0].place))

    def measured(self, value: Node, column: _Column, cell: Cell) -> Node:
        """A value in the unit of its column's head."""
        if not column.unit or not isinstance(value, Scalar) or not value.plain:
            return value
        parts = ("value", value), ("unit", Scalar(column.unit, False, cell.place))
        return MappingNode(tuple((Scalar(name, True, cell.place), node) for name, node in parts), cell.place)

    def level_of(self, row: Sequence[Cell]) -> str | None:
        """The level of a row; None, and a problem, where none is known."""
        for cell, head in zip(row, self.head, strict=False):
            if _key(head) == "level" and not cell.is_blank:
                text = self.cells.text(cell)
                words = {word: level for level, aliases in LEVEL_WORDS.items() for word in (level, *aliases)}
                if text not in words:
                    help = nearest(text, words) or f"write one of {', '.join(LEVELS)}"
                    self.problems.append(Problem(cell.place, f"unknown level `{text}`", help))
                return words.get(text)
        if not self.level:
            help = "add a column `level` (层级), or give --level for the whole table"
            self.problems.append(Problem(row[0].place, "the case has no level", help))
        return self.level or None

    def columns_of(self, level: str) -> tuple[_Column | None, ...]:
        """What each column holds on a level; a fact that two columns name is a problem, told once."""
        if level not in self.columns:
            words = fact_words(self.pack, level)
            found = tuple(self.column(cell, words) for cell in self.head)
            for index, column in enumerate(found):
                if column is not None and any(other and other.key == column.key for other in found[:index]):
                    message = f"`{column.key}` stands in two columns"
                    self.problems.append(Problem(self.head[index].place, message, "keep one"))
            self.columns[level] = found
        return self.columns[level]

    def column(self, cell: Cell, words: Mapping[str, str]) -> _Column | None:
        if cell.is_blank:
            return None
        text = self.cells.text(cell)
        key = _key(cell)
        if key:
            return _Column(key, False)
        if text in words:
            return _Column(words[text], True)
        split = _UNIT.fullmatch(text)
        if split and split[1] in words and self.pack.facts[words[split[1]]].unit:
            return _Column(words[split[1]], True, split[2])
        self.unnamed[text] = None
        return None


def _key(cell: Cell) -> str:
    """The key of a case that a column's head names; empty for any other."""
    word = str(cell.value).strip()
    return next((key for key in _HEADS if word in (key, *KEYS[key])), "")
