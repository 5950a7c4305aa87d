"""A table judged in its database has the same rows, reasons and counts as one that is read out and judged here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping as MappingOf
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import duckdb
import polars as pl
import pytest
from click.testing import CliRunner, Result
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests import servers
from tests.small_pack import PACK
from tests.test_screening_cells import BY_NAME, READABLE, cells
from tests.test_screening_database_source import ROWS, WORDS
from ynpolicy import cli
from ynpolicy.engines.lowering.results import MISSING
from ynpolicy.errors import InputError
from ynpolicy.ir import Kind
from ynpolicy.messages import in_chinese
from ynpolicy.screening import database_cells, database_run
from ynpolicy.screening.database import Database, DatabaseSource
from ynpolicy.screening.database_run import ScreenedThere, screen_in_database
from ynpolicy.screening.judging import KEY
from ynpolicy.screening.mapping import ColumnMap, Mapping
from ynpolicy.screening.prepare import prepare

pytestmark = pytest.mark.tables

DAYS: Final = st.sampled_from(["2022-06-01", "2024-01-01", "2027.1.1", "", None, "?"])


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Database:
    """A database for all tables of this module."""
    path = tmp_path_factory.mktemp("there") / "x.duckdb"
    duckdb.connect(str(path)).close()
    return Database(f"duckdb://{path}", writes=True)


def source_of(database: Database, frame: pl.DataFrame) -> DatabaseSource:
    """These rows as the table `cases`; results of earlier tables are dropped."""
    for name in database.tables():
        if not name.startswith("ynpolicy_"):
            database.connection.drop_table(name, force=True)
    database.connection.create_table("cases", frame.to_arrow())
    return DatabaseSource(database, "cases")


def assert_same(database: Database, frame: pl.DataFrame, mapping: Mapping, as_of: date | None = None) -> ScreenedThere:
    """Judges a table in both ways."""
    source = source_of(database, frame)
    screening = prepare(PACK, source, mapping, as_of, keep=["kept"], listed=True)
    here = screening.judge.judge(next(source.batches(1000)), 0)
    there = screen_in_database(PACK, source, mapping, "judged", as_of, keep=["kept"], listed=True)
    rows = {row[KEY]: row for row in database.frame(database.table("judged")).to_dicts()}
    assert len(rows) == here.rows.height == frame.height
    for row in here.rows.to_dicts():
        found = rows[row[KEY]]
        assert found.keys() == row.keys() - {"row"}
        listed = row.pop(MISSING)
        assert sorted(filter(None, (found.pop(MISSING) or "").split("; "))) == sorted(listed or ())
        assert found == {name: row[name] for name in found}
    told = Counter(tuple(row) for row in _problems(here.problems, here.rows))
    listed_there: Counter[tuple[str, ...]] = Counter()
    if there.summary.tally.rejected:
        listed_there.update(database.frame(database.table("judged_rejected")).drop("found").rows())
    assert listed_there == told
    ours, theirs = here.tally.to_dict(), there.summary.tally.to_dict()
    assert _sorted(theirs) == _sorted(ours)
    return there


def _problems(problems: pl.DataFrame, rows: pl.DataFrame) -> list[tuple[str, ...]]:
    keyed = problems.join(rows.select("row", KEY), on="row", how="left")
    return keyed.select(KEY, "column", "message", "help").rows()


def _sorted(data: Any) -> Any:
    """Counts without their order, and without what was counted no times."""
    if isinstance(data, MappingOf):
        found = {key: _sorted(value) for key, value in sorted(data.items())}
        return {key: value for key, value in found.items() if value not in (0, {}, "")}
    return data


@st.composite
def tables(draw: st.DrawFn) -> tuple[pl.DataFrame, Mapping]:
    """Some facts, each with a column of texts, the right and the wrong."""
    chosen = draw(st.lists(st.sampled_from(READABLE), min_size=1, max_size=5, unique=True))
    height = draw(st.integers(1, 12))
    columns = [ColumnMap(f"列{number}", name) for number, name in enumerate(chosen)]
    rows: dict[str, list[Any]] = {"编号": [f"k{number}" for number in range(height)]}
    rows["日期"] = draw(st.lists(DAYS, min_size=height, max_size=height))
    rows["kept"] = list(range(height))
    for column in columns:
        cell = cells(column.fact).map(lambda text: text if text is None else text.replace("\x00", ""))
        rows[column.source] = draw(st.lists(cell, min_size=height, max_size=height))
    texts = {name: pl.String for name in rows if name != "kept"}
    return pl.DataFrame(rows, schema_overrides=texts), Mapping("project", "编号", "日期", tuple(columns))


@settings(phases=[Phase.explicit, Phase.generate], max_examples=25, deadline=None)
@given(tables())
def test_texts_mean_in_a_database_what_they_mean_in_a_file(database: Database, drawn: tuple[Any, Mapping]) -> None:
    """Whatever stands in the cells: the same outcomes, missing facts, reasons and counts."""
    assert_same(database, *drawn)


def numbers_of(kind: str) -> list[Any]:
    """Numbers that are plain, at the ends, and beyond."""
    near = [0, 1, -1, 999, 1000, 1001, 10**9, 10**9 + 1, 2**53, -(2**40), None, 9_007_199_254, 9_007_199_255]
    if kind == "decimal":
        return [None if number is None else Decimal(number) + Decimal("0.000001") for number in near]
    if kind == "float":
        return [None if number is None else number + 0.1 for number in near]
    if kind == "text":
        return [None if number is None else f"{number}.50" for number in near]
    return near


@pytest.mark.parametrize("kind", ["integer", "decimal", "float", "text"])
@pytest.mark.parametrize("unit", [True, False])
def test_numbers_of_every_type_are_read_exactly(database: Database, kind: str, unit: bool) -> None:
    """In the fact's unit or a larger one, within its bounds or beyond, with a day in each row or one for all."""
    names = [name for name in READABLE if BY_NAME[name].kind is Kind.NUMBER and BY_NAME[name].derived is None]
    larger = {"m": "km", "kg/a": "t/a"}
    types: dict[str, Any] = {"integer": pl.Int64, "decimal": pl.Decimal(28, 6), "float": pl.Float64, "text": pl.String}
    cells = pl.Series("n", numbers_of(kind), dtype=types[kind])
    frame = pl.DataFrame([cells]).with_columns(pl.format("k{}", pl.int_range(pl.len())).alias("编号"), kept=pl.lit("x"))
    judged = 0
    for name in names[:3]:
        column = ColumnMap("n", name, unit=larger.get(BY_NAME[name].unit, "") if unit else "")
        there = assert_same(database, frame, Mapping("project", "编号", "", (column,)), date(2022, 6, 1))
        assert there.summary.tally.rejected > 0
        judged += there.summary.tally.judged
    assert judged > 5


def test_typed_columns_and_several_columns_of_one_fact_are_read(database: Database) -> None:
    """Truths and days as the database has them, ranges, accuracies, members of sets, levels."""
    number = next(name for name in READABLE if BY_NAME[name].kind is Kind.NUMBER)
    members = next(name for name in READABLE if BY_NAME[name].kind is Kind.SYMBOLS)
    flag = next(name for name in READABLE if BY_NAME[name].kind is Kind.BOOLEAN)
    symbol = next(iter(BY_NAME[members].symbols))
    columns = (
        ColumnMap("low", number, "low"),
        ColumnMap("high", number, "high"),
        ColumnMap("member", members, "member", symbol),
        ColumnMap("flag", flag),
        ColumnMap("level", "", "level"),
    )
    frame = pl.DataFrame(
        {
            "id": [1, 2, 3, 4],
            "kept": [1, 2, 3, 4],
            "low": [1, 5, None, 7],
            "high": [2, 4, None, None],
            "member": ["是", "否", "?", None],
            "flag": [True, False, None, True],
            "level": ["project", "建设项目", "转移", None],
            "day": [date(2022, 6, 1), date(2022, 6, 2), date(2022, 6, 1), None],
        }
    )
    there = assert_same(database, frame, Mapping("project", "id", "day", columns))
    assert there.summary.tally.rejected > 0


def test_cells_side_by_side_are_not_taken_for_others(database: Database) -> None:
    """Two cells that make the same text as two others, and one that is empty beside one that is not."""
    number = next(name for name in READABLE if BY_NAME[name].kind is Kind.NUMBER)
    ends = [("1", "12"), ("11", "2"), ("112", None), (None, "112"), ("-", "1"), (None, "1:1"), ("1", "1:1")]
    frame = pl.DataFrame(
        {
            "id": [f"k{row}" for row in range(len(ends))],
            "kept": list(range(len(ends))),
            "low": [low for low, _ in ends],
            "high": [high for _, high in ends],
        }
    )
    columns = (ColumnMap("low", number, "low"), ColumnMap("high", number, "high"))
    there = assert_same(database, frame, Mapping("project", "id", "", columns), date(2022, 6, 1))
    assert there.summary.tally.judged > 0


@pytest.mark.servers
def test_postgresql_judges_its_table_too() -> None:
    """Texts of every kind, and columns of the database's own types."""
    kinds = {
        kind: next(name for name in READABLE if BY_NAME[name].kind is kind) for kind in (Kind.NUMBER, Kind.BOOLEAN)
    }
    members = next(name for name in READABLE if BY_NAME[name].kind is Kind.SYMBOLS)
    columns = (ColumnMap("n", kinds[Kind.NUMBER]), ColumnMap("m", members), ColumnMap("f", kinds[Kind.BOOLEAN]))
    texts = {"n": ["1", "1.5", "约", "1e3"], "m": ["新建", "无", None, "不知"], "f": ["是", "否", None, "maybe"]}
    keys = {"编号": ["a", "b", "c", "d"], "kept": [1, 2, 3, 4]}
    days = [date(2022, 6, 1), date(2022, 7, 1), None, date(2027, 1, 1)]
    numbers = pl.Series([Decimal("1.5"), None, Decimal(10) ** 15, Decimal(-1)], dtype=pl.Decimal(28, 3))
    mapping = Mapping("project", "编号", "日期", columns)
    with servers.postgres() as server:
        database = Database(server.url, writes=True)
        assert_same(database, pl.DataFrame({**keys, "日期": ["2022-06-01", "2024-01-01", "?", None], **texts}), mapping)
        flags = [True, None, False, True]
        typed = pl.DataFrame({**keys, "日期": days, "n": numbers, "m": texts["m"], "f": flags})
        assert_same(database, typed, mapping)
        database.connection.disconnect()


# ---------------------------------------------------------------- what is left behind, and what is refused


@pytest.fixture
def url(tmp_path: Path) -> str:
    with closing(duckdb.connect(str(tmp_path / "x.duckdb"))) as connection:
        rows = ROWS.to_arrow()
        connection.execute("create table manifests as select * from rows")
        assert rows.num_rows == 6
    return f"duckdb://{tmp_path / 'x.duckdb'}"


def screened(url: str, *words: str, name: str = "judged") -> Result:
    into = ("--table", "manifests", "--into", url, "--into-table", name)
    return CliRunner().invoke(cli.app, ["screen", url, *into, *WORDS, *words])


def left(url: str) -> list[str]:
    """The tables of the database."""
    with closing(duckdb.connect(url.removeprefix("duckdb://"))) as connection:
        return sorted(name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall())


def test_a_result_into_the_same_database_is_made_there(url: str, tmp_path: Path) -> None:
    """The summary, the status, the reasons, and the names of both tables; nothing else stays behind."""
    result = screened(url, "--summary", str(tmp_path / "s.json"))
    assert result.exit_code == 2, result.output
    assert "6 rows = 5 judged + 1 rejected" in result.stdout
    assert "engine: warehouse (duckdb" in result.stdout
    assert "manifests d: `没有` is not one of the choices of `waste.category`" in result.stderr
    assert left(url) == ["judged", "judged_rejected", "manifests"]
    assert (tmp_path / "s.json").is_file()
    for name in ("judged", "Judged"):
        again = screened(url, name=name)
        assert again.exit_code == 2
        assert "there is a table `judged` already" in again.stderr
        assert left(url) == ["judged", "judged_rejected", "manifests"]


def test_a_failure_leaves_no_result(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever fails, even once all rows are written: there is no table that looks whole."""
    monkeypatch.setattr(database_run._Work, "_first", lambda *_: 1 / 0)
    result = screened(url)
    assert result.exit_code == 2
    assert "the database says: division by zero" in result.stderr
    assert left(url) == ["manifests"]


def test_a_name_that_cannot_be_given_leaves_nothing(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where another made a table of the name meanwhile, theirs stays and no unfinished one does."""
    first = database_run._Work._first

    def meanwhile(work: Any, rejected: Any) -> Any:
        work._connection.raw_sql("CREATE TABLE judged (own INTEGER)")
        return first(work, rejected)

    monkeypatch.setattr(database_run._Work, "_first", meanwhile)
    result = screened(url)
    assert result.exit_code == 2
    assert "the database says: Catalog Error" in result.stderr
    assert left(url) == ["judged", "manifests"]


def test_rows_that_got_lost_leave_no_result(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows in are rows judged and rejected, or nothing is written."""
    judged = database_run._Work._judged
    monkeypatch.setattr(database_run._Work, "_judged", lambda *given: judged(*given).limit(4))
    result = screened(url)
    assert "6 rows, but " in str(result.exception or result.stderr)
    assert result.exit_code != 0
    assert left(url) == ["manifests"]


def test_what_cannot_be_done_there_is_refused(database: Database, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No key, no date, no column, too many different cells, a file of rejected rows."""
    frame = pl.DataFrame({"编号": ["a", "b"], "列": ["1", "2"], "kept": [1, 2]})
    name = next(name for name in READABLE if BY_NAME[name].kind is Kind.SYMBOL)
    mapping = Mapping("project", "编号", "", (ColumnMap("列", name),))
    source = source_of(database, frame)
    for read, day, keep, message in (
        (Mapping("project", "", "", mapping.columns), date(2022, 6, 1), (), "the rows have no key"),
        (mapping, None, (), "there is no as-of date"),
        (mapping, date(2022, 6, 1), ("没有",), "the table has no column `没有`"),
    ):
        with pytest.raises(InputError, match=message) as caught:
            screen_in_database(PACK, source, read, "judged", day, keep=keep)
        for problem in caught.value.problems:
            assert in_chinese(problem, {}).message != problem.message
    monkeypatch.setattr(database_cells, "MOST_CELLS", 1)
    with pytest.raises(InputError, match="more than 1 different cells stand in `列`") as many:
        screen_in_database(PACK, source, mapping, "judged", date(2022, 6, 1))
    assert in_chinese(many.value.problems[0], {}).message == "`列`中不同的单元格超过1种"
    assert [name for name in database.tables() if not name.startswith("ynpolicy_")] == ["cases"]
    assert "leave --rejected out" in screened(url, "--rejected", "x.csv").stderr
