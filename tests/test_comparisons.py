"""Comparisons and connectives in the reference engine: what is true, false and unknown."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    Literal,
    Not,
    Overlaps,
    ParameterRef,
    Within,
)
from ynpolicy.semantics import evaluate
from ynpolicy.values import (
    FALSE,
    TRUE,
    UNKNOWN,
    Interval,
    Missing,
    SymbolSet,
    Truth,
    Value,
    conjunction,
    disjunction,
    exact,
    negate,
)

DAY = date(2022, 7, 1)
T, F, U = TRUE, FALSE, UNKNOWN


def truth_of(condition: Condition, **values: Value) -> Truth:
    """The truth of a condition over the facts `x.a`, `x.b` and the parameter `p`."""
    facts = {f"x.{name}": value for name, value in values.items() if name != "p"}
    law = {"p": values["p"]} if "p" in values else {}
    return evaluate(condition, Case("c", "project", DAY, facts, parameters=law)).truth


def span(low: int, high: int) -> Interval:
    return Interval(Fraction(low), Fraction(high))


A, B = FactRef("x.a"), FactRef("x.b")


@pytest.mark.parametrize(
    ("a", "b", "less", "at_most", "equal"),
    [
        (span(1, 2), span(3, 4), T, T, F),
        (span(1, 2), span(2, 3), U, T, U),
        (span(1, 3), span(2, 4), U, U, U),
        (span(2, 4), span(1, 3), U, U, U),
        (span(2, 3), span(1, 2), F, U, U),
        (span(3, 4), span(1, 2), F, F, F),
        (span(2, 2), span(2, 2), F, T, T),
        (span(1, 1), span(2, 2), T, T, F),
        (span(2, 2), span(1, 1), F, F, F),
        (span(2, 2), span(1, 3), U, U, U),
        (span(1, 2), span(2, 2), U, T, U),
        (span(2, 3), span(2, 2), F, U, U),
        (span(2, 3), span(2, 3), U, U, U),
    ],
)
def test_a_comparison_of_measured_numbers_is_known_only_where_every_point_agrees(
    a: Interval, b: Interval, less: Truth, at_most: Truth, equal: Truth
) -> None:
    """The six comparisons of two intervals, ends included."""
    expected = {"<": less, "<=": at_most, ">=": negate(less), ">": negate(at_most), "==": equal, "!=": negate(equal)}
    for op, known in expected.items():
        assert truth_of(Compare(op, A, B), a=a, b=b) is known, op
    mirrored = {"<": ">", "<=": ">=", ">=": "<=", ">": "<", "==": "==", "!=": "!="}
    for op, known in expected.items():
        assert truth_of(Compare(mirrored[op], A, B), a=b, b=a) is known, op


@pytest.mark.parametrize("op", ["<", "<=", "==", "!=", ">=", ">"])
def test_dates_are_compared_by_the_calendar(op: str) -> None:
    """All six comparisons, a day before, on the day and a day after."""
    holds = {"<": (T, F, F), "<=": (T, T, F), "==": (F, T, F), "!=": (T, F, T), ">=": (F, T, T), ">": (F, F, T)}
    for days, known in zip((-1, 0, 1), holds[op], strict=True):
        assert truth_of(Compare(op, A, Literal(DAY)), a=DAY + timedelta(days)) is known


def some(members: str, complete: bool = True) -> SymbolSet:
    return SymbolSet(frozenset(members), complete)


@pytest.mark.parametrize(
    ("a", "b", "overlap", "inclusion"),
    [
        (some("x"), some("xy"), T, T),
        (some("xz"), some("xy"), T, F),
        (some("z"), some("xy"), F, F),
        (some(""), some("x"), F, T),
        (some("x"), some(""), F, F),
        (some(""), some(""), F, T),
        (some("x", False), some("xy"), T, U),
        (some("z", False), some("xy"), U, F),
        (some("", False), some("xy"), U, U),
        (some("", False), some(""), F, U),
        (some("x"), some("xy", False), T, T),
        (some("z"), some("xy", False), U, U),
        (some(""), some("", False), F, T),
        (some("x", False), some("x", False), T, U),
        (some("z", False), some("x", False), U, U),
    ],
)
def test_sets_are_compared_as_far_as_they_are_known(
    a: SymbolSet, b: SymbolSet, overlap: Truth, inclusion: Truth
) -> None:
    """A listed member is in a partly known set; an unlisted one may be."""
    assert truth_of(Overlaps(A, B), a=a, b=b) is overlap
    assert truth_of(Overlaps(B, A), a=a, b=b) is overlap
    assert truth_of(Within(A, B), a=a, b=b) is inclusion


def test_membership_in_a_partly_known_set_is_never_false() -> None:
    """A listed symbol is a member; an unlisted one is none of a complete set, and unknown of another."""
    assert truth_of(In(A, B), a="x", b=some("xy")) is T
    assert truth_of(In(A, B), a="z", b=some("xy")) is F
    assert truth_of(In(A, B), a="x", b=some("xy", False)) is T
    assert truth_of(In(A, B), a="z", b=some("xy", False)) is U


LEAVES: list[Condition] = [
    Holds(A),
    Compare("==", A, A),
    Compare("<=", A, Literal(Fraction(1))),
    In(A, Literal(frozenset())),
    In(Literal("x"), A),
    Overlaps(A, Literal(frozenset())),
    Within(A, A),
    Holds(ParameterRef("q")),
    Compare("<", Literal(Fraction(1)), ParameterRef("q")),
]


@pytest.mark.parametrize("leaf", LEAVES, ids=str)
@pytest.mark.parametrize("state", list(Missing))
def test_a_comparison_that_lacks_a_value_is_unknown(leaf: Condition, state: Missing) -> None:
    """Whatever the reason why a fact has no value, `not_applicable` included, its comparison is unknown."""
    case = Case("c", "project", DAY, {}, {"x.a": state})
    assert evaluate(leaf, case).truth is U
    assert evaluate(Not(leaf), case).truth is U


@given(st.lists(st.sampled_from(Truth), max_size=5))
def test_lines_join_by_kleene_connectives(truths: list[Truth]) -> None:
    """`all` is Kleene's and, `any` Kleene's or, whatever the number of lines."""
    values: dict[str, Value] = {f"x.f{i}": t is T for i, t in enumerate(truths) if t is not U}
    case = Case("c", "project", DAY, values)
    items = tuple(Holds(FactRef(f"x.f{i}")) for i in range(len(truths)))
    assert evaluate(All(items), case).truth is conjunction(truths)
    assert evaluate(AnyOf(items), case).truth is disjunction(truths)


def test_arithmetic_counts_each_occurrence_on_its_own() -> None:
    """x - x of a measured x is an interval around zero, not zero; of an exact x it is zero."""
    zero = Compare("==", Arithmetic("-", A, A), Literal(Fraction(0)))
    assert truth_of(zero, a=span(1, 2)) is U
    assert truth_of(zero, a=exact(Fraction(1, 3))) is T
    square = Compare(">=", Arithmetic("*", A, A), Literal(Fraction(0)))
    assert truth_of(square, a=span(-1, 2)) is U
    assert truth_of(Compare(">=", Arithmetic("*", A, A), Literal(Fraction(-2))), a=span(-1, 2)) is T
