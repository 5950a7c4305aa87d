"""Values drawn at random: of a kind, from small pools, so that facts meet the same thresholds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Final

from attrs import frozen

from ynpolicy.ir import FactType, Kind
from ynpolicy.testing.chance import Draw
from ynpolicy.values import LARGEST_TICKS, MICRO, Interval, SymbolSet, Value, exact

LARGEST: Final = Fraction(LARGEST_TICKS, MICRO)
TICK: Final = Fraction(1, MICRO)


@frozen
class Pool:
    """The numbers and days that are drawn most: the simplest first."""

    numbers: tuple[Fraction, ...]
    days: tuple[date, ...]


POOL: Final = Pool(
    tuple(map(Fraction, ("0", "1", "2", "0.5", "-3", "10", "1.2", "99.999999", "1000", "0.000001"))),
    tuple(
        date.fromisoformat(day)
        for day in ("2022-07-01", "2020-12-31", "2021-01-01", "2021-06-30", "2022-06-30", "2023-01-01", "2025-12-31")
    ),
)
"""What drawn packs are made of."""


def draw_number(draw: Draw, pool: Pool = POOL) -> Fraction:
    """A whole number of ticks: mostly from a small pool, now and then the largest there is."""
    if draw.chance(4):
        return draw.one_of((LARGEST, -LARGEST, LARGEST - TICK))
    if draw.chance(20):
        return Fraction(draw.between(0, 4000) - 1000, 8)
    return draw.one_of(pool.numbers)


def draw_exact(draw: Draw, kind: Kind, symbols: Sequence[str], pool: Pool = POOL) -> Value:
    """A settled value of a kind."""
    match kind:
        case Kind.BOOLEAN:
            return draw.chance(50)
        case Kind.SYMBOL:
            return draw.one_of(symbols)
        case Kind.SYMBOLS:
            return SymbolSet(draw_symbols(draw, symbols))
        case Kind.NUMBER:
            return exact(draw_number(draw, pool))
        case _:
            return draw.one_of(pool.days)


def draw_symbols(draw: Draw, symbols: Sequence[str]) -> frozenset[str]:
    """A set of symbols: any of the subsets of a few, at most four of many."""
    if len(symbols) <= 6:
        return draw.subset(symbols)
    return frozenset(draw.some(0, 4, lambda: draw.one_of(symbols)))


def draw_value(draw: Draw, kind: Kind, symbols: Sequence[str], pool: Pool = POOL) -> Value:
    """A value of a kind as a case may have it: numbers also measured, sets also partly known."""
    value = draw_exact(draw, kind, symbols, pool)
    match value:
        case Interval(lo, hi) if draw.chance(30):
            near = hi + draw.one_of((TICK, -TICK))
            low, high = sorted((lo, draw_number(draw, pool) if draw.chance(50) else near))
            return Interval(max(low, -LARGEST), min(high, LARGEST))
        case SymbolSet(members) if draw.chance(35):
            return SymbolSet(members, complete=False)
    return value


def within_range(fact: FactType, value: Value) -> Value:
    """A number as near to the value as the vocabulary allows; any other value as it is."""
    if not isinstance(value, Interval):
        return value
    low = -LARGEST if fact.minimum is None else fact.minimum
    high = LARGEST if fact.maximum is None else fact.maximum
    return Interval(min(max(value.lo, low), high), min(max(value.hi, low), high))


def value_of(draw: Draw, fact: FactType, pool: Pool) -> Value:
    """A possible value of a fact, perhaps measured or partly known."""
    return within_range(fact, draw_value(draw, fact.kind, tuple(fact.symbols), pool))


def exact_value_of(draw: Draw, fact: FactType, pool: Pool) -> Value:
    """A possible settled value of a fact."""
    return within_range(fact, draw_exact(draw, fact.kind, tuple(fact.symbols), pool))
