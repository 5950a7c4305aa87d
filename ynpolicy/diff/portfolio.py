"""A portfolio of cases under two packs: which change their outcomes and their decision, and where they cluster."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from attrs import evolve, field, frozen

from ynpolicy.case_tables import TABLES, read_case_table
from ynpolicy.cases import RawCase
from ynpolicy.diff.relations import Side
from ynpolicy.diff.vocabulary import Common, common
from ynpolicy.errors import InputError, Place, Problem, nearest
from ynpolicy.ir import Case, Pack, Text
from ynpolicy.judge import Judge, raw_cases
from ynpolicy.recasting import LeftOut, by_name, recast
from ynpolicy.values import SymbolSet
from ynpolicy.verdict import Decision, Finding, Outcome

_SILENT: Final = (Outcome.NOT_APPLICABLE, Outcome.NOT_IN_FORCE)
GROUPS: Final = ("prefecture", "industry")
"""By which facts changes are counted unless others are named: those whose name ends so."""


@frozen
class ChangedOutcome:
    """A norm that says otherwise of a case in B; an outcome is None where that pack does not judge by the norm."""

    name_a: str
    name_b: str
    title: Text
    clauses: tuple[str, ...]
    before: Outcome | None
    after: Outcome | None

    @property
    def id(self) -> str:
        """What reports call the norm."""
        return self.name_a or self.name_b


@frozen
class JudgedTwice:
    """A case under both packs; `after` is None where B cannot read it, for the reasons in `problems`.

    `groups` maps facts to the symbols that they have in the case, empty where that is not known. `left_out` is what
    of the case B does not know or take.
    """

    title: str
    place: Place
    level: str
    as_of: tuple[str, str]
    before: Decision
    after: Decision | None
    findings: tuple[ChangedOutcome, ...]
    groups: Mapping[str, tuple[str, ...]] = field(hash=False)
    left_out: tuple[LeftOut, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def changes(self) -> bool:
        """Whether some outcome or the decision is another, or B cannot read all of the case."""
        return bool(self.findings or self.left_out) or self.before is not self.after


@frozen
class Portfolio:
    """Cases under two packs. `passed_over` are columns of tables that name no fact, `elsewhere` cases of other levels
    than the one compared. `by` are the facts by which changes are counted."""

    cases: tuple[JudgedTwice, ...]
    by: tuple[str, ...]
    passed_over: tuple[str, ...] = ()
    elsewhere: int = 0

    @property
    def changed(self) -> tuple[JudgedTwice, ...]:
        """The cases of which B says otherwise."""
        return tuple(case for case in self.cases if case.changes)

    def decisions(self) -> Counter[tuple[Decision, Decision | None]]:
        """How many cases go from one decision to another; those that keep theirs are not counted."""
        return Counter((case.before, case.after) for case in self.cases if case.before is not case.after)

    def clauses(self) -> Counter[str]:
        """How many cases have another outcome on a norm of each clause."""
        return Counter(
            clause
            for case in self.cases
            for clause in dict.fromkeys(clause for finding in case.findings for clause in finding.clauses)
        )

    def grouped(self, fact: str) -> dict[str, tuple[int, int]]:
        """For each symbol of a fact, how many cases have it and how many of those change; the most changed first.

        The empty symbol stands for cases in which the fact is not known. A case with several symbols counts under each.
        """
        whole: Counter[str] = Counter()
        changed: Counter[str] = Counter()
        for case in self.cases:
            for symbol in case.groups.get(fact, ()) if fact in case.groups else ():
                whole[symbol] += 1
                changed[symbol] += case.changes
        return {symbol: (whole[symbol], changed[symbol]) for symbol in sorted(whole, key=lambda s: (-changed[s], s))}


def judge_portfolio(
    a: Side, b: Side, files: Sequence[str], level: str, by: Sequence[str], problems: list[Problem]
) -> Portfolio:
    """The cases of files under both packs: case files, dossiers, Excel forms, and tables with one case a row.

    The cases are written in the words of A, and judged by the reference. What is wrong with single cases is added to
    `problems`. Raises `InputError` for facts in `by` that A does not know or that are no symbols.
    """
    groups = _groups(a.pack, by)
    shared = common(a, b)
    other = Judge(shared.pack, use_forward=False)
    own = Judge(a.pack, use_forward=False, layers=a.judge.layers)
    passed_over: dict[str, None] = {}
    cases: list[JudgedTwice] = []
    elsewhere = 0
    for name in files:
        for raw in _raw(name, a.pack, level, passed_over, problems):
            if level and raw.level not in ("", level):
                elsewhere += 1
                continue
            try:
                case = own.read(raw, a.as_of)
            except InputError as error:
                problems += error.problems
                continue
            cases.append(_judged(own, other, shared, raw, case, evolve(case, as_of=b.as_of or case.as_of), groups))
    return Portfolio(tuple(cases), groups, tuple(passed_over), elsewhere)


def _groups(pack: Pack, by: Sequence[str]) -> tuple[str, ...]:
    if not by:
        ends = tuple(f".{name}" for name in GROUPS)
        return tuple(name for name, fact in pack.facts.items() if fact.symbols and name.endswith(ends))
    wrong = [name for name in by if name not in pack.facts or not pack.facts[name].symbols]
    if wrong:
        known = [name for name, fact in pack.facts.items() if fact.symbols]
        helps = {name: nearest(name, known) or "`ynpolicy facts` lists them" for name in wrong}
        message = "`{}` is not a fact with symbols"
        raise InputError([Problem(Place("--by"), message.format(name), help) for name, help in helps.items()])
    return tuple(dict.fromkeys(by))


def _raw(name: str, pack: Pack, level: str, passed_over: dict[str, None], problems: list[Problem]) -> Iterable[RawCase]:
    path = Path(name)
    try:
        if path.suffix.lower() in TABLES:
            table = read_case_table(path, pack, level, problems)
            if table is not None:
                passed_over |= dict.fromkeys(table.passed_over)
                return table.cases
        return raw_cases(path, problems)
    except InputError as error:
        problems += error.problems
        return ()


def _judged(
    own: Judge, other: Judge, shared: Common, raw: RawCase, case: Case, later: Case, groups: tuple[str, ...]
) -> JudgedTwice:
    """One case under both; `later` is the case on the day on which B is read."""
    before = own.judge(case, advise=False)
    found = recast(other.pack, by_name(own.pack, raw), later)
    after = None if found.case is None else other.judge(found.case, advise=False)
    return JudgedTwice(
        case.title,
        raw.place,
        case.level,
        (case.as_of.isoformat(), later.as_of.isoformat()),
        before.decision,
        None if after is None else after.decision,
        () if after is None else tuple(_changed(shared, before.findings, after.findings)),
        {name: _symbols(case, name) for name in groups if own.pack.facts[name].is_asked_of(case.level)},
        found.left_out,
        found.problems,
    )


def _changed(shared: Common, before: Iterable[Finding], after: Iterable[Finding]) -> Iterable[ChangedOutcome]:
    mine = {finding.norm.id: finding for finding in before}
    theirs = {finding.norm.id: finding for finding in after}
    for id in dict.fromkeys((*mine, *theirs)):
        one, other = mine.get(id), theirs.get(id)
        outcomes = [finding.outcome if finding is not None else None for finding in (one, other)]
        known = one or other
        if known is None or outcomes[0] is outcomes[1]:
            continue
        if None in outcomes and all(outcome is None or outcome in _SILENT for outcome in outcomes):
            continue
        clauses = dict.fromkeys(clause for finding in (one, other) if finding for clause in finding.norm.clauses)
        yield ChangedOutcome(
            id if one is not None else "",
            shared.own_norm(id) if other is not None else "",
            known.norm.title,
            tuple(clauses),
            outcomes[0],
            outcomes[1],
        )


def _symbols(case: Case, name: str) -> tuple[str, ...]:
    """The symbols of a fact in a case; one empty symbol where none is known."""
    value = case.values.get(name)
    if isinstance(value, SymbolSet):
        return tuple(sorted(value.members)) or ("",)
    return (value,) if isinstance(value, str) else ("",)
