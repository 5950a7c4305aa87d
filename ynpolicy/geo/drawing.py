"""A site and what lies around it as a drawing in whole metres, ready for a map: counties, rivers, the law's distance.

Where site and layer have stated bounds, the band is where a site of these bounds cannot be told to be within the law's
distance or beyond it: from `buffer - E` to `buffer + E + extent + w/2` around the rivers as they are drawn; around
banks to `buffer + E + extent`, or `w/2 + E + extent` if that is more, since a site nearer than that may lie in the
water.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from math import ceil, hypot
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from attrs import frozen

from ynpolicy.geo.around import Around, Bounds, Geometries, around, distances, window
from ynpolicy.geo.drawing_buffers import widened
from ynpolicy.geo.drawing_labels import UNITS, Labels
from ynpolicy.geo.layers import BoundaryLayer, River, RiverLayer, Site
from ynpolicy.location import DistanceFound, Drawing, Drawn, Path

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

LEAST_REACH: Final = 2_500
MOST_REACH: Final = 60_000
MOST_POINTS: Final = 20_000
"""A drawing with more points is drawn again with less detail, so that its paths take up 200 KB at most."""
_MOST_CORNERS: Final = 2_000
"""A site of more corners is drawn as the area around all of them."""
RANKS: Final = ("mainstem", "main_tributary")
_STEP: Final = 0.01
"""Degrees between points that are drawn: over 1.1 km a line strays by under 4 cm."""


def draw(
    site: Site,
    layers: Sequence[RiverLayer],
    boundaries: Sequence[BoundaryLayer],
    found: Sequence[DistanceFound],
    hint: RiverLayer | None,
    ranks: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
) -> Drawing:
    """The square around a site that shows the whole site, 2.5 times the law's distance, and the nearest river if it is
    within 46 km; from 2.5 to 60 km to each side. `ranks` are those of the rivers that count for a fact, by its name;
    for one that is not there, `RANKS`.

    Of several boundary layers the first that has a line in the square is drawn; of the hint layer, the rivers that no
    other layer has by name.
    """
    plane = around(site.geometry)
    placed = plane.placed(site.geometry)
    if shapely.get_num_coordinates(placed) > _MOST_CORNERS:
        placed = shapely.convex_hull(placed)
    own = [layer for layer in layers if layer.kind != "hint"]
    named = {river.name for layer in own for river in layer.rivers}
    hints = [river for river in hint.rivers if named.isdisjoint(river.name.split("/"))] if hint else []
    buffers = [float(distance.buffer) for distance in found if distance.buffer is not None]
    measured = [float(distance.measured) for distance in found if distance.measured is not None]
    if not measured and hints:
        apart = distances(site.geometry, _array(river.geometry for river in hints), MOST_REACH)
        measured = apart[np.isfinite(apart)].tolist()
    reach = _reach(site, placed, max(buffers, default=0.0), min(measured, default=0.0))
    ends = [plane.placed(shapely.Point(one.nearest)) for one in found if one.nearest is not None]
    widened_site = placed.buffer((site.error or 0.0) + (site.extent or 0.0))
    detail = reach / UNITS
    while True:
        scene = _Scene(site, plane, placed, reach, detail, Labels(reach, [placed, widened_site, *ends]))
        drawn = chain(
            _site(scene, found),
            _rivers(scene, own, hints),
            _counties(scene, boundaries),
            _law(scene, own, found, ranks),
        )
        features = _as_many_as_fit(drawn, MOST_POINTS if detail < reach else None)
        if features is not None:
            return Drawing((plane.lon, plane.lat), reach, features, round(max(buffers)) if buffers else None)
        detail *= 2


def _as_many_as_fit(drawn: Iterable[Drawn], most: int | None) -> tuple[Drawn, ...] | None:
    """All features; None, as soon as that is seen, where they have more points than `most`."""
    features, points = [], 0
    for feature in drawn:
        features.append(feature)
        points += sum(map(len, feature.paths))
        if most is not None and points > most:
            return None
    return tuple(features)


def _reach(site: Site, placed: BaseGeometry, buffer: float, nearest: float) -> int:
    west, south, east, north = placed.bounds
    own = hypot(max(-west, east), max(-south, north)) + (site.error or 0.0) + (site.extent or 0.0)
    wanted = [LEAST_REACH, 1.2 * own, 2.5 * buffer, *([1.3 * nearest] if 1.3 * nearest <= MOST_REACH else [])]
    return min(ceil(max(wanted)), MOST_REACH)


@frozen
class _Scene:
    """What is drawn, and how fine: `detail` is the metres that may be left out."""

    site: Site
    plane: Around
    placed: BaseGeometry
    reach: int
    detail: float
    labels: Labels

    def seen(self, geometries: Geometries) -> Geometries:
        """What of each geometry, in metres, lies in the square."""
        return _cut(geometries, (-self.reach, -self.reach, self.reach, self.reach))

    def near(self, geometries: Iterable[BaseGeometry], margin: float = 0.0) -> Geometries:
        """Each geometry, in metres, as far as it lies in the square or within a margin around it."""
        bounds = window(shapely.Point(self.plane.lon, self.plane.lat), 1.5 * (self.reach + margin))
        return np.asarray(self.plane.placed(_cut(_array(geometries), bounds), _STEP))

    def drawn(self, role: str, geometries: Geometries, name: str = "", at: tuple[int, int] | None = None) -> Drawn:
        """A feature of what is seen of some lines, or of some areas."""
        seen = shapely.simplify(self.seen(geometries), self.detail)
        parts = shapely.get_parts(shapely.get_parts(seen))
        rings = shapely.get_rings(parts)
        lines = rings if len(rings) else parts[shapely.get_dimensions(parts) == 1]
        if role in ("river", "hint", "county"):
            lines = lines[shapely.length(lines) > 2 * self.detail]
        paths = (_path(line, bool(len(rings))) for line in lines if not line.is_empty)
        return Drawn(role, tuple(path for path in paths if path), bool(len(rings)), name, at)


def _cut(geometries: Geometries, bounds: Bounds) -> Geometries:
    """Lines as they run, unlike by an intersection, which parts them wherever they cross themselves; and areas."""
    areas = shapely.get_dimensions(geometries) == 2
    cut: Geometries = np.asarray(shapely.clip_by_rect(geometries, *bounds))
    cut[areas] = shapely.intersection(geometries[areas], shapely.box(*bounds))
    return cut


def _array(geometries: Iterable[BaseGeometry]) -> Geometries:
    return np.array(list(geometries), dtype=object)


def _path(line: BaseGeometry, ring: bool) -> Path:
    """A line in whole metres; nothing where that leaves nothing to see."""
    points = [(round(east), round(north)) for east, north in shapely.get_coordinates(line).tolist()]
    kept = [point for number, point in enumerate(points) if number == 0 or point != points[number - 1]]
    if ring and kept[0] == kept[-1]:
        kept.pop()
    return tuple(kept) if len(kept) >= (3 if ring else 2) else ()


# ---------------------------------------------------------------- rivers


def _rivers(scene: _Scene, layers: Sequence[RiverLayer], hints: Sequence[River]) -> Iterator[Drawn]:
    """Rivers, the nearest first, so that its name has the first choice of a place."""
    rivers = [("river", river) for layer in layers for river in layer.rivers] + [("hint", river) for river in hints]
    parts: dict[tuple[str, str], list[BaseGeometry]] = {}
    seen_rivers = scene.seen(scene.near(river.geometry for _, river in rivers))
    for (role, river), one in zip(rivers, seen_rivers, strict=True):
        seen = shapely.get_parts(shapely.get_parts(one))
        parts.setdefault((role, river.name), []).extend(part for part in seen if not part.is_empty)
    whole = {key: _array(pieces) for key, pieces in parts.items() if pieces}
    for (role, name), pieces in sorted(whole.items(), key=lambda item: shapely.distance(item[1], scene.placed).min()):
        at = scene.labels.on_line(name, pieces) if name else None
        for dimension in (1, 2):
            drawn = scene.drawn(role, pieces[shapely.get_dimensions(pieces) == dimension], name, at)
            if drawn.paths:
                yield drawn
                at = None


def _law(
    scene: _Scene, layers: Sequence[RiverLayer], found: Sequence[DistanceFound], ranks: Mapping[str, tuple[str, ...]]
) -> Iterator[Drawn]:
    """The law's distance from the rivers that count, or may count, and the band in which a site cannot be told."""
    asked = dict.fromkeys((one.systems, ranks.get(one.fact, RANKS), one.buffer) for one in found)
    for systems, counting, buffer in asked:
        if buffer is None:
            continue
        for layer in layers:
            counted = [river for river in layer.rivers if _may_count(river, systems, counting)]
            if counted:
                yield from _around(scene, layer, counted, float(buffer))


def _around(scene: _Scene, layer: RiverLayer, rivers: Sequence[River], buffer: float) -> Iterator[Drawn]:
    """The law's distance around some rivers of a layer; the band too where all that it depends on is stated."""
    site, widths = scene.site, [river.width for river in rivers]
    stated = None not in (layer.error, site.error, site.extent, *widths)
    error, extent = (layer.error or 0.0) + (site.error or 0.0), site.extent or 0.0
    half = np.array([(width or 0.0) / 2 for width in widths])
    reaches = error + extent + (np.maximum(buffer, half) if layer.kind == "bank" else buffer + half)
    placed = shapely.simplify(scene.near((river.geometry for river in rivers), reaches.max()), scene.detail / 2)
    within = widened(placed, np.full(len(placed), buffer), scene.detail)
    yield scene.drawn("buffer", _array([shapely.boundary(within)]))
    if stated and reaches.max() > buffer - error:
        sure = np.array([bool(river.system and river.rank) for river in rivers])
        inner = widened(placed[sure & (buffer >= error)], np.full(len(placed), buffer - error), scene.detail)
        outer = widened(placed, reaches, scene.detail)
        yield scene.drawn("band", _array([shapely.difference(outer, inner)]))


def _may_count(river: River, systems: Collection[str], ranks: Collection[str]) -> bool:
    return river.system in ("", *systems) and river.rank in ("", *ranks)


# ---------------------------------------------------------------- counties and site


def _counties(scene: _Scene, boundaries: Sequence[BoundaryLayer]) -> Iterator[Drawn]:
    """The lines between units, each once, and the names of the units."""
    bounds = shapely.box(*window(shapely.Point(scene.plane.lon, scene.plane.lat), 1.5 * scene.reach))
    for layer in boundaries:
        units = [unit for unit in layer.units if unit.geometry.intersects(bounds)]
        areas = scene.seen(scene.near(unit.geometry for unit in units))
        lines = scene.near(shapely.boundary(unit.geometry) for unit in units)
        if shapely.is_empty(areas).all():
            continue
        joined = shapely.line_merge(shapely.union_all(scene.seen(lines), grid_size=1.0))
        drawn = scene.drawn("county", _array([joined]))
        if drawn.paths:
            yield drawn
        for unit, area in sorted(zip(units, areas, strict=True), key=lambda pair: pair[1].distance(scene.placed)):
            at = scene.labels.in_area(unit.name, area)
            if at is not None:
                yield Drawn("county", (), name=unit.name, label_at=at)
        return


def _site(scene: _Scene, found: Sequence[DistanceFound]) -> Iterator[Drawn]:
    """The way to each nearest point, how far the site may be off and reach, and the site."""
    for lon, lat in dict.fromkeys(one.nearest for one in found if one.nearest is not None):
        way = shapely.shortest_line(scene.placed, scene.plane.placed(shapely.Point(lon, lat)))
        drawn = scene.drawn("nearest", _array([way]))
        if drawn.paths:
            yield drawn
    wider = (scene.site.error or 0.0) + (scene.site.extent or 0.0)
    if wider:
        yield scene.drawn("accuracy", _array([scene.placed.buffer(wider)]))
    parts = shapely.get_parts(shapely.get_parts(scene.placed))
    dimensions = shapely.get_dimensions(parts)
    points = shapely.get_coordinates(parts[dimensions == 0]).tolist()
    if points:
        yield Drawn("site", tuple(((round(east), round(north)),) for east, north in points), rings=True)
    for dimension in (1, 2):
        drawn = scene.drawn("site", parts[dimensions == dimension])
        if drawn.paths:
            yield drawn
