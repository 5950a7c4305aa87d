"""The compiled engine: every kind of comparison, and exactly the facts that are missing."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from tests.compiled_level import (
    F,
    T,
    U,
    case_of,
    checked,
    members,
    span,
)
from ynpolicy.expressions import parse
from ynpolicy.ir import (
    All,
    Arithmetic,
    Compare,
    Condition,
    FactRef,
    Literal,
    Not,
)
from ynpolicy.values import Missing, Truth, Value, exact


@pytest.mark.parametrize(
    ("text", "values", "truth"),
    [
        ("a.flag", {"a.flag": True}, T),
        ("a.flag", {"a.flag": False}, F),
        ("a.flag", {}, U),
        ("on", {}, T),
        ("unsettled", {}, U),
        ("a.flag == True", {"a.flag": False}, F),
        ("a.flag != True", {"a.flag": False}, T),
        ("a.flag == a.other", {"a.flag": True, "a.other": True}, T),
        ("a.flag == a.other", {"a.flag": True}, U),
        ('a.metal == "cd"', {"a.metal": "cd"}, T),
        ('a.metal == "cd"', {"a.metal": "pb"}, F),
        ('a.metal != "cd"', {"a.metal": "pb"}, T),
        ('a.metal != "cd"', {}, U),
        ("a.metal == home", {"a.metal": "cd"}, T),
        ("a.metal == a.county", {"a.metal": "hg", "a.county": "hg"}, T),
        ("a.metal == a.county", {"a.metal": "hg"}, U),
        ('a.metal in ["cd", "pb"]', {"a.metal": "pb"}, T),
        ("a.metal in toxic", {"a.metal": "pb"}, F),
        ("a.metal not in toxic", {"a.metal": "pb"}, T),
        ("a.metal in toxic", {}, U),
        ("a.metal in unsettled", {"a.metal": "pb"}, U),
        ("a.metal in some", {"a.metal": "cd"}, T),
        ("a.metal in some", {"a.metal": "pb"}, U),
        ("overlaps(a.metals, some)", {"a.metals": members("pb")}, U),
        ('"cd" in a.metals', {"a.metals": members("cd", complete=False)}, T),
        ('"cd" in a.metals', {"a.metals": members("pb", complete=False)}, U),
        ('"cd" in a.metals', {"a.metals": members("pb")}, F),
        ('"cd" in a.metals', {}, U),
        ("a.metal in a.metals", {"a.metal": "pb", "a.metals": members("pb", complete=False)}, T),
        ("a.metal in a.metals", {"a.metals": members("pb")}, U),
        ("overlaps(a.metals, toxic)", {"a.metals": members("cd", complete=False)}, T),
        ("overlaps(a.metals, toxic)", {"a.metals": members("pb", complete=False)}, U),
        ("overlaps(a.metals, toxic)", {"a.metals": members("pb")}, F),
        ("overlaps(a.metals, toxic)", {}, U),
        ("overlaps(a.metals, none)", {"a.metals": members("pb", complete=False)}, F),
        ("overlaps(a.metals, none)", {}, U),
        ("overlaps(a.metals, a.wastes)", {"a.metals": members(), "a.wastes": members(complete=False)}, F),
        ("overlaps(a.metals, a.wastes)", {"a.metals": members()}, U),
        ("overlaps(a.metals, a.wastes)", {"a.metals": members("cd"), "a.wastes": members("cd", complete=False)}, T),
        ("within(a.metals, toxic)", {"a.metals": members("cd")}, T),
        ("within(a.metals, toxic)", {"a.metals": members("cd", complete=False)}, U),
        ("within(a.metals, toxic)", {"a.metals": members("pb", complete=False)}, F),
        ("within(a.metals, toxic)", {}, U),
        ("within(none, a.metals)", {"a.metals": members(complete=False)}, T),
        ("within(none, a.metals)", {}, U),
        ("within(a.metals, a.wastes)", {"a.metals": members("cd"), "a.wastes": members("pb", complete=False)}, U),
        ("within(a.metals, a.wastes)", {"a.metals": members("cd"), "a.wastes": members("cd", complete=False)}, T),
        ("a.day < issued", {"a.day": date(2021, 12, 31)}, T),
        ("a.day <= issued", {"a.day": date(2022, 1, 1)}, T),
        ("a.day > issued", {"a.day": date(2022, 1, 1)}, F),
        ("a.day >= issued", {"a.day": date(2022, 1, 1)}, T),
        ("a.day == issued", {"a.day": date(2022, 1, 2)}, F),
        ("a.day != issued", {"a.day": date(2022, 1, 2)}, T),
        ("a.day < a.night", {"a.day": date(2022, 1, 2)}, U),
    ],
)
def test_comparison_of_words_and_days(text: str, values: dict[str, Value], truth: Truth) -> None:
    """A comparison of booleans, symbols, sets and dates is unknown exactly while a side could still decide it."""
    assert checked(parse(text), case_of(values))[0] is truth


@pytest.mark.parametrize(
    ("op", "low", "high", "truth"),
    [
        ("<", 999, 999, T),
        ("<", 1000, 1000, F),
        ("<", 999, 1000, U),
        ("<", 1000, 1001, F),
        ("<=", 999, 1000, T),
        ("<=", "1000.000001", 2000, F),
        ("<=", 1000, 1001, U),
        (">", 1001, 1002, T),
        (">", 999, 1000, F),
        (">", 1000, 1001, U),
        (">=", 1000, 1001, T),
        (">=", 999, "999.999999", F),
        (">=", 999, 1000, U),
        ("==", 1000, 1000, T),
        ("==", 999, 1000, U),
        ("==", 998, 999, F),
        ("!=", 1000, 1000, F),
        ("!=", 1000, 1001, U),
        ("!=", 1001, 1002, T),
    ],
)
def test_comparison_of_a_measured_number(op: str, low: int | str, high: int | str, truth: Truth) -> None:
    """An interval is compared as a whole: only where all of it lies on one side is the truth known."""
    case = case_of({"a.distance": span(low, high)})
    missing = {"a.distance"} if truth is U else set()
    assert checked(parse(f"a.distance {op} buffer"), case) == (truth, missing)


@pytest.mark.parametrize(
    ("text", "values", "truth", "missing"),
    [
        ("a.distance >= ratio * a.width", {"a.distance": exact(12), "a.width": exact(10)}, T, set()),
        (
            "a.distance >= ratio * a.width",
            {"a.distance": exact(Fraction("11.999999")), "a.width": exact(10)},
            F,
            set(),
        ),
        ("a.distance >= ratio * a.width", {"a.distance": exact(12)}, U, {"a.width"}),
        ("a.distance * a.width > buffer", {"a.distance": span(-20, 10), "a.width": span(-60, -51)}, U, {"*"}),
        ("a.distance * a.width > buffer", {"a.distance": span(-20, -20), "a.width": span(-60, -51)}, T, set()),
        ("a.distance * a.width > buffer", {"a.distance": exact(0)}, U, {"a.width"}),
        ("a.distance - a.width < 1", {"a.distance": span(5, 6), "a.width": span(5, 6)}, U, {"*"}),
        ("a.distance + a.width < buffer", {"a.distance": span(5, 6), "a.width": span(990, 993)}, T, set()),
        ("a.distance - a.distance < 1", {"a.distance": span(5, 7)}, U, {"a.distance"}),
        ("0 * a.distance <= 1", {}, U, {"a.distance"}),
        ("falling * a.distance > buffer", {"a.distance": span(-600, -501)}, T, set()),
        ("falling * a.distance < buffer", {"a.distance": span(-500, 10)}, U, {"a.distance"}),
        ("ratio * ratio > 1", {}, T, set()),
        ("a.distance < a.width", {"a.distance": span(1, 2)}, U, {"*"}),
        ("a.distance <= a.width", {"a.distance": span(1, 2), "a.width": exact(2)}, T, set()),
        ("a.distance == a.width", {}, U, {"*"}),
    ],
)
def test_comparison_of_sums_and_products(text: str, values: dict[str, Value], truth: Truth, missing: set[str]) -> None:
    """Sums and products are outward intervals, exact to the tick; a missing fact makes them unknown, even times 0."""
    expected = {"a.distance", "a.width"} if missing == {"*"} else missing
    assert checked(parse(text), case_of(values)) == (truth, expected)


def test_product_of_numbers_beyond_machine_words_is_exact() -> None:
    """Three factors of 2^53 ticks are compared exactly."""
    largest = Fraction(2**53, 10**6)
    cube = Arithmetic("*", Arithmetic("*", FactRef("a.distance"), FactRef("a.distance")), FactRef("a.distance"))
    case = case_of({"a.distance": exact(largest)})
    assert checked(Compare("==", cube, Literal(largest**3)), case)[0] is T
    assert checked(Compare("<", cube, Literal(largest**3)), case)[0] is F
    assert checked(Compare("<", cube, Literal(largest**3 + Fraction(1, 10**18))), case)[0] is T


def test_thirds_are_compared_exactly() -> None:
    """A literal that no decimal ends is not rounded."""
    third = Literal(Fraction(1, 3))
    below = case_of({"a.distance": exact(Fraction("0.333333"))})
    assert checked(Compare("<", FactRef("a.distance"), third), below)[0] is T
    above = case_of({"a.distance": exact(Fraction("0.333334"))})
    assert checked(Compare("<", FactRef("a.distance"), third), above)[0] is F


def test_a_number_larger_than_any_fact_leaves_a_missing_one_unknown() -> None:
    """However large a literal is, a missing number is not below it."""
    huge = Literal(Fraction(10**200))
    assert checked(Compare("<", FactRef("a.distance"), huge), case_of({})) == (U, {"a.distance"})
    assert checked(Compare("<", FactRef("a.distance"), huge), case_of({"a.distance": exact(1)})) == (T, set())


@pytest.mark.parametrize(
    ("values", "truth", "missing"),
    [
        ({}, U, {"a.flag", "a.distance", "a.metal"}),
        ({"a.flag": False}, F, set()),
        ({"a.flag": True}, U, {"a.distance", "a.metal"}),
        ({"a.flag": True, "a.metal": "cd"}, U, {"a.distance"}),
        ({"a.metal": "pb"}, U, {"a.flag"}),
        ({"a.flag": True, "a.distance": exact(2000)}, T, set()),
        ({"a.distance": exact(1000), "a.metal": "cd"}, F, set()),
    ],
)
def test_missing_facts_stand_under_unknown_branches_only(
    values: dict[str, Value], truth: Truth, missing: set[str]
) -> None:
    """A branch that is settled asks for nothing, though a fact that it reads is missing."""
    condition = parse('a.flag and not (a.distance <= buffer and a.metal == "cd")')
    assert checked(condition, case_of(values)) == (truth, missing)


def test_not_applicable_facts_are_not_asked_for() -> None:
    """A fact that is not applicable leaves a comparison unknown and is not among the missing ones."""
    case = case_of({}, {"a.flag": Missing.NOT_APPLICABLE, "a.other": Missing.CONFLICT})
    assert checked(parse("a.flag == a.other"), case) == (U, {"a.other"})


def test_only_the_open_side_is_asked_for() -> None:
    """Of two sets only the incomplete one is missing, of two numbers only the measured one."""
    sets = case_of({"a.metals": members("cd"), "a.wastes": members("pb", complete=False)})
    assert checked(parse("overlaps(a.metals, a.wastes)"), sets) == (U, {"a.wastes"})
    numbers = case_of({"a.distance": exact(5), "a.width": span(4, 6)})
    assert checked(parse("a.distance < a.width"), numbers) == (U, {"a.width"})


@pytest.mark.parametrize("empty", [All(()), Not(All(()))])
def test_empty_lists_are_settled(empty: Condition) -> None:
    """An empty `all` is true, and its negation false."""
    assert checked(empty, case_of({})) == (T if isinstance(empty, All) else F, set())
