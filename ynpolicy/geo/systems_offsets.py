"""The offsets GCJ-02 and BD-09 of Chinese web maps, and their inverse.

Coordinates are arrays of degrees, longitude and latitude. GCJ-02 is not published; the formula is the one that map
libraries share (eviltransform, coordtransform, PRCoords), and it is an approximation of what the map services do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Degrees = NDArray[np.float64]
    Shift = Callable[[Degrees, Degrees], tuple[Degrees, Degrees]]

_AXIS: Final = 6378245.0
_ECCENTRICITY: Final = 0.00669342162296594323
_WAVE: Final = np.pi * 3000 / 180
_NEAR_ENOUGH: Final = 1e-12
"""In degrees: less than a thousandth of a millimetre."""

_MOST_ROUNDS: Final = 12
"""The offset changes by less than 2 % of a step, so that each round wins more than one and a half digits; six do."""


def to_gcj02(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Where GCJ-02 draws a point of WGS 84 or CGCS2000 that lies in China."""
    x, y = lon - 105, lat - 35
    pi = np.pi
    shared = (np.sin(6 * pi * x) + np.sin(2 * pi * x)) * 40 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x)) + shared
    north += (20 * np.sin(pi * y) + 40 * np.sin(pi * y / 3)) * 2 / 3
    north += (160 * np.sin(pi * y / 12) + 320 * np.sin(pi * y / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x)) + shared
    east += (20 * np.sin(pi * x) + 40 * np.sin(pi * x / 3)) * 2 / 3
    east += (150 * np.sin(pi * x / 12) + 300 * np.sin(pi * x / 30)) * 2 / 3
    angle = np.radians(lat)
    square = 1 - _ECCENTRICITY * np.sin(angle) ** 2
    meridian = _AXIS * (1 - _ECCENTRICITY) / square**1.5
    parallel = _AXIS / np.sqrt(square) * np.cos(angle)
    return lon + np.degrees(east / parallel), lat + np.degrees(north / meridian)


def to_bd09(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Where BD-09 draws a point of WGS 84 or CGCS2000 that lies in China."""
    x, y = to_gcj02(lon, lat)
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * _WAVE)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * _WAVE)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def from_gcj02(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """The point that GCJ-02 draws at these coordinates; there and back is less than a millimetre off."""
    return _inverse(to_gcj02, lon, lat)


def from_bd09(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """The point that BD-09 draws at these coordinates; there and back is less than a millimetre off."""
    return _inverse(to_bd09, lon, lat)


def _inverse(shift: Shift, lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """The fixed point of `p = drawn - (shift(p) - p)`."""
    x, y = lon, lat
    for _ in range(_MOST_ROUNDS):
        shifted_x, shifted_y = shift(x, y)
        east, north = lon - shifted_x, lat - shifted_y
        x, y = x + east, y + north
        if max(np.abs(east).max(initial=0), np.abs(north).max(initial=0)) < _NEAR_ENOUGH:
            break
    return x, y
