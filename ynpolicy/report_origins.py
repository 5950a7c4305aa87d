"""Where things come from, in words: a fact's sources, and the place of a line in the pack."""

from __future__ import annotations

import re
from typing import Final

from ynpolicy.errors import Place
from ynpolicy.ir import Deadline, Origin, Total
from ynpolicy.location import Doubt
from ynpolicy.report_location import doubt_texts
from ynpolicy.sentences import Phrasing
from ynpolicy.values import Interval, Value, number_text
from ynpolicy.words import LABELS

_TOKEN: Final = re.compile(r"\d[\d.]*|[^\W\d]+|[^\w\s…（）]")


def place_text(place: Place, root: str) -> str:
    """`file:line`, the file as seen from the pack's folder; empty where the place is not known."""
    if not place.line:
        return ""
    file = place.file.removeprefix(root).lstrip("/") if root else place.file
    return f"{file}:{place.line}"


def origin_text(words: Phrasing, origin: Origin, value: Value | None, name: str) -> str:
    """Where a fact comes from: document, page, date, who entered it, as it was written, or what it follows from."""
    zh = words.lang == "zh"
    parts = [origin.document] if origin.document else []
    if origin.page:
        page = origin.page
        if origin.located:
            parts.append(page)
        else:
            parts.append((f"第{page}页" if page.isdigit() else page) if zh else f"page {page}")
    if origin.date:
        parts.append(origin.date)
    if origin.entered_by:
        parts.append(f"{origin.entered_by}录入" if zh else f"entered by {origin.entered_by}")
    if origin.derived:
        parts.append(_derivation(words, origin, name))
    if origin.located:
        parts.append(_geometry(words, origin))
    text = ("，" if zh else ", ").join(parts)
    stated = stated_text(words, origin, name)
    if not stated:
        return text
    if value is None:
        return f"{text}{'：' if zh else ': '}“{stated}”" if text else f"“{stated}”"
    unit, symbols = words.unit_of(name), words.symbols_beside([name])
    if origin.located and "…" in stated:
        return text
    same = (_tokens(words.value(value, unit, symbols)), _tokens(words.value(value, "", symbols)))
    if isinstance(value, bool) or _tokens(stated) in same:
        return text
    remark = f"填报为“{stated}”" if zh else f"stated as “{stated}”"
    return f"{text}{'，' if zh else ', '}{remark}" if text else remark


def _derivation(words: Phrasing, origin: Origin, name: str) -> str:
    """From which facts another one follows, and how; or why it cannot be counted from them."""
    zh, pause = words.lang == "zh", "、" if words.lang == "zh" else ", "
    sources = pause.join(words.fact_label(part.strip()) for part in origin.derived.split(","))
    fact = words.pack.facts.get(name)
    match fact.derived if fact else None:
        case Deadline():
            counted = how_counted(words, name)
            if origin.calendar:
                gap = calendar_gap(words, origin)
                return f"{gap}，无法推算{counted}" if zh else f"{gap}, so {counted} cannot be counted"
            return counted
        case Total():
            return f"由{sources}相加" if zh else f"the sum of {sources}"
        case _:
            return f"由{sources}推得" if zh else f"follows from {sources}"


def _geometry(words: Phrasing, origin: Origin) -> str:
    """That geometry answers, or why it cannot."""
    doubts = [Doubt(doubt) for doubt in filter(None, origin.doubts.split(", "))]
    if not doubts:
        return LABELS["located"][words.lang]
    return words.field(LABELS["not_located"][words.lang], words.joined(doubt_texts(doubts, words.lang)))


def how_counted(words: Phrasing, name: str) -> str:
    """How a deadline is counted; nothing for other facts, or where the law fixes no count at the as-of date."""
    fact = words.pack.facts.get(name)
    if fact is None or not isinstance(fact.derived, Deadline):
        return ""
    count = words.case.parameters.get(fact.derived.parameter)
    if not isinstance(count, Interval):
        return ""
    several, n = len(fact.derived.facts) > 1, number_text(count.lo)
    labels = ("、" if words.lang == "zh" else ", ").join(map(words.fact_label, fact.derived.facts))
    if words.lang == "zh":
        return f"自{labels}{'中最晚一日' if several else ''}的次日起算的第{n}个工作日"
    return f"working day {n} after {'the latest of ' if several else ''}{labels}"


def calendar_gap(words: Phrasing, origin: Origin) -> str:
    """That the working days of a year are not known."""
    year = origin.calendar
    return f"{year}年的工作日历未知" if words.lang == "zh" else f"the working-day calendar of {year} is not known"


def _tokens(text: str) -> list[str]:
    """The words and numbers of a text, in any order: `1040 m ± 60` says the same as `1040 ± 60 m`."""
    return sorted(_TOKEN.findall(text))


def stated_text(words: Phrasing, origin: Origin, name: str) -> str:
    """What a source states, symbols by their labels."""
    fact = words.pack.facts.get(name)
    if fact is None or not fact.symbols:
        return {"true": words.yes(True), "false": words.yes(False)}.get(origin.stated.lower(), origin.stated)
    pause = "、" if words.lang == "zh" else ", "
    return pause.join(words.symbol(part, fact.symbols) for part in origin.stated.split("、"))


def fact_state(words: Phrasing, name: str) -> str:
    """Why a fact decides nothing: `imprecise` or `incomplete` where it has a value, else why it has none."""
    value = words.case.values.get(name)
    if value is None:
        return words.case.state(name).value
    return "incomplete" if hasattr(value, "complete") else "imprecise"
