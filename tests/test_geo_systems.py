"""Coordinate systems: what may be declared, where its points lie, and what is refused."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import pytest
import shapely
from hypothesis import assume, example, given
from hypothesis import strategies as st
from pyproj import CRS, Geod, Transformer

from ynpolicy import documents
from ynpolicy.errors import Problem
from ynpolicy.geo import systems
from ynpolicy.geo.systems import Datum, Helmert, System, SystemRefused, from_epsg, from_text, lon_lat, placed
from ynpolicy.geo.systems_checks import check_numbers
from ynpolicy.geo.systems_offsets import from_bd09, from_gcj02, to_bd09, to_gcj02
from ynpolicy.geo.systems_words import DATUM_WORDS, EXAMPLES, named_system, read_system

GEOD: Final = Geod(ellps="GRS80")
LON: Final = st.floats(97.5, 106.2)
LAT: Final = st.floats(21.1, 29.3)
MILLIMETRE: Final = 1e-3

DECLARED: Final = {
    "CGCS2000": 4490,
    "国家大地坐标系2000": 4490,
    "2000国家大地坐标系": 4490,
    "CGCS2000坐标系": 4490,
    "WGS 84": 4326,
    "wgs-84": 4326,
    "GPS": 4326,
    "4490": 4490,
    "EPSG:4326": 4326,
    "CGCS2000 / 3-degree GK zone 34": 4522,
    "CGCS2000 / 3-degree Gauss-Krüger zone 35": 4523,
    "CGCS2000 3度带34带": 4522,
    "CGCS2000 高斯-克吕格 6度带 第17带": 4495,
    "CGCS2000 / 6-degree GK zone 18": 4496,
    "CGCS2000 中央经线102": 4543,
    "CGCS2000 中央子午线 105°": 4544,
    "CGCS2000 / 3-degree Gauss-Kruger CM 99E": 4542,
    "WGS 84 / UTM zone 47N": 32647,
    "Web Mercator": 3857,
    "EPSG:4543": 4543,
}
REFUSED: Final = {
    "北京54": (
        "`Beijing 1954 (EPSG:4214)` is on Beijing 54, from which nothing leads to CGCS2000 by itself",
        "without parameters PROJ, which most programs use, silently moves nothing: have the data converted to CGCS2000"
        ", or give the seven parameters (dx, dy, dz, rx, ry, rz, scale, convention, accuracy)",
    ),
    "Xi'an 80 / 3-degree GK zone 34": (
        "`Xian 1980 / 3-degree Gauss-Kruger zone 34 (EPSG:2358)` is on Xi'an 80, from which nothing leads to CGCS2000 "
        "by itself",
        "without parameters PROJ, which most programs use, silently moves nothing: have the data converted to CGCS2000"
        ", or give the seven parameters (dx, dy, dz, rx, ry, rz, scale, convention, accuracy)",
    ),
    "CGSC2000": ("unknown coordinate system `CGSC2000`", "did you mean `CGCS2000`?"),
    "百度墨卡托": (
        "unknown coordinate system `百度墨卡托`",
        "write for example CGCS2000, CGCS2000 / 3-degree GK zone 34, EPSG:4490 or GCJ-02",
    ),
    "CGCS2000 3度带": (
        "`CGCS2000 3度带` does not say which zone",
        "write the zone, `CGCS2000 / 3-degree GK zone 34`, or the central meridian, `CGCS2000 CM 102`",
    ),
    "CGCS2000 3度带18带": (
        "`CGCS2000 3度带18带` names a zone that does not exist",
        "three-degree zones of China are 25 to 45, six-degree zones 13 to 23",
    ),
    "CGCS2000 6度带 CM 102": (
        "`CGCS2000 6度带 CM 102` names a central meridian that such zones do not have",
        "three-degree zones have their meridians at 75, 78, 81 ..., six-degree zones at 75, 81, 87 ...",
    ),
    "CGCS2000 CM 12": (
        "`CGCS2000 CM 12` names a central meridian outside China",
        "central meridians of China lie between 73 and 136 degrees; those of Yunnan are 99, 102 and 105",
    ),
    "EPSG:9999": (
        "there is no coordinate system `EPSG:9999`",
        "CGCS2000 is EPSG:4490, its planes are EPSG:4491 to EPSG:4554",
    ),
    "EPSG:4269": (
        "no transformation of known accuracy leads from `NAD83` to CGCS2000 in Yunnan",
        "convert the data to CGCS2000, and declare it so",
    ),
    "EPSG:4030": (
        "`Unknown datum based upon the WGS 84 ellipsoid (EPSG:4030)` names an ellipsoid, and no datum",
        "declare the system with its datum, for example CGCS2000 or WGS 84",
    ),
    "EPSG:4978": (
        "`WGS 84 (EPSG:4978)` has no longitude and latitude",
        "declare longitude and latitude, or a plane such as `CGCS2000 / 3-degree GK zone 34`",
    ),
    "CGCS2000 / 3-degree GK zone 34 (EPSG:4523)": (
        "`CGCS2000 / 3-degree GK zone 34` is not EPSG:4523",
        "write one of them",
    ),
}


def at(system: System, x: float, y: float) -> tuple[float, float]:
    lon, lat = lon_lat(system, np.array([x]), np.array([y]))
    return float(lon[0]), float(lat[0])


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    return float(GEOD.inv(*a, *b)[2])


def kruger(lon: float, lat: float, meridian: float) -> tuple[float, float]:
    """Easting (without 500,000 m) and northing on the ellipsoid of CGCS2000, by Krüger's series of 1912 to the fourth
    order of the third flattening, by hand."""
    flattening = 1 / 298.257222101
    n = flattening / (2 - flattening)
    radius = 6378137 / (1 + n) * (1 + n**2 / 4 + n**4 / 64)
    alpha = (
        n / 2 - 2 / 3 * n**2 + 5 / 16 * n**3 + 41 / 180 * n**4,
        13 / 48 * n**2 - 3 / 5 * n**3 + 557 / 1440 * n**4,
        61 / 240 * n**3 - 103 / 140 * n**4,
        49561 / 161280 * n**4,
    )
    phi, away = math.radians(lat), math.radians(lon - meridian)
    e = 2 * math.sqrt(n) / (1 + n)
    t = math.sinh(math.atanh(math.sin(phi)) - e * math.atanh(e * math.sin(phi)))
    xi, eta = math.atan2(t, math.cos(away)), math.asinh(math.sin(away) / math.hypot(t, math.cos(away)))
    north = xi + sum(a * math.sin(2 * j * xi) * math.cosh(2 * j * eta) for j, a in enumerate(alpha, 1))
    east = eta + sum(a * math.cos(2 * j * xi) * math.sinh(2 * j * eta) for j, a in enumerate(alpha, 1))
    return radius * east, radius * north


@pytest.mark.parametrize(("text", "code"), DECLARED.items())
def test_a_declaration_names_a_system(text: str, code: int) -> None:
    """Words in both languages and EPSG codes mean the same; the name shown can itself be declared."""
    system = named_system(text)
    assert system == from_epsg(code)
    assert named_system(system.name) == system
    assert from_text(f"EPSG:{code}") == system
    assert from_text(CRS.from_epsg(code).to_wkt("WKT1_ESRI")).wkt == system.wkt


@pytest.mark.parametrize(("text", "told"), REFUSED.items())
def test_what_cannot_be_placed_is_refused(text: str, told: tuple[str, str]) -> None:
    """The whole message, with what would be right."""
    with pytest.raises(SystemRefused) as caught:
        named_system(text)
    assert (str(caught.value), caught.value.help) == told


def test_every_word_and_example_is_understood() -> None:
    """Nothing is suggested that would not be understood; only the old datums ask for parameters."""
    old = (*DATUM_WORDS[Datum.BEIJING54], *DATUM_WORDS[Datum.XIAN80], "Beijing 54", "Xi'an 80")
    for text in (*EXAMPLES, *(word for words in DATUM_WORDS.values() for word in words)):
        if text in old:
            with pytest.raises(SystemRefused, match="nothing leads to CGCS2000 by itself"):
                named_system(text)
        else:
            assert named_system(text).name


@pytest.mark.parametrize(("datum", "name"), [(Datum.CGCS2000, "CGCS2000"), (Datum.XIAN80, "Xian 1980")])
def test_zones_and_meridians_have_the_codes_that_bear_their_names(datum: Datum, name: str) -> None:
    """Each Gauss-Krüger zone and meridian of China leads to the EPSG code whose own name says it."""
    helmert = Helmert(0, 0, 0, 0, 0, 0, 0, "position_vector", 1) if datum is Datum.XIAN80 else None
    for zone in range(25, 46):
        assert f"{name} / 3-degree Gauss-Kruger zone {zone} (" in named_system(f"{name} zone {zone}", helmert).name
        meridian = named_system(f"{name} CM {3 * zone}", helmert)
        assert f"{name} / 3-degree Gauss-Kruger CM {3 * zone}E (" in meridian.name
    for zone in range(13, 24):
        assert f"{name} / Gauss-Kruger zone {zone} (" in named_system(f"{name} zone {zone}", helmert).name


@given(LON, LAT, st.sampled_from((99.0, 102.0, 105.0, 102.5)), st.booleans())
def test_gauss_kruger_is_what_kruger_wrote(lon: float, lat: float, meridian: float, prefixed: bool) -> None:
    """The plane's points lie where Krüger's series puts them, with and without the zone number, to 0.1 mm."""
    east, north = kruger(lon, lat, meridian)
    if prefixed and meridian % 3 == 0:
        zone = int(meridian) // 3
        system, start = named_system(f"CGCS2000 3度带{zone}带"), zone * 1e6
    else:
        system, start = named_system(f"CGCS2000 中央经线{meridian:g}"), 0.0
    assert metres(at(system, start + 5e5 + east, north), (lon, lat)) < 1e-4


@given(LON, LAT)
def test_web_maps_are_turned_back(lon: float, lat: float) -> None:
    """From CGCS2000 to GCJ-02 or BD-09 and back is less than a millimetre off."""
    x, y = np.array([lon]), np.array([lat])
    for there, back, datum in ((to_gcj02, from_gcj02, Datum.GCJ02), (to_bd09, from_bd09, Datum.BD09)):
        drawn = there(x, y)
        again = back(*drawn)
        assert metres((float(again[0][0]), float(again[1][0])), (lon, lat)) < MILLIMETRE
        assert at(systems.offset_system(datum), float(drawn[0][0]), float(drawn[1][0])) == (again[0][0], again[1][0])


@pytest.mark.parametrize(
    ("plain", "drawn"),
    [
        ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
        ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
        ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
    ],
)
def test_gcj02_is_what_other_libraries_make_of_it(plain: tuple[float, float], drawn: tuple[float, float]) -> None:
    """Pairs from the tests of eviltransform."""
    x, y = to_gcj02(np.array([plain[0]]), np.array([plain[1]]))
    assert (x[0], y[0]) == pytest.approx(drawn, abs=1e-9)


def test_bd09_is_what_other_libraries_make_of_it() -> None:
    """A pair from the documentation of coordtransform."""
    x, y = to_bd09(*from_gcj02(np.array([116.404]), np.array([39.915])))
    assert (x[0], y[0]) == pytest.approx((116.41036949371029, 39.92133699351021), abs=1e-9)


@given(LON, LAT)
@example(106.092223, 21.156063)
def test_an_undeclared_system_is_never_farther_off_than_its_bound(lon: float, lat: float) -> None:
    """In Yunnan, whatever of the systems in use the numbers are in; the example is where BD-09 is farthest off."""
    x, y = np.array([lon]), np.array([lat])
    bound = systems.undeclared_error((lon, lat, lon, lat)) - systems.OFFSET_ERROR
    assert bound + systems.OFFSET_ERROR == systems.UNDECLARED_ERROR
    for back in (from_gcj02, from_bd09):
        true = back(x, y)
        assert metres((float(true[0][0]), float(true[1][0])), (lon, lat)) < bound


@given(st.floats(73, 136), st.floats(3, 54))
@example(131.40741, 43.35647)
def test_outside_yunnan_the_bound_is_that_of_china(lon: float, lat: float) -> None:
    """The wider bound holds anywhere in China; the example is where BD-09 is farthest off."""
    x, y = from_bd09(np.array([lon]), np.array([lat]))
    off = metres((float(x[0]), float(y[0])), (lon, lat))
    bound = systems.undeclared_error((lon, lat, lon, lat))
    assert off + systems.OFFSET_ERROR < bound <= systems.UNDECLARED_ERROR_IN_CHINA


def geocentric(lon: float, lat: float, axis: float, inverse: float) -> np.ndarray:
    e2 = 2 / inverse - 1 / inverse**2
    phi, lam = math.radians(lat), math.radians(lon)
    normal = axis / math.sqrt(1 - e2 * math.sin(phi) ** 2)
    return normal * np.array([math.cos(phi) * math.cos(lam), math.cos(phi) * math.sin(lam), (1 - e2) * math.sin(phi)])


@given(
    LON,
    LAT,
    st.tuples(*(st.floats(-200, 200),) * 3, *(st.floats(-5, 5),) * 3, st.floats(-20, 20)),
    st.sampled_from(("position_vector", "coordinate_frame")),
    st.sampled_from((("北京54", 6378245.0, 298.3), ("西安80", 6378140.0, 298.257))),
)
def test_seven_parameters_move_as_written_by_hand(
    lon: float, lat: float, seven: tuple[float, ...], convention: str, old: tuple[str, float, float]
) -> None:
    """A Helmert transformation of geocentric coordinates, worked out here: the point found is its horizontal place."""
    name, axis, inverse = old
    system = named_system(name, Helmert(*seven, convention, 2.0))
    sign = 1 if convention == "position_vector" else -1
    rx, ry, rz = (sign * math.radians(angle / 3600) for angle in seven[3:6])
    turn = np.array([[1, -rz, ry], [rz, 1, -rx], [-ry, rx, 1]])
    moved = np.array(seven[:3]) + (1 + seven[6] * 1e-6) * turn @ geocentric(lon, lat, axis, inverse)
    x, y = at(system, lon, lat)
    found = geocentric(x, y, 6378137.0, 298.257222101)
    up = np.array(
        [
            math.cos(math.radians(y)) * math.cos(math.radians(x)),
            math.cos(math.radians(y)) * math.sin(math.radians(x)),
            math.sin(math.radians(y)),
        ]
    )
    off = moved - found
    assert np.linalg.norm(off - (off @ up) * up) < 1e-4
    assert system.error == 2.0


def test_seven_parameters_hold_for_planes_too() -> None:
    """A plane of Beijing 54 is turned into its own longitude and latitude first. The three shifts are those of
    "Beijing 1954 to WGS 84 (4)" for the Tarim basin, by which PROJ moves this point 19.953 m."""
    seven = Helmert(15.8, -154.4, -82.3, 0, 0, 0, 0, "position_vector", 15)
    plane, degrees = named_system("北京54 3度带34带", seven), named_system("北京54", seven)
    x, y = Transformer.from_crs(4214, 2410, always_xy=True).transform(102.7, 25.0)
    assert metres(at(plane, x, y), at(degrees, 102.7, 25.0)) < 1e-4
    assert metres(at(degrees, 102.7, 25.0), (102.7, 25.0)) == pytest.approx(19.953, abs=1e-3)


def told(text: str) -> tuple[System | None, list[str]]:
    problems: list[Problem] = []
    system = read_system(documents.read_text(text, "site.yaml"), problems)
    return system, [str(problem) for problem in problems]


def test_a_mapping_gives_the_seven_parameters() -> None:
    """With Chinese or English keys."""
    numbers = "{}: 15.8, {}: -154.4, {}: -82.3, {}: 0, {}: 0, {}: 0.1, {}: 0, {}: position_vector, {}: 15"
    english = numbers.format("dx", "dy", "dz", "rx", "ry", "rz", "scale", "convention", "accuracy")
    chinese = numbers.format("X平移", "Y平移", "Z平移", "X旋转", "Y旋转", "Z旋转", "尺度", "旋转约定", "精度")
    system, problems = told(f"{{name: 北京54, {english}}}")
    assert problems == []
    assert system is not None
    assert system.helmert == Helmert(15.8, -154.4, -82.3, 0, 0, 0.1, 0, "position_vector", 15)
    assert told(f"{{名称: 北京54, {chinese}}}") == (system, [])
    assert told("{name: CGCS2000}") == (from_epsg(4490), [])


def test_every_problem_of_the_seven_parameters_is_told_at_once() -> None:
    """Missing ones, words for numbers, sizes that cannot be, and no convention."""
    units = "\n  help: dx, dy, dz and accuracy are in m, rx, ry, rz in seconds of arc, scale in parts per million"
    assert told("{name: 北京54, dx: nan, dy: -154.4, dz: -8200, rx: 0, ry: 0, rz: 0, scale: 0}")[1] == [
        f"site.yaml:1:18: `dx`: `nan` is not a plain decimal number{units}",
        f"site.yaml:1:39: `dz`: `-8200` is impossible{units}",
        f"site.yaml:1:1: the seven parameters lack `accuracy`{units}",
        "site.yaml:1:1: the seven parameters lack `convention`\n"
        "  help: it says which way rotations turn: position_vector (EPSG:1033) or coordinate_frame (EPSG:1032)",
    ]
    complete = "dx: 1, dy: 1, dz: 1, rx: 0, ry: 0, rz: 0, scale: 0, accuracy: 1, convention"
    assert told(f"{{name: 北京54, {complete}: bursa}}")[1] == [
        "site.yaml:1:91: unknown convention `bursa`\n"
        "  help: it says which way rotations turn: position_vector (EPSG:1033) or coordinate_frame (EPSG:1032)"
    ]
    assert told(f"{{name: CGCS2000, {complete}: position_vector}}")[1] == [
        "site.yaml:1:8: `CGCS2000 (EPSG:4490)` needs no seven parameters\n  help: leave them out"
    ]
    assert told("[CGCS2000]")[1] == ["site.yaml:1:1: a list of 1 is not a coordinate system\n  help: write its name"]
    assert told("{dx: 1}")[1] == ["site.yaml:1:1: the coordinate system has no name\n  help: write `name:`"]


def test_another_system_counts_only_where_its_accuracy_is_known() -> None:
    """WGS 72 leads to WGS 84 anywhere, within the 2 m that PROJ's database states; 1 m more leads to CGCS2000."""
    assert named_system("EPSG:4322").error == 3.0
    assert metres(at(named_system("EPSG:4322"), 102.7, 25.0), (102.7, 25.0)) == pytest.approx(15.5, abs=1)


def test_a_file_may_say_that_it_has_no_system() -> None:
    """What GDAL writes for a layer without a system counts as undeclared, and what names only an ellipsoid, under
    whatever name; nonsense is a problem."""
    for plane in (CRS.from_epsg(4030), CRS.from_proj4("+proj=tmerc +lon_0=102 +x_0=500000 +ellps=WGS84 +type=crs")):
        for version in ("WKT2_2019", "WKT1_ESRI"):
            assert from_text(plane.to_wkt(version).replace('"unknown"', '"厂区"', 1)) is systems.UNDECLARED
    undefined = 'GEOGCS["Undefined geographic SRS",DATUM["unknown",SPHEROID["unknown",6378137,298.257223563]],'
    undefined += 'PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]'
    assert from_text(undefined) is systems.UNDECLARED
    with pytest.raises(SystemRefused, match="the file's coordinate system `PROJCS\\[nonsense` is not known"):
        from_text("PROJCS[nonsense")


@given(st.sampled_from((4522, 4543, 32647, 3857)), LON, LAT, st.floats(0, 2 * math.pi), st.floats(10, 2e5))
def test_straight_lines_of_a_plane_stay_in_place(code: int, lon: float, lat: float, turn: float, length: float) -> None:
    """Any point of a straight line of the plane lies within a millimetre of the line in degrees."""
    system = from_epsg(code)
    forward = Transformer.from_crs(CRS.from_epsg(code).geodetic_crs, code, always_xy=True)
    x, y = forward.transform(lon, lat)
    ends = [(x, y), (x + length * math.cos(turn), y + length * math.sin(turn))]
    (line,) = placed(np.array([shapely.LineString(ends)]), system)
    for share in (0.1, 0.345678, 0.77):
        point = shapely.Point(at(system, *(a + share * (b - a) for a, b in zip(*ends, strict=True))))
        nearest = shapely.shortest_line(line, point).coords[0]
        assert metres(nearest, (point.x, point.y)) < MILLIMETRE


BENT: Final = (
    systems.offset_system(Datum.GCJ02),
    systems.offset_system(Datum.BD09),
    from_epsg(4322),
    named_system("北京54", Helmert(15.8, -154.4, -82.3, 1, 2, -3, 4, "position_vector", 15)),
)


@given(st.sampled_from(BENT), LON, LAT, st.floats(0, 2 * math.pi), st.floats(1e-4, 1))
def test_straight_lines_of_other_degrees_stay_in_place(
    system: System, lon: float, lat: float, turn: float, length: float
) -> None:
    """The same for web maps, away from the kink of their formula on 105° E, and for other datums."""
    end = (lon + length * math.cos(turn), lat + length * math.sin(turn))
    assume(not min(lon, end[0]) - 0.1 < 105 < max(lon, end[0]) + 0.1)
    (line,) = placed(np.array([shapely.LineString([(lon, lat), end])]), system)
    for share in (0.1, 0.345678, 0.77):
        point = shapely.Point(at(system, lon + share * (end[0] - lon), lat + share * (end[1] - lat)))
        nearest = shapely.shortest_line(line, point).coords[0]
        assert metres(nearest, (point.x, point.y)) < MILLIMETRE


def test_degrees_stay_as_they_are() -> None:
    """CGCS2000, WGS 84 and undeclared longitude and latitude are not touched, but for heights."""
    line = shapely.LineString([(102, 25, 1900), (103, 26, 1800)])
    for system in (from_epsg(4490), from_epsg(4326), systems.UNDECLARED):
        (found,) = placed(np.array([line]), system)
        assert list(found.coords) == [(102, 25), (103, 26)]


def test_a_line_that_is_too_long_or_out_of_the_world_is_refused() -> None:
    """Instead of filling the memory, or of passing on infinite coordinates."""
    long = np.array([shapely.LineString([(0, 0), (1e13, 0)])])
    with pytest.raises(SystemRefused, match="too long to be placed exactly: 100,000,000,002 points"):
        placed(long, from_epsg(4543))
    with pytest.raises(
        SystemRefused, match="`500000000,9000000000` is no place in `CGCS2000 / 3-degree Gauss-Kruger CM 102E"
    ):
        placed(np.array([shapely.Point(5e8, 9e9)]), from_epsg(4543))


SWAPPED: Final = "write longitude before latitude, and easting before northing"
NUMBERS: Final = [
    ("CGCS2000", (25.0412, 102.7123), "`25.0412,102.7123` looks swapped: latitude stands before longitude", SWAPPED),
    ("", (25.0412, 102.7123), "`25.0412,102.7123` looks swapped: latitude stands before longitude", SWAPPED),
    ("GPS", (40.2, 78.1), "`40.2,78.1` looks swapped: latitude stands before longitude", SWAPPED),
    (
        "",
        (34571883.949, 2770807.161),
        "`34571883.95,2770807.161` is not longitude and latitude: it looks like metres of a plane",
        "declare its system; the zone number in it fits `CGCS2000 / 3-degree GK zone 34`",
    ),
    (
        "CGCS2000",
        (571883.949, 2770807.161),
        "`571883.949,2770807.161` is not longitude and latitude in `CGCS2000 (EPSG:4490)`: it looks like metres of a "
        "plane",
        "declare its system, for example `CGCS2000 / 3-degree GK zone 34` or `CGCS2000 CM 102`",
    ),
    (
        "WGS 84",
        (190.0, 25.0),
        "`190,25` is no longitude and latitude",
        "longitudes go from -180 to 180, latitudes from -90 to 90",
    ),
    (
        "CGCS2000 3度带34带",
        (2770807.161, 34571883.949),
        "`2770807.161,34571883.95` looks swapped: northing stands before easting",
        SWAPPED,
    ),
    (
        "CGCS2000 CM 102",
        (2770807.161, 571883.949),
        "`2770807.161,571883.949` looks swapped: northing stands before easting",
        SWAPPED,
    ),
    (
        "CGCS2000 CM 102",
        (34571883.949, 2770807.161),
        "the easting `34571883.95` has the zone number 34, which `CGCS2000 / 3-degree Gauss-Kruger CM 102E (EPSG:4543)`"
        " does not have",
        "declare the system with that number, such as `CGCS2000 / 3-degree GK zone 34`",
    ),
    (
        "CGCS2000 3度带34带",
        (571883.949, 2770807.161),
        "the easting `571883.949` has no zone number, which `CGCS2000 / 3-degree Gauss-Kruger zone 34 (EPSG:4522)` "
        "needs",
        "put 34 before each easting, or declare the central meridian, such as `CGCS2000 CM 102`",
    ),
    (
        "CGCS2000 3度带34带",
        (35571883.949, 2770807.161),
        "the easting `35571883.95` has the zone number 35, not 34",
        "declare the system with that number, such as `CGCS2000 / 3-degree GK zone 35`",
    ),
    (
        "CGCS2000 3度带34带",
        (2770807.161, 17571883.949),
        "the easting `17571883.95` has the zone number 17, not 34",
        "declare the system with that number, such as `CGCS2000 / 6-degree GK zone 17`",
    ),
    (
        "CGCS2000 CM 102",
        (102.7123, 25.0412),
        "`102.7123,25.0412` looks like degrees, not like metres of `CGCS2000 / 3-degree Gauss-Kruger CM 102E "
        "(EPSG:4543)`",
        "declare for example CGCS2000, or give eastings and northings in m",
    ),
    (
        "CGCS2000 CM 102",
        (571883.949, 57708071.61),
        "`571883.949,57708071.61` is no place in `CGCS2000 / 3-degree Gauss-Kruger CM 102E (EPSG:4543)`",
        "eastings lie within 500 km of the central meridian; check them, and the declared system",
    ),
    (
        "Web Mercator",
        (2885000.0, 11430000.0),
        "`2885000,11430000` looks swapped: northing stands before easting",
        SWAPPED,
    ),
    (
        "CGCS2000",
        (math.nan, 25.0),
        "a coordinate is not a number",
        "give every point two finite numbers",
    ),
    (
        "CGCS2000 CM 102",
        (math.inf, 25.0),
        "a coordinate is not a number",
        "give every point two finite numbers",
    ),
]


@pytest.mark.parametrize(("declared", "point", "message", "help"), NUMBERS)
def test_numbers_that_fit_another_system_are_refused(
    declared: str, point: tuple[float, float], message: str, help: str
) -> None:
    """Swapped axes, zone numbers too many and too few, degrees for metres and metres for degrees."""
    system = named_system(declared) if declared else systems.UNDECLARED
    with pytest.raises(SystemRefused) as caught:
        check_numbers((*point, *point), system)
    assert (str(caught.value), caught.value.help) == (message, help)


@given(LON, LAT, st.sampled_from((4490, 4326, 4522, 4543, 4495, 32647, 3857, 4322)))
def test_right_numbers_pass_and_swapped_ones_do_not(lon: float, lat: float, code: int) -> None:
    """Any point of Yunnan, in any of the systems, one way round and the other."""
    assume(code not in (4495, 32647) or lon < 103.5)
    base = 4490 if code in range(4490, 4555) else 4326
    x, y = Transformer.from_crs(base, code, always_xy=True).transform(lon, lat)
    system = from_epsg(code)
    check_numbers((x, y, x, y), system)
    with pytest.raises(SystemRefused, match="looks swapped"):
        check_numbers((y, x, y, x), system)


def test_a_layer_may_reach_beyond_china() -> None:
    """A world layer is not taken for swapped, nor is a plane that reaches over its neighbours."""
    check_numbers((-180, -90, 180, 90), systems.UNDECLARED)
    check_numbers((-200000.0, 2e6, 1300000.0, 3.4e6), from_epsg(4543))
