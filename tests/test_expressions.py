"""Condition text to IR and back."""

from __future__ import annotations

import warnings
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ynpolicy.errors import InputError, Place, Problem
from ynpolicy.expressions import parse, parse_term, show, show_term
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
    Not,
    Overlaps,
    ParameterRef,
    Term,
    Within,
)
from ynpolicy.testing.strategies import terms, written_conditions

PLACE = Place("norms/siting.yaml", 7, 11)

# ---------------------------------------------------------------- what is read


@given(written_conditions)
@example(Not(Not(Holds(FactRef("a.b")))))
@example(Not(In(Literal("x"), ParameterRef("s"))))
@example(Not(All((Holds(FactRef("a.b")), Not(In(FactRef("a.c"), Literal(frozenset())))))))
def test_a_printed_condition_reads_back_as_itself(condition: Condition) -> None:
    """parse after show is the identity, whatever the nesting."""
    assert parse(show(condition)) == condition


@given(terms)
@example(Arithmetic("-", FactRef("a.b"), Arithmetic("-", FactRef("a.c"), Literal(Fraction(-1)))))
@example(Arithmetic("*", Arithmetic("+", ParameterRef("a"), ParameterRef("b")), Literal(Fraction(1, 8))))
def test_a_printed_term_reads_back_as_itself(term: Term) -> None:
    """Parentheses are printed where precedence or the left-to-right order needs them."""
    assert parse_term(show_term(term)) == term


@given(st.text(max_size=10))
@example('a"b\\c')
@example("红河州")
def test_a_printed_symbol_reads_back_as_itself(symbol: str) -> None:
    """Quotes and backslashes in a symbol are printed so that they are read again."""
    if symbol.isprintable():
        assert parse_term(show_term(Literal(symbol))) == Literal(symbol)


A, B, C = FactRef("a.x"), FactRef("a.y"), ParameterRef("cap")


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("a.x", Holds(A)),
        ("cap", Holds(C)),
        ("not a.x", Not(Holds(A))),
        ("a.x == True", Compare("==", A, Literal(True))),
        ('a.x != "new"', Compare("!=", A, Literal("new"))),
        ("a.x < 1", Compare("<", A, Literal(Fraction(1)))),
        ("a.x >= -1.50", Compare(">=", A, Literal(Fraction(-3, 2)))),
        ('a.x <= day("2022-12-31")', Compare("<=", A, Literal(date(2022, 12, 31)))),
        ("a.x in cap", In(A, C)),
        ('a.x not in ["new", "old"]', Not(In(A, Literal(frozenset({"new", "old"}))))),
        ("overlaps(a.x, cap)", Overlaps(A, C)),
        ("within(a.x, [])", Within(A, Literal(frozenset()))),
        ("a.x and a.y and cap", All((Holds(A), Holds(B), Holds(C)))),
        ("a.x or a.y and cap", AnyOf((Holds(A), All((Holds(B), Holds(C)))))),
        ("(a.x or a.y) and cap", All((AnyOf((Holds(A), Holds(B))), Holds(C)))),
        ("0 <= a.x < cap", All((Compare("<=", Literal(Fraction(0)), A), Compare("<", A, C)))),
        ("a.x >= cap * a.y", Compare(">=", A, Arithmetic("*", C, B))),
        ("a.x - a.y - cap > 0", Compare(">", Arithmetic("-", Arithmetic("-", A, B), C), Literal(Fraction(0)))),
        ("a.x > -a.y", Compare(">", A, Arithmetic("-", Literal(Fraction(0)), B))),
        ("  a.x  ", Holds(A)),
    ],
)
def test_each_construct_reads_as_the_grammar_says(text: str, condition: Condition) -> None:
    """Names, literals, comparisons, chains, sets, connectives and arithmetic, with Python's precedence."""
    assert parse(text) == condition


def test_nodes_carry_their_address_and_place() -> None:
    """Each item of a connective has its own address under the line's, and its own column."""
    condition = parse("a.x and not a.y", PLACE, "n/must[0]")
    assert isinstance(condition, All)
    first, second = condition.items
    assert (condition.id, first.id, second.id) == ("n/must[0]", "n/must[0]/0", "n/must[0]/1")
    assert first.place == PLACE
    assert second.place == Place(PLACE.file, PLACE.line, PLACE.column + len("a.x and "))


def test_a_column_counts_characters_not_bytes() -> None:
    """A Chinese symbol before the part that is pointed at does not shift it."""
    condition = parse('a.x == "红河州" and a.y', PLACE)
    assert isinstance(condition, All)
    assert condition.items[1].place.column == PLACE.column + len('a.x == "红河州" and ')


# ---------------------------------------------------------------- what is refused

REFUSED = {
    "nothing": "",
    "blanks": "   \n ",
    "a statement": "x = 1",
    "two lines": "a.x\na.y",
    "a chain of attributes": "a.b.c == 1",
    "a dunder chain": "a.__class__.__mro__",
    "an attribute of a literal": '"new".upper == 1',
    "a call": "open(a.x)",
    "a method call": "a.x()",
    "an import": '__import__("os")',
    "overlaps with one side": "overlaps(a.x)",
    "overlaps with three sides": "overlaps(a.x, cap, cap)",
    "overlaps with a keyword": "overlaps(a.x, right=cap)",
    "overlaps with a star": "overlaps(*a.x)",
    "a quotient": "a.x / a.y > 1",
    "a floor quotient": "a.x // a.y > 1",
    "a remainder": "a.x % 2 == 1",
    "a power": "a.x ** 2 > 1",
    "a shift": "a.x << 2 > 1",
    "a bitwise or": "a.x | a.y",
    "an inversion": "~a.x > 1",
    "a matrix product": "a.x @ a.y > 1",
    "an f-string": 'f"{a.x}" == "new"',
    "bytes": 'a.x == b"new"',
    "a comprehension": "a.x in [x for x in cap]",
    "a generator": "a.x in (x for x in cap)",
    "a lambda": "(lambda: a.x)",
    "a walrus": "(y := a.x)",
    "a starred list": "a.x in [*cap]",
    "a list of names": "a.x in [new, old]",
    "a list of numbers": "a.x in [1, 2]",
    "a nested list": 'a.x in [["new"]]',
    "a tuple": 'a.x in ("new", "old")',
    "a set display": 'a.x in {"new"}',
    "a dictionary": "a.x in {}",
    "a subscript": "a.x[0] == 1",
    "a slice": "a.x[0:1] == cap",
    "a conditional": "a.x if a.y else cap",
    "await": "await a.x",
    "yield": "(yield a.x)",
    "an identity": "a.x is None",
    "a negative identity": "a.x is not True",
    "None": "a.x == None",
    "an ellipsis": "a.x == ...",
    "a complex number": "a.x == 1j",
    "an exponent": "a.x > 1e3",
    "an infinite exponent": "a.x > 1e999",
    "a hexadecimal number": "a.x > 0x10",
    "a number with separators": "a.x > 1_000",
    "a thousands separator": "a.x > 1,000",
    "a bare number": "1",
    "a bare text": '"new"',
    "a bare sum": "a.x + a.y",
    "a plus sign": "a.x > +1",
    "a negated boolean": "a.x == -True",
    "a comparison of a comparison": "(a.x < 1) == True",
    "a sum of comparisons": "(a.x < 1) + (a.y < 1)",
    "a date that does not exist": 'a.x > day("2022-02-30")',
    "a date that is no text": "a.x > day(2022)",
    "a date of a fact": "a.x > day(a.y)",
    "a number too long": "a.x > " + "9" * 5000,
    "a text too long": "a.x and " * 400 + "a.x",
    "nested nots": "not " * 200 + "a.x",
    "nested parentheses": "(" * 250 + "a.x" + ")" * 250,
    "nested connectives": "(a.x and (a.y or " * 40 + "a.x" + "))" * 40,
    "nested minus signs": "a.x > " + "-" * 1800 + "a.y",
    "a long sum": "a.x > " + " + ".join(["cap"] * 60),
    "an open parenthesis": "(a.x",
    "an open quote": 'a.x == "new',
    "a null character": "a.x\0",
    "a lone surrogate": 'a.x == "\ud800"',
    "an invisible character": "a.x\u200b == 1",
    "a full-width comparison": "a.x ＜ 1",
    "a comment only": "# a.x",
}


@pytest.mark.parametrize("text", list(REFUSED.values()), ids=list(REFUSED))
def test_anything_outside_the_grammar_is_refused_with_place_and_help(text: str) -> None:
    """What Python can say and a condition cannot is one located problem with a help, never a traceback."""
    with pytest.raises(InputError) as caught:
        parse(text, PLACE)
    (problem,) = caught.value.problems
    assert problem.place.file == PLACE.file
    assert problem.place.line == PLACE.line
    assert problem.place.column >= PLACE.column
    assert problem.help
    assert problem.message
    assert not problem.message.endswith(".")
    assert len(problem.message) < 400


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("a.x and b.c.d", "b.c.d"),
        ('"红河" in cap and open(a.x)', "open(a.x)"),
        ("a.x > 1 and a.y / cap > 1", "a.y / cap"),
    ],
)
def test_a_problem_points_at_the_part_that_is_wrong(text: str, part: str) -> None:
    """The column is that of the part, and the message quotes it in backticks."""
    with pytest.raises(InputError) as caught:
        parse(text, PLACE)
    (problem,) = caught.value.problems
    assert problem.place == Place(PLACE.file, PLACE.line, PLACE.column + text.index(part))
    assert f"`{part}`" in problem.message


def test_a_quotient_is_answered_with_how_to_write_it() -> None:
    """Who divides is told to cross-multiply."""
    with pytest.raises(InputError) as caught:
        parse("a.x / a.y > cap", PLACE)
    assert "cross-multiply" in caught.value.problems[0].help


def test_nesting_is_read_up_to_a_limit_that_any_norm_stays_under() -> None:
    """Twenty connectives deep is still read."""
    text = "(a.x and (a.y or " * 10 + "a.x" + "))" * 10
    assert parse(text) == parse(show(parse(text)))


# ---------------------------------------------------------------- fuzz

WORDS = (
    *("a.x", "cap", "and", "or", "not", "in", "is", "overlaps(", "within(", "day(", "(", ")", "[", "]", "{", "}"),
    *("<", "<=", "==", "!=", "+", "-", "*", "/", "**", ",", ":", ":=", ".", '"new"', "'", '"', 'f"{', "}", "\\"),
    *("1", "0.5", "1e9", "0x", "True", "None", "lambda", "for", "if", "else", "await", "\n", "\t", "\f", "\r", "#"),
)


def read_or_refuse(text: str) -> None:
    """Parses a text; what is read must print and read back, what is refused must be an `InputError` with a place."""
    problems: tuple[Problem, ...] = ()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            condition = parse(text, PLACE)
            assert parse(show(condition)) == condition
        except InputError as error:
            problems = error.problems
    assert all(problem.place.line == PLACE.line and problem.message for problem in problems)


@given(st.text(max_size=60))
@example("\x00")
@example("\ud800")
@example("a.x ==\f1")
@example("a.x\r== 1")
def test_random_text_is_read_or_refused(text: str) -> None:
    """No text at all raises anything but `InputError`, nor a warning of Python's own."""
    read_or_refuse(text)


@given(st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join))
@example('a.x == "\\d"')
@example("1in cap")
@example('"new" is a.x')
def test_random_words_of_the_language_are_read_or_refused(text: str) -> None:
    """The same for texts made of the language's own words, which get further into the reader."""
    read_or_refuse(text)


@given(written_conditions, st.data())
def test_a_condition_with_one_character_changed_is_read_or_refused(condition: Condition, data: st.DataObject) -> None:
    """The same for texts one character away from a good one."""
    text = show(condition)
    at = data.draw(st.integers(0, max(len(text) - 1, 0)))
    read_or_refuse(text[:at] + data.draw(st.sampled_from("()[]\"'.,<=+-*/ \\x1\n")) + text[at + 1 :])
