"""Strong Kleene logic as pairs of formulas: one that says "is true", one that says "is false".

A formula is a z3 Boolean, or a Python bool where nothing is left open; the connectives fold what is settled, so that
the solver never sees it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, TypeAlias

import z3
from attrs import frozen

Formula: TypeAlias = Any
"""A z3 `BoolRef`, or a Python bool. z3 has no types, so mypy cannot tell more."""


def every(items: Iterable[Formula]) -> Formula:
    """And; true when there are none."""
    left = []
    for item in items:
        if item is False:
            return False
        if item is not True:
            left.append(item)
    if len(left) < 2:
        return left[0] if left else True
    return z3.And(left)


def some(items: Iterable[Formula]) -> Formula:
    """Or; false when there are none."""
    left = []
    for item in items:
        if item is True:
            return True
        if item is not False:
            left.append(item)
    if len(left) < 2:
        return left[0] if left else False
    return z3.Or(left)


def both(*items: Formula) -> Formula:
    """And, of a few."""
    return every(items)


def either(*items: Formula) -> Formula:
    """Or, of a few."""
    return some(items)


def no(item: Formula) -> Formula:
    """Not."""
    return not item if isinstance(item, bool) else z3.Not(item)


def implies(condition: Formula, result: Formula) -> Formula:
    """If, then."""
    return some((no(condition), result))


def as_z3(item: Formula) -> Formula:
    """A formula as the solver takes it."""
    return z3.BoolVal(item) if isinstance(item, bool) else item


@frozen(eq=False)
class Kleene:
    """A truth: never both `yes` and `no`, and unknown while neither."""

    yes: Formula
    no: Formula

    @property
    def negated(self) -> Kleene:
        return Kleene(self.no, self.yes)

    @property
    def unknown(self) -> Formula:
        return no(some((self.yes, self.no)))


OPEN: Final = Kleene(False, False)
"""Unknown, whatever the case."""


def of(formula: Formula) -> Kleene:
    """A formula that is true or false and never unknown."""
    return Kleene(formula, no(formula))


def conjunction(items: Iterable[Kleene]) -> Kleene:
    """Kleene's and."""
    found = list(items)
    return Kleene(every(item.yes for item in found), some(item.no for item in found))


def disjunction(items: Iterable[Kleene]) -> Kleene:
    """Kleene's or."""
    found = list(items)
    return Kleene(some(item.yes for item in found), every(item.no for item in found))


def guarded(known: Formula, truth: Kleene) -> Kleene:
    """A truth that is unknown unless `known` holds."""
    return Kleene(both(known, truth.yes), both(known, truth.no))
