"""The reference engine: the table of outcomes, line by line."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest
from attrs import evolve

from ynpolicy.ir import All, Case, Exemption, FactRef, Holds, Justification, Modality, Norm, Pack, ReviewRecord
from ynpolicy.semantics import judge, territory
from ynpolicy.testing.drawn_packs import EMPTY
from ynpolicy.values import FALSE, TRUE, UNKNOWN, Truth, Value, conjunction, negate
from ynpolicy.verdict import Finding, Outcome

DAY = date(2022, 7, 1)
T, F, U = TRUE, FALSE, UNKNOWN

BREACHES = frozenset({Outcome.VIOLATED, Outcome.DEPARTED, Outcome.JUSTIFIED})
NO_BREACHES = frozenset({Outcome.COMPLIED, Outcome.EXEMPT, Outcome.NOT_APPLICABLE})


def line(name: str) -> All:
    return All((Holds(FactRef(f"x.{name}")),))


def small_pack(
    modality: Modality, since: date | None = None, until: date | None = None, due: date | None = None
) -> Pack:
    """A pack of one norm; its conditions are the facts `inside`, `applies`, `first`, `second` and `required`."""
    requirement = None if modality in (Modality.REVIEW, Modality.MAY) else line("required")
    exemptions = tuple(Exemption(name, EMPTY, line(name)) for name in ("first", "second"))
    norm = Norm(
        id="n",
        title=EMPTY,
        explanation=EMPTY,
        clauses=(),
        level="project",
        modality=modality,
        applies=line("applies"),
        requirement=requirement,
        exemptions=exemptions,
        since=since,
        until=until,
        due=due,
    )
    return Pack(
        id="small",
        version="0",
        title=EMPTY,
        issuer=EMPTY,
        period=(date(2021, 1, 1), date(2025, 12, 31)),
        since=date(2021, 1, 1),
        facts={},
        parameters={},
        tables={},
        clauses={},
        norms={"n": norm},
        readings={},
        territory={"project": line("inside")},
    )


def small_case(inside: Truth, applies: Truth, exempt: Truth, required: Truth, day: date = DAY) -> Case:
    """A case with the given truths; only the first exception is ever true or unknown."""
    truths = {"inside": inside, "applies": applies, "first": exempt, "second": F, "required": required}
    values: dict[str, Value] = {f"x.{name}": known is T for name, known in truths.items() if known is not U}
    return Case("c", "project", day, values)


def outcome(modality: Modality, case: Case, **dates: date) -> Finding:
    (finding,) = judge(small_pack(modality, dates.get("since"), dates.get("until"), dates.get("due")), case)
    return finding


JUSTIFIED = {"n": Justification("n", "letter", "bureau")}
ACCEPTED = {"n": ReviewRecord("n", "reviewer", DAY, accepted=True)}
REJECTED = {"n": ReviewRecord("n", "reviewer", DAY, accepted=False)}

LINES = [
    # modality, inside, applies, exempt, required, outcome
    ("must", T, T, F, T, "complied"),
    ("must", T, T, F, F, "violated"),
    ("must", T, T, F, U, "undetermined"),
    ("must", T, U, F, F, "undetermined"),
    ("must", U, T, F, F, "undetermined"),
    ("must", T, T, U, F, "undetermined"),
    ("must", T, U, U, T, "complied"),
    ("must", U, T, U, T, "complied"),
    ("must", T, F, U, U, "not_applicable"),
    ("must", F, T, F, F, "not_applicable"),
    ("must", F, U, T, F, "not_applicable"),
    ("must", U, F, T, F, "not_applicable"),
    ("must", T, F, T, T, "not_applicable"),
    ("must", T, T, T, F, "exempt"),
    ("must", T, T, T, T, "exempt"),
    ("must", T, U, T, F, "exempt"),
    ("must", U, U, T, U, "exempt"),
    ("must", U, U, U, U, "undetermined"),
    ("must_not", T, T, F, F, "complied"),
    ("must_not", T, T, F, T, "violated"),
    ("must_not", T, T, F, U, "undetermined"),
    ("must_not", T, U, U, F, "complied"),
    ("must_not", T, U, F, T, "undetermined"),
    ("must_not", T, T, T, T, "exempt"),
    ("must_not", F, T, F, T, "not_applicable"),
    ("should", T, T, F, T, "complied"),
    ("should", T, T, F, F, "departed"),
    ("should", T, T, U, F, "undetermined"),
    ("should", T, T, F, U, "undetermined"),
    ("should", T, T, T, F, "exempt"),
    ("should", T, F, F, F, "not_applicable"),
    ("should_not", T, T, F, F, "complied"),
    ("should_not", T, T, F, T, "departed"),
    ("should_not", U, T, F, T, "undetermined"),
    ("should_not", T, T, F, U, "undetermined"),
    ("review", T, T, F, U, "review"),
    ("review", T, U, F, U, "undetermined"),
    ("review", U, T, F, U, "undetermined"),
    ("review", T, T, U, U, "undetermined"),
    ("review", T, T, T, U, "exempt"),
    ("review", T, F, F, U, "not_applicable"),
    ("may", T, T, F, U, "advice"),
    ("may", T, U, F, U, "undetermined"),
    ("may", U, T, F, U, "undetermined"),
    ("may", T, T, U, U, "undetermined"),
    ("may", T, T, T, U, "exempt"),
    ("may", F, T, F, U, "not_applicable"),
]


@pytest.mark.parametrize(("modality", "inside", "applies", "exempt", "required", "expected"), LINES)
def test_the_outcome_table_line_by_line(
    modality: str, inside: Truth, applies: Truth, exempt: Truth, required: Truth, expected: str
) -> None:
    """The first line that fits gives the outcome: scope, then exceptions, then the requirement."""
    finding = outcome(Modality(modality), small_case(inside, applies, exempt, required))
    assert finding.outcome is Outcome(expected)
    assert finding.exemption == ("first" if expected == "exempt" else "")


@pytest.mark.parametrize("modality", list(Modality))
@pytest.mark.parametrize("truths", list(product((T, F, U), repeat=4)))
def test_breach_is_applies_and_not_exempt_and_not_met(modality: Modality, truths: tuple[Truth, ...]) -> None:
    """In all 81 states of every modality, a breach is found exactly where the sentence of the meaning is true."""
    inside, applies, exempt, required = truths
    finding = outcome(modality, small_case(inside, applies, exempt, required))
    met = negate(required) if modality.forbids else required
    breach = conjunction((inside, applies, negate(exempt), negate(met)))
    if modality in (Modality.REVIEW, Modality.MAY):
        assert finding.outcome not in BREACHES
    else:
        assert (finding.outcome in BREACHES) is (breach is T)
        assert (finding.outcome in NO_BREACHES) is (breach is F)
        assert (finding.outcome is Outcome.UNDETERMINED) is (breach is U)


@pytest.mark.parametrize("modality", [Modality.SHOULD, Modality.SHOULD_NOT])
def test_a_recorded_reason_justifies_a_departure(modality: Modality) -> None:
    """With a reason for this norm a departure is justified; with one for another norm it stays a departure."""
    case = small_case(T, T, F, truth_of_breach(modality))
    assert outcome(modality, evolve(case, justified=JUSTIFIED)).outcome is Outcome.JUSTIFIED
    other = {"m": evolve(JUSTIFIED["n"], norm="m")}
    assert outcome(modality, evolve(case, justified=other)).outcome is Outcome.DEPARTED


def truth_of_breach(modality: Modality) -> Truth:
    return T if modality.forbids else F


@pytest.mark.parametrize("modality", [Modality.MUST, Modality.MUST_NOT])
def test_no_recorded_reason_justifies_a_violation(modality: Modality) -> None:
    """Reasons count for norms in principle only."""
    case = small_case(T, T, F, truth_of_breach(modality))
    assert outcome(modality, evolve(case, justified=JUSTIFIED)).outcome is Outcome.VIOLATED


def test_a_recorded_reason_does_not_settle_what_is_unknown() -> None:
    """A departure that is only possible stays undetermined."""
    case = evolve(small_case(T, T, F, U), justified=JUSTIFIED)
    assert outcome(Modality.SHOULD, case).outcome is Outcome.UNDETERMINED


@pytest.mark.parametrize(
    ("inside", "applies", "exempt", "accepted", "expected"),
    [
        (T, T, F, True, "complied"),
        (T, T, F, False, "departed"),
        (T, T, U, True, "undetermined"),
        (T, U, F, False, "undetermined"),
        (U, T, F, True, "undetermined"),
        (T, T, T, False, "exempt"),
        (T, F, F, False, "not_applicable"),
    ],
)
def test_a_review_record_counts_where_the_norm_surely_binds(
    inside: Truth, applies: Truth, exempt: Truth, accepted: bool, expected: str
) -> None:
    """An accepting review complies and a rejecting one departs, but only where the norm applies and nothing exempts."""
    case = evolve(small_case(inside, applies, exempt, U), reviewed=ACCEPTED if accepted else REJECTED)
    assert outcome(Modality.REVIEW, case).outcome is Outcome(expected)


def test_the_first_exception_that_holds_is_named() -> None:
    """With one exception unknown and the next true, the true one is named; with both true, the first."""
    case = small_case(T, T, U, F)
    by_second = evolve(case, values={**case.values, "x.second": True})
    assert outcome(Modality.MUST, by_second).exemption == "second"
    by_both = evolve(case, values={**case.values, "x.first": True, "x.second": True})
    assert outcome(Modality.MUST, by_both).exemption == "first"


def test_several_lines_of_a_ban_describe_one_forbidden_state() -> None:
    """Under `must_not` the state is forbidden only where all its lines hold."""
    pack = small_pack(Modality.MUST_NOT)
    both = All((Holds(FactRef("x.required")), Holds(FactRef("x.other"))))
    pack = evolve(pack, norms={"n": evolve(pack.norms["n"], requirement=both)})
    case = small_case(T, T, F, T)
    assert judge(pack, evolve(case, values={**case.values, "x.other": False}))[0].outcome is Outcome.COMPLIED
    assert judge(pack, case)[0].outcome is Outcome.UNDETERMINED
    assert judge(pack, evolve(case, values={**case.values, "x.other": True}))[0].outcome is Outcome.VIOLATED


BREACH = (T, T, F, F)


@pytest.mark.parametrize(
    ("day", "dates", "expected", "not_yet_due"),
    [
        ("2020-12-31", {}, "not_in_force", False),
        ("2021-01-01", {}, "violated", False),
        ("2022-06-30", {"since": "2022-07-01"}, "not_in_force", False),
        ("2022-07-01", {"since": "2022-07-01"}, "violated", False),
        ("2020-06-01", {"since": "2020-06-01"}, "violated", False),
        ("2022-07-01", {"until": "2022-07-01"}, "violated", False),
        ("2022-07-02", {"until": "2022-07-01"}, "not_in_force", False),
        ("2025-12-31", {"due": "2025-12-31"}, "not_in_force", True),
        ("2026-01-01", {"due": "2025-12-31"}, "violated", False),
        ("2030-01-01", {}, "violated", False),
        ("2020-12-31", {"due": "2025-12-31"}, "not_in_force", False),
        ("2022-07-02", {"until": "2022-07-01", "due": "2025-12-31"}, "not_in_force", False),
    ],
)
def test_a_norm_is_judged_on_its_days_and_after_its_due_day(
    day: str, dates: dict[str, str], expected: str, not_yet_due: bool
) -> None:
    """First and last day are inside; the due day is not yet past; the pack's first day stands in for a norm's."""
    case = small_case(*BREACH, day=date.fromisoformat(day))
    finding = outcome(Modality.MUST, case, **{key: date.fromisoformat(text) for key, text in dates.items()})
    assert finding.outcome is Outcome(expected)
    assert finding.not_yet_due is not_yet_due


def test_a_norm_binds_its_own_level_only() -> None:
    """A case of another level gets no finding from the norm."""
    assert judge(small_pack(Modality.MUST), evolve(small_case(*BREACH), level="transfer")) == ()


def test_a_level_without_a_territory_condition_lies_inside() -> None:
    """Where the pack says nothing of a level's territory, the territory line is true."""
    pack = evolve(small_pack(Modality.MUST), territory={})
    assert territory(pack, small_case(U, T, F, F)).truth is T
    assert judge(pack, small_case(U, T, F, F))[0].outcome is Outcome.VIOLATED
