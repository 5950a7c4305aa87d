"""Missing facts as words of bits, made of a truth for each fact: in bytes first, which are narrow."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
from attrs import frozen

from ynpolicy.engines.columnar.expressions import KEPT
from ynpolicy.engines.lowering.results import WORD

_BYTE = 8


@frozen
class Words:
    """What is kept in a table, stage by stage, and the words that are made of that, by number."""

    stages: tuple[list[pl.Expr], ...]
    words: Mapping[int, pl.Expr]


def words_of(lacks: Mapping[int, pl.Expr]) -> Words:
    """`lacks` says by the number of a fact whether it is missing; unknown is no."""
    truths = {bit: f"{KEPT}lacks {bit}" for bit in lacks}
    pieces: dict[tuple[int, int], list[pl.Expr]] = {}
    for bit, name in truths.items():
        word, place = divmod(bit, WORD)
        piece, step = divmod(place, _BYTE)
        pieces.setdefault((word, piece), []).append(_either(name, 1 << step))
    names = {key: f"{KEPT}bits {key}" for key in pieces}
    words: dict[int, pl.Expr] = {}
    for (word, piece), name in names.items():
        shifted = pl.col(name).cast(pl.UInt64) * (1 << _BYTE * piece)
        words[word] = words[word] | shifted if word in words else shifted
    stages = (
        [lacks[bit].alias(name) for bit, name in truths.items()],
        [_joined(several).alias(names[key]) for key, several in pieces.items()],
    )
    return Words(stages, words)


def _either(truth: str, bit: int) -> pl.Expr:
    return pl.when(truth).then(pl.lit(bit, dtype=pl.UInt8)).otherwise(pl.lit(0, dtype=pl.UInt8))


def _joined(several: list[pl.Expr]) -> pl.Expr:
    joined, *rest = several
    for one in rest:
        joined = joined | one
    return joined
