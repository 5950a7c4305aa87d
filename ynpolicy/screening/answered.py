"""Answers as the columns that engines on tables read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from ynpolicy.engines.lowering import Layout
from ynpolicy.engines.lowering import columns as names
from ynpolicy.ir import FactType, Kind
from ynpolicy.screening.statements import Question, Stated, Wrong, members_of
from ynpolicy.values import Interval, Missing, SymbolSet


class AnswerColumns:
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
