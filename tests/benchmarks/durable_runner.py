"""durable_rules as its user would write it: one rule a breach, a fact asserted, what fires collected."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any, Final

from tests.benchmarks.idioms import OPPOSITE, constant_of
from tests.benchmarks.rules import BREACHES, CLEAR, VIOLATED, Answers, Plain, Runner, short
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
    leaves,
    terms,
)

_APPLY: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _product(term: Term) -> tuple[str, int] | None:
    """The fact and the constant factor of a product; such a product is a field that the caller adds to the case."""
    match term:
        case Arithmetic("*", ParameterRef() | Literal() as factor, FactRef(name)):
            number = constant_of(factor)
            return (short(name), number) if isinstance(number, int) else None
        case _:
            return None


def _field(lang: Any, term: Term) -> Any:
    product = _product(term)
    if product is not None:
        return getattr(lang.m, f"{product[0]}_x{product[1]}")
    return getattr(lang.m, short(term.name)) if isinstance(term, FactRef) else constant_of(term)


def _one_of(subject: Any, term: Term, wanted: bool = True) -> Any:
    members = constant_of(term)
    tests = [subject == member if wanted else subject != member for member in members]  # type: ignore[union-attr]
    return _joined(tests, operator.or_ if wanted else operator.and_)


def _joined(parts: list[Any], connective: Callable[[Any, Any], Any]) -> Any:
    result = parts[0]
    for part in parts[1:]:
        result = connective(result, part)
    return result


def _leaf(lang: Any, leaf: Leaf, sense: bool) -> Any:
    match leaf:
        case Holds(term):
            return _field(lang, term) == sense
        case Compare(op, left, right):
            return _APPLY[op if sense else OPPOSITE[op]](_field(lang, left), _field(lang, right))
        case In(FactRef() as item, members):
            return _one_of(_field(lang, item), members, sense)
        case In(item, members) if sense:
            return _field(lang, members).anyItem(lang.item == constant_of(item))
        case Overlaps(left, right) if sense:
            return _field(lang, left).anyItem(_one_of(lang.item, right))
        case _:
            raise NotImplementedError(f"durable_rules has no such condition: {leaf}")


def _condition(lang: Any, condition: Condition, sense: bool = True) -> Any:
    match condition:
        case Not(item):
            return _condition(lang, item, not sense)
        case All(items) | AnyOf(items):
            parts = [_condition(lang, item, sense) for item in items]
            return _joined(parts, operator.and_ if isinstance(condition, All) is sense else operator.or_)
        case _:
            return _leaf(lang, condition, sense)


def _products() -> Iterator[tuple[str, int]]:
    for condition in BREACHES:
        for leaf in leaves(condition):
            for term in terms(leaf):
                product = _product(term)
                if product is not None:
                    yield product


def durable_natural() -> Runner:
    """A missing fact matches nothing, so a rule that needs it does not fire."""
    lang = import_module("durable.lang")
    products = set(_products())
    fired: set[int] = set()

    def collector(number: int) -> Callable[[Any], None]:
        return lambda _: fired.add(number)

    name = f"plan{id(fired)}"
    with lang.ruleset(name):
        for number, condition in enumerate(BREACHES):
            lang.when_all(_condition(lang, condition))(collector(number))
        lang.when_all(+lang.m.case)(lambda _: None)

    def run(case: Plain) -> Answers:
        fired.clear()
        fact: dict[str, Any] = {**case, "id": 1, "case": 1}
        for known, factor in products:
            if known in fact:
                fact[f"{known}_x{factor}"] = fact[known] * factor
        lang.assert_fact(name, fact)
        lang.retract_fact(name, fact)
        return [VIOLATED if number in fired else CLEAR for number in range(len(BREACHES))]

    return run
