"""The nearest line is the nearest on the ellipsoid, whatever plane it is looked for in."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod, Proj

from tests.geodesic_lines import DEGREE, drawn_chain, drawn_ring, within_yunnan, worlds
from tests.geodesic_truth import distance_to
from ynpolicy.geo.nearest import Nearest
from ynpolicy.geo.nearest_belts import STEP

GRS80 = Geod(ellps="GRS80")


def test_a_point_is_measured_to_a_centimetre() -> None:
    """Against sampled geodesics the distance of 1,000 drawn points to drawn lines is off by less than 1 cm."""
    off = []
    for _, centre, chains in worlds(1, 1000):
        near = within_yunnan(chains).of_point(*centre)
        off.append(abs(near.distance - distance_to(centre[None], chains)))
    assert max(off) < 0.01


@pytest.mark.parametrize(("size", "count"), [(30, 25), (800, 50), (4000, 100)])
def test_an_area_is_measured_to_a_centimetre(size: int, count: int) -> None:
    """The same for the nearest part of an area, which is at distance 0 where it meets a line."""
    off, met = [], 0
    for draw, centre, chains in worlds(size, count):
        ring = drawn_ring(draw, centre, size)
        near = within_yunnan(chains).of_geometry(shapely.Polygon(ring))
        truth = distance_to(ring, chains)
        assert (near.distance == 0) == (truth == 0)
        off.append(abs(near.distance - truth))
        met += truth == 0
    assert max(off) < 0.01
    assert met < count


def test_the_place_found_is_on_the_line_and_at_that_distance() -> None:
    """The nearest place lies within 1 mm of the line that is named, at the geodesic distance to it."""
    for draw, centre, chains in worlds(5, 50):
        for site in (shapely.Point(centre), shapely.Polygon(drawn_ring(draw, centre, 300))):
            index = within_yunnan(chains)
            near = index.of_point(*centre) if site.geom_type == "Point" else index.of_geometry(site)
            place = shapely.Point(near.lon, near.lat)
            assert shapely.LineString(chains[near.number]).distance(place) * DEGREE < 0.001
            if site.geom_type == "Point":
                assert near.distance == GRS80.inv(*centre, near.lon, near.lat)[2]


@pytest.mark.parametrize("seed", range(3))
def test_many_points_find_what_one_finds(seed: int) -> None:
    """Row by row the numbers are the same to the last bit, with areas, with belts, with lines that reach out."""
    draw = np.random.default_rng(seed)
    starts = np.column_stack([draw.uniform(80, 125, 40), draw.uniform(21, 45, 40)])
    lines = [shapely.LineString(drawn_chain(draw, start, 6, 200_000)) for start in starts]
    lines += [shapely.Polygon(drawn_ring(draw, start, 300_000)) for start in starts[:5]]
    lines[:2] = [shapely.MultiLineString([lines[0], lines[1]]), shapely.Point(103, 25)]
    index = Nearest(lines, draw.choice([0, 40_000, 90_000.0], len(lines)) if seed else None)
    lon, lat = draw.uniform(75, 130, 80), draw.uniform(18, 48, 80)
    lon[:5], lat[:5] = starts[:5].T
    many = index.of_points(lon, lat)
    for row in range(len(lon)):
        one = index.of_point(lon[row], lat[row])
        found = many.number[row], many.distance[row], many.lon[row], many.lat[row], many.edge[row]
        assert found == (one.number, one.distance, one.lon, one.lat, one.edge)


def test_a_layer_wider_than_a_plane_is_cut_into_belts() -> None:
    """Over all of China too, the nearest is the nearest on the ellipsoid: no other line is nearer by geodesics."""
    draw = np.random.default_rng(3)
    starts = np.column_stack([draw.uniform(74, 134, 300), draw.uniform(19, 52, 300)])
    points = Nearest([shapely.Point(start) for start in starts])
    for _ in range(300):
        lon, lat = draw.uniform(74, 134), draw.uniform(19, 52)
        near = points.of_point(lon, lat)
        truth = GRS80.inv(np.full(300, lon), np.full(300, lat), *starts.T)[2]
        assert near.number == np.argmin(truth)
        assert near.distance == truth.min()


def test_the_east_is_not_stretched_against_the_west() -> None:
    """Far from the central meridian the nearer of two lines on both sides is found even if it is nearer by 1 cm."""
    for lon in (97.6, 106.1):
        for sign in (1, -1):
            east, _, _ = GRS80.fwd(lon, 25, 90, 5000 + sign * 0.005)
            west, _, _ = GRS80.fwd(lon, 25, -90, 5000 - sign * 0.005)
            chains = [np.array([[side, 24.99], [side, 25.01]]) for side in (east, west)]
            near = within_yunnan(chains).of_point(lon, 25)
            assert near.number == (1 if sign > 0 else 0)


@settings(max_examples=200, deadline=None)
@given(st.floats(0, 30), st.floats(0, 54), st.floats(0, 2 * np.pi), st.floats(1, 200_000))
def test_no_plane_stretches_more_than_the_search_allows(lon: float, lat: float, turn: float, away: float) -> None:
    """Between two places the scale of the plane changes by no more than cosh(x/R) does."""
    plane = Proj(proj="tmerc", ellps="GRS80", lon_0=0)
    other = GRS80.fwd(lon, lat, np.degrees(turn), away)[:2]
    (x_1, _), (x_2, _) = plane(lon, lat), plane(*other)
    scale_1, scale_2 = (plane.get_factors(*place).meridional_scale for place in ((lon, lat), other))
    low, high = sorted((abs(x_1), abs(x_2)))
    allowed = np.cosh((high + away * 0.2) / 6.3e6) / np.cosh(max(low - away * 0.2, 0) / 6.3e6)
    assert max(scale_1 / scale_2, scale_2 / scale_1) <= allowed * (1 + 1e-9)


@settings(max_examples=100, deadline=None)
@given(st.floats(-6, 6), st.floats(19, 54), st.floats(0, 2 * np.pi))
def test_a_piece_is_straight_in_degrees_and_in_the_plane(lon: float, lat: float, turn: float) -> None:
    """A piece of the longest length departs by less than 1 mm from the straight line of the plane."""
    plane = Proj(proj="tmerc", ellps="GRS80", lon_0=0)
    parts = np.linspace(0, 1, 9)
    x, y = plane(lon + parts * STEP * np.cos(turn), lat + parts * STEP * np.sin(turn))
    straight = shapely.LineString([(x[0], y[0]), (x[-1], y[-1])])
    assert shapely.distance(straight, shapely.points(x, y)).max() < 0.001


def test_the_edge_of_what_is_farther_can_be_nearer() -> None:
    """A line that is farther away but wider has the nearest edge; the distance is still to the nearest line."""
    lines = [shapely.LineString([(102, 24), (102, 26)]), shapely.LineString([(102.1, 24), (102.1, 26)])]
    index = Nearest(lines, [10, 8000])
    to_first, to_second = (GRS80.inv(102.04, 25, lon, 25)[2] for lon in (102, 102.1))
    across = shapely.LineString([(102.04, 25), (102.05, 25)])
    for found in (index.of_point(102.04, 25), index.of_geometry(shapely.LineString([(102.03, 25), (102.04, 25)]))):
        assert found.number == 0
    assert index.of_point(102.04, 25).edge == pytest.approx(to_second - 8000, abs=0.5)
    assert index.of_geometry(across).edge == pytest.approx(GRS80.inv(102.05, 25, 102.1, 25)[2] - 8000, abs=0.5)
    assert index.of_geometry(across).distance == pytest.approx(to_first, abs=0.5)


def test_within_an_area_there_is_no_distance() -> None:
    """A site within an area, on its edge or across it is at distance 0; in its hole it is not."""
    outer, hole = shapely.box(102, 25, 102.2, 25.2), shapely.box(102.05, 25.05, 102.1, 25.1)
    index = Nearest([shapely.LineString([(101, 24), (101, 25)]), shapely.difference(outer, hole)])
    for point in ((102.15, 25.15), (102, 25.1), (102.05, 25.07)):
        assert index.of_point(*point).distance == 0
    inside_hole = index.of_point(102.07, 25.07)
    assert 1900 < inside_hole.distance < 2100
    for site in (shapely.box(102.11, 25.11, 102.12, 25.12), shapely.box(101.9, 25.1, 102.01, 25.11)):
        near = index.of_geometry(site)
        assert (near.number, near.distance) == (1, 0)
        assert site.covers(shapely.Point(near.lon, near.lat))
    in_hole = index.of_geometry(shapely.box(102.07, 25.07, 102.08, 25.08))
    assert in_hole.distance > 1900


def test_an_index_holds_something() -> None:
    """There is no nearest of nothing."""
    for nothing in ([], [shapely.LineString()]):
        with pytest.raises(ValueError, match="at least one place"):
            Nearest(nothing)


def test_a_site_of_several_parts_is_as_near_as_its_nearest_part() -> None:
    """Whatever the parts are: points, lines and areas, together or nested in a collection."""
    index = Nearest([shapely.LineString([(102, 24), (102, 26)]), shapely.box(103, 24, 103.2, 26)])
    point, line, area = (
        shapely.Point(102.3, 25),
        shapely.LineString([(102.5, 25), (102.6, 25)]),
        shapely.box(102.8, 25, 102.9, 25.1),
    )
    alone = [index.of_geometry(part) for part in (point, line, area)]
    assert [near.number for near in alone] == [0, 1, 1]
    nested = shapely.GeometryCollection([shapely.MultiPoint([point]), shapely.GeometryCollection([line, area])])
    assert index.of_geometry(nested).distance == pytest.approx(min(near.distance for near in alone), abs=1e-3)
    assert index.of_geometry(nested).number == 1
    across = shapely.GeometryCollection([nested, shapely.box(103.1, 25, 103.3, 25.1)])
    assert (index.of_geometry(across).number, index.of_geometry(across).distance) == (1, 0)


def test_a_point_by_either_way_is_as_near() -> None:
    """One point asked as a geometry, as a point and as one of many has one answer, to a millimetre."""
    for _, centre, chains in worlds(9, 50):
        index = within_yunnan(chains)
        one, many = index.of_point(*centre), index.of_points(centre[:1], centre[1:])
        assert index.of_geometry(shapely.Point(centre)).distance == pytest.approx(one.distance, abs=1e-3)
        assert many.distance[0] == one.distance


def test_a_side_along_a_line_is_compared_end_by_end() -> None:
    """Far from the central meridian the plane stretches one end of a side more; the end that is nearer is found.

    The side and the line are 20 km apart and 180 m long; the line is nearer by 3 cm at the end that is stretched.
    """
    for lon, way in ((97.6, -1), (106.1, 1)):
        ends = [lon, lon + way * 0.0018]
        side = shapely.LineString([(end, 25.0) for end in ends])
        line = [GRS80.fwd(end, 25.0, 0, 20_000 - 0.03 * (end == ends[1]))[:2] for end in ends]
        near = within_yunnan([np.array(line)]).of_geometry(side)
        assert near.distance < 20_000 - 0.029
