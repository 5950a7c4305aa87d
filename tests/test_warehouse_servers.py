"""The warehouse engine says what the reference says in PostgreSQL and in Spark: real servers, started here."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import polars as pl
import pytest
from attrs import evolve

from tests import servers
from tests.compiled_level import norm
from tests.test_columnar import PLAN, drawn, law_pack
from tests.test_warehouse import both, cells_of_every_kind
from tests.warehouses import Warehouse, rows_in
from ynpolicy.engines.columnar import ColumnarEngine, case_table
from ynpolicy.engines.warehouse import WarehouseEngine
from ynpolicy.expressions import parse
from ynpolicy.ir import Case, Pack
from ynpolicy.testing.agreement_tables import assert_tables_agree, columnar_rows
from ynpolicy.testing.chance import seeded
from ynpolicy.testing.drawn_cases import CaseSpace
from ynpolicy.testing.drawn_packs import draw_pack

PACKS, CASES = 20, 5000
LEVEL = "project"

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module", params=["postgres", "spark"])
def server(request: pytest.FixtureRequest) -> Iterator[Warehouse]:
    """A server that has been started for these tests."""
    with getattr(servers, request.param)() as started:
        yield started


@cache
def batch(number: int) -> tuple[Pack, tuple[Case, ...]]:
    """A fixed pack, all its norms on one level, and its cases."""
    draw = seeded("servers", number)
    pack = draw_pack(draw, norms=8)
    pack = evolve(pack, norms={id: evolve(norm, level=LEVEL) for id, norm in pack.norms.items()})
    space = CaseSpace(pack, LEVEL)
    return pack, tuple(space.mixed(draw) for _ in range(CASES))


@pytest.mark.parametrize("number", range(PACKS))
def test_a_server_says_what_the_reference_says(server: Warehouse, number: int) -> None:
    """Outcomes, decision and the missing facts of every finding, on thousands of cases in one batch."""
    pack, cases = batch(number)
    rejected = assert_tables_agree(pack, cases, rows_in(server))
    assert rejected == sum(row is None for row in columnar_rows(pack, LEVEL, cases))
    assert rejected < CASES / 5


@pytest.mark.parametrize("seed", range(3))
def test_a_server_reads_cells_of_every_kind(server: Warehouse, seed: int) -> None:
    """Ranges, partly known sets, words that are no symbols, dates, records; and it says why rows are rejected."""
    judged = both(*cells_of_every_kind(seed), None, where=server)
    assert 0 < judged["rejected"].sum() < judged.height


def test_a_server_judges_the_plan_and_names_what_is_missing(server: Warehouse) -> None:
    """A level of the plan with lookups and working days, and lists of missing facts in words."""
    engine, columnar = WarehouseEngine(PLAN, "transfer"), ColumnarEngine(PLAN, "transfer")
    frame = case_table(engine.layout, drawn("transfer", 60, "server"))
    both(PLAN, frame, None, "transfer", where=server)
    named = server.rows(engine.named(engine.judge(server.table(frame), missing="case"))).drop("row")
    assert named.to_dicts() == columnar.named(columnar.judge(frame, missing="case")).to_dicts()


def test_a_server_holds_products_to_38_digits(server: Warehouse) -> None:
    """The largest numbers are multiplied exactly, or their rows rejected; no run ends, and nothing wraps round."""
    pack = law_pack(norm(requirement=parse("a.distance * a.width * a.distance > a.width * a.distance * a.width")))
    near = [2**number + step for number in (40, 41, 42, 53, 62) for step in (-1, 0, 1)]
    frame = pl.DataFrame({"a.distance": near, "a.width": near[::-1]})
    judged = both(pack, frame, where=server)
    assert 0 < judged["rejected"].sum() < len(near)
