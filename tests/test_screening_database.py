"""A result in a database: the rows of the file, whole or not at all, and nobody's table overwritten."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from click.testing import CliRunner, Result

from ynpolicy import cli
from ynpolicy.screening import database_results
from ynpolicy.screening.database_results import DatabaseTable

pytestmark = pytest.mark.tables

TABLE = """联单编号,废物类别,移出省份,移入省份,备注
a,HW48,云南省,四川省,=1+1
b,HW48,贵州省,云南省,
c,HW49,云南省,云南省,x
d,没有,云南省,云南省,x
e,,,,x
"""


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "联单.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def run(table: Path, *words: object, name: str = "筛查结果") -> Result:
    into = ("--into", f"duckdb://{table.with_name('x.duckdb')}", "--into-table", name)
    given = ("--level", "transfer", "--as-of", "2022-06-01", "--yes", "--missing", "--keep", "*", "--chunk", 2)
    return CliRunner().invoke(cli.app, ["screen", str(table), *map(str, (*given, *into, *words))])


def tables(table: Path) -> dict[str, pl.DataFrame]:
    """All tables of the database, by name, their rows in order."""
    connection = duckdb.connect(str(table.with_name("x.duckdb")))
    names = [name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()]
    found = {}
    for name in names:
        cursor = connection.execute(f'select * from "{name}" order by row')
        heads = [column[0] for column in cursor.description]
        found[name] = pl.DataFrame(cursor.fetchall(), heads, orient="row", infer_schema_length=None)
    connection.close()
    return found


def test_the_table_has_the_rows_of_the_file(table: Path, tmp_path: Path) -> None:
    """Number, key, decision, outcomes and kept columns; what a row lacks is one text."""
    result = run(table, "--out", tmp_path / "out.parquet")
    assert result.exit_code == 2, result.output
    assert result.stderr.splitlines()[-1] == f"筛查结果 (duckdb://{tmp_path / 'x.duckdb'})"
    wanted = pl.read_parquet(tmp_path / "out.parquet").with_columns(
        pl.col(pl.Enum).cast(pl.String), pl.col("missing").list.join("; ")
    )
    (found,) = tables(table).values()
    assert found.columns == wanted.columns
    assert found.rows() == wanted.rows()
    assert found["rejected"].to_list() == [False, False, False, True, False]


def test_without_a_file_the_rejected_rows_lie_where_the_command_is_given(table: Path, tmp_path: Path) -> None:
    """They and the working folder are called after the table; the folder is gone at the end."""
    assert run(table).exit_code == 2
    assert {path.name for path in tmp_path.iterdir()} == {"联单.csv", "x.duckdb", "筛查结果.rejected.csv"}


def test_a_table_that_is_there_is_not_overwritten(table: Path) -> None:
    """It is refused before the work, in Chinese, and stays as it was."""
    run(table)
    before = tables(table)
    again = run(table, "--as-of", "2023-06-01")
    assert again.exit_code == 2
    assert "已有名为 `筛查结果` 的表" in again.stderr
    assert again.stdout == ""
    assert tables(table)["筛查结果"].equals(before["筛查结果"])


def test_a_failure_half_way_leaves_no_table_and_the_next_run_makes_it(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was judged is kept, and the rows that were in the database already are not there twice."""
    plain = database_results._plain
    calls: list[int] = []

    def fails(frame: pl.DataFrame) -> Any:
        calls.append(frame.height)
        if len(calls) == 2:
            raise RuntimeError("connection lost")
        return plain(frame)

    monkeypatch.setattr(database_results, "_plain", fails)
    broken = run(table)
    assert broken.exit_code == 2
    assert "数据库报告：connection lost" in broken.stderr
    assert "筛查结果" not in tables(table)
    assert (tmp_path / "筛查结果.parts").is_dir()
    assert run(table).exit_code == 2
    assert {name: rows.height for name, rows in tables(table).items()} == {"筛查结果": 5}
    assert not (tmp_path / "筛查结果.parts").exists()


def test_what_a_database_cannot_take_is_told_before_the_work(table: Path) -> None:
    """A name that is too long, a database that is not there, a URL without a name."""
    assert "太长" in run(table, name="长" * 21).stderr
    missing = CliRunner().invoke(
        cli.app,
        [
            *("screen", str(table), "--level", "transfer", "--as-of", "2022-06-01", "--yes"),
            *("--into", f"duckdb://{table.parent}/no/x.duckdb", "--into-table", "t"),
        ],
    )
    assert "数据库报告" in missing.stderr
    unnamed = CliRunner().invoke(
        cli.app, ["screen", str(table), "--yes", "--as-of", "2022-06-01", "--into", "duckdb://x"]
    )
    assert "--into-table" in unnamed.stderr


def test_a_column_of_any_type_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a database may not have becomes text, or a number that holds it."""
    monkeypatch.chdir(tmp_path)
    table = tmp_path / "t.parquet"
    kept = {
        "list": [["x", None, "y"], None],
        "record": [{"a": 1}, None],
        "large": pl.Series([2**63 + 1, None], dtype=pl.UInt64),
        "nothing": pl.Series([None, None]),
        "sort": pl.Series(["=x", None], dtype=pl.Categorical),
    }
    facts = {"联单编号": ["a", "b"], "废物类别": ["HW48", None]}
    pl.DataFrame({**facts, **kept}).write_parquet(table)
    result = run(table)
    assert result.exit_code == 3, result.output
    first = tables(table)["筛查结果"].select(list(kept)).row(0)
    assert first == ("x; y", "{'a': 1}", 2**63 + 1, None, "=x")


def test_a_password_is_never_shown() -> None:
    """Messages name the database without it."""
    assert str(DatabaseTable("postgresql://eia:s3cret@db.local/yn", "t")) == "t (postgresql://eia@db.local/yn)"
