"""Tables of cases drawn column by column, each fact missing with a probability of 15 %."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import polars as pl

from ynpolicy.engines.lowering import Column, Layout
from ynpolicy.ir import Kind

MISSING: Final = 0.15
_DERIVED: Final = (".lo", ".hi", ".not_applicable", ".complete")
_FIRST, _LAST = 17897, 19700
"""2019-01-01 and 2023-12-09, in days since 1970."""


def draw_table(layout: Layout, rows: int, home: str = "", seed: int = 1) -> pl.DataFrame:
    """So many rows over a layout's exact columns. Nine in ten of the provinces are `home`; `number` counts the rows."""
    random = np.random.default_rng(seed)
    columns = {"number": pl.Series(np.arange(rows, dtype=np.int64))}
    for column in _drawn(layout):
        known = pl.Series(random.random(rows) >= MISSING)
        values = _values(column, rows, home, random)
        columns[column.name] = pl.select(pl.when(known).then(values)).to_series()
    return pl.DataFrame(columns)


def _drawn(layout: Layout) -> Iterator[Column]:
    for name, column in layout.columns.items():
        if column.fact and not name.endswith(_DERIVED):
            yield column


def _values(column: Column, rows: int, home: str, random: np.random.Generator) -> pl.Series:
    match column.kind:
        case Kind.NUMBER:
            return pl.Series(random.integers(0, 200_000, rows) * (column.scale // 100 or 1))
        case Kind.DATE:
            return pl.Series(random.integers(_FIRST, _LAST, rows).astype(np.int32)).cast(pl.Date)
        case Kind.SYMBOL:
            codes = random.integers(0, len(column.symbols), rows).astype(np.uint32)
            if home in column.symbols and column.name.endswith(".province"):
                codes[random.random(rows) < 0.9] = column.symbols.index(home)
            words = list(column.symbols)
            return pl.Series(codes).replace_strict(range(len(words)), words, return_dtype=pl.Enum(words))
    return pl.Series(random.random(rows) < (0.1 if "[" in column.name else 0.5))
