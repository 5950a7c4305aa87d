"""What the vocabulary says to follow from other facts."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from ynpolicy.ir import Deadline, Kind, Lookup, Pack, Total
from ynpolicy.values import Interval, SymbolSet, Value
from ynpolicy.workdays import CalendarNotKnown, deadline


def implied(pack: Pack, name: str, values: Mapping[str, Value], parameters: Mapping[str, Value]) -> Value | None:
    """The value that a derived fact has by the vocabulary, or None where what it follows from is not known."""
    fact = pack.facts[name]
    match fact.derived:
        case Lookup() as lookup:
            source = values.get(lookup.fact)
            row = pack.tables[lookup.table].rows.get(source) if isinstance(source, str) else None
            cell = row[lookup.column] if row else ""
            if not cell:
                return None
            if fact.kind is Kind.SYMBOLS:
                return SymbolSet(frozenset([cell]), complete=False)
            return cell == "yes" if fact.kind is Kind.BOOLEAN else cell
        case Total(parts):
            known = [value for part in parts if isinstance(value := values.get(part), Interval)]
            if len(known) < len(parts):
                return None
            return Interval(sum((v.lo for v in known), Fraction(0)), sum((v.hi for v in known), Fraction(0)))
        case Deadline(count, days):
            try:
                return deadline(map(values.get, days), parameters.get(count))
            except CalendarNotKnown:
                return None
        case _:
            return None


def agree(value: Value, derived: Value) -> bool:
    """Whether a fact may have this value where the vocabulary derives that one."""
    if isinstance(value, SymbolSet) and isinstance(derived, SymbolSet):
        return not value.complete or derived.members <= value.members
    if isinstance(value, Interval) and isinstance(derived, Interval):
        return value.lo <= derived.hi and derived.lo <= value.hi
    return value == derived


def sources(pack: Pack, name: str) -> tuple[str, ...]:
    """The facts from which a derived fact follows; none for any other fact."""
    derived = pack.facts[name].derived
    return derived.sources if derived else ()
