"""Which of many points are within given distances of any boundary.

Distances are bounded in the Mercator plane of GRS80, which is conformal: around a point at latitude φ it stretches all
that is within r metres by k(φ) (1 ± r tan φ / R), where k(φ) = √(1 - e² sin² φ) / cos φ.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from ynpolicy.geo.around import ELLIPSOID, Floats, Geometries

_STEP: Final = 0.02
"""Degrees between the points of a boundary."""
_SLACK: Final = 0.25
"""Metres by which a boundary between two such points may stray in the plane (L² tan φ / 8R: 0.1 m at latitude 53°),
with what the exact measure rounds away."""
_EARTH: Final = 6.3e6
_ROWS: Final = 100_000
_E2: Final = float(ELLIPSOID.es)

Flags = NDArray[np.bool_]


class Sides:
    """Boundaries, as lines in degrees, cut into an index of straight pieces."""

    def __init__(self, boundaries: Geometries) -> None:
        lines = shapely.segmentize(shapely.get_parts(boundaries), _STEP)
        vertices, line = shapely.get_coordinates(lines, return_index=True)
        placed = np.column_stack(_mercator(vertices[:, 0], vertices[:, 1]))
        joined = line[1:] == line[:-1]
        self._tree = shapely.STRtree(shapely.linestrings(np.stack((placed[:-1], placed[1:]), axis=1)[joined]))

    def within(self, lon: Floats, lat: Floats, metres: Floats) -> tuple[Flags, Flags]:
        """Which points are surely within their distance of a boundary, and which are too near to it to say."""
        near, maybe = np.zeros(len(lon), dtype=np.bool_), np.zeros(len(lon), dtype=np.bool_)
        for start in range(0, len(lon), _ROWS):
            rows = slice(start, start + _ROWS)
            near[rows], maybe[rows] = self._within(lon[rows], lat[rows], metres[rows])
        return near, maybe

    def _within(self, lon: Floats, lat: Floats, metres: Floats) -> tuple[Flags, Flags]:
        points: Geometries = np.asarray(shapely.points(*_mercator(lon, lat)))
        scale = np.sqrt(1 - _E2 * np.sin(np.radians(lat)) ** 2) / np.cos(np.radians(lat))
        turn = np.minimum(np.abs(lat) + np.degrees(metres / _EARTH), 89.0)
        bend = metres**2 / _EARTH * np.tan(np.radians(turn)) * 1.02 + _SLACK
        possible = self._any(points, (metres + bend) * scale)
        sure = possible & (metres > bend)
        sure[sure] = self._any(points[sure], ((metres - bend) * scale)[sure])
        return sure, possible & ~sure

    def _any(self, points: Geometries, plane_metres: Floats) -> Flags:
        found = np.zeros(len(points), dtype=np.bool_)
        found[self._tree.query(points, predicate="dwithin", distance=plane_metres)[0]] = True
        return found


def _mercator(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    eccentricity, sine = np.sqrt(_E2), np.sin(np.radians(lat))
    isometric = np.arctanh(sine) - eccentricity * np.arctanh(eccentricity * sine)
    return ELLIPSOID.a * np.radians(lon), ELLIPSOID.a * isometric
