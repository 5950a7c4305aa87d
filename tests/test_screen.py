"""`ynpolicy screen`: what a reviewer gives, what comes back, and how the command ends."""

from __future__ import annotations

import csv
import json
import time
from datetime import date, datetime, timedelta
from html import unescape
from io import StringIO
from pathlib import Path
from typing import Any

import jsonschema
import openpyxl
import polars as pl
import pytest
from click.testing import CliRunner, Result

from ynpolicy import cli, cli_mapping
from ynpolicy.engines import forward
from ynpolicy.engines.columnar import ColumnarEngine
from ynpolicy.judge import load
from ynpolicy.loader import load_pack
from ynpolicy.schemas import schema
from ynpolicy.screening import results
from ynpolicy.screening.judging import PartJudge
from ynpolicy.screening.prepare import prepare
from ynpolicy.screening.sources import open_source
from ynpolicy.screening.whole import Outputs
from ynpolicy.screening.whole import screen as screen_table
from ynpolicy.tables_results import Sheet, write_sheets
from ynpolicy.verdict import Outcome
from ynpolicy.words import OUTCOMES

PLAN = load_pack("yunnan-14fyp")
NORMS = [norm.id for norm in PLAN.norms_at("project")]
HEAD = (
    "项目编号",
    "所在县（市、区）",
    "建设性质",
    "行业类别",
    "岸线距离（公里）",
    "产业政策类别",
    "备注",
    "是否已开工建设",
)
ROWS = [
    ("A1", "个旧市", "新建", "铅锌冶炼", "0.5", "允许类", "=1+1", "否"),
    ("A2", "个旧市", "新建", "铅锌冶炼", "1.5", "允许类", "-12.5", "否"),
    ("A3", "五华区", "改建、扩建", "铜冶炼", "不详", "", "@x", "否"),
    ("A4", "五华区", "新建", "锡冶炼", "约一公里", "允许类", "", "否"),
    ("A5", "五华市", "迁建", "锡冶炼", "3", "允许类", "", "否"),
    ("A6", "安宁市", "扩建", "", "", "淘汰类", "", "否"),
    ("A7", "", "", "", "", "", "", "否"),
    ("A2", "会泽县", "新建", "铅锌冶炼", "-3", "允许类", "", "否"),
]
DATE = ("--as-of", "2022-06-01")


def text_of(rows: list[tuple[str, ...]], head: tuple[str, ...] = HEAD) -> str:
    file = StringIO()
    csv.writer(file).writerows([head, *rows])
    return file.getvalue()


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "项目.csv"
    path.write_bytes(text_of(ROWS).encode("gbk"))
    return path


def run(*words: object, entered: str | None = None) -> Result:
    return CliRunner().invoke(cli.app, ["screen", *map(str, words)], input=entered)


def told_of(*words: object) -> str:
    """What is said where the command or its input is wrong."""
    result = run(*words)
    assert result.exit_code == 2
    return result.output


# ---------------------------------------------------------------- what comes back


def test_every_row_comes_back_with_the_outcomes_that_its_verdict_has(table: Path, tmp_path: Path) -> None:
    """Each judged row agrees with the full verdict on it, which two other engines reach; the others are marked."""
    out = tmp_path / "out.parquet"
    result = run(table, *DATE, "--yes", "--out", out, "--missing", "--keep", "备注")
    assert result.exit_code == 2, result.output
    rows = pl.read_parquet(out).to_dicts()
    assert [row["row"] for row in rows] == list(range(2, 10))
    assert [row["key"] for row in rows] == [cells[0] for cells in ROWS]
    assert [row["备注"] for row in rows] == [cells[6] or None for cells in ROWS]
    assert [row["row"] for row in rows if row["rejected"]] == [5, 6, 9]
    assert {rows[3]["decision"], *(rows[3][id] for id in NORMS)} == {None}
    for row in rows:
        verdict = run(table, *DATE, "--yes", "--explain", row["row"], "--format", "json")
        if row["rejected"]:
            assert verdict.exit_code == 2
            continue
        data = json.loads(verdict.stdout)
        assert data["decision"] == row["decision"]
        assert {finding["norm"]: finding["outcome"] for finding in data["findings"]} == {id: row[id] for id in NORMS}
        assert sorted(data["missing"]) == sorted(row["missing"])
        assert verdict.exit_code == (1 if row["decision"] == "refused" else 3)


def test_the_same_table_in_any_form_has_the_same_result(table: Path, tmp_path: Path) -> None:
    """CSV in GBK and in UTF-8, and Parquet, whatever the size of the parts."""
    utf8, parquet = tmp_path / "utf8.csv", tmp_path / "table.parquet"
    utf8.write_text(text_of(ROWS), encoding="utf-8-sig")
    pl.DataFrame(ROWS, HEAD, orient="row").write_parquet(parquet)
    found = []
    for source, chunk in ((table, 100), (utf8, 3), (parquet, 1)):
        out = tmp_path / "out.parquet"
        run(source, *DATE, "--yes", "--out", out, "--chunk", chunk)
        found.append(pl.read_parquet(out).drop("row"))
    assert found[0].equals(found[1])
    assert found[0].equals(found[2])


def test_a_csv_result_opens_in_a_spreadsheet_and_does_nothing_there(table: Path, tmp_path: Path) -> None:
    """It begins with the mark that Excel needs, has titles and words, and what would be a formula is text."""
    out = tmp_path / "out.csv"
    run(table, *DATE, "--yes", "--out", out, "--keep", "*", "--missing")
    content = out.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(StringIO(content.decode("utf-8-sig"))))
    titles = [PLAN.norms[id].title.zh for id in NORMS]
    heads = ["行号", "项目编号", "有误未判", "结论", "尚缺资料"]
    assert list(rows[0]) == [*heads, *titles, *HEAD[1:]]
    assert [row["备注"] for row in rows[:3]] == ["'=1+1", "-12.5", "'@x"]
    assert rows[0]["结论"] == "不符合规划要求"
    assert rows[0][PLAN.norms["siting.main-river-smelting-ban"].title.zh] == "不符合"
    assert [row["有误未判"] for row in rows] == ["是" if n in (3, 4, 7) else "否" for n in range(8)]
    assert "是否位于产业园区内" in rows[0]["尚缺资料"].split("；")
    assert {row[title] for row in rows for title in titles} <= {"", *(word.zh for word in OUTCOMES.values())}


def test_an_excel_result_has_frozen_heads_and_texts_for_formulas(table: Path, tmp_path: Path) -> None:
    """The rows of the CSV result, in a workbook with a sheet that says which norm a column is."""
    out, plain = tmp_path / "out.xlsx", tmp_path / "out.csv"
    for path in (out, plain):
        run(table, *DATE, "--yes", "--out", path, "--keep", "*", "--lang", "en")
    workbook = openpyxl.load_workbook(out)
    sheet = workbook["result"]
    assert sheet.freeze_panes == "C2"
    assert sheet.auto_filter.ref == sheet.dimensions == sheet.calculate_dimension()
    rows = [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    wanted = list(csv.reader(StringIO(plain.read_text(encoding="utf-8-sig"))))
    assert rows == [[cell.removeprefix("'") for cell in row] for row in wanted]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert [row[0] for row in workbook["norms"].iter_rows(min_row=2, values_only=True)] == NORMS


def test_an_excel_result_has_no_time_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same rows give the same bytes on another day."""
    found = []
    for day in (time.struct_time((2022, 1, 2, 3, 4, 5, 6, 2, 0)), time.struct_time((2026, 7, 8, 9, 10, 11, 2, 189, 0))):
        monkeypatch.setattr(time, "localtime", lambda *_, day=day: day)
        write_sheets(tmp_path / "a.xlsx", [Sheet("s", ["h"], [9.0], [["x"], [date(2022, 1, 1)], ["=1"]], 1)])
        found.append((tmp_path / "a.xlsx").read_bytes())
    assert found[0] == found[1]
    assert [path.name for path in tmp_path.iterdir()] == ["a.xlsx"]


@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet"])
def test_a_column_of_any_type_is_kept(form: str, tmp_path: Path) -> None:
    """Lists, records, spans of time, bytes, long and impossible numbers: whatever Parquet has, no form fails over."""
    kept = {
        "list": [["x", None, "y"], None],
        "record": [{"a": 1}, None],
        "decimal": pl.Series(["1234567890.1234567890", None]).cast(pl.Decimal(30, 10)),
        "moment": pl.Series([datetime(2022, 1, 2, 3, 4, 5), None]),
        "zoned": pl.Series([datetime(2022, 1, 2), None]).dt.replace_time_zone("Asia/Shanghai"),
        "span": [timedelta(hours=1), None],
        "bytes": [b"\x00\xff", None],
        "float": [float("nan"), float("inf")],
        "large": pl.Series([2**63 + 1, None], dtype=pl.UInt64),
        "nothing": pl.Series([None, None]),
        "sort": pl.Series(["=x", None], dtype=pl.Categorical),
    }
    table, out = tmp_path / "t.parquet", tmp_path / f"out.{form}"
    pl.DataFrame({"项目编号": ["a", "b"], "所在县（市、区）": ["个旧市", "五华区"], **kept}).write_parquet(table)
    result = run(table, *DATE, "--yes", "--keep", "*", "--out", out)
    assert result.exit_code == 3, result.output
    if form == "csv":
        first = next(csv.DictReader(StringIO(out.read_text(encoding="utf-8-sig"))))
        row = [first[name] for name in kept]
        assert row[:3] == ["x; y", "{'a': 1}", "1234567890.1234567890"]
        assert row[5:] == ["1:00:00", "b'\\x00\\xff'", "NaN", str(2**63 + 1), "", "'=x"]
    elif form == "xlsx":
        heads, first, _ = openpyxl.load_workbook(out)["结果"].iter_rows(values_only=True)
        found = dict(zip(heads, first, strict=True))
        assert found["decimal"] == "1234567890.1234567890"
        assert (found["float"], found["large"], found["sort"]) == ("nan", str(2**63 + 1), "=x")
        assert found["moment"] == datetime(2022, 1, 2, 3, 4, 5)
    else:
        assert pl.read_parquet(out)["span"].to_list() == kept["span"]


def test_two_norms_of_one_title_keep_columns_of_their_own(table: Path, tmp_path: Path) -> None:
    """No head stands twice, also where a kept column is called like one of the result."""
    renamed = tmp_path / "renamed.csv"
    renamed.write_text(text_of(ROWS, (*HEAD[:6], "结论", "x")), encoding="utf-8")
    out = tmp_path / "out.csv"
    run(renamed, *DATE, "--yes", "--out", out, "--keep", "结论")
    heads = next(csv.reader(StringIO(out.read_text(encoding="utf-8-sig"))))
    assert len(set(heads)) == len(heads)
    assert {"结论 [decision]", "结论 [结论]"} <= set(heads)


def test_an_excel_sheet_is_refused_before_the_work_where_it_would_not_hold_the_rows(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Told at once where the number of rows is known, and as soon as it is known else; the file stays as it was."""
    monkeypatch.setattr(results, "EXCEL_ROWS", 7)
    out = tmp_path / "out.xlsx"
    out.write_text("before")
    parquet = tmp_path / "table.parquet"
    pl.DataFrame(ROWS, HEAD, orient="row").write_parquet(parquet)
    for source in (parquet, table):
        said = told_of(source, *DATE, "--yes", "--out", out, "--chunk", 2)
        assert "而Excel工作表最多容纳7行" in said
        assert out.read_text() == "before"


# ---------------------------------------------------------------- the summary


def test_the_summary_counts_what_the_result_says(table: Path, tmp_path: Path) -> None:
    """In JSON of the published schema; each count is that of the rows, and a row's place follows from its county."""
    out, told = tmp_path / "out.parquet", tmp_path / "summary.json"
    run(table, *DATE, "--yes", "--out", out, "--missing", "--summary", told)
    data, rows = json.loads(told.read_text(encoding="utf-8")), pl.read_parquet(out).filter(~pl.col("rejected"))
    jsonschema.validate(data, schema("screening"))
    assert (data["rows"], data["judged"], data["rejected"]) == (8, 5, 3)
    for decision, count in data["decisions"].items():
        assert count == (rows["decision"].cast(pl.String) == decision).sum()
    for norm in data["norms"]:
        assert set(norm["outcomes"]) == {outcome.value for outcome in Outcome}
        for outcome, count in norm["outcomes"].items():
            assert count == (rows[norm["id"]].cast(pl.String) == outcome).sum()
    lacking = rows["missing"].explode().value_counts()
    assert {item["fact"]: item["rows"] for item in data["missing"]} == dict(lacking.iter_rows())
    assert [item["rows"] for item in data["missing"]] == sorted(lacking["count"], reverse=True)
    prefectures, industries = data["groups"]
    assert prefectures["told_by"] == ["site.county"]
    assert {one["label"]["zh"]: sum(one["decisions"].values()) for one in prefectures["symbols"]} == {
        "红河哈尼族彝族自治州": 2,
        "昆明市": 2,
        "": 1,
    }
    assert sum(sum(one["decisions"].values()) for one in industries["symbols"]) == 5
    assert {(one["column"], one["rows"]) for one in data["rejections"]} == {
        ("岸线距离（公里）", 1),
        ("所在县（市、区）", 1),
    }
    assert sum(one["rows"] for one in data["rejections"]) == 3
    assert data["receipt"]["pack_digest"] == PLAN.digest


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_summary_for_people_has_the_counts_of_the_json(table: Path, tmp_path: Path, lang: str) -> None:
    """Text and HTML name every decision, the prefectures, the missing facts and the reasons, in one language."""
    words = (table, *DATE, "--yes", "--lang", lang)
    printed = run(*words).stdout
    pages = {}
    for ending in ("txt", "html"):
        path = tmp_path / f"summary.{ending}"
        run(*words, "--summary", path)
        pages[ending] = path.read_text(encoding="utf-8")
    for page in (printed, *pages.values()):
        for wanted in {
            "zh": ("共8行 = 已判定5行 + 有误未判3行", "不符合规划要求", "红河哈尼族彝族自治州", "不可能"),
            "en": ("8 rows = 5 judged + 3 rejected", "Not in line with the plan", "Honghe", "is impossible"),
        }[lang]:
            assert wanted in page
    assert "<svg" in pages["html"]
    assert "<script" not in pages["html"]
    page = unescape(pages["html"])
    assert all(PLAN.norms[id].title[lang] in page for id in NORMS)


def test_what_the_period_leaves_out_is_stamped(tmp_path: Path) -> None:
    """As of a day after the plan's period all rows are stamped, and where each row has its day, those that are."""
    table = tmp_path / "t.csv"
    table.write_text(
        text_of(
            [(*row[:3], day) for row, day in zip(ROWS[:2], ("2025-12-31", "2026-01-01"), strict=True)],
            (*HEAD[:3], "受理日期"),
        ),
        encoding="utf-8",
    )
    assert "其中1行的基准日在规划期届满之后" in run(table, "--yes").stdout
    assert "2025-12-31 至 2026-01-01" in run(table, "--yes").stdout
    assert "规划期已届满，须核对后续规划" in run(table, "--yes", "--as-of", "2026-05-01").stdout
    assert "届满" not in run(table, "--yes", *DATE).stdout


def test_a_reading_that_was_chosen_judges_and_is_said(table: Path) -> None:
    """Another option of a reading stands in the summary and in its receipt."""
    printed = run(table, *DATE, "--yes", "--reading", "lanping-ratio=equal").stdout
    assert "按使用者选定的条文理解判定" in printed
    assert "lanping-ratio=equal" in printed


def test_rows_are_counted_by_the_facts_that_one_names(table: Path) -> None:
    """`--by` takes any fact with one symbol; others are refused by name."""
    printed = run(table, *DATE, "--yes", "--by", "project.policy_class", "--by", "site.county").stdout
    assert "按产业结构调整指导目录类别" in printed
    assert "按所在州（市）" not in printed
    said = told_of(table, *DATE, "--yes", "--by", "project.nature", "--by", "x")
    assert said.count("不能按") == 2


# ---------------------------------------------------------------- the mapping is confirmed


def test_nothing_is_judged_by_a_guess_that_nobody_confirms(table: Path, tmp_path: Path) -> None:
    """Without a terminal the guess is shown, with how to go on, and no file is written."""
    out = tmp_path / "out.csv"
    result = run(table, *DATE, "--out", out)
    assert result.exit_code == 2
    assert "岸线距离（公里） → 距长江、珠江水系干流及主要支流岸线最近距离，单位 公里" in result.stderr
    assert "--yes" in result.stderr
    assert result.stdout == ""
    assert not out.exists()


def test_a_doubtful_column_is_only_taken_where_it_is_confirmed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal a yes takes what is sure; each doubt is asked for by itself."""
    monkeypatch.setattr(cli_mapping, "_can_ask", lambda: True)
    table = tmp_path / "t.csv"
    head = (*HEAD[:3], "日期")
    table.write_text(text_of([(*row[:3], "2022-03-04") for row in ROWS[:2]], head), encoding="utf-8")
    taken = run(table, entered="y\ny\n")
    assert "2022-03-04" in taken.stdout
    assert "没有基准日" in run(table, entered="y\nn\n").stderr
    declined = run(table, *DATE, entered="n\n")
    assert (declined.exit_code, declined.stdout) == (2, "")
    unasked = run(table, *DATE, "--yes")
    assert "存疑的列没有采用：日期" in unasked.stderr


def test_a_table_of_doubts_alone_is_judged_once_they_are_confirmed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list of enterprises whose county is called as that of a project: asked for, not refused out of hand."""
    monkeypatch.setattr(cli_mapping, "_can_ask", lambda: True)
    table = tmp_path / "t.csv"
    table.write_text("企业名称,所在县（市、区）\n甲,个旧市\n", encoding="utf-8")
    words = (table, "--level", "enterprise", *DATE)
    assert "红河哈尼族彝族自治州 1" in run(*words, entered="y\ny\n").stdout
    for refused in (run(*words, entered="y\nn\n"), run(*words, "--yes")):
        assert refused.exit_code == 2
        assert "没有一列对应事实" in refused.stderr


def test_a_written_mapping_given_back_judges_the_same(table: Path, tmp_path: Path) -> None:
    """`--write-mapping` judges nothing; its file is a mapping."""
    mapping = tmp_path / "m.yaml"
    written = run(table, "--write-mapping", mapping)
    assert (written.exit_code, written.stdout) == (0, "")
    assert run(table, *DATE, "--mapping", mapping).stdout == run(table, *DATE, "--yes").stdout


def test_a_written_mapping_has_every_doubt_as_a_comment(tmp_path: Path) -> None:
    """Also the as-of date that is only likely, and that columns of members list all there may be."""
    table, mapping = tmp_path / "t.csv", tmp_path / "m.yaml"
    table.write_text("编号,申报日期,移出省,含镉,含汞\n1,2022-05-01,贵州省,是,否\n", encoding="utf-8")
    assert run(table, "--level", "transfer", "--write-mapping", mapping).exit_code == 0
    text = mapping.read_text(encoding="utf-8")
    for line in ("# as_of: 申报日期", "# whole: [waste.metals]", "  # 移出省: transfer.origin_province"):
        assert f"\n{line}\n" in text
        text = text.replace(line, line.replace("# ", "", 1))
    mapping.write_text(text, encoding="utf-8")
    assert run(table, "--mapping", mapping).exit_code == 3


# ---------------------------------------------------------------- how it ends


@pytest.mark.parametrize(
    ("rows", "status"),
    [(ROWS[:2], 1), (ROWS[2:3], 3), (ROWS[6:7], 3), (ROWS[3:4], 2), (ROWS[:4], 2)],
)
def test_the_status_tells_the_gravest(tmp_path: Path, rows: list[tuple[str, ...]], status: int) -> None:
    """2 where a row is rejected, else 1 where one is refused, else 3 where one is not in order."""
    table = tmp_path / "t.csv"
    table.write_text(text_of(rows), encoding="utf-8")
    assert run(table, *DATE, "--yes").exit_code == status


def test_all_rows_in_order_end_with_nothing() -> None:
    """The remaining status: every row is judged and in order."""
    from ynpolicy.screening.summary import ScreeningReceipt, Summary
    from ynpolicy.screening.tally import Tally

    receipt = ScreeningReceipt(*[""] * 13)
    assert Summary(Tally(rows=2, judged=2, decisions={"refused": 0, "in_order": 2}), receipt).status == 0
    assert Summary(Tally(rows=2, judged=2, decisions={"not_judged": 1, "in_order": 1}), receipt).status == 3


def test_a_row_on_which_engines_disagree_has_no_verdict(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the table's engine says otherwise than those for single cases, the command ends with 4."""
    plain = ColumnarEngine.judge

    def wrong(self: ColumnarEngine, *args: Any, **options: Any) -> Any:
        return plain(self, *args, **options).with_columns(pl.lit(5, pl.UInt8).alias("siting.main-river-smelting-ban"))

    monkeypatch.setattr(ColumnarEngine, "judge", wrong)
    result = run(table, *DATE, "--yes", "--explain", "A1")
    assert isinstance(result.exception, Exception)
    assert "the reference says `violated`, the columnar engine says `complied`" in str(result.exception)


def test_a_row_is_found_by_its_key_or_its_number(table: Path, tmp_path: Path) -> None:
    """A key goes before a number; one that two rows have is refused with their numbers."""
    assert "A1" in run(table, *DATE, "--yes", "--explain", "A1").stdout.splitlines()[0]
    assert "A6" in run(table, *DATE, "--yes", "--explain", "7").stdout.splitlines()[0]
    assert "3, 9" in told_of(table, *DATE, "--yes", "--explain", "A2")
    assert "没有编号或行号为 `10` 的行" in told_of(table, *DATE, "--yes", "--explain", "10")
    numbers = tmp_path / "t.csv"
    numbers.write_text(text_of([("3", *ROWS[0][1:]), ("9", *ROWS[2][1:])]), encoding="utf-8")
    data = json.loads(run(numbers, *DATE, "--yes", "--explain", "3", "--format", "json").stdout)
    assert data["case"]["id"] == "3"
    assert data["decision"] == "refused"


@pytest.mark.parametrize("key", ["合计", "合 计", "小计：", "总计", "共计", "Total", "Subtotal:"])
def test_a_row_that_adds_up_others_is_no_case(key: str, tmp_path: Path) -> None:
    """It is rejected with that reason, though each of its cells can be read; a key that only begins so is one."""
    path, out = tmp_path / "t.csv", tmp_path / "out.parquet"
    path.write_text(text_of([ROWS[0], (key, *ROWS[1][1:]), (f"{key}公司", *ROWS[1][1:])]), encoding="utf-8")
    said = run(path, *DATE, "--yes", "--out", out)
    assert said.exit_code == 2
    assert f"`{key}` 是合计行，不是案件\n  建议：请删去这一行" in said.stderr
    assert pl.read_parquet(out)["rejected"].to_list() == [False, True, False]


def test_a_row_is_reached_where_numbers_are_keys_that_repeat(tmp_path: Path) -> None:
    """Numbered anew for each county, 2 is the key of two rows; the words that tell so also find each of them."""
    path = tmp_path / "t.csv"
    keys, cases = ("1", "2", "1", "2"), (ROWS[0], ROWS[1], ROWS[5], ROWS[6])
    rows = [(key, *cells[1:]) for key, cells in zip(keys, cases, strict=True)]
    path.write_text(text_of(rows), encoding="utf-8")
    said = told_of(path, *DATE, "--yes", "--explain", "2")
    assert "有2行的编号是 `2`" in said
    assert "`row:3`）：3, 5" in said
    for number, key in ((2, "1"), (3, "2"), (4, "1"), (5, "2")):
        for word in (f"row:{number}", f"行：{number}"):
            ran = run(path, *DATE, "--yes", "--explain", word, "--format", "json")
            verdict = json.loads(ran.stdout)
            county = "" if number == 5 else rows[number - 2][1]
            assert verdict["case"]["id"] == key
            assert county in ran.stdout
    assert "没有编号或行号" in told_of(path, *DATE, "--yes", "--explain", "row:9")


@pytest.mark.skipif(not forward.AVAILABLE, reason="durable_rules is not installed")
def test_an_explained_row_is_judged_twice(table: Path) -> None:
    """By the reference and by the forward engine, as any single case, and as a case file with its cells is."""
    data = json.loads(run(table, *DATE, "--yes", "--explain", "A1", "--format", "json").stdout)
    assert len(data["receipt"]["engines"]) == 2
    case = {
        "case": "A1",
        "level": "project",
        "as_of": "2022-06-01",
        "facts": {
            "所在县（市、区）": "个旧市",
            "建设性质": "新建",
            "行业类别": "铅锌冶炼",
            "岸线距离": "0.5 km",
            "产业政策类别": "允许类",
            "是否已开工建设": "否",
        },
    }
    verdict = load("yunnan-14fyp").check(case).to_dict()
    assert [finding["outcome"] for finding in data["findings"]] == [f["outcome"] for f in verdict["findings"]]
    assert data["remedies"] == verdict["remedies"]


def test_an_interrupted_run_says_how_to_go_on_and_goes_on(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C leaves no result and no half of one; the same command then ends as if nothing had been."""
    out, whole = tmp_path / "out.csv", tmp_path / "whole.csv"
    words = (table, *DATE, "--yes", "--chunk", 3, "--summary", tmp_path / "s.html")
    run(*words, "--out", whole)
    wanted = (tmp_path / "s.html").read_bytes()
    (tmp_path / "s.html").unlink()
    plain = PartJudge.judge

    def interrupted(self: PartJudge, batch: pl.DataFrame, first_row: int) -> Any:
        if first_row == 3:
            raise KeyboardInterrupt
        return plain(self, batch, first_row)

    monkeypatch.setattr(PartJudge, "judge", interrupted)
    stopped = run(*words, "--out", out, "--progress")
    assert stopped.exit_code == 130
    assert "已完成3行；再执行同一命令即接着做" in stopped.stderr
    assert not out.exists()
    assert not (tmp_path / "s.html").exists()
    monkeypatch.undo()
    other = told_of(table, *DATE, "--yes", "--chunk", 2, "--out", out)
    assert "选项不同" in other
    assert "--restart" in other
    resumed = run(*words, "--out", out, "--progress")
    assert "此前已完成3行" in resumed.stderr
    assert out.read_bytes() == whole.read_bytes()
    assert (tmp_path / "s.html").read_bytes() == wanted
    assert not out.with_name("out.csv.parts").exists()


def test_options_that_do_nothing_are_refused_all_at_once(table: Path, tmp_path: Path) -> None:
    """What was asked for and would not come is told before any work."""
    told = told_of(
        table, *DATE, "--yes", "--missing", "--keep", "备注", "--format", "md", "--sheet", "一", "--table", "t"
    )
    for name in ("`--missing`", "`--keep`", "`--format`", "`--sheet`", "`--table`"):
        assert f"{name} 不起作用" in told
    assert run(table, *DATE, "--yes", "--missing", "--out", tmp_path / "o.csv").exit_code == 2
    assert (tmp_path / "o.csv").is_file()


def test_progress_is_quiet_in_a_pipe(table: Path) -> None:
    """Only a terminal, or `--progress`, sees bar, share and rate."""
    assert "行/秒" not in run(table, *DATE, "--yes").stderr
    shown = run(table, *DATE, "--yes", "--progress", "--chunk", "2").stderr
    assert f"{'█' * 5}{'░' * 15} 25 %" in shown
    assert f"{'█' * 20} 100 %" in shown
    assert "行/秒" in shown
    assert "剩余 0:0" in shown


def test_what_cannot_be_written_or_read_is_told_before_the_work(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every such mistake is named in Chinese, with what would be right, and nothing is left behind."""

    def never(*_: object) -> Any:
        raise AssertionError("the work began")

    monkeypatch.setattr(PartJudge, "judge", never)
    before = sorted(tmp_path.iterdir())
    good = (table, *DATE, "--yes")
    mapping = tmp_path / "m.yaml"
    for words, wanted in (
        ((*good, "--out", tmp_path / "out.docx"), "`.docx` 不是结果文件的格式"),
        ((*good, "--out", tmp_path / "no" / "out.csv"), "所在文件夹不存在"),
        ((*good, "--out", table), "这是要读的文件"),
        ((*good, "--rejected", tmp_path / "r.csv"), "有误未判的行随结果一起写出"),
        ((*good, "--out", tmp_path / "a.csv", "--rejected", tmp_path / "a.csv"), "两个输出文件同名"),
        ((*good, "--summary", tmp_path / "a.pdf"), "`.pdf` 不是汇总的格式"),
        ((*good, "--out", tmp_path / "o.csv", "--keep", "没有"), "表里没有 `没有` 这一列"),
        ((*good, "--level", "planet"), "没有规范"),
        ((table, "--yes"), "没有基准日"),
        ((table, "--yes", "--as-of", "soon"), "不是日期"),
        ((*good, "--mapping", mapping), "m.yaml"),
        ((tmp_path / "none.csv", *DATE, "--yes"), "none.csv"),
    ):
        said = told_of(*words)
        assert wanted in said, said
        assert "建议：" in said or "m.yaml" in said or "none.csv" in said, said
    assert sorted(tmp_path.iterdir()) == before


def test_a_kept_column_may_not_pass_for_one_of_the_result(tmp_path: Path) -> None:
    """A column called like one that a Parquet result has is refused."""
    table = tmp_path / "t.csv"
    table.write_text(text_of(ROWS, (*HEAD[:6], "decision", NORMS[0])), encoding="utf-8")
    said = told_of(table, *DATE, "--yes", "--out", tmp_path / "o.parquet", "--keep", "*")
    assert said.count("与结果的列重名") == 2


def test_a_result_that_cannot_be_written_leaves_the_old_one_and_the_work(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk at the end is told; what was judged is kept for the next run."""
    out = tmp_path / "out.xlsx"
    out.write_text("before")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ynpolicy.tables_results.write_sheets", full)
    screening = prepare(
        PLAN,
        open_source(table),
        cli_mapping.mapping_of(open_source(table), PLAN, "", None, True, None, "zh"),  # type: ignore[arg-type]
        date(2022, 6, 1),
    )
    with pytest.raises(Exception, match="no space left"):
        screen_table(screening, Outputs(out))
    assert out.read_text() == "before"
    monkeypatch.setattr("ynpolicy.tables_results.write_sheets", write_sheets)
    monkeypatch.setattr(PartJudge, "judge", full)
    assert screen_table(screening, Outputs(out)).summary.tally.rows == 8
    assert openpyxl.load_workbook(out).sheetnames == ["结果", "规范"]


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
def test_nothing_that_is_read_is_written_over(kind: str, tmp_path: Path) -> None:
    """Not the table, whatever its kind, nor the mapping, by any option that names a file to be written."""
    path, mapping = tmp_path / f"table.{kind}", tmp_path / "mapping.txt"
    frame = pl.DataFrame(ROWS, HEAD, orient="row")
    if kind == "xlsx":
        write_sheets(path, [Sheet("台账", HEAD, [10.0] * len(HEAD), ROWS, 0)])
    elif kind == "csv":
        path.write_text(text_of(ROWS), encoding="utf-8")
    else:
        frame.write_parquet(path)
    assert run(path, "--write-mapping", mapping).exit_code == 0
    before = path.read_bytes(), mapping.read_bytes()
    for words in (
        ("--out", path),
        ("--write-mapping", path),
        ("--explain", "A1", "--out", path),
        ("--out", tmp_path / "out.csv", "--rejected", path),
        ("--mapping", mapping, "--summary", mapping),
        ("--mapping", mapping, "--out", tmp_path / "out.csv", "--rejected", mapping),
    ):
        said = told_of(path, *DATE, *(words if "--mapping" in words else ("--yes", *words)), "--lang", "en")
        assert "this is a file that is read" in said
        assert (path.read_bytes(), mapping.read_bytes()) == before
    assert sorted(tmp_path.iterdir()) == sorted([path, mapping])


def test_a_result_within_the_folder_of_parts_would_be_read_as_one_of_them(tmp_path: Path) -> None:
    """The folder of work beside it would be, too, when an interrupted run goes on."""
    folder = tmp_path / "parts"
    folder.mkdir()
    pl.DataFrame(ROWS, HEAD, orient="row").write_parquet(folder / "a.parquet")
    said = told_of(folder, *DATE, "--yes", "--out", folder / "out.parquet", "--lang", "en")
    assert "this lies in the folder that is read" in said
    assert [path.name for path in folder.iterdir()] == ["a.parquet"]


@pytest.mark.parametrize("option", ["--out", "--rejected", "--summary"])
def test_a_name_that_cannot_be_written_is_told_before_the_work(option: str, table: Path, tmp_path: Path) -> None:
    """A folder that does not exist, or a folder in the place of a file, is not found out at the end of a long run."""
    out = () if option == "--out" else ("--out", tmp_path / "out.csv")
    named = tmp_path / "none" / {"--summary": "x.html"}.get(option, "x.csv")
    assert "its folder does not exist" in told_of(*(table, *DATE, "--yes", "--lang", "en", *out), *(option, named))
    assert list(tmp_path.iterdir()) == [table]
