"""Normalised cases as a table, for tests and for comparing engines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from ynpolicy.engines.columnar.tables import column_type
from ynpolicy.engines.lowering import Column, Layout
from ynpolicy.engines.lowering import columns as names
from ynpolicy.ir import Case, Kind
from ynpolicy.values import Interval, Missing, SymbolSet, Value


def case_table(layout: Layout, cases: Sequence[Case]) -> pl.DataFrame:
    """Normalised cases of the layout's level as a table with a row each: their ids under `case`, and every column of
    the layout that they fill. Judge it as `normalised`.

    A number that is exact in all cases has one column, else two. Raises `ValueError` for a case of another level, or
    for a number that does not fit its column's decimals.
    """
    if any(case.level != layout.level for case in cases):
        raise ValueError(f"a case is not of the level `{layout.level}`")
    measured = {
        name
        for case in cases
        for name, value in case.values.items()
        if isinstance(value, Interval) and not value.is_exact
    }
    columns = {"case": pl.Series([case.id for case in cases], dtype=pl.String)}
    for name, column in layout.columns.items():
        ends = {names.low_end(column.fact), names.high_end(column.fact)}
        if column.kind is Kind.NUMBER and (name in ends) is not (column.fact in measured):
            continue
        named = frozenset(layout.members.get(column.fact, ()))
        columns[name] = pl.Series([_cell(column, named, case) for case in cases], dtype=column_type(column))
    return pl.DataFrame(columns)


def _cell(column: Column, named: frozenset[str], case: Case) -> Any:
    if column.name == names.AS_OF_COLUMN:
        return case.as_of
    if not column.fact:
        return _record(column.name, case)
    if column.name == names.not_applicable(column.fact):
        return case.missing.get(column.fact) is Missing.NOT_APPLICABLE
    value = case.values.get(column.fact)
    return None if value is None else _known(column, named, value)


def _known(column: Column, named: frozenset[str], value: Value) -> Any:
    match value:
        case SymbolSet(members, complete):
            if column.name == names.complete(column.fact):
                return complete
            symbol = column.name[len(column.fact) + 1 : -1]
            found = symbol in members
            if symbol == names.OTHER:
                found = bool(members - named)
            return found or (False if complete else None)
        case Interval(lo, hi):
            ticks = (hi if column.name == names.high_end(column.fact) else lo) * column.scale
            if ticks.denominator != 1:
                raise ValueError(f"`{column.fact}` does not fit 1/{column.scale}")
            return ticks.numerator
    return value


def _record(name: str, case: Case) -> bool | None:
    kind, _, rest = name.partition("[")
    norm = rest[:-1]
    if kind == "justified":
        return norm in case.justified
    record = case.reviewed.get(norm)
    return None if record is None else record.accepted
