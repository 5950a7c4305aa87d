"""Tables of any kind, opened by what they are."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ynpolicy.case_tables import WORKBOOKS
from ynpolicy.errors import InputError, Place, Problem
from ynpolicy.screening.parquet_files import PARQUET, ParquetSource
from ynpolicy.screening.streams import Source
from ynpolicy.screening.text_files import TextSource
from ynpolicy.screening.workbooks import WorkbookSource

TEXTS: Final = (".csv", ".tsv", ".txt")
"""The endings of files that are read as CSV."""


def open_source(where: Path | str, sheet: str = "", encoding: str = "") -> Source:
    """The table in a file: CSV in UTF-8 or GBK, a workbook's first sheet or the one named, Parquet in one file or a
    folder of parts.

    `encoding` goes before what the file looks like. Raises `InputError`: there is no such file, it is of no known
    kind, or it has no head.
    """
    path = Path(where)
    if path.is_dir() or path.suffix.lower() in PARQUET:
        return ParquetSource(path)
    if path.suffix.lower() in TEXTS:
        return TextSource(path, encoding)
    if path.suffix.lower() in WORKBOOKS:
        return WorkbookSource(path, sheet)
    help = f"give a file that ends in {', '.join((*TEXTS, *WORKBOOKS, *PARQUET))}, or a folder of Parquet files"
    raise InputError([Problem(Place(str(path)), "the file is no table that can be read", help)])
