"""A table in a database is screened as a file with the same rows is, and none of it is passed over."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import ibis
import polars as pl
import pytest
from click.testing import CliRunner, Result

from ynpolicy import cli
from ynpolicy.errors import InputError
from ynpolicy.messages import in_chinese
from ynpolicy.screening.database import Database, DatabaseSource, open_database
from ynpolicy.screening.streams import LINE

pytestmark = pytest.mark.tables

ROWS = pl.DataFrame(
    {
        "联单编号": ["d", "a", "c", "b", "e", "a2"],
        "废物类别": ["没有", "HW48", "HW49", "HW48", None, "HW48"],
        "移出地省份": ["云南省", "云南省", "云南省", "贵州省", None, "云南省"],
        "移入地省份": ["云南省", "四川省", "云南省", "云南省", None, "四川省"],
        "受理日期": [date(2022, 6, 1)] * 5 + [None],
    }
)
WORDS = ("--level", "transfer", "--as-of", "2022-06-01", "--yes", "--missing", "--lang", "en")


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The URL of a database with the table `manifests`."""
    connection: Any = ibis.duckdb.connect(tmp_path / "x.duckdb")
    connection.create_table("manifests", ROWS.to_arrow())
    connection.raw_sql('create schema "原始"')
    connection.raw_sql('create view "原始"."联单" as select * from manifests')
    connection.disconnect()
    return f"duckdb://{tmp_path / 'x.duckdb'}"


def screened(*words: object) -> Result:
    return CliRunner().invoke(cli.app, ["screen", *map(str, (*words, *WORDS))])


@pytest.mark.parametrize("table", ["manifests", "原始.联单"])
def test_a_table_is_screened_as_a_file_is(url: str, tmp_path: Path, table: str) -> None:
    """The guessed mapping, the status, every row of the result, and the reasons of rejected rows."""
    file = tmp_path / "rows.parquet"
    ROWS.sort(pl.all()).write_parquet(file)
    of_file = screened(file, "--out", tmp_path / "file.parquet")
    of_table = screened(url, "--table", table, "--out", tmp_path / "table.parquet", "--chunk", 2)
    assert of_table.exit_code == of_file.exit_code == 2, of_table.output
    assert pl.read_parquet(tmp_path / "table.parquet").equals(pl.read_parquet(tmp_path / "file.parquet"))
    assert (tmp_path / "table.rejected.csv").read_bytes() == (tmp_path / "file.rejected.csv").read_bytes()
    assert "6 rows = 5 judged + 1 rejected" in of_table.stdout


def test_a_row_is_explained_by_its_key(url: str) -> None:
    """The full verdict, by the engines for one case."""
    result = screened(url, "--table", "manifests", "--explain", "b")
    assert "| b | transfer |" in result.stdout, result.output


def test_rows_come_in_one_order_from_any_row_on(url: str) -> None:
    """In the order of all columns: so a run that was interrupted goes on with the rows that are left."""
    source = open_database(url, "manifests")
    whole = pl.concat(source.batches(4))
    assert whole.drop(LINE).equals(ROWS.sort(pl.all(), nulls_last=True))
    assert whole[LINE].to_list() == [1, 2, 3, 4, 5, 6]
    for start in range(6):
        assert pl.concat(source.batches(4, start)).equals(whole.slice(start))
    (part,) = source.batches(10, 2, ["废物类别"])
    assert part.equals(whole.slice(2).select("废物类别", LINE))


def test_the_digest_changes_with_a_cell(url: str, tmp_path: Path) -> None:
    """It is the same as long as the table is."""
    before = open_database(url, "manifests").digest()
    assert open_database(url, "manifests").digest() == before
    other: Any = ibis.duckdb.connect(tmp_path / "y.duckdb")
    other.create_table("manifests", ROWS.with_columns(pl.col("移入地省份").fill_null("")).to_arrow())
    other.disconnect()
    assert open_database(f"duckdb://{tmp_path / 'y.duckdb'}", "manifests").digest() != before


def test_every_type_is_read_exactly_or_as_text(tmp_path: Path) -> None:
    """Numbers, decimals, days and moments as they are; what a table in memory has no type for as text."""
    connection: Any = ibis.duckdb.connect(tmp_path / "t.duckdb")
    connection.raw_sql(
        """create table t as select 1::smallint as a, 1.10::decimal(9, 2) as b, date '2022-05-01' as c,
        timestamp '2022-05-01 00:00:00' as d, true as e, uuid '00000000-0000-0000-0000-000000000001' as f,
        'x'::enum('x', 'y') as g, 0.1::double as h, null::varchar as i"""
    )
    connection.disconnect()
    source = open_database(f"duckdb://{tmp_path / 't.duckdb'}", "t")
    (frame,) = source.batches(5)
    row = (1, Decimal("1.10"), date(2022, 5, 1), datetime(2022, 5, 1), True)
    assert frame.drop(LINE).row(0) == (*row, "00000000-0000-0000-0000-000000000001", "x", 0.1, None)
    assert {name: dtype for name, dtype in frame.schema.items() if name != LINE} == source.schema


def test_what_cannot_be_opened_is_refused(url: str, tmp_path: Path) -> None:
    """An unknown kind, a file that is not there or is none, a server that is not there, a table that is not there."""
    (tmp_path / "none.duckdb").write_text("no database", encoding="utf-8")
    for given, table, message in (
        ("mysql://me:secret@host/x", "t", "`mysql` is no database that can be read"),
        (f"duckdb://{tmp_path}/no.duckdb", "t", "there is no such file"),
        (f"duckdb://{tmp_path}/none.duckdb", "t", "the database cannot be opened: "),
        ("postgresql://me:secret@127.0.0.1:1/x", "t", "the database cannot be opened: "),
        (url, "manifest", "the database has no table `manifest`"),
        (url, "原始.联", "the database has no table `原始.联`"),
        (url, "", "the table is not named"),
    ):
        with pytest.raises(InputError) as caught:
            open_database(given, table)
        (problem,) = caught.value.problems
        assert problem.message.startswith(message)
        assert in_chinese(problem, {}).message != problem.message
        assert in_chinese(problem, {}).help != problem.help
        assert "secret" not in str(caught.value)
    assert not (tmp_path / "no.duckdb").exists()
    with pytest.raises(InputError, match="did you mean `manifests`"):
        open_database(url, "manifest")


def test_the_table_of_a_database_is_asked_for(url: str, tmp_path: Path) -> None:
    """A URL without `--table` names the tables that there are."""
    result = screened(url, "--out", tmp_path / "out.csv")
    assert result.exit_code == 2
    assert "give --table: the tables are manifests" in result.stderr


def test_a_database_is_only_read(url: str) -> None:
    """It is opened so that nothing can be written."""
    source = DatabaseSource(Database(url), "manifests")
    with pytest.raises(Exception, match="read-only"):
        source.database.connection.raw_sql("create table other (a int)")
