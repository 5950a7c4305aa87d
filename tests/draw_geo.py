"""Draws worlds by hand, many more than a test run can, and looks for a wrong inside, outside or interval.

    python -m tests.draw_geo --worlds 1000

prints how many sites were tried, as points and as areas, and how many were answered. A wrong answer prints its world;
`--only 17` repeats one. With `--geodesics 1000` the distance to drawn lines is also compared with sampled geodesics.
"""

from __future__ import annotations

import argparse
import sys
import time

import numpy as np
import shapely

from tests.geo_worlds import Tally, drawn_world, tried, tried_areas
from tests.geodesic_lines import drawn_ring, within_yunnan, worlds
from tests.geodesic_truth import distance_to

SITES, AREAS = 100, 5


def draw_worlds(seed: int, numbers: range | tuple[int, ...]) -> tuple[Tally, Tally]:
    """What the points and the areas of some worlds came to."""
    points, areas = Tally(), Tally()
    for number in numbers:
        world, before = drawn_world(seed, number, SITES), points.wrong + areas.wrong
        points = tried(world, points)
        areas = tried_areas(world, AREAS, np.random.default_rng([seed, number, 1]), areas)
        if points.wrong + areas.wrong > before:
            print(f"wrong: --seed {seed} --only {number}", flush=True)
    return points, areas


def draw_geodesics(seed: int, count: int) -> float:
    """How far the distance of points and of areas is off from sampled geodesics, at most, in m."""
    off = 0.0
    for draw, centre, chains in worlds(seed, count):
        index, ring = within_yunnan(chains), drawn_ring(draw, centre, draw.choice([30, 800, 4000]))
        off = max(off, abs(index.of_point(*centre).distance - distance_to(centre[None], chains)))
        off = max(off, abs(index.of_geometry(shapely.Polygon(ring)).distance - distance_to(ring, chains)))
    return off


def main() -> int:
    """Draws, compares, prints; returns 1 where something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worlds", type=int, default=1000, help=f"each with {SITES} points and {AREAS} areas")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="the number of one world to repeat")
    parser.add_argument("--geodesics", type=int, default=0, help="how many places to compare with sampled geodesics")
    args = parser.parse_args()

    begun = time.perf_counter()
    numbers = range(args.worlds) if args.only is None else (args.only,)
    points, areas = draw_worlds(args.seed, numbers)
    for name, tally in (("points", points), ("areas", areas)):
        answered = f"{tally.inside:,} inside, {tally.outside:,} outside"
        print(f"{name}: {tally.trials:,} trials, {answered}, {tally.wrong:,} wrong")
    off = draw_geodesics(args.seed, args.geodesics)
    if args.geodesics:
        print(
            f"{args.geodesics:,} points and as many areas against sampled geodesics: off by at most {off * 1000:.3f} mm"
        )
    print(f"{time.perf_counter() - begun:.0f} s")
    return 1 if points.wrong or areas.wrong or off >= 0.01 else 0


if __name__ == "__main__":
    sys.exit(main())
