"""The same norms where the tables live, beside the columnar engine: `python tests/benchmarks/warehouse.py`.

The whole project level of the plan, outcomes and decision, on tables that DuckDB, PostgreSQL and Spark hold already,
written to a table there. The query is made once. Each at the largest size that it finishes in 60 s. Noted, with no
claim: what counts is that the rows need not leave the database. PostgreSQL and Spark are real servers, started here as
the tests start them, with no tuning. A server that is not installed is named and left out.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parents[2]))

import polars as pl
import pytest
from attrs import frozen

from tests import servers, warehouses
from tests.benchmarks.drawn_tables import draw_table
from ynpolicy.engines.columnar import ColumnarEngine
from ynpolicy.engines.warehouse import WarehouseEngine
from ynpolicy.ir import Pack
from ynpolicy.loader import load_pack

PACK: Final = "yunnan-14fyp"
LEVEL: Final = "project"
HOME: Final = "530000"
DAY: Final = date(2023, 6, 1)
SIZES: Final = (10_000, 100_000, 1_000_000)
LIMIT: Final = 60.0
TRIED: Final = 4
"""A size is tried that would take so many times the limit if its cost grew with the rows: much of it is fixed."""


@frozen
class Job:
    """The work on a table, and the decisions that stand in its result, each with its rows."""

    work: Callable[[], Any]
    decisions: Callable[[], pl.DataFrame]


Prepare = Callable[[pl.DataFrame], Job]
"""Puts a table where it lives."""

COUNTED: Final = "SELECT decision, count(*) AS len FROM judged GROUP BY decision"


def counted(judged: pl.DataFrame) -> pl.DataFrame:
    return judged.group_by("decision").len()


@contextmanager
def columnar(pack: Pack) -> Iterator[Prepare]:
    engine = ColumnarEngine(pack, LEVEL)

    def prepare(frame: pl.DataFrame) -> Job:
        return Job(partial(engine.judge, frame, DAY, normalised=True), lambda: expected(engine, frame))

    yield prepare


def expected(engine: ColumnarEngine, frame: pl.DataFrame) -> pl.DataFrame:
    return counted(engine.judge(frame, DAY, normalised=True))


@contextmanager
def duckdb(pack: Pack) -> Iterator[Prepare]:
    engine, database = WarehouseEngine(pack, LEVEL), warehouses.duckdb()
    connection: Any = database.table(pl.DataFrame({"row": [0]})).get_backend()
    connection.raw_sql(f"SET threads = {pl.thread_pool_size()}")

    def prepare(frame: pl.DataFrame) -> Job:
        held = connection.create_table("held", database.table(frame), overwrite=True)
        query = connection.compile(engine.judge(held, DAY, normalised=True))
        work = partial(connection.raw_sql, f"CREATE OR REPLACE TABLE judged AS {query}")
        return Job(work, lambda: pl.DataFrame(connection.con.sql(COUNTED).to_arrow_table()))

    yield prepare


@contextmanager
def postgres(pack: Pack) -> Iterator[Prepare]:
    engine = WarehouseEngine(pack, LEVEL)
    with servers.postgres() as server:

        def prepare(frame: pl.DataFrame) -> Job:
            query = server.connection.compile(engine.judge(server.table(frame.head(0)), DAY, normalised=True))
            with (
                server.connection.begin() as cursor,
                cursor.copy("COPY cases FROM STDIN WITH (FORMAT csv)") as copy,
            ):
                copy.write(warehouses.in_a_database(frame).write_csv(include_header=False).encode())

            def work() -> None:
                with server.connection.begin() as cursor:
                    cursor.execute("DROP TABLE IF EXISTS judged")
                    cursor.execute(f"CREATE TABLE judged AS {query}")

            return Job(work, lambda: pl.DataFrame(server.connection.sql(COUNTED).to_pyarrow()))

        yield prepare


@contextmanager
def spark(pack: Pack) -> Iterator[Prepare]:
    engine = WarehouseEngine(pack, LEVEL)
    with servers.spark() as server, TemporaryDirectory() as folder:

        def prepare(frame: pl.DataFrame) -> Job:
            judged = engine.judge(server.table(frame), DAY, normalised=True)
            query = server.session.sql(server.connection.compile(judged))

            def work() -> None:
                shutil.rmtree(f"{folder}/judged", ignore_errors=True)
                query.write.parquet(f"{folder}/judged")

            return Job(work, lambda: counted(pl.read_parquet(f"{folder}/judged/*.parquet", columns=["decision"])))

        yield prepare


WAREHOUSES: Final = {"columnar": columnar, "DuckDB": duckdb, "PostgreSQL": postgres, "Spark": spark}


def best(work: Callable[[], Any], runs: int = 2) -> float:
    """The shortest of some runs, in seconds: the first compiles the query too."""
    seconds = []
    for _ in range(runs):
        begin = perf_counter()
        work()
        seconds.append(perf_counter() - begin)
        if seconds[-1] > LIMIT / 2:
            break
    return min(seconds)


def compare(name: str, found: pl.DataFrame, wanted: pl.DataFrame) -> None:
    """Ends the run where a database decides otherwise than the columnar engine does, or loses a row."""
    one, other = (dict(frame.select(pl.all().cast(pl.Int64)).rows()) for frame in (found, wanted))
    if one != other:
        raise SystemExit(f"{name}: {one} decisions, not {other}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--where", choices=WAREHOUSES, nargs="*", default=list(WAREHOUSES))
    options = parser.parse_args()
    pack = load_pack(PACK)
    engine, norms = ColumnarEngine(pack, LEVEL), len(pack.norms_at(LEVEL))
    print(f"{'':14} {'rows':>10} {'seconds':>9} {'ns/row/norm':>12}")
    for name in options.where:
        try:
            with WAREHOUSES[name](pack) as prepare:
                line, seconds = "", 0.0
                for rows in options.sizes:
                    if seconds * 10 > TRIED * LIMIT:
                        line += f"; {rows} rows would take more than {LIMIT:.0f} s"
                        break
                    frame = draw_table(engine.layout, rows, HOME)
                    job = prepare(frame)
                    seconds = best(job.work)
                    compare(name, job.decisions(), expected(engine, frame))
                    if seconds > LIMIT:
                        line += f"; {rows} rows took {seconds:.0f} s"
                        break
                    line = f"{name:14} {rows:10} {seconds:9.2f} {seconds * 1e9 / rows / norms:12.1f}"
                print(line, flush=True)
        except pytest.skip.Exception as reason:
            print(f"{name:14} {reason}", flush=True)


if __name__ == "__main__":
    main()
