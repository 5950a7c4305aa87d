"""At which values of one number a comparison may change, when others are still open.

Every comparison of numbers or dates is a polynomial compared with zero. Projecting a variable out of a set of
polynomials (their resultants and leading coefficients, G. E. Collins's cylindrical decomposition, here for variables of
degree one) leaves the polynomials between whose zeros nothing changes for the variables that are left.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import combinations, pairwise
from math import ceil, floor
from typing import Final

from attrs import frozen

Monomial = tuple[str, ...]
"""The variables of a product, sorted; empty for a constant."""

Polynomial = frozenset[tuple[Monomial, Fraction]]
"""A sum of monomials with their coefficients, none of them zero."""

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


def on_grid(number: Fraction, grid: Fraction) -> bool:
    """Whether a number is a whole multiple of the grid's step."""
    return (number / grid).denominator == 1


def spread(critical: Iterable[Fraction], low: Fraction | None, high: Fraction | None, grid: Fraction) -> list[Fraction]:
    """One number on the grid in `[low, high]` for each critical value and for each gap between, before and after."""
    ends = {end for end in (low, high) if end is not None}
    inside = {c for c in critical if (low is None or c >= low) and (high is None or c <= high)}
    marks = sorted(inside | ends)
    if not marks:
        return [Fraction(0)]
    found = {mark for mark in marks if on_grid(mark, grid)}
    if low is None:
        found.add((ceil(marks[0] / grid) - 1) * grid)
    if high is None:
        found.add((floor(marks[-1] / grid) + 1) * grid)
    for a, b in pairwise(marks):
        middle = floor((a + b) / 2 / grid) * grid
        found.update([n for n in (middle, middle + grid) if a < n < b][:1])
    return sorted(found)


def neighbours(
    critical: Iterable[Fraction], low: Fraction | None, high: Fraction | None, grid: Fraction
) -> list[Fraction]:
    """The numbers on the grid in `[low, high]` at and next to each critical value and each end."""
    ends = [end for end in (low, high) if end is not None]
    found = {(floor(mark / grid) + step) * grid for mark in (*critical, *ends) for step in (-1, 0, 1, 2)}
    return sorted(n for n in found if (low is None or n >= low) and (high is None or n <= high))
