"""The law over a variable as-of date: parameters by their days, and conditions as Kleene truths."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction
from itertools import product
from typing import Any

import z3

from ynpolicy.engines.smt.codes import Codes
from ynpolicy.engines.smt.facts import Variables, admissible, variable
from ynpolicy.engines.smt.sides import (
    Day,
    Side,
    arithmetic,
    compare,
    constant,
    holds,
    inclusion,
    membership,
    overlap,
)
from ynpolicy.engines.smt.truths import (
    OPEN,
    Formula,
    Kleene,
    both,
    conjunction,
    disjunction,
    every,
    no,
    some,
)
from ynpolicy.ir import (
    All,
    AnyOf,
    Arithmetic,
    Compare,
    Condition,
    DatedValue,
    FactRef,
    Holds,
    In,
    Leaf,
    Literal,
    Not,
    Overlaps,
    Pack,
    Parameter,
    ParameterRef,
    Term,
    parameters_read,
)
from ynpolicy.values import Interval, SymbolSet, Value


class Law:
    """A pack's conditions over variables.

    `as_of` is the ordinal of the as-of date: a z3 integer, or a Python int where the date is fixed. With `hypothetical`
    a parameter without a verified value may have any value of its kind; else it is unknown.
    """

    def __init__(self, pack: Pack, facts: Variables, codes: Codes, as_of: Any, hypothetical: bool) -> None:
        self.pack = pack
        self.facts = facts
        self.codes = codes
        self.as_of = as_of
        self.hypothetical = hypothetical
        self._truths: dict[str, Kleene] = {}
        self._imagined: dict[tuple[str, int], Side] = {}

    # ------------------------------------------------------------ days

    def since(self, day: date | None) -> Formula:
        """That the as-of date is this day or a later one."""
        return True if day is None else self.as_of >= day.toordinal()

    def until(self, day: date | None) -> Formula:
        """That the as-of date is this day or an earlier one."""
        return True if day is None else self.as_of <= day.toordinal()

    def after(self, day: date | None) -> Formula:
        """That the as-of date is later than this day."""
        return True if day is None else self.as_of > day.toordinal()

    # ------------------------------------------------------------ parameters

    def entries(self, name: str) -> Iterator[tuple[Formula, Side | None]]:
        """The values of a parameter, each with the formula that it is in force; None where it is unverified."""
        parameter = self.pack.parameters[name]
        if parameter.is_day:
            yield True, Day(True, self.as_of)
            return
        earlier: Formula = False
        for index, entry in enumerate(parameter.values):
            here = both(self.since(entry.since), self.until(entry.until))
            yield both(here, no(earlier)), self._entry(parameter, index, entry)
            earlier = some((earlier, here))

    def _entry(self, parameter: Parameter, index: int, entry: DatedValue) -> Side | None:
        if entry.value is not None:
            return constant(entry.value, self.codes)
        if not self.hypothetical:
            return None
        key = parameter.name, index
        if key not in self._imagined:
            name = f"{parameter.name} #{index}"
            symbols = tuple(self.codes)
            self._imagined[key] = variable(name, parameter.kind, symbols, self.codes, True, False)
        return self._imagined[key]

    @property
    def imagining(self) -> int:
        """How many values of unverified parameters are variables by now."""
        return len(self._imagined)

    def imagined(self) -> Formula:
        """That unverified parameters have values of their kinds; a quantity of the law is not negative."""
        return every(admissible(side, Fraction(0), None) for side in self._imagined.values())

    # ------------------------------------------------------------ conditions

    def truth(self, condition: Condition) -> Kleene:
        """A condition's truth. Raises `EnvelopeError` where sides do not fit together, which the loader refuses too."""
        match condition:
            case Not(item):
                return self.truth(item).negated
            case All(items):
                return conjunction([self.truth(item) for item in items])
            case AnyOf(items):
                return disjunction([self.truth(item) for item in items])
            case _:
                if condition.text not in self._truths:
                    self._truths[condition.text] = self._leaf(condition)
                return self._truths[condition.text]

    def _leaf(self, leaf: Leaf) -> Kleene:
        """A comparison; where it reads parameters that change, one case for each combination of their entries."""
        names = list(parameters_read(leaf))
        found: list[tuple[Formula, Kleene]] = []
        for chosen in product(*(tuple(self.entries(name)) for name in names)):
            when = every(here for here, _ in chosen)
            law = {name: side for name, (_, side) in zip(names, chosen, strict=True)}
            found.append((when, self._compared(leaf, law)))
        if len(found) == 1 and found[0][0] is True:
            return found[0][1]
        yes = some(both(when, truth.yes) for when, truth in found)
        return Kleene(yes, some(both(when, truth.no) for when, truth in found))

    def _compared(self, leaf: Leaf, law: dict[str, Side | None]) -> Kleene:
        match leaf:
            case Holds(term):
                terms: Iterable[Term] = (term,)
            case In(item, members):
                terms = (item, members)
            case Compare(_, left, right) | Overlaps(left, right):
                terms = (left, right)
            case _:
                terms = (leaf.left, leaf.right)
        sides = [self._side(term, law) for term in terms]
        known = [side for side in sides if side is not None]
        if len(known) < len(sides):
            return OPEN
        match leaf:
            case Holds():
                return holds(known[0])
            case In():
                return membership(*known)
            case Compare(op):
                return compare(op, *known)
            case Overlaps():
                return overlap(*known)
            case _:
                return inclusion(*known)

    def _side(self, term: Term, law: dict[str, Side | None]) -> Side | None:
        match term:
            case FactRef(name):
                return self.facts[name]
            case ParameterRef(name):
                return law[name]
            case Literal(value):
                return constant(_as_value(value), self.codes)
            case Arithmetic(op, left, right):
                a, b = self._side(left, law), self._side(right, law)
                return None if a is None or b is None else arithmetic(op, a, b)


def _as_value(value: bool | str | Fraction | date | frozenset[str]) -> Value:
    if isinstance(value, Fraction):
        return Interval(value, value)
    return SymbolSet(value) if isinstance(value, frozenset) else value


def day_variable() -> Any:
    """The as-of date as a variable."""
    return z3.Int("as_of")
