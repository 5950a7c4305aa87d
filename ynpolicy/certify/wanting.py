"""What the reference says of a case once some missing facts are known: is it open still, and for want of what?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attrs import evolve

from ynpolicy.ir import (
    All,
    AnyOf,
    Case,
    Condition,
    Deadline,
    Leaf,
    Lookup,
    Not,
    Pack,
    facts_read,
    is_settled,
    parameters_read,
)
from ynpolicy.semantics import evaluate, judge, territory
from ynpolicy.sufficiency.board import stake
from ynpolicy.sufficiency.derivations import implied, sources
from ynpolicy.values import UNKNOWN, Missing, Value
from ynpolicy.verdict import Decision, Finding, Outcome, decide

_NOT_KNOWN: Final = (Missing.ABSENT, Missing.UNKNOWN)


def askable(pack: Pack, case: Case, findings: tuple[Finding, ...]) -> frozenset[str]:
    """The facts that undetermined strict findings lack, and those from which such facts follow, if missing too."""
    undetermined = [f for f in findings if f.outcome is Outcome.UNDETERMINED and f.norm.modality.is_strict]
    names = list(dict.fromkeys(name for finding in undetermined for name in finding.missing))
    for name in names:
        if isinstance(pack.facts[name].derived, (Lookup, Deadline)):
            missing = (s for s in sources(pack, name) if s not in case.values)
            names += [s for s in missing if s not in names and case.state(s) is not Missing.NOT_APPLICABLE]
    return frozenset(names)


def learnt(pack: Pack, case: Case, values: Mapping[str, Value]) -> Case:
    """The case with some facts known, and with the missing ones that follow from them."""
    known = dict(case.values) | dict(values)
    following = [name for name, fact in pack.facts.items() if fact.derived is not None and name not in known]
    following = [name for name in following if case.state(name) in _NOT_KNOWN]
    found = True
    while found:
        found = False
        for name in following:
            if name not in known and (value := implied(pack, name, known, case.parameters)) is not None:
                known[name] = value
                found = True
    missing = {name: state for name, state in case.missing.items() if name not in known}
    return evolve(case, values=known, missing=missing)


def stays_open(pack: Pack, case: Case, waiting: frozenset[str]) -> bool:
    """Whether the reference finds a case undetermined, and for want of more than values of some parameters."""
    findings = judge(pack, case)
    inside = territory(pack, case).truth
    if decide(((f.norm.modality, f.outcome) for f in findings), inside) is not Decision.UNDETERMINED:
        return False
    place = pack.territory.get(case.level, All(()))
    strict = [f.norm for f in findings if f.outcome is Outcome.UNDETERMINED and f.norm.modality.is_strict]
    return any(_wants(stake(norm, place), case, waiting) for norm in strict)


def _wants(condition: Condition, case: Case, waiting: frozenset[str]) -> bool:
    """Whether a condition is unknown for want of something else than the parameters."""
    if evaluate(condition, case).truth is not UNKNOWN:
        return False
    match condition:
        case Not(item):
            return _wants(item, case, waiting)
        case All(items) | AnyOf(items):
            return any(_wants(item, case, waiting) for item in items)
        case _:
            return not _waits(condition, case, waiting)


def _waits(leaf: Leaf, case: Case, waiting: frozenset[str]) -> bool:
    """Whether a comparison lacks nothing but some of the parameters."""
    lacking = parameters_read(leaf).keys() - case.parameters.keys()
    known = (case.values.get(name) for name in facts_read(leaf))
    return bool(lacking) and lacking <= waiting and all(value is not None and is_settled(value) for value in known)
