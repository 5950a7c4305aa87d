"""What of the packs makes a norm differ: the parts of the norm, and of all that it reads, side by side."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ynpolicy.amendments import Aspect, Element, elements_read, value_text
from ynpolicy.diff.canonical import facts_behind, in_force, parameters_behind
from ynpolicy.diff.relations import Side, Witness
from ynpolicy.diff.vocabulary import Common
from ynpolicy.diff.witnesses import read_witness
from ynpolicy.ir import Case, Norm, Pack


def elements(a: Side, b: Side, shared: Common, norm: Norm, witnesses: tuple[Witness, ...]) -> tuple[Element, ...]:
    """Every difference that a norm reads, as far as its first witness tells which rows and values count."""
    first = witnesses[0] if witnesses else None
    anywhere = Case("", norm.level, a.as_of or a.pack.since, {})
    case = read_witness(a, first.a.case) if first is not None and first.replays else anywhere
    found = elements_read(a.pack, shared.pack, norm.id, case)
    if a.as_of is None or b.as_of is None or a.as_of == b.as_of:
        return found
    return (*found, *_between_days(a.pack, a.as_of, shared.pack, b.as_of, norm.id))


def _between_days(a: Pack, day: date, b: Pack, later: date, id: str) -> Iterator[Element]:
    """What changes from one day to another: whether the norm is in force, and the values of the law that it reads."""
    sides = [(pack, when, pack.norms[id]) for pack, when in ((a, day), (b, later)) if id in pack.norms]
    if len(sides) < 2:
        return
    force = ["yes" if in_force(pack, norm, when) else "no" for pack, when, norm in sides]
    if force[0] != force[1]:
        yield Element("norm", id, sides[1][2].title, (Aspect("in_force", *force),))
    names: dict[str, None] = {}
    for pack, _, norm in sides:
        facts = [pack.facts[name] for name in facts_behind(pack, norm.conditions)]
        names |= dict.fromkeys(parameters_behind(norm.conditions, facts))
    for name in names:
        parameter = b.parameters.get(name) or a.parameters.get(name)
        entries = [pack.parameters[name].at(when) if name in pack.parameters else None for pack, when, _ in sides]
        values = [value_text(entry.value) if entry is not None else "" for entry in entries]
        if parameter is not None and values[0] != values[1]:
            yield Element("parameter", name, parameter.label, (Aspect("value", *values),))
