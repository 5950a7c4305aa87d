"""The parts of a screening put together, one at a time: Parquet for programs, CSV and Excel for people.

Parquet has names and identifiers (`decision`, `refused`), whatever the language; CSV and Excel have heads and words.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import polars as pl
from attrs import frozen

from ynpolicy.errors import InputError, Place, Problem, nearest
from ynpolicy.screening.judging import KEY, PROBLEMS, ROW
from ynpolicy.screening.parts import told_unwritten
from ynpolicy.screening.wording import HEADS, ResultWords, harmless

FORMS: Final = (".parquet", ".csv", ".xlsx")
EXCEL_ROWS: Final = 1_048_575
"""How many rows an Excel sheet has below its head."""

RECEIPT: Final = "ynpolicy.screening"
"""The key under which a Parquet file holds its receipt."""

_BOM: Final = b"\xef\xbb\xbf"
_ROW_GROUP: Final = 500_000


@frozen
class Result:
    """What is put together: the files of the parts in order, in whose words, under which receipt."""

    rows: Sequence[Path]
    rejections: Sequence[Path]
    words: ResultWords
    receipt: Mapping[str, Any]


def check_out(out: Path, rows: int | None) -> None:
    """Refuses, before any work, a result that could not be written. Raises `InputError`."""
    form = out.suffix.lower()
    if form not in FORMS:
        message = f"`{out.suffix or out.name}` is no form of a result"
        raise InputError(
            [Problem(Place(str(out)), message, nearest(form, FORMS) or f"end the name in {', '.join(FORMS)}")]
        )
    if out.is_dir():
        raise InputError([Problem(Place(str(out)), "this is a folder", "give the name of a file")])
    if not out.parent.is_dir():
        raise InputError([Problem(Place(str(out)), "its folder does not exist", "make the folder first")])
    if form == ".xlsx":
        check_sheet(out, rows or 0)


def check_sheet(out: Path, rows: int) -> None:
    """Refuses an Excel file of more rows than a sheet has, and where openpyxl is missing. Raises `InputError`."""
    from ynpolicy.tables_results import check_office

    check_office(str(out))
    if rows > EXCEL_ROWS:
        message = f"the table has {rows} rows, and an Excel sheet holds {EXCEL_ROWS}"
        raise InputError([Problem(Place(str(out)), message, "end the name in .parquet or .csv")])


def write_result(result: Result, out: Path, folder: Path) -> None:
    """Writes the result in the form that its name tells, as a whole or not at all; `folder` is on the same disk.

    Raises `InputError` where it cannot be written.
    """
    forms: Mapping[str, Callable[[Result, Path], object]] = {
        ".parquet": _write_parquet,
        ".csv": _write_csv,
        ".xlsx": _write_excel,
    }
    form = out.suffix.lower()
    _placed(out, folder, lambda path: forms[form](result, path), form)


def write_rejections(result: Result, out: Path, folder: Path) -> None:
    """Writes what is wrong with the rejected rows as CSV. Raises `InputError` where it cannot be written."""
    heads = {name: HEADS[name][result.words.lang] for name in PROBLEMS}

    def frames() -> Iterator[pl.DataFrame]:
        yield pl.DataFrame(schema=PROBLEMS)
        for path in result.rejections:
            yield result.words.told_problems(pl.read_parquet(path))

    _placed(out, folder, lambda path: _csv(frames(), lambda columns: heads, path), ".csv")


def result_frames(result: Result) -> Iterator[pl.DataFrame]:
    """The rows of the result with names and identifiers, a part at a time."""
    for path in result.rows:
        yield pl.read_parquet(path)


def _write_parquet(result: Result, path: Path) -> None:
    pl.scan_parquet(list(result.rows)).sink_parquet(
        path,
        compression="zstd",
        compression_level=1,
        statistics=False,
        row_group_size=_ROW_GROUP,
        maintain_order=True,
        metadata={RECEIPT: json.dumps(result.receipt, ensure_ascii=False)},
    )


def _write_csv(result: Result, path: Path) -> None:
    _csv(map(result.words.told, result_frames(result)), result.words.heads, path)


def _csv(frames: Iterator[pl.DataFrame], heads: Callable[[Sequence[str]], Mapping[str, str]], path: Path) -> None:
    with path.open("wb") as file:
        file.write(_BOM)
        for number, frame in enumerate(frames):
            named = heads(frame.columns)
            safe = harmless(pl.DataFrame({"head": list(named.values())}))["head"]
            renamed = harmless(frame).rename(dict(zip(named, safe, strict=True)))
            renamed.write_csv(file, include_header=not number)


def _write_excel(result: Result, path: Path) -> None:
    from ynpolicy.tables_results import Sheet, write_sheets

    frames = result_frames(result)
    first = next(frames)
    words = result.words
    norms = words.pack.norms_at(words.level)
    heads = words.heads(first.columns)
    zh = words.lang == "zh"
    widths = [{ROW: 8.0, KEY: 18.0}.get(name, 16.0) for name in first.columns]

    def rows() -> Iterator[Sequence[object]]:
        yield from words.told(first).iter_rows()
        for frame in frames:
            yield from words.told(frame).iter_rows()

    frozen_columns = 2 if KEY in first.columns else 1
    sheets = (
        Sheet("结果" if zh else "result", list(heads.values()), widths, rows(), frozen_columns),
        Sheet(
            "规范" if zh else "norms",
            ["规范", "名称", "条款"] if zh else ["norm", "title", "clauses"],
            [40.0, 70.0, 40.0],
            ((norm.id, norm.title[words.lang], "; ".join(norm.clauses)) for norm in norms),
            1,
        ),
    )
    write_sheets(path, sheets)


def _placed(out: Path, folder: Path, writer: Callable[[Path], object], form: str) -> None:
    unfinished = folder / f"result{form}.unfinished"
    help = "make room, and run the same command again: it goes on"
    with told_unwritten(out, folder, "the file cannot be written", help):
        writer(unfinished)
        with unfinished.open("rb") as file:
            os.fsync(file.fileno())
        os.replace(unfinished, out)
