"""Two packs over one case: each with its own formulas, and what ties their facts together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from itertools import chain
from typing import Any, Final

from ynpolicy.engines.smt.codes import Codes, symbols_of
from ynpolicy.engines.smt.encoding import Encoding
from ynpolicy.engines.smt.search import EFFORT, Search
from ynpolicy.engines.smt.sides import Boolean, Day, OneSymbol, Quantity, Side, SymbolsSide, real
from ynpolicy.engines.smt.truths import Formula, both, every, implies, no, some
from ynpolicy.ir import Deadline, Lookup, Pack, Total

MARK: Final = " (b)"
"""Ends the name of a fact of the second pack that is no one variable with the first pack's."""


class Pair:
    """One level of two packs whose facts are called alike, over one case.

    `days` are the as-of dates of the two, None for any day, the same in both. A fact is the same variable in both,
    except those that the second pack calls `x (b)`: there the packs themselves say otherwise of the fact, by another
    table, question or unit. These have the value that the case states, times the factor in `factors` (None: they are
    not tied), unless it follows in each pack from others.
    """

    def __init__(
        self,
        first: Pack,
        second: Pack,
        level: str,
        days: tuple[date | None, date | None] = (None, None),
        factors: Mapping[str, Fraction | None] | None = None,
    ) -> None:
        codes = Codes(chain(symbols_of(first), symbols_of(second)))
        self.first = Encoding(first, level, days[0], codes=codes)
        self.second = Encoding(second, level, days[1], codes=codes)
        self._factors = factors or {}

    def linked(self) -> Formula:
        """That both packs look at one case that either can state, as far as facts have variables by now."""
        shared = dict.fromkeys((*self.first.facts, *(name.removesuffix(MARK) for name in self.second.facts)))
        return every(self._alike(name) for name in shared if name in self.first.pack.facts)

    def _alike(self, own: str) -> Formula:
        name = own if own in self.second.pack.facts else own + MARK
        if name not in self.second.pack.facts:
            return True
        one, other = self.first.facts[own], self.second.facts[name]
        factor = self._factors.get(own, Fraction(1))
        same = True if factor is None else _same(one, other, factor)
        if own == name:
            return same
        follows = both(self._follows(self.first, own), self._follows(self.second, name))
        return implies(both(one.known, other.known, no(follows)), same)

    @staticmethod
    def _follows(encoding: Encoding, name: str) -> Formula:
        """That the fact has a value from others; of a deadline, that it is counted by each pack for itself."""
        match encoding.pack.facts[name].derived:
            case Lookup(source, table, column):
                side, rows = encoding.facts[source], encoding.pack.tables[table].rows
                keys = [key for key, row in rows.items() if row[column]]
                return both(side.known, some(side.is_(key) for key in keys)) if isinstance(side, OneSymbol) else False
            case Total(parts):
                return every(encoding.facts[part].known for part in parts)
            case derived:
                return isinstance(derived, Deadline)


def _same(one: Side, other: Side, factor: Fraction) -> Formula:
    """That two sides hold one value, which either of the packs can state."""
    match one, other:
        case Boolean(_, a), Boolean(_, b):
            return a == b
        case OneSymbol(_, a), OneSymbol(_, b):
            return a == b
        case Day(_, a), Day(_, b):
            return a == b
        case Quantity(_, a), Quantity(_, b):
            return b == a * real(factor)
        case SymbolsSide(_, mine), SymbolsSide(_, theirs):
            ties = [mine[symbol] == theirs[symbol] for symbol in mine if symbol in theirs]
            alone = [
                no(side[symbol])
                for side in (mine, theirs)
                for symbol in sorted((mine.keys() ^ theirs.keys()) & side.keys())
            ]
            return every((*ties, *alone))
    return True


class PairSearch(Search):
    """A search for cases that are possible in both packs of a pair."""

    def __init__(self, pair: Pair, effort: int = EFFORT) -> None:
        super().__init__(pair.first, effort)
        self.pair = pair

    def _names(self) -> frozenset[str]:
        return frozenset((*self.pair.first.facts, *self.pair.second.facts))

    def _domain(self) -> Formula:
        return both(self.pair.linked(), self.pair.first.domain(), self.pair.second.domain())

    def _lemmas(self, model: Any) -> list[Formula]:
        return [*self.pair.first.deadlines.lemmas(model), *self.pair.second.deadlines.lemmas(model)]

    def _wishes(self) -> tuple[Formula, ...]:
        sides = self.pair.first, self.pair.second
        return both(*(side.readable() for side in sides)), both(*(side.writable() for side in sides))
