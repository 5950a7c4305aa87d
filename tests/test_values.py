"""Exact numbers, intervals, sets and truth."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ynpolicy.values import (
    FALSE,
    LARGEST_TICKS,
    MICRO,
    TRUE,
    UNKNOWN,
    Interval,
    SymbolSet,
    Truth,
    conjunction,
    disjunction,
    exact,
    negate,
    number_text,
    read_number,
    ticks,
    truth,
)

truths = st.sampled_from(Truth)
tick_numbers = st.integers(-LARGEST_TICKS, LARGEST_TICKS).map(lambda n: Fraction(n, MICRO))
decimals = st.builds(
    lambda digits, places: Fraction(digits, 10**places), st.integers(-(10**30), 10**30), st.integers(0, 20)
)

# ---------------------------------------------------------------- numbers


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", Fraction(0)),
        ("1000", Fraction(1000)),
        ("1.2", Fraction(6, 5)),
        ("-0.000001", Fraction(-1, 10**6)),
        ("+3.50", Fraction(7, 2)),
        (".5", Fraction(1, 2)),
        ("5.", Fraction(5)),
        ("007", Fraction(7)),
        ("0.1", Fraction(1, 10)),
        ("9007199254740993", Fraction(2**53 + 1)),
    ],
)
def test_a_decimal_text_is_read_exactly(text: str, number: Fraction) -> None:
    """No digit is lost: 0.1 is one tenth, and 2^53 + 1 is not rounded to 2^53."""
    assert read_number(text) == number


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "1 ", " 1", "1e3", "1E3", "1,000", "1_000", "nan", "inf", "-inf", "0x10", "1/3", "1.2.3", "--1"),
        *(".", "+", "１２", "٣", "1\n", "½", "一", "1.2m"),
    ],
)
def test_anything_but_a_plain_decimal_is_refused(text: str) -> None:
    """Exponents, separators, NaN, infinity, foreign digits, blanks and quotients are no numbers."""
    with pytest.raises(ValueError, match="not a plain decimal number"):
        read_number(text)


@given(st.text(max_size=12))
@example("1e5")
@example("۱")
def test_reading_a_text_gives_its_number_or_a_value_error(text: str) -> None:
    """Random text never raises anything but `ValueError`, and what is read is never a float."""
    try:
        number = read_number(text)
    except ValueError:
        number = Fraction(0)
    assert type(number) is Fraction


@given(decimals)
@example(Fraction(0))
@example(Fraction(-1, 2))
@example(Fraction(1, 10**20))
@example(Fraction(10**30))
def test_a_printed_number_reads_back_as_itself(number: Fraction) -> None:
    """read_number after number_text is the identity on decimals."""
    assert read_number(number_text(number)) == number


@given(decimals)
def test_a_printed_number_has_no_needless_digits(number: Fraction) -> None:
    """No exponent, no plus, no trailing zero after the point, no point without digits."""
    text = number_text(number)
    assert set(text) <= set("-.0123456789")
    assert "." not in text or text[-1] not in ".0"
    assert text != "-0"


def test_a_number_without_a_decimal_end_is_printed_as_a_quotient() -> None:
    """One third stays exact in print."""
    assert number_text(Fraction(1, 3)) == "1/3"
    assert number_text(Fraction(-2000, 3)) == "-2000/3"


@given(tick_numbers)
@example(Fraction(LARGEST_TICKS, MICRO))
@example(Fraction(-LARGEST_TICKS, MICRO))
def test_every_number_within_the_limits_is_a_whole_number_of_ticks(number: Fraction) -> None:
    """Ticks are millionths, and the largest number of them is allowed."""
    assert Fraction(ticks(number), MICRO) == number


@pytest.mark.parametrize("sign", [1, -1])
def test_one_tick_beyond_the_limit_is_refused(sign: int) -> None:
    """2^53 ticks are read, 2^53 + 1 are not, on both sides of zero."""
    assert ticks(sign * Fraction(LARGEST_TICKS, MICRO)) == sign * LARGEST_TICKS
    with pytest.raises(ValueError, match="is beyond 9,007,199,254"):
        ticks(sign * Fraction(LARGEST_TICKS + 1, MICRO))


@pytest.mark.parametrize("number", [Fraction(1, 10**7), Fraction(1, 3), Fraction(10000001, 10**7)])
def test_more_than_six_decimals_are_refused(number: Fraction) -> None:
    """A number between two ticks is not rounded to either."""
    with pytest.raises(ValueError, match="more than six decimals"):
        ticks(number)


def test_an_interval_is_exact_where_its_ends_are_equal() -> None:
    """`exact` makes an interval of one number; one with two ends is not exact."""
    assert exact(3) == Interval(Fraction(3), Fraction(3))
    assert exact(Fraction(1, 2)).is_exact
    assert not Interval(Fraction(1), Fraction(1) + Fraction(1, MICRO)).is_exact


def test_a_set_of_symbols_is_complete_unless_said_otherwise() -> None:
    """Two sets differ where one may hold more."""
    assert SymbolSet(frozenset("ab")).complete
    assert SymbolSet(frozenset("ab")) != SymbolSet(frozenset("ab"), complete=False)


# ---------------------------------------------------------------- truth


def test_a_truth_is_never_taken_for_a_bool() -> None:
    """`if unknown:` is an error, not a silent false."""
    for item in Truth:
        with pytest.raises(TypeError, match="not a bool"):
            bool(item)


def test_a_bool_becomes_the_truth_of_the_same_name() -> None:
    """truth(True) is true, truth(False) is false."""
    assert truth(True) is TRUE
    assert truth(False) is FALSE


@pytest.mark.parametrize(("a", "expected"), [(TRUE, FALSE), (FALSE, TRUE), (UNKNOWN, UNKNOWN)])
def test_kleene_not(a: Truth, expected: Truth) -> None:
    """The table of strong Kleene negation."""
    assert negate(a) is expected


KLEENE_AND = {
    (TRUE, TRUE): TRUE,
    (TRUE, UNKNOWN): UNKNOWN,
    (TRUE, FALSE): FALSE,
    (UNKNOWN, TRUE): UNKNOWN,
    (UNKNOWN, UNKNOWN): UNKNOWN,
    (UNKNOWN, FALSE): FALSE,
    (FALSE, TRUE): FALSE,
    (FALSE, UNKNOWN): FALSE,
    (FALSE, FALSE): FALSE,
}
KLEENE_OR = {
    (TRUE, TRUE): TRUE,
    (TRUE, UNKNOWN): TRUE,
    (TRUE, FALSE): TRUE,
    (UNKNOWN, TRUE): TRUE,
    (UNKNOWN, UNKNOWN): UNKNOWN,
    (UNKNOWN, FALSE): UNKNOWN,
    (FALSE, TRUE): TRUE,
    (FALSE, UNKNOWN): UNKNOWN,
    (FALSE, FALSE): FALSE,
}


@pytest.mark.parametrize("pair", list(product(Truth, Truth)))
def test_kleene_and(pair: tuple[Truth, Truth]) -> None:
    """The table of strong Kleene conjunction, all nine lines."""
    assert conjunction(pair) is KLEENE_AND[pair]


@pytest.mark.parametrize("pair", list(product(Truth, Truth)))
def test_kleene_or(pair: tuple[Truth, Truth]) -> None:
    """The table of strong Kleene disjunction, all nine lines."""
    assert disjunction(pair) is KLEENE_OR[pair]


def test_nothing_to_hold_holds_and_nothing_to_choose_does_not() -> None:
    """The empty conjunction is true, the empty disjunction false."""
    assert conjunction(()) is TRUE
    assert disjunction(()) is FALSE


@given(st.lists(truths, max_size=6))
def test_the_order_of_lines_never_matters_and_de_morgan_holds(items: list[Truth]) -> None:
    """And and or are symmetric, and each is the other's dual under not."""
    assert conjunction(items) is conjunction(reversed(items))
    assert disjunction(items) is disjunction(reversed(items))
    assert negate(conjunction(items)) is disjunction(map(negate, items))
