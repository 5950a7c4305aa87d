"""Coordinates and lengths as people write them: `102.7123,25.0412`, `东经102°42′44.3″，北纬25°02′28″`, `30 m`."""

from __future__ import annotations

import math
import re
import unicodedata
from fractions import Fraction
from typing import Final

from ynpolicy.documents import Node, Scalar, describe
from ynpolicy.errors import Problem
from ynpolicy.units import UnitError, conversion
from ynpolicy.values import read_number

POINT_HELP: Final = (
    "write longitude before latitude, `102.7123,25.0412` or `102°42′44″E 25°02′28″N`, or easting before northing"
)
_SIGNS: Final = str.maketrans(
    dict.fromkeys("º˚度", "°") | dict.fromkeys("′’‘＇分", "'") | dict.fromkeys("″”“＂秒", '"')
)
_AXES: Final = {
    **dict.fromkeys(("东经", "e", "lon"), ("x", 1)),
    **dict.fromkeys(("西经", "w"), ("x", -1)),
    **dict.fromkeys(("北纬", "n", "lat"), ("y", 1)),
    **dict.fromkeys(("南纬", "s"), ("y", -1)),
}
"""What may mark a number: its axis, and whether it counts backwards. The letters X and Y do not: Chinese surveyors call
the northing X, and most programs the easting."""

_NUMBER: Final = (
    r"(?P<degrees>[+-]?\d+(?:\.\d*)?)"
    r"(?:\s*°(?:\s*(?P<minutes>\d+(?:\.\d*)?)\s*'(?:\s*(?P<seconds>\d+(?:\.\d*)?)\s*(?:\"|''))?)?)?"
)
_MARKED_BEFORE: Final = re.compile(rf"(?P<mark>{'|'.join(_AXES)})[:=\s]*{_NUMBER}")
_MARKED_AFTER: Final = re.compile(rf"{_NUMBER}(?:\s*(?P<mark>[ewns])(?![a-z]))?")
_BETWEEN: Final = re.compile(r"[\s,;、]*")
_LENGTH: Final = re.compile(r"([+-]?[\d.]+)\s*(\D*)")
_SPREAD: Final = re.compile("标准差|标准偏差|中误差|均方|σ|sigma|std|rms", re.IGNORECASE)


def read_point(text: str) -> tuple[float, float]:
    """The two numbers of a point: longitude and latitude in degrees, or easting and northing.

    The order is that, unless the letters E and N or the words 东经 and 北纬 say otherwise. Raises `ValueError`.
    """
    words = text.replace("经度", "lon").replace("纬度", "lat").translate(_SIGNS)
    plain = unicodedata.normalize("NFKC", words).translate(_SIGNS).casefold().strip()
    angle = _MARKED_BEFORE if _MARKED_BEFORE.match(plain) else _MARKED_AFTER
    found = list(angle.finditer(plain))
    if len(found) != 2 or found[0].start() or not _BETWEEN.fullmatch(plain[found[1].end() :]):
        raise ValueError(f"`{text}` is not a point")
    between = plain[found[0].end() : found[1].start()]
    if not _BETWEEN.fullmatch(between) or not (between or found[0]["mark"]):
        raise ValueError(f"`{text}` is not a point")
    (first, a), (second, b) = (_number(one, text) for one in found)
    if a == b and a:
        raise ValueError(f"`{text}` has two {'longitudes' if a == 'x' else 'latitudes'}")
    return (second, first) if a == "y" or b == "x" else (first, second)


def _number(found: re.Match[str], text: str) -> tuple[float, str]:
    """A number, and whether it is marked as `x` or `y`; empty where it is not."""
    axis, sign = _AXES.get(found["mark"], ("", 1))
    value = Fraction(found["degrees"])
    parts = [Fraction(part) for part in (found["minutes"], found["seconds"]) if part]
    whole = (value, *parts[:-1])
    if any(part >= 60 for part in parts) or (parts and any(part.denominator != 1 for part in whole)):
        raise ValueError(f"`{text}` has degrees, minutes and seconds that cannot be")
    size = abs(value) + sum(part / 60**power for power, part in enumerate(parts, 1))
    return float(-sign * size if found["degrees"].startswith("-") else sign * size), axis


def read_length(node: Node, key: str, problems: list[Problem]) -> Fraction | None:
    """A length in m that is not negative, with or without its unit; None where it is left out or wrong."""
    if isinstance(node, Scalar) and node.is_null:
        return None
    help = "write a length, for example `30 m` or `0.5 km`"
    if not isinstance(node, Scalar):
        problems.append(Problem(node.place, f"{describe(node)} stands where `{key}` needs one value", help))
        return None
    if key == "accuracy" and _SPREAD.search(node.text):
        message = f"`{key}`: `{node.text}` is a standard deviation, not a guaranteed bound"
        problems.append(Problem(node.place, message, "give a bound that the error surely does not exceed"))
        return None
    found = _LENGTH.fullmatch(unicodedata.normalize("NFKC", node.text.strip()).removeprefix("±").strip())
    try:
        if found is None:
            raise ValueError(f"`{node.text}` is not a length")
        number = read_number(found[1])
        metres = number * (conversion(found[2], "m") if found[2].strip() else 1)
    except UnitError as error:
        problems.append(Problem(node.place, f"`{key}`: {error}", error.help))
        return None
    except ValueError as error:
        problems.append(Problem(node.place, f"`{key}`: {error}", help))
        return None
    if metres < 0:
        problems.append(
            Problem(node.place, f"`{key}`: `{node.text}` is negative", "give the size of the largest error")
        )
        return None
    return metres


def at_least(number: Fraction) -> float:
    """The least float that is not below a number."""
    found = float(number)
    return found if Fraction(found) >= number else math.nextafter(found, math.inf)
