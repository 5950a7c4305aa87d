"""Tables in Excel workbooks: the first sheet, or the one named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import polars as pl

from ynpolicy.errors import InputError, Place, Problem
from ynpolicy.screening.digests import digest_of
from ynpolicy.screening.records import head_of, once_each
from ynpolicy.screening.streams import LINE, SURPLUS
from ynpolicy.tables_sheets import SheetFile

"""The endings of workbooks."""


class WorkbookSource:
    """A sheet of a workbook, every cell as text. Rows in which every cell is blank are no rows.

    Raises `InputError`: the file is no workbook or a form for one case, the sheet is not there, has no head, or has
    merged cells in or below the head.
    """

    def __init__(self, path: Path, sheet: str = "") -> None:
        self._path = path
        self._sheet = SheetFile(path, sheet)
        self.name = f"{path}!{self._sheet.title}"
        self._head_row, cells = self._find_head()
        self.head = once_each([" ".join((cell or "").split()) for cell in cells])
        merged = [found for found in self._sheet.merged() if found.last_row >= self._head_row]
        if merged:
            rows, head = "unmerge them and fill each row", "unmerge them: one row names every column"
            raise InputError(
                Problem(
                    Place(self.name),
                    f"the cells `{found.address}` are merged",
                    head if found.first_row <= self._head_row else rows,
                )
                for found in merged[:20]
            )

    @property
    def schema(self) -> dict[str, pl.DataType]:
        return dict.fromkeys(self.head, pl.String())

    @property
    def rows(self) -> None:
        return None

    def about(self) -> int:
        return max(self._sheet.last_row - self._head_row, 0)

    def digest(self) -> str:
        return digest_of([self._path])

    def mark(self, row: int) -> tuple[int, ...]:
        return ()

    def know(self, mark: Sequence[int]) -> None:
        """A workbook can only be read from its beginning."""

    def batches(self, size: int, start_row: int = 0, columns: Sequence[str] | None = None) -> Iterator[pl.DataFrame]:
        rows = islice(self._filled(), start_row, None)
        while part := list(islice(rows, size)):
            yield self._frame(part, self.head if columns is None else columns)

    def _filled(self) -> Iterator[tuple[int, list[str | None]]]:
        for number, cells in self._sheet.rows():
            if number > self._head_row and any(cell is not None and cell.strip() for cell in cells):
                yield number, cells

    def _frame(self, rows: Sequence[tuple[int, list[str | None]]], columns: Sequence[str]) -> pl.DataFrame:
        width = len(self.head)
        padded = [[*cells[:width], *([None] * (width - len(cells)))] for _, cells in rows]
        frame = pl.DataFrame(padded, schema=self.schema, orient="row")
        made = [pl.Series(LINE, [number for number, _ in rows], pl.UInt64())]
        beyond = ["、".join(cell for cell in cells[width:] if cell and cell.strip()) or None for _, cells in rows]
        if any(beyond):
            made.append(pl.Series(SURPLUS, beyond, pl.String()))
        return frame.select(columns).with_columns(made)

    def _find_head(self) -> tuple[int, list[str | None]]:
        found = head_of(
            (number, cells) for number, cells in self._sheet.rows() if any(cell and cell.strip() for cell in cells)
        )
        if found is None:
            help = "the first row names the columns, each other is a case"
            raise InputError([Problem(Place(self.name), "the table has no cases", help)])
        return found
