"""Every mutant of a pack: one small change in its rules or in its law, and the norms that it changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import date, timedelta
from typing import Final

from attrs import evolve, frozen

from ynpolicy.errors import Place
from ynpolicy.ir import (
    NOWHERE,
    All,
    Modality,
    Norm,
    Pack,
    Parameter,
)
from ynpolicy.mutation.changes import Change, Rewrite, Surroundings, rewrites
from ynpolicy.mutation.law import counts, of_count, of_parameter, reads, reads_any
from ynpolicy.mutation.versions import Mutant, version_of

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
class TableNorms:
    """The norms that one entry draws from a table: those in which changes are made, and the rows without any case."""

    id: str
    norms: tuple[Norm, ...]
    rows: int
    uncovered: tuple[str, ...]


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
        own = [norm for norm in every if reads(version_of(norm, pack), parameter.name)]
        if own:
            yield from of_parameter(parameter, own, around(own))
        counted = {f.name for f in pack.facts.values() if counts(f, parameter.name)}
        yield from of_count(parameter, [norm for norm in every if reads_any(norm, counted)], pack)


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
