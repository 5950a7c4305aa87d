"""Where names stand on a drawing: on their feature, apart from each other, from the site and from the map's furniture.

A drawing is shown `UNITS` units wide; text is `TEXT` units high, set in the middle over its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from ynpolicy.geo.around import Bounds, Floats, Geometries

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

UNITS: Final = 1000
TEXT: Final = 26
_FURNITURE: Final = ((0, 890, 400, 1000), (900, 0, 1000, 140))
"""Left, upper, right and lower edges of the scale bar and of the north arrow, in units."""
_GRID: Final = 21


class Labels:
    """The places taken so far, on a square that reaches `reach` metres from its centre; the site and some more are kept
    `free`, though not a site that fills the square."""

    def __init__(self, reach: float, free: Sequence[BaseGeometry]) -> None:
        self._reach = reach
        self._unit = 2 * reach / UNITS
        self._site = free[0]
        room, most = TEXT / 2 * self._unit, reach / 3
        self._taken: list[Bounds] = [self._metres(*box) for box in _FURNITURE]
        for geometry in free:
            if not geometry.is_empty:
                west, south, east, north = geometry.bounds
                x, y = (west + east) / 2, (south + north) / 2
                wide, high = min((east - west) / 2, most) + room, min((north - south) / 2, most) + room
                self._taken.append((x - wide, y - high, x + wide, y + high))

    def on_line(self, name: str, lines: Geometries) -> tuple[int, int] | None:
        """The free point of some lines that is nearest to the site."""
        points = shapely.get_coordinates(shapely.segmentize(lines, self._reach / 25))
        apart = shapely.distance(shapely.points(points), self._site)
        return self._first(name, points[np.argsort(apart, kind="stable")])

    def in_area(self, name: str, area: BaseGeometry) -> tuple[int, int] | None:
        """The free point of an area that is farthest from its edge."""
        steps = np.linspace(-self._reach, self._reach, _GRID + 2)[1:-1]
        points = np.array([(east, north) for east in steps for north in steps])
        points = points[shapely.contains_xy(area, points)]
        apart = shapely.distance(shapely.points(points), shapely.boundary(area))
        return self._first(name, points[np.argsort(-apart, kind="stable")])

    def _first(self, name: str, points: Floats) -> tuple[int, int] | None:
        half = sum(TEXT if ord(letter) > 0x2E80 else TEXT * 0.55 for letter in name) / 2 * self._unit
        above, below = TEXT * self._unit, TEXT / 3 * self._unit
        for east, north in points.tolist():
            box = (east - half, north - below, east + half, north + above)
            if max(map(abs, box)) < self._reach and not any(_overlap(box, other) for other in self._taken):
                self._taken.append(box)
                return round(east), round(north)
        return None

    def _metres(self, left: float, upper: float, right: float, lower: float) -> Bounds:
        return (
            left * self._unit - self._reach,
            self._reach - lower * self._unit,
            right * self._unit - self._reach,
            self._reach - upper * self._unit,
        )


def _overlap(one: Bounds, other: Bounds) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
