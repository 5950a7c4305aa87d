"""Bundles judged again: the whole of what `ynpolicy replay` finds, as typed data and as plain data for JSON."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import asdict, frozen

from ynpolicy.amendments import Element
from ynpolicy.bundles import Bundle
from ynpolicy.bundles_read import read_bundle
from ynpolicy.effects import Amended, amend
from ynpolicy.errors import Problem
from ynpolicy.ir import Text
from ynpolicy.judge import Judge, raw_cases
from ynpolicy.recasting import by_name
from ynpolicy.rejudging import ChangedFact, ChangedFinding, Recorded, judge_again, judge_of
from ynpolicy.schemas_replay import REPLAY_SCHEMA
from ynpolicy.successors import FACT_RENAMED, NORM_RENAMED, Note, successor


@frozen
class Amendment:
    """The cases of a bundle under a newer pack; `notes` say what had to be settled before the two could be compared."""

    pack: str
    version: str
    digest: str
    title: Text
    notes: tuple[Note, ...]
    cases: tuple[Amended, ...]

    @property
    def same(self) -> bool:
        """Whether the newer pack says the same of every case, under the same readings and own tables."""
        settled = all(note.kind in (FACT_RENAMED, NORM_RENAMED) for note in self.notes)
        return settled and all(case.same for case in self.cases)


@frozen
class Replay:
    """A bundle judged again: with its own pack, and under a newer one where that is asked.

    `labels` are what the packs call their facts, `instrument` is what the bundle's pack encodes.
    """

    bundle: Bundle
    title: Text
    labels: Mapping[str, Text]
    cases: tuple[Recorded, ...]
    newer: Amendment | None = None
    instrument: str = "plan"

    @property
    def same(self) -> bool:
        """Whether every case came out as it was recorded, and the newer pack says the same."""
        return all(case.same for case in self.cases) and (self.newer is None or self.newer.same)

    def to_dict(self) -> dict[str, Any]:
        """The replay as plain data for JSON: schema `ynpolicy.replay/1`."""
        return {
            "schema": REPLAY_SCHEMA,
            "bundle": self.bundle.shown,
            "pack": {
                "id": self.bundle.pack,
                "version": self.bundle.pack_version,
                "digest": self.bundle.pack_digest,
            },
            "same": self.same,
            "cases": [_case(case) for case in self.cases],
            "newer": None if self.newer is None else _amendment(self.newer),
        }


def replay(path: Path | str, newer: Path | str | None = None) -> Replay:
    """The cases of a bundle judged again with the pack in it, each compared with its recorded verdict.

    With `newer`, a pack by name or folder, also under that pack: what it changes, and by which of its differences.

    Raises `InputError`: the file is no bundle, is cut short or was changed, or its pack cannot be read by this version
    of the library; and `EngineDisagreement` where two engines differ now.
    """
    bundle = read_bundle(Path(path))
    judge = judge_of(bundle)
    pack = judge.pack
    follows = successor(newer, pack, bundle.readings, bundle.tables) if newer is not None else None
    after = Judge(follows.pack) if follows is not None else None
    cases: list[Recorded] = []
    amended: list[Amended] = []
    for kept, verdicts, recorded in judge_again(bundle, judge):
        cases += recorded
        if after is None:
            continue
        if not verdicts:
            amended += [
                Amended(case.file, case.title, case.level, case.as_of, "", "", problems=case.problems)
                for case in recorded
            ]
        for raw, verdict in zip(raw_cases(kept.file, []), verdicts, strict=bool(verdicts)):
            amended.append(amend(judge, after, kept.file.name, by_name(pack, raw), verdict))
    labels = {name: fact.label for name, fact in pack.facts.items()}
    if follows is None:
        return Replay(bundle, pack.title, labels, tuple(cases), instrument=pack.instrument)
    labels = {name: fact.label for name, fact in follows.pack.facts.items()} | labels
    new = follows.pack
    told = Amendment(new.id, new.version, new.digest, new.title, follows.notes, tuple(amended))
    return Replay(bundle, pack.title, labels, tuple(cases), told, pack.instrument)


def _case(case: Recorded) -> dict[str, Any]:
    return {
        "file": case.file,
        "title": case.title,
        "level": case.level,
        "as_of": case.as_of,
        "judged_at": case.judged_at,
        "same": case.same,
        "before": case.before,
        "after": case.after or None,
        "findings": [finding_to_dict(finding) for finding in case.findings],
        "facts": [_fact(fact) for fact in case.facts],
        "parts": list(case.parts),
        "circumstances": [asdict(one) for one in case.circumstances],
        "causes": list(case.causes),
        "problems": [_problem(problem) for problem in case.problems],
    }


def finding_to_dict(finding: ChangedFinding) -> dict[str, Any]:
    """A changed finding as plain data: of each side the outcome, exception and missing facts, or null."""
    return {
        "norm": finding.norm,
        "title": {"zh": finding.title.zh, "en": finding.title.en},
        "before": _side(finding.before),
        "after": _side(finding.after),
    }


def _side(finding: Mapping[str, Any]) -> dict[str, Any] | None:
    if not finding:
        return None
    exemption = finding.get("exemption")
    return {
        "outcome": finding["outcome"],
        "exemption": exemption["id"] if exemption else None,
        "missing": list(finding["missing"]),
    }


def _amendment(newer: Amendment) -> dict[str, Any]:
    return {
        "pack": {"id": newer.pack, "version": newer.version, "digest": newer.digest},
        "same": newer.same,
        "notes": [asdict(note) for note in newer.notes],
        "cases": [_amended(case) for case in newer.cases],
    }


def _amended(case: Amended) -> dict[str, Any]:
    return {
        "file": case.file,
        "title": case.title,
        "level": case.level,
        "as_of": case.as_of,
        "same": case.same,
        "before": case.before or None,
        "after": case.after or None,
        "findings": [
            {
                **finding_to_dict(effect.finding),
                "causes": [{**_element(cause.element), "alone": cause.alone} for cause in effect.causes],
                "explained": effect.explained,
                "clauses": [asdict(clause) for clause in effect.clauses],
            }
            for effect in case.effects
        ],
        "without_effect": [_element(element) for element in case.quiet],
        "parts": list(case.parts),
        "left_out": [
            {"kind": one.kind, "name": one.name, "problem": None if one.problem is None else _problem(one.problem)}
            for one in case.left_out
        ],
        "problems": [_problem(problem) for problem in case.problems],
    }


def _element(element: Element) -> dict[str, Any]:
    return {
        "kind": element.kind,
        "name": element.name,
        "label": {"zh": element.label.zh, "en": element.label.en},
        "differs": [asdict(aspect) for aspect in element.aspects],
    }


def _problem(problem: Problem) -> dict[str, str]:
    return {"place": str(problem.place), "message": problem.message, "help": problem.help}


def _fact(fact: ChangedFact) -> dict[str, Any]:
    return {"name": fact.name, "before": dict(fact.before) or None, "after": dict(fact.after) or None}
