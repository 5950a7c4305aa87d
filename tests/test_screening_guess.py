"""What a head surely says is taken, what is only likely is asked, and nothing is left out unsaid."""

from __future__ import annotations

from typing import Final

import polars as pl
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

import ynpolicy
from tests.small_pack import PACK
from ynpolicy.errors import Place, Problem
from ynpolicy.ir import LEVELS
from ynpolicy.messages import in_chinese
from ynpolicy.normalise import fact_words
from ynpolicy.screening.guess import Doubt, Guess, guess
from ynpolicy.screening.mapping import ColumnMap, written
from ynpolicy.screening.mapping_checks import facts_screened, problems_of

pytestmark = pytest.mark.tables

PLAN: Final = ynpolicy.load("yunnan-14fyp", use_forward=False).pack
DISTANCE: Final = "site.yangtze_pearl_bank_distance"


def alone(head: str, level: str = "project") -> tuple[ColumnMap | None, ColumnMap | None]:
    """What one head says: surely, and likely."""
    found = guess(PLAN, level, [head])
    sure = [evolve(column, source="") for column in found.mapping.columns]
    likely = [evolve(doubt.column, source="") for doubt in found.doubts if doubt.column.source]
    return next(iter(sure), None), next(iter(likely), None)


SURE: Final = (
    ("岸线距离", DISTANCE, "value", "", ""),
    (DISTANCE, DISTANCE, "value", "", ""),
    (" 岸线 距离 ", DISTANCE, "value", "", ""),
    ("岸线距离（米）", DISTANCE, "value", "", "米"),
    ("岸线距离(km)", DISTANCE, "value", "", "km"),
    ("岸线距离/公里", DISTANCE, "value", "", "公里"),
    ("新增铅排放量（kg/a）", "offset.increase_pb", "value", "", "kg/a"),
    ("新增铅排放量（千克/年）", "offset.increase_pb", "value", "", "千克/年"),
    ("岸线距离下限", DISTANCE, "low", "", ""),
    ("岸线距离_最大值（km）", DISTANCE, "high", "", "km"),
    ("岸线距离（上限，米）", DISTANCE, "high", "", "米"),
    ("岸线距离误差", DISTANCE, "accuracy", "", ""),
    ("岸线距离（精度）", DISTANCE, "accuracy", "", ""),
    (f"{DISTANCE}.lo", DISTANCE, "low", "", ""),
    ("是否已开工", None, "", "", ""),
    ("是否已开工建设（是/否）", "project.construction_begun", "value", "", ""),
    ("行业类别（GB/T 4754-2017）", "project.industry", "value", "", ""),
    ("Project.Industry", "project.industry", "value", "", ""),
    ("建设性质-新建", "project.nature", "member", "new", ""),
    ("建设性质（新建）", "project.nature", "member", "new", ""),
    ("project.nature[new]", "project.nature", "member", "new", ""),
    ("project.nature.complete", "project.nature", "complete", "", ""),
    ("建设性质是否列全", "project.nature", "complete", "", ""),
    ("焚烧能力不适用", "project.incineration_capacity", "not_applicable", "", ""),
)


@pytest.mark.parametrize(("head", "fact", "form", "symbol", "unit"), SURE, ids=[head for head, *_ in SURE])
def test_sure_heads(head: str, fact: str | None, form: str, symbol: str, unit: str) -> None:
    """Names, labels and aliases; a unit, the end of a range or a member behind them; any width, case and blanks."""
    sure, _ = alone(head)
    assert sure == (None if fact is None else ColumnMap("", fact, form, symbol, unit))


@pytest.mark.parametrize("head", ["含镉", "是否含有镉", "含 Cd", "涉及镉", "涉及重金属（镉）", "waste.metals[Cd]"])
def test_a_column_may_tell_of_one_member(head: str) -> None:
    """Where one set of the level has such a member."""
    sure, _ = alone(head, "transfer")
    assert sure == ColumnMap("", "waste.metals", "member", "Cd")


LIKELY: Final = (
    ("岸线距离（据环评报告）", DISTANCE, ""),
    ("岸线距离（吨）", DISTANCE, ""),
    ("是否开始建设", "project.construction_begun", ""),
    ("新增镉排放（千克/年）", "offset.increase_cd", "千克/年"),
    ("项目所在县市区", "site.county", ""),
)


@pytest.mark.parametrize(("head", "fact", "unit"), LIKELY, ids=[head for head, *_ in LIKELY])
def test_likely_heads_are_not_taken(head: str, fact: str, unit: str) -> None:
    """They are doubts, each with its reason in both languages."""
    sure, likely = alone(head)
    assert sure is None
    assert likely == ColumnMap("", fact, unit=unit)
    (doubt,) = guess(PLAN, "project", [head]).doubts
    assert_chinese(doubt.why)


def assert_chinese(message: str) -> None:
    assert in_chinese(Problem(Place("t"), message), {}).message != message


def test_a_table_is_guessed_as_a_whole() -> None:
    """Keys, dates, levels; what names no fact of the level is passed over with the reason; nothing goes unsaid."""
    head = [
        "序号",
        "项目名称",
        "编号",
        "受理日期",
        "层级",
        "建设性质",
        "危险废物类别",
        "备注",
        "申报日期",
        "备注#2",
        "#11",
    ]
    found = guess(PLAN, "project", head)
    assert (found.mapping.key, found.mapping.as_of, found.problems) == ("编号", "受理日期", ())
    assert [column.source for column in found.mapping.columns] == ["层级", "建设性质"]
    assert [passed.source for passed in found.passed_over] == [
        "序号",
        "项目名称",
        "危险废物类别",
        "备注",
        "申报日期",
        "备注#2",
        "#11",
    ]
    for passed in found.passed_over:
        assert_chinese(passed.why)
    told = {found.mapping.key, found.mapping.as_of, *(c.source for c in found.mapping.columns)}
    assert told | {passed.source for passed in found.passed_over} == set(head)


def test_a_date_that_may_be_the_as_of_date_is_asked() -> None:
    """It decides which law is read, so it is never guessed."""
    found = guess(PLAN, "project", ["申报日期", "建设性质"])
    assert found.mapping.as_of == ""
    (doubt,) = found.doubts
    assert_chinese(doubt.why)
    assert found.confirmed(found.doubts).as_of == "申报日期"
    assert "\n# as_of: 申报日期\n" in text_of(found)


def text_of(found: Guess) -> str:
    return written(found.mapping, [(d.column, d.why) for d in found.doubts], [p.source for p in found.passed_over])


def test_members_are_not_thought_to_be_all() -> None:
    """That columns list all there may be is asked: else a no would be taken for more than it says."""
    found = guess(PLAN, "transfer", ["含镉", "含汞"])
    (doubt,) = found.doubts
    assert doubt == Doubt(ColumnMap("", "waste.metals", "complete"), doubt.why)
    assert_chinese(doubt.why)
    assert found.mapping.whole == ()
    assert found.confirmed([doubt]).whole == ("waste.metals",)
    assert list(problems_of(found.confirmed([doubt]), PLAN)) == []
    assert "\n# whole: [waste.metals]\n" in text_of(found)
    assert guess(PLAN, "transfer", ["含镉", "waste.metals.complete"]).doubts == ()


@pytest.mark.parametrize(
    ("head", "message"),
    [
        (
            ["岸线距离", "距长江珠江岸线距离"],
            "`site.yangtze_pearl_bank_distance` stands in two columns: `岸线距离` and `距长江珠江岸线距离`",
        ),
        (["建设性质", "建设性质#2"], "`project.nature` stands in two columns: `建设性质` and `建设性质#2`"),
        (["岸线距离下限"], "column `岸线距离下限` stands without the other end"),
        (["备注"], "no column names a fact"),
    ],
    ids=["two words", "two columns", "half a range", "none"],
)
def test_what_cannot_be_meant_is_told(head: list[str], message: str) -> None:
    """With the place of the head."""
    (problem,) = guess(PLAN, "project", head, table="t.csv").problems
    assert problem.message == message
    assert problem.place.file == "t.csv"
    assert_chinese(message)


def test_a_likely_column_must_be_readable() -> None:
    """A head that looks like a fact, over cells that are nothing of the kind, is passed over."""
    head = ["是否开始建设"]
    good = pl.DataFrame({head[0]: ["是", "否", None, "待定"]})
    bad = pl.DataFrame({head[0]: ["昆明", "曲靖", "", "否"]})
    assert [doubt.column.source for doubt in guess(PLAN, "project", head, good).doubts] == head
    found = guess(PLAN, "project", head, bad)
    assert [passed.source for passed in found.passed_over] == head
    assert found.doubts == ()


def test_a_word_of_another_level_may_mean_the_same_of_this_one() -> None:
    """`县区` names the county of a project; in a table of enterprises it is asked, if it can be read, never taken."""
    cells = pl.DataFrame({"县区": ["个旧市", "会泽县"], "州市": ["甲", "乙"], "岸线距离": ["1", "2"]})
    found = guess(PLAN, "enterprise", cells.columns, cells)
    assert [(doubt.column.source, doubt.column.fact) for doubt in found.doubts] == [("县区", "enterprise.county")]
    assert [passed.source for passed in found.passed_over] == ["州市", "岸线距离"]
    assert found.mapping.columns == ()
    assert_chinese(found.doubts[0].why)


def test_a_head_that_looks_like_a_fact_and_says_more_is_passed_over() -> None:
    """Two doubts at once are no guess."""
    assert [passed.source for passed in guess(PLAN, "project", ["新增镉排放（听说）"]).passed_over] == [
        "新增镉排放（听说）"
    ]


@given(head=st.lists(st.text(min_size=1, max_size=12), max_size=8, unique=True))
def test_no_column_goes_unsaid(head: list[str]) -> None:
    """Whatever heads there are, each is read, doubted, or passed over."""
    found = guess(PACK, "project", head)
    told = [*found.mapping.sources, *(doubt.column.source for doubt in found.doubts if doubt.column.source)]
    assert sorted([*told, *(passed.source for passed in found.passed_over)]) == sorted(head)


@pytest.mark.parametrize("level", [level for level in LEVELS if PLAN.norms_at(level)])
def test_every_word_of_the_plan_is_taken_for_its_fact(level: str) -> None:
    """On each level, each fact that norms read: by its name, its labels and each alias, alone and with its unit."""
    facts = facts_screened(PLAN, level)
    words = fact_words(PLAN, level)
    own = {name: [word for word in (name, *fact.words) if words[word] == name] for name, fact in facts.items()}
    for number in range(max(map(len, own.values()), default=0)):
        for brackets in ("", "（{}）", "({})", "/{}"):
            heads = {}
            for name, found in own.items():
                unit = facts[name].unit
                behind = brackets.replace("{}", unit) if unit not in ("", "1") else ""
                heads[name] = found[min(number, len(found) - 1)] + behind
            guessed = guess(PLAN, level, list(heads.values()))
            assert [(column.source, column.fact, column.form) for column in guessed.mapping.columns] == [
                (head, name, "value") for name, head in heads.items()
            ]
            assert (guessed.problems, guessed.doubts, guessed.passed_over) == ((), (), ())
