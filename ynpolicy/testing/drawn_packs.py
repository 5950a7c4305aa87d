"""Whole packs drawn at random: vocabulary, law, territory and norms of every kind."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Final

from ynpolicy.ir import (
    AS_OF,
    All,
    DatedValue,
    Exemption,
    FactRef,
    FactType,
    Holds,
    Kind,
    Modality,
    Norm,
    Pack,
    Parameter,
    Symbol,
    Text,
)
from ynpolicy.testing.chance import Draw
from ynpolicy.testing.drawn_conditions import FACT_KINDS, PARAMETER_KINDS, SYMBOLS, draw_lines
from ynpolicy.testing.drawn_values import POOL, TICK, draw_exact

LEVELS_DRAWN: Final = ("project", "transfer")
EMPTY: Final = Text("", "")


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
    days = sorted(draw.subset(POOL.days)) if draw.chance(40) else []
    entries = []
    for i in range(0, len(days), 2):
        until = days[i + 1] if i + 1 < len(days) else None
        entries.append(draw_dated(draw, kind, days[i], until))
    return Parameter(name, kind, EMPTY, tuple(entries) or (draw_dated(draw, kind, None, None),), unit)


def draw_dated(draw: Draw, kind: Kind, since: date | None, until: date | None) -> DatedValue:
    if draw.chance(12):
        return DatedValue(None, since, until, status="unverified")
    return DatedValue(draw_exact(draw, kind, SYMBOLS), since, until)


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
        since=draw.one_of(POOL.days) if draw.chance(15) else None,
        until=draw.one_of(POOL.days) if draw.chance(10) else None,
        due=draw.one_of(POOL.days) if draw.chance(10) else None,
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
