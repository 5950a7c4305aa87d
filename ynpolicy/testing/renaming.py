"""A pack and a case with other names for everything that has one."""

from __future__ import annotations

from typing import Final

from attrs import evolve

from ynpolicy.ir import (
    All,
    AnyOf,
    Arithmetic,
    Case,
    Compare,
    Condition,
    FactRef,
    Holds,
    In,
    Norm,
    Not,
    Overlaps,
    Pack,
    ParameterRef,
    Term,
    Within,
)

PREFIX: Final = "z-"


def renamed_term(term: Term) -> Term:
    """The term over renamed facts and parameters."""
    match term:
        case FactRef(name) | ParameterRef(name):
            return evolve(term, name=PREFIX + name)
        case Arithmetic(_, left, right):
            return evolve(term, left=renamed_term(left), right=renamed_term(right))
        case _:
            return term


def renamed_reference(term: FactRef | ParameterRef) -> FactRef | ParameterRef:
    """The reference under its new name."""
    return evolve(term, name=PREFIX + term.name)


def renamed_condition(condition: Condition) -> Condition:
    """The condition over renamed facts and parameters, its nodes with other addresses."""
    id = PREFIX + condition.id
    match condition:
        case Not(item):
            return evolve(condition, id=id, item=renamed_condition(item))
        case All(items) | AnyOf(items):
            return evolve(condition, id=id, items=tuple(renamed_condition(item) for item in items))
        case Holds(term):
            return evolve(condition, id=id, term=renamed_reference(term))
        case In(item, members):
            return evolve(condition, id=id, item=renamed_term(item), members=renamed_term(members))
        case Compare(_, left, right) | Overlaps(left, right) | Within(left, right):
            return evolve(condition, id=id, left=renamed_term(left), right=renamed_term(right))


def renamed_lines(lines: All) -> All:
    """The lines over renamed facts and parameters."""
    return All(tuple(renamed_condition(item) for item in lines.items), PREFIX + lines.id)


def renamed_norm(norm: Norm) -> Norm:
    """The norm under another id, its exceptions too."""
    return evolve(
        norm,
        id=PREFIX + norm.id,
        applies=renamed_lines(norm.applies),
        requirement=None if norm.requirement is None else renamed_lines(norm.requirement),
        exemptions=tuple(
            evolve(exemption, id=PREFIX + exemption.id, when=renamed_lines(exemption.when))
            for exemption in norm.exemptions
        ),
    )


def renamed_pack(pack: Pack) -> Pack:
    """The pack with other names for facts, parameters, norms and exceptions."""
    return evolve(
        pack,
        facts={PREFIX + name: evolve(fact, name=PREFIX + name) for name, fact in pack.facts.items()},
        parameters={PREFIX + name: evolve(p, name=PREFIX + name) for name, p in pack.parameters.items()},
        norms={PREFIX + id: renamed_norm(norm) for id, norm in pack.norms.items()},
        territory={level: renamed_lines(lines) for level, lines in pack.territory.items()},
    )


def renamed_case(case: Case) -> Case:
    """The case with other names for facts, parameters and norms."""
    return evolve(
        case,
        values={PREFIX + name: value for name, value in case.values.items()},
        missing={PREFIX + name: state for name, state in case.missing.items()},
        parameters={PREFIX + name: value for name, value in case.parameters.items()},
        justified={PREFIX + id: evolve(record, norm=PREFIX + id) for id, record in case.justified.items()},
        reviewed={PREFIX + id: evolve(record, norm=PREFIX + id) for id, record in case.reviewed.items()},
    )
