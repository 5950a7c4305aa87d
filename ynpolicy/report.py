"""A verdict and its pack as one flat view in one language: what every printed form of a report says, and no more.

The view holds dicts, lists, strings and whole numbers only, free of control characters, so that a template has
nothing to compute and nothing can reach from it into the program.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from ynpolicy.findings import FindingWriter, View
from ynpolicy.ir import Pack
from ynpolicy.report_certificate import certificate_view
from ynpolicy.report_location import discrepancy_text, location_view
from ynpolicy.report_origins import origin_text
from ynpolicy.report_tasks import applies_not, targets, tasks
from ynpolicy.sentences import Phrasing
from ynpolicy.verdict import GRAVEST_FIRST, Outcome, Receipt, Remedy, Verdict
from ynpolicy.words import LABELS, LEVELS, MODALITIES, OUTCOMES, STATES, decision_word, label, period_words

_ORDER: Final = {outcome: i for i, outcome in enumerate(OUTCOMES)}
_FORCE: Final = {modality: i for i, modality in enumerate(MODALITIES)}
_ESCAPES: Final = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x9b[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b.?", re.DOTALL
)
_INVISIBLE: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def report(verdict: Verdict, pack: Pack, lang: str, trace: bool = True, named: bool = False) -> View:
    """The view of one verdict in `zh` or `en`; `trace` is false where no form prints the full tree.

    `named` puts the instrument into the headline, where verdicts of several packs stand side by side.
    """
    case = verdict.case
    words = Phrasing(pack, case, lang)
    writer = FindingWriter(words)
    ordered = sorted(verdict.findings, key=lambda finding: (_ORDER[finding.outcome], _FORCE[finding.norm.modality]))
    alone = verdict.missing_sets[0] if len(verdict.missing_sets) == 1 else ()
    counts = [
        {"outcome": outcome.value, "label": OUTCOMES[outcome][lang], "count": verdict.counts[outcome]}
        for outcome in OUTCOMES
    ]
    period = period_words(pack, lang)
    pause = "、" if lang == "zh" else ", "
    findings = [writer.write(finding, trace) for finding in ordered]
    silent = {finding.norm.id for finding in ordered if applies_not(finding, case)}
    speaking = [finding for finding in verdict.findings if finding.norm.id not in silent]
    outside = [
        words.field(label("outside_territory", lang, pack.instrument), ground["sentence"])
        for finding in findings
        if finding["outside_territory"]
        for ground in finding["grounds"]
    ]
    view: View = {
        "decision": verdict.decision.value,
        "decision_label": decision_word(verdict.decision, case.level, lang, pack.instrument),
        "gravity": GRAVEST_FIRST.index(verdict.decision),
        "case": {
            "title": case.title or case.id,
            "id": case.id,
            "level": case.level,
            "level_label": _level(verdict, lang),
            "as_of": case.as_of.isoformat(),
        },
        "pack": {
            "id": pack.id,
            "version": pack.version,
            "title": pack.title[lang],
            "issuer": pack.issuer[lang],
            "period": period,
            "line": pack.title[lang] + words.aside(words.joined((pack.issuer[lang], period))),
        },
        "headline": _headline(verdict, pack, lang, named),
        "case_headline": _headline(verdict, pack, lang),
        "reference_only": int(reference_only(verdict.receipt)),
        "after_period": int(verdict.after_period),
        "stamps": _stamps(verdict, words),
        "counts": counts,
        "counts_line": pause.join(f"{row['label']} {row['count']}" for row in counts),
        "counted": pause.join(f"{row['label']} {row['count']}" for row in counts if row["count"]),
        "findings": [view for view in findings if view["id"] not in silent],
        "not_applicable": [view for view in findings if view["id"] in silent],
        "tasks": tasks(speaking, words),
        "targets": targets(speaking, words),
        "outside": words.joined(dict.fromkeys(outside)),
        "missing": _missing(verdict, writer),
        "missing_sets": [pause.join(words.fact_label(name) for name in names) for names in verdict.missing_sets],
        "waits_for": pause.join(words.parameter_label(name) for name in verdict.sufficiency.waits_for),
        "missing_sets_proved": int(verdict.sufficiency.proved),
        "starred": int(len(alone) > 1 and any(name in verdict.ask_first for name in alone)),
        "only_set": [
            writer.missing(name) | {"first": int(len(alone) > 1 and name in verdict.ask_first)}
            for name in sorted(alone, key=lambda name: name not in verdict.ask_first)
        ],
        "ask_first": [writer.missing(name) for name in verdict.ask_first if name not in alone],
        "remedies": [_remedy(words, remedy) for remedy in verdict.remedies],
        "remedies_proved": int(verdict.sufficiency.remedies_proved),
        "certificate": certificate_view(verdict, words),
        "location": location_view(case.location, words),
        "facts": _facts(words),
        "readings": _readings(verdict, writer),
        "texts": [_text(words, name, text) for name, text in case.texts.items()],
        "receipt": _receipt(verdict.receipt, lang, pack.instrument),
        "notices": [notice[lang] for notice in pack.notices],
    }
    clean(view)
    return view


def reference_only(receipt: Receipt) -> bool:
    """Whether the reference engine judged alone, because the forward engine could not be had."""
    return not any("forward" in engine or "durable" in engine for engine in receipt.engines)


def clean(view: Any) -> None:
    """Rids a view of control characters, terminal escapes, line breaks inside a text, and invisible direction marks.

    What a user wrote can then neither paint a terminal nor add a line that looks like ours.
    """
    for key, value in view.items() if isinstance(view, dict) else enumerate(view):
        if isinstance(value, str):
            if not value.isprintable():
                view[key] = clean_text(value)
        elif isinstance(value, (dict, list)):
            clean(value)


def clean_text(text: str) -> str:
    """One text on one line: escapes and invisible characters dropped, white space made plain."""
    text = " ".join(_ESCAPES.sub("", text).split())
    return _INVISIBLE.sub("", text).encode("utf-8", "replace").decode("utf-8")


def _headline(verdict: Verdict, pack: Pack, lang: str, named: bool = False) -> str:
    """The first line of a report: decision, case, level, as-of date, the instrument if it is to be named, and who
    judged if it was the reference alone."""
    case = verdict.case
    parts = [
        decision_word(verdict.decision, case.level, lang, pack.instrument),
        case.title or case.id,
        _level(verdict, lang),
        f"{LABELS['as_of'][lang]} {case.as_of.isoformat()}",
        pack.title[lang] if named else "",
    ]
    if reference_only(verdict.receipt):
        parts.append(LABELS["reference_only"][lang])
    return ("｜" if lang == "zh" else " | ").join(part for part in parts if part)


def _level(verdict: Verdict, lang: str) -> str:
    level = verdict.case.level
    return LEVELS[level][lang] if level in LEVELS else level


def _stamps(verdict: Verdict, words: Phrasing) -> list[str]:
    lang = words.lang
    stamps = [LABELS["after_period"][lang]] if verdict.after_period else []
    located = verdict.case.location
    stamps += [discrepancy_text(one, words) for one in located.discrepancies] if located else []
    if not words.pack.norms_at(verdict.case.level):
        stamps.append(LABELS["no_norm"][lang].replace("{}", _level(verdict, lang)))
    stamps += [words.field(LABELS["own_tables"][lang], rows) for rows in words.pack.laid]
    for id in words.pack.chosen:
        reading = words.pack.readings[id]
        own = words.aside(words.field(LABELS["own_reading"][lang], reading.taken[lang]))
        chosen = words.field(reading.title[lang], words.pack.taken(id)[lang]) + own
        stamps.append(words.field(LABELS["chosen_reading"][lang], chosen))
    if words.pack.superseded_by:
        stamps.append(words.field(LABELS["superseded_by"][lang], words.pack.superseded_by[lang]))
    return stamps


def _missing(verdict: Verdict, writer: FindingWriter) -> list[View]:
    """Every missing fact, with the number of undetermined findings that need it."""
    needed = [name for finding in verdict.findings for name in finding.missing]
    label = LABELS["needed_by"][writer.words.lang]
    counted = ((name, needed.count(name)) for name in verdict.missing)
    return [writer.missing(name, f"{label} {count}") | {"needed_by": count} for name, count in counted]


def _readings(verdict: Verdict, writer: FindingWriter) -> list[View]:
    """Every reading that a finding in force touches, once, in full."""
    touched = (id for f in verdict.findings if f.outcome is not Outcome.NOT_APPLICABLE for id in f.norm.readings)
    readings = [writer.reading(id) for id in dict.fromkeys(touched)]
    return [reading | {"lines": writer.read(reading, full=True)} for reading in readings]


def _text(words: Phrasing, name: str, text: str) -> View:
    label = words.fact_label(name)
    return {"name": name, "label": label, "text": text, "line": words.field(label, text)}


def _facts(words: Phrasing) -> list[View]:
    """All facts as stated, in the vocabulary's order, each with all its sources, and with what each of them says."""
    case = words.case
    names = [*case.values, *(name for name in case.missing if name not in case.values)]
    rank = {name: i for i, name in enumerate(words.pack.facts)}
    rows: list[View] = []
    for name in sorted(names, key=lambda name: rank.get(name, len(rank))):
        value = case.values.get(name)
        origins = case.origins.get(name, ())
        if value is None:
            shown = STATES[case.state(name).value][words.lang]
        else:
            shown = words.full_value(value, words.unit_of(name), words.symbols_beside([name]))
        found = [text for origin in origins if (text := origin_text(words, origin, value, name))]
        sources = words.joined(found) or LABELS["no_source"][words.lang]
        rows.append(
            {
                "name": name,
                "label": words.fact_label(name),
                "shown": shown,
                "state": case.state(name).value if value is None else "known",
                "sources": sources,
                "line": words.field(words.fact_label(name), shown) + words.aside(sources),
            }
        )
    return rows


def _remedy(words: Phrasing, remedy: Remedy) -> View:
    changes = []
    for change in remedy.changes:
        unit, symbols = words.unit_of(change.fact), words.symbols_beside([change.fact])
        before = STATES["absent"][words.lang] if change.before is None else words.value(change.before, unit, symbols)
        changes.append(
            {
                "name": change.fact,
                "label": words.fact_label(change.fact),
                "before": before,
                "after": words.value(change.after, unit, symbols),
            }
        )
    then = decision_word(remedy.decision, words.case.level, words.lang, words.pack.instrument)
    told = (f"{change['label']} {change['before']} → {change['after']}" for change in changes)
    return {
        "changes": changes,
        "decision": remedy.decision.value,
        "decision_label": then,
        "line": words.joined(told) + words.aside(words.field(LABELS["after"][words.lang], then)),
    }


def _receipt(receipt: Receipt, lang: str, instrument: str) -> list[View]:
    zh = lang == "zh"
    colon, pause = ("：", "；") if zh else (": ", "; ")
    rows: Iterable[tuple[str, str]] = (
        ("规则包" if zh else "pack", f"{receipt.pack} {receipt.pack_version}"),
        ("规则包摘要" if zh else "pack digest", receipt.pack_digest),
        ("条款摘要" if zh else "clauses digest", receipt.clauses_digest),
        (label("text_digest", lang, instrument), receipt.text_digest),
        ("案件摘要" if zh else "case digest", receipt.case_digest),
        ("基准日" if zh else "as of", receipt.as_of.isoformat()),
        ("使用者自备的表" if zh else "user's own tables", pause.join(receipt.tables)),
        ("另选的条文理解" if zh else "readings chosen", pause.join(f"{k}={v}" for k, v in receipt.readings.items())),
        ("所用图层" if zh else "layers", pause.join(receipt.layers)),
        ("程序" if zh else "library", receipt.library),
        ("判定引擎" if zh else "engines", pause.join(receipt.engines)),
        ("工作日历" if zh else "working-day calendar", receipt.calendar or ("未安装" if zh else "not installed")),
        ("Python", receipt.python),
        ("判定时间" if zh else "judged at", receipt.judged_at),
    )
    return [{"label": name, "shown": shown, "line": f"{name}{colon}{shown}"} for name, shown in rows if shown]
