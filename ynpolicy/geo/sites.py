"""A project's site, as a point, its corners or a file, read and placed."""

from __future__ import annotations

import hashlib
import json
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from attrs import frozen

from ynpolicy.cases import Words, english_keys, scalar_text
from ynpolicy.documents import Mapping, Node, Scalar, Sequence, describe, read_file
from ynpolicy.errors import InputError, Place, Problem
from ynpolicy.geo.coordinates import POINT_HELP, at_least, read_length, read_point
from ynpolicy.geo.files import enclosed, read_table
from ynpolicy.geo.files_formats import SUFFIXES
from ynpolicy.geo.layers import Site
from ynpolicy.geo.placing import bounds_of, place_rows, whole
from ynpolicy.geo.systems import Datum, System
from ynpolicy.geo.systems_checks import in_china
from ynpolicy.geo.systems_words import read_system
from ynpolicy.location import Doubt
from ynpolicy.values import number_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Geometries = NDArray[np.object_]

SITE_KEYS: Final[Words] = {
    "point": ("点", "坐标", "经纬度"),
    "corners": ("拐点", "拐点坐标"),
    "file": ("文件",),
    "table": ("图层", "表"),
    "system": ("坐标系",),
    "accuracy": ("精度", "误差"),
    "extent": ("范围", "半径"),
}
_WAYS: Final = ("point", "corners", "file")
_LONGEST: Final = 60
_YAML: Final = (".yaml", ".yml")


@frozen
class _Stated:
    """What is said of a site besides where it is."""

    system: System | None
    accuracy: Fraction | None
    extent: Fraction | None


def read_site(
    node: Node | str | Path,
    problems: list[Problem],
    *,
    system: str = "",
    accuracy: str | Fraction | None = None,
    extent: str | Fraction | None = None,
    folder: Path = Path(),
) -> Site | None:
    """A site from what a user gives: `longitude,latitude`, the name of a file, a mapping with the keys `SITE_KEYS`, or
    a YAML file with such a mapping; the names of files in it are relative to `folder`, or to that file.

    `system`, `accuracy` and `extent` (in m, or with a unit) say what the mapping may say too. None where something is
    wrong; every problem is added to `problems`.
    """
    options = {
        "system": system,
        "accuracy": number_text(accuracy) if isinstance(accuracy, Fraction) else accuracy or "",
        "extent": number_text(extent) if isinstance(extent, Fraction) else extent or "",
    }
    reader = _Reader(problems, {key: Scalar(text, True, Place(key)) for key, text in options.items() if text})
    before = len(problems)
    try:
        site = reader.read(node, folder)
    except InputError as error:
        problems.extend(error.problems)
        return None
    return site if len(problems) == before else None


class _Reader:
    def __init__(self, problems: list[Problem], options: dict[str, Node]) -> None:
        self.problems = problems
        self.options = options

    def report(self, place: Place, message: str, help: str = "") -> None:
        self.problems.append(Problem(place, message, help))

    def read(self, node: Node | str | Path, folder: Path) -> Site | None:
        match node:
            case str():
                return self.scalar(Scalar(node, True, Place("site")), folder)
            case Path() if node.suffix.lower() in _YAML:
                return self.mapping(read_file(node, problems=self.problems), node.parent)
            case Path():
                return self.file(str(node), node, Place(str(node)), {})
            case Scalar():
                return self.scalar(node, folder)
        return self.mapping(node, folder)

    def scalar(self, node: Scalar, folder: Path) -> Site | None:
        """A point, or the name of a file."""
        text = node.text.strip()
        suffix = Path(text).suffix.lower()
        if suffix in _YAML:
            return self.read(folder / text, folder)
        if suffix in SUFFIXES or (folder / text).is_file():
            return self.file(text, folder / text, node.place, {})
        try:
            read_point(text)
        except ValueError:
            if not any(character.isdigit() for character in text):
                self.report(node.place, f"{describe(node)} is neither a point nor a file", POINT_HELP)
                return None
        return self.point(node, {})

    def mapping(self, node: Node, folder: Path) -> Site | None:
        if not isinstance(node, Mapping):
            self.report(node.place, f"{describe(node)} is not a site", "write `point:`, `corners:` or `file:`")
            return None
        found = english_keys(node, SITE_KEYS, self.problems)
        given = [way for way in _WAYS if way in found]
        if len(given) != 1:
            message = (
                "the site has no place" if not given else f"the site has {' and '.join(f'`{way}`' for way in given)}"
            )
            self.report(node.place, message, "write one of `point:`, `corners:` and `file:`")
            self.stated(found)
            return None
        if "table" in found and "file" not in found:
            self.report(found["table"].place, "`table` belongs to a file", "leave it out")
        if "file" in found:
            name = scalar_text(found["file"], "file", self.problems)
            return self.file(name, folder / name, found["file"].place, found) if name else None
        return self.point(found["point"], found) if "point" in found else self.corners(found["corners"], found)

    def stated(self, found: dict[str, Node]) -> _Stated | None:
        """What is said of the site, by its mapping or by options, and by both alike."""
        before = len(self.problems)
        for key in (key for key in found if key in self.options):
            mine, theirs = found[key], self.options[key]
            if describe(mine) != describe(theirs):
                message = f"`{key}` is {describe(mine)} here and {describe(theirs)} in the command"
                self.report(mine.place, message, "keep one of them")
        said = self.options | found
        system = read_system(said["system"], self.problems) if "system" in said else None
        lengths = {key: read_length(said[key], key, self.problems) for key in ("accuracy", "extent") if key in said}
        if len(self.problems) > before:
            return None
        return _Stated(system, lengths.get("accuracy"), lengths.get("extent"))

    def point(self, node: Node, found: dict[str, Node]) -> Site | None:
        stated, numbers = self.stated(found), self.numbers(node)
        if stated is None or numbers is None:
            return None
        return self.site(_joined(node)[:_LONGEST], np.array([shapely.Point(numbers)]), "", node.place, stated)

    def corners(self, node: Node, found: dict[str, Node]) -> Site | None:
        stated = self.stated(found)
        if not isinstance(node, Sequence) or len(node.items) < 3:
            self.report(
                node.place, f"{describe(node)} is not three corners or more", "write one `- 102.71,25.04` a line"
            )
            return None
        corners = [self.numbers(item) for item in node.items]
        known = [corner for corner in corners if corner is not None]
        if stated is None or len(known) < len(corners):
            return None
        shown = "; ".join(map(_joined, node.items))
        shown = shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"
        return self.site(shown, np.array([shapely.Polygon(known)]), "", node.place, stated)

    def numbers(self, node: Node) -> tuple[float, float] | None:
        if isinstance(node, Mapping):
            self.report(node.place, f"{describe(node)} is not a point", POINT_HELP)
            return None
        try:
            return read_point(_joined(node))
        except ValueError as error:
            self.report(node.place, str(error), POINT_HELP)
            return None

    def file(self, shown: str, path: Path, place: Place, found: dict[str, Node]) -> Site | None:
        stated = self.stated(found)
        chosen = scalar_text(found.get("table"), "table", self.problems)
        if not path.exists():
            self.report(place, f"there is no file `{shown}`", "give its name as seen from here")
            return None
        table = read_table(path, str(path), chosen)
        if stated is None:
            return None
        name = f"{path.name} {chosen}".strip()
        return self.site(name, table.geometries, table.declared, Place(str(path)), stated)

    def site(self, shown: str, drawn: Geometries, declared: str, place: Place, stated: _Stated) -> Site | None:
        found = place_rows(enclosed(drawn), stated.system, declared, place, self.problems)
        if found is None:
            return None
        geometries, system = found
        bounds = bounds_of(geometries)
        if not in_china(bounds):
            where = f"`{bounds[0]:.6g},{bounds[1]:.6g}`"
            help = "check the numbers, the declared system, and the order longitude, latitude"
            self.report(place, f"the site reaches to {where}, outside China", help)
            return None
        geometry = whole(geometries)
        is_point = bool((shapely.get_type_id(shapely.get_parts(geometry)) == 0).any())
        if stated.extent is not None and not is_point:
            self.report(place, "only a point has an extent", "leave it out: what is drawn counts")
            return None
        accuracy = None if stated.accuracy is None else at_least(stated.accuracy)
        extent = None if stated.extent is None else at_least(stated.extent)
        return Site(
            shown=shown,
            system=system.name,
            geometry=geometry,
            accuracy=accuracy,
            error=None if accuracy is None else accuracy + system.error,
            extent=extent if is_point else 0.0,
            digest=_digest(drawn, system, stated),
            doubts=(Doubt.SITE_SYSTEM,) if system.datum is Datum.UNDECLARED else (),
        )


def _joined(node: Node) -> str:
    """A point's text; of a list of two numbers, with a comma between."""
    match node:
        case Scalar(text):
            return text.strip()
        case Sequence(items) if all(isinstance(item, Scalar) for item in items):
            return ",".join(item.text for item in items if isinstance(item, Scalar))
    return describe(node)


def _digest(drawn: Geometries, system: System, stated: _Stated) -> str:
    said = {
        "geometry": [shapely.to_wkb(shapely.force_2d(one), hex=True, byte_order=1) for one in drawn],
        "system": repr((system.name, system.helmert)),
        "accuracy": str(stated.accuracy),
        "extent": str(stated.extent),
    }
    return "sha256:" + hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
