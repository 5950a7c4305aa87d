"""Drawn worlds: true rivers and sites in a small part of Yunnan, and layers and sites that are off by what they state.

Truth is measured in a plane around the world's centre in which distances of a few kilometres are right to 1 mm.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, product
from typing import Final

import numpy as np
import shapely
from attrs import evolve, frozen
from numpy.typing import NDArray
from pyproj import Proj

from tests.geo_layers import layer, river
from ynpolicy.geo.bulk import Distances, find_many
from ynpolicy.geo.distances import RiverIndex
from ynpolicy.geo.layers import Complete, River, RiverLayer, Site

Floats = NDArray[np.float64]

SYSTEMS, RANKS = ("yangtze", "pearl"), ("mainstem", "main_tributary")
LAW: Final = 1000
TOLERANCE: Final = 0.005
"""What the truth itself may be off, in m: the plane, and that sides are straight in it and not in degrees."""


@frozen(eq=False)
class TrueRiver:
    """A river as it is: vertices of its middle and of both banks in m, its greatest width, what it counts as."""

    middle: Floats
    left: Floats
    right: Floats
    width: float
    system: str
    rank: str

    @property
    def counts(self) -> bool:
        return self.system in SYSTEMS and self.rank in RANKS

    @property
    def area(self) -> shapely.Geometry:
        sides = zip(pairwise(self.left), pairwise(self.right), strict=True)
        return shapely.union_all([shapely.Polygon([a, b, d, c]) for (a, b), (c, d) in sides])


@frozen(eq=False)
class World:
    """True rivers, the layers that draw them, and sites near the law's distance: where they are (`true`, with a part of
    the site that reaches to `part`), where they are said to be, and what is stated of them."""

    plane: Proj
    rivers: tuple[TrueRiver, ...]
    layers: tuple[RiverLayer, ...]
    true: Floats
    part: Floats
    stated: Floats
    error: Floats
    extent: Floats

    def index(self) -> RiverIndex:
        return RiverIndex(self.layers, SYSTEMS, RANKS)

    def truth(self, *places: Floats) -> Floats:
        """The distance from the nearest of each row's places to the rivers that truly count."""
        water = shapely.union_all([river.area for river in self.rivers if river.counts])
        shapely.prepare(water)
        return np.min([shapely.distance(water, shapely.points(place)) for place in places], axis=0)

    def found(self, index: RiverIndex) -> Distances:
        lon, lat = self.plane(*self.stated.T, inverse=True)
        return find_many(index, lon, lat, LAW, error=self.error, extent=self.extent)


def drawn_world(seed: int, number: int, sites: int) -> World:
    """The world that `seed` and `number` give; at least one of its rivers counts."""
    draw = np.random.default_rng([seed, number])
    plane = Proj(proj="aeqd", ellps="GRS80", lon_0=draw.uniform(97.6, 106.1), lat_0=draw.uniform(21.2, 29.2))
    rivers = tuple(_river(draw, counts=place == 0) for place in range(draw.integers(1, 4)))
    layers = tuple(_layers(draw, plane, rivers))
    reach = max((found.error or 0) for found in layers) + max(found.width for found in rivers)
    banks = np.concatenate([side for found in rivers for side in (found.left, found.right)])
    start, turn = banks[draw.integers(len(banks), size=sites)], draw.uniform(0, 2 * np.pi, sites)
    error, extent = (draw.choice([0.0, 3, 40, 250], sites) for _ in range(2))
    aim = LAW + draw.uniform(-1.5, 1.5, sites) * (error + extent + reach + 1)
    true = start + aim[:, None] * _towards(turn)
    to_river = turn + np.pi * draw.integers(0, 2, sites) + draw.normal(0, 0.3, sites)
    part = true + extent[:, None] * _towards(to_river)
    stated = true + _off(draw, error) * _towards(to_river + np.pi * draw.integers(0, 2, sites))
    return World(plane, rivers, layers, true, part, stated, error, extent)


def _towards(turn: Floats) -> Floats:
    return np.column_stack([np.cos(turn), np.sin(turn)])


def _off(draw: np.random.Generator, error: Floats) -> Floats:
    """By how much something is off: mostly by all that its error allows."""
    return (error * draw.choice([1, 1, 0.5, 0], len(error)))[:, None]


def _river(draw: np.random.Generator, counts: bool) -> TrueRiver:
    """A river that bends by so little that its banks do not cross."""
    bends = draw.integers(6, 40)
    turns = np.cumsum(draw.uniform(-0.25, 0.25, bends)) + draw.uniform(0, 2 * np.pi)
    middle = draw.normal(0, 1500, 2) + np.cumsum(_towards(turns) * 150, axis=0)
    across = _towards(turns + np.pi / 2)
    width = draw.choice([0.5, 30, 150, 400])
    half = (width / 2 * draw.choice([draw.uniform(0.2, 1, bends), np.ones(bends)]))[:, None]
    system = draw.choice(SYSTEMS if counts else (*SYSTEMS, "red"))
    rank = draw.choice(RANKS if counts else (*RANKS, "minor"))
    return TrueRiver(middle, middle + across * half, middle - across * half, float(width), str(system), str(rank))


def _layers(draw: np.random.Generator, plane: Proj, rivers: tuple[TrueRiver, ...]) -> Iterator[RiverLayer]:
    """Layers that hold some rivers only, say less of them than they could, and are complete where they say so."""
    for _ in range(draw.integers(1, 3)):
        held = [found for found in rivers if draw.random() < 0.85] or list(rivers[:1])
        kind, error = draw.choice(["bank", "centreline"]), float(draw.choice([0.0, 2, 30, 200]))
        keep = int(draw.choice([1, 1, 2, 3]))
        drawn = [_drawn(draw, plane, found, kind, error, keep) for found in held]
        cells = [
            cell
            for cell in product(SYSTEMS, RANKS)
            if all(found in held for found in rivers if (found.system, found.rank) == cell) and draw.random() < 0.95
        ]
        complete = tuple(Complete("list", (system,), (rank,)) for system, rank in cells)
        yield layer(*(one for one, _ in drawn), kind=kind, error=max(off for _, off in drawn), complete=complete)


def _drawn(
    draw: np.random.Generator, plane: Proj, true: TrueRiver, kind: str, error: float, keep: int
) -> tuple[River, float]:
    """A river on a layer, every vertex off by no more than `error`, with only each `keep`-th vertex; and how far the
    whole is off by both."""
    sides = (true.left, true.right) if kind == "bank" else (true.middle,)
    shared = draw.uniform(0, 2 * np.pi) + draw.normal(0, draw.choice([0, 3]), len(true.middle))
    kept = [*range(0, len(true.middle) - 1, keep), len(true.middle) - 1]
    lines, lost = [], 0.0
    for side in sides:
        lost = max(lost, *(_lost(side[a : b + 1]) for a, b in pairwise(kept)))
        moved = side + _off(draw, np.full(len(side), error)) * _towards(shared)
        lines.append(np.column_stack(plane(*moved[kept].T, inverse=True)))
    shape: shapely.Geometry = shapely.LineString(lines[0])
    if kind == "bank":
        ring = shapely.LinearRing(np.concatenate([lines[0], lines[1][::-1]]))
        area = shapely.Polygon(ring)
        shape = area if area.is_valid and draw.random() < 0.5 else ring
    unsaid = draw.random(2) < 0.1
    stated = river(
        shape,
        system="" if unsaid[0] else true.system,
        rank="" if unsaid[1] else true.rank,
        width=None if draw.random() < 0.05 else true.width,
    )
    return stated, error + lost


def _lost(vertices: Floats) -> float:
    """By how much a line is off when only its ends are kept, each place matched to one of the chord."""
    share = np.linspace(0, 1, len(vertices))[:, None]
    chord = vertices[0] * (1 - share) + vertices[-1] * share
    return float(np.hypot(*(vertices - chord).T).max())


@frozen
class Tally:
    """What some trials came to: how many there were, how many were said to be inside or outside, and how many of these
    answers, or of all intervals, were wrong."""

    trials: int = 0
    inside: int = 0
    outside: int = 0
    wrong: int = 0

    def plus(self, truth: Floats, inside: NDArray[np.int64], at_least: Floats, at_most: Floats) -> Tally:
        wrong = (inside == 1) & (truth > LAW + TOLERANCE) | (inside == 0) & (truth <= LAW - TOLERANCE)
        wrong |= (truth < at_least - TOLERANCE) | (truth > at_most + TOLERANCE)
        return evolve(
            self,
            trials=self.trials + len(truth),
            inside=self.inside + int((inside == 1).sum()),
            outside=self.outside + int((inside == 0).sum()),
            wrong=self.wrong + int(wrong.sum()),
        )


def tried(world: World, tally: Tally) -> Tally:
    """The world's sites as points, all at once."""
    found = world.found(world.index())
    return tally.plus(world.truth(world.true, world.part), found.inside, found.at_least, found.at_most)


def tried_areas(world: World, areas: int, draw: np.random.Generator, tally: Tally) -> Tally:
    """Areas around some of the world's sites, each corner off by no more than the error of the site."""
    index = world.index()
    water = shapely.union_all([found.area for found in world.rivers if found.counts])
    for row in range(areas):
        turns = np.arange(4) * np.pi / 2 + draw.uniform(0, 1, 4)
        corners = world.true[row] + _towards(turns) * draw.uniform(20, 400, 4)[:, None]
        error = np.full(4, world.error[row])
        stated = corners + _off(draw, error) * _towards(draw.uniform(0, 2 * np.pi) + draw.normal(0, 0.3, 4))
        shape = shapely.Polygon(np.column_stack(world.plane(*stated.T, inverse=True)))
        if not shape.is_valid:
            continue
        site = Site("", "", shape, float(error[0]), float(error[0]), 0.0, "")
        found = index.find(site, "", LAW)
        truth = np.array([shapely.distance(water, shapely.Polygon(corners))])
        said = np.array([-1 if found.inside is None else int(found.inside)])
        at_most = np.nan if found.at_most is None else float(found.at_most)
        tally = tally.plus(truth, said, np.array([float(found.at_least)]), np.array([at_most]))
    return tally
