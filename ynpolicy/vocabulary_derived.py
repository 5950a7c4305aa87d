"""What a vocabulary says to follow from other facts: a table's row, a sum, a deadline in working days."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ynpolicy.errors import Problem, nearest
from ynpolicy.fields import Fields
from ynpolicy.ir import Deadline, FactType, Kind, Lookup, Parameter, Table, Total
from ynpolicy.values import Interval

DERIVE_KEYS: Final = (("lookup", "from", "column"), ("sum",), ("working_days", "after"))
"""The keys of each sort of `derive`; they do not mix."""

WORKING_DAYS: Final = "工作日"
"""The unit in which a count of working days stands."""


def read_derived(fields: Fields) -> Lookup | Total | Deadline | None:
    """What `derive` of a fact says; None where there is none."""
    node = fields.node("derive")
    if node is None:
        return None
    known = tuple(key for keys in DERIVE_KEYS for key in keys)
    inner = Fields(node, known, fields.problems, f"`derive` of {fields.what}")
    own = next((keys for keys in DERIVE_KEYS if any(map(inner.has, keys))), DERIVE_KEYS[0])
    for key in known:
        if inner.has(key) and key not in own:
            inner.report(inner.found[key].place, f"`{key}` does not go with {own[0]}", f"write {', '.join(own)} alone")
    if "after" in own:
        return Deadline(inner.text("working_days", required=True), _several(inner, "after"))
    if "sum" in own:
        return Total(inner.texts("sum"))
    source, table = inner.text("from", required=True), inner.text("lookup", required=True)
    return Lookup(source, table, inner.text("column", required=True))


def _several(fields: Fields, key: str) -> tuple[str, ...]:
    """At least one name, each once."""
    if fields.node(key, required=True) is None:
        return ()
    names = fields.texts(key)
    if not names:
        fields.report(fields.found[key].place, f"`{key}` names no fact", "write [a.b, c.d]")
    return tuple(dict.fromkeys(names))


def check_derived(
    fact: FactType, facts: Mapping[str, FactType], tables: Mapping[str, Table], problems: list[Problem]
) -> None:
    """Reports names that do not exist, facts of the wrong type, and facts that stand after what follows from them."""
    match fact.derived:
        case Lookup(_, table, column):
            if table not in tables:
                problems.append(Problem(fact.place, f"unknown table `{table}`", nearest(table, tables)))
            elif column not in tables[table].columns:
                problems.append(Problem(fact.place, f"table `{table}` has no column `{column}`"))
            else:
                cells = {row[column] for row in tables[table].rows.values()} - {""}
                strange = sorted(cells - fact.symbols.keys()) if fact.symbols else []
                if strange:
                    message = f"column `{column}` holds `{strange[0]}`, no symbol of the fact"
                    problems.append(Problem(fact.place, message))
        case Total(parts):
            for part in parts:
                if part in facts and (facts[part].kind, facts[part].unit) != (Kind.NUMBER, fact.unit):
                    problems.append(Problem(fact.place, f"`{part}` is not a number in {fact.unit}"))
        case Deadline(_, days):
            for day in (fact.name, *days):
                if day in facts and facts[day].kind is not Kind.DATE:
                    help = "working days are counted from dates to a date"
                    problems.append(Problem(fact.place, f"`{day}` is a {facts[day].kind.value}, not a date", help))
        case _:
            return
    earlier = list(facts)[: list(facts).index(fact.name)]
    for source in fact.derived.sources:
        if source not in facts:
            problems.append(Problem(fact.place, f"unknown fact `{source}`", nearest(source, facts)))
        elif source not in earlier:
            problems.append(Problem(fact.place, f"`{fact.name}` stands before `{source}`, from which it follows"))


def check_deadlines(
    facts: Mapping[str, FactType], parameters: Mapping[str, Parameter], problems: list[Problem]
) -> None:
    """Reports deadlines whose parameter does not exist, or is no whole number of working days from 1 on."""
    for fact in facts.values():
        if not isinstance(fact.derived, Deadline) or not fact.derived.parameter:
            continue
        name = fact.derived.parameter
        parameter = parameters.get(name)
        if parameter is None:
            help = nearest(name, parameters) or "parameters stand in parameters.yaml"
            problems.append(Problem(fact.place, f"`{fact.name}`: unknown parameter `{name}`", help))
        elif (parameter.kind, parameter.unit) != (Kind.NUMBER, WORKING_DAYS):
            message = f"`{fact.name}`: the parameter `{name}` is not a number of working days"
            problems.append(Problem(fact.place, message, f"give it `type: number` and `unit: {WORKING_DAYS}`"))
        else:
            counts = [entry.value.lo for entry in parameter.values if isinstance(entry.value, Interval)]
            for count in counts:
                if count.denominator != 1 or count < 1:
                    message = f"`{name}` is not a whole number of working days from 1 on"
                    problems.append(Problem(parameter.place, message, f"`{fact.name}` counts by it"))
                    break
