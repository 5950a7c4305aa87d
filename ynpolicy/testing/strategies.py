"""Hypothesis strategies: terms, conditions, packs, cases of any pack, and what may be learnt about a case."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, Final, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from ynpolicy.expressions import LONGEST, show
from ynpolicy.ir import Case, Condition, Pack, Term
from ynpolicy.judge import Judge
from ynpolicy.loader import load_pack
from ynpolicy.testing.chance import Draw
from ynpolicy.testing.drawn_cases import CaseSpace
from ynpolicy.testing.drawn_conditions import draw_condition, draw_number_term
from ynpolicy.testing.drawn_packs import draw_pack
from ynpolicy.testing.learning import partial, refined
from ynpolicy.testing.written import written

T = TypeVar("T")
AnyPack = Judge | Pack | Path | str
CaseData = dict[str, Any]


@st.composite
def drawn(draw: DrawFn, make: Callable[[Draw], T]) -> T:
    """What `make` draws, with Hypothesis as the source of its choices."""
    return make(Draw(lambda n: draw(st.integers(0, n - 1))))


def pack_of(source: AnyPack) -> Pack:
    """The pack of a judge, or by its name or folder. Raises `InputError`."""
    if isinstance(source, Judge):
        return source.pack
    return source if isinstance(source, Pack) else load_pack(source)


# ---------------------------------------------------------------- cases of any pack


def cases(pack: AnyPack, level: str = "", norm: str = "") -> SearchStrategy[CaseData]:
    """Cases of a pack as plain data that `Judge.check` takes: four in five aimed, the others uniform.

    `pack` is a `Judge`, a `Pack`, or its name or folder. The cases are of one `level`, or about one `norm`, where these
    are given. Every case passes the normaliser. Raises `InputError` for an unknown pack, level or norm.
    """
    return _written(pack, level, norm, lambda draw, space: space.mixed(draw))


def uniform_cases(pack: AnyPack, level: str = "") -> SearchStrategy[CaseData]:
    """Cases of which each fact is drawn on its own, so that a norm seldom binds; otherwise as `cases`."""
    return _written(pack, level, "", lambda draw, space: space.uniform(draw))


def aimed_cases(pack: AnyPack, level: str = "", norm: str = "", at: Collection[str] = ()) -> SearchStrategy[CaseData]:
    """Cases near a point where a norm's outcome changes; otherwise as `cases`.

    `at` names what to aim at: `threshold` (a number or date at the very point of a comparison, or a tick or a step of
    resolution beside it), `date` (the day on which the norm or its law begins or ends, or one beside it), `exception`
    (one exception holds); without it chance decides. Raises `InputError` where no norm has what is aimed at.
    """
    return _written(pack, level, norm, lambda draw, space: space.aimed(draw, at))


def partial_cases(pack: AnyPack, level: str = "", norm: str = "") -> SearchStrategy[CaseData]:
    """Cases in which about a third of the facts are left out, `unknown`, measured or partly known; else as `cases`."""
    return _written(pack, level, norm, lambda draw, space: partial(draw, space, space.mixed(draw)))


def learning_cases(
    pack: AnyPack, level: str = "", norm: str = "", accuracy_only: bool = False
) -> SearchStrategy[tuple[CaseData, CaseData]]:
    """Pairs of a case and the same case after something has been learnt; with `accuracy_only`, no new fact.

    Otherwise as `cases`.
    """
    space = CaseSpace(pack_of(pack), level, norm)

    def both(draw: Draw) -> tuple[CaseData, CaseData]:
        case = space.mixed(draw)
        after = refined(draw, space, case, accuracy_only)
        return written(space.pack, case), written(space.pack, after)

    return drawn(both)


def _written(pack: AnyPack, level: str, norm: str, make: Callable[[Draw, CaseSpace], Case]) -> SearchStrategy[CaseData]:
    space = CaseSpace(pack_of(pack), level, norm)
    return drawn(lambda draw: written(space.pack, make(draw, space)))


# ---------------------------------------------------------------- drawn packs


def packs(norms: int = 5) -> SearchStrategy[Pack]:
    """Packs of at most so many norms, with facts of every kind, dated and unverified parameters, and exceptions."""
    return drawn(lambda draw: draw_pack(draw, norms))


def _pack_and(make: Callable[[Draw, CaseSpace], T]) -> SearchStrategy[tuple[Pack, T]]:
    def both(draw: Draw) -> tuple[Pack, T]:
        pack = draw_pack(draw, norms=3)
        return pack, make(draw, CaseSpace(pack))

    return drawn(both)


def _several(draw: Draw, space: CaseSpace) -> list[Case]:
    return [space.mixed(draw) for _ in range(draw.between(1, 6))]


terms: Final[SearchStrategy[Term]] = drawn(
    lambda draw: draw_number_term(draw, draw.one_of(("m", "kg/a", "1")), depth=4)
)
conditions: Final[SearchStrategy[Condition]] = drawn(lambda draw: draw_condition(draw, depth=3))
written_conditions: Final = drawn(lambda draw: draw_condition(draw, depth=3, fewest=2)).filter(
    lambda condition: len(show(condition)) <= LONGEST
)
"""Conditions as the grammar can write them: `and` and `or` join at least two, on a line of bearable length."""

packs_with_cases: Final = _pack_and(_several)
packs_with_case: Final = _pack_and(lambda draw, space: space.mixed(draw))
