"""In which unit a site lies, on drawn tilings whose true lines are known."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import cos, radians
from typing import Final

import numpy as np
import pytest
import shapely
from attrs import evolve, frozen
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

from ynpolicy.geo.boundaries import BoundaryIndex
from ynpolicy.geo.layers import BoundaryLayer, Site, Unit
from ynpolicy.location import Doubt, LayerUsed, UnitFound

GRS80: Final = Geod(ellps="GRS80")
WEST: Final = 102.0
SOUTH: Final = 24.8
CELL: Final = 0.05
"""Degrees: cells are about 5 km wide."""
ACROSS: Final = 3
USED: Final = LayerUsed("drawn", "boundaries", "drawn", "2025", None, "0")

Corner = tuple[float, float]
Corners = dict[tuple[int, int], Corner]


@frozen
class Tiling:
    """Nine cells, the corners between them, and to which unit each cell belongs."""

    corners: Corners
    codes: tuple[str, ...]

    def cell(self, number: int, corners: Corners | None = None) -> shapely.Polygon:
        row, column = divmod(number, ACROSS)
        around = ((column, row), (column + 1, row), (column + 1, row + 1), (column, row + 1))
        return shapely.Polygon([(corners or self.corners)[corner] for corner in around])

    def layer(self, error: float | None, cells: Sequence[BaseGeometry] | None = None) -> BoundaryLayer:
        areas = cells or [self.cell(number) for number in range(len(self.codes))]
        units = tuple(Unit(code, f"县{code}", area) for code, area in zip(self.codes, areas, strict=True))
        return BoundaryLayer(USED, "county", error, units)

    def code_at(self, lon: float, lat: float) -> str:
        """The unit that truly holds a point; empty outside the square, and on a line."""
        point = shapely.Point(lon, lat)
        return next((code for number, code in enumerate(self.codes) if self.cell(number).contains(point)), "")


def moved(corner: Corner, azimuth: float, metres: float) -> Corner:
    lon, lat, _ = GRS80.fwd(*corner, azimuth, metres)
    return lon, lat


azimuths = st.floats(0, 360)
shares = st.floats(0, 1)


@st.composite
def tilings(draw: DrawFn) -> Tiling:
    """Corners off the grid by up to 0.3 cells, and three units at most, so that some have several parts."""
    offsets = st.floats(-0.3, 0.3)
    corners = {
        (x, y): (WEST + CELL * (x + draw(offsets)), SOUTH + CELL * (y + draw(offsets)))
        for x in range(ACROSS + 1)
        for y in range(ACROSS + 1)
    }
    codes = draw(st.lists(st.sampled_from(("530101", "530102", "530103")), min_size=9, max_size=9))
    return Tiling(corners, tuple(codes))


@st.composite
def drawn_layers(draw: DrawFn, tiling: Tiling, error: float) -> BoundaryLayer:
    """The tiling with each corner of each cell moved on its own by no more than the error: with gaps and overlaps."""
    cells = []
    for number in range(len(tiling.codes)):
        shifted = {
            corner: moved(place, draw(azimuths), draw(shares) * error) for corner, place in tiling.corners.items()
        }
        cells.append(shapely.make_valid(tiling.cell(number, shifted)))
    return tiling.layer(error, cells)


points = st.tuples(
    st.floats(WEST - CELL / 2, WEST + CELL * 3.5),
    st.floats(SOUTH - CELL / 2, SOUTH + CELL * 3.5),
)
errors = st.floats(0, 1500)


def site(point: Corner, error: float | None = 0.0, extent: float | None = 0.0) -> Site:
    return Site("", "", shapely.Point(point), None, error, extent, "")


def found(place: Site, *layers: BoundaryLayer) -> UnitFound:
    return BoundaryIndex(layers).find(place, "site.county")


def sampled(tiling: Tiling, point: Corner) -> float:
    """The distance to the nearest line between two units, or round the square, measured at points 5 m apart."""
    least = np.inf
    for code in set(tiling.codes):
        own = [tiling.cell(number) for number, other in enumerate(tiling.codes) if other == code]
        lines = shapely.segmentize(shapely.boundary(shapely.union_all(own)), 5e-5)
        coordinates = shapely.get_coordinates(lines)
        metres = GRS80.inv(np.full(len(coordinates), point[0]), np.full(len(coordinates), point[1]), *coordinates.T)[2]
        least = min(least, float(metres.min()))
    return least


@given(tilings(), points, errors, errors, errors)
def test_a_code_is_given_just_where_no_line_is_within_reach(
    tiling: Tiling, point: Corner, layer_error: float, site_error: float, extent: float
) -> None:
    """The reach is all three bounds together; lines within one unit do not count, lines of its parts do."""
    answer = found(site(point, site_error, extent), tiling.layer(layer_error))
    truth, reach, code = sampled(tiling, point), layer_error + site_error + extent, tiling.code_at(*point)
    assert answer.needed is not None
    assert 0 <= answer.needed - reach <= Fraction(2, 100)
    if code and truth > 20:
        assert answer.to_boundary is not None
        assert truth - 0.3 <= answer.to_boundary <= truth
    if truth <= reach:
        assert answer.code == ""
        assert Doubt.NEAR_BOUNDARY in answer.doubts
    elif truth > max(reach, 20) + 0.4:
        assert answer.code == code
        assert answer.doubts == (() if code else (Doubt.OUTSIDE,))


@given(st.data(), tilings(), points, errors, errors, errors)
def test_the_true_unit_is_always_among_the_candidates(
    data: st.DataObject, tiling: Tiling, true: Corner, layer_error: float, site_error: float, extent: float
) -> None:
    """However a layer and a site are off within their bounds: a code is never wrong, and no part of the site lies in a
    unit that is not named."""
    layer = data.draw(drawn_layers(tiling, layer_error))
    given_point = moved(true, data.draw(azimuths), data.draw(shares) * site_error)
    answer = found(site(given_point, site_error, extent), layer)
    edge = [moved(true, azimuth, extent * 0.999) for azimuth in range(0, 360, 15)]
    held = {tiling.code_at(*place) for place in (true, *edge)}
    assert held - {""} <= set(answer.candidates)
    assert "" not in held or not answer.has_all
    if answer.code:
        assert held == {answer.code}


@given(st.data(), tilings(), points, errors, errors)
def test_layers_within_their_bounds_never_contradict_each_other(
    data: st.DataObject, tiling: Tiling, true: Corner, first: float, second: float
) -> None:
    """Two drawings of one tiling, the second of only a part of it, give the true unit or none, and one that either
    gives alone."""
    whole = data.draw(drawn_layers(tiling, first))
    part = data.draw(drawn_layers(tiling, second))
    code = data.draw(st.sampled_from(tiling.codes))
    part = evolve(part, units=tuple(unit for unit in part.units if unit.code == code))
    answer = found(site(true), whole, part)
    held = tiling.code_at(*true)
    assert Doubt.CONTRADICTION not in answer.doubts
    assert answer.code in ("", held)
    assert held in ("", *answer.candidates)
    alone = {found(site(true), layer).code for layer in (whole, part)} - {""}
    assert alone <= {answer.code}


@given(tilings(), points, errors, errors, errors, shares, shares, shares)
def test_more_accuracy_never_flips_a_unit(
    tiling: Tiling, point: Corner, layer_error: float, site_error: float, extent: float, a: float, b: float, c: float
) -> None:
    """With smaller bounds a code stays, and no candidate is added."""
    coarse = found(site(point, site_error, extent), tiling.layer(layer_error))
    fine = found(site(point, site_error * a, extent * b), tiling.layer(layer_error * c))
    assert coarse.code in ("", fine.code)
    assert set(fine.candidates) <= set(coarse.candidates)


@given(tilings(), tilings(), points, errors, errors, shares)
def test_more_accuracy_never_undoes_a_unit_of_layers_that_contradict_each_other(
    one: Tiling, other: Tiling, point: Corner, layer_error: float, site_error: float, share: float
) -> None:
    """Two unrelated drawings: that they contradict each other shows however coarsely the site is known."""
    layers = one.layer(layer_error), other.layer(layer_error)
    coarse, fine = (found(site(point, error), *layers) for error in (site_error, site_error * share))
    assert coarse.code in ("", fine.code)
    assert (Doubt.CONTRADICTION in coarse.doubts) == (Doubt.CONTRADICTION in fine.doubts)


@given(st.data(), tilings(), st.lists(points, min_size=1, max_size=20), errors)
def test_many_points_are_answered_as_each_alone(
    data: st.DataObject, tiling: Tiling, places: list[Corner], error: float
) -> None:
    """`codes` gives what `find` gives, on one layer and on two, also just at the distance that decides."""
    layers = [data.draw(drawn_layers(tiling, data.draw(errors))) for _ in range(data.draw(st.integers(1, 2)))]
    index = BoundaryIndex(layers)
    reach = [max(0.0, float(index.find(site(place), "").to_boundary or 0) - (layers[0].error or 0)) for place in places]
    bounds = np.array([data.draw(st.sampled_from((error, exact, exact + 0.05))) for exact in reach])
    lon, lat = np.array(places).T
    expected = [index.find(site(place, bound), "").code for place, bound in zip(places, bounds.tolist(), strict=True)]
    assert index.codes(lon, lat, bounds).tolist() == expected


@given(tilings(), points)
def test_a_bound_that_is_not_stated_leaves_the_unit_open(tiling: Tiling, point: Corner) -> None:
    """Each of the three, by its own doubt; the unit that holds the point is named all the same."""
    for answer, doubt in (
        (found(site(point, None), tiling.layer(0.0)), Doubt.SITE_ACCURACY),
        (found(site(point, 0.0, None), tiling.layer(0.0)), Doubt.SITE_EXTENT),
        (found(site(point), tiling.layer(None)), Doubt.LAYER_ACCURACY),
    ):
        assert answer.code == ""
        assert answer.needed is None
        assert doubt in answer.doubts
        assert tiling.code_at(*point) in ("", *answer.candidates)
    assert not BoundaryIndex([tiling.layer(0.0)]).codes(*np.array([point]).T, np.nan)[0]
    assert not BoundaryIndex([tiling.layer(None)]).codes(*np.array([point]).T, 0.0)[0]


@given(tilings(), points, st.floats(0.0001, 0.02), st.floats(0.0001, 0.02))
def test_an_area_is_in_a_unit_only_as_a_whole(tiling: Tiling, corner: Corner, width: float, height: float) -> None:
    """An area is in the units that it overlaps, and has a code where that is one."""
    area = shapely.box(*corner, corner[0] + width, corner[1] + height)
    place = evolve(site(corner), geometry=area)
    answer = found(place, tiling.layer(0.0))
    cells = [tiling.cell(number) for number in range(len(tiling.codes))]
    held = {code for code, cell in zip(tiling.codes, cells, strict=True) if cell.intersects(area)}
    assume(not any(0 < cell.distance(area) < 1e-6 for cell in cells))
    assert held == set(answer.candidates)
    whole = len(held) == 1 and shapely.union_all(cells).buffer(-1e-7).covers(area)
    assert answer.code == (answer.candidates[0] if whole else "")


SQUARE: Final = Tiling(
    {(x, y): (WEST + CELL * x, SOUTH + CELL * y) for x in range(4) for y in range(4)},
    tuple(f"53010{number}" for number in range(1, 10)),
)
MIDDLE: Final = (WEST + CELL * 1.5, SOUTH + CELL * 1.5)


def test_the_distance_to_a_meridian_is_the_length_of_the_parallel() -> None:
    """A hand-computed distance: over 2 km at latitude 24.875° the geodesic and the parallel differ by under 1 mm."""
    radius = 6378137 / (1 - 0.00669438002290 * np.sin(radians(24.875)) ** 2) ** 0.5
    degrees = 0.02
    answer = found(site((WEST + CELL + degrees, SOUTH + CELL * 1.5)), SQUARE.layer(100.0))
    expected = radians(degrees) * radius * cos(radians(24.875))
    assert answer.to_boundary is not None
    assert float(answer.to_boundary) == pytest.approx(expected, abs=0.02)
    assert answer.needed == 100


def test_layers_that_exclude_each_other_give_no_code() -> None:
    """A layer shifted by a whole cell, though it claims to be exact, is a contradiction; both units are named."""
    shifted = evolve(SQUARE, codes=SQUARE.codes[1:] + SQUARE.codes[:1])
    answer = found(site(MIDDLE, 10.0), SQUARE.layer(10.0), shifted.layer(10.0))
    assert (answer.code, answer.candidates) == ("", ("530105", "530106"))
    assert answer.names == ("县530105", "县530106")
    assert answer.doubts == (Doubt.CONTRADICTION,)
    assert BoundaryIndex([SQUARE.layer(10.0), shifted.layer(10.0)]).codes(*np.array([MIDDLE]).T, 10.0)[0] == ""


def test_a_contradiction_shows_however_coarsely_the_site_is_known() -> None:
    """One layer has the site deep in one unit, the other 1 km deep in the next; 1.5 km hide nothing."""
    cells = [shapely.transform(SQUARE.cell(number), lambda c: c - np.array((CELL * 0.7, 0))) for number in range(9)]
    for error in (10.0, 1500.0):
        answer = found(site(MIDDLE, error), SQUARE.layer(10.0), SQUARE.layer(10.0, cells))
        assert (answer.code, answer.candidates[-1]) == ("", "530106")
        assert Doubt.CONTRADICTION in answer.doubts


def test_two_coarse_layers_can_leave_one_unit() -> None:
    """Each leaves two units open, and one is in both: no part of the site can lie in another."""
    cells = [SQUARE.cell(number) for number in range(9)]
    east = [shapely.transform(cell, lambda c: c + np.array((CELL * 0.45, 0))) for cell in cells]
    west = [shapely.transform(cell, lambda c: c - np.array((CELL * 0.45, 0))) for cell in cells]
    layers = SQUARE.layer(2400.0, east), SQUARE.layer(2400.0, west)
    assert [found(site(MIDDLE), layer).candidates for layer in layers] == [("530104", "530105"), ("530105", "530106")]
    answer = found(site(MIDDLE), *layers)
    assert (answer.code, answer.candidates, answer.doubts) == ("530105", ("530105",), ())


def test_a_site_where_units_overlap_has_no_code() -> None:
    """Both claim it, so the line runs anywhere in the overlap."""
    cells = [SQUARE.cell(number) for number in range(9)]
    cells[3] = shapely.union(cells[3], cells[4])
    answer = found(site(MIDDLE), SQUARE.layer(1.0, cells))
    assert (answer.code, answer.candidates, answer.to_boundary) == ("", ("530104", "530105"), 0)
    assert answer.doubts == (Doubt.NEAR_BOUNDARY,)


def test_a_site_in_no_unit_is_outside() -> None:
    """In a hole, far from everything, and where there is no layer or no unit at all."""
    hole = evolve(SQUARE.layer(1.0), units=tuple(unit for unit in SQUARE.layer(1.0).units if unit.code != "530105"))
    assert found(site(MIDDLE), hole).doubts == (Doubt.OUTSIDE,)
    assert found(site((116.4, 39.9)), hole) == UnitFound(
        "site.county", "", needed=Fraction(1), layer=USED, doubts=(Doubt.OUTSIDE,)
    )
    assert found(site(MIDDLE), evolve(hole, units=())).doubts == (Doubt.OUTSIDE,)
    assert found(site(MIDDLE)).doubts == (Doubt.NO_LAYER,)
    assert BoundaryIndex([]).codes(*np.array([MIDDLE]).T, 1.0)[0] == ""
    near = found(site((MIDDLE[0] + CELL * 0.49, MIDDLE[1]), 100.0), hole)
    assert (near.candidates, near.doubts) == (("530106",), (Doubt.OUTSIDE, Doubt.NEAR_BOUNDARY))


def test_near_the_end_of_a_layer_other_units_are_possible() -> None:
    """Within reach of the outermost line the site may lie in a unit that the layer does not have; between two units
    deep in the layer it cannot."""
    west = found(site((WEST + 0.0005, SOUTH + CELL), 30.0), SQUARE.layer(30.0))
    assert (west.candidates, west.has_all) == (("530101", "530104"), False)
    assert west.doubts == (Doubt.OUTSIDE, Doubt.NEAR_BOUNDARY)
    middle = found(site((WEST + CELL, SOUTH + CELL * 1.5), 30.0), SQUARE.layer(30.0))
    assert (middle.candidates, middle.has_all) == (("530104", "530105"), True)


def test_parts_of_a_site_that_lie_in_no_unit_leave_it_open() -> None:
    """One part deep in a unit, the other deep in a hole."""
    hole = evolve(SQUARE.layer(1.0), units=tuple(unit for unit in SQUARE.layer(1.0).units if unit.code != "530105"))
    parts = shapely.MultiPoint([MIDDLE, (MIDDLE[0] + CELL, MIDDLE[1])])
    answer = found(evolve(site(MIDDLE), geometry=parts), hole)
    assert (answer.code, answer.candidates) == ("", ("530106",))
    assert Doubt.OUTSIDE in answer.doubts


def test_what_site_and_layer_say_of_themselves_is_passed_on() -> None:
    """A wider bound has its reason with it, though a code is given."""
    layer = evolve(SQUARE.layer(1120.0), doubts=(Doubt.LAYER_SYSTEM,))
    answer = found(evolve(site(MIDDLE), doubts=(Doubt.SITE_SYSTEM,)), layer)
    assert answer.code == "530105"
    assert answer.doubts == (Doubt.SITE_SYSTEM, Doubt.LAYER_SYSTEM)
