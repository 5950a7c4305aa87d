"""A mapping says of each column what it holds; what cannot be meant is refused as a whole, before any row is read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from tests.small_pack import PACK
from ynpolicy.errors import InputError
from ynpolicy.loader import load_pack
from ynpolicy.messages import in_chinese
from ynpolicy.screening.mapping import FORMS, ColumnMap, Mapping, written
from ynpolicy.screening.mapping_files import read_mapping

pytestmark = pytest.mark.tables

ROOT: Final = Path(__file__).parent.parent
NAMES: Final = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8).map(lambda s: " ".join(s.split())),
    st.sampled_from(
        ["岸线距离（米）", "no", "null", "1", "- a", "a: b", "#x", "距离[2]", "'", '"', "{", "含镉?", "Level", "level"]
    ),
).filter(bool)
COLUMNS: Final = (
    ColumnMap("", "site.bank_distance", unit="km"),
    ColumnMap("", "project.recovery", "low"),
    ColumnMap("", "project.recovery", "high"),
    ColumnMap("", "project.activity", "member", "tin_smelting"),
    ColumnMap("", "project.activity", "member", "other"),
    ColumnMap("", "site.county"),
    ColumnMap("", "project.in_park", "not_applicable"),
    ColumnMap("", "", "level"),
)


def read(tmp_path: Path, text: str) -> Mapping:
    path = tmp_path / "m.yaml"
    path.write_text(text, encoding="utf-8")
    return read_mapping(path, PACK)


@given(
    sources=st.lists(NAMES, min_size=len(COLUMNS), max_size=len(COLUMNS), unique=True),
    words=st.dictionaries(NAMES, st.sampled_from(["unknown", "不适用", "不详"]), max_size=3),
    key=st.one_of(st.just(""), NAMES),
    whole=st.booleans(),
)
def test_what_is_written_reads_back(
    tmp_path_factory: pytest.TempPathFactory, sources: list[str], words: dict[str, str], key: str, whole: bool
) -> None:
    """Whatever the columns and words are called; doubts and columns passed over are comments."""
    columns = tuple(evolve(c, source=s, words=tuple(words.items())) for c, s in zip(COLUMNS, sources, strict=True))
    columns = (*columns[:-1], evolve(columns[-1], words=()))
    mapping = Mapping("project", key, sources[0], columns, ("project.activity",) if whole else ())
    text = written(mapping, [(columns[0], f"similar to\n{key}")], [key])
    assert read(tmp_path_factory.mktemp("m"), text) == mapping


def test_facts_levels_and_members_may_be_called_by_any_of_their_words(tmp_path: Path) -> None:
    """A label, an alias or the name."""
    text = """
level: 建设项目
columns:
  a: 岸线距离
  b: {fact: 行业, form: member, symbol: 锡冶炼}
  c: {fact: 综合利用率, words: {无: 0}}
whole: [行业]
"""
    found = read(tmp_path, text)
    assert (found.level, found.whole) == ("project", ("project.activity",))
    assert found.columns == (
        ColumnMap("a", "site.bank_distance"),
        ColumnMap("b", "project.activity", "member", "tin_smelting"),
        ColumnMap("c", "project.recovery", words=(("无", "0"),)),
    )


WRONG: Final = (
    ("columns: {a: 岸线距离}", "a mapping of columns has no `level`"),
    ("level: 工厂\ncolumns: {a: 岸线距离}", "unknown level `工厂`"),
    ("schema: x/1\nlevel: project\ncolumns: {a: 岸线距离}", "unknown schema `x/1`"),
    ("level: project", "a mapping of columns has no `columns`"),
    ("level: project\ncolumns: {}", "no column names a fact"),
    ("level: project\ncolumns: {a: 岸线距漓}", "unknown fact `岸线距漓`"),
    ("level: project\ncolumns: {a: transfer.origin}", "`transfer.origin` is not asked of a project"),
    ("level: project\ncolumns: {a: project.remark}", "no norm of a project reads `project.remark`"),
    ("level: project\ncolumns: {a: {fact: 岸线距离, form: middle}}", "unknown form `middle`"),
    ("level: project\ncolumns: {a: {fact: 行业, form: low}}", "`project.activity` is a fact without `low`"),
    ("level: project\ncolumns: {a: {fact: 岸线距离, unit: t}}", "`t` measures mass, not length"),
    ("level: project\ncolumns: {a: {fact: 行业, unit: t}}", "only a number has a unit"),
    ("level: project\ncolumns: {a: {fact: 行业, form: member}}", "the column names no member"),
    (
        "level: project\ncolumns: {a: {fact: 行业, form: member, symbol: 锡}}",
        "`锡` is not one of the choices of `project.activity`",
    ),
    ("level: project\ncolumns: {a: {fact: 行业, symbol: 锡冶炼}}", "only a column of a member has a symbol"),
    ("level: project\ncolumns: {a: 岸线距离, b: 岸线距离}", "`site.bank_distance` stands in two columns: `a` and `b`"),
    ("level: project\ncolumns: {a: level, b: level, c: 行业}", "`level` stands in two columns: `a` and `b`"),
    ("level: project\ncolumns: {a: {fact: 岸线距离, form: low}}", "column `a` stands without the other end"),
    ("level: project\ncolumns: {a: {fact: 岸线距离, form: accuracy}}", "column `a` is an accuracy without a value"),
    (
        "level: project\ncolumns: {a: 行业, b: {fact: 行业, form: member, symbol: 锡冶炼}}",
        "column `b` stands beside `a`",
    ),
    ("level: project\ncolumns: {a: {fact: 行业, form: complete}}", "column `a` tells of a list that no column has"),
    ("level: project\nwhole: [行业]\ncolumns: {a: 行业}", "`project.activity` has no columns of members"),
    (
        "level: project\ncolumns: {a: {fact: 岸线距离, unit: km}, b: {fact: 岸线距离, form: accuracy, unit: m}}",
        "columns `a` and `b` have two units: `km` and `m`",
    ),
    (
        "level: project\ncolumns: {a: {fact: 行业, words: {x: 铁冶炼}}}",
        "`x` stands for `铁冶炼`: `铁冶炼` is not one of the choices of `project.activity`",
    ),
    (
        "level: project\ncolumns: {a: {fact: 行业, form: member, symbol: 锡冶炼, words: {x: 也许}}}",
        "`x` stands for `也许`: `project.activity`: `也许` is neither true nor false",
    ),
    ("level: project\ncolumns: {a: {fact: 行业, words: {x: [1]}}}", "a word stands for one value"),
    ("level: project\ncolumns: {a: 行业}\nfoo: 1", "unknown key `foo` in a mapping of columns"),
    ("level: project\ncolumns: {a: {fact: 行业, foo: 1}}", "unknown key `foo` in column `a`"),
    ("level: project\ncolumns: {a: {form: low}, b: 行业}", "column `a` has no `fact`"),
    ("level: project\ncolumns: {a: [行业], b: 行业}", "a list of 1 is not column `a`"),
    ("[a]", "a list of 1 is not a mapping of columns"),
)


@pytest.mark.parametrize(("text", "message"), WRONG, ids=[message for _, message in WRONG])
def test_what_is_wrong_with_a_mapping_has_its_place(tmp_path: Path, text: str, message: str) -> None:
    """Each with line and column, and in Chinese too."""
    with pytest.raises(InputError) as caught:
        read(tmp_path, text)
    (problem,) = caught.value.problems
    assert problem.message == message
    assert problem.place.line
    told = in_chinese(problem, {})
    assert told.message != message
    assert told.help != problem.help or not problem.help


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    """One run names every column that cannot be meant so."""
    text = "level: project\ncolumns: {a: 岸线距漓, b: {fact: 行业, unit: t}, c: {fact: 综合利用率, form: low}}"
    with pytest.raises(InputError) as caught:
        read(tmp_path, text)
    assert len(caught.value.problems) == 3


def test_the_mapping_of_the_documentation_is_one(tmp_path: Path) -> None:
    """The example of the reference reads under the plan, with every form that it shows."""
    page = (ROOT / "docs/reference/screening.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    path = tmp_path / "m.yaml"
    path.write_text(block, encoding="utf-8")
    found = read_mapping(path, load_pack("yunnan-14fyp"))
    assert {column.form for column in found.columns} == {"value", "low", "high", "member", "level"}
    assert all(f"`{form}`" in page for form in FORMS)
