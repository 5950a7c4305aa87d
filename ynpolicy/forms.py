"""A blank case form in YAML: every question of a level with its unit, its choices and who can answer it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from fractions import Fraction
from typing import Final

from ynpolicy.cases import CASE_SCHEMA
from ynpolicy.ir import FactType, Kind, Pack, Text
from ynpolicy.questions import (
    COLON,
    LONG_LIST,
    SEPARATOR,
    choices,
    columns,
    fact_label,
    facts_at,
    is_located,
    kind_in_words,
    notes,
    one_line,
    recordable,
)
from ynpolicy.values import number_text
from ynpolicy.words import LEVELS

_WIDTH: Final = 96
_LOCATION: Final = {
    "zh": (
        "厂址坐标或厂界文件，填了就按坐标核查距离和属地（需安装 ynpolicy[geo]），例如：",
        "  {point: '102.7123,25.0412', system: CGCS2000, accuracy: 10 m, extent: 300 m, rivers: 河流.yaml}",
        "  {file: 厂界.geojson, system: CGCS2000, accuracy: 5 m}",
    ),
    "en": (
        "where the site is: then distances and county are found from it (needs ynpolicy[geo]); for example",
        "  {point: '102.7123,25.0412', system: CGCS2000, accuracy: 10 m, extent: 300 m, rivers: rivers.yaml}",
        "  {file: site.geojson, system: CGCS2000, accuracy: 5 m}",
    ),
}
_QUESTION: Final = Text("问", "question")
_SEE: Final = Text("取值见文末", "see the list at the end:")


def blank_form(pack: Pack, level: str, lang: str = "zh") -> str:
    """A commented YAML case form for a level, with every value left blank (a blank is absent).

    As written it is a valid case once `as_of` is filled in. Raises `InputError` for a level without a form.
    """
    groups = facts_at(pack, level)
    lines = _head(pack, level, lang)
    lists: dict[str, list[str]] = {}
    lines += ["", "facts:"]
    for group, facts in groups.items():
        lines += ["", f"  # ======== {group}"]
        for fact in facts:
            lines += _entry(fact, pack, lang, lists)
    lines += ["", *_records(pack, level, lang)]
    for text, names in lists.items():
        lines += ["", f"# {SEPARATOR[lang].join(names)}{COLON[lang]}"]
        lines += _comment(text.split("\n"), lang, "#   ")
    return "\n".join(lines) + "\n"


def _head(pack: Pack, level: str, lang: str) -> list[str]:
    title = f"# {one_line(pack.title[lang])} {Text('案件表', 'case form')[lang]} ({LEVELS[level][lang]})"
    if lang == "zh":
        guide = [
            "# 不知道的留空，或填 unknown（未知）；问题不适用的填 not_applicable（不适用）。键名也可写中文名称。",
            "# 数值、来源、列举不全的写法举例：",
        ]
        case, id, as_of = "案件名称", "编号，可留空", "受理日期，必填，如 2022-05-01"
    else:
        guide = [
            "# Leave blank what is not known, or write unknown; not_applicable where the question does not arise.",
            "# How to write a measured value, a source, disagreeing sources, and a list that may be incomplete:",
        ]
        case, id, as_of = "title of the case", "identifier, may stay blank", "date of acceptance, needed: 2022-05-01"
    lines = [title, *guide, *(f"#   {line}" for line in _examples(pack, level, lang)), ""]
    lines += [f"schema: {CASE_SCHEMA}", f"case:   # {case}", f"id:   # {id}"]
    lines += [f"level: {level}   # {LEVELS[level][lang]}", f"as_of:   # {as_of}"]
    if is_located(pack, level):
        lines += [f"# {line}" for line in _LOCATION[lang]] + ["location:"]
    return lines


def _examples(pack: Pack, level: str, lang: str) -> list[str]:
    """Lines that are themselves valid answers to questions of this level."""
    facts = [fact for group in facts_at(pack, level).values() for fact in group]
    document = Text("环评报告书", "EIA report")[lang]
    source = f"document: {document}, page: 12, date: 2022-01-01, entered_by: {Text('张三', 'A. Author')[lang]}"
    lines: list[str] = []
    number = next((fact for fact in facts if fact.kind is Kind.NUMBER), None)
    if number is not None:
        value, accuracy = _plausible(number)
        unit = f", unit: {json.dumps(number.unit)}" if number.unit not in ("", "1") else ""
        measured = f"value: {number_text(value)}, accuracy: {number_text(accuracy)}{unit}"
        lines.append(f"{number.name}: {{{measured}, {source}}}")
        other = f"{{value: {number_text(value - accuracy)}, document: {Text('可研报告', 'feasibility study')[lang]}}}"
        first = f"{{value: {number_text(value)}, document: {document}}}"
        lines.append(f"{number.name}: {{sources: [{first}, {other}]}}")
    several = next((fact for fact in facts if fact.kind is Kind.SYMBOLS and fact.symbols), None)
    if several is not None:
        lines.append(f"{several.name}: {{includes: [{json.dumps(next(iter(several.symbols)))}], complete: false}}")
    return lines


def _plausible(fact: FactType) -> tuple[Fraction, Fraction]:
    """A value within a fact's bounds, and an accuracy that stays within them."""
    low = fact.minimum if fact.minimum is not None else Fraction(0)
    value = low + 104 * fact.resolution
    if fact.maximum is None or value <= fact.maximum:
        return value, 6 * fact.resolution
    return fact.maximum, Fraction(0)


def _entry(fact: FactType, pack: Pack, lang: str, lists: dict[str, list[str]]) -> list[str]:
    title = f"{fact_label(fact.name, pack, lang)}{COLON[lang]}{kind_in_words(fact, lang)}"
    lines = [title, f"  {_QUESTION[lang]}{COLON[lang]}{one_line(fact.question[lang])}"]
    lines += [f"  {note}" for note in notes(fact, pack, lang)]
    if len(fact.symbols) > LONG_LIST:
        text = "\n".join(choices({symbol.id: symbol}, lang) for symbol in fact.symbols.values())
        names = lists.setdefault(text, [])
        names.append(fact.name)
        lines[0] += Text(f"（{_SEE.zh} {names[0]}）", f" ({_SEE.en} {names[0]})")[lang]
    return ["", *(f"  # {line}" for line in lines), f"  {fact.name}:"]


def _records(pack: Pack, level: str, lang: str) -> list[str]:
    departed, reviewed = recordable(pack, level)
    accepted_by, reviewer = Text("省生态环境厅", "Department of Ecology")[lang], Text("李四", "A. Reviewer")[lang]
    document, reason = Text("专题论证报告", "special study")[lang], Text("无其他选址", "no other site")[lang]
    if lang == "zh":
        heads = ("偏离原则性要求的论证记录，可用于：", "从严审核的记录，可用于：")
    else:
        heads = ("recorded reasons for departing from a norm in principle; for:", "records of a strict review; for:")
    lines = ["records:"]
    for key, head, norms, record in (
        (
            "justifications",
            heads[0],
            departed,
            f"document: {document}, accepted_by: {accepted_by}, reason: {reason}, since: 2022-01-01, until: 2025-12-31",
        ),
        (
            "reviews",
            heads[1],
            reviewed,
            f"reviewer: {reviewer}, date: 2022-04-01, conclusion: accepted, document: {document}",
        ),
    ):
        lines += [f"  # {head}{'' if norms else Text('无', 'none')[lang]}"]
        lines += [f"  #   {norm.id}{COLON[lang]}{one_line(norm.title[lang])}" for norm in norms]
        lines += [f"  #   - {{norm: {json.dumps(norm.id)}, {record}}}" for norm in norms[:1]]
        lines += [f"  {key}:"]
    return lines


def _comment(items: Iterable[str], lang: str, prefix: str) -> list[str]:
    """Items joined and wrapped into comment lines; a wide character counts as two columns."""
    lines: list[str] = []
    line = prefix
    for item in items:
        if line != prefix and columns(line) + columns(item) > _WIDTH:
            lines.append(line.rstrip())
            line = prefix
        line += item + SEPARATOR[lang]
    return [*lines, line.rstrip(SEPARATOR[lang])]
