"""A table's columns as the engine reads them, and what is no column of a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from datetime import date
from typing import Any, Final

import ibis
from attrs import frozen

from ynpolicy.engines.lowering import Column, Layout
from ynpolicy.engines.lowering.columns import AS_OF_COLUMN
from ynpolicy.engines.lowering.tables import misplaced, wrong_type
from ynpolicy.engines.warehouse.expressions import MONTH, NARROWER, YEAR, Expression
from ynpolicy.errors import InputError, Problem
from ynpolicy.ir import Kind, Pack

_BEYOND: Final = 2**62
"""Stands for a decimal that is larger than any number that a row may have."""

_LARGEST: Final = 10**10
"""No number that a row may have has so many units."""


@frozen
class Reading:
    """A table as it is read: truths, whole numbers, and numbers of symbols and days, by the name of their column.

    `strange` says of columns of symbols and of dates whether a row holds what is none. All are null where the column
    is, `strange` is never null.
    """

    columns: Mapping[str, Expression]
    strange: Mapping[str, Expression]

    @property
    def at_hand(self) -> Set[str]:
        """The columns that the table has."""
        return self.columns.keys()


def read_table(pack: Pack, layout: Layout, table: Any, one_date: bool) -> Reading:
    """How a table is read.

    Raises `InputError` for columns of a wrong type, columns that look like facts and are none of the level's, and
    a missing as-of date.
    """
    types = dict(table.schema().items())
    problems = list(misplaced(pack, layout, types.keys(), one_date))
    columns: dict[str, Expression] = {}
    strange: dict[str, Expression] = {}
    for name, column in layout.columns.items():
        if name not in types or (one_date and name == AS_OF_COLUMN):
            continue
        found = _read(column, table[name], types[name])
        if isinstance(found, Problem):
            problems.append(found)
            continue
        columns[name] = found
        if column.kind in (Kind.SYMBOL, Kind.DATE) and not types[name].is_null():
            strange[name] = table[name].notnull() & found.isnull()
    if problems:
        raise InputError(problems)
    return Reading(columns, strange)


def _read(column: Column, own: Expression, given: Any) -> Expression | Problem:
    if given.is_null():
        return ibis.null("boolean" if column.kind is Kind.BOOLEAN else NARROWER)
    match column.kind:
        case Kind.NUMBER if given.is_integer() and not (given.is_unsigned_integer() and given.nbytes == 8):
            return own.cast(NARROWER)
        case Kind.NUMBER if given.is_decimal() and given.scale is not None and 10**given.scale <= column.scale:
            small = own.abs() < ibis.literal(_LARGEST, type="int64")
            ticks = (own.cast("decimal(38, 6)") * ibis.literal(column.scale, type="int32")).cast(NARROWER)
            return ibis.cases((small, ticks), (own.notnull(), ibis.literal(_BEYOND, type=NARROWER)))
        case Kind.SYMBOL if given.is_string():
            return numbered(own, column.symbols)
        case Kind.DATE if given.is_date():
            numbers = (own.year(), own.month(), own.day())
            year, month, day = (number.cast(NARROWER) for number in numbers)
            real = own.between(ibis.literal(date.min), ibis.literal(date.max))
            return ibis.cases((real, year * YEAR + month * MONTH + day))
        case Kind.BOOLEAN if given.is_boolean():
            return own
    return wrong_type(column, given)


def numbered(text: Expression, symbols: Sequence[str]) -> Expression:
    """The number that a text has among some symbols; null where it is none of them."""
    if not symbols:
        return ibis.null("int16")
    return text.cases(*((symbol, ibis.literal(place, type="int16")) for place, symbol in enumerate(symbols)))


def column_type(column: Column) -> Any:
    """The type of Ibis in which a column is read without conversion."""
    match column.kind:
        case Kind.NUMBER:
            return ibis.dtype(NARROWER)
        case Kind.SYMBOL:
            return ibis.dtype("string")
        case Kind.DATE:
            return ibis.dtype("date")
    return ibis.dtype("boolean")
