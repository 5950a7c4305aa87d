"""The rules as text in the languages of other engines, as a user of each would write them.

Negations are pushed down to the comparisons, where a rule's author would put them: `not (x <= 8)` is written `x > 8`.
A rule becomes one expression that is true for a breach. In the guarded idiom it becomes two, each of which asks first
whether the facts that it reads are there: surely a breach, and surely none.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

from attrs import frozen

from tests.benchmarks.rules import PARAMETERS, short
from ynpolicy.ir import (
    All,
    AnyOf,
    Arithmetic,
    Compare,
    Condition,
    FactRef,
    Holds,
    In,
    Leaf,
    Literal,
    Not,
    Overlaps,
    ParameterRef,
    Term,
    Within,
    references,
    terms,
)

OPPOSITE: Final = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", "<=": ">", ">": "<="}


def constant_of(term: Term) -> bool | str | int | list[str]:
    """What a literal or a parameter stands for, as the peers hold it."""
    match term:
        case ParameterRef(name):
            value = PARAMETERS[name]
        case Literal(bool() | str() as plain):
            return plain
        case Literal(frozenset() as members):
            return sorted(members)
        case Literal(value=number) if not isinstance(number, date | frozenset):
            return int(number)
        case _:
            raise TypeError(f"`{term}` is no constant")
    if isinstance(value, date):
        return value.year * 10000 + value.month * 100 + value.day
    return list(value) if isinstance(value, tuple) else value


def facts_of(leaf: Leaf) -> list[str]:
    """The short names of the facts that a comparison reads."""
    names = [ref.name for term in terms(leaf) for ref in references(term) if isinstance(ref, FactRef)]
    return list(dict.fromkeys(map(short, names)))


def quoted(value: bool | str | int | list[str]) -> str:
    """A constant as most of the languages write it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[" + ", ".join(f'"{item}"' for item in value) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)


@frozen
class Idiom:
    """How one language writes a condition; `present` is what its user puts before a comparison to guard it."""

    conjunction: str
    disjunction: str
    negation: Callable[[str], str]
    fact: Callable[[str], str]
    present: Callable[[str], str]
    member: Callable[[str, str], str]
    shares: Callable[[str, str], str]

    def natural(self, condition: Condition, sense: bool = True) -> str:
        """The condition, or its negation, with nothing said about facts that are missing."""
        return self._text(condition, sense, guarded=False)

    def guarded(self, condition: Condition, sense: bool = True) -> str:
        """True where the condition is surely true (or, for `sense` false, surely false), and false elsewhere."""
        return self._text(condition, sense, guarded=True)

    def _text(self, condition: Condition, sense: bool, guarded: bool) -> str:
        match condition:
            case Not(item):
                return self._text(item, not sense, guarded)
            case All(items) | AnyOf(items):
                connective = self.conjunction if isinstance(condition, All) is sense else self.disjunction
                parts = [self._text(item, sense, guarded) for item in items]
                return parts[0] if len(parts) == 1 else "(" + f" {connective} ".join(parts) + ")"
            case _:
                text = self.leaf(condition, sense)
                guards = [self.present(name) for name in facts_of(condition)] if guarded else []
                return "(" + f" {self.conjunction} ".join([*guards, text]) + ")"

    def leaf(self, leaf: Leaf, sense: bool) -> str:
        """One comparison, or its opposite."""
        match leaf:
            case Holds(term):
                return self.term(term) if sense else self.negation(self.term(term))
            case Compare(op, left, right):
                return f"{self.term(left)} {op if sense else OPPOSITE[op]} {self.term(right)}"
            case In(item, members):
                text = self.member(self.term(item), self.term(members))
            case Overlaps(left, right):
                text = self.shares(self.term(left), self.term(right))
            case Within():
                raise NotImplementedError("the rules do not use `within`")
        return text if sense else self.negation(text)

    def term(self, term: Term) -> str:
        """A fact, a constant or a product."""
        match term:
            case FactRef(name):
                return self.fact(short(name))
            case Arithmetic(op, left, right):
                return f"{self.term(left)} {op} {self.term(right)}"
            case _:
                return quoted(constant_of(term))


ZEN: Final = Idiom(
    conjunction="and",
    disjunction="or",
    negation=lambda text: f"not ({text})",
    fact=lambda name: name,
    present=lambda name: f"{name} != null",
    member=lambda item, members: f"{item} in {members}",
    shares=lambda fact, members: f"some({fact}, # in {members})",
)

CEL: Final = Idiom(
    conjunction="&&",
    disjunction="||",
    negation=lambda text: f"!({text})",
    fact=lambda name: name,
    present=lambda name: f"has(project.{name})",
    member=lambda item, members: f"{item} in {members}",
    shares=lambda fact, members: f"{fact}.exists(x, x in {members})",
)

RULE_ENGINE: Final = Idiom(
    conjunction="and",
    disjunction="or",
    negation=lambda text: f"not ({text})",
    fact=lambda name: name,
    present=lambda name: f"{name} != null",
    member=lambda item, members: f"{item} in {members}",
    shares=lambda fact, members: f"$any([x in {members} for x in {fact}])",
)

CEDAR: Final = Idiom(
    conjunction="&&",
    disjunction="||",
    negation=lambda text: f"!({text})",
    fact=lambda name: f"context.{name}",
    present=lambda name: f"context has {name}",
    member=lambda item, members: f"{members}.contains({item})",
    shares=lambda fact, members: f"{members}.containsAny({fact})",
)

REGO: Final = Idiom(
    conjunction=";",
    disjunction="or",
    negation=lambda text: f"not {text}",
    fact=lambda name: f"input.{name}",
    present=lambda name: f"input.{name} != null",
    member=lambda item, members: f"{item} in {members}",
    shares=lambda fact, members: f"count({{x | some x in {fact}; x in {members}}}) > 0",
)


def alternatives(condition: Condition, sense: bool = True) -> list[list[tuple[Leaf, bool]]]:
    """The condition as a list of conjunctions, for languages whose rule bodies have no `or`."""
    match condition:
        case Not(item):
            return alternatives(item, not sense)
        case All(items) | AnyOf(items):
            parts = [alternatives(item, sense) for item in items]
            if isinstance(condition, All) is not sense:
                return [body for part in parts for body in part]
            bodies: list[list[tuple[Leaf, bool]]] = [[]]
            for part in parts:
                bodies = [body + more for body in bodies for more in part]
            return bodies
        case _:
            return [[(condition, sense)]]


def rego_bodies(condition: Condition, sense: bool, guarded: bool) -> list[str]:
    """The bodies of the rules that together say a condition, or its negation."""
    bodies = []
    for body in alternatives(condition, sense):
        lines = []
        for leaf, wanted in body:
            if guarded:
                lines += [REGO.present(name) for name in facts_of(leaf)]
            lines.append(REGO.leaf(leaf, wanted))
        bodies.append("; ".join(dict.fromkeys(lines)))
    return bodies
