"""Two packs side by side: which norms are equal, stricter, looser or neither, each difference with a case to show it.

What is compared are outcomes over all possible complete cases that either pack can state, on every as-of date or on
given ones; texts are compared first, and a norm whose text and everything it reads are the same is not asked about.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from ynpolicy.diff.canonical import canonical_text
from ynpolicy.diff.groupings import grouping_differences
from ynpolicy.diff.relations import BURDENS, Comparison, NormPair, Relation, Shown, Side, Witness
from ynpolicy.diff.vocabulary import Common, apart, common, differences, factors
from ynpolicy.errors import InputError, Place, Problem
from ynpolicy.ir import LEVELS
from ynpolicy.successors import with_names
from ynpolicy.version import __version__

__all__ = ["BURDENS", "Comparison", "NormPair", "Relation", "Shown", "Side", "Witness", "compare"]


def compare(a: Side, b: Side, level: str = "", told: Callable[[str], None] | None = None) -> Comparison:
    """Every norm of two packs, or of one of their levels, side by side. `told` hears of each level as it begins.

    Raises `InputError` where z3 is not installed, and where only one of the two has an as-of date.
    """
    begun = time.perf_counter()
    if (a.as_of is None) != (b.as_of is None):
        message, help = "one pack is read on a day, the other on every day", "give both a day, or neither"
        raise InputError([Problem(Place("--as-of"), message, help)])
    version = _solver()
    shared = common(a, b)
    pairs: list[NormPair] = []
    for name in LEVELS:
        if level in ("", name) and (a.pack.norms_at(name) or shared.pack.norms_at(name)):
            if told is not None:
                told(name)
            pairs += _level(a, b, shared, name)
    engines: tuple[str, ...] = (f"z3 {version}", f"reference {__version__}")
    vocabulary = (*differences(a.pack, shared.pack), *grouping_differences(a.pack, b.pack))
    return Comparison(a, b, level, tuple(pairs), vocabulary, shared.notes, engines, time.perf_counter() - begun)


def _solver() -> str:
    try:
        from ynpolicy.engines.smt import version

        return version()
    except ModuleNotFoundError:
        help = "pip install 'ynpolicy[proof]'"
        raise InputError([Problem(Place("diff"), "packs are compared by the package `z3-solver`", help)]) from None


def _level(a: Side, b: Side, shared: Common, level: str) -> Iterator[NormPair]:
    from ynpolicy.diff.elements import elements
    from ynpolicy.diff.solving import Level, Standing
    from ynpolicy.diff.witnesses import Witnesses
    from ynpolicy.engines.smt import MARK, Pair

    mine = {norm.id: norm for norm in a.pack.norms_at(level)}
    theirs = {norm.id: norm for norm in shared.pack.norms_at(level)}
    split = apart(a, b, shared.pack)
    marked = with_names(shared.pack, {name: name + MARK for name in split}, {})
    pair = Pair(a.pack, marked, level, (a.as_of, b.as_of), factors(a.pack, shared.pack))
    asked = Level(pair, Witnesses(a, b, shared, pair))
    for id in dict.fromkeys((*mine, *theirs)):
        one, other = mine.get(id), theirs.get(id)
        if one is None or other is None:
            standing = asked.alone(id)
        elif canonical_text(a.pack, one, a.as_of) == canonical_text(shared.pack, other, b.as_of):
            standing = Standing(Relation.SAME_TEXT)
        else:
            standing = asked.compared(id)
        norm = one or other
        assert norm is not None
        yield NormPair(
            id if one is not None else "",
            shared.own_norm(id) if other is not None else "",
            level,
            norm.title,
            norm.clauses,
            standing.relation,
            standing.witnesses,
            () if standing.relation is Relation.SAME_TEXT else elements(a, b, shared, norm, standing.witnesses),
            standing.why,
        )
