"""A sheet that `ynpolicy check` reads says the same when it is screened: decision, outcomes and missing facts."""

from __future__ import annotations

import csv
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import openpyxl
import polars as pl
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from tests.small_pack import PACK
from tests.test_screening_cells import BY_NAME, READABLE, cells
from ynpolicy.case_tables import read_case_table
from ynpolicy.cases import RawCase
from ynpolicy.engines.columnar import ColumnarEngine
from ynpolicy.errors import InputError, Place, Problem
from ynpolicy.ir import LEVELS, Case, Kind, Pack
from ynpolicy.loader import load_pack
from ynpolicy.messages import in_chinese
from ynpolicy.normalise import normalise
from ynpolicy.screening.cells import UNREAD, CellReader
from ynpolicy.screening.guess import guess
from ynpolicy.screening.mapping import ColumnMap, Mapping
from ynpolicy.screening.mapping_checks import facts_screened
from ynpolicy.screening.row_cases import row_case
from ynpolicy.screening.sources import open_source
from ynpolicy.screening.streams import LINE
from ynpolicy.testing.agreement_tables import TableOpinion, reference_row
from ynpolicy.testing.chance import seeded
from ynpolicy.testing.drawn_cases import CaseSpace
from ynpolicy.testing.written import as_normalised, follows
from ynpolicy.values import Interval, Missing, SymbolSet, Value, number_text
from ynpolicy.verdict import Decision, Outcome

ENGINE: Final = ColumnarEngine(PACK, "project")
PLAN: Final = load_pack("yunnan-14fyp")


@st.composite
def heads(draw: st.DrawFn) -> list[tuple[str, str]]:
    """Facts and the heads of their columns, each by one of its words, some with a unit."""
    found = []
    for name in draw(st.lists(st.sampled_from(READABLE), min_size=1, unique=True)):
        fact = BY_NAME[name]
        word = draw(st.sampled_from([name, *fact.words]))
        units = {"m": ["", "（km）", " (米)"], "kg/a": ["", "（t/a）"]}.get(fact.unit, [""])
        found.append((name, word + draw(st.sampled_from(units)) if fact.kind is Kind.NUMBER else word))
    return found


def checked(path: Path) -> tuple[dict[int, Case], set[int]]:
    """The cases that `check` reads, by line, and the lines that it refuses."""
    problems: list[Problem] = []
    found = read_case_table(path, PACK, "project", problems)
    assert found is not None
    wrong = {problem.place.line for problem in problems}
    cases: dict[int, Case] = {}
    for raw in found.cases:
        case = _normalised(raw)
        if case is None:
            wrong.add(raw.place.line)
        else:
            cases[raw.place.line] = case
    return cases, wrong


def _normalised(raw: RawCase) -> Case | None:
    try:
        return normalise(PACK, raw)
    except InputError:
        return None


def opinions(frame: pl.DataFrame, engine: ColumnarEngine = ENGINE) -> list[TableOpinion | None]:
    """What the engine says of rows that were read; None where one is rejected."""
    judged = engine.named(engine.judge(frame, missing="finding"))
    norms = [norm.id for norm in engine.pack.norms_at(engine.level)]
    return [
        None
        if row["rejected"] or row[UNREAD]
        else TableOpinion(
            Decision(row["decision"]),
            {norm: Outcome(row[norm]) for norm in norms},
            {norm: frozenset(row.get(f"missing[{norm}]") or ()) for norm in norms},
        )
        for row in judged.to_dicts()
    ]


def screened(path: Path, engine: ColumnarEngine = ENGINE, size: int = 3) -> dict[int, TableOpinion | None]:
    """What screening says of each line; None where it rejects it."""
    source = open_source(path)
    guessed = guess(engine.pack, engine.level, source.head)
    assert guessed.problems == guessed.doubts == ()
    reader = CellReader(engine.pack, engine.layout, guessed.mapping, source.schema)
    found: dict[int, TableOpinion | None] = {}
    done = 0
    for batch in source.batches(size):
        frame = reader.read(batch, done).frame
        done += batch.height
        found |= zip(batch[LINE], opinions(frame, engine), strict=True)
    return found


@given(data=st.data())
def test_a_table_says_what_its_cases_say(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Every row that `check` reads has the same verdict; a row is rejected only where `check` refuses it too."""
    columns = data.draw(heads())
    row = st.tuples(st.sampled_from(["2022-05-01", "2023/1/1", "", "明天"]), *(cells(name) for name, _ in columns))
    rows = data.draw(st.lists(row, min_size=1, max_size=6))
    path = tmp_path_factory.mktemp("table") / "cases.csv"
    with path.open("w", encoding=data.draw(st.sampled_from(["utf-8", "utf-8-sig"])), newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["受理日期", *(head for _, head in columns)])
        writer.writerows([" ".join((cell or "").split("\n")).replace("\r", " ") for cell in row] for row in rows)
    try:
        cases, wrong = checked(path)
    except InputError:
        return
    ours = screened(path)
    assert ours.keys() == cases.keys() | wrong
    for line, opinion in ours.items():
        if line in cases:
            assert opinion == reference_row(PACK, cases[line])
        if opinion is None:
            assert line in wrong


COLUMNS: Final = (
    ColumnMap("县", "site.county", words=(("老县", "第1县"), ("外省", "unknown"))),
    ColumnMap("距离", "site.bank_distance", unit="km"),
    ColumnMap("误差", "site.bank_distance", "accuracy", unit="km"),
    ColumnMap("近", "site.bank_distance", "low", unit="公里"),
    ColumnMap("远", "site.bank_distance", "high", unit="公里"),
    ColumnMap("新建", "project.nature", "member", "new"),
    ColumnMap("迁建", "project.nature", "member", "relocation"),
    ColumnMap("全", "project.nature", "complete"),
    ColumnMap("锡", "project.activity", "member", "tin_smelting"),
    ColumnMap("铅锌", "project.activity", "member", "pb_zn_smelting"),
    ColumnMap("园区", "project.in_park"),
    ColumnMap("利用率", "project.recovery"),
    ColumnMap("不问利用率", "project.recovery", "not_applicable"),
    ColumnMap("削减", "offset.total"),
    ColumnMap("铅", "offset.lead"),
)
FLAGS: Final = ("是", "否", "有", "1", "不详", "√")
CELLS: Final = {
    "县": ("第2县", "老县", "外省", "530103"),
    "距离": ("0.98", "1.04", "1", "1.0000001", "-1"),
    "误差": ("0.06", "0", "-1"),
    "近": ("0.9", "0.98", "未知"),
    "远": ("1.1", "1", "0.95"),
    "利用率": ("89.999999", "90", "95%", "101", "不适用"),
    "削减": ("2", "3.5", "0"),
    "铅": ("1", "0.5", "2t/a"),
    "日": ("2022-05-01", "2023.1.1", "20250101"),
}


@st.composite
def rows(draw: st.DrawFn) -> dict[str, str | None]:
    """A row in which each fact is told in one way, as a rule."""
    told: dict[str, str | None] = dict.fromkeys([*(column.source for column in COLUMNS), "日"])
    ways = [["距离"], ["距离", "误差"], ["近", "远"], []]
    filled = draw(st.sampled_from(ways)) + draw(st.sampled_from([["利用率"], ["不问利用率"], []]))
    filled += draw(
        st.lists(st.sampled_from(["县", "新建", "迁建", "全", "锡", "铅锌", "园区", "削减", "铅"]), unique=True)
    )
    filled += draw(st.sampled_from([[], [], [], ["距离"], ["利用率"], ["近"]]))
    for source in [*filled, "日"]:
        told[source] = draw(st.sampled_from(CELLS.get(source, FLAGS)))
    return told


@given(data=st.data(), whole=st.booleans())
def test_a_row_by_itself_has_the_verdict_that_it_has_in_the_table(data: st.DataObject, whole: bool) -> None:
    """In every form of column: the case of a row, judged by the reference, says what the table says of it."""
    mapping = Mapping("project", "", "日", COLUMNS, ("project.activity",) if whole else ())
    several = data.draw(st.lists(rows(), min_size=1, max_size=6))
    frame = pl.DataFrame(several, schema=dict.fromkeys(mapping.sources, pl.String))
    read = CellReader(PACK, ENGINE.layout, mapping, frame.schema).read(frame)
    for number, opinion in enumerate(opinions(read.frame)):
        alone = _alone(mapping, frame[number])
        assert opinion == (None if alone is None else reference_row(PACK, alone))


def _alone(mapping: Mapping, row: pl.DataFrame) -> Case | None:
    try:
        return normalise(PACK, row_case(PACK, mapping, row, Place("t.csv", 2)))
    except InputError:
        return None


def test_a_row_that_cannot_be_read_is_told_with_its_columns() -> None:
    """Every cell at once, at the row's place, in Chinese too; the case is called by the cell of the key."""
    mapping = Mapping("project", "名", "日", (COLUMNS[0], COLUMNS[1]))
    rows = pl.DataFrame({"名": ["a", "b"], "日": ["2022-05-01", "昨天"], "县": ["老县", "x"], "距离": [None, "远"]})
    assert row_case(PACK, mapping, rows[0], Place("t.csv", 2)).title == "a"
    with pytest.raises(InputError) as caught:
        row_case(PACK, mapping, rows[1], Place("t.csv", 3))
    assert [problem.message.partition(":")[0] for problem in caught.value.problems] == [
        "column `县`",
        "column `日`",
        "column `距离`",
    ]
    assert {problem.place.line for problem in caught.value.problems} == {3}
    assert all(in_chinese(problem, {}).message.startswith("列 `") for problem in caught.value.problems)


TYPED: Final[dict[Kind, st.SearchStrategy[Any]]] = {
    Kind.NUMBER: st.one_of(
        st.integers(-3, 2000),
        st.floats(-10, 2000, allow_nan=False).map(lambda number: round(number, 4)),
        st.floats(0, 1),
        st.sampled_from([0.97, 1e-6, 1e16, "0.97", "97%", True, date(2022, 5, 1)]),
    ),
    Kind.DATE: st.one_of(
        st.dates(date(1950, 1, 1), date(2100, 1, 1)),
        st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1)).map(lambda moment: moment.replace(microsecond=0)),
        st.integers(44_000, 45_000),
        st.just("2022/5/1"),
    ),
    Kind.BOOLEAN: st.sampled_from([True, False, "是", "否", "=1=1", "不适用"]),
    Kind.SYMBOL: st.sampled_from([530101, 530102.0, "第3县", "县", 0.5, date(2022, 3, 2)]),
    Kind.SYMBOLS: st.sampled_from(["新建、扩建", "锡冶炼", "无", "其他不详", "#N/A", 1]),
}


@given(data=st.data())
def test_a_workbook_says_what_its_cases_say(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Numbers, shares, days and truths as Excel stores them; formulas and errors are refused by both."""
    names = data.draw(st.lists(st.sampled_from(READABLE), min_size=1, max_size=4, unique=True))
    cell = [st.one_of(st.none(), TYPED[BY_NAME[name].kind]) for name in names]
    rows = data.draw(st.lists(st.tuples(st.just(datetime(2022, 5, 1)), *cell), min_size=1, max_size=5))
    shares = data.draw(st.booleans())
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(["受理日期", *(BY_NAME[name].label.zh for name in names)])
    for row in rows:
        sheet.append(row)
    for at, name in enumerate(names, 2):
        if shares and BY_NAME[name].unit == "%":
            for number in range(2, len(rows) + 2):
                sheet.cell(number, at).number_format = "0.00%"
    path = tmp_path_factory.mktemp("book") / "cases.xlsx"
    book.save(path)
    problems: list[Problem] = []
    found = read_case_table(path, PACK, "project", problems)
    assert found is not None
    by_row = {int(raw.place.file.rpartition("!A")[2]): _normalised(raw) for raw in found.cases}
    ours = screened(path)
    assert ours.keys() == {*range(2, len(rows) + 2)}
    for number, opinion in ours.items():
        case = by_row.get(number)
        if case is not None:
            assert opinion == reference_row(PACK, case)
        if opinion is None:
            assert case is None


# ---------------------------------------------------------------- the plan


def cell_of(pack: Pack, name: str, value: Value) -> str:
    """A value as people write it in a table."""
    symbols = pack.facts[name].symbols
    match value:
        case bool():
            return "是" if value else "否"
        case Interval(lo, hi):
            return number_text(lo) if lo == hi else f"{number_text(lo)}~{number_text(hi)}"
        case SymbolSet(members, complete):
            words = [symbols[symbol].label.zh for symbol in sorted(members)]
            return "、".join([*words, *([] if complete else ["其他不详"])]) or "无"
        case date():
            return f"{value.year}年{value.month}月{value.day}日"
    return symbols[value].label.zh


@pytest.mark.parametrize("level", [level for level in LEVELS if PLAN.norms_at(level)])
def test_drawn_cases_of_the_plan_say_the_same_in_a_table(level: str, tmp_path: Path) -> None:
    """On every level: cases as people would write them in a list with Chinese heads."""
    draw, space = seeded("screening", level), CaseSpace(PLAN, level)
    names = [name for name, fact in facts_screened(PLAN, level).items() if fact.is_asked_of(level)]
    cases, lines = [], []
    while len(cases) < 12:
        drawn = space.mixed(draw)
        missing = {name: state for name, state in drawn.missing.items() if state is not Missing.CONFLICT}
        case = evolve(drawn, missing=missing, justified={}, reviewed={})
        states = {Missing.UNKNOWN: "不详", Missing.NOT_APPLICABLE: "不适用"}
        cells = {name: cell_of(PLAN, name, value) for name, value in case.values.items() if not follows(case, name)}
        cells |= {name: states.get(state, "") for name, state in missing.items() if not follows(case, name)}
        if not any(cells.get(name) for name in names):
            continue
        cases.append(as_normalised(PLAN, case))
        lines.append([case.as_of.isoformat(), *(cells.get(name, "") for name in names)])
    path = tmp_path / "cases.csv"
    with path.open("w", encoding="gbk", newline="") as file:
        csv.writer(file).writerows([["受理日期", *(PLAN.facts[name].label.zh for name in names)], *lines])
    found = screened(path, ColumnarEngine(PLAN, level), 100)
    assert list(found.values()) == [reference_row(PLAN, case) for case in cases]
