"""Numbers and days far enough from one another that others still fit between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor
from typing import Final

from ynpolicy.ir import Kind
from ynpolicy.sufficiency.samples import Samples
from ynpolicy.values import Value, exact

FAR: Final = 1000
"""How far beyond the last critical value the next number or day is taken, in the unit or in days."""


class Cells(Samples):
    """The values to try for each fact, where several facts may have to lie in order between the same two values.

    A number may be one that no case can state, since it lies between two ticks: whatever agrees on all of these agrees
    on all cases.
    """

    def _around(self, name: str, critical: Sequence[Fraction]) -> Sequence[Value]:
        low, high = self._domain(name)
        if self._facts[name].kind is Kind.DATE:
            days = [int(n) for n in cells(critical, low, high) if n.denominator == 1]
            dates = [date.fromordinal(day) for day in days if 1 <= day <= date.max.toordinal()]
            return dates or [self._board.case.as_of]
        return [exact(n) for n in cells(critical, low, high)]


def cells(critical: Iterable[Fraction], low: Fraction | None, high: Fraction | None) -> list[Fraction]:
    """Every critical number in `[low, high]`, and one before, between and after them: a short decimal where it fits."""
    ends = {end for end in (low, high) if end is not None}
    marks = sorted({c for c in critical if (low is None or c >= low) and (high is None or c <= high)} | ends)
    if not marks:
        return [Fraction(0)]
    found = [*marks, *(between(a, b) for a, b in pairwise(marks))]
    if low is None:
        found.append(Fraction(ceil(marks[0]) - FAR))
    if high is None:
        found.append(Fraction(floor(marks[-1]) + FAR))
    return sorted(found)


def between(a: Fraction, b: Fraction) -> Fraction:
    """The decimal nearest to the middle of two numbers with as few places as can lie between them."""
    step = Fraction(1)
    while True:
        middle = floor((a + b) / 2 / step + Fraction(1, 2)) * step
        if a < middle < b:
            return middle
        step /= 10
