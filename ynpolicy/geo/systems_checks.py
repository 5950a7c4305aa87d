"""Whether numbers can be coordinates of the system that is declared: swapped axes, zone numbers, degrees and metres."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

import numpy as np

from ynpolicy.geo.systems import CHINA, System, SystemRefused, lon_lat

Bounds = tuple[float, float, float, float]
"""Least x, least y, greatest x, greatest y."""

_SWAPPED: Final = "write longitude before latitude, and easting before northing"
_MILLION: Final = 1e6


def check_numbers(bounds: Bounds, system: System) -> None:
    """Raises `SystemRefused` where numbers between these bounds are no coordinates of a system, or look like those of
    another one."""
    for fault in _faults(bounds, system):
        raise fault


def in_china(bounds: Bounds) -> bool:
    """Whether longitude and latitude between these bounds all lie in the rectangle around China."""
    west, south, east, north = CHINA
    return west <= bounds[0] and bounds[2] <= east and south <= bounds[1] and bounds[3] <= north


def meets_china(bounds: Bounds) -> bool:
    """Whether some longitude and latitude between these bounds may lie in the rectangle around China."""
    west, south, east, north = CHINA
    return bounds[2] >= west and bounds[0] <= east and bounds[3] >= south and bounds[1] <= north


def _faults(bounds: Bounds, system: System) -> Iterator[SystemRefused]:
    if not all(map(math.isfinite, bounds)):
        yield SystemRefused("a coordinate is not a number", "give every point two finite numbers")
    elif not system.is_projected:
        yield from _of_degrees(bounds, system)
    elif system.is_transverse:
        yield from _of_transverse(bounds, system)
    else:
        yield from _of_plane(bounds, system)


def _of_degrees(bounds: Bounds, system: System) -> Iterator[SystemRefused]:
    x_most, y_most = max(abs(bounds[0]), abs(bounds[2])), max(abs(bounds[1]), abs(bounds[3]))
    if x_most > 360 or y_most > 360:
        what = f"longitude and latitude in `{system.name}`" if system.name else "longitude and latitude"
        message = f"`{_corner(bounds)}` is not {what}: it looks like metres of a plane"
        yield SystemRefused(message, _plane_help(bounds))
    elif _swapped_degrees(bounds):
        yield SystemRefused(f"`{_corner(bounds)}` looks swapped: latitude stands before longitude", _SWAPPED)
    elif x_most > 180 or y_most > 90:
        help = "longitudes go from -180 to 180, latitudes from -90 to 90"
        yield SystemRefused(f"`{_corner(bounds)}` is no longitude and latitude", help)


def _swapped_degrees(bounds: Bounds) -> bool:
    return not meets_china(bounds) and in_china(_turned(bounds))


def _turned(bounds: Bounds) -> Bounds:
    return bounds[1], bounds[0], bounds[3], bounds[2]


def _corner(bounds: Bounds) -> str:
    return f"{bounds[0]:.10g},{bounds[1]:.10g}"


def _plane_help(bounds: Bounds) -> str:
    for low, high in ((bounds[0], bounds[2]), (bounds[1], bounds[3])):
        zone = int(low // _MILLION)
        if zone == int(high // _MILLION) and (25 <= zone <= 45 or 13 <= zone <= 23):
            return f"declare its system; the zone number in it fits `{_zone_name(zone)}`"
    return "declare its system, for example `CGCS2000 / 3-degree GK zone 34` or `CGCS2000 CM 102`"


def _zone_name(zone: int) -> str:
    return f"CGCS2000 / {3 if zone >= 25 else 6}-degree GK zone {zone}"


def _of_transverse(bounds: Bounds, system: System) -> Iterator[SystemRefused]:
    """A plane whose easting is near 500,000 m, or near 34,500,000 m with the zone number 34 before it."""
    if _fits(bounds, system.zone):
        return
    if _fits(_turned(bounds), system.zone):
        yield SystemRefused(f"`{_corner(bounds)}` looks swapped: northing stands before easting", _SWAPPED)
        return
    if max(map(abs, bounds)) <= 360:
        help = "declare for example CGCS2000, or give eastings and northings in m"
        yield SystemRefused(f"`{_corner(bounds)}` looks like degrees, not like metres of `{system.name}`", help)
        return
    for zone, numbers in ((int(bounds[0] // _MILLION), bounds), (int(bounds[1] // _MILLION), _turned(bounds))):
        if not _fits(numbers, zone):
            continue
        if zone == 0:
            help = f"put {system.zone} before each easting, or declare the central meridian, such as `CGCS2000 CM 102`"
            message = f"the easting `{numbers[0]:.10g}` has no zone number, which `{system.name}` needs"
        elif not (25 <= zone <= 45 or 13 <= zone <= 23):
            break
        elif system.zone == 0:
            help = f"declare the system with that number, such as `{_zone_name(zone)}`"
            message = f"the easting `{numbers[0]:.10g}` has the zone number {zone}, which `{system.name}` does not have"
        else:
            help = f"declare the system with that number, such as `{_zone_name(zone)}`"
            message = f"the easting `{numbers[0]:.10g}` has the zone number {zone}, not {system.zone}"
        yield SystemRefused(message, help)
        return
    help = "eastings lie within 500 km of the central meridian; check them, and the declared system"
    yield SystemRefused(f"`{_corner(bounds)}` is no place in `{system.name}`", help)


def _fits(bounds: Bounds, zone: int) -> bool:
    """Whether some of these may be eastings of a zone and northings of China; a layer may reach beyond both."""
    start = zone * _MILLION
    return bounds[2] > start and bounds[0] < start + _MILLION and bounds[3] > 3e5 and bounds[1] < 6e6


def _of_plane(bounds: Bounds, system: System) -> Iterator[SystemRefused]:
    straight, turned = _corners(bounds, system), _corners(_turned(bounds), system)
    if straight is None or not meets_china(straight):
        if turned is not None and in_china(turned):
            yield SystemRefused(f"`{_corner(bounds)}` looks swapped: northing stands before easting", _SWAPPED)
        elif straight is None:
            help = "check the numbers, and the declared system"
            yield SystemRefused(f"`{_corner(bounds)}` is no place in `{system.name}`", help)


def _corners(bounds: Bounds, system: System) -> Bounds | None:
    """Longitude and latitude of two corners, as bounds; None where the system has no such points."""
    lon, lat = lon_lat(system, np.array(bounds[::2]), np.array(bounds[1::2]))
    if not (np.isfinite(lon).all() and np.isfinite(lat).all()):
        return None
    return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())
