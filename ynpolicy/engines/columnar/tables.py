"""A table's columns as the engine reads them: which there are, of which types, and what is no column of a case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import polars as pl
from attrs import frozen

from ynpolicy.engines.lowering import Column, Layout
from ynpolicy.engines.lowering.columns import AS_OF_COLUMN, high_end, low_end
from ynpolicy.errors import InputError, Place, Problem, nearest
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

_TABLE: Final = Place("table")


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
    problems = [*_strangers(pack, layout, schema)]
    if not one_date and AS_OF_COLUMN not in schema:
        help = "give the as-of date for the whole table, or a date in each row"
        problems.append(Problem(_TABLE, f"the table has no column `{AS_OF_COLUMN}`", help))
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


def _strangers(pack: Pack, layout: Layout, schema: Mapping[str, pl.DataType]) -> Iterator[Problem]:
    """Columns that look like a fact or a record and are none of the level's, and numbers without both their ends."""
    groups = {name.split(".")[0] for name in pack.facts}
    asked = {name: fact for name, fact in pack.facts.items() if not fact.levels or layout.level in fact.levels}
    for name in schema:
        if name in layout.columns:
            continue
        bare, _, inner = name.removesuffix("]").partition("[")
        group, _, rest = bare.partition(".")
        if bare in ("justified", "reviewed") and inner:
            help = nearest(name, layout.columns) or "it names a norm in principle, or one that asks for review"
            yield Problem(_TABLE, f"column `{name}` records what no norm of a {layout.level} asks for", help)
        elif rest and group in groups:
            fact = asked.get(f"{group}.{rest.split('.')[0]}")
            if fact is None or (inner and inner not in fact.symbols):
                help = nearest(name, layout.columns) or "`ynpolicy facts` lists what may be said"
                yield Problem(_TABLE, f"column `{name}` is no fact of a {layout.level}", help)
    for name in layout.facts:
        ends = [end for end in (low_end(name), high_end(name)) if end in schema]
        if len(ends) == 1:
            yield Problem(_TABLE, f"column `{ends[0]}` stands without the other end", "give both ends of a range")
        elif ends and name in schema:
            help = "keep the exact number, or both ends of its range"
            yield Problem(_TABLE, f"column `{name}` stands beside `{ends[0]}`", help)


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
    return Problem(_TABLE, f"column `{column.name}` is `{given}`", f"it is {wanted(column)}")


def wanted(column: Column) -> str:
    """The types that a column may have, in words."""
    match column.kind:
        case Kind.NUMBER:
            return f"a whole number of 1/{column.scale} of the unit, or a decimal that fits; a float is not exact"
        case Kind.SYMBOL:
            return "text or an enum"
        case Kind.DATE:
            return "a date"
    return "true or false"


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
