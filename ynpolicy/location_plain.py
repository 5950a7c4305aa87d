"""What geometry finds about a site as plain data, exactly, and back."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from fractions import Fraction
from functools import cache
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

import attrs

from ynpolicy.location import Location


def location_to_plain(location: Location) -> dict[str, Any]:
    """A location as JSON can hold it: fractions as texts, tuples as lists, doubts by their words."""
    plain: dict[str, Any] = _plain(location)
    return plain


def location_from_plain(data: Mapping[str, Any]) -> Location:
    """The location that `location_to_plain` wrote. Raises `ValueError` for anything else."""
    try:
        found = _typed(Location, data)
    except (TypeError, KeyError, ZeroDivisionError) as error:
        raise ValueError(f"this is no location: {error}") from None
    assert isinstance(found, Location)
    return found


def _plain(value: Any) -> Any:
    if attrs.has(type(value)):
        return {field.name: _plain(getattr(value, field.name)) for field in attrs.fields(type(value))}
    match value:
        case Enum():
            return value.value
        case Fraction():
            return str(value)
        case tuple():
            return [_plain(item) for item in value]
    return value


_hints = cache(get_type_hints)


def _typed(kind: Any, data: Any) -> Any:
    """Plain data as a value of a type: an attrs class, an enumeration, a tuple, one of several, or plain itself."""
    if get_origin(kind) is UnionType:
        kinds = [one for one in get_args(kind) if one is not NoneType]
        return None if data is None else _typed(kinds[0], data)
    if get_origin(kind) is tuple:
        kinds = list(get_args(kind))
        if not isinstance(data, list):
            raise TypeError(f"`{data}` is no list")
        inner = [kinds[0]] * len(data) if kinds[1:] == [...] else kinds
        return tuple(_typed(one, item) for one, item in zip(inner, data, strict=True))
    if attrs.has(kind):
        hints = _hints(kind)
        return kind(**{field.name: _typed(hints[field.name], data[field.name]) for field in attrs.fields(kind)})
    if kind is Fraction or issubclass(kind, Enum):
        return kind(data)
    if kind is float and isinstance(data, int) and not isinstance(data, bool):
        return float(data)
    if type(data) is not kind:
        raise TypeError(f"`{data}` is no {kind.__name__}")
    return data
