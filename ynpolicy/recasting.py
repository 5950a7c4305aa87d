"""A case that was read by one pack, read by another: its facts under the names that the other pack knows.

What the other pack does not know or not accept is left out and named. Nothing is put in its place, so a finding that
needs it is undetermined.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attrs import evolve, frozen

from ynpolicy.cases import RawCase
from ynpolicy.documents import Mapping, Node, Scalar, Sequence
from ynpolicy.errors import InputError, Place, Problem
from ynpolicy.ir import Case, Pack
from ynpolicy.location import Location
from ynpolicy.normalise import named_facts, normalise
from ynpolicy.values import SymbolSet

FACT_GONE: Final = "fact_gone"
ANSWER_REFUSED: Final = "answer_refused"
RECORD_REFUSED: Final = "record_refused"


@frozen
class LeftOut:
    """What of a case the other pack does not take: one of the kinds above, its name, and the problem with it."""

    kind: str
    name: str
    problem: Problem | None = None


@frozen
class Recast:
    """A case read by another pack; None, and what is wrong with it, where it cannot be read even so."""

    case: Case | None
    left_out: tuple[LeftOut, ...] = ()
    problems: tuple[Problem, ...] = ()


def by_name(pack: Pack, raw: RawCase) -> RawCase:
    """The case with each fact under its name in the pack by which it was read."""
    facts = tuple((Scalar(name, False, key.place), node) for name, key, node in named_facts(pack, raw, []))
    return evolve(raw, facts=Mapping(facts, raw.facts.place) if raw.facts is not None else None)


def recast(pack: Pack, raw: RawCase, known: Case) -> Recast:
    """A case of `by_name`, read by another pack on the day of the case `known`, as which its own pack reads it."""
    left_out: list[LeftOut] = []
    facts = dict[str, tuple[Scalar, Node]]()
    for key, node in raw.facts.items if raw.facts is not None else ():
        if key.text in pack.facts:
            facts[key.text] = (key, node)
        else:
            left_out.append(LeftOut(FACT_GONE, key.text))
    location, unknown = _known_part(pack, known.location)
    left_out += [LeftOut(FACT_GONE, name) for name in unknown if name not in {one.name for one in left_out}]
    tried: set[str] = set()
    while True:
        whole = evolve(raw, facts=Mapping(tuple(facts.values())))
        try:
            return Recast(normalise(pack, whole, known.as_of, location), tuple(left_out))
        except InputError as error:
            problems = error.problems
        refused = _refused(facts, problems)
        records = {index for problem in problems for index in _records_at(raw, problem.place)}
        if not refused and not records:
            return Recast(None, tuple(left_out), problems)
        for name, problem in refused.items():
            value = known.values.get(name)
            if name not in tried and isinstance(value, (str, SymbolSet)):
                tried.add(name)
                facts[name] = (facts[name][0], _by_id(value, facts[name][1].place))
            else:
                del facts[name]
                left_out.append(LeftOut(ANSWER_REFUSED, name, problem))
        if records:
            bad = (problem for problem in problems if any(_records_at(raw, problem.place)))
            left_out += [LeftOut(RECORD_REFUSED, _norm_of(raw, problem), problem) for problem in bad]
            raw = _without(raw, records)


def _known_part(pack: Pack, location: Location | None) -> tuple[Location | None, list[str]]:
    """What geometry found for facts that a pack knows, and the names of the other facts."""
    if location is None:
        return None, []
    distances = tuple(one for one in location.distances if one.fact in pack.facts)
    units = tuple(one for one in location.units if one.fact in pack.facts)
    names = [*(one.fact for one in location.distances), *(one.fact for one in location.units)]
    unknown = [name for name in dict.fromkeys(names) if name not in pack.facts]
    return evolve(location, distances=distances, units=units), unknown


def _refused(facts: dict[str, tuple[Scalar, Node]], problems: tuple[Problem, ...]) -> dict[str, Problem]:
    """The facts at whose places there are problems, each with the first of them."""
    where = {place: name for name, (key, node) in facts.items() for place in (key.place, *_places(node))}
    found: dict[str, Problem] = {}
    for problem in problems:
        if problem.place in where:
            found.setdefault(where[problem.place], problem)
    return found


def _places(node: Node) -> Iterator[Place]:
    yield node.place
    match node:
        case Sequence(items):
            for item in items:
                yield from _places(item)
        case Mapping(items):
            for key, item in items:
                yield key.place
                yield from _places(item)


def _by_id(value: str | SymbolSet, place: Place) -> Node:
    """A symbol or a set of symbols by their ids, which outlive their labels."""
    if isinstance(value, str):
        return Scalar(value, False, place)
    members = Sequence(tuple(Scalar(member, False, place) for member in sorted(value.members)), place)
    if value.complete:
        return members
    parts = (("includes", members), ("complete", Scalar("false", True, place)))
    return Mapping(tuple((Scalar(key, True, place), node) for key, node in parts), place)


# ---------------------------------------------------------------- records


def _records_at(raw: RawCase, place: Place) -> Iterator[tuple[str, int]]:
    for key in ("justifications", "reviews"):
        nodes: Sequence | None = getattr(raw, key)
        for index, node in enumerate(nodes.items if nodes else ()):
            if place in _places(node):
                yield key, index


def _norm_of(raw: RawCase, problem: Problem) -> str:
    """What a refused record calls its norm."""
    for key, index in _records_at(raw, problem.place):
        node = getattr(raw, key).items[index]
        for name in ("norm", "规范"):
            norm = node.get(name) if isinstance(node, Mapping) else None
            if isinstance(norm, Scalar):
                return norm.text
    return ""


def _without(raw: RawCase, records: set[tuple[str, int]]) -> RawCase:
    def kept(key: str) -> Sequence | None:
        nodes: Sequence | None = getattr(raw, key)
        if nodes is None:
            return None
        return evolve(nodes, items=tuple(node for i, node in enumerate(nodes.items) if (key, i) not in records))

    return evolve(raw, justifications=kept("justifications"), reviews=kept("reviews"))
