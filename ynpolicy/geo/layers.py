"""A site and the layers it is measured against, read and placed: longitude and latitude on CGCS2000, in degrees.

An `error` is a guaranteed bound in metres on how far a drawn position is from the true one, the coordinate system's
own part included; it is None where nobody states it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from ynpolicy.location import Doubt, LayerUsed

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


@frozen
class Site:
    """The place of a project. `geometry` may be a point, a line or an area; `extent` is how far the site reaches around
    a point: 0 for a line or an area, None for a point of which nobody says it."""

    shown: str
    system: str
    geometry: BaseGeometry = field(eq=False, repr=False)
    accuracy: float | None
    error: float | None
    extent: float | None
    digest: str
    doubts: tuple[Doubt, ...] = ()


@frozen
class River:
    """One river of a layer: lines, or areas of a bank layer. `system` and `rank` are empty where the layer does not say
    them; `width` is its greatest width in metres, in a bank layer that of the water between banks that are lines; None
    where it is not stated."""

    name: str
    system: str
    rank: str
    width: float | None
    geometry: BaseGeometry = field(eq=False, repr=False)


@frozen
class Complete:
    """A layer holds every river of these systems and ranks that an official list names."""

    listed: str
    systems: tuple[str, ...]
    ranks: tuple[str, ...]


@frozen
class RiverLayer:
    """Rivers with what is known of them. `kind` is `bank`, `centreline` or `hint`."""

    used: LayerUsed
    kind: str
    error: float | None
    rivers: tuple[River, ...]
    complete: tuple[Complete, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    def is_complete_for(self, systems: tuple[str, ...], ranks: tuple[str, ...]) -> bool:
        """Whether the layer surely holds every river of these systems and ranks."""
        sure = {(system, rank) for part in self.complete for system in part.systems for rank in part.ranks}
        return all((system, rank) in sure for system in systems for rank in ranks)


@frozen
class Unit:
    """One administrative unit: code, name and area."""

    code: str
    name: str
    geometry: BaseGeometry = field(eq=False, repr=False)


@frozen
class BoundaryLayer:
    """Administrative units of one kind (`county`)."""

    used: LayerUsed
    kind: str
    error: float | None
    units: tuple[Unit, ...]
    doubts: tuple[Doubt, ...] = ()
