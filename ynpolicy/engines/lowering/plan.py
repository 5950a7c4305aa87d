"""In what order a program's nodes are computed: what stands in more than one place is computed once, ahead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import heappop, heappush
from itertools import combinations, count

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
    OutOfRange,
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
        case Code(((when, _), *_)):
            yield when
            yield rest(node)
        case Code():
            pass
        case Ask(_, when):
            yield when
        case Gate(when, items):
            yield when
            yield from items
        case Constant() | Flag() | NoValue() | OneOf() | OutOfRange() | SameSymbol():
            pass
        case NumberColumn() | NumberConstant() | DayColumn() | DayConstant():
            pass


def rest(node: Code) -> Code:
    """What a code is where its first condition does not hold."""
    return Code(node.cases[1:], node.default)


def exceeds(several: Iterable[Node], most: int) -> bool:
    """Whether some number, or a number that one is made of, may lie beyond `most`."""
    waiting = list(several)
    while waiting:
        node = waiting.pop()
        if isinstance(node, Number):
            if max(-node.low, node.high) > most:
                return True
            waiting += parts(node)
    return False


@frozen
class Plan:
    """The nodes that are kept, stage by stage; a stage reads columns and earlier stages only.

    `shorter` gives conjunctions and disjunctions in terms of others that several of them share.
    """

    stages: tuple[tuple[Node, ...], ...]
    shorter: Mapping[Node, tuple[Truth, ...]]

    def inside(self, node: Node) -> Iterable[Node]:
        """The nodes of which a node is computed."""
        return self.shorter[node] if node in self.shorter else parts(node)


def planned(outputs: Sequence[Node]) -> Plan:
    """What to keep so that each node is computed once for all outputs."""
    shorter: dict[Node, tuple[Truth, ...]] = {}
    for kind in (Conjunction, Disjunction):
        shorter |= _shared_items(kind, _all_nodes(outputs))

    uses = Counter(outputs)
    order: list[Node] = []
    seen: set[Node] = set()

    def inside(node: Node) -> Iterable[Node]:
        return shorter[node] if node in shorter else parts(node)

    def visit(node: Node) -> None:
        if node in seen:
            return
        seen.add(node)
        for part in inside(node):
            uses[part] += 1
            visit(part)
        order.append(node)

    for output in outputs:
        visit(output)
    level: dict[Node, int] = {}
    stages: dict[int, list[Node]] = {}
    for node in order:
        below = max((level[part] for part in inside(node)), default=0)
        kept = uses[node] > 1 and not isinstance(node, _CHEAP) and not (isinstance(node, Code) and not node.cases)
        if kept:
            stages.setdefault(below, []).append(node)
        level[node] = below + kept
    return Plan(tuple(tuple(stages[stage]) for stage in sorted(stages)), shorter)


def _all_nodes(outputs: Iterable[Node]) -> dict[Node, None]:
    found: dict[Node, None] = {}
    waiting = list(outputs)
    while waiting:
        node = waiting.pop()
        if node not in found:
            found[node] = None
            waiting += parts(node)
    return found


def _shared_items(kind: type[Conjunction] | type[Disjunction], nodes: Iterable[Node]) -> dict[Node, tuple[Truth, ...]]:
    """Conjunctions (or disjunctions) in which pairs of items that several hold are nodes of their own.

    The pair that most of them hold goes first, again and again, until no pair is held twice.
    """
    items: dict[Node, dict[Truth, None]] = {n: dict.fromkeys(n.items) for n in nodes if isinstance(n, kind)}
    made: dict[Node, tuple[Truth, ...]] = {}
    holders: dict[frozenset[Truth], dict[Node, None]] = {}
    queue: list[tuple[int, int, tuple[Truth, Truth]]] = []
    turns = count()

    def note(node: Node, pair: tuple[Truth, Truth]) -> None:
        several = holders.setdefault(frozenset(pair), {})
        several[node] = None
        if len(several) > 1:
            heappush(queue, (-len(several), next(turns), pair))

    for node, own in items.items():
        for pair in combinations(own, 2):
            note(node, pair)
    while queue:
        held, turn, pair = heappop(queue)
        several = [node for node in holders[frozenset(pair)] if all(item in items[node] for item in pair)]
        if len(several) != -held:
            if len(several) > 1:
                heappush(queue, (-len(several), turn, pair))
            continue
        both = kind(pair)
        made[both] = pair
        for node in several:
            if node == both:
                continue
            for item in pair:
                del items[node][item]
            for other in items[node]:
                note(node, (other, both))
            items[node][both] = None
    return made | {node: tuple(own) for node, own in items.items()}
