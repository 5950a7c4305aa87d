"""Breaks case files, workbooks and packs by hand, many more than a test run can, and runs the command on them.

    python -m tests.draw_broken --cases 8000 --workbooks 1000 --packs 1000

Each run must end with a report, or with messages and status 2; never with a traceback, and with status 2 it must leave
no output file behind, whole or in part. Prints how the runs ended, and the traceback of each that failed.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import time
import traceback
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import openpyxl

from tests.breaking import broken, broken_bytes
from tests.ran import Ran

ROOT: Final = Path(__file__).parents[1]
CASES: Final = sorted([*ROOT.glob("docs/how-to/public-notices/*.yaml"), *ROOT.glob("docs/*/cases/*.yaml")])
RIVER: Final = ROOT / "tests" / "data" / "packs" / "river"
PLAN: Final = ROOT / "policies" / "yunnan-14fyp"
WORDS: Final = (None, "是", "未知", "不适用", "=1/0", "#REF!", -1, 1.5, 10**20, True, "新建", "1e5", "x", "2022-02-30")


def judged(path: Path, *options: str) -> int:
    """The status of `check` on a broken file. Raises `AssertionError` where the run ended otherwise than it must."""
    out = path.with_name("out.json")
    ran = Ran("check", path, "--format", "json", "--out", out, *options)
    assert ran.status in (0, 1, 2, 3), ran.err
    assert out.exists() == (ran.status != 2), f"status {ran.status}, and an output file: {out.exists()}"
    assert ran.status != 2 or ran.err.strip(), "status 2 without a message"
    assert len(list(path.parent.iterdir())) == 1 + out.exists(), "something was left behind"
    return ran.status


def break_text(path: Path, source: Path, rng: random.Random) -> None:
    """Writes a broken copy of a file: as text, now and then as bytes."""
    if rng.random() < 0.8:
        text = broken(source.read_text(encoding="utf-8"), rng)
        path.write_text(text, encoding="utf-8", errors="replace")
    else:
        path.write_bytes(broken_bytes(source.read_bytes(), rng))


def break_case(rng: random.Random, folder: Path) -> int:
    """The status of one case file broken."""
    path = folder / "case.yaml"
    break_text(path, rng.choice(CASES), rng)
    return judged(path)


def break_workbook(rng: random.Random, folder: Path) -> int:
    """The status of one Excel form with cells overwritten, or with its bytes broken."""
    path = folder / "form.xlsx"
    Ran("template", "--level", rng.choice(["project", "transfer"]), "--out", path)
    if rng.random() < 0.3:
        path.write_bytes(broken_bytes(path.read_bytes(), rng))
    else:
        workbook = openpyxl.load_workbook(path)
        for _ in range(rng.randint(1, 12)):
            sheet = workbook.worksheets[rng.choice([0, 0, 0, 0, 1, -1])]
            column = 3 if rng.random() < 0.7 else rng.randint(1, sheet.max_column)
            sheet.cell(rng.randint(1, sheet.max_row), column).value = rng.choice(WORDS)
        workbook.save(path)
    return judged(path, *rng.choice([(), ("--as-of", "2022-06-01")]))


def break_pack(rng: random.Random, folder: Path) -> int:
    """The status of a command on a pack of which one file is broken."""
    source, copy = rng.choice([RIVER, RIVER, RIVER, PLAN]), folder / "pack"
    shutil.copytree(source, copy)
    files = [path for path in sorted(copy.rglob("*")) if path.suffix in (".yaml", ".csv", ".md")]
    path = rng.choice(files)
    break_text(path, path, rng)
    command = rng.choice(["norms", "facts", "lint", "test"]) if source == RIVER else "norms"
    ran = Ran(command, *(("--pack", copy) if command in ("norms", "facts") else (copy,)))
    assert ran.status in (0, 1, 2), ran.err
    assert ran.out.strip() or ran.err.strip(), "nothing was printed"
    return ran.status


def main() -> int:
    """Draws, runs, prints; returns 1 where a run ended in a traceback or left a file behind."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=8000)
    parser.add_argument("--workbooks", type=int, default=1000)
    parser.add_argument("--packs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    failed = 0
    for name, count, run in (
        ("case files", args.cases, break_case),
        ("workbooks", args.workbooks, break_workbook),
        ("packs", args.packs, break_pack),
    ):
        ends: Counter[int] = Counter()
        begun = time.perf_counter()
        for number in range(count):
            with TemporaryDirectory() as folder:
                try:
                    ends[run(random.Random(f"{args.seed} {name} {number}"), Path(folder))] += 1
                except Exception:
                    failed += 1
                    print(f"--seed {args.seed}, {name} {number}:", traceback.format_exc(), flush=True)
        shown = ", ".join(f"{ends[status]} with status {status}" for status in sorted(ends))
        print(f"{count} {name} in {time.perf_counter() - begun:.0f} s: {shown}", flush=True)
    print(f"{failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
