"""By which facts a summary counts rows, and which symbol of such a fact a row has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Final

import polars as pl
from attrs import frozen

from ynpolicy.engines.lowering import Layout
from ynpolicy.errors import InputError, Place, Problem, nearest
from ynpolicy.ir import Kind, Lookup, Pack

ENDINGS: Final = ("prefecture", "industry")
"""Unless facts are named, those count whose names end so, as in a comparison of packs."""

_STATED: Final = "stated"


@frozen
class Group:
    """A fact by which rows are counted, and the columns of the table from which it is known: its own, and those of
    facts from which it follows."""

    fact: str
    columns: tuple[str, ...]


def groups_of(pack: Pack, layout: Layout, at_hand: Set[str], by: Sequence[str] = ()) -> tuple[Group, ...]:
    """The facts by which a table with these columns is counted; of those not named, only what the table can tell.

    Where a level has no fact of a prefecture, the facts that a boundary answers stand in for it.

    Raises `InputError` for a fact in `by` that the level does not have, or that is not one symbol.
    """
    problems = []
    known = [name for name, fact in pack.facts.items() if fact.kind is Kind.SYMBOL and fact.is_asked_of(layout.level)]
    for name in by:
        if name not in known:
            help = nearest(name, known) or f"one may count by {', '.join(known) or 'none'}"
            problems.append(Problem(Place("--by"), f"rows of a {layout.level} cannot be counted by `{name}`", help))
    if problems:
        raise InputError(problems)
    chosen = list(dict.fromkeys(by)) or _usual(pack, known)
    found = [Group(name, tuple(column for column in _behind(pack, name) if column in at_hand)) for name in chosen]
    return tuple(group for group in found if group.columns or group.fact in by)


def _usual(pack: Pack, known: Iterable[str]) -> list[str]:
    found = [name for ending in ENDINGS for name in known if name.endswith(f".{ending}")]
    if any(name.endswith(f".{ENDINGS[0]}") for name in found):
        return found
    return [name for name in known if pack.facts[name].located is not None] + found


def _behind(pack: Pack, name: str) -> list[str]:
    """A fact, and those from which it follows by tables, one after the other."""
    found = [name]
    while isinstance(derived := pack.facts[found[-1]].derived, Lookup) and derived.fact not in found:
        found.append(derived.fact)
    return found


def counted(pack: Pack, group: Group, frame: pl.DataFrame, decision: pl.Series) -> dict[str, dict[str, int]]:
    """How many rows of each symbol have each decision; the empty symbol stands for rows where it is not known.

    What a row states goes before what follows; where the two contradict each other it is not known.
    """
    columns = [frame[name].alias(f"{_STATED}.{name}") for name in group.columns]
    table = pl.DataFrame([*columns, decision.alias("decision")])
    rows = table.group_by(table.columns).len().with_columns(pl.col(table.columns).cast(pl.String)).sort(table.columns)
    counts = (
        (dict(zip(group.columns, stated, strict=True)), word, number) for *stated, word, number in rows.iter_rows()
    )
    return added_up(pack, group, counts)


def added_up(
    pack: Pack, group: Group, rows: Iterable[tuple[Mapping[str, str | None], str, int]]
) -> dict[str, dict[str, int]]:
    """Counts of rows with what they state in a group's columns and with their decision, as `counted` gives them."""
    counts: dict[str, dict[str, int]] = {}
    for stated, word, number in rows:
        symbol = _symbol(pack, group.fact, stated)
        of_symbol = counts.setdefault(symbol, {})
        of_symbol[word] = of_symbol.get(word, 0) + number
    return counts


def _symbol(pack: Pack, name: str, stated: Mapping[str, str | None]) -> str:
    derived = pack.facts[name].derived
    own, follows = stated.get(name), ""
    if isinstance(derived, Lookup):
        source = _symbol(pack, derived.fact, stated)
        row = pack.tables[derived.table].rows.get(source)
        follows = row[derived.column] if row is not None else ""
    if own is None or not follows:
        return own or follows
    return own if own == follows else ""
