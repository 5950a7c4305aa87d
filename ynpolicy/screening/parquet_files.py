"""Tables in Parquet, one file or a folder of parts, read group by group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import unquote

import polars as pl

from ynpolicy.errors import InputError, Place, Problem
from ynpolicy.screening.digests import digest_of
from ynpolicy.screening.streams import LINE, cut

PARQUET: Final = (".parquet", ".pq")
"""The endings of Parquet files."""

_NOTHING: Final = "__HIVE_DEFAULT_PARTITION__"


class ParquetSource:
    """A Parquet file, or the Parquet files of a folder and of the folders in it, in the order of their names.

    A folder `county=530112` within it gives its parts a column of that name, as text. Raises `InputError`: there is no
    file, one cannot be read, or their columns differ.
    """

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        self._paths = [path]
        if path.is_dir():
            self._paths = sorted(found for ending in PARQUET for found in path.rglob(f"*{ending}") if found.is_file())
        if not self._paths:
            raise self._refused(path, "the folder has no Parquet files", f"their names end in {', '.join(PARQUET)}")
        self._keys = [_keys(part.relative_to(path)) for part in self._paths] if path.is_dir() else [{}]
        self.schema = self._schema_of(self._paths[0], self._keys[0])
        problems = []
        for part, keys in zip(self._paths[1:], self._keys[1:], strict=True):
            apart = self._apart(self._schema_of(part, keys))
            if apart:
                help = "give each part the same columns of the same types"
                message = f"its columns are not those of the first part: `{', '.join(apart)}`"
                problems.append(Problem(Place(str(part)), message, help))
        if problems:
            raise InputError(problems)
        self._heights = [self._height_of(part) for part in self._paths]

    def _apart(self, schema: Mapping[str, pl.DataType]) -> list[str]:
        """The columns that only one part has, or that have another type there."""
        return [name for name in {**self.schema, **schema} if self.schema.get(name) != schema.get(name)]

    @property
    def head(self) -> tuple[str, ...]:
        return tuple(self.schema)

    @property
    def rows(self) -> int:
        return sum(self._heights)

    def about(self) -> int:
        return self.rows

    def digest(self) -> str:
        return digest_of(self._paths)

    def batches(self, size: int, start_row: int = 0, columns: Sequence[str] | None = None) -> Iterator[pl.DataFrame]:
        yield from cut(self._parts(size, start_row, columns), size)

    def _parts(self, size: int, start_row: int, columns: Sequence[str] | None) -> Iterator[pl.DataFrame]:
        before = 0
        for path, keys, height in zip(self._paths, self._keys, self._heights, strict=True):
            skip = min(max(start_row - before, 0), height)
            lazy = pl.scan_parquet(path, glob=False, hive_partitioning=False).slice(skip)
            lazy = lazy.with_columns(pl.lit(text, pl.String).alias(name) for name, text in keys.items())
            lazy = lazy if columns is None else lazy.select(columns)
            line = before + skip + 1
            before += height
            if skip == height:
                continue
            try:
                for frame in lazy.collect_batches(chunk_size=size, maintain_order=True):
                    yield frame.with_columns(
                        pl.int_range(line, line + frame.height, dtype=pl.UInt64, eager=True).alias(LINE)
                    )
                    line += frame.height
            except (pl.exceptions.PolarsError, OSError) as error:
                raise self._damaged(path, error) from None

    def mark(self, row: int) -> tuple[int, ...]:
        return ()

    def know(self, mark: Sequence[int]) -> None:
        """Any row of Parquet is found at once."""

    def _schema_of(self, path: Path, keys: Mapping[str, str | None]) -> dict[str, pl.DataType]:
        try:
            return dict(pl.read_parquet_schema(path)) | dict.fromkeys(keys, pl.String())
        except (pl.exceptions.PolarsError, OSError) as error:
            raise self._damaged(path, error) from None

    def _height_of(self, path: Path) -> int:
        try:
            height: int = pl.scan_parquet(path, glob=False, hive_partitioning=False).select(pl.len()).collect().item()
        except (pl.exceptions.PolarsError, OSError) as error:
            raise self._damaged(path, error) from None
        return height

    def _damaged(self, path: Path, error: Exception) -> InputError:
        if isinstance(error, OSError) and error.strerror:
            return self._refused(path, f"the file cannot be read: {error.strerror.lower()}", "")
        reason = str(error).partition("\n")[0]
        return self._refused(path, f"the file is no sound Parquet file: {reason}", "write it anew")

    def _refused(self, path: Path, message: str, help: str) -> InputError:
        return InputError([Problem(Place(str(path)), message, help)])


def _keys(path: Path) -> dict[str, str | None]:
    """The columns that a part has by the folders in which it lies, as Hive and Spark name them."""
    pairs = [folder.partition("=") for folder in path.parent.parts if "=" in folder]
    return {name: None if text == _NOTHING else unquote(text) for name, _, text in pairs}
