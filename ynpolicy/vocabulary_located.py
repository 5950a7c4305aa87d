"""What a vocabulary says that geometry can answer: a distance to rivers, or the administrative unit of a site."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ynpolicy.errors import Problem, nearest
from ynpolicy.fields import Fields
from ynpolicy.ir import ByBoundaries, ByRivers, FactType, Kind, Parameter
from ynpolicy.law import RANKS

LOCATE_KEYS: Final = (("rivers", "ranks", "buffer"), ("boundaries",))
"""The keys of each sort of `locate`; they do not mix."""
UNITS: Final = ("county",)
"""The kinds of administrative unit that a boundary layer may hold."""
METRE: Final = "m"


def read_located(fields: Fields) -> ByRivers | ByBoundaries | None:
    """What `locate` of a fact says; None where there is none."""
    node = fields.node("locate")
    if node is None:
        return None
    known = tuple(key for keys in LOCATE_KEYS for key in keys)
    inner = Fields(node, known, fields.problems, f"`locate` of {fields.what}")
    if inner.has("boundaries"):
        for key in LOCATE_KEYS[0]:
            if inner.has(key):
                inner.report(inner.found[key].place, f"`{key}` does not go with boundaries", "write boundaries alone")
        kind = inner.choice("boundaries", UNITS)
        return ByBoundaries(kind or UNITS[0])
    if inner.node("rivers", required=True) is None or inner.node("ranks", required=True) is None:
        return None
    for rank in inner.words("ranks"):
        if rank.text not in RANKS:
            help = nearest(rank.text, RANKS) or f"ranks are {', '.join(RANKS)}"
            inner.report(rank.place, f"unknown rank `{rank.text}`", help)
    for key in ("rivers", "ranks"):
        if not inner.texts(key):
            inner.report(inner.found[key].place, f"`{key}` is empty", "write a list")
    return ByRivers(inner.texts("rivers"), inner.texts("ranks"), inner.text("buffer"))


def check_located(facts: Mapping[str, FactType], parameters: Mapping[str, Parameter], problems: list[Problem]) -> None:
    """Reports facts of a type that geometry cannot answer, and buffers that are no lengths of the law."""
    for fact in facts.values():
        match fact.located:
            case ByRivers(buffer=buffer):
                if (fact.kind, fact.unit) != (Kind.NUMBER, METRE):
                    message = f"`{fact.name}` is located by rivers and is not a number in {METRE}"
                    problems.append(Problem(fact.place, message, f"give it `type: number` and `unit: {METRE}`"))
                parameter = parameters.get(buffer)
                if buffer and parameter is None:
                    help = nearest(buffer, parameters) or "parameters stand in parameters.yaml"
                    problems.append(Problem(fact.place, f"`{fact.name}`: unknown parameter `{buffer}`", help))
                elif parameter is not None and (parameter.kind, parameter.unit) != (Kind.NUMBER, METRE):
                    message = f"`{fact.name}`: the parameter `{buffer}` is not a number in {METRE}"
                    problems.append(Problem(fact.place, message, "a buffer is a length that the law draws"))
            case ByBoundaries():
                if fact.kind is not Kind.SYMBOL:
                    message = f"`{fact.name}` is located by boundaries and is a {fact.kind.value}"
                    problems.append(Problem(fact.place, message, "give it `type: symbol`, with the units' codes"))
            case None:
                continue
