"""A pack's own cases on its groupings: lists of members, what norms must say of each group, and what they cover."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from attrs import field, frozen

from ynpolicy import documents
from ynpolicy.answers import read_date
from ynpolicy.casebook import case_nodes, shared_titles
from ynpolicy.cases import RawCase, read_cases
from ynpolicy.claim_files import family_of
from ynpolicy.documents import Node, Scalar
from ynpolicy.errors import EngineDisagreement, InputError, Place, Problem, nearest
from ynpolicy.fields import Fields
from ynpolicy.groupings import Grouping
from ynpolicy.ir import Modality, Pack, facts_read
from ynpolicy.portfolio.causes import causes
from ynpolicy.portfolio.judging import Group, JudgedGrouping, PortfolioJudge
from ynpolicy.verdict import Outcome

CASE_KEYS: Final = ("case", "grouping", "as_of", "complete", "members", "expect", "caused_by", "group_unknown")
MEMBER_KEYS: Final = ("id", "level", "base", "facts")
_OUTCOMES: Final = tuple(outcome.value for outcome in Outcome)
_BREACHES: Final = (Outcome.VIOLATED, Outcome.DEPARTED, Outcome.REVIEW)

Expected = Mapping[str, Mapping[str, str]]
"""By group, by norm: an outcome."""


@frozen
class ListCase:
    """A list of cases, and what must follow: the outcomes, and the members that suffice for some of them."""

    title: str
    grouping: str
    as_of: str
    complete: bool
    members: tuple[RawCase, ...]
    expect: Expected = field(hash=False)
    caused_by: Mapping[str, Mapping[str, tuple[str, ...]]] = field(hash=False)
    group_unknown: tuple[str, ...]
    place: Place = field(eq=False)


@frozen
class ListResult:
    """A list that was judged, and what differs from what was expected."""

    case: ListCase
    judged: JudgedGrouping
    problems: tuple[Problem, ...]


def read_lists(pack: Pack) -> tuple[ListCase, ...]:
    """The lists in a pack's folder `cases/portfolio/`. Raises `InputError` with every problem in them."""
    problems: list[Problem] = []
    cases: list[ListCase] = []
    for item, bases in case_nodes(pack, "cases/portfolio", "a casebook of lists", problems):
        case = _read(item, bases, pack, problems)
        if case is not None:
            cases.append(case)
    problems += shared_titles((case.title, case.place) for case in cases)
    if problems:
        raise InputError(problems)
    return tuple(cases)


def _read(node: Node, bases: Mapping[str, Node], pack: Pack, problems: list[Problem]) -> ListCase | None:
    fields = Fields(node, CASE_KEYS, problems, "a list")
    title, id = fields.text("case", required=True), fields.text("grouping", required=True)
    grouping = pack.groupings.get(id)
    if grouping is None:
        fields.report(node.place, f"there is no grouping `{id}`", nearest(id, pack.groupings))
        return None
    as_of = fields.text("as_of", required=True)
    try:
        read_date(as_of)
    except ValueError as error:
        fields.report(fields.place, f"as_of: {error}", "write it as 2022-05-01")
    expect: dict[str, dict[str, str]] = {}
    for key, inner in fields.entries("expect"):
        said = Fields(inner, grouping.judged, problems, f"what is expected of `{key.text}`")
        expect[key.text] = {norm: said.choice(norm, _OUTCOMES) for norm in said.found}
    caused = {
        key.text: {
            norm.text: Fields(inner, [norm.text], problems, "causes").texts(norm.text) for norm, _ in inner.items
        }
        for key, inner in fields.entries("caused_by")
        if isinstance(inner, documents.Mapping)
    }
    members = tuple(raw for item in fields.list("members") for raw in _member(item, bases, grouping, problems))
    return ListCase(
        title=title,
        grouping=id,
        as_of=as_of,
        complete=fields.flag("complete"),
        members=members,
        expect=expect,
        caused_by=caused,
        group_unknown=fields.texts("group_unknown"),
        place=node.place,
    )


def _member(node: Node, bases: Mapping[str, Node], grouping: Grouping, problems: list[Problem]) -> tuple[RawCase, ...]:
    fields = Fields(node, MEMBER_KEYS, problems, "a member")
    base, facts = fields.text("base"), dict(fields.entries("facts"))
    shared = bases.get(base)
    if base and shared is None:
        fields.report(fields.found["base"].place, f"unknown base `{base}`", nearest(base, bases))
    if isinstance(shared, documents.Mapping):
        own = {key.text for key in facts}
        facts = {key: value for key, value in shared.items if key.text not in own} | facts
    parts: tuple[tuple[str, Node], ...] = (
        ("case", Scalar(fields.text("id", required=True), False, node.place)),
        ("level", Scalar(fields.text("level") or grouping.members, False, node.place)),
        ("facts", documents.Mapping(tuple(facts.items()), node.place)),
    )
    items = tuple((Scalar(key, place=node.place), value) for key, value in parts)
    return read_cases(documents.Mapping(items, node.place), problems=problems)


# ---------------------------------------------------------------- running them


def run_lists(judge: PortfolioJudge, cases: Sequence[ListCase]) -> tuple[tuple[ListResult, ...], tuple[Problem, ...]]:
    """Every list judged by the engines of the judge, and all problems: what differs, and lists that cannot be read."""
    results: list[ListResult] = []
    problems: list[Problem] = []
    for case in cases:
        try:
            results.append(_run(judge, case))
            problems += results[-1].problems
        except InputError as error:
            problems += error.problems
        except EngineDisagreement as error:
            problems.append(Problem(case.place, str(error)))
    return tuple(results), tuple(problems)


def _run(judge: PortfolioJudge, case: ListCase) -> ListResult:
    day = read_date(case.as_of)
    members = [judge.read(raw, day) for raw in case.members]
    complete = (judge.pack.groupings[case.grouping].members,) if case.complete else ()
    (judged,) = judge.judge(members, day, complete, [case.grouping]).groupings
    problems = tuple(
        Problem(case.place, f"{case.title}: {what} is `{found}`", f"the case expects `{expected}`")
        for what, expected, found in _differences(case, judged, judge.pack)
        if expected != found
    )
    return ListResult(case, judged, problems)


def _differences(case: ListCase, judged: JudgedGrouping, pack: Pack) -> Iterator[tuple[str, str, str]]:
    groups = {name: group for group in judged.groups for name in _names(group, pack)}
    for name, expected in case.expect.items():
        group = groups.get(name)
        for norm, outcome in expected.items():
            yield f"the outcome of `{norm}` for `{name}`", outcome, _outcome(group, norm)
    for name, several in case.caused_by.items():
        for norm, wanted in several.items():
            yield f"what suffices for `{norm}` on `{name}`", ", ".join(wanted), _suffices(groups.get(name), norm, pack)
    unknown = ", ".join(placed.case.id for placed in judged.anywhere)
    yield "the list of cases whose group is not known", ", ".join(case.group_unknown), unknown


def _names(group: Group, pack: Pack) -> tuple[str, ...]:
    """What a group may be called in a case: its title, its key, and every word of its symbol."""
    named = pack.facts[group.grouping.named].symbols if group.grouping.named else {}
    return (group.title, group.key, *(named[group.key].words if group.key in named else ()))


def _outcome(group: Group | None, norm: str) -> str:
    if group is None:
        return "no such group"
    outcomes = (finding.outcome.value for finding in group.verdict.findings if finding.norm.id == norm)
    return next(outcomes, "not judged under the readings taken")


def _suffices(group: Group | None, norm: str, pack: Pack) -> str:
    if group is None:
        return "no such group"
    findings = (finding for finding in group.verdict.findings if finding.norm.id == norm)
    told = [cause.counted[: cause.enough] for finding in findings for cause in causes(pack, group, finding)]
    return ", ".join(share.case.id for shares in told for share in shares)


# ---------------------------------------------------------------- coverage


def list_gaps(pack: Pack, results: Sequence[ListResult]) -> tuple[str, ...]:
    """What no list reaches: of each norm that reads gathered facts, a breach, compliance where there may be one, and an
    undetermined outcome; of each grouping, a list that is declared complete and one that is not.

    The rows of a table stand for one another.
    """
    gaps: list[str] = []
    for id, grouping in pack.groupings.items():
        own = [result for result in results if result.case.grouping == id]
        for complete in (True, False):
            if not any(result.case.complete is complete for result in own):
                gaps.append(f"no list that is {'complete' if complete else 'not declared complete'}: {id}")
        gathered = {one.fact for one in grouping.gathered}
        for family, modality in _families(pack, grouping, gathered).items():
            seen = {
                finding.outcome
                for result in own
                for group in result.judged.groups
                for finding in group.verdict.findings
                if family_of(finding.norm.id) == family
                and any(finding.norm.id in result.case.expect.get(name, {}) for name in _names(group, pack))
            }
            wanted = {"breach": _BREACHES, "undetermined outcome": (Outcome.UNDETERMINED,)}
            if modality is not Modality.REVIEW:
                wanted["compliance"] = (Outcome.COMPLIED,)
            gaps += [f"no list with a {what}: {id} / {family}" for what, some in wanted.items() if not seen & set(some)]
    return tuple(gaps)


def _families(pack: Pack, grouping: Grouping, gathered: set[str]) -> dict[str, Modality]:
    norms = (pack.norms[id] for id in grouping.judged)
    return {
        family_of(norm.id): norm.modality
        for norm in norms
        if any(gathered & facts_read(line).keys() for line in norm.conditions)
    }
