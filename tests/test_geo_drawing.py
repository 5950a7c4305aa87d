"""The drawing of a site: what is on it, where, and that it stays small."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Final

import numpy as np
import pytest
import shapely
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

from ynpolicy.geo.drawing import MOST_POINTS, draw
from ynpolicy.geo.drawing_buffers import widened
from ynpolicy.geo.layers import BoundaryLayer, River, RiverLayer, Site, Unit
from ynpolicy.location import DistanceFound, Drawing, Drawn, LayerUsed

GRS80: Final = Geod(ellps="GRS80")
LON: Final = 103.15
LAT: Final = 23.36
USED: Final = LayerUsed("drawn", "centreline", "drawn", "2025", None, "0")
BANDS: Final = ("yangtze", "pearl")


def place(east: float, north: float) -> tuple[float, float]:
    """The point that far east and north of the middle."""
    lon, lat, _ = GRS80.fwd(LON, LAT, np.degrees(np.arctan2(east, north)), np.hypot(east, north))
    return float(lon), float(lat)


def line(*points: tuple[float, float]) -> BaseGeometry:
    return shapely.LineString([place(*point) for point in points])


def area(*points: tuple[float, float]) -> BaseGeometry:
    return shapely.Polygon([place(*point) for point in points])


def site(geometry: BaseGeometry | None = None, error: float | None = 50.0, extent: float | None = 0.0) -> Site:
    return Site("", "", geometry or shapely.Point(LON, LAT), error, error, extent, "")


def layer(*rivers: River, error: float | None = 30.0, kind: str = "centreline") -> RiverLayer:
    return RiverLayer(USED, kind, error, rivers)


def river(geometry: BaseGeometry, name: str = "甲江", system: str = "pearl", rank: str = "mainstem") -> River:
    return River(name, system, rank, 100.0, geometry)


def distance(metres: float | None = None, nearest: tuple[float, float] | None = None) -> DistanceFound:
    measured = None if metres is None else Fraction(metres)
    return DistanceFound("d", BANDS, Fraction(0), None, measured, nearest=nearest, buffer=Fraction(1000))


def features(drawing: Drawing, role: str) -> list[Drawn]:
    return [feature for feature in drawing.features if feature.role == role]


def shape(drawing: Drawing, role: str) -> BaseGeometry:
    """All that is drawn in a role; rings enclose by the even-odd rule."""
    whole: BaseGeometry = shapely.Polygon()
    for feature in features(drawing, role):
        for path in feature.paths:
            if feature.rings:
                whole = whole.symmetric_difference(shapely.Polygon(path))
            else:
                whole = whole.union(shapely.LineString(path))
    return whole


STRAIGHT: Final = line((1400, -9000), (1400, 9000))


def test_the_square_holds_site_buffer_and_nearest_river() -> None:
    """Each of the three can be what decides; 2.5 km is the least and 60 km the most."""
    near = layer(river(STRAIGHT))
    wide = site(area((-3000, -1000), (3000, -1000), (3000, 1000), (-3000, 1000)), 100.0)
    assert draw(site(), [near], [], [distance(1400)], None).reach == 2500
    assert draw(site(), [near], [], [evolve(distance(1400), buffer=Fraction(3000))], None).reach == 7500
    assert draw(site(), [near], [], [distance(10_000)], None).reach == 13_000
    assert 3800 <= draw(wide, [near], [], [distance(0)], None).reach <= 4000
    assert draw(site(), [near], [], [distance(50_000)], None).reach == 2500
    assert draw(site(extent=200_000.0), [near], [], [distance(1400)], None).reach == 60_000
    hint = layer(river(line((20_000, -9000), (20_000, 9000))), kind="hint", error=None)
    assert draw(site(), [], [], [], hint).reach == pytest.approx(26_000, abs=5)
    assert draw(site(), [], [], [], None).reach == 2500


def test_the_band_is_where_a_site_cannot_be_told() -> None:
    """Of a straight river 1,400 m to the east: the line at 1,000 m, the band from 1,000 - 80 to 1,000 + 80 + 50 m."""
    drawing = draw(site(), [layer(river(STRAIGHT))], [], [distance(1400)], None)
    assert drawing.buffer == 1000
    assert drawing.centre == (LON, LAT)
    row = shapely.LineString([(-2500, 0), (2500, 0)])
    crossed = shapely.get_coordinates(shape(drawing, "buffer").intersection(row))[:, 0]
    assert sorted(map(round, crossed.tolist())) == [400, 2400]
    bands = [part.bounds for part in shapely.get_parts(shape(drawing, "band").intersection(row))]
    assert sorted((round(west), round(east)) for west, _, east, _ in bands) == [(270, 480), (2320, 2500)]
    (stream,) = features(drawing, "river")
    assert stream.paths in ((((1400, -2500), (1400, 2500)),), (((1400, 2500), (1400, -2500)),))


@given(
    st.lists(st.tuples(st.integers(-4000, 4000), st.integers(-4000, 4000)), min_size=2, max_size=6, unique=True),
    st.floats(0, 1200),
    st.floats(0, 300),
    st.floats(0, 300),
    st.floats(0, 400),
    st.tuples(st.integers(-2400, 2400), st.integers(-2400, 2400)),
)
def test_a_point_is_in_the_band_just_where_it_cannot_be_told(
    points: list[tuple[int, int]], error: float, own: float, extent: float, width: float, probe: tuple[int, int]
) -> None:
    """Probes at any place of the map agree with the interval of the distance, but for what the drawing leaves out."""
    stream = evolve(river(line(*points)), width=width)
    drawing = draw(site(error=own, extent=extent), [layer(stream, error=error)], [], [distance(0)], None)
    at = shapely.Point(place(*probe))
    metres = shapely.Point(probe).distance(shapely.LineString(points))
    inside = metres + error + own <= 1000
    outside = metres - error - own - extent - width / 2 > 1000
    edge = min(abs(metres + error + own - 1000), abs(metres - error - own - extent - width / 2 - 1000))
    assert at.is_valid
    if edge > 40 and drawing.reach == 2500:
        assert shape(drawing, "band").contains(shapely.Point(probe)) == (not inside and not outside)


def test_no_band_is_drawn_where_a_bound_is_not_stated() -> None:
    """Nothing is made up for it; the law's distance is drawn all the same."""
    stated = layer(river(STRAIGHT))
    unstated = [
        (site(error=None), stated),
        (site(extent=None), stated),
        (site(), layer(river(STRAIGHT), error=None)),
        (site(), layer(evolve(river(STRAIGHT), width=None))),
    ]
    for place_, rivers in unstated:
        drawing = draw(place_, [rivers], [], [distance(1400)], None)
        assert features(drawing, "band") == []
        assert features(drawing, "buffer")


def test_only_rivers_that_may_count_have_a_buffer() -> None:
    """Another system or a minor rank has none; an unknown one may count, but never surely: its band has no hole."""
    for other in (river(STRAIGHT, system="red"), river(STRAIGHT, rank="minor")):
        drawing = draw(site(), [layer(other)], [], [distance(1400)], None)
        assert features(drawing, "river")
        assert features(drawing, "buffer") == features(drawing, "band") == []
    drawing = draw(site(), [layer(river(STRAIGHT, rank=""))], [], [distance(1400)], None)
    assert shape(drawing, "band").contains(shapely.Point(1400, 0))
    found = distance(1400)
    drawing = draw(site(), [layer(river(STRAIGHT, rank="minor"))], [], [found], None, {found.fact: ("minor",)})
    assert features(drawing, "buffer")


def test_a_bank_layer_is_drawn_as_areas() -> None:
    """Within the banks a site is surely near, so the band is a ring around them."""
    banks = area((1300, -9000), (1500, -9000), (1500, 9000), (1300, 9000))
    drawing = draw(site(), [layer(evolve(river(banks), width=0.0), kind="bank")], [], [distance(1300)], None)
    assert features(drawing, "river")[0].rings
    assert shape(drawing, "river").bounds == pytest.approx((1300, -2500, 1500, 2500), abs=1)
    assert not shape(drawing, "band").contains(shapely.Point(1400, 0))
    assert shape(drawing, "band").contains(shapely.Point(300, 0))


def test_the_band_around_a_bank_line_holds_the_water() -> None:
    """It reaches as far as the site may lie in the water: 1,500 + 80 m where the river is up to 3 km wide, and as
    far as the law's distance where it is narrow."""
    row = shapely.LineString([(-2500, 0), (1400, 0)])
    for width, west in ((3000.0, -180), (300.0, 320)):
        banks = layer(evolve(river(STRAIGHT), width=width), kind="bank")
        band = shape(draw(site(), [banks], [], [distance(1400)], None), "band").intersection(row)
        assert [round(bound) for bound in band.bounds[:3:2]] == [west, 480]


def test_the_site_its_accuracy_and_the_way_to_the_river_are_drawn() -> None:
    """A point as a point, an area as an area, widened by what it may be off and reach."""
    drawing = draw(site(None, 50.0, 150.0), [], [], [distance(1400, place(1400, 0))], None)
    assert features(drawing, "site") == [Drawn("site", (((0, 0),),), rings=True)]
    assert shape(drawing, "accuracy").bounds == pytest.approx((-200, -200, 200, 200), abs=2)
    assert features(drawing, "nearest")[0].paths == (((0, 0), (1400, 0)),)
    drawing = draw(site(area((-300, -200), (300, -200), (300, 200), (-300, 200)), 0.0), [], [], [], None)
    assert shape(drawing, "site").bounds == pytest.approx((-300, -200, 300, 200), abs=1)
    assert features(drawing, "accuracy") == features(drawing, "nearest") == []
    assert drawing.buffer is None
    drawing = draw(site(line((-300, 0), (300, 0))), [], [], [], None)
    assert not features(drawing, "site")[0].rings


def counties(*areas: tuple[str, BaseGeometry]) -> BoundaryLayer:
    units = tuple(Unit(str(530101 + number), name, geometry) for number, (name, geometry) in enumerate(areas))
    return BoundaryLayer(USED, "county", None, units)


WEST: Final = ("西县", area((-9000, -9000), (500, -9000), (500, 9000), (-9000, 9000)))
EAST: Final = ("东县", area((500, -9000), (9000, -9000), (9000, 9000), (500, 9000)))


def test_a_line_between_two_counties_is_drawn_once() -> None:
    """Twice drawn, a dashed line would look whole; each county has its name on its own side."""
    drawing = draw(site(), [], [counties(WEST, EAST), counties(EAST)], [], None)
    lines = [path for feature in features(drawing, "county") for path in feature.paths]
    assert [sorted(path) for path in lines] == [[(500, -2500), (500, 2500)]]
    names = {feature.name: feature.label_at for feature in features(drawing, "county") if feature.name}
    assert set(names) == {"西县", "东县"}
    assert names["西县"] is not None
    assert names["东县"] is not None
    assert names["西县"][0] < 500 < names["东县"][0]


def test_a_hint_is_drawn_only_for_rivers_that_no_layer_names() -> None:
    """A coarse line beside an exact one of the same river would only mislead."""
    hint = layer(river(STRAIGHT, "乙江/甲江"), river(line((-1400, -9000), (-1400, 9000)), "丙江"), kind="hint")
    drawing = draw(site(), [layer(river(STRAIGHT))], [], [distance(1400)], hint)
    assert [feature.name for feature in features(drawing, "hint")] == ["丙江"]
    assert [feature.name for feature in features(drawing, "river")] == ["甲江"]


def boxes(drawing: Drawing) -> list[BaseGeometry]:
    """What the labels cover, as they are shown: 26 of 1,000 units high, set in the middle over their place."""
    unit = drawing.reach / 500
    found = []
    for feature in drawing.features:
        if feature.label_at is not None:
            half = sum(26 if ord(letter) > 127 else 14.3 for letter in feature.name) / 2 * unit
            east, north = feature.label_at
            found.append(shapely.box(east - half, north - 8 * unit, east + half, north + 25 * unit))
    return found


@given(
    st.lists(st.integers(-2400, 2400), min_size=1, max_size=6, unique=True),
    st.lists(st.integers(-2400, 2400), max_size=5, unique=True),
    st.floats(0, 500),
)
def test_names_overlap_neither_each_other_nor_the_site(easts: list[int], norths: list[int], extent: float) -> None:
    """However many rivers and counties there are; each stands on its feature, in the square."""
    rivers = [river(line((east, -9000), (east, 9000)), f"第{east}江") for east in easts]
    edges = sorted({-9000, 9000, *norths})
    units = [
        (f"某{low}自治县", area((-9000, low), (9000, low), (9000, high), (-9000, high)))
        for low, high in pairwise(edges)
    ]
    drawing = draw(site(extent=extent), [layer(*rivers)], [counties(*units)], [distance(1400)], None)
    covered = boxes(drawing)
    square = shapely.box(-drawing.reach, -drawing.reach, drawing.reach, drawing.reach)
    own = shapely.Point(0, 0).buffer(min(50 + extent, drawing.reach / 3))
    for number, box in enumerate(covered):
        assert square.contains(box)
        assert not box.intersects(own)
        assert not any(box.intersection(other).area > 1 for other in covered[:number])
    for feature in features(drawing, "river"):
        if feature.label_at is not None:
            assert abs(feature.label_at[0] - int(feature.name[1:-1])) <= 2


def test_a_dense_layer_is_drawn_with_less_detail() -> None:
    """120,000 points of rivers in the square are too many for a report: the paths stay under 300 KB."""
    rng = np.random.default_rng(5)
    metres = rng.uniform(-50_000, 50_000, (300, 1, 2)) + rng.normal(0, 150, (300, 400, 2)).cumsum(axis=1)
    lines = shapely.linestrings(np.array((LON, LAT)) + metres / (102_000, 110_800))
    rivers = [river(one, f"江{number % 7}", rank="minor") for number, one in enumerate(lines)]
    drawing = draw(site(), [layer(*rivers)], [], [distance(40_000)], None)
    points = [point for feature in drawing.features for path in feature.paths for point in path]
    assert 1000 < len(points) <= MOST_POINTS
    assert max(abs(number) for point in points for number in point) <= drawing.reach
    assert sum(len(f"{east} {north} ") for east, north in points) < 300_000
    assert {feature.name for feature in features(drawing, "river")} == {f"江{number}" for number in range(7)}


def test_a_winding_river_is_widened_as_a_whole_one_would_be() -> None:
    """Cut into runs, a line is as wide at each of its points as whole; so is an area with a hole."""
    rng = np.random.default_rng(9)
    stream = shapely.LineString(rng.normal(0, 150, (60, 2)).cumsum(axis=0))
    lake = shapely.box(3000, 0, 6000, 3000).difference(shapely.box(4000, 1000, 5000, 2000))
    got = widened(np.array([stream, lake], dtype=object), np.array([700.0, 200.0]), 1.0)
    expected = shapely.union(stream.buffer(700.0, quad_segs=64), lake.buffer(200.0, quad_segs=64))
    assert got.symmetric_difference(expected).area < 0.002 * expected.area
    assert shapely.hausdorff_distance(got, expected) < 2


def test_nothing_at_all_is_still_a_map_of_the_site() -> None:
    """No layer has anything in the square, or there is none."""
    far = layer(river(line((90_000, 0), (95_000, 0))))
    away = counties(("远县", area((90_000, 0), (95_000, 0), (95_000, 5000))))
    empty = RiverLayer(USED, "hint", None, ())
    for layers, boundaries in (([], []), ([far], [away])):
        drawing = draw(site(), layers, boundaries, [], empty)
        assert [feature.role for feature in drawing.features] == ["accuracy", "site"]


def test_a_site_of_many_parts_is_drawn_as_the_area_around_them() -> None:
    """Ten thousand lines of a plan, as a drawing program writes them, become one area, and are drawn at once."""
    lines = [
        shapely.LineString([place(east, north), place(east + 3, north + 2)])
        for east in range(-500, 500, 10)
        for north in range(-500, 500, 10)
    ]
    drawing = draw(
        site(shapely.MultiLineString(lines)), [layer(river(line((2000, -3000), (2000, 3000))))], [], [], None
    )
    (shape,) = (feature for feature in drawing.features if feature.role == "site")
    assert shape.rings
    assert len(shape.paths) == 1
    assert len(shape.paths[0]) < 20
