"""Reports for those who keep a pack: the official text against the ledger, and what became of each clause."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from ynpolicy.accounts import Account, Encoding, Entry
from ynpolicy.collation import KINDS, Collation, Deviation
from ynpolicy.ir import Pack, Text
from ynpolicy.render import fill
from ynpolicy.values import number_text
from ynpolicy.words import LEVELS, MODALITIES

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
    "coverage": Text("条款台账", "The ledger of clauses"),
    "chapter": Text("章节", "Chapter"),
    "narrative": Text("叙述", "narrative"),
    "clauses": Text("条款", "clauses"),
    "checkable": Text("可核查", "checkable"),
    "encoded": Text("已编", "encoded"),
    "norms": Text("规则", "norms"),
    "cases": Text("案例", "cases"),
    "total": Text("合计", "Total"),
    "norm": Text("规则", "norm"),
    "reason": Text("不能由程序核查", "not for a program to judge"),
    "no_norm": Text("可核查，尚未编写规则", "checkable; no norm is written yet"),
    "no_reason": Text("没有规则，也没有理由", "neither a norm nor a reason"),
    "contrary": Text("另有不同表述，对照列出", "says otherwise; printed beside"),
    "open": Text("尚无着落的条款", "Clauses not accounted for"),
    "kinds": Text("条款种类", "Kinds of clauses"),
    "place": Text("位置", "place"),
}

KIND_WORDS: Final[Mapping[str, Text]] = {
    "encoded": Text("已编为规则", "encoded"),
    "pending": Text("可核查，待编写", "checkable, to be written"),
    "definition": Text("界定", "definition"),
    "baseline": Text("现状", "description of what was"),
    "exhortation": Text("倡导", "exhortation"),
    "omitted": Text("原文从略", "left out of the text"),
}

_FIRST_WORDS: Final = 40
_NUMBER: Final = re.compile(r"^(?:（[一二三四五六七八九十]+）|\d+[.．、]|[一二三四五六七八九十]+、)")


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


# ---------------------------------------------------------------- coverage


def render_coverage(whole: Account, pack: Pack, fmt: str = "text", lang: str = "zh", width: int = 88) -> str:
    """A pack's account of its ledger as `text` or as one self-contained `html` page.

    Raises `InputError` as `render` does.
    """
    kinds = [(words, sum(e.clause.kind == kind for e in whole.entries)) for kind, words in KIND_WORDS.items()]
    view = {
        "w": {name: text[lang] for name, text in PHRASES.items()},
        "title": pack.title[lang],
        "pack": f"{pack.id} {pack.version}",
        "total": _account(whole, lang),
        "kinds": [{"label": words[lang], "count": count} for words, count in kinds if count],
        "open": [entry.clause.id for entry in whole.entries if not entry.accounted],
        "summary": _summary(whole)[lang],
        "chapters": [_account(part, lang) for part in whole.parts],
    }
    return fill(fmt, "coverage.html.j2" if fmt == "html" else "coverage.txt.j2", lang, width, view)


def _summary(whole: Account) -> Text:
    return Text(
        f"{whole.clauses}条中{whole.accounted}条有着落；可核查{whole.checkable}条中{whole.encoded}条已编为规则",
        f"{whole.accounted} of {whole.clauses} accounted for; {whole.encoded} of {whole.checkable} checkable encoded",
    )


def _account(part: Account, lang: str) -> dict[str, Any]:
    return {
        "section": part.section,
        "heading": _heading(part.section, part.heading[lang]),
        "normative": part.normative,
        "figures": {
            "clauses": part.clauses,
            "checkable": part.checkable,
            "encoded": part.encoded,
            "norms": sum(part.norms.values()),
            "cases": part.cases,
        },
        "parts": [_account(section, lang) for section in part.parts],
        "entries": [_entry(entry, lang) for entry in part.entries] if not part.parts else [],
    }


def _heading(section: str, words: str) -> str:
    """A section and its heading, whose own number is the section's last."""
    name = _NUMBER.sub("", words, count=1).rstrip("：:")
    return section if section.endswith(name) else f"{section} {name}".lstrip()


def _entry(entry: Entry, lang: str) -> dict[str, Any]:
    clause = entry.clause
    return {
        "id": clause.id,
        "section": clause.section,
        "kind": clause.kind,
        "label": KIND_WORDS[clause.kind][lang],
        "quote": clause.quote,
        "opening": not entry.checkable and clause.length > len(clause.quote),
        "offset": clause.offset,
        "length": clause.length,
        "reason": clause.reason[lang],
        "accounted": entry.accounted,
        "norms": [_encoding(encoding, lang) for encoding in entry.encodings],
    }


def _encoding(encoding: Encoding, lang: str) -> dict[str, Any]:
    return {
        "id": encoding.id,
        "title": encoding.title[lang],
        "level": LEVELS[encoding.level][lang],
        "modality": MODALITIES[encoding.modality][lang],
        "norms": len(encoding.norms),
        "cases": encoding.cases,
        "contrary": encoding.contrary,
    }
