"""All that is within given distances of lines and areas, as an area that is drawn.

A long line that comes back to itself takes seconds to widen as a whole; short runs of it, widened and joined, take
milliseconds.
"""

from __future__ import annotations

from itertools import pairwise
from math import acos, ceil, pi
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from ynpolicy.geo.around import Floats, Geometries

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

_RUN: Final = 8
"""Sides of a line that are widened together."""


def widened(placed: Geometries, metres: Floats, detail: float) -> BaseGeometry:
    """What is within its distance of any of some lines and areas, in a plane; round corners are off by at most half of
    `detail`."""
    parts, owner = shapely.get_parts(placed, return_index=True)
    parts, inner = shapely.get_parts(parts, return_index=True)
    reach = metres[owner[inner]]
    areas, lines = (shapely.get_dimensions(parts) == dimension for dimension in (2, 1))
    edges, of_area = shapely.get_rings(parts[areas], return_index=True)
    runs, of_line = _runs(np.concatenate((parts[lines], edges)))
    radii = np.concatenate((reach[lines], reach[areas][of_area]))[of_line]
    corner = 1 - min(detail / 2 / max(float(metres.max(initial=0.0)), detail), 1.0)
    sides = max(ceil(pi / 4 / acos(corner)), 2)
    return shapely.union_all(np.concatenate((parts[areas], shapely.buffer(runs, radii, quad_segs=sides))))


def _runs(lines: Geometries) -> tuple[Geometries, NDArray[np.intp]]:
    """Lines cut into runs of a few sides, and the number of each run's line."""
    coordinates, line = shapely.get_coordinates(lines, return_index=True)
    runs, numbers = [], []
    bounds = np.searchsorted(line, np.arange(len(lines) + 1)).tolist()
    for number, (start, end) in enumerate(pairwise(bounds)):
        for first in range(start, end - 1, _RUN):
            runs.append(shapely.LineString(coordinates[first : min(first + _RUN + 1, end)]))
            numbers.append(number)
    return np.array(runs, dtype=object), np.array(numbers, dtype=np.intp)
