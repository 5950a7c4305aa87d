"""Kills screenings of larger tables at random moments, by hand: `python -m tests.draw_killed [ROWS] [KILLS] [SEED]`.

A table of transfers in CSV is screened by the command itself, killed with no chance to clean up, and run again, until
so many kills are done; then once more to the end. Result, rejected rows and summary must be those of an undisturbed
run, to the byte, for each form of result.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import polars as pl

from ynpolicy.loader import load_pack

PLAN = load_pack("yunnan-14fyp")


def write_table(path: Path, rows: int, draw: random.Random) -> None:
    """A table of transfers, of which some cells cannot be read."""
    facts = ("waste.category", "transfer.origin_province", "transfer.destination_province", "transfer.purpose")
    words = {name: [symbol.label.zh for symbol in PLAN.facts[name].symbols.values()] for name in facts}
    some = {
        PLAN.facts[name].label.zh: [draw.choice([*choices, "", "不详", "读不懂"]) for _ in range(min(rows, 10_007))]
        for name, choices in words.items()
    }
    table = pl.DataFrame(some)
    whole = pl.concat([table] * (rows // table.height + 1)).head(rows).with_row_index("联单编号")
    whole.write_csv(path)


def screened(table: Path, out: Path, chunk: int, seconds: float | None = None) -> int:
    """The exit status of one run, negative where it was killed after some seconds."""
    words = ["screen", table, "--level", "transfer", "--as-of", "2022-06-01", "--yes", "--missing", "--out", out]
    words += ["--summary", out.with_suffix(".html"), "--chunk", chunk]
    command = [sys.executable, "-m", "ynpolicy", *map(str, words)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def main(rows: int = 300_000, kills: int = 10, seed: int = 1) -> None:
    """Kills and compares; ends with an error where any file differs."""
    draw = random.Random(seed)
    for form in ("parquet", "csv", "xlsx"):
        with tempfile.TemporaryDirectory() as folder:
            table = Path(folder) / "table.csv"
            write_table(table, rows, draw)
            whole, killed = Path(folder) / "whole", Path(folder) / "killed"
            whole.mkdir()
            killed.mkdir()
            began = time.monotonic()
            screened(table, whole / f"out.{form}", rows // 20)
            took = time.monotonic() - began
            done = ended = 0
            while done < kills:
                status = screened(table, killed / f"out.{form}", rows // 20, draw.uniform(0.1, took))
                done += status < 0
                ended += status >= 0
            screened(table, killed / f"out.{form}", rows // 20)
            names = sorted(path.name for path in whole.iterdir())
            same = names == sorted(path.name for path in killed.iterdir()) and all(
                (whole / name).read_bytes() == (killed / name).read_bytes() for name in names
            )
            print(f"{form}: {rows} rows in {took:.1f} s, killed {done} times, ended {ended} times: {names}, {same=}")
            if not same:
                sys.exit(1)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
