"""Of a case that shows a fault, the part that still shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

from attrs import evolve

from ynpolicy.errors import InputError
from ynpolicy.ir import Case
from ynpolicy.testing.learning import narrows
from ynpolicy.testing.properties import Property
from ynpolicy.testing.subject import Drawn, Subject
from ynpolicy.testing.written import as_normalised, follows

T = TypeVar("T")


def smallest(subject: Subject, found: Property, drawn: Drawn) -> Drawn:
    """The same cases without the facts and records that the fault does not need; no single one can be left out."""
    left_out = True
    while left_out:
        left_out = False
        for fewer in _without_one(subject, drawn):
            if _is_related(fewer) and any(found.wrongs(subject, fewer)):
                drawn, left_out = fewer, True
                break
    return drawn


def _without_one(subject: Subject, drawn: Drawn) -> Iterator[Drawn]:
    """The cases without one fact that they state, or one record."""
    names = dict.fromkeys(name for case in drawn.cases for name in (*case.values, *case.missing))
    records = dict.fromkeys(id for case in drawn.cases for id in (*case.justified, *case.reviewed))
    for name in (*names, *records):
        if any(follows(case, name) for case in drawn.cases):
            continue
        try:
            fewer = tuple(as_normalised(subject.pack, _without(case, name)) for case in drawn.cases)
        except InputError:
            continue
        yield evolve(drawn, cases=fewer)


def _without(case: Case, name: str) -> Case:
    return evolve(
        case,
        values=_other_than(name, case.values),
        missing=_other_than(name, case.missing),
        justified=_other_than(name, case.justified),
        reviewed=_other_than(name, case.reviewed),
    )


def _other_than(name: str, held: Mapping[str, T]) -> dict[str, T]:
    return {key: value for key, value in held.items() if key != name}


def _is_related(drawn: Drawn) -> bool:
    """Whether of two cases the second still knows all that the first does."""
    first, last = drawn.cases[0], drawn.cases[-1]
    return all(narrows(value, last.values.get(name)) for name, value in first.values.items())
