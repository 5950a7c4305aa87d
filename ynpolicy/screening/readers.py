"""The columns of one fact, read together: by whole columns where they are plain, else each text once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, Protocol

import polars as pl

from ynpolicy.answers import Answer
from ynpolicy.engines.lowering import Layout
from ynpolicy.engines.lowering import columns as names
from ynpolicy.ir import Kind
from ynpolicy.screening.answered import AnswerColumns
from ynpolicy.screening.mapping import NOT_APPLICABLE, VALUE
from ynpolicy.screening.numbers import ends_of, respelt_ticks, ticks_of
from ynpolicy.screening.statements import Question, Stated, Wrong

PROBLEM: Final = "[problem]"

_REMEMBERED: Final = 20_000
_DAYS: Final = (date(1900, 1, 1), date(2200, 12, 31))

Problems = tuple[pl.Series, Sequence[Sequence[Wrong]]]
"""For each row the number of its entry in a list of problems, null where it has none, and the list."""


class Group(Protocol):
    def read(self, frame: pl.DataFrame) -> tuple[list[pl.Series], Problems | None]:
        """The layout's columns of a fact, and what cannot be read."""


def reader_of(
    question: Question, layout: Layout, texts: Mapping[str, pl.Expr], schema: Mapping[str, pl.DataType]
) -> Group:
    """What reads the columns of a fact. `texts` are the columns as texts, `schema` their own types."""
    fact, columns = question.fact, question.columns
    if fact.kind is Kind.NUMBER:
        return Numbers(question, layout, texts, schema)
    named = {source for source, dtype in schema.items() if isinstance(dtype, (pl.Enum, pl.Categorical))}
    rest = Distinct(
        question, layout, {source: pl.col(source) if source in named else texts[source] for source in texts}
    )
    types = {Kind.BOOLEAN: pl.Boolean(), Kind.DATE: pl.Date()}
    (column, *others) = columns
    if not others and column.form == VALUE and not column.words and schema[column.source] == types.get(fact.kind):
        return Typed(fact.name, column.source, rest)
    return rest


class Typed:
    """A fact whose column has its own type: truths or days."""

    def __init__(self, name: str, source: str, rest: Distinct) -> None:
        self._name, self._source, self._rest = name, source, rest

    def read(self, frame: pl.DataFrame) -> tuple[list[pl.Series], Problems | None]:
        cells = frame[self._source]
        if cells.dtype == pl.Date and not cells.is_between(*_DAYS).all():
            return self._rest.read(frame)
        return [cells.alias(self._name)], None


class Distinct:
    """A fact whose cells are read each text once."""

    def __init__(self, question: Question, layout: Layout, texts: Mapping[str, pl.Expr]) -> None:
        self._question = question
        self._parts = [f"[{number}]" for number in range(len(question.columns))]
        pairs = zip(self._parts, question.columns, strict=True)
        self._texts = [texts[column.source].alias(part) for part, column in pairs]
        self._made = AnswerColumns(question.fact, layout)
        self._known: dict[tuple[str | None, ...], Stated] = {}

    def read(self, frame: pl.DataFrame) -> tuple[list[pl.Series], Problems | None]:
        return self.read_texts(frame.select(self._texts))

    def read_texts(self, texts: pl.DataFrame) -> tuple[list[pl.Series], Problems | None]:
        distinct = texts.unique()
        stated = [self._stated(row) for row in distinct.iter_rows()]
        wrong = [found.wrong for found in stated if found.wrong]
        numbers = iter(range(len(wrong)))
        made = self._made.columns(stated)
        made.append(pl.Series(PROBLEM, [next(numbers) if found.wrong else None for found in stated], pl.UInt32()))
        lookup = distinct.hstack(made)
        joined = texts.join(lookup, on=self._parts, how="left", nulls_equal=True, maintain_order="left")
        columns = [joined[column.name] for column in made[:-1]]
        return columns, (joined[PROBLEM], wrong) if wrong else None

    def _stated(self, texts: tuple[str | None, ...]) -> Stated:
        found = self._known.get(texts)
        if found is None:
            found = _bare(self._made.fitted(self._question.read(texts), texts, self._question))
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[texts] = found
        return found


def _bare(stated: Stated) -> Stated:
    """What is stated without where it comes from, so that many can be remembered."""
    answer = stated.answer
    return Stated(None, answer and Answer(answer.value, answer.missing, ()), stated.wrong)


class Numbers:
    """A number: plain cells by whole columns, the others each text once."""

    def __init__(
        self, question: Question, layout: Layout, texts: Mapping[str, pl.Expr], schema: Mapping[str, pl.DataType]
    ) -> None:
        fact = question.fact
        self._name = fact.name
        self._rest = Distinct(question, layout, texts)
        self._idle = names.not_applicable(fact.name)
        forms = {column.form: column for column in question.columns}
        numbers = {form: column for form, column in forms.items() if form != NOT_APPLICABLE}
        self._numbers = numbers
        self._fact = fact
        self._parsed = [
            ticks_of(texts[column.source], schema[column.source], column, fact).alias(form)
            for form, column in numbers.items()
        ]
        self._texts = {form: texts[column.source] for form, column in numbers.items()}
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
        lo, hi, left = parsed.select(self._ends)
        if left.any():
            rows = left.arg_true()
            low, high, still = self._respelt(frame[rows], parsed[rows]).select(self._ends)
            lo, hi, left = lo.scatter(rows, low), hi.scatter(rows, high), left.scatter(rows, still)
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

    def _respelt(self, frame: pl.DataFrame, parsed: pl.DataFrame) -> pl.DataFrame:
        """Parsed cells, with those read that are not plain and yet are numbers."""
        texts = frame.select(text.alias(form) for form, text in self._texts.items())
        return parsed.with_columns(
            parsed[form].fill_null(respelt_ticks(texts[form], column, self._fact)).alias(form)
            for form, column in self._numbers.items()
        )

    def _columns(self, lo: pl.Series, hi: pl.Series, idle: pl.Series | None) -> list[pl.Series]:
        exact = bool((lo == hi).all())
        ends = (self._name,) if exact else (names.low_end(self._name), names.high_end(self._name))
        columns = [series.alias(name) for series, name in zip((lo, hi), ends, strict=False)]
        return [*columns, idle.alias(self._idle)] if idle is not None else columns
