"""Columns of numbers, read at once and exactly: only what is surely plain; the rest is left to `statements`."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import ceil, floor
from typing import Final

import polars as pl

from ynpolicy.ir import FactType
from ynpolicy.screening.mapping import ACCURACY, HIGH, LOW, VALUE, ColumnMap
from ynpolicy.units import conversion
from ynpolicy.values import LARGEST_TICKS, MICRO

_PLAIN: Final = r"^[+-]?(?:[0-9]{1,12}(?:\.[0-9]{0,6})?|\.[0-9]{1,6})$"
_LARGEST: Final = 2**63 - 1
_DECIMALS: Final = 6
_BEYOND: Final = 10**12


def ticks_of(text: pl.Expr, dtype: pl.DataType, column: ColumnMap, fact: FactType) -> pl.Expr:
    """A column's numbers as millionths of the fact's unit; null where a cell is empty or not surely a plain number.

    `text` are its cells as texts, whatever their type.
    """
    cell: pl.Expr = pl.col(column.source)
    if dtype.is_integer():
        ticks = _times(cell.cast(pl.Int64, strict=False), MICRO)
    elif isinstance(dtype, pl.Decimal) and dtype.scale <= _DECIMALS:
        number = cell.cast(pl.Decimal(38, _DECIMALS), strict=False)
        ticks = (pl.when(number.abs() < _BEYOND).then(number) * MICRO).cast(pl.Int64, strict=False)
    else:
        number = pl.when(text.str.contains(_PLAIN)).then(text).cast(pl.Decimal(20, _DECIMALS), strict=False)
        ticks = (number * MICRO).cast(pl.Int64, strict=False)
    if column.words:
        own = pl.Series([word for word, _ in column.words], dtype=pl.String).implode()
        ticks = pl.when(~text.is_in(own)).then(ticks)
    factor = conversion(column.unit, fact.unit) if column.unit else Fraction(1)
    if factor != 1:
        product = _times(ticks, factor.numerator)
        ticks = pl.when(product % factor.denominator == 0).then(product // factor.denominator)
    return pl.when(ticks.is_between(-LARGEST_TICKS, LARGEST_TICKS)).then(ticks)


def _times(number: pl.Expr, factor: int) -> pl.Expr:
    """A product; null where it would leave 64 bits."""
    bound = _LARGEST // factor
    return pl.when(number.is_between(-bound, bound)).then(number) * factor


def ends_of(
    columns: Mapping[str, ColumnMap], names: Mapping[str, str], blank: Mapping[str, pl.Expr], fact: FactType, scale: int
) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """The two ends of a number, in units of 1/`scale`, and whether they are sure; where they are not, null.

    `names` are the columns with the ticks of each form, `blank` says where a form's cell is empty. A number is sure
    where its cells are plain, its ends in order and within what the vocabulary allows, and nothing is lost.
    """
    least = -LARGEST_TICKS if fact.minimum is None else ceil(fact.minimum * MICRO)
    most = LARGEST_TICKS if fact.maximum is None else floor(fact.maximum * MICRO)
    choices: list[tuple[pl.Expr, pl.Expr, pl.Expr]] = []
    if VALUE in columns:
        value = pl.col(names[VALUE])
        alone = value.is_between(least, most)
        for end in (LOW, HIGH):
            alone &= blank[end] if end in columns else True
        if ACCURACY in columns:
            error = pl.col(names[ACCURACY])
            spread = alone & error.is_between(0, LARGEST_TICKS)
            choices.append((spread, *_clipped(value - error, value + error, fact, least, most)))
            alone &= blank[ACCURACY]
        choices.append((alone, value, value))
    if LOW in columns and HIGH in columns:
        low, high = pl.col(names[LOW]), pl.col(names[HIGH])
        ranged = (low <= high) & (low <= most) & (high >= least)
        ranged &= (low < high) | low.is_between(least, most)
        for form in (VALUE, ACCURACY):
            ranged &= blank[form] if form in columns else True
        choices.append((ranged, *_clipped(low, high, fact, least, most)))
    step = MICRO // scale
    lo = hi = pl.lit(None, pl.Int64)
    for fits, low, high in reversed(choices):
        whole = fits.fill_null(False) & (low % step == 0) & (high % step == 0) if step > 1 else fits.fill_null(False)
        lo, hi = pl.when(whole).then(low // step).otherwise(lo), pl.when(whole).then(high // step).otherwise(hi)
    return lo, hi, lo.is_not_null()


def _clipped(low: pl.Expr, high: pl.Expr, fact: FactType, least: int, most: int) -> tuple[pl.Expr, pl.Expr]:
    """The part of a range that the vocabulary allows."""
    return (
        low if fact.minimum is None else low.clip(least, None),
        high if fact.maximum is None else high.clip(None, most),
    )
