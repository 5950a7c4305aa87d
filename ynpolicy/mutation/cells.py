"""Numbers and days far enough from one another that others still fit between them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from fractions import Fraction

from ynpolicy.ir import Kind
from ynpolicy.sufficiency.lines import cells
from ynpolicy.sufficiency.samples import Samples
from ynpolicy.values import Value, exact


class Cells(Samples):
    """The values to try for each fact, where several facts may have to lie in order between the same two values.

    A number may be one that no case can state, since it lies between two ticks: whatever agrees on all of these agrees
    on all cases.
    """

    def _around(self, name: str, critical: Sequence[Fraction], always: Collection[Fraction]) -> Sequence[Value]:
        low, high = self._domain(name)
        if self._facts[name].kind is Kind.DATE:
            days = [int(n) for n in cells(critical, low, high) if n.denominator == 1]
            dates = [date.fromordinal(day) for day in days if 1 <= day <= date.max.toordinal()]
            return dates or [self._board.case.as_of]
        return [exact(n) for n in cells(critical, low, high)]
