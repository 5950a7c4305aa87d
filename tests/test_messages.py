"""What is wrong with a case, told in Chinese."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import ynpolicy
from tests.test_bad_cases import FILES
from ynpolicy.chinese import HELPS, MESSAGES
from ynpolicy.errors import InputError, Place, Problem
from ynpolicy.messages import in_chinese, shown

PLAN = ynpolicy.load("yunnan-14fyp")
LABELS = {name: fact.label.zh for name, fact in PLAN.facts.items()}
OURS = re.compile(
    "`[^`]*`|（[^（）]*）|ynpolicy [a-z]+|--[a-z-]+|[a-z_]+, [a-z_]+(?:, [a-z_]+)*|Excel|UTF-8|GBK|GB 18030|should_not"
)
"""What may stay in Latin letters: what a user wrote or is to write, and names."""


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_pinned_message_has_its_chinese(path: Path) -> None:
    """No English is left in what a reviewer is told, and every place stays as it is."""
    with pytest.raises(InputError) as caught:
        PLAN.check_all(path)
    for problem in caught.value.problems:
        told = in_chinese(problem, LABELS)
        assert told.place == problem.place
        assert re.search("[一-鿿]", told.message)
        assert bool(told.help) == bool(problem.help)
        for text in (told.message, told.help):
            words = re.findall("[A-Za-z]{4,}", OURS.sub("", text.split("可选：")[0]))
            assert words == [], text


@pytest.mark.parametrize("table", [MESSAGES, HELPS], ids=["messages", "helps"])
def test_a_translation_keeps_every_part(table: tuple[tuple[str, str], ...]) -> None:
    """Each part of an English message stands in the Chinese one; only what is told twice may be dropped."""
    for english, chinese in table:
        places = re.findall(r"\{[0-9]?\}", chinese)
        dropped = 2 if english.startswith("choose {}") else 1 if "({})" in english else 0
        assert len(places) == english.count("{}") - dropped, english


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("`project.nature`: `新见` is not one of its values", "`建设性质`：`新见` 不是可选的值"),
        ("`project.nature`: a list of 2 is neither true nor false", "`建设性质`：一个2项的列表既不是“是”也不是“否”"),
        ("a mapping stands where `page` needs one value", "`page` 只能有一个值，却写了一组“键: 值”"),
        ("`{}` is not a date", "`{}` 不是日期"),
        ("`a\nb` is a formula", "`a\nb` 是公式"),
        ("something that nobody has translated", "something that nobody has translated"),
    ],
)
def test_parts_are_put_where_they_belong(english: str, chinese: str) -> None:
    """Braces and line breaks in what a user wrote do no harm; what is not known stays as it is."""
    assert in_chinese(Problem(Place("a.yaml", 1, 2), english), LABELS).message == chinese


def test_the_language_is_that_of_the_command() -> None:
    """English stays English, to the letter; Chinese has the place first too."""
    problem = Problem(Place("a.yaml", 3, 7), "the file is empty", "remove it")
    assert shown(problem, "en") == str(problem)
    assert shown(problem, "zh") == "a.yaml:3:7: 文件是空的\n  建议：请删去"
