"""Rows of a file or points of a user, checked and placed in longitude and latitude on CGCS2000."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from attrs import evolve

from ynpolicy.errors import Place, Problem
from ynpolicy.geo.systems import Datum, System, SystemRefused, lon_lat, placed, settled, undeclared_error
from ynpolicy.geo.systems_checks import Bounds, check_numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    Geometries = NDArray[np.object_]

_MOST_FAULTS: Final = 10


def place_rows(
    geometries: Geometries, stated: System | None, declared: str, place: Place, problems: list[Problem]
) -> tuple[Geometries, System] | None:
    """Geometries in longitude and latitude on CGCS2000, and the system that they were in, its error as wide as it must
    be here.

    `stated` is the system that the user declares, `declared` the one in the file itself. None where the two do not
    agree, the numbers are not of that system, or an area is not one: `problems` tell why.
    """
    try:
        system = settled(stated, declared)
        bounds = bounds_of(geometries)
        check_numbers(bounds, system)
        sound = _sound_areas(geometries, system, place, problems)
        if sound is None:
            return None
        found = placed(sound, system)
    except SystemRefused as refused:
        problems.append(Problem(place, str(refused), refused.help))
        return None
    if system.datum is Datum.UNDECLARED:
        system = evolve(system, error=undeclared_error(bounds))
    return found, system


def bounds_of(geometries: Geometries) -> Bounds:
    """The bounds of all coordinates; not finite where one is not."""
    numbers = shapely.get_coordinates(geometries)
    (west, south), (east, north) = numbers.min(axis=0), numbers.max(axis=0)
    return float(west), float(south), float(east), float(north)


def whole(geometries: Geometries) -> BaseGeometry:
    """Several geometries as one: a single part, parts of one kind, or a collection; areas that overlap are united."""
    parts = shapely.get_parts(shapely.get_parts(geometries))
    kinds = set(shapely.get_type_id(parts).tolist())
    found: BaseGeometry
    if len(parts) == 1:
        (found,) = parts
    elif kinds == {3}:
        found = shapely.MultiPolygon(list(parts))
        found = found if found.is_valid else shapely.union_all(parts)
    elif kinds <= {1, 2}:
        found = shapely.MultiLineString(list(parts))
    else:
        found = shapely.MultiPoint(list(parts)) if kinds == {0} else shapely.GeometryCollection(list(parts))
    return found


def _sound_areas(geometries: Geometries, system: System, place: Place, problems: list[Problem]) -> Geometries | None:
    """The same geometries, where every area is one.

    An area whose ring only touches itself, or whose parts share a side, is redrawn. One whose ring crosses itself, or
    whose parts overlap, is a problem: which part was meant is for those to say who drew it.
    """
    faulty = np.flatnonzero(~shapely.is_valid(geometries))
    if not len(faulty):
        return geometries
    sound = geometries.copy()
    before = len(problems)
    for row in faulty[:_MOST_FAULTS]:
        redrawn = _redrawn(geometries[row])
        if redrawn is None:
            problems.append(_fault(geometries[row], int(row) + 1, system, place))
        else:
            sound[row] = redrawn
    if len(faulty) > _MOST_FAULTS:
        rest = len(faulty) - _MOST_FAULTS
        problems.append(Problem(place, f"{rest} more features may have areas that are none", "repair the file"))
    return None if len(problems) > before else sound


def _redrawn(area: BaseGeometry) -> BaseGeometry | None:
    """The same area drawn otherwise, or None where it is not the same: a ring that crosses itself counts a part of it
    twice or the other way round, as do parts that overlap, and a spike would be lost."""
    made = shapely.make_valid(area, method="structure", keep_collapsed=False)
    corners = shapely.MultiPoint(shapely.get_coordinates(area))
    is_same = np.isclose(made.area, area.area, rtol=1e-9, atol=0) and made.covers(corners)
    return made if is_same else None


def _fault(area: BaseGeometry, number: int, system: System, place: Place) -> Problem:
    reason, _, point = shapely.is_valid_reason(area).partition("[")
    what = {
        "Self-intersection": "crosses itself or another part",
        "Ring Self-intersection": "crosses itself",
        "Hole lies outside shell": "has a hole outside it",
        "Holes are nested": "has a hole in a hole",
        "Nested shells": "has a part within another",
        "Interior is disconnected": "is cut in two by a hole",
    }.get(reason.strip(), "is none")
    where = ""
    if point:
        x, y = (np.array([float(number)]) for number in point.rstrip("]").split()[:2])
        lon, lat = lon_lat(system, x, y)
        where = f" at `{lon[0]:.6f},{lat[0]:.6f}`"
    return Problem(place, f"the area of feature {number} {what}{where}", "draw its corners in order, and save it anew")
