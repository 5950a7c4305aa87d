"""The facts of a level as nodes over the columns that a table has, those included that follow from others.

What is stated goes before what follows; where the two contradict each other the fact has no value, as the normaliser
has it. A table that was normalised before holds what follows already.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from math import ceil, floor
from typing import Final

from attrs import frozen

from ynpolicy.engines.lowering import columns as names
from ynpolicy.engines.lowering.build import (
    before,
    below,
    choice,
    conjunction,
    disjunction,
    equal,
    holds,
    negation,
    number_choice,
    plus,
    same,
    same_day,
    times,
    unknown,
)
from ynpolicy.engines.lowering.columns import Layout
from ynpolicy.engines.lowering.nodes import (
    FALSE,
    TRUE,
    UNKNOWN,
    Day,
    DayChoice,
    DayColumn,
    Flag,
    Latest,
    Mapped,
    NoValue,
    Number,
    NumberColumn,
    NumberConstant,
    OutOfRange,
    Truth,
)
from ynpolicy.engines.lowering.sides import (
    AgreedSymbol,
    LookedUp,
    NumberSide,
    SetSide,
    SymbolColumn,
    SymbolSide,
    agreed_set,
    has_value,
    is_whole,
)
from ynpolicy.ir import Deadline, FactType, Kind, Lookup, Pack, Total
from ynpolicy.values import LARGEST_TICKS, MICRO, Interval, Value, number_text
from ynpolicy.workdays import CalendarNotKnown, known_calendar, nth_workday

Side = Truth | NumberSide | SymbolSide | SetSide | Day

BITS: Final = LARGEST_TICKS.bit_length() - 1
"""A number has at most 2 to this power ticks."""


@frozen
class Check:
    """What a row must not be: where `fails` is true the row is rejected, for the reason that `message` gives."""

    fact: str
    message: str
    help: str
    fails: Truth


class Facts:
    """The facts of one level over the columns at hand; a fact without a column has no value.

    `law` are the parameters at the as-of date. `widths` says of how many bits the ticks of a fact may have in its
    column; facts that norms multiply have fewer than the others.
    """

    def __init__(
        self,
        pack: Pack,
        layout: Layout,
        at_hand: Set[str],
        law: Mapping[str, Value],
        normalised: bool,
        widths: Mapping[str, int],
    ) -> None:
        self._pack = pack
        self._layout = layout
        self.at_hand = at_hand
        self._law = law
        self._normalised = normalised
        self._widths = widths
        self._sides: dict[str, Side | None] = {}

    def side(self, name: str) -> Side | None:
        """A fact as it stands in a comparison; None where no row can have a value."""
        if name not in self._sides:
            fact = self._pack.facts[name]
            self._sides[name] = self._made(fact)
        return self._sides[name]

    def lacks(self, name: str) -> Truth:
        """Whether a fact is still to be asked for: it is not settled, and its question arises. Never unknown."""
        return conjunction((negation(self._settled(name)), negation(self.idle(name))))

    def idle(self, name: str) -> Truth:
        """Whether a fact is said to be not applicable. Never unknown."""
        column = names.not_applicable(name)
        return holds(Flag(column)) if column in self.at_hand else FALSE

    def _settled(self, name: str) -> Truth:
        side = self.side(name)
        match side:
            case None:
                return FALSE
            case NumberSide(lo, hi):
                return negation(_no_number(lo)) if side.is_exact else holds(equal(lo, hi))
            case SetSide():
                return is_whole(side)
        return negation(self._silent(name))

    def _silent(self, name: str) -> Truth:
        """Whether a fact has no value at all. Never unknown."""
        side = self.side(name)
        match side:
            case None:
                return TRUE
            case NumberSide(lo):
                return _no_number(lo)
            case SetSide(complete=complete):
                return unknown(complete)
            case _:
                return _silent(side)

    # ------------------------------------------------------------ each kind

    def _made(self, fact: FactType) -> Side | None:
        derived = None if self._normalised else fact.derived
        match fact.kind:
            case Kind.BOOLEAN:
                return self._boolean(fact, derived if isinstance(derived, Lookup) else None)
            case Kind.SYMBOL:
                return self._symbol(fact, derived if isinstance(derived, Lookup) else None)
            case Kind.SYMBOLS:
                return self._set(fact, derived if isinstance(derived, Lookup) else None)
            case Kind.NUMBER:
                return self._number(fact, derived if isinstance(derived, Total) else None)
            case _:
                return self._day(fact, derived if isinstance(derived, Deadline) else None)

    def _boolean(self, fact: FactType, derived: Lookup | None) -> Truth | None:
        stated: Truth | None = Flag(fact.name) if fact.name in self.at_hand else None
        found = self._looked_up(derived)
        follows = found.among(frozenset(["yes"])) if found else None
        if stated is None or follows is None:
            return follows if stated is None else stated
        differ = negation(same(stated, follows))
        return choice(unknown(stated), follows, choice(differ, UNKNOWN, stated))

    def _symbol(self, fact: FactType, derived: Lookup | None) -> SymbolSide | None:
        column = self._layout.columns[fact.name]
        stated: SymbolSide | None = SymbolColumn(fact.name, column.symbols) if fact.name in self.at_hand else None
        follows = self._looked_up(derived)
        if stated is None or follows is None:
            return follows if stated is None else stated
        return AgreedSymbol(stated, follows)

    def _looked_up(self, derived: Lookup | None) -> SymbolSide | None:
        if derived is None:
            return None
        source = self.side(derived.fact)
        if not isinstance(source, (SymbolColumn, LookedUp, AgreedSymbol)):
            return None
        rows = self._pack.tables[derived.table].rows
        return LookedUp(source, {key: row[derived.column] for key, row in rows.items() if key in source.symbols})

    def _set(self, fact: FactType, derived: Lookup | None) -> SetSide | None:
        found = self._looked_up(derived)
        follows = None
        if found is not None:
            members = {s: choice(found.among(frozenset([s])), TRUE, UNKNOWN) for s in self._layout.members[fact.name]}
            others = frozenset(found.symbols) - members.keys()
            other = choice(found.among(others), TRUE, UNKNOWN)
            follows = SetSide(members, other, choice(has_value(found), FALSE, UNKNOWN))
        stated = self._stated_set(fact)
        if stated is None or follows is None:
            return follows if stated is None else stated
        return agreed_set(stated, follows)

    def _stated_set(self, fact: FactType) -> SetSide | None:
        columns = {s: names.member(fact.name, s) for s in self._layout.members[fact.name]}
        rest, whole = names.member(fact.name, names.OTHER), names.complete(fact.name)
        if not self.at_hand & {*columns.values(), rest, whole}:
            return None
        members = {s: Flag(column) if column in self.at_hand else UNKNOWN for s, column in columns.items()}
        has_rest = rest in self._layout.columns
        other: Truth | None = (Flag(rest) if rest in self.at_hand else UNKNOWN) if has_rest else None
        if whole in self.at_hand:
            complete: Truth = Flag(whole)
        else:
            known = [unknown(one) for one in (*members.values(), *([other] if other else []))]
            part = choice(conjunction(known), UNKNOWN, FALSE)
            complete = choice(disjunction(known), part, TRUE)
        return SetSide(members, choice(complete, FALSE, UNKNOWN) if other is None else other, complete)

    def _number(self, fact: FactType, derived: Total | None) -> NumberSide | None:
        stated, follows = self._stated_number(fact), self._total(derived)
        if stated is None or follows is None:
            return follows if stated is None else stated
        return _agreed_number(stated, follows)

    def _stated_number(self, fact: FactType) -> NumberSide | None:
        scale = self._layout.columns[fact.name].scale
        lowest, highest = self.bounds(fact.name)
        if fact.name in self.at_hand:
            column = NumberColumn(fact.name, lowest, highest)
            return NumberSide(column, column, scale)
        low, high = names.low_end(fact.name), names.high_end(fact.name)
        if low in self.at_hand and high in self.at_hand:
            return NumberSide(NumberColumn(low, lowest, highest), NumberColumn(high, lowest, highest), scale)
        return None

    def bounds(self, name: str) -> tuple[int, int]:
        """The lowest and the highest number of ticks that a row may have in a fact's column."""
        fact, scale = self._pack.facts[name], self._layout.columns[name].scale
        widest = 2 ** self._widths.get(name, BITS) * scale // MICRO
        low = -widest if fact.minimum is None else max(-widest, ceil(fact.minimum * scale))
        high = widest if fact.maximum is None else min(widest, floor(fact.maximum * scale))
        return low, max(low, high)

    def _total(self, derived: Total | None) -> NumberSide | None:
        if derived is None:
            return None
        lo: Number = NumberConstant(0)
        hi: Number = NumberConstant(0)
        sides = [self.side(part) for part in derived.facts]
        scale = max((side.scale for side in sides if isinstance(side, NumberSide)), default=1)
        for side in sides:
            if not isinstance(side, NumberSide):
                return None
            factor = NumberConstant(scale // side.scale)
            lo, hi = plus(times(side.lo, factor), lo), plus(times(side.hi, factor), hi)
        return NumberSide(lo, hi, scale)

    def _day(self, fact: FactType, derived: Deadline | None) -> Day | None:
        stated: Day | None = DayColumn(fact.name) if fact.name in self.at_hand else None
        follows = self._deadline(derived)
        if stated is None or follows is None:
            return follows if stated is None else stated
        return _agreed_day(stated, follows)

    def _deadline(self, derived: Deadline | None) -> Day | None:
        count = self._law.get(derived.parameter) if derived else None
        if derived is None or not isinstance(count, Interval):
            return None
        days = []
        for name in derived.facts:
            day = self.side(name)
            if not isinstance(day, Day):
                return None
            days.append(day)
        latest = days[0] if len(days) == 1 else Latest(tuple(days))
        return Mapped(latest, _working_days(int(count.lo)))

    # ------------------------------------------------------------ what a row must not be

    def checks(self, arises: Callable[[str], Truth]) -> tuple[Check, ...]:
        """Why rows are rejected; `arises` says of a fact whether its question arises."""
        found: list[Check] = []
        for name, column in self._layout.columns.items():
            if name not in self.at_hand or (self._normalised and column.fact not in self._layout.facts):
                continue
            if column.kind is Kind.NUMBER:
                low, high = self.bounds(column.fact)
                ends = " to ".join(number_text(Fraction(end, column.scale)) for end in (low, high))
                help = f"it is {ends} {self._pack.facts[column.fact].unit}".rstrip()
                found.append(Check(column.fact, "the number is out of range", help, OutOfRange(name, low, high)))
            if name == names.not_applicable(column.fact):
                found += self._idle_checks(column.fact, arises)
        for name in self._layout.facts:
            found += self._number_checks(name)
        return tuple(check for check in found if check.fails != FALSE)

    def _idle_checks(self, name: str, arises: Callable[[str], Truth]) -> list[Check]:
        asked = negation(holds(negation(arises(name))))
        arising = "it cannot be not applicable: the question arises, or it is open whether it does"
        both = "it has a value and is said to be not applicable"
        return [
            Check(name, arising, "give its value, or leave it empty", conjunction((self.idle(name), asked))),
            Check(name, both, "keep one of the two", conjunction((self.idle(name), negation(self._silent(name))))),
        ]

    def _number_checks(self, name: str) -> list[Check]:
        fact, found = self._pack.facts[name], []
        low, high = names.low_end(name), names.high_end(name)
        if fact.kind is Kind.NUMBER and name not in self.at_hand and {low, high} <= self.at_hand:
            least, most = self.bounds(name)
            lo, hi = NumberColumn(low, least, most), NumberColumn(high, least, most)
            one_end = disjunction(
                (
                    conjunction((NoValue(low), negation(NoValue(high)))),
                    conjunction((NoValue(high), negation(NoValue(low)))),
                )
            )
            found.append(Check(name, "a range has one end", "give both, or neither", one_end))
            found.append(Check(name, "the upper end is below the lower", "swap them", holds(below(hi, lo))))
        total = None if self._normalised or not isinstance(fact.derived, Total) else self._total(fact.derived)
        if total is not None:
            end = LARGEST_TICKS * total.scale // MICRO
            beyond = (below(NumberConstant(end), total.hi), below(total.lo, NumberConstant(-end)))
            found.append(Check(name, "the sum is out of range", "check its parts", disjunction(beyond)))
        return found


def _no_number(item: Number) -> Truth:
    if isinstance(item, NumberColumn):
        return NoValue(item.column)
    return unknown(below(item, NumberConstant(0)))


def _no_day(item: Day) -> Truth:
    return NoValue(item.column) if isinstance(item, DayColumn) else unknown(before(item, item))


def _silent(side: Truth | SymbolSide | Day) -> Truth:
    if isinstance(side, Day):
        return _no_day(side)
    if isinstance(side, Truth):
        return unknown(side)
    return negation(has_value(side))


def _agreed_number(stated: NumberSide, derived: NumberSide) -> NumberSide:
    scale = max(stated.scale, derived.scale)
    ends = []
    for side in (stated, derived):
        factor = NumberConstant(scale // side.scale)
        ends.append((times(side.lo, factor), times(side.hi, factor)))
    (lo, hi), (low, high) = ends
    differ = disjunction((below(high, lo), below(hi, low)))
    silent = _no_number(stated.lo)

    def joined(one: Number, other: Number) -> Number:
        kept = number_choice(differ, None, one)
        found = number_choice(silent, other, kept)
        assert found is not None
        return found

    return NumberSide(joined(lo, low), joined(hi, high), scale)


def _agreed_day(stated: Day, derived: Day) -> Day:
    differ = negation(same_day(stated, derived))
    kept = DayChoice(differ, None, stated)
    return DayChoice(_no_day(stated), derived, kept)


@cache
def _working_days(count: int) -> tuple[tuple[date, date], ...]:
    """Each day from which so many working days can be counted, and the last of them."""
    calendar = known_calendar()
    if calendar is None:
        return ()
    pairs, day = [], calendar.first - timedelta(days=1)
    while day < calendar.last:
        try:
            pairs.append((day, nth_workday(day, count)))
        except CalendarNotKnown:
            break
        day += timedelta(days=1)
    return tuple(pairs)
