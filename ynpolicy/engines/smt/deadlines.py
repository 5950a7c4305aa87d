"""Deadlines in working days: bounds at first, and the calendar itself where a model needs it.

The calendar has thousands of steps. A search begins with what holds of every count, and learns a step of the calendar
whenever a model rests on a wrong one; so what is proved is proved of the calendar, and what is found agrees with it.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Any

import z3
from attrs import frozen

from ynpolicy.engines.smt.facts import Variables
from ynpolicy.engines.smt.law import Law
from ynpolicy.engines.smt.sides import Day, Quantity
from ynpolicy.engines.smt.truths import Formula, both, every, implies, some
from ynpolicy.ir import Deadline
from ynpolicy.workdays import known_calendar


@frozen(eq=False)
class _Count:
    """One deadline under one value of its parameter."""

    given: Formula
    target: Day
    start: Any
    count: int

    @property
    def when(self) -> Formula:
        return both(self.given, self.target.known)


@cache
def _spans(count: int) -> tuple[int, int, int]:
    """From which day to before which a count is known, and the most days that it ever spans."""
    calendar = known_calendar()
    if calendar is None or len(calendar.days) < count:
        return 0, 0, 0
    days = [day.toordinal() for day in calendar.days]
    starts = [calendar.first.toordinal() - 1, *days]
    longest = max(days[i + count - 1] - starts[i] for i in range(len(days) - count + 1))
    return starts[0], starts[len(days) - count + 1], longest


class Deadlines:
    """The deadlines among the facts of one encoding."""

    def __init__(self, facts: Variables, law: Law) -> None:
        self._facts = facts
        self._law = law
        self._counts: dict[str, list[_Count]] = {}

    def bounds(self, name: str, deadline: Deadline) -> Formula:
        """What holds of every count: so many days later or more, and no more than the longest holidays add."""
        if name not in self._counts:
            self._counts[name] = list(self._read(name, deadline))
        found = []
        for count in self._counts[name]:
            first, until, longest = _spans(count.count)
            found.append(implies(count.when, count.target.ordinal >= count.start + count.count))
            counted = both(count.when, count.start >= first, count.start < until)
            found.append(implies(counted, count.target.ordinal <= count.start + longest))
        return every(found)

    def given(self, name: str, deadline: Deadline) -> Formula:
        """That a deadline follows: it is known from which day it is counted, and the calendar reaches so far."""
        self.bounds(name, deadline)
        found = []
        for count in self._counts[name]:
            first, until, _ = _spans(count.count)
            found.append(both(count.given, count.start >= first, count.start < until))
        return some(found)

    def _read(self, name: str, deadline: Deadline) -> list[_Count]:
        target = self._facts[name]
        days = [side for source in deadline.facts if isinstance(side := self._facts[source], Day)]
        if not isinstance(target, Day) or len(days) < len(deadline.facts):
            return []
        start = days[0].ordinal
        for day in days[1:]:
            start = z3.If(day.ordinal > start, day.ordinal, start)
        known = every(day.known for day in days)
        found = []
        for here, value in self._law.entries(deadline.parameter):
            if isinstance(value, Quantity) and isinstance(value.lo, Fraction):
                found.append(_Count(both(here, known), target, start, int(value.lo)))
        return found

    def lemmas(self, model: Any) -> list[Formula]:
        """The steps of the calendar that a model gets wrong; none where it agrees with the calendar."""
        calendar = known_calendar()
        found: list[Formula] = []
        for count in (count for counts in self._counts.values() for count in counts):
            when = count.when if isinstance(count.when, bool) else z3.is_true(model.eval(count.when, True))
            start = date.fromordinal(model.eval(count.start, True).as_long())
            if not when or calendar is None or not calendar.first.toordinal() - 1 <= start.toordinal():
                continue
            place = bisect_right(calendar.days, start)
            if start >= calendar.last or place + count.count > len(calendar.days):
                continue
            right = calendar.days[place + count.count - 1].toordinal()
            if model.eval(count.target.ordinal, True).as_long() != right:
                begin = calendar.days[place - 1].toordinal() if place else calendar.first.toordinal() - 1
                until = calendar.days[place].toordinal()
                step = both(count.when, count.start >= begin, count.start < until)
                found.append(implies(step, count.target.ordinal == right))
        return found
