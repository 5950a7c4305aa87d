"""Distances of many sites that are points, as columns: row by row what :meth:`RiverIndex.find` says of one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import reduce
from typing import Final

import numpy as np
from attrs import frozen

from ynpolicy.geo.around import Floats
from ynpolicy.geo.distances import ABOVE, BELOW, BIT, NOISE, STRETCH, RiverIndex, hundredths
from ynpolicy.geo.nearest_belts import Integers, NearMany
from ynpolicy.geo.rivers import Bound
from ynpolicy.location import Doubt

CHUNK: Final = 8192
"""How many sites are measured at a time: enough to be quick, and few enough to bound the memory."""

Progress = Callable[[int, int], None]
"""Told how many sites are done, of how many."""


@frozen(eq=False)
class Distances:
    """One row for each site. Bounds and distances are in m, NaN where there is none; `lon` and `lat` are the nearest
    place; `river` is its river's place in `RiverIndex.plan.rivers`, -1 for none; `inside` is 1 for yes, 0 for no and -1
    for cannot tell; `doubts` has the bits of `BIT`."""

    at_least: Floats
    at_most: Floats
    measured: Floats
    lon: Floats
    lat: Floats
    river: Integers
    inside: Integers
    doubts: Integers

    @classmethod
    def empty(cls, rows: int) -> Distances:
        """Rows of which nothing is known yet."""
        nothing = [np.full(rows, np.nan) for _ in range(5)]
        return cls(*nothing, *(np.full(rows, -1, dtype=np.int64) for _ in range(3)))


def find_many(
    index: RiverIndex,
    lon: Floats,
    lat: Floats,
    buffer: Fraction | None,
    *,
    error: Floats | float | None = None,
    extent: Floats | float | None = None,
    doubts: Integers | int = 0,
    progress: Progress | None = None,
) -> Distances:
    """The distances of many points (degrees on CGCS2000), each with its error and extent in m.

    One figure holds for all; None or NaN is not stated. `doubts` are the bits of what the sites themselves doubt.
    """
    total = len(lon)
    errors, extents = (_column(said, total) for said in (error, extent))
    bits = np.broadcast_to(np.asarray(doubts, dtype=np.int64), (total,))
    found = Distances.empty(total)
    order = np.lexsort((lon, np.floor(lat * 20)))
    for start in range(0, total, CHUNK):
        rows = order[start : start + CHUNK]
        part = _found(index, lon[rows], lat[rows], buffer, errors[rows], extents[rows], bits[rows])
        for column, values in zip(_columns(found), _columns(part), strict=True):
            column[rows] = values
        if progress is not None:
            progress(start + len(rows), total)
    return found


def _column(said: Floats | float | None, rows: int) -> Floats:
    return np.broadcast_to(np.asarray(np.nan if said is None else said, dtype=np.float64), (rows,))


def _columns(found: Distances) -> tuple[Floats | Integers, ...]:
    return (
        *(found.at_least, found.at_most, found.measured, found.lon, found.lat),
        *(found.river, found.inside, found.doubts),
    )


def _found(
    index: RiverIndex,
    lon: Floats,
    lat: Floats,
    buffer: Fraction | None,
    error: Floats,
    extent: Floats,
    said: Integers,
) -> Distances:
    plan, rows = index.plan, len(lon)
    near = [search.nearest.of_points(lon, lat) for search in plan.searches]
    doubts = said | index.doubts
    sure, may = (_least([near[search].distance for search in searches], rows) for searches in (plan.sure, plan.may))
    above = _least([_above(near[bound.search], bound) for bound in plan.above], rows)
    reach, around = np.nan_to_num(error), np.nan_to_num(extent)

    def lowest(off: Floats | float, water: bool = True) -> Floats:
        groups = [reduce(np.maximum, [_below(near[b.search], b, off, water) for b in group]) for group in plan.below]
        return _least(groups, rows) if groups else np.full(rows, -np.inf)

    below, under, dry = lowest(0.0), lowest(reach + around), lowest(reach + around, water=False)
    crossing, no_error, no_extent = below > above, np.isnan(error), np.isnan(extent)
    above = np.where(crossing | no_error, np.inf, above)
    below = np.where(crossing | no_error | no_extent, -np.inf, below)
    at_most = np.ceil((above + reach) * 100 - NOISE)
    at_least, ashore = (
        np.where(below > -np.inf, np.maximum(np.floor(bound * 100), 0.0), 0.0) for bound in (under, dry)
    )
    doubts = _marked(doubts, Doubt.UNRANKED, may < sure)
    doubts = _marked(doubts, Doubt.CONTRADICTION, crossing)
    doubts = _marked(doubts, Doubt.SITE_ACCURACY, no_error)
    doubts = _marked(doubts, Doubt.SITE_EXTENT, no_extent)

    found = Distances.empty(rows)
    apart = np.full(rows, np.inf)
    if index.shown:
        keys = np.stack([near[bound.search].distance + bound.error for bound in index.shown])
        for place, bound in enumerate(index.shown):
            chosen, here = keys.argmin(axis=0) == place, near[bound.search]
            apart[chosen], found.lon[chosen], found.lat[chosen] = (
                column[chosen] for column in (here.distance, here.lon, here.lat)
            )
            found.river[chosen] = plan.searches[bound.search].places[here.number[chosen]]
        found.measured[:] = np.rint(apart * 100) / 100
    law = -1 if buffer is None else hundredths(buffer)
    inside, outside = at_most <= law, at_least > max(law, 0)
    if buffer is not None:
        found.inside[inside], found.inside[outside & ~inside] = 1, 0
        known = np.where(apart <= float(buffer), above < np.inf, below > -np.inf)
        doubts = _marked(doubts, Doubt.ACCURACY, ~inside & ~outside & known & (ashore <= law))
    doubts = _marked(doubts, Doubt.WATER, ~inside & ~outside & (at_least < ashore))
    found.at_least[:] = at_least / 100
    found.at_most[:] = np.where(np.isinf(at_most), np.nan, at_most / 100)
    found.doubts[:] = doubts
    return found


def _least(distances: Sequence[Floats], rows: int) -> Floats:
    return reduce(np.minimum, distances, np.full(rows, np.inf))


def _marked(doubts: Integers, doubt: Doubt, where: np.typing.NDArray[np.bool_]) -> Integers:
    return np.where(where, doubts | BIT[doubt], doubts)


def _above(near: NearMany, bound: Bound) -> Floats:
    return near.distance + bound.error + np.where(near.distance > 0, ABOVE, 0.0)


def _below(near: NearMany, bound: Bound, off: Floats | float, water: bool) -> Floats:
    apart = near.edge - (near.distance * STRETCH + BELOW) - bound.error - off
    return np.where((apart > bound.water) | (not water), apart, np.minimum(apart, 0.0))
