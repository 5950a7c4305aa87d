"""What differs between two packs in what one norm reads.

Only what can change an outcome counts: not titles, explanations or the order of lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final

from attrs import frozen

from ynpolicy.ir import (
    All,
    Case,
    Condition,
    DatedValue,
    Deadline,
    FactType,
    Lookup,
    Norm,
    Pack,
    Table,
    Text,
    Total,
    facts_read,
    parameters_read,
)
from ynpolicy.logic import show
from ynpolicy.values import Interval, SymbolSet, Value, number_text


@frozen
class Aspect:
    """One thing about an element, empty where there was none. Of a parameter's value its dates and its source are told
    also where they are the same."""

    name: str
    before: str
    after: str


@frozen
class Element:
    """A part of a pack that differs from another pack's: its kind (one of `ELEMENTS`), name and label, and how.

    `norm` is the norm drawn from a `row` of a table, `column` the column from which a fact follows.
    """

    kind: str
    name: str
    label: Text
    aspects: tuple[Aspect, ...]
    norm: str = ""
    column: str = ""


# ---------------------------------------------------------------- what differs


def elements_read(old: Pack, new: Pack, norm: str, case: Case) -> tuple[Element, ...]:
    """Every difference between two packs that a norm can read in a case of its level, on the case's as-of date."""
    norms = [pack.norms[norm] for pack in (old, new) if norm in pack.norms]
    conditions = [condition for one in norms for condition in one.conditions]
    conditions += [pack.territory[case.level] for pack in (old, new) if case.level in pack.territory]
    facts = _facts_behind(conditions, (old, new))
    parameters = dict.fromkeys(name for condition in conditions for name in parameters_read(condition))
    for pack in (old, new):
        for name in facts:
            derived = pack.facts[name].derived if name in pack.facts else None
            if isinstance(derived, Deadline):
                parameters[derived.parameter] = None
    found: list[Element | None] = [_norm_element(old, new, norm)]
    found += [_territory_element(old, new, case.level)]
    found += [_parameter_element(old, new, name, case.as_of) for name in parameters]
    found += [fact_element(old, new, name) for name in facts]
    found += [_lookup_element(old, new, name, case) for name in facts]
    found += [_reading_element(old, new, id) for id in _readings_behind(norms, parameters, (old, new))]
    if any(one.since is None for one in norms) and old.since != new.since:
        aspect = Aspect("since", old.since.isoformat(), new.since.isoformat())
        found.append(Element("since", new.id, new.title, (aspect,)))
    return tuple(element for element in found if element is not None)


def _facts_behind(conditions: Iterable[Condition], packs: tuple[Pack, ...]) -> dict[str, None]:
    """The facts that conditions read, and those from which these follow in some of the packs."""
    found: dict[str, None] = {}
    waiting = [name for condition in conditions for name in facts_read(condition)]
    while waiting:
        name = waiting.pop(0)
        if name in found:
            continue
        found[name] = None
        for pack in packs:
            derived = pack.facts[name].derived if name in pack.facts else None
            waiting += derived.sources if derived is not None else ()
    return found


def _readings_behind(norms: Iterable[Norm], parameters: Iterable[str], packs: tuple[Pack, ...]) -> dict[str, None]:
    under = [norm.under for norm in norms]
    for pack in packs:
        entries = (entry for name in parameters if name in pack.parameters for entry in pack.parameters[name].every)
        under += [entry.under for entry in entries]
    return dict.fromkeys(id for mapping in under for id in mapping)


def _aspects(pairs: Mapping[str, tuple[str, str]]) -> tuple[Aspect, ...]:
    return tuple(Aspect(name, before, after) for name, (before, after) in pairs.items() if before != after)


def _norm_element(old: Pack, new: Pack, id: str) -> Element | None:
    before, after = old.norms.get(id), new.norms.get(id)
    aspects = _norm_aspects(before, after)
    if not aspects:
        return None
    norm = after or before
    assert norm is not None
    row = _row_aspects(old, new, norm.row) if before and after and before.row == after.row else ()
    if norm.row and row:
        return Element("row", f"{norm.row[0]}[{norm.row[1]}]", norm.title, (*row, *aspects), id)
    return Element("norm", id, norm.title, aspects)


def _norm_aspects(before: Norm | None, after: Norm | None) -> tuple[Aspect, ...]:
    return _aspects({name: (a, b) for name, a, b in _parts(norm_parts(before), norm_parts(after))})


def norm_parts(norm: Norm | None) -> dict[str, str | tuple[str, ...]]:
    """What a norm means, part by part: lines as tuples, everything else as text."""
    if norm is None:
        return {}
    parts: dict[str, str | tuple[str, ...]] = {
        "level": norm.level,
        "modality": norm.modality.value,
        "since": _day(norm.since),
        "until": _day(norm.until),
        "due": _day(norm.due),
        "under": "; ".join(f"{id}={'|'.join(options)}" for id, options in sorted(norm.under.items())),
        "applies": _lines(norm.applies),
    }
    if norm.requirement is not None:
        parts[norm.modality.value] = _lines(norm.requirement)
    return parts | {f"except.{one.id}": _lines(one.when) or ("True",) for one in norm.exemptions}


def _parts(
    before: Mapping[str, str | tuple[str, ...]], after: Mapping[str, str | tuple[str, ...]]
) -> Iterator[tuple[str, str, str]]:
    """The parts of two norms side by side; of lines, those that only one of them has."""
    for name in dict.fromkeys((*before, *after)):
        a, b = before.get(name, ""), after.get(name, "")
        if isinstance(a, tuple) or isinstance(b, tuple):
            own, other = (tuple(side) if isinstance(side, tuple) else () for side in (a, b))
            yield name, _only(own, other), _only(other, own)
        else:
            yield name, a, b


def _only(lines: tuple[str, ...], others: tuple[str, ...]) -> str:
    return "\n".join(line for line in lines if line not in others)


def _lines(lines: All) -> tuple[str, ...]:
    return tuple(show(item) for item in lines.items)


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _row_aspects(old: Pack, new: Pack, row: tuple[str, str] | None, column: str = "") -> tuple[Aspect, ...]:
    """The cells of one row that differ, or only that of one column."""
    if row is None:
        return ()
    before, after = (_cells(pack.tables.get(row[0]), row[1]) for pack in (old, new))
    columns = [column] if column else list(dict.fromkeys((*before, *after)))
    return _aspects({name: (before.get(name, ""), after.get(name, "")) for name in columns})


def _cells(table: Table | None, key: str) -> Mapping[str, str]:
    return table.rows.get(key, {}) if table is not None else {}


def _territory_element(old: Pack, new: Pack, level: str) -> Element | None:
    before, after = (_lines(pack.territory.get(level, All(()))) for pack in (old, new))
    aspects = _aspects({"territory": (_only(before, after), _only(after, before))})
    return Element("territory", level, Text(level, level), aspects) if aspects else None


def _parameter_element(old: Pack, new: Pack, name: str, day: date) -> Element | None:
    """A parameter whose value on a day differs; where only its source is told otherwise nothing follows from it."""
    parameters = [pack.parameters.get(name) for pack in (old, new)]
    before, after = (parameter.at(day) if parameter is not None else None for parameter in parameters)
    if (before.value if before else None) == (after.value if after else None):
        return None
    known = next(parameter for parameter in reversed(parameters) if parameter is not None)
    old_parts, new_parts = (_dated_parts(entry, known.unit) for entry in (before, after))
    aspects = (Aspect(key, old_parts.get(key, ""), new_parts.get(key, "")) for key in _OF_A_VALUE)
    told = tuple(one for one in aspects if one.before != one.after or (one.before and one.name != "status"))
    return Element("parameter", name, known.label, told)


_OF_A_VALUE: Final = ("value", "since", "until", "status", "clause", "source")


def _dated_parts(entry: DatedValue | None, unit: str) -> dict[str, str]:
    if entry is None:
        return {}
    value = value_text(entry.value)
    return {
        "value": f"{value} {unit}" if value and unit not in ("", "1") else value,
        "since": _day(entry.since),
        "until": _day(entry.until),
        "status": entry.status,
        "clause": entry.clause,
        "source": entry.source,
    }


def value_text(value: Value | None) -> str:
    """A value of the law as one text: exact, sets sorted, empty where there is none."""
    match value:
        case None:
            return ""
        case Interval(lo, hi):
            return number_text(lo) if lo == hi else f"{number_text(lo)} – {number_text(hi)}"
        case SymbolSet(members):
            return ", ".join(sorted(members))
        case date():
            return value.isoformat()
    return str(value).lower() if isinstance(value, bool) else value


def fact_element(old: Pack, new: Pack, name: str) -> Element | None:
    """A fact that both packs know, and define otherwise; one that only one of them knows is told of by its norms."""
    before, after = old.facts.get(name), new.facts.get(name)
    if before is None or after is None:
        return None
    a, b = fact_parts(before), fact_parts(after)
    aspects = _aspects({key: (a[key], b[key]) for key in a})
    return Element("fact", name, after.label, aspects) if aspects else None


def fact_parts(fact: FactType) -> dict[str, str]:
    """What a fact means, part by part."""
    return {
        "type": fact.kind.value,
        "unit": fact.unit,
        "minimum": number_text(fact.minimum) if fact.minimum is not None else "",
        "maximum": number_text(fact.maximum) if fact.maximum is not None else "",
        "symbols": ", ".join(sorted(fact.symbols)),
        "levels": ", ".join(fact.levels),
        "arises": "\n".join(sorted(_lines(fact.arises))) if fact.arises is not None else "",
        "derived": _derived_text(fact),
    }


def _derived_text(fact: FactType) -> str:
    match fact.derived:
        case Lookup(source, table, column):
            return f"{table}.{column} [{source}]"
        case Total(parts):
            return " + ".join(sorted(parts))
        case Deadline(parameter, days):
            return f"{parameter} [{', '.join(sorted(days))}]"
    return ""


def _lookup_element(old: Pack, new: Pack, name: str, case: Case) -> Element | None:
    """The cell from which a fact follows in this case, where both packs take it from the same table."""
    derived = [pack.facts[name].derived if name in pack.facts else None for pack in (old, new)]
    lookup = derived[0]
    if not isinstance(lookup, Lookup) or lookup != derived[1]:
        return None
    key = case.values.get(lookup.fact)
    if not isinstance(key, str):
        return None
    aspects = _row_aspects(old, new, (lookup.table, key), lookup.column)
    if not aspects:
        return None
    return Element("row", f"{lookup.table}[{key}]", new.facts[name].label, aspects, column=lookup.column)


def _reading_element(old: Pack, new: Pack, id: str) -> Element | None:
    options = [pack.option(id) for pack in (old, new)]
    aspects = _aspects({"option": (options[0], options[1])})
    reading = new.readings.get(id) or old.readings.get(id)
    if not aspects or reading is None:
        return None
    return Element("reading", id, reading.title, aspects)
