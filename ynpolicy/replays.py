"""Bundles judged again: the whole of what `ynpolicy replay` finds, as typed data and as plain data for JSON."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from attrs import asdict, frozen

from ynpolicy.bundles import Bundle, read_bundle
from ynpolicy.ir import Text
from ynpolicy.rejudging import ChangedFact, ChangedFinding, Recorded, judge_again, judge_of

REPLAY_SCHEMA: Final = "ynpolicy.replay/1"


@frozen
class Replay:
    """A bundle judged again with its own pack; `labels` are what that pack calls its facts."""

    bundle: Bundle
    title: Text
    labels: Mapping[str, Text]
    cases: tuple[Recorded, ...]

    @property
    def same(self) -> bool:
        """Whether every case came out as it was recorded."""
        return all(case.same for case in self.cases)

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
        }


def replay(path: Path | str) -> Replay:
    """The cases of a bundle judged again with the pack in it, each compared with its recorded verdict.

    Raises `InputError`: the file is no bundle, is cut short or was changed, or its pack cannot be read by this version
    of the library; and `EngineDisagreement` where two engines differ now.
    """
    bundle = read_bundle(Path(path))
    judge = judge_of(bundle)
    cases = [recorded for _, _, found in judge_again(bundle, judge) for recorded in found]
    labels = {name: fact.label for name, fact in judge.pack.facts.items()}
    return Replay(bundle, judge.pack.title, labels, tuple(cases))


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
        "problems": [
            {"place": str(problem.place), "message": problem.message, "help": problem.help} for problem in case.problems
        ],
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


def _fact(fact: ChangedFact) -> dict[str, Any]:
    return {"name": fact.name, "before": dict(fact.before) or None, "after": dict(fact.after) or None}
