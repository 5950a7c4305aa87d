"""Drawn lines and areas near places of Yunnan, as chains of vertices."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely

from tests.geodesic_truth import Chain
from ynpolicy.geo.nearest import Nearest

DEGREE = 111_000.0


def drawn_chain(draw: np.random.Generator, start: Chain, bends: int, longest: float) -> Chain:
    """A line that wanders from `start` in steps of up to `longest` metres."""
    turns = np.cumsum(draw.normal(0, 0.7, bends)) + draw.uniform(0, 2 * np.pi)
    steps = draw.uniform(0.02, 1, bends) * longest / DEGREE
    path = np.cumsum(np.column_stack([np.cos(turns), np.sin(turns)]) * steps[:, None], axis=0)
    return np.asarray(start + np.concatenate([[[0, 0]], path]))


def drawn_ring(draw: np.random.Generator, centre: Chain, size: float) -> Chain:
    """An area around `centre` that reaches up to `size` metres, and sees its whole boundary from there."""
    sides = draw.integers(3, 9)
    turns = (np.arange(sides) + draw.uniform(0, 0.45, sides)) * 2 * np.pi / sides + draw.uniform(0, 2 * np.pi)
    reach = draw.uniform(0.2, 1, len(turns)) * size / DEGREE
    ring = centre + np.column_stack([np.cos(turns), np.sin(turns)]) * reach[:, None]
    return np.concatenate([ring, ring[:1]])


def worlds(seed: int, count: int) -> Iterator[tuple[np.random.Generator, Chain, list[Chain]]]:
    """Places in and around Yunnan, each with some lines within a few kilometres."""
    for number in range(count):
        draw = np.random.default_rng([seed, number])
        centre = np.array([draw.uniform(97.5, 106.2), draw.uniform(21.1, 29.3)])
        starts = centre + draw.normal(0, 2500, (draw.integers(1, 5), 2)) / DEGREE
        yield draw, centre, [drawn_chain(draw, start, draw.integers(1, 9), 3000) for start in starts]


def within_yunnan(chains: list[Chain]) -> Nearest:
    """An index of chains in a plane that must serve the whole province: two far lines widen it."""
    far = [np.array([[97.4, 21.0], [97.5, 21.0]]), np.array([[106.2, 29.3], [106.3, 29.3]])]
    return Nearest([shapely.LineString(chain) for chain in [*chains, *far]])
