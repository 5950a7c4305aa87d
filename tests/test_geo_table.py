"""A table of sites comes back row for row, with what is found of each or the reason why nothing is."""

from __future__ import annotations

import csv
import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from shapely import Point, box

from tests.geo_layers import RANKS, SYSTEMS, east_of, layer, north_south, river, site
from ynpolicy.chinese_site_tables import SITE_TABLE_HELPS, SITE_TABLE_MESSAGES
from ynpolicy.errors import InputError, Problem
from ynpolicy.geo import bulk_table
from ynpolicy.geo.boundaries import BoundaryIndex
from ynpolicy.geo.bulk_rows import Said
from ynpolicy.geo.bulk_table import Asked, TableFound, locate_table
from ynpolicy.geo.distances import RiverIndex
from ynpolicy.geo.layers import BoundaryLayer, Unit
from ynpolicy.geo.systems import UNDECLARED_ERROR
from ynpolicy.geo.systems_words import named_system
from ynpolicy.location import LayerUsed
from ynpolicy.messages import in_chinese

LAW = Fraction(1000)
INDEX = RiverIndex([layer(river(north_south(102), "金沙江", width=60), error=20)], SYSTEMS, RANKS)
DISTANCE = Asked("site.bank_distance", INDEX, LAW)
CGCS2000 = Said(named_system("CGCS2000"), Fraction(5), Fraction(50))
HEADS = [f"site.bank_distance.{part}" for part in ("at_least", "at_most", "measured", "river", "inside", "doubts")]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "sites.csv"


def located(
    table: Path, *asked: Asked, encoding: str = "utf-8", **options: object
) -> tuple[TableFound, list[list[str]]]:
    out = table.with_name("out.csv")
    found = locate_table(table, out, asked or (DISTANCE,), **{"said": CGCS2000, **options})  # type: ignore[arg-type]
    with out.open(encoding=encoding, newline="") as file:
        return found, list(csv.reader(file))


def problems_of(table: Path, **options: object) -> list[str]:
    """What is wrong with a table that is refused; nothing is written then, and nothing left behind."""
    before = sorted(table.parent.iterdir())
    with pytest.raises(InputError) as caught:
        located(table, **options)
    assert sorted(table.parent.iterdir()) == before
    return [f"{problem.place}: {problem.message} | {problem.help}" for problem in caught.value.problems]


def test_each_row_has_what_its_site_finds(table: Path) -> None:
    """The cells of a row stay, and beside them stands what `find` says of the site, with both bounds."""
    draw = np.random.default_rng(1)
    places = [(draw.uniform(101.97, 102.03), draw.uniform(24.6, 25.4)) for _ in range(200)]
    rows = [[f"厂 {number}", repr(x), repr(y), 'a "b", c'] for number, (x, y) in enumerate(places)]
    with table.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["企业", "经度", "纬度", "note"], *rows])
    found, (head, *written) = located(table)
    assert found == TableFound(200, 0, ())
    assert head == ["企业", "经度", "纬度", "note", *HEADS, "problem"]
    answers = set()
    for row, place, got in zip(rows, places, written, strict=True):
        one = INDEX.find(site(Point(place), 5, 50), "f", LAW)
        assert one.at_most is not None
        assert one.measured is not None
        lengths = [f"{float(length):.2f}" for length in (one.at_least, one.at_most, one.measured)]
        inside = {True: "true", False: "false", None: ""}[one.inside]
        doubts = " ".join(doubt.value for doubt in one.doubts)
        assert got == [*row, *lengths, "金沙江", inside, doubts, ""]
        answers.add(inside)
    assert answers == {"true", "false", ""}


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [("utf-8", b""), ("utf-8-sig", b"\xef\xbb\xbf"), ("gb18030", b"")],
    ids=["utf-8", "mark", "gbk"],
)
def test_the_encoding_stays(table: Path, encoding: str, mark: bytes) -> None:
    """A table in UTF-8 or in GBK comes back in the same, so that Excel opens it as it opened the other."""
    table.write_bytes("名称;经度(°);纬度(°)\r\n冶炼厂;102.001;25\r\n".encode(encoding))
    _, (head, row) = located(table, encoding=encoding)
    assert head[:3] == ["名称;经度(°);纬度(°)"] or head[0].startswith("名称;")
    written = table.with_name("out.csv").read_bytes()
    assert written.startswith(mark + "名称;经度".encode(encoding if encoding != "utf-8-sig" else "utf-8"))
    assert "金沙江" in written.decode(encoding)
    assert written.endswith(b"\r\n")
    assert row[0].startswith("冶炼厂;102.001;25;")


BAD = """\
name,lon,lat,精度
good,102.01,25.0,30 m
empty,,25.0,
word,somewhere,25.0,
swapped,25.0,102.01,
metres,500000,2765000,
outside,10.5,45.2,
short,102.01
long,102.01,25.0,30,more,and more
unit,102.01,25.0,30 kg
infinite,inf,25.0,
degrees,102°00′36″,25°,
"""


def test_a_row_that_is_no_point_is_kept_and_says_why(table: Path) -> None:
    """Rows in are rows out; each has its reason, and its place is told by line and column."""
    table.write_text(BAD, encoding="utf-8")
    found, (head, *rows) = located(table)
    assert [row[0] for row in rows] == [line.split(",")[0] for line in BAD.splitlines()[1:]]
    assert all(len(row) == len(head) for row in rows)
    sound = {row[0] for row in rows if row[-1] == ""}
    assert sound == {"good", "degrees"}
    assert all(row[4:-1] == [""] * 6 for row in rows if row[0] not in sound)
    assert (found.rows, found.unread) == (11, 9)
    assert [f"{problem.place.line}:{problem.place.column} {problem.message}" for problem in found.problems] == [
        "3:2 the longitude is missing",
        "4:2 `somewhere` and `25.0` are no point",
        "5:2 `25,102.01` looks swapped: latitude stands before longitude",
        "6:2 `500000,2765000` is not longitude and latitude in `CGCS2000 (EPSG:4490)`: it looks like metres of a plane",
        "7:2 `10.5,45.2` lies outside China",
        "8:1 the row has 2 cells, the head has 4",
        "9:1 the row has 6 cells, the head has 4",
        "10:4 `accuracy`: `kg` measures mass, not length",
        "11:2 `inf` and `25.0` are no point",
    ]
    assert rows[7][-1] == "the row has 6 cells, the head has 4; `more`; `and more`"
    measured = {row[0]: row[6] for row in rows}
    assert measured["degrees"] == measured["good"]


def test_a_site_may_have_its_own_accuracy_and_extent(table: Path) -> None:
    """A cell goes before what holds for all rows; an empty cell does not."""
    at = east_of(102, 3000)
    rows = [f"{at.x!r},{at.y!r},{said}" for said in ("30,", ",0.2 km", ",")]
    table.write_text("lon,lat,误差,半径\n" + "\n".join(rows) + "\n", encoding="utf-8")
    _, (_, *written) = located(table)
    at_least = [float(row[4]) for row in written]
    assert at_least == pytest.approx(
        [3000 - 30 - 20 - 30 - 50, 3000 - 30 - 20 - 5 - 200, 3000 - 30 - 20 - 5 - 50], abs=0.02
    )


def test_what_is_not_stated_is_doubted(table: Path) -> None:
    """Without a system the error is as wide as any in use needs; without accuracy or extent there are no bounds."""
    at = east_of(102, 3000)
    table.write_text(f"x,y\n{at.x!r},{at.y!r}\n", encoding="utf-8")
    _, (_, undeclared) = located(table, said=Said(accuracy=Fraction(5), extent=Fraction(0)))
    assert float(undeclared[2]) == pytest.approx(3000 - 30 - 20 - 5 - UNDECLARED_ERROR, abs=0.02)
    assert undeclared[7] == "site_system centreline"
    _, (_, unsaid) = located(table, said=Said(named_system("CGCS2000")))
    assert (unsaid[2], unsaid[3], unsaid[7]) == ("0.00", "", "site_accuracy site_extent centreline")


def test_a_plane_is_read_as_declared(table: Path) -> None:
    """Eastings with a zone number lie where the same place lies in degrees; without that number the row is refused."""
    table.write_text("x,y\n34500000,2765000\n500000,2765000\n", encoding="utf-8")
    found, (_, first, second) = located(table, said=Said(named_system("CGCS2000 / 3-degree GK zone 34"), Fraction(5)))
    assert float(first[4]) < 0.01
    assert second[2:-1] == [""] * 6
    assert "zone number" in found.problems[0].message


def test_the_unit_stands_beside_the_distance(table: Path) -> None:
    """Several facts are found at once; a unit is told only where the whole site surely lies in it."""
    units = (Unit("530102", "west", box(101, 24, 102, 26)), Unit("530103", "east", box(102, 24, 103, 26)))
    boundaries = BoundaryLayer(LayerUsed("b", "boundaries", "", "", Fraction(100), "b"), "county", 100.0, units)
    county = Asked("site.county", units=BoundaryIndex([boundaries]))
    table.write_text("lon,lat\n101.9,25\n102.0005,25\nx,25\n102.1,25\n", encoding="utf-8")
    _, (head, *rows) = located(table, DISTANCE, county)
    assert head == ["lon", "lat", *HEADS, "site.county.code", "problem"]
    assert [row[8] for row in rows] == ["530102", "", "", "530103"]


def test_rows_are_read_some_at_a_time(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many are held at once, the table is the same; blank lines are no rows; what is done is told in bytes."""
    table.write_text(BAD.replace("swapped", "\n\nswapped"), encoding="utf-8")
    whole = located(table)
    told: list[tuple[int, int]] = []
    monkeypatch.setattr(bulk_table, "ROWS", 2)
    assert located(table, progress=lambda *done: told.append(done)) == whole
    assert whole[0].problems[2].place.line == 7
    assert len(told) == 6
    assert told[-1] == (table.stat().st_size,) * 2
    monkeypatch.setattr(bulk_table, "TOLD", 3)
    found, _ = located(table)
    assert (found.unread, len(found.problems)) == (9, 3)


def test_a_table_whose_columns_cannot_be_told_is_refused(table: Path) -> None:
    """All that is wrong with the head is said at once, and named columns are found whatever they are called."""
    name = str(table)
    table.write_text("a,b\n1,2\n", encoding="utf-8")
    assert problems_of(table) == [
        f"{name}:1:1: no column is the latitude | call it 纬度 or lat, or name one of a, b",
        f"{name}:1:1: no column is the longitude | call it 经度 or lon, or name one of a, b",
    ]
    assert problems_of(table, lon="a", lat="a") == [
        f"{name}:1:1: `a` is named as longitude and as latitude | name two columns"
    ]
    table.write_text("经度,lon,纬度,东西,site.bank_distance.inside\n1,2,3,4,5\n", encoding="utf-8")
    assert problems_of(table, lat="wei") == [
        f"{name}:1:1: several columns can be the longitude: `经度`, `lon` | name the column to read",
        f"{name}:1:1: the table has a column `site.bank_distance.inside` already | rename it",
        f"{name}:1:1: there is no column `wei` | the columns are 经度, lon, 纬度, 东西, site.bank_distance.inside",
    ]
    table.write_text("东西,南北\n102.01,25\n", encoding="utf-8")
    assert located(table, lon="东西", lat="南北")[0].unread == 0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"lon,lat\n", "the table has no rows"),
        (b"lon,lat\n\n\n", "the table has no rows"),
        ("lon,lat\n1,2\n".encode("utf-16"), "the file is in UTF-16"),
        (b"PK\x03\x04abc", "the file is an Excel workbook"),
        (b"lon,lat\n\xff\xff\xff\n", "the file is neither UTF-8 nor GBK text"),
        (b'lon,lat\n102.01,25\n"102.01,25\n', "not well formed: unexpected end of data"),
    ],
    ids=["empty", "head only", "blank", "utf-16", "workbook", "bytes", "quotes"],
)
def test_a_file_that_is_no_table_is_refused(table: Path, content: bytes, message: str) -> None:
    """The reason is said, and no half of a table is left."""
    table.write_bytes(content)
    assert [message in problem for problem in problems_of(table)] == [True]


def test_a_table_is_written_whole_or_not_at_all(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table that stands there already is kept until the new one is whole; the one that is read is never written."""
    out = table.with_name("out.csv")
    out.write_text("old", encoding="utf-8")
    monkeypatch.setattr(bulk_table, "ROWS", 1)
    table.write_text('lon,lat\n102.01,25\n102.01,"25\n', encoding="utf-8")
    problems_of(table)
    assert out.read_text(encoding="utf-8") == "old"
    with pytest.raises(InputError, match="this is the table that is read"):
        locate_table(table, table, [DISTANCE])
    with pytest.raises(InputError, match="the file cannot be read: no such file"):
        locate_table(table.with_name("none.csv"), out, [DISTANCE])
    table.write_text("lon,lat\n102.01,25\n", encoding="utf-8")
    with pytest.raises(InputError, match="the file cannot be written: no such file"):
        locate_table(table, table.parent / "no" / "out.csv", [DISTANCE])


def test_in_chinese_the_reason_is_chinese(table: Path) -> None:
    """A reviewer's table has its reasons, and the head above them, in Chinese."""
    table.write_text(BAD, encoding="utf-8")
    _, (head, *rows) = located(table, lang="zh")
    assert head[-1] == "问题"
    assert rows[1][-1] == "缺少经度"
    assert rows[7][-1] == "这一行有6格，表头有4格; `more`; `and more`"


@pytest.mark.parametrize("english", [english for english, _ in SITE_TABLE_MESSAGES])
def test_every_message_of_a_table_has_its_chinese(english: str) -> None:
    """No English word is left but the names of encodings."""
    told = in_chinese(Problem(None, english.replace("{}", "7"), ""), {}).message  # type: ignore[arg-type]
    assert not re.search("[A-Za-z]{4,}", told.replace("Excel", "").replace("UTF-8", ""))
    assert len(SITE_TABLE_HELPS) == len({help for help, _ in SITE_TABLE_HELPS})
