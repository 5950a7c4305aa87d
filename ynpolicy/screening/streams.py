"""A table as a stream of parts: what is held in memory at a time does not grow with the table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Protocol

import polars as pl

LINE: Final = "[line]"
"""The column of a part that holds the number that a row has in its file: a line, or a row of a sheet."""

SURPLUS: Final = "[surplus]"
"""The column of a part that holds cells beyond the head, where there are any."""


class Source(Protocol):
    """A table that can be read from any row on."""

    @property
    def name(self) -> str:
        """What messages call it."""

    @property
    def head(self) -> tuple[str, ...]:
        """The names of its columns, each once: a name that repeats has a number behind it (`备注#2`)."""

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """Its columns and their types: text where the file has no types."""

    @property
    def rows(self) -> int | None:
        """How many rows it has; None where that is not known before it is read."""

    def about(self) -> int:
        """How many rows it has, or about how many."""

    def digest(self) -> str:
        """What changes when the table does."""

    def batches(self, size: int, start_row: int = 0, columns: Sequence[str] | None = None) -> Iterator[pl.DataFrame]:
        """The rows from `start_row` on, counted from 0: `size` at a time, the last part perhaps fewer.

        With `columns` only these are read. Beside them each part has the column `LINE`, and `SURPLUS`
        where a row has more cells than the head. Raises `InputError` where the table cannot be read on.
        """

    def mark(self, row: int) -> tuple[int, ...]:
        """A place at or before a row that was read, from which reading can begin at once; numbers to be kept."""

    def know(self, mark: Sequence[int]) -> None:
        """Takes a place that `mark` gave of the same table, perhaps in another run."""


def cut(parts: Iterator[pl.DataFrame], size: int, skip: int = 0) -> Iterator[pl.DataFrame]:
    """The rows of parts of any length, `size` at a time, without the first `skip`."""
    waiting: list[pl.DataFrame] = []
    held = 0
    for frame in parts:
        if skip:
            skipped = min(skip, frame.height)
            frame, skip = frame.slice(skipped), skip - skipped
        waiting.append(frame)
        held += frame.height
        while held >= size:
            whole = pl.concat(waiting, how="diagonal") if len(waiting) > 1 else waiting[0]
            yield whole.head(size)
            waiting, held = [whole.slice(size)], held - size
    if held:
        yield pl.concat(waiting, how="diagonal") if len(waiting) > 1 else waiting[0]
