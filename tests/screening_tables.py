"""Tables for tests of screening, and a screening of one that kills itself: `python -m tests.screening_tables`.

The tables are typed, so that nothing here depends on how cells are read.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from attrs import frozen

from ynpolicy.engines.columnar import ColumnarEngine, case_table
from ynpolicy.loader import load_pack
from ynpolicy.screening.cells import KEY, UNREAD, Read
from ynpolicy.screening.groups import groups_of
from ynpolicy.screening.judging import PROBLEMS, PartJudge
from ynpolicy.screening.parts import PartStore, parts_folder
from ynpolicy.screening.results import Result, write_rejections, write_result
from ynpolicy.screening.run import REJECTIONS, ROWS, screen_parts, total
from ynpolicy.screening.tally import Tally
from ynpolicy.screening.wording import ResultWords
from ynpolicy.testing.chance import seeded
from ynpolicy.testing.drawn_cases import CaseSpace

PLAN = load_pack("yunnan-14fyp")
DAY = date(2022, 6, 1)
BAD = "unreadable cell"


def typed_table(level: str, rows: int, seed: str, bad: int = 7) -> pl.DataFrame:
    """Drawn cases of a level, repeated to so many rows, without what follows from other facts; one row in so many is
    marked as unreadable, and another states a number that cannot be."""
    draw, space, engine = seeded(seed, level), CaseSpace(PLAN, level), ColumnarEngine(PLAN, level)
    cases = [space.mixed(draw) for _ in range(min(rows, 60))]
    table = case_table(engine.layout, cases)
    columns = [name for name in table.columns if name in engine.layout.columns and engine.layout.columns[name].fact]
    table = table.drop([name for name in columns if PLAN.facts[engine.layout.columns[name].fact].derived])
    whole = pl.concat([table] * (rows // len(cases) + 1)).head(rows).drop("case").with_row_index("number")
    whole = whole.with_columns(("P-" + pl.col("number").cast(pl.String)).alias("项目编号"))
    number = next((name for name in whole.columns if name.endswith(".lo")), None)
    if bad and number is not None:
        wrong = pl.when(pl.col("number") % bad == 3).then(pl.lit(-(2**60))).otherwise(pl.col(number))
        whole = whole.with_columns(wrong.alias(number))
    flawed = pl.col("number") % bad == 5 if bad else pl.lit(False)
    return whole.with_columns(flawed.alias("flawed")).drop("number")


@frozen
class TypedSource:
    """A Parquet file whose columns are typed already."""

    path: Path

    @property
    def name(self) -> str:
        return str(self.path)

    @property
    def rows(self) -> int:
        return int(pl.scan_parquet(self.path).select(pl.len()).collect().item())

    @property
    def schema(self) -> dict[str, pl.DataType]:
        return dict(pl.read_parquet_schema(self.path))

    @property
    def head(self) -> tuple[str, ...]:
        return tuple(self.schema)

    def about(self) -> int:
        return self.rows

    def digest(self) -> str:
        return "typed"

    def mark(self, row: int) -> tuple[int, ...]:
        return (row,)

    def know(self, mark: Sequence[int]) -> None:
        """Any row is found at once."""

    def batches(self, size: int, start_row: int = 0, columns: Sequence[str] | None = None) -> Iterator[pl.DataFrame]:
        table = pl.scan_parquet(self.path)
        for first in range(start_row, self.rows, size):
            yield table.slice(first, size).collect()


@frozen
class TypedReader:
    """Reads nothing: the cells are typed, and `flawed` says which rows count as unreadable."""

    sources: tuple[str, ...]

    def read(self, frame: pl.DataFrame, first_row: int) -> Read:
        read = frame.with_columns(pl.col("项目编号").alias(KEY), pl.col("flawed").alias(UNREAD))
        rows = [first_row + number + 1 for number, flawed in enumerate(frame["flawed"]) if flawed]
        told = [(row, "flawed", "=1+1", BAD, "leave it empty") for row in rows]
        problems = pl.DataFrame(told, PROBLEMS, orient="row").rename({"row": "line"})
        return Read(read, problems)


def judge_of(level: str, table: pl.DataFrame, **options: Any) -> PartJudge:
    """What judges a typed table of a level."""
    engine = ColumnarEngine(PLAN, level)
    sources: dict[str, list[str]] = {}
    for name, column in engine.layout.columns.items():
        if name in table.columns:
            sources.setdefault(column.fact, []).append(name)
    groups = groups_of(PLAN, engine.layout, set(table.columns))
    return PartJudge(engine, TypedReader(tuple(table.columns)), DAY, groups, sources, **options)


def screened(path: Path, out: Path, level: str, chunk: int, **options: Any) -> Tally:
    """A screening of a typed table from the first part to the result and the file of rejected rows."""
    store = PartStore(parts_folder(out))
    judge = judge_of(level, pl.read_parquet(path, n_rows=1), keep=("flawed",), listed=True)
    manifest = {"source": "typed", "options": str(chunk)}
    with store.held():
        parts = screen_parts(TypedSource(path), judge, store, manifest, chunk=chunk, **options)
        words = ResultWords(PLAN, level, "zh", "项目编号")
        result = Result(store.paths(parts, ROWS), store.paths(parts, REJECTIONS), words, manifest)
        write_rejections(result, out.with_suffix(".rejected.csv"), store.folder)
        write_result(result, out, store.folder)
        store.remove()
    return total(parts)


def _dies_at(step: int) -> None:
    """Kills this process, with no chance to clean up, at its so-manieth change of the disk: before it or after it."""
    left = [step]

    def counted(change: Any) -> Any:
        def changed(*args: Any, **options: Any) -> Any:
            for after in (False, True):
                left[0] -= 1
                if left[0] < 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                if not after:
                    done = change(*args, **options)
            return done

        return changed

    os.replace = counted(os.replace)
    Path.unlink = counted(Path.unlink)  # type: ignore[method-assign]
    Path.rmdir = counted(Path.rmdir)  # type: ignore[method-assign]


def _dies_half_way(sinks: Any = pl.LazyFrame.sink_parquet) -> None:
    """Kills this process when half of the result's file is written."""

    def half(self: pl.LazyFrame, path: str | Path, **options: Any) -> None:
        sinks(self, path, **options)
        if "part-" not in Path(path).name:
            os.truncate(path, Path(path).stat().st_size // 2)
            os.kill(os.getpid(), signal.SIGKILL)

    pl.LazyFrame.sink_parquet = half  # type: ignore[method-assign, assignment]


HALF = "half"
"""In place of a step: in the middle of writing the result."""


if __name__ == "__main__":
    table, out, level, chunk, step = sys.argv[1:]
    if step == HALF:
        _dies_half_way()
    else:
        _dies_at(int(step))
    screened(Path(table), Path(out), level, int(chunk))
