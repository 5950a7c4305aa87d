"""What is asserted about a case: whole numbers, measured off the case's facts and the law's parameters.

Rules compare these numbers with constants and with nothing else, so no rule ever reads two fields of a fact, computes,
or meets a string. A comparison of numbers or dates is measured by the interval of `left - right`, a set relation by
counting members; a fact without a value leaves its measures out, and a rule never matches a field that is not there,
which is exactly Kleene's unknown.

Interval arithmetic is exact: a term's ends are whole numbers of some part of its unit, a millionth for a fact, a
millionth of a millionth for a product of two. Only the sign of a difference is ever compared, so a difference of more
than 2^53 parts is asserted as 2^53.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Final

from ynpolicy.errors import EnvelopeError
from ynpolicy.ir import Arithmetic, Case, FactRef, Literal, ParameterRef, Term
from ynpolicy.values import LARGEST_TICKS, MICRO, Interval, SymbolSet, Value

Ends = tuple[int, int]
"""An interval, in parts of a unit."""

Known = bool | str | int | Ends | SymbolSet
"""A value in the engine's own form; a date is the number yyyymmdd."""

AS_OF: Final = "as_of"


def day_number(day: date) -> int:
    """A date as the number yyyymmdd, which orders as the dates do."""
    return day.year * 10_000 + day.month * 100 + day.day


class Measures:
    """The measures that the rules of one level read, each derived once a case, as a straight line of steps.

    Every term has a slot for its value; the methods that plan a measure answer the names of its fields.
    """

    def __init__(self) -> None:
        self._slots: dict[tuple[object, ...], int] = {}
        self._parts: list[int] = []
        self._start: list[Known | None] = []
        self._facts: list[tuple[int, str]] = []
        self._parameters: list[tuple[int, str]] = []
        self._arithmetic: list[tuple[int, Callable[[Ends, Ends], Ends], int, int, int, int]] = []
        self._differences: dict[tuple[int, int, int, int], tuple[str, str]] = {}
        self._counts: dict[tuple[int, int, bool], str] = {}
        self._extents: dict[int, tuple[str, str]] = {}
        self._flags: dict[int, str] = {}

    def difference(self, left: Term, right: Term) -> tuple[str, str]:
        """The lowest and the highest value of `left - right`; 0 or 1 for equal or unequal symbols and booleans."""
        one, other, by_one, by_other, _ = self._aligned(left, right)
        number = len(self._differences)
        return self._differences.setdefault((one, other, by_one, by_other), (f"d{number}l", f"d{number}h"))

    def count(self, left: Term, right: Term, shared: bool) -> str:
        """How many of the left side's known members are (`shared`) or are not among the right side's."""
        key = (self._slot(left), self._slot(right), shared)
        return self._counts.setdefault(key, f"c{len(self._counts)}")

    def extent(self, term: Term) -> tuple[str, str]:
        """Of a set: whether it is complete (1 or 0), and how many members are known."""
        number = len(self._extents)
        return self._extents.setdefault(self._slot(term), (f"e{number}c", f"e{number}n"))

    def flag(self, term: Term) -> str:
        """A boolean as 1 or 0."""
        return self._flags.setdefault(self._slot(term), f"b{len(self._flags)}")

    def derive(self, case: Case) -> dict[str, int]:
        """Every measure that the case's values allow, by field name.

        Raises `EnvelopeError` on a number that is not a whole number of millionths of its unit.
        """
        slots = self._values(case)
        derived = {AS_OF: day_number(case.as_of)}
        for (left, right, by_left, by_right), (low, high) in self._differences.items():
            a, b = slots[left], slots[right]
            if a is None or b is None:
                continue
            if isinstance(a, tuple) and isinstance(b, tuple):
                lowest = a[0] * by_left - b[1] * by_right
                highest = a[1] * by_left - b[0] * by_right
                derived[low] = lowest if -LARGEST_TICKS <= lowest <= LARGEST_TICKS else _bound(lowest)
                derived[high] = highest if -LARGEST_TICKS <= highest <= LARGEST_TICKS else _bound(highest)
            elif type(a) is int and type(b) is int:
                derived[low] = derived[high] = a - b
            else:
                derived[low] = derived[high] = int(a != b)
        for (left, right, shared), name in self._counts.items():
            a, b = slots[left], slots[right]
            if isinstance(b, SymbolSet):
                if isinstance(a, SymbolSet):
                    derived[name] = len(a.members & b.members if shared else a.members - b.members)
                elif isinstance(a, str):
                    derived[name] = int((a in b.members) is shared)
        for term, (complete, members) in self._extents.items():
            a = slots[term]
            if isinstance(a, SymbolSet):
                derived[complete] = int(a.complete)
                derived[members] = len(a.members)
        for term, name in self._flags.items():
            a = slots[term]
            if a is not None:
                derived[name] = int(a is True)
        return derived

    def _values(self, case: Case) -> list[Known | None]:
        """The value of every slot; None where a fact is missing or a parameter unverified."""
        slots = self._start.copy()
        for refs, values in ((self._facts, case.values), (self._parameters, case.parameters)):
            for slot, name in refs:
                value = values.get(name)
                if value is not None:
                    slots[slot] = _converted(value, name)
        for slot, compute, left, right, by_left, by_right in self._arithmetic:
            a, b = slots[left], slots[right]
            if isinstance(a, tuple) and isinstance(b, tuple):
                slots[slot] = compute((a[0] * by_left, a[1] * by_left), (b[0] * by_right, b[1] * by_right))
        return slots

    def _slot(self, term: Term) -> int:
        """The slot of a term; those that it is computed from come before it.

        The number 1 and the boolean true are equal to Python, so a constant's slot is found by its type as well.
        """
        match term:
            case Literal(value):
                constant, parts = _constant(value)
                return self._enter((type(value), value), parts, constant)[0]
            case FactRef(name):
                slot, is_new = self._enter((FactRef, name), MICRO)
                if is_new:
                    self._facts.append((slot, name))
            case ParameterRef(name):
                slot, is_new = self._enter((ParameterRef, name), MICRO)
                if is_new:
                    self._parameters.append((slot, name))
            case Arithmetic(op, left, right):
                one, other, by_one, by_other, parts = self._aligned(left, right)
                compute = _sum if op == "+" else _difference
                if op == "*":
                    compute, by_one, by_other = _product, 1, 1
                    parts = self._parts[one] * self._parts[other]
                slot, is_new = self._enter((op, one, other), parts)
                if is_new:
                    self._arithmetic.append((slot, compute, one, other, by_one, by_other))
        return slot

    def _enter(self, key: tuple[object, ...], parts: int, constant: Known | None = None) -> tuple[int, bool]:
        """The slot that goes by a key, and whether it is new."""
        slot = self._slots.setdefault(key, len(self._start))
        is_new = slot == len(self._start)
        if is_new:
            self._start.append(constant)
            self._parts.append(parts)
        return slot, is_new

    def _aligned(self, left: Term, right: Term) -> tuple[int, int, int, int, int]:
        """The slots of both sides, what to multiply each with to have them in the same parts, and those parts."""
        one, other = self._slot(left), self._slot(right)
        parts = math.lcm(self._parts[one], self._parts[other])
        return one, other, parts // self._parts[one], parts // self._parts[other], parts


def _sum(a: Ends, b: Ends) -> Ends:
    return a[0] + b[0], a[1] + b[1]


def _difference(a: Ends, b: Ends) -> Ends:
    return a[0] - b[1], a[1] - b[0]


def _product(a: Ends, b: Ends) -> Ends:
    if a[0] == a[1] and b[0] == b[1]:
        return a[0] * b[0], a[0] * b[0]
    corners = (a[0] * b[0], a[0] * b[1], a[1] * b[0], a[1] * b[1])
    return min(corners), max(corners)


def _bound(number: int) -> int:
    return LARGEST_TICKS if number > 0 else -LARGEST_TICKS


def _converted(value: Value, name: str) -> Known:
    if isinstance(value, Interval):
        lo = _ticks(value.lo, name)
        return lo, lo if value.hi is value.lo else _ticks(value.hi, name)
    return day_number(value) if isinstance(value, date) else value


def _ticks(number: Fraction, name: str) -> int:
    denominator = number.denominator
    if MICRO % denominator:
        raise EnvelopeError(f"the forward engine reads whole millionths only, and `{name}` is {number}")
    return number.numerator * (MICRO // denominator)


def _constant(value: bool | str | Fraction | date | frozenset[str]) -> tuple[Known, int]:
    """A constant in the engine's form, and the parts of a unit in which it is written."""
    match value:
        case Fraction():
            return (value.numerator, value.numerator), value.denominator
        case date():
            return day_number(value), MICRO
        case frozenset():
            return SymbolSet(value), MICRO
        case _:
            return value, MICRO
