"""What columns a table of cases of one level may have, what they are called and what they hold.

| fact | columns |
|---|---|
| boolean, symbol, date | `name` |
| number | `name`; measured: `name.lo` and `name.hi`, both ends included |
| set of symbols | `name[symbol]` for each symbol that a norm reads, `name[*]` for any other, `name.complete` |
| any | `name.not_applicable`: the question does not arise |

Null is unknown. `name.complete` is true where the set is wholly known, false where it is known in part, null where
nothing is known; without it that is read from the other columns. `as_of` holds a row's as-of date where the table has
several, `justified[norm]` (true) says that a reason is recorded, `reviewed[norm]` whether a review accepted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from attrs import field, frozen

from ynpolicy.errors import EnvelopeError
from ynpolicy.ir import (
    All,
    Compare,
    Condition,
    FactRef,
    FactType,
    In,
    Kind,
    Literal,
    Lookup,
    Norm,
    Overlaps,
    Pack,
    ParameterRef,
    Term,
    Within,
    facts_read,
    leaves,
    terms,
)
from ynpolicy.values import SymbolSet

AS_OF_COLUMN: Final = "as_of"
OTHER: Final = "*"
DECIMALS: Final = 6
"""Decimals of a number column unless the caller says otherwise: those of a tick."""


def low_end(fact: str) -> str:
    """The column of a measured fact's lower end."""
    return f"{fact}.lo"


def high_end(fact: str) -> str:
    """The column of a measured fact's upper end."""
    return f"{fact}.hi"


def member(fact: str, symbol: str) -> str:
    """The column that says whether a symbol is in a set."""
    return f"{fact}[{symbol}]"


def complete(fact: str) -> str:
    """The column that says whether a set is wholly known."""
    return f"{fact}.complete"


def not_applicable(fact: str) -> str:
    """The column that says that the question does not arise."""
    return f"{fact}.not_applicable"


def justified(norm: str) -> str:
    """The column that says that a reason for departing is recorded."""
    return f"justified[{norm}]"


def reviewed(norm: str) -> str:
    """The column that says whether a review accepted; null where there was none."""
    return f"reviewed[{norm}]"


@frozen
class Column:
    """One column: the fact (empty for `as_of` and records), what it holds, and for symbols which in which order.

    A number is in whole ticks, so many decimals of the fact's unit, of which the unit has `scale`.
    """

    name: str
    kind: Kind
    fact: str = ""
    symbols: tuple[str, ...] = ()
    scale: int = 1


@frozen
class Layout:
    """The columns that the norms of one level can read.

    `facts` are the facts that decide, in the order in which missing facts are numbered, and `columns` every column by
    name. `members` are the symbols of each set that have a column of their own.
    """

    level: str
    facts: tuple[str, ...]
    columns: Mapping[str, Column] = field(repr=False)
    members: Mapping[str, tuple[str, ...]] = field(repr=False)

    @staticmethod
    def of(pack: Pack, level: str, decimals: Mapping[str, int] | None = None) -> Layout:
        """The layout of a level; `decimals` says of which facts the columns have other than six decimals.

        Raises `EnvelopeError` where a condition reads what no condition can.
        """
        conditions = tuple(conditions_of(pack, level))
        read = {name: None for condition in conditions for name in facts_read(condition)}
        for name in read:
            if name not in pack.facts or pack.facts[name].kind is Kind.TEXT:
                raise EnvelopeError(f"a condition reads `{name}`, which is no fact that a condition can read")
        known = _with_sources(pack, read)
        members = _members(pack, known, conditions)
        orders = _orders(pack, known, conditions)
        columns: dict[str, Column] = {AS_OF_COLUMN: Column(AS_OF_COLUMN, Kind.DATE)}
        for name in known:
            places = (decimals or {}).get(name, DECIMALS)
            for column in _columns(pack.facts[name], members.get(name, ()), orders.get(name, ()), places):
                columns[column.name] = column
        for norm in pack.norms_at(level):
            for record in _records(norm):
                columns[record] = Column(record, Kind.BOOLEAN)
        return Layout(level, tuple(read), columns, members)


def conditions_of(pack: Pack, level: str) -> Iterator[All]:
    """Every condition that a case of the level is held against, and those under which its questions arise."""
    if level in pack.territory:
        yield pack.territory[level]
    for norm in pack.norms_at(level):
        yield from norm.conditions


def _with_sources(pack: Pack, read: Iterable[str]) -> dict[str, None]:
    """The facts read, those from which they follow, and those on which it hangs whether their question arises."""
    found: dict[str, None] = {}
    waiting = list(read)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found[name] = None
        fact = pack.facts[name]
        waiting += fact.derived.sources if fact.derived else ()
        waiting += facts_read(fact.arises) if fact.arises else ()
    return {name: None for name in pack.facts if name in found and pack.facts[name].kind is not Kind.TEXT}


def _records(norm: Norm) -> tuple[str, ...]:
    if norm.modality.is_defeasible:
        return (justified(norm.id),)
    return (reviewed(norm.id),) if norm.modality.value == "review" else ()


def _columns(fact: FactType, members: tuple[str, ...], order: tuple[str, ...], decimals: int) -> Iterator[Column]:
    name, kind = fact.name, fact.kind
    match kind:
        case Kind.NUMBER:
            if not 0 <= decimals <= DECIMALS:
                raise EnvelopeError(f"`{name}` cannot have {decimals} decimals: 0 to {DECIMALS}")
            for column in (name, low_end(name), high_end(name)):
                yield Column(column, kind, name, scale=10**decimals)
        case Kind.SYMBOLS:
            for symbol in members:
                yield Column(member(name, symbol), Kind.BOOLEAN, name)
            if set(members) < set(fact.symbols):
                yield Column(member(name, OTHER), Kind.BOOLEAN, name)
            yield Column(complete(name), Kind.BOOLEAN, name)
        case _:
            yield Column(name, kind, name, order)
    yield Column(not_applicable(name), Kind.BOOLEAN, name)


# ---------------------------------------------------------------- symbols


def runs(order: Sequence[str], symbols: frozenset[str]) -> list[tuple[int, int]]:
    """The stretches of an order that hold the symbols and no other, each with both ends."""
    found: list[tuple[int, int]] = []
    for code, symbol in enumerate(order):
        if symbol in symbols:
            if found and found[-1][1] == code - 1:
                found[-1] = found[-1][0], code
            else:
                found.append((code, code))
    return found


def _sets_met(pack: Pack, conditions: Iterable[Condition]) -> Iterator[tuple[Term, Term]]:
    """The two sides of each comparison that has to do with symbols."""
    for condition in conditions:
        for leaf in leaves(condition):
            if isinstance(leaf, (In, Overlaps, Within, Compare)):
                left, right = terms(leaf)
                yield left, right
    for fact in pack.facts.values():
        if fact.arises is not None:
            for leaf in leaves(fact.arises):
                if isinstance(leaf, (In, Overlaps, Within, Compare)):
                    left, right = terms(leaf)
                    yield left, right


def _constants(pack: Pack, term: Term) -> Iterator[frozenset[str]]:
    """The sets of symbols that a term without facts stands for, on any day."""
    values: list[object] = []
    if isinstance(term, Literal):
        values = [term.value]
    elif isinstance(term, ParameterRef) and term.name in pack.parameters:
        values = [entry.value for entry in pack.parameters[term.name].values]
    for value in values:
        match value:
            case SymbolSet(members):
                yield members
            case frozenset():
                yield value
            case str():
                yield frozenset([value])


def _members(pack: Pack, known: Iterable[str], conditions: Iterable[Condition]) -> dict[str, tuple[str, ...]]:
    """The symbols of each set that a comparison or what follows tells from the others; all of them beside a fact."""
    found: dict[str, set[str]] = {name: set() for name in known if pack.facts[name].kind is Kind.SYMBOLS}
    for pair in _sets_met(pack, conditions):
        for term, other in (pair, pair[::-1]):
            if isinstance(term, FactRef) and term.name in found:
                found[term.name].update(*_constants(pack, other))
                if isinstance(other, FactRef):
                    found[term.name] |= pack.facts[term.name].symbols.keys() | pack.facts[other.name].symbols.keys()
    for name, members in found.items():
        derived = pack.facts[name].derived
        if isinstance(derived, Lookup):
            members |= {row[derived.column] for row in pack.tables[derived.table].rows.values()}
    return {
        name: tuple(symbol for symbol in pack.facts[name].symbols if symbol in members)
        for name, members in found.items()
    }


def _orders(pack: Pack, known: Iterable[str], conditions: Iterable[Condition]) -> dict[str, tuple[str, ...]]:
    """The symbols of each symbol fact, in an order in which the sets that it is compared with lie close together."""
    sets: dict[str, dict[frozenset[str], None]] = {}
    for pair in _sets_met(pack, conditions):
        for term, other in (pair, pair[::-1]):
            if isinstance(term, FactRef):
                sets.setdefault(term.name, {}).update(dict.fromkeys(_constants(pack, other)))
    for name in list(sets):
        derived = pack.facts[name].derived
        if isinstance(derived, Lookup):
            cells = {key: row[derived.column] for key, row in pack.tables[derived.table].rows.items()}
            behind = {frozenset(k for k, cell in cells.items() if cell in wanted): None for wanted in sets[name]}
            sets.setdefault(derived.fact, {}).update(behind)
    orders = {}
    for name in known:
        fact = pack.facts[name]
        if fact.kind is Kind.SYMBOL:
            wanted = sorted(sets.get(name, ()), key=lambda members: (-len(members), sorted(members)))
            place = {symbol: number for number, symbol in enumerate(fact.symbols)}
            orders[name] = tuple(
                sorted(fact.symbols, key=lambda symbol: ([symbol not in group for group in wanted], place[symbol]))
            )
    return orders
