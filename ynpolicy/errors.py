"""Where a problem is, what was found there and what would be right.

Every error that a user can cause is a list of :class:`Problem`; all of them are reported together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

from attrs import field, frozen

_CELL: Final = re.compile(r"(.*!)([A-Z]+)([0-9]+)")


@frozen(order=True)
class Place:
    """A position in a file that a person wrote.

    `line` and `column` count from 1; 0 means that the position is not known (data passed in from Python).
    """

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        if not self.line:
            return self.file
        return f"{self.file}:{self.line}:{self.column}"


@frozen(order=True)
class Problem:
    """One thing that is wrong: its place, the message (lower case, no full stop, input in backticks) and the help."""

    place: Place
    message: str
    help: str = field(default="")

    def __str__(self) -> str:
        text = f"{self.place}: {self.message}"
        return f"{text}\n  help: {self.help}" if self.help else text


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Problems once each, by file, line and column; the cells of a sheet (`form.xlsx!案件!C12`) by row and column."""
    return tuple(sorted(set(problems), key=_position))


def _position(problem: Problem) -> tuple[str, int, int, str, Problem]:
    place = problem.place
    cell = _CELL.fullmatch(place.file)
    if cell is None:
        return place.file, place.line, place.column, "", problem
    sheet, column, row = cell.groups()
    return sheet, int(row), len(column), column, problem


def nearest(word: str, choices: Iterable[str]) -> str:
    """`did you mean ...` for the choice that looks most like a word; empty where none does."""
    found = get_close_matches(word, list(choices), n=1, cutoff=0.6 if len(word) > 3 else 0.5)
    return f"did you mean `{found[0]}`?" if found else ""


class YnpolicyError(Exception):
    """The base of every error that ynpolicy raises on purpose."""


class InputError(YnpolicyError):
    """A case, a pack or a command cannot be used as it is; `problems` holds everything that is wrong with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = in_order(problems)
        super().__init__("\n".join(map(str, self.problems)))


class EngineDisagreement(YnpolicyError):
    """Two engines differ on one case, so there is no verdict."""

    def __init__(self, subject: str, case_digest: str, reference: str, other: str, engine: str = "forward") -> None:
        self.subject = subject
        self.case_digest = case_digest
        self.reference = reference
        self.other = other
        super().__init__(
            f"two engines disagree on `{subject}` for case {case_digest}: "
            f"the reference says `{reference}`, the {engine} engine says `{other}`; no verdict is given"
        )


class EnvelopeError(YnpolicyError):
    """A pack is outside the limits in which an engine is known to be sound; found when the pack is compiled."""
