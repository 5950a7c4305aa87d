"""Layers of rivers and sites, made for tests."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from pyproj import Geod
from shapely import LineString, Point
from shapely.geometry.base import BaseGeometry

from ynpolicy.geo.layers import Complete, River, RiverLayer, Site
from ynpolicy.location import Doubt, LayerUsed

GRS80: Final = Geod(ellps="GRS80")
SYSTEM, RANK = "yangtze", "mainstem"
SYSTEMS, RANKS = (SYSTEM,), (RANK,)
ALL: Final = (Complete("official", SYSTEMS, RANKS),)


def river(
    geometry: BaseGeometry, name: str = "river", system: str = SYSTEM, rank: str = RANK, width: float | None = 0.0
) -> River:
    return River(name, system, rank, width, geometry)


def layer(
    *rivers: River,
    kind: str = "centreline",
    error: float | None = 0.0,
    complete: tuple[Complete, ...] = ALL,
    doubts: tuple[Doubt, ...] = (),
    title: str = "layer",
) -> RiverLayer:
    stated = None if error is None else Fraction(error)
    return RiverLayer(LayerUsed(title, kind, "", "", stated, title), kind, error, rivers, complete, doubts)


def site(
    geometry: BaseGeometry, error: float | None = 0.0, extent: float | None = 0.0, doubts: tuple[Doubt, ...] = ()
) -> Site:
    return Site("site", "CGCS2000", geometry, error, error, extent, "", doubts)


def north_south(lon: float) -> LineString:
    """A straight line along a meridian, which is a geodesic."""
    return LineString([(lon, 24.5), (lon, 25.5)])


def east_of(lon: float, metres: float) -> Point:
    """The place at 25 degrees north from which a line along the meridian is so far away, by a geodesic square to it.

    A geodesic that sets out due east leaves the meridian squarely.
    """
    return Point(*GRS80.fwd(lon, 25, 90, metres)[:2])
