"""Layers with their metadata: what is said is kept, what is not said stays open, and what cannot be is told."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from typing import Final

import pytest
import shapely

from tests.geodata import write
from ynpolicy.errors import Problem, in_order
from ynpolicy.geo.files_formats import KNOWN
from ynpolicy.geo.layers import BoundaryLayer, Complete, RiverLayer
from ynpolicy.geo.reading import read_boundaries, read_rivers
from ynpolicy.location import Doubt
from ynpolicy.messages import in_chinese

SYSTEMS: Final = ("长江", "珠江", "红河")
LINES: Final = [
    shapely.LineString([(102, 26), (102.5, 26.1)]),
    shapely.LineString([(102.5, 26.1), (103, 26)]),
    shapely.LineString([(102.5, 26.1), (102.5, 25)]),
    shapely.LineString([(103, 24), (104, 24)]),
]
NAMES: Final = ("金沙江", "金沙江", "普渡河", "")
COUNTIES: Final = [shapely.box(102, 25, 103, 26), shapely.box(103, 25, 104, 26), shapely.box(104, 25, 105, 26)]

WHOLE: Final = """\
title: 云南省主要河流
file: rivers.shp
source: 云南省水利厅
date: 2023-06
system: CGCS2000
kind: centreline
accuracy: 5 m
measured: 与1:1万地形图比对
name: NAME
width: 60 m
rivers:
  金沙江: {system: 长江, rank: mainstem, width: 400}
  普渡河: {system: 长江水系, rank: 主要支流}
complete_for:
- list: 云南省主要河流名录（2023年）
  systems: [长江]
  ranks: [mainstem, main_tributary]
"""
IN_CHINESE: Final = """\
图层名称: 云南省主要河流
文件: rivers.shp
来源: 云南省水利厅
日期: 2023-06
坐标系: 国家大地坐标系2000
类型: 中心线
精度: 5米
精度依据: 与1:1万地形图比对
名称列: NAME
河宽: 60米
河流:
  金沙江: {水系: 长江, 等级: 干流, 河宽: 400米}
  普渡河: {水系: 长江流域, 等级: 主要支流}
完整:
- 名录: 云南省主要河流名录（2023年）
  水系: [长江]
  等级: [干流, 主要支流]
"""


def described(folder: Path, text: str, **columns: tuple[object, ...]) -> Path:
    """A river layer of four lines beside its metadata."""
    write(folder / "rivers.shp", LINES, columns or {"NAME": NAMES})
    path = folder / "rivers.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def rivers(path: Path) -> tuple[RiverLayer | None, list[str]]:
    problems: list[Problem] = []
    layer = read_rivers(path, SYSTEMS, problems)
    return layer, [str(problem).replace(f"{path.parent}/", "") for problem in in_order(problems)]


def layer_of(path: Path) -> RiverLayer:
    layer, problems = rivers(path)
    assert problems == []
    assert layer is not None
    return layer


def told(folder: Path, text: str, **columns: tuple[object, ...]) -> list[str]:
    layer, problems = rivers(described(folder, text, **columns))
    assert layer is None
    return problems


@pytest.mark.parametrize("text", [WHOLE, IN_CHINESE], ids=["en", "zh"])
def test_all_that_is_said_of_a_river_layer_is_kept(text: str, tmp_path: Path) -> None:
    """In either language; rows of one name are one river, and a river's own width comes before the common one."""
    layer = layer_of(described(tmp_path, text))
    used = layer.used
    assert (used.title, used.kind, used.source, used.date) == (
        "云南省主要河流",
        "centreline",
        "云南省水利厅",
        "2023-06",
    )
    assert (used.accuracy, used.measured, used.system) == (Fraction(5), "与1:1万地形图比对", "CGCS2000 (EPSG:4490)")
    assert (layer.kind, layer.error, layer.doubts) == ("centreline", 5.0, ())
    assert [(one.name, one.system, one.rank, one.width) for one in layer.rivers] == [
        ("金沙江", "长江", "mainstem", 400.0),
        ("普渡河", "长江", "main_tributary", 60.0),
        ("", "", "", 60.0),
    ]
    assert shapely.equals(layer.rivers[0].geometry, shapely.MultiLineString(LINES[:2]))
    assert layer.complete == (Complete("云南省主要河流名录（2023年）", ("长江",), ("mainstem", "main_tributary")),)
    assert used.listed == "云南省主要河流名录（2023年）"


def test_what_is_not_said_stays_open(tmp_path: Path) -> None:
    """A layer without accuracy, widths, systems, ranks or completeness has none of them, and gets none."""
    layer = layer_of(described(tmp_path, "file: rivers.shp\nname: NAME\n"))
    assert (layer.kind, layer.error, layer.complete) == ("centreline", None, ())
    assert {(one.system, one.rank, one.width) for one in layer.rivers} == {("", "", None)}
    assert layer.used.accuracy is None


def test_a_bare_file_is_a_layer_of_which_nothing_is_known(tmp_path: Path) -> None:
    """Its names are taken from the usual column; without a system it is undeclared."""
    described(tmp_path, "")
    layer = layer_of(tmp_path / "rivers.shp")
    assert [one.name for one in layer.rivers] == ["金沙江", "普渡河", ""]
    assert (layer.used.title, layer.used.system, layer.error, layer.doubts) == (
        "rivers.shp",
        "CGCS2000 (EPSG:4490)",
        None,
        (),
    )
    silent = layer_of(write(tmp_path / "silent.geojson", LINES, crs=None))
    assert silent.doubts == (Doubt.LAYER_SYSTEM,)
    assert len(silent.rivers) == 1


def test_an_undeclared_system_widens_the_error(tmp_path: Path) -> None:
    """As it does for a site."""
    write(tmp_path / "rivers.geojson", LINES, crs=None)
    (tmp_path / "a.yaml").write_text("{file: rivers.geojson, accuracy: 5}")
    layer = layer_of(tmp_path / "a.yaml")
    assert (layer.error, layer.doubts, layer.used.system) == (1137.0, (Doubt.LAYER_SYSTEM,), "")


def test_columns_say_what_rivers_are(tmp_path: Path) -> None:
    """System, rank and width by row; empty cells are unknown, 其他 is a system that no norm names."""
    text = "{file: rivers.shp, name: N, system_column: S, rank_column: R, width_column: W, width: 10}"
    columns = {
        "N": NAMES,
        "S": ("长江", "长江", "", "其他"),
        "R": ("干流", "mainstem", "", "非主要支流"),
        "W": ("400", "400", "", ""),
    }
    layer = layer_of(described(tmp_path, text, **columns))
    assert [(one.name, one.system, one.rank, one.width) for one in layer.rivers] == [
        ("金沙江", "长江", "mainstem", 400.0),
        ("普渡河", "", "", 10.0),
        ("", "other", "minor", 10.0),
    ]


def test_a_river_of_which_columns_say_different_things_stays_two(tmp_path: Path) -> None:
    """A tributary's upper part may count otherwise than its lower part: rows are joined only where they are alike."""
    columns = {"NAME": NAMES, "R": ("干流", "", "", "")}
    layer = layer_of(described(tmp_path, "{file: rivers.shp, name: NAME, rank_column: R}", **columns))
    assert [(one.name, one.rank) for one in layer.rivers] == [
        ("金沙江", "mainstem"),
        ("金沙江", ""),
        ("普渡河", ""),
        ("", ""),
    ]


def test_banks_that_are_areas_have_no_widths(tmp_path: Path) -> None:
    """The distance is measured to the bank itself; between lines the width says where the water can be."""
    area, line = shapely.box(102, 25, 103, 25.1), shapely.LineString([(102, 25), (103, 25.1)])
    for shape, said, width in ((area, "", 0.0), (line, "", None), (line, ", width: 2 km", 2000.0)):
        write(tmp_path / "banks.gpkg", [shape])
        (tmp_path / "a.yaml").write_text(f"{{file: banks.gpkg, kind: 岸线, accuracy: 2{said}}}")
        layer = layer_of(tmp_path / "a.yaml")
        assert (layer.kind, layer.rivers[0].width) == ("bank", width)


def test_a_width_of_banks_that_are_areas_is_a_problem(tmp_path: Path) -> None:
    """Of all rivers or of one; told in Chinese too."""
    write(tmp_path / "rivers.gpkg", [shapely.box(102, 25, 103, 25.1)], {"NAME": ("金沙江",)})
    (tmp_path / "rivers.yaml").write_text(
        "{file: rivers.gpkg, kind: bank, width: 60, name: NAME, rivers: {金沙江: {width: 60}}}", encoding="utf-8"
    )
    problems: list[Problem] = []
    assert read_rivers(tmp_path / "rivers.yaml", SYSTEMS, problems) is None
    said = "banks that are areas need no `width`"
    assert sorted((found.place.column, found.message) for found in problems) == [(40, said), (78, said)]
    assert {in_chinese(found, {}).message for found in problems} == {"面状的岸线图层不需要 `河宽`"}


def test_the_digest_is_that_of_metadata_and_parts(tmp_path: Path) -> None:
    """One byte of either is another digest."""
    path = described(tmp_path, WHOLE)
    first = layer_of(path).used.digest
    assert re.fullmatch("sha256:[0-9a-f]{64}", first)
    assert layer_of(path).used.digest == first
    path.write_text(WHOLE + "\n", encoding="utf-8")
    second = layer_of(path).used.digest
    (tmp_path / "rivers.cpg").write_text("utf8")
    assert len({first, second, layer_of(path).used.digest}) == 3


LIST: Final = "- {list: 名录, systems: [长江], ranks: [mainstem]}"
BAD: Final[dict[str, list[str]]] = {
    "[]": ["rivers.yaml:1:1: a list of 0 does not describe a layer\n  help: write `file:` and the rest"],
    "{title: x, acuracy: 5, accuracy: -1, system: CGSC2000}": [
        "rivers.yaml:1:1: the layer has no `file`\n  help: write `file:`, as seen from this file",
        "rivers.yaml:1:12: unknown key `acuracy`\n  help: did you mean `accuracy`?",
        "rivers.yaml:1:34: `accuracy`: `-1` is negative\n  help: give the size of the largest error",
        "rivers.yaml:1:46: unknown coordinate system `CGSC2000`\n  help: did you mean `CGCS2000`?",
    ],
    "{file: rivers.gpkg}": [
        "rivers.yaml:1:8: there is no file `rivers.gpkg`\n  help: give its name as seen from this file"
    ],
    "{file: rivers.shp, name: NAMES, kind: canal, rank_column: RANG}": [
        "rivers.yaml:1:26: there is no column `NAMES` in `rivers.shp`\n  help: did you mean `NAME`?",
        "rivers.yaml:1:39: unknown kind `canal`\n  help: it is one of bank (岸线), centreline (中心线)",
        "rivers.yaml:1:59: there is no column `RANG` in `rivers.shp`\n  help: its columns are NAME",
    ],
    "{file: rivers.shp, name: NAME, rivers: {金沙河: {system: 长江}, 小江: , 普渡河: {system: 长河, rank: 支流, "
    "width: x}}}": [
        "rivers.yaml:1:41: there is no river `金沙河` in `rivers.shp`\n  help: did you mean `金沙江`?",
        "rivers.yaml:1:60: there is no river `小江` in `rivers.shp`\n"
        "  help: a layer that lacks a river is not complete for it: add its line, or take the name out",
        "rivers.yaml:1:80: unknown river system `长河`\n  help: did you mean `长江`?",
        "rivers.yaml:1:90: unknown rank `支流`\n"
        "  help: it is one of mainstem (干流), main_tributary (主要支流), minor (非主要支流)",
        "rivers.yaml:1:101: `width`: `x` is not a length\n  help: write a length, for example `30 m` or `0.5 km`",
    ],
    "{file: rivers.shp, rivers: [金沙江]}": [
        "rivers.yaml:1:28: a list of 1 stands where `rivers` needs a mapping\n"
        "  help: write `name: {system: ..., rank: ...}` lines"
    ],
    "{file: rivers.shp, kind: bank, width: 60, name: NAME, rivers: {金沙江: {width: 60}, 普渡河: 长江}}": [
        "rivers.yaml:1:87: `长江` does not describe a river\n  help: write {system: ..., rank: ...}",
    ],
    f"file: rivers.shp\nname: NAME\ncomplete_for:\n{LIST}": [
        "rivers.yaml:4:3: the layer is called complete for rivers of which it has none\n"
        "  help: say of each river its system and rank, under `rivers:` or by columns"
    ],
    f"{{file: rivers.shp, name: NAME, rivers: {{金沙江: {{system: 长江, rank: 一级}}}}, complete_for: [{LIST[2:]}]}}": [
        "rivers.yaml:1:65: unknown rank `一级`\n"
        "  help: it is one of mainstem (干流), main_tributary (主要支流), minor (非主要支流)"
    ],
    "{file: rivers.shp, accuracy: 中误差5 m, width: [60], title: [a], source: {}, kind: [bank]}": [
        "rivers.yaml:1:30: `accuracy`: `中误差5 m` is a standard deviation, not a guaranteed bound\n"
        "  help: give a bound that the error surely does not exceed",
        "rivers.yaml:1:45: a list of 1 stands where `width` needs one value\n"
        "  help: write a length, for example `30 m` or `0.5 km`",
        "rivers.yaml:1:58: a list of 1 stands where `title` needs one value\n  help: write one value",
        "rivers.yaml:1:71: a mapping stands where `source` needs one value\n  help: write one value",
        "rivers.yaml:1:81: a list of 1 stands where `kind` needs one value\n  help: write one value",
    ],
    "{file: rivers.shp, complete_for: [{list: a, systems: [南], ranks: [干流]}]}": [
        "rivers.yaml:1:55: unknown river system `南`\n"
        "  help: it is one of 长江 (长江水系), 珠江 (珠江水系), 红河 (红河水系), other (其他)"
    ],
    "{file: rivers.shp, complete_for: [{systems: [长江, 大河]}, 长江, {list: a, systems: {}, ranks: [干流]}]}": [
        "rivers.yaml:1:35: `complete_for` has no `ranks`\n  help: write `ranks: [...]`",
        "rivers.yaml:1:35: a layer is complete for a list, and none is named\n"
        "  help: write `list:` with the official list of rivers and its date",
        "rivers.yaml:1:50: unknown river system `大河`\n  help: did you mean `红河`?",
        "rivers.yaml:1:56: `长江` does not say what the layer is complete for\n"
        "  help: write `- {list: ..., systems: [...], ranks: [...]}`",
        "rivers.yaml:1:79: a mapping stands where `systems` needs a list\n  help: write [a, b]",
    ],
    "{file: rivers.shp, system: 高德}": [
        "rivers.shp: `GCJ-02` is declared, but the file says `CGCS2000 (EPSG:4490)`\n"
        "  help: keep what is right, and correct the other; a .prj that is wrong can be removed"
    ],
    "{file: rivers.shp, table: other}": [
        "rivers.shp: there is no table `other`\n  help: it has rivers",
    ],
}


@pytest.mark.parametrize("text", BAD)
def test_everything_that_is_wrong_with_a_river_layer_is_told(text: str, tmp_path: Path) -> None:
    """The whole texts, with their places; and no layer comes of it."""
    assert told(tmp_path, text) == BAD[text]


def test_rows_that_are_wrong_are_told_by_number(tmp_path: Path) -> None:
    """Unknown words in columns, and what columns and metadata say otherwise."""
    rivers = "{金沙江: {rank: minor}, 普渡河: {width: 30}}"
    text = f"{{file: rivers.shp, name: N, rank_column: R, width_column: W, rivers: {rivers}}}"
    assert told(tmp_path, text, N=NAMES, R=("干流", "干流", "大支流", ""), W=("", "", "40", "wide")) == [
        "rivers.shp: feature 1: the rank of `金沙江` is `mainstem` in the file and `minor` in the metadata\n"
        "  help: keep what is right",
        "rivers.shp: feature 3: the width of `普渡河` is `40` in the file and `30` in the metadata\n"
        "  help: keep what is right",
        "rivers.shp: feature 3: unknown rank `大支流`\n"
        "  help: it is one of mainstem (干流), main_tributary (主要支流), minor (非主要支流)",
        "rivers.shp: feature 4: `width`: `wide` is not a length\n"
        "  help: write a length, for example `30 m` or `0.5 km`",
    ]


def test_rivers_are_lines_or_banks(tmp_path: Path) -> None:
    """A point is no river, an area no centreline; the first ten are told."""
    write(tmp_path / "a.geojson", [shapely.box(102, 25, 103, 25.1), *[shapely.Point(102, 25)] * 11])
    (tmp_path / "a.yaml").write_text("{file: a.geojson, kind: centreline}")
    _, problems = rivers(tmp_path / "a.yaml")
    help = "\n  help: rivers are lines, or areas in a layer of banks"
    assert len(problems) == 11
    assert f"a.geojson: feature 1: an area is no river here{help}" in problems
    assert f"a.geojson: feature 2: a point is no river here{help}" in problems
    assert f"a.geojson: 2 more features have such a problem{help}" in problems


def boundaries(path: Path | str) -> tuple[BoundaryLayer | None, list[str]]:
    problems: list[Problem] = []
    layer = read_boundaries(path, problems)
    return layer, [str(problem).replace(f"{Path(path).parent}/", "") for problem in in_order(problems)]


def test_counties_have_codes_names_and_areas(tmp_path: Path) -> None:
    """Rows of one code are one county; twelve digits and the country's number before a code are dropped."""
    columns = {"PAC": ("530102", "530102000000", "156530103"), "名称": ("五华区", "五华区", "盘龙区")}
    write(tmp_path / "counties.gpkg", COUNTIES, columns)
    (tmp_path / "a.yaml").write_text(
        "{图层名称: 县界, 文件: counties.gpkg, 代码列: PAC, 名称列: 名称, 类型: 县, 精度: 10 m, 坐标系: CGCS2000}",
        encoding="utf-8",
    )
    layer, problems = boundaries(tmp_path / "a.yaml")
    assert problems == []
    assert layer is not None
    assert [(unit.code, unit.name) for unit in layer.units] == [("530102", "五华区"), ("530103", "盘龙区")]
    assert shapely.equals(layer.units[0].geometry, shapely.box(102, 25, 104, 26))
    assert layer.units[0].geometry.is_valid
    assert (layer.kind, layer.error, layer.used.kind, layer.used.title) == ("county", 10.0, "boundaries", "县界")
    bare, none = boundaries(tmp_path / "counties.gpkg")
    assert none == []
    assert bare is not None
    assert (bare.units[1].name, bare.error) == ("盘龙区", None)


def test_everything_that_is_wrong_with_counties_is_told(tmp_path: Path) -> None:
    """No column of codes, codes that are none, one code for two names, lines for areas."""
    path = tmp_path / "counties.geojson"
    write(path, COUNTIES, {"a": (1, 2, 3)})
    assert boundaries(path)[1] == [
        "counties.geojson: no column of the layer is known to have the codes of the units\n"
        "  help: write `code:` with one of its columns, a"
    ]
    write(
        path, [*COUNTIES[:2], LINES[0]], {"code": ("530102", "530102", "530102001"), "name": ("五华区", "盘龙区", "")}
    )
    (tmp_path / "a.yaml").write_text("{file: counties.geojson, kind: town, code: code}")
    assert boundaries(tmp_path / "a.yaml")[1] == [
        "a.yaml:1:32: unknown kind `town`\n  help: it is one of county (县)",
        "counties.geojson: feature 1: the code `530102` stands for `五华区` and `盘龙区`\n"
        "  help: give each unit its own code",
        "counties.geojson: feature 3: `530102001` is not the code of a county\n"
        "  help: a code has six digits by GB/T 2260; twelve digits that end in zeros, or 156 before it, count too",
        "counties.geojson: feature 3: a unit needs an area\n  help: give a layer in which each unit is an area",
    ]
    (tmp_path / "a.yaml").write_text("{file: counties.geojson, code: kode}")
    (problem, *_) = boundaries(tmp_path / "a.yaml")[1]
    assert problem == "a.yaml:1:32: there is no column `kode` in `counties.geojson`\n  help: did you mean `code`?"


def test_the_word_tianditu_names_the_counties_of_a_package() -> None:
    """Where the package is installed, all counties of Yunnan are in it."""
    layer, problems = boundaries("tianditu")
    assert problems == []
    assert layer is not None
    assert sum(unit.code.startswith("53") for unit in layer.units) == 129


def test_a_layer_that_is_no_geodata_is_told(tmp_path: Path) -> None:
    """Problems of the file itself come through, for both kinds of layers."""
    path = tmp_path / "report.pdf"
    path.write_bytes(b"%PDF-1.7")
    expected = [f"report.pdf: the file is a PDF\n  help: {KNOWN}"]
    assert rivers(path) == (None, expected)
    assert boundaries(path) == (None, expected)
