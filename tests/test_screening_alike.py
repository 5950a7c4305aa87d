"""A sheet that `ynpolicy check` reads says the same when it is screened: decision, outcomes and missing facts."""

from __future__ import annotations

import csv
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.small_pack import PACK
from tests.test_screening_cells import BY_NAME, READABLE, cells
from ynpolicy.case_tables import read_case_table
from ynpolicy.cases import RawCase
from ynpolicy.engines.columnar import ColumnarEngine
from ynpolicy.engines.lowering import Layout
from ynpolicy.errors import InputError, Problem
from ynpolicy.ir import Case, Kind
from ynpolicy.normalise import normalise
from ynpolicy.screening.cells import UNREAD, CellReader
from ynpolicy.screening.guess import guess
from ynpolicy.screening.sources import open_source
from ynpolicy.screening.streams import LINE
from ynpolicy.testing.agreement_tables import TableOpinion, reference_row
from ynpolicy.verdict import Decision, Outcome

ENGINE: Final = ColumnarEngine(PACK, "project")


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


def screened(path: Path) -> dict[int, TableOpinion | None]:
    """What screening says of each line; None where it rejects it."""
    source = open_source(path)
    guessed = guess(PACK, "project", source.head)
    assert guessed.problems == guessed.doubts == ()
    reader = CellReader(PACK, Layout.of(PACK, "project"), guessed.mapping, source.schema)
    found: dict[int, TableOpinion | None] = {}
    done = 0
    for batch in source.batches(3):
        frame = reader.read(batch, done).frame
        done += batch.height
        judged = ENGINE.named(ENGINE.judge(frame, missing="finding"))
        for line, row in zip(batch[LINE], judged.to_dicts(), strict=True):
            sound = not (row["rejected"] or row[UNREAD])
            found[line] = (
                TableOpinion(
                    Decision(row["decision"]),
                    {norm: Outcome(row[norm]) for norm in PACK.norms},
                    {norm: frozenset(row.get(f"missing[{norm}]") or ()) for norm in PACK.norms},
                )
                if sound
                else None
            )
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
