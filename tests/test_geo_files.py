"""Files of geodata: what is in them comes out right, and what is wrong with them is said."""

from __future__ import annotations

import re
import sqlite3
import zipfile
from pathlib import Path
from typing import Final

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from tests.geodata import write
from ynpolicy.errors import InputError, Place, Problem
from ynpolicy.geo import files, files_formats
from ynpolicy.geo.files import Table, read_table
from ynpolicy.geo.files_text import TextUnreadable, repaired, settled_encoding, stated_encoding
from ynpolicy.geo.placing import place_rows
from ynpolicy.geo.systems import Helmert
from ynpolicy.geo.systems_words import named_system

FORMATS: Final = (".geojson", ".shp", ".gpkg", ".kml", ".fgb")
AREAS: Final = (shapely.box(102, 25, 102.1, 25.1), shapely.Point(103, 26).buffer(0.1))
NAMES: Final = ("清水之旅", "金沙江")
"""The first ends, in UTF-8, with a byte that Western encodings take for a blank."""

TOUCHES: Final = [(102, 25), (102.2, 25), (102.2, 25.2), (102.1, 25.1), (102.12, 25.15), (102.08, 25.15), (102.1, 25.1)]
CROSSES: Final = [(102, 25), (102.1, 25.1), (102.1, 25), (102, 25.1)]


def problem_of(path: Path, table: str = "") -> tuple[str, str]:
    """The one problem that a file has, and its help; its place is the file."""
    with pytest.raises(InputError) as caught:
        read_table(path, path.name, table)
    (problem,) = caught.value.problems
    assert problem.place == Place(path.name)
    return problem.message, problem.help


def rows(table: Table, column: str) -> dict[str, shapely.Geometry]:
    return dict(zip(table.columns[column], table.geometries, strict=True))


@pytest.mark.parametrize("ending", FORMATS)
def test_each_format_gives_back_what_was_written(ending: str, tmp_path: Path) -> None:
    """Areas and Chinese names, in the file's own coordinates; the digest is that of the bytes."""
    path = write(tmp_path / f"layer{ending}", AREAS, {"Name": NAMES}, crs="EPSG:4326")
    table = read_table(path)
    found = rows(table, "Name")
    for name, area in zip(NAMES, AREAS, strict=True):
        assert shapely.equals_exact(found[name], area, 1e-12, normalize=True)
    assert table.digest == read_table(path).digest
    assert re.fullmatch("sha256:[0-9a-f]{64}", table.digest)


@pytest.mark.parametrize("ending", FORMATS)
def test_a_file_says_its_own_system_or_none(ending: str, tmp_path: Path) -> None:
    """KML and GeoJSON without a member `crs` count as undeclared, though GDAL calls them WGS 84."""
    stated = read_table(write(tmp_path / f"stated{ending}", AREAS, crs="EPSG:4490")).declared
    silent = read_table(write(tmp_path / f"silent{ending}", AREAS, crs=None)).declared
    assert silent == ""
    assert stated.replace("::", ":").endswith("" if ending == ".kml" else "EPSG:4490")
    assert bool(stated) == (ending != ".kml")


def test_a_drawing_has_areas_where_its_lines_are_closed(tmp_path: Path) -> None:
    """Closed polylines of a DXF enclose areas, open ones are lines; the CAD layers are its tables."""
    lines = [shapely.LineString([(0, 0), (9, 0), (9, 9), (0, 0)]), shapely.LineString([(0, 0), (5, 5)])]
    path = write(tmp_path / "plan.dxf", [*lines, shapely.Point(1, 2)], {"Layer": ["红线", "红线", "井"]}, crs=None)
    table = read_table(path, table="红线")
    assert [one.wkt for one in table.geometries] == ["POLYGON ((0 0, 9 0, 9 9, 0 0))", "LINESTRING (0 0, 5 5)"]
    assert table.declared == ""
    assert [one.wkt for one in read_table(path, table="井").geometries] == ["POINT (1 2)"]
    assert problem_of(path) == ("the file has 2 tables", "choose one with `table:`, of 红线, 井")
    assert problem_of(path, "红钱") == ("there is no table `红钱`", "did you mean `红线`?")


def test_texts_of_a_drawing_are_no_part_of_it(tmp_path: Path) -> None:
    """Annotations stand where there is room, not where the site is."""
    text = "0\nTEXT\n8\n红线\n10\n50.0\n20\n50.0\n40\n2.5\n1\n厂界\n"
    line = "0\nLWPOLYLINE\n8\n红线\n100\nAcDbPolyline\n90\n3\n70\n1\n10\n0\n20\n0\n10\n9\n20\n0\n10\n9\n20\n9\n"
    path = tmp_path / "plan.dxf"
    path.write_text(f"0\nSECTION\n2\nENTITIES\n{text}{line}0\nENDSEC\n0\nEOF\n", encoding="utf-8")
    assert [one.wkt for one in read_table(path).geometries] == ["POLYGON ((0 0, 9 0, 9 9, 0 0))"]


def test_one_table_of_several_is_chosen_by_name(tmp_path: Path) -> None:
    """A GeoPackage with two layers; tables without geometry do not count."""
    path = tmp_path / "layers.gpkg"
    write(path, AREAS[:1], layer="河流")
    write(path, AREAS[1:], layer="湖泊", append=True)
    with sqlite3.connect(path) as base:
        base.execute("create table notes (id integer primary key, note text)")
    base.close()
    assert shapely.equals(read_table(path, table="湖泊").geometries[0], AREAS[1])
    assert problem_of(path) == ("the file has 2 tables", "choose one with `table:`, of 河流, 湖泊")
    assert problem_of(path, "sea") == ("there is no table `sea`", "it has 河流, 湖泊")


def test_heights_and_empty_cells_are_dropped(tmp_path: Path) -> None:
    """Three numbers a point become two; a cell without a value is an empty text, a whole number has no point."""
    path = write(tmp_path / "a.gpkg", [shapely.Point(102, 25, 1900)], {"code": [532501.0], "name": [None]})
    table = read_table(path)
    assert not shapely.has_z(table.geometries).any()
    assert table.columns == {"code": ("532501",), "name": ("",)}


def archive(path: Path, folder: str = "f", encoding: str = "utf-8") -> Path:
    """The parts of a Shapefile in a folder of a .zip beside it; names in GBK as a Chinese Windows writes them."""
    packed, stem = path.with_suffix(".zip"), path.stem
    name = f"{folder}/{stem}".encode(encoding)
    with zipfile.ZipFile(packed, "w") as whole:
        for part in sorted(path.parent.glob(f"{stem}.*")):
            if part != packed:
                shown = f"{folder}/{stem}" if encoding == "utf-8" else "x" * len(name)
                whole.writestr(f"{shown}{part.suffix}", part.read_bytes())
    packed.write_bytes(packed.read_bytes().replace(b"x" * len(name), name))
    return packed


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_packed_shapefile_is_read(encoding: str, tmp_path: Path) -> None:
    """In a folder with a Chinese name too, and nothing stays behind."""
    path = write(tmp_path / "厂界.shp", AREAS, {"名称": NAMES})
    table = read_table(archive(path, "边界", encoding), table="厂界")
    assert table.columns == {"名称": NAMES}
    assert table.declared == "EPSG:4490"
    assert all(map(shapely.equals, table.geometries, AREAS))
    assert table.digest != read_table(path).digest


def test_an_archive_may_hold_several_or_none(tmp_path: Path) -> None:
    """And may be none, have a password, or lack a part."""
    for stem in ("a", "b"):
        write(tmp_path / f"{stem}.shp", AREAS)
    both = tmp_path / "both.zip"
    with zipfile.ZipFile(both, "w") as whole:
        for part in sorted(tmp_path.glob("?.*")):
            whole.write(part, part.name)
    assert problem_of(both) == ("the file has 2 tables", "choose one with `table:`, of a, b")
    assert problem_of(both, "c") == ("there is no table `c`", "it has a, b")
    assert len(read_table(both, table="b").geometries) == 2
    with zipfile.ZipFile(tmp_path / "none.zip", "w") as whole:
        whole.writestr("readme.txt", "x")
    assert problem_of(tmp_path / "none.zip") == ("the archive holds no Shapefile", files_formats.KNOWN)
    with zipfile.ZipFile(tmp_path / "part.zip", "w") as whole:
        whole.write(tmp_path / "a.shp", "a.shp")
    lacks = ("the Shapefile lacks `a.shx`, `a.dbf`", "put all its parts (.shp, .shx, .dbf, .prj, .cpg) into one folder")
    assert problem_of(tmp_path / "part.zip") == lacks
    (tmp_path / "not.zip").write_bytes(b"PK\3\4 and nothing")
    assert problem_of(tmp_path / "not.zip") == ("the archive cannot be unpacked", "pack it anew")
    locked = bytearray(both.read_bytes())
    for start in (mark for mark in range(len(locked)) if locked[mark : mark + 4] in (b"PK\3\4", b"PK\1\2")):
        locked[start + (6 if locked[start + 2] == 3 else 8)] |= 1
    (tmp_path / "locked.zip").write_bytes(locked)
    assert problem_of(tmp_path / "locked.zip", "a") == ("the archive has a password", "pack it without one")


def test_a_shapefile_needs_its_parts(tmp_path: Path) -> None:
    """Index and table; the system and the encoding may be missing. A part given for the whole is named."""
    path = write(tmp_path / "a.shp", AREAS, {"名称": NAMES})
    (tmp_path / "a.prj").unlink()
    (tmp_path / "a.cpg").unlink()
    assert read_table(path).declared == ""
    assert read_table(path).columns == {"名称": NAMES}
    assert problem_of(tmp_path / "a.dbf") == ("the file is only a part of a Shapefile", "give the .shp")
    (tmp_path / "a.shx").unlink()
    help = "put all its parts (.shp, .shx, .dbf, .prj, .cpg) into one folder"
    assert problem_of(path) == ("the Shapefile lacks `a.shx`", help)
    (tmp_path / "a.dbf").unlink()
    assert problem_of(path) == ("the Shapefile lacks `a.shx`, `a.dbf`", help)


@pytest.mark.parametrize("encoding", ["UTF-8", "GBK"])
@pytest.mark.parametrize("stated", [None, "UTF-8", "GBK", "936", "ISO-8859-1"])
def test_chinese_names_of_a_shapefile_come_right_or_not_at_all(
    encoding: str, stated: str | None, tmp_path: Path
) -> None:
    """Where the stated encoding is the wrong one of the two it is noticed; a Western one, or none, counts as none."""
    path = write(tmp_path / "a.shp", AREAS, {"名称": NAMES}, encoding=encoding)
    (tmp_path / "a.cpg").unlink() if stated is None else (tmp_path / "a.cpg").write_text(stated)
    means = {"UTF-8": "UTF-8", "GBK": "GBK", "936": "GBK"}.get(stated or "")
    if means in (None, encoding):
        assert read_table(path).columns == {"名称": NAMES}
    else:
        assert problem_of(path) == (
            f"the text in its table is not {means}",
            f"its bytes read as {encoding}: state the right encoding in the .cpg, or save the file anew as UTF-8",
        )


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=8))
def test_encodings_of_chinese_text_are_settled(text: str) -> None:
    """UTF-8 is told from GBK without being named; a stated one is never overruled in silence."""
    assert settled_encoding([text.encode()], "") == "utf-8"
    assert settled_encoding([text.encode()], "utf-8") == "utf-8"
    assert repaired(text.encode().decode("latin-1")) == text
    assert repaired(text) == text
    with pytest.raises(TextUnreadable) as caught:
        settled_encoding([text.encode()], "gb18030")
    assert (caught.value.stated, caught.value.encoding) == ("GBK", "UTF-8")
    assert settled_encoding([text.encode("gb18030")], "gb18030") == "gb18030"


def test_encodings_are_known_by_many_names() -> None:
    """Code pages by number, the language byte of a .dbf, and nonsense."""
    told = {
        "UTF-8": "utf-8",
        "65001": "utf-8",
        "GBK": "gb18030",
        "gb2312": "gb18030",
        "CP936": "gb18030",
        "ANSI 936": "gb18030",
    }
    assert {name: stated_encoding(name, 0) for name in told} == told
    assert stated_encoding("", 0x4D) == "gb18030"
    assert stated_encoding("nonsense", 0) == stated_encoding("ISO-8859-1", 0) == stated_encoding("", 0x57) == ""
    with pytest.raises(TextUnreadable):
        settled_encoding([b"\xff\xff"], "")


def geojson(geometry: str) -> str:
    feature = f'{{"type": "Feature", "properties": {{}}, "geometry": {geometry}}}'
    return f'{{"type": "FeatureCollection", "features": [{feature}]}}'


BAD: Final[dict[str, tuple[bytes, str, str]]] = {
    "empty.geojson": (b"", "the file is empty", files_formats.KNOWN),
    "report.pdf": (b"%PDF-1.7", "the file is a PDF", files_formats.KNOWN),
    "report.geojson": (b"%PDF-1.7", "the file is a PDF", files_formats.KNOWN),
    "plan.dwg": (b"AC1027", "the file is a DWG drawing", "save it as DXF"),
    "plan.dxf": (b"AC1027", "the file is a DWG drawing", "save it as DXF"),
    "site.kmz": (b"PK\3\4", "the file is a packed KML", "unpack it and give the .kml in it"),
    "site.rar": (b"Rar!", "the file is an archive", "unpack it, or pack a Shapefile as .zip"),
    "site.xlsx": (b"PK\3\4", "`.xlsx` is no format of geodata that is read", files_formats.KNOWN),
    "site": (b"102,25", "`site` is no format of geodata that is read", files_formats.KNOWN),
    "text.geojson": (b"102,25", "the file is not GeoJSON, as its name says", files_formats.KNOWN),
    "other.gpkg": (b"{}", "the file is not GeoPackage, as its name says", files_formats.KNOWN),
    "other.kml": (b"<html></html>", "the file is not KML, as its name says", files_formats.KNOWN),
    "other.fgb": (b"{}", "the file is not FlatGeobuf, as its name says", files_formats.KNOWN),
    "other.dxf": (b"{}", "the file is not DXF, as its name says", files_formats.KNOWN),
    "case.json": (
        b'{"case": "x"}',
        "the file cannot be read as GeoJSON",
        "open it where it was made, and save it anew",
    ),
    "esri.json": (
        b'{"geometryType": "esriGeometryPoint", "features": [{"geometry": {"x": 102, "y": 25}}]}',
        "the file is not GeoJSON, as its name says",
        files_formats.KNOWN,
    ),
    "cut.geojson": (
        b'{"type": "Fea',
        "the file cannot be read as GeoJSON",
        "open it where it was made, and save it anew",
    ),
    "none.geojson": (
        b'{"type": "FeatureCollection", "features": []}',
        "the file has no geometry in it",
        "give a file with at least one",
    ),
    "null.geojson": (
        geojson("null").encode(),
        "1 of 1 features have no geometry, the first is number 1",
        "remove them, or draw them",
    ),
    "words.geojson": (
        geojson('{"type": "Point", "coordinates": ["102", "25"]}').encode(),
        "1 of 1 features have no geometry, the first is number 1",
        "remove them, or draw them",
    ),
    "open.geojson": (
        geojson('{"type": "Polygon", "coordinates": [[[102, 25], [103, 25], [103, 26]]]}').encode(),
        "feature 1 has a broken geometry",
        "close every ring, and give lines two points and rings four",
    ),
    "one.geojson": (
        geojson('{"type": "LineString", "coordinates": [[102, 25]]}').encode(),
        "feature 1 has a broken geometry",
        "close every ring, and give lines two points and rings four",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_geodata_is_said_to_be_none(name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The whole message; nothing of what GDAL prints or warns of comes through."""
    content, message, help = BAD[name]
    (tmp_path / name).write_bytes(content)
    assert problem_of(tmp_path / name) == (message, help)
    assert capfd.readouterr() == ("", "")


def test_files_that_cannot_be_opened_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Missing, a folder, a path of GDAL's own, not allowed."""
    assert problem_of(tmp_path / "a.shp") == ("the file cannot be read: no such file or directory", "")
    (tmp_path / "b.shp").mkdir()
    assert problem_of(tmp_path / "b.shp") == ("this is a folder", "give a file")
    assert problem_of(Path("/vsicurl/http:/example.org/a.geojson"))[0].startswith("the file cannot be read")
    path = write(tmp_path / "c.geojson", AREAS)

    def forbid(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", forbid)
    assert problem_of(path) == ("the file cannot be read: permission denied", "")


def test_huge_files_are_refused_before_they_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By their bytes, those of all parts and of what an archive unpacks to, and by their points."""
    path = write(tmp_path / "a.geojson", AREAS)
    packed = archive(write(tmp_path / "b.shp", AREAS))
    monkeypatch.setattr(files, "MOST_POINTS", 69)
    assert problem_of(path) == ("the file has 70 points", "at most 69 are read: give the part that is needed")
    monkeypatch.setattr(files_formats, "LARGEST", 1000)
    help = "at most 1,000 bytes are read: give the part that is needed"
    for large in (path, packed, tmp_path / "b.shp"):
        message, told = problem_of(large)
        assert message.startswith("the file has ")
        assert message.endswith(" bytes")
        assert told == help


@pytest.mark.parametrize("ending", [*FORMATS, ".dxf", ".shx", ".dbf"])
def test_a_file_that_is_cut_off_is_never_read_in_part(ending: str, tmp_path: Path) -> None:
    """Wherever a copy breaks off: a problem, or all that was in the file."""
    rings = [area.exterior for area in AREAS] if ending == ".dxf" else AREAS
    part = tmp_path / f"a{ending}"
    path = part.with_suffix(".shp") if ending in (".shx", ".dbf") else part
    write(path, rings, {"Layer": NAMES[:1] * 2}, crs=None)
    whole, table = part.read_bytes(), read_table(path)
    for share in range(150):
        part.write_bytes(whole[: len(whole) * share // 150 + share % 3])
        try:
            found = read_table(path)
        except InputError:
            continue
        assert list(found.geometries) == list(table.geometries)
        assert found.columns == table.columns


@pytest.mark.parametrize("ending", [".shp", ".dxf", ".dbf"])
def test_a_copy_that_broke_off_is_called_so(ending: str, tmp_path: Path) -> None:
    """Where the file itself tells its length or its end."""
    rings = [area.exterior for area in AREAS] if ending == ".dxf" else AREAS
    part = tmp_path / f"a{ending}"
    path = write(part.with_suffix(".shp") if ending == ".dbf" else part, rings, {"Layer": NAMES[:1] * 2}, crs=None)
    part.write_bytes(part.read_bytes()[:-30])
    what = "its part `a.dbf` is cut off" if ending == ".dbf" else "the file is cut off, or has too much"
    assert problem_of(path) == (what, "copy it again")


def placed(*areas: shapely.Geometry, crs: str = "", stated: str = "") -> tuple[object, list[str]]:
    problems: list[Problem] = []
    system = named_system(stated) if stated else None
    found = place_rows(np.array(areas, dtype=object), system, crs, Place("a.shp"), problems)
    return found, [str(problem) for problem in problems]


def test_broken_areas_are_told_with_the_place_of_the_fault(tmp_path: Path) -> None:
    """A ring that crosses itself, a hole outside, parts that overlap: every one, where it is in degrees."""
    inside = shapely.MultiPolygon([shapely.box(102, 25, 103, 26), shapely.box(102.5, 25.2, 102.6, 25.3)])
    hole = shapely.Polygon([(102, 25), (103, 25), (103, 26)], [[(104, 25), (104.1, 25), (104.1, 25.1)]])
    help = "\n  help: draw its corners in order, and save it anew"
    assert placed(AREAS[0], shapely.Polygon(CROSSES), inside, hole) == (
        None,
        [
            f"a.shp: the area of feature 2 crosses itself or another part at `102.050000,25.050000`{help}",
            f"a.shp: the area of feature 3 has a part within another at `102.600000,25.200000`{help}",
            f"a.shp: the area of feature 4 has a hole outside it at `104.000000,25.000000`{help}",
        ],
    )
    spike = shapely.Polygon([(102, 25), (103, 25), (103, 26), (103, 27), (103, 26), (102, 26)])
    assert placed(spike)[1] == [f"a.shp: the area of feature 1 crosses itself at `103.000000,26.000000`{help}"]
    many, problems = placed(*[shapely.Polygon(CROSSES)] * 12)
    assert many is None
    assert problems[10:] == ["a.shp: 2 more features may have areas that are none\n  help: repair the file"]
    plane = shapely.Polygon([(5e5, 2.7e6), (5.1e5, 2.71e6), (5.1e5, 2.7e6), (5e5, 2.71e6)])
    assert placed(plane, stated="CGCS2000 CM 102")[1] == [
        f"a.shp: the area of feature 1 crosses itself or another part at `102.049312,24.448806`{help}"
    ]


SIDE: Final = shapely.MultiPolygon([shapely.box(102, 25, 103, 26), shapely.box(103, 25, 104, 26)])


@pytest.mark.parametrize("area", [shapely.Polygon(TOUCHES), SIDE], ids=["ring", "parts"])
def test_an_area_that_only_touches_itself_is_redrawn(area: shapely.Geometry) -> None:
    """The same area, drawn as programs of other makers draw it, is no fault."""
    assert not area.is_valid
    found, problems = placed(area)
    assert problems == []
    (made,) = found[0]
    assert made.is_valid
    assert made.area == pytest.approx(area.area)
    assert made.symmetric_difference(area.buffer(0)).area < 1e-12


AGREE: Final[list[tuple[str, str, str, float]]] = [
    ("CGCS2000", "", "CGCS2000 (EPSG:4490)", 0),
    ("", "EPSG:4490", "CGCS2000 (EPSG:4490)", 0),
    ("CGCS2000", "EPSG:4490", "CGCS2000 (EPSG:4490)", 0),
    ("CGCS2000", "EPSG:4326", "CGCS2000 (EPSG:4490)", 1),
    ("WGS 84", "EPSG:4490", "WGS 84 (EPSG:4326)", 1),
    ("GCJ-02", "", "GCJ-02", 10),
    ("", "", "", 1132),
]


@pytest.mark.parametrize(("stated", "crs", "name", "error"), AGREE)
def test_the_user_and_the_file_agree_on_the_system(stated: str, crs: str, name: str, error: float) -> None:
    """One of them may be silent; WGS 84 and CGCS2000 agree to a metre; both silent is undeclared."""
    found, problems = placed(AREAS[0], stated=stated, crs=crs)
    assert problems == []
    assert (found[1].name, found[1].error) == (name, error)


CLASH: Final[list[tuple[str, str, str]]] = [
    ("GCJ-02", "EPSG:4326", "`GCJ-02` is declared, but the file says `WGS 84 (EPSG:4326)`"),
    (
        "CGCS2000 3度带34带",
        "EPSG:4523",
        "`CGCS2000 / 3-degree Gauss-Kruger zone 34 (EPSG:4522)` is declared, but the file says "
        "`CGCS2000 / 3-degree Gauss-Kruger zone 35 (EPSG:4523)`",
    ),
    (
        "CGCS2000",
        "EPSG:4214",
        "`CGCS2000 (EPSG:4490)` is declared, but in the file: `Beijing 1954 (EPSG:4214)` is on Beijing 54, from which "
        "nothing leads to CGCS2000 by itself",
    ),
]


@pytest.mark.parametrize(("stated", "crs", "message"), CLASH)
def test_where_the_user_and_the_file_differ_both_are_named(stated: str, crs: str, message: str) -> None:
    """Neither is believed."""
    found, (problem,) = placed(AREAS[0], stated=stated, crs=crs)
    assert found is None
    assert problem.startswith(f"a.shp: {message}\n  help: ")


def test_the_seven_parameters_lead_from_the_old_system_of_the_file() -> None:
    """A .prj that says Beijing 54 agrees with the user who says so too, and gives the parameters."""
    seven = Helmert(15.8, -154.4, -82.3, 0, 0, 0, 0, "position_vector", 15)
    problems: list[Problem] = []
    areas = np.array(AREAS[:1], dtype=object)
    found = place_rows(areas, named_system("北京54", seven), "EPSG:4214", Place("a.shp"), problems)
    assert problems == []
    assert found is not None
    assert (found[1].helmert, found[1].error) == (seven, 15)


def test_a_plane_may_be_called_by_other_names(tmp_path: Path) -> None:
    """The .prj of a program that knows no EPSG codes is the same plane."""
    area = shapely.box(5e5, 2.7e6, 5.1e5, 2.71e6)
    path = write(tmp_path / "a.shp", [area], crs="EPSG:4543")
    assert "EPSG" not in (tmp_path / "a.prj").read_text()
    by_file, by_both = (
        placed(area, crs=read_table(path).declared, stated=stated) for stated in ("", "CGCS2000 CM 102")
    )
    assert by_file[1] == by_both[1] == []
    assert shapely.equals(by_file[0][0][0], by_both[0][0][0])
    local = "PROJCS" + (tmp_path / "a.prj").read_text()[6:].replace("102.0", "102.5")
    assert placed(area, crs=local, stated="CGCS2000 CM 102.5")[1] == []
    assert placed(area, crs=local, stated="CGCS2000 CM 102")[0] is None


def test_a_year_in_a_property_is_no_system(tmp_path: Path) -> None:
    """Only the member `crs` that names a system declares one."""
    path = tmp_path / "a.geojson"
    text = geojson('{"type": "Point", "coordinates": [102, 25]}').replace(
        '"properties": {}', '"properties": {"crs": "EPSG:4522"}'
    )
    path.write_text(text)
    assert read_table(path).declared == ""
    path.write_text(
        text.replace("{", '{"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}, ', 1)
    )
    assert read_table(path).declared == "urn:ogc:def:crs:EPSG::4490"
