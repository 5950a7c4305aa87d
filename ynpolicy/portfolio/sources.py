"""Where the cases of a portfolio stand: case files, tables, folders of them, files that name the parts of a list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from attrs import evolve, field, frozen

from ynpolicy.answers import read_date
from ynpolicy.case_tables import TABLES, read_case_table
from ynpolicy.cases import LEVEL_WORDS, RawCase, Words, english_keys, read_cases
from ynpolicy.documents import LARGEST_FILE, Mapping, Node, Scalar, describe, read_file
from ynpolicy.errors import InputError, Place, Problem, nearest
from ynpolicy.fields import Fields
from ynpolicy.ir import LEVELS, Pack
from ynpolicy.judge import raw_cases

PORTFOLIO_KEYS: Final[Words] = {
    "portfolio": ("汇总", "清单"),
    "as_of": ("基准日", "基准日期", "判定日期"),
    "complete": ("完整", "已列全"),
    "files": ("文件",),
}
_PART_KEYS: Final[Words] = {"file": ("文件",), "level": ("层级",)}
_TEXTS: Final = (".yaml", ".yml", ".json")
_PARQUET: Final = (".parquet", ".pq")
_SUFFIXES: Final = (*_TEXTS, *TABLES, *_PARQUET)


@frozen
class Listing:
    """The cases of a portfolio as written, with what the list says of itself, the columns that name no fact, and the
    files that were read. `streams` are tables to be read part by part, each with the level of rows that state none."""

    cases: tuple[RawCase, ...]
    streams: tuple[tuple[Path, str], ...]
    as_of: date | None
    complete: tuple[str, ...]
    passed_over: tuple[str, ...]
    problems: tuple[Problem, ...] = field(eq=False)
    files: tuple[Path, ...] = ()


class _Reader:
    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.problems: list[Problem] = []
        self.cases: list[RawCase] = []
        self.streams: list[tuple[Path, str]] = []
        self.complete: dict[str, None] = {}
        self.passed_over: dict[str, None] = {}
        self.days: dict[date, Place] = {}
        self.seen: dict[Path, tuple[str, bool]] = {}

    def read(self, path: Path, level: str, named: bool = True) -> None:
        """The cases of a file, or of a folder's files; `named` is false for these.

        A file that a list in the folder names is read once.
        """
        if path.is_dir():
            found = [one for one in sorted(path.rglob("*")) if _is_list(one.relative_to(path)) and one.is_file()]
            if not found:
                self.problem(
                    Place(str(path)), "the folder holds no case file", f"a case file ends in {', '.join(_SUFFIXES)}"
                )
            for one in sorted(found, key=lambda one: one.suffix.lower() not in _TEXTS):
                self.read(one, level, named=False)
            return
        known, was_named = self.seen.get(path.resolve(), ("", False))
        if known:
            if named and was_named:
                self.problem(Place(str(path)), "the file is read twice", f"it is read as {known}: keep one")
            return
        self.seen[path.resolve()] = (str(path), named)
        try:
            self.file(path, level)
        except InputError as error:
            self.problems += error.problems

    def file(self, path: Path, level: str) -> None:
        suffix = path.suffix.lower()
        if suffix in _PARQUET or (suffix == ".csv" and _streams(path)):
            self.streams.append((path, level))
            return
        if suffix in TABLES:
            table = read_case_table(path, self.pack, level, self.problems)
            if table is not None:
                self.cases += table.cases
                self.passed_over |= dict.fromkeys(table.passed_over)
                return
        elif suffix in _TEXTS:
            node = read_file(path, str(path), self.problems)
            if isinstance(node, Mapping) and {"files", *PORTFOLIO_KEYS["files"]} & {key.strip() for key in node.keys}:
                self.list_file(path, node, level)
                return
            found = read_cases(node, problems=self.problems)
            self.cases += [evolve(case, title=case.title or path.stem) for case in found]
            return
        self.cases += raw_cases(path, self.problems)

    def list_file(self, path: Path, node: Mapping, level: str) -> None:
        """A file that names the parts of a list, the day at which it is judged, and the levels that are complete."""
        keys = english_keys(node, PORTFOLIO_KEYS, self.problems)
        fields = Fields(_english(node, keys), PORTFOLIO_KEYS, self.problems, "the portfolio")
        for scalar in fields.words("complete"):
            self.complete |= dict.fromkeys(levels_named([scalar.text], scalar.place, self.problems))
        if fields.has("as_of"):
            try:
                self.days.setdefault(read_date(fields.text("as_of")), keys["as_of"].place)
            except ValueError as error:
                self.problem(keys["as_of"].place, f"as_of: {error}", "write it as 2022-05-01")
        for part in fields.list("files"):
            own, name = level, ""
            if isinstance(part, Mapping):
                found = english_keys(part, _PART_KEYS, self.problems)
                inner = Fields(_english(part, found), _PART_KEYS, self.problems, "a part of the portfolio")
                name, word = inner.text("file", required=True), inner.text("level")
                own = next(iter(levels_named([word] if word else [], part.place, self.problems)), level)
            elif isinstance(part, Scalar):
                name = part.text.strip()
            else:
                self.problem(part.place, f"{describe(part)} is no part of a portfolio", "write the name of a file")
            if name:
                self.read(path.parent / name, own)

    def problem(self, place: Place, message: str, help: str) -> None:
        self.problems.append(Problem(place, message, help))


def _english(node: Mapping, found: dict[str, Node]) -> Mapping:
    return Mapping(tuple((Scalar(key, True, value.place), value) for key, value in found.items()), node.place)


def _streams(path: Path) -> bool:
    """Whether a CSV file is read part by part: it is larger than a file may be, or is not UTF-8."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            return True
        path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        return True
    except OSError:
        return False
    return False


def _is_list(path: Path) -> bool:
    hidden = any(part.startswith((".", "~$")) for part in path.parts)
    return path.suffix.lower() in _SUFFIXES and not hidden


def read_listing(paths: Sequence[Path], pack: Pack, level: str = "") -> Listing:
    """The cases of files, tables and folders; `level` is that of table rows which state none.

    What is wrong with single parts stands in `problems` of what is returned.
    """
    reader = _Reader(pack)
    for path in paths:
        reader.read(path, level)
    if len(reader.days) > 1:
        days = ", ".join(f"`{day}`" for day in sorted(reader.days))
        reader.problem(
            next(iter(reader.days.values())), f"the list is to be judged at {days}", "give one `as_of`, or --as-of"
        )
    return Listing(
        tuple(reader.cases),
        tuple(reader.streams),
        next(iter(reader.days), None),
        tuple(reader.complete),
        tuple(reader.passed_over),
        tuple(reader.problems),
        tuple(reader.seen),
    )


def levels_named(words: Sequence[str], place: Place, problems: list[Problem]) -> Iterator[str]:
    """The levels that words name, in English or Chinese."""
    known = {word: level for level, aliases in LEVEL_WORDS.items() for word in (level, *aliases)}
    for word in words:
        if word.strip() in known:
            yield known[word.strip()]
        else:
            help = nearest(word, known) or f"levels are {', '.join(LEVELS)}"
            problems.append(Problem(place, f"unknown level `{word}`", help))


def day_of(cases: Sequence[RawCase], problems: list[Problem]) -> date | None:
    """The one as-of date that all cases give; None, and a problem, where they give none or several."""
    days: dict[str, Place] = {}
    for case in cases:
        if case.as_of is not None:
            days.setdefault(case.as_of.text.strip(), case.as_of.place)
    help = "give the day at which the list is judged: --as-of 2024-12-31"
    if len(days) != 1:
        place = next(iter(days.values()), Place("portfolio"))
        told = ", ".join(f"`{day}`" for day in list(days)[:2])
        message = f"the cases have several as-of dates: {told}" if days else "the list has no as-of date"
        problems.append(Problem(place, message, help))
        return None
    text, place = next(iter(days.items()))
    try:
        return read_date(text)
    except ValueError as error:
        problems.append(Problem(place, f"as_of: {error}", help))
        return None
