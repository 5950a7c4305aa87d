"""A list of cases, as files, judged together."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from attrs import field, frozen

from ynpolicy.errors import InputError, Place, Problem, nearest
from ynpolicy.ir import Case, Pack
from ynpolicy.judge import as_of_day
from ynpolicy.portfolio.judging import Portfolio, PortfolioJudge
from ynpolicy.portfolio.sources import day_of, levels_named, read_listing


@frozen
class JudgedFiles:
    """What a pack says of a list, the columns of its tables that name no fact, and the files that were read."""

    portfolio: Portfolio
    passed_over: tuple[str, ...] = field(default=())
    files: tuple[Path, ...] = ()


def judge_files(
    pack: Pack,
    files: Sequence[str | Path],
    as_of: date | str | None = None,
    complete: Sequence[str] = (),
    level: str = "",
    groupings: Sequence[str] = (),
    use_forward: bool = True,
) -> JudgedFiles:
    """The verdicts on the groups of a list: case files, tables of cases, folders of them, or files that name its parts.

    `as_of` goes before the date that the list, or else every case in it, gives. `complete` names levels of which no
    case is missing, beside those that the list names itself; `level` is that of table rows which state none.
    `groupings` narrows what is judged.

    Raises `InputError` with the problems of all files: a list in which one case is wrong is not judged, since it would
    be judged without that case. Raises `EngineDisagreement`.
    """
    problems: list[Problem] = []
    for name in groupings:
        if name not in pack.groupings:
            help = nearest(name, pack.groupings) or f"there are {', '.join(pack.groupings)}"
            problems.append(Problem(Place("--only"), f"there is no grouping `{name}`", help))
    if not pack.groupings:
        help = "a pack says in portfolio/ which cases it judges together"
        problems = [Problem(Place(pack.id), f"`{pack.id}` has no groupings", help)]
    whole = tuple(levels_named(complete, Place("--complete"), problems))
    given = next(levels_named([level] if level else [], Place("--level"), problems), "")
    if problems:
        raise InputError(problems)
    with _uncollected():
        return _judged(pack, [Path(file) for file in files], as_of, whole, given, groupings, use_forward)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Pauses the search for cycles: all that is read of a long list stays, and looking through it again and again takes
    longer than the reading."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _judged(
    pack: Pack,
    files: Sequence[Path],
    as_of: date | str | None,
    whole: Sequence[str],
    level: str,
    groupings: Sequence[str],
    use_forward: bool,
) -> JudgedFiles:
    problems: list[Problem] = []
    listing = read_listing(files, pack, level)
    problems += listing.problems
    if not listing.cases and not listing.streams and not problems:
        help = "name a case file, a table of cases, or a folder of them"
        problems.append(Problem(Place(str(files[0]) if files else "portfolio"), "the list has no cases", help))
    day = as_of_day(as_of) or listing.as_of
    if day is None and (listing.cases or listing.streams):
        day = day_of(listing.cases, problems)
    judge = PortfolioJudge(pack, use_forward)
    cases: list[Case] = []
    for raw in listing.cases:
        try:
            cases.append(judge.read(raw, day or date.max))
        except InputError as error:
            problems += error.problems
    passed_over = dict.fromkeys(listing.passed_over)
    for path, own in listing.streams:
        cases += _streamed(path, judge, own, day or date.max, problems, passed_over)
    if problems or day is None:
        raise InputError(problems)
    found = judge.judge(cases, day, tuple(dict.fromkeys((*whole, *listing.complete))), groupings)
    if not found.groupings:
        levels = sorted({one.members for one in pack.groupings.values()})
        help = f"there are groupings of {', '.join(levels)}"
        raise InputError([Problem(cases[0].place, "no grouping is about the cases of this list", help)])
    return JudgedFiles(found, tuple(passed_over), listing.files)


def _streamed(
    path: Path, judge: PortfolioJudge, level: str, day: date, problems: list[Problem], passed_over: dict[str, None]
) -> list[Case]:
    """The cases of a table that is read part by part. What keeps it from being read is added to `problems`."""
    try:
        from ynpolicy.portfolio.streams import stream_cases

        return list(stream_cases(path, judge, level, day, problems, passed_over))
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("ynpolicy"):
            raise
        message = f"such a table is read with `{error.name}`, which is not installed"
        problems.append(Problem(Place(str(path)), message, "run `pip install 'ynpolicy[bulk]'`"))
    except InputError as error:
        problems += error.problems
    return []
