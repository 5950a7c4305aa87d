"""A table at once, beside what a user would write or install instead: `python tests/benchmarks/columnar.py`.

First the whole project level of the plan at each size, beside the plain scan of the columns that it reads. Then sixteen
of its norms beside the same norms written by hand in Polars and in SQL for DuckDB, with the same outputs, which are
compared row for row. Then twenty rules beside OpenFisca, and the batch calls of zen-engine and cedarpy, each at the
largest size that it finishes in 60 s. All take their turn in each round; medians, in nanoseconds a row a norm, by the
clock and by processor time (of both cores together). A ratio is the median of the rounds' own ratios, since a busy
machine slows the neighbours of one round alike. Peak memory is what the work adds in a process of its own to the table
that it holds; from file to file it is all that the process has. Install the peers with `pip install ynpolicy[bench]`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time, sleep
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
RUNS: Final = 7
PAUSE: Final = 0.05
"""Seconds between two pieces of work: some libraries go on tidying up on their own threads."""
CHUNK: Final = 1_000_000
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


def measured(entrants: list[tuple[str, int, Work]]) -> dict[str, list[tuple[float, float]]]:
    """Each one's seconds by the clock and by processor time in every round but the first, which warms up."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name, _, _ in entrants}
    for number in range(RUNS + 1):
        for name, _, work in entrants if number % 2 else entrants[::-1]:
            clock, busy = perf_counter(), process_time()
            work()
            if number:
                times[name].append((perf_counter() - clock, process_time() - busy))
            sleep(PAUSE)
    return times


GROUPS: Final[dict[str, Callable[[Pack, int], Iterator[tuple[str, int, Work]]]]] = {
    "whole": whole_level,
    "few": few_norms,
}


# ---------------------------------------------------------------- memory


def in_child(*arguments: str) -> str:
    """What this program prints in a process of its own."""
    return subprocess.run([sys.executable, __file__, *arguments], capture_output=True, text=True, check=True).stdout


def peak_of(work: Work) -> tuple[int, int]:
    """The memory in MiB that the process has before the work, and the most that it has during it (Linux only)."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before = _status("VmRSS")
    work()
    return before, _status("VmHWM")


def _status(key: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{key}:")) // 1024


def only(group: str, name: str, rows: int) -> None:
    """Does one piece of work and prints what memory it adds."""
    for found, _, work in GROUPS[group](load_pack(PACK), rows):
        if found == name:
            before, most = peak_of(work)
            print(most - before)
            return


def from_file(folder: str) -> None:
    """Judges the Parquet files of a folder into another file; prints seconds and the peak memory."""
    engine = ColumnarEngine(load_pack(PACK), LEVEL)
    judged = engine.judge(pl.scan_parquet(f"{folder}/cases-*.parquet"), DAY, normalised=True)
    begin = perf_counter()
    _, most = peak_of(partial(judged.sink_parquet, f"{folder}/judged.parquet"))
    print(perf_counter() - begin, most)


def file_to_file(rows: int) -> None:
    """Times the engine from Parquet to Parquet, and checks that no row is lost."""
    engine = ColumnarEngine(load_pack(PACK), LEVEL)
    with TemporaryDirectory() as folder:
        table = draw_table(engine.layout, min(rows, CHUNK), HOME)
        for chunk in range(-(-rows // CHUNK)):
            shifted = table.with_columns(pl.col("number") + chunk * CHUNK)
            shifted.write_parquet(f"{folder}/cases-{chunk:04}.parquet")
        seconds, most = in_child("--folder", folder).split()
        numbers = pl.read_parquet(f"{folder}/judged.parquet", columns=["number"])["number"]
        if not numbers.equals(pl.Series("number", range(rows))):
            raise SystemExit("rows are lost, or out of order")
    norms = len(engine.pack.norms_at(LEVEL))
    each = float(seconds) * 1e9 / rows / norms
    print(f"{'from Parquet to Parquet':32} {rows:10} {each:12.2f} {'':10} {most:>9}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--only", nargs=2, metavar=("GROUP", "NAME"), help="one piece of work, for its memory")
    parser.add_argument("--folder", help="judge the files of a folder, for its memory")
    parser.add_argument("--file-rows", type=int, default=SIZES[-1], help="rows from file to file; 0 for none")
    parser.add_argument("--no-peers", action="store_true")
    options = parser.parse_args()
    if options.only:
        return only(*options.only, options.sizes[0])
    if options.folder:
        return from_file(options.folder)
    pack = load_pack(PACK)
    print(f"{'':32} {'rows':>10} {'ns/row/norm':>12} {'processor':>10} {'peak MiB':>9}")
    for rows in options.sizes:
        for group, make in GROUPS.items():
            extra: dict[str, Any] = {"check": True} if group == "few" and rows <= 1_000_000 else {}
            entrants = list(make(pack, rows, **extra))
            times = measured(entrants)
            for name, norms, _ in entrants:
                clock, busy = (median(column) * 1e9 / rows / norms for column in zip(*times[name], strict=True))
                memory = int(in_child("--only", group, name, "--sizes", str(rows)))
                print(f"{name:32} {rows:10} {clock:12.2f} {busy:10.2f} {memory:9}", flush=True)
            if group == "few":
                print(f"{'columnar to Polars by hand':32} {rows:10} {ratios(times)}", flush=True)
            del entrants
    if options.file_rows:
        file_to_file(options.file_rows)
    if not options.no_peers:
        compare_peers()


def ratios(times: dict[str, list[tuple[float, float]]]) -> str:
    """The engine's times to those of the hand-written Polars, round by round: the medians."""
    pairs = list(zip(times["columnar, sixteen norms"], times["Polars by hand"], strict=True))
    clock, busy = (median(ours[i] / theirs[i] for ours, theirs in pairs) for i in (0, 1))
    return f"{clock:12.2f} {busy:10.2f}"


if __name__ == "__main__":
    main()
