"""A river layer with its metadata: which rivers it has, how wide they are, and which list it is complete for."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Final

import numpy as np
import shapely
from attrs import frozen

from ynpolicy.cases import Words, english_keys, scalar_text
from ynpolicy.documents import Mapping, Node, Scalar, Sequence, describe
from ynpolicy.errors import Place, Problem, nearest
from ynpolicy.geo.coordinates import at_least, read_length
from ynpolicy.geo.layers import Complete, River, RiverLayer
from ynpolicy.geo.placing import whole
from ynpolicy.geo.reading_common import LAYER_KEYS, MOST_ROWS, Layer, meaning, open_layer, scalars, word_of, words_help

RIVER_KEYS: Final[Words] = LAYER_KEYS | {
    "width": ("河宽",),
    "rivers": ("河流",),
    "system_column": ("水系列",),
    "rank_column": ("等级列",),
    "width_column": ("河宽列",),
    "complete_for": ("完整",),
}
ENTRY_KEYS: Final[Words] = {"system": ("水系",), "rank": ("等级",), "width": ("河宽",)}
COMPLETE_KEYS: Final[Words] = {"list": ("名录",), "systems": ("水系",), "ranks": ("等级",)}
KINDS: Final[Words] = {"bank": ("岸线", "河岸线"), "centreline": ("中心线", "河道中心线", "centerline")}
RANKS: Final[Words] = {
    "mainstem": ("干流",),
    "main_tributary": ("主要支流",),
    "minor": ("非主要支流", "其他支流", "一般支流"),
}
"""Ranks as the norms have them. The bare word 支流 is none: it does not say whether the tributary is a main one."""

OTHER: Final = "other"
"""The river system of a river that belongs to none of those which the norms name."""

_NO_WIDTH: Final = "leave it out: the distance is measured to the bank itself"

NAMES: Final = ("NAME", "Name", "name", "名称", "河名", "河流名称", "RIVER")
"""Columns that are taken for the names of rivers where no metadata name one."""


@frozen
class _Entry:
    """What is said of one river; empty or None where it is not said."""

    system: str = ""
    rank: str = ""
    width: Fraction | None = None


def read_rivers(path: Path, systems: Collection[str], problems: list[Problem]) -> RiverLayer | None:
    """The river layer that a YAML file describes; or a bare file of geodata, of which nothing is known but the lines.

    `systems` are the river systems that the norms name. None where something is wrong; every problem is added to
    `problems`.
    """
    before = len(problems)
    layer = open_layer(path, RIVER_KEYS, problems)
    if layer is None:
        return None
    found = _Reader(layer, {name: (f"{name}水系", f"{name}流域") for name in systems} | {OTHER: ("其他",)}).read()
    return found if len(problems) == before else None


class _Reader:
    def __init__(self, layer: Layer, systems: Words) -> None:
        self.layer = layer
        self.systems = systems
        self.told: set[tuple[str, str]] = set()
        self.before = len(layer.problems)
        self.kind = word_of(layer.found.get("kind"), KINDS, "kind", layer.problems)
        self.are_areas = self.kind == "bank" and bool(np.isin(shapely.get_type_id(layer.geometries), (3, 6)).all())

    def read(self) -> RiverLayer:
        layer = self.layer
        names = layer.column("name", NAMES)
        entries = self.entries(names)
        self.check_kind()
        rivers = tuple(self.rivers(names, entries))
        complete = tuple(self.complete(rivers))
        listed = "; ".join(dict.fromkeys(part.listed for part in complete))
        kind = self.kind or "centreline"
        return RiverLayer(layer.used(kind, listed), kind, layer.error, rivers, complete, layer.doubts)

    def check_kind(self) -> None:
        layer = self.layer
        types = shapely.get_type_id(layer.geometries)
        wrong = np.flatnonzero(~np.isin(types, (1, 2, 5) if self.kind == "centreline" else (1, 2, 3, 5, 6)))
        help = "rivers are lines, or areas in a layer of banks"
        what = {0: "a point", 4: "points", 3: "an area", 6: "areas"}
        rows = ((int(row), f"{what.get(int(types[row]), 'a mixture')} is no river here") for row in wrong)
        layer.report_rows(rows, help)
        if self.are_areas:
            for key in (key for key in ("width", "width_column") if key in layer.found):
                layer.report(layer.found[key].place, f"banks that are areas need no `{key}`", _NO_WIDTH)

    def entries(self, names: tuple[str, ...] | None) -> dict[str, _Entry]:
        """What `rivers:` says, by name; a river that is not in the file is a problem."""
        layer, node = self.layer, self.layer.found.get("rivers")
        if node is None or (isinstance(node, Scalar) and node.is_null):
            return {}
        if not isinstance(node, Mapping):
            message = f"{describe(node)} stands where `rivers` needs a mapping"
            layer.report(node.place, message, "write `name: {system: ..., rank: ...}` lines")
            return {}
        if names is None and "name" not in layer.found:
            layer.report(node.place, "`rivers` needs `name`", "write `name:` with the column that names the rivers")
        found: dict[str, _Entry] = {}
        for key, value in node.items:
            name = key.text.strip()
            found[name] = self.entry(value)
            if names is not None and name not in names:
                help = "a layer that lacks a river is not complete for it: add its line, or take the name out"
                help = nearest(name, tuple(dict.fromkeys(names))) or help
                layer.report(key.place, f"there is no river `{name}` in `{Path(layer.table.shown).name}`", help)
        return found

    def entry(self, node: Node) -> _Entry:
        problems = self.layer.problems
        if isinstance(node, Scalar) and node.is_null:
            return _Entry()
        if not isinstance(node, Mapping):
            self.layer.report(
                node.place, f"{describe(node)} does not describe a river", "write {system: ..., rank: ...}"
            )
            return _Entry()
        found = english_keys(node, ENTRY_KEYS, problems)
        width = found.get("width")
        if width is not None and self.are_areas:
            self.layer.report(width.place, "banks that are areas need no `width`", _NO_WIDTH)
        return _Entry(
            word_of(found.get("system"), self.systems, "river system", problems),
            word_of(found.get("rank"), RANKS, "rank", problems),
            read_length(width, "width", problems) if width is not None else None,
        )

    def rivers(self, names: tuple[str, ...] | None, entries: dict[str, _Entry]) -> Iterator[River]:
        """Rows of one name, system, rank and width are one river."""
        layer = self.layer
        default = layer.found.get("width")
        width = read_length(default, "width", layer.problems) if default is not None else None
        rows: dict[tuple[str, _Entry], list[int]] = {}
        for row, said in enumerate(self.by_columns()):
            name = names[row] if names is not None else ""
            rows.setdefault((name, self.joined(row, name, said, entries.get(name, _Entry()))), []).append(row)
        for (name, said), members in rows.items():
            widest = width if said.width is None else said.width
            known = 0.0 if self.are_areas else None if widest is None else at_least(widest)
            yield River(name, said.system, said.rank, known, whole(layer.geometries[members]))

    def by_columns(self) -> list[_Entry]:
        """What the columns say of each row."""
        systems = self.worded("system_column", self.systems, "river system")
        ranks = self.worded("rank_column", RANKS, "rank")
        widths = self.widths()
        return [_Entry(*said) for said in zip(systems, ranks, widths, strict=True)]

    def worded(self, key: str, words: Words, what: str) -> list[str]:
        layer = self.layer
        texts = layer.column(key) or ("",) * len(layer.geometries)
        known = {text: meaning(text, words) if text else "" for text in set(texts)}
        strange = [text for text in dict.fromkeys(texts) if known[text] is None]
        for text in strange[:MOST_ROWS]:
            row = texts.index(text) + 1
            layer.report(layer.file_place, f"feature {row}: unknown {what} `{text}`", words_help(text, words))
        return [known[text] or "" for text in texts]

    def widths(self) -> list[Fraction | None]:
        layer = self.layer
        texts = layer.column("width_column") or ("",) * len(layer.geometries)
        found: dict[str, Fraction | None] = {"": None}
        for row, text in enumerate(texts):
            if text not in found:
                place = Place(f"{layer.table.shown}: feature {row + 1}")
                found[text] = read_length(Scalar(text, True, place), "width", layer.problems)
        return [found[text] for text in texts]

    def joined(self, row: int, name: str, column: _Entry, entry: _Entry) -> _Entry:
        """What columns and `rivers:` say together; that they differ is a problem, told once a river."""
        for what, a, b in (
            ("system", column.system, entry.system),
            ("rank", column.rank, entry.rank),
            ("width", column.width, entry.width),
        ):
            if a and b and a != b and (name, what) not in self.told:
                self.told.add((name, what))
                message = f"feature {row + 1}: the {what} of `{name}` is `{a}` in the file and `{b}` in the metadata"
                self.layer.report(self.layer.file_place, message, "keep what is right")
        width = column.width if entry.width is None else entry.width
        return _Entry(entry.system or column.system, entry.rank or column.rank, width)

    def complete(self, rivers: tuple[River, ...]) -> Iterator[Complete]:
        """What the layer is declared complete for; at least one river of each declaration is in the layer.

        That none is there is told only where nothing else is wrong, since it often follows from that.
        """
        layer, node = self.layer, self.layer.found.get("complete_for")
        if node is None or (isinstance(node, Scalar) and node.is_null):
            return
        for item in node.items if isinstance(node, Sequence) else (node,):
            if not isinstance(item, Mapping):
                help = "write `- {list: ..., systems: [...], ranks: [...]}`"
                layer.report(item.place, f"{describe(item)} does not say what the layer is complete for", help)
                continue
            found = english_keys(item, COMPLETE_KEYS, layer.problems)
            listed = scalar_text(found.get("list"), "list", layer.problems)
            if not listed:
                help = "write `list:` with the official list of rivers and its date"
                layer.report(item.place, "a layer is complete for a list, and none is named", help)
            systems = self.words(found.get("systems"), self.systems, "river system", "systems", item.place)
            ranks = self.words(found.get("ranks"), RANKS, "rank", "ranks", item.place)
            if not (systems and ranks):
                continue
            is_empty = not any(river.system in systems and river.rank in ranks for river in rivers)
            if is_empty and len(layer.problems) == self.before:
                help = "say of each river its system and rank, under `rivers:` or by columns"
                layer.report(item.place, "the layer is called complete for rivers of which it has none", help)
            yield Complete(listed, systems, ranks)

    def words(self, node: Node | None, words: Words, what: str, key: str, place: Place) -> tuple[str, ...]:
        problems = self.layer.problems
        found = scalars(node, key, problems)
        if not found and node is None:
            self.layer.report(place, f"`complete_for` has no `{key}`", f"write `{key}: [...]`")
        return tuple(filter(None, (word_of(one, words, what, problems) for one in found)))
