"""Options that several commands read: a day, a level."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from ynpolicy.answers import read_date
from ynpolicy.console import refuse
from ynpolicy.errors import nearest
from ynpolicy.ir import LEVELS


def read_day(text: str, option: str = "--as-of") -> date | None:
    """The day that an option gives, None where it is not given. Raises `InputError`."""
    if not text:
        return None
    try:
        return read_date(text)
    except ValueError as error:
        refuse(option, str(error), "write it as 2022-05-01")


def check_level(level: str, known: Iterable[str]) -> None:
    """Refuses a level on which no norm stands. Raises `InputError`."""
    names = [name for name in LEVELS if name in set(known)]
    if level and level not in names:
        help = nearest(level, names) or f"it has {', '.join(names)}"
        refuse("--level", f"no norm stands on the level `{level}`", help)
