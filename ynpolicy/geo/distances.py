"""How far a site is from the rivers that count: an interval that surely holds the true distance, and why it is so wide.

With d the measured distance to a river, E the errors of its layer and of the site together, w the river's width (0 on a
layer of banks) and e the extent of a site that is given as a point, the bank is in

    [d - E - e - w/2, d + E]

from the site. From above, the least over the rivers that surely count holds. From below, the least over the rivers that
may count holds, and only where a layer is declared to hold them all; of several such layers the greatest one holds.

Within a river that is drawn as an area the distance is 0. Lines do not say on which side the water is: where banks are
drawn as lines, a site that may be no farther from one than half the greatest width may lie in the water, and nothing
bounds its distance from below.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor, inf
from typing import Final

from shapely import Point

from ynpolicy.geo.layers import RiverLayer, Site
from ynpolicy.geo.nearest_belts import Near
from ynpolicy.geo.rivers import Bound, Plan, plan_of
from ynpolicy.location import DistanceFound, Doubt

BIT: Final = {doubt: 1 << place for place, doubt in enumerate(Doubt)}
"""Each doubt as one bit, so that the doubts of a million sites are a column of numbers."""

ABOVE: Final = 1e-6
"""By how much a geodesic may be longer than computed (15 nm, and the rounding of coordinates), in m."""

BELOW: Final = 0.003
STRETCH: Final = 1e-6
"""A place nearer than the one found is at most `BELOW` m and `STRETCH` of the distance nearer: pieces are straight to
1 mm, and the plane in which an area is compared with a piece stretches by less along 200 m."""

NOISE: Final = 1e-7
"""Hundredths of a metre that are not rounded outward: a stated error as a binary number is not exact."""


class RiverIndex:
    """Layers of rivers, ready to be asked for the distance to the rivers of some systems and ranks.

    Layers of the kind `hint` are left out: they are too coarse to decide, and nobody says what they hold. Raises
    `InputError`: a layer's rivers have too many vertices, or are too long.
    """

    def __init__(self, layers: Sequence[RiverLayer], systems: Iterable[str], ranks: Iterable[str]) -> None:
        self.systems, self.ranks = tuple(systems), tuple(ranks)
        self.plan: Plan = plan_of([layer for layer in layers if layer.kind != "hint"], self.systems, self.ranks)
        self.doubts = bits(self.plan.doubts)
        plan = self.plan
        self.shown: tuple[Bound, ...] = plan.above or tuple(Bound(search, 0.0) for search in plan.sure or plan.may)
        """The searches whose nearest river is told, and what tells which of them."""

    def find(self, site: Site, fact: str, buffer: Fraction | None) -> DistanceFound:
        """The distance from the nearest part of a site, for a fact; `buffer` is the distance that the law draws."""
        near = self._near(site)
        plan, doubts = self.plan, self.doubts | bits(site.doubts)
        shown = min(self.shown, key=lambda bound: near[bound.search].distance + bound.error, default=None)
        apart = near[shown.search].distance if shown else inf
        sure = min((near[search].distance for search in plan.sure), default=inf)
        if min((near[search].distance for search in plan.may), default=inf) < sure:
            doubts |= BIT[Doubt.UNRANKED]

        error, extent = site.error or 0.0, site.extent or 0.0
        above = min((_above(near, bound) for bound in plan.above), default=inf)
        below, under = self._lowest(near, 0.0), self._lowest(near, error + extent)
        dry = self._lowest(near, error + extent, water=False)
        if below > above:
            above, below = inf, -inf
            doubts |= BIT[Doubt.CONTRADICTION]
        if site.error is None:
            above, below = inf, -inf
            doubts |= BIT[Doubt.SITE_ACCURACY]
        if site.extent is None:
            below = -inf
            doubts |= BIT[Doubt.SITE_EXTENT]
        high = None if above == inf else ceil((above + error) * 100 - NOISE)
        low, ashore = (max(floor(bound * 100), 0) if below > -inf else 0 for bound in (under, dry))
        law = -1 if buffer is None else hundredths(buffer)
        if (high is None or high > law) and low <= max(law, 0):
            known = buffer is not None and (above < inf if apart <= float(buffer) else below > -inf)
            doubts |= BIT[Doubt.ACCURACY] if known and ashore <= law else 0
            doubts |= BIT[Doubt.WATER] if low < ashore else 0

        at_least, at_most = Fraction(low, 100), None if high is None else Fraction(high, 100)
        told = doubts_of(doubts)
        if shown is None:
            return DistanceFound(fact, self.systems, at_least, at_most, buffer=buffer, doubts=told)
        found = near[shown.search]
        layer, river = plan.rivers[int(plan.searches[shown.search].places[found.number])]
        measured, place = Fraction(round(apart * 100), 100), (found.lon, found.lat)
        return DistanceFound(
            fact, self.systems, at_least, at_most, measured, river.name, place, layer.used, buffer, told
        )

    def _lowest(self, near: Sequence[Near], off: float, water: bool = True) -> float:
        return min((max(_below(near, bound, off, water) for bound in group) for group in self.plan.below), default=-inf)

    def _near(self, site: Site) -> list[Near]:
        """What each search finds."""
        place = site.geometry
        if isinstance(place, Point):
            return [search.nearest.of_point(place.x, place.y) for search in self.plan.searches]
        return [search.nearest.of_geometry(place) for search in self.plan.searches]


def _below(near: Sequence[Near], bound: Bound, off: float, water: bool) -> float:
    """The bound from below for a site that may be `off` by so many metres, and in the water where that counts."""
    found = near[bound.search]
    apart = found.edge - (found.distance * STRETCH + BELOW) - bound.error - off
    return apart if apart > bound.water or not water else min(apart, 0.0)


def _above(near: Sequence[Near], bound: Bound) -> float:
    distance = near[bound.search].distance
    return distance + bound.error + (ABOVE if distance else 0.0)


def hundredths(length: Fraction) -> int:
    """A length in whole hundredths of a metre, rounded down."""
    return length.numerator * 100 // length.denominator


def bits(doubts: Iterable[Doubt]) -> int:
    """Doubts as one number."""
    return sum(BIT[doubt] for doubt in set(doubts))


@lru_cache(maxsize=1024)
def doubts_of(number: int) -> tuple[Doubt, ...]:
    """The doubts that a number stands for, in the order of `Doubt`."""
    return tuple(doubt for doubt, bit in BIT.items() if number & bit)
