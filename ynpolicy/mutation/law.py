"""Mutants of the law's values: each value of a parameter nudged, each day on which one begins or ends moved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from datetime import date, timedelta
from fractions import Fraction

from attrs import evolve

from ynpolicy.ir import (
    All,
    Compare,
    Condition,
    DatedValue,
    Deadline,
    FactRef,
    FactType,
    In,
    Norm,
    Overlaps,
    Pack,
    Parameter,
    ParameterRef,
    Term,
    Within,
    facts_read,
    leaves,
    parameters_read,
    terms,
)
from ynpolicy.mutation.changes import Change, Surroundings, fine_step, step_of, with_parameter
from ynpolicy.mutation.versions import Mutant, Version, standing, version_of
from ynpolicy.values import Interval, SymbolSet, Value, exact, number_text


def of_parameter(parameter: Parameter, norms: Sequence[Norm], around: Surroundings) -> Iterator[Mutant]:
    """Each value and each day of a parameter changed, for the norms that read it."""
    pack = around.pack
    name, alias = parameter.name, f"{parameter.name} changed"
    pairs = tuple((old := version_of(norm, pack), _with_other_parameter(old, name, alias)) for norm in norms)
    for change, words, values in (*_values(parameter, around), *_spans(parameter)):
        changed = standing(evolve(parameter, name=alias, values=values, every=values), pack)
        yield Mutant(f"parameter {name}", change, words, parameter.place, pairs, (changed,))


def counts(fact: FactType, parameter: str) -> bool:
    """Whether a fact is a deadline so many working days away as a parameter says."""
    return isinstance(fact.derived, Deadline) and fact.derived.parameter == parameter


def reads_any(norm: Norm, facts: Set[str]) -> bool:
    """Whether a norm reads one of some facts."""
    return any(name in facts for condition in norm.conditions for name in facts_read(condition))


def of_count(parameter: Parameter, norms: Sequence[Norm], pack: Pack) -> Iterator[Mutant]:
    """A number of working days one more and one less."""
    values = parameter.every or parameter.values
    pairs = tuple((version := version_of(norm, pack), version) for norm in norms)
    for i, entry in enumerate(values if norms else ()):
        match entry.value:
            case Interval(number):
                for days in (number + 1, number - 1):
                    nudged = (*values[:i], evolve(entry, value=exact(days)), *values[i + 1 :])
                    changed = standing(evolve(parameter, values=nudged, every=nudged), pack)
                    words = f"{number_text(number)} working days become {number_text(days)}"
                    subject = f"parameter {parameter.name}"
                    yield Mutant(subject, Change.PARAMETER, words, parameter.place, pairs, counts=changed)


def reads(version: Version, parameter: str) -> bool:
    """Whether a norm, or the territory of its level, reads a parameter."""
    return any(parameter in parameters_read(condition) for condition in (*version.norm.conditions, version.territory))


def _with_other_parameter(old: Version, name: str, alias: str) -> Version:
    def other(lines: All) -> All:
        return evolve(lines, items=tuple(with_parameter(item, name, alias) for item in lines.items))

    norm = old.norm
    changed = evolve(
        norm,
        applies=other(norm.applies),
        requirement=None if norm.requirement is None else other(norm.requirement),
        exemptions=tuple(evolve(exemption, when=other(exemption.when)) for exemption in norm.exemptions),
    )
    return evolve(old, norm=changed, territory=other(old.territory))


def _values(parameter: Parameter, around: Surroundings) -> Iterator[tuple[Change, str, tuple[DatedValue, ...]]]:
    """Each value of a parameter nudged, in words and with all values that result."""
    values = parameter.every or parameter.values
    for i, entry in enumerate(values):
        before, after = values[:i], values[i + 1 :]
        where = "".join(f" under {name}={'/'.join(options)}" for name, options in entry.under.items())
        where += f" since {entry.since}" if entry.since is not None and len(values) > 1 else ""
        for words, value in _nudged(parameter, entry.value, around):
            yield Change.PARAMETER, f"{words}{where}", (*before, evolve(entry, value=value), *after)


def _nudged(parameter: Parameter, value: Value | None, around: Surroundings) -> Iterator[tuple[str, Value]]:
    match value:
        case bool():
            yield f"{value} becomes {not value}", not value
        case str():
            other = _another(parameter, {value}, around)
            if other is not None:
                yield f"`{value}` becomes `{other}`", other
        case date():
            for moved in (value + timedelta(1), value - timedelta(1)):
                yield f"{value} becomes {moved}", moved
        case Interval(number):
            step = _step(parameter, number, around.pack)
            for moved_to in (number + step, number - step):
                yield f"{number_text(number)} becomes {number_text(moved_to)}", exact(moved_to)
        case SymbolSet(members):
            for member in sorted(members):
                yield f"without `{member}`", SymbolSet(members - {member})
            other = _another(parameter, members, around)
            if other is not None:
                yield f"with `{other}`", SymbolSet(members | {other})


def _another(parameter: Parameter, without: Set[str], around: Surroundings) -> str | None:
    """A symbol that a parameter does not have, of a fact that is compared with it."""
    sides = dict.fromkeys(other for _, other in _partners(parameter.name, around.pack))
    return around.another([side.name for side in sides if isinstance(side, FactRef)], without)


def _step(parameter: Parameter, number: Fraction, pack: Pack) -> Fraction:
    """The finest step of the comparisons that compare a parameter as it stands; else one place past its last."""
    steps = [step_of(leaf, pack) for leaf, other in _partners(parameter.name, pack) if isinstance(leaf, Compare)]
    return min(steps, default=fine_step(number))


def _partners(name: str, pack: Pack) -> Iterator[tuple[Compare | In | Overlaps | Within, Term]]:
    """The comparisons of which a parameter is one whole side, and their other side."""
    for condition in _conditions(pack):
        for leaf in leaves(condition):
            match leaf:
                case Compare() | In() | Overlaps() | Within():
                    left, right = terms(leaf)
                    if ParameterRef(name) == right:
                        yield leaf, left
                    elif ParameterRef(name) == left:
                        yield leaf, right


def _conditions(pack: Pack) -> Iterable[Condition]:
    yield from pack.territory.values()
    for norm in pack.norms.values():
        yield from norm.conditions


def _spans(parameter: Parameter) -> Iterator[tuple[Change, str, tuple[DatedValue, ...]]]:
    """Each first and last day of a parameter's values moved; a day where one value follows another moves in both."""
    values = parameter.every or parameter.values
    for i, entry in enumerate(values):
        for sign in (1, -1):
            step = timedelta(sign)
            if entry.since is not None:
                last = entry.since - timedelta(1)
                moved = [evolve(e, until=last + step) if _meets(e, last, entry) else e for e in values]
                moved[i] = evolve(entry, since=entry.since + step)
                yield Change.DATE, f"`since: {entry.since}` becomes `since: {entry.since + step}`", tuple(moved)
            if entry.until is not None and not any(_meets(entry, _day_before(other), other) for other in values):
                new = evolve(entry, until=entry.until + step)
                words = f"`until: {entry.until}` becomes `until: {entry.until + step}`"
                yield Change.DATE, words, (*values[:i], new, *values[i + 1 :])


def _meets(entry: DatedValue, last: date | None, other: DatedValue) -> bool:
    """Whether an entry ends on the day before another of the same readings begins."""
    return last is not None and entry.until == last and entry.under == other.under


def _day_before(entry: DatedValue) -> date | None:
    return None if entry.since is None else entry.since - timedelta(1)
