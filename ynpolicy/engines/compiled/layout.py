"""The flat form of a case that the compiled engine reads: a list of ints.

The first four slots are masks: the facts that could still be asked for, and the norms with a justification, an accepted
and a rejected review. Each fact that the level reads follows, in one slot or two:

======== ========================================= ========================
kind     slots                                     without a value
======== ========================================= ========================
boolean  0 true, -1 false                          the fact's mask (> 0)
symbol   one bit                                   0
symbols  known members; members that may be in it  0; -1
number   lowest, highest, in millionths            -FAR; FAR
date     ordinal                                   0
======== ========================================= ========================

The members that may be in an incomplete set are all: -2, which has every bit but bit 0. No symbol has bit 0, so that
bit of the second slot tells a set without a value from an incomplete one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from itertools import count
from typing import Final

from attrs import field, frozen

from ynpolicy.ir import Kind
from ynpolicy.values import MICRO, Interval, Missing, SymbolSet, Value

Prepared = list[int]
"""A case as the compiled engine reads it."""

OPEN, JUSTIFIED, ACCEPTED, REJECTED, FIRST_SLOT = range(5)

UNKNOWN_BIT: Final = 1
"""The lowest bit of an unknown's mask: unknown, whether or not there is a fact to ask for."""

FAR: Final = 1 << 256
"""Further out than any number that is compared with it: a number without a value lies in [-FAR, FAR]."""

_LARGEST: Final = 1 << 64
_MANY_SETS: Final = 4096


class SymbolBits(dict[str, int]):
    """One bit for each symbol, given out when it is first met; bit 0 is given to none."""

    def __init__(self, symbols: Iterable[str]) -> None:
        super().__init__()
        self._free = count(1)
        for symbol in symbols:
            self[symbol]

    def __missing__(self, symbol: str) -> int:
        return self.setdefault(symbol, 1 << next(self._free))

    def mask(self, members: Iterable[str]) -> int:
        """The bits of several symbols."""
        mask = 0
        for member in members:
            mask |= self[member]
        return mask


class _SetMasks(dict[frozenset[str], int]):
    """The masks of the sets met lately; the cases of a search hold the same few sets again and again."""

    def __init__(self, bits: SymbolBits) -> None:
        super().__init__()
        self._bits = bits

    def __missing__(self, members: frozenset[str]) -> int:
        if len(self) >= _MANY_SETS:
            self.clear()
        mask = self[members] = self._bits.mask(members)
        return mask


def _ticks(interval: Interval) -> tuple[int, int]:
    low, high = interval.lo, interval.hi
    numerator, denominator = low.as_integer_ratio()
    lowest, rest = divmod(numerator * MICRO, denominator)
    if high is low:
        highest, more = lowest, 0
    else:
        numerator, denominator = high.as_integer_ratio()
        highest, more = divmod(numerator * MICRO, denominator)
    if rest or more or not -_LARGEST <= lowest <= highest <= _LARGEST:
        raise ValueError(f"`{low}` to `{high}` is not in whole millionths, or too large: normalise the case first")
    return lowest, highest


_WIDTH: Final = {Kind.BOOLEAN: 1, Kind.SYMBOL: 1, Kind.SYMBOLS: 2, Kind.NUMBER: 2, Kind.DATE: 1}

Put = Callable[[Prepared, Value], bool]
"""Writes a value into its slots and says whether it is settled; raises `ValueError` for one of another kind."""


def _wrong(value: Value, kind: str) -> ValueError:
    return ValueError(f"`{value}` is no {kind}: normalise the case first")


def _boolean(slot: int) -> Put:
    def put(row: Prepared, value: Value) -> bool:
        if value is not True and value is not False:
            raise _wrong(value, "boolean")
        row[slot] = 0 if value else -1
        return True

    return put


def _symbol(slot: int, bits: SymbolBits) -> Put:
    def put(row: Prepared, value: Value) -> bool:
        if not isinstance(value, str):
            raise _wrong(value, "symbol")
        row[slot] = bits[value]
        return True

    return put


def _symbols(slot: int, masks: _SetMasks) -> Put:
    def put(row: Prepared, value: Value) -> bool:
        if not isinstance(value, SymbolSet):
            raise _wrong(value, "set of symbols")
        row[slot] = mask = masks[value.members]
        row[slot + 1] = mask if value.complete else -2
        return value.complete

    return put


def _number(slot: int) -> Put:
    def put(row: Prepared, value: Value) -> bool:
        if not isinstance(value, Interval):
            raise _wrong(value, "number")
        lowest, highest = row[slot : slot + 2] = _ticks(value)
        return lowest == highest

    return put


def _date(slot: int) -> Put:
    def put(row: Prepared, value: Value) -> bool:
        if not isinstance(value, date):
            raise _wrong(value, "date")
        row[slot] = value.toordinal()
        return True

    return put


@frozen
class Layout:
    """Where each fact of a level stands. `asks` is the bit by which a fact is asked for."""

    slots: Mapping[str, int]
    kinds: Mapping[str, Kind]
    asks: Mapping[str, int]
    bits: SymbolBits
    blank: Prepared
    puts: Mapping[str, tuple[int, Put]] = field(repr=False)

    @staticmethod
    def of(kinds: Mapping[str, Kind], symbols: Iterable[str]) -> Layout:
        """The layout for some facts by kind, and the symbols that will be met."""
        bits = SymbolBits(symbols)
        masks = _SetMasks(bits)
        slots: dict[str, int] = {}
        asks: dict[str, int] = {}
        puts: dict[str, tuple[int, Put]] = {}
        blank: Prepared = [0] * FIRST_SLOT
        for index, (name, kind) in enumerate(kinds.items(), start=1):
            slot, ask = len(blank), 1 << index
            empty: tuple[int, ...]
            put: Put
            slots[name], asks[name] = slot, ask
            blank[OPEN] |= ask
            match kind:
                case Kind.BOOLEAN:
                    empty, put = (ask | UNKNOWN_BIT,), _boolean(slot)
                case Kind.SYMBOLS:
                    empty, put = (0, -1), _symbols(slot, masks)
                case Kind.NUMBER:
                    empty, put = (-FAR, FAR), _number(slot)
                case Kind.DATE:
                    empty, put = (0,), _date(slot)
                case _:
                    empty, put = (0,), _symbol(slot, bits)
            blank.extend(empty)
            puts[name] = ask, put
        return Layout(slots, dict(kinds), asks, bits, blank, puts)

    def fill(self, row: Prepared, values: Mapping[str, Value]) -> None:
        """Write known values into a row where they are blank; a fact that the level does not read is passed over."""
        puts = self.puts
        open_facts = row[OPEN]
        for name, value in values.items():
            entry = puts.get(name)
            if entry is not None and entry[1](row, value):
                open_facts &= ~entry[0]
        row[OPEN] = open_facts

    def put(self, row: Prepared, name: str, value: Value | Missing) -> None:
        """Give a fact of the level another value, or none."""
        ask, put = self.puts[name]
        if isinstance(value, Missing):
            slot, end = self.slots[name], self.slots[name] + _WIDTH[self.kinds[name]]
            row[slot:end] = self.blank[slot:end]
            settled = value is Missing.NOT_APPLICABLE
        else:
            settled = put(row, value)
        row[OPEN] = row[OPEN] & ~ask if settled else row[OPEN] | ask
