"""Where geometry finds a case's site to lie: plain data, whatever measured it.

Lengths are metres, coordinates degrees of longitude and latitude on CGCS2000. Bounds are rounded outward.
"""

from __future__ import annotations

from enum import Enum
from fractions import Fraction
from typing import Final

from attrs import field, frozen


class Doubt(Enum):
    """Why a bound is wider than the measured distance, or why there is none."""

    NO_LAYER = "no_layer"
    """No layer was given that could answer."""
    NO_RIVER = "no_river"
    """The layer holds no river that surely counts."""
    INCOMPLETE = "incomplete"
    """The layer is not declared complete for the rivers that count: another one could be nearer."""
    UNRANKED = "unranked"
    """A nearer river is in the layer of which it is not said whether it counts."""
    LAYER_ACCURACY = "layer_accuracy"
    """The layer's accuracy is not stated."""
    SITE_ACCURACY = "site_accuracy"
    """The site's accuracy is not stated."""
    SITE_EXTENT = "site_extent"
    """The site is a point, and how far it reaches around the point is not stated."""
    SITE_SYSTEM = "site_system"
    """The site's coordinate system is not declared; the bounds hold for any of those in use."""
    LAYER_SYSTEM = "layer_system"
    """The layer's coordinate system is not declared; the bounds hold for any of those in use."""
    WIDTH = "width"
    """The layer has centrelines, or banks as lines, and the width of a river is not stated."""
    CENTRELINE = "centreline"
    """The layer has centrelines: the bank is nearer by up to half the river's width."""
    WATER = "water"
    """The layer has banks as lines, and the site is so near to one that it may lie in the water between two."""
    ACCURACY = "accuracy"
    """The accuracies of site and layer leave room on both sides of the threshold."""
    CONTRADICTION = "contradiction"
    """Two layers contradict each other beyond their stated accuracies."""
    NEAR_BOUNDARY = "near_boundary"
    """A boundary is nearer than the accuracies of site and layer."""
    OUTSIDE = "outside"
    """The site, or a part of it, lies outside the layer, or may do so."""


@frozen
class LayerUsed:
    """A layer of geodata as it was used. `kind` is `bank`, `centreline`, `boundaries` or `hint`; `accuracy` is None
    where it is not stated, `measured` says how it was found; `digest` is the SHA-256 of its files' bytes and of its
    metadata."""

    title: str
    kind: str
    source: str
    date: str
    accuracy: Fraction | None
    digest: str
    system: str = ""
    listed: str = ""
    measured: str = ""


@frozen
class DistanceFound:
    """The distance from the nearest part of a site to the rivers that a fact counts.

    The true distance lies in [`at_least`, `at_most`]; `at_most` is None where nothing bounds it from above. `measured`
    is the geodesic distance to `river` on `layer`, at `nearest` (longitude, latitude); all three are empty where no
    layer holds such a river. `buffer` is the distance that the law draws, where it draws one.
    """

    fact: str
    systems: tuple[str, ...]
    at_least: Fraction
    at_most: Fraction | None
    measured: Fraction | None = None
    river: str = ""
    nearest: tuple[float, float] | None = None
    layer: LayerUsed | None = None
    buffer: Fraction | None = None
    doubts: tuple[Doubt, ...] = ()

    @property
    def inside(self) -> bool | None:
        """Within the law's distance, that distance included: yes, no, or None for cannot tell."""
        if self.buffer is None:
            return None
        if self.at_most is not None and self.at_most <= self.buffer:
            return True
        return False if self.at_least > self.buffer else None

    @property
    def margin(self) -> Fraction | None:
        """By how much the answer holds, in m; None where there is none."""
        match self.inside:
            case True if self.at_most is not None and self.buffer is not None:
                return self.buffer - self.at_most
            case False if self.buffer is not None:
                return self.at_least - self.buffer
            case _:
                return None


@frozen
class UnitFound:
    """The administrative unit within which the whole site lies: its `code`, empty where that cannot be told.

    `candidates` are the codes of all units in which a part of the site may lie; `to_boundary` is the distance to the
    nearest boundary of the unit, `needed` the distance from which on the unit is sure.
    """

    fact: str
    code: str
    candidates: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    to_boundary: Fraction | None = None
    needed: Fraction | None = None
    layer: LayerUsed | None = None
    doubts: tuple[Doubt, ...] = ()

    @property
    def has_all(self) -> bool:
        """Whether no part of the site can lie in a unit that is not among the candidates."""
        return bool(self.candidates) and _UNBOUNDED.isdisjoint(self.doubts)


_UNBOUNDED: Final = frozenset(
    (Doubt.LAYER_ACCURACY, Doubt.SITE_ACCURACY, Doubt.SITE_EXTENT, Doubt.OUTSIDE, Doubt.CONTRADICTION)
)
"""Doubts in which a part of a site may lie in a unit that no layer names."""


@frozen
class RiverNearby:
    """A river near a site on a hint layer, which is too coarse to decide: its name and rough distance."""

    name: str
    measured: Fraction
    layer: LayerUsed


Path = tuple[tuple[int, int], ...]
"""A line or a ring: metres east and north of the drawing's centre."""


@frozen
class Drawn:
    """One feature of a drawing. `role` is `site`, `river`, `hint`, `county`, `buffer` or `band`; `rings` says whether
    its paths enclose an area."""

    role: str
    paths: tuple[Path, ...]
    rings: bool = False
    name: str = ""
    label_at: tuple[int, int] | None = None


@frozen
class Drawing:
    """A map of a site: features in a square that reaches `reach` metres from its centre (longitude, latitude)."""

    centre: tuple[float, float]
    reach: int
    features: tuple[Drawn, ...]
    buffer: int | None = None


@frozen
class Discrepancy:
    """A fact of which the case states one thing and geometry finds another."""

    fact: str
    stated: str
    found: str


@frozen
class Location:
    """Everything that geometry finds about one site, and what it was found with.

    `site` is the site as it was given; `digest` is the SHA-256 of its geometry, coordinate system and accuracy.
    `discrepancies` are added once the case's own answers are read.
    """

    site: str
    system: str
    accuracy: Fraction | None
    extent: Fraction | None
    digest: str
    distances: tuple[DistanceFound, ...] = ()
    units: tuple[UnitFound, ...] = ()
    nearby: tuple[RiverNearby, ...] = ()
    layers: tuple[LayerUsed, ...] = ()
    drawing: Drawing | None = field(default=None, eq=False, repr=False)
    discrepancies: tuple[Discrepancy, ...] = ()
