"""A table at once, beside what a user would write or install instead: `python tests/benchmarks/columnar.py`.

First the whole project level of the plan at each size, beside the plain scan of the columns that it reads. Then sixteen
of its norms beside the same norms written by hand in Polars and in SQL for DuckDB, with the same outputs, which are
compared row for row. Then twenty rules beside OpenFisca, and the batch calls of zen-engine and cedarpy, each at the
largest size that it finishes in 60 s. All take their turn in each round; medians of five, in nanoseconds a row a norm,
by the clock and by processor time (both cores). Peak memory is that of a process of its own, tables included.
Install the peers with `pip install ynpolicy[bench]`.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parents[2]))

import duckdb
import polars as pl
from attrs import evolve

from tests.benchmarks.columnar_peers import compare_peers
from tests.benchmarks.drawn_tables import draw_table
from tests.benchmarks.hand_written import NORMS, in_polars, in_sql
from ynpolicy.engines.columnar import ColumnarEngine
from ynpolicy.ir import Pack
from ynpolicy.loader import load_pack

PACK: Final = "yunnan-14fyp"
LEVEL: Final = "project"
HOME: Final = "530000"
DAY: Final = date(2023, 6, 1)
RUNS: Final = 5
SIZES: Final = (100_000, 1_000_000, 10_000_000)

Work = Callable[[], object]


def scan(table: pl.DataFrame, columns: list[str]) -> pl.LazyFrame:
    """Every value of the columns read once."""
    types = {name: table.schema[name] for name in columns}
    reads = [
        pl.col(name).to_physical().max()
        if isinstance(dtype, pl.Enum)
        else pl.col(name).sum()
        if dtype != pl.Date()
        else pl.col(name).max()
        for name, dtype in types.items()
    ]
    return table.lazy().select(reads)


def streamed(frame: pl.LazyFrame) -> Work:
    """The frame computed by Polars' streaming engine."""
    return partial(frame.collect, engine="streaming")


def whole_level(pack: Pack, rows: int) -> Iterator[tuple[str, int, Work]]:
    """The engine on the whole level, with and without missing facts, and the scan."""
    engine = ColumnarEngine(pack, LEVEL)
    table = draw_table(engine.layout, rows, HOME)
    norms = len(pack.norms_at(LEVEL))
    read = [name for name in table.columns if name in engine.layout.columns]
    judge = partial(engine.judge, table.lazy(), DAY, normalised=True)
    yield "columnar: outcomes, decision", norms, streamed(judge())
    yield "columnar: and missing facts", norms, streamed(judge(missing="case"))
    yield "plain scan of the columns", norms, streamed(scan(table, read))


def few_norms(pack: Pack, rows: int, check: bool = False) -> Iterator[tuple[str, int, Work]]:
    """The engine, hand-written Polars and hand-written DuckDB on the same norms of one table."""
    few = evolve(pack, norms={id: pack.norms[id] for id in NORMS})
    engine = ColumnarEngine(few, LEVEL)
    table = draw_table(engine.layout, rows, HOME)
    ours = engine.judge(table.lazy(), DAY, normalised=True)
    theirs = in_polars(few, table.lazy())
    if not check:
        yield "columnar, sixteen norms", len(NORMS), streamed(ours)
        yield "Polars by hand", len(NORMS), streamed(theirs)
    database = duckdb.connect(config={"threads": 2})
    statement = "CREATE OR REPLACE TABLE judged AS " + in_sql(few)
    with TemporaryDirectory() as folder:
        path = str(Path(folder) / "cases.parquet")
        table.write_parquet(path)
        database.execute(f"CREATE TABLE cases AS SELECT * FROM '{path}'")
        if check:
            database.execute(statement)
            database.execute(f"COPY (SELECT * FROM judged ORDER BY number) TO '{path}'")
            compare([ours.collect(), theirs.collect(), pl.read_parquet(path)])
    if check:
        yield "columnar, sixteen norms", len(NORMS), streamed(ours)
        yield "Polars by hand", len(NORMS), streamed(theirs)
    yield "DuckDB by hand", len(NORMS), partial(database.execute, statement)


def compare(results: list[pl.DataFrame]) -> None:
    """Ends the run where two results differ in any row."""
    first, *others = (result.select("decision", *NORMS) for result in results)
    for other in others:
        if not first.equals(other):
            raise SystemExit("the engines differ")


def measured(entrants: list[tuple[str, int, Work]], rows: int) -> list[tuple[str, float, float]]:
    """Each one's median time a row a norm, by the clock and by processor time, in nanoseconds."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name, _, _ in entrants}
    for number in range(RUNS + 1):
        for name, _, work in entrants:
            clock, busy = perf_counter(), process_time()
            work()
            if number:
                times[name].append((perf_counter() - clock, process_time() - busy))
    return [
        (name, *(median(column) * 1e9 / rows / norms for column in zip(*times[name], strict=True)))
        for name, norms, _ in entrants
    ]


GROUPS: Final[dict[str, Callable[[Pack, int], Iterator[tuple[str, int, Work]]]]] = {
    "whole": whole_level,
    "few": few_norms,
}


def alone(group: str, name: str, rows: int) -> int:
    """The peak memory in MiB of a process that does one piece of work once."""
    command = [sys.executable, __file__, "--only", group, name, "--sizes", str(rows)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    return int(run.stdout)


def only(group: str, name: str, rows: int) -> None:
    """Does one piece of work and prints the peak memory."""
    for found, _, work in GROUPS[group](load_pack(PACK), rows):
        if found == name:
            work()
            break
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--only", nargs=2, metavar=("GROUP", "NAME"), help="one piece of work, for its memory")
    parser.add_argument("--no-peers", action="store_true")
    options = parser.parse_args()
    if options.only:
        only(*options.only, options.sizes[0])
        return
    pack = load_pack(PACK)
    print(f"{'':32} {'rows':>10} {'ns/row/norm':>12} {'processor':>10} {'peak MiB':>9}")
    for rows in options.sizes:
        for group, make in GROUPS.items():
            extra: dict[str, Any] = {"check": True} if group == "few" and rows <= 1_000_000 else {}
            for name, clock, busy in measured(list(make(pack, rows, **extra)), rows):
                print(f"{name:32} {rows:10} {clock:12.2f} {busy:10.2f} {alone(group, name, rows):9}", flush=True)
    if not options.no_peers:
        compare_peers()


if __name__ == "__main__":
    main()
