"""The compiled engine: every outcome and decision, prepared cases, and what it refuses."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from attrs import evolve

from tests.compiled_level import (
    DAY,
    FACTS,
    GATE,
    LAW,
    NONE,
    ON,
    OUTCOME_OF,
    F,
    T,
    U,
    case_of,
    checked,
    compiled,
    judged,
    lines,
    members,
    mirrored,
    norm,
    pack_of,
    span,
)
from ynpolicy.engines.compiled import compile_level
from ynpolicy.errors import EnvelopeError
from ynpolicy.expressions import parse
from ynpolicy.ir import (
    All,
    Arithmetic,
    Case,
    Compare,
    Condition,
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
)
from ynpolicy.values import Missing, Truth, Value, exact
from ynpolicy.verdict import Decision, Outcome


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
    demanded, forbidden = OUTCOME_OF[truth], mirrored(OUTCOME_OF[truth])
    assert outcomes == {"demands": demanded, "forbids": forbidden, "nests": demanded, "denies": demanded}
    assert missing == ({"a.metal"} if truth is U else set())


@pytest.mark.parametrize(("metal", "truth"), [("cd", T), ("pb", F), (None, U)])
def test_a_comparison_that_one_norm_demands_and_another_forbids(metal: str | None, truth: Truth) -> None:
    """A comparison has opposite outcomes under `must` and `must_not`, whichever of them is more frequent."""
    is_cadmium = parse('a.metal == "cd"')
    demands = [norm(id=f"demands-{i}", requirement=is_cadmium) for i in range(3)]
    forbids = [norm(Modality.MUST_NOT, id=f"forbids-{i}", requirement=is_cadmium) for i in range(3)]
    case = case_of({} if metal is None else {"a.metal": metal})
    for pack in (pack_of(*demands, forbids[0]), pack_of(demands[0], *forbids)):
        outcomes = judged(pack, case)[2]
        assert (outcomes["demands-0"], outcomes["forbids-0"]) == (OUTCOME_OF[truth], mirrored(OUTCOME_OF[truth]))


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
