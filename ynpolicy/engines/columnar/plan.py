"""In what order a program's nodes are computed: what stands in more than one place is computed once, ahead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from attrs import frozen

from ynpolicy.engines.lowering.nodes import (
    Ask,
    Before,
    Below,
    Code,
    Conjunction,
    Constant,
    Day,
    DayChoice,
    DayColumn,
    DayConstant,
    Disjunction,
    Equal,
    Extreme,
    Flag,
    Gate,
    Latest,
    Mapped,
    Mask,
    Negation,
    NoValue,
    Number,
    NumberChoice,
    NumberColumn,
    NumberConstant,
    OneOf,
    Product,
    Same,
    SameDay,
    SameSymbol,
    Split,
    Sum,
    Truth,
    TruthChoice,
    Unknown,
)

Node = Truth | Number | Day | Code | Mask

_CHEAP = (Constant, Flag, NoValue, NumberColumn, NumberConstant, DayColumn, DayConstant, Negation, Unknown, Ask)
"""What is as fast to compute again as to keep."""


def parts(node: Node) -> Iterator[Node]:
    """The nodes that a node is made of."""
    match node:
        case Negation(item) | Unknown(item) | Mapped(item):
            yield item
        case Conjunction(items) | Disjunction(items) | Extreme(items) | Latest(items):
            yield from items
        case Same(a, b) | Below(a, b) | Equal(a, b) | Before(a, b) | SameDay(a, b) | Split(a, b):
            yield a
            yield b
        case Sum(a, b) | Product(a, b):
            yield a
            yield b
        case TruthChoice(when, then, otherwise) | NumberChoice(when, then, otherwise):
            yield from (item for item in (when, then, otherwise) if item is not None)
        case DayChoice(when, then, otherwise):
            yield from (item for item in (when, then, otherwise) if item is not None)
        case Code(cases):
            yield from (when for when, _ in cases)
        case Ask(_, when):
            yield when
        case Gate(when, items):
            yield when
            yield from items
        case Constant() | Flag() | NoValue() | OneOf() | SameSymbol():
            pass
        case NumberColumn() | NumberConstant() | DayColumn() | DayConstant():
            pass


@frozen
class Plan:
    """The nodes that are kept, stage by stage; a stage reads columns and earlier stages only."""

    stages: tuple[tuple[Node, ...], ...]


def planned(outputs: Iterable[Node]) -> Plan:
    """What to keep so that each node is computed once for all outputs."""
    uses: Counter[Node] = Counter()
    order: list[Node] = []
    seen: set[Node] = set()

    def visit(node: Node) -> None:
        if node in seen:
            return
        seen.add(node)
        for part in parts(node):
            uses[part] += 1
            visit(part)
        order.append(node)

    roots = list(dict.fromkeys(outputs))
    for root in roots:
        visit(root)
    level: dict[Node, int] = {}
    stages: dict[int, list[Node]] = {}
    for node in order:
        below = max((level[part] for part in parts(node)), default=0)
        kept = not isinstance(node, _CHEAP) and uses[node] + (node in roots) > 1
        if kept:
            stages.setdefault(below, []).append(node)
        level[node] = below + kept
    return Plan(tuple(tuple(stages[stage]) for stage in sorted(stages)))
