"""What metadata say of any layer of geodata: where it is, where it comes from, and how well its lines are placed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from attrs import frozen

from ynpolicy.cases import Words, english_keys, scalar_text
from ynpolicy.documents import Mapping, Node, Scalar, describe, read_file
from ynpolicy.errors import InputError, Place, Problem, nearest
from ynpolicy.geo.coordinates import at_least, read_length
from ynpolicy.geo.files import Table, read_table
from ynpolicy.geo.placing import place_rows
from ynpolicy.geo.systems import Datum, System
from ynpolicy.geo.systems_words import read_system
from ynpolicy.location import Doubt, LayerUsed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Geometries = NDArray[np.object_]

LAYER_KEYS: Final[Words] = {
    "title": ("图层名称", "名称"),
    "file": ("文件",),
    "table": ("图层", "表"),
    "source": ("来源",),
    "date": ("日期",),
    "system": ("坐标系",),
    "kind": ("类型",),
    "accuracy": ("精度", "误差"),
    "measured": ("精度依据",),
    "name": ("名称列",),
}
_YAML: Final = (".yaml", ".yml")
MOST_ROWS: Final = 10
"""So many rows of one file are told of that have the same kind of problem."""


@frozen
class Layer:
    """A layer as far as all kinds are alike: its metadata by key, its rows, and where these lie on CGCS2000."""

    found: dict[str, Node]
    place: Place
    table: Table
    geometries: Geometries
    system: System
    accuracy: Fraction | None
    digest: str
    problems: list[Problem]

    @property
    def file_place(self) -> Place:
        return Place(self.table.shown)

    @property
    def error(self) -> float | None:
        return None if self.accuracy is None else at_least(self.accuracy) + self.system.error

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        return (Doubt.LAYER_SYSTEM,) if self.system.datum is Datum.UNDECLARED else ()

    def report(self, place: Place, message: str, help: str = "") -> None:
        self.problems.append(Problem(place, message, help))

    def text(self, key: str) -> str:
        return scalar_text(self.found.get(key), key, self.problems)

    def column(self, key: str, guesses: Iterable[str] = ()) -> tuple[str, ...] | None:
        """The column that the metadata name under a key; where they do not, the first of the guesses that is there."""
        name = self.text(key)
        if not name:
            guess = next((guess for guess in guesses if guess in self.table.columns), None)
            return None if guess is None else self.table.columns[guess]
        if name not in self.table.columns:
            columns = ", ".join(self.table.columns) or "none"
            help = nearest(name, self.table.columns) or f"its columns are {columns}"
            self.report(self.found[key].place, f"there is no column `{name}` in `{Path(self.table.shown).name}`", help)
            return None
        return self.table.columns[name]

    def report_rows(self, rows: Iterable[tuple[int, str]], help: str) -> None:
        """Rows that share one kind of problem: the first ten, and how many more."""
        told = list(rows)
        for row, message in told[:MOST_ROWS]:
            self.report(self.file_place, f"feature {row + 1}: {message}", help)
        if len(told) > MOST_ROWS:
            self.report(self.file_place, f"{len(told) - MOST_ROWS} more features have such a problem", help)

    def used(self, kind: str, listed: str = "") -> LayerUsed:
        return LayerUsed(
            title=self.text("title") or Path(self.table.shown).name,
            kind=kind,
            source=self.text("source"),
            date=self.text("date"),
            accuracy=self.accuracy,
            digest=self.digest,
            system=self.system.name,
            listed=listed,
            measured=self.text("measured"),
        )


def open_layer(path: Path, keys: Words, problems: list[Problem]) -> Layer | None:
    """The layer that a YAML file with these keys describes, or a bare file of geodata, of which nothing is said.

    None where its rows cannot be had; every problem is added to `problems`.
    """
    try:
        if path.suffix.lower() in _YAML:
            return _described(path, keys, problems)
        table = read_table(path)
        placed = place_rows(table.geometries, None, table.declared, Place(table.shown), problems)
    except InputError as error:
        problems.extend(error.problems)
        return None
    return Layer({}, Place(str(path)), table, *placed, None, table.digest, problems) if placed else None


def _described(path: Path, keys: Words, problems: list[Problem]) -> Layer | None:
    node = read_file(path, problems=problems)
    if not isinstance(node, Mapping):
        problems.append(
            Problem(node.place, f"{describe(node)} does not describe a layer", "write `file:` and the rest")
        )
        return None
    found = english_keys(node, keys, problems)
    before = len(problems)
    system = read_system(found["system"], problems) if "system" in found else None
    is_system_wrong = len(problems) > before
    accuracy = read_length(found["accuracy"], "accuracy", problems) if "accuracy" in found else None
    name = scalar_text(found.get("file"), "file", problems)
    if not name:
        problems.append(Problem(node.place, "the layer has no `file`", "write `file:`, as seen from this file"))
        return None
    file = path.parent / name
    if not file.exists():
        help = "give its name as seen from this file"
        problems.append(Problem(found["file"].place, f"there is no file `{name}`", help))
        return None
    table = read_table(file, table=scalar_text(found.get("table"), "table", problems))
    if is_system_wrong:
        return None
    placed = place_rows(table.geometries, system, table.declared, Place(table.shown), problems)
    if placed is None:
        return None
    digest = "sha256:" + hashlib.sha256(path.read_bytes() + b"\n" + table.digest.encode()).hexdigest()
    return Layer(found, node.place, table, *placed, accuracy, digest, problems)


def word_of(node: Node | None, words: Words, what: str, problems: list[Problem]) -> str:
    """The English word for one that a person wrote; empty where it is left out or unknown, which is a problem."""
    text = scalar_text(node, what, problems)
    if not text or node is None:
        return ""
    found = meaning(text, words)
    if found is None:
        problems.append(Problem(node.place, f"unknown {what} `{text}`", words_help(text, words)))
    return found or ""


def meaning(text: str, words: Words) -> str | None:
    """The English word that a word stands for, or None."""
    plain = text.strip().lower()
    return next((english for english, aliases in words.items() if plain in (english.lower(), *aliases)), None)


def words_help(text: str, words: Words) -> str:
    """What would be right where a word is unknown: the likest of many, or all of a few, lest one be suggested that
    means something else."""
    choices = ", ".join(f"{english} ({aliases[0]})" if aliases else english for english, aliases in words.items())
    every = [word for english, aliases in words.items() for word in (english, *aliases)]
    return (nearest(text, every) if len(words) > 3 else "") or f"it is one of {choices}"


def scalars(node: Node | None, key: str, problems: list[Problem]) -> tuple[Scalar, ...]:
    """A list of single values; one value stands for a list of one."""
    if node is None or (isinstance(node, Scalar) and node.is_null):
        return ()
    items = (node,) if isinstance(node, Scalar) else () if isinstance(node, Mapping) else node.items
    found = tuple(item for item in items if isinstance(item, Scalar))
    if not items or len(found) < len(items):
        problems.append(Problem(node.place, f"{describe(node)} stands where `{key}` needs a list", "write [a, b]"))
    return found
