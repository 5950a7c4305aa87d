"""Whether two versions of a norm differ on some case.

First it is asked whether what the change touches is always as true as before; then cases near the pack's own are tried,
and then all cases.

All cases means: one for each that comparisons can tell apart. Booleans; the symbols that are told apart; numbers at,
just below and just above each threshold; days around each threshold, and around the days between which a norm or a
parameter is in force. Each fact is unknown, too, a set known in part, a derived fact in conflict with what it follows
from. Measured numbers are not tried, nor recorded reasons and reviews.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import product
from typing import Final

from attrs import evolve, field, frozen

from ynpolicy.choices import choose
from ynpolicy.ir import (
    All,
    AnyOf,
    Case,
    Condition,
    Literal,
    Modality,
    Not,
    Pack,
    Parameter,
    leaves,
    parameters_read,
    terms,
)
from ynpolicy.mutation.contrast import Contrast, conditions_of, finding_of, told
from ynpolicy.mutation.versions import Version, standing
from ynpolicy.values import Value
from ynpolicy.verdict import Finding, Outcome

MOST_ASSIGNMENTS: Final = 5_000
"""More assignments than this are not tried: whether the versions differ is then open."""

MOST_NUMBERS: Final = 8
"""Versions that turn on more numbers and days than this together are not tried on all cases."""

MOST_NEAR: Final = 4_000
"""At most so many changes of the pack's own cases are tried before all cases are."""


class Unfinished(Exception):
    """Not every case could be tried; the message says why."""


@frozen
class Witness:
    """A case on which two versions differ: its day and facts, and what either says.

    `near` is the title of the pack's own case from which it comes, and `changed` the facts in which it differs from it;
    without such a case `changed` holds all its facts, and `chosen` the options of the pack's readings other than the
    first. A fact without a value is not known.
    """

    as_of: date
    facts: Mapping[str, Value]
    before: Finding
    after: Finding
    changed: Mapping[str, Value | None]
    near: str = field(default="")
    chosen: Mapping[str, str] = field(factory=dict, hash=False)


def witness(
    pack: Pack, old: Version, new: Version, aliases: Sequence[Parameter], cases: Sequence[Case], most: int
) -> Witness | None:
    """A case on which two versions of a norm give different outcomes, or None where there is none.

    `aliases` are parameters that stand only in the versions, `cases` the pack's own, with the values of these. Raises
    `Unfinished` where more than `most` assignments would have to be tried, or the values to try were too many.
    """
    if any(_always_alike(pack, *pair, aliases, most) for pair in _inside(old, new)):
        return None
    found = _near(pack, old, new, cases)
    return _somewhere(pack, old, new, aliases, most) if found is None else found


def with_values(case: Case, parameters: Sequence[Parameter]) -> Case:
    """The case with the values that some more parameters have on its day."""
    entries = {parameter.name: parameter.at(case.as_of) for parameter in parameters}
    values = {name: e.value for name, e in entries.items() if e is not None and e.value is not None}
    return evolve(case, parameters={**case.parameters, **values}) if parameters else case


# ---------------------------------------------------------------- all cases


def _somewhere(pack: Pack, old: Version, new: Version, aliases: Sequence[Parameter], most: int) -> Witness | None:
    """The first of all cases on which two versions differ."""
    budget = [most]
    law = {**pack.parameters, **{alias.name: alias for alias in aliases}}
    read = {name for v in (old, new) for condition in conditions_of(v) for name in parameters_read(condition)}
    for chosen in _choices(pack, old, [law[name] for name in sorted(read)]):
        for case in _days(old, new, [standing(law[name], chosen) for name in sorted(read)]):
            contrast = Contrast(chosen, old, new, case)
            before, after = contrast.findings()
            if before.outcome is Outcome.NOT_IN_FORCE or after.outcome is Outcome.NOT_IN_FORCE:
                if told(before) != told(after):
                    return Witness(case.as_of, {}, before, after, {}, chosen=chosen.chosen)
                continue
            if contrast.numbers > MOST_NUMBERS:
                raise Unfinished(f"it turns on {contrast.numbers} numbers and days together")
            if _differ_below(contrast, 0, budget):
                facts = dict(contrast.board.values)
                return Witness(case.as_of, facts, *contrast.findings(), facts, chosen=chosen.chosen)
            if not contrast.is_exact:
                raise Unfinished("its facts have more values than can be tried")
    return None


def _choices(pack: Pack, old: Version, law: Sequence[Parameter]) -> Iterator[Pack]:
    """The pack under each choice of its readings that makes a difference and under which the norm stands."""
    under = [old.norm.under, *(entry.under for parameter in law for entry in parameter.every)]
    names = list(dict.fromkeys(name for options in under for name in options))
    for options in product(*(pack.readings[name].options for name in names)):
        chosen = choose(pack, dict(zip(names, options, strict=True))) if names else pack
        if chosen.takes(old.norm.under):
            yield chosen


def _differ_below(contrast: Contrast, start: int, budget: list[int]) -> bool:
    """Whether the versions differ for some values of the facts from `start` on; then these lie on the board."""
    budget[0] -= 1
    if budget[0] < 0:
        raise Unfinished("more cases would have to be tried than are allowed")
    if contrast.agree_for_good():
        return False
    at = contrast.next_from(start)
    if at is None:
        return contrast.differ()
    board, name = contrast.board, contrast.order[at]
    for value in contrast.options(name):
        mark = board.mark()
        if value is not board.values.get(name):
            board.lay(name, value)
        if _differ_below(contrast, at + 1, budget):
            return True
        board.undo(mark)
    return False


def _days(old: Version, new: Version, law: Sequence[Parameter]) -> Iterator[Case]:
    """A case without facts for each as-of date that makes a difference: in force or not, the law's values."""
    entries = [entry for parameter in law for entry in parameter.values]
    days = [v.since for v in (old, new)]
    days += [day for v in (old, new) for day in (v.norm.since, v.norm.until, v.norm.due) if day is not None]
    days += [day for entry in entries for day in (entry.since, entry.until) if day is not None]
    if any(parameter.is_day for parameter in law):
        days += [entry.value for entry in entries if isinstance(entry.value, date)]
        days += [day for v in (old, new) for condition in conditions_of(v) for day in _dates_in(condition)]
    seen = set()
    for day in sorted({day + timedelta(n) for day in days for n in (-1, 0, 1)}, key=lambda d: (d < old.since, d)):
        case = with_values(Case("-", old.norm.level, day, {}), law)
        states = tuple(told(finding_of(version, case))[::2] for version in (old, new))
        key = (states, tuple(case.parameters.items()))
        if key not in seen:
            seen.add(key)
            yield case


def _dates_in(condition: Condition) -> Iterator[date]:
    """The days written into the comparisons of a condition."""
    for leaf in leaves(condition):
        for term in terms(leaf):
            if isinstance(term, Literal) and isinstance(term.value, date):
                yield term.value


# ---------------------------------------------------------------- the conditions that a change touches


def _always_alike(pack: Pack, old: Version, new: Version, aliases: Sequence[Parameter], most: int) -> bool:
    """Whether two versions are known not to differ."""
    try:
        return _somewhere(pack, old, new, aliases, most) is None
    except Unfinished:
        return False


def _inside(old: Version, new: Version) -> Iterator[tuple[Version, Version]]:
    """Versions that say no more than whether a condition holds, for the conditions that differ, the innermost first.

    Where such a pair never differs, nor do the versions.
    """
    a, b = old.norm, new.norm
    parts = [(old.territory, new.territory), *zip(a.conditions, b.conditions, strict=False)]
    differing = [(x, y) for x, y in parts if x != y]
    same_shape = evolve(a, applies=b.applies, requirement=b.requirement, exemptions=b.exemptions) == b
    if len(differing) == 1 and same_shape and [e.id for e in a.exemptions] == [e.id for e in b.exemptions]:
        for pair in reversed(_nested(*differing[0])):
            yield _whether(old, pair[0]), _whether(old, pair[1])


def _nested(a: Condition, b: Condition) -> list[tuple[Condition, Condition]]:
    """Two different conditions, and within them the pairs of items that are all their difference, outermost first."""
    match a, b:
        case (All(own), All(other)) | (AnyOf(own), AnyOf(other)) if len(own) == len(other):
            differing = [(x, y) for x, y in zip(own, other, strict=True) if x != y]
        case Not(item), Not(other_item):
            differing = [(item, other_item)]
        case _:
            differing = []
    return [(a, b), *(_nested(*differing[0]) if len(differing) == 1 else [])]


def _whether(version: Version, condition: Condition) -> Version:
    """A version that asks for review while a condition holds, and no more."""
    lines = All((condition,))
    norm = evolve(version.norm, modality=Modality.REVIEW, applies=lines, requirement=None, exemptions=())
    return evolve(version, norm=norm, territory=All(()))


# ---------------------------------------------------------------- near the pack's own cases


def _near(pack: Pack, old: Version, new: Version, cases: Sequence[Case]) -> Witness | None:
    """A case on which the versions differ that has one fact, or two, other than one of the pack's own cases.

    One on which either version leaves something open only where no other is found.
    """
    contrasts: dict[object, Contrast] = {}
    budget = MOST_NEAR
    fallback = None
    for facts in (1, 2):
        for case in cases:
            law = (case.as_of, tuple(case.parameters.items()))
            if law not in contrasts:
                bare = evolve(case, values={}, missing={}, justified={}, reviewed={})
                contrasts[law] = Contrast(pack, old, new, bare)
            contrast = contrasts[law]
            board = contrast.board
            mark = board.mark()
            for name in contrast.order:
                if name in case.values and not contrast.follows(name):
                    board.lay(name, case.values[name])
            given = dict(board.values)
            for _ in _changes(contrast, 0, facts):
                budget -= 1
                if contrast.differ():
                    now = ((name, board.values.get(name)) for name in contrast.order)
                    values = {name: value for name, value in now if value != given.get(name)}
                    before, after = contrast.findings()
                    found = Witness(case.as_of, dict(board.values), before, after, values, case.title)
                    if Outcome.UNDETERMINED not in (before.outcome, after.outcome):
                        return found
                    fallback = fallback or found
                if budget <= 0:
                    return fallback
            board.undo(mark)
        if fallback is not None:
            return fallback
    return None


def _changes(contrast: Contrast, start: int, facts: int) -> Iterator[None]:
    """Lays other values for up to so many facts, from `start` in the order on; yields while they lie."""
    yield
    board = contrast.board
    for at in range(start, len(contrast.order) if facts else start):
        name = contrast.order[at]
        if contrast.follows(name):
            continue
        for value in tuple(contrast.nearby(name)):
            mark = board.mark()
            board.lay(name, value)
            yield from _changes(contrast, at + 1, facts - 1)
            board.undo(mark)
