"""The summary of a screening, as text for a terminal or as one HTML page with charts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from ynpolicy.errors import Place, Problem
from ynpolicy.ir import Pack
from ynpolicy.messages import in_chinese
from ynpolicy.render import fill
from ynpolicy.render.screening_words import PHRASES, RECEIPT
from ynpolicy.report import clean
from ynpolicy.screening.summary import ScreeningReceipt, Summary, most
from ynpolicy.verdict import GRAVEST_FIRST, Decision, Outcome
from ynpolicy.words import LABELS, LEVELS, OUTCOMES, decision_word, period_words

BRIEF: Final = 8
"""So many norms, symbols and missing facts are told on a terminal."""

_WIDE: Final = 1000
"""The length of a bar, in its own units."""

_THIN: Final = 4
"""What is counted at all is at least so long in a bar."""

_SPEAKING: Final = (Outcome.VIOLATED, Outcome.DEPARTED, Outcome.REVIEW, Outcome.UNDETERMINED)


def render_summary(
    summary: Summary, pack: Pack, fmt: str = "text", lang: str = "zh", width: int = 88, brief: bool = False
) -> str:
    """A summary as `text` of some columns, or as an `html` page. `brief` leaves out all but the most frequent.

    Raises `InputError` as `render.render` does.
    """
    tally = summary.tally
    level = summary.receipt.level
    pause = "；" if lang == "zh" else "; "
    most_told = BRIEF if brief else 0
    norms = _norms(summary, pack, lang)
    speaking = [norm for norm in norms if norm["speaks"]]
    told = speaking[:most_told] if brief else speaking
    view: dict[str, Any] = {
        "w": {name: text[lang] for name, text in PHRASES.items()},
        "title": pack.title[lang],
        "line": _aside(pack.title[lang], lang, pause.join((pack.issuer[lang], period_words(pack, lang)))),
        "level": LEVELS[level][lang],
        "as_of": f"{LABELS['as_of'][lang]}{PHRASES['colon'][lang] if lang == 'zh' else ' '}{_as_of(summary, lang)}",
        "stamps": _stamps(summary, pack, lang),
        "table": Path(summary.receipt.table).name,
        "sum": _filled("sum", lang, *map(_figure, (tally.rows, tally.judged, tally.rejected))),
        "gravest": next((d.value for d in GRAVEST_FIRST if tally.decisions.get(d.value)), "not_judged"),
        "decisions": _decisions(tally.decisions, level, pack, lang),
        "bar_of_all": _bar(_by_gravity(tally.decisions), tally.judged),
        "outcome_heads": [{"name": outcome.value, "label": word[lang]} for outcome, word in OUTCOMES.items()],
        "norms": told if fmt == "text" else norms,
        "norms_left": len(speaking) - len(told) if fmt == "text" else 0,
        "silent": [] if fmt != "text" else _silent(norms, lang),
        "groups": [_group(summary, pack, fact, lang, most_told) for fact in summary.groups],
        "missing": _missing(summary, pack, lang, most_told),
        "rejections": _rejections(summary, pack, lang),
        "receipt": _receipt(summary.receipt, lang),
    }
    if fmt == "text":
        from ynpolicy.render.layout import columns

        view["label_width"] = max(columns(row["label"]) for row in view["decisions"])
        view["count_width"] = max(len(row["count"]) for row in view["decisions"])
    clean(view)
    return fill(fmt, "screening.html.j2" if fmt == "html" else "screening.txt.j2", lang, width, view)


def _filled(phrase: str, lang: str, *parts: str) -> str:
    """A phrase with parts in the places of its `{}`."""
    text = PHRASES[phrase][lang]
    for part in parts:
        text = text.replace("{}", part, 1)
    return text


def _figure(count: int) -> str:
    return f"{count:,}"


def _share(count: int, whole: int) -> str:
    """A share in percent, to one decimal; some is never shown as none, nor what is not all as all."""
    if not whole or not count:
        return "0"
    tenths = min(max(round(1000 * count / whole), 1), 999) if count < whole else 1000
    return f"{tenths / 10:.1f}".removesuffix(".0") + " %"


def _aside(text: str, lang: str, more: str) -> str:
    return f"{text}（{more}）" if lang == "zh" else f"{text} ({more})"


def _by_gravity(decisions: Mapping[str, int]) -> list[tuple[str, int]]:
    return [(decision.value, decisions.get(decision.value, 0)) for decision in GRAVEST_FIRST]


def _bar(counts: Iterable[tuple[str, int]], whole: int) -> list[dict[str, Any]]:
    """The segments of a bar: what each is, where it begins and how long it is."""
    found: list[dict[str, Any]] = []
    at = 0
    for name, count in counts:
        length = min(max(_WIDE * count // whole, _THIN), _WIDE - at) if count and whole else 0
        if length:
            found.append({"name": name, "at": at, "length": length})
            at += length
    if found and at < _WIDE and sum(count for _, count in counts if count) == whole:
        longest = max(found, key=lambda segment: int(segment["length"]))
        longest["length"] += _WIDE - at
        for segment in found[found.index(longest) + 1 :]:
            segment["at"] += _WIDE - at
    return found


def _decisions(counts: Mapping[str, int], level: str, pack: Pack, lang: str) -> list[dict[str, Any]]:
    whole = sum(counts.values())
    return [
        {
            "name": name,
            "label": decision_word(Decision(name), level, lang, pack.instrument),
            "count": _figure(count),
            "share": _share(count, whole),
            "bar": _bar([(name, count)], whole),
            "blocks": "█" * (20 * count // whole if whole else 0) or ("▏" if count else ""),
        }
        for name, count in _by_gravity(counts)
    ]


def _norms(summary: Summary, pack: Pack, lang: str) -> list[dict[str, Any]]:
    """Every norm with its ten counts, the most burdened first."""
    told = []
    for norm in pack.norms_at(summary.receipt.level):
        counts = summary.tally.norms.get(norm.id, {})
        rank = tuple(-counts.get(outcome.value, 0) for outcome in _SPEAKING)
        found = {
            "id": norm.id,
            "title": norm.title[lang],
            "counts": [
                {"name": outcome.value, "label": word[lang], "count": _figure(counts.get(outcome.value, 0))}
                | {"zero": int(not counts.get(outcome.value, 0))}
                for outcome, word in OUTCOMES.items()
            ],
            "bar": _bar([(outcome.value, counts.get(outcome.value, 0)) for outcome in OUTCOMES], summary.tally.judged),
            "speaks": int(any(rank)),
            "only": [outcome.value for outcome in OUTCOMES if counts.get(outcome.value)],
        }
        told.append((rank, found))
    return [found for _, found in sorted(told, key=lambda item: item[0])]


def _silent(norms: Sequence[Mapping[str, Any]], lang: str) -> list[str]:
    """How many norms say the same harmless thing of every row, by what they say."""
    counts: dict[str, int] = {}
    for norm in norms:
        if not norm["speaks"]:
            said = ("、" if lang == "zh" else ", ").join(OUTCOMES[Outcome(name)][lang] for name in norm["only"])
            counts[said] = counts.get(said, 0) + 1
    return [f"{said} {count}" for said, count in counts.items() if said]


def _group(summary: Summary, pack: Pack, fact: str, lang: str, most_told: int) -> dict[str, Any]:
    level = summary.receipt.level
    counts = summary.tally.groups.get(fact, {})
    refused = Decision.REFUSED.value

    def burden(item: tuple[str, Mapping[str, int]]) -> tuple[bool, int, int]:
        symbol, decisions = item
        return not symbol, -decisions.get(refused, 0), -sum(decisions.values())

    ordered = sorted(counts.items(), key=burden)
    told, left = (ordered[:most_told], ordered[most_told:]) if most_told else (ordered, [])
    rows = [_symbol(pack, fact, symbol, decisions, lang) for symbol, decisions in told]
    label = pack.facts[fact].label[lang]
    told_by = [pack.facts[name].label[lang] for name in summary.groups[fact]]
    note = _filled("told_by", lang, told_by[0]) if told_by else ""
    if len(told_by) > 1:
        note += _filled("follows", lang, told_by[1])
    return {
        "heading": _filled("by", lang, label),
        "line": _aside(_filled("by", lang, label), lang, note) if note else _filled("by", lang, label),
        "label": label,
        "note": note,
        "heads": [{"name": d.value, "label": decision_word(d, level, lang, pack.instrument)} for d in GRAVEST_FIRST],
        "rows": rows,
        "left": _filled("others", lang, str(len(left))) if left else "",
        "left_rows": _figure(sum(sum(decisions.values()) for _, decisions in left)),
    }


def _symbol(pack: Pack, fact: str, symbol: str, decisions: Mapping[str, int], lang: str) -> dict[str, Any]:
    found = pack.facts[fact].symbols.get(symbol)
    level_words = [
        {"name": name, "count": _figure(count), "zero": int(not count)} for name, count in _by_gravity(decisions)
    ]
    return {
        "label": found.label[lang] if found is not None else symbol or PHRASES["unknown"][lang],
        "count": _figure(sum(decisions.values())),
        "counts": level_words,
        "bar": _bar(_by_gravity(decisions), sum(decisions.values())),
    }


def _missing(summary: Summary, pack: Pack, lang: str, most_told: int) -> list[dict[str, Any]]:
    judged = summary.tally.judged
    ordered = most(summary.tally.missing)
    return [
        {
            "label": pack.facts[fact].label[lang],
            "answered_by": pack.facts[fact].answered_by[lang],
            "count": _figure(count),
            "share": _share(count, judged),
            "bar": _bar([("lacking", count)], judged),
        }
        for fact, count in (ordered[:most_told] if most_told else ordered)
    ]


def _rejections(summary: Summary, pack: Pack, lang: str) -> list[dict[str, Any]]:
    labels = {name: fact.label.zh for name, fact in pack.facts.items()}
    found = [
        (count, column, reason) for column, counts in summary.tally.reasons.items() for reason, count in counts.items()
    ]
    return [
        {
            "column": column,
            "reason": in_chinese(Problem(Place(""), reason), labels).message if lang == "zh" else reason,
            "count": _figure(count),
        }
        for count, column, reason in sorted(found, key=lambda item: -item[0])
    ]


def _as_of(summary: Summary, lang: str) -> str:
    if summary.receipt.as_of:
        return summary.receipt.as_of
    tally = summary.tally
    span = f"{tally.first} {PHRASES['to'][lang]} {tally.last}" if tally.first != tally.last else tally.first
    return _aside(PHRASES["each_day"][lang], lang, span) if span else PHRASES["each_day"][lang]


def _stamps(summary: Summary, pack: Pack, lang: str) -> list[str]:
    colon = PHRASES["colon"][lang]
    tally = summary.tally
    stamps = []
    if tally.ended:
        some = _filled("some_ended", lang, _figure(tally.ended))
        stamps.append(LABELS["after_period"][lang] if tally.ended == tally.judged else some)
    if not pack.norms_at(summary.receipt.level):
        stamps.append(LABELS["no_norm"][lang].replace("{}", LEVELS[summary.receipt.level][lang]))
    stamps += [f"{LABELS['own_tables'][lang]}{colon}{rows}" for rows in pack.laid]
    for id in pack.chosen:
        reading = pack.readings[id]
        own = f"{LABELS['own_reading'][lang]}{colon}{reading.taken[lang]}"
        chosen = _aside(f"{reading.title[lang]}{colon}{pack.taken(id)[lang]}", lang, own)
        stamps.append(f"{LABELS['chosen_reading'][lang]}{colon}{chosen}")
    if pack.superseded_by:
        stamps.append(f"{LABELS['superseded_by'][lang]}{colon}{pack.superseded_by[lang]}")
    return stamps


def _receipt(receipt: ScreeningReceipt, lang: str) -> list[dict[str, str]]:
    day = receipt.as_of or _aside(PHRASES["each_day"][lang], lang, receipt.as_of_column)
    pause = "；" if lang == "zh" else "; "
    told = {
        "table": receipt.table,
        "source": receipt.source,
        "mapping": receipt.mapping,
        "as_of": day,
        "pack": f"{receipt.pack} {receipt.pack_version}",
        "pack_digest": receipt.pack_digest,
        "text_digest": receipt.text_digest,
        "readings": pause.join(f"{reading}={option}" for reading, option in receipt.readings.items()),
        "tables": pause.join(receipt.tables),
        "library": receipt.library,
        "engine": receipt.engine,
        "calendar": receipt.calendar,
        "options": receipt.options,
    }
    return [{"label": RECEIPT[name][lang], "shown": shown} for name, shown in told.items() if shown]
