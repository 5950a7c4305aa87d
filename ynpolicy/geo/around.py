"""The plane around one place: east and north of it in metres, and true distances to what lies near.

It is the azimuthal equidistant plane of geodesics on GRS80: distances from its centre are true. Lines of a layer are
straight in longitude and latitude, so they are cut to what is near and given points between before they are placed.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil, cos, floor, hypot, radians
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from attrs import frozen
from numpy.typing import NDArray
from pyproj import Geod

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

ELLIPSOID: Final = Geod(ellps="GRS80")
STEP: Final = 0.001
"""Degrees between the points of a line that is measured: over 111 m at latitude 53° the line strays from the geodesic
by under 0.4 mm (L² tan φ / 8R)."""
_LEAST_DEGREE_OF_LATITUDE: Final = 110_500.0
_LEAST_DEGREE_ON_THE_EQUATOR: Final = 111_300.0
_EARTH: Final = 6.335e6
"""The least radius of curvature of GRS80, in metres."""

Floats = NDArray[np.float64]
Geometries = NDArray[Any]
Bounds = tuple[float, float, float, float]


@frozen
class Around:
    """The plane around a place, which is given in degrees of longitude and latitude."""

    lon: float
    lat: float

    def placed(self, geometry: Any, step: float = STEP) -> Any:
        """A geometry, or an array of them, in metres east and north, with points at least every `step` degrees."""
        return shapely.transform(shapely.segmentize(geometry, step), self._forward)

    def degrees(self, east: float, north: float) -> tuple[float, float]:
        """Longitude and latitude of a point of the plane."""
        azimuth = np.degrees(np.arctan2(east, north))
        lon, lat, _ = ELLIPSOID.fwd(self.lon, self.lat, azimuth, hypot(east, north))
        return float(lon), float(lat)

    def _forward(self, coordinates: Floats) -> Floats:
        count = len(coordinates)
        azimuth, _, metres = ELLIPSOID.inv(
            np.full(count, self.lon), np.full(count, self.lat), coordinates[:, 0], coordinates[:, 1]
        )
        angle = np.radians(azimuth)
        return np.column_stack((np.sin(angle) * metres, np.cos(angle) * metres))


def around(site: BaseGeometry) -> Around:
    """The plane around the middle of a site."""
    west, south, east, north = site.bounds
    return Around((west + east) / 2, (south + north) / 2)


def window(site: BaseGeometry, reach: float) -> Bounds:
    """Degrees west, south, east and north of everything that is within `reach` metres of a site, and of some more."""
    west, south, east, north = site.bounds
    up = reach / _LEAST_DEGREE_OF_LATITUDE
    far = min(max(abs(south - up), abs(north + up)), 89.0)
    aside = reach / (_LEAST_DEGREE_ON_THE_EQUATOR * cos(radians(far)))
    return west - aside, south - up, east + aside, north + up


def reach_of(site: BaseGeometry, other: BaseGeometry) -> float:
    """Metres within which the nearest point of `other` surely is: the geodesic between two points of the two."""
    (lon, lat), (to_lon, to_lat) = shapely.get_coordinates(shapely.shortest_line(site, other))[[0, -1]]
    return float(ELLIPSOID.inv(lon, lat, to_lon, to_lat)[2])


def distances(site: BaseGeometry, others: Geometries, reach: float) -> Floats:
    """Metres from the nearest part of a site to each of `others`, exact to a centimetre up to `reach`; infinite, or
    more than `reach`, for what is farther."""
    plane = around(site)
    bounds = window(site, reach)
    shape = shapely.segmentize(shapely.force_2d(site), STEP)
    near = plane.placed(shapely.clip_by_rect(others, *bounds))
    found = np.full(len(near), np.inf)
    tree = shapely.STRtree(shapely.get_parts(plane.placed(shape)))
    (rows, _), apart = tree.query_nearest(near, return_distance=True, all_matches=False)
    found[rows] = apart
    return found


def stray(site: BaseGeometry, reach: float) -> float:
    """Metres by which `distances` may be off: rounding, and the stretch of the plane away from its centre."""
    west, south, east, north = window(site, reach)
    radius = hypot(east - west, north - south) / 2 * 111_700.0
    return 0.002 + reach * (radius / _EARTH) ** 2 / 4


def rounded_down(metres: float) -> Fraction:
    """Metres as a fact that is no more: to the next lower centimetre."""
    return Fraction(floor(metres * 100), 100)


def rounded_up(metres: float) -> Fraction:
    """Metres as a fact that is no less: to the next higher centimetre."""
    return Fraction(ceil(metres * 100), 100)
