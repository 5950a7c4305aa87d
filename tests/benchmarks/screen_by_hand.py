"""What a user writes instead of `ynpolicy screen`: from Parquet to Parquet, in Polars and in SQL for DuckDB.

The tables are those of `screen_tables`, the norms the sixteen of `hand_written`. No cell is checked, no row is
rejected, nothing is summed up, and what was done before an interruption is lost.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import polars as pl
from attrs import evolve

from tests.benchmarks.hand_written import NORMS, in_polars, in_sql
from tests.benchmarks.screen_tables import FACTS, KEY, SEPARATOR
from ynpolicy.ir import Kind, Pack
from ynpolicy.values import MICRO

HOME: Final = "530000"


def _prefectures(pack: Pack) -> dict[str, str]:
    return {county: row["prefecture_code"] for county, row in pack.tables["counties"].rows.items()}


def _few(pack: Pack) -> Pack:
    return evolve(pack, norms={id: pack.norms[id] for id in NORMS})


def polars_script(pack: Pack, source: str, out: Path) -> None:
    """Reads, judges and writes with Polars, streaming."""
    facts = [pack.facts[name] for name in FACTS]
    table = pl.scan_parquet(source).rename({fact.label.zh: fact.name for fact in facts} | {KEY: "number"})
    columns = []
    for fact in facts:
        cell: pl.Expr = pl.col(fact.name)
        if fact.kind is Kind.NUMBER:
            columns.append((cell * MICRO).cast(pl.Int64).alias(fact.name))
        elif fact.kind is Kind.SYMBOLS:
            listed = SEPARATOR + cell + SEPARATOR
            for symbol in fact.symbols:
                within = listed.str.contains(f"{SEPARATOR}{symbol}{SEPARATOR}", literal=True)
                columns.append(within.alias(f"{fact.name}[{symbol}]"))
    county: pl.Expr = pl.col("site.county")
    columns.append(county.replace_strict(_prefectures(pack), return_dtype=pl.String).alias("site.prefecture"))
    columns.append(pl.when(county.is_not_null()).then(pl.lit(HOME)).alias("site.province"))
    in_polars(_few(pack), table.with_columns(columns), keep=("number",)).sink_parquet(out)


def duckdb_script(pack: Pack, source: str, out: Path) -> None:
    """Reads, judges and writes with DuckDB."""
    import duckdb

    columns = [f'"{KEY}" AS number']
    for name in FACTS:
        fact = pack.facts[name]
        cell = f'"{fact.label.zh}"'
        if fact.kind is Kind.NUMBER:
            columns.append(f'CAST({cell} * {MICRO} AS BIGINT) AS "{name}"')
        elif fact.kind is Kind.SYMBOLS:
            for symbol in fact.symbols:
                listed = f"'{SEPARATOR}' || {cell} || '{SEPARATOR}'"
                columns.append(f"contains({listed}, '{SEPARATOR}{symbol}{SEPARATOR}') AS \"{name}[{symbol}]\"")
        else:
            columns.append(f'{cell} AS "{name}"')
    pairs = ", ".join(f"('{county}', '{prefecture}')" for county, prefecture in _prefectures(pack).items())
    county = f'"{pack.facts["site.county"].label.zh}"'
    columns.append(f"CASE WHEN {county} IS NOT NULL THEN '{HOME}' END AS \"site.province\"")
    columns.append('prefecture AS "site.prefecture"')
    database = duckdb.connect(config={"threads": pl.thread_pool_size()})
    database.execute(
        f"CREATE VIEW cases AS SELECT {', '.join(columns)} FROM '{source}' "
        f"LEFT JOIN (VALUES {pairs}) AS places(county, prefecture) ON {county} = county"
    )
    database.execute(f"COPY ({in_sql(_few(pack))}) TO '{out}' (FORMAT parquet)")
