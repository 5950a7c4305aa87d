"""The warehouse engine: a table of cases of one level where it lives, through Ibis.

    engine = WarehouseEngine(pack, "project")
    judged = engine.judge(ibis.duckdb.connect("cases.duckdb").table("projects"), date(2022, 6, 1))
    judged.to_parquet("judged.parquet")

The result is a query. It has every row of the table: judged, or marked `rejected` and then without outcomes. DuckDB,
PostgreSQL and Spark run it; whichever holds the table.

Needs the extra `bulk` (ibis-framework with DuckDB), `postgres` for PostgreSQL, and `spark` for Spark.
"""

from __future__ import annotations

try:
    from ynpolicy.engines.warehouse.engine import WarehouseEngine
except ModuleNotFoundError as error:
    if error.name != "ibis":
        raise
    message = "tables in a database need the package `ibis-framework`: pip install 'ynpolicy[bulk]'"
    raise ImportError(message) from None

__all__ = ["WarehouseEngine"]
