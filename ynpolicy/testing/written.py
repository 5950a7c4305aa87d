"""A typed case as a case file states it, and back through the normaliser."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from ynpolicy.cases import read_cases
from ynpolicy.documents_text import to_yaml
from ynpolicy.ir import Case, FactType, Kind, Pack
from ynpolicy.normalise import normalise
from ynpolicy.values import Interval, Missing, SymbolSet, Value, number_text


def written(pack: Pack, case: Case) -> dict[str, Any]:
    """The case as plain data that `Judge.check` takes and that JSON or YAML can hold.

    What follows from other facts is left out, since the normaliser adds it again.
    """
    facts: dict[str, Any] = {name: _plain(value) for name, value in case.values.items() if not follows(case, name)}
    for name, state in case.missing.items():
        if not follows(case, name):
            facts[name] = _gap(pack.facts[name], state)
    data: dict[str, Any] = {"case": case.title or case.id, "level": case.level, "as_of": case.as_of.isoformat()}
    data["facts"] = {name: facts[name] for name in pack.facts if name in facts}
    records = _records(case)
    return data | {"records": records} if records else data


def normalised(pack: Pack, data: object) -> Case:
    """The typed case that plain data, or a case file, stands for. Raises `InputError`."""
    (raw,) = read_cases(data)
    return normalise(pack, raw)


def as_normalised(pack: Pack, case: Case) -> Case:
    """The case as the normaliser reads it: with the law of its day and with what follows from its facts.

    Raises `InputError` where it may not be stated so.
    """
    return normalised(pack, written(pack, case))


def as_yaml(pack: Pack, cases: Sequence[Case]) -> str:
    """A case, or several as a dossier, as the text of a file that `ynpolicy check` reads."""
    data = [written(pack, case) for case in cases]
    return to_yaml(data[0] if len(data) == 1 else {"dossier": "drawn together", "cases": data})


def follows(case: Case, name: str) -> bool:
    """Whether a fact of a normalised case was not stated and follows from others."""
    origins = case.origins.get(name, ())
    return bool(origins) and all(origin.derived for origin in origins)


def _plain(value: Value) -> Any:
    match value:
        case Interval(lo, hi):
            return _number(lo) if lo == hi else {"at_least": _number(lo), "at_most": _number(hi)}
        case SymbolSet(members, complete):
            return sorted(members) if complete else {"includes": sorted(members), "complete": False}
        case date():
            return value.isoformat()
        case _:
            return value


def _number(number: Fraction) -> int | str:
    return int(number) if number.denominator == 1 else number_text(number)


def _gap(fact: FactType, state: Missing) -> Any:
    """Why a fact has no value, as it is written; a conflict is two sources that disagree."""
    if state is not Missing.CONFLICT:
        return state.value
    answers = two_answers(fact)
    return {"sources": [{"value": answer} for answer in answers]} if answers else Missing.UNKNOWN.value


def two_answers(fact: FactType) -> list[Any]:
    """Two answers to a question that cannot both be true, as they are written; none where there is only one answer."""
    symbols = list(fact.symbols)
    match fact.kind:
        case Kind.BOOLEAN:
            return [True, False]
        case Kind.SYMBOL:
            return symbols[:2] if len(symbols) > 1 else []
        case Kind.SYMBOLS:
            return [symbols[:1], []]
        case Kind.NUMBER:
            low, high = fact.minimum, fact.maximum
            first = low if low is not None else (high or Fraction(0)) - fact.resolution
            second = min(first + fact.resolution, high) if high is not None else first + fact.resolution
            return [_number(first), _number(second)] if first != second else []
        case _:
            return ["2021-01-01", "2021-01-02"]


def _records(case: Case) -> dict[str, Any]:
    justified = [
        {
            key: value.isoformat() if isinstance(value, date) else value
            for key in ("norm", "document", "accepted_by", "reason", "since", "until")
            if (value := getattr(record, key))
        }
        for record in case.justified.values()
    ]
    reviewed = [
        {
            "norm": record.norm,
            "reviewer": record.reviewer,
            "date": record.date.isoformat(),
            "conclusion": "accepted" if record.accepted else "rejected",
        }
        | ({"document": record.document} if record.document else {})
        for record in case.reviewed.values()
    ]
    lists = {"justifications": justified, "reviews": reviewed}
    return {key: records for key, records in lists.items() if records}
