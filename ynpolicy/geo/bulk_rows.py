"""The rows of a table of sites, read as points: which columns hold them, and what is wrong with a row."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Final

import numpy as np
from attrs import field, frozen

from ynpolicy.documents import Scalar
from ynpolicy.errors import Place, Problem, nearest
from ynpolicy.geo.around import Floats
from ynpolicy.geo.coordinates import at_least, read_length, read_point
from ynpolicy.geo.distances import bits
from ynpolicy.geo.systems import (
    UNDECLARED,
    UNDECLARED_ERROR,
    UNDECLARED_ERROR_IN_CHINA,
    YUNNAN,
    Datum,
    System,
    SystemRefused,
    lon_lat,
)
from ynpolicy.geo.systems_checks import check_numbers, in_china
from ynpolicy.location import Doubt

WORDS: Final = {
    "lon": ("经度", "东经", "lon", "lng", "longitude", "x"),
    "lat": ("纬度", "北纬", "lat", "latitude", "y"),
    "accuracy": ("精度", "误差", "accuracy"),
    "extent": ("范围", "半径", "extent"),
}
"""What columns are called: longitude or easting, latitude or northing, and each site's own accuracy and extent."""

_UNIT: Final = re.compile(r"\s*[(\[].*[)\]]\s*\Z")
_NEAR: Final = 2.0
"""Degrees around Yunnan within which a point needs no second look: swapped or wrong numbers do not lead there."""


@frozen
class Said:
    """What holds for all rows: the coordinate system, and in m the accuracy and extent of rows that say none."""

    system: System = UNDECLARED
    accuracy: Fraction | None = None
    extent: Fraction | None = None


@frozen
class Columns:
    """Where the columns stand, counted from 0; None for one that is not there."""

    lon: int
    lat: int
    accuracy: int | None = None
    extent: int | None = None


@frozen(eq=False)
class Placed:
    """Rows as points on CGCS2000 with error and extent in m, NaN where not known; `wrong` tells of each row that is
    none, by its number."""

    lon: Floats
    lat: Floats
    error: Floats
    extent: Floats
    doubts: int
    wrong: dict[int, Problem] = field(factory=dict)


def find_columns(head: Sequence[str], place: Place, lon: str, lat: str) -> tuple[Columns | None, list[Problem]]:
    """The columns of a table by its head, where `lon` and `lat` name two of them or are empty."""
    problems: list[Problem] = []
    found: dict[str, int | None] = {}
    for key, words in WORDS.items():
        named = {"lon": lon, "lat": lat}.get(key, "")
        same = [number for number, name in enumerate(head) if name == named or (not named and _plain(name) in words)]
        found[key] = same[0] if len(same) == 1 else None
        if len(same) > 1:
            names = ", ".join(f"`{head[number]}`" for number in same)
            help = "name the column to read" if key in ("lon", "lat") else "rename all but one"
            problems.append(Problem(place, f"several columns can be the {_TOLD[key]}: {names}", help))
        elif not same and named:
            help = nearest(named, head) or f"the columns are {', '.join(head)}"
            problems.append(Problem(place, f"there is no column `{named}`", help))
        elif not same and key in ("lon", "lat"):
            help = f"call it {words[0]} or {words[2]}, or name one of {', '.join(head)}"
            problems.append(Problem(place, f"no column is the {_TOLD[key]}", help))
    x, y = found["lon"], found["lat"]
    if x is not None and x == y:
        problems.append(Problem(place, f"`{head[x]}` is named as longitude and as latitude", "name two columns"))
    if problems or x is None or y is None:
        return None, problems
    return Columns(x, y, found["accuracy"], found["extent"]), problems


_TOLD: Final = {"lon": "longitude", "lat": "latitude", "accuracy": "accuracy", "extent": "extent"}


def _plain(name: str) -> str:
    return _UNIT.sub("", unicodedata.normalize("NFKC", name)).strip().casefold()


def place_points(
    rows: Sequence[Sequence[str]], lines: Sequence[int], width: int, columns: Columns, said: Said, file: str
) -> Placed:
    """Rows as points. `lines` are their lines in the file, `width` is how many cells each has."""
    wrong: dict[int, Problem] = {}
    x, y, error, extent = (np.full(len(rows), np.nan) for _ in range(4))
    for number, (cells, line) in enumerate(zip(rows, lines, strict=True)):
        try:
            if len(cells) != width:
                raise _Wrong(0, f"the row has {len(cells)} cells, the head has {width}", "give each row the same cells")
            x[number], y[number] = _point(cells[columns.lon], cells[columns.lat], columns)
            error[number] = _length(cells, columns.accuracy, "accuracy", said.accuracy)
            extent[number] = _length(cells, columns.extent, "extent", said.extent)
        except _Wrong as fault:
            wrong[number] = Problem(Place(file, line, fault.column + 1), fault.message, fault.help)
    lon, lat = lon_lat(said.system, x, y)
    west, south, east, north = YUNNAN
    near = (lon > west - _NEAR) & (lon < east + _NEAR) & (lat > south - _NEAR) & (lat < north + _NEAR)
    for number in np.flatnonzero(~near & ~np.isnan(x)).tolist():
        refused = _refused(x[number], y[number], lon[number], lat[number], said.system)
        if refused is not None:
            place = Place(file, lines[number], columns.lon + 1)
            wrong[number] = Problem(place, str(refused), refused.help)
    lon[list(wrong)] = lat[list(wrong)] = np.nan
    doubts = 0
    if said.system.datum is Datum.UNDECLARED:
        inside = (west <= lon) & (lon <= east) & (south <= lat) & (lat <= north)
        error += np.where(inside, UNDECLARED_ERROR, UNDECLARED_ERROR_IN_CHINA)
        doubts = bits([Doubt.SITE_SYSTEM])
    else:
        error += said.system.error
    return Placed(lon, lat, error, extent, doubts, wrong)


class _Wrong(Exception):
    def __init__(self, column: int, message: str, help: str) -> None:
        super().__init__(message)
        self.column, self.message, self.help = column, message, help


def _point(lon: str, lat: str, columns: Columns) -> tuple[float, float]:
    try:
        point = float(lon), float(lat)
        if math.isfinite(point[0]) and math.isfinite(point[1]) and "_" not in lon + lat:
            return point
    except ValueError:
        pass
    for text, column, what in ((lon, columns.lon, "longitude"), (lat, columns.lat, "latitude")):
        if not text.strip():
            raise _Wrong(column, f"the {what} is missing", "write both numbers of the point")
    try:
        return read_point(f"{lon.strip()}, {lat.strip()}")
    except ValueError:
        help = "write degrees, `102.7123` or `102°42′44″`, or metres of the declared plane"
        raise _Wrong(columns.lon, f"`{lon}` and `{lat}` are no point", help) from None


def _length(cells: Sequence[str], column: int | None, key: str, otherwise: Fraction | None) -> float:
    text = cells[column].strip() if column is not None else ""
    if column is None or not text:
        return np.nan if otherwise is None else at_least(otherwise)
    found = _metres(text, key)
    if isinstance(found, Problem):
        raise _Wrong(column, found.message, found.help)
    return found


@lru_cache(maxsize=4096)
def _metres(text: str, key: str) -> float | Problem:
    problems: list[Problem] = []
    found = read_length(Scalar(text, True, Place(key)), key, problems)
    return problems[0] if found is None else at_least(found)


def _refused(x: float, y: float, lon: float, lat: float, system: System) -> SystemRefused | None:
    """Why a point that lies far from Yunnan is none; None where it may be one."""
    try:
        check_numbers((x, y, x, y), system)
    except SystemRefused as refused:
        return refused
    if in_china((lon, lat, lon, lat)):
        return None
    help = "check the numbers, the declared system, and the order longitude, latitude"
    return SystemRefused(f"`{x:.10g},{y:.10g}` lies outside China", help)
