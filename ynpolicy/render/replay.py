"""The report on bundles that were judged again: whether the verdicts hold, and what came out otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ynpolicy.amendments import Aspect, Element
from ynpolicy.effects import Amended, Effect
from ynpolicy.ir import Text
from ynpolicy.messages import shown
from ynpolicy.rejudging import ChangedFact, ChangedFinding, Recorded
from ynpolicy.render import fill
from ynpolicy.render.replay_words import (
    ABSENT,
    ASPECT_WORDS,
    CAUSE_WORDS,
    CIRCUMSTANCE_WORDS,
    EXCEPTION,
    KIND_WORDS,
    NOTE_WORDS,
    PART_WORDS,
    PHRASES,
    UNJUDGED,
)
from ynpolicy.replays import Amendment, Replay
from ynpolicy.report import clean
from ynpolicy.verdict import Decision, Outcome
from ynpolicy.words import LEVELS, OUTCOMES, STATES, decision_word

_SHORT: Final = 40
"""Two texts of together so many characters stand on one line with an arrow between them."""


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
        "cases": [_case(case, replay, lang) for case in replay.cases],
        "newer": None if replay.newer is None else _amendment(replay.newer, replay, lang),
    }


def _amendment(newer: Amendment, replay: Replay, lang: str) -> dict[str, Any]:
    return {
        "pack": f"{newer.title[lang]} ({newer.pack} {newer.version}, {newer.digest})",
        "same": newer.same,
        "notes": [
            {"label": NOTE_WORDS[note.kind][lang], "name": note.name, "after": note.after} for note in newer.notes
        ],
        "cases": [_amended(case, replay, lang) for case in newer.cases],
    }


def _amended(case: Amended, replay: Replay, lang: str) -> dict[str, Any]:
    labels = replay.labels
    names = {name: label.zh for name, label in labels.items()}
    return {
        "title": case.title,
        "file": case.file,
        "level": LEVELS[case.level][lang] if case.level in LEVELS else case.level,
        "as_of": case.as_of,
        "same": case.same,
        "before": _decision(case.before, case.level, lang, replay.instrument),
        "after": _decision(case.after, case.level, lang, replay.instrument),
        "findings": [_effect(effect, labels, lang) for effect in case.effects],
        "quiet": [element_view(element, lang) for element in case.quiet],
        "parts": [PART_WORDS[part][lang] for part in case.parts],
        "left_out": [
            {
                "label": NOTE_WORDS[one.kind][lang],
                "name": labels[one.name][lang] if one.name in labels else one.name,
                "problem": "" if one.problem is None else shown(one.problem, lang, names),
            }
            for one in case.left_out
        ],
        "problems": [shown(problem, lang, names) for problem in case.problems],
    }


def _effect(effect: Effect, labels: Mapping[str, Text], lang: str) -> dict[str, Any]:
    several = len(effect.causes) > 1
    return {
        **_finding(effect.finding, labels, lang),
        "explained": int(effect.explained),
        "causes": [
            {
                **element_view(cause.element, lang),
                "weight": PHRASES["alone" if cause.alone else "together"][lang] if several and effect.explained else "",
            }
            for cause in effect.causes
        ],
        "clauses": [
            {
                "id": clause.id,
                "section": clause.section,
                "before": clause.before or ABSENT[lang],
                "after": clause.after or ABSENT[lang],
            }
            for clause in effect.clauses
        ],
    }


def element_view(element: Element, lang: str) -> dict[str, Any]:
    """A difference between two packs, in words."""
    return {
        "kind": KIND_WORDS[element.kind][lang],
        "label": element.label[lang],
        "name": element.name,
        "aspects": [_aspect(aspect, lang) for aspect in element.aspects],
    }


def _aspect(aspect: Aspect, lang: str) -> dict[str, Any]:
    """One difference; lines of a condition apart, so that each stands on a line of its own."""
    exception = aspect.name.removeprefix("except.")
    label = ASPECT_WORDS[aspect.name][lang] if aspect.name in ASPECT_WORDS else aspect.name
    if exception != aspect.name:
        label = f"{EXCEPTION[lang]} {exception}"
    return {
        "label": label,
        "before": [line or ABSENT[lang] for line in aspect.before.split("\n")],
        "after": [line or ABSENT[lang] for line in aspect.after.split("\n")],
        "same": int(aspect.before == aspect.after),
        "short": int("\n" not in aspect.before + aspect.after and len(aspect.before) + len(aspect.after) <= _SHORT),
    }


def _case(recorded: Recorded, replay: Replay, lang: str) -> dict[str, Any]:
    labels = replay.labels
    return {
        "title": recorded.title,
        "file": recorded.file,
        "level": LEVELS[recorded.level][lang] if recorded.level in LEVELS else recorded.level,
        "as_of": recorded.as_of,
        "judged_at": recorded.judged_at,
        "same": recorded.same,
        "before": _decision(recorded.before, recorded.level, lang, replay.instrument),
        "after": _decision(recorded.after, recorded.level, lang, replay.instrument),
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


def _decision(decision: str, level: str, lang: str, instrument: str) -> str:
    """A recorded decision in words; what no decision is called, as it is written."""
    if not decision:
        return UNJUDGED[lang]
    known = {one.value: one for one in Decision}
    return decision_word(known[decision], level, lang, instrument) if decision in known else decision


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
