"""The report on two packs side by side: what is stricter, what looser, and the case that shows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from ynpolicy.amendments import Element
from ynpolicy.diff.plain import file_names
from ynpolicy.diff.portfolio import Portfolio
from ynpolicy.diff.relations import Comparison, NormPair, Relation, Shown, Side, Witness
from ynpolicy.ir import Text
from ynpolicy.render import fill
from ynpolicy.render.diff_portfolio import portfolio_view
from ynpolicy.render.diff_words import PHRASES, RELATIONS, SHOWS
from ynpolicy.render.replay import element_view
from ynpolicy.render.replay_words import NOTE_WORDS
from ynpolicy.report import clean
from ynpolicy.words import LEVELS, OUTCOMES, decision_word

_TOLD: Final = 12
"""So many differences of one element, or facts of the vocabulary, are told in a report; the JSON has all."""

Files = tuple[tuple[str, ...], ...]


def render_comparison(
    found: Comparison, portfolio: Portfolio | None = None, fmt: str = "text", lang: str = "zh", width: int = 88
) -> str:
    """A comparison as `text` for a terminal of `width` columns, or as one self-contained `html` page.

    With a portfolio it leads with what becomes of its cases.

    Raises `InputError` as `render.render` does.
    """
    counts = Counter(pair.relation for pair in found.norms)
    named = dict(zip(map(id, found.norms), file_names(found), strict=True))
    view: dict[str, Any] = {
        "w": {name: text[lang] for name, text in PHRASES.items()},
        "same": found.same,
        "a": _side(found.a, lang),
        "b": _side(found.b, lang),
        "engines": ", ".join(found.engines),
        "seconds": f"{found.seconds:.0f}",
        "notes": [
            {"label": NOTE_WORDS[note.kind][lang], "name": note.name, "after": note.after} for note in found.notes
        ],
        "vocabulary": _elements(found.vocabulary, lang),
        "groups": [
            {
                "name": relation.value,
                "label": words[lang],
                "norms": [_pair(pair, named[id(pair)], lang) for pair in found.having(relation)],
            }
            for relation, words in RELATIONS.items()
            if counts[relation] and not relation.is_alike
        ],
        "counts": [
            {"label": words[lang], "count": counts[relation]}
            for relation, words in RELATIONS.items()
            if counts[relation]
        ],
        "portfolio": None if portfolio is None else portfolio_view(portfolio, found, lang, fmt == "html"),
        "equivalent": [pair.id for pair in found.having(Relation.EQUIVALENT)],
    }
    clean(view)
    return fill(fmt, "diff.html.j2" if fmt == "html" else "diff.txt.j2", lang, width, view)


def _side(side: Side, lang: str) -> dict[str, str]:
    pack = side.pack
    return {
        "title": pack.title[lang],
        "pack": f"{pack.id} {pack.version}",
        "readings": ", ".join(f"{reading}={option}" for reading, option in pack.chosen.items()),
        "as_of": side.as_of.isoformat() if side.as_of else "",
    }


def _pair(pair: NormPair, files: Files, lang: str) -> dict[str, Any]:
    return {
        "id": pair.id,
        "name_b": pair.name_b if pair.name_b not in ("", pair.id) else "",
        "title": pair.title[lang],
        "level": LEVELS[pair.level][lang],
        "why": pair.why,
        "elements": _elements(pair.elements, lang),
        "witnesses": [
            _witness(witness, own, pair.level, lang) for witness, own in zip(pair.witnesses, files, strict=True)
        ],
    }


def _elements(elements: Iterable[Element], lang: str) -> list[dict[str, Any]]:
    told = []
    for element in elements:
        view = element_view(element, lang)
        view["untold"] = max(len(view["aspects"]) - _TOLD, 0)
        view["aspects"] = view["aspects"][:_TOLD]
        told.append(view)
    return told


def _witness(witness: Witness, files: tuple[str, ...], level: str, lang: str) -> dict[str, Any]:
    shown = witness.b if witness.a.outcome is None else witness.a
    return {
        "shows": SHOWS[witness.shows][lang],
        "files": ", ".join(files),
        "a": _outcome(witness.a, lang),
        "b": _outcome(witness.b, lang),
        "decision_a": decision_word(witness.a.decision, level, lang) if witness.a.decision else "",
        "decision_b": decision_word(witness.b.decision, level, lang) if witness.b.decision else "",
        "as_of": " / ".join(dict.fromkeys(str(side.case["as_of"]) for side in (witness.a, witness.b))),
        "facts": [{"name": name, "value": _plain(value, lang)} for name, value in shown.case["facts"].items()],
    }


def _outcome(shown: Shown, lang: str) -> str:
    return OUTCOMES[shown.outcome][lang] if shown.outcome is not None else PHRASES["no_norm"][lang]


_YES: Final = {True: Text("是", "yes"), False: Text("否", "no")}


def _plain(value: object, lang: str) -> str:
    """A fact of a witness as a reader sees it: complete cases hold numbers, symbols, sets, dates, yes and no."""
    if isinstance(value, bool):
        return _YES[value][lang]
    if isinstance(value, list):
        return "[" + ", ".join(map(str, value)) + "]"
    return str(value)
