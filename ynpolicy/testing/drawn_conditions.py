"""Terms and conditions drawn at random, over the vocabulary and the law of drawn packs.

Names come from small pools: then norms share facts, and facts meet the same thresholds.
"""

from __future__ import annotations

from typing import Final

from attrs import evolve

from ynpolicy.ir import (
    AS_OF,
    All,
    AnyOf,
    Arithmetic,
    Compare,
    Condition,
    FactRef,
    Holds,
    In,
    Kind,
    Literal,
    Not,
    Overlaps,
    ParameterRef,
    Term,
    Within,
)
from ynpolicy.testing.chance import Draw
from ynpolicy.testing.drawn_values import draw_exact
from ynpolicy.values import Interval, SymbolSet

SYMBOLS: Final = ("new", "old", "cd", "pb")
FACT_KINDS: Final[dict[str, tuple[Kind, str]]] = {
    "site.inside": (Kind.BOOLEAN, ""),
    "project.built": (Kind.BOOLEAN, ""),
    "project.listed": (Kind.BOOLEAN, ""),
    "site.county": (Kind.SYMBOL, ""),
    "transfer.origin": (Kind.SYMBOL, ""),
    "project.nature": (Kind.SYMBOLS, ""),
    "waste.metals": (Kind.SYMBOLS, ""),
    "site.distance": (Kind.NUMBER, "m"),
    "offset.increase": (Kind.NUMBER, "kg/a"),
    "offset.reduction": (Kind.NUMBER, "kg/a"),
    "plant.load": (Kind.NUMBER, "1"),
    "project.started": (Kind.DATE, ""),
    "project.approved": (Kind.DATE, ""),
    "project.remark": (Kind.TEXT, ""),
}
PARAMETER_KINDS: Final[dict[str, tuple[Kind, str]]] = {
    "strict": (Kind.BOOLEAN, ""),
    "home": (Kind.SYMBOL, ""),
    "key_metals": (Kind.SYMBOLS, ""),
    "buffer": (Kind.NUMBER, "m"),
    "cap": (Kind.NUMBER, "kg/a"),
    "ratio": (Kind.NUMBER, "1"),
    "issued": (Kind.DATE, ""),
}
ORDER: Final = ("<=", "<", ">=", ">", "==", "!=")


# ---------------------------------------------------------------- terms


def draw_plain(draw: Draw, kind: Kind, unit: str = "") -> Term:
    """A fact, a parameter or a literal of a kind and unit."""
    named: list[Term] = [FactRef(name) for name, what in FACT_KINDS.items() if what == (kind, unit)]
    named += [ParameterRef(name) for name, what in PARAMETER_KINDS.items() if what == (kind, unit)]
    named += [ParameterRef(AS_OF.name)] if kind is Kind.DATE else []
    if not named or draw.chance(25):
        return draw_literal(draw, kind)
    return draw.one_of(named)


def draw_literal(draw: Draw, kind: Kind) -> Literal:
    """A constant of a kind."""
    match draw_exact(draw, kind, SYMBOLS):
        case Interval(number):
            return Literal(number)
        case SymbolSet(members):
            return Literal(members)
        case value:
            return Literal(value)


def draw_number_term(draw: Draw, unit: str, depth: int = 2) -> Term:
    """A number term of one unit: the two sides of a sum have it both, a product has one plain number."""
    if depth == 0 or not draw.chance(40):
        return draw_plain(draw, Kind.NUMBER, unit)
    op = draw.one_of("+-*")
    units = draw.one_of(((unit, "1"), ("1", unit))) if op == "*" else (unit, unit)
    left, right = (draw_number_term(draw, side, depth - 1) for side in units)
    return Arithmetic(op, left, right)


# ---------------------------------------------------------------- conditions


def draw_leaf(draw: Draw) -> Condition:
    """One comparison of any kind."""
    match draw.one_of(("number", "holds", "overlaps", "in", "within", "date", "symbol", "boolean", "number")):
        case "number":
            unit = draw.one_of(("m", "kg/a", "1"))
            return Compare(draw.one_of(ORDER), draw_number_term(draw, unit), draw_number_term(draw, unit))
        case "holds":
            names = [FactRef(n) for n, (kind, _) in FACT_KINDS.items() if kind is Kind.BOOLEAN]
            return Holds(ParameterRef("strict") if draw.chance(10) else draw.one_of(names))
        case "overlaps":
            return Overlaps(draw_plain(draw, Kind.SYMBOLS), draw_plain(draw, Kind.SYMBOLS))
        case "within":
            return Within(draw_plain(draw, Kind.SYMBOLS), draw_plain(draw, Kind.SYMBOLS))
        case "in":
            return In(draw_plain(draw, Kind.SYMBOL), draw_plain(draw, Kind.SYMBOLS))
        case "date":
            return Compare(draw.one_of(ORDER), draw_plain(draw, Kind.DATE), draw_plain(draw, Kind.DATE))
        case "symbol":
            return Compare(draw.one_of(("==", "!=")), draw_plain(draw, Kind.SYMBOL), draw_plain(draw, Kind.SYMBOL))
        case _:
            return Compare(draw.one_of(("==", "!=")), draw_plain(draw, Kind.BOOLEAN), draw_plain(draw, Kind.BOOLEAN))


def draw_condition(draw: Draw, depth: int = 2, fewest: int = 0) -> Condition:
    """A condition; its `all` and `any` have at least `fewest` items."""
    if depth == 0 or not draw.chance(45):
        return draw_leaf(draw)
    match draw.one_of(("any", "not", "all")):
        case "not":
            return Not(draw_condition(draw, depth - 1, fewest))
        case kind:
            least = max(fewest, 0 if draw.chance(5) else 1)
            items = draw.some(least, 3, lambda: draw_condition(draw, depth - 1, fewest))
            return All(items) if kind == "all" else AnyOf(items)


def addressed(condition: Condition, id: str) -> Condition:
    """The condition with an address at each node, as a loaded pack has."""
    match condition:
        case Not(item):
            return evolve(condition, id=id, item=addressed(item, f"{id}.not"))
        case All(items) | AnyOf(items):
            return evolve(condition, id=id, items=tuple(addressed(item, f"{id}[{i}]") for i, item in enumerate(items)))
    return evolve(condition, id=id)


def draw_lines(draw: Draw, id: str, fewest: int, most: int) -> All:
    """The lines under one key of a norm."""
    return All(tuple(addressed(draw_condition(draw), f"{id}[{i}]") for i in range(draw.between(fewest, most))), id)
