"""Every Hypothesis strategy: terms, conditions, packs, cases, and what may be learnt about a case."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Final, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from tests.aiming import aimed_case, drawn_case, partial, refined, settled, uniform_case
from tests.drawing import (
    Draw,
    draw_condition,
    draw_number_term,
    draw_pack,
)
from ynpolicy.expressions import LONGEST, show
from ynpolicy.ir import Case, Condition, Pack, Term
from ynpolicy.values import LARGEST_TICKS, MICRO, Truth

T = TypeVar("T")


@st.composite
def drawn(draw: DrawFn, make: Callable[[Draw], T]) -> T:
    """What `make` draws, with Hypothesis as the source of its choices."""
    return make(Draw(lambda n: draw(st.integers(0, n - 1))))


def _pack_and(make: Callable[[Draw, Pack], T]) -> SearchStrategy[tuple[Pack, T]]:
    def both(draw: Draw) -> tuple[Pack, T]:
        pack = draw_pack(draw, norms=3)
        return pack, make(draw, pack)

    return drawn(both)


def _several(draw: Draw, pack: Pack) -> list[Case]:
    return [drawn_case(draw, pack) for _ in range(draw.between(1, 6))]


def _then(change: Callable[[Draw, Pack, Case], Case]) -> Callable[[Draw, Pack], tuple[Case, Case]]:
    def make(draw: Draw, pack: Pack) -> tuple[Case, Case]:
        case = drawn_case(draw, pack)
        return case, change(draw, pack, case)

    return make


def _forgotten(draw: Draw, pack: Pack) -> tuple[Case, Case]:
    whole = drawn_case(draw, pack)
    return partial(draw, whole), whole


terms: Final[SearchStrategy[Term]] = drawn(
    lambda draw: draw_number_term(draw, draw.one_of(("m", "kg/a", "1")), depth=4)
)
conditions: Final[SearchStrategy[Condition]] = drawn(lambda draw: draw_condition(draw, depth=3))
written_conditions: Final = drawn(lambda draw: draw_condition(draw, depth=3, fewest=2)).filter(
    lambda condition: len(show(condition)) <= LONGEST
)
"""Conditions as the grammar can write them: `and` and `or` join at least two, on a line of bearable length."""

packs: Final[SearchStrategy[Pack]] = drawn(draw_pack)
packs_with_cases: Final = _pack_and(_several)
packs_with_case: Final = _pack_and(drawn_case)
packs_with_aimed_case: Final = _pack_and(aimed_case)
packs_with_uniform_case: Final = _pack_and(uniform_case)
packs_with_learning: Final = _pack_and(_then(refined))
"""A pack, a case, and the same case after something has been learnt."""
packs_with_accuracy: Final = _pack_and(_then(lambda draw, pack, case: refined(draw, pack, case, accuracy_only=True)))
"""A pack, a case, and the same case with its measured and partly known facts known more closely."""
packs_with_settling: Final = _pack_and(_then(settled))
"""A pack, a case, and the same case after everything has been learnt."""
packs_with_forgetting: Final = _pack_and(_forgotten)
"""A pack, a case with facts left out, and the whole case."""

truths: Final = st.sampled_from(Truth)
tick_numbers: Final = st.integers(-LARGEST_TICKS, LARGEST_TICKS).map(lambda n: Fraction(n, MICRO))
decimals: Final = st.builds(
    lambda digits, places: Fraction(digits, 10**places), st.integers(-(10**30), 10**30), st.integers(0, 20)
)
