"""A site as people state it: points, corners, files, with or without what is known of them."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

from tests.geodata import write
from ynpolicy import documents
from ynpolicy.errors import Problem, in_order
from ynpolicy.geo.coordinates import at_least, read_point
from ynpolicy.geo.layers import Site
from ynpolicy.geo.sites import read_site
from ynpolicy.location import Doubt

POINTS: Final = {
    "102.7123,25.0412": (102.7123, 25.0412),
    "102.7123， 25.0412": (102.7123, 25.0412),
    "102.7123 25.0412": (102.7123, 25.0412),
    "102.7123;25.0412": (102.7123, 25.0412),
    "102.7123E,25.0412N": (102.7123, 25.0412),
    "25.0412N 102.7123E": (102.7123, 25.0412),
    "E102.7123 N25.0412": (102.7123, 25.0412),
    "北纬25.0412，东经102.7123": (102.7123, 25.0412),
    "东经102°42′44.28″，北纬25°02′28.32″": (102.7123, 25.0412),
    "102°42'44.28\"E 25°02'28.32\"N": (102.7123, 25.0412),
    "102°42'44.28''E 25°02'28.32''N": (102.7123, 25.0412),
    "102°42′44.28″ 25°02′28.32″": (102.7123, 25.0412),
    "东经102度42分44.28秒、北纬25度2分28.32秒": (102.7123, 25.0412),
    "经度：102.7123 纬度：25.0412": (102.7123, 25.0412),
    "lat=25.0412, lon=102.7123": (102.7123, 25.0412),
    "１０２．７１２３，２５．０４１２": (102.7123, 25.0412),
    "102°42.738′E, 25°2.472′N": (102.7123, 25.0412),
    "34571883.949,2770807.161": (34571883.949, 2770807.161),
    "-102.5W 25S": (102.5, -25.0),
    "102.7123E25.0412N": (102.7123, 25.0412),
}
NO_POINTS: Final = {
    "": "`` is not a point",
    "102.7123": "`102.7123` is not a point",
    "102.7123,25.0412,1900": "`102.7123,25.0412,1900` is not a point",
    "102.71230025.0412": "`102.71230025.0412` is not a point",
    "nan,25": "`nan,25` is not a point",
    "102,inf": "`102,inf` is not a point",
    "1.02e2,25": "`1.02e2,25` is not a point",
    "about 102,25": "`about 102,25` is not a point",
    "102E,25E": "`102E,25E` has two longitudes",
    "北纬25，北纬26": "`北纬25，北纬26` has two latitudes",
    "X=2770807.161 Y=34571883.949": "`X=2770807.161 Y=34571883.949` is not a point",
    "东经102N,25": "`东经102N,25` is not a point",
    "102°62′,25°": "`102°62′,25°` has degrees, minutes and seconds that cannot be",
    "102.5°10′,25°": "`102.5°10′,25°` has degrees, minutes and seconds that cannot be",
    "102°10.5′3″,25°": "`102°10.5′3″,25°` has degrees, minutes and seconds that cannot be",
}


def told(node: Any, **options: Any) -> tuple[Site | None, list[str]]:
    problems: list[Problem] = []
    site = read_site(node, problems, **options)
    return site, [str(problem) for problem in in_order(problems)]


def site_of(node: Any, **options: Any) -> Site:
    site, problems = told(node, **options)
    assert problems == []
    assert site is not None
    return site


def yaml(text: str, folder: Path = Path(), **options: Any) -> tuple[Site | None, list[str]]:
    return told(documents.read_text(text, "site.yaml"), folder=folder, **options)


@pytest.mark.parametrize(("text", "point"), POINTS.items())
def test_a_point_is_read_however_it_is_written(text: str, point: tuple[float, float]) -> None:
    """Signs, marks, Chinese words, full width, minutes and seconds; ordered by marks, else longitude first."""
    assert read_point(text) == pytest.approx(point, abs=1e-9)


@pytest.mark.parametrize(("text", "message"), NO_POINTS.items())
def test_what_is_no_point_is_refused(text: str, message: str) -> None:
    """Too few or too many numbers, words, exponents, two longitudes, minutes beyond 60."""
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        read_point(text)


@given(st.integers(0, 179), st.integers(0, 59), st.decimals(0, 59, places=3), st.integers(0, 89), st.booleans())
def test_degrees_minutes_and_seconds_are_exact(
    degrees: int, minutes: int, seconds: Any, north: int, words: bool
) -> None:
    """Written with signs or with words, they come out as the nearest float of their value."""
    value = float(degrees + Fraction(minutes, 60) + Fraction(seconds) / 3600)
    text = (
        f"东经{degrees}度{minutes}分{seconds}秒 北纬{north}度"
        if words
        else f"{degrees}°{minutes}′{seconds}″E {north}°N"
    )
    assert read_point(text) == (value, float(north))


@given(st.fractions(0, 10**7))
def test_a_length_is_never_rounded_down(number: Fraction) -> None:
    """An accuracy as a float is at least what is stated."""
    assert Fraction(at_least(number)) >= number


def test_a_point_alone_says_how_little_is_known() -> None:
    """No accuracy, no extent, no system: each is open, none is guessed."""
    site = site_of("102.7123,25.0412")
    assert shapely.equals(site.geometry, shapely.Point(102.7123, 25.0412))
    assert (site.shown, site.system, site.accuracy, site.error, site.extent) == (
        "102.7123,25.0412",
        "",
        None,
        None,
        None,
    )
    assert site.doubts == (Doubt.SITE_SYSTEM,)


def test_what_is_stated_of_a_point_is_kept() -> None:
    """From the command, from YAML, and in Chinese alike; the error has the system's part in it."""
    by_options = site_of("102.7123,25.0412", system="WGS 84", accuracy="5 m", extent=Fraction(300))
    by_yaml, none = yaml("{point: '102.7123,25.0412', system: GPS, accuracy: 5, extent: 0.3 km}")
    by_words, nothing = yaml("{坐标: 东经102.7123 北纬25.0412, 坐标系: WGS84, 精度: ±5米, 范围: 300m}")
    assert none == nothing == []
    for site in (by_options, by_yaml, by_words):
        assert site is not None
        assert (site.system, site.accuracy, site.error, site.extent) == ("WGS 84 (EPSG:4326)", 5.0, 6.0, 300.0)
        assert site.doubts == ()
        assert site.digest == by_options.digest


def test_an_undeclared_system_widens_the_error_by_what_it_could_be_off() -> None:
    """In Yunnan by 1,132 m; elsewhere in China by more."""
    assert site_of("102.7123,25.0412", accuracy="5").error == 1137.0
    assert site_of("121.5,31.2", accuracy="5").error == 1545.0


def test_a_plane_is_placed() -> None:
    """Numbers of a Gauss-Krüger zone lie where they lie."""
    x, y = Transformer.from_crs(4490, 4522, always_xy=True).transform(102.7123, 25.0412)
    site = site_of(f"{x:.4f},{y:.4f}", system="CGCS2000 3度带34带", accuracy="0.1", extent="0")
    assert site.geometry.distance(shapely.Point(102.7123, 25.0412)) < 1e-9
    assert site.error == 0.1


def test_corners_enclose_an_area() -> None:
    """A list of points in any of their forms; no extent is asked of an area."""
    site, problems = yaml(
        "拐点:\n- 102.1,25.1\n- [102.2, 25.1]\n- 东经102°12′ 北纬25°12′\n坐标系: CGCS2000\n精度: 2 m\n"
    )
    assert problems == []
    assert site is not None
    assert shapely.equals(site.geometry, shapely.Polygon([(102.1, 25.1), (102.2, 25.1), (102.2, 25.2)]))
    assert (site.extent, site.error, site.shown) == (0.0, 2.0, "102.1,25.1; 102.2,25.1; 东经102°12′ 北纬25°12′")


def test_several_features_are_one_site_of_several_parts(tmp_path: Path) -> None:
    """Areas, lines and points of a file; areas that overlap are united; points ask for an extent."""
    apart = [shapely.box(102, 25, 102.1, 25.1), shapely.box(103, 25, 103.1, 25.1)]
    site = site_of(write(tmp_path / "a.geojson", apart))
    assert site.geometry.geom_type == "MultiPolygon"
    assert (site.shown, site.system, site.extent) == ("a.geojson", "CGCS2000 (EPSG:4490)", 0.0)
    over = site_of(write(tmp_path / "b.geojson", [apart[0], shapely.box(102.05, 25, 102.2, 25.1)]))
    assert shapely.equals(over.geometry, shapely.box(102, 25, 102.2, 25.1))
    mixed = site_of(write(tmp_path / "c.geojson", [apart[0], shapely.Point(103, 25)]), extent="10")
    assert (mixed.geometry.geom_type, mixed.extent) == ("GeometryCollection", 10.0)
    line = site_of(write(tmp_path / "d.geojson", [shapely.LineString([(102, 25), (103, 25)])]))
    assert (line.geometry.geom_type, line.extent) == ("LineString", 0.0)


RING: Final = [(102.0, 25.0), (102.1, 25.0), (102.1, 25.1), (102.0, 25.1), (102.0, 25.0)]
THERE_AND_BACK: Final = [(102.0, 25.0), (102.1, 25.0), (102.1, 25.1), (102.1, 25.0), (102.0, 25.0)]


@pytest.mark.parametrize(
    ("drawn", "kind"),
    [
        (shapely.LineString(RING), "Polygon"),
        (shapely.MultiLineString([RING, [(x + 1, y) for x, y in RING]]), "MultiPolygon"),
        (shapely.LineString(RING[:4]), "LineString"),
        (shapely.MultiLineString([RING, RING[:2]]), "MultiLineString"),
        (shapely.LineString(THERE_AND_BACK), "LineString"),
    ],
)
def test_a_line_that_closes_is_the_area_within(drawn: BaseGeometry, kind: str, tmp_path: Path) -> None:
    """A boundary is often drawn as a line; what lies inside is part of the site."""
    write(tmp_path / "site.gpkg", [drawn])
    site, problems = told(tmp_path / "site.gpkg")
    assert problems == []
    assert site is not None
    assert site.geometry.geom_type == kind
    assert site.geometry.intersects(shapely.Point(102.05, 25.05)) == ("Polygon" in kind)


def test_a_site_may_stand_in_a_file_of_its_own(tmp_path: Path) -> None:
    """Names of files in it are relative to it; on the command line a name may be given as plain text."""
    write(tmp_path / "厂界.geojson", [shapely.box(102, 25, 102.1, 25.1)], crs=None)
    (tmp_path / "site.yaml").write_text("文件: 厂界.geojson\n坐标系: 高德\n精度: 2 m\n", encoding="utf-8")
    by_path, by_name = site_of(tmp_path / "site.yaml"), site_of("site.yaml", folder=tmp_path)
    assert by_path.digest == by_name.digest
    assert (by_path.system, by_path.error) == ("GCJ-02", 12.0)
    assert site_of("厂界.geojson", folder=tmp_path).doubts == (Doubt.SITE_SYSTEM,)


def test_the_digest_is_that_of_all_that_is_known() -> None:
    """Another place, system, accuracy or extent is another digest; another way of writing is not."""
    said = {"system": "CGCS2000", "accuracy": "5", "extent": "10"}
    first = site_of("102.7123,25.0412", **said)
    assert site_of("E102.71230 N25.04120", **said).digest == first.digest
    others = [
        site_of("102.7124,25.0412", **said),
        *(
            site_of("102.7123,25.0412", **said | {key: other})
            for key, other in (("system", "GPS"), ("accuracy", "6"), ("extent", "11"))
        ),
        site_of("102.7123,25.0412", system="CGCS2000", accuracy="5"),
    ]
    assert len({site.digest for site in (first, *others)}) == 6
    assert re.fullmatch("sha256:[0-9a-f]{64}", first.digest)


POINT_HELP: Final = (
    "write longitude before latitude, `102.7123,25.0412` or `102°42′44″E 25°02′28″N`, or easting before northing"
)
ORDER: Final = "write longitude before latitude, and easting before northing"
LENGTH: Final = "write a length, for example `30 m` or `0.5 km`"
BAD: Final[dict[str, list[str]]] = {
    "{point: '25.0412,102.7123'}": [
        f"1:9: `25.0412,102.7123` looks swapped: latitude stands before longitude\n  help: {ORDER}"
    ],
    "{point: '2.35,48.85'}": [
        "1:9: the site reaches to `2.35,48.85`, outside China\n"
        "  help: check the numbers, the declared system, and the order longitude, latitude"
    ],
    "{point: '34571883.949,2770807.161'}": [
        "1:9: `34571883.95,2770807.161` is not longitude and latitude: it looks like metres of a plane\n"
        "  help: declare its system; the zone number in it fits `CGCS2000 / 3-degree GK zone 34`"
    ],
    "{point: 'nan,25', accuracy: -5, extent: 3 kg, system: CGSC2000}": [
        f"1:9: `nan,25` is not a point\n  help: {POINT_HELP}",
        "1:29: `accuracy`: `-5` is negative\n  help: give the size of the largest error",
        "1:41: `extent`: `kg` measures mass, not length\n  help: write it in m, km, cm, mm",
        "1:55: unknown coordinate system `CGSC2000`\n  help: did you mean `CGCS2000`?",
    ],
    "{point: '102,25', accuracy: unknown, extent: [5]}": [
        f"1:29: `accuracy`: `unknown` is not a length\n  help: {LENGTH}",
        f"1:46: a list of 1 stands where `extent` needs one value\n  help: {LENGTH}",
    ],
    "{point: '102,25', corners: [], std: 3}": [
        "1:1: the site has `point` and `corners`\n  help: write one of `point:`, `corners:` and `file:`",
        "1:32: unknown key `std`\n  help: known here are point, corners, file, table, system, accuracy, extent",
    ],
    "{system: CGCS2000}": ["1:1: the site has no place\n  help: write one of `point:`, `corners:` and `file:`"],
    "{point: '102,25', table: a}": ["1:26: `table` belongs to a file\n  help: leave it out"],
    "{corners: ['102,25', '102.1,25']}": [
        "1:11: a list of 2 is not three corners or more\n  help: write one `- 102.71,25.04` a line"
    ],
    "{corners: ['102,25', '102.1,25.1', '102.1,25', '102,25.1']}": [
        "1:11: the area of feature 1 crosses itself or another part at `102.050000,25.050000`\n"
        "  help: draw its corners in order, and save it anew"
    ],
    "{corners: ['102,25', '102.1,', {}]}": [
        f"1:22: `102.1,` is not a point\n  help: {POINT_HELP}",
        f"1:32: a mapping is not a point\n  help: {POINT_HELP}",
    ],
    "{file: none.geojson}": ["1:8: there is no file `none.geojson`\n  help: give its name as seen from here"],
    "[102, 25]": ["1:1: a list of 2 is not a site\n  help: write `point:`, `corners:` or `file:`"],
    "昆明": [f"1:1: `昆明` is neither a point nor a file\n  help: {POINT_HELP}"],
    "102": [f"1:1: `102` is not a point\n  help: {POINT_HELP}"],
}


@pytest.mark.parametrize(("text", "problems"), BAD.items())
def test_everything_that_is_wrong_with_a_site_is_told(text: str, problems: list[str], tmp_path: Path) -> None:
    """All at once, with the places in the author's file; and no site comes of it."""
    assert yaml(text, tmp_path) == (None, [f"site.yaml:{problem}" for problem in problems])


def test_what_the_command_says_may_not_differ_from_the_file() -> None:
    """Both are named."""
    site, problems = yaml("{point: '102,25', system: CGCS2000, accuracy: 5}", system="GPS", accuracy="5")
    assert site is None
    assert problems == [
        "site.yaml:1:27: `system` is `CGCS2000` here and `GPS` in the command\n  help: keep one of them"
    ]


def test_only_a_point_has_an_extent(tmp_path: Path) -> None:
    """What is drawn as an area reaches as far as it is drawn."""
    path = write(tmp_path / "a.geojson", [shapely.box(102, 25, 102.1, 25.1)])
    assert told(path, extent="5")[1] == [
        f"{path}: only a point has an extent\n  help: leave it out: what is drawn counts"
    ]


def test_problems_of_a_file_are_those_of_the_site(tmp_path: Path) -> None:
    """A swapped file, a broken file, and one that is outside China."""
    swapped = write(tmp_path / "a.geojson", [shapely.Point(25, 102)])
    assert told(swapped)[1] == [f"{swapped}: `25,102` looks swapped: latitude stands before longitude\n  help: {ORDER}"]
    (tmp_path / "b.geojson").write_text("{")
    (problem,) = told(tmp_path / "b.geojson")[1]
    assert problem.startswith(f"{tmp_path / 'b.geojson'}: the file cannot be read as GeoJSON")
    empty = tmp_path / "site.yaml"
    empty.write_text("")
    assert told(empty)[1] == [f"{empty}:1:1: the file is empty\n  help: write a mapping of keys and values"]
