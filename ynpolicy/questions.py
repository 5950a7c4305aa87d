"""A pack's questions of one level in words: groups, choices, bounds, and when each question arises.

Both blank forms, YAML and Excel, show what stands here.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Final

from ynpolicy.errors import InputError, Place, Problem, nearest
from ynpolicy.expressions import show_term
from ynpolicy.ir import (
    LEVELS,
    All,
    AnyOf,
    Arithmetic,
    Compare,
    Condition,
    FactRef,
    FactType,
    Holds,
    In,
    Kind,
    Literal,
    Modality,
    Norm,
    Not,
    Overlaps,
    Pack,
    Symbol,
    Term,
    Text,
    Within,
)
from ynpolicy.values import number_text

LONG_LIST: Final = 12
"""A fact with more choices than this has them in a list of their own, at the end of the form."""

_WORDS: Final = {
    "one": Text("任选其一", "one of"),
    "many": Text("可选多项", "any of"),
    "boolean": Text("是 / 否", "true / false"),
    "date": Text("日期，如 2022-05-01", "a date, as 2022-05-01"),
    "text": Text("文字说明，不参与判定", "free text, not judged"),
    "number": Text("数值", "a number"),
    "unit": Text("单位", "in"),
    "step": Text("通常精确到", "usually to the nearest"),
    "minimum": Text("不小于", "at least"),
    "maximum": Text("不大于", "at most"),
    "arises": Text("仅在下列情形须答，否则可填“不适用”", "asked only where this holds, else not_applicable"),
    "answered_by": Text("由谁回答", "who can answer"),
    "derived": Text("可由下列事实推得，知道时不必另填", "follows from these facts; leave it blank if they are given"),
}
SEPARATOR: Final = Text("、", ", ")
COLON: Final = Text("：", ": ")


def is_located(pack: Pack, level: str) -> bool:
    """Whether geometry can answer some fact of a level."""
    return any(fact.located and (not fact.levels or level in fact.levels) for fact in pack.facts.values())


def facts_at(pack: Pack, level: str) -> dict[str, list[FactType]]:
    """The facts asked of a level, by group (the part of the name before the dot), in the pack's order.

    Raises `InputError` for a level that does not exist, or at which the pack asks nothing.
    """
    groups: dict[str, list[FactType]] = {}
    for fact in pack.facts.values():
        if level in fact.levels or not fact.levels:
            groups.setdefault(fact.name.split(".")[0], []).append(fact)
    asked = [one for one in LEVELS if any(one in fact.levels for fact in pack.facts.values())]
    if level not in LEVELS or not groups:
        help = nearest(level, asked) or f"`{pack.id}` has forms for {', '.join(asked)}"
        raise InputError([Problem(Place("level"), f"`{pack.id}` has no form for the level `{level}`", help)])
    return groups


def recordable(pack: Pack, level: str) -> tuple[tuple[Norm, ...], tuple[Norm, ...]]:
    """The norms of a level that a reason can justify departing from, and those that ask for a review."""
    norms = pack.norms_at(level)
    return (
        tuple(norm for norm in norms if norm.modality.is_defeasible),
        tuple(norm for norm in norms if norm.modality is Modality.REVIEW),
    )


def one_line(text: str) -> str:
    """A text on one line, without control characters, so that it can stand in a comment or a cell."""
    return "".join(c for c in " ".join(text.split()) if c.isprintable())


def columns(text: str) -> int:
    """How many columns a line of text takes up at most; a character that may be wide takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


def choice(symbol: Symbol, lang: str) -> str:
    """The label of a symbol; its id where it has none."""
    return one_line(symbol.label[lang]) or symbol.id


def kind_in_words(fact: FactType, lang: str) -> str:
    """What kind of answer a fact takes: its choices when they are few, or its unit, usual step and bounds."""
    match fact.kind:
        case Kind.SYMBOL | Kind.SYMBOLS:
            head = _WORDS["one" if fact.kind is Kind.SYMBOL else "many"][lang]
            if len(fact.symbols) > LONG_LIST:
                return head
            return f"{head}{COLON[lang]}{choices(fact.symbols, lang)}"
        case Kind.NUMBER:
            parts = [_WORDS["number"][lang]]
            if fact.unit not in ("", "1"):
                parts.append(f"{_WORDS['unit'][lang]} {fact.unit}")
            if fact.resolution != 1:
                parts.append(f"{_WORDS['step'][lang]} {number_text(fact.resolution)}")
            if fact.minimum is not None:
                parts.append(f"{_WORDS['minimum'][lang]} {number_text(fact.minimum)}")
            if fact.maximum is not None:
                parts.append(f"{_WORDS['maximum'][lang]} {number_text(fact.maximum)}")
            return ("，" if lang == "zh" else ", ").join(parts)
    return _WORDS[fact.kind.value][lang]


def choices(symbols: Mapping[str, Symbol], lang: str) -> str:
    """The labels of symbols with their ids, on one line."""
    return SEPARATOR[lang].join(
        label if (label := choice(symbol, lang)) == symbol.id else f"{label} ({symbol.id})"
        for symbol in symbols.values()
    )


def notes(fact: FactType, pack: Pack, lang: str) -> list[str]:
    """When the question of a fact arises, what it follows from, and who can answer it: one line each."""
    found: list[str] = []
    if fact.arises is not None:
        found.append(f"{_WORDS['arises'][lang]}{COLON[lang]}{in_words(fact.arises, pack, lang)}")
    if fact.derived is not None:
        labels = SEPARATOR[lang].join(fact_label(name, pack, lang) for name in fact.derived.sources)
        found.append(f"{_WORDS['derived'][lang]}{COLON[lang]}{labels}")
    if fact.answered_by[lang]:
        found.append(f"{_WORDS['answered_by'][lang]}{COLON[lang]}{one_line(fact.answered_by[lang])}")
    return found


def fact_label(name: str, pack: Pack, lang: str) -> str:
    """The label of a fact by its name."""
    return one_line(pack.facts[name].label[lang]) if name in pack.facts else name


# ---------------------------------------------------------------- conditions in words

_VERBS: Final = {
    "==": Text("为{}", " is {}"),
    "!=": Text("不为{}", " is not {}"),
    "<": Text("小于{}", " is less than {}"),
    "<=": Text("不大于{}", " is at most {}"),
    ">": Text("大于{}", " is more than {}"),
    ">=": Text("不小于{}", " is at least {}"),
    "before": Text("早于{}", " is before {}"),
    "by": Text("不晚于{}", " is no later than {}"),
    "after": Text("晚于{}", " is after {}"),
    "from": Text("不早于{}", " is no earlier than {}"),
    "in": Text("属于{}", " is one of {}"),
    "overlaps": Text("含有{}之一", " includes one of {}"),
    "includes": Text("含有{}", " includes {}"),
    "within": Text("全部属于{}", " is wholly within {}"),
}

_OF_DATES: Final = {"<": "before", "<=": "by", ">": "after", ">=": "from"}


def in_words(condition: Condition, pack: Pack, lang: str) -> str:
    """A condition as a sentence with the labels of facts, parameters and symbols in place of their names."""
    match condition:
        case Holds(term):
            return f"{_term(term, pack, lang, None)}{Text('为“是”', ' is true')[lang]}"
        case Compare(op, left, right):
            fact = pack.facts.get(left.name) if isinstance(left, FactRef) else None
            verb = _OF_DATES.get(op, op) if fact is not None and fact.kind is Kind.DATE else op
            return _clause(left, _VERBS[verb][lang], right, pack, lang)
        case In(item, members):
            return _clause(item, _VERBS["in"][lang], members, pack, lang)
        case Overlaps(left, right):
            one = isinstance(right, Literal) and isinstance(right.value, frozenset) and len(right.value) == 1
            return _clause(left, _VERBS["includes" if one else "overlaps"][lang], right, pack, lang)
        case Within(left, right):
            return _clause(left, _VERBS["within"][lang], right, pack, lang)
        case Not(item):
            inner = in_words(item, pack, lang)
            return f"并非（{inner}）" if lang == "zh" else f"not ({inner})"
        case All(items) | AnyOf(items):
            word = Text("，且", " and ") if isinstance(condition, All) else Text("，或", " or ")
            parts = [in_words(item, pack, lang) for item in items]
            if len(parts) > 1:
                parts = [
                    Text(f"（{part}）", f"({part})")[lang]
                    if isinstance(item, (All, AnyOf)) and len(item.items) > 1
                    else part
                    for item, part in zip(items, parts, strict=True)
                ]
            return word[lang].join(parts)


def _clause(left: Term, verb: str, right: Term, pack: Pack, lang: str) -> str:
    fact = pack.facts.get(left.name) if isinstance(left, FactRef) else None
    return _term(left, pack, lang, None) + verb.replace("{}", _term(right, pack, lang, fact))


def _term(term: Term, pack: Pack, lang: str, fact: FactType | None) -> str:
    match term:
        case FactRef(name):
            return _quoted(fact_label(name, pack, lang), lang)
        case Literal(bool() as value):
            return (Text("“是”", "true") if value else Text("“否”", "false"))[lang]
        case Literal(str() as value):
            return _quoted(_symbol(value, lang, fact), lang)
        case Literal(frozenset() as members):
            return SEPARATOR[lang].join(_quoted(_symbol(member, lang, fact), lang) for member in sorted(members))
        case Arithmetic(op, left, right):
            sign = {"*": "×", "-": "−"}.get(op, op)
            return f"({_term(left, pack, lang, None)} {sign} {_term(right, pack, lang, None)})"
        case Literal():
            return show_term(term)
    parameter = pack.parameters.get(term.name)
    return _quoted(one_line(parameter.label[lang]), lang) if parameter else term.name


def _quoted(label: str, lang: str) -> str:
    return f"「{label}」" if lang == "zh" else f"“{label}”"


def _symbol(id: str, lang: str, fact: FactType | None) -> str:
    symbol = fact.symbols.get(id) if fact else None
    return choice(symbol, lang) if symbol else id
