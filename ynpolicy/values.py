"""Truth, exact and measured numbers, sets of symbols, and what it means not to know.

Truth follows strong Kleene logic (S. C. Kleene, *Introduction to Metamathematics*, 1952, section 64): unknown is
neither false nor zero, and a connective is unknown only while its unknown operand could still decide it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from enum import Enum
from fractions import Fraction
from typing import Final, NoReturn

from attrs import frozen

MICRO: Final = 10**6
"""Every number is a whole number of millionths of its unit, so that scaled integers stand for it exactly."""

LARGEST_TICKS: Final = 2**53
"""No number may have more ticks than this: beyond it some engines would round silently."""

LARGEST: Final = Fraction(LARGEST_TICKS, MICRO)
"""The largest number. An interval that ends there or at its negative has no bound known on that side."""


class Truth(Enum):
    """True, false or unknown. It has no `bool()`: an unknown must never be taken for a false by accident."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"

    def __bool__(self) -> NoReturn:
        raise TypeError("a Truth is not a bool: compare it with Truth.TRUE, Truth.FALSE or Truth.UNKNOWN")


TRUE: Final = Truth.TRUE
FALSE: Final = Truth.FALSE
UNKNOWN: Final = Truth.UNKNOWN


def truth(value: bool) -> Truth:
    """A Python bool as a truth."""
    return TRUE if value else FALSE


def negate(a: Truth) -> Truth:
    """Kleene's not."""
    if a is TRUE:
        return FALSE
    return TRUE if a is FALSE else UNKNOWN


def conjunction(items: Iterable[Truth]) -> Truth:
    """Kleene's and over any number of truths; true when there are none."""
    result = TRUE
    for item in items:
        if item is FALSE:
            return FALSE
        if item is UNKNOWN:
            result = UNKNOWN
    return result


def disjunction(items: Iterable[Truth]) -> Truth:
    """Kleene's or over any number of truths; false when there are none."""
    result = FALSE
    for item in items:
        if item is TRUE:
            return TRUE
        if item is UNKNOWN:
            result = UNKNOWN
    return result


@frozen
class Interval:
    """A number known to lie in `[lo, hi]`, both ends included; exact when the ends are equal."""

    lo: Fraction
    hi: Fraction

    @property
    def is_exact(self) -> bool:
        return self.lo == self.hi


def exact(number: Fraction | int) -> Interval:
    """The interval that holds one number."""
    value = Fraction(number)
    return Interval(value, value)


@frozen
class SymbolSet:
    """A set of symbols. When `complete` is false it may hold others than the `members`, nobody knows which."""

    members: frozenset[str]
    complete: bool = True


class Missing(Enum):
    """Why a fact has no value."""

    UNKNOWN = "unknown"
    """Asked for and not known."""
    CONFLICT = "conflict"
    """Sources disagree."""
    ABSENT = "absent"
    """Never supplied."""
    NOT_APPLICABLE = "not_applicable"
    """The question does not arise."""


Value = bool | str | Interval | date | SymbolSet
"""A known value: boolean, symbol, number, date or set of symbols."""

_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)\Z")


def read_number(text: str) -> Fraction:
    """The exact number that a decimal text stands for.

    Raises `ValueError` for anything else: exponents, thousands separators, NaN and infinity included.
    """
    if not text.isascii() or not _DECIMAL.match(text):
        raise ValueError(f"`{text}` is not a plain decimal number")
    return Fraction(text)


def ticks(number: Fraction) -> int:
    """The number in millionths of its unit.

    Raises `ValueError` when it has more than six decimals, or more than 2^53 ticks.
    """
    scaled = number * MICRO
    if scaled.denominator != 1:
        raise ValueError("has more than six decimals")
    if abs(scaled.numerator) > LARGEST_TICKS:
        raise ValueError(f"is beyond {LARGEST_TICKS // MICRO:,}")
    return scaled.numerator


def number_text(number: Fraction) -> str:
    """A number as plain decimal text, without trailing zeros; a fraction `p/q` where no decimal ends."""
    denominator = number.denominator
    twos = fives = 0
    while denominator % 2 == 0:
        denominator //= 2
        twos += 1
    while denominator % 5 == 0:
        denominator //= 5
        fives += 1
    if denominator != 1:
        return f"{number.numerator}/{number.denominator}"
    places = max(twos, fives)
    digits = str(abs(number.numerator) * 10**places // number.denominator).rjust(places + 1, "0")
    sign = "-" if number < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"
