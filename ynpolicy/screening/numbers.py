"""Columns of numbers, read at once and exactly: only what is surely plain; the rest is left to `statements`."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import ceil, floor
from typing import Final

import polars as pl

from ynpolicy.ir import FactType
from ynpolicy.screening.mapping import ACCURACY, HIGH, LOW, VALUE, ColumnMap
from ynpolicy.units import UnitError, canonical_unit, conversion
from ynpolicy.values import LARGEST_TICKS, MICRO

_PLAIN: Final = r"^[+-]?(?:[0-9]{1,12}(?:\.[0-9]{0,6})?|\.[0-9]{1,6})$"
_WITH_UNIT: Final = r"^([+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,12})(?:\.[0-9]{0,6})?)\s*([^0-9\s.,，+~±-][^,，]*)?$"
_MOST_UNITS: Final = 50
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
    return _converted(ticks, conversion(column.unit, fact.unit) if column.unit else Fraction(1))


def respelt_ticks(texts: pl.Series, column: ColumnMap, fact: FactType) -> pl.Series:
    """The same of cells with blanks around the number, with thousands set apart by commas, or with a unit of their own.

    A unit must be that of the column, where it has one.
    """
    parts = texts.str.strip_chars().str.extract_groups(_WITH_UNIT).struct.rename_fields(["number", "unit"])
    frame = pl.DataFrame({"text": texts, "number": parts.struct["number"], "unit": parts.struct["unit"]})
    own = [word for word, _ in column.words]
    frame = frame.with_columns(pl.when(~pl.col("text").str.strip_chars().is_in(own)).then("number").alias("number"))
    units = frame["unit"].filter(frame["number"].is_not_null()).unique()
    none = pl.Series([None], dtype=pl.Int64).new_from_index(0, frame.height)
    if units.len() > _MOST_UNITS:
        return none
    number = pl.col("number").str.replace_all(",", "", literal=True).cast(pl.Decimal(20, _DECIMALS), strict=False)
    ticks = (number * MICRO).cast(pl.Int64, strict=False)
    found = pl.lit(None, pl.Int64)
    for unit in units:
        factor = _factor(unit, column, fact)
        if factor is not None:
            found = (
                pl.when(pl.col("unit").eq_missing(pl.lit(unit, pl.String)))
                .then(_converted(ticks, factor))
                .otherwise(found)
            )
    return frame.select(found.alias("ticks")).to_series() if units.len() else none


def _factor(unit: str | None, column: ColumnMap, fact: FactType) -> Fraction | None:
    """What turns a cell's number into the fact's unit; None where its unit is not the column's, or measures another
    thing."""
    try:
        own = conversion(column.unit, fact.unit) if column.unit else None
        if unit is None:
            return own or Fraction(1)
        if column.unit and canonical_unit(unit) != canonical_unit(column.unit):
            return None
        return own or conversion(unit, fact.unit)
    except UnitError:
        return None


def _converted(ticks: pl.Expr, factor: Fraction) -> pl.Expr:
    """Ticks in another unit; null where they are no whole number of ticks there, or too many."""
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
