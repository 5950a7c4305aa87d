"""The report on bundles that were judged again: whether the verdicts hold, and what came out otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ynpolicy.ir import Text
from ynpolicy.messages import shown
from ynpolicy.rejudging import ChangedFact, ChangedFinding, Recorded
from ynpolicy.render import fill
from ynpolicy.replays import Replay
from ynpolicy.report import clean
from ynpolicy.verdict import Decision, Outcome
from ynpolicy.words import LEVELS, OUTCOMES, STATES, decision_word

PHRASES: Final[Mapping[str, Text]] = {
    "replay": Text("案卷包重判", "Bundles judged again"),
    "colon": Text("：", ": "),
    "bundle": Text("案卷包", "Bundle"),
    "under": Text("依据", "Under"),
    "judged_at": Text("原判定时间", "judged at"),
    "as_of": Text("基准日", "as of"),
    "same": Text("重判结果与记录一致", "judged again: the same"),
    "differs": Text("重判结果与记录不一致", "judged again: not the same"),
    "cases": Text("案件", "cases"),
    "decision": Text("结论", "Decision"),
    "findings": Text("结果有变的规范", "Norms with another outcome"),
    "facts": Text("读法有变的事实", "Facts read otherwise"),
    "parts": Text("判定书其他有变的部分", "Other parts of the verdict that differ"),
    "circumstances": Text("与当时不同的程序环境", "What differs from then"),
    "causes": Text("原因", "Why"),
    "problems": Text("案件已读不了", "The case can no longer be read"),
}

CIRCUMSTANCE_WORDS: Final[Mapping[str, Text]] = {
    "library": Text("程序", "library"),
    "code": Text("程序代码摘要", "digest of the library's code"),
    "engines": Text("判定引擎", "engines"),
    "calendar": Text("工作日历", "working-day calendar"),
    "python": Text("Python", "Python"),
}

CAUSE_WORDS: Final[Mapping[str, Text]] = {
    "calendar": Text(
        "工作日历的版本不同，按工作日计算的期限随之不同",
        "another version of the working-day calendar counts a deadline otherwise",
    ),
    "code": Text("程序的代码不同", "the library's code is not the same"),
    "python": Text("Python的版本不同，程序代码相同", "another version of Python runs the same code"),
    "record": Text(
        "程序代码、日历和Python都与当时相同，因此是记录本身被改动过",
        "code, calendar and Python are the same as then, so the record itself was changed",
    ),
}

PART_WORDS: Final[Mapping[str, Text]] = {
    "missing": Text("尚缺资料", "missing facts"),
    "missing_sets": Text("补齐即可定论的组合", "sets of facts that settle it"),
    "missing_sets_wait_for": Text("尚未核实的参数", "unverified parameters"),
    "missing_sets_proved": Text("组合是否证明为最小", "whether the sets are proved minimal"),
    "ask_first": Text("建议先问", "what to ask first"),
    "remedies": Text("可行的调整", "changes that would put it right"),
    "remedies_proved": Text("调整是否证明为最小", "whether the changes are proved smallest"),
    "after_period": Text("是否在规划期后", "whether the plan's period has ended"),
    "notices": Text("提示", "notices"),
    "superseded_by": Text("后续规划", "what supersedes the plan"),
}

ABSENT: Final = Text("没有", "none")
UNJUDGED: Final = Text("未能判定", "not judged")


def render_replays(replays: Sequence[Replay], fmt: str = "text", lang: str = "zh", width: int = 88) -> str:
    """One report on several bundles; `fmt` is `text` or `html`. Raises `InputError` as `render.render` does."""
    view: dict[str, Any] = {
        "bundles": [_bundle(replay, lang) for replay in replays],
        "w": {name: text[lang] for name, text in PHRASES.items()},
    }
    clean(view)
    return fill(fmt, "replay.html.j2" if fmt == "html" else "replay.txt.j2", lang, width, view)


def _bundle(replay: Replay, lang: str) -> dict[str, Any]:
    bundle = replay.bundle
    return {
        "name": bundle.shown,
        "pack": f"{replay.title[lang]} ({bundle.pack} {bundle.pack_version}, {bundle.pack_digest})",
        "same": replay.same,
        "cases": [_case(case, replay.labels, lang) for case in replay.cases],
    }


def _case(recorded: Recorded, labels: Mapping[str, Text], lang: str) -> dict[str, Any]:
    return {
        "title": recorded.title,
        "file": recorded.file,
        "level": LEVELS[recorded.level][lang] if recorded.level in LEVELS else recorded.level,
        "as_of": recorded.as_of,
        "judged_at": recorded.judged_at,
        "same": recorded.same,
        "before": _decision(recorded.before, recorded.level, lang),
        "after": _decision(recorded.after, recorded.level, lang),
        "findings": [_finding(finding, labels, lang) for finding in recorded.findings],
        "facts": [_fact(fact, labels, lang) for fact in recorded.facts],
        "parts": [PART_WORDS[part][lang] for part in recorded.parts],
        "circumstances": [
            {"label": CIRCUMSTANCE_WORDS[one.name][lang], "before": one.before or ABSENT[lang], "after": one.after}
            for one in recorded.circumstances
        ],
        "causes": [CAUSE_WORDS[cause][lang] for cause in recorded.causes],
        "problems": [
            shown(problem, lang, {name: label.zh for name, label in labels.items()}) for problem in recorded.problems
        ],
    }


def _decision(decision: str, level: str, lang: str) -> str:
    """A recorded decision in words; what no decision is called, as it is written."""
    if not decision:
        return UNJUDGED[lang]
    known = {one.value: one for one in Decision}
    return decision_word(known[decision], level, lang) if decision in known else decision


def _finding(finding: ChangedFinding, labels: Mapping[str, Text], lang: str) -> dict[str, Any]:
    return {
        "id": finding.norm,
        "title": finding.title[lang],
        "before": _outcome(finding.before, labels, lang),
        "after": _outcome(finding.after, labels, lang),
    }


def _outcome(finding: Mapping[str, Any], labels: Mapping[str, Text], lang: str) -> str:
    if not finding:
        return UNJUDGED[lang]
    known = {outcome.value: OUTCOMES[outcome][lang] for outcome in Outcome}
    word = known.get(finding["outcome"], str(finding["outcome"]))
    told = [labels[name][lang] if name in labels else name for name in finding["missing"]]
    if exemption := finding.get("exemption"):
        told = [exemption["title"][lang]]
    if not told:
        return word
    return f"{word}（{'、'.join(told)}）" if lang == "zh" else f"{word} ({', '.join(told)})"


def _fact(fact: ChangedFact, labels: Mapping[str, Text], lang: str) -> dict[str, str]:
    label = labels[fact.name][lang] if fact.name in labels else fact.name
    return {"name": fact.name, "label": label, "before": _read(fact.before, lang), "after": _read(fact.after, lang)}


def _read(fact: Mapping[str, Any], lang: str) -> str:
    if not fact:
        return STATES["absent"][lang]
    value = fact["value"]
    if value is None:
        return STATES[fact["state"]][lang] if fact["state"] in STATES else str(fact["state"])
    if isinstance(value, dict) and "lo" in value:
        return f"{value['lo']} – {value['hi']} {fact['unit']}".rstrip()
    if isinstance(value, dict):
        return ", ".join(map(str, value.get("members", ()))) + ("" if value.get("complete") else ", …")
    return f"{value} {fact['unit']}".rstrip()
