"""What a pack holds, as text for a terminal: its norms, one norm in full, its facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from ynpolicy.expressions import show
from ynpolicy.ir import (
    All,
    AnyOf,
    Condition,
    DatedValue,
    FactType,
    Kind,
    Norm,
    Not,
    Pack,
    Parameter,
    Text,
    parameters_read,
)
from ynpolicy.questions import facts_at, in_words, one_line
from ynpolicy.values import Interval, SymbolSet, Value, number_text
from ynpolicy.words import LEVELS, MODALITIES, ROLES, STATES, label

_ALL: Final = Text("全部成立", "all")
_ANY: Final = Text("任一成立", "any")
_NONE: Final = Text("下列不成立", "not")


def list_norms(pack: Pack, level: str, lang: str) -> str:
    """One line a norm: id, modality, title; grouped by level."""
    lines: list[str] = []
    for name in dict.fromkeys(norm.level for norm in pack.norms.values() if level in ("", norm.level)):
        norms = pack.norms_at(name)
        lines.append(f"{LEVELS[name][lang]} ({name}): {len(norms)}")
        wide = max(len(norm.id) for norm in norms)
        mode = max(len(norm.modality.value) for norm in norms)
        lines += [f"  {n.id.ljust(wide)}  {n.modality.value.ljust(mode)}  {n.title[lang]}" for n in norms]
    return "\n".join(lines)


def explain_norm(norm: Norm, pack: Pack, lang: str) -> str:
    """One norm in full: what it says, the words it rests on, its lines, exceptions, dates and readings."""
    zh = lang == "zh"
    lines = [norm.id, f"  {norm.title[lang]}", f"  {norm.explanation[lang]}", ""]
    lines.append(f"{'层级' if zh else 'level'}: {LEVELS[norm.level][lang]} ({norm.level})")
    lines.append(f"{'要求' if zh else 'modality'}: {MODALITIES[norm.modality][lang]} ({norm.modality.value})")
    since = norm.since or pack.since
    until = norm.until.isoformat() if norm.until else ("无终止日" if zh else "no end")
    lines.append(f"{'适用期' if zh else 'in force'}: {since} … {until}")
    for id, options in norm.under.items():
        lines.append(f"{'仅在选定时适用' if zh else 'stands only under'}: {id} = {', '.join(options)}")
    if norm.due:
        lines.append(f"{'期限' if zh else 'due'}: {norm.due}")
    for heading, ids in (
        ("依据" if zh else "clauses", norm.clauses),
        (label("contrary", lang, pack.instrument) if zh else "the instrument also says", norm.contrary),
    ):
        lines += [f"{heading}: {pack.clauses[id].section} “{pack.clauses[id].quote}” ({id})" for id in ids]
    lines += ["", "适用条件:" if zh else "applies:", *_lines(norm.applies, 1, pack, lang)]
    read = dict.fromkeys(parameters_read(norm.applies))
    if norm.requirement is not None:
        role = ROLES["forbidden" if norm.modality.forbids else "required"][lang]
        lines += [f"{role} ({norm.modality.value}):", *_lines(norm.requirement, 1, pack, lang)]
        read |= parameters_read(norm.requirement)
    else:
        lines += [f"{'事项' if zh else norm.modality.value}: {norm.note[lang]}"]
    for exemption in norm.exemptions:
        lines += [f"{'例外' if zh else 'except'} {exemption.id}: {exemption.title[lang]}"]
        lines += _lines(exemption.when, 1, pack, lang)
        read |= parameters_read(exemption.when)
    if read:
        lines += ["", "参数:" if zh else "parameters:"]
        lines += [line for name in read for line in _parameter(pack.parameters[name], pack, lang)]
    for id in norm.readings:
        reading = pack.readings[id]
        lines += ["", f"{'理解' if zh else 'reading'} {id}: {reading.title[lang]}"]
        lines += [f"  {'采用' if zh else 'taken'}: {pack.taken(id)[lang]}"]
        lines += [f"  {'可选' if zh else 'option'} {option}: {text[lang]}" for option, text in reading.options.items()]
        lines += [f"  {'可能的读法' if zh else 'possible'}: {reading.possible[lang]}"]
    lines += ["", f"{'出处' if zh else 'place'}: {norm.place}"]
    return "\n".join(lines)


def _lines(condition: Condition, depth: int, pack: Pack, lang: str) -> Iterator[str]:
    """The lines of a condition in words, each with the expression that the pack's file has."""
    indent = "  " * max(depth - 1, 1)
    match condition:
        case All(items) if depth == 1:
            for item in items:
                yield from _lines(item, depth + 1, pack, lang)
        case All(items) | AnyOf(items):
            words = _ALL if isinstance(condition, All) else _ANY
            yield f"{indent}- {words[lang]}:"
            for item in items:
                yield from _lines(item, depth + 1, pack, lang)
        case Not(item) if isinstance(item, (All, AnyOf)):
            yield f"{indent}- {_NONE[lang]}:"
            yield from _lines(item, depth + 1, pack, lang)
        case _:
            yield f"{indent}- {in_words(condition, pack, lang)}"
            yield f"{indent}    {show(condition)}"


def list_facts(pack: Pack, level: str, lang: str) -> str:
    """The vocabulary: each fact with its label, type, unit, values, question and who can answer."""
    levels = [level] if level else list(dict.fromkeys(name for f in pack.facts.values() for name in f.levels))
    lines: list[str] = []
    for name in levels:
        lines.append(f"{LEVELS[name][lang]} ({name})")
        for facts in facts_at(pack, name).values():
            for fact in facts:
                lines += _fact(fact, lang)
    return "\n".join(lines)


def _fact(fact: FactType, lang: str) -> Iterable[str]:
    yield f"  {fact.name}  {fact.label[lang]}  [{_type(fact)}]"
    yield f"      {fact.question[lang]}" + (f" ({fact.answered_by[lang]})" if fact.answered_by[lang] else "")
    if fact.symbols:
        shown = [f"{s.label[lang]} = {s.id}" for s in list(fact.symbols.values())[:16]]
        more = len(fact.symbols) - len(shown)
        yield "      " + ("、" if lang == "zh" else ", ").join(shown) + (f" … (+{more})" if more else "")


def _type(fact: FactType) -> str:
    text = fact.kind.value
    if fact.kind is Kind.NUMBER:
        text += f", {fact.unit}"
        text += f", ≥ {number_text(fact.minimum)}" if fact.minimum is not None else ""
        text += f", ≤ {number_text(fact.maximum)}" if fact.maximum is not None else ""
    return text


def _parameter(parameter: Parameter, pack: Pack, lang: str) -> Iterator[str]:
    """A parameter's values, each with its dates and where it comes from."""
    for entry in parameter.values:
        dates = ""
        if entry.since is not None or entry.until is not None:
            dates = f" [{entry.since or '…'} – {entry.until or '…'}]"
        value = STATES["unverified"][lang] if entry.value is None else _value(entry.value, parameter, pack, lang)
        yield f"  {parameter.name}  {one_line(parameter.label[lang])}: {value}{dates}"
        yield f"      {_origin(entry, pack, lang)}"


def _origin(entry: DatedValue, pack: Pack, lang: str) -> str:
    clause = pack.clauses.get(entry.clause)
    parts = (f"{clause.section} “{clause.quote}”" if clause else "", entry.source, one_line(entry.note[lang]))
    return ("；" if lang == "zh" else "; ").join(part for part in parts if part)


def _value(value: Value, parameter: Parameter, pack: Pack, lang: str) -> str:
    match value:
        case bool():
            return ("是" if value else "否") if lang == "zh" else str(value).lower()
        case date():
            return value.isoformat()
        case Interval(low):
            return f"{number_text(low)} {'' if parameter.unit == '1' else parameter.unit}".strip()
        case SymbolSet(members):
            labels = {s.id: s.label[lang] or s.label.zh for f in pack.facts.values() for s in f.symbols.values()}
            return ("、" if lang == "zh" else ", ").join(labels.get(member, member) for member in sorted(members))
        case str():
            return value
