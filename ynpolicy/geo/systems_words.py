"""What people call coordinate systems, in Chinese and English, and the seven parameters of the old ones."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from ynpolicy.cases import Words, english_keys, scalar_text
from ynpolicy.documents import Mapping, Node, Scalar, describe
from ynpolicy.errors import Place, Problem, nearest
from ynpolicy.geo.systems import (
    CGCS2000_EPSG,
    Datum,
    Helmert,
    System,
    SystemRefused,
    around_meridian,
    from_epsg,
    offset_system,
)
from ynpolicy.values import read_number

DATUM_WORDS: Final[dict[Datum, tuple[str, ...]]] = {
    Datum.CGCS2000: (
        *("CGCS2000", "国家大地坐标系2000", "2000国家大地坐标系", "国家2000", "大地2000"),
        *("China Geodetic Coordinate System 2000", "China2000"),
    ),
    Datum.WGS84: ("WGS84", "WGS1984", "GPS"),
    Datum.GCJ02: ("GCJ02", "火星", "高德", "腾讯", "国测局"),
    Datum.BD09: ("BD09", "百度"),
    Datum.BEIJING54: ("Beijing54", "Beijing1954", "北京54", "1954北京坐标系", "1954年北京坐标系", "北京1954"),
    Datum.XIAN80: ("Xian80", "Xian1980", "西安80", "1980西安坐标系", "1980年西安坐标系", "西安1980"),
}
"""The words that a declaration may begin with; spaces, hyphens and case do not count."""

EXAMPLES: Final = (
    *("CGCS2000", "国家大地坐标系2000", "WGS 84", "GPS", "GCJ-02", "高德", "火星坐标系", "BD-09", "百度"),
    *("CGCS2000 / 3-degree GK zone 34", "CGCS2000 3度带34带", "CGCS2000 中央经线102", "CGCS2000 6度带17带"),
    *("WGS 84 / UTM zone 47N", "Web Mercator", "EPSG:4490", "EPSG:4522", "EPSG:4543"),
    *("Beijing 54", "北京54", "Xi'an 80", "西安80"),
)
"""Declarations as people write them: what an unknown one is compared with."""

SYSTEM_KEYS: Final[Words] = {
    "name": ("名称", "坐标系"),
    "dx": ("X平移",),
    "dy": ("Y平移",),
    "dz": ("Z平移",),
    "rx": ("X旋转",),
    "ry": ("Y旋转",),
    "rz": ("Z旋转",),
    "scale": ("尺度",),
    "convention": ("旋转约定",),
    "accuracy": ("精度",),
}
CONVENTIONS: Final = ("position_vector", "coordinate_frame")

_PARAMETERS: Final = {"dx": 2000, "dy": 2000, "dz": 2000, "rx": 60, "ry": 60, "rz": 60, "scale": 100, "accuracy": 100}
"""The seven parameters and the accuracy, each with the size beyond which it is taken for a mistake of unit."""

_FIRST: Final = {
    Datum.CGCS2000: (4513, 4534, 4491),
    Datum.BEIJING54: (2401, 2422, 21413),
    Datum.XIAN80: (2349, 2370, 2327),
}
"""EPSG codes of the first Gauss-Krüger zone: three-degree zone 25, three-degree meridian 75° E, six-degree zone 13."""

_GEOGRAPHIC: Final = {Datum.CGCS2000: CGCS2000_EPSG, Datum.WGS84: 4326, Datum.BEIJING54: 4214, Datum.XIAN80: 4610}
_GENERIC: Final = ("坐标系统", "坐标系", "坐标", "地图", "经纬度", "地理", "geographic", "lonlat", "degrees", "ll")
_PROJECTION: Final = re.compile("gausskr(?:u|ue)ger|高斯克吕格|高斯克里格|高斯|投影|gk")
_WIDTH: Final = re.compile("([36三六])(?:degree|deg|度|°)(?:分?带)?")
_MERIDIAN: Final = re.compile(r"(?:cm|centralmeridian|中央经线|中央子午线)(\d{2,3}(?:\.\d+)?)(?:°|度)?e?")
_ZONE: Final = re.compile(r"(?:zone|第)(\d{2})号?带?|(\d{2})号?带")
_UTM: Final = re.compile(r"utm(?:zone)?(\d{2})n")
_MERCATOR: Final = re.compile(r"(?:web|pseudo)(?:mercator|墨卡托)")
_CODE: Final = re.compile(r"(?:epsg)?(\d{4,5})")


def read_system(node: Node, problems: list[Problem]) -> System | None:
    """The system that a declaration names: words, an EPSG code, or a mapping with the seven parameters.

    None where it is left out or wrong; what is wrong is added to `problems`.
    """
    if isinstance(node, Scalar):
        return None if node.is_null else _named(node.text, None, node.place, problems)
    if not isinstance(node, Mapping):
        problems.append(Problem(node.place, f"{describe(node)} is not a coordinate system", "write its name"))
        return None
    found = english_keys(node, SYSTEM_KEYS, problems)
    name = scalar_text(found.get("name"), "name", problems)
    if not name:
        problems.append(Problem(node.place, "the coordinate system has no name", "write `name:`"))
        return None
    if not found.keys() & _PARAMETERS.keys():
        return _named(name, None, found["name"].place, problems)
    helmert = _parameters(found, node.place, problems)
    return _named(name, helmert, found["name"].place, problems) if helmert else None


def named_system(text: str, helmert: Helmert | None = None) -> System:
    """The system of a name or an EPSG code. Raises `SystemRefused`."""
    code = _CODE.fullmatch(_plain(text))
    if code:
        return from_epsg(int(code[1]), helmert)
    stated, _, rest = text.partition("(EPSG:")
    if rest.rstrip().endswith(")") and rest.rstrip()[:-1].isdigit():
        system, same = from_epsg(int(rest.rstrip()[:-1]), helmert), named_system(stated, helmert)
        if system.wkt != same.wkt:
            raise SystemRefused(f"`{stated.strip()}` is not EPSG:{rest.rstrip()[:-1]}", "write one of them")
        return system
    datum, rest = _datum_of(text)
    if datum in (Datum.GCJ02, Datum.BD09):
        if rest or helmert is not None:
            raise _unknown(text)
        return offset_system(datum)
    return _on_datum(datum, rest, text, helmert)


def _named(text: str, helmert: Helmert | None, place: Place, problems: list[Problem]) -> System | None:
    try:
        return named_system(text, helmert)
    except SystemRefused as refused:
        problems.append(Problem(place, str(refused), refused.help))
        return None


def _plain(text: str) -> str:
    kept = unicodedata.normalize("NFKC", text).casefold().replace("ü", "u").replace("′", "")
    return re.sub(r"[\s_/\\,;:，、()'’\[\]-]+", "", kept)


def _datum_of(text: str) -> tuple[Datum, str]:
    """The datum that a text begins with, and what else it says."""
    plain = _plain(text)
    if _MERCATOR.fullmatch(plain):
        return Datum.WGS84, plain
    words = [(_plain(word), datum) for datum, found in DATUM_WORDS.items() for word in found]
    for word, datum in sorted(words, key=lambda pair: -len(pair[0])):
        if plain.startswith(word):
            rest = plain.removeprefix(word)
            for generic in _GENERIC:
                rest = rest.replace(generic, "")
            return datum, rest
    raise _unknown(text)


def _unknown(text: str) -> SystemRefused:
    help = nearest(text, EXAMPLES) or "write for example CGCS2000, CGCS2000 / 3-degree GK zone 34, EPSG:4490 or GCJ-02"
    return SystemRefused(f"unknown coordinate system `{text}`", help)


def _on_datum(datum: Datum, rest: str, text: str, helmert: Helmert | None) -> System:
    if not rest:
        return from_epsg(_GEOGRAPHIC[datum], helmert)
    if datum is Datum.WGS84:
        utm = _UTM.fullmatch(rest)
        if utm and 1 <= int(utm[1]) <= 60:
            return from_epsg(32600 + int(utm[1]), helmert)
        if _MERCATOR.fullmatch(rest):
            return from_epsg(3857, helmert)
        raise _unknown(text)
    rest = _PROJECTION.sub("", rest)
    meridian = _MERIDIAN.search(rest)
    rest = _MERIDIAN.sub("", rest, count=1)
    width = _WIDTH.search(rest)
    rest = _WIDTH.sub("", rest, count=1)
    zone = _ZONE.search(rest)
    rest = _ZONE.sub("", rest, count=1)
    if rest or (zone is None) == (meridian is None):
        if not rest and zone is None:
            help = "write the zone, `CGCS2000 / 3-degree GK zone 34`, or the central meridian, `CGCS2000 CM 102`"
            raise SystemRefused(f"`{text}` does not say which zone", help)
        raise _unknown(text)
    degrees = {"3": 3, "三": 3, "6": 6, "六": 6}[width[1]] if width else 0
    if zone is not None:
        return _zone(datum, int(zone[1] or zone[2]), degrees, text, helmert)
    assert meridian is not None
    return _meridian(datum, float(meridian[1]), degrees, text, helmert)


def _zone(datum: Datum, zone: int, degrees: int, text: str, helmert: Helmert | None) -> System:
    three, _, six = _FIRST[datum]
    if 25 <= zone <= 45 and degrees in (0, 3):
        return from_epsg(three + zone - 25, helmert)
    if 13 <= zone <= 23 and degrees in (0, 6):
        return from_epsg(six + zone - 13, helmert)
    help = "three-degree zones of China are 25 to 45, six-degree zones 13 to 23"
    raise SystemRefused(f"`{text}` names a zone that does not exist", help)


def _meridian(datum: Datum, meridian: float, degrees: int, text: str, helmert: Helmert | None) -> System:
    if degrees and (meridian - 75) % degrees:
        help = "three-degree zones have their meridians at 75, 78, 81 ..., six-degree zones at 75, 81, 87 ..."
        raise SystemRefused(f"`{text}` names a central meridian that such zones do not have", help)
    if not 73 <= meridian <= 136:
        help = "central meridians of China lie between 73 and 136 degrees; those of Yunnan are 99, 102 and 105"
        raise SystemRefused(f"`{text}` names a central meridian outside China", help)
    if meridian % 3 == 0:
        return from_epsg(_FIRST[datum][1] + int(meridian - 75) // 3, helmert)
    return around_meridian(datum, _GEOGRAPHIC[datum], meridian, helmert)


def _parameters(found: dict[str, Node], place: Place, problems: list[Problem]) -> Helmert | None:
    before = len(problems)
    values: dict[str, float] = {}
    for key, most in _PARAMETERS.items():
        if key not in found:
            problems.append(Problem(place, f"the seven parameters lack `{key}`", _UNITS))
            continue
        text = scalar_text(found[key], key, problems)
        try:
            values[key] = float(read_number(text))
        except ValueError:
            problems.append(Problem(found[key].place, f"`{key}`: `{text}` is not a plain decimal number", _UNITS))
            continue
        if abs(values[key]) > most or (key == "accuracy" and values[key] < 0):
            problems.append(Problem(found[key].place, f"`{key}`: `{text}` is impossible", _UNITS))
    convention = scalar_text(found.get("convention"), "convention", problems)
    if convention not in CONVENTIONS:
        where = found["convention"].place if "convention" in found else place
        message = f"unknown convention `{convention}`" if convention else "the seven parameters lack `convention`"
        help = "it says which way rotations turn: position_vector (EPSG:1033) or coordinate_frame (EPSG:1032)"
        problems.append(Problem(where, message, help))
    return Helmert(convention=convention, **values) if len(problems) == before else None


_UNITS: Final = "dx, dy, dz and accuracy are in m, rx, ry, rz in seconds of arc, scale in parts per million"
