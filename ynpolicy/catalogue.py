"""What a pack holds, as text for a terminal: its norms, one norm in full, its facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ynpolicy.expressions import show
from ynpolicy.ir import All, AnyOf, Condition, FactType, Kind, Norm, Not, Pack
from ynpolicy.questions import facts_at
from ynpolicy.values import number_text
from ynpolicy.words import LEVELS, MODALITIES


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
        ("规划另有不同表述" if zh else "the instrument also says", norm.contrary),
    ):
        lines += [f"{heading}: {pack.clauses[id].section} “{pack.clauses[id].quote}” ({id})" for id in ids]
    lines += ["", "适用条件:" if zh else "applies:", *_lines(norm.applies, 1)]
    if norm.requirement is not None:
        lines += [f"{norm.modality.value}:", *_lines(norm.requirement, 1)]
    else:
        lines += [f"{norm.modality.value}: {norm.note[lang]}"]
    for exemption in norm.exemptions:
        lines += [f"{'例外' if zh else 'except'} {exemption.id}: {exemption.title[lang]}", *_lines(exemption.when, 1)]
    for id in norm.readings:
        reading = pack.readings[id]
        lines += ["", f"{'理解' if zh else 'reading'} {id}: {reading.title[lang]}"]
        lines += [f"  {'采用' if zh else 'taken'}: {pack.taken(id)[lang]}"]
        lines += [f"  {'可选' if zh else 'option'} {option}: {text[lang]}" for option, text in reading.options.items()]
        lines += [f"  {'可能的读法' if zh else 'possible'}: {reading.possible[lang]}"]
    lines += ["", f"{'出处' if zh else 'place'}: {norm.place}"]
    return "\n".join(lines)


def _lines(condition: Condition, depth: int) -> Iterator[str]:
    """The lines of a condition as the pack's file has them."""
    indent = "  " * max(depth - 1, 1)
    match condition:
        case All(items) if depth == 1:
            for item in items:
                yield from _lines(item, depth + 1)
        case All(items) | AnyOf(items) if not condition.id.endswith("]") or any(_nested(i) for i in items):
            yield f"{indent}- {'all' if isinstance(condition, All) else 'any'}:"
            for item in items:
                yield from _lines(item, depth + 1)
        case Not(item) if _nested(item):
            yield f"{indent}- not:"
            yield from _lines(item, depth + 1)
        case _:
            yield f"{indent}- {show(condition)}"


def _nested(condition: Condition) -> bool:
    return isinstance(condition, (All, AnyOf))


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
