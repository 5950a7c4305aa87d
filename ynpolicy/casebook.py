"""A pack's own cases: each a sentence, some facts and the outcome that one norm must give; and what they cover."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Final

from attrs import field, frozen

from ynpolicy import documents, semantics
from ynpolicy.cases import RawCase, read_cases
from ynpolicy.documents import Node, Scalar, read_file
from ynpolicy.errors import EngineDisagreement, InputError, Place, Problem, nearest
from ynpolicy.fields import Fields
from ynpolicy.ir import Case, Compare, Condition, FactRef, Norm, Pack, leaves, parameters_read, references
from ynpolicy.judge import Judge
from ynpolicy.normalise import normalise
from ynpolicy.rows import each_row
from ynpolicy.values import Interval
from ynpolicy.verdict import Decision, Finding, Outcome, Verdict

CASE_KEYS: Final = (
    "case",
    "norm",
    "base",
    "as_of",
    "facts",
    "records",
    "readings",
    "expect",
    "exemption",
    "missing",
    "decision",
)
_OUTCOMES: Final = tuple(outcome.value for outcome in Outcome)
_DECISIONS: Final = tuple(decision.value for decision in Decision)


@frozen
class PackCase:
    """One case of a pack, and what its norm must say of it; empty expectations are not checked."""

    title: str
    norm: str
    raw: RawCase
    expect: str
    exemption: str
    missing: tuple[str, ...] | None
    decision: str
    place: Place = field(eq=False)
    readings: Mapping[str, str] = field(factory=dict, hash=False)


def read_casebook(pack: Pack) -> tuple[PackCase, ...]:
    """The cases in a pack's `cases/` folder. Raises `InputError` with every problem in them."""
    problems: list[Problem] = []
    cases: list[PackCase] = []
    for item, bases in case_nodes(pack, "cases", "a casebook", problems):
        for _, _, filled in each_row(item, pack.tables, problems):
            case = _read_case(filled, bases, pack, problems)
            if case is not None:
                cases.append(case)
    problems += shared_titles((case.title, case.place) for case in cases)
    if problems:
        raise InputError(problems)
    return tuple(cases)


def case_nodes(
    pack: Pack, folder: str, what: str, problems: list[Problem]
) -> Iterator[tuple[Node, Mapping[str, Node]]]:
    """Each case in the YAML files of a folder of the pack, with the bases of its file; what is wrong is added."""
    root = Path(pack.root)
    for path in sorted((root / folder).glob("*.yaml")):
        try:
            node = read_file(path, f"{root.name}/{folder}/{path.name}")
        except InputError as error:
            problems += error.problems
            continue
        fields = Fields(node, ("bases", "cases"), problems, what)
        bases = {key.text: value for key, value in fields.entries("bases")}
        for item in fields.list("cases"):
            yield item, bases


def shared_titles(cases: Iterable[tuple[str, Place]]) -> Iterator[Problem]:
    """A problem, at the last of them, for each title that several cases have."""
    places: dict[str, list[Place]] = {}
    for title, place in cases:
        places.setdefault(title, []).append(place)
    for title, several in places.items():
        if len(several) > 1:
            yield Problem(several[-1], f"two cases are called `{title}`", "let each say what is its own")


def _read_case(node: Node, bases: Mapping[str, Node], pack: Pack, problems: list[Problem]) -> PackCase | None:
    fields = Fields(node, CASE_KEYS, problems, "a case")
    title, norm, base = fields.text("case", required=True), fields.text("norm", required=True), fields.text("base")
    expect = fields.choice("expect", _OUTCOMES)
    if norm not in pack.norms:
        fields.report(node.place, f"unknown norm `{norm}`", nearest(norm, pack.norms))
        return None
    facts = dict(fields.entries("facts"))
    if base and base not in bases:
        fields.report(fields.found["base"].place, f"unknown base `{base}`", nearest(base, bases))
    elif base:
        own = {key.text for key in facts}
        shared = bases[base]
        if isinstance(shared, documents.Mapping):
            facts = {key: value for key, value in shared.items if key.text not in own} | facts
    items: list[tuple[Scalar, Node]] = [
        (Scalar("case", place=node.place), Scalar(title, False, node.place)),
        (Scalar("level", place=node.place), Scalar(pack.norms[norm].level, False, node.place)),
        (Scalar("facts", place=node.place), documents.Mapping(tuple(facts.items()), node.place)),
    ]
    for key in ("as_of", "records"):
        if key in fields.found:
            items.append((Scalar(key, place=node.place), fields.found[key]))
    try:
        raw = read_cases(documents.Mapping(tuple(items), node.place))[0]
    except InputError as error:
        problems.extend(error.problems)
        return None
    missing = fields.texts("missing") if "missing" in fields.found else None
    decision = fields.choice("decision", _DECISIONS, required=False)
    readings = {key.text: value.text for key, value in fields.entries("readings") if isinstance(value, Scalar)}
    return PackCase(title, norm, raw, expect, fields.text("exemption"), missing, decision, node.place, readings)


# ---------------------------------------------------------------- running them


@frozen
class CaseResult:
    """A case that was judged: its verdict, the finding of its norm, and what differs from what was expected."""

    case: PackCase
    verdict: Verdict
    finding: Finding
    problems: tuple[Problem, ...]


def run_case(judge: Judge, case: PackCase) -> CaseResult:
    """Judges one case by every engine of the judge and compares the norm's finding with what is expected.

    Raises `InputError` when the case cannot be read by the vocabulary or its norm is not judged under its readings,
    `EngineDisagreement` when engines differ.
    """
    verdict = judge.judge(normalise(judge.pack, case.raw), advise=False)
    finding = next((finding for finding in verdict.findings if finding.norm.id == case.norm), None)
    if finding is None:
        help = "choose the option under which it stands: `readings: {id: option}`"
        raise InputError([Problem(case.place, f"`{case.norm}` is not judged under the readings of this case", help)])
    compared = differences(case, finding)
    decision = verdict.decision.value
    if case.decision and case.decision != decision:
        compared = (*compared, ("decision", case.decision, decision))
    problems = tuple(
        Problem(case.place, f"{case.title}: the {what} of `{case.norm}` is `{found}`", f"the case expects `{expected}`")
        for what, expected, found in compared
    )
    return CaseResult(case, verdict, finding, problems)


def differences(case: PackCase, finding: Finding) -> tuple[tuple[str, str, str], ...]:
    """Where a finding is not what a case expects of its norm: what differs, what is expected, what was found."""
    compared = [
        ("outcome", case.expect, finding.outcome.value),
        ("exception", case.exemption or finding.exemption, finding.exemption),
    ]
    if case.missing is not None:
        compared.append(("missing", ", ".join(sorted(case.missing)), ", ".join(sorted(finding.missing))))
    return tuple(entry for entry in compared if entry[1] != entry[2])


def run_casebook(judge: Judge, cases: tuple[PackCase, ...]) -> tuple[tuple[CaseResult, ...], tuple[Problem, ...]]:
    """All results, and all problems: what differs, cases that cannot be read, engines that disagree."""
    results: list[CaseResult] = []
    problems: list[Problem] = []
    judges: dict[tuple[tuple[str, str], ...], Judge] = {(): judge}
    for case in cases:
        try:
            chosen = tuple(sorted(case.readings.items()))
            if chosen not in judges:
                judges[chosen] = judge.under(case.readings)
            results.append(run_case(judges[chosen], case))
            problems.extend(results[-1].problems)
        except InputError as error:
            problems.extend(error.problems)
        except EngineDisagreement as error:
            problems.append(Problem(case.place, str(error)))
    return tuple(results), tuple(problems)


# ---------------------------------------------------------------- coverage


Judged = tuple[Case, Finding]
"""A case, and what one norm says of it."""


@frozen
class Coverage:
    """What the cases of a pack reach: each list pairs a label with whether some case reaches it."""

    norms: tuple[tuple[str, bool], ...]
    exceptions: tuple[tuple[str, bool], ...]
    boundaries: tuple[tuple[str, bool], ...]
    unknowns: tuple[tuple[str, bool], ...]
    scopes: tuple[tuple[str, bool], ...]

    def gaps(self) -> tuple[str, ...]:
        """What no case reaches, in words."""
        groups = {
            "no case": self.norms,
            "exception without a case": self.exceptions,
            "boundary side without a case": self.boundaries,
            "no case in which it is undetermined": self.unknowns,
            "no case in which it does not apply": self.scopes,
        }
        return tuple(f"{text}: {label}" for text, items in groups.items() for label, reached in items if not reached)


def coverage(pack: Pack, results: tuple[CaseResult, ...]) -> Coverage:
    """What a run of the pack's cases reached.

    A boundary side is reached when a case lands exactly on a threshold, or within two steps (a fact's resolution, a
    day) on its other side. What turns on a parameter without a verified value is left out: no case can reach it.
    """
    by_norm: dict[str, list[Judged]] = {norm: [] for norm in pack.norms}
    for result in results:
        by_norm[result.case.norm].append((result.verdict.case, result.finding))
    parts = [norm_coverage(pack, norm, by_norm[norm.id]) for norm in pack.norms.values()]
    return Coverage(
        norms=tuple(item for part in parts for item in part.norms),
        exceptions=tuple(item for part in parts for item in part.exceptions),
        boundaries=tuple(item for part in parts for item in part.boundaries),
        unknowns=tuple(item for part in parts for item in part.unknowns),
        scopes=tuple(item for part in parts for item in part.scopes),
    )


def norm_coverage(pack: Pack, norm: Norm, judged: Sequence[Judged], written_for_it: bool = True) -> Coverage:
    """What some cases reached of one norm.

    Where the cases were not written for the norm, one on a threshold counts only if the comparison mattered to the
    finding: it decided it, or the norm bound.
    """
    outcomes = {finding.outcome for _, finding in judged}
    held = {finding.exemption for _, finding in judged}
    reads_facts = any(True for condition in norm.conditions for _ in leaves(condition))
    return Coverage(
        norms=((norm.id, bool(judged)),),
        exceptions=tuple((f"{norm.id} / {e.id}", e.id in held) for e in norm.exemptions if not _waits(e.when, pack)),
        boundaries=tuple(_sides(norm, pack, judged, written_for_it)),
        unknowns=((norm.id, Outcome.UNDETERMINED in outcomes),) if reads_facts else (),
        scopes=((norm.id, Outcome.NOT_APPLICABLE in outcomes),) if norm.applies.items else (),
    )


def _waits(condition: Condition, pack: Pack) -> bool:
    """Whether a condition turns on a parameter that has no verified value on any day, so that no case can reach it."""
    names = parameters_read(condition)
    law = [pack.parameters[name] for name in names]
    return any(all(entry.value is None for entry in parameter.values) for parameter in law if not parameter.is_day)


def _sides(norm: Norm, pack: Pack, judged: Sequence[Judged], written_for_it: bool) -> Iterator[tuple[str, bool]]:
    cases = [case for case, _ in judged]
    for day, at, other in ((norm.since, 0, -1), (norm.until, 0, 1), (norm.due, 0, 1)):
        if day is not None:
            for offset in (at, other):
                wanted = day + timedelta(offset)
                yield f"{norm.id}: as of {wanted}", any(case.as_of == wanted for case in cases)
    for condition in norm.conditions:
        for leaf in leaves(condition):
            if isinstance(leaf, Compare) and leaf.op in ("<", "<=", ">", ">=") and not _waits(leaf, pack):
                counted = [case for case, finding in judged if written_for_it or _matters(leaf, finding)]
                distances = [d for case in counted if (d := _distance(leaf, case)) is not None]
                step = _step(leaf, pack)
                above = leaf.op in ("<=", ">")
                near = any(0 < (d if above else -d) <= step for d in distances)
                yield f"{leaf.id}: at the threshold", any(d == 0 for d in distances)
                yield f"{leaf.id}: just {'above' if above else 'below'} the threshold", near


def _matters(leaf: Compare, finding: Finding) -> bool:
    if finding.outcome not in (Outcome.NOT_APPLICABLE, Outcome.NOT_IN_FORCE, Outcome.EXEMPT):
        return True
    return any(node.condition is leaf for node in finding.deciding)


def _distance(leaf: Compare, case: Case) -> Fraction | None:
    """How far the left side is from the right one, in the unit or in days; None where either is open."""
    left, right = (semantics.value_of(side, case) for side in (leaf.left, leaf.right))
    if isinstance(left, Interval) and isinstance(right, Interval) and left.is_exact and right.is_exact:
        return left.lo - right.lo
    if isinstance(left, date) and isinstance(right, date):
        return Fraction((left - right).days)
    return None


def _step(leaf: Compare, pack: Pack) -> Fraction:
    names = {ref.name for side in (leaf.left, leaf.right) for ref in references(side) if isinstance(ref, FactRef)}
    return 2 * max((pack.facts[name].resolution for name in names), default=Fraction(1))
