"""What a table of cases may look like, whichever engine reads it; what is wrong with it is said in the same words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from ynpolicy.engines.lowering.columns import AS_OF_COLUMN, DECIMALS, Column, Layout, high_end, low_end
from ynpolicy.errors import InputError, Place, Problem, nearest
from ynpolicy.ir import LEVELS, Kind, Pack

TABLE: Final = Place("table")


def layout_of(pack: Pack, level: str, decimals: Mapping[str, int] | None) -> Layout:
    """The layout of a level of a pack.

    Raises `InputError` for an unknown level or fact, and `EnvelopeError` where a condition reads what no condition can.
    """
    problems = []
    if level not in LEVELS:
        help = nearest(level, LEVELS) or f"levels are {', '.join(LEVELS)}"
        problems.append(Problem(Place("level"), f"unknown level `{level}`", help))
    for name, places in (decimals or {}).items():
        if name not in pack.facts or pack.facts[name].kind is not Kind.NUMBER:
            help = nearest(name, pack.facts) or "`ynpolicy facts` lists them"
            problems.append(Problem(Place("decimals"), f"`{name}` is no number of the pack", help))
        elif not 0 <= places <= DECIMALS:
            message = f"`{name}` cannot have {places} decimals"
            problems.append(Problem(Place("decimals"), message, f"0 to {DECIMALS}"))
    if problems:
        raise InputError(problems)
    return Layout.of(pack, level, decimals)


def misplaced(pack: Pack, layout: Layout, names: Collection[str], one_date: bool) -> Iterator[Problem]:
    """What is wrong with the names of a table's columns.

    Columns that look like a fact or a record and are none of the level's, numbers without both their ends, and a
    missing as-of date.
    """
    groups = {name.split(".")[0] for name in pack.facts}
    asked = {name: fact for name, fact in pack.facts.items() if not fact.levels or layout.level in fact.levels}
    for name in names:
        if name in layout.columns:
            continue
        bare, _, inner = name.removesuffix("]").partition("[")
        group, _, rest = bare.partition(".")
        if bare in ("justified", "reviewed") and inner:
            help = nearest(name, layout.columns) or "it names a norm in principle, or one that asks for review"
            yield Problem(TABLE, f"column `{name}` records what no norm of a {layout.level} asks for", help)
        elif rest and group in groups:
            fact = asked.get(f"{group}.{rest.split('.')[0]}")
            if fact is None or (inner and inner not in fact.symbols):
                help = nearest(name, layout.columns) or "`ynpolicy facts` lists what may be said"
                yield Problem(TABLE, f"column `{name}` is no fact of a {layout.level}", help)
    for name in layout.facts:
        ends = [end for end in (low_end(name), high_end(name)) if end in names]
        if len(ends) == 1:
            yield Problem(TABLE, f"column `{ends[0]}` stands without the other end", "give both ends of a range")
        elif ends and name in names:
            help = "keep the exact number, or both ends of its range"
            yield Problem(TABLE, f"column `{name}` stands beside `{ends[0]}`", help)
    if not one_date and AS_OF_COLUMN not in names:
        help = "give the as-of date for the whole table, or a date in each row"
        yield Problem(TABLE, f"the table has no column `{AS_OF_COLUMN}`", help)


def wrong_type(column: Column, given: object) -> Problem:
    """A column is of a type in which it cannot be read."""
    return Problem(TABLE, f"column `{column.name}` is `{given}`", f"it is {_wanted(column)}")


def _wanted(column: Column) -> str:
    """The types that a column may have, in words."""
    match column.kind:
        case Kind.NUMBER:
            return f"a whole number of 1/{column.scale} of the unit, or a decimal that fits; a float is not exact"
        case Kind.SYMBOL:
            return "text or an enum"
        case Kind.DATE:
            return "a date"
    return "true or false"


def refuse_taken(kept: Iterable[str], made: Collection[str]) -> None:
    """Raises `InputError` where a column of the table has the name of one of the result."""
    taken = [name for name in kept if name in made]
    if taken:
        help = "rename it: the result has a column of that name"
        raise InputError(Problem(TABLE, f"column `{name}` is in the way", help) for name in taken)
