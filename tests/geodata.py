"""Small files of geodata, written for a test."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from pyogrio import raw
from shapely.geometry.base import BaseGeometry

DRIVERS = {
    ".geojson": "GeoJSON",
    ".shp": "ESRI Shapefile",
    ".gpkg": "GPKG",
    ".kml": "KML",
    ".dxf": "DXF",
    ".fgb": "FlatGeobuf",
}


def write(
    path: Path,
    geometries: Iterable[BaseGeometry | None],
    columns: Mapping[str, Iterable[object]] | None = None,
    crs: str | None = "EPSG:4490",
    **options: Any,
) -> Path:
    """Geometries with their columns, in the format of the file's ending."""
    drawn = list(geometries)
    kinds = {one.geom_type for one in drawn if one is not None}
    kind = next(iter(kinds)) if len(kinds) == 1 else "Unknown"
    wkb = np.array([None if one is None else shapely.to_wkb(one) for one in drawn], dtype=object)
    values = [_array(list(column)) for column in (columns or {}).values()]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        raw.write(
            path, wkb, values, list(columns or {}), geometry_type=kind, crs=crs, driver=DRIVERS[path.suffix], **options
        )
    return path


def _array(column: list[object]) -> np.ndarray:
    numbers = all(isinstance(value, (int, float)) for value in column)
    return np.array(column, dtype=None if numbers else object)
