"""What a newer pack changes in one case, and by which of its differences: each is tried by itself in the older pack."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from attrs import frozen

from ynpolicy import semantics
from ynpolicy.amendments import Element, elements_read
from ynpolicy.between import Between
from ynpolicy.cases import RawCase
from ynpolicy.errors import Problem
from ynpolicy.ir import Case, Pack
from ynpolicy.judge import Judge, JudgedVerdict
from ynpolicy.recasting import LeftOut, recast
from ynpolicy.rejudging import ChangedFinding, changed_findings, changed_parts
from ynpolicy.verdict import Finding, Outcome

Key = tuple[object, ...]
_SILENT: Final = (Outcome.NOT_APPLICABLE, Outcome.NOT_IN_FORCE)


@frozen
class Cause:
    """A difference between the packs that brings a changed finding about; `alone` where it does so by itself."""

    element: Element
    alone: bool


@frozen
class ClauseBeside:
    """A clause on which a changed finding rests, as each of the packs quotes it; None where it has no such clause."""

    id: str
    section: str
    before: str | None
    after: str | None


@frozen
class Effect:
    """A finding that the newer pack changes, and why.

    Every cause is something that the norm reads and that differs between the packs. Made in the older pack alone it
    gives the new finding, or the new finding does not come about without it. `explained` is false where the older pack
    with all of these differences does not give the new finding; then `causes` names all that the norm reads and that
    differs. `clauses` are those whose words differ.
    """

    finding: ChangedFinding
    causes: tuple[Cause, ...]
    explained: bool
    clauses: tuple[ClauseBeside, ...]


@frozen
class Amended:
    """One case under a newer pack.

    `before` is the decision by the bundle's pack now, `after` that by the newer one; empty where the case cannot be
    judged, for the reasons in `problems`. `quiet` are differences that norms which bind here read without
    another finding coming of it. `parts` names other parts of the verdict that differ.
    """

    file: str
    title: str
    level: str
    as_of: str
    before: str
    after: str
    effects: tuple[Effect, ...] = ()
    quiet: tuple[Element, ...] = ()
    parts: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def same(self) -> bool:
        """Whether the newer pack says the same of the case: every finding, decision, remedy, and all that is asked."""
        return not (self.effects or self.parts or self.left_out or self.problems) and self.before == self.after


def amend(old: Judge, new: Judge, file: str, raw: RawCase, verdict: JudgedVerdict) -> Amended:
    """A case of the bundle, as `recasting.by_name` has it, under the newer pack. Raises `EngineDisagreement`."""
    case = verdict.case
    about = (file, case.title, case.level, case.as_of.isoformat(), verdict.decision.value)
    found = recast(new.pack, raw, case)
    if found.case is None:
        return Amended(*about, "", left_out=found.left_out, problems=found.problems)
    after = new.judge(found.case)
    then, now = verdict.to_dict(), after.to_dict()
    between = Between(old.pack, new.pack)
    effects = []
    for changed in changed_findings(then, now):
        effects.append(_effect(between, raw, case, changed, _key_of(after, changed.norm)))
    named = {(cause.element.kind, cause.element.name) for effect in effects for cause in effect.causes}
    quiet: dict[tuple[str, str], Element] = {}
    for norm in dict.fromkeys(finding.norm.id for finding in verdict.findings if finding.outcome not in _SILENT):
        for element in elements_read(old.pack, new.pack, norm, case):
            if (element.kind, element.name) not in named:
                quiet.setdefault((element.kind, element.name), element)
    return Amended(
        *about,
        after.decision.value,
        tuple(effects),
        tuple(quiet.values()),
        changed_parts(then, now),
        found.left_out,
    )


def _key(finding: Finding) -> Key:
    return (
        finding.outcome,
        finding.exemption,
        finding.not_yet_due,
        finding.outside_territory,
        frozenset(finding.missing),
        frozenset(finding.unverified),
    )


def _key_of(verdict: JudgedVerdict, norm: str) -> Key | None:
    return next((_key(finding) for finding in verdict.findings if finding.norm.id == norm), None)


def _effect(between: Between, raw: RawCase, case: Case, changed: ChangedFinding, after: Key | None) -> Effect:
    elements = elements_read(between.old, between.new, changed.norm, case)

    def gives(chosen: Iterable[Element]) -> bool:
        return _found(between.pack(chosen), raw, case, changed.norm) == after

    explained = gives(elements)
    causes = []
    for element in elements:
        alone = gives((element,))
        if alone or not gives(one for one in elements if one is not element):
            causes.append(Cause(element, alone))
    if not causes or not explained:
        causes = [Cause(element, False) for element in elements]
    return Effect(changed, tuple(causes), explained, _clauses(between, changed.norm, causes))


def _found(pack: Pack, raw: RawCase, case: Case, id: str) -> Key | None:
    """What one norm of a pack says of a case; None where the pack does not judge by it, or cannot read the case."""
    norm = next((norm for norm in pack.norms_at(case.level) if norm.id == id), None)
    read = recast(pack, raw, case).case
    if norm is None or read is None:
        return None
    return _key(semantics.judge_norm(norm, read, semantics.territory(pack, read), pack.since))


def _clauses(between: Between, id: str, causes: Iterable[Cause]) -> tuple[ClauseBeside, ...]:
    """The clauses of the norm, and of the values that bring its finding about, whose words differ."""
    norms = [pack.norms[id] for pack in (between.old, between.new) if id in pack.norms]
    ids = [clause for norm in norms for clause in (*norm.clauses, *norm.contrary)]
    aspects = (aspect for cause in causes for aspect in cause.element.aspects if aspect.name == "clause")
    ids += [clause for aspect in aspects for clause in (aspect.before, aspect.after) if clause]
    found = []
    for clause in dict.fromkeys(ids):
        before, after = (pack.clauses.get(clause) for pack in (between.old, between.new))
        known = after or before
        quotes = [one.quote if one is not None else None for one in (before, after)]
        if known is not None and quotes[0] != quotes[1]:
            found.append(ClauseBeside(clause, known.section, *quotes))
    return tuple(found)
