"""`ynpolicy screen` on large tables, beside what a user would write instead: `python tests/benchmarks/screen.py`.

From Parquet: the command, with the whole project level of the plan; then scripts for sixteen of its norms, in Polars
and for DuckDB, whose outcomes are compared with the command's. From CSV: the command alone, where a row in a thousand
has a cell that cannot be read. Each runs in a process of its own, from its start to its end; `processor` is the time of
all cores together, memory the most that it has. `--rows 100000000` shows that memory does not grow with the table; it
needs 8 GB of disk where `TMPDIR` is.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[2]))

import polars as pl

from tests.benchmarks.hand_written import NORMS
from tests.benchmarks.measuring import GIB, Finished, in_process, this_module
from tests.benchmarks.screen_by_hand import duckdb_script, polars_script
from tests.benchmarks.screen_tables import write_csv, write_parquet
from ynpolicy.engines.lowering import OUTCOMES
from ynpolicy.loader import load_pack

MODULE: Final = "tests.benchmarks.screen"
PACK: Final = "yunnan-14fyp"
LEVEL: Final = "project"
DAY: Final = "2023-06-01"
ROWS: Final = 5_000_000
MOST: Final = 4 * GIB
LIMIT: Final = 900.0
"""Seconds that a script may take; it may take 16 GiB, too."""
COMPARED: Final = 1_000_000
"""Of so many rows, the first, the outcomes are compared."""
SCRIPTS: Final = {"Polars": polars_script, "DuckDB": duckdb_script}


def screened(name: str, table: Path, out: Path, rows: int, rejected: int) -> None:
    """Runs the command, checks that no row is lost, and prints its figures."""
    summary = out.with_suffix(".json")
    command = this_module("ynpolicy", "screen", str(table), "--yes", "--level", LEVEL, "--as-of", DAY)
    child = in_process([*command, "--out", str(out), "--summary", str(summary)], 36_000, 16 * GIB, (0, 1, 2, 3))
    line(name, rows, child)
    if child.stopped:
        raise SystemExit(f"the command took {child.stopped}")
    summed = json.loads(summary.read_text(encoding="utf-8"))
    told = tuple(summed[key] for key in ("rows", "judged", "rejected"))
    counts = pl.scan_parquet(out).select(pl.len(), (~pl.col("rejected")).sum(), pl.col("rejected").sum().alias("out"))
    found = counts.collect(engine="streaming").row(0)
    if not found == told == (rows, rows - rejected, rejected):
        raise SystemExit(f"of {rows} rows, {rejected} spoilt: {found} are in the result, {told} in the summary")


def by_hand(name: str, folder: Path, out: Path, rows: int, ours: Path) -> None:
    """Runs a script, prints its figures, and compares its outcomes with the command's."""
    child = in_process(this_module(MODULE, "--script", name, "--folder", str(folder), "--out", str(out)), LIMIT)
    line(f"by hand in {name}, sixteen norms", rows, child)
    if not child.stopped:
        compare(ours, out)
    out.unlink(missing_ok=True)


def compare(ours: Path, theirs: Path) -> None:
    """Ends the run where a script and the command find other outcomes."""
    codes = [outcome.value for outcome in OUTCOMES]
    one = pl.read_parquet(ours, columns=list(NORMS), n_rows=COMPARED)
    other = pl.scan_parquet(theirs).filter(pl.col("number") < COMPARED).sort("number").select(NORMS).collect()
    named = other.select(pl.all().replace_strict(range(len(codes)), codes, return_dtype=pl.String))
    unlike = [id for id in NORMS if not one[id].cast(pl.String).equals(named[id])]
    if unlike:
        raise SystemExit(f"{theirs.stem} differs: {', '.join(unlike)}")


def line(name: str, rows: int, child: Finished) -> None:
    kept = child.stopped or ("within 4 GiB" if child.peak <= MOST else "OVER 4 GiB")
    rate, each, busy = rows / child.clock, child.clock * 1e9 / rows, child.busy * 1e9 / rows
    figures = f"{rows:10} {child.clock:9.1f} {rate:11,.0f} {each:8.0f} {busy:10.0f} {child.peak:9}"
    print(f"{name:34} {figures}  {kept}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=ROWS, help="from Parquet")
    parser.add_argument("--csv-rows", type=int, default=ROWS // 5, help="from CSV; 0 for none")
    parser.add_argument("--script", choices=SCRIPTS, help="only run a script")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    pack = load_pack(PACK)
    if options.script:
        return SCRIPTS[options.script](pack, f"{options.folder}/*.parquet", options.out)
    norms = len(pack.norms_at(LEVEL))
    print(f"{'':34} {'rows':>10} {'seconds':>9} {'rows/s':>11} {'ns/row':>8} {'processor':>10} {'peak MiB':>9}")
    with TemporaryDirectory() as folder:
        tables, out = Path(folder) / "tables", Path(folder) / "judged.parquet"
        tables.mkdir()
        write_parquet(pack, tables, options.rows)
        screened(f"screen, Parquet, {norms} norms", tables, out, options.rows, 0)
        for name in SCRIPTS:
            by_hand(name, tables, Path(folder) / f"{name}.parquet", options.rows, out)
        if options.csv_rows:
            out.unlink()
            table = Path(folder) / "tables.csv"
            rejected = write_csv(pack, table, options.csv_rows)
            screened(f"screen, CSV, {norms} norms", table, out, options.csv_rows, rejected)


if __name__ == "__main__":
    main()
