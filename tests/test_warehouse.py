"""The warehouse engine on tables as they come, in DuckDB: it says what the columnar engine says of the same table."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import ibis
import polars as pl
import pytest
from attrs import evolve

from tests.compiled_level import DAY, FACTS, lines, norm
from tests.test_columnar import DERIVING, PLAN, as_stated, drawn, law_pack
from tests.warehouses import Warehouse, duckdb, in_a_database
from ynpolicy.engines.columnar import ColumnarEngine, case_table
from ynpolicy.engines.lowering.nodes import WIDE
from ynpolicy.engines.warehouse import WarehouseEngine
from ynpolicy.errors import EnvelopeError, InputError
from ynpolicy.expressions import parse
from ynpolicy.ir import LEVELS, Modality, Pack
from ynpolicy.messages import in_chinese
from ynpolicy.testing.chance import seeded
from ynpolicy.values import Missing

pytestmark = pytest.mark.tables

END = Decimal("9007199254.740992")
"""The largest number that a case may have."""

DISTANCE = "site.yangtze_pearl_bank_distance"


def both(
    pack: Pack,
    frame: pl.DataFrame,
    as_of: date | None = DAY,
    level: str = "project",
    decimals: dict[str, int] | None = None,
    missing: str = "finding",
    where: Warehouse | None = None,
) -> pl.DataFrame:
    """What the warehouse engine says of a table, once it is seen to be what the columnar engine says."""
    warehouse, columnar = WarehouseEngine(pack, level, decimals), ColumnarEngine(pack, level, decimals)
    database = where or duckdb()
    table = database.table(frame)
    found = database.rows(warehouse.judge(table, as_of, missing)).drop("row")
    wanted = columnar.judge(frame, as_of, missing)
    assert found.columns == wanted.columns
    assert found.with_columns(pl.col(name).cast(dtype) for name, dtype in wanted.schema.items()).equals(wanted)
    told = database.rows(warehouse.problems(table, as_of)).select("row", "fact", "message", "help")
    reasons = columnar.problems(frame, as_of)
    assert sorted(told.rows()) == (sorted(reasons.rows()) if reasons.width > 1 else [])
    return columnar.named(wanted)


# ---------------------------------------------------------------- the same as in the process


@pytest.mark.parametrize("level", DERIVING)
def test_what_follows_is_worked_out_in_the_database(level: str) -> None:
    """Lookups, sums and working days, alone or beside what is stated, in agreement with it or in conflict."""
    draw = seeded("follows", level)
    pairs = []
    for case in drawn(level, 60, "derive"):
        try:
            pairs.append(as_stated(PLAN, case, draw))
        except InputError:
            continue
    assert any(state is Missing.CONFLICT for _, case in pairs for state in case.missing.values())
    table = case_table(ColumnarEngine(PLAN, level).layout, [stated for stated, _ in pairs])
    both(PLAN, table, None, level, missing="case")


@pytest.mark.parametrize("missing", ["", "case", "finding"])
def test_a_date_for_all_and_a_date_in_each_row_say_the_same(missing: str) -> None:
    """The law of a day is the same whether the day stands in the call or in the row."""
    day = date(2024, 3, 1)
    cases = [evolve(case, as_of=day) for case in drawn("facility", 30, "one-date")]
    engine = WarehouseEngine(PLAN, "facility")
    table = duckdb().table(case_table(engine.layout, cases))
    by_row = duckdb().rows(engine.judge(table, None, missing, normalised=True))
    at_once = duckdb().rows(engine.judge(table, day, missing, normalised=True))
    assert by_row.select(at_once.columns).equals(at_once)


NUMBERS = [999, 1000, 1001, None]


@pytest.mark.parametrize(
    ("values", "dtype", "decimals"),
    [
        ([None if n is None else n * 10**6 for n in NUMBERS], pl.Int64, 6),
        ([None if n is None else n * 100 for n in NUMBERS], pl.Int32, 2),
        (NUMBERS, pl.Int16, 0),
        (NUMBERS, pl.UInt16, 0),
        (NUMBERS, pl.UInt32, 0),
        ([None if n is None else Decimal(n) for n in NUMBERS], pl.Decimal(12, 2), 6),
        ([None if n is None else Decimal(n) for n in NUMBERS], pl.Decimal(38, 6), 6),
    ],
)
def test_numbers_come_in_ticks_of_any_fineness(values: list[Any], dtype: Any, decimals: int) -> None:
    """A column of whole ticks of a coarser scale, of any integer type, or of decimals, says the same."""
    pack = law_pack(norm(requirement=parse("a.distance <= buffer")))
    frame = pl.DataFrame({"a.distance": pl.Series(values, dtype=dtype)})
    judged = both(pack, frame, decimals={"a.distance": decimals})
    assert judged["n"].to_list() == ["complied", "complied", "violated", "undetermined"]


def test_columns_of_different_fineness_are_compared_exactly() -> None:
    """1.2 times a number of hundredths beside a number of millionths, one tick apart; 1.2 between two whole metres."""
    pack = law_pack(norm(requirement=parse("a.width >= ratio * a.distance")))
    frame = pl.DataFrame({"a.distance": [1001, 1001], "a.width": [12_012_000, 12_011_999]})
    assert both(pack, frame, decimals={"a.distance": 2})["n"].to_list() == ["complied", "violated"]
    texts = ("a.width < ratio", "a.width <= ratio", "a.width > ratio", "a.width >= ratio", "a.width == ratio")
    pack = law_pack(*(norm(requirement=parse(text), id=f"n{i}") for i, text in enumerate(texts)))
    both(pack, pl.DataFrame({"a.width": [1, 2, None]}), decimals={"a.width": 0})


LINES = (
    "a.distance <= buffer",
    "a.width >= ratio * a.distance",
    'overlaps(a.metals, ["cd", "hg"])',
    'within(a.metals, ["cd", "hg"])',
    "a.metal in a.metals",
    "a.metal in toxic",
    'a.metal not in ["pb", "cd"]',
    "a.metal == a.county",
    "a.day < issued",
    "a.day <= a.night",
    "a.flag == a.other or not a.gate",
)
CELLS: dict[str, tuple[Any, ...]] = {
    "a.distance.lo": (999_000_000, 1_000_000_000, None),
    "a.distance.hi": (1_000_000_000, 1_000_000_001, None),
    "a.width": (1_199_999_999, 1_200_000_000, -5, None),
    "a.metals[cd]": (True, False, None),
    "a.metals[hg]": (True, False, None),
    "a.metals[pb]": (True, False, None),
    "a.metals.complete": (True, True, False, None),
    "a.metal": ("cd", "pb", "hg", "gold", None),
    "a.county": ("cd", "pb", "hg", None),
    "a.day": (date(2021, 12, 31), date(2022, 1, 1), date(1, 1, 1), date(9999, 12, 31), None),
    "a.night": (date(2021, 12, 31), date(2024, 2, 29), None),
    "a.flag": (True, False, None),
    "a.other": (True, False, None),
    "a.gate": (True, False, None),
    "a.width.not_applicable": (True, False, False, None),
    "justified[s0]": (True, False, None),
    "reviewed[r1]": (True, False, None),
    "as_of": (DAY, DAY, DAY, date(2020, 1, 1), None),
}


def cells_of_every_kind(seed: int) -> tuple[Pack, pl.DataFrame]:
    """A pack that reads facts of every kind, and a table with their cells in all combinations."""
    draw = seeded("cells", seed)
    modalities = (Modality.MUST, Modality.MUST_NOT)
    norms = [norm(draw.one_of(modalities), requirement=parse(text), id=f"n{i}") for i, text in enumerate(LINES)]
    norms += [norm(Modality.SHOULD, requirement=parse(LINES[seed]), id="s0")]
    norms += [norm(Modality.REVIEW, applies=lines(LINES[-1 - seed]), id="r1")]
    left_out = draw.subset([name for name in CELLS if "distance" not in name and name != "as_of"]) if seed else ()
    rows = {name: [draw.one_of(cells) for _ in range(150)] for name, cells in CELLS.items() if name not in left_out}
    booleans = {name: pl.Boolean for name in rows if CELLS[name][0] is True}
    return law_pack(*norms), pl.DataFrame(rows, schema_overrides=booleans)


@pytest.mark.parametrize("seed", range(6))
def test_cells_of_every_kind_are_read_alike(seed: int) -> None:
    """Ranges, sets known in part or without their summary, words that are no symbols, dates, records, no date."""
    judged = both(*cells_of_every_kind(seed), None)
    assert 0 < judged["rejected"].sum() < 150


def test_impossible_rows_are_rejected_and_named_and_the_others_judged() -> None:
    """Out of range, ends the wrong way round or missing, `not_applicable` where the question arises: no outcome."""
    arising = evolve(FACTS["a.width"], arises=lines("a.gate"))
    bounded = evolve(FACTS["a.distance"], minimum=parse("a.distance > 0").right.value)  # type: ignore[union-attr]
    pack = law_pack(
        norm(requirement=parse("a.distance <= buffer")), norm(id="w", requirement=parse("a.width <= buffer"))
    )
    pack = evolve(pack, facts={**FACTS, "a.width": arising, "a.distance": bounded})
    rows: dict[str, list[Any]] = {
        "a.distance.lo": [1, -1, 5, 5, 1, 1, 1],
        "a.distance.hi": [1, 1, 4, None, 1, 1, 2**53 + 1],
        "a.width": [None, 1, 1, 1, None, 1, 1],
        "a.width.not_applicable": [True, False, False, False, True, True, None],
        "a.gate": [False, True, True, True, None, False, True],
    }
    judged = both(pack, pl.DataFrame(rows).with_columns(pl.col("a.width").cast(pl.Int64)))
    assert judged["rejected"].to_list() == [False, *[True] * 6]


def test_a_product_never_overflows() -> None:
    """Numbers so large that a product would overflow are computed in 38 digits, or their rows rejected; no run ends."""
    ends = [2**53, -(2**53), 2**63 - 1, -(2**63), 0, 0]
    frame = pl.DataFrame({"a.distance": ends, "a.width": [2**53, 2**53, 2**63 - 1, 2**53, 2**53, None]})
    pack = law_pack(norm(requirement=parse("a.distance * a.width >= buffer")))
    judged = both(pack, frame)
    assert judged["rejected"].to_list() == [False, False, True, True, False, False]
    assert judged["n"].to_list() == ["complied", "violated", None, None, "violated", "undetermined"]
    three = law_pack(norm(requirement=parse("a.distance * a.width * a.distance >= buffer")))
    narrow = pl.DataFrame({"a.distance": [2**53, 20_000_000], "a.width": [2**53, 20_000_000]})
    assert both(three, narrow)["rejected"].to_list() == [True, False]
    many = " * ".join(["a.distance"] * 9)
    with pytest.raises(EnvelopeError, match="multiplies numbers"):
        both(law_pack(norm(requirement=parse(f"{many} >= buffer"))), frame)


def test_products_at_the_end_of_what_38_digits_hold_are_exact() -> None:
    """One tick apart where a product has as many digits as a row may give it."""
    pack = law_pack(norm(requirement=parse("a.distance * a.width * a.distance > a.width * a.distance * a.width")))
    layout = WarehouseEngine(pack, "project").layout
    bits = 2 ** (WIDE.bit_length() // 3)
    near = [bits // k + step for k in (1, 2, 3, 5) for step in (-1, 0, 1)]
    frame = pl.DataFrame({"a.distance": near, "a.width": near[::-1]}, schema=dict.fromkeys(layout.facts, pl.Int64))
    judged = both(pack, frame)
    assert 0 < judged["rejected"].sum() < len(near)


# ---------------------------------------------------------------- what a database is apart


def test_a_result_is_a_query_until_it_is_asked_for(tmp_path: Path) -> None:
    """It has all rows and the columns that are none of the case's, and can go straight into a file."""
    engine = WarehouseEngine(PLAN, "transfer")
    cases = drawn("transfer", 40, "lazy")
    frame = pl.concat([case_table(engine.layout, cases)] * 50)
    judged = engine.judge(duckdb().table(frame), missing="case", normalised=True)
    assert isinstance(judged, ibis.Table)
    judged.to_parquet(tmp_path / "judged.parquet")
    written = pl.read_parquet(tmp_path / "judged.parquet").sort("row")
    assert written["row"].to_list() == list(range(2000))
    assert written.equals(duckdb().rows(judged))
    assert {"case", "as_of", "row"} < set(written.columns)


def test_a_table_of_the_database_keeps_its_rows_and_becomes_another() -> None:
    """Real tables, not only what is lent to the database; the result can be made into a table there."""
    connection = ibis.duckdb.connect()
    engine = WarehouseEngine(PLAN, "county")
    frame = in_a_database(case_table(engine.layout, drawn("county", 25, "kept")))
    connection.create_table("counties", frame.to_arrow())
    connection.create_table("judged", engine.judge(connection.table("counties"), normalised=True))
    assert connection.table("judged").count().to_pyarrow().as_py() == 25


def test_names_are_those_of_the_codes() -> None:
    """Outcomes, decision and lists of missing facts in words, of the case and of each finding, in all their words."""
    for level, missing in (("enterprise", "case"), ("medical_institution", "finding")):
        engine, columnar = WarehouseEngine(PLAN, level), ColumnarEngine(PLAN, level)
        codes = columnar.judge(case_table(engine.layout, drawn(level, 20, "words")), missing=missing, normalised=True)
        codes = codes.with_columns(pl.col(pl.UInt64).cast(pl.Int64))
        found = duckdb().rows(engine.named(duckdb().table(codes))).drop("row")
        assert found.to_dicts() == columnar.named(codes).to_dicts()


def test_dates_that_no_case_has_are_rejected_and_named() -> None:
    """A database has dates before our era, and one that never comes."""
    pack = law_pack(norm(requirement=parse("a.day < issued")))
    connection = ibis.duckdb.connect()
    connection.raw_sql(
        """create table dates as select * from (values
            (0, date '2020-01-01'), (1, 'infinity'::date), (2, '-infinity'::date), (3, '0044-03-15 (BC)'::date),
            (4, null), (5, date '9999-12-31')) as t(id, "a.day")"""
    )
    engine = WarehouseEngine(pack, "project")
    judged = engine.named(engine.judge(connection.table("dates"), DAY)).order_by("id").to_pyarrow()
    assert judged["n"].to_pylist() == ["complied", None, None, None, "undetermined", "violated"]
    assert judged["rejected"].to_pylist() == [False, True, True, True, False, False]
    problems = engine.problems(connection.table("dates"), DAY).order_by("id").to_pyarrow().to_pylist()
    assert [(row["id"], row["fact"], row["message"]) for row in problems] == [
        (number, "a.day", "the date is out of range") for number in (1, 2, 3)
    ]


def test_decimals_that_no_case_has_are_rejected() -> None:
    """A decimal as long as a database holds does not end the run."""
    pack = law_pack(norm(requirement=parse("a.distance * a.width <= buffer")))
    frame = pl.DataFrame(
        {
            "a.distance": pl.Series(
                [Decimal(10) ** 30, Decimal(-1), Decimal("0.000001"), END], dtype=pl.Decimal(38, 6)
            ),
            "a.width": pl.Series([Decimal(1), Decimal(1), None, -END], dtype=pl.Decimal(38, 6)),
        }
    )
    engine = WarehouseEngine(pack, "project")
    judged = duckdb().rows(engine.judge(duckdb().table(frame), DAY))
    assert judged["rejected"].to_list() == [True, False, False, False]


# ---------------------------------------------------------------- what is refused


def test_columns_that_cannot_be_read_are_refused_all_at_once() -> None:
    """A float, a name that is no fact, a wrong type, a moment for a date, no date: each with what would be right."""
    engine = WarehouseEngine(PLAN, "project")
    types = {
        DISTANCE: "float64",
        "site.countty": "string",
        "park.in_park": "string",
        "project.production_start": "timestamp",
        "offset.reduction": "decimal(18, 9)",
        "site.county": "int64",
    }
    table = ibis.table({"id": "int64", **{n: k for n, k in types.items() if n in engine.schema or "tty" in n}}, "t")
    with pytest.raises(InputError) as caught:
        engine.judge(table)
    messages = [problem.message for problem in caught.value.problems]
    assert "column `site.countty` is no fact of a project" in messages
    assert f"column `{DISTANCE}` is `float64`" in messages
    assert "column `park.in_park` is `string`" in messages
    assert "column `site.county` is `int64`" in messages
    assert "the table has no column `as_of`" in messages
    for problem in caught.value.problems:
        assert in_chinese(problem, {}).message != problem.message
    with pytest.raises(InputError, match="unknown scope `norms`"):
        engine.judge(table, DAY, missing="norms")
    with pytest.raises(InputError, match="column `decision` is in the way"):
        engine.judge(ibis.table({"decision": "int64"}, "t"), DAY)
    with pytest.raises(InputError, match="unknown level `projekt`"):
        WarehouseEngine(PLAN, "projekt")


def test_a_table_without_rows_or_without_facts_is_judged() -> None:
    """No rows give no rows; rows that say nothing are open in everything."""
    engine = WarehouseEngine(PLAN, "transfer")
    silent = pl.DataFrame({"transfer.approved": [None]}, schema={"transfer.approved": pl.Boolean})
    judged = both(PLAN, silent, DAY, "transfer")
    assert judged["decision"].to_list() == ["undetermined"]
    assert duckdb().rows(engine.judge(duckdb().table(silent.clear()), DAY)).height == 0
    assert both(PLAN, silent.rename({"transfer.approved": "id"}), DAY, "transfer")["decision"][0] == "undetermined"
    untyped = duckdb().table(silent.clear()).mutate(ibis.null().name(name) for name in engine.layout.facts[:4])
    assert duckdb().rows(engine.judge(untyped, DAY)).height == 0


def test_every_level_of_the_plan_has_a_type_for_each_of_its_columns() -> None:
    """A table of the engine's own schema is read as it is."""
    for level in LEVELS:
        engine = WarehouseEngine(PLAN, level)
        assert engine.schema.keys() == engine.layout.columns.keys()
        ends = {f"{name}{end}" for name in engine.layout.facts for end in (".lo", ".hi")}
        engine.judge(ibis.table({name: kind for name, kind in engine.schema.items() if name not in ends}, "t"))


def test_ibis_is_loaded_when_it_is_asked_for_and_missed_by_name() -> None:
    """The core does not import it; without it the error says what to install."""
    text = "import sys, ynpolicy; assert 'ibis' not in sys.modules; sys.modules['ibis'] = None\n"
    text += "import ynpolicy.engines.warehouse"
    run = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=False)
    wanted = "tables in a database need the package `ibis-framework`: pip install 'ynpolicy[bulk]'"
    assert run.stderr.strip().endswith(wanted)
