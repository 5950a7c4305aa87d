"""One source of choices for everything that is drawn.

It gives whole numbers and nothing else, so that the same code serves Hypothesis (which shrinks what it finds) and a
seeded `random.Random` (which is fast enough for a hundred thousand cases).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Draw:
    """A source of choices: `below(n)` is a whole number from 0 to n - 1, the simplest first."""

    def __init__(self, below: Callable[[int], int]) -> None:
        self.below = below

    def one_of(self, items: Sequence[T]) -> T:
        return items[self.below(len(items))]

    def chance(self, percent: int) -> bool:
        return self.below(100) >= 100 - percent

    def between(self, low: int, high: int) -> int:
        return low + self.below(high - low + 1)

    def subset(self, items: Sequence[T]) -> frozenset[T]:
        chosen = self.below(2 ** len(items))
        return frozenset(item for i, item in enumerate(items) if chosen >> i & 1)

    def some(self, low: int, high: int, make: Callable[[], T]) -> tuple[T, ...]:
        return tuple(make() for _ in range(self.between(low, high)))


def seeded(*seed: object) -> Draw:
    """A fast source that the same seed always repeats."""
    return Draw(Random("/".join(map(str, seed))).randrange)
