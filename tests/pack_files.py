"""Packs of the strategies as the files that an author would write."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

from attrs import evolve

from ynpolicy.ir import (
    AS_OF,
    All,
    AnyOf,
    Arithmetic,
    Condition,
    DatedValue,
    FactRef,
    FactType,
    Holds,
    Literal,
    Norm,
    Not,
    Pack,
    Parameter,
    Term,
    terms,
)
from ynpolicy.logic import show
from ynpolicy.values import Interval, SymbolSet, Value, number_text

SOURCE = "drawn"


def lawful(pack: Pack) -> Pack:
    """The pack as an author may write it: no constant of the law in a condition, no exception that holds always."""
    norms = {
        id: evolve(
            norm,
            applies=_lawful(norm.applies),
            requirement=None if norm.requirement is None else _lawful(norm.requirement),
            exemptions=tuple(evolve(e, when=_lawful(e.when)) for e in norm.exemptions if e.when.items),
        )
        for id, norm in pack.norms.items()
    }
    return evolve(pack, norms=norms, territory={level: _lawful(lines) for level, lines in pack.territory.items()})


def _lawful(condition: Any) -> Any:
    match condition:
        case Not(item):
            return evolve(condition, item=_lawful(item))
        case All(items) | AnyOf(items):
            return evolve(condition, items=tuple(map(_lawful, items)))
    if any(_has_literal(term) for term in terms(condition)):
        return Holds(FactRef("project.built"))
    return condition


def _has_literal(term: Term) -> bool:
    match term:
        case Literal():
            return True
        case Arithmetic(_, left, right):
            return _has_literal(left) or _has_literal(right)
    return False


def write_pack(pack: Pack, folder: Path) -> None:
    """Writes the files of a pack, so that `read_pack` reads the same norms, facts and parameters back."""
    topics = list(dict.fromkeys(norm.id.split(".")[0] for norm in pack.norms.values()))
    digest = f"sha256:{hashlib.sha256('文'.encode()).hexdigest()}"
    clause = {"id": "c", "section": "一", "quote": "文", "offset": 0, "length": 1, "digest": digest}
    head = {
        "id": pack.id,
        "version": pack.version,
        "title": _both(pack.id),
        "issuer": _both("一"),
        "period": [day.isoformat() for day in pack.period],
        "since": pack.since.isoformat(),
        "topics": topics,
        "territory": {level: [_line(item) for item in lines.items] for level, lines in pack.territory.items()},
    }
    files: dict[str, Any] = {
        "pack": head,
        "clauses": [{**clause, "kind": "encoded"}],
        "facts": {name: _fact(fact) for name, fact in pack.facts.items()},
        "parameters": {name: _parameter(p) for name, p in pack.parameters.items() if name != AS_OF.name},
        **{
            f"norms/{topic}": [_norm(norm) for norm in pack.norms.values() if norm.id.split(".")[0] == topic]
            for topic in topics
        },
    }
    (folder / "norms").mkdir(parents=True)
    for name, data in files.items():
        (folder / f"{name}.yaml").write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")


def _both(text: str) -> dict[str, str]:
    return {"zh": text or "-", "en": text or "-"}


def _line(condition: Condition) -> Any:
    match condition:
        case All(items):
            return {"all": [_line(item) for item in items]}
        case AnyOf(items):
            return {"any": [_line(item) for item in items]}
        case Not(item):
            return {"not": [_line(item)]}
    return show(condition)


def _fact(fact: FactType) -> dict[str, Any]:
    data: dict[str, Any] = {
        "type": fact.kind.value,
        "label": {"zh": fact.label.zh, "en": fact.label.en},
        "question": {"zh": fact.question.zh, "en": fact.question.en},
    }
    if fact.unit:
        data |= {"unit": fact.unit, "resolution": number_text(fact.resolution)}
    if fact.symbols:
        data["symbols"] = {id: _both(symbol.label.zh) for id, symbol in fact.symbols.items()}
    if fact.arises is not None:
        data["arises"] = [_line(item) for item in fact.arises.items]
    if fact.changeable:
        data |= {"changeable": True, "cost": number_text(fact.cost)}
    if fact.aliases:
        data["aliases"] = list(fact.aliases)
    return data


def _parameter(parameter: Parameter) -> dict[str, Any]:
    data: dict[str, Any] = {"type": parameter.kind.value, "label": _both(parameter.name)}
    if parameter.unit:
        data["unit"] = parameter.unit
    return data | {"values": [_dated(entry) for entry in parameter.every or parameter.values]}


def _dated(entry: DatedValue) -> dict[str, Any]:
    data: dict[str, Any] = {"source": SOURCE}
    if entry.since:
        data["since"] = entry.since.isoformat()
    if entry.until:
        data["until"] = entry.until.isoformat()
    if entry.value is None:
        return data | {"status": "unverified", "note": _both(SOURCE)}
    return data | {"value": _constant(entry.value)}


def _constant(value: Value) -> Any:
    match value:
        case Interval(lo):
            return number_text(lo)
        case SymbolSet(members):
            return sorted(members)
        case date():
            return value.isoformat()
    return value


def _norm(norm: Norm) -> dict[str, Any]:
    data: dict[str, Any] = {
        "id": norm.id,
        "title": _both(norm.title.zh),
        "explanation": _both(norm.id),
        "clauses": ["c"],
        "level": norm.level,
        "applies": [_line(item) for item in norm.applies.items],
        norm.modality.value: _both(norm.id)
        if norm.requirement is None
        else [_line(item) for item in norm.requirement.items],
    }
    data["except"] = [
        {"id": exemption.id, "title": _both(exemption.id), "when": [_line(item) for item in exemption.when.items]}
        for exemption in norm.exemptions
        if exemption.when.items
    ]
    days = {"since": norm.since, "until": norm.until, "due": norm.due}
    if norm.aliases:
        data["aliases"] = list(norm.aliases)
    return data | {key: day.isoformat() for key, day in days.items() if day is not None}
