"""What each outcome and decision is, through durable_rules."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import pytest

from tests.forward_packs import (
    DAY,
    B,
    C,
    X,
    case,
    exemption,
    norm,
    pack,
    rulings,
)
from ynpolicy import semantics
from ynpolicy.engines import forward
from ynpolicy.engines.forward import ForwardEngine, Ruling
from ynpolicy.engines.forward.program import compile_program
from ynpolicy.ir import (
    Case,
    FactRef,
    Holds,
    Justification,
    Modality,
    ReviewRecord,
)
from ynpolicy.testing.chance import seeded
from ynpolicy.testing.drawn_cases import CaseSpace
from ynpolicy.testing.drawn_packs import draw_pack
from ynpolicy.values import Value
from ynpolicy.verdict import Decision, Outcome, decide

pytestmark = pytest.mark.forward

# ---------------------------------------------------------------- outcomes

APPLIES: Final[dict[str, Value]] = {"case.x": True}
MET: Final[dict[str, Value]] = {"case.a": True}
UNMET: Final[dict[str, Value]] = {"case.a": False}
JUSTIFIED: Final = {"n": Justification("n", "document", "somebody")}


def review(accepted: bool) -> dict[str, ReviewRecord]:
    return {"n": ReviewRecord("n", "somebody", DAY, accepted)}


@pytest.mark.parametrize(
    ("modality", "values", "records", "expected"),
    [
        (Modality.MUST, MET, {}, Outcome.COMPLIED),
        (Modality.MUST, UNMET, {}, Outcome.UNDETERMINED),
        (Modality.MUST, APPLIES | UNMET, {}, Outcome.VIOLATED),
        (Modality.MUST, APPLIES | UNMET, {"justified": JUSTIFIED}, Outcome.VIOLATED),
        (Modality.MUST, APPLIES, {}, Outcome.UNDETERMINED),
        (Modality.MUST, {"case.x": False}, {}, Outcome.NOT_APPLICABLE),
        (Modality.MUST_NOT, APPLIES | MET, {}, Outcome.VIOLATED),
        (Modality.MUST_NOT, UNMET, {}, Outcome.COMPLIED),
        (Modality.SHOULD, APPLIES | UNMET, {}, Outcome.DEPARTED),
        (Modality.SHOULD, APPLIES | UNMET, {"justified": JUSTIFIED}, Outcome.JUSTIFIED),
        (Modality.SHOULD, APPLIES, {"justified": JUSTIFIED}, Outcome.UNDETERMINED),
        (Modality.SHOULD_NOT, APPLIES | MET, {}, Outcome.DEPARTED),
        (Modality.SHOULD_NOT, APPLIES | UNMET, {}, Outcome.COMPLIED),
        (Modality.REVIEW, APPLIES, {}, Outcome.REVIEW),
        (Modality.REVIEW, APPLIES, {"reviewed": review(True)}, Outcome.COMPLIED),
        (Modality.REVIEW, APPLIES, {"reviewed": review(False)}, Outcome.DEPARTED),
        (Modality.REVIEW, {}, {"reviewed": review(True)}, Outcome.UNDETERMINED),
        (Modality.REVIEW, {"case.x": False}, {}, Outcome.NOT_APPLICABLE),
        (Modality.MAY, APPLIES, {}, Outcome.ADVICE),
        (Modality.MAY, {}, {}, Outcome.UNDETERMINED),
    ],
)
def test_outcomes_by_modality(
    modality: Modality, values: dict[str, Value], records: dict[str, Any], expected: Outcome
) -> None:
    """Each modality has its own outcome for a breach, for a met duty, for a record and for what is unknown."""
    engine = ForwardEngine(pack(norm("n", modality, applies=(X,))), "project")
    assert rulings(engine, case(values, **records)) == {"n": Ruling(expected)}


def test_the_first_exception_that_holds_is_named() -> None:
    """A true exception exempts and is named, the first of two; an unknown one leaves a breach undetermined."""
    exemptions = (exemption("first", B), exemption("second", C))
    engine = ForwardEngine(pack(norm("n", applies=(X,), exemptions=exemptions)), "project")
    breach = APPLIES | UNMET
    off: dict[str, Value] = {"case.b": False, "case.c": False}
    assert rulings(engine, case(breach | off))["n"] == Ruling(Outcome.VIOLATED)
    assert rulings(engine, case(breach | off | {"case.c": True}))["n"] == Ruling(Outcome.EXEMPT, "second")
    assert rulings(engine, case(breach | {"case.b": True, "case.c": True}))["n"] == Ruling(Outcome.EXEMPT, "first")
    assert rulings(engine, case(breach | {"case.c": True}))["n"] == Ruling(Outcome.EXEMPT, "second")
    assert rulings(engine, case(breach | {"case.b": False}))["n"] == Ruling(Outcome.UNDETERMINED)
    assert rulings(engine, case({"case.x": False, "case.b": True}))["n"] == Ruling(Outcome.NOT_APPLICABLE)


def test_an_exception_without_lines_always_holds() -> None:
    """An empty list of lines is true, so its exception exempts every case."""
    engine = ForwardEngine(pack(norm("n", exemptions=(exemption("always"),))), "project")
    assert rulings(engine, case(UNMET))["n"] == Ruling(Outcome.EXEMPT, "always")


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (date(2022, 6, 30), Ruling(Outcome.NOT_IN_FORCE)),
        (date(2022, 7, 1), Ruling(Outcome.NOT_IN_FORCE, not_yet_due=True)),
        (date(2022, 12, 31), Ruling(Outcome.NOT_IN_FORCE, not_yet_due=True)),
        (date(2023, 1, 1), Ruling(Outcome.VIOLATED)),
        (date(2023, 6, 30), Ruling(Outcome.VIOLATED)),
        (date(2023, 7, 1), Ruling(Outcome.NOT_IN_FORCE)),
    ],
)
def test_dates_are_included_and_a_due_day_must_have_passed(as_of: date, expected: Ruling) -> None:
    """In force from the first to the last day, both included; judged from the day after the due day."""
    dated = norm("n", since=date(2022, 7, 1), until=date(2023, 6, 30), due=date(2022, 12, 31))
    engine = ForwardEngine(pack(dated), "project")
    assert rulings(engine, case(UNMET, as_of))["n"] == expected


def test_norms_without_a_date_are_in_force_since_the_packs() -> None:
    """A norm without a first day has the pack's."""
    engine = ForwardEngine(pack(norm("n")), "project")
    assert rulings(engine, case(UNMET, date(2020, 12, 31)))["n"] == Ruling(Outcome.NOT_IN_FORCE)
    assert rulings(engine, case(UNMET, date(2021, 1, 1)))["n"] == Ruling(Outcome.VIOLATED)


def test_territory_is_an_implicit_line() -> None:
    """Outside the territory nothing applies and nothing is judged; unknown territory leaves a breach undetermined."""
    engine = ForwardEngine(pack(norm("n"), inside=(X,)), "project")
    for values, expected, decision in (
        (UNMET | {"case.x": False}, Outcome.NOT_APPLICABLE, Decision.NOT_JUDGED),
        (UNMET, Outcome.UNDETERMINED, Decision.UNDETERMINED),
        (UNMET | {"case.x": True}, Outcome.VIOLATED, Decision.REFUSED),
        (MET, Outcome.COMPLIED, Decision.IN_ORDER),
    ):
        result = engine.judge(case(values))
        assert (result.outcomes["n"].outcome, result.decision) == (expected, decision)


# ---------------------------------------------------------------- decisions


def test_the_decision_is_the_first_that_fits() -> None:
    """A violation outweighs an open duty, that a departure or review, that what is in order; `may` changes nothing."""
    names = ("strict", "open", "soft", "review", "advice")
    modalities = (Modality.MUST, Modality.MUST, Modality.SHOULD, Modality.REVIEW, Modality.MAY)
    norms = [
        norm(name, modality, Holds(FactRef(f"{name}.met")), applies=(Holds(FactRef(f"{name}.applies")),))
        for name, modality in zip(names, modalities, strict=True)
    ]
    engine = ForwardEngine(pack(*norms), "project")
    values: dict[str, Value] = {f"{name}.applies": True for name in names}
    values |= {f"{name}.met": False for name in names}
    del values["open.met"]
    assert engine.judge(case(values)).decision is Decision.REFUSED
    values["strict.met"] = True
    assert engine.judge(case(values)).decision is Decision.UNDETERMINED
    values["open.met"] = True
    assert engine.judge(case(values)).decision is Decision.REFERRED
    values["soft.met"] = True
    assert engine.judge(case(values)).decision is Decision.REFERRED
    values["review.applies"] = False
    assert engine.judge(case(values)).decision is Decision.IN_ORDER
    del values["advice.applies"]
    assert engine.judge(case(values)).decision is Decision.IN_ORDER
    del values["review.applies"]
    assert engine.judge(case(values)).decision is Decision.REFERRED
    assert engine.judge(case(values, date(2020, 1, 1))).decision is Decision.NOT_JUDGED


def test_a_level_without_norms_is_not_judged() -> None:
    """Nothing in force means that nothing is judged."""
    result = ForwardEngine(pack(norm("n")), "transfer").judge(Case("", "transfer", DAY, {}))
    assert (result.decision, dict(result.outcomes)) == (Decision.NOT_JUDGED, {})


def test_a_case_of_another_level_is_refused() -> None:
    """An engine for one level judges no other."""
    with pytest.raises(ValueError, match="`project`, not `transfer`"):
        ForwardEngine(pack(norm("n")), "project").judge(Case("", "transfer", DAY, {}))


# ---------------------------------------------------------------- large packs


def test_large_packs_take_several_rulesets_and_agree_with_the_reference() -> None:
    """Hundreds of norms are shared out among rulesets, layers and anchors, and outcome for outcome stay right."""
    draw = seeded("forward", "large")
    drawn = draw_pack(draw, 240)
    layers = {definition.layer for definition in compile_program(drawn, "project").conditions}
    assert len(layers) > 1
    assert len(compile_program(drawn, "project").conditions) > len(layers)
    engines = {level: ForwardEngine(drawn, level) for level in ("project", "transfer", "facility")}
    for _ in range(12):
        judged = CaseSpace(drawn).mixed(draw)
        findings = semantics.judge(drawn, judged)
        result = engines[judged.level].judge(judged)
        assert result.outcomes == {f.norm.id: Ruling(f.outcome, f.exemption, f.not_yet_due) for f in findings}
        inside = semantics.territory(drawn, judged).truth
        assert result.decision is decide(((f.norm.modality, f.outcome) for f in findings), inside)


def test_the_version_is_that_of_durable_rules() -> None:
    """Receipts name the version that the envelope was measured with."""
    assert (forward.AVAILABLE, forward.UNAVAILABLE, forward.version()) == (True, "", "2.0.28")
