"""Conditions as Python source.

A truth is one int, in one of two encodings, chosen so that the connective at hand is `|` and that an unknown carries
along the facts to ask for (bit 0 says "unknown", the bits above are the facts)::

    encoding   true   false   unknown   `|` is
    and        0      -1      mask > 0  Kleene's and
    or         -1     0       mask > 0  Kleene's or

Minus one has every bit set, so it swallows whatever it is joined with, as a false does in a conjunction; what is left
of an unknown conjunction is the union of its unknown items' masks, and that is what is missing. Kleene's not only
swaps the encodings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import lcm

from ynpolicy.engines.compiled.layout import UNKNOWN_BIT, Layout
from ynpolicy.engines.compiled.operands import Lines, Operands, Side
from ynpolicy.errors import EnvelopeError
from ynpolicy.ir import (
    All,
    AnyOf,
    Compare,
    Condition,
    FactRef,
    Holds,
    In,
    Kind,
    Leaf,
    Not,
    Overlaps,
    Within,
    references,
    terms,
)
from ynpolicy.values import Value


class Conditions:
    """Conditions over one layout and one state of the law, written as lines."""

    def __init__(self, lines: Lines, layout: Layout, parameters: Mapping[str, Value]) -> None:
        self._lines = lines
        self._asks = layout.asks
        self._operands = Operands(lines, layout, parameters)
        self._shared: dict[Condition, tuple[str, bool]] = {}

    def share(self, roots: Iterable[tuple[Condition, bool]]) -> None:
        """Compute once, ahead, what stands in more than one place of these conditions."""
        uses = Counter(use for condition, sense in roots for use in _uses(condition, sense))
        times = Counter(condition for condition, _ in uses.elements())
        self._shared.clear()
        for condition, sense in uses:
            if times[condition] > 1 and condition not in self._shared:
                sense = uses[condition, True] >= uses[condition, False]
                code = self._truth(condition, sense)
                name = self._lines.fresh()
                self._lines.add(f"{name} = {code}")
                self._shared[condition] = name, sense

    def assign(self, target: str, condition: Condition, sense: bool, *also: str) -> None:
        """Set `target` to a condition's truth, in the `and` encoding if `sense`, else in the `or` encoding.

        The variables in `also` are joined in. What is ready is joined at once, the rest only while nothing is settled.
        """
        ready: list[str] = []
        rest: list[tuple[Condition, bool]] = []
        for item, item_sense in _joined(condition, sense):
            code = self._ready(item, item_sense)
            if code.isidentifier():
                ready.append(code)
            else:
                rest.append((item, item_sense))
        if not ready and rest:
            ready.append(self._truth(*rest.pop(0)))
        self._lines.add(f"{target} = {' | '.join(dict.fromkeys([*also, *ready])) or '0'}")
        for item, item_sense in rest:
            with self._lines.block(f"if {target} >= 0:"):
                self._lines.add(f"{target} |= {self._truth(item, item_sense)}")

    def _ready(self, condition: Condition, sense: bool) -> str:
        """What stands for a condition's truth where that is known already; empty where it is not."""
        if isinstance(condition, Holds) and isinstance(condition.term, FactRef):
            return self._leaf(condition, sense)
        name, shared_sense = self._shared.get(condition, ("", sense))
        return name if shared_sense is sense else _swapped(name)

    def _truth(self, condition: Condition, sense: bool) -> str:
        ready = self._ready(condition, sense)
        if ready:
            return ready
        if isinstance(condition, Leaf):
            return self._leaf(condition, sense)
        inner = self._lines.fresh()
        self.assign(inner, condition, not sense)
        return _swapped(inner)

    def _leaf(self, leaf: Leaf, sense: bool) -> str:
        facts = [ref.name for term in terms(leaf) for ref in references(term) if isinstance(ref, FactRef)]
        mask = UNKNOWN_BIT
        for name in facts:
            mask |= self._asks[name]
        ask, (yes, no) = f"{mask:#x}", ("0", "-1") if sense else ("-1", "0")
        sides = [side for term in terms(leaf) if (side := self._operands.of(term)) is not None]
        if len(sides) < len(terms(leaf)):
            return ask
        match leaf:
            case Holds():
                (code,) = _expect(leaf, sides[0], Kind.BOOLEAN)
                return code if sense else _swapped(code)
            case Compare(op):
                a, b = sides
                if a.kind is not b.kind or a.kind is Kind.SYMBOLS:
                    raise EnvelopeError(f"`{leaf.id}` compares a {a.kind.value} with a {b.kind.value}")
                if a.kind is Kind.NUMBER:
                    return _numbers(op, a, b, yes, no, ask)
                if a.kind is not Kind.DATE and op not in ("==", "!="):
                    raise EnvelopeError(f"`{leaf.id}` compares two {a.kind.value}s by `{op}`")
                return _guarded((a, b), ask, f"{yes} if {a.codes[0]} {op} {b.codes[0]} else {no}")
            case In():
                (item,) = _expect(leaf, sides[0], Kind.SYMBOL)
                known, possible = _expect(leaf, sides[1], Kind.SYMBOLS)
                last = no if known == possible else f"{ask} if {item} & {possible} else {no}"
                return _guarded(sides, ask, f"{yes} if {item} & {known} else {last}")
            case Overlaps() | Within():
                (m, p), (n, q) = (_expect(leaf, side, Kind.SYMBOLS) for side in sides)
                if isinstance(leaf, Overlaps):
                    text = f"{yes} if {m} & {n} else {ask} if {p} & {q} else {no}"
                    unguarded = any(side.fixed and side.codes[0] == side.codes[1] != "0x0" for side in sides)
                else:
                    text = f"{no} if {m} & ~{q} else {ask} if {p} & ~{n} else {yes}"
                    unguarded = sides[1].fixed and n == q
                return f"({text})" if unguarded else _guarded(sides, ask, text)


def _joined(condition: Condition, sense: bool) -> Iterator[tuple[Condition, bool]]:
    """The parts that `|` joins in an encoding: comparisons, and conditions that need the other encoding."""
    match condition:
        case Not(item):
            yield from _joined(item, not sense)
        case All((item,)) | AnyOf((item,)):
            yield from _joined(item, sense)
        case All(items) if sense:
            for item in items:
                yield from _joined(item, sense)
        case AnyOf(items) if not sense:
            for item in items:
                yield from _joined(item, sense)
        case _:
            yield condition, sense


def _uses(condition: Condition, sense: bool) -> Iterator[tuple[Condition, bool]]:
    """Every part of a condition that may be shared, inner ones first: comparisons, and what `_joined` yields."""
    for part, part_sense in _joined(condition, sense):
        match part:
            case All() | AnyOf():
                yield from _uses(part, not part_sense)
                yield part, part_sense
            case Holds(FactRef()):
                pass
            case _:
                yield part, part_sense


def _swapped(code: str) -> str:
    """A truth in the other encoding."""
    return f"({code} if {code} > 0 else ~{code})"


def _expect(leaf: Leaf, side: Side, kind: Kind) -> tuple[str, ...]:
    if side.kind is not kind:
        raise EnvelopeError(f"`{leaf.id}` needs a {kind.value} where a {side.kind.value} stands")
    return side.codes


def _guarded(sides: Sequence[Side], ask: str, text: str) -> str:
    absent = dict.fromkeys(test for side in sides for test in side.absent)
    return f"({ask} if {' or '.join(absent)} else {text})" if absent else f"({text})"


def _numbers(op: str, a: Side, b: Side, yes: str, no: str, ask: str) -> str:
    """A comparison of two intervals. Where one is missing and lies in [-FAR, FAR], it comes out unknown by itself."""
    if op in (">", ">="):
        a, b, op = b, a, "<" if op == ">" else "<="
    if op == "!=":
        yes, no = no, yes
    scale = lcm(a.scale, b.scale)
    (al, ah), (bl, bh) = a.scaled(scale), b.scaled(scale)
    if op == "<":
        text = f"{yes} if {ah} < {bl} else {no} if {al} >= {bh} else {ask}"
    elif op == "<=":
        text = f"{yes} if {ah} <= {bl} else {no} if {al} > {bh} else {ask}"
    else:
        text = f"{no} if {ah} < {bl} or {bh} < {al} else {yes} if {al} == {bh} and {ah} == {bl} else {ask}"
    return f"({text})" if a.plain and b.plain else _guarded((a, b), ask, text)
