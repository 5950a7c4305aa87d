"""Databases in which the warehouse engine is tested, and what it says of cases there."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Protocol

import ibis
import polars as pl

from ynpolicy.engines.columnar import ColumnarEngine, case_table
from ynpolicy.engines.warehouse import WarehouseEngine
from ynpolicy.ir import Case, Pack
from ynpolicy.testing.agreement_tables import JudgeTable, TableOpinion, opinions


class Warehouse(Protocol):
    """A database."""

    def table(self, frame: pl.DataFrame) -> Any:
        """A table of Ibis with these rows; the last one made is replaced."""

    def rows(self, query: Any) -> pl.DataFrame:
        """What a query gives, in the order of its column `row`."""


class DuckDB:
    """DuckDB, in this process."""

    def __init__(self) -> None:
        self._connection: Any = ibis.duckdb.connect()

    def table(self, frame: pl.DataFrame) -> Any:
        self._connection.con.register("cases", in_a_database(frame).to_arrow())
        return self._connection.table("cases")

    def rows(self, query: Any) -> pl.DataFrame:
        found = self._connection.con.sql(self._connection.compile(query)).to_arrow_table()
        return pl.DataFrame(found).sort("row")


@cache
def duckdb() -> DuckDB:
    """One DuckDB for all tests of a process."""
    return DuckDB()


def in_a_database(frame: pl.DataFrame) -> pl.DataFrame:
    """A table as a database has it: symbols are text, and a column `row` tells the rows apart."""
    numbered = frame.with_columns(pl.int_range(pl.len()).alias("row"))
    return numbered.with_columns(pl.col(pl.Enum).cast(pl.String))


def rows_in(warehouse: Warehouse) -> JudgeTable:
    """The warehouse engine over a database, on cases each at its own date."""

    def judge(pack: Pack, level: str, cases: Sequence[Case]) -> list[TableOpinion | None]:
        engine, spelling = WarehouseEngine(pack, level), ColumnarEngine(pack, level)
        table = warehouse.table(case_table(engine.layout, cases))
        judged = warehouse.rows(engine.judge(table, missing="finding", normalised=True))
        return list(opinions(pack, level, spelling.named(judged).to_dicts()))

    return judge
