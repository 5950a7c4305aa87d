"""Units as a plain table: what may be converted into what, exactly.

Only conversions that are a fixed factor stand here. A daily capacity is not converted to a yearly one: the number of
working days is a fact of the project.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Final

from ynpolicy.errors import nearest

_F = Fraction

_TABLE: Final[dict[str, tuple[tuple[str, Fraction], ...]]] = {
    "length": (("m", _F(1)), ("km", _F(1000)), ("cm", _F(1, 100)), ("mm", _F(1, 1000))),
    "area": (("m2", _F(1)), ("km2", _F(10**6)), ("ha", _F(10**4)), ("亩", _F(2000, 3))),
    "volume": (("m3", _F(1)), ("万m3", _F(10**4)), ("L", _F(1, 1000))),
    "mass": (("t", _F(1)), ("kg", _F(1, 1000)), ("g", _F(1, 10**6)), ("mg", _F(1, 10**9)), ("万t", _F(10**4))),
    "mass per year": (
        ("t/a", _F(1)),
        ("kg/a", _F(1, 1000)),
        ("g/a", _F(1, 10**6)),
        ("mg/a", _F(1, 10**9)),
        ("万t/a", _F(10**4)),
    ),
    "mass per day": (("t/d", _F(1)), ("kg/d", _F(1, 1000)), ("万t/d", _F(10**4))),
    "volume per year": (("m3/a", _F(1)), ("万m3/a", _F(10**4))),
    "area per year": (("m2/a", _F(1)), ("万m2/a", _F(10**4))),
    "concentration in air": (("mg/m3", _F(1)), ("µg/m3", _F(1, 1000)), ("g/m3", _F(1000))),
    "concentration in water": (("mg/L", _F(1)), ("µg/L", _F(1, 1000)), ("g/L", _F(1000))),
    "toxic equivalent in air": (("ngTEQ/m3", _F(1)),),
    "content": (("mg/kg", _F(1)), ("g/kg", _F(1000))),
    "share": (("%", _F(1)), ("‰", _F(1, 10))),
    "money": (("万元", _F(1)), ("元", _F(1, 10**4)), ("亿元", _F(10**4))),
    "time": (("d", _F(1)), ("h", _F(1, 24))),
    "working time": (("工作日", _F(1)),),
    "year": (("a", _F(1)),),
    "number": (("1", _F(1)), ("万", _F(10**4))),
}

_SPELLINGS: Final = (
    ("公里", "km"),
    ("千米", "km"),
    ("厘米", "cm"),
    ("毫米", "mm"),
    ("平方米", "m2"),
    ("立方米", "m3"),
    ("公顷", "ha"),
    ("米", "m"),
    ("千克", "kg"),
    ("公斤", "kg"),
    ("毫克", "mg"),
    ("吨", "t"),
    ("克", "g"),
    ("升", "L"),
    ("每年", "/a"),
    ("/年", "/a"),
    ("/yr", "/a"),
    ("/year", "/a"),
    ("/天", "/d"),
    ("/日", "/d"),
    ("²", "2"),
    ("³", "3"),
    ("^", ""),
    ("μ", "µ"),
    ("％", "%"),
    ("／", "/"),
)
_COUNTERS: Final = frozenset("个家座项台套处人件户")

_KNOWN: Final = {name: (dimension, factor) for dimension, units in _TABLE.items() for name, factor in units}
_LOWER: Final = {name.lower(): name for name in _KNOWN if name.lower() not in ("l",)}


class UnitError(ValueError):
    """A unit is not known, or does not measure the same thing; the text says which and what would be right."""

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.help = help


def canonical_unit(text: str) -> str:
    """The name of a unit in the table. Raises `UnitError` for a word that is none."""
    name = _known(text)
    if name is None:
        found = nearest(_spelt(text), _KNOWN) or f"known are {', '.join(_KNOWN)}"
        raise UnitError(f"`{text}` is not a known unit", found)
    return name


def _spelt(text: str) -> str:
    name = "".join(text.split())
    for spelling, meaning in _SPELLINGS:
        name = name.replace(spelling, meaning)
    return name


@lru_cache(maxsize=4096)
def _known(text: str) -> str | None:
    name = "".join(text.split())
    if not name or name in _COUNTERS:
        return "1"
    name = _spelt(text)
    return name if name in _KNOWN else _LOWER.get(name.lower())


def conversion(given: str, wanted: str) -> Fraction:
    """The factor that turns a number in unit `given` into one in unit `wanted`. Raises `UnitError`."""
    wanted_dimension, wanted_factor = _KNOWN[canonical_unit(wanted)]
    choices = ", ".join(name for name, _ in _TABLE[wanted_dimension])
    name = _known(given)
    if name is None:
        raise UnitError(f"`{given}` is not a known unit", f"write it in {choices}")
    dimension, factor = _KNOWN[name]
    if dimension != wanted_dimension:
        if (dimension, wanted_dimension) == ("mass per day", "mass per year"):
            help = f"multiply by the days of operation in a year and write it in {choices}"
        else:
            help = f"write it in {choices}"
        raise UnitError(f"`{given}` measures {dimension}, not {wanted_dimension}", help)
    return factor / wanted_factor


def product_unit(a: str, b: str) -> str | None:
    """The unit of a product, where one side is a plain number; None otherwise."""
    if a in ("", "1"):
        return b
    return a if b in ("", "1") else None
