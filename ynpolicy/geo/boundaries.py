"""In which administrative unit a site lies, when neither the site nor the boundaries are drawn exactly.

A unit is sure when the whole site, widened by all that site and layer may be off, lies within it as it is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from attrs import evolve, frozen
from numpy.typing import NDArray

from ynpolicy.geo.around import (
    Floats,
    Geometries,
    around,
    distances,
    reach_of,
    rounded_down,
    rounded_up,
    stray,
    window,
)
from ynpolicy.geo.boundaries_many import Sides
from ynpolicy.geo.layers import BoundaryLayer, Site
from ynpolicy.location import Doubt, UnitFound

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

Numbers = NDArray[np.intp]

_SLIVER: Final = 1.0
"""Square metres of no unit that are taken for a flaw of the drawing, not for land that the layer leaves out."""


class BoundaryIndex:
    """Boundary layers of one kind, ready to be asked about many sites."""

    def __init__(self, layers: Sequence[BoundaryLayer]) -> None:
        self._layers = tuple(_LayerIndex(layer) for layer in layers)
        self._names = {unit.code: unit.name for layer in reversed(layers) for unit in layer.units}

    def find(self, site: Site, fact: str) -> UnitFound:
        """The unit that holds the whole site, or all units that may hold a part of it.

        Of several layers, each leaves out the units that it excludes. `to_boundary` is the geodesic distance from the
        nearest part of the site to the nearest boundary, rounded down; `needed` is rounded up; both are those of the
        layer with the greatest margin. A site that may reach beyond the units of the layer is in doubt as `OUTSIDE`: a
        part of it may lie in a unit that the layer does not have. Names stand in the order of the candidates. Layers
        contradict each other by their own errors alone: were it by the site's too, a better known site could lose its
        unit.
        """
        if not self._layers:
            return UnitFound(fact, "", doubts=(Doubt.NO_LAYER,))
        answers = [index.ask(site, alone=len(self._layers) == 1) for index in self._layers]
        candidates, contradictory = _agreed(answers)
        if len(answers) > 1:
            exact = evolve(site, error=0.0, extent=0.0)
            contradictory = _agreed([index.ask(exact, alone=False) for index in self._layers])[1]
        if contradictory:
            candidates = tuple(dict.fromkeys(code for answer in answers for code in answer.candidates))
        sure = len(candidates) == 1 and not contradictory and any(answer.holds_all for answer in answers)
        best = max(answers, key=_Answer.margin)
        doubts = [*site.doubts, *best.layer.doubts, *(() if sure else best.doubts)]
        if contradictory:
            doubts.append(Doubt.CONTRADICTION)
        return UnitFound(
            fact,
            candidates[0] if sure else "",
            candidates,
            tuple(self._names[code] for code in candidates),
            best.to_boundary,
            best.needed,
            best.layer.used,
            tuple(dict.fromkeys(doubts)),
        )

    def codes(self, lon: Floats, lat: Floats, error: Floats | float) -> NDArray[np.str_]:
        """The code that `find` gives to each of many points; empty where it gives none.

        `error` is all that a site may be off and reach around its point, in metres: one figure, or one a point; NaN
        where it is not known.
        """
        errors = np.broadcast_to(np.asarray(error, dtype=np.float64), lon.shape)
        found = np.full(len(lon), "", dtype="U6")
        if not self._layers:
            return found
        settled, unsettled = self._layers[0].codes(lon, lat, errors)
        for layer in self._layers[1:]:
            others, more = layer.codes(lon, lat, errors)
            unsettled = unsettled | more | (others != settled) | (others == "")
        known = ~np.isnan(errors)
        found[known & ~unsettled] = settled[known & ~unsettled]
        for row in np.flatnonzero(known & unsettled):
            point = shapely.Point(lon[row], lat[row])
            found[row] = self.find(Site("", "", point, None, float(errors[row]), 0.0, ""), "").code
        return found


@frozen
class _Answer:
    """What one layer says. `holds_all` says that no part of the widened site can lie in a unit that is not among the
    candidates."""

    layer: BoundaryLayer
    candidates: tuple[str, ...]
    holds_all: bool = False
    to_boundary: Fraction | None = None
    needed: Fraction | None = None
    doubts: tuple[Doubt, ...] = ()

    def margin(self) -> Fraction | float:
        known = self.to_boundary is not None and self.needed is not None
        return self.to_boundary - self.needed if known else -inf  # type: ignore[operator]


def _agreed(answers: Sequence[_Answer]) -> tuple[tuple[str, ...], bool]:
    """The units that no layer excludes, and whether layers exclude all of them."""
    every = tuple(dict.fromkeys(code for answer in answers for code in answer.candidates))
    closed = [set(answer.candidates) for answer in answers if answer.holds_all]
    if not closed:
        return every, False
    shared = set.intersection(*closed)
    return (tuple(code for code in every if code in shared), False) if shared else (every, True)


class _LayerIndex:
    """One layer, its units merged by code."""

    def __init__(self, layer: BoundaryLayer) -> None:
        self.layer = layer
        parts: dict[str, list[BaseGeometry]] = {}
        for unit in layer.units:
            parts.setdefault(unit.code, []).append(unit.geometry)
        self._codes = np.array(list(parts), dtype="U6")
        self._areas: Geometries = np.array(
            [shapely.union_all(areas) if len(areas) > 1 else areas[0] for areas in parts.values()], dtype=object
        )
        self._boundaries: Geometries = np.asarray(shapely.boundary(self._areas))
        self._area_tree = shapely.STRtree(self._areas)
        self._boundary_tree = shapely.STRtree(self._boundaries)

    def ask(self, site: Site, *, alone: bool) -> _Answer:
        """What the layer says of a site; where it is `alone`, `holds_all` is found only of a single candidate."""
        place = site.geometry
        bounds = (
            (self.layer.error, Doubt.LAYER_ACCURACY),
            (site.error, Doubt.SITE_ACCURACY),
            (site.extent, Doubt.SITE_EXTENT),
        )
        missing = [doubt for value, doubt in bounds if value is None]
        needed = rounded_up(sum(value or 0.0 for value, _ in bounds))
        touched = self._area_tree.query(place, predicate="intersects")
        near, least = self._near(place, touched, float(needed))
        covered = len(touched) == 1 and bool(shapely.covers(self._areas[touched[0]], place))
        sure = covered and least is not None and least > needed
        candidates = np.union1d(touched, near).astype(np.intp)
        doubts = list(missing)
        within = sure or (bool(len(candidates)) and self._covers_widened(place, candidates, float(needed)))
        if not within or (len(touched) == 1 and not covered):
            doubts.append(Doubt.OUTSIDE)
        if len(candidates) and not sure:
            doubts.append(Doubt.NEAR_BOUNDARY)
        return _Answer(
            self.layer,
            tuple(self._codes[candidates].tolist()),
            not missing and (sure or (not alone and within)),
            least,
            None if missing else needed,
            tuple(doubts),
        )

    def _near(self, place: BaseGeometry, touched: Numbers, needed: float) -> tuple[NDArray[np.intp], Fraction | None]:
        """The units with a boundary no farther than `needed`, and the distance to the nearest boundary: from outside of
        all units only where that is no farther either; where units overlap, it is anywhere in the overlap."""
        reach = needed + 1.0
        if len(touched):
            reach = max(reach, *(reach_of(place, self._boundaries[unit]) + 1.0 for unit in touched))
        near = self._boundary_tree.query(shapely.box(*window(place, reach)))
        apart = distances(place, self._boundaries[near], reach) - stray(place, reach)
        within = near[apart <= needed]
        if len(touched) > 1:
            return within, Fraction(0)
        least = max(float(apart.min(initial=inf)), 0.0)
        known = bool(len(touched)) or least <= needed
        return within, rounded_down(least) if known else None

    def _covers_widened(self, place: BaseGeometry, units: Numbers, needed: float) -> bool:
        """Whether some units together cover a site that is widened by `needed` metres and somewhat more."""
        wide = needed * 1.01 + 1.0
        plane = around(place)
        near = shapely.intersection(self._areas[units], shapely.box(*window(place, 2 * wide)))
        disc = plane.placed(place).buffer(wide)
        return bool(shapely.difference(disc, shapely.union_all(plane.placed(near))).area <= _SLIVER)

    @cached_property
    def _sides(self) -> Sides:
        return Sides(self._boundaries)

    def codes(self, lon: Floats, lat: Floats, errors: Floats) -> tuple[NDArray[np.str_], NDArray[np.bool_]]:
        """The codes that are sure, and the points that only `ask` can settle."""
        found = np.full(len(lon), "", dtype="U6")
        unsettled = np.zeros(len(lon), dtype=np.bool_)
        if self.layer.error is None:
            return found, unsettled
        points = shapely.points(lon, lat)
        row, unit = self._area_tree.query(points, predicate="intersects")
        lone = np.flatnonzero((np.bincount(row, minlength=len(lon)) == 1) & ~np.isnan(errors))
        holder = np.zeros(len(lon), dtype=np.intp)
        holder[row] = unit
        near, maybe = self._sides.within(lon[lone], lat[lone], errors[lone] + self.layer.error)
        found[lone[~near & ~maybe]] = self._codes[holder[lone[~near & ~maybe]]]
        unsettled[lone[maybe]] = True
        return found, unsettled
