"""Geodata files as tables of geometries: GeoJSON, Shapefile, GeoPackage, KML, DXF, FlatGeobuf.

The only home of pyogrio. What GDAL warns of or prints never reaches a user; every problem is told in our words.
"""

from __future__ import annotations

import mmap
import re
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyogrio
import shapely
from attrs import field, frozen
from pyogrio import raw

from ynpolicy.errors import nearest
from ynpolicy.geo.files_formats import KNOWN, Source, opened, refuse
from ynpolicy.geo.files_text import TextUnreadable, repaired, settled_encoding, stated_encoding

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Geometries = NDArray[np.object_]

MOST_POINTS: Final = 20_000_000
_FAILURES: Final = (RuntimeError, ValueError, OSError, TypeError)
_SILENT_SYSTEM: Final = (".geojson", ".json", ".kml")
"""Formats for which GDAL says WGS 84 where the file says nothing: in China such files are often GCJ-02."""

_CRS_MEMBER: Final = re.compile(rb'"crs"\s*:\s*\{[^{}]*\{[^{}]*?"name"\s*:\s*"([^"]+)"')
_BYTES: Final = "ISO-8859-1"


@frozen
class Table:
    """What a file holds: one geometry a row in the file's own coordinates, and columns of text.

    `declared` is the coordinate system that the file itself declares, as `EPSG:n` or WKT; empty where it does not.
    `digest` is the SHA-256 of all its parts.
    """

    shown: str
    geometries: Geometries = field(eq=False, repr=False)
    columns: Mapping[str, tuple[str, ...]] = field(repr=False)
    declared: str
    digest: str


def read_table(path: Path, shown: str = "", table: str = "") -> Table:
    """The rows of a file, or of one table (layer, folder) of it; heights are dropped.

    Raises `InputError`: it cannot be read as what it is called, has several tables and none is chosen, has no rows,
    rows without or with broken geometry, more than 20 million points, or text in another encoding than it says.
    """
    shown = shown or str(path)
    with opened(path, shown, table) as source, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _read(source, table, path.suffix.lower())


def _read(source: Source, table: str, suffix: str) -> Table:
    packed = suffix == ".zip"
    try:
        layer = _layer(source, "" if packed else table, suffix)
        encoding = _BYTES if source.format == "Shapefile" else None
        info = pyogrio.read_info(source.path, layer=layer, encoding=encoding)
        if info["driver"] not in source.drivers:
            refuse(source.shown, f"the file is not {source.format}, as its name says", KNOWN)
        meta, _, wkb, values = raw.read(source.path, layer=layer, force_2d=True, encoding=encoding)
    except _FAILURES:
        refuse(
            source.shown, f"the file cannot be read as {source.format}", "open it where it was made, and save it anew"
        )
    if info["features"] >= 0 and info["features"] != len(wkb):
        refuse(source.shown, "the file is cut off, or has too much", "copy it again")
    columns = dict(zip(map(str, meta["fields"]), map(_texts, values), strict=True))
    geometries = _geometries(wkb, source)
    if source.format == "Shapefile":
        columns = _decoded(columns, source)
    elif source.format == "DXF":
        geometries, columns = _drawn(geometries, columns, table, source)
    if not len(geometries):
        refuse(source.shown, "the file has no geometry in it", "give a file with at least one")
    _check_present(geometries, source)
    return Table(source.shown, geometries, columns, _declared(source, meta["crs"], suffix), source.digest)


def _layer(source: Source, table: str, suffix: str) -> str | None:
    """The table to read: the only one with geometries, or that which is asked for."""
    if suffix == ".dxf":
        return "entities"
    names = [str(name) for name, kind in pyogrio.list_layers(source.path) if kind is not None]
    if not names:
        refuse(source.shown, "the file has no geometry in it", "give a file with at least one")
    return _one_of(names, table, source)


def _one_of(names: list[str], table: str, source: Source) -> str:
    if table:
        if table not in names:
            refuse(source.shown, f"there is no table `{table}`", nearest(table, names) or f"it has {', '.join(names)}")
        return table
    if len(names) > 1:
        refuse(source.shown, f"the file has {len(names)} tables", f"choose one with `table:`, of {', '.join(names)}")
    return names[0]


def _geometries(wkb: NDArray[np.object_], source: Source) -> Geometries:
    geometries: Geometries = shapely.from_wkb(wkb, on_invalid="ignore")
    broken = np.flatnonzero(shapely.is_missing(geometries) & np.array([one is not None for one in wkb], dtype=bool))
    if len(broken):
        help = "close every ring, and give lines two points and rings four"
        refuse(source.shown, f"feature {broken[0] + 1} has a broken geometry", help)
    points = int(shapely.get_num_coordinates(geometries).sum())
    if points > MOST_POINTS:
        help = f"at most {MOST_POINTS:,} are read: give the part that is needed"
        refuse(source.shown, f"the file has {points:,} points", help)
    return geometries


def _check_present(geometries: Geometries, source: Source) -> None:
    absent = np.flatnonzero(shapely.is_missing(geometries) | shapely.is_empty(geometries))
    if len(absent):
        message = f"{len(absent)} of {len(geometries)} features have no geometry, the first is number {absent[0] + 1}"
        refuse(source.shown, message, "remove them, or draw them")


def _texts(values: NDArray[Any]) -> tuple[str, ...]:
    return tuple(map(_text, values.tolist()))


def _text(value: object) -> str:
    """A value of a column as text: a whole number without a point, nothing where there is none."""
    if value is None or value != value:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip(" \0")


def _decoded(columns: dict[str, tuple[str, ...]], source: Source) -> dict[str, tuple[str, ...]]:
    """A Shapefile's columns, which were read byte by byte, in the encoding that they are in."""
    cpg = source.parts[".cpg"].read_text("latin-1", errors="replace")[:40] if ".cpg" in source.parts else ""
    with source.parts[".dbf"].open("rb") as file:
        language = file.read(32)[29]
    texts = [text.encode("latin-1") for name, column in columns.items() for text in {name, *column}]
    try:
        encoding = settled_encoding(texts, stated_encoding(cpg, language))
    except TextUnreadable as error:
        looks = f"its bytes read as {error.encoding}: " if error.encoding else ""
        help = f"{looks}state the right encoding in the .cpg, or save the file anew as UTF-8"
        refuse(source.shown, f"the text in its table is not {error.stated}", help)
    return {
        _recoded(name, encoding): tuple(_recoded(text, encoding) for text in column) for name, column in columns.items()
    }


def _recoded(text: str, encoding: str) -> str:
    return text.encode("latin-1").decode(encoding).strip()


def _drawn(
    geometries: Geometries, columns: dict[str, tuple[str, ...]], table: str, source: Source
) -> tuple[Geometries, dict[str, tuple[str, ...]]]:
    """The entities of one CAD layer; texts and paper are left out, and closed lines enclose areas."""
    layers = tuple(map(repaired, columns["Layer"]))
    model = [not text and paper != "True" for text, paper in zip(columns["Text"], columns["PaperSpace"], strict=True)]
    names = list(dict.fromkeys(layer for layer, kept in zip(layers, model, strict=True) if kept))
    if not names:
        return geometries[:0], {}
    chosen = _one_of(names, table, source)
    rows = [row for row, kept in enumerate(model) if kept and layers[row] == chosen]
    return enclosed(geometries[rows]), {"Layer": tuple(layers[row] for row in rows)}


def enclosed(geometries: Geometries) -> Geometries:
    """The same, where a line that closes, or several that all do, are the areas that they enclose."""
    areas = geometries.copy()
    for row in np.flatnonzero(np.isin(shapely.get_type_id(geometries), (1, 5))):
        lines = shapely.get_parts(geometries[row])
        if (shapely.is_closed(lines) & (shapely.get_num_coordinates(lines) >= 4)).all():
            rings = [shapely.Polygon(shapely.get_coordinates(line)) for line in lines]
            if all(ring.area for ring in rings):
                areas[row] = rings[0] if len(rings) == 1 else shapely.MultiPolygon(rings)
    return areas


def _declared(source: Source, found: str | None, suffix: str) -> str:
    if suffix == ".kml" or not found:
        return ""
    return found if suffix not in _SILENT_SYSTEM else _crs_member(source.path)


def _crs_member(path: Path) -> str:
    """What the member `crs` of a GeoJSON file names (GeoJSON 2008, section 3); empty where there is none."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        found = _CRS_MEMBER.search(data)
        return found[1].decode("utf-8", "replace") if found else ""
