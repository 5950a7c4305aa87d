"""A screening from the first part to the last: judged part by part, gone on with where it was interrupted."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import polars as pl

from ynpolicy.errors import InputError, Place, Problem, YnpolicyError
from ynpolicy.screening.judging import PROBLEMS, JudgedPart, PartJudge
from ynpolicy.screening.parts import Manifest, Part, PartStore
from ynpolicy.screening.streams import Source
from ynpolicy.screening.tally import Tally

CHUNK: Final = 500_000
"""How many rows a part has unless the caller says otherwise."""

ROWS: Final = "parquet"
REJECTIONS: Final = "rejected.parquet"
"""The endings of a part's files."""

_COMPRESSION: Final[dict[str, Any]] = {"compression": "zstd", "compression_level": 1, "statistics": False}

Progress = Callable[[int, int], None]
"""Told after each part: how many rows are done, and how many of them were done by an earlier run."""


class LostRows(YnpolicyError):
    """Rows judged and rejected do not add up to the rows of the table: nothing is written."""


def screen_parts(
    source: Source,
    judge: PartJudge,
    store: PartStore,
    manifest: Manifest,
    *,
    chunk: int = CHUNK,
    restart: bool = False,
    progress: Progress | None = None,
    refuse: Callable[[int], object] | None = None,
) -> list[Part]:
    """Judges a table into the parts of a working folder, and gives all parts, those of an earlier run included.

    `refuse` is told how many rows are done, and may end the work by raising.

    Raises `InputError` as reading, judging and the folder do, and where the disk has no room for the result;
    `LostRows` where rows got lost.
    """
    parts = store.open(manifest, restart)
    earlier = done = sum(part.tally.rows for part in parts)
    if progress is not None:
        progress(done, earlier)
    if parts:
        source.know(parts[-1].mark)
    for batch in source.batches(chunk, done, judge.columns):
        judged = judge.judge(batch, done)
        done += batch.height
        if refuse is not None:
            refuse(done)
        parts.append(store.keep(len(parts), judged.tally, _writers(judged), source.mark(done)))
        if len(parts) == 1:
            _check_room(source, store, parts[0])
        if progress is not None:
            progress(done, earlier)
    check_sum(source, total(parts))
    return parts


def count_only(
    source: Source, judge: PartJudge, *, chunk: int = CHUNK, progress: Progress | None = None
) -> tuple[Tally, pl.DataFrame]:
    """The counts of a table, and what is wrong with its first rejected rows; nothing is written.

    Raises as `screen_parts` does.
    """
    tally = Tally()
    problems: list[pl.DataFrame] = []
    for batch in source.batches(chunk, columns=judge.columns):
        judged = judge.judge(batch, tally.rows)
        tally += judged.tally
        problems.append(told_first([judged.problems]))
        problems = [told_first(problems)]
        if progress is not None:
            progress(tally.rows, 0)
    check_sum(source, tally)
    return tally, told_first(problems)


def told_first(problems: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Of problems in order, the first of each sort, no more than are told one by one."""
    whole = pl.concat([pl.DataFrame(schema=PROBLEMS), *problems])
    return whole.unique(["column", "message"], keep="first", maintain_order=True).head(TOLD)


TOLD: Final = 10
"""How many problems of rejected rows are told one by one; the file of rejected rows has all."""


def total(parts: list[Part]) -> Tally:
    """The counts of all parts together."""
    return sum((part.tally for part in parts), Tally())


def check_sum(source: Source, tally: Tally) -> None:
    """Rows in are rows judged and rows rejected. Raises `LostRows`, and `InputError` for a table without rows."""
    whole = tally.rows if source.rows is None else source.rows
    if not whole:
        raise InputError([Problem(Place(source.name), "the table has no rows", "each row below the head is a case")])
    if not (tally.judged + tally.rejected == tally.rows == whole == sum(tally.decisions.values()) + tally.rejected):
        raise LostRows(
            f"{source.name}: {whole} rows, but {tally.judged} judged and {tally.rejected} rejected; nothing is written"
        )


def _writers(judged: JudgedPart) -> Mapping[str, Callable[[Path], object]]:
    frames = {ROWS: judged.rows} | ({REJECTIONS: judged.problems} if judged.problems.height else {})
    return {ending: _writer(frame) for ending, frame in frames.items()}


def _writer(frame: pl.DataFrame) -> Callable[[Path], object]:
    return lambda path: frame.write_parquet(path, **_COMPRESSION)


def _check_room(source: Source, store: PartStore, first: Part) -> None:
    """Told after the first part: whether the disk has room for all parts and the result, as far as that can be told."""
    if source.rows is None or not first.tally.rows:
        return
    needed = 2 * sum(first.files.values()) * source.rows // first.tally.rows
    free = shutil.disk_usage(store.folder).free
    if needed > free:
        message = f"the disk has {free // 2**20} MiB left, and the work needs about {needed // 2**20} MiB"
        raise InputError([Problem(Place(str(store.folder)), message, "make room, or give another --out")])
