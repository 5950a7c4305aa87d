"""Conditions in the form that is quickest to judge again: joins of numbered comparisons, truths as small numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from attrs import frozen

NO: Final = 0
OPEN: Final = 1
YES: Final = 2
WAITS: Final = 3
"""Truths as numbers; the opposite of NO or YES is two minus it. WAITS is unknown too, but lacks no fact any more."""


@frozen
class Join:
    """An `all` (decided by a NO) or an `any` (decided by a YES) of comparisons, negated comparisons and inner joins.

    Not decided, it is OPEN where some item is, else WAITS where some item does.
    """

    deciding: int
    plain: tuple[int, ...] = ()
    inverse: tuple[int, ...] = ()
    inner: tuple[Join, ...] = ()

    @property
    def is_comparison(self) -> bool:
        """Whether it is a single comparison, which is an `all` and an `any` alike."""
        return not self.inner and len(self.plain) + len(self.inverse) == 1

    def truth(self, truths: Sequence[int]) -> int:
        """The truth of the join, given those of the comparisons."""
        deciding = self.deciding
        found = opposite = YES - deciding
        for number in self.plain:
            truth = truths[number]
            if truth == deciding:
                return deciding
            if truth == OPEN or (truth == WAITS and found != OPEN):
                found = truth
        for number in self.inverse:
            truth = truths[number]
            if truth == opposite:
                return deciding
            if truth == OPEN or (truth == WAITS and found != OPEN):
                found = truth
        for join in self.inner:
            truth = join.truth(truths)
            if truth == deciding:
                return deciding
            if truth == OPEN or (truth == WAITS and found != OPEN):
                found = truth
        return found

    def open_numbers(self, truths: Sequence[int]) -> Iterator[int]:
        """The open comparisons on which an open join still turns."""
        for number in (*self.plain, *self.inverse):
            if truths[number] == OPEN:
                yield number
        for join in self.inner:
            if join.truth(truths) == OPEN:
                yield from join.open_numbers(truths)
