"""At which values of one number a comparison may change, when others are still open.

Every comparison of numbers or dates is a polynomial compared with zero. Projecting a variable out of a set of
polynomials (their resultants and leading coefficients, G. E. Collins's cylindrical decomposition, here for variables of
degree one) leaves the polynomials between whose zeros nothing changes for the variables that are left.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import combinations, pairwise
from math import ceil, floor
from typing import Final

from attrs import frozen

from ynpolicy.values import LARGEST_TICKS, MICRO

Monomial = tuple[str, ...]
"""The variables of a product, sorted; empty for a constant."""

Polynomial = frozenset[tuple[Monomial, Fraction]]
"""A sum of monomials with their coefficients, none of them zero."""

TICK: Final = Fraction(1, MICRO)
LARGEST: Final = LARGEST_TICKS * TICK

FAR: Final = 1000
"""How far beyond the last critical value the next number or day is taken, in the unit or in days."""

LARGEST_STAGE: Final = 24
"""More polynomials than this are not projected: the search is then not exhaustive, and says so."""


def polynomial(items: Iterable[tuple[Monomial, Fraction]]) -> Polynomial:
    """The sum of some monomials."""
    total: dict[Monomial, Fraction] = {}
    for monomial, coefficient in items:
        total[monomial] = total.get(monomial, Fraction(0)) + coefficient
    return frozenset((m, c) for m, c in total.items() if c)


def variable(name: str) -> Polynomial:
    """The polynomial that is one variable."""
    return frozenset({((name,), Fraction(1))})


def constant(number: Fraction) -> Polynomial:
    """The polynomial that is one number."""
    return polynomial([((), number)])


def add(a: Polynomial, b: Polynomial, sign: int = 1) -> Polynomial:
    """`a + sign * b`."""
    return polynomial([*a, *((m, sign * c) for m, c in b)])


def multiply(a: Polynomial, b: Polynomial) -> Polynomial:
    """`a * b`."""
    return polynomial((tuple(sorted(m + n)), c * d) for m, c in a for n, d in b)


def variables(form: Polynomial) -> frozenset[str]:
    """The variables of a polynomial."""
    return frozenset(name for monomial, _ in form for name in monomial)


def _split(form: Polynomial, name: str) -> tuple[Polynomial, Polynomial] | None:
    """`(a, b)` where the form is `a * name + b`; None where its degree in `name` is above one."""
    leading: list[tuple[Monomial, Fraction]] = []
    rest: list[tuple[Monomial, Fraction]] = []
    for monomial, coefficient in form:
        times = monomial.count(name)
        if times > 1:
            return None
        if times:
            leading.append((tuple(other for other in monomial if other != name), coefficient))
        else:
            rest.append((monomial, coefficient))
    return polynomial(leading), polynomial(rest)


def _scaled(form: Polynomial) -> Polynomial:
    """The form divided by its first coefficient: forms with the same zeros become equal."""
    _, first = min(form)
    return frozenset((m, c / first) for m, c in form)


@frozen
class Lines:
    """The forms that matter for each variable, once the variables before it have a value.

    `exact` is false where a form was too many or of too high a degree to be projected.
    """

    stages: Mapping[str, tuple[Polynomial, ...]]
    exact: bool

    def beside(self, name: str) -> list[str]:
        """The other variables on which the critical values of a variable depend."""
        return sorted({other for form in self.stages.get(name, ()) for other in variables(form)} - {name})

    def critical(self, name: str, known: Mapping[str, Fraction]) -> list[Fraction]:
        """The values of a variable at which something may change, given exact values of others, in order."""
        found = set()
        for form in self.stages.get(name, ()):
            slope = offset = Fraction(0)
            for monomial, coefficient in form:
                own = False
                for other in monomial:
                    if other == name:
                        own = True
                    elif other in known:
                        coefficient *= known[other]
                    else:
                        break
                else:
                    if own:
                        slope += coefficient
                    else:
                        offset += coefficient
                    continue
                break
            else:
                if slope:
                    found.add(-offset / slope)
        return sorted(found)


def project(forms: Iterable[Polynomial], order: Sequence[str]) -> Lines:
    """The forms that matter for each variable of `order`, the last variable projected out first."""
    remaining = {_scaled(form) for form in forms if variables(form)}
    stages: dict[str, tuple[Polynomial, ...]] = {}
    exact = True
    for name in reversed(order):
        here = sorted((form for form in remaining if name in variables(form)), key=sorted)
        remaining.difference_update(here)
        split = [(form, halves) for form in here if (halves := _split(form, name)) is not None]
        exact = exact and len(split) == len(here)
        stages[name] = tuple(form for form, _ in split)
        if all(len(variables(form)) == 1 for form in here):
            continue
        if len(split) > LARGEST_STAGE:
            exact = False
            split = split[:LARGEST_STAGE]
        fresh = [leading for _, (leading, _) in split]
        fresh += [add(multiply(a, d), multiply(c, b), -1) for (_, (a, b)), (_, (c, d)) in combinations(split, 2)]
        remaining.update(_scaled(form) for form in fresh if variables(form))
    return Lines(stages, exact)


def writable(number: Fraction) -> bool:
    """Whether a case can state a number: a whole multiple of a millionth, and not too large."""
    return on_grid(number, TICK) and -LARGEST <= number <= LARGEST


def on_grid(number: Fraction, grid: Fraction) -> bool:
    """Whether a number is a whole multiple of the grid's step."""
    return (number / grid).denominator == 1


def cells(critical: Iterable[Fraction], low: Fraction | None, high: Fraction | None) -> list[Fraction]:
    """Every critical number in `[low, high]`, and one before, between and after them: a short decimal where it fits."""
    ends = {end for end in (low, high) if end is not None}
    marks = sorted({c for c in critical if (low is None or c >= low) and (high is None or c <= high)} | ends)
    if not marks:
        return [Fraction(0)]
    found = [*marks, *(between(a, b) for a, b in pairwise(marks))]
    if low is None:
        found.append(Fraction(ceil(marks[0]) - FAR))
    if high is None:
        found.append(Fraction(floor(marks[-1]) + FAR))
    return sorted(found)


def told_apart(
    critical: Iterable[Fraction],
    always: Collection[Fraction],
    low: Fraction | None,
    high: Fraction | None,
    fits: Callable[[Fraction], bool],
) -> list[Fraction]:
    """A number for each critical value in `[low, high]` and for each gap before, between and after them.

    `always` are the critical values that do not hang on the values of other facts. Where no number that a case may have
    `fits` there, none is needed; elsewhere one may fit beside other values, and one that does not stands for it.
    """
    fixed = {*always, *(end for end in (low, high) if end is not None)}
    inside = {c for c in critical if (low is None or c >= low) and (high is None or c <= high)}
    inside -= {c for c in fixed if not -LARGEST <= c <= LARGEST}
    marks = sorted(inside | (fixed - {*always}))
    if not marks:
        return [Fraction(0)]
    found = [mark for mark in marks if mark not in fixed or fits(mark)]
    for a, b in pairwise(marks):
        middle = between(a, b)
        if fits(middle) or a not in fixed or b not in fixed:
            found.append(middle)
    if low is None and (marks[0] not in fixed or marks[0] > -LARGEST):
        found.append(min(max(Fraction(ceil(marks[0]) - FAR), -LARGEST), (ceil(marks[0] / TICK) - 1) * TICK))
    if high is None and (marks[-1] not in fixed or marks[-1] < LARGEST):
        found.append(max(min(Fraction(floor(marks[-1]) + FAR), LARGEST), (floor(marks[-1] / TICK) + 1) * TICK))
    return sorted(found)


def between(a: Fraction, b: Fraction) -> Fraction:
    """The decimal nearest to the middle of two numbers with as few places as can lie between them."""
    step = Fraction(1)
    while True:
        middle = floor((a + b) / 2 / step + Fraction(1, 2)) * step
        if a < middle < b:
            return middle
        step /= 10


def neighbours(
    critical: Iterable[Fraction], low: Fraction | None, high: Fraction | None, grid: Fraction
) -> list[Fraction]:
    """The numbers on the grid in `[low, high]` at and next to each critical value and end, or else to zero."""
    marks = [*critical, *(end for end in (low, high) if end is not None)] or [Fraction(0)]
    found = {(floor(mark / grid) + step) * grid for mark in marks for step in (-1, 0, 1, 2)}
    return sorted(n for n in found if (low is None or n >= low) and (high is None or n <= high))
