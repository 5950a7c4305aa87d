"""Nodes made from nodes, with what is settled left out."""

from __future__ import annotations

from collections.abc import Iterable

from ynpolicy.engines.lowering.nodes import (
    FALSE,
    TRUE,
    UNKNOWN,
    WIDE,
    Ask,
    Before,
    Below,
    Code,
    Conjunction,
    Constant,
    Day,
    DayColumn,
    DayConstant,
    Disjunction,
    Equal,
    Extreme,
    Flag,
    Gate,
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


class TooWide(Exception):
    """A number may leave what 38 digits hold."""


# ---------------------------------------------------------------- truths


def negation(item: Truth) -> Truth:
    """Kleene's not."""
    if isinstance(item, Constant):
        return item if item.value is None else Constant(not item.value)
    return item.item if isinstance(item, Negation) else Negation(item)


def conjunction(items: Iterable[Truth]) -> Truth:
    """Kleene's and; true of nothing."""
    found: dict[Truth, None] = {}
    for item in items:
        for part in item.items if isinstance(item, Conjunction) else (item,):
            if part == FALSE or (negation(part) in found and _is_settled(part)):
                return FALSE
            if part != TRUE:
                found[part] = None
    if len(found) < 2:
        return next(iter(found), TRUE)
    return Conjunction(tuple(found))


def disjunction(items: Iterable[Truth]) -> Truth:
    """Kleene's or; false of nothing."""
    found: dict[Truth, None] = {}
    for item in items:
        for part in item.items if isinstance(item, Disjunction) else (item,):
            if part == TRUE or (negation(part) in found and _is_settled(part)):
                return TRUE
            if part != FALSE:
                found[part] = None
    if len(found) < 2:
        return next(iter(found), FALSE)
    return Disjunction(tuple(found))


def _is_settled(item: Truth) -> bool:
    """Whether a truth is never unknown."""
    match item:
        case NoValue() | Unknown():
            return True
        case Constant(value):
            return value is not None
        case Negation(inner):
            return _is_settled(inner)
        case Conjunction(items) | Disjunction(items):
            return all(map(_is_settled, items))
        case Below(left, right) | Equal(left, right):
            return isinstance(left, NumberConstant) and isinstance(right, NumberConstant)
        case Before(left, right) | SameDay(left, right):
            return isinstance(left, DayConstant) and isinstance(right, DayConstant)
        case _:
            return False


def unknown(item: Truth) -> Truth:
    """Whether a truth is unknown."""
    if _is_settled(item):
        return FALSE
    match item:
        case Constant():
            return TRUE
        case Negation(inner):
            return unknown(inner)
        case Flag(column) | OneOf(column):
            return NoValue(column)
        case Below(NumberColumn(column), NumberConstant()) | Below(NumberConstant(), NumberColumn(column)):
            return NoValue(column)
        case Equal(NumberColumn(column), NumberConstant()) | Before(DayColumn(column), DayConstant()):
            return NoValue(column)
        case Before(DayConstant(), DayColumn(column)) | SameDay(DayColumn(column), DayConstant()):
            return NoValue(column)
        case SameSymbol(left, right):
            return disjunction((NoValue(left), NoValue(right)))
        case _:
            return Unknown(item)


def holds(item: Truth) -> Truth:
    """Whether a truth is true; never unknown."""
    if _is_settled(item):
        return item
    return TruthChoice(item, TRUE, FALSE) if item != UNKNOWN else FALSE


def same(left: Truth, right: Truth) -> Truth:
    """Two truths are equal; unknown where either is."""
    if UNKNOWN in (left, right):
        return UNKNOWN
    for one, other in ((left, right), (right, left)):
        if one in (TRUE, FALSE):
            return other if one == TRUE else negation(other)
    return Same(left, right)


def choice(when: Truth, then: Truth, otherwise: Truth) -> Truth:
    """`then` where `when` is true, else `otherwise`."""
    if when == TRUE or then == otherwise:
        return then
    if when in (FALSE, UNKNOWN):
        return otherwise
    return TruthChoice(when, then, otherwise)


def split(yes: Truth, no: Truth) -> Truth:
    """True where `yes` is true, false where `no` is, unknown elsewhere."""
    if yes == TRUE or no == TRUE:
        return Constant(yes == TRUE)
    if no == negation(yes):
        return yes
    if UNKNOWN in (yes, no) or yes == no == FALSE:
        return UNKNOWN
    return Split(yes, no)


def one_of(column: str, symbols: frozenset[str], possible: Iterable[str]) -> Truth:
    """A symbol column holds one of some symbols; only those that it can hold are kept."""
    return OneOf(column, symbols & frozenset(possible))


# ---------------------------------------------------------------- numbers


def _checked(low: int, high: int) -> tuple[int, int]:
    if max(abs(low), abs(high)) > WIDE:
        raise TooWide
    return low, high


def plus(left: Number, right: Number, minus: bool = False) -> Number:
    """`left + right`, or `left - right`. Raises `TooWide`."""
    low, high = (
        (left.low - right.high, left.high - right.low) if minus else (left.low + right.low, left.high + right.high)
    )
    _checked(low, high)
    if isinstance(left, NumberConstant) and isinstance(right, NumberConstant):
        return NumberConstant(low)
    return left if right == NumberConstant(0) else Sum(left, right, minus, low, high)


def times(left: Number, right: Number) -> Number:
    """`left * right`. Raises `TooWide`."""
    corners = [a * b for a in (left.low, left.high) for b in (right.low, right.high)]
    low, high = _checked(min(corners), max(corners))
    if isinstance(left, NumberConstant) and isinstance(right, NumberConstant):
        return NumberConstant(low)
    if isinstance(left, NumberConstant):
        left, right = right, left
    return left if right == NumberConstant(1) else Product(left, right, low, high)


def extreme(items: Iterable[Number], highest: bool) -> Number:
    """The lowest of some numbers, or the highest."""
    several = tuple(dict.fromkeys(items))
    if len(several) == 1:
        return several[0]
    lows, highs = [item.low for item in several], [item.high for item in several]
    if all(isinstance(item, NumberConstant) for item in several):
        return NumberConstant(max(highs) if highest else min(lows))
    return Extreme(several, highest, *((max(lows), max(highs)) if highest else (min(lows), min(highs))))


def number_choice(when: Truth, then: Number | None, otherwise: Number | None) -> Number | None:
    """`then` where `when` is true, else `otherwise`; None is null."""
    if when == TRUE or then == otherwise:
        return then
    if when in (FALSE, UNKNOWN):
        return otherwise
    ends = [end for item in (then, otherwise) if item is not None for end in (item.low, item.high)]
    return NumberChoice(when, then, otherwise, min(ends), max(ends))


def below(left: Number, right: Number) -> Truth:
    """`left < right`; a constant beside a scaled column is divided out."""
    if isinstance(left, NumberConstant) and isinstance(right, NumberConstant):
        return Constant(left.value < right.value)
    match left, right:
        case Product(item, NumberConstant(factor)), NumberConstant(value) if factor > 0:
            return below(item, NumberConstant(-(-value // factor)))
        case NumberConstant(value), Product(item, NumberConstant(factor)) if factor > 0:
            return below(NumberConstant(value // factor), item)
    return Below(left, right)


def equal(left: Number, right: Number) -> Truth:
    """Two numbers are equal."""
    if isinstance(left, NumberConstant) and isinstance(right, NumberConstant):
        return Constant(left.value == right.value)
    if isinstance(left, NumberConstant):
        left, right = right, left
    return Equal(left, right)


# ---------------------------------------------------------------- dates


def before(left: Day, right: Day) -> Truth:
    """`left < right`."""
    if isinstance(left, DayConstant) and isinstance(right, DayConstant):
        return Constant(left.day < right.day)
    return Before(left, right)


def same_day(left: Day, right: Day) -> Truth:
    """Two dates are equal."""
    if isinstance(left, DayConstant) and isinstance(right, DayConstant):
        return Constant(left.day == right.day)
    return SameDay(right, left) if isinstance(left, DayConstant) else SameDay(left, right)


# ---------------------------------------------------------------- what comes out


def code(cases: Iterable[tuple[Truth, int]], default: int) -> Code:
    """The number beside the first condition that is true."""
    kept: list[tuple[Truth, int]] = []
    for when, number in cases:
        if when == TRUE:
            default = number
            break
        if when not in (FALSE, UNKNOWN):
            kept.append((when, number))
    while kept and kept[-1][1] == default:
        kept.pop()
    return Code(tuple(kept), default)


def gate(when: Truth, items: Iterable[Mask | None]) -> Mask | None:
    """The bits of all items, where `when` is true; None where there can be none."""
    several = tuple(dict.fromkeys(item for item in items if item is not None))
    if when in (FALSE, UNKNOWN) or not several:
        return None
    if len(several) == 1 and when in (TRUE, several[0].when):
        return several[0]
    return Gate(when, several)


def ask(fact: str, when: Truth) -> Mask | None:
    """The bit of one fact, where `when` is true."""
    return None if when in (FALSE, UNKNOWN) else Ask(fact, when)
