"""A table's columns as the engine reads them: which there are, of which types, and what is no column of a case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl
from attrs import frozen

from ynpolicy.engines.lowering import Column, Layout
from ynpolicy.engines.lowering.columns import AS_OF_COLUMN
from ynpolicy.engines.lowering.tables import misplaced, wrong_type
from ynpolicy.errors import InputError, Problem
from ynpolicy.ir import Kind, Pack

_INTEGERS: Final[Mapping[pl.DataType, pl.DataType]] = {
    pl.Int8(): pl.Int8(),
    pl.Int16(): pl.Int16(),
    pl.Int32(): pl.Int32(),
    pl.Int64(): pl.Int64(),
    pl.UInt8(): pl.Int16(),
    pl.UInt16(): pl.Int32(),
    pl.UInt32(): pl.Int64(),
}
"""Integer columns, and the type in which they are compared."""


@frozen
class Reading:
    """How a table is read: `columns` with the expression that gives the engine's own type, None where it has that.

    `types` are the types of numbers and symbols then; a symbol that is no enum then is the code that it has in one.

    `strange` says of symbol columns that are text whether a row holds what is no symbol of the fact.
    """

    columns: Mapping[str, pl.Expr | None]
    types: Mapping[str, pl.DataType]
    strange: Mapping[str, pl.Expr]


def read_table(pack: Pack, layout: Layout, schema: Mapping[str, pl.DataType], one_date: bool) -> Reading:
    """How a table with these columns is read.

    Raises `InputError` for columns of a wrong type, columns that look like facts and are none of the level's, and
    a missing as-of date.
    """
    problems = [*misplaced(pack, layout, schema.keys(), one_date)]
    columns: dict[str, pl.Expr | None] = {}
    types: dict[str, pl.DataType] = {}
    strange: dict[str, pl.Expr] = {}
    for name, column in layout.columns.items():
        if name not in schema or (one_date and name == AS_OF_COLUMN):
            continue
        found = _read(column, schema[name])
        if isinstance(found, Problem):
            problems.append(found)
            continue
        columns[name] = found
        if column.kind is Kind.NUMBER:
            types[name] = _INTEGERS.get(schema[name], pl.Int64())
        elif column.kind is Kind.SYMBOL:
            types[name] = schema[name] if found is None else pl.UInt32()
            if found is not None:
                strange[name] = pl.col(name).is_not_null() & found.is_null()
    if problems:
        raise InputError(problems)
    return Reading(columns, types, strange)


def _read(column: Column, given: pl.DataType) -> pl.Expr | Problem | None:
    own: pl.Expr = pl.col(column.name)
    if given == (column_type(column) if column.kind is not Kind.NUMBER else _INTEGERS.get(given)):
        return None
    if given == pl.Null():
        return own.cast(pl.UInt32 if column.kind is Kind.SYMBOL else column_type(column))
    match column.kind:
        case Kind.NUMBER if given in _INTEGERS:
            return own.cast(_INTEGERS[given])
        case Kind.NUMBER if isinstance(given, pl.Decimal) and 10**given.scale <= column.scale:
            factor: int = 10**given.scale
            return (own * factor).cast(pl.Int64) * (column.scale // factor)
        case Kind.SYMBOL if isinstance(given, (pl.String, pl.Categorical, pl.Enum)):
            return own.cast(pl.String).cast(pl.Enum(column.symbols), strict=False).to_physical().cast(pl.UInt32)
    return wrong_type(column, given)


def column_type(column: Column) -> pl.DataType:
    """The type in which a column is read without conversion."""
    match column.kind:
        case Kind.NUMBER:
            return pl.Int64()
        case Kind.SYMBOL:
            return pl.Enum(column.symbols)
        case Kind.DATE:
            return pl.Date()
    return pl.Boolean()
