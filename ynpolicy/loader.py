"""A folder of YAML files and tables to a Pack: every name resolved, every type checked, all problems at once."""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as AnyMapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Final

from attrs import evolve

from ynpolicy import cache
from ynpolicy.choices import choose
from ynpolicy.claim_files import ClaimReader, conditions_of
from ynpolicy.claims import Claims
from ynpolicy.conditions import Checker, read_lines
from ynpolicy.documents import Mapping, Node, decode, read_file
from ynpolicy.errors import InputError, Place, Problem, nearest
from ynpolicy.fields import Fields, list_items, read_both
from ynpolicy.grouping_files import GroupingReader, lines_of
from ynpolicy.groupings import Grouping
from ynpolicy.ir import (
    AS_OF,
    INSTRUMENTS,
    LEVELS,
    All,
    Chapter,
    Clause,
    Condition,
    FactType,
    Norm,
    Pack,
    Parameter,
    Reading,
    Table,
    parameters_read,
)
from ynpolicy.norms import read_norm
from ynpolicy.overlays import Laid, lay_over, overlay_files
from ynpolicy.passages import OUTLINE_KEYS, read_chapters, read_clauses, read_readings
from ynpolicy.version import __version__
from ynpolicy.vocabulary import read_facts, read_parameters, read_table
from ynpolicy.vocabulary_derived import check_deadlines
from ynpolicy.vocabulary_located import check_located

_HERE: Final = Path(__file__).parent
POLICIES: Final = next(
    (folder for folder in (_HERE / "policies", _HERE.parent / "policies") if folder.is_dir()), _HERE / "policies"
)
"""Where the packs that come with the library stand: in the wheel beside the modules, in a clone at the top level."""

PACK_KEYS: Final = (
    "id",
    "version",
    "title",
    "issuer",
    "instrument",
    "period",
    "since",
    "text_digest",
    "notices",
    "topics",
    "superseded_by",
    "territory",
)


def pack_names() -> tuple[str, ...]:
    """The packs that come with the library."""
    return tuple(sorted(path.parent.name for path in POLICIES.glob("*/pack.yaml")))


def find_pack(name: str | Path) -> Path:
    """The folder of a pack, by its path or by the id of a pack that comes with the library. Raises `InputError`."""
    folder = Path(name)
    if (folder / "pack.yaml").is_file():
        return folder
    shipped = POLICIES / str(name)
    if re.fullmatch(r"[\w.-]+", str(name)) and (shipped / "pack.yaml").is_file():
        return shipped
    known = pack_names()
    help = nearest(str(name), known) or f"give a folder that holds pack.yaml, or one of {', '.join(known)}"
    raise InputError([Problem(Place(str(name)), "there is no such pack", help)])


def load_pack(name: str | Path, tables: str | Path | None = None, others: bool = False) -> Pack:
    """The pack in a folder, or one that comes with the library; from the cache where its files are unchanged.

    `tables` is a folder of the user's own tables, laid over the pack's. The pack's digest covers them too. With
    `others`, a table that this pack does not have is left to the packs beside it. Raises `InputError` with every
    problem in every file; the pack's cases are not read.
    """
    folder = find_pack(name)
    own = Path(tables) if tables is not None else None
    digest = digest_of(*_contents(folder, _overlay(folder, own, others)))
    entry = hashlib.sha256(f"{folder.resolve()}\0{own.resolve() if own else ''}".encode()).hexdigest()[:16]
    key = (digest, str(folder), str(own), __version__, _code_stamp(), sys.version)
    found = cache.recall(entry, key)
    if isinstance(found, Pack):
        return found
    pack = read_pack(folder, own, others)
    cache.store(entry, key, pack)
    return pack


def read_pack(folder: Path, own: Path | None = None, others: bool = False) -> Pack:
    """The pack in a folder, read anew and kept in no cache; `own` is a folder of tables that lie over it, `others` as
    in `load_pack`. Raises `InputError` with every problem in every file."""
    over = _overlay(folder, own, others)
    return evolve(_Loader(folder, own if over else None, over).load(), digest=digest_of(*_contents(folder, over)))


def _overlay(folder: Path, own: Path | None, others: bool) -> tuple[Path, ...]:
    files = overlay_files(own) if own is not None else ()
    return tuple(path for path in files if not others or (folder / "tables" / path.name).is_file())


def _contents(folder: Path, over: Iterable[Path]) -> tuple[dict[str, bytes], dict[str, bytes]]:
    return pack_files(folder), {path.name: path.read_bytes() for path in over}


def _code_stamp() -> str:
    """Changes whenever a module of the library does, so that no pack outlives the code that read it."""
    found = ((path.name, path.stat()) for path in sorted(_HERE.glob("*.py")))
    return hashlib.sha256(repr([(name, stat.st_mtime_ns, stat.st_size) for name, stat in found]).encode()).hexdigest()


def pack_files(folder: Path) -> dict[str, bytes]:
    """Every file of a pack that the rules are read from, so all but its cases, by its path in the pack's folder."""
    return {
        name: path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.suffix in (".yaml", ".csv", ".md")
        and not (name := path.relative_to(folder).as_posix()).startswith("cases/")
        and path.is_file()
    }


def digest_of(files: AnyMapping[str, bytes], own: AnyMapping[str, bytes]) -> str:
    """The digest of a pack's files and of a user's own tables: names and bytes, in the order of their paths."""
    content = hashlib.sha256()
    for over, part in (("", files), ("over:", own)):
        for name in sorted(part, key=lambda name: name.split("/")):
            content.update(f"{over}{name}\0{len(part[name])}\0".encode() + part[name])
    return "sha256:" + content.hexdigest()


def _lines(facts: Iterable[FactType], norms: Iterable[Norm], territory: dict[str, All]) -> Iterator[Condition]:
    yield from territory.values()
    yield from (fact.arises for fact in facts if fact.arises is not None)
    for norm in norms:
        yield from norm.conditions


def folder_name(folder: Path) -> str:
    """The name of a pack's folder, also where it is given as `.`."""
    return Path(os.path.abspath(folder)).name


class _Loader:
    def __init__(self, folder: Path, own: Path | None = None, over: tuple[Path, ...] = ()) -> None:
        self.folder = folder
        self.own = own
        self.over = over
        self.laid: tuple[Laid, ...] = ()
        self.problems: list[Problem] = []

    def load(self) -> Pack:
        tables = self.tables()
        facts = read_facts(self.node("facts.yaml"), tables, self.problems)
        parameters = read_parameters(self.node("parameters.yaml"), tables, self.problems)
        check_deadlines(facts, parameters, self.problems)
        check_located(facts, parameters, self.problems)
        clauses = read_clauses(self.node("clauses.yaml"), self.problems)
        entries, least_share, chapters = self.outline(clauses)
        readings = self.readings()
        head = Fields(self.node("pack.yaml"), PACK_KEYS, self.problems, "the pack")
        checker = Checker(facts, parameters | {AS_OF.name: AS_OF}, self.problems)
        territory = self.territory(head, checker)
        norms = self.norms(head, tables, facts, checker)
        self.check_references(norms.values(), clauses, readings)
        for parameter in parameters.values():
            for entry in parameter.every:
                self.check_options(entry.under, readings, f"parameter `{parameter.name}`", parameter.place)
        for fact in facts.values():
            if fact.arises is not None:
                checker.check(fact.arises)
        claims = self.claims(norms, readings, tables, parameters, checker)
        groupings = self.groupings(facts, norms, tables, checker)
        lines = (*_lines(facts.values(), norms.values(), territory), *conditions_of(claims), *lines_of(groupings))
        if any(AS_OF.name in parameters_read(line) for line in lines):
            parameters[AS_OF.name] = AS_OF
        pack = self.pack(head)
        if self.problems:
            raise InputError(self.problems)
        whole = evolve(
            pack,
            facts=facts,
            parameters=parameters,
            tables=tables,
            clauses=clauses,
            norms=norms,
            readings=readings,
            territory=territory,
            laid=tuple(map(str, self.laid)),
            chapters=chapters,
            entries=entries,
            least_share=least_share,
            claims=claims,
            groupings=groupings,
        )
        return choose(whole, {})

    # ------------------------------------------------------------ files

    def shown(self, path: Path) -> str:
        return f"{folder_name(self.folder)}/{path.relative_to(self.folder).as_posix()}"

    def node(self, name: str) -> Node:
        path = self.folder / name
        try:
            return read_file(path, self.shown(path), self.problems)
        except InputError as error:
            self.problems.extend(error.problems)
            return Mapping((), Place(self.shown(path)))

    def tables(self) -> dict[str, Table]:
        tables = {}
        for path in sorted((self.folder / "tables").glob("*.csv")):
            table = read_table(path, self.shown(path), self.problems)
            if table is not None:
                tables[table.name] = table
        if self.over:
            tables, self.laid = lay_over(tables, self.over, self.problems)
        return tables

    # ------------------------------------------------------------ the head

    def pack(self, head: Fields) -> Pack:
        days = [self.day_of(scalar.text, scalar.place) for scalar in head.words("period")]
        if len(days) not in (1, 2):
            help = "write period: [2021-01-01, 2025-12-31], or the first day alone: [2021-03-01]"
            head.report(head.place, "the pack's `period` is not one or two dates", help)
            days = [date.min]
        return Pack(
            id=head.text("id", required=True),
            version=head.text("version", required=True),
            title=head.both("title"),
            issuer=head.both("issuer"),
            instrument=head.choice("instrument", INSTRUMENTS, required=False, default="plan"),
            period=(days[0], days[1] if len(days) == 2 else date.max),
            since=head.day("since", required=True) or date.min,
            facts={},
            parameters={},
            tables={},
            clauses={},
            norms={},
            readings={},
            territory={},
            notices=tuple(read_both(item, self.problems, "a notice") for item in head.list("notices")),
            superseded_by=head.both("superseded_by") if head.has("superseded_by") else None,
            text_digest=head.text("text_digest"),
            root=str(self.folder),
            over="" if self.own is None else str(self.own),
        )

    def day_of(self, text: str, place: Place) -> date:
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.problems.append(Problem(place, f"`{text}` is not a date that exists", "write 2021-01-01"))
            return date.min

    def territory(self, head: Fields, checker: Checker) -> dict[str, All]:
        territory = {}
        for key, node in head.entries("territory"):
            if key.text not in LEVELS:
                head.report(key.place, f"unknown level `{key.text}`", nearest(key.text, LEVELS))
                continue
            territory[key.text] = read_lines(node, f"territory/{key.text}", self.problems)
            checker.check(territory[key.text], key.text)
        return territory

    def outline(self, clauses: dict[str, Clause]) -> tuple[int, Fraction, tuple[Chapter, ...]]:
        """What the ledger must have: its number of entries, the least share it covers, and the chapters; if stated."""
        if not (self.folder / "outline.yaml").is_file():
            return 0, Fraction(0), ()
        fields = Fields(self.node("outline.yaml"), OUTLINE_KEYS, self.problems, "the outline")
        chapters = read_chapters(fields, clauses, self.problems)
        share = fields.number("least_share")
        if share is not None and not 0 <= share <= 1:
            fields.report(
                fields.found["least_share"].place, f"`{fields.text('least_share')}` is no share", "write 0.94"
            )
        return fields.integer("entries"), share or Fraction(0), chapters

    # ------------------------------------------------------------ readings and norms

    def readings(self) -> dict[str, Reading]:
        path = self.folder / "readings.md"
        if not path.is_file():
            return {}
        try:
            text = decode(path.read_bytes(), self.shown(path))
        except InputError as error:
            self.problems.extend(error.problems)
            return {}
        return read_readings(text, self.shown(path), self.problems)

    def topics(self, head: Fields) -> tuple[str, ...]:
        """The norm files in the order in which the instrument treats them; each file is listed once."""
        listed = head.words("topics")
        names = {path.stem for path in (self.folder / "norms").glob("*.yaml")}
        for scalar in listed:
            if scalar.text not in names:
                head.report(scalar.place, f"there is no norms/{scalar.text}.yaml", nearest(scalar.text, names))
        for name in sorted(names - {scalar.text for scalar in listed}):
            head.report(head.place, f"`topics` does not list norms/{name}.yaml", "list it in the instrument's order")
        return tuple(dict.fromkeys(scalar.text for scalar in listed if scalar.text in names))

    def norms(
        self, head: Fields, tables: dict[str, Table], facts: dict[str, FactType], checker: Checker
    ) -> dict[str, Norm]:
        norms: dict[str, Norm] = {}
        for topic in self.topics(head):
            node = self.node(f"norms/{topic}.yaml")
            for item in list_items(node, self.problems, "norms"):
                for norm, from_row in read_norm(item, topic, tables, facts, self.problems):
                    if norm.id in norms:
                        help = f"it stands first at {norms[norm.id].place}"
                        self.problems.append(Problem(norm.place, f"duplicate norm `{norm.id}`", help))
                    norms.setdefault(norm.id, norm)
                    for condition in norm.conditions:
                        checker.check(condition, norm.level, from_row)
                    if norm.progress is not None:
                        checker.check_progress(norm.progress, norm.place, norm.level)
        return norms

    def claims(
        self,
        norms: dict[str, Norm],
        readings: dict[str, Reading],
        tables: dict[str, Table],
        parameters: dict[str, Parameter],
        checker: Checker,
    ) -> Claims:
        """What the pack says of itself for its proof, if it says anything."""
        if not (self.folder / "proof.yaml").is_file():
            return Claims()
        reader = ClaimReader(norms, readings, tables, parameters, checker, self.problems)
        return reader.read(self.node("proof.yaml"))

    def groupings(
        self, facts: dict[str, FactType], norms: dict[str, Norm], tables: dict[str, Table], checker: Checker
    ) -> dict[str, Grouping]:
        """The groupings in `portfolio/`, each by the name of its file."""
        reader = GroupingReader(facts, norms, tables, checker, self.problems)
        paths = sorted((self.folder / "portfolio").glob("*.yaml"))
        return {path.stem: reader.read(path.stem, self.node(f"portfolio/{path.name}")) for path in paths}

    def check_references(self, norms: Iterable[Norm], clauses: dict[str, Clause], readings: dict[str, Reading]) -> None:
        for norm in norms:
            for clause in (*norm.clauses, *norm.contrary):
                if clause not in clauses:
                    help = nearest(clause, clauses) or "clauses stand in clauses.yaml"
                    self.problems.append(Problem(norm.place, f"norm `{norm.id}`: unknown clause `{clause}`", help))
            for reading in norm.readings:
                if reading not in readings:
                    help = nearest(reading, readings) or "readings stand in readings.md"
                    self.problems.append(Problem(norm.place, f"norm `{norm.id}`: unknown reading `{reading}`", help))
            self.check_options(norm.under, readings, f"norm `{norm.id}`", norm.place)

    def check_options(
        self, under: AnyMapping[str, tuple[str, ...]], readings: dict[str, Reading], what: str, place: Place
    ) -> None:
        for reading, options in under.items():
            known = readings[reading].options if reading in readings else {}
            for option in options:
                if option not in known:
                    help = nearest(option, known) or f"it has {', '.join(known) or 'none'}"
                    message = f"{what}: reading `{reading}` has no option `{option}`"
                    self.problems.append(Problem(place, message, help))
