"""How far a measured quantity has come towards a target, and the pace that is still needed. Exact throughout."""

from __future__ import annotations

from fractions import Fraction

from attrs import frozen

from ynpolicy.ir import Case, Norm, Progress
from ynpolicy.semantics import value_of
from ynpolicy.values import Interval


@frozen
class Standing:
    """Where a case stands on one target. Amounts are in the facts' unit; None where a figure is not known exactly.

    `needed` is the whole reduction from `base` to `goal` (0 where nothing may be added), `reached` the reduction from
    `base` to `latest` in `year`. `even` is what an even pace from `start` to `end` would have left in `year`; `pace` is
    the yearly reduction that the years left until `end` still need: 0 once the goal is reached, None when no year is
    left.
    """

    base: Fraction
    goal: Fraction
    start: int
    end: int
    latest: Fraction | None = None
    year: int | None = None

    @property
    def needed(self) -> Fraction:
        return self.base - self.goal

    @property
    def reached(self) -> Fraction | None:
        return None if self.latest is None else self.base - self.latest

    @property
    def share(self) -> Fraction | None:
        """The part of the needed reduction that is reached; None where none is needed or nothing is known."""
        return None if self.reached is None or self.needed <= 0 else self.reached / self.needed

    @property
    def even(self) -> Fraction | None:
        if self.year is None or not self.start <= self.year <= self.end:
            return None
        return self.base - self.needed * (self.year - self.start) / (self.end - self.start)

    @property
    def left(self) -> Fraction | None:
        """What is still above the goal; 0 once it is reached."""
        return None if self.latest is None else max(self.latest - self.goal, Fraction(0))

    @property
    def pace(self) -> Fraction | None:
        if self.left is None or self.year is None:
            return None
        if self.left == 0:
            return Fraction(0)
        return self.left / (self.end - self.year) if self.year < self.end else None


def standing(norm: Norm, case: Case) -> Standing | None:
    """Where a case stands on a norm's target; None where the norm has none or its base or goal is not known.

    The figure of the target's last year goes before any other; a year outside the target's years, or no whole number,
    counts as not known.
    """
    told = norm.progress
    if told is None:
        return None
    base, goal = (_exact(value_of(term, case)) for term in (told.base, told.goal))
    if base is None or goal is None:
        return None
    latest, year = _latest(told, case)
    return Standing(base, goal, told.start, told.end, latest, year)


def _latest(told: Progress, case: Case) -> tuple[Fraction | None, int | None]:
    final = _exact(case.values.get(told.final))
    if final is not None:
        return final, told.end
    latest, year = (_exact(case.values.get(name)) for name in (told.latest, told.year))
    if latest is None or year is None or year.denominator != 1 or not told.start <= year <= told.end:
        return None, None
    return latest, int(year)


def _exact(value: object) -> Fraction | None:
    return value.lo if isinstance(value, Interval) and value.is_exact else None
