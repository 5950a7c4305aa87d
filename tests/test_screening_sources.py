"""A table is read whole and in order, whatever its encoding, its separator and the size of the parts."""

from __future__ import annotations

import csv
import os
import re
import zipfile
from collections.abc import Callable
from datetime import datetime, time
from io import StringIO
from pathlib import Path
from typing import Any, Final

import openpyxl
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ynpolicy.errors import InputError, Problem
from ynpolicy.messages import in_chinese
from ynpolicy.screening.sources import open_source
from ynpolicy.screening.streams import LINE, SURPLUS, Source
from ynpolicy.screening.text_files import TextSource

pytestmark = pytest.mark.tables

ALPHABET: Final = list('ab"，,;\t\n 县é1𠮷')
CELL: Final = st.one_of(st.text(ALPHABET, max_size=5), st.sampled_from(["", " ", "个旧市", "3212", '"']))


def all_rows(source: Source, size: int = 1000, start: int = 0) -> list[tuple[Any, ...]]:
    """Every row from one on, with its line."""
    parts = list(source.batches(size, start))
    assert all(part.height == size for part in parts[:-1])
    return [row for part in parts for row in part.select([LINE, *source.head]).rows()]


def written(rows: list[list[str]], separator: str, ending: str, quoting: int) -> str:
    text = StringIO(newline="")
    writer = csv.writer(text, delimiter=separator, lineterminator=ending, quoting=quoting)  # type: ignore[arg-type]
    writer.writerows(rows)
    return text.getvalue()


@given(
    rows=st.lists(st.lists(CELL, min_size=2, max_size=4), max_size=8),
    separator=st.sampled_from(",;\t"),
    ending=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    piece=st.integers(1, 60),
    size=st.integers(1, 5),
    open_end=st.booleans(),
)
def test_any_csv_is_read_as_the_standard_library_reads_it(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[list[str]],
    separator: str,
    ending: str,
    encoding: str,
    quoting: int,
    piece: int,
    size: int,
    open_end: bool,
) -> None:
    """Quotes, breaks within cells, short rows and blank ones, in pieces of any length; each row has its line."""
    head = ["名称", "b", "三"]
    text = written([head, *rows], separator, ending, quoting)
    text = text.removesuffix(ending) if open_end and rows else text
    path = tmp_path_factory.mktemp("csv") / "t.csv"
    path.write_bytes(text.encode(encoding))
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    wanted, surplus, line = [], [], 1
    for cells in reader:
        if line > 1 and any(cell.strip() for cell in cells[:3]):
            padded = (*cells[:3], "", "")[:3]
            wanted.append((line, *(cell or None for cell in padded)))
            surplus.append([cell for cell in cells[3:] if cell.strip()])
        line = reader.line_num + 1
    source = TextSource(path, piece=piece)
    assert source.head == tuple(head)
    parts = list(source.batches(size))
    found = [row for part in parts for row in part.select([LINE, *head]).rows()]
    assert [row[1:] for row in found] == [row[1:] for row in wanted]
    if not any("\n" in cell for row in rows for cell in row[3:]):
        assert [row[0] for row in found] == [row[0] for row in wanted]
    beyond = [row for part in parts for row in (part[SURPLUS] if SURPLUS in part.columns else [None] * part.height)]
    assert [bool(cells) for cells in surplus] == [cells is not None for cells in beyond]
    for start in range(len(wanted) + 1):
        assert all_rows(source, size, start) == found[start:]
        other = TextSource(path, piece=piece)
        other.know(source.mark(start))
        assert all_rows(other, size, start) == found[start:]


def test_reading_begins_at_a_place_that_was_kept(tmp_path: Path) -> None:
    """What lies before it is not read again: here it is overwritten."""
    path = tmp_path / "t.csv"
    path.write_text("a,b\n" + "".join(f"{i},x\n" for i in range(1000)))
    first = TextSource(path, piece=100)
    assert len(all_rows(first)) == 1000
    mark = first.mark(900)
    data = path.read_bytes()
    path.write_bytes(b"a,b\n" + b'"' * (mark[1] - 4) + data[mark[1] :])
    later = TextSource(path, piece=100)
    later.know(mark)
    assert [row[1] for row in all_rows(later, start=990)] == [str(i) for i in range(990, 1000)]


BROKEN: Final = (
    (b'a,b\n1,2\n3,4"5\n', "a quote stands within a cell", (3, 4)),
    ('a,b\n1,2\n县,"4"5\n'.encode(), "a quote stands within a cell", (3, 6)),
    (b"a,b\r\n1,2\r\n3,4\r5,6\r\n", "a carriage return stands within a cell", (3, 4)),
    (b"a,b\r1,2\r\n3,4\r\n", "a carriage return stands within a cell", (1, 4)),
    (b"a,b\r1,2\r3,4\r", "a carriage return stands within a cell", (1, 4)),
    (b'"a"x,b\n1,2\n', "a quote stands within a cell", (1, 4)),
    (b'a,b\n1,"2\n3,4\n', "a quote opens here and never closes", (2, 3)),
    ("a,县\n1,2\n县,".encode() + b"\xff\xfe\n", "the bytes `ff fe` are not UTF-8", (3, 3)),
    ("a,县\n1,2\n".encode("gbk") + b"\x81\xff\n", "the bytes `81 ff` are not GBK", (3, 1)),
    (b"", "the file is empty", None),
    (b"\n \n", "the table has no cases", None),
    ("a,b".encode("utf-16"), "the file is in UTF-16", None),
    (b"PK\x03\x04....", "the file is an Excel workbook", None),
    (b"\xff\xff,b\n", "the bytes `ff ff` are not UTF-8", (1, 1)),
)


@pytest.mark.parametrize(("data", "message", "at"), BROKEN, ids=[f"{message} {at}" for _, message, at in BROKEN])
def test_a_broken_file_is_told_with_its_place(
    tmp_path: Path, data: bytes, message: str, at: tuple[int, int] | None
) -> None:
    """Line and column, whatever the length of the pieces; each message has its Chinese."""
    path = tmp_path / "t.csv"
    path.write_bytes(data)
    for piece in (1, 7, 2**20):
        with pytest.raises(InputError) as caught:
            list(TextSource(path, piece=piece).batches(10))
        (problem,) = caught.value.problems
        assert problem.message == message
        assert at is None or (problem.place.line, problem.place.column) == at
        assert_chinese(problem)


def test_an_encoding_may_be_given(tmp_path: Path) -> None:
    """Where the beginning of a file misleads; one that nobody knows is refused."""
    path = tmp_path / "t.csv"
    path.write_bytes(b"a\n" + "县\n".encode("gbk"))
    assert all_rows(TextSource(path, "GB2312")) == [(2, "县")]
    with pytest.raises(InputError, match="are not UTF-8"):
        list(TextSource(path, "utf-8").batches(10))
    with pytest.raises(InputError) as caught:
        TextSource(path, "big5")
    assert_chinese(caught.value.problems[0])


@pytest.mark.parametrize(
    ("cell", "message"),
    [(b"x" * 200, "the line has more than 100 bytes"), (b'"' + b"x\n" * 100, "a quote opens here and never closes")],
)
def test_no_line_is_held_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cell: bytes, message: str
) -> None:
    """A quote that never closes would make one line of all the file."""
    monkeypatch.setattr("ynpolicy.screening.text_files.LONGEST", 100)
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b\n1,2\n3," + cell + b"\n")
    with pytest.raises(InputError) as caught:
        list(TextSource(path, piece=20).batches(10))
    (problem,) = caught.value.problems
    assert (problem.message, problem.place.line) == (message, 3)
    assert_chinese(problem)


def assert_chinese(problem: Problem) -> None:
    told = in_chinese(problem, {})
    assert told.message != problem.message
    assert not problem.help or told.help != problem.help


def test_a_cell_may_hold_any_break_within_quotes(tmp_path: Path) -> None:
    """Also one that ends no line; lines are those that end in a line feed."""
    path = tmp_path / "t.csv"
    path.write_bytes(b'a,b\r\n"1\r2","3\r\n4"\r\n5,6')
    for piece in (1, 8, 100):
        assert all_rows(TextSource(path, piece=piece)) == [(2, "1\r2", "3\r\n4"), (4, "5", "6")]


def test_columns_are_told_apart(tmp_path: Path) -> None:
    """Names that repeat have a number behind them, columns without a name are called by their place."""
    path = tmp_path / "t.csv"
    path.write_text("备注,,备注, 名 称 \n1,2,3,4\n", encoding="utf-8")
    source = open_source(path)
    assert source.head == ("备注", "#2", "备注#2", "名 称")
    (part,) = source.batches(10, columns=["备注#2"])
    assert part.columns == ["备注#2", LINE]
    assert part.rows() == [("3", 2)]


def test_the_number_of_rows_is_known_or_estimated(tmp_path: Path) -> None:
    """Of CSV about how many there are, of Parquet exactly."""
    text = tmp_path / "t.csv"
    text.write_text("a\n" + "x\n" * 500)
    source = open_source(text)
    assert (source.rows, source.about()) == (None, 500)
    pl.DataFrame({"a": range(7)}).write_parquet(tmp_path / "t.parquet")
    assert open_source(tmp_path / "t.parquet").rows == 7


def test_parquet_is_read_from_a_file_or_a_folder_of_parts(tmp_path: Path) -> None:
    """In the order of names, across parts and groups, from any row; types are kept."""
    folder = tmp_path / "year=2022"
    folder.mkdir()
    for name, first, last in (("b", 25, 60), ("a", 0, 25), ("c", 60, 60)):
        frame = pl.select(pl.int_range(first, last).alias("n")).with_columns(t=pl.lit("x"))
        frame.write_parquet(folder / f"{name}.parquet", row_group_size=10)
    source = open_source(folder)
    assert (source.head, source.rows, source.schema["n"]) == (("n", "t"), 60, pl.Int64())
    for size in (7, 60, 100):
        for start in (0, 3, 24, 25, 59, 60):
            assert all_rows(source, size, start) == [(n + 1, n, "x") for n in range(start, 60)]
    (part,) = source.batches(100, 55, ["n"])
    assert part.columns == ["n", LINE]


def test_parts_with_other_columns_are_told_which(tmp_path: Path) -> None:
    """A type that differs, a column too few, one too many: of each part at once; their order is free."""
    first = pl.DataFrame({"n": [1], "t": ["a"]})
    others = {
        "b": first.with_columns(pl.col("n").cast(pl.Float64)),
        "c": first.drop("t"),
        "d": first.with_columns(u=pl.lit("x")),
    }
    for name, frame in {"a": first, **others, "e": first.select("t", "n")}.items():
        frame.write_parquet(tmp_path / f"{name}.parquet")
    with pytest.raises(InputError) as caught:
        open_source(tmp_path)
    found = [(Path(one.place.file).stem, one.message.rpartition(": ")[2]) for one in caught.value.problems]
    assert found == [("b", "`n`"), ("c", "`t`"), ("d", "`u`")]
    for problem in caught.value.problems:
        assert_chinese(problem)


def test_folders_may_name_columns(tmp_path: Path) -> None:
    """As Hive and Spark write a table that is split by the values of a column: none of them is lost."""
    frame = pl.DataFrame({"县": ["个旧市", "东川区", None, "a/b"], "n": [1, 2, 3, 4]})
    frame.write_parquet(pl.PartitionBy(tmp_path / "t", key=["县"], include_key=False), mkdir=True)
    source = open_source(tmp_path / "t")
    assert source.head == ("n", "县")
    assert {row[1:] for row in all_rows(source)} == {(n, name) for name, n in frame.rows()}
    (part,) = source.batches(10, columns=["县"])
    assert part.columns == ["县", LINE]


def test_parquet_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """A damaged file, parts that differ, a folder without any, an ending that nobody knows."""
    (tmp_path / "t.parquet").write_bytes(b"PAR1 no")
    (tmp_path / "none").mkdir()
    parts = tmp_path / "parts"
    parts.mkdir()
    pl.DataFrame({"a": [1]}).write_parquet(parts / "1.parquet")
    pl.DataFrame({"a": ["x"]}).write_parquet(parts / "2.parquet")
    (tmp_path / "t.doc").write_text("a\n1\n")
    for name in ("t.parquet", "none", "parts", "t.doc", "gone.csv", "gone.parquet"):
        with pytest.raises(InputError) as caught:
            open_source(tmp_path / name)
        (problem,) = caught.value.problems
        assert str(tmp_path) in problem.place.file
        assert_chinese(problem)


@pytest.mark.parametrize("name", ["t.csv", "t.parquet"])
def test_a_changed_table_has_another_digest(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cell, a row or a name: also where a large file is only sampled."""
    path = tmp_path / name

    def digest(frame: pl.DataFrame) -> str:
        frame.write_csv(path) if name == "t.csv" else frame.write_parquet(path)
        return open_source(path).digest()

    frame = pl.DataFrame({"a": range(100), "b": ["x"] * 100})
    others = [frame.with_columns(b=pl.lit("y")), frame.head(99), frame.rename({"b": "c"})]
    for whole in (2**30, 10):
        monkeypatch.setattr("ynpolicy.screening.digests.WHOLE", whole)
        found = {digest(table) for table in (frame, *others)}
        assert len(found) == 4
    before = digest(frame)
    assert before == open_source(path).digest()
    os.utime(path, (1, 1))
    assert open_source(path).digest() != before


# ---------------------------------------------------------------- workbooks


def workbook(path: Path, rows: list[list[Any]], merge: str = "", title: str = "清单") -> Path:
    book = openpyxl.Workbook()
    first: Any = book.active
    first.title = title
    for row in rows:
        first.append(row)
    if merge:
        first.merge_cells(merge)
    second: Any = book.create_sheet("第二张")
    second.append(["x"])
    second.append(["1"])
    book.save(path)
    return path


def test_a_sheet_is_read_below_its_title(tmp_path: Path) -> None:
    """Blank rows are no rows; each row has its number on the sheet; cells beyond the head are kept apart."""
    rows = [
        ["附表1 项目清单"],
        [],
        ["编号", None, "距离（米）"],
        ["a", "x", 1040.1],
        [],
        ["b", None, 7, None, "more"],
        [None, "y"],
    ]
    source = open_source(workbook(tmp_path / "t.xlsx", rows, "A1:C1"))
    assert source.name.endswith("t.xlsx!清单")
    assert source.head == ("编号", "#2", "距离（米）")
    assert all_rows(source, 2) == [(4, "a", "x", "1040.1"), (6, "b", None, "7"), (7, None, "y", None)]
    assert all_rows(source, 2, 1) == all_rows(source)[1:]
    (part,) = source.batches(10, columns=["编号"])
    assert part.rows() == [("a", 4, None), ("b", 6, "more"), (None, 7, None)]
    assert open_source(tmp_path / "t.xlsx", sheet="第二张").head == ("x",)


TITLED: Final[list[list[Any]]] = [
    ["云南省项目清单（2022年）", None, None, None, None],
    ["填报单位：某局", None, None, "日期：2022-07-01", None],
    [None, None, None, None, None],
    ["编号", "县", "距离", "备注", None],
    ["a", "个旧市", "1", None, None],
    ["b", "会泽县", "2", "多", "余"],
]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_title_and_who_filled_it_in_may_stand_above_the_head(kind: str, tmp_path: Path) -> None:
    """The head is the first row that fills half as many cells as any of the first; a row of one cell is none."""
    path = tmp_path / f"t.{kind}"
    if kind == "xlsx":
        workbook(path, TITLED)
    else:
        text = StringIO()
        csv.writer(text).writerows(TITLED)
        path.write_text(text.getvalue(), encoding="utf-8-sig")
    source = open_source(path)
    assert source.head == ("编号", "县", "距离", "备注")
    assert all_rows(source) == [(5, "a", "个旧市", "1", None), (6, "b", "会泽县", "2", "多")]
    (part,) = source.batches(9)
    assert part[SURPLUS].to_list() == [None, "余"]


def test_a_table_of_one_column_has_no_title(tmp_path: Path) -> None:
    """Its first line names the column; a cell too many in the next is no head."""
    path = tmp_path / "t.csv"
    path.write_text("县\n个旧市,多\n会泽县\n", encoding="utf-8")
    source = open_source(path)
    assert (source.head, [row[1] for row in all_rows(source)]) == (("县",), ["个旧市", "会泽县"])


def test_cells_are_the_texts_that_they_show(tmp_path: Path) -> None:
    """A share as a percentage, a day by its digits, a float as its shortest decimal; a formula stays one."""
    cells = [
        0.97,
        0.1 + 0.7,
        1e-6,
        3.0,
        True,
        datetime(2022, 5, 1),
        datetime(2022, 5, 1, 8),
        time(8),
        "=1+1",
        "'=x",
        " a ",
    ]
    path = workbook(tmp_path / "t.xlsx", [[f"c{n}" for n in range(len(cells))], cells])
    book = openpyxl.load_workbook(path)
    sheet: Any = book.active
    sheet.cell(2, 1).number_format = "0.0%"
    book.save(path)
    ((_, *found),) = all_rows(open_source(path))
    shown = ["97%", "0.7999999999999999", "0.000001", "3", "true", "2022-05-01", "2022-05-01 08:00:00", "08:00:00"]
    assert found == [*shown, "=1+1", "'=x", " a "]


def test_what_a_sheet_says_of_its_size_is_not_believed(tmp_path: Path) -> None:
    """Some programs write that a sheet ends in A1; no row is lost to that."""
    path = workbook(tmp_path / "t.xlsx", [["a", "b"], *([n, n] for n in range(50))])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1"', parts[sheet])
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert b'ref="A1"' in parts[sheet]
    assert len(all_rows(open_source(path))) == 50


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: workbook(path, [["a", "b"], [1, 2], [3, 4]], "A2:A3"), "the cells `A2:A3` are merged"),
        (lambda path: workbook(path, [["a", "b"], [1, 2]], "A1:A2"), "the cells `A1:A2` are merged"),
        (lambda path: workbook(path, [[" "]]), "the table has no cases"),
        (lambda path: workbook(path, [["a"]], title="案件"), "the workbook is a form for one case"),
        (lambda path: path.write_bytes(b"PK\x03\x04..."), "the file is not an Excel workbook"),
        (lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0..."), "the file is encrypted, or in the old .xls format"),
    ],
    ids=["merged rows", "merged head", "blank", "form", "no archive", "encrypted"],
)
def test_a_workbook_that_is_no_table_is_refused(tmp_path: Path, make: Callable[[Path], object], message: str) -> None:
    """Before any row is read; a merged cell would leave the rows below it blank."""
    path = tmp_path / "t.xlsx"
    make(path)
    with pytest.raises(InputError) as caught:
        open_source(path)
    (problem,) = caught.value.problems
    assert problem.message == message
    assert_chinese(problem)


def with_part(path: Path, name: str, change: Callable[[bytes], bytes]) -> Path:
    """A workbook with one of its parts changed."""
    workbook(path, [["a", "b"], ["x", 2], ["y", 3]])
    with zipfile.ZipFile(path) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    assert name in parts
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in parts.items():
            archive.writestr(part, change(content) if part == name else content)
    return path


SHEET: Final = "xl/worksheets/sheet1.xml"
HOSTILE: Final = (
    (SHEET, lambda content: content.replace(b"<worksheet", b"<!DOCTYPE x><worksheet", 1), "declares a document type"),
    (SHEET, lambda content: content[: len(content) // 2], "the sheet is damaged"),
    ("xl/workbook.xml", lambda content: content[: len(content) // 2], "the workbook is damaged"),
    (SHEET, lambda content: content + b" " * 20_000, "is too large for a workbook"),
)


@pytest.mark.parametrize(("part", "change", "message"), HOSTILE, ids=[message for *_, message in HOSTILE])
def test_a_workbook_that_is_damaged_or_made_to_harm_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str, change: Callable[[bytes], bytes], message: str
) -> None:
    """With its reason, and never half read."""
    monkeypatch.setattr("ynpolicy.tables_sheets.LARGEST_PART", 20_000)
    path = with_part(tmp_path / "t.xlsx", part, change)
    with pytest.raises(InputError, match=message) as caught:
        list(open_source(path).batches(10))
    assert_chinese(caught.value.problems[0])


def test_a_sheet_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """With the nearest name."""
    path = workbook(tmp_path / "t.xlsx", [["a"], [1]])
    with pytest.raises(InputError) as caught:
        open_source(path, sheet="第三张")
    (problem,) = caught.value.problems
    assert (problem.message, problem.help) == ("there is no sheet `第三张`", "did you mean `第二张`?")
    assert_chinese(problem)
