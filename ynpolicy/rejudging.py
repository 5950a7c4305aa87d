"""A bundle judged again with the pack that it holds, and what came out otherwise than it was recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from attrs import frozen

from ynpolicy.bundles import Bundle, KeptCase, case_to_dict
from ynpolicy.choices import choose
from ynpolicy.errors import InputError, Place, Problem
from ynpolicy.ir import Deadline, Pack, Text, facts_read
from ynpolicy.judge import Judge, JudgedVerdict
from ynpolicy.loader import read_pack
from ynpolicy.schemas_replay import CIRCUMSTANCES
from ynpolicy.version import code_digest

_OF_A_VERDICT: Final = (
    *("missing", "missing_sets", "missing_sets_wait_for", "missing_sets_proved", "ask_first", "remedies"),
    *("remedies_proved", "after_period", "notices", "superseded_by"),
)


@frozen
class Circumstance:
    """Something by which judging again differs from judging then: one of `CIRCUMSTANCES`, as it was and as it is."""

    name: str
    before: str
    after: str


@frozen
class ChangedFact:
    """A fact that is read otherwise than it was recorded, as `case_to_dict` has it; empty where there was none."""

    name: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@frozen
class ChangedFinding:
    """A norm whose finding came out otherwise; `before` or `after` is empty where the norm was not judged."""

    norm: str
    title: Text
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@frozen
class Recorded:
    """One case of a bundle judged again with the bundle's own pack.

    `after` is its decision now, empty where it cannot be judged any more for the reasons in `problems`. `parts` names
    other parts of the verdict that differ. `causes`, of a verdict that differs: `calendar`, `code`, `python`, or
    `record` where all of these are the same and so the record itself must have been changed.
    """

    file: str
    title: str
    level: str
    as_of: str
    judged_at: str
    before: str
    after: str
    findings: tuple[ChangedFinding, ...] = ()
    facts: tuple[ChangedFact, ...] = ()
    parts: tuple[str, ...] = ()
    circumstances: tuple[Circumstance, ...] = ()
    causes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def same(self) -> bool:
        """Whether judging again gives the recorded verdict, to the last word."""
        return not (self.problems or self.causes)


def judge_of(bundle: Bundle) -> Judge:
    """The bundle's own pack, with the tables and readings that lay over it, ready to judge. Raises `InputError`."""
    with TemporaryDirectory(prefix="ynpolicy-") as name:
        folder = Path(name) / "pack" / bundle.folder
        _lay_out(bundle.pack_files, folder)
        own = None
        if bundle.tables:
            own = Path(name) / "tables"
            _lay_out(bundle.tables, own)
        pack = read_pack(folder, own)
    if pack.digest != bundle.pack_digest:
        raise AssertionError("a pack that was laid out has another digest than its files")
    return Judge(choose(pack, bundle.readings))


def _lay_out(files: Mapping[str, bytes], folder: Path) -> None:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def judge_again(bundle: Bundle, judge: Judge) -> Iterator[tuple[KeptCase, Sequence[JudgedVerdict], Sequence[Recorded]]]:
    """Each case file of the bundle with its verdicts now (none where it cannot be judged) and how they compare.

    Raises `InputError` where a recorded verdict was given on another case than the one in the bundle, and
    `EngineDisagreement`.
    """
    for case in bundle.cases:
        try:
            verdicts: tuple[JudgedVerdict, ...] = judge.check_each(case.file, case.as_of, case.located)
        except InputError as error:
            yield case, (), [_unreadable(bundle, case, verdict, error.problems) for verdict in case.verdicts]
            continue
        _check_same_cases(bundle, case, verdicts)
        found = zip(verdicts, case.normalised, case.verdicts, strict=True)
        yield case, verdicts, [_compared(bundle, case, judge.pack, *one) for one in found]


def _check_same_cases(bundle: Bundle, case: KeptCase, verdicts: Sequence[JudgedVerdict]) -> None:
    now = [verdict.receipt.case_digest for verdict in verdicts]
    then = [verdict["receipt"]["case_digest"] for verdict in case.verdicts]
    if now != then:
        message = f"the case has the digest {', '.join(now)}, not the {', '.join(then)} on which the verdict was given"
        help = "the bundle was put together anew: do not rely on it"
        raise InputError([Problem(Place(f"{bundle.shown}!{case.file.name}"), message, help)])


def _unreadable(bundle: Bundle, case: KeptCase, recorded: Mapping[str, Any], problems: tuple[Problem, ...]) -> Recorded:
    return _entry(case, recorded, "", problems=problems)


def _entry(case: KeptCase, recorded: Mapping[str, Any], after: str, **more: Any) -> Recorded:
    about = recorded["case"]
    return Recorded(
        file=case.file.name,
        title=about["title"] or about["id"],
        level=about["level"],
        as_of=about["as_of"],
        judged_at=recorded["receipt"]["judged_at"],
        before=recorded["decision"],
        after=after,
        **more,
    )


def _compared(
    bundle: Bundle,
    case: KeptCase,
    pack: Pack,
    verdict: JudgedVerdict,
    normalised: Mapping[str, Any],
    recorded: Mapping[str, Any],
) -> Recorded:
    now = verdict.to_dict()
    circumstances = _circumstances(bundle, recorded["receipt"], now["receipt"])
    facts = _changed_facts(normalised["facts"], case_to_dict(verdict.case, pack)["facts"])
    findings = changed_findings(recorded, now)
    parts = changed_parts(recorded, now)
    if not facts and _agrees(_bare(recorded), _bare(now)):
        return _entry(case, recorded, now["decision"], circumstances=circumstances)
    return _entry(
        case,
        recorded,
        now["decision"],
        findings=findings,
        facts=facts,
        parts=parts,
        circumstances=circumstances,
        causes=_causes(pack, circumstances, findings, facts),
    )


def _circumstances(bundle: Bundle, before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Circumstance, ...]:
    then = {**before, "code": bundle.code}
    now = {**after, "code": code_digest()}
    told = ((name, _told(then.get(name, "")), _told(now[name])) for name in CIRCUMSTANCES)
    return tuple(Circumstance(name, old, new) for name, old, new in told if old != new)


def _told(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _bare(verdict: Mapping[str, Any]) -> dict[str, Any]:
    """A verdict without when and by what it was reached."""
    receipt = {key: value for key, value in verdict["receipt"].items() if key not in (*CIRCUMSTANCES, "judged_at")}
    return {**verdict, "receipt": receipt}


def _agrees(recorded: object, now: object) -> bool:
    """Whether plain data says all that was recorded; what later versions of the library add to it does not count."""
    match recorded, now:
        case dict(), dict():
            return all(key in now and _agrees(value, now[key]) for key, value in recorded.items())
        case list(), list():
            return len(recorded) == len(now) and all(map(_agrees, recorded, now))
    return recorded == now


def _changed_facts(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[ChangedFact, ...]:
    names = sorted({*before, *after})
    pairs = ((name, before.get(name, {}), after.get(name, {})) for name in names)
    return tuple(ChangedFact(name, old, new) for name, old, new in pairs if old != new)


def changed_findings(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[ChangedFinding, ...]:
    """The norms whose findings differ between two verdicts as plain data, in the order of the later one."""
    old = {finding["norm"]: finding for finding in before["findings"]}
    new = {finding["norm"]: finding for finding in after["findings"]}
    changed = []
    for id in dict.fromkeys((*new, *old)):
        was, is_now = old.get(id, {}), new.get(id, {})
        if _said(was) != _said(is_now):
            title = (is_now or was)["title"]
            changed.append(ChangedFinding(id, Text(title["zh"], title["en"]), was, is_now))
    return tuple(changed)


def _said(finding: Mapping[str, Any]) -> tuple[object, ...]:
    """What a finding says, whatever the words and the order in which its norm says it."""
    if not finding:
        return ()
    exemption = finding["exemption"]
    flags = (finding["not_yet_due"], finding["outside_territory"])
    lists = (sorted(finding["missing"]), sorted(finding["unverified"]))
    return (finding["outcome"], exemption["id"] if exemption else "", *flags, *lists)


def changed_parts(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """The parts of two verdicts as plain data, besides findings and decision, that differ."""
    return tuple(part for part in _OF_A_VERDICT if before.get(part) != after.get(part))


def _causes(
    pack: Pack,
    circumstances: tuple[Circumstance, ...],
    findings: tuple[ChangedFinding, ...],
    facts: tuple[ChangedFact, ...],
) -> tuple[str, ...]:
    """Why a verdict differs, as far as the records show it.

    The calendar is a cause where a deadline in working days came out otherwise; the only one where every other
    difference lies in such deadlines and in norms that read one.
    """
    differs = {one.name for one in circumstances}
    counted = {
        fact.name for fact in facts if fact.name in pack.facts and isinstance(pack.facts[fact.name].derived, Deadline)
    }
    causes = []
    if "calendar" in differs and counted:
        causes.append("calendar")
        readers = {
            norm.id
            for norm in pack.norms.values()
            if any(counted & facts_read(condition).keys() for condition in norm.conditions)
        }
        if counted == {fact.name for fact in facts} and {finding.norm for finding in findings} <= readers:
            return tuple(causes)
    if differs & {"library", "code"}:
        causes.append("code")
    elif "python" in differs:
        causes.append("python")
    return tuple(causes) or ("record",)
