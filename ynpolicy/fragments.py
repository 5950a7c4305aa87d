"""What geometry finds about a site as a fragment of a case file: facts with their bounds, and where each comes from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Final

from ynpolicy.answers import Answer, read_date
from ynpolicy.ir import Case, Pack
from ynpolicy.located import add_located
from ynpolicy.location import Location
from ynpolicy.report import clean, clean_text
from ynpolicy.report_location import location_view
from ynpolicy.sentences import Phrasing
from ynpolicy.values import Interval, number_text
from ynpolicy.version import __version__

_HEADS: Final = {
    "zh": ("厂址", "附近河流，仅供参考", "图层"),
    "en": ("site", "rivers nearby, a hint only", "layer"),
}


def fragment(pack: Pack, level: str, day: date, location: Location, lang: str = "zh") -> str:
    """YAML with `facts:` for the facts of a level that geometry can answer.

    A fact that it cannot answer is `unknown`; comments say why, how sure the others are, and with which layers. Put
    under a case, it gives the same values as the location itself.
    """
    answers: dict[str, Answer] = {}
    add_located(pack, level, location, answers)
    words = Phrasing(pack, Case("-", level, day, {}), lang)
    view = location_view(location, words)
    clean(view)
    names = [found.fact for found in location.distances] + [found.fact for found in location.units]
    rows = dict(zip(names, view["found"], strict=True))
    site, nearby, layer = _HEADS[lang]
    lines = [f"# {words.field(site, view['site'])}"]
    lines += [f"# {words.field(nearby, view['nearby'])}"] if view["nearby"] else []
    lines += [f"# {words.field(layer, told)}" for told in view["layers"]]
    lines.append("facts:" if answers else "facts: {}")
    for name, answer in answers.items():
        lines += _fact(name, answer, rows.get(name, {}), words)
    return "\n".join(lines) + "\n"


def _fact(name: str, answer: Answer, told: dict[str, object], words: Phrasing) -> Iterator[str]:
    yield f"  # {words.fact_label(name)}"
    for key in ("lines", "doubts"):
        lines = told.get(key, ())
        for line in lines if isinstance(lines, list) else ():
            yield f"  #   {line}"
    if answer.value is None:
        yield f"  {name}: unknown"
        return
    yield f"  {name}:"
    match answer.value:
        case Interval(low, high):
            yield f"    at_least: {number_text(low)}"
            yield f"    at_most: {number_text(high)}"
        case value:
            symbols = words.pack.facts[name].symbols
            yield f"    value: {_quoted(symbols[str(value)].label.zh)}"
    origin = answer.origins[-1]
    document = origin.document
    if origin.date and _is_day(origin.date):
        yield f"    date: {origin.date}"
    elif origin.date:
        document = f"{document} {origin.date}".strip()
    if document:
        yield f"    document: {_quoted(document)}"
    if origin.page:
        yield f"    page: {_quoted(origin.page)}"
    yield f"    entered_by: {_quoted(f'ynpolicy {__version__} locate')}"


def _is_day(text: str) -> bool:
    try:
        read_date(text)
    except ValueError:
        return False
    return True


def _quoted(text: str) -> str:
    return json.dumps(clean_text(text), ensure_ascii=False)
