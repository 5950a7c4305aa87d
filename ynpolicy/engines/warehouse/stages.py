"""A table with everything kept in it that outcomes are made of, as one query inside another.

Each stage selects what later stages read and no more: a database takes only so many columns in one query, and every
column that is carried along costs time.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any, Final

import ibis
from attrs import frozen

from ynpolicy.engines.lowering import Layout
from ynpolicy.engines.lowering.nodes import (
    DayColumn,
    Flag,
    NoValue,
    NumberColumn,
    OneOf,
    OutOfRange,
    Product,
    SameSymbol,
    Sum,
    Truth,
)
from ynpolicy.engines.lowering.plan import Node, Plan, planned
from ynpolicy.engines.warehouse.dialects import never, pin
from ynpolicy.engines.warehouse.expressions import Expression, Expressions
from ynpolicy.engines.warehouse.tables import Reading

_PIN: Final = "pin"
_REJECTED: Final = "rejected"


@frozen
class Staged:
    """The innermost part of a query, in which what is asked for is at hand.

    The table's `own` columns stand in `table` under other names, `rejected` is true where a row is rejected, `strange`
    says why beside the checks of the program.
    """

    table: Any
    expressions: Expressions
    own: tuple[str, ...]
    strange: tuple[str, ...]

    @property
    def rejected(self) -> Expression:
        """Whether a row is rejected; never null."""
        return self.table[_REJECTED]

    def found_strange(self) -> dict[str, Expression]:
        """Of columns of symbols and of dates, whether a row holds what is none; never null."""
        return {name: self.table[f"s{number}"] for number, name in enumerate(self.strange)}

    def selected(self, made: Mapping[str, Expression], rows: Expression = None) -> Any:
        """The query that has the own columns and these, of the rows for which `rows` is true."""
        own = {name: self.table[f"c{number}"] for number, name in enumerate(self.own)}
        table = self.table if rows is None else self.table.filter(rows)
        return table.select([found.name(name) for name, found in {**own, **made}.items()])


def staged(
    table: Any,
    reading: Reading,
    layout: Layout,
    own: Sequence[str],
    rejects: Sequence[Truth],
    outputs: Sequence[Node],
) -> Staged:
    """The stages after which `outputs` are at hand; `own` columns are carried along.

    A row is rejected where one of `rejects` is true, or where it holds something strange. A stage must stay a query of
    its own, or what it keeps is computed as often as it is read: it has a pin (`dialects`).
    """
    outputs = [*rejects, *outputs]
    plan = planned(outputs)
    held = _held(plan, outputs)
    orders = {name: layout.columns[name].symbols for name in reading.columns}
    expressions = Expressions(plan, orders, layout.facts, held)
    needed = _needed(plan, outputs, expressions)
    pinned = pin(table).name(_PIN)

    found = {f"c{number}": table[name] for number, name in enumerate(own)}
    found |= {f"s{number}": strange for number, strange in enumerate(reading.strange.values())}
    carried = found.keys()
    for name, value in reading.columns.items():
        found[expressions.raw[name]] = value
        if name in held:
            found[expressions.value[name]] = _within(value, *held[name])
    for stage in plan.stages:
        expressions.table = _selected(table, found, carried | next(needed), pinned)
        table = expressions.table
        found = {name: table[name] for name in table.columns} | expressions.keep(stage)
    last = next(needed)
    expressions.table = table = _selected(table, found, carried | last, pinned)
    reasons = [expressions.truth(reject).fill_null(False) for reject in rejects]
    reasons += [table[f"s{number}"] for number in range(len(reading.strange))]
    found = {name: table[name] for name in table.columns}
    found[_REJECTED] = reduce(or_, [*reasons, never(table)])
    expressions.table = _selected(table, found, found.keys(), pinned)
    return Staged(expressions.table, expressions, tuple(own), tuple(reading.strange))


def _selected(table: Any, found: Mapping[str, Expression], wanted: Container[str], pinned: Expression) -> Any:
    chosen = [value.name(name) for name, value in found.items() if name in wanted and name != _PIN]
    return table.select([*chosen, pinned])


def _within(number: Expression, low: int, high: int) -> Expression:
    """A number held to its bounds, so that nothing that is made of it overflows; a row beyond them is rejected."""
    return ibis.cases((number < low, low), (number > high, high), else_=number)


def _held(plan: Plan, outputs: Sequence[Node]) -> dict[str, tuple[int, int]]:
    """The number columns that sums and products are made of, with their bounds."""
    found: dict[str, tuple[int, int]] = {}
    for node in _walk(plan, outputs, ()):
        if isinstance(node, (Sum, Product)):
            inner = (part for part in _walk(plan, [node], ()) if isinstance(part, NumberColumn))
            found |= {part.column: (part.low, part.high) for part in inner}
    return found


def _needed(plan: Plan, outputs: Sequence[Node], expressions: Expressions) -> Iterator[frozenset[str]]:
    """The columns that are still read after the reading of the table, and after each stage."""
    reads: list[frozenset[str]] = []
    ready: set[Node] = set()
    for stage in plan.stages:
        reads.append(_reads(plan, stage, ready, expressions))
        ready.update(stage)
    reads.append(_reads(plan, outputs, ready, expressions))
    for number in range(len(reads)):
        yield frozenset().union(*reads[number:])


def _reads(plan: Plan, nodes: Iterable[Node], ready: Container[Node], expressions: Expressions) -> frozenset[str]:
    found: set[str] = set()
    for node in _walk(plan, nodes, ready):
        match node:
            case _ if node in ready:
                found.update(expressions.names(node))
            case Flag(column) | NoValue(column) | OneOf(column) | NumberColumn(column) | DayColumn(column):
                found.add(expressions.value[column])
            case OutOfRange(column):
                found.add(expressions.raw[column])
            case SameSymbol(left, right):
                found |= {expressions.value[left], expressions.value[right]}
    return frozenset(found)


def _walk(plan: Plan, nodes: Iterable[Node], ready: Container[Node]) -> Iterator[Node]:
    """Some nodes and all that they are made of, as far as those that are ready."""
    seen: set[Node] = set()
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            yield node
            if node not in ready:
                waiting += plan.inside(node)
