"""What is true of the advice on every case: its remedies mend it, and its smallest sets of missing facts settle it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attrs import evolve

from ynpolicy.ir import Case, Total
from ynpolicy.sufficiency import sufficiency
from ynpolicy.testing.assignments import assignments
from ynpolicy.testing.chance import Draw, seeded
from ynpolicy.testing.drawn_cases import idle_facts
from ynpolicy.testing.learning import having_learnt, partial
from ynpolicy.testing.properties import Property, Wrongs
from ynpolicy.testing.subject import Drawn, Subject, judged
from ynpolicy.testing.written import as_normalised
from ynpolicy.values import Missing, Value
from ynpolicy.verdict import Decision, Outcome, Sufficiency

MOST_ANSWERS: Final = 64
"""So many answers to the facts of one set are tried."""

_MOST_DRAWS: Final = 6
"""So many cases are drawn until one is such that there is advice on it."""

_BREACHES: Final = frozenset({Outcome.VIOLATED, Outcome.DEPARTED})


def case_to_mend(subject: Subject, draw: Draw) -> Drawn:
    """A case that is refused or referred, if one comes up soon."""
    for _ in range(_MOST_DRAWS):
        case = subject.space.aimed(draw)
        if judged(subject.pack, case).decision in (Decision.REFUSED, Decision.REFERRED):
            break
    return Drawn((case,))


def case_to_ask_about(subject: Subject, draw: Draw) -> Drawn:
    """A case that is undetermined, if one comes up soon."""
    for _ in range(_MOST_DRAWS):
        case = partial(draw, subject.space, subject.space.aimed(draw))
        if judged(subject.pack, case).decision is Decision.UNDETERMINED:
            break
    return Drawn((case,), seed=draw.below(2**16))


def advice(subject: Subject, case: Case) -> Sufficiency:
    """What the verdict on a case would say of what to ask for and what to change."""
    found = judged(subject.pack, case)
    return sufficiency(subject.pack, case, found.decision, found.findings)


# ---------------------------------------------------------------- remedies


def remedies_mend(subject: Subject, drawn: Drawn) -> Wrongs:
    """After each remedy nothing is violated or departed and nothing new is open; with one change less, not so."""
    (case,) = drawn.cases
    for remedy in advice(subject, case).remedies:
        changes = {change.fact: change.after for change in remedy.changes}
        named = ", ".join(changes)
        after = changed(subject, case, changes)
        for wrong in _unmended(subject, case, after):
            yield f"the remedy that changes {named} leaves {wrong}"
        decision = judged(subject.pack, after).decision
        if decision is not remedy.decision:
            yield f"the remedy that changes {named} promises {remedy.decision.value} and gives {decision.value}"
        for left_out in changes:
            fewer = {name: value for name, value in changes.items() if name != left_out}
            if _all_arise(subject, case, fewer) and not any(_unmended(subject, case, changed(subject, case, fewer))):
                yield f"the remedy that changes {named} mends the case without changing `{left_out}`"


def _all_arise(subject: Subject, case: Case, changes: Mapping[str, Value]) -> bool:
    """Whether the questions for all changed facts may arise once they are changed."""
    idle = {fact.name for fact in idle_facts(subject.pack, changed(subject, case, changes))}
    return idle.isdisjoint(changes)


def _unmended(subject: Subject, case: Case, after: Case) -> Wrongs:
    was_open = {f.norm.id for f in judged(subject.pack, case).findings if f.outcome is Outcome.UNDETERMINED}
    for finding in judged(subject.pack, after).findings:
        new = finding.outcome is Outcome.UNDETERMINED and finding.norm.id not in was_open
        if new or finding.outcome in _BREACHES:
            yield f"`{finding.norm.id}` {finding.outcome.value}"


def changed(subject: Subject, case: Case, changes: Mapping[str, Value]) -> Case:
    """The case that states other values: totals are added up again, what now does apply is not known."""
    totals = {
        fact.name
        for fact in subject.pack.facts.values()
        if isinstance(fact.derived, Total) and not changes.keys().isdisjoint(fact.derived.facts)
    }
    values = {name: value for name, value in case.values.items() if name not in totals} | dict(changes)
    missing = {name: state for name, state in case.missing.items() if name not in totals | changes.keys()}
    origins = {name: found for name, found in case.origins.items() if name not in totals | changes.keys()}
    idle = {name for name, state in missing.items() if state is Missing.NOT_APPLICABLE}
    after = evolve(case, values=values, missing={n: s for n, s in missing.items() if n not in idle}, origins=origins)
    still = {fact.name for fact in idle_facts(subject.pack, as_normalised(subject.pack, after))}
    answers = {name: Missing.NOT_APPLICABLE if name in still else Missing.UNKNOWN for name in idle}
    return as_normalised(subject.pack, evolve(after, missing=dict(after.missing) | answers))


# ---------------------------------------------------------------- missing sets


def sets_settle(subject: Subject, drawn: Drawn) -> Wrongs:
    """Whatever the facts of a smallest set turn out to be, the decision is determined; with one fact less, not so.

    All answers that conditions can tell apart are tried where there are few; else a sample, and of a sample it is only
    asked that the set settles the case. Of sets that are not called proved, nothing is asked.
    """
    (case,) = drawn.cases
    found = advice(subject, case)
    draw = seeded("answers", drawn.seed)
    for names in found.missing_sets if found.proved else ():
        answers, _ = assignments(draw, subject.space, case, names, MOST_ANSWERS)
        for answer in answers:
            if (left := _still_open(subject, case, answer, found)) is not None:
                yield f"with {_told(answer)}, the decision still hangs on {left}, although {list(names)} settle it"
                break
        for left_out in names:
            fewer = [name for name in names if name != left_out]
            answers, whole = assignments(draw, subject.space, case, fewer, MOST_ANSWERS)
            if whole and all(_still_open(subject, case, answer, found) is None for answer in answers):
                yield f"{fewer} settle the decision without `{left_out}`, although {list(names)} is called smallest"


def _still_open(subject: Subject, case: Case, answer: Mapping[str, Value], advised: Sufficiency) -> list[str] | None:
    """On what the decision still hangs after an answer; None where it is determined, or the answer is impossible."""
    after = having_learnt(subject.space, case, answer)
    if any(after.values.get(name) != value for name, value in answer.items()):
        return None
    found = judged(subject.pack, after)
    if found.decision is not Decision.UNDETERMINED:
        return None
    strict = [f for f in found.findings if f.outcome is Outcome.UNDETERMINED and f.norm.modality.is_strict]
    left = sorted({name for finding in strict for name in (*finding.missing, *finding.unverified)})
    return None if advised.waits_for and set(left) <= set(advised.waits_for) else left


def _told(answer: Mapping[str, Value]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in answer.items())


ADVICE: Final = (
    Property("every remedy puts the case in order and no smaller one does", case_to_mend, remedies_mend),
    Property("every minimal missing set settles the verdict and no proper subset does", case_to_ask_about, sets_settle),
)
