"""Distances of sites to rivers, next to what a Python caller would write: `python tests/benchmarks/geo.py`.

Every time is processor time of one core, since the index uses one. The rivers are drawn over Yunnan: 43,000 segments
of about 480 m in 215 rivers, or with `--hints` those of the hint layer that the extra `geo` installs. Half of the sites
are drawn over the province, half within 3 km of a river. The plain ways measure in a plane, to whole lines and without
bounds; how far their distances are off from the geodesic is told beside their times.
"""

from __future__ import annotations

import argparse
import resource
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Proj

from tests.geo_layers import layer, river, site
from ynpolicy.geo.bulk import find_many
from ynpolicy.geo.bulk_rows import Said
from ynpolicy.geo.bulk_table import Asked, locate_table
from ynpolicy.geo.distances import RiverIndex
from ynpolicy.geo.layers import RiverLayer
from ynpolicy.geo.systems_words import named_system

Floats = NDArray[np.float64]

LAW: Final = Fraction(1000)
SYSTEMS, RANKS = ("yangtze",), ("mainstem",)
RIVERS, SEGMENTS, STEP = 215, 200, 0.0045
BOX: Final = (97.5, 21.1, 106.2, 29.3)
PLAIN, LOOPED, AREAS = 50_000, 50, 1_000


def drawn_layer(draw: np.random.Generator) -> RiverLayer:
    """Rivers of several widths that wander over the province."""
    west, south, east, north = BOX
    rivers = []
    for number in range(RIVERS):
        turns = np.cumsum(draw.normal(0, 0.4, SEGMENTS)) + draw.uniform(0, 2 * np.pi)
        path = np.cumsum(np.column_stack([np.cos(turns), np.sin(turns)]) * STEP, axis=0)
        start = draw.uniform((west, south), (east, north))
        width = float(draw.choice([50, 100, 200, 400]))
        rivers.append(river(shapely.LineString(np.vstack([start, start + path])), f"river {number}", width=width))
    return layer(*rivers, error=20.0)


def hint_layer() -> RiverLayer:
    """The lines of the hint layer, taken for rivers that count."""
    from ynpolicy.geo.hints import hint_layer

    found = hint_layer()
    if found is None:
        raise SystemExit("the hint layer is not installed")
    return layer(*(river(drawn.geometry, drawn.name, width=100.0) for drawn in found.rivers), error=20.0)


def drawn_sites(draw: np.random.Generator, rivers: RiverLayer, count: int) -> tuple[Floats, Floats]:
    """Longitudes and latitudes."""
    west, south, east, north = BOX
    vertices = shapely.get_coordinates([drawn.geometry for drawn in rivers.rivers])
    near = vertices[draw.integers(len(vertices), size=count // 2)] + draw.uniform(-0.027, 0.027, (count // 2, 2))
    far = draw.uniform((west, south), (east, north), (count - count // 2, 2))
    lon, lat = draw.permutation(np.vstack([near, far])).T
    return lon, lat


def timed(work: Callable[[], object]) -> tuple[float, object]:
    """Processor seconds, and the result."""
    begin = process_time()
    found = work()
    return process_time() - begin, found


def peak() -> float:
    """The largest memory of this process so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10


def report(what: str, seconds: float, count: int, more: str = "") -> None:
    print(f"{what:<52} {seconds / count * 1e6:10.2f} µs a site {seconds:9.2f} s {more}")


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sites", type=int, default=1_000_000)
    parser.add_argument("--hints", action="store_true")
    args = parser.parse_args()

    draw = np.random.default_rng(1)
    rivers = hint_layer() if args.hints else drawn_layer(draw)
    lon, lat = drawn_sites(draw, rivers, args.sites)
    before = peak()
    built, index = timed(lambda: RiverIndex([rivers], SYSTEMS, RANKS))
    assert isinstance(index, RiverIndex)
    segments = sum(shapely.get_num_coordinates(drawn.geometry) - 1 for drawn in rivers.rivers)
    print(f"{len(rivers.rivers)} rivers, {segments:,} segments; index built in {built:.2f} s; peak {before:.0f} MiB\n")

    begin = perf_counter()
    seconds, found = timed(lambda: find_many(index, lon, lat, LAW, error=10.0, extent=50.0))
    wall, high = perf_counter() - begin, peak()
    report(
        f"columns: {args.sites:,} sites at once",
        seconds,
        args.sites,
        f"({wall:.1f} s by the clock, peak {high:.0f} MiB)",
    )
    measured = found.measured  # type: ignore[attr-defined]

    sites = [site(shapely.Point(*place), 10.0, 50.0) for place in zip(lon[:2000], lat[:2000], strict=True)]
    one, _ = timed(lambda: [index.find(at, "f", LAW) for at in sites])
    report("find: one site at a time", one, len(sites))
    areas = [site(shapely.Point(*place).buffer(0.003), 10.0) for place in zip(lon[:AREAS], lat[:AREAS], strict=True)]
    of_area, _ = timed(lambda: [index.find(at, "f", LAW) for at in areas])
    report("find: one area of 64 corners at a time", of_area, AREAS)

    plane = Proj(proj="tmerc", ellps="GRS80", lon_0=101.8)
    lines = [shapely.transform(drawn.geometry, lambda at: np.column_stack(plane(*at.T))) for drawn in rivers.rivers]
    points = shapely.points(*plane(lon[:PLAIN], lat[:PLAIN]))
    looped, apart = timed(lambda: [min(line.distance(point) for line in lines) for point in points[:LOOPED]])
    off = np.abs(np.array(apart) - measured[:LOOPED]).max()
    report("plain: min(line.distance(site) for line in lines)", looped, LOOPED, f"(off by up to {off:.2f} m)")
    tree = shapely.STRtree(lines)
    by_tree, (_, apart) = timed(lambda: tree.query_nearest(points, return_distance=True, all_matches=False))  # type: ignore[misc]
    off = np.abs(apart - measured[:PLAIN]).max()
    report("plain: STRtree of whole lines, vectorised", by_tree, PLAIN, f"(off by up to {off:.2f} m)")
    print(
        f"\ncolumns are {looped / LOOPED / (seconds / args.sites):,.0f} times as fast as the plain loop, "
        f"{by_tree / PLAIN / (seconds / args.sites):.1f} times as fast as the tree of whole lines;\n"
        f"find is {looped / LOOPED / (one / len(sites)):,.0f} times as fast as the plain loop\n"
    )

    with TemporaryDirectory() as folder:
        table = Path(folder, "sites.csv")
        with table.open("w", encoding="utf-8") as file:
            file.write("name,lon,lat\n")
            file.writelines(f"site {row},{x:.7f},{y:.7f}\n" for row, (x, y) in enumerate(zip(lon, lat, strict=True)))
        said = Said(named_system("CGCS2000"), Fraction(10), Fraction(50))
        asked = [Asked("site.bank_distance", index, LAW)]
        begin = perf_counter()
        seconds, _ = timed(lambda: locate_table(table, Path(folder, "out.csv"), asked, said=said))
        wall = perf_counter() - begin
        report(
            f"table: {args.sites:,} rows, CSV to CSV",
            seconds,
            args.sites,
            f"({wall:.1f} s by the clock, peak {peak():.0f} MiB)",
        )


if __name__ == "__main__":
    main()
