"""Reports for those who keep a pack: the official text against the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from ynpolicy.collation import KINDS, Collation, Deviation
from ynpolicy.ir import Pack, Text
from ynpolicy.render import fill
from ynpolicy.values import number_text

PHRASES: Final[Mapping[str, Text]] = {
    "colon": Text("：", ": "),
    "open_quote": Text("「", "“"),
    "close_quote": Text("」", "”"),
    "collation": Text("台账与规划文本核对", "The ledger against the text"),
    "clean": Text("一致", "They agree"),
    "deviates": Text("不一致", "They differ"),
    "ledger_has": Text("台账引文", "the ledger quotes"),
    "text_has": Text("文本此处", "the text has"),
    "changed": Text("文字改变的条款", "Clauses whose words changed"),
    "missing": Text("文本中没有的条款", "Clauses that the text lacks"),
    "moved": Text("位置变动", "Passages that moved"),
    "occurrence": Text("相同文字的次序变动", "Repeated words in another order"),
    "heading": Text("文本中没有的标题", "Headings that the text lacks"),
    "uncovered": Text("规范性章节中不在任何条款内的文字", "Words of the normative chapters in no clause"),
    "entries": Text("台账条数", "Entries of the ledger"),
    "share": Text("覆盖比例", "Share covered"),
    "digest": Text("全文摘要", "Digest of the text"),
}

_FIRST_WORDS: Final = 40


def render_collation(collation: Collation, pack: Pack, lang: str = "zh", width: int = 88) -> str:
    """The outcome of `collate` as text for a terminal of `width` columns. Raises `InputError` as `render` does."""
    groups = [
        (kind, [_shown(deviation, pack, lang) for deviation in collation.deviations if deviation.kind == kind])
        for kind in KINDS
    ]
    view = {
        "w": {name: text[lang] for name, text in PHRASES.items()},
        "verdict": "deviates" if collation.deviations else "clean",
        "count": len(collation.deviations),
        "title": pack.title[lang],
        "pack": f"{pack.id} {pack.version}",
        "source": Path(collation.source).name,
        "lines": [text[lang] for text in _figures(collation)],
        "groups": [{"kind": kind, "entries": entries} for kind, entries in groups if entries],
    }
    return fill("text", "collation.txt.j2", lang, width, view)


def _figures(collation: Collation) -> tuple[Text, ...]:
    share = number_text(Fraction(int(collation.share * 10_000), 100))
    return (
        Text(
            f"台账{collation.clauses}条，其中{collation.in_place}条的引文、位置和摘要与文本相符",
            f"{collation.in_place} of {collation.clauses} clauses stand where the ledger says, with quote and digest",
        ),
        Text(
            f"规范性章节{collation.normative}字，台账覆盖{collation.covered}字（{share}%）",
            f"clauses cover {collation.covered} of the {collation.normative} characters of the normative chapters "
            f"({share} %)",
        ),
        Text(
            f"其余章节{collation.outside}字为叙述，不计",
            f"the other chapters narrate: {collation.outside} characters, not counted",
        ),
    )


def _shown(deviation: Deviation, pack: Pack, lang: str) -> dict[str, Any]:
    clause = pack.clauses.get(deviation.clause)
    words = deviation.words
    if deviation.kind == "uncovered" and len(words) > _FIRST_WORDS:
        words = words[: _FIRST_WORDS - 1] + "…"
    quoted = clause is not None and deviation.kind in ("changed", "missing")
    return {
        "message": deviation.message[lang],
        "offset": deviation.offset,
        "quote": clause.quote if clause is not None and quoted else "",
        "words": words,
    }
