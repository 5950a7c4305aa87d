"""The cells of a table as the columns that an engine judges, each cell exactly as a case file would be read.

What is surely plain is read by whole columns. Any other cell is read by `statements`, each text once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import polars as pl
from attrs import evolve, frozen

from ynpolicy.engines.lowering import Layout
from ynpolicy.errors import InputError, Place, Problem, nearest
from ynpolicy.ir import Pack
from ynpolicy.screening.columns import text_of
from ynpolicy.screening.mapping import LEVEL
from ynpolicy.screening.mapping import Mapping as ColumnMapping
from ynpolicy.screening.readers import PROBLEM, Group, reader_of
from ynpolicy.screening.row_checks import Days, levels, sums
from ynpolicy.screening.statements import Question, Wrong
from ynpolicy.screening.streams import LINE, SURPLUS

KEY: Final = "case"
"""The column of a read table that names each row."""

UNREAD: Final = "unread"
"""The column of a read table that is true where a row has a cell that cannot be read."""

PROBLEMS: Final[Mapping[str, pl.DataType]] = {
    "row": pl.UInt64(),
    "line": pl.UInt64(),
    "column": pl.String(),
    "found": pl.String(),
    "message": pl.String(),
    "help": pl.String(),
}
"""What is told of a cell that cannot be read: the row counted from 0, its number in the file, the column, the cell."""


@frozen(eq=False)
class Read:
    """A table read: `frame` has the layout's columns, `KEY` and `UNREAD`, a row for each row of the source.

    A number that is exact in all rows has one column, else two.
    """

    frame: pl.DataFrame
    problems: pl.DataFrame


class CellReader:
    """Reads tables with these columns by a mapping.

    Raises `InputError`: the table lacks columns that the mapping names, or has columns of a type that cannot be read.
    """

    def __init__(
        self,
        pack: Pack,
        layout: Layout,
        mapping: ColumnMapping,
        schema: Mapping[str, pl.DataType],
        table: str = "table",
    ) -> None:
        problems = list(_schema_problems(mapping, schema, Place(table)))
        if problems:
            raise InputError(problems)
        self._mapping = mapping
        texts = {source: text_of(source, schema[source]) for source in mapping.sources}
        self._texts = {source: text for source, text in texts.items() if isinstance(text, pl.Expr)}
        self._groups: list[Group] = []
        for name in dict.fromkeys(column.fact for column in mapping.columns if column.form != LEVEL):
            question = Question(pack.facts[name], mapping.of(name), name in mapping.whole)
            self._groups.append(reader_of(question, layout, self._texts, schema))
        if mapping.as_of:
            self._groups.append(Days(mapping.as_of, layout, self._texts))
        for column in mapping.columns:
            if column.form == LEVEL:
                self._groups.append(levels(column, mapping.level, self._texts))
        if mapping.key and schema[mapping.key] == pl.String():
            self._groups.append(sums(mapping.key, self._texts))

    @property
    def sources(self) -> tuple[str, ...]:
        """The columns of the source that are read."""
        return self._mapping.sources

    def read(self, frame: pl.DataFrame, first_row: int = 0) -> Read:
        """A part of the table, whose first row is the `first_row`-th of all, counted from 0.

        Every row of `frame` is a row of what is read, in the same order.
        """
        frame = frame.rechunk()
        rows = pl.int_range(first_row, first_row + frame.height, dtype=pl.UInt64, eager=True)
        lines = frame[LINE].cast(pl.UInt64) if LINE in frame.columns else rows + 1
        wrong: list[pl.DataFrame] = []
        columns = [self._keys(frame, lines).alias(KEY)]
        numbered = pl.DataFrame({"row": rows, "line": lines})
        with ThreadPoolExecutor(pl.thread_pool_size()) as threads:
            found = list(threads.map(lambda group: group.read(frame), self._groups))
        for made, problems in found:
            columns += made
            if problems is not None:
                wrong.append(_placed(numbered, *problems))
        if SURPLUS in frame.columns:
            wrong.append(_surplus(numbered, frame[SURPLUS]))
        told = pl.concat(wrong).sort("row", maintain_order=True) if wrong else pl.DataFrame(schema=PROBLEMS)
        unread = rows.is_in(told["row"].implode()).alias(UNREAD)
        return Read(pl.DataFrame([*columns, unread]), told)

    def _keys(self, frame: pl.DataFrame, lines: pl.Series) -> pl.Series:
        numbers = lines.cast(pl.String)
        if not self._mapping.key:
            return numbers
        named = frame.select(self._texts[self._mapping.key].str.strip_chars()).to_series()
        return named.zip_with((named != "").fill_null(False), numbers)


def _schema_problems(mapping: ColumnMapping, schema: Mapping[str, pl.DataType], place: Place) -> Iterator[Problem]:
    for source in mapping.sources:
        if source not in schema:
            columns = [name for name in schema if name not in (LINE, SURPLUS)]
            help = nearest(source, columns) or f"the columns are {', '.join(columns[:20])}"
            yield Problem(place, f"the table has no column `{source}`", help)
            continue
        text = text_of(source, schema[source])
        if isinstance(text, Problem):
            yield evolve(text, place=place)


# ---------------------------------------------------------------- problems


def _placed(rows: pl.DataFrame, numbers: pl.Series, wrong: Sequence[Sequence[Wrong]]) -> pl.DataFrame:
    """Problems with the rows that have them, a line each."""
    told = pl.DataFrame(list(_told(wrong)), schema={PROBLEM: pl.UInt32(), **_TOLD}, orient="row")
    found = rows.with_columns(numbers.alias(PROBLEM)).filter(pl.col(PROBLEM).is_not_null())
    joined = found.join(told, on=PROBLEM, how="left", maintain_order="left_right")
    return joined.select(PROBLEMS.keys())


_TOLD: Final = {name: dtype for name, dtype in PROBLEMS.items() if name not in ("row", "line")}


def _told(wrong: Iterable[Iterable[Wrong]]) -> Iterator[tuple[int, str, str, str, str]]:
    for number, several in enumerate(wrong):
        for one in several:
            yield number, one.column, one.found, one.message, one.help


def _surplus(rows: pl.DataFrame, cells: pl.Series) -> pl.DataFrame:
    message = "the row has more cells than the head"
    found = rows.with_columns(cells.alias("found")).filter(pl.col("found").is_not_null())
    return found.select(
        "row",
        "line",
        pl.lit("").alias("column"),
        "found",
        pl.lit(message).alias("message"),
        pl.lit("name the column").alias("help"),
    )
