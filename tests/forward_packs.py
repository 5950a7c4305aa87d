"""Small packs and cases made by hand, for the tests of the forward engine."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from ynpolicy.engines.forward import ForwardEngine, Ruling
from ynpolicy.ir import (
    All,
    Case,
    Compare,
    Condition,
    Exemption,
    FactRef,
    Holds,
    Modality,
    Norm,
    Pack,
    ParameterRef,
    Text,
)
from ynpolicy.values import Value
from ynpolicy.verdict import Outcome

EMPTY: Final = Text("", "")
DAY: Final = date(2022, 5, 1)
A, B, C, X = (Holds(FactRef(f"case.{name}")) for name in "abcx")
NEAR: Final = Compare("<=", FactRef("site.distance"), ParameterRef("buffer"))
TRUE, FALSE, UNKNOWN = Outcome.COMPLIED, Outcome.VIOLATED, Outcome.UNDETERMINED


def norm(id: str, modality: Modality = Modality.MUST, *requirement: Condition, **more: Any) -> Norm:
    lines = None if modality in (Modality.REVIEW, Modality.MAY) else All(requirement or (A,))
    applies = All(more.pop("applies", ()))
    return Norm(id, EMPTY, EMPTY, (), "project", modality, applies, lines, **more)


def exemption(id: str, *when: Condition) -> Exemption:
    return Exemption(id, EMPTY, All(when))


def pack(*norms: Norm, inside: tuple[Condition, ...] = ()) -> Pack:
    return Pack(
        "made", "0", EMPTY, EMPTY, (date(2021, 1, 1), date(2025, 12, 31)), date(2021, 1, 1),
        facts={}, parameters={}, tables={}, clauses={}, norms={item.id: item for item in norms}, readings={},
        territory={"project": All(inside)} if inside else {},
    )  # fmt: skip


def case(values: Mapping[str, Value] | None = None, as_of: date = DAY, **more: Any) -> Case:
    return Case("", "project", as_of, values or {}, **more)


def rulings(engine: ForwardEngine, judged: Case) -> dict[str, Ruling]:
    return dict(engine.judge(judged).outcomes)


def outcome(condition: Condition, values: Mapping[str, Value], law: Mapping[str, Value] | None = None) -> Outcome:
    """The outcome of a duty whose only line is the condition: complied, violated or undetermined."""
    engine = ForwardEngine(pack(norm("n", Modality.MUST, condition)), "project")
    return rulings(engine, case(values, parameters=law or {}))["n"].outcome
