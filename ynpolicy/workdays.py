"""Working days by the Chinese calendar: weekends, public holidays, and the weekend days worked in their stead.

The General Office of the State Council announces a year's days shortly before it begins, so no day can be computed
ahead. Outside the years that the calendar knows there is no answer, and weekends are never taken for one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from importlib import metadata
from typing import Final

from attrs import frozen

from ynpolicy.values import Interval, Value

OPEN_DAYS: Final = 7
"""So many days at the end of the last known year are not known: the next year's announcement may still move them.

That of 2019 made 29 December 2018, a Saturday, a working day, and 31 December 2018, a Monday, a day off.
"""


class CalendarNotKnown(Exception):
    """The working days of a year are not known, and a count needs them."""

    def __init__(self, year: int) -> None:
        super().__init__(f"the working-day calendar of {year} is not known")
        self.year = year


@frozen
class Calendar:
    """The working days from `first` to `last`, both included, in order."""

    first: date
    last: date
    days: tuple[date, ...]


@cache
def known_calendar() -> Calendar | None:
    """The days that are known, from the library `chinesecalendar`; None where it is not installed."""
    try:
        from chinese_calendar import holidays, workdays
    except ImportError:
        return None
    years = {day.year for day in holidays}
    first = last = min(years)
    while last + 1 in years:
        last += 1
    begin, end = date(first, 1, 1), date(last, 12, 31) - timedelta(OPEN_DAYS)
    every = map(date.fromordinal, range(begin.toordinal(), end.toordinal() + 1))
    days = tuple(day for day in every if day in workdays or (day.weekday() < 5 and day not in holidays))
    return Calendar(begin, end, days)


@cache
def calendar_version() -> str:
    """The library that knows the working days and its version; empty where it is not installed."""
    try:
        return f"chinesecalendar {metadata.version('chinesecalendar')}"
    except metadata.PackageNotFoundError:
        return ""


def nth_workday(start: date, n: int) -> date:
    """The n-th working day after a date: the count begins on the day after it, and `n` at 1.

    Raises `CalendarNotKnown` where a day that must be counted is not known, `ValueError` where `n` is below 1.
    """
    if n < 1:
        raise ValueError("a count of working days begins at 1")
    calendar = known_calendar()
    next_year = (start + timedelta(1)).year if start < date.max else start.year
    if calendar is None or start < calendar.first - timedelta(1):
        raise CalendarNotKnown(next_year)
    place = bisect_right(calendar.days, start) + n - 1
    if start >= calendar.last or place >= len(calendar.days):
        raise CalendarNotKnown(max(next_year, calendar.last.year + 1))
    return calendar.days[place]


def latest_start(until: date, n: int) -> date | None:
    """The last day whose n-th working day is not after `until`; None where the calendar does not reach so far."""
    calendar = known_calendar()
    if calendar is None or not calendar.first <= until <= calendar.last:
        return None
    place = bisect_right(calendar.days, until) - n
    return calendar.days[place] - timedelta(1) if place >= 0 else None


def deadline(days: Iterable[Value | None], count: Value | None) -> date | None:
    """So many working days after the latest of some dates; None where one of them, or the count, is not known.

    Raises `CalendarNotKnown` as :func:`nth_workday` does.
    """
    dates = list(days)
    known = [day for day in dates if isinstance(day, date)]
    if len(known) < len(dates) or not known or not isinstance(count, Interval):
        return None
    return nth_workday(max(known), int(count.lo))
