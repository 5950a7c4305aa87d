"""The compiled engine: every kind of comparison, every outcome, and exactly the facts that are missing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Final

import pytest
from attrs import evolve

from tests.agreement import reference_opinion
from ynpolicy.engines.compiled import CompiledLevel, compile_level
from ynpolicy.errors import EnvelopeError
from ynpolicy.expressions import parse
from ynpolicy.ir import (
    All,
    Arithmetic,
    Case,
    Compare,
    Condition,
    Exemption,
    FactRef,
    FactType,
    Holds,
    In,
    Justification,
    Kind,
    Literal,
    Modality,
    Norm,
    Not,
    Pack,
    ParameterRef,
    ReviewRecord,
    Symbol,
    Text,
)
from ynpolicy.values import Interval, Missing, SymbolSet, Truth, Value, exact
from ynpolicy.verdict import Decision, Outcome

DAY: Final = date(2022, 7, 1)
NONE: Final = Text("", "")
SYMBOLS: Final = {symbol: Symbol(symbol, NONE) for symbol in ("cd", "pb", "hg")}
KINDS: Final = {
    "a.flag": Kind.BOOLEAN,
    "a.other": Kind.BOOLEAN,
    "a.gate": Kind.BOOLEAN,
    "a.metal": Kind.SYMBOL,
    "a.county": Kind.SYMBOL,
    "a.metals": Kind.SYMBOLS,
    "a.wastes": Kind.SYMBOLS,
    "a.distance": Kind.NUMBER,
    "a.width": Kind.NUMBER,
    "a.day": Kind.DATE,
    "a.night": Kind.DATE,
    "a.remark": Kind.TEXT,
}
FACTS: Final = {
    name: FactType(name, kind, NONE, NONE, symbols=SYMBOLS if kind in (Kind.SYMBOL, Kind.SYMBOLS) else {})
    for name, kind in KINDS.items()
}
LAW: Final[dict[str, Value]] = {
    "buffer": exact(1000),
    "ratio": exact(Fraction("1.2")),
    "issued": date(2022, 1, 1),
    "toxic": SymbolSet(frozenset({"cd", "hg"})),
    "none": SymbolSet(frozenset()),
    "some": SymbolSet(frozenset({"cd"}), complete=False),
    "falling": exact(-2),
    "home": "cd",
    "on": True,
}
OUTCOME_OF: Final = {Truth.TRUE: Outcome.COMPLIED, Truth.FALSE: Outcome.VIOLATED, Truth.UNKNOWN: Outcome.UNDETERMINED}


def lines(*texts: str) -> All:
    return All(tuple(map(parse, texts)))


def norm(
    modality: Modality = Modality.MUST,
    applies: All | None = None,
    requirement: Condition | None = None,
    id: str = "n",
    exemptions: tuple[All, ...] = (),
    level: str = "project",
) -> Norm:
    asks = None if modality in (Modality.REVIEW, Modality.MAY) else All((requirement or parse("a.flag"),))
    excepted = tuple(Exemption(f"e{i}", NONE, when) for i, when in enumerate(exemptions))
    return Norm(id, NONE, NONE, (), level, modality, applies or All(()), asks, exemptions=excepted)


def pack_of(*norms: Norm, inside: All | None = None) -> Pack:
    period = (date(2021, 1, 1), date(2025, 12, 31))
    by_id = {norm.id: norm for norm in norms}
    borders = {} if inside is None else {"project": inside}
    return Pack("p", "1", NONE, NONE, period, period[0], FACTS, {}, {}, {}, by_id, {}, borders)


def case_of(values: Mapping[str, Value], missing: Mapping[str, Missing] | None = None, day: date = DAY) -> Case:
    return Case("c", "project", day, values, missing or {}, LAW)


def compiled(pack: Pack, day: date = DAY) -> CompiledLevel:
    return compile_level(pack, "project", day, LAW)


def judged(pack: Pack, case: Case) -> tuple[Decision, set[str], dict[str, Outcome]]:
    """What the compiled engine says, which must be what the reference says."""
    level = compiled(pack, case.as_of)
    prepared = level.prepare(case)
    decision, missing = level.decide(prepared)
    outcomes = level.outcomes(prepared)
    reference = reference_opinion(pack, case)
    assert (decision, missing) == (reference.decision, reference.missing)
    assert outcomes == {id: outcome for id, (outcome, _, _) in reference.rulings.items()}
    return decision, set(missing), outcomes


def checked(condition: Condition, case: Case) -> tuple[Truth, set[str]]:
    """A condition's truth and missing facts in a case, the same whether a norm demands or forbids it."""
    _, missing, outcomes = judged(pack_of(norm(requirement=condition)), case)
    _, missing_too, opposite = judged(pack_of(norm(Modality.MUST_NOT, requirement=condition)), case)
    truth = next(t for t, outcome in OUTCOME_OF.items() if outcome is outcomes["n"])
    assert (missing, OUTCOME_OF[truth]) == (missing_too, _mirrored(opposite["n"]))
    return truth, missing


def _mirrored(outcome: Outcome) -> Outcome:
    swaps = {Outcome.COMPLIED: Outcome.VIOLATED, Outcome.VIOLATED: Outcome.COMPLIED}
    return swaps.get(outcome, outcome)


def span(low: int | str, high: int | str) -> Interval:
    return Interval(Fraction(low), Fraction(high))


def members(*symbols: str, complete: bool = True) -> SymbolSet:
    return SymbolSet(frozenset(symbols), complete)


T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN


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


GATE: Final = lines("a.gate")
ON: Final[dict[str, Value]] = {"a.gate": True}


@pytest.mark.parametrize(
    ("modality", "values", "outcome", "decision"),
    [
        (Modality.MUST, {"a.gate": False}, Outcome.NOT_APPLICABLE, Decision.IN_ORDER),
        (Modality.MUST, ON | {"a.flag": True}, Outcome.COMPLIED, Decision.IN_ORDER),
        (Modality.MUST, ON | {"a.flag": False}, Outcome.VIOLATED, Decision.REFUSED),
        (Modality.MUST, ON, Outcome.UNDETERMINED, Decision.UNDETERMINED),
        (Modality.MUST, {"a.flag": False}, Outcome.UNDETERMINED, Decision.UNDETERMINED),
        (Modality.MUST, {"a.flag": True}, Outcome.COMPLIED, Decision.IN_ORDER),
        (Modality.MUST_NOT, ON | {"a.flag": True}, Outcome.VIOLATED, Decision.REFUSED),
        (Modality.MUST_NOT, ON | {"a.flag": False}, Outcome.COMPLIED, Decision.IN_ORDER),
        (Modality.SHOULD, ON | {"a.flag": False}, Outcome.DEPARTED, Decision.REFERRED),
        (Modality.SHOULD, ON, Outcome.UNDETERMINED, Decision.REFERRED),
        (Modality.SHOULD_NOT, ON | {"a.flag": True}, Outcome.DEPARTED, Decision.REFERRED),
        (Modality.SHOULD_NOT, ON | {"a.flag": False}, Outcome.COMPLIED, Decision.IN_ORDER),
        (Modality.REVIEW, ON, Outcome.REVIEW, Decision.REFERRED),
        (Modality.REVIEW, {}, Outcome.UNDETERMINED, Decision.REFERRED),
        (Modality.REVIEW, {"a.gate": False}, Outcome.NOT_APPLICABLE, Decision.IN_ORDER),
        (Modality.MAY, ON, Outcome.ADVICE, Decision.IN_ORDER),
        (Modality.MAY, {}, Outcome.UNDETERMINED, Decision.IN_ORDER),
    ],
)
def test_outcome_and_decision(
    modality: Modality, values: dict[str, Value], outcome: Outcome, decision: Decision
) -> None:
    """Each modality has the outcomes and decisions of the two tables."""
    found, _, outcomes = judged(pack_of(norm(modality, GATE)), case_of(values))
    assert (outcomes["n"], found) == (outcome, decision)


def test_recorded_reasons_and_reviews_count() -> None:
    """A recorded reason justifies a departure; an accepted review complies, a rejected one departs."""
    norms = [norm(Modality.SHOULD, id="s"), norm(Modality.REVIEW, id="r"), norm(Modality.REVIEW, id="x")]
    case = Case(
        "c",
        "project",
        DAY,
        {"a.flag": False},
        parameters=LAW,
        justified={"s": Justification("s", "letter", "bureau")},
        reviewed={
            "r": ReviewRecord("r", "reviewer", DAY, accepted=True),
            "x": ReviewRecord("x", "reviewer", DAY, accepted=False),
        },
    )
    decision, _, outcomes = judged(pack_of(*norms), case)
    assert outcomes == {"s": Outcome.JUSTIFIED, "r": Outcome.COMPLIED, "x": Outcome.DEPARTED}
    assert decision is Decision.REFERRED
    assert judged(pack_of(*norms[:2]), case)[0] is Decision.IN_ORDER


@pytest.mark.parametrize(
    ("values", "outcome", "missing"),
    [
        ({"a.other": True}, Outcome.EXEMPT, set()),
        ({"a.metal": "cd"}, Outcome.EXEMPT, set()),
        ({"a.other": False, "a.metal": "pb"}, Outcome.VIOLATED, set()),
        ({"a.metal": "pb"}, Outcome.UNDETERMINED, {"a.other"}),
        ({}, Outcome.UNDETERMINED, {"a.other", "a.metal"}),
    ],
)
def test_exemptions(values: dict[str, Value], outcome: Outcome, missing: set[str]) -> None:
    """One exception that holds exempts; while none holds and one is unknown, what it reads is missing."""
    exempted = norm(applies=GATE, exemptions=(lines("a.other"), lines('a.metal == "cd"')))
    _, asked, outcomes = judged(pack_of(exempted), case_of(ON | {"a.flag": False} | values))
    assert (outcomes["n"], asked) == (outcome, missing)


def test_a_norm_outside_its_scope_is_not_exempt() -> None:
    """`not_applicable` comes before `exempt`."""
    exempted = norm(applies=GATE, exemptions=(lines("a.other"),))
    case = case_of({"a.gate": False, "a.other": True})
    assert judged(pack_of(exempted), case)[2] == {"n": Outcome.NOT_APPLICABLE}


@pytest.mark.parametrize(
    ("values", "decision", "outcome", "missing"),
    [
        ({"a.metal": "cd"}, Decision.REFUSED, Outcome.VIOLATED, set()),
        ({"a.metal": "pb"}, Decision.NOT_JUDGED, Outcome.NOT_APPLICABLE, set()),
        ({}, Decision.UNDETERMINED, Outcome.UNDETERMINED, {"a.metal"}),
    ],
)
def test_territory(values: dict[str, Value], decision: Decision, outcome: Outcome, missing: set[str]) -> None:
    """Outside the territory nothing is judged; where that is unknown, what it reads is missing."""
    pack = pack_of(norm(applies=GATE), inside=lines("a.metal == home"))
    found = judged(pack, case_of(ON | {"a.flag": False} | values))
    assert found == (decision, missing, {"n": outcome})


@pytest.mark.parametrize(
    ("dated", "outcome"),
    [
        (evolve(norm(), since=date(2022, 7, 2)), Outcome.NOT_IN_FORCE),
        (evolve(norm(), since=date(2022, 7, 1)), Outcome.VIOLATED),
        (evolve(norm(), until=date(2022, 7, 1)), Outcome.VIOLATED),
        (evolve(norm(), until=date(2022, 6, 30)), Outcome.NOT_IN_FORCE),
        (evolve(norm(), due=date(2022, 7, 1)), Outcome.NOT_IN_FORCE),
        (evolve(norm(), due=date(2022, 6, 30)), Outcome.VIOLATED),
    ],
)
def test_dates_of_a_norm(dated: Norm, outcome: Outcome) -> None:
    """A norm is in force from `since` to `until`, both included, and judged only after `due`."""
    decision, _, outcomes = judged(pack_of(dated), case_of({"a.flag": False}))
    assert outcomes == {"n": outcome}
    assert (decision is Decision.NOT_JUDGED) is (outcome is Outcome.NOT_IN_FORCE)


def test_nothing_is_in_force_before_the_pack() -> None:
    """A norm without a date of its own is in force from the pack's first day."""
    case = case_of({"a.flag": False}, day=date(2020, 12, 31))
    assert judged(pack_of(norm()), case) == (Decision.NOT_JUDGED, set(), {"n": Outcome.NOT_IN_FORCE})


def test_a_level_without_norms_is_not_judged() -> None:
    """Norms of other levels do not count."""
    assert judged(pack_of(norm(level="transfer")), case_of({})) == (Decision.NOT_JUDGED, set(), {})


def test_missing_facts_of_a_refused_case_are_named() -> None:
    """A refusal does not hide what other norms still need, and `may` norms ask too."""
    pack = pack_of(norm(id="n"), norm(id="m", requirement=parse("a.other")), norm(Modality.MAY, GATE, id="y"))
    decision, missing, _ = judged(pack, case_of({"a.flag": False}))
    assert (decision, missing) == (Decision.REFUSED, {"a.other", "a.gate"})


@pytest.mark.parametrize(
    ("values", "truth"),
    [({"a.flag": True}, T), ({"a.metal": "cd"}, T), ({"a.flag": False, "a.metal": "pb"}, F), ({"a.flag": False}, U)],
)
def test_what_several_norms_share_is_the_same_in_all(values: dict[str, Value], truth: Truth) -> None:
    """A condition that norms demand, forbid and nest in others has one truth in all of them."""
    shared = parse('a.flag or a.metal == "cd"')
    norms = [
        norm(id="demands", requirement=shared),
        norm(Modality.MUST_NOT, id="forbids", requirement=shared),
        norm(id="nests", requirement=All((shared, Not(Not(shared)), parse("on")))),
        norm(Modality.MUST_NOT, id="denies", requirement=Not(shared)),
    ]
    _, missing, outcomes = judged(pack_of(*norms), case_of(values))
    demanded, forbidden = OUTCOME_OF[truth], _mirrored(OUTCOME_OF[truth])
    assert outcomes == {"demands": demanded, "forbids": forbidden, "nests": demanded, "denies": demanded}
    assert missing == ({"a.metal"} if truth is U else set())


def test_decisions_are_ranked() -> None:
    """A violation outweighs an open strict norm, that outweighs a departure, and `may` never counts."""
    strict, soft = norm(id="n"), norm(Modality.SHOULD, id="s", requirement=parse("a.other"))
    pack = pack_of(strict, soft, norm(Modality.MAY, GATE, id="y"))
    ranks = {
        Decision.REFUSED: {"a.flag": False, "a.other": False},
        Decision.UNDETERMINED: {"a.other": False},
        Decision.REFERRED: {"a.flag": True, "a.other": False},
        Decision.IN_ORDER: {"a.flag": True, "a.other": True},
    }
    assert {decision: judged(pack, case_of(values))[0] for decision, values in ranks.items()} == {
        decision: decision for decision in ranks
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("a.flag", True),
        ("a.flag", Missing.UNKNOWN),
        ("a.flag", Missing.NOT_APPLICABLE),
        ("a.distance", exact(5)),
        ("a.distance", span(5, 2000)),
        ("a.metals", members("cd", complete=False)),
        ("a.metal", "hg"),
        ("a.day", date(2022, 2, 2)),
    ],
)
@pytest.mark.parametrize("known", [True, False])
def test_with_value_is_preparing_the_changed_case(name: str, value: Value | Missing, known: bool) -> None:
    """Replacing a fact in a prepared case gives what preparing the changed case gives, and changes nothing else."""
    reads = "a.flag and a.distance < buffer and overlaps(a.metals, toxic) and a.metal in toxic and a.day < issued"
    level = compiled(pack_of(norm(requirement=parse(reads))))
    whole: dict[str, Value] = {
        "a.flag": False,
        "a.distance": span(1, 2),
        "a.metals": members("pb"),
        "a.metal": "cd",
        "a.day": DAY,
    }
    values = whole if known else {}
    prepared = level.prepare(case_of(values))
    before = prepared.copy()
    rest = {other: kept for other, kept in values.items() if other != name}
    changed = case_of(rest, {name: value}) if isinstance(value, Missing) else case_of({**rest, name: value})
    assert level.with_value(prepared, name, value) == level.prepare(changed)
    assert prepared == before


def test_facts_that_the_level_does_not_read_change_nothing() -> None:
    """Such a fact has no slot, and giving it a value changes no prepared case."""
    level = compiled(pack_of(norm()))
    prepared = level.prepare(case_of({"a.other": True}))
    assert "a.other" not in level.slots
    assert level.with_value(prepared, "a.other", False) == prepared == level.prepare(case_of({}))


def test_symbols_outside_the_vocabulary_are_kept_apart() -> None:
    """Two symbols that the pack never named are equal to themselves and not to each other."""
    same = parse("a.metal == a.county")
    assert checked(same, case_of({"a.metal": "tl", "a.county": "tl"}))[0] is T
    assert checked(same, case_of({"a.metal": "tl", "a.county": "as"}))[0] is F


def test_a_case_of_another_day_or_law_is_refused() -> None:
    """A compiled level is for one level, one day and one state of the law."""
    level = compiled(pack_of(norm()))
    for case in (
        case_of({}, day=date(2022, 7, 2)),
        Case("c", "transfer", DAY, {}, parameters=LAW),
        Case("c", "project", DAY, {}),
    ):
        with pytest.raises(ValueError, match="the case is not for level"):
            level.prepare(case)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("a.flag", "yes"),
        ("a.metal", True),
        ("a.metals", "cd"),
        ("a.distance", True),
        ("a.day", "2022"),
        ("a.distance", exact(Fraction(1, 3))),
        ("a.distance", exact(10**30)),
    ],
)
def test_a_value_that_was_not_normalised_is_refused(name: str, value: Value) -> None:
    """A value of another kind, of a fraction of a tick, or too large, is an error, not an answer."""
    reads = parse("a.flag and a.metal in toxic and within(a.metals, toxic) and a.distance < buffer and a.day < issued")
    level = compiled(pack_of(norm(requirement=reads)))
    with pytest.raises(ValueError, match="normalise the case first"):
        level.prepare(case_of({name: value}))


@pytest.mark.parametrize(
    "condition",
    [
        Compare("==", FactRef("a.flag"), FactRef("a.distance")),
        Compare("<", FactRef("a.metal"), Literal("cd")),
        Compare("==", FactRef("a.metals"), ParameterRef("toxic")),
        Compare("<", Arithmetic("+", FactRef("a.day"), Literal(Fraction(1))), Literal(Fraction(1))),
        In(FactRef("a.metals"), ParameterRef("toxic")),
        Holds(FactRef("a.metal")),
        Holds(FactRef("a.remark")),
        Holds(FactRef("a.nowhere")),
    ],
)
def test_conditions_whose_sides_do_not_fit_are_refused(condition: Condition) -> None:
    """A comparison that the loader would refuse is refused here as well, when the level is compiled."""
    with pytest.raises(EnvelopeError):
        compiled(pack_of(norm(requirement=condition)))


def test_conditions_that_are_nested_too_deep_are_refused() -> None:
    """Nesting that Python's parser could not read is an error of the pack, not a crash."""
    condition: Condition = parse("a.flag")
    for _ in range(60):
        condition = Not(All((condition, parse("a.other"))))
    assert checked(condition, case_of({"a.flag": True}))[1] == {"a.other"}
    for _ in range(60):
        condition = Not(All((parse("a.other"), condition)))
    with pytest.raises(EnvelopeError, match="nested more than"):
        compiled(pack_of(norm(requirement=condition)))


def test_no_text_of_a_pack_gets_into_the_source() -> None:
    """Names, ids and symbols stay out of the generated source, whatever they hold."""
    hostile = '"); import os; ("'
    facts = {**FACTS, hostile: FactType(hostile, Kind.SYMBOL, NONE, NONE)}
    pack = pack_of(norm(id=hostile, requirement=Compare("==", FactRef(hostile), Literal(hostile))))
    pack = Pack(hostile, "1", NONE, NONE, pack.period, pack.since, facts, {}, {}, {}, pack.norms, {}, {})
    level = compile_level(pack, "project", DAY, LAW)
    assert "import" not in level.source
    assert level.decide(level.prepare(case_of({hostile: hostile})))[0] is Decision.IN_ORDER
