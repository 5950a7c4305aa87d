"""Nodes as Ibis expressions.

Every column is read as a truth, a whole number, the number of a symbol in its order, or the number of a day: nothing
in an expression hangs on how a database compares texts, dates or fractions.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from datetime import date
from functools import reduce
from itertools import chain
from operator import and_, or_
from typing import Any, Final

import ibis

from ynpolicy.engines.lowering.columns import runs
from ynpolicy.engines.lowering.nodes import (
    FALSE,
    NARROW,
    TRUE,
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
from ynpolicy.engines.lowering.plan import Node, Plan, exceeds, rest
from ynpolicy.engines.lowering.results import WORD, words

Expression = Any
"""A column of Ibis. Its classes say less than the nodes that it is made from."""

WIDE: Final = "decimal(38, 0)"
NARROWER: Final = "int64"

YEAR, MONTH = 372, 31
"""A day is numbered as if each month had 31 days: so its number follows from the parts of its date alone."""


def day_number(day: date) -> int:
    """The number of a day; later days have larger ones."""
    return day.year * YEAR + day.month * MONTH + day.day


class Expressions:
    """Nodes over one table as expressions; what is kept is read from its column.

    `orders` are the symbols of symbol columns by number, `facts` the facts by bit. Of a column that the table has,
    `value` is the name under which it is read, and `raw` that of a number before it was held to its bounds. `table` is
    the query in which all these stand, and what `keep` has made.
    """

    def __init__(
        self, plan: Plan, orders: Mapping[str, Sequence[str]], facts: Sequence[str], held: Container[str]
    ) -> None:
        numbers = {name: number for number, name in enumerate(orders)}
        self.value = {name: f"v{number}" for name, number in numbers.items()}
        self.raw = {name: f"r{number}" if name in held else f"v{number}" for name, number in numbers.items()}
        self.table: Any = None
        self._plan = plan
        self._orders = orders
        self._bits = {fact: bit for bit, fact in enumerate(facts)}
        self._names = {node: f"k{number}" for number, node in enumerate(chain(*plan.stages))}
        self._kept: set[Node] = set()

    def keep(self, nodes: Sequence[Node]) -> dict[str, Expression]:
        """The columns of a stage; from then on the nodes are read from them."""
        columns = {name: found for node in nodes for name, found in self._columns(node).items()}
        self._kept.update(nodes)
        return columns

    def names(self, node: Node) -> list[str]:
        """The columns that hold a node of the plan's stages."""
        name = self._names[node]
        return [f"{name}_{word}" for word in sorted(self.words(node))] if isinstance(node, Mask) else [name]

    def _columns(self, node: Node) -> dict[str, Expression]:
        name = self._names[node]
        if isinstance(node, Mask):
            return {f"{name}_{word}": self.mask(node, word) for word in self.words(node)}
        if isinstance(node, Code):
            return {name: self.code(node)}
        if isinstance(node, Number):
            return {name: self._number(node, exceeds((node,), NARROW), bare=False)}
        return {name: self._day(node) if isinstance(node, Day) else self.truth(node)}

    def _column(self, name: str) -> Expression:
        return self.table[self.value[name]]

    # ------------------------------------------------------------ truths

    def truth(self, node: Truth) -> Expression:
        """A nullable boolean."""
        if node in self._kept:
            return self.table[self._names[node]]
        match node:
            case Constant(value):
                return ibis.null("boolean") if value is None else ibis.literal(value)
            case Flag(column):
                return self._column(column)
            case NoValue(column):
                return self._column(column).isnull()
            case Negation(NoValue(column)):
                return self._column(column).notnull()
            case Negation(item):
                return ~self.truth(item)
            case Unknown(item):
                return self.truth(item).isnull()
            case Conjunction(items):
                return reduce(and_, map(self.truth, self._plan.shorter.get(node, items)))
            case Disjunction(items):
                return reduce(or_, map(self.truth, self._plan.shorter.get(node, items)))
            case OutOfRange(column, low, high):
                return self._out_of_range(column, low, high)
            case Same(left, right):
                return self.truth(left) == self.truth(right)
            case Below(left, right):
                a, b = self._pair(left, right)
                return a < b
            case Equal(left, right):
                a, b = self._pair(left, right)
                return a == b
            case Before(a_day, b_day):
                return self._day(a_day) < self._day(b_day)
            case SameDay(a_day, b_day):
                return self._day(a_day) == self._day(b_day)
            case OneOf(column, symbols):
                return self._one_of(column, symbols)
            case SameSymbol(left_name, right_name):
                return self._same_symbol(left_name, right_name)
            case Split(yes, no):
                return ibis.cases((self.truth(yes), True), (self.truth(no), False), else_=ibis.null("boolean"))
            case TruthChoice(when, then, otherwise):
                if (then, otherwise) == (TRUE, FALSE):
                    return self.truth(when).fill_null(False)
                return ibis.ifelse(self.truth(when), self.truth(then), self.truth(otherwise))

    def _out_of_range(self, column: str, low: int, high: int) -> Expression:
        raw = self.table[self.raw[column]]
        return (raw < low) | (raw > high)

    def _one_of(self, column: str, symbols: frozenset[str]) -> Expression:
        order, codes = self._orders[column], self._column(column)
        inside, outside = runs(order, symbols), runs(order, frozenset(order) - symbols)
        if not inside or not outside:
            return ibis.ifelse(codes.notnull(), bool(inside), ibis.null("boolean"))
        tests = [_within(codes, run, len(order)) for run in min(inside, outside, key=len)]
        found = reduce(or_, tests)
        return found if len(inside) <= len(outside) else ~found

    def _same_symbol(self, left: str, right: str) -> Expression:
        if self._orders[left] == self._orders[right]:
            return self._column(left) == self._column(right)
        places = {symbol: place for place, symbol in enumerate(self._orders[right])}
        pairs = [(place, places.get(symbol, -1)) for place, symbol in enumerate(self._orders[left])]
        if not pairs:
            return ibis.null("boolean")
        return self._column(left).cases(*pairs) == self._column(right)

    # ------------------------------------------------------------ numbers

    def _pair(self, left: Number, right: Number) -> tuple[Expression, Expression]:
        wide = exceeds((left, right), NARROW)
        return self._number(left, wide), self._number(right, wide)

    def _number(self, node: Number | None, wide: bool, bare: bool = True) -> Expression:
        """A number in 64 bits, or in 38 digits where it is `wide`.

        A `bare` constant takes the type of what stands beside it.
        """
        if node is None:
            return ibis.null(WIDE if wide else NARROWER)
        if node in self._kept:
            own = self.table[self._names[node]]
            return own.cast(WIDE) if wide and not exceeds((node,), NARROW) else own
        match node:
            case NumberColumn(column):
                return self._column(column).cast(WIDE) if wide else self._column(column)
            case NumberConstant(value):
                if wide:
                    return ibis.literal(value, type=WIDE)
                return ibis.literal(value, type=NARROWER) if bare else ibis.literal(value).cast(NARROWER)
            case Sum(left, right, minus):
                a, b = self._number(left, wide), self._number(right, wide)
                return a - b if minus else a + b
            case Product(left, right):
                return self._number(left, wide) * self._number(right, wide)
            case Extreme(items, highest):
                several = [self._number(item, wide, bare=False) for item in items]
                return ibis.greatest(*several) if highest else ibis.least(*several)
            case NumberChoice(when, then, otherwise):
                ends = (self._number(item, wide, bare=False) for item in (then, otherwise))
                return ibis.ifelse(self.truth(when), *ends)

    # ------------------------------------------------------------ dates

    def _day(self, node: Day | None) -> Expression:
        if node is None:
            return ibis.null(NARROWER)
        if node in self._kept:
            return self.table[self._names[node]]
        match node:
            case DayColumn(column):
                return self._column(column)
            case DayConstant(day):
                return ibis.literal(day_number(day), type=NARROWER)
            case Latest(items):
                several = [self._day(item) for item in items]
                known = reduce(and_, [item.notnull() for item in several])
                return ibis.ifelse(known, ibis.greatest(*several), ibis.null(NARROWER))
            case Mapped(item, pairs):
                return self._mapped(item, pairs)
            case DayChoice(when, then, otherwise):
                return ibis.ifelse(self.truth(when), self._day(then), self._day(otherwise))

    def _mapped(self, item: Day, pairs: tuple[tuple[date, date], ...]) -> Expression:
        if not pairs:
            return ibis.null(NARROWER)
        found = {day_number(old): day_number(new) for old, new in pairs}
        first, last = min(found), max(found)
        ahead = ibis.literal(
            [found[number] - number if number in found else None for number in range(first, last + 1)],
            type="array<int64>",
        )
        day = self._day(item)
        there = reduce(and_, [day >= first, day <= last])
        return ibis.ifelse(there, day + ahead[day - first], ibis.null(NARROWER))

    # ------------------------------------------------------------ what comes out

    def code(self, node: Code) -> Expression:
        """The code of an outcome or decision."""
        if node in self._kept:
            return self.table[self._names[node]]
        cases = []
        left = node
        while left.cases and (left is node or left not in self._kept):
            when, number = left.cases[0]
            cases.append((self.truth(when), ibis.literal(number, type="int16")))
            left = rest(left)
        default = self.table[self._names[left]] if left in self._kept else ibis.literal(left.default, type="int16")
        return ibis.cases(*cases, else_=default) if cases else default

    def words(self, node: Mask | None) -> frozenset[int]:
        """The words in which a set of facts can have bits."""
        return words(node, self._bits)

    def mask(self, node: Mask | None, word: int) -> Expression:
        """One word of a set of facts, with a bit for each."""
        none = ibis.literal(0, type=NARROWER)
        if node is None or word not in self.words(node):
            return none
        if node in self._kept:
            return self.table[f"{self._names[node]}_{word}"]
        if isinstance(node, Ask):
            found = ibis.literal(1 << self._bits[node.fact] % WORD, type=NARROWER)
        else:
            found = reduce(or_, (self.mask(item, word) for item in node.items if word in self.words(item)))
        return found if node.when == TRUE else ibis.ifelse(self.truth(node.when), found, none)


def _within(codes: Expression, run: tuple[int, int], count: int) -> Expression:
    first, last = run
    if first == last:
        return codes == first
    if first == 0:
        return codes <= last
    return codes >= first if last == count - 1 else codes.between(first, last)
