"""Coordinate systems: what coordinates mean, and where on CGCS2000 they lie.

The only home of pyproj for systems. PROJ's silent null transformations ("ballpark") are never used.
"""

from __future__ import annotations

from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from attrs import evolve, field, frozen
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError
from pyproj.transformer import AreaOfInterest, TransformerGroup

from ynpolicy.geo.systems_offsets import from_bd09, from_gcj02

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Geometries = NDArray[np.object_]
    Bounds = tuple[float, float, float, float]

WGS84_ERROR: Final = 1.0
"""WGS 84 and CGCS2000 are taken as the same. They differ by decimetres, since the one is kept near today's position of
the plate and the other at that of the year 2000; this bound covers it."""

OFFSET_ERROR: Final = 10.0
"""How far off a point converted from GCJ-02 or BD-09 may be: a judgement. The formula is not published by those who
use it. Control points known in both systems, measured in Yunnan, would settle it."""

UNDECLARED_ERROR: Final = 1122.0 + OFFSET_ERROR
"""How far off longitude and latitude of an undeclared system may be in Yunnan: the greatest offset of BD-09 by its
formula within `YUNNAN`, 1,121.98 m, and the formula's own error (GCJ-02: 528 m; Beijing 54, by the transformations that
PROJ has for other parts of China: 20 to 36 m)."""

UNDECLARED_ERROR_IN_CHINA: Final = 1530.0 + OFFSET_ERROR
"""The same anywhere in China: the greatest offset of BD-09 within `CHINA` is 1,529.31 m."""

CHINA: Final = (73.0, 3.0, 136.0, 54.0)
"""West, south, east and north of China, in degrees."""

YUNNAN: Final = (97.5, 21.1, 106.2, 29.3)
"""West, south, east and north of Yunnan, in degrees, rounded outward."""

PROJECTED_STEP: Final = 100.0
"""In m. Between points this near, a straight line of a plane and one in degrees are less than 0.2 mm apart in China."""

OFFSET_STEPS: Final = {"GCJ-02": 0.0007, "BD-09": 0.0003}
"""In degrees, about 70 m and 30 m: the same for GCJ-02 and BD-09, whose offsets bend more; the lines are less than
0.7 mm apart, but for 1 cm at the kink of the formula on 105° E, which `OFFSET_ERROR` covers."""

DATUM_STEP: Final = 0.01
"""In degrees, about 1 km: the same for another datum, whose offset hardly bends."""

MOST_POINTS: Final = 40_000_000
"""More points than this are not made of straight lines that are cut into short ones."""


class Datum(Enum):
    """What coordinates are fixed to."""

    CGCS2000 = "CGCS2000"
    WGS84 = "WGS 84"
    GCJ02 = "GCJ-02"
    BD09 = "BD-09"
    BEIJING54 = "Beijing 54"
    XIAN80 = "Xi'an 80"
    OTHER = "other"
    UNDECLARED = ""


class SystemRefused(ValueError):
    """Coordinates cannot be placed by what is said of their system; `help` says what would be right."""

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.help = help


@frozen
class Helmert:
    """The seven parameters of a transformation to CGCS2000: metres, seconds of arc and parts per million; `accuracy`
    is its own error in m. `convention` is `position_vector` (EPSG:1033) or `coordinate_frame` (EPSG:1032)."""

    dx: float
    dy: float
    dz: float
    rx: float
    ry: float
    rz: float
    scale: float
    convention: str
    accuracy: float


@frozen
class System:
    """A coordinate system. `name` is empty where none is declared; `error` is how far, in m, a point given in it
    exactly may lie from where it is placed on CGCS2000. Coordinates are (easting, northing) or (longitude, latitude).
    """

    name: str
    datum: Datum
    error: float
    wkt: str = field(default="", repr=False)
    helmert: Helmert | None = None

    @property
    def is_projected(self) -> bool:
        return bool(self.wkt) and _crs(self.wkt).is_projected

    @property
    def zone(self) -> int:
        """The zone number that stands before the easting (34 for 34,500,000); 0 where none does."""
        return int(self._false_easting // 1e6)

    @property
    def is_transverse(self) -> bool:
        """Whether this is a plane around a central meridian whose easting is 500,000 m, zone number aside."""
        return self._false_easting % 1e6 == 5e5

    @property
    def _false_easting(self) -> float:
        operation = _crs(self.wkt).coordinate_operation if self.is_projected else None
        if operation is None or "Transverse Mercator" not in operation.method_name:
            return 0.0
        return next((float(found.value) for found in operation.params if found.name == "False easting"), 0.0)


UNDECLARED: Final = System("", Datum.UNDECLARED, UNDECLARED_ERROR_IN_CHINA)
CGCS2000_EPSG: Final = 4490


@lru_cache(maxsize=64)
def from_epsg(code: int, helmert: Helmert | None = None) -> System:
    """The system of an EPSG code. Raises `SystemRefused`."""
    try:
        crs = CRS.from_epsg(code)
    except CRSError:
        help = "CGCS2000 is EPSG:4490, its planes are EPSG:4491 to EPSG:4554"
        raise SystemRefused(f"there is no coordinate system `EPSG:{code}`", help) from None
    name = "CGCS2000" if code == CGCS2000_EPSG else crs.name
    return _from_crs(crs, f"{name} (EPSG:{code})", helmert)


def from_text(text: str, helmert: Helmert | None = None) -> System:
    """The system that a file declares, as `EPSG:n` or WKT; undeclared where it says that it is none, or names an
    ellipsoid alone. Raises `SystemRefused`.
    """
    try:
        crs = CRS.from_user_input(text)
    except CRSError:
        help = "declare the system, or correct what the file says"
        raise SystemRefused(f"the file's coordinate system `{text[:60]}` is not known", help) from None
    if crs.name.lower().startswith(("undefined", "unknown")) or _has_no_datum(crs):
        return UNDECLARED
    code = crs.to_epsg(min_confidence=70)
    if code is not None:
        return from_epsg(code, helmert)
    return _from_crs(crs, crs.name, helmert)


def around_meridian(datum: Datum, epsg: int, meridian: float, helmert: Helmert | None = None) -> System:
    """A Gauss-Krüger plane on the system of an EPSG code, around any central meridian, without a zone number."""
    lines = f"+proj=tmerc +lon_0={meridian} +x_0=500000 +type=crs"
    base = CRS.from_epsg(epsg)
    plane = CRS.from_proj4(lines).to_json_dict()
    name = f"{datum.value} / Gauss-Kruger CM {meridian:g}E"
    plane |= {"base_crs": base.to_json_dict(), "name": name}
    return _from_crs(CRS.from_json_dict(plane), name, helmert)


def offset_system(datum: Datum) -> System:
    """GCJ-02 or BD-09, longitude and latitude."""
    return System(datum.value, datum, OFFSET_ERROR)


def _from_crs(crs: CRS, name: str, helmert: Helmert | None) -> System:
    if crs.is_compound:
        crs = crs.sub_crs_list[0]
    if crs.is_bound and crs.source_crs is not None:
        crs = crs.source_crs
    base = crs.geodetic_crs
    if base is None or crs.is_geocentric or crs.is_vertical:
        help = "declare longitude and latitude, or a plane such as `CGCS2000 / 3-degree GK zone 34`"
        raise SystemRefused(f"`{name}` has no longitude and latitude", help)
    if _has_no_datum(crs):
        help = "declare the system with its datum, for example CGCS2000 or WGS 84"
        raise SystemRefused(f"`{name}` names an ellipsoid, and no datum", help)
    crs = crs.to_2d()
    datum = _datum(base)
    wkt = crs.to_wkt()
    match datum:
        case Datum.CGCS2000 | Datum.WGS84 if helmert is None:
            return System(name, datum, WGS84_ERROR if datum is Datum.WGS84 else 0.0, wkt)
        case Datum.BEIJING54 | Datum.XIAN80 if helmert is not None:
            return System(f"{name}, seven parameters", datum, helmert.accuracy, wkt, helmert)
        case Datum.BEIJING54 | Datum.XIAN80:
            help = (
                "without parameters PROJ, which most programs use, silently moves nothing: have the data converted to "
                "CGCS2000, or give the seven parameters (dx, dy, dz, rx, ry, rz, scale, convention, accuracy)"
            )
            raise SystemRefused(f"`{name}` is on {datum.value}, from which nothing leads to CGCS2000 by itself", help)
        case Datum.OTHER if helmert is None:
            return System(name, datum, _operation(wkt).accuracy + WGS84_ERROR, wkt)
    raise SystemRefused(f"`{name}` needs no seven parameters", "leave them out")


def _has_no_datum(crs: CRS) -> bool:
    """Whether a system only names an ellipsoid, as in `Unknown datum based upon the WGS 84 ellipsoid`."""
    base = crs.geodetic_crs
    if base is None or base.datum is None:
        return False
    name = base.datum.name.lower().replace("_", " ").removeprefix("d ")
    return name.startswith(("unknown", "undefined", "unspecified", "not specified"))


def _datum(base: CRS) -> Datum:
    match base.to_epsg(min_confidence=70):
        case 4490 | 4480:
            return Datum.CGCS2000
        case 4326 | 4979:
            return Datum.WGS84
        case 4214:
            return Datum.BEIJING54
        case 4610:
            return Datum.XIAN80
    name = f"{base.name} {base.datum.name if base.datum else ''}".lower().replace("_", " ")
    for words, datum in (
        (("china 2000", "cgcs2000", "cgcs 2000"), Datum.CGCS2000),
        (("wgs 84", "wgs84", "wgs 1984", "world geodetic system 1984"), Datum.WGS84),
        (("beijing 1954", "beijing 54"), Datum.BEIJING54),
        (("xian 1980", "xian 80"), Datum.XIAN80),
    ):
        if any(word in name for word in words):
            return datum
    return Datum.OTHER


@lru_cache(maxsize=64)
def _crs(wkt: str) -> CRS:
    return CRS.from_wkt(wkt)


@lru_cache(maxsize=64)
def _operation(wkt: str) -> Transformer:
    """PROJ's best operation to WGS 84 in Yunnan whose accuracy is known, or `SystemRefused`."""
    crs = _crs(wkt)
    group = TransformerGroup(crs, 4326, True, AreaOfInterest(*YUNNAN), allow_ballpark=False)
    for found in group.transformers:
        if found.accuracy >= 0:
            return found
    help = "convert the data to CGCS2000, and declare it so"
    raise SystemRefused(f"no transformation of known accuracy leads from `{crs.name}` to CGCS2000 in Yunnan", help)


@lru_cache(maxsize=64)
def _to_base(wkt: str) -> Transformer:
    """From the plane of a system to longitude and latitude on the same datum: a conversion, exact."""
    crs = _crs(wkt)
    return Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True)


@lru_cache(maxsize=16)
def _shift(wkt: str, helmert: Helmert) -> Transformer:
    """Longitude and latitude on the datum of a system to those on CGCS2000, by way of geocentric coordinates. Heights
    are taken as 0 on the ellipsoid: a height of h m moves the result by less than h x 1e-4 m."""
    ellipsoid = _crs(wkt).ellipsoid
    assert ellipsoid is not None
    seven = f"+x={helmert.dx} +y={helmert.dy} +z={helmert.dz} +rx={helmert.rx} +ry={helmert.ry} +rz={helmert.rz}"
    return Transformer.from_pipeline(
        "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad"
        f" +step +proj=cart +a={ellipsoid.semi_major_metre} +rf={ellipsoid.inverse_flattening}"
        f" +step +proj=helmert {seven} +s={helmert.scale} +convention={helmert.convention}"
        " +step +inv +proj=cart +ellps=GRS80"
        " +step +proj=unitconvert +xy_in=rad +xy_out=deg"
    )


def lon_lat(system: System, x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    """Longitude and latitude on CGCS2000 of points given in a system; infinite where the system has no such point."""
    match system.datum:
        case Datum.UNDECLARED:
            return x, y
        case Datum.GCJ02:
            return from_gcj02(x, y)
        case Datum.BD09:
            return from_bd09(x, y)
        case Datum.OTHER:
            return _pair(_operation(system.wkt).transform(x, y))
    if system.is_projected:
        x, y = _pair(_to_base(system.wkt).transform(x, y))
    if system.helmert is not None:
        x, y, _ = _shift(system.wkt, system.helmert).transform(x, y, np.zeros_like(x))
    return x, y


def _pair(found: tuple[NDArray[np.float64], ...]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return found[0], found[1]


def placed(geometries: Geometries, system: System) -> Geometries:
    """Geometries of a system, in longitude and latitude on CGCS2000.

    Straight lines of a plane are cut into short ones first, so that none leaves its place by more than 1 mm. Raises
    `SystemRefused`: too long for that, or beyond what the system can place.
    """
    step = _step(system)
    flat = shapely.force_2d(geometries)
    if step is None:
        return flat
    points = shapely.length(flat).sum() / step + shapely.get_num_coordinates(flat).sum()
    if not points <= MOST_POINTS:
        help = "give the part that is needed"
        raise SystemRefused(f"the lines are too long to be placed exactly: {points:,.0f} points", help)
    return _moved(shapely.segmentize(flat, step), system)


def _step(system: System) -> float | None:
    if system.is_projected:
        return PROJECTED_STEP
    if system.helmert is not None or system.datum is Datum.OTHER:
        return DATUM_STEP
    return OFFSET_STEPS.get(system.datum.value)


def _moved(geometries: Geometries, system: System) -> Geometries:
    def move(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
        lon, lat = lon_lat(system, x, y)
        if not (np.isfinite(lon).all() and np.isfinite(lat).all()):
            bad = int(np.argmin(np.isfinite(lon) & np.isfinite(lat)))
            message = f"`{x[bad]:.10g},{y[bad]:.10g}` is no place in `{system.name}`"
            raise SystemRefused(message, "check the declared system, and the order easting, northing")
        return lon, lat

    transform: Callable[..., Geometries] = shapely.transform
    return transform(geometries, move, interleaved=False)


def settled(stated: System | None, declared: str) -> System:
    """The system of a file of which the user states one, the file declares one (`EPSG:n` or WKT), both or none.

    Raises `SystemRefused`: the two are not the same, or what the file declares cannot be placed. WGS 84 and CGCS2000
    count as the same, with the error of WGS 84.
    """
    if not declared:
        return stated or UNDECLARED
    if stated is None:
        return from_text(declared)
    try:
        found = from_text(declared, stated.helmert)
    except SystemRefused as refused:
        raise SystemRefused(f"`{stated.name}` is declared, but in the file: {refused}", refused.help) from None
    if found.datum is Datum.UNDECLARED:
        return stated
    if not _same(stated, found):
        help = "keep what is right, and correct the other; a .prj that is wrong can be removed"
        raise SystemRefused(f"`{stated.name}` is declared, but the file says `{found.name}`", help)
    return evolve(stated, error=max(stated.error, found.error))


def _same(a: System, b: System) -> bool:
    """Whether the same numbers mean the same places, but for what lies between WGS 84 and CGCS2000."""
    alike = (Datum.CGCS2000, Datum.WGS84)
    if not (a.datum is b.datum or (a.datum in alike and b.datum in alike)) or not (a.wkt and b.wkt):
        return False
    lon, lat = np.array([98.0, 102.0, 106.0]), np.array([21.5, 25.0, 29.0])
    there, back = _to_base(a.wkt), _to_base(b.wkt)
    x, y = _pair(there.transform(lon, lat, direction="INVERSE"))
    return bool(np.allclose(_pair(back.transform(x, y)), (lon, lat), rtol=0, atol=1e-9))


def undeclared_error(bounds: Bounds) -> float:
    """How far off coordinates of an undeclared system within `bounds` (degrees) may be, in m."""
    west, south, east, north = YUNNAN
    within = west <= bounds[0] and south <= bounds[1] and bounds[2] <= east and bounds[3] <= north
    return UNDECLARED_ERROR if within else UNDECLARED_ERROR_IN_CHINA
