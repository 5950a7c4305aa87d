"""A government's task list and targets: what is done, late, not yet due or unknown, and how far it has come."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any, Final

from ynpolicy.ir import Case, Text
from ynpolicy.progress import Standing, standing
from ynpolicy.semantics import evaluate
from ynpolicy.sentences import Phrasing
from ynpolicy.values import Truth, number_text
from ynpolicy.verdict import Finding, Outcome
from ynpolicy.words import GOVERNMENT_LEVELS

View = dict[str, Any]

STATUSES: Final[dict[str, Text]] = {
    "late": Text("逾期未完成", "late"),
    "unmet": Text("未落实", "not met"),
    "review": Text("须审核", "to review"),
    "unknown": Text("情况不明", "unknown"),
    "pending": Text("尚未到期", "not yet due"),
    "done": Text("已完成", "done"),
}
"""How a task stands, most pressing first. `late`: its day has passed and it is not met; `unmet`: a standing duty."""

_WIDTH: Final = 640
_HEIGHT: Final = 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 570, 30, 160
"""The frame of a chart in its own units; texts stand outside it."""


def applies_not(finding: Finding, case: Case) -> bool:
    """Whether a norm says nothing of a case: it does not apply, or it is not yet due and will not apply."""
    if finding.outcome is Outcome.NOT_IN_FORCE and finding.not_yet_due:
        return evaluate(finding.norm.applies, case).truth is Truth.FALSE
    return finding.outcome is Outcome.NOT_APPLICABLE


def status(finding: Finding, case: Case) -> str:
    """The status of one task of a case's; empty where the finding is no task."""
    norm = finding.norm
    match finding.outcome:
        case Outcome.COMPLIED | Outcome.JUSTIFIED | Outcome.EXEMPT:
            return "done"
        case Outcome.VIOLATED | Outcome.DEPARTED:
            return "late" if norm.due else "unmet"
        case Outcome.REVIEW:
            return "review"
        case Outcome.UNDETERMINED:
            return "unknown"
        case Outcome.NOT_IN_FORCE if finding.not_yet_due and norm.requirement is not None:
            met = evaluate(norm.requirement, case).truth
            return "done" if met is (Truth.FALSE if norm.modality.forbids else Truth.TRUE) else "pending"
    return ""


def tasks(findings: Iterable[Finding], words: Phrasing) -> View:
    """The task list of a case on a government's level, empty elsewhere: groups by status, and their counts.

    `findings` are those that say something of the case.
    """
    if words.case.level not in GOVERNMENT_LEVELS:
        return {"groups": [], "line": ""}
    lang = words.lang
    found: dict[str, list[View]] = {key: [] for key in STATUSES}
    for finding in findings:
        key = status(finding, words.case)
        if key:
            due = finding.norm.due.isoformat() if finding.norm.due else ("经常" if lang == "zh" else "standing")
            section = "、".join(dict.fromkeys(words.pack.clauses[id].section for id in finding.norm.clauses))
            row = {"id": finding.norm.id, "title": finding.norm.title[lang], "due": due, "section": section}
            found[key].append(row | {"line": words.field(due, row["title"]) + words.aside(section)})
    groups = [
        {"status": key, "label": STATUSES[key][lang], "count": len(rows), "rows": rows} for key, rows in found.items()
    ]
    pause = "、" if lang == "zh" else ", "
    return {"groups": groups, "line": pause.join(f"{group['label']} {group['count']}" for group in groups)}


def targets(findings: Iterable[Finding], words: Phrasing) -> list[View]:
    """Every measured target among the findings: how far it has come, in words, and the numbers of a small chart."""
    views = []
    for finding in findings:
        told = finding.norm.progress
        stands = standing(finding.norm, words.case)
        if told is not None and stands is not None:
            unit = words.unit_of(told.final)
            title = finding.norm.title[words.lang]
            views.append(
                {"title": title, "lines": list(_lines(stands, unit, words.lang)), "chart": _chart(stands, unit)}
            )
    return views


def _lines(stands: Standing, unit: str, lang: str) -> Iterable[str]:
    zh = lang == "zh"

    def amount(number: Fraction) -> str:
        return f"{rounded(number)} {unit}"

    base, goal = amount(stands.base), amount(stands.goal)
    yield (
        f"{stands.start}年基数 {base}，{stands.end}年目标 {goal}"
        if zh
        else f"{stands.start} base {base}, {stands.end} target {goal}"
    )
    if stands.latest is None or stands.year is None or stands.reached is None or stands.left is None:
        yield (
            "最近一年的排放量或年份未提供，进度不明"
            if zh
            else "no figure of a later year is known, so neither is progress"
        )
        return
    share = (
        ""
        if stands.share is None
        else (
            f"，为应削减量的 {rounded(stands.share * 100)}%"
            if zh
            else f", {rounded(stands.share * 100)} % of what is needed"
        )
    )
    yield (
        f"{stands.year}年 {amount(stands.latest)}，已削减 {amount(stands.reached)}{share}"
        if zh
        else f"{stands.year}: {amount(stands.latest)}, reduced by {amount(stands.reached)}{share}"
    )
    if stands.even is not None and stands.needed > 0:
        behind = stands.latest - stands.even
        word = ("落后" if zh else "behind by") if behind > 0 else ("超前" if zh else "ahead by")
        yield (
            f"按逐年均匀削减，{stands.year}年应为 {amount(stands.even)}，{word} {amount(abs(behind))}"
            if zh
            else f"an even pace would have left {amount(stands.even)} in {stands.year}: {word} {amount(abs(behind))}"
        )
    if stands.left == 0:
        yield "已在目标以内" if zh else "within the target"
    elif stands.pace is None:
        yield f"超出目标 {amount(stands.left)}" if zh else f"{amount(stands.left)} above the target"
    else:
        yield (
            f"到{stands.end}年还须削减 {amount(stands.left)}，平均每年 {amount(stands.pace)}"
            if zh
            else f"{amount(stands.left)} still to go by {stands.end}, {amount(stands.pace)} a year"
        )


def rounded(number: Fraction, places: int = 2) -> str:
    """A number for people, rounded half away from zero to two decimals, without trailing zeros."""
    scale = 10**places
    scaled = abs(number) * scale
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return number_text(Fraction(whole if number >= 0 else -whole, scale))


def _chart(stands: Standing, unit: str) -> View:
    """A line from base to target over the years, and the point reached; whole numbers of the chart's own units."""
    amounts = [stands.base, stands.goal, *([] if stands.latest is None else [stands.latest])]
    low, high = min(amounts), max(amounts)
    span = high - low or max(high, Fraction(1))

    def x(year: int) -> int:
        return _LEFT + (_RIGHT - _LEFT) * (year - stands.start) // (stands.end - stands.start)

    def y(amount: Fraction) -> int:
        return _BOTTOM - int((_BOTTOM - _TOP) * (amount - low) / span)

    def point(year: int, amount: Fraction) -> View:
        return {"x": x(year), "y": y(amount), "year": str(year), "amount": f"{rounded(amount)} {unit}"}

    reached = [] if stands.latest is None or stands.year is None else [point(stands.year, stands.latest)]
    return {
        "width": _WIDTH,
        "height": _HEIGHT,
        "floor": _BOTTOM,
        "start": point(stands.start, stands.base),
        "end": point(stands.end, stands.goal),
        "reached": reached,
        "late": int(
            bool(reached) and stands.even is not None and stands.latest is not None and stands.latest > stands.even
        ),
    }
