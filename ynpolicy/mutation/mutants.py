"""Every mutant of a pack: one small change in its rules or in its law, and the norms that it changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from attrs import evolve, field, frozen

from ynpolicy.errors import Place
from ynpolicy.ir import (
    NOWHERE,
    All,
    Compare,
    Condition,
    DatedValue,
    Deadline,
    FactRef,
    FactType,
    In,
    Modality,
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
from ynpolicy.mutation.changes import Change, Rewrite, Surroundings, fine_step, rewrites, step_of, with_parameter
from ynpolicy.values import Interval, SymbolSet, Value, exact, number_text

OTHER_FORCE: Final[Mapping[Modality, Modality]] = {
    Modality.MUST: Modality.SHOULD,
    Modality.SHOULD: Modality.MUST,
    Modality.MUST_NOT: Modality.SHOULD_NOT,
    Modality.SHOULD_NOT: Modality.MUST_NOT,
    Modality.REVIEW: Modality.MAY,
    Modality.MAY: Modality.REVIEW,
}


Symbols = Mapping[str, Set[str]]
"""Some symbols of each of some facts."""


@frozen
class Version:
    """A norm as it is judged: with the territory of its level, and the first day of the pack."""

    norm: Norm
    territory: All
    since: date


@frozen
class Mutant:
    """One change, in words and with its place, and the norms that it changes: each as it was and as it becomes.

    `subject` is the norm, table of norms, parameter or territory that is changed. `aliases` are parameters that only
    the changed norms read. `counts` is a changed number of working days: the norms stay as they are, and the deadlines
    that they read are counted again.
    """

    subject: str
    change: Change
    words: str
    place: Place
    pairs: tuple[tuple[Version, Version], ...]
    aliases: tuple[Parameter, ...] = field(default=())
    counts: Parameter | None = None


@frozen
class TableNorms:
    """The norms that one entry draws from a table: those in which changes are made, and the rows without any case."""

    id: str
    norms: tuple[Norm, ...]
    rows: int
    uncovered: tuple[str, ...]


def standing(parameter: Parameter, pack: Pack) -> Parameter:
    """A parameter with the values that stand under the options that a pack has chosen of its readings."""
    if not any(entry.under for entry in parameter.every):
        return parameter
    return evolve(parameter, values=tuple(entry for entry in parameter.every if pack.takes(entry.under)))


def base_of(norm: Norm) -> str:
    """The id of the entry that a norm stands in: its own without the row."""
    return norm.id.partition("[")[0]


def table_norms(pack: Pack, covered: Set[str]) -> tuple[TableNorms, ...]:
    """The tables of norms, given the norms that have a case. Where no row has one, the first row stands in."""
    groups: dict[str, list[Norm]] = defaultdict(list)
    for norm in pack.norms.values():
        if "[" in norm.id:
            groups[base_of(norm)].append(norm)
    return tuple(
        TableNorms(
            id=base,
            norms=tuple(norm for norm in norms if norm.id in covered) or (norms[0],),
            rows=len(norms),
            uncovered=tuple(norm.id for norm in norms if norm.id not in covered),
        )
        for base, norms in groups.items()
    )


def mutants(pack: Pack, stated: Mapping[str, Symbols]) -> Iterator[Mutant]:
    """Every mutant of a pack, given the norms that have a case and the symbols that their cases state of each fact.

    The norms of a table are written once and so are changed once: the same change in every row that has a case.
    """

    def around(norms: Sequence[Norm]) -> Surroundings:
        told: dict[str, set[str]] = defaultdict(set)
        for norm in norms:
            for name, symbols in stated.get(norm.id, {}).items():
                told[name] |= symbols
        return Surroundings(pack, told)

    tables = {table.id: table.norms for table in table_norms(pack, stated.keys())}
    groups: dict[str, Sequence[Norm]] = {}
    for norm in pack.norms.values():
        base = base_of(norm)
        groups.setdefault(base, tables[base] if "[" in norm.id else (norm,))
    for base, norms in groups.items():
        yield from _of_group(base, norms, around(norms))
    every = tuple(norm for norms in groups.values() for norm in norms)
    for level, territory in pack.territory.items():
        own = [norm for norm in every if norm.level == level]
        yield from _of_territory(level, territory, own, around(own))
    yield from _of_first_day([norm for norm in every if norm.since is None], pack)
    for parameter in pack.parameters.values():
        own = [norm for norm in every if _reads(version_of(norm, pack), parameter.name)]
        if own:
            yield from _of_parameter(parameter, own, around(own))
        counted = {f.name for f in pack.facts.values() if _counts(f, parameter.name)}
        yield from _of_count(parameter, [norm for norm in every if _reads_any(norm, counted)], pack)


def version_of(norm: Norm, pack: Pack) -> Version:
    """A norm as the pack has it."""
    return Version(norm, pack.territory.get(norm.level, All(())), pack.since)


# ---------------------------------------------------------------- norms


@frozen
class _Changed:
    change: Change
    words: str
    place: Place
    norm: Norm
    spot: str
    aliases: tuple[Parameter, ...] = ()


def _of_group(base: str, norms: Sequence[Norm], around: Surroundings) -> Iterator[Mutant]:
    found: dict[tuple[Change, str], list[tuple[Norm, _Changed]]] = defaultdict(list)
    for norm in norms:
        seen = {norm}
        for changed in _of_norm(norm, around):
            if changed.norm not in seen:
                seen.add(changed.norm)
                found[changed.change, changed.spot].append((norm, changed))
    for (change, _), made in found.items():
        first = made[0][1]
        aliases = {alias.name: alias for _, changed in made for alias in changed.aliases}
        pairs = tuple((old := version_of(norm, around.pack), evolve(old, norm=changed.norm)) for norm, changed in made)
        place = first.place if first.place != NOWHERE else norms[0].place
        yield Mutant(base, change, first.words, place, pairs, tuple(aliases.values()))


def _of_norm(norm: Norm, around: Surroundings) -> Iterator[_Changed]:
    for rewrite in rewrites(norm.applies, around):
        yield _put(rewrite, evolve(norm, applies=_lines(rewrite)), "applies")
    if norm.requirement is not None:
        for rewrite in rewrites(norm.requirement, around):
            yield _put(rewrite, evolve(norm, requirement=_lines(rewrite)), "requires")
    for i, exemption in enumerate(norm.exemptions):
        before, after = norm.exemptions[:i], norm.exemptions[i + 1 :]
        words = f"exception `{exemption.id}` left out"
        fewer = evolve(norm, exemptions=(*before, *after))
        yield _Changed(Change.EXCEPTION, words, exemption.place, fewer, exemption.id)
        for rewrite in rewrites(exemption.when, around):
            new = evolve(norm, exemptions=(*before, evolve(exemption, when=_lines(rewrite)), *after))
            yield _put(rewrite, new, f"except {exemption.id}")
    other = OTHER_FORCE[norm.modality]
    words = f"`{norm.modality.value}` becomes `{other.value}`"
    yield _Changed(Change.MODALITY, words, norm.place, evolve(norm, modality=other), "")
    for name, day in (("since", norm.since), ("until", norm.until), ("due", norm.due)):
        if day is not None:
            for sign in (1, -1):
                moved = day + timedelta(sign)
                words = f"`{name}: {day}` becomes `{name}: {moved}`"
                yield _Changed(Change.DATE, words, norm.place, _on(norm, name, moved), f"{name} {sign}")


def _on(norm: Norm, name: str, day: date) -> Norm:
    match name:
        case "since":
            return evolve(norm, since=day)
        case "until":
            return evolve(norm, until=day)
        case _:
            return evolve(norm, due=day)


def _lines(rewrite: Rewrite) -> All:
    """The lines that a rewrite of a list of lines results in."""
    new = rewrite.condition
    return new if isinstance(new, All) else All((new,))


def _put(rewrite: Rewrite, norm: Norm, part: str) -> _Changed:
    return _Changed(rewrite.change, rewrite.words, rewrite.place, norm, f"{part}{rewrite.spot}", rewrite.aliases)


# ---------------------------------------------------------------- what the whole pack shares


def _of_territory(level: str, territory: All, norms: Sequence[Norm], around: Surroundings) -> Iterator[Mutant]:
    for rewrite in rewrites(territory, around):
        pairs = tuple((old := version_of(norm, around.pack), evolve(old, territory=_lines(rewrite))) for norm in norms)
        place = rewrite.place if rewrite.place != NOWHERE else territory.place
        yield Mutant(f"territory of {level}", rewrite.change, rewrite.words, place, pairs, rewrite.aliases)


def _of_first_day(norms: Sequence[Norm], pack: Pack) -> Iterator[Mutant]:
    for sign in (1, -1):
        moved = pack.since + timedelta(sign)
        pairs = tuple((old := version_of(norm, pack), evolve(old, since=moved)) for norm in norms)
        words = f"`since: {pack.since}` becomes `since: {moved}`"
        yield Mutant("first day of the pack", Change.DATE, words, Place(f"{pack.id}/pack.yaml"), pairs)


def _of_parameter(parameter: Parameter, norms: Sequence[Norm], around: Surroundings) -> Iterator[Mutant]:
    pack = around.pack
    name, alias = parameter.name, f"{parameter.name} changed"
    pairs = tuple((old := version_of(norm, pack), _with_other_parameter(old, name, alias)) for norm in norms)
    for change, words, values in (*_values(parameter, around), *_spans(parameter)):
        changed = standing(evolve(parameter, name=alias, values=values, every=values), pack)
        yield Mutant(f"parameter {name}", change, words, parameter.place, pairs, (changed,))


def _counts(fact: FactType, parameter: str) -> bool:
    """Whether a fact is a deadline so many working days away as a parameter says."""
    return isinstance(fact.derived, Deadline) and fact.derived.parameter == parameter


def _reads_any(norm: Norm, facts: Set[str]) -> bool:
    return any(name in facts for condition in norm.conditions for name in facts_read(condition))


def _of_count(parameter: Parameter, norms: Sequence[Norm], pack: Pack) -> Iterator[Mutant]:
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


def _reads(version: Version, parameter: str) -> bool:
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
