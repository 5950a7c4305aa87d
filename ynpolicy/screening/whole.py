"""A screening from its table to the files that it leaves: the result, the rejected rows, the counts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import polars as pl
from attrs import field, frozen

from ynpolicy.errors import InputError, Place, Problem
from ynpolicy.screening.database_results import DatabaseTable, check_table, write_table
from ynpolicy.screening.judging import OWN
from ynpolicy.screening.parts import PartStore, parts_folder
from ynpolicy.screening.prepare import Screening
from ynpolicy.screening.results import Result, check_out, result_frames, write_rejections, write_result
from ynpolicy.screening.run import REJECTIONS, ROWS, Progress, count_only, screen_parts, told_first, total
from ynpolicy.screening.summary import Summary
from ynpolicy.screening.tally import Tally
from ynpolicy.screening.wording import ResultWords

_REJECTED: Final = ".rejected.csv"
_LOOKED_AT: Final = 1000


@frozen
class Outputs:
    """Where a result is written: to a file, into a table of a database, or both; and what is wrong with rejected rows.

    `lang` is the language of what people read. Without a name for the rejected rows they lie beside the result, or
    beside the working folder, if there are any.
    """

    out: Path | None = None
    into: DatabaseTable | None = None
    rejected: Path | None = None
    lang: str = "zh"

    @property
    def rejections(self) -> Path | None:
        """Where rejected rows are written."""
        if self.rejected is not None or self.work is None:
            return self.rejected
        return self.work.with_name(self.work.stem + _REJECTED)

    @property
    def work(self) -> Path | None:
        """What the working folder is named after: the file, or else the table, in the current folder."""
        return self.out if self.out is not None or self.into is None else Path(self.into.name)


@frozen
class Screened:
    """What came of a screening: the summary, the files written, and the first problems of rejected rows."""

    summary: Summary
    files: tuple[Path, ...]
    problems: pl.DataFrame = field(eq=False)


def check_outputs(screening: Screening, outputs: Outputs) -> None:
    """Refuses, before any work, results that cannot be written. Raises `InputError`."""
    if outputs.work is None and outputs.rejected is not None:
        message = "rejected rows are written beside a result"
        raise InputError([Problem(Place(str(outputs.rejected)), message, "name the result with --out")])
    if outputs.into is not None and outputs.work is not None:
        norms = (norm.id for norm in screening.pack.norms_at(screening.level))
        columns = (*OWN, *norms, *screening.judge.keep)
        check_table(outputs.into, columns, parts_folder(outputs.work).exists())
    if outputs.out is not None:
        check_out(outputs.out, screening.source.rows)


def screen(
    screening: Screening,
    outputs: Outputs,
    *,
    restart: bool = False,
    progress: Progress | None = None,
    last: Callable[[Summary], object] | None = None,
) -> Screened:
    """Screens a table. Without a result to write, the rows are only counted.

    `last` is given the summary when all else is written. The working folder beside the result is removed after that.
    Raises as `run.screen_parts`, and `InputError` where an output cannot be written: then the work is kept.
    """
    if outputs.work is None:
        tally, problems = count_only(screening.source, screening.judge, chunk=screening.chunk, progress=progress)
        summary = _summary(screening, tally)
        if last is not None:
            last(summary)
        return Screened(summary, (), problems)
    store = PartStore(parts_folder(outputs.work))
    with store.held():
        return _screen(screening, outputs, store, restart, progress, last)


def _screen(
    screening: Screening,
    outputs: Outputs,
    store: PartStore,
    restart: bool,
    progress: Progress | None,
    last: Callable[[Summary], object] | None,
) -> Screened:
    receipt = screening.receipt
    parts = screen_parts(
        screening.source,
        screening.judge,
        store,
        receipt.manifest(),
        chunk=screening.chunk,
        restart=restart,
        progress=progress,
        refuse=None if outputs.out is None else partial(check_out, outputs.out),
    )
    summary = _summary(screening, total(parts))
    words = ResultWords(screening.pack, screening.level, outputs.lang, screening.mapping.key)
    result = Result(store.paths(parts, ROWS), store.paths(parts, REJECTIONS), words, receipt.to_dict())
    files = [] if outputs.out is None else [outputs.out]
    rejections = outputs.rejections
    if rejections is not None and (outputs.rejected is not None or summary.tally.rejected or rejections.exists()):
        write_rejections(result, rejections, store.folder)
        files.append(rejections)
    if outputs.out is not None:
        write_result(result, outputs.out, store.folder)
    if outputs.into is not None:
        write_table(outputs.into, result_frames(result))
    problems = told_first(pl.read_parquet(path, n_rows=_LOOKED_AT) for path in result.rejections[:_LOOKED_AT])
    if last is not None:
        last(summary)
    store.remove()
    return Screened(summary, tuple(files), problems)


def _summary(screening: Screening, tally: Tally) -> Summary:
    return Summary(tally, screening.receipt, screening.told_by)
