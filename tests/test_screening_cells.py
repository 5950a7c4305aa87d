"""Cells read by whole columns say what the same cells say in a case file, whatever stands in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.small_pack import FACTS, LABEL_WITH_SEPARATOR, PACK
from ynpolicy.answers import read_answer
from ynpolicy.engines.lowering import Layout
from ynpolicy.engines.lowering import columns as names
from ynpolicy.errors import InputError, Place, Problem
from ynpolicy.ir import Kind
from ynpolicy.messages import in_chinese
from ynpolicy.screening.cells import KEY, UNREAD, CellReader, Read
from ynpolicy.screening.mapping import ColumnMap, Mapping
from ynpolicy.screening.statements import Question, Stated
from ynpolicy.screening.streams import LINE, SURPLUS
from ynpolicy.sheets import CaseReader, Cell
from ynpolicy.values import Interval, Missing, SymbolSet, Value, exact

pytestmark = pytest.mark.tables

LAYOUT: Final = Layout.of(PACK, "project")
BY_NAME: Final = {fact.name: fact for fact in FACTS}
READABLE: Final = [name for name in {c.fact: 0 for c in LAYOUT.columns.values()} if name]

DIGITS: Final = st.from_regex(r"[+-]?[0-9]{0,14}([.][0-9]{0,8})?", fullmatch=True)
NUMBERS: Final = st.one_of(
    DIGITS,
    st.decimals(-20_000, 20_000, allow_nan=False, places=3).map(str),
    st.tuples(
        DIGITS,
        st.sampled_from(["m", "km", " 公里", "米", "kg/a", "t/a", "%", "吨/年", "亩", "e3", "±60", "~1100", "万"]),
    ).map("".join),
    st.sampled_from(
        [
            "1,040",
            "1，234,567.5",
            "12,34",
            "１０４０",
            "1e3",
            "①",
            "10²",
            "1,040.5 km",
            " 7 ",
            ".5km",
            "+5公里",
            "9007199254.740992",
            "9007199254.740993",
        ]
    ),
    st.sampled_from(["980~1100米", "980米～1,100米", "1040±60m", "90", "100", "100.0000010", "0.0000001", "3", "-0"]),
)
WORDS: Final = (
    "未知",
    "不详",
    "UNKNOWN",
    "不适用",
    "not applicable",
    "/",
    "—",
    "",
    "  ",
    "N/A",
    "=1+1",
    "#N/A",
    "约1000",
)
DAYS: Final = st.one_of(
    st.dates(date(1890, 1, 1), date(2210, 1, 1)).flatmap(
        lambda day: st.sampled_from(
            [
                day.isoformat(),
                f"{day.year}/{day.month}/{day.day}",
                f"{day.year}.{day.month}.{day.day}",
                f"{day.year}年{day.month}月{day.day}日",
                f"{day:%Y%m%d}",
                f"{day.isoformat()} 00:00:00",
                f"{day.isoformat()} 08:00:00",
            ]
        )
    ),
    st.sampled_from(["2022-02-30", "2022年5月", "44682", "20221301"]),
)
FLAGS: Final = st.sampled_from(
    ["是", "否", "有", "无", "true", "FALSE", "yes", "No", "1", "0", "√", "×", "Y", "对", "maybe", "2"]
)


def symbol_texts(fact: str) -> st.SearchStrategy[str]:
    words = sorted({word for symbol in BY_NAME[fact].symbols.values() for word in symbol.words})
    one = st.sampled_from([*words, "无", "none", "其他不详", "New", " 新建 ", "新 建", "第１县", "no such"])
    return st.lists(one, min_size=1, max_size=3).flatmap(
        lambda parts: st.sampled_from("、,；/|").map(lambda joint: joint.join(parts))
    )


def texts_of(fact: str) -> st.SearchStrategy[str]:
    """Cells of a column, the right and the wrong, and any text at all."""
    kind = BY_NAME[fact].kind
    own = {Kind.NUMBER: NUMBERS, Kind.DATE: DAYS, Kind.BOOLEAN: FLAGS}.get(kind)
    padded = st.one_of(own if own is not None else symbol_texts(fact), st.sampled_from(WORDS), st.text(max_size=6))
    return padded.flatmap(lambda text: st.sampled_from([text, text, f" {text}", f"{text}\u3000"]))


def cells(fact: str) -> st.SearchStrategy[str | None]:
    return st.one_of(st.none(), texts_of(fact), texts_of(fact), texts_of(fact))


def read(mapping: Mapping, rows: dict[str, Sequence[Any]], layout: Layout = LAYOUT, **types: Any) -> Read:
    frame = pl.DataFrame(rows, schema={name: types.get(name, pl.String) for name in rows})
    return CellReader(PACK, layout, mapping, frame.schema, "t.csv").read(frame)


def mapped(*columns: ColumnMap, whole: tuple[str, ...] = ()) -> Mapping:
    return Mapping("project", "", "", columns, whole)


def seen(result: Read, name: str, row: int) -> tuple[Value | None, bool]:
    """The value that a row of a read table has of a fact, and whether it is not applicable."""
    found = result.frame.row(row, named=True)
    idle = bool(found.get(names.not_applicable(name)))
    kind = BY_NAME[name].kind
    if kind is Kind.NUMBER:
        ends = (name, name) if name in found else (names.low_end(name), names.high_end(name))
        low, high = (found[end] for end in ends)
        scale = LAYOUT.columns[name].scale
        return (None if low is None else Interval(Fraction(low, scale), Fraction(high, scale))), idle
    if kind is Kind.SYMBOLS:
        members = LAYOUT.members[name]
        flags = {symbol: found[names.member(name, symbol)] for symbol in members}
        rest = found.get(names.member(name, names.OTHER), False)
        complete = found[names.complete(name)]
        if complete is None:
            assert set(flags.values()) | {rest} <= {None, False}
            return None, idle
        assert complete or False not in flags.values()
        inside = frozenset(symbol for symbol, flag in flags.items() if flag)
        return SymbolSet(inside | ({"[*]"} if rest else set()), complete), idle
    return found[name], idle


def meant(stated: Stated, name: str) -> tuple[Value | None, bool]:
    """The same of what cells state: members that have no column of their own are one."""
    value = stated.answer.value if stated.answer else None
    if isinstance(value, SymbolSet):
        inside = value.members & {*LAYOUT.members[name]}
        value = SymbolSet(inside | ({"[*]"} if value.members - inside else frozenset()), value.complete)
    return value, bool(stated.answer and stated.answer.missing is Missing.NOT_APPLICABLE)


def assert_read(question: Question, rows: Sequence[tuple[str | None, ...]], whole: tuple[str, ...] = ()) -> None:
    """Every row is read by columns as it is read by itself."""
    name = question.fact.name
    table = {column.source: [row[at] for row in rows] for at, column in enumerate(question.columns)}
    result = read(mapped(*question.columns, whole=whole), table)
    told: dict[int, list[tuple[str, ...]]] = {}
    for row in result.problems.iter_rows(named=True):
        told.setdefault(row["row"], []).append((row["column"], row["found"], row["message"], row["help"]))
    for number, row in enumerate(rows):
        stated = question.read(row)
        wrong = [(one.column, one.found, one.message, one.help) for one in stated.wrong]
        assert told.get(number, []) == wrong, row
        assert result.frame[UNREAD][number] is bool(wrong)
        assert seen(result, name, number) == meant(stated, name), row


@pytest.mark.parametrize("name", READABLE)
@given(data=st.data())
def test_a_column_is_read_as_each_cell_by_itself(name: str, data: st.DataObject) -> None:
    """The value, unknown, not applicable or the problem: the same for every text, plain or not."""
    units = ["", "km", "亩", "t/a", "kg/a", "‰"] if BY_NAME[name].kind is Kind.NUMBER else [""]
    unit = data.draw(st.sampled_from(units))
    words = data.draw(st.sampled_from([(), (("无", "0"), ("3", "unknown"), ("新", "新建"))]))
    rows = data.draw(st.lists(st.tuples(cells(name)), min_size=1, max_size=12))
    if _converts(unit, name):
        assert_read(Question(BY_NAME[name], (ColumnMap("列", name, unit=unit, words=words),)), rows)


def _converts(unit: str, name: str) -> bool:
    from ynpolicy.units import UnitError, conversion

    try:
        return not unit or bool(conversion(unit, BY_NAME[name].unit))
    except UnitError:
        return False


@given(data=st.data())
def test_several_columns_of_one_number_are_read_together(data: st.DataObject) -> None:
    """A value, its largest error, the ends of a range, and whether the question arises: any of them filled or not."""
    name = data.draw(st.sampled_from(["site.bank_distance", "project.recovery", "offset.lead"]))
    forms = data.draw(
        st.sampled_from(
            [
                ("value", "accuracy"),
                ("low", "high"),
                ("value", "low", "high"),
                ("value", "not_applicable"),
                ("value", "accuracy", "low", "high", "not_applicable"),
            ]
        )
    )
    plain = st.one_of(st.none(), st.integers(-5, 110).map(str), texts_of(name))
    row = st.tuples(*(FLAGS | st.none() if form == "not_applicable" else plain for form in forms))
    rows = data.draw(st.lists(row, min_size=1, max_size=12))
    assert_read(Question(BY_NAME[name], [ColumnMap(form, name, form) for form in forms]), rows)


@given(data=st.data(), whole=st.booleans(), listed=st.booleans())
def test_members_of_a_set_may_have_columns_of_their_own(data: st.DataObject, whole: bool, listed: bool) -> None:
    """What is not in the set counts as known only where the columns are said to list all there may be."""
    name = "project.activity"
    columns = [ColumnMap(symbol, name, "member", symbol) for symbol in ("tin_smelting", "other")]
    columns += [ColumnMap("全", name, "complete")] if listed else []
    flag = st.one_of(st.none(), FLAGS, st.sampled_from(WORDS))
    rows = data.draw(st.lists(st.tuples(*(flag for _ in columns)), min_size=1, max_size=8))
    assert_read(Question(BY_NAME[name], columns, whole), rows, (name,) if whole else ())


@pytest.mark.parametrize("name", READABLE)
@given(data=st.data())
def test_what_a_case_file_reads_means_the_same_in_a_table(name: str, data: st.DataObject) -> None:
    """More is read in a table, but nothing otherwise."""
    fact = BY_NAME[name]
    text = data.draw(texts_of(name))
    problems: list[Problem] = []
    accepted = frozenset(word for symbol in fact.symbols.values() for word in symbol.words)
    reader = CaseReader({name: accepted}, problems)
    node = reader.value(name, fact.kind, Cell(text, Place("c")), fact.unit) if text.strip() else None
    answer = read_answer(fact, node, problems) if node is not None else None
    if not problems:
        stated = Question(fact, (ColumnMap("c", name),)).read((text,))
        assert stated.wrong == ()
        ours = (stated.answer.value, stated.answer.missing) if stated.answer else None
        assert ours == ((answer.value, answer.missing) if answer else None)


def stated(
    columns: Sequence[ColumnMap], texts: Sequence[str | None], whole: bool = False
) -> Value | Missing | str | None:
    """What cells state of one fact: its value, why it has none, or what is wrong."""
    found = Question(BY_NAME[columns[0].fact], columns, whole).read(texts)
    if found.wrong:
        return found.wrong[0].message.removeprefix(f"`{columns[0].fact}`: ")
    return None if found.answer is None else found.answer.value or found.answer.missing


TIN: Final = SymbolSet(frozenset({"tin_smelting"}))
OPEN: Final = SymbolSet(frozenset(), complete=False)
SETS: Final = (
    # tin, other, listed in full; whether the columns list all; what is stated
    ("是", "否", None, True, TIN),
    ("是", None, None, True, SymbolSet(TIN.members, complete=False)),
    ("是", "不详", None, True, SymbolSet(TIN.members, complete=False)),
    ("否", "否", None, True, SymbolSet(frozenset())),
    ("是", "否", None, False, SymbolSet(TIN.members, complete=False)),
    ("否", "否", None, False, OPEN),
    ("否", "否", "是", False, SymbolSet(frozenset())),
    ("是", "否", "否", True, SymbolSet(TIN.members, complete=False)),
    (None, None, "是", False, SymbolSet(frozenset())),
    (None, "/", None, True, Missing.UNKNOWN),
    ("不详", "不详", None, True, Missing.UNKNOWN),
    ("不适用", "不适用", None, False, Missing.NOT_APPLICABLE),
    ("不适用", "否", None, True, OPEN),
    (None, None, None, True, None),
    ("是", "也许", None, True, "`也许` is neither true nor false"),
)


@pytest.mark.parametrize(("tin", "other", "listed", "whole", "value"), SETS)
def test_what_columns_of_members_state(
    tin: str | None, other: str | None, listed: str | None, whole: bool, value: Value | Missing | str | None
) -> None:
    """A yes is a member; a no is knowledge only of a set told in full; what nobody knows leaves the set open."""
    columns = [ColumnMap(s, "project.activity", "member", s) for s in ("tin_smelting", "other")]
    assert stated([*columns, ColumnMap("全", "project.activity", "complete")], (tin, other, listed), whole) == value


LISTS: Final = (
    ("锡冶炼", "是", TIN),
    ("锡冶炼", None, TIN),
    ("锡冶炼", "否", SymbolSet(TIN.members, complete=False)),
    ("锡冶炼、其他不详", "是", SymbolSet(TIN.members, complete=False)),
    ("无", "否", OPEN),
    ("不详", "否", Missing.UNKNOWN),
)


@pytest.mark.parametrize(("text", "listed", "value"), LISTS)
def test_what_a_list_states_beside_a_column_that_tells_whether_it_is_whole(
    text: str, listed: str | None, value: Value | Missing
) -> None:
    """The weaker of the two counts."""
    columns = [ColumnMap("表", "project.activity"), ColumnMap("全", "project.activity", "complete")]
    assert stated(columns, (text, listed)) == value


def between(low: str, high: str) -> Interval:
    return Interval(Fraction(low), Fraction(high))


RANGES: Final = (
    # value, accuracy, low, high, not applicable
    (("99", "5", None, None, None), between("94", "100")),
    (("99", None, None, None, None), exact(99)),
    (("99", "0", None, None, None), exact(99)),
    (("99", "-1", None, None, None), "the accuracy is negative"),
    (("101", "5", None, None, None), "`101 %` is impossible"),
    ((None, "5", None, None, None), "the value is not given"),
    (("不详", "5", None, None, None), Missing.UNKNOWN),
    ((None, None, "-5", "20", None), between("0", "20")),
    ((None, None, "20", "20", None), exact(20)),
    ((None, None, "20", "10", None), "`at_most` is below `at_least`"),
    ((None, None, "120", "130", None), "`120 %` is impossible"),
    ((None, None, "20", None, None), "a range needs `at_least` and `at_most` and nothing else"),
    (("20", None, "20", "30", None), "a range needs `at_least` and `at_most` and nothing else"),
    ((None, None, "不详", "30", None), Missing.UNKNOWN),
    ((None, None, "不适用", "不适用", None), Missing.NOT_APPLICABLE),
    ((None, None, None, None, "是"), Missing.NOT_APPLICABLE),
    ((None, None, None, None, "否"), None),
    (("20", None, None, None, "否"), exact(20)),
    (("20", None, None, None, "不详"), exact(20)),
    (("20", None, None, None, "是"), "it has a value and is said to be not applicable"),
)


@pytest.mark.parametrize(("texts", "value"), RANGES)
def test_what_the_columns_of_a_number_state(texts: tuple[str | None, ...], value: Value | Missing | str | None) -> None:
    """As a case file with these keys would; within what the vocabulary allows; by columns and by itself."""
    forms = ("value", "accuracy", "low", "high", "not_applicable")
    columns = [ColumnMap(form, "project.recovery", form) for form in forms]
    assert stated(columns, texts) == value
    assert_read(Question(BY_NAME["project.recovery"], columns), [texts])


def test_own_words_go_before_every_reading() -> None:
    """Also before a plain number, and in a column that has its own type."""
    words = (("3", "unknown"), ("无", "0"), ("true", "否"))
    column = ColumnMap("c", "site.bank_distance", words=words)
    assert_read(Question(BY_NAME["site.bank_distance"], (column,)), [("3",), (" 3 ",), ("无",), ("4",)])
    assert [stated([column], (text,)) for text in ("3", "无", "4")] == [Missing.UNKNOWN, exact(0), exact(4)]
    numbers = read(mapped(column), {"c": [3, 4]}, c=pl.Int64)
    assert numbers.frame["site.bank_distance"].to_list() == [None, 4_000_000]
    truths = read(mapped(ColumnMap("c", "project.in_park", words=words)), {"c": [True, False]}, c=pl.Boolean)
    assert truths.frame["project.in_park"].to_list() == [False, False]
    parts = ColumnMap("c", "project.activity", words=(("锡业", "锡冶炼"),))
    assert stated([parts], ("锡业、其他",)) == SymbolSet(frozenset({"tin_smelting", "other"}))


@pytest.mark.parametrize("unit", ["g/a", "mg/a", "t/a"])
def test_nothing_is_lost_in_another_unit(unit: str) -> None:
    """A number that has no place among the ticks of the fact's unit is refused, never rounded."""
    column = ColumnMap("c", "offset.lead", unit=unit)
    texts = ["0.001", "0.0001", "0.000001", "1", "0.1", "1234.5678", "9007199254", f"0.001 {unit}", f"1,000.0001{unit}"]
    assert_read(Question(BY_NAME["offset.lead"], (column,)), [(text,) for text in texts])
    refused = read(mapped(column), {"c": ["0.0001"]}).frame[UNREAD].to_list()
    assert refused == [unit != "t/a"]


# ---------------------------------------------------------------- spellings


SPELLINGS: Final = (
    ("site.bank_distance", "1,040", exact(1040)),
    ("site.bank_distance", "１，０４０．５", exact(Fraction("1040.5"))),
    ("site.bank_distance", "1.5公里", exact(1500)),
    ("site.bank_distance", "1040±60", Interval(Fraction(980), Fraction(1100))),
    ("site.bank_distance", "980～1,100 米", Interval(Fraction(980), Fraction(1100))),
    ("site.bank_distance", "2㎞", exact(2000)),
    ("site.bank_distance", "10²", None),
    ("site.bank_distance", "①", None),
    ("site.bank_distance", "1½", None),
    ("site.bank_distance", "≥1000", None),
    ("site.bank_distance", "980至1100米", Interval(Fraction(980), Fraction(1100))),
    ("site.bank_distance", "٣", None),
    ("site.bank_distance", "980-1100", None),
    ("site.bank_distance", "12,34", None),
    ("site.bank_distance", "约1000", None),
    ("site.bank_distance", "1e3", None),
    ("site.bank_distance", "0.0000001", None),
    ("project.recovery", "97％", exact(97)),
    ("project.recovery", "101", None),
    ("offset.lead", "0.003吨/年", exact(3)),
    ("offset.lead", "3 t/d", None),
    ("project.accepted_on", "2022.5.1", date(2022, 5, 1)),
    ("project.accepted_on", "20220501", date(2022, 5, 1)),
    ("project.accepted_on", "2022/5/1 0:00", date(2022, 5, 1)),
    ("project.accepted_on", "2022年 5月 1日", date(2022, 5, 1)),
    ("project.accepted_on", "2022-05-01 08:00:00", None),
    ("project.accepted_on", "44682", None),
    ("project.accepted_on", "2022-02-29", None),
    ("project.in_park", "√", True),
    ("project.in_park", "无", False),
    ("project.in_park", "0", False),
    ("project.in_park", "2", None),
    ("site.county", "第 １ 县", "530101"),
    ("site.county", "County 1", "530101"),
    ("site.county", "县", None),
    ("project.nature", "新建/扩建", SymbolSet(frozenset({"new", "expansion"}))),
    ("project.nature", "新建、改名", None),
    ("project.activity", LABEL_WITH_SEPARATOR, SymbolSet(frozenset({"pb_zn_smelting"}))),
    ("project.activity", "锡冶炼、其他不详", SymbolSet(frozenset({"tin_smelting"}), complete=False)),
)


@pytest.mark.parametrize(("name", "text", "value"), SPELLINGS, ids=[f"{name} {text}" for name, text, _ in SPELLINGS])
def test_what_tables_write(name: str, text: str, value: Value | None) -> None:
    """What a text surely means is read; any other is refused and told of, in Chinese too."""
    stated = Question(BY_NAME[name], (ColumnMap("列", name),)).read((text,))
    if value is not None:
        assert stated.answer is not None
        assert stated.answer.value == value
        return
    (wrong,) = stated.wrong
    assert (wrong.column, wrong.found) == ("列", text)
    problem = Problem(Place("t.csv"), wrong.message, wrong.help)
    assert in_chinese(problem, {}).message != wrong.message


@pytest.mark.parametrize(
    ("name", "text", "unit", "message"),
    [
        ("site.bank_distance", "1,200米", "km", "`1200 米` has a unit and `unit` gives another"),
        ("site.bank_distance", "1100~980", "", "`at_most` is below `at_least`"),
        ("site.bank_distance", "1,200吨", "", "`吨` measures mass, not length"),
        ("site.bank_distance", "约1000", "", "`约1000` is not a plain decimal number"),
        ("project.accepted_on", "2022.2.30", "", "the date `2022-2-30` does not exist"),
        ("project.in_park", "也许", "", "`也许` is neither yes nor no"),
        ("site.county", "第99县", "", "`第99县` is not one of the choices of `site.county`"),
    ],
)
def test_the_reason_is_that_of_the_reading_that_came_furthest(name: str, text: str, unit: str, message: str) -> None:
    """What is told of a cell is what keeps it from being read, not how a case file would have it."""
    (wrong,) = Question(BY_NAME[name], (ColumnMap("列", name, unit=unit),)).read((text,)).wrong
    assert wrong.message.removeprefix(f"`{name}`: ") == message
    assert wrong.found == text


@pytest.mark.parametrize("text", ["/", "—", "N/A", "不详", "待定", "unknown", "空"])
@pytest.mark.parametrize("name", READABLE)
def test_what_says_nothing_is_unknown(name: str, text: str) -> None:
    """A sign for an empty cell never becomes a value, nor a no, nor a zero."""
    stated = Question(BY_NAME[name], (ColumnMap("列", name),)).read((text,))
    assert stated.answer is not None
    assert (stated.answer.value, stated.answer.missing) == (None, Missing.UNKNOWN)


# ---------------------------------------------------------------- typed columns


TYPED: Final = (
    ("site.bank_distance", pl.Int64(), [1040, None, -1, 9_007_199_255], [exact(1040), None, ..., ...]),
    ("site.bank_distance", pl.UInt64(), [2**64 - 1, 7], [..., exact(7)]),
    ("site.bank_distance", pl.Decimal(20, 2), [Decimal("1040.10"), None], [exact(Fraction("1040.1")), None]),
    ("site.bank_distance", pl.Decimal(20, 8), [Decimal("1.5"), Decimal("0.00000001")], [exact(Fraction("1.5")), ...]),
    (
        "site.bank_distance",
        pl.Float64(),
        [0.1, 1e-6, 30000.01, 1e22],
        [*map(exact, map(Fraction, ("0.1", "0.000001", "30000.01"))), ...],
    ),
    ("site.bank_distance", pl.Float32(), [0.1, None], [exact(Fraction("0.1")), None]),
    ("site.bank_distance", pl.Float64(), [float("nan"), float("inf")], [None, ...]),
    ("site.bank_distance", pl.Boolean(), [True], [...]),
    ("site.bank_distance", pl.Date(), [date(2022, 5, 1)], [...]),
    ("project.accepted_on", pl.Date(), [date(2022, 5, 1), None, date(1800, 1, 1)], [date(2022, 5, 1), None, ...]),
    ("project.accepted_on", pl.Datetime(), [datetime(2022, 5, 1), datetime(2022, 5, 1, 8)], [date(2022, 5, 1), ...]),
    (
        "project.accepted_on",
        pl.Datetime("ns"),
        [datetime(2022, 5, 1), datetime(2022, 5, 1, 8)],
        [date(2022, 5, 1), ...],
    ),
    ("project.accepted_on", pl.Datetime("ms"), [datetime(2022, 5, 1), None], [date(2022, 5, 1), None]),
    (
        "project.accepted_on",
        pl.Datetime("us", "Asia/Shanghai"),
        [datetime(2022, 4, 30, 16, tzinfo=UTC)],
        [date(2022, 5, 1)],
    ),
    ("site.bank_distance", pl.Int128(), [2**100, -1, 7], [..., ..., exact(7)]),
    ("site.bank_distance", pl.Decimal(38, 0), [Decimal(10) ** 37, Decimal(5)], [..., exact(5)]),
    ("project.accepted_on", pl.Int32(), [20220501, 44682], [date(2022, 5, 1), ...]),
    ("project.in_park", pl.Boolean(), [True, False, None], [True, False, None]),
    ("project.in_park", pl.Int8(), [1, 0, 2, None], [True, False, ..., None]),
    ("site.county", pl.Int64(), [530101, 1, None], ["530101", ..., None]),
    ("site.county", pl.Float64(), [530101.0, 530101.5], ["530101", ...]),
    ("site.county", pl.Categorical(), ["第1县", None], ["530101", None]),
    ("site.county", pl.Enum(["第1县", "x"]), ["第1县", "x"], ["530101", ...]),
    (
        "project.activity",
        pl.List(pl.String()),
        [["锡冶炼", LABEL_WITH_SEPARATOR], [], None, ["锡冶炼", None]],
        [SymbolSet(frozenset({"tin_smelting", "pb_zn_smelting"})), SymbolSet(frozenset()), None, ...],
    ),
)


@pytest.mark.parametrize(
    ("name", "dtype", "cells", "values"), TYPED, ids=[f"{name} {dtype}" for name, dtype, *_ in TYPED]
)
def test_typed_columns_say_what_their_texts_say(name: str, dtype: Any, cells: list[Any], values: list[Any]) -> None:
    """Each type in which a fact can be stored; a float is the shortest decimal that names it; `...` is refused."""
    result = read(mapped(ColumnMap("c", name)), {"c": cells}, c=dtype)
    assert [... if unread else seen(result, name, row)[0] for row, unread in enumerate(result.frame[UNREAD])] == values


# ---------------------------------------------------------------- whole tables


def test_every_problem_of_a_row_is_told_with_its_column() -> None:
    """A row that cannot be read stays in its place, with its number in the file and all that is wrong with it."""
    columns = (
        ColumnMap("距离", "site.bank_distance"),
        ColumnMap("性质", "project.nature"),
        ColumnMap("层级", "", "level"),
    )
    rows = {
        "编号": ["a", None, "c"],
        "受理日期": ["2022-05-01", "2022-05-02", None],
        "距离": ["1000", "远", "1"],
        "性质": ["新建", "旧建、古建", None],
        "层级": ["建设项目", "企业", None],
        LINE: [2, 4, 9],
        SURPLUS: [None, None, "more"],
    }
    mapping = Mapping("project", "编号", "受理日期", columns)
    frame = pl.DataFrame(rows, schema_overrides={LINE: pl.UInt64})
    result = CellReader(PACK, LAYOUT, mapping, frame.schema).read(frame, 100)
    assert result.frame[KEY].to_list() == ["a", "4", "c"]
    assert result.frame[UNREAD].to_list() == [False, True, True]
    assert result.frame["as_of"].to_list() == [date(2022, 5, 1), date(2022, 5, 2), None]
    assert result.problems.select("row", "line", "column", "found").rows() == [
        (101, 4, "距离", "远"),
        (101, 4, "性质", "旧建、古建"),
        (101, 4, "性质", "旧建、古建"),
        (101, 4, "层级", "企业"),
        (102, 9, "受理日期", ""),
        (102, 9, "", "more"),
    ]
    for message, help in result.problems.select("message", "help").iter_rows():
        told = in_chinese(Problem(Place("t"), message, help), {})
        assert told.message != message
        assert told.help != help or not help


def test_a_cell_of_any_length_is_told_in_short() -> None:
    """A page that slipped into a cell is no answer, and does not fill the list of problems."""
    texts = ["9" * 10, " " * 5000 + "7", "x" * 4001]
    result = read(mapped(ColumnMap("c", "site.bank_distance")), {"c": texts})
    assert result.frame[UNREAD].to_list() == [True, False, True]
    told = result.problems["message"].to_list()
    assert told == ["`site.bank_distance`: `9999999999` is beyond 9,007,199,254", "the text has 4001 characters"]
    assert len(result.problems["found"][1]) == 61
    assert in_chinese(Problem(Place("t"), told[1]), {}).message != told[1]


def test_columns_that_the_table_has_not_or_that_have_no_texts_are_refused() -> None:
    """Before any row is read, with what would be near."""
    mapping = mapped(ColumnMap("距离", "site.bank_distance"), ColumnMap("性质", "project.nature"))
    with pytest.raises(InputError) as caught:
        CellReader(PACK, LAYOUT, mapping, {"距漓": pl.String(), "性质": pl.Binary()})
    assert [problem.message for problem in caught.value.problems] == [
        "column `性质` is `Binary`",
        "the table has no column `距离`",
    ]


def test_numbers_that_do_not_fit_the_columns_decimals_are_refused() -> None:
    """With two decimals, a third is a reason to reject the row, never rounded."""
    layout = Layout.of(PACK, "project", {"site.bank_distance": 2})
    result = read(mapped(ColumnMap("c", "site.bank_distance")), {"c": ["1.25", "1.255", "1.50 m"]}, layout)
    assert result.frame["site.bank_distance"].to_list() == [125, None, 150]
    assert result.problems["message"].to_list() == ["`site.bank_distance`: `1.255` has more than 2 decimals"]
