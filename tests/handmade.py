"""Small packs and cases made by hand, in few words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from ynpolicy.expressions import parse
from ynpolicy.ir import (
    NOWHERE,
    All,
    Case,
    Exemption,
    FactType,
    Kind,
    Modality,
    Norm,
    Pack,
    Symbol,
    Table,
    Text,
)
from ynpolicy.semantics import judge, territory
from ynpolicy.sufficiency import sufficiency
from ynpolicy.values import SymbolSet, Value, exact
from ynpolicy.verdict import Decision, Outcome, Remedy, Sufficiency, decide

AS_OF = date(2022, 5, 1)
NONE = Text("", "")
ALWAYS = All(())
BREACHES = {Outcome.VIOLATED, Outcome.DEPARTED}
LAW: Mapping[str, Value] = {
    "buffer": exact(1000),
    "ratio": exact(Fraction("1.2")),
    "issued": date(2022, 4, 1),
    "smelting": SymbolSet(frozenset("ab")),
}


def fact(name: str, kind: Kind = Kind.BOOLEAN, symbols: str = "", **more: Any) -> FactType:
    """An entry of a small vocabulary; symbols are written one letter each."""
    named = {letter: Symbol(letter, Text(letter, letter)) for letter in symbols}
    return FactType(name, kind, NONE, NONE, symbols=named, **more)


def number(name: str, **more: Any) -> FactType:
    """A number that is not negative."""
    return fact(name, Kind.NUMBER, **({"minimum": Fraction(0)} | more))


def lines(*texts: str) -> All:
    """Conditions as a pack's author writes them."""
    return All(tuple(parse(text, NOWHERE) for text in texts))


def norm(
    id: str, modality: Modality, requirement: All | None, applies: All = ALWAYS, exempt: All | None = None
) -> Norm:
    """A norm of a small pack."""
    exemptions = () if exempt is None else (Exemption("exempt", NONE, exempt),)
    return Norm(id, NONE, NONE, (), "project", modality, applies, requirement, exemptions=exemptions)


def must(id: str, *texts: str, applies: Sequence[str] = ()) -> Norm:
    """A duty."""
    return norm(id, Modality.MUST, lines(*texts), lines(*applies))


def must_not(id: str, *texts: str, applies: Sequence[str] = ()) -> Norm:
    """A ban."""
    return norm(id, Modality.MUST_NOT, lines(*texts), lines(*applies))


def pack_of(
    facts: Iterable[FactType], norms: Iterable[Norm], inside: All | None = None, tables: Iterable[Table] = ()
) -> Pack:
    """A small pack; `inside` is its territory."""
    return Pack(
        id="small",
        version="0",
        title=NONE,
        issuer=NONE,
        period=(date(2021, 1, 1), date(2025, 12, 31)),
        since=date(2021, 1, 1),
        facts={f.name: f for f in facts},
        parameters={},
        tables={t.name: t for t in tables},
        clauses={},
        norms={n.id: n for n in norms},
        readings={},
        territory={} if inside is None else {"project": inside},
    )


def case_of(values: Mapping[str, Value] | None = None, **more: Any) -> Case:
    """A project, judged on a day within the period by the small law."""
    return Case("case", "project", AS_OF, values or {}, **({"parameters": LAW} | more))


def decision_of(pack: Pack, case: Case) -> Decision:
    """The decision by the reference."""
    return decide(((f.norm.modality, f.outcome) for f in judge(pack, case)), territory(pack, case).truth)


def answers(pack: Pack, case: Case) -> Sufficiency:
    """What to ask for, or to change, on a case judged by the reference."""
    return sufficiency(pack, case, decision_of(pack, case), judge(pack, case))


def changes(remedy: Remedy) -> dict[str, Value]:
    """What a remedy sets."""
    return {change.fact: change.after for change in remedy.changes}
