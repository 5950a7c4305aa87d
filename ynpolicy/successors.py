"""A newer pack beside the one of a bundle: under the same readings and own tables, and with the names of the older.

A fact or a norm that the newer pack calls otherwise, and whose older name it keeps as an alias, gets that name back, so
that the two packs can be compared name by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from attrs import evolve, frozen

from ynpolicy.choices import choose
from ynpolicy.errors import Problem
from ynpolicy.ir import (
    All,
    AnyOf,
    Arithmetic,
    Compare,
    Condition,
    Deadline,
    FactRef,
    FactType,
    Holds,
    In,
    Lookup,
    Norm,
    Not,
    Overlaps,
    Pack,
    Progress,
    Term,
    Total,
    Within,
)
from ynpolicy.loader import find_pack, load_pack, read_pack
from ynpolicy.vocabulary import read_table

FACT_RENAMED: Final = "fact_renamed"
NORM_RENAMED: Final = "norm_renamed"
READING_GONE: Final = "reading_gone"
TABLE_GONE: Final = "table_gone"


@frozen
class Note:
    """Something that had to be settled before two packs could be compared: its kind, the older name, the newer."""

    kind: str
    name: str
    after: str = ""


@frozen
class Successor:
    """A newer pack with the older's names; `version` and `digest` are those of its files."""

    pack: Pack
    notes: tuple[Note, ...]


def successor(name: str | Path, older: Pack, readings: Mapping[str, str], tables: Mapping[str, bytes]) -> Successor:
    """The newer pack, by name or folder, made comparable with the older one. Raises `InputError`.

    A reading's option, and rows of a table, that it no longer has are left out and noted.
    """
    newer, notes = _under_tables(name, tables)
    kept = {
        reading: option
        for reading, option in readings.items()
        if reading in newer.readings and option in newer.readings[reading].options
    }
    notes += [Note(READING_GONE, f"{id}={option}") for id, option in readings.items() if id not in kept]
    newer = choose(newer, kept)
    facts = renamed(newer.facts, older.facts)
    norms = renamed(newer.norms, older.norms)
    notes += [Note(FACT_RENAMED, old, new) for new, old in facts.items()]
    notes += [Note(NORM_RENAMED, old, new) for new, old in norms.items()]
    return Successor(with_names(newer, facts, norms), tuple(notes))


def _under_tables(name: str | Path, tables: Mapping[str, bytes]) -> tuple[Pack, list[Note]]:
    newer = load_pack(name)
    if not tables:
        return newer, []
    notes: list[Note] = []
    with TemporaryDirectory(prefix="ynpolicy-") as folder:
        own = Path(folder)
        for file, data in tables.items():
            (own / file).write_bytes(data)
            if not _lies_over(own / file, newer):
                (own / file).unlink()
                notes.append(Note(TABLE_GONE, file))
        return (read_pack(find_pack(name), own) if len(notes) < len(tables) else newer), notes


def _lies_over(path: Path, pack: Pack) -> bool:
    """Whether a pack has a table of this name with this key and these columns."""
    problems: list[Problem] = []
    own = read_table(path, path.name, problems)
    base = pack.tables.get(path.stem)
    return own is not None and base is not None and own.key == base.key and set(own.columns) <= set(base.columns)


def renamed(newer: Mapping[str, FactType] | Mapping[str, Norm], older: Mapping[str, object]) -> dict[str, str]:
    """Newer names and the older ones that they keep as aliases, where the older name itself is gone."""
    found = {}
    for name, entry in newer.items():
        row = f"[{entry.row[1]}]" if isinstance(entry, Norm) and entry.row else ""
        old = [alias + row for alias in entry.aliases if alias + row in older and alias + row not in newer]
        if name not in older and old:
            found[name] = old[0]
    return found


# ---------------------------------------------------------------- other names


def with_names(pack: Pack, facts: Mapping[str, str], norms: Mapping[str, str]) -> Pack:
    """A pack with other names for some facts and norms, wherever they stand."""
    if not facts and not norms:
        return pack
    return evolve(
        pack,
        facts={facts.get(name, name): _fact(fact, facts) for name, fact in pack.facts.items()},
        norms={norms.get(id, id): _norm(norm, facts, norms) for id, norm in pack.norms.items()},
        territory={level: _lines(lines, facts) for level, lines in pack.territory.items()},
        claims=evolve(
            pack.claims,
            possible=tuple(evolve(one, holds=_lines(one.holds, facts)) for one in pack.claims.possible),
        ),
    )


def _fact(fact: FactType, names: Mapping[str, str]) -> FactType:
    derived = fact.derived
    match derived:
        case Lookup(source, table, column):
            derived = Lookup(names.get(source, source), table, column)
        case Total(parts):
            derived = Total(tuple(names.get(part, part) for part in parts))
        case Deadline(parameter, days):
            derived = Deadline(parameter, tuple(names.get(day, day) for day in days))
    arises = None if fact.arises is None else _lines(fact.arises, names)
    return evolve(fact, name=names.get(fact.name, fact.name), derived=derived, arises=arises)


def _norm(norm: Norm, facts: Mapping[str, str], norms: Mapping[str, str]) -> Norm:
    return evolve(
        norm,
        id=norms.get(norm.id, norm.id),
        applies=_lines(norm.applies, facts),
        requirement=None if norm.requirement is None else _lines(norm.requirement, facts),
        exemptions=tuple(evolve(one, when=_lines(one.when, facts)) for one in norm.exemptions),
        progress=None if norm.progress is None else _progress(norm.progress, facts),
    )


def _progress(progress: Progress, names: Mapping[str, str]) -> Progress:
    told = {key: names.get(name, name) for key in ("final", "latest", "year") for name in [getattr(progress, key)]}
    return evolve(progress, base=_term(progress.base, names), goal=_term(progress.goal, names), **told)


def _lines(lines: All, names: Mapping[str, str]) -> All:
    return evolve(lines, items=tuple(_condition(item, names) for item in lines.items))


def _condition(condition: Condition, names: Mapping[str, str]) -> Condition:
    match condition:
        case Not(item):
            return evolve(condition, item=_condition(item, names))
        case All(items) | AnyOf(items):
            return evolve(condition, items=tuple(_condition(item, names) for item in items))
        case Holds(term):
            return evolve(condition, term=evolve(term, name=names.get(term.name, term.name)))
        case In(item, members):
            return evolve(condition, item=_term(item, names), members=_term(members, names))
        case Compare(_, left, right) | Overlaps(left, right) | Within(left, right):
            return evolve(condition, left=_term(left, names), right=_term(right, names))


def _term(term: Term, names: Mapping[str, str]) -> Term:
    match term:
        case FactRef(name):
            return FactRef(names.get(name, name))
        case Arithmetic(_, left, right):
            return evolve(term, left=_term(left, names), right=_term(right, names))
    return term
