"""The cells of a table as texts, whatever type their column has: a float by its shortest decimal, a day by its digits.

A float never enters a comparison: what is compared is the shortest decimal text that names it in its own width.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import polars as pl

from ynpolicy.errors import Place, Problem

_WHOLE: Final = 2.0**53


def text_of(source: str, dtype: pl.DataType) -> pl.Expr | Problem:
    """The expression that gives a column's cells as texts; a problem where a type has no texts."""
    cell = pl.col(source)
    if dtype == pl.String:
        return cell
    if dtype.is_float():
        whole = cell.is_finite() & (cell.abs() < _WHOLE) & (cell == cell.floor())
        text = pl.when(whole).then(cell.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(cell.cast(pl.String))
        return text.map_batches(_without_exponents, return_dtype=pl.String)
    if isinstance(dtype, pl.Datetime):
        return cell.dt.to_string("%Y-%m-%d %H:%M:%S%.f")
    if isinstance(dtype, pl.List):
        listed = cell.list.eval(pl.element().cast(pl.String).fill_null("null")).list.join("、")
        return pl.when(cell.list.len() == 0).then(pl.lit("无")).otherwise(listed)
    if dtype.is_nested() or dtype in (pl.Binary, pl.Time, pl.Duration, pl.Object):
        message = f"column `{source}` is `{dtype}`"
        return Problem(Place("table"), message, "write it as text, as a number, as a date, or as true and false")
    return cell.cast(pl.String)


def _without_exponents(texts: pl.Series) -> pl.Series:
    """`1e-6` as `0.000001`: the same digits."""
    rows = texts.str.contains(r"^-?[0-9.]+e").fill_null(False).arg_true()
    return texts.scatter(rows, [format(Decimal(text), "f") for text in texts[rows]]) if rows.len() else texts
