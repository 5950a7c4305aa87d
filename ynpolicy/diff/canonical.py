"""A norm and everything that it reads as one text, the same wherever layout alone differs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from ynpolicy.amendments import fact_parts, norm_parts, value_text
from ynpolicy.ir import All, Condition, Deadline, FactType, Lookup, Norm, Pack, Parameter, facts_read, parameters_read
from ynpolicy.logic import show

_DATED = ("since", "until", "due", "under")


def canonical_text(pack: Pack, norm: Norm, day: date | None) -> str:
    """The text of a norm: its own lines, its territory, the facts and the law that they read; on a day or on all days.

    Two norms with one text have one outcome in every case, known in full or in part. The order of lines, exceptions
    and symbols, titles, sources and ids do not count.
    """
    parts = {
        name: "\n".join(sorted(part)) if isinstance(part, tuple) else part
        for name, part in norm_parts(norm).items()
        if name not in _DATED and not name.startswith("except.")
    }
    territory = pack.territory.get(norm.level, All(()))
    conditions: list[Condition] = [*norm.conditions, territory]
    facts = facts_behind(pack, conditions)
    lines = [f"{name}: {part}" for name, part in sorted(parts.items())]
    lines += sorted(f"except: {_sorted(exemption.when)}" for exemption in norm.exemptions)
    lines += [f"territory: {_sorted(territory)}", f"in force: {_force(pack, norm, day)}"]
    lines += [f"fact {name}: {fact_text(pack, pack.facts[name])}" for name in facts]
    behind = [pack.facts[name] for name in facts]
    lines += [f"law {name}: {law_text(pack, name, day)}" for name in parameters_behind(conditions, behind)]
    return "\n".join(lines)


def _sorted(lines: All) -> str:
    return "; ".join(sorted(show(item) for item in lines.items))


def _force(pack: Pack, norm: Norm, day: date | None) -> str:
    if day is None:
        return f"{norm.since or pack.since} – {norm.until}, after {norm.due}"
    return str(in_force(pack, norm, day))


def in_force(pack: Pack, norm: Norm, day: date) -> bool:
    """Whether a norm is judged on a day: it has begun, has not ended, and its due day has passed."""
    begun = (norm.since or pack.since) <= day and (norm.due is None or norm.due < day)
    return begun and (norm.until is None or day <= norm.until)


def facts_behind(pack: Pack, conditions: Iterable[Condition]) -> list[str]:
    """The facts that conditions read, those from which these follow, and those by which they arise; sorted."""
    found: set[str] = set()
    waiting = [name for condition in conditions for name in facts_read(condition)]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += sources(pack.facts[name])
    return sorted(found)


def sources(fact: FactType) -> Iterator[str]:
    """The facts from which a fact follows, and by which it arises."""
    yield from fact.derived.sources if fact.derived is not None else ()
    yield from facts_read(fact.arises) if fact.arises is not None else ()


def fact_text(pack: Pack, fact: FactType) -> str:
    """What a fact means, with the cells from which it follows."""
    parts = [f"{name}={part}" for name, part in fact_parts(fact).items()]
    return ", ".join(parts) + cells_text(pack, fact)


def cells_text(pack: Pack, fact: FactType) -> str:
    """The cells of a table from which a fact follows; empty where it follows from none."""
    if not isinstance(fact.derived, Lookup):
        return ""
    rows = pack.tables[fact.derived.table].rows
    return "; ".join(f"{key}→{rows[key][fact.derived.column]}" for key in sorted(rows))


def parameters_behind(conditions: Iterable[Condition], facts: Iterable[FactType]) -> list[str]:
    """The parameters that conditions read, and those by which facts arise or fall due; sorted."""
    found = {name for condition in conditions for name in parameters_read(condition)}
    for fact in facts:
        found |= set(parameters_of(fact))
    return sorted(found)


def parameters_of(fact: FactType) -> Iterator[str]:
    """The parameters by which a fact arises or falls due."""
    if fact.arises is not None:
        yield from parameters_read(fact.arises)
    if isinstance(fact.derived, Deadline):
        yield fact.derived.parameter


def law_text(pack: Pack, name: str, day: date | None) -> str:
    """The values of a parameter by their dates, or the one in force on a day."""
    parameter = pack.parameters[name]
    told = f"{parameter.kind.value} {parameter.unit} "
    if day is not None:
        entry = parameter.at(day)
        return told + (value_text(entry.value) if entry is not None else "")
    return told + _spans(parameter)


def _spans(parameter: Parameter) -> str:
    if parameter.is_day:
        return "the day itself"
    return "; ".join(f"{entry.since} – {entry.until}: {value_text(entry.value)}" for entry in parameter.values)
