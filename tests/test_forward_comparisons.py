"""What each comparison and connective is, through durable_rules."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any, Final

import pytest

from tests.forward_packs import (
    DAY,
    FALSE,
    NEAR,
    TRUE,
    UNKNOWN,
    A,
    B,
    C,
    case,
    norm,
    outcome,
    pack,
    rulings,
)
from ynpolicy.engines.forward import ForwardEngine
from ynpolicy.errors import EnvelopeError
from ynpolicy.ir import (
    All,
    AnyOf,
    Arithmetic,
    Compare,
    Condition,
    FactRef,
    Holds,
    In,
    Literal,
    Modality,
    Not,
    Overlaps,
    ParameterRef,
    Within,
)
from ynpolicy.values import Interval, SymbolSet, Value, exact
from ynpolicy.verdict import Outcome

pytestmark = pytest.mark.forward


def between(low: str, high: str) -> Interval:
    return Interval(Fraction(low), Fraction(high))


NUMBERS: Final = (
    ("<", between("1", "2"), TRUE),
    ("<", between("2.999999", "3"), UNKNOWN),
    ("<", exact(3), FALSE),
    ("<=", exact(3), TRUE),
    ("<=", exact(Fraction("3.000001")), FALSE),
    ("<=", between("3", "4"), UNKNOWN),
    (">", between("3", "4"), UNKNOWN),
    (">", exact(3), FALSE),
    (">", exact(Fraction("3.000001")), TRUE),
    (">=", between("3", "4"), TRUE),
    (">=", between("2", "3"), UNKNOWN),
    (">=", exact(Fraction("2.999999")), FALSE),
    ("==", exact(3), TRUE),
    ("==", between("3", "4"), UNKNOWN),
    ("==", between("3.5", "4"), FALSE),
    ("==", between("1", "2"), FALSE),
    ("!=", exact(3), FALSE),
    ("!=", between("1", "3"), UNKNOWN),
    ("!=", between("1", "2"), TRUE),
)


@pytest.mark.parametrize(("op", "value", "expected"), NUMBERS)
@pytest.mark.parametrize("right", [Literal(Fraction(3)), ParameterRef("p"), FactRef("case.other")])
def test_numbers_are_compared_as_intervals(op: str, value: Value, expected: Outcome, right: Any) -> None:
    """A measured number compares true or false only where its whole interval does, one millionth either side."""
    values = {"case.number": value, "case.other": exact(3)}
    assert outcome(Compare(op, FactRef("case.number"), right), values, {"p": exact(3)}) is expected


def test_arithmetic_is_exact_and_outward() -> None:
    """Products take all four corners, sums their ends, and fractions of a millionth still count."""
    product = Arithmetic("*", FactRef("case.u"), FactRef("case.v"))
    values: dict[str, Value] = {"case.u": between("-2", "3"), "case.v": between("-5", "4")}
    for bound, expected in (("12", TRUE), ("11.999999", UNKNOWN), ("-15", UNKNOWN), ("-15.000001", FALSE)):
        assert outcome(Compare("<=", product, Literal(Fraction(bound))), values) is expected
    for op, low, high in (("+", -7, 7), ("-", -6, 8)):
        term = Arithmetic(op, FactRef("case.u"), FactRef("case.v"))
        for end, expected in ((high, TRUE), (high - 1, UNKNOWN), (low, UNKNOWN), (low - 1, FALSE)):
            assert outcome(Compare("<=", term, Literal(Fraction(end))), values) is expected
    third = Arithmetic("-", Arithmetic("+", FactRef("case.u"), Literal(Fraction(1, 3))), Literal(Fraction(4, 3)))
    assert outcome(Compare("==", third, Literal(Fraction(-3))), {"case.u": exact(-2)}) is TRUE
    tiny = Arithmetic("*", FactRef("case.u"), FactRef("case.u"))
    micro = {"case.u": exact(Fraction(1, 10**6))}
    assert outcome(Compare(">", tiny, Literal(Fraction(0))), micro) is TRUE


def test_a_huge_difference_keeps_its_sign() -> None:
    """Products far beyond 2^53 ticks are clamped where they are asserted, and still compare rightly."""
    cube = Arithmetic("*", FactRef("case.u"), Arithmetic("*", FactRef("case.u"), FactRef("case.u")))
    large = exact(Fraction(2**53, 10**6))
    assert outcome(Compare(">", cube, FactRef("case.u")), {"case.u": large}) is TRUE
    assert outcome(Compare(">", cube, FactRef("case.u")), {"case.u": exact(-large.lo)}) is FALSE


def test_numbers_are_whole_millionths() -> None:
    """A number that is no whole number of millionths is refused, never rounded."""
    with pytest.raises(EnvelopeError, match=r"`case\.u` is 1/3"):
        outcome(Compare(">", FactRef("case.u"), Literal(Fraction(0))), {"case.u": exact(Fraction(1, 3))})


MANY: Final = Literal(frozenset({"cd", "pb"}))
NONE: Final = Literal(frozenset[str]())
SET: Final = FactRef("case.set")
OTHER: Final = FactRef("case.other")


def some(*members: str) -> SymbolSet:
    return SymbolSet(frozenset(members), complete=False)


def whole(*members: str) -> SymbolSet:
    return SymbolSet(frozenset(members))


SETS: Final[tuple[tuple[Condition, dict[str, Value], Outcome], ...]] = (
    (In(FactRef("case.symbol"), MANY), {"case.symbol": "cd"}, TRUE),
    (In(FactRef("case.symbol"), MANY), {"case.symbol": "hg"}, FALSE),
    (In(FactRef("case.symbol"), SET), {"case.symbol": "cd", "case.set": some("cd")}, TRUE),
    (In(FactRef("case.symbol"), SET), {"case.symbol": "cd", "case.set": some("hg")}, UNKNOWN),
    (In(FactRef("case.symbol"), SET), {"case.symbol": "cd", "case.set": whole("hg")}, FALSE),
    (In(FactRef("case.symbol"), SET), {"case.set": whole()}, UNKNOWN),
    (Overlaps(SET, MANY), {"case.set": some("cd", "hg")}, TRUE),
    (Overlaps(SET, MANY), {"case.set": some("hg")}, UNKNOWN),
    (Overlaps(SET, MANY), {"case.set": whole("hg")}, FALSE),
    (Overlaps(SET, NONE), {"case.set": some("hg")}, FALSE),
    (Overlaps(SET, NONE), {}, UNKNOWN),
    (Overlaps(SET, OTHER), {"case.set": whole(), "case.other": some("cd")}, FALSE),
    (Overlaps(SET, OTHER), {"case.set": some("cd"), "case.other": whole()}, FALSE),
    (Overlaps(SET, OTHER), {"case.set": some(), "case.other": some()}, UNKNOWN),
    (Overlaps(SET, OTHER), {"case.set": whole("cd"), "case.other": whole("hg")}, FALSE),
    (Within(SET, MANY), {"case.set": whole("cd")}, TRUE),
    (Within(SET, MANY), {"case.set": whole()}, TRUE),
    (Within(SET, MANY), {"case.set": some("cd")}, UNKNOWN),
    (Within(SET, MANY), {"case.set": some("cd", "hg")}, FALSE),
    (Within(SET, OTHER), {"case.set": whole("cd"), "case.other": some("hg")}, UNKNOWN),
    (Within(MANY, SET), {"case.set": some("cd", "pb")}, TRUE),
    (Within(MANY, SET), {"case.set": whole("cd")}, FALSE),
)


@pytest.mark.parametrize(("condition", "values", "expected"), SETS)
def test_sets_may_be_partly_known(condition: Condition, values: dict[str, Value], expected: Outcome) -> None:
    """A listed member is in the set, an unlisted one is out only where the set is complete."""
    assert outcome(condition, values) is expected


PLAIN: Final[tuple[tuple[Condition, dict[str, Value], Outcome], ...]] = (
    (A, {"case.a": True}, TRUE),
    (A, {"case.a": False}, FALSE),
    (A, {}, UNKNOWN),
    (Compare("==", FactRef("case.a"), Literal(False)), {"case.a": False}, TRUE),
    (Compare("!=", FactRef("case.a"), Literal(True)), {"case.a": True}, FALSE),
    (Compare("==", FactRef("case.s"), Literal("新建")), {"case.s": "新建"}, TRUE),
    (Compare("==", FactRef("case.s"), Literal("a b")), {"case.s": "a"}, FALSE),
    (Compare("==", FactRef("case.s"), Literal("")), {"case.s": "x" * 65536}, FALSE),
    (Compare("!=", FactRef("case.s"), FactRef("case.t")), {"case.s": '"', "case.t": "\\"}, TRUE),
    (Compare("!=", FactRef("case.s"), FactRef("case.t")), {"case.s": '"'}, UNKNOWN),
    (Compare("<", FactRef("case.day"), Literal(DAY)), {"case.day": date(2022, 4, 30)}, TRUE),
    (Compare("<", FactRef("case.day"), Literal(DAY)), {"case.day": DAY}, FALSE),
    (Compare(">=", FactRef("case.day"), Literal(DAY)), {"case.day": date(2023, 1, 1)}, TRUE),
    (Compare("==", FactRef("case.day"), Literal(DAY)), {"case.day": DAY}, TRUE),
    (Compare("!=", Literal(True), Literal(True)), {}, FALSE),
    (All((Compare("==", Literal(True), Literal(False)), Compare("==", Literal(Fraction(1)), Literal(Fraction(0))))), {},
     FALSE),
    (All((Compare("==", A.term, Literal(True)), Compare("<", C.term, Literal(Fraction(1))))),
     {"case.a": True, "case.c": exact(0)}, TRUE),
    (Not(A), {"case.a": True}, FALSE),
    (Not(Not(A)), {}, UNKNOWN),
    (All(()), {}, TRUE),
    (AnyOf(()), {}, FALSE),
    (All((A, B)), {"case.a": False}, FALSE),
    (All((A, B)), {"case.a": True}, UNKNOWN),
    (AnyOf((A, B)), {"case.a": True}, TRUE),
    (AnyOf((A, B)), {"case.a": False}, UNKNOWN),
    (AnyOf((A, Not(A))), {}, UNKNOWN),
)  # fmt: skip


@pytest.mark.parametrize(("condition", "values", "expected"), PLAIN)
def test_plain_comparisons_and_connectives(condition: Condition, values: dict[str, Value], expected: Outcome) -> None:
    """Booleans, symbols and dates compare exactly; connectives follow Kleene, `a or not a` included."""
    assert outcome(condition, values) is expected


def test_an_unverified_parameter_decides_nothing_and_a_verified_one_is_read_per_case() -> None:
    """One engine judges cases under different values of a parameter, and without any."""
    engine = ForwardEngine(pack(norm("n", Modality.MUST_NOT, NEAR)), "project")
    near: dict[str, Value] = {"site.distance": exact(1000)}
    for parameters, expected in (({"buffer": exact(1000)}, FALSE), ({"buffer": exact(999)}, TRUE), ({}, UNKNOWN)):
        assert rulings(engine, case(near, parameters=parameters))["n"].outcome is expected


def test_many_true_alternatives_do_not_multiply() -> None:
    """Eight `any` of eight true items each fire some dozens of rules, not sixteen million."""
    groups = [[Holds(FactRef(f"group{i}.item{j}")) for j in range(8)] for i in range(8)]
    condition = All(tuple(AnyOf(tuple(group)) for group in groups))
    values: dict[str, Value] = {item.term.name: True for group in groups for item in group}
    assert outcome(condition, values) is TRUE
    assert outcome(Not(Not(condition)), values | {f"group7.item{j}": False for j in range(8)}) is FALSE
    assert outcome(condition, {k: v for k, v in values.items() if not k.startswith("group7")}) is UNKNOWN
