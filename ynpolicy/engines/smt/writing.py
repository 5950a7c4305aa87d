"""Values as a case file writes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from ynpolicy.ir import FactType, Kind, Pack
from ynpolicy.values import Interval, SymbolSet, Value, number_text


def plain(value: Value) -> Any:
    """A value as plain data: exact numbers as decimal text, a measured one by its two ends."""
    match value:
        case Interval(lo, hi):
            return number_text(lo) if lo == hi else {"at_least": number_text(lo), "at_most": number_text(hi)}
        case SymbolSet(members, True):
            return sorted(members)
        case SymbolSet(members):
            return {"includes": sorted(members), "complete": False}
        case bool() | str():
            return value
        case date():
            return value.isoformat()


def plain_fact(pack: Pack, name: str, values: Mapping[str, Value | None]) -> Any:
    """One fact as plain data; a derived one without a value as two sources that differ, lest it follow from others."""
    value = values[name]
    if value is not None:
        return plain(value)
    first, second = _two(pack.facts[name])
    return {"sources": [{"value": first}, {"value": second}]}


def _two(fact: FactType) -> tuple[Any, Any]:
    """Two values of a fact that differ."""
    match fact.kind:
        case Kind.BOOLEAN:
            return True, False
        case Kind.SYMBOL:
            first, *others = fact.symbols
            return first, next(iter(others), first)
        case Kind.SYMBOLS:
            return [], [next(iter(fact.symbols))]
        case Kind.DATE:
            return "2021-01-01", "2021-01-02"
        case _:
            low = fact.minimum if fact.minimum is not None else (fact.maximum or fact.resolution) - fact.resolution
            high = low + fact.resolution if fact.maximum is None or low < fact.maximum else low
            return number_text(low), number_text(high)
