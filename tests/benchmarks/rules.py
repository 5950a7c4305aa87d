"""Twenty rules in the style of the plan, one vocabulary, and cases drawn with facts missing: the work that is timed.

Every number is a whole one and every date a number like 20220715 in the peers' cases, so that each peer can hold the
facts exactly and none is slowed down by conversions.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from random import Random
from typing import Final

from attrs import frozen

from ynpolicy.expressions import parse
from ynpolicy.ir import (
    All,
    Case,
    Clause,
    Condition,
    DatedValue,
    Exemption,
    FactType,
    Kind,
    Modality,
    Norm,
    Not,
    Pack,
    Parameter,
    Symbol,
    Text,
)
from ynpolicy.values import SymbolSet, Value, exact

AS_OF: Final = date(2022, 7, 1)
NONE: Final = Text("", "")

SYMBOLS: Final = {
    "project.nature": ("new", "relocation", "expansion", "alteration"),
    "project.activity": ("pb_zn_smelting", "cu_smelting", "sn_smelting", "mining", "battery", "plating", "chemicals"),
    "site.county": ("gejiu", "lanping", "huize", "mengzi", "dongchuan", "chuxiong", "dali", "lijiang"),
}
METALS: Final = ("Pb", "Hg", "Cd", "Cr", "As", "Tl")
RANGES: Final = {
    "site.bank_distance": (0, 2000),
    "site.resident_distance": (0, 1500),
    "offset.reduction": (0, 300),
    "offset.increase": (0, 300),
    "plant.capacity": (0, 60000),
    "plant.recycling_rate": (60, 100),
    "emission.lead": (0, 20),
}
FLAGS: Final = (
    "project.under_construction",
    "site.in_park",
    "site.park_assessed",
    "plant.monitored_online",
    "waste.licensed",
    "soil.surveyed",
    "tailings.lined",
)
DATES: Final = ("project.approved_on",)

PARAMETERS: Final[dict[str, int | date | tuple[str, ...]]] = {
    "smelting": ("pb_zn_smelting", "cu_smelting", "sn_smelting"),
    "heavy_metal_industries": ("pb_zn_smelting", "cu_smelting", "mining", "battery", "plating", "chemicals"),
    "key_counties": ("gejiu", "lanping", "huize", "dongchuan"),
    "strict_metals": ("Cd", "Hg", "Tl"),
    "river_buffer": 1000,
    "resident_buffer": 500,
    "ratio_dividend": 6,
    "ratio_divisor": 5,
    "least_capacity": 30000,
    "least_recycling": 90,
    "lead_limit": 8,
    "special_lead_limit": 2,
    "special_limits_from": date(2023, 1, 1),
    "survey_from": date(2021, 7, 1),
}


@frozen
class Rule:
    """`applies` and not one of `exempt` binds; then every line of `must`, or not every line of `must_not`, holds."""

    id: str
    applies: tuple[str, ...]
    must: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    exempt: tuple[str, ...] = ()


_BUILDS = 'project.nature in ["new", "relocation"]'
_GROWS = 'project.nature in ["new", "relocation", "expansion"]'
_SMELTS = "project.activity in smelting"
_HEAVY = "project.activity in heavy_metal_industries"
_KEY = "site.county in key_counties"
_WIP = "project.under_construction"

RULES: Final = (
    Rule("river-ban", (_BUILDS, _SMELTS), must_not=("site.bank_distance <= river_buffer",), exempt=(_WIP,)),
    Rule("resident-ban", (_BUILDS, _HEAVY), must_not=("site.resident_distance < resident_buffer",), exempt=(_WIP,)),
    Rule("park", (_GROWS, _HEAVY), must=("site.in_park", "site.park_assessed")),
    Rule("offset", (_HEAVY, "offset.increase > 0", f"not ({_KEY})"), must=("offset.reduction >= offset.increase",)),
    Rule(
        "offset-key",
        (_HEAVY, "offset.increase > 0", _KEY),
        must=("ratio_divisor * offset.reduction >= ratio_dividend * offset.increase",),
    ),
    Rule("no-new-metal", (_KEY, "overlaps(waste.metals, strict_metals)"), must=("offset.increase <= 0",)),
    Rule("capacity", (_BUILDS, 'project.activity == "pb_zn_smelting"'), must=("plant.capacity > least_capacity",)),
    Rule("recycling", (_SMELTS,), must=("plant.recycling_rate >= least_recycling",)),
    Rule("lead", (_SMELTS, f"not ({_KEY})"), must=("emission.lead <= lead_limit",)),
    Rule(
        "special-lead",
        (_SMELTS, f"({_KEY}) or project.approved_on >= special_limits_from"),
        must=("emission.lead <= special_lead_limit",),
    ),
    Rule("online", (_HEAVY, "plant.capacity >= least_capacity"), must=("plant.monitored_online",)),
    Rule("licence", ("overlaps(waste.metals, strict_metals)",), must=("waste.licensed",)),
    Rule("survey", ("project.approved_on >= survey_from", _HEAVY), must=("soil.surveyed",)),
    Rule("tailings", ('project.activity == "mining"',), must=("tailings.lined",)),
    Rule("tailings-river", ('project.activity == "mining"', _GROWS), must_not=("site.bank_distance <= river_buffer",)),
    Rule("plating", (_BUILDS, 'project.activity == "plating"'), must=("site.in_park",), exempt=(_WIP,)),
    Rule("battery", ('project.activity == "battery"', _GROWS), must=("plant.monitored_online", "soil.surveyed")),
    Rule(
        "cadmium-site",
        ('"Cd" in waste.metals', "site.resident_distance < resident_buffer"),
        must_not=("not tailings.lined or not soil.surveyed",),
    ),
    Rule(
        "key-expansion",
        (_KEY, 'project.nature == "expansion"', _SMELTS),
        must=("plant.recycling_rate >= least_recycling or offset.reduction > offset.increase",),
    ),
    Rule(
        "alteration",
        ('project.nature == "alteration"', "plant.capacity > least_capacity", "not site.in_park"),
        must=("site.park_assessed", "waste.licensed"),
        exempt=("project.approved_on < survey_from", _WIP),
    ),
)


def breach(rule: Rule) -> Condition:
    """The rule as one condition: it applies, no exemption holds, and what it demands is not met."""
    applies = tuple(map(parse, rule.applies))
    exempt = tuple(Not(parse(line)) for line in rule.exempt)
    met = All(tuple(map(parse, rule.must or rule.must_not)))
    return All((*applies, *exempt, Not(met) if rule.must else met))


BREACHES: Final = tuple(map(breach, RULES))


def _norm(rule: Rule) -> Norm:
    return Norm(
        rule.id,
        NONE,
        NONE,
        (),
        "project",
        Modality.MUST if rule.must else Modality.MUST_NOT,
        All(tuple(map(parse, rule.applies))),
        All(tuple(map(parse, rule.must or rule.must_not))),
        exemptions=tuple(Exemption(f"e{i}", NONE, All((parse(line),))) for i, line in enumerate(rule.exempt)),
    )


def _facts() -> dict[str, FactType]:
    kinds = dict.fromkeys(RANGES, Kind.NUMBER) | dict.fromkeys(FLAGS, Kind.BOOLEAN) | dict.fromkeys(DATES, Kind.DATE)
    facts = {name: FactType(name, kind, NONE, NONE) for name, kind in kinds.items()}
    for name, symbols in SYMBOLS.items():
        facts[name] = FactType(name, Kind.SYMBOL, NONE, NONE, symbols={s: Symbol(s, NONE) for s in symbols})
    metals = {s: Symbol(s, NONE) for s in METALS}
    facts["waste.metals"] = FactType("waste.metals", Kind.SYMBOLS, NONE, NONE, symbols=metals)
    return facts


def constant(value: int | date | tuple[str, ...]) -> Value:
    """A parameter's value as ynpolicy holds it."""
    if isinstance(value, int):
        return exact(value)
    return SymbolSet(frozenset(value)) if isinstance(value, tuple) else value


_KIND_OF: Final = {int: Kind.NUMBER, date: Kind.DATE, tuple: Kind.SYMBOLS}
LAW: Final = {name: constant(value) for name, value in PARAMETERS.items()}


def pack() -> Pack:
    """The rules as a pack, made from nodes."""
    clauses: dict[str, Clause] = {}
    parameters = {
        name: Parameter(name, _KIND_OF[type(value)], NONE, (DatedValue(LAW[name]),))
        for name, value in PARAMETERS.items()
    }
    norms = {rule.id: _norm(rule) for rule in RULES}
    period = (date(2021, 1, 1), date(2025, 12, 31))
    return Pack("bench", "0", NONE, NONE, period, period[0], _facts(), parameters, {}, clauses, norms, {}, {})


Plain = dict[str, bool | int | str | list[str]]
"""A case as a peer's caller holds it: a flat dict by the fact's short name; a missing fact is not in it."""


def draw_plain(random: Random, missing: float) -> Plain:
    """One case; each fact is missing with a probability."""
    plain: Plain = {name: random.choice(symbols) for name, symbols in SYMBOLS.items()}
    plain |= {name: random.randint(low, high) for name, (low, high) in RANGES.items()}
    plain |= {name: random.random() < 0.5 for name in FLAGS}
    plain |= {name: random.choice((2020, 2021, 2022, 2023)) * 10000 + random.choice((101, 615, 1231)) for name in DATES}
    plain["waste.metals"] = random.sample(METALS, random.randint(0, 3))
    return {short(name): value for name, value in plain.items() if random.random() >= missing}


CLEAR, VIOLATED, UNDETERMINED = range(3)

Answers = list[int]
"""What an engine says of each rule: no breach, a breach, or not known."""

Runner = Callable[[Plain], Answers]


def short(name: str) -> str:
    """The name that a fact has for the peers: all are different after the dot."""
    return name.partition(".")[2]


def case_of(plain: Plain) -> Case:
    """The same case as ynpolicy's engines read it."""
    values: dict[str, Value] = {}
    for name in (*SYMBOLS, *RANGES, *FLAGS, *DATES, "waste.metals"):
        value = plain.get(short(name))
        if value is None:
            continue
        if isinstance(value, list):
            values[name] = SymbolSet(frozenset(value))
        elif name in DATES and isinstance(value, int):
            values[name] = date(value // 10000, value // 100 % 100, value % 100)
        elif isinstance(value, bool | str):
            values[name] = value
        else:
            values[name] = exact(Fraction(value))
    return Case("bench", "project", AS_OF, values, parameters=LAW)
