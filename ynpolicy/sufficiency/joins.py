"""Conditions in the form that is quickest to judge again: joins of numbered comparisons, truths as small numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from attrs import frozen

NO: Final = 0
OPEN: Final = 1
YES: Final = 2
"""Kleene's truths as numbers: `and` is the least, `or` the greatest, `not` is two minus it."""


@frozen
class Join:
    """An `all` (decided by a NO) or an `any` (decided by a YES) of comparisons, negated comparisons and inner joins."""

    deciding: int
    fixed: int
    plain: tuple[int, ...] = ()
    inverse: tuple[int, ...] = ()
    inner: tuple[Join, ...] = ()

    @property
    def is_comparison(self) -> bool:
        """Whether it is a single comparison, which is an `all` and an `any` alike."""
        return not self.inner and len(self.plain) + len(self.inverse) == 1 and self.fixed != OPEN

    def truth(self, truths: Sequence[int]) -> int:
        """The truth of the join, given those of the comparisons."""
        found, deciding = self.fixed, self.deciding
        opposite = YES - deciding
        for number in self.plain:
            truth = truths[number]
            if truth == deciding:
                return deciding
            if truth == OPEN:
                found = OPEN
        for number in self.inverse:
            truth = truths[number]
            if truth == opposite:
                return deciding
            if truth == OPEN:
                found = OPEN
        for join in self.inner:
            truth = join.truth(truths)
            if truth == deciding:
                return deciding
            if truth == OPEN:
                found = OPEN
        return found

    def open_numbers(self, truths: Sequence[int]) -> Iterator[int]:
        """The unknown comparisons on which an unknown join still turns."""
        for number in (*self.plain, *self.inverse):
            if truths[number] == OPEN:
                yield number
        for join in self.inner:
            if join.truth(truths) == OPEN:
                yield from join.open_numbers(truths)
