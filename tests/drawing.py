"""Vocabularies, terms, conditions and packs, drawn at random.

Everything is drawn from one source of whole numbers, so that the same code serves Hypothesis (which shrinks what it
finds) and a seeded `random.Random` (which is fast enough for a hundred thousand cases). Names come from small pools:
then norms share facts, and facts meet the same thresholds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from random import Random
from typing import Final, TypeVar

from attrs import evolve

from ynpolicy.ir import (
    AS_OF,
    All,
    AnyOf,
    Arithmetic,
    Compare,
    Condition,
    DatedValue,
    Exemption,
    FactRef,
    FactType,
    Holds,
    In,
    Kind,
    Literal,
    Modality,
    Norm,
    Not,
    Overlaps,
    Pack,
    Parameter,
    ParameterRef,
    Symbol,
    Term,
    Text,
    Within,
)
from ynpolicy.values import LARGEST_TICKS, MICRO, Interval, SymbolSet, Value, exact

T = TypeVar("T")

LEVELS_DRAWN: Final = ("project", "transfer")
SYMBOLS: Final = ("new", "old", "cd", "pb")
DAYS: Final = tuple(
    date.fromisoformat(day)
    for day in ("2022-07-01", "2020-12-31", "2021-01-01", "2021-06-30", "2022-06-30", "2023-01-01", "2025-12-31")
)
NUMBERS: Final = tuple(map(Fraction, ("0", "1", "2", "0.5", "-3", "10", "1.2", "99.999999", "1000", "0.000001")))
LARGEST: Final = Fraction(LARGEST_TICKS, MICRO)
TICK: Final = Fraction(1, MICRO)
EMPTY: Final = Text("", "")

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


class Draw:
    """A source of choices: `below(n)` is a whole number from 0 to n - 1, the simplest first."""

    def __init__(self, below: Callable[[int], int]) -> None:
        self.below = below

    def one_of(self, items: Sequence[T]) -> T:
        return items[self.below(len(items))]

    def chance(self, percent: int) -> bool:
        return self.below(100) >= 100 - percent

    def between(self, low: int, high: int) -> int:
        return low + self.below(high - low + 1)

    def subset(self, items: Sequence[T]) -> frozenset[T]:
        chosen = self.below(2 ** len(items))
        return frozenset(item for i, item in enumerate(items) if chosen >> i & 1)

    def some(self, low: int, high: int, make: Callable[[], T]) -> tuple[T, ...]:
        return tuple(make() for _ in range(self.between(low, high)))


def seeded(*seed: object) -> Draw:
    """A fast source that the same seed always repeats."""
    return Draw(Random("/".join(map(str, seed))).randrange)


# ---------------------------------------------------------------- values


def draw_number(draw: Draw) -> Fraction:
    """A whole number of ticks: mostly from a small pool, now and then the largest there is."""
    if draw.chance(4):
        return draw.one_of((LARGEST, -LARGEST, LARGEST - TICK))
    if draw.chance(20):
        return Fraction(draw.between(0, 4000) - 1000, 8)
    return draw.one_of(NUMBERS)


def draw_exact(draw: Draw, kind: Kind, symbols: Sequence[str] = SYMBOLS) -> Value:
    """A settled value of a kind."""
    match kind:
        case Kind.BOOLEAN:
            return draw.chance(50)
        case Kind.SYMBOL:
            return draw.one_of(symbols)
        case Kind.SYMBOLS:
            return SymbolSet(draw.subset(symbols))
        case Kind.NUMBER:
            return exact(draw_number(draw))
        case _:
            return draw.one_of(DAYS)


def draw_value(draw: Draw, kind: Kind, symbols: Sequence[str] = SYMBOLS) -> Value:
    """A value of a kind as a case may have it: numbers also measured, sets also partly known."""
    value = draw_exact(draw, kind, symbols)
    match value:
        case Interval(lo, hi) if draw.chance(30):
            low, high = sorted((lo, draw_number(draw) if draw.chance(50) else hi + draw.one_of((TICK, -TICK))))
            return Interval(max(low, -LARGEST), min(high, LARGEST))
        case SymbolSet(members) if draw.chance(35):
            return SymbolSet(members, complete=False)
    return value


# ---------------------------------------------------------------- vocabulary


def draw_facts(draw: Draw) -> dict[str, FactType]:
    """A vocabulary with every kind of fact."""
    return {name: _fact(draw, name, *what) for name, what in FACT_KINDS.items()}


def _fact(draw: Draw, name: str, kind: Kind, unit: str) -> FactType:
    symbols = {s: Symbol(s, Text(s, s)) for s in SYMBOLS} if kind in (Kind.SYMBOL, Kind.SYMBOLS) else {}
    arises = All((Holds(FactRef("site.inside")),)) if draw.chance(15) and name != "site.inside" else None
    label = Text(f"《{name}》", name)
    changeable = kind is not Kind.TEXT and draw.chance(50)
    cost = Fraction(draw.between(1, 3))
    return FactType(
        name, kind, label, label, unit, TICK, symbols=symbols, changeable=changeable, cost=cost, arises=arises
    )


def draw_parameters(draw: Draw) -> dict[str, Parameter]:
    """The law's numbers, dates and sets: by date, with gaps between the dates, and some of them unverified."""
    return {name: _parameter(draw, name, *what) for name, what in PARAMETER_KINDS.items()} | {AS_OF.name: AS_OF}


def _parameter(draw: Draw, name: str, kind: Kind, unit: str) -> Parameter:
    days = sorted(draw.subset(DAYS)) if draw.chance(40) else []
    entries = []
    for i in range(0, len(days), 2):
        until = days[i + 1] if i + 1 < len(days) else None
        entries.append(draw_dated(draw, kind, days[i], until))
    return Parameter(name, kind, EMPTY, tuple(entries) or (draw_dated(draw, kind, None, None),), unit)


def draw_dated(draw: Draw, kind: Kind, since: date | None, until: date | None) -> DatedValue:
    if draw.chance(12):
        return DatedValue(None, since, until, status="unverified")
    return DatedValue(draw_exact(draw, kind), since, until)


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
    match draw_exact(draw, kind):
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


# ---------------------------------------------------------------- packs


def draw_norm(draw: Draw, id: str) -> Norm:
    """One norm of any modality, with its exceptions and dates."""
    modality = draw.one_of(tuple(Modality))
    softest = modality in (Modality.REVIEW, Modality.MAY)
    exemptions = tuple(
        Exemption(f"exception-{i}", EMPTY, draw_lines(draw, f"{id}/except[{i}]", 0 if draw.chance(3) else 1, 2))
        for i in range(draw.one_of((0, 0, 1, 2)))
    )
    return Norm(
        id=id,
        title=Text(id, id),
        explanation=EMPTY,
        clauses=(),
        level="project" if draw.chance(80) else "transfer",
        modality=modality,
        applies=draw_lines(draw, f"{id}/applies", 0, 3),
        requirement=None if softest else draw_lines(draw, f"{id}/{modality.value}", 1, 2),
        exemptions=exemptions,
        since=draw.one_of(DAYS) if draw.chance(15) else None,
        until=draw.one_of(DAYS) if draw.chance(10) else None,
        due=draw.one_of(DAYS) if draw.chance(10) else None,
    )


def draw_pack(draw: Draw, norms: int = 5) -> Pack:
    """A pack of at most so many norms: vocabulary, law, territory and norms."""
    ids = [f"topic.norm-{i}" for i in range(draw.between(1, norms))]
    inside = {level: draw_lines(draw, f"territory/{level}", 1, 2) for level in LEVELS_DRAWN if draw.chance(40)}
    return Pack(
        id="drawn",
        version="0",
        title=EMPTY,
        issuer=EMPTY,
        period=(date(2021, 1, 1), date(2025, 12, 31)),
        since=date(2021, 1, 1),
        facts=draw_facts(draw),
        parameters=draw_parameters(draw),
        tables={},
        clauses={},
        norms={id: draw_norm(draw, id) for id in ids},
        readings={},
        territory=inside,
    )
