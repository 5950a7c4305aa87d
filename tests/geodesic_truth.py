"""Geodesic distances by sampling, without any plane, index or geometry library: what the library is checked against.

A chain is an array of vertices (longitude, latitude), straight between them in degrees. A site is a point (one vertex),
or an area (a closed chain).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod

Chain = NDArray[np.float64]

_GRS80 = Geod(ellps="GRS80")
_ROUGH = np.linspace(0, 1, 9)
_LEVELS, _SAMPLES = 8, 17


def distance_to(site: Chain, chains: Sequence[Chain]) -> float:
    """The geodesic distance in m from the nearest part of a site to the nearest of some chains."""
    sides = _sides(site)
    pieces = np.concatenate([_sides(chain) for chain in chains])
    if len(site) > 1 and (_crossing(sides, pieces) or any(holds(site, chain[0]) for chain in chains)):
        return 0.0
    here, there = (array.ravel() for array in np.indices((len(sides), len(pieces))))
    rough = _rough(sides[here], pieces[there])
    slack = (_length(sides)[here] + _length(pieces)[there]) / (2 * (len(_ROUGH) - 1)) * 1.01
    least = float(rough.min())
    for row in np.argsort(rough - slack):
        if rough[row] - slack[row] > least:
            break
        least = min(least, _refined(sides[here[row]], pieces[there[row]]))
    return least


def holds(ring: Chain, point: Chain) -> bool:
    """Whether an area holds a point, by the number of its sides to the point's east."""
    (x, y), inside = point, False
    for (ax, ay), (bx, by) in pairwise(ring):
        if (ay > y) != (by > y) and x < ax + (y - ay) * (bx - ax) / (by - ay):
            inside = not inside
    return inside


def _sides(chain: Chain) -> Chain:
    return np.stack([chain[:-1], chain[1:]], axis=1) if len(chain) > 1 else np.stack([chain, chain], axis=1)


def _length(sides: Chain) -> Chain:
    return _measured(sides[:, 0], sides[:, 1])


def _rough(sides: Chain, pieces: Chain) -> Chain:
    """For each side and piece the least distance between a few places of each."""
    return np.min([[_measured(_at(sides, a), _at(pieces, b)) for b in _ROUGH] for a in _ROUGH], axis=(0, 1))


def _refined(side: Chain, piece: Chain) -> float:
    """The least distance between a side and a piece: for ever denser places of the side, of ever denser places of the
    piece. Both searches are convex."""
    middle, wide, least = 0.5, 0.5, np.inf
    for _ in range(_LEVELS if np.any(side[0] != side[1]) else 1):
        parts = np.clip(middle + np.linspace(-wide, wide, _SAMPLES), 0, 1)
        distances = _to_piece(_at(side, parts[:, None]), piece)
        middle, least = float(parts[np.argmin(distances)]), min(least, float(distances.min()))
        wide *= 2 / (_SAMPLES - 1)
    return least


def _to_piece(places: Chain, piece: Chain) -> Chain:
    """The least distance from each of some places to a piece."""
    middle, wide = np.full(len(places), 0.5), 0.5
    for _ in range(_LEVELS):
        parts = np.clip(middle[:, None] + np.linspace(-wide, wide, _SAMPLES), 0, 1)
        there = _at(piece, parts.reshape(-1, 1))
        distances = _measured(np.repeat(places, _SAMPLES, axis=0), there).reshape(parts.shape)
        middle = np.take_along_axis(parts, np.argmin(distances, axis=1)[:, None], axis=1)[:, 0]
        wide *= 2 / (_SAMPLES - 1)
    return np.asarray(distances.min(axis=1))


def _at(sides: Chain, part: Chain | float) -> Chain:
    return np.asarray(sides[..., 0, :] * (1 - part) + sides[..., 1, :] * part)


def _measured(here: Chain, there: Chain) -> Chain:
    return np.asarray(_GRS80.inv(here[:, 0], here[:, 1], there[:, 0], there[:, 1])[2])


def _crossing(sides: Chain, pieces: Chain) -> bool:
    """Whether a side and a piece cross in degrees."""

    def turn(a: Chain, b: Chain, c: Chain) -> Chain:
        return np.asarray((b[..., 0] - a[..., 0]) * (c[..., 1] - a[..., 1])) - (b[..., 1] - a[..., 1]) * (
            c[..., 0] - a[..., 0]
        )

    a, b, c, d = sides[:, None, 0], sides[:, None, 1], pieces[None, :, 0], pieces[None, :, 1]
    return bool(np.any((turn(a, b, c) * turn(a, b, d) < 0) & (turn(c, d, a) * turn(c, d, b) < 0)))
