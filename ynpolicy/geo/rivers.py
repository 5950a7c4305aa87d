"""Which rivers of some layers count, surely or perhaps, and which layers bound the distance to them on which side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import product
from math import nan

import numpy as np
import shapely
from attrs import frozen

from ynpolicy.errors import InputError, Place, Problem
from ynpolicy.geo.layers import River, RiverLayer
from ynpolicy.geo.nearest import Nearest
from ynpolicy.geo.nearest_belts import Integers, TooManyPieces, simple_parts
from ynpolicy.location import Doubt


@frozen(eq=False)
class Search:
    """An index over some rivers of one layer, which reach half their widths, and their places in `Plan.rivers`."""

    nearest: Nearest
    places: Integers


@frozen
class Bound:
    """A search that bounds the distance, and the error of its layer in m. A place that is no farther than `water` m
    from a bank may lie in the water: half the greatest width between banks that are drawn as lines."""

    search: int
    error: float
    water: float = 0.0


@frozen(eq=False)
class Plan:
    """What to ask for one fact; searches are told by their place in `searches`.

    * `sure`: for each layer that holds rivers that surely count, those; `above`: where the layer's error is stated.
    * `may`: for each layer that holds rivers that may count, those.
    * `below`: for each group of systems and ranks that the same layers are complete for, what bounds it from below;
      no group at all where one of them is not bounded.
    * `doubts`: what holds for every site.
    """

    rivers: tuple[tuple[RiverLayer, River], ...]
    searches: tuple[Search, ...]
    sure: tuple[int, ...]
    above: tuple[Bound, ...]
    may: tuple[int, ...]
    below: tuple[tuple[Bound, ...], ...]
    doubts: frozenset[Doubt]


def plan_of(layers: Sequence[RiverLayer], systems: Sequence[str], ranks: Sequence[str]) -> Plan:
    """What to ask of layers for the rivers of some systems and ranks.

    Raises `InputError`: a layer's rivers have too many vertices, or are too long.
    """
    if not layers:
        return Plan((), (), (), (), (), (), frozenset([Doubt.NO_LAYER]))
    return _Planner(layers, systems, ranks).plan()


class _Planner:
    def __init__(self, layers: Sequence[RiverLayer], systems: Sequence[str], ranks: Sequence[str]) -> None:
        self._layers, self._systems, self._ranks = layers, systems, ranks
        self._rivers = tuple(
            (layer, river) for layer in layers for river in layer.rivers if not river.geometry.is_empty
        )
        self._half = np.array([_half(*pair) for pair in self._rivers], dtype=np.float64)
        self._water = np.array([_water(*pair) for pair in self._rivers], dtype=np.float64)
        self._searches: list[Search] = []
        self._placed: dict[tuple[int, ...], int] = {}
        self._doubts = {doubt for layer in layers for doubt in layer.doubts}

    def plan(self) -> Plan:
        surely = [(layer, self._chosen(layer, self._surely)) for layer in self._layers]
        perhaps = [(layer, self._chosen(layer, self._perhaps)) for layer in self._layers]
        sure = [(layer, self._search(places)) for layer, places in surely if places]
        above = [Bound(search, layer.error) for layer, search in sure if layer.error is not None]
        may = [self._search(places) for _, places in perhaps if places]
        if not above:
            self._doubts.add(Doubt.LAYER_ACCURACY if sure else Doubt.NO_RIVER)
        below = self._below()
        searches = tuple(self._searches)
        doubts = frozenset(self._doubts)
        return Plan(
            self._rivers, searches, tuple(search for _, search in sure), tuple(above), tuple(may), below, doubts
        )

    def _below(self) -> tuple[tuple[Bound, ...], ...]:
        """Cells of system and rank, grouped by the layers that are complete for them; see `Plan.below`."""
        groups: dict[tuple[int, ...], list[tuple[str, str]]] = {}
        for cell in product(self._systems, self._ranks):
            holders = (n for n, layer in enumerate(self._layers) if layer.is_complete_for(cell[:1], cell[1:]))
            groups.setdefault(tuple(holders), []).append(cell)
        bounds = [self._group(holders, cells) for holders, cells in groups.items()]
        if not all(bounds):
            return ()
        used = {bound.search for group in bounds for bound in group}
        if any(self._half[self._searches[search].places].any() for search in used):
            self._doubts.add(Doubt.CENTRELINE)
        return tuple(bounds)

    def _group(self, holders: Iterable[int], cells: Sequence[tuple[str, str]]) -> tuple[Bound, ...]:
        """What bounds one group; where nothing does, it is said why.

        A layer that says to be complete for the group and surely holds none of its rivers is not taken to say that
        there are none.
        """

        def may_be(river: River) -> bool:
            return any(river.system in ("", system) and river.rank in ("", rank) for system, rank in cells)

        found, why = [], set()
        for layer in (self._layers[number] for number in holders):
            places = self._chosen(layer, may_be)
            half, water = (widths[list(places)] for widths in (self._half, self._water))
            lacks = {
                Doubt.INCOMPLETE: any(may_be(river) and river.geometry.is_empty for river in layer.rivers),
                Doubt.NO_RIVER: not any((river.system, river.rank) in cells for river in layer.rivers),
                Doubt.LAYER_ACCURACY: layer.error is None,
                Doubt.WIDTH: np.isnan(half + water).any(),
            }
            why |= {doubt for doubt, lacking in lacks.items() if lacking}
            if layer.error is not None and not any(lacks.values()):
                found.append(Bound(self._search(places), layer.error, float(water.max())))
        if not found:
            self._doubts |= why or {Doubt.INCOMPLETE}
        return tuple(found)

    def _chosen(self, layer: RiverLayer, counts: Callable[[River], bool]) -> tuple[int, ...]:
        return tuple(n for n, (of, river) in enumerate(self._rivers) if of is layer and counts(river))

    def _surely(self, river: River) -> bool:
        return river.system in self._systems and river.rank in self._ranks

    def _perhaps(self, river: River) -> bool:
        return river.system in ("", *self._systems) and river.rank in ("", *self._ranks)

    def _search(self, places: tuple[int, ...]) -> int:
        if places not in self._placed:
            geometries = [self._rivers[place][1].geometry for place in places]
            reaches = np.nan_to_num(self._half[list(places)]).tolist()
            self._placed[places] = len(self._searches)
            try:
                nearest = Nearest(geometries, reaches)
            except TooManyPieces as error:
                layer = self._rivers[places[0]][0]
                help = "cut the layer to the province and what lies near it, or leave out rivers that do not count"
                problem = Problem(Place(layer.used.title), f"the rivers are too long or too detailed: {error}", help)
                raise InputError([problem]) from None
            self._searches.append(Search(nearest, np.array(places)))
        return self._placed[places]


def _half(layer: RiverLayer, river: River) -> float:
    """Half of a river's width, not a number where it is not stated; a bank is drawn where it is."""
    if layer.kind == "bank":
        return 0.0
    return nan if river.width is None else river.width / 2


def _water(layer: RiverLayer, river: River) -> float:
    """Half of the greatest width between banks that are lines, not a number where it is not stated; 0 where the layer
    has centrelines, or the water as an area."""
    parts, _ = simple_parts(np.array([river.geometry], dtype=object))
    if layer.kind != "bank" or (shapely.get_dimensions(parts) == 2).all():
        return 0.0
    return nan if river.width is None else river.width / 2
