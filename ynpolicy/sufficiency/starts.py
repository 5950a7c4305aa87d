"""The days at which another start makes a deadline fall on the other side of a day that some comparison names."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from ynpolicy.workdays import known_calendar, latest_start


def turning_days(days: Iterable[date], n: int) -> list[date]:
    """The last starts whose n-th working day is before each of some days, or not after it, or is known at all.

    Between two of them, and before and after, all starts have deadlines that compare alike with all of the days.
    """
    calendar = known_calendar()
    if calendar is None:
        return []
    one = timedelta(1)
    inside = [day for day in days if calendar.first <= day <= calendar.last]
    ends = {calendar.last, *inside, *(day - one for day in inside)}
    found = {start for end in ends if (start := latest_start(end, n)) is not None}
    return sorted({calendar.first - 2 * one, *found})
