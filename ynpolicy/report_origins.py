"""Where things come from, in words: a fact's sources, and the place of a line in the pack."""

from __future__ import annotations

import re
from typing import Final

from ynpolicy.errors import Place
from ynpolicy.ir import Origin, Total
from ynpolicy.sentences import Phrasing
from ynpolicy.values import Value

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
        parts.append((f"第{page}页" if page.isdigit() else page) if zh else f"page {page}")
    if origin.date:
        parts.append(origin.date)
    if origin.entered_by:
        parts.append(f"{origin.entered_by}录入" if zh else f"entered by {origin.entered_by}")
    if origin.derived:
        sources = (words.fact_label(part.strip()) for part in origin.derived.split(","))
        fact = words.pack.facts.get(name)
        added = fact is not None and isinstance(fact.derived, Total)
        if zh:
            parts.append(f"由{'、'.join(sources)}{'相加' if added else '推得'}")
        else:
            parts.append(f"{'the sum of' if added else 'follows from'} {', '.join(sources)}")
    text = ("，" if zh else ", ").join(parts)
    stated = stated_text(words, origin, name)
    if not stated:
        return text
    if value is None:
        return f"{text}{'：' if zh else ': '}“{stated}”" if text else f"“{stated}”"
    unit, symbols = words.unit_of(name), words.symbols_beside([name])
    same = (_tokens(words.value(value, unit, symbols)), _tokens(words.value(value, "", symbols)))
    if isinstance(value, bool) or _tokens(stated) in same:
        return text
    remark = f"填报为“{stated}”" if zh else f"stated as “{stated}”"
    return f"{text}{'，' if zh else ', '}{remark}" if text else remark


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
