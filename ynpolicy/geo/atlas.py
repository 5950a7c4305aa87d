"""Layers of rivers and boundaries, ready to say of a site what the facts of a pack ask of geometry."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Final

from attrs import evolve, frozen

from ynpolicy.cases import RawCase, Words
from ynpolicy.documents import Mapping, Node, Scalar, describe
from ynpolicy.documents import Sequence as Listed
from ynpolicy.errors import Problem
from ynpolicy.geo.boundaries import BoundaryIndex
from ynpolicy.geo.bulk_table import Asked
from ynpolicy.geo.distances import RiverIndex
from ynpolicy.geo.drawing import draw
from ynpolicy.geo.hints import hint_layer, rivers_nearby
from ynpolicy.geo.layers import BoundaryLayer, RiverLayer, Site
from ynpolicy.geo.reading import read_boundaries, read_rivers
from ynpolicy.geo.sites import read_site
from ynpolicy.ir import ByBoundaries, ByRivers, FactType, Pack
from ynpolicy.location import Location
from ynpolicy.values import Interval

LAYER_KEYS: Final[Words] = {"rivers": ("河流图层",), "boundaries": ("区划图层",)}
"""Keys of a case's `location` that name files of layers, beside those that describe the site."""


@frozen
class Layers:
    """What sites are measured against."""

    rivers: tuple[RiverLayer, ...] = ()
    boundaries: tuple[BoundaryLayer, ...] = ()


def read_layers(
    rivers: Sequence[Path | str],
    boundaries: Sequence[Path | str],
    systems: Collection[str],
    problems: list[Problem],
) -> Layers:
    """The layers of some files; what is wrong with them is added to `problems`."""
    found = [read_rivers(Path(path), systems, problems) for path in rivers]
    units = [read_boundaries(path, problems) for path in boundaries]
    return Layers(
        tuple(layer for layer in found if layer is not None), tuple(layer for layer in units if layer is not None)
    )


SYSTEMS: Final = (
    *("长江", "珠江", "红河", "澜沧江", "怒江", "伊洛瓦底江"),
    *("黄河", "淮河", "海河", "辽河", "松花江"),
)
"""The great river systems of China and of Yunnan: a layer may name them also where no fact of a pack counts them."""


def systems_of(*packs: Pack) -> tuple[str, ...]:
    """The river systems that a layer may name: the great ones, then those that the facts of some packs count."""
    counted = (
        system
        for pack in packs
        for fact in pack.facts.values()
        if isinstance(fact.located, ByRivers)
        for system in fact.located.systems
    )
    return tuple(dict.fromkeys((*SYSTEMS, *counted)))


class Atlas:
    """Layers, indexed for the facts of one pack. An index is built when it is first asked."""

    def __init__(self, pack: Pack, layers: Layers) -> None:
        self.pack = pack
        self.layers = layers
        self._rivers: dict[tuple[tuple[str, ...], tuple[str, ...]], RiverIndex] = {}
        self._boundaries: dict[str, BoundaryIndex] = {}

    def located(self, level: str) -> tuple[FactType, ...]:
        """The facts of a level that geometry can answer."""
        return tuple(
            fact
            for fact in self.pack.facts.values()
            if fact.located is not None and (not fact.levels or level in fact.levels)
        )

    def rivers_for(self, asked: ByRivers) -> RiverIndex:
        """The index of the rivers that a fact counts."""
        key = (asked.systems, asked.ranks)
        if key not in self._rivers:
            self._rivers[key] = RiverIndex(self.layers.rivers, *key)
        return self._rivers[key]

    def units_for(self, asked: ByBoundaries) -> BoundaryIndex:
        """The index of the administrative units of a kind."""
        if asked.kind not in self._boundaries:
            layers = [layer for layer in self.layers.boundaries if layer.kind == asked.kind]
            self._boundaries[asked.kind] = BoundaryIndex(layers)
        return self._boundaries[asked.kind]

    def buffer(self, asked: ByRivers, day: date | None) -> Fraction | None:
        """The distance that the law draws on a day, in m; None where it draws none, or the day is not given."""
        parameter = self.pack.parameters.get(asked.buffer)
        entry = parameter.at(day) if parameter and day else None
        return entry.value.lo if entry and isinstance(entry.value, Interval) else None

    def locate(self, site: Site, level: str, day: date | None) -> Location:
        """What geometry finds about a site for the facts of a level, the law's distances being those of a day."""
        facts = self.located(level)
        distances = tuple(
            self.rivers_for(fact.located).find(site, fact.name, self.buffer(fact.located, day))
            for fact in facts
            if isinstance(fact.located, ByRivers)
        )
        units = tuple(
            self.units_for(fact.located).find(site, fact.name)
            for fact in facts
            if isinstance(fact.located, ByBoundaries)
        )
        ranks = {fact.name: fact.located.ranks for fact in facts if isinstance(fact.located, ByRivers)}
        hint = hint_layer()
        nearby = rivers_nearby(site) if hint is not None else ()
        used = [layer.used for layer in self.layers.rivers] + [layer.used for layer in self.layers.boundaries]
        return Location(
            site=site.shown,
            system=site.system,
            accuracy=_exact(site.accuracy),
            extent=_exact(site.extent),
            digest=site.digest,
            distances=distances,
            units=units,
            nearby=nearby,
            layers=(*used, *((hint.used,) if hint is not None else ())),
            drawing=draw(site, self.layers.rivers, self.layers.boundaries, distances, hint, ranks),
        )

    def asked(self, level: str, day: date | None) -> tuple[Asked, ...]:
        """The facts of a level that geometry can answer, to be asked of a table of sites."""
        return tuple(
            Asked(fact.name, self.rivers_for(fact.located), self.buffer(fact.located, day))
            if isinstance(fact.located, ByRivers)
            else Asked(fact.name, units=self.units_for(fact.located))
            for fact in self.located(level)
            if fact.located is not None
        )

    def locate_case(self, raw: RawCase, day: date | None, problems: list[Problem]) -> Location | None:
        """What geometry finds about the site of a case; None where it gives none, or it is wrong and reported."""
        if raw.location is None:
            return None
        folder = Path(raw.location.place.file).parent
        described, files = _parted(raw.location, problems)
        before = len(problems)
        site = read_site(described, problems, folder=folder)
        own = read_layers(
            [folder / name for name in files["rivers"]],
            [_in_folder(folder, name) for name in files["boundaries"]],
            systems_of(self.pack),
            problems,
        )
        if site is None or len(problems) > before:
            return None
        if not own.rivers and not own.boundaries:
            return self.locate(site, raw.level, day)
        both = evolve(
            self.layers,
            rivers=(*self.layers.rivers, *own.rivers),
            boundaries=(*self.layers.boundaries, *own.boundaries),
        )
        return Atlas(self.pack, both).locate(site, raw.level, day)


def _exact(length: float | None) -> Fraction | None:
    return None if length is None else Fraction(repr(length))


def _in_folder(folder: Path, name: str) -> Path | str:
    """A file beside the case, or the name of a layer that comes with a package."""
    return folder / name if "." in name else name


def _parted(node: Node, problems: list[Problem]) -> tuple[Node, dict[str, list[str]]]:
    """The site that a case's `location` describes, and the files of layers that it names."""
    files: dict[str, list[str]] = {key: [] for key in LAYER_KEYS}
    if not isinstance(node, Mapping):
        return node, files
    meaning = {word: key for key, words in LAYER_KEYS.items() for word in (key, *words)}
    rest = []
    for key, value in node.items:
        name = meaning.get(key.text.strip())
        if name is None:
            rest.append((key, value))
            continue
        for item in value.items if isinstance(value, Listed) else (value,):
            if isinstance(item, Scalar) and not item.is_null:
                files[name].append(item.text.strip())
            elif not isinstance(item, Scalar):
                problems.append(Problem(item.place, f"{describe(item)} stands where a file belongs", "write its name"))
    return evolve(node, items=tuple(rest)), files
