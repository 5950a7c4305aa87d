"""Every engine says what the reference says in small worlds that are gone through from end to end.

What a random draw meets seldom stands here: every pair of partly known sets, every pair of small intervals under every
comparison and operation, constants that Python holds equal and the law does not.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import combinations_with_replacement, product

import pytest
from attrs import evolve

from ynpolicy.expressions import parse
from ynpolicy.ir import All, Case, FactType, Kind, Modality, Pack, Symbol
from ynpolicy.testing.agreement import assert_agreement
from ynpolicy.testing.chance import seeded
from ynpolicy.testing.drawn_packs import EMPTY, draw_pack
from ynpolicy.testing.drawn_values import POOL
from ynpolicy.values import TRUE, UNKNOWN, Interval, SymbolSet, Truth, Value, exact

KINDS = {
    "a.flag": Kind.BOOLEAN,
    "b.flag": Kind.BOOLEAN,
    "a.place": Kind.SYMBOL,
    "b.place": Kind.SYMBOL,
    "a.set": Kind.SYMBOLS,
    "b.set": Kind.SYMBOLS,
    "a.number": Kind.NUMBER,
    "b.number": Kind.NUMBER,
    "a.day": Kind.DATE,
    "b.day": Kind.DATE,
}
ORDER = ("<", "<=", "==", "!=", ">=", ">")


def world(lines: Iterable[str], modality: Modality = Modality.MUST) -> Pack:
    """A pack with one norm for each line and one for its negation, in which the line is all that is demanded."""
    symbols = {name: Symbol(name, EMPTY) for name in ("x", "y")}
    facts = {name: FactType(name, kind, EMPTY, EMPTY, symbols=symbols) for name, kind in KINDS.items()}
    pack = draw_pack(seeded("world"), norms=1)
    norm = evolve(next(iter(pack.norms.values())), level="project", modality=modality, exemptions=())
    norm = evolve(norm, since=None, until=None, due=None, applies=All(()))
    texts = [text for line in lines for text in (line, f"not ({line})")]
    norms = {text: evolve(norm, id=text, requirement=All((parse(text),))) for text in texts}
    return evolve(pack, facts=facts, norms=norms, territory={})


def pairs(kind: str, values: Iterable[Value]) -> list[Case]:
    """A case for each pair of values of `a.kind` and `b.kind`, either of which may also be missing."""
    states = (*values, None)
    cases = []
    for a, b in product(states, states):
        known = {f"{side}.{kind}": value for side, value in (("a", a), ("b", b)) if value is not None}
        law = {} if b is None else {"law": b}
        cases.append(Case("c", "project", POOL.days[0], known, parameters=law))
    return cases


SETS = [SymbolSet(frozenset(members), complete) for members in ("", "x", "y", "xy") for complete in (True, False)]
COMPLETE = [known for known in SETS if known.complete]
INTERVALS = [Interval(exact(lo).lo, exact(hi).lo) for lo, hi in combinations_with_replacement((-2, -1, 0, 1, 3), 2)]


@pytest.mark.parametrize("operator", ["overlaps", "within"])
def test_engines_agree_on_every_pair_of_partly_known_sets(operator: str) -> None:
    """Fact with fact, fact with itself, and fact with constant, complete or not or missing."""
    sides = ("b.set", "a.set", "[]", '["x"]', '["x", "y"]')
    assert_agreement(world(f"{operator}(a.set, {side})" for side in sides), pairs("set", SETS))


@pytest.mark.parametrize("operator", ["overlaps", "within"])
def test_engines_agree_on_every_set_and_every_parameter(operator: str) -> None:
    """A partly known fact with what the law lists, verified or not, on either side."""
    cases = [case for case in pairs("set", SETS) if case.parameters.get("law") in (*COMPLETE, None)]
    assert_agreement(world([f"{operator}(a.set, law)", f"{operator}(law, a.set)"]), cases)


def test_engines_agree_on_membership() -> None:
    """A symbol, known or not, in every set, complete or not or missing."""
    lines = ["a.place in a.set", '"x" in a.set', 'a.place in ["x"]', "a.place in []", 'a.place in ["x", "y"]']
    places: list[str | None] = ["x", "y", None]
    cases = [
        evolve(case, values={**case.values, **({"a.place": place} if place else {})})
        for case in pairs("set", SETS)
        for place in places
    ]
    assert_agreement(world(lines), cases)


@pytest.mark.parametrize("operator", ORDER)
def test_engines_agree_on_every_pair_of_small_intervals(operator: str) -> None:
    """Measured and exact numbers, negative ones too, under a comparison with and without arithmetic."""
    lines = [
        f"a.number {operator} b.number",
        f"a.number {operator} law",
        f"a.number {operator} a.number",
        f"a.number {operator} 1",
        f"0 {operator} a.number",
        f"a.number + b.number {operator} 1",
        f"a.number - b.number {operator} 1",
        f"a.number - a.number {operator} 0",
        f"a.number * b.number {operator} -2",
        f"a.number * b.number {operator} 3",
        f"a.number * a.number {operator} 1",
        f"1.5 * a.number {operator} b.number - 0.5",
        f"a.number * b.number - a.number {operator} b.number * 0.000001",
    ]
    assert_agreement(world(lines), pairs("number", INTERVALS))


@pytest.mark.parametrize("operator", ORDER)
def test_engines_agree_on_every_pair_of_days(operator: str) -> None:
    """Days on both sides of a month's and a year's end."""
    days = [date.fromisoformat(day) for day in ("2020-12-31", "2021-01-01", "2021-01-31", "2021-02-01", "9999-12-31")]
    lines = [f"a.day {operator} {other}" for other in ("b.day", "law", 'day("2021-01-31")')]
    assert_agreement(world(lines), pairs("day", days))


@pytest.mark.parametrize("operator", ["==", "!="])
def test_engines_agree_on_every_pair_of_symbols_and_flags(operator: str) -> None:
    """Symbols and booleans take equality only."""
    symbols = [f"a.place {operator} {other}" for other in ("b.place", "law", '"x"')]
    assert_agreement(world(symbols), pairs("place", ["x", "y"]))
    flags = [f"a.flag {operator} {other}" for other in ("b.flag", "law", "True", "False")]
    assert_agreement(world([*flags, "a.flag", "law"]), pairs("flag", [True, False]))


def test_true_is_not_one_and_false_is_not_zero() -> None:
    """Python holds True equal to 1; an engine that keeps constants in a dictionary must not."""
    lines = ("a.flag == True", "a.number >= 1", "a.flag != False", "a.number > 0", "1 < law", "a.number - 0 != 1")
    values: list[dict[str, Value]] = [
        {"a.flag": flag, "a.number": number} for flag in (True, False) for number in (exact(0), exact(1), exact(2))
    ]
    cases = [Case("c", "project", POOL.days[0], known, parameters={"law": exact(2)}) for known in values]
    assert_agreement(world(lines), cases)
    assert_agreement(world(reversed(lines)), cases)


@pytest.mark.parametrize("modality", list(Modality))
def test_engines_agree_on_every_state_of_a_norm(modality: Modality) -> None:
    """Scope, exception and requirement true, false or unknown, of every modality, with the territory known or not."""
    pack = world(["a.flag"], modality)
    softest = modality in (Modality.REVIEW, Modality.MAY)
    drawn = next(norm for n in range(99) for norm in draw_pack(seeded("n", n)).norms.values() if norm.exemptions)
    (exemption, *_) = drawn.exemptions
    norm = evolve(
        pack.norms["a.flag"],
        applies=All((parse("b.flag"),)),
        requirement=None if softest else All((parse("a.flag"),)),
        exemptions=(
            evolve(exemption, id="first", when=All((parse('a.place == "x"'),))),
            evolve(exemption, id="second", when=All((parse('b.place == "x"'),))),
        ),
    )
    inside = {"project": All((parse("a.number > 0"),))}
    pack = evolve(pack, norms={norm.id: norm}, territory=inside)
    cases = [Case("c", "project", POOL.days[0], _known(truths)) for truths in product(Truth, repeat=5)]
    assert_agreement(pack, cases)


def _known(truths: tuple[Truth, ...]) -> dict[str, Value]:
    """Facts under which the five conditions of the norm above have these truths."""
    true: tuple[Value, ...] = (True, True, "x", "x", exact(1))
    false: tuple[Value, ...] = (False, False, "y", "y", exact(0))
    names = ("a.flag", "b.flag", "a.place", "b.place", "a.number")
    chosen = zip(names, truths, true, false, strict=True)
    return {name: yes if known is TRUE else no for name, known, yes, no in chosen if known is not UNKNOWN}
