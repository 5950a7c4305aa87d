"""Tables that are read part by part say what the same table says in one reading."""

from __future__ import annotations

import csv
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import polars as pl
import pytest

from ynpolicy.errors import InputError
from ynpolicy.loader import load_pack
from ynpolicy.portfolio import sources, streams
from ynpolicy.portfolio.files import JudgedFiles, judge_files

LIST: Final = Path(__file__).parent.parent / "docs" / "how-to" / "portfolio"
PLAN: Final = load_pack("yunnan-14fyp")
DAY: Final = "2026-01-15"
TABLES: Final = ("替代来源.csv", "转移联单.csv", "企业排放.csv", "设施.csv")


def judged(path: Path, **more: Any) -> JudgedFiles:
    return judge_files(PLAN, [path], DAY, ["transfer", "enterprise"], use_forward=False, **more)


def told(found: JudgedFiles) -> list[Any]:
    """Everything that is said of each group, but for the places of members."""
    return [
        (
            *(
                one.grouping.id,
                one.key,
                one.title,
                one.verdict.decision,
                one.verdict.case.values,
                one.verdict.case.missing,
            ),
            [finding.outcome for finding in one.verdict.findings],
            {
                name: [
                    (share.case.id, share.truth, share.value, share.lacks) for share in (*found.shares, *found.anywhere)
                ]
                for name, found in one.reckoned.items()
            },
        )
        for one in found.portfolio.groups
    ]


def named(folder: Path, table: str) -> Path:
    """The sample table with an identifier for each row, since rows without one are called by their file."""
    rows = list(csv.reader((LIST / table).read_text(encoding="utf-8").splitlines()))
    path = folder / table
    with path.open("w", encoding="utf-8", newline="") as file:
        head = [head if head != "编号" else "备注" for head in rows[0]]
        csv.writer(file).writerows([["编号", *head], *([f"r{n}", *row] for n, row in enumerate(rows[1:]))])
    return path


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("form", ["long", "gbk", "parquet"])
def test_a_table_says_the_same_read_part_by_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str, form: str
) -> None:
    """A CSV file that is too long for one reading, one in GBK, and Parquet give the groups of the plain file."""
    plain = named(tmp_path, table)
    whole = judged(plain)
    monkeypatch.setattr(streams, "ROWS", 2)
    path = tmp_path / "other" / table
    path.parent.mkdir()
    text = plain.read_text(encoding="utf-8")
    if form == "long":
        path.write_text(text, encoding="utf-8")
        monkeypatch.setattr(sources, "LARGEST_FILE", 10)
    elif form == "gbk":
        path.write_text(text, encoding="gb18030")
    else:
        path = path.with_suffix(".parquet")
        pl.read_csv(plain, infer_schema=False).write_parquet(path)
    part = judged(path)
    assert told(part) == told(whole)
    assert part.passed_over == whole.passed_over
    assert part.portfolio.cases == whole.portfolio.cases


def test_types_of_parquet_are_read_as_their_texts(tmp_path: Path) -> None:
    """Numbers, days, moments and booleans of a Parquet file are what their texts would be."""
    path = tmp_path / "t.parquet"
    pl.DataFrame(
        {
            "编号": ["a", "b"],
            "层级": ["转移", "转移"],
            "是否危险废物": [True, True],
            "移出省份": ["贵州省", "贵州省"],
            "接受省份": ["云南省", "云南省"],
            "转移目的": ["处置", "处置"],
            "转移量（t）": [0.1, 70.0],
            "转移日期": [datetime(2022, 1, 1), datetime(2023, 5, 1)],
            "备注": [date(2022, 1, 1), None],
        }
    ).write_parquet(path)
    found = judged(path)
    years = {one.key: one.reckoned["inbound.amount"].value for one in found.portfolio.groups}
    assert {key: str(value.lo) for key, value in years.items()} == {"2022": "1/10", "2023": "70"}  # type: ignore[union-attr]
    assert found.passed_over == ("备注",)


def test_mistakes_in_a_long_table_are_told_with_their_lines(tmp_path: Path) -> None:
    """Cells that cannot be read, rows that are too wide and a missing date are told at once."""
    path = tmp_path / "t.csv"
    rows = [
        "编号,层级,转移量（t）,转移日期",
        "甲,转移,很多,2022-01-01",
        "乙,转移,3,2022-02-30",
        "丙,转移,1,2022-01-01,多",
    ]
    path.write_text("\n".join(rows), encoding="gb18030")
    with pytest.raises(InputError) as caught:
        judge_files(PLAN, [path])
    found = {(problem.place.line, problem.message.split(":")[0]) for problem in caught.value.problems}
    assert {line for line, _ in found} == {0, 2, 3, 4}
    assert (4, "the row has more cells than the head") in found
    assert (0, "the list has no as-of date") in found


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_table_without_rows_is_refused(tmp_path: Path, ending: str) -> None:
    """A head alone is no list, and no pass."""
    path = tmp_path / f"t.{ending}"
    if ending == "csv":
        path.write_text("编号,层级,转移量\n", encoding="gb18030")
    else:
        pl.DataFrame({"编号": [], "层级": []}, schema={"编号": pl.String, "层级": pl.String}).write_parquet(path)
    with pytest.raises(InputError, match="the table has no rows"):
        judged(path)


def test_a_table_full_of_mistakes_is_not_read_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After so many mistakes reading ends, so that a wrong column does not fill the screen for ever."""
    monkeypatch.setattr(streams, "MOST_PROBLEMS", 5)
    monkeypatch.setattr(streams, "ROWS", 4)
    path = tmp_path / "t.csv"
    rows = ["编号,层级,转移量（t）", *(f"甲{n},转移,很多" for n in range(100))]
    path.write_text("\n".join(rows), encoding="gb18030")
    with pytest.raises(InputError) as caught:
        judged(path)
    assert len(caught.value.problems) == 6


def test_what_groupings_ask_is_all_that_they_read() -> None:
    """What is kept of a member are the facts of its lines, its group, its numbers, and those that tell what arises."""
    asked = streams.asked_by_groupings(PLAN)
    assert set(asked) == {"project", "transfer", "enterprise", "facility"}
    assert {"offset.source", "offset.from_source", "offset.increase_total", "site.province"} <= asked["project"]
    assert "site.county" not in asked["project"]
