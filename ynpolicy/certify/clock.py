"""How long the solver may take for one case."""

from __future__ import annotations

import time
from typing import Final

LONGEST: Final = 10.0
"""Seconds for one question at the most."""


class Clock:
    """The seconds that are left for the questions on one case."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds that are left; not below zero."""
        return max(0.0, self._end - time.monotonic())

    @property
    def milliseconds(self) -> int:
        """What the next question may take."""
        return max(1, int(1000 * min(self.left, LONGEST)))
