"""The table of decisions, line by line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ynpolicy.ir import Modality
from ynpolicy.values import FALSE, TRUE, UNKNOWN, Truth
from ynpolicy.verdict import Decision, Outcome, decide

T, F, U = TRUE, FALSE, UNKNOWN


@pytest.mark.parametrize(
    ("judged", "inside", "expected"),
    [
        ("must violated", T, "refused"),
        ("must undetermined; must_not violated; review review", T, "refused"),
        ("", T, "not_judged"),
        ("must not_in_force; should not_in_force", T, "not_judged"),
        ("must not_applicable; must not_applicable", F, "not_judged"),
        ("must not_applicable; must not_in_force", T, "in_order"),
        ("must undetermined", U, "undetermined"),
        ("must undetermined", T, "undetermined"),
        ("must_not undetermined; should departed; review review", T, "undetermined"),
        ("should departed; must complied", T, "referred"),
        ("review departed", T, "referred"),
        ("review review", T, "referred"),
        ("should undetermined", T, "referred"),
        ("should_not undetermined", T, "referred"),
        ("review undetermined", T, "referred"),
        ("may undetermined", T, "in_order"),
        ("may advice", T, "in_order"),
        ("should justified", T, "in_order"),
        ("must complied; must_not exempt; review complied", T, "in_order"),
        ("must not_applicable", T, "in_order"),
    ],
)
def test_the_decision_table_line_by_line(judged: str, inside: Truth, expected: str) -> None:
    """The first line that fits: refused, not judged, undetermined, referred, in order."""
    words = (finding.split() for finding in judged.split(";") if finding)
    pairs = [(Modality(modality), Outcome(outcome)) for modality, outcome in words]
    assert decide(pairs, inside) is Decision(expected)


@given(
    st.lists(st.tuples(st.sampled_from(Modality), st.sampled_from(Outcome)), max_size=5),
    st.sampled_from(Truth),
)
def test_no_decision_turns_on_the_order_of_the_findings(judged: list[tuple[Modality, Outcome]], inside: Truth) -> None:
    """The decision is a function of the set of findings, and a `may` norm in force never changes it."""
    decision = decide(judged, inside)
    assert decide(sorted(judged, key=str), inside) is decision
    assert decide(reversed(judged), inside) is decision
    if any(outcome is not Outcome.NOT_IN_FORCE for _, outcome in judged):
        advised = [*judged, (Modality.MAY, Outcome.ADVICE), (Modality.MAY, Outcome.UNDETERMINED)]
        assert decide(advised, inside) is decision
