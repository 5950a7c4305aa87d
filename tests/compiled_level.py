"""Small packs and cases for the tests of the compiled engine, and what the engine says of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Final

from ynpolicy.engines.compiled import CompiledLevel, compile_level
from ynpolicy.expressions import parse
from ynpolicy.ir import (
    All,
    Case,
    Condition,
    Exemption,
    FactType,
    Kind,
    Modality,
    Norm,
    Pack,
    Symbol,
    Text,
)
from ynpolicy.testing.agreement import reference_opinion
from ynpolicy.values import Interval, Missing, SymbolSet, Truth, Value, exact
from ynpolicy.verdict import Decision, Outcome

DAY: Final = date(2022, 7, 1)
NONE: Final = Text("", "")
SYMBOLS: Final = {symbol: Symbol(symbol, NONE) for symbol in ("cd", "pb", "hg")}
KINDS: Final = {
    "a.flag": Kind.BOOLEAN,
    "a.other": Kind.BOOLEAN,
    "a.gate": Kind.BOOLEAN,
    "a.metal": Kind.SYMBOL,
    "a.county": Kind.SYMBOL,
    "a.metals": Kind.SYMBOLS,
    "a.wastes": Kind.SYMBOLS,
    "a.distance": Kind.NUMBER,
    "a.width": Kind.NUMBER,
    "a.day": Kind.DATE,
    "a.night": Kind.DATE,
    "a.remark": Kind.TEXT,
}
FACTS: Final = {
    name: FactType(name, kind, NONE, NONE, symbols=SYMBOLS if kind in (Kind.SYMBOL, Kind.SYMBOLS) else {})
    for name, kind in KINDS.items()
}
LAW: Final[dict[str, Value]] = {
    "buffer": exact(1000),
    "ratio": exact(Fraction("1.2")),
    "issued": date(2022, 1, 1),
    "toxic": SymbolSet(frozenset({"cd", "hg"})),
    "none": SymbolSet(frozenset()),
    "some": SymbolSet(frozenset({"cd"}), complete=False),
    "falling": exact(-2),
    "home": "cd",
    "on": True,
}
OUTCOME_OF: Final = {Truth.TRUE: Outcome.COMPLIED, Truth.FALSE: Outcome.VIOLATED, Truth.UNKNOWN: Outcome.UNDETERMINED}


def lines(*texts: str) -> All:
    return All(tuple(map(parse, texts)))


def norm(
    modality: Modality = Modality.MUST,
    applies: All | None = None,
    requirement: Condition | None = None,
    id: str = "n",
    exemptions: tuple[All, ...] = (),
    level: str = "project",
) -> Norm:
    asks = None if modality in (Modality.REVIEW, Modality.MAY) else All((requirement or parse("a.flag"),))
    excepted = tuple(Exemption(f"e{i}", NONE, when) for i, when in enumerate(exemptions))
    return Norm(id, NONE, NONE, (), level, modality, applies or All(()), asks, exemptions=excepted)


def pack_of(*norms: Norm, inside: All | None = None) -> Pack:
    period = (date(2021, 1, 1), date(2025, 12, 31))
    by_id = {norm.id: norm for norm in norms}
    borders = {} if inside is None else {"project": inside}
    return Pack("p", "1", NONE, NONE, period, period[0], FACTS, {}, {}, {}, by_id, {}, borders)


def case_of(values: Mapping[str, Value], missing: Mapping[str, Missing] | None = None, day: date = DAY) -> Case:
    return Case("c", "project", day, values, missing or {}, LAW)


def compiled(pack: Pack, day: date = DAY) -> CompiledLevel:
    return compile_level(pack, "project", day, LAW)


def judged(pack: Pack, case: Case) -> tuple[Decision, set[str], dict[str, Outcome]]:
    """What the compiled engine says, which must be what the reference says."""
    level = compiled(pack, case.as_of)
    prepared = level.prepare(case)
    decision, missing = level.decide(prepared)
    outcomes = level.outcomes(prepared)
    reference = reference_opinion(pack, case)
    assert (decision, missing) == (reference.decision, reference.missing)
    assert outcomes == {id: outcome for id, (outcome, _, _) in reference.rulings.items()}
    return decision, set(missing), outcomes


def checked(condition: Condition, case: Case) -> tuple[Truth, set[str]]:
    """A condition's truth and missing facts in a case, the same whether a norm demands or forbids it."""
    _, missing, outcomes = judged(pack_of(norm(requirement=condition)), case)
    _, missing_too, opposite = judged(pack_of(norm(Modality.MUST_NOT, requirement=condition)), case)
    truth = next(t for t, outcome in OUTCOME_OF.items() if outcome is outcomes["n"])
    assert (missing, OUTCOME_OF[truth]) == (missing_too, mirrored(opposite["n"]))
    return truth, missing


def mirrored(outcome: Outcome) -> Outcome:
    swaps = {Outcome.COMPLIED: Outcome.VIOLATED, Outcome.VIOLATED: Outcome.COMPLIED}
    return swaps.get(outcome, outcome)


def span(low: int | str, high: int | str) -> Interval:
    return Interval(Fraction(low), Fraction(high))


def members(*symbols: str, complete: bool = True) -> SymbolSet:
    return SymbolSet(frozenset(symbols), complete)


T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN

GATE: Final = lines("a.gate")
ON: Final[dict[str, Value]] = {"a.gate": True}
