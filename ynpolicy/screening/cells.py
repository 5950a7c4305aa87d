"""The cells of a table as the columns that an engine judges, each cell exactly as a case file would be read.

What is surely plain is read by whole columns. Any other cell is read by `statements`, each text once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

import polars as pl
from attrs import evolve, frozen

from ynpolicy.cases import LEVEL_WORDS
from ynpolicy.engines.lowering import Layout
from ynpolicy.engines.lowering import columns as names
from ynpolicy.errors import InputError, Place, Problem, nearest
from ynpolicy.ir import LEVELS, FactType, Kind, Pack
from ynpolicy.screening.columns import text_of
from ynpolicy.screening.mapping import LEVEL, NOT_APPLICABLE, ColumnMap
from ynpolicy.screening.mapping import Mapping as ColumnMapping
from ynpolicy.screening.numbers import ends_of, ticks_of
from ynpolicy.screening.statements import Question, Stated, Wrong, day_question, members_of
from ynpolicy.screening.streams import LINE, SURPLUS
from ynpolicy.values import Interval, Missing, SymbolSet

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

_PROBLEM: Final = "[problem]"
_REMEMBERED: Final = 200_000


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
        self._schema = dict(schema)
        texts = {source: text_of(source, schema[source]) for source in mapping.sources}
        self._texts = {source: text for source, text in texts.items() if isinstance(text, pl.Expr)}
        self._groups: list[_Group] = []
        for name in dict.fromkeys(column.fact for column in mapping.columns if column.form != LEVEL):
            question = Question(pack.facts[name], mapping.of(name), name in mapping.whole)
            kind = _Numbers if pack.facts[name].kind is Kind.NUMBER else _Distinct
            self._groups.append(kind(question, layout, self._texts, self._schema))
        if mapping.as_of:
            self._groups.append(_Days(mapping.as_of, layout, self._texts, self._schema))
        for column in mapping.columns:
            if column.form == LEVEL:
                self._groups.append(_Levels(column, mapping.level, self._texts))

    @property
    def sources(self) -> tuple[str, ...]:
        """The columns of the source that are read."""
        return self._mapping.sources

    def read(self, frame: pl.DataFrame, first_row: int = 0) -> Read:
        """A part of the table, whose first row is the `first_row`-th of all, counted from 0.

        Every row of `frame` is a row of what is read, in the same order.
        """
        rows = pl.int_range(first_row, first_row + frame.height, dtype=pl.UInt64, eager=True)
        lines = frame[LINE].cast(pl.UInt64) if LINE in frame.columns else rows + 1
        wrong: list[pl.DataFrame] = []
        columns = [self._keys(frame, lines).alias(KEY)]
        numbered = pl.DataFrame({"row": rows, "line": lines})
        for group in self._groups:
            made, problems = group.read(frame)
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


# ---------------------------------------------------------------- groups of columns

Problems = tuple[pl.Series, Sequence[Sequence[Wrong]]]
"""For each row the number of its entry in a list of problems, null where it has none, and the list."""


class _Group(Protocol):
    def read(self, frame: pl.DataFrame) -> tuple[list[pl.Series], Problems | None]:
        """The layout's columns of a fact, and what cannot be read."""


class _Distinct:
    """A fact whose cells are read each text once."""

    def __init__(
        self, question: Question, layout: Layout, texts: Mapping[str, pl.Expr], schema: Mapping[str, pl.DataType]
    ) -> None:
        self._question = question
        self._layout = layout
        self._parts = [f"[{number}]" for number in range(len(question.columns))]
        pairs = zip(self._parts, question.columns, strict=True)
        self._texts = [texts[column.source].alias(part) for part, column in pairs]
        self._made = _Made(question.fact, layout)
        self._known: dict[tuple[str | None, ...], Stated] = {}

    def read(self, frame: pl.DataFrame) -> tuple[list[pl.Series], Problems | None]:
        return self.read_texts(frame.select(self._texts))

    def read_texts(self, texts: pl.DataFrame) -> tuple[list[pl.Series], Problems | None]:
        distinct = texts.unique()
        stated = [self._stated(row) for row in distinct.iter_rows()]
        wrong = [found.wrong for found in stated if found.wrong]
        numbers = iter(range(len(wrong)))
        made = self._made.columns(stated)
        made.append(pl.Series(_PROBLEM, [next(numbers) if found.wrong else None for found in stated], pl.UInt32()))
        lookup = distinct.hstack(made)
        joined = texts.join(lookup, on=self._parts, how="left", nulls_equal=True, maintain_order="left")
        columns = [joined[column.name] for column in made[:-1]]
        return columns, (joined[_PROBLEM], wrong) if wrong else None

    def _stated(self, texts: tuple[str | None, ...]) -> Stated:
        found = self._known.get(texts)
        if found is None:
            found = self._made.fitted(self._question.read(texts), texts, self._question)
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[texts] = found
        return found


class _Numbers:
    """A number: plain cells by whole columns, the others each text once."""

    def __init__(
        self, question: Question, layout: Layout, texts: Mapping[str, pl.Expr], schema: Mapping[str, pl.DataType]
    ) -> None:
        fact = question.fact
        self._name = fact.name
        self._rest = _Distinct(question, layout, texts, schema)
        self._idle = names.not_applicable(fact.name)
        forms = {column.form: column for column in question.columns}
        numbers = {form: column for form, column in forms.items() if form != NOT_APPLICABLE}
        self._parsed = [
            ticks_of(texts[column.source], schema[column.source], column, fact).alias(form)
            for form, column in numbers.items()
        ]
        sources = {form: pl.col(column.source) for form, column in forms.items()}
        self._blank = {form: cell.is_null().alias(f"{form}?") for form, cell in sources.items()}
        blank = {form: pl.col(f"{form}?") for form in forms}
        lo, hi, sure = ends_of(numbers, {form: form for form in numbers}, blank, fact, layout.columns[fact.name].scale)
        if NOT_APPLICABLE in forms:
            idle = blank[NOT_APPLICABLE]
            lo, hi, sure = pl.when(idle).then(lo), pl.when(idle).then(hi), idle & sure
        empty = pl.all_horizontal(list(blank.values()))
        self._ends = [lo.alias("lo"), hi.alias("hi"), (~sure & ~empty).alias("left")]

    def read(self, frame: pl.DataFrame) -> tuple[list[pl.Series], Problems | None]:
        parsed = frame.select(*self._parsed, *self._blank.values())
        ends = parsed.select(self._ends)
        lo, hi, left = ends["lo"], ends["hi"], ends["left"]
        if not left.any():
            return self._columns(lo, hi, None), None
        rows = left.arg_true()
        (low, high, idle), problems = self._rest.read(frame[rows])
        lo, hi = lo.scatter(rows, low), hi.scatter(rows, high)
        none = pl.Series([False], dtype=pl.Boolean).new_from_index(0, frame.height)
        idles = none.scatter(rows, idle) if idle.any() else None
        if problems is None:
            return self._columns(lo, hi, idles), None
        numbers = pl.Series([None], dtype=pl.UInt32).new_from_index(0, frame.height).scatter(rows, problems[0])
        return self._columns(lo, hi, idles), (numbers, problems[1])

    def _columns(self, lo: pl.Series, hi: pl.Series, idle: pl.Series | None) -> list[pl.Series]:
        exact = bool((lo == hi).all())
        ends = (self._name,) if exact else (names.low_end(self._name), names.high_end(self._name))
        columns = [series.alias(name) for series, name in zip((lo, hi), ends, strict=False)]
        return [*columns, idle.alias(self._idle)] if idle is not None else columns


class _Made:
    """The columns of a fact in the layout."""

    def __init__(self, fact: FactType, layout: Layout) -> None:
        self._fact = fact
        self._scale = layout.columns[fact.name].scale if fact.kind is Kind.NUMBER else 1
        self._symbols = layout.columns[fact.name].symbols if fact.kind is Kind.SYMBOL else ()
        self._members = layout.members.get(fact.name, ())
        self._rest = names.member(fact.name, names.OTHER) in layout.columns

    def columns(self, stated: Sequence[Stated]) -> list[pl.Series]:
        """The columns for answers, a row each."""
        values = [found.answer.value if found.answer else None for found in stated]
        idle = [found.answer is not None and found.answer.missing is Missing.NOT_APPLICABLE for found in stated]
        return [*self._values(values), pl.Series(names.not_applicable(self._fact.name), idle, pl.Boolean())]

    def _values(self, values: Sequence[Any]) -> list[pl.Series]:
        name = self._fact.name
        match self._fact.kind:
            case Kind.NUMBER:
                return [
                    pl.Series(end, [_scaled(value, number, self._scale) for value in values], pl.Int64())
                    for number, end in enumerate((names.low_end(name), names.high_end(name)))
                ]
            case Kind.SYMBOLS:
                return self._sets(values)
            case Kind.SYMBOL:
                return [pl.Series(name, values, pl.Enum(self._symbols))]
            case Kind.DATE:
                return [pl.Series(name, values, pl.Date())]
        return [pl.Series(name, values, pl.Boolean())]

    def _sets(self, values: Sequence[Any]) -> list[pl.Series]:
        rows = [members_of(value, self._members) if isinstance(value, SymbolSet) else None for value in values]
        name = self._fact.name
        columns = [
            pl.Series(names.member(name, symbol), [row and row[0][number] for row in rows], pl.Boolean())
            for number, symbol in enumerate(self._members)
        ]
        if self._rest:
            columns.append(pl.Series(names.member(name, names.OTHER), [row and row[1] for row in rows], pl.Boolean()))
        whole = [value.complete if isinstance(value, SymbolSet) else None for value in values]
        return [*columns, pl.Series(names.complete(name), whole, pl.Boolean())]

    def fitted(self, stated: Stated, texts: Sequence[str | None], question: Question) -> Stated:
        """What is stated, refused where it has more decimals than its column."""
        value = stated.answer.value if stated.answer else None
        if not isinstance(value, Interval) or all((end * self._scale).denominator == 1 for end in (value.lo, value.hi)):
            return stated
        decimals = len(str(self._scale)) - 1
        column, text = next((c, t) for c, t in zip(question.columns, texts, strict=True) if t and t.strip())
        message = f"`{self._fact.name}`: `{text.strip() if text else ''}` has more than {decimals} decimals"
        wrong = Wrong(column.source, text or "", message, f"numbers are kept in {self._fact.unit}")
        return Stated(wrong=(wrong,))


def _scaled(value: Any, end: int, scale: int) -> int | None:
    if not isinstance(value, Interval):
        return None
    return int((value.lo, value.hi)[end] * scale)


class _Days:
    """The as-of dates of rows."""

    def __init__(
        self, source: str, layout: Layout, texts: Mapping[str, pl.Expr], schema: Mapping[str, pl.DataType]
    ) -> None:
        self._source = source
        self._days = _Distinct(day_question(source), layout, texts, schema)

    def read(self, frame: pl.DataFrame) -> tuple[list[pl.Series], Problems | None]:
        (days, _), problems = self._days.read(frame)
        numbers, wrong = problems or (pl.Series([None], dtype=pl.UInt32).new_from_index(0, frame.height), ())
        absent = days.is_null() & numbers.is_null()
        if not absent.any():
            return [days], problems
        help = "give the day on which the application was accepted"
        without = (Wrong(self._source, "", "the case has no as-of date", help),)
        last = pl.Series([len(wrong)], dtype=pl.UInt32).new_from_index(0, frame.height)
        return [days], (last.zip_with(absent, numbers), [*wrong, without])


class _Levels:
    """The levels of rows: each must be the one that is screened."""

    def __init__(self, column: ColumnMap, level: str, texts: Mapping[str, pl.Expr]) -> None:
        self._source = column.source
        self._level = level
        self._text = texts[column.source].str.strip_chars().alias("text")
        self._own = dict(column.words)

    def read(self, frame: pl.DataFrame) -> tuple[list[pl.Series], Problems | None]:
        texts = frame.select(self._text)
        distinct = texts.unique().to_series().to_list()
        wrong = [(found,) for text in distinct if (found := self._wrong(text)) is not None]
        if not wrong:
            return [], None
        places = pl.DataFrame(
            {"text": [found.found for (found,) in wrong], _PROBLEM: range(len(wrong))},
            schema={"text": pl.String(), _PROBLEM: pl.UInt32()},
        )
        numbers = texts.join(places, on="text", how="left", maintain_order="left")[_PROBLEM]
        return [], (numbers, wrong)

    def _wrong(self, text: str | None) -> Wrong | None:
        words = {word: level for level, aliases in LEVEL_WORDS.items() for word in (level, *aliases)}
        if not text or words.get(self._own.get(text, text)) == self._level:
            return None
        if self._own.get(text, text) in words:
            help = f"screen each level by itself: this is a table of the level {self._level}"
            return Wrong(self._source, text, f"the row is of the level `{text}`", help)
        help = nearest(text, words) or f"write one of {', '.join(LEVELS)}"
        return Wrong(self._source, text, f"unknown level `{text}`", help)


# ---------------------------------------------------------------- problems


def _placed(rows: pl.DataFrame, numbers: pl.Series, wrong: Sequence[Sequence[Wrong]]) -> pl.DataFrame:
    """Problems with the rows that have them, a line each."""
    told = pl.DataFrame(list(_told(wrong)), schema={_PROBLEM: pl.UInt32(), **_TOLD}, orient="row")
    found = rows.with_columns(numbers.alias(_PROBLEM)).filter(pl.col(_PROBLEM).is_not_null())
    joined = found.join(told, on=_PROBLEM, how="left", maintain_order="left_right")
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
