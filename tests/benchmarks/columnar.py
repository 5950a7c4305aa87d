"""A table at once, beside what a user would write or install instead: `python tests/benchmarks/columnar.py`.

First the whole project level of the plan at each size, beside the plain scan of the columns that it reads: a table
judged as a user does it, by `engine.judge(table)`, and the lazy result that the engine gives of a lazy table, made once
and collected. Then sixteen of its norms beside the same norms written by hand in Polars and in SQL for DuckDB, with the
same outputs, which are compared row for row; a ratio is to the faster way of running Polars. Then whether the cost is
linear in rows and in norms. Then twenty rules beside OpenFisca, and the batch calls of zen-engine and cedarpy, each at
the largest size that it finishes in 60 s and 16 GiB.

All take their turn in each round; medians, in nanoseconds a row a norm, by the clock and by processor time (of all
cores together). Each ratio is the median of the rounds' own. Peak memory is what the work adds in a process of its own
to the table that it holds; from file to file it is all that the process has. Install the peers with
`pip install ynpolicy[bench]`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[2]))

import duckdb
import polars as pl
from attrs import evolve

from tests.benchmarks.columnar_peers import compare_peers
from tests.benchmarks.columnar_sweep import sweep
from tests.benchmarks.drawn_tables import draw_table
from tests.benchmarks.hand_written import NORMS, in_polars, in_sql
from tests.benchmarks.measuring import GIB, Work, in_process, measured, middle, peak_of, ratio, this_module
from ynpolicy.engines.columnar import ColumnarEngine
from ynpolicy.ir import Pack
from ynpolicy.loader import load_pack

PACK: Final = "yunnan-14fyp"
LEVEL: Final = "project"
HOME: Final = "530000"
DAY: Final = date(2023, 6, 1)
CHUNK: Final = 1_000_000
SIZES: Final = (100_000, 1_000_000, 10_000_000)
CHECKED: Final = 1_000_000
"""Up to so many rows the results are compared."""
MOST: Final = 4 * GIB
BUDGET: Final = 1.5
"""Nanoseconds a row a norm for outcomes and decision."""
BESIDE: Final = 1.3
"""How long the engine may take for what takes the hand-written Polars one."""

OURS: Final = "judge(table)"
LAZY: Final = "lazy result, collected"
FEW: Final = "sixteen norms: judge(table)"
FEW_LAZY: Final = "sixteen norms: lazy result"
HAND: Final = "by hand: Polars, streaming"
HAND_MEMORY: Final = "by hand: Polars, in memory"
HAND_LAZY: Final = "by hand: Polars, lazy result"
HAND_PLAIN: Final = "by hand: Polars, not optimised"
HAND_SQL: Final = "by hand: DuckDB"
UNWATCHED: Final = (LAZY, FEW_LAZY, HAND_LAZY, HAND_PLAIN)
"""Of which the memory is that of the line before."""
MODULE: Final = "tests.benchmarks.columnar"


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


def collected(frame: pl.LazyFrame, optimised: bool) -> Work:
    """A lazy result computed by Polars' streaming engine, its plan made once."""
    frame.collect_schema()
    flags = pl.QueryOptFlags() if optimised else pl.QueryOptFlags.none()
    return partial(frame.collect, engine="streaming", optimizations=flags)


def whole_level(pack: Pack, rows: int) -> Iterator[tuple[str, Work]]:
    """The engine on the whole level, with and without missing facts, and the scan."""
    engine = ColumnarEngine(pack, LEVEL)
    table = draw_table(engine.layout, rows, HOME)
    read = [name for name in table.columns if name in engine.layout.columns]
    judge = partial(engine.judge, as_of=DAY, normalised=True)
    yield OURS, partial(judge, table)
    yield LAZY, collected(judge(table.lazy()), optimised=False)
    yield "judge(table), missing facts", partial(judge, table, missing="case")
    yield "plain scan of the columns", collected(scan(table, read), optimised=True)


def few_norms(pack: Pack, rows: int, check: bool) -> Iterator[tuple[str, Work]]:
    """The engine, hand-written Polars and hand-written DuckDB on the same norms of one table.

    With `check` their results are compared first.
    """
    few = evolve(pack, norms={id: pack.norms[id] for id in NORMS})
    engine = ColumnarEngine(few, LEVEL)
    table = draw_table(engine.layout, rows, HOME)
    judge = partial(engine.judge, as_of=DAY, normalised=True)
    yield FEW, partial(judge, table)
    yield FEW_LAZY, collected(judge(table.lazy()), optimised=False)
    yield HAND, lambda: in_polars(few, table.lazy()).collect(engine="streaming")
    yield HAND_MEMORY, lambda: in_polars(few, table.lazy()).collect(engine="in-memory")
    yield HAND_LAZY, collected(in_polars(few, table.lazy()), optimised=True)
    yield HAND_PLAIN, collected(in_polars(few, table.lazy()), optimised=False)
    database = duckdb.connect(config={"threads": pl.thread_pool_size()})
    statement = "CREATE OR REPLACE TABLE judged AS " + in_sql(few)
    with TemporaryDirectory() as folder:
        path = str(Path(folder) / "cases.parquet")
        table.write_parquet(path)
        database.execute(f"CREATE TABLE cases AS SELECT * FROM '{path}'")
        if check and rows <= CHECKED:
            database.execute(statement)
            database.execute(f"COPY (SELECT * FROM judged ORDER BY number) TO '{path}'")
            compare([judge(table), in_polars(few, table.lazy()).collect(), pl.read_parquet(path)])
    yield HAND_SQL, partial(database.execute, statement)


def compare(results: list[pl.DataFrame]) -> None:
    """Ends the run where two results differ in any row."""
    first, *others = (result.select("decision", *NORMS) for result in results)
    for other in others:
        if not first.equals(other):
            raise SystemExit("the engines differ")


GROUPS: Final[dict[str, Callable[[Pack, int, bool], Iterator[tuple[str, Work]]]]] = {
    "whole": lambda pack, rows, check: whole_level(pack, rows),
    "few": few_norms,
}


# ---------------------------------------------------------------- what is printed


def line(
    name: str, rows: int, clock: float, busy: float | None = None, memory: int | None = None, end: str = ""
) -> None:
    print(
        f"{name:32} {rows:10} {clock:12.2f} {'' if busy is None else format(busy, '.2f'):>10}"
        f" {'' if memory is None else memory:>9}{end}",
        flush=True,
    )


def within(figure: float, most: float) -> str:
    """Whether a figure keeps its budget."""
    return f"  within {most:g}" if figure <= most else f"  OVER {most:g}"


def measure(pack: Pack, group: str, rows: int) -> None:
    """Prints the figures of a group at a size."""
    norms = len(NORMS) if group == "few" else len(pack.norms_at(LEVEL))
    works = dict(GROUPS[group](pack, rows, True))
    times = measured(works)
    for name in works:
        clock, busy = (seconds * 1e9 / rows / norms for seconds in middle(times[name]))
        memory = None
        if name not in UNWATCHED:
            child = in_process(this_module(MODULE, "--only", group, name, "--sizes", str(rows)))
            memory = int(child.printed)
        line(name, rows, clock, busy, memory, within(clock, BUDGET) if name in (OURS, LAZY) else "")
    if group == "few":
        for name, ours, theirs in (
            ("table", FEW, [HAND, HAND_MEMORY]),
            ("lazy result", FEW_LAZY, [HAND_LAZY, HAND_PLAIN]),
        ):
            clock, busy = ratio(times[ours], *(times[other] for other in theirs))
            line(f"ratio to Polars: {name}", rows, clock, busy, end=f"{'':10}{within(clock, BESIDE)}")


def only(group: str, name: str, rows: int) -> None:
    """Does one piece of work and prints what memory it adds."""
    work = next(work for found, work in GROUPS[group](load_pack(PACK), rows, False) if found == name)
    before, most = peak_of(work)
    print(most - before)


# ---------------------------------------------------------------- from file to file


def from_file(folder: str) -> None:
    """Judges the Parquet files of a folder into another file; prints the seconds that it takes."""
    engine = ColumnarEngine(load_pack(PACK), LEVEL)
    judged = engine.judge(pl.scan_parquet(f"{folder}/cases-*.parquet"), DAY, normalised=True)
    begin = perf_counter()
    judged.sink_parquet(f"{folder}/judged.parquet")
    print(perf_counter() - begin)


def file_to_file(rows: int) -> None:
    """Times the engine from Parquet to Parquet, and checks that no row is lost."""
    engine = ColumnarEngine(load_pack(PACK), LEVEL)
    with TemporaryDirectory() as folder:
        table = draw_table(engine.layout, min(rows, CHUNK), HOME)
        for chunk in range(-(-rows // CHUNK)):
            shifted = table.with_columns(pl.col("number") + chunk * CHUNK)
            shifted.head(rows - chunk * CHUNK).write_parquet(f"{folder}/cases-{chunk:04}.parquet")
        child = in_process(this_module(MODULE, "--folder", folder), seconds=3600)
        if child.stopped:
            raise SystemExit(child.stopped)
        numbers = pl.scan_parquet(f"{folder}/judged.parquet").select("number")
        ordered = numbers.select((pl.col("number") == pl.row_index()).all() & (pl.len() == rows))
        if not ordered.collect(engine="streaming").item():
            raise SystemExit("rows are lost, or out of order")
    norms = len(engine.pack.norms_at(LEVEL))
    line(
        "from Parquet to Parquet",
        rows,
        float(child.printed) * 1e9 / rows / norms,
        None,
        child.peak,
        within(child.peak, MOST),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--only", nargs=2, metavar=("GROUP", "NAME"), help="one piece of work, for its memory")
    parser.add_argument("--folder", help="judge the files of a folder, for its memory")
    parser.add_argument("--file-rows", type=int, default=SIZES[-1], help="rows from file to file; 0 for none")
    parser.add_argument("--no-sweep", action="store_true")
    parser.add_argument("--no-peers", action="store_true")
    options = parser.parse_args()
    if options.only:
        group, name = options.only
        return only(group, name, options.sizes[0])
    if options.folder:
        return from_file(options.folder)
    pack = load_pack(PACK)
    print(f"{'':32} {'rows':>10} {'ns/row/norm':>12} {'processor':>10} {'peak MiB':>9}")
    for rows in options.sizes:
        for group in GROUPS:
            measure(pack, group, rows)
    if options.file_rows:
        file_to_file(options.file_rows)
    if not options.no_sweep:
        sweep(pack, LEVEL, DAY, HOME)
    if not options.no_peers:
        compare_peers()


if __name__ == "__main__":
    main()
