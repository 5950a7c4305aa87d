"""Nodes as Polars expressions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

import polars as pl

from ynpolicy.engines.lowering.columns import runs
from ynpolicy.engines.lowering.nodes import (
    FALSE,
    NARROW,
    TRUE,
    UNKNOWN,
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

KEPT: Final = "\x1f"
"""With this begin the names of columns that are not the table's own."""

_NULL: Final = pl.lit(None, dtype=pl.Boolean)
_RANGES: Final[Mapping[type[pl.DataType], int]] = {
    pl.Int8: 2**7,
    pl.Int16: 2**15,
    pl.Int32: 2**31,
    pl.Int64: 2**63,
}


class Expressions:
    """Nodes over one table as expressions; what `keep` has named is read from its column.

    `types` are those of numbers and symbols, `orders` the symbols of symbol columns by code, `facts` the facts by bit.
    """

    def __init__(
        self,
        plan: Plan,
        types: Mapping[str, pl.DataType],
        orders: Mapping[str, Sequence[str]],
        facts: Sequence[str],
    ) -> None:
        self._plan = plan
        self._types = types
        self._orders = orders
        self._bits = {fact: bit for bit, fact in enumerate(facts)}
        self._kept: dict[Node, str] = {}

    def keep(self, nodes: Iterable[Node]) -> list[pl.Expr]:
        """The columns of a stage; from then on the nodes are read from them."""
        made = [(node, f"{KEPT}{len(self._kept) + number}") for number, node in enumerate(nodes)]
        columns = [
            expression.alias(name + suffix) for node, name in made for suffix, expression in self._columns(node).items()
        ]
        self._kept |= dict(made)
        return columns

    def _columns(self, node: Node) -> dict[str, pl.Expr]:
        if isinstance(node, Mask):
            return {f".{word}": self.mask(node, word) for word in sorted(self.words(node))}
        if isinstance(node, Code):
            return {"": self.code(node)}
        if isinstance(node, Number):
            return {"": self._number(node, self._type(node))}
        return {"": self._day(node) if isinstance(node, Day) else self.truth(node)}

    # ------------------------------------------------------------ truths

    def truth(self, node: Truth) -> pl.Expr:
        """A nullable boolean."""
        if node in self._kept:
            return pl.col(self._kept[node])
        match node:
            case Constant(value):
                return pl.lit(value, dtype=pl.Boolean)
            case Flag(column):
                return pl.col(column)
            case NoValue(column):
                return pl.col(column).is_null()
            case Negation(NoValue(column)):
                return pl.col(column).is_not_null()
            case Negation(item):
                return ~self.truth(item)
            case Unknown(item):
                return self.truth(item).is_null()
            case Conjunction(items):
                return pl.all_horizontal(map(self.truth, self._plan.shorter.get(node, items)))
            case Disjunction(items):
                return pl.any_horizontal(map(self.truth, self._plan.shorter.get(node, items)))
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
                return self._split(yes, no)
            case TruthChoice(when, then, otherwise):
                return self._choice(when, then, otherwise)

    def _out_of_range(self, column: str, low: int, high: int) -> pl.Expr:
        """One comparison where the range begins at zero: negative numbers are the largest when read without sign."""
        if low:
            return (pl.col(column) < low) | (pl.col(column) > high)
        wide = pl.col(column) if self._types[column] == pl.Int64() else pl.col(column).cast(pl.Int64)
        return wide.reinterpret(signed=False) > high

    def _split(self, yes: Truth, no: Truth) -> pl.Expr:
        if yes == FALSE:
            return pl.when(self.truth(no)).then(False)
        if no == FALSE:
            return pl.when(self.truth(yes)).then(True)
        return pl.when(self.truth(yes) | self.truth(no)).then(self.truth(yes))

    def _choice(self, when: Truth, then: Truth, otherwise: Truth) -> pl.Expr:
        if (then, otherwise) == (TRUE, FALSE):
            return self.truth(when).fill_null(False)
        if then == UNKNOWN and isinstance(when, (NoValue, Unknown)):
            return pl.when(~self.truth(when)).then(self.truth(otherwise))
        chosen = pl.when(self.truth(when)).then(self.truth(then))
        return chosen.otherwise(_NULL if otherwise == UNKNOWN else self.truth(otherwise))

    def _one_of(self, column: str, symbols: frozenset[str]) -> pl.Expr:
        order = self._orders[column]
        codes, there = self._codes(column), pl.col(column).is_not_null()
        inside, outside = runs(order, symbols), runs(order, frozenset(order) - symbols)
        if not inside or not outside:
            return pl.when(there).then(bool(inside))
        tests = [_within(codes, run, len(order)) for run in min(inside, outside, key=len)]
        found = tests[0] if len(tests) == 1 else pl.any_horizontal(tests)
        return found if len(inside) <= len(outside) else ~found

    def _codes(self, column: str) -> pl.Expr:
        return pl.col(column).to_physical() if isinstance(self._types[column], pl.Enum) else pl.col(column)

    def _same_symbol(self, left: str, right: str) -> pl.Expr:
        if self._orders[left] == self._orders[right]:
            return self._codes(left) == self._codes(right)
        one, other = (
            self._codes(name).replace_strict(range(len(self._orders[name])), self._orders[name], return_dtype=pl.String)
            for name in (left, right)
        )
        return one == other

    # ------------------------------------------------------------ numbers

    def _pair(self, left: Number, right: Number) -> tuple[pl.Expr, pl.Expr]:
        for column, constant in ((left, right), (right, left)):
            if isinstance(column, NumberColumn) and isinstance(constant, NumberConstant):
                own = self._types[column.column]
                if -_RANGES[type(own)] <= constant.value < _RANGES[type(own)]:
                    return self._number(left, own), self._number(right, own)
        wide = self._type(left, right)
        return self._number(left, wide), self._number(right, wide)

    def _type(self, *several: Number) -> pl.DataType:
        return pl.Int128() if exceeds(several, NARROW) else pl.Int64()

    def _number(self, node: Number | None, wide: pl.DataType) -> pl.Expr:
        if node is None:
            return pl.lit(None, dtype=wide)
        if node in self._kept:
            own = self._type(node)
            return pl.col(self._kept[node]) if own == wide else pl.col(self._kept[node]).cast(wide)
        match node:
            case NumberColumn(column):
                return pl.col(column) if self._types[column] == wide else pl.col(column).cast(wide)
            case NumberConstant(value):
                return pl.lit(value, dtype=wide)
            case Sum(left, right, minus):
                a, b = self._number(left, wide), self._number(right, wide)
                return a - b if minus else a + b
            case Product(left, right):
                return self._number(left, wide) * self._number(right, wide)
            case Extreme(items, highest):
                several = [self._number(item, wide) for item in items]
                return pl.max_horizontal(several) if highest else pl.min_horizontal(several)
            case NumberChoice(when, then, otherwise):
                chosen = pl.when(self.truth(when)).then(self._number(then, wide))
                return chosen.otherwise(self._number(otherwise, wide))

    # ------------------------------------------------------------ dates

    def _day(self, node: Day | None) -> pl.Expr:
        if node is None:
            return pl.lit(None, dtype=pl.Date)
        if node in self._kept:
            return pl.col(self._kept[node])
        match node:
            case DayColumn(column):
                return pl.col(column)
            case DayConstant(day):
                return pl.lit(day, dtype=pl.Date)
            case Latest(items):
                several = [self._day(item) for item in items]
                known = pl.all_horizontal([item.is_not_null() for item in several])
                return pl.when(known).then(pl.max_horizontal(several))
            case Mapped(item, pairs):
                return self._mapped(item, pairs)
            case DayChoice(when, then, otherwise):
                return pl.when(self.truth(when)).then(self._day(then)).otherwise(self._day(otherwise))

    def _mapped(self, item: Day, pairs: tuple[tuple[date, date], ...]) -> pl.Expr:
        if not pairs:
            return pl.lit(None, dtype=pl.Date)
        old, new = (pl.Series(column, dtype=pl.Date) for column in zip(*pairs, strict=True))
        return self._day(item).replace_strict(old, new, default=None, return_dtype=pl.Date)

    # ------------------------------------------------------------ what comes out

    def code(self, node: Code) -> pl.Expr:
        """The code of an outcome or decision, in one byte."""
        if node in self._kept:
            return pl.col(self._kept[node])
        if not node.cases:
            return pl.lit(node.default, dtype=pl.UInt8)
        when, number = node.cases[0]
        return pl.when(self.truth(when)).then(pl.lit(number, dtype=pl.UInt8)).otherwise(self.code(rest(node)))

    def words(self, node: Mask | None) -> frozenset[int]:
        """The words in which a set of facts can have bits."""
        return words(node, self._bits)

    def mask(self, node: Mask | None, word: int) -> pl.Expr:
        """One word of a set of facts, with a bit for each."""
        none = pl.lit(0, dtype=pl.UInt64)
        if node is None or word not in self.words(node):
            return none
        if node in self._kept:
            return pl.col(f"{self._kept[node]}.{word}")
        if isinstance(node, Ask):
            found = pl.lit(1 << self._bits[node.fact] % WORD, dtype=pl.UInt64)
        else:
            found, *rest = (self.mask(item, word) for item in node.items if word in self.words(item))
            for item in rest:
                found = found | item
        return found if node.when == TRUE else pl.when(self.truth(node.when)).then(found).otherwise(none)


def _within(codes: pl.Expr, run: tuple[int, int], count: int) -> pl.Expr:
    first, last = run
    if first == last:
        return codes == first
    if first == 0:
        return codes <= last
    return codes >= first if last == count - 1 else codes.is_between(first, last)
