"""The nearest of many lines and areas to a site, one site or many at a time."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import product

import numpy as np
import shapely
from attrs import evolve
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from ynpolicy.geo.around import Floats
from ynpolicy.geo.nearest_belts import STEP, Belt, Integers, Near, NearMany, belts, simple_parts


class Nearest:
    """An index of lines and areas, given in degrees of longitude and latitude, straight between their vertices.

    `reaches` are the metres by which each geometry is wider than it is drawn; they move its edge, not its distance. A
    site within an area is at distance 0. Raises `ValueError` where there is no geometry at all, or all are empty, and
    `TooManyPieces`.
    """

    def __init__(self, geometries: Sequence[BaseGeometry], reaches: Sequence[float] | None = None) -> None:
        drawn = np.array(geometries, dtype=object)
        self._reach = np.array(reaches, dtype=np.float64) if reaches is not None else np.zeros(len(drawn))
        self._areas = _Areas(drawn)
        self._belts = belts(drawn, self._reach)
        if not self._belts:
            raise ValueError("an index needs at least one place")

    def of_point(self, lon: float, lat: float) -> Near:
        """The nearest to one point."""
        within = self._areas.holding(lon, lat)
        if within >= 0:
            return Near(within, 0.0, lon, lat, -float(self._reach[within]))
        if len(self._belts) == 1:
            return self._belts[0].of_point(lon, lat)
        return self._least(lon, lon, lat, lambda belt: belt.of_point(lon, lat))

    def of_points(self, lon: Floats, lat: Floats) -> NearMany:
        """The nearest to each of many points; quickest where each is near to the one before."""
        within = self._areas.holding_many(lon, lat)
        held = within >= 0
        apart, edge = np.where(held, 0.0, np.inf), np.where(held, -self._reach[within], np.inf)
        found = NearMany(within, apart, lon.copy(), lat.copy(), edge)
        position = np.full(len(lon), -1)
        least = np.array([belt.least_many(lon, lat) for belt in self._belts])
        home = least.argmin(axis=0)
        for at_home, (place, belt) in product((True, False), enumerate(self._belts)):
            rows = np.flatnonzero(~held & ((home == place) == at_home) & (least[place] <= apart))
            if not len(rows):
                continue
            near = belt.of_points(lon[rows], lat[rows])
            edge[rows] = np.minimum(edge[rows], near.edge)
            same = (near.distance == apart[rows]) & (belt.position < position[rows])
            better = (near.distance < apart[rows]) | same
            chosen = rows[better]
            position[chosen] = belt.position
            found.number[chosen], apart[chosen] = near.number[better], near.distance[better]
            found.lon[chosen], found.lat[chosen] = near.lon[better], near.lat[better]
        return found

    def of_geometry(self, geometry: BaseGeometry) -> Near:
        """The nearest to the nearest part of a line, an area or several parts."""
        touched = self._areas.touching(geometry)
        if touched is not None:
            number, place = touched
            return Near(number, 0.0, *place, -float(self._reach[number]))
        site = shapely.segmentize(geometry, STEP)
        west, south, east, north = shapely.bounds(geometry).tolist()
        return self._least(west, east, max(abs(south), abs(north)), lambda belt: belt.of_geometry(site))

    def _least(self, west: float, east: float, lat: float, ask: Callable[[Belt], Near]) -> Near:
        """The nearest of all belts to a site between two meridians and no nearer to a pole than `lat`; of two that are
        equally near that of the western belt."""
        position, best, edge = -1, Near(-1, math.inf, math.nan, math.nan, math.inf), math.inf
        for belt in sorted(self._belts, key=lambda belt: belt.least(west, east, lat)):
            if belt.least(west, east, lat) <= best.distance:
                near = ask(belt)
                edge = min(edge, near.edge)
                if (near.distance, belt.position) < (best.distance, position):
                    position, best = belt.position, near
        return evolve(best, edge=edge)


class _Areas:
    """The areas among some geometries, and which of them holds a place."""

    def __init__(self, drawn: NDArray[np.object_]) -> None:
        parts, owner = simple_parts(drawn)
        areas = shapely.get_dimensions(parts) == 2
        self._owner: Integers = owner[areas].astype(np.int64)
        self._parts = parts[areas]
        shapely.prepare(self._parts)
        self._tree = shapely.STRtree(self._parts) if len(self._parts) else None

    def holding(self, lon: float, lat: float) -> int:
        """The least number of the geometries that hold a point; -1 where none does."""
        if self._tree is None:
            return -1
        near = self._tree.query(shapely.points(lon, lat))
        held = near[shapely.intersects_xy(self._parts[near], lon, lat)]
        return int(self._owner[held].min()) if len(held) else -1

    def holding_many(self, lon: Floats, lat: Floats) -> Integers:
        """The same for many points."""
        found: Integers = np.full(len(lon), np.iinfo(np.int64).max)
        if self._tree is not None:
            row, near = self._tree.query(shapely.points(lon, lat))
            held = shapely.intersects_xy(self._parts[near], lon[row], lat[row])
            np.minimum.at(found, row[held], self._owner[near[held]])
        return np.where(found == np.iinfo(np.int64).max, -1, found)

    def touching(self, geometry: BaseGeometry) -> tuple[int, tuple[float, float]] | None:
        """An area that has a place in common with a geometry, and one such place."""
        if self._tree is None:
            return None
        touched = self._tree.query(geometry, predicate="intersects")
        if not len(touched):
            return None
        first = touched[np.argmin(self._owner[touched])]
        shared = shapely.point_on_surface(shapely.intersection(geometry, self._parts[first]))
        return int(self._owner[first]), (float(shapely.get_x(shared)), float(shapely.get_y(shared)))
