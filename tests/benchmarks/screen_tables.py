"""Tables as users have them, of the facts that sixteen norms of the plan read: in Parquet with types, in CSV as text.

A set is a list of symbols in one cell, a number a decimal in the fact's unit. Each cell is empty with a probability of
15 %; nothing that follows from another cell has a column.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from ynpolicy.ir import FactType, Kind, Pack

KEY: Final = "编号"
FACTS: Final = (
    "site.county",
    "site.yangtze_pearl_bank_distance",
    "site.other_system_bank_distance",
    "project.nature",
    "project.adds_capacity",
    "project.activity",
    "project.heavy_metal_key_industry",
    "project.moves_upstream",
    "project.policy_class",
    "project.uses_phaseout_process",
    "project.eia_approved",
    "project.eia_approval_date",
    "project.construction_begun",
    "project.special_limits_committed",
    "project.incineration_capacity",
    "park.in_park",
    "park.lawfully_established",
    "park.planning_eia_done",
    "offset.increase_total",
    "offset.external_reduction_total",
    "offset.own_cuts_total",
    "offset.earliest_reduction_date",
    "offset.verification_opinion",
    "eia.hw_assessment_done",
    "eia.covers_solid_waste",
    "waste.hazardous_involved",
)
LARGEST: Final = {"site": 3_000, "project": 60_000, "offset": 2_000}
"""Numbers are drawn up to this, in the fact's unit."""
SEPARATOR: Final = "、"
SPOILT: Final = 1_000
"""In a CSV, one row in so many has a cell that cannot be read."""
CHUNK: Final = 1_000_000
MISSING: Final = 0.15
_FIRST, _LAST = 17897, 19700
"""2019-01-01 and 2023-12-09, in days since 1970."""


def draw(pack: Pack, rows: int, seed: int = 1) -> pl.DataFrame:
    """So many rows with a key, and a column of each fact under its label."""
    random = np.random.default_rng(seed)
    columns = {KEY: pl.Series(np.arange(rows, dtype=np.int64))}
    for name in FACTS:
        fact = pack.facts[name]
        known = pl.Series(random.random(rows) >= MISSING)
        columns[fact.label.zh] = pl.select(pl.when(known).then(_values(fact, rows, random))).to_series()
    return pl.DataFrame(columns)


def _values(fact: FactType, rows: int, random: np.random.Generator) -> pl.Series:
    words = list(fact.symbols)
    match fact.kind:
        case Kind.NUMBER:
            cents = random.integers(0, 100 * LARGEST[fact.name.partition(".")[0]], rows)
            return pl.Series(cents).cast(pl.Decimal(18, 0)).cast(pl.Decimal(18, 2)) / 100
        case Kind.DATE:
            return pl.Series(random.integers(_FIRST, _LAST, rows).astype(np.int32)).cast(pl.Date)
        case Kind.SYMBOL:
            return _named(random.integers(0, len(words), rows), words)
        case Kind.SYMBOLS:
            pairs = [f"{a}{SEPARATOR}{b}" for a, b in zip(words, [*words[1:], words[0]], strict=True)]
            return _named(random.integers(0, 4 * len(words), rows), [*words * 3, *pairs])
    return pl.Series(random.random(rows) < 0.5)


def _named(codes: Any, words: list[str]) -> pl.Series:
    return pl.Series(words).gather(codes.astype(np.uint32))


def write_parquet(pack: Pack, folder: Path, rows: int) -> None:
    """So many rows, in files of a million each; the rows repeat, their keys do not."""
    table = draw(pack, min(rows, CHUNK))
    for first in range(0, rows, CHUNK):
        part = table.head(rows - first).with_columns(pl.col(KEY) + first)
        part.write_parquet(folder / f"cases-{first // CHUNK:04}.parquet")


def write_csv(pack: Pack, path: Path, rows: int) -> int:
    """The same as text; returns how many rows have a cell that cannot be read."""
    table = draw(pack, min(rows, CHUNK))
    number = pack.facts["offset.increase_total"].label.zh
    spoilt = pl.when(pl.col(KEY) % SPOILT == 0).then(pl.lit("见附件")).otherwise(pl.col(number).cast(pl.String))
    table = table.with_columns(spoilt.alias(number))
    with path.open("wb") as file:
        for first in range(0, rows, CHUNK):
            part = table.head(rows - first).with_columns(pl.col(KEY) + first)
            part.write_csv(file, include_header=not first)
    return -(-rows // SPOILT)
