"""The pieces of many lines that are nearest to a site: looked for in a plane, measured on the ellipsoid.

A plane stretches one side of a site more than the other, so the nearest line of the plane need not be the nearest line
on the ellipsoid. The plane only says which pieces of lines *can* be nearest; those are measured by geodesics.

The plane is the transverse Mercator projection (Gauss-Krüger) of GRS80, the ellipsoid of CGCS2000. On a sphere of
radius R its scale at `x` metres from the central meridian is cosh(x/R) (J. P. Snyder, *Map Projections: A Working
Manual*, 1987, chapter 8); on the ellipsoid it grows no faster than with an R below its radii of curvature. Layers that
are too wide for one plane are cut into belts of longitude, each with a plane of its own.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final

import numpy as np
import shapely
from attrs import frozen
from numpy.typing import NDArray
from pyproj import Proj
from shapely.geometry.base import BaseGeometry

from ynpolicy.geo.around import ELLIPSOID, Floats

Integers = NDArray[np.int64]

BELT: Final = 12.0
"""The widest belt that one plane serves, in degrees of longitude."""

STEP: Final = 0.0018
"""The longest piece, in degrees: at most 200 m, so that a piece that is straight in longitude and latitude departs by
less than 1 mm from one that is straight in the plane (the curvature of a parallel's image is tan(φ)/R; φ ≤ 54°)."""

_STRAIGHT: Final = 0.004
"""What the departures of the pieces of site and layer can add up to, on both sides of a comparison, in m."""

_NODE: Final = 4
"""How many pieces share a node of the index: with 4 a query takes four fifths of the time that the usual 10 takes."""

_RADIUS: Final = 6.3e6
"""Less than the least radius of curvature of GRS80 (6,335,439 m), in m."""


MOST_PIECES: Final = 3_000_000
"""The most pieces that an index holds: a million take about 640 MiB while they are put in order."""


class TooManyPieces(ValueError):
    """There are more pieces than an index holds."""


@frozen
class Near:
    """What is nearest to a site: the number of the geometry, the geodesic distance in m, and the place on it.

    `edge` is the least of `distance - reach` over all geometries, not only the nearest one.
    """

    number: int
    distance: float
    lon: float
    lat: float
    edge: float


@frozen
class NearMany:
    """The same for many sites, one row each."""

    number: Integers
    distance: Floats
    lon: Floats
    lat: Floats
    edge: Floats


class Belt:
    """Pieces of lines in one plane. `ends` has the columns longitude, latitude, longitude, latitude of both ends."""

    def __init__(self, position: int, ends: Floats, owner: Integers, reach: Floats) -> None:
        self.position = position
        self.west = float(ends[:, (0, 2)].min())
        self.east = float(ends[:, (0, 2)].max())
        self.lon_0 = (self.west + self.east) / 2
        self._proj = _plane(self.lon_0)
        self._owner, self._reach = owner, reach
        self._widest = float(reach.max())
        ax, ay = self._proj(ends[:, 0], ends[:, 1])
        bx, by = self._proj(ends[:, 2], ends[:, 3])
        dx, dy = bx - ax, by - ay
        self._pieces = np.column_stack([ends, ax, ay, dx, dy, dx**2 + dy**2, reach])
        self._tree = shapely.STRtree(_lines(ax, ay, bx, by), node_capacity=_NODE)

    def least(self, west: float, east: float, lat: float) -> float:
        """No piece has a smaller `distance - reach` than this to a site between two meridians and no nearer to a pole
        than `lat`."""
        turn = math.radians(max(self.west - east, west - self.east, 0.0))
        return _RADIUS * math.asin(math.cos(math.radians(lat)) * math.sin(min(turn, math.pi / 2))) - self._widest

    def least_many(self, lon: Floats, lat: Floats) -> Floats:
        """The same for each of many points."""
        turn = np.radians(np.maximum(np.maximum(self.west - lon, lon - self.east), 0.0))
        angle = np.arcsin(np.cos(np.radians(lat)) * np.sin(np.minimum(turn, math.pi / 2)))
        return np.asarray(_RADIUS * angle - self._widest, dtype=np.float64)

    def of_point(self, lon: float, lat: float) -> Near:
        """The nearest to a point."""
        x, y = self._proj(lon, lat)
        point = shapely.Point(x, y)
        first, apart = self._tree.query_nearest(point, return_distance=True, all_matches=False)
        within = self._radius(abs(x), abs(x), float(apart[0]), float(self._reach[first[0]]))
        pieces = np.sort(self._tree.query(point, predicate="dwithin", distance=within))
        best, edge = (math.inf, -1, lon, lat), math.inf
        for piece, row in zip(pieces.tolist(), self._pieces[pieces].tolist(), strict=True):
            lon_1, lat_1, lon_2, lat_2, ax, ay, dx, dy, square, reach = row
            along = (x - ax) * dx + (y - ay) * dy
            part = min(max(along / square, 0.0), 1.0) if square else 0.0
            foot = lon_1 * (1 - part) + lon_2 * part, lat_1 * (1 - part) + lat_2 * part
            distance = ELLIPSOID.inv(lon, lat, *foot)[2]
            edge = min(edge, distance - reach)
            if distance < best[0]:
                best = distance, int(self._owner[piece]), *foot
        least, number, near_lon, near_lat = best
        return Near(number, least, near_lon, near_lat, edge)

    def of_points(self, lon: Floats, lat: Floats) -> NearMany:
        """The same for many points; quickest where each is near to the one before."""
        x, y = self._proj(lon, lat)
        points = shapely.points(x, y)
        (row, first), apart = self._tree.query_nearest(points, return_distance=True, all_matches=False)
        within = np.zeros(len(lon))
        within[row] = self._radii(np.abs(x[row]), apart, self._reach[first])
        row, piece = self._tree.query(points, predicate="dwithin", distance=within)
        lon_1, lat_1, lon_2, lat_2, ax, ay, dx, dy, square, reach = self._pieces[piece].T
        along = (x[row] - ax) * dx + (y[row] - ay) * dy
        part = np.clip(np.divide(along, square, out=np.zeros(len(row)), where=square > 0), 0.0, 1.0)
        foot_lon, foot_lat = lon_1 * (1 - part) + lon_2 * part, lat_1 * (1 - part) + lat_2 * part
        distance = np.asarray(ELLIPSOID.inv(lon[row], lat[row], foot_lon, foot_lat)[2], dtype=np.float64)
        ranked = np.lexsort((piece, distance, row))
        starts = np.flatnonzero(np.diff(row[ranked], prepend=-1))
        edge = np.minimum.reduceat((distance - reach)[ranked], starts)
        head = ranked[starts]
        return NearMany(self._owner[piece[head]], distance[head], foot_lon[head], foot_lat[head], edge)

    def of_geometry(self, site: BaseGeometry) -> Near:
        """The same for the nearest part of a line, an area or several parts, whose sides are no longer than `STEP`.

        The pieces that can be nearest are compared in a plane whose central meridian goes through the site. It does not
        stretch alike on both sides of a piece, so the part of the site that looks nearest to the piece need not be the
        nearest; by as much as that can be off `edge` is less.
        """
        flat = _moved(site, self._proj)
        (first, *_), (apart, *_) = self._tree.query_nearest(flat, return_distance=True, all_matches=False)
        west, _, east, _ = shapely.bounds(flat)
        nearer = 0.0 if west <= 0 <= east else min(abs(west), abs(east))
        within = self._radius(nearer, max(abs(west), abs(east)), float(apart), float(self._reach[first]))
        pieces = np.sort(self._tree.query(flat, predicate="dwithin", distance=within))
        ends = self._pieces[pieces, :4]
        west, _, east, _ = shapely.bounds(site)
        own = _plane(round((west + east) / 2, 1))
        drawn = _lines(*own(ends[:, 0], ends[:, 1]), *own(ends[:, 2], ends[:, 3]))
        here = _moved(site, own)
        west, _, east, _ = shapely.bounds(here)
        pair = shapely.get_coordinates(shapely.shortest_line(here, drawn)).reshape(-1, 2, 2)
        here_lon, here_lat = own(pair[:, 0, 0], pair[:, 0, 1], inverse=True)
        lon, lat = own(pair[:, 1, 0], pair[:, 1, 1], inverse=True)
        distance = np.asarray(ELLIPSOID.inv(here_lon, here_lat, lon, lat)[2], dtype=np.float64)
        best = int(np.argmin(distance))
        off = _unlike(max(abs(west), abs(east)), distance)
        edge = float((distance - off - self._reach[pieces]).min())
        return Near(int(self._owner[pieces[best]]), float(distance[best]), float(lon[best]), float(lat[best]), edge)

    def _radius(self, nearer: float, farther: float, apart: float, reach: float) -> float:
        """How far in the plane a piece can be and yet be the nearest on the ellipsoid, when one of this reach is
        `apart` in the plane, and the site lies between `nearer` and `farther` metres from the central meridian.

        With `spare` metres of reach more, a geodesic of the length d ≤ apart/k_min + spare is at most k_max d long in
        the plane, where k_min and k_max bound the scale along both ways.
        """
        spare = self._widest - reach
        out = (farther + (apart + spare) * 1.2 + 1) / _RADIUS
        in_ = max(nearer - apart * 1.2 - 1, 0.0) / _RADIUS
        return apart * math.cosh(out) / math.cosh(in_) + spare * math.cosh(out) + _STRAIGHT

    def _radii(self, away: Floats, apart: Floats, reach: Floats) -> Floats:
        """The same for many points, `away` from the central meridian."""
        spare = self._widest - reach
        out = (away + (apart + spare) * 1.2 + 1) / _RADIUS
        in_ = np.maximum(away - apart * 1.2 - 1, 0.0) / _RADIUS
        return np.asarray(apart * np.cosh(out) / np.cosh(in_) + spare * np.cosh(out) + _STRAIGHT, dtype=np.float64)


@lru_cache(maxsize=256)
def _plane(lon_0: float) -> Proj:
    return Proj(proj="tmerc", ellps="GRS80", lon_0=lon_0)


def _unlike(away: float, distance: Floats) -> Floats:
    """By how much, in m, one of two ways that are alike in the plane can be the shorter on the ellipsoid, if both lead
    to one piece from a site that is at most `away` metres from the central meridian: the scale at x is cosh(x/R)."""
    low, high = np.maximum(away - 200.0, 0.0) / _RADIUS, (away + 2.0 * distance + 200.0) / _RADIUS
    return np.asarray(distance * (np.cosh(high) / np.cosh(low) - 1.0), dtype=np.float64)


def _moved(geometry: BaseGeometry, plane: Proj) -> BaseGeometry:
    def move(coordinates: Floats) -> Floats:
        return np.column_stack(plane(coordinates[:, 0], coordinates[:, 1]))

    moved: BaseGeometry = shapely.transform(geometry, move)
    return moved


def _lines(ax: Floats, ay: Floats, bx: Floats, by: Floats) -> NDArray[np.object_]:
    return np.asarray(shapely.linestrings(np.stack([np.column_stack([ax, ay]), np.column_stack([bx, by])], axis=1)))


def _pieces(drawn: NDArray[np.object_]) -> tuple[Floats, Integers]:
    """Lines and the rings of areas as pieces no longer than `STEP`, each with the number of its geometry; a point is a
    piece without length."""
    parts, owner = simple_parts(drawn)
    dimension = shapely.get_dimensions(parts)
    rings, of_area = shapely.get_rings(parts[dimension == 2], return_index=True)
    lines = np.concatenate([parts[dimension == 1], rings])
    of_line = np.concatenate([owner[dimension == 1], owner[dimension == 2][of_area]])
    count = shapely.get_num_coordinates(parts).sum() + shapely.length(lines).sum() / STEP
    if count > MOST_PIECES:
        raise TooManyPieces(f"{count:,.0f} pieces, and an index holds {MOST_PIECES:,}")
    vertices, line = shapely.get_coordinates(shapely.segmentize(lines, STEP), return_index=True)
    joined = line[1:] == line[:-1]
    points = shapely.get_coordinates(parts[dimension == 0])
    ends = np.concatenate([np.hstack([vertices[:-1], vertices[1:]])[joined], np.hstack([points, points])])
    numbers = np.concatenate([of_line[line[1:][joined]], owner[dimension == 0]])
    return ends.astype(np.float64), numbers.astype(np.int64)


def belts(drawn: NDArray[np.object_], reach: Floats) -> tuple[Belt, ...]:
    """Geometries as pieces, each in its belt of longitude."""
    ends, owner = _pieces(drawn)
    if not len(ends):
        return ()
    west, east = float(ends[:, 0].min()), float(ends[:, 0].max())
    count = max(math.ceil((east - west) / BELT), 1)
    number = np.minimum((ends[:, 0] - west) / max(east - west, BELT) * count, count - 1).astype(np.int64)
    rows = ((place, np.flatnonzero(number == place)) for place in range(count))
    return tuple(Belt(place, ends[row], owner[row], reach[owner[row]]) for place, row in rows if len(row))


def simple_parts(drawn: NDArray[np.object_]) -> tuple[NDArray[np.object_], Integers]:
    """The points, lines and polygons that geometries and collections of them consist of, and whose they are."""
    parts, owner = shapely.get_parts(drawn, return_index=True)
    inner, of_part = shapely.get_parts(parts, return_index=True)
    return inner, owner[of_part].astype(np.int64)
