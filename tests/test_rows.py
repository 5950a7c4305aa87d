"""One entry for each row of a table: which rows, and what the cells fill."""

from __future__ import annotations

import pytest

from ynpolicy.documents import Mapping, Node, Scalar, Sequence, read_text
from ynpolicy.errors import Place, Problem
from ynpolicy.ir import Table
from ynpolicy.rows import each_row

TASKS = Table(
    "tasks",
    "key",
    ("key", "level", "due", "clauses"),
    {
        "list": {"key": "list", "level": "county", "due": "2022-06-30", "clauses": "a.one | a.two"},
        "plan": {"key": "plan", "level": "county", "due": "", "clauses": ""},
        "guide": {"key": "guide", "level": "province", "due": "", "clauses": "b"},
    },
    Place("tasks.csv"),
)


def plain(node: Node) -> object:
    match node:
        case Scalar():
            return None if node.is_null else node.text
        case Sequence(items):
            return [plain(item) for item in items]
        case Mapping(items):
            return {key.text: plain(value) for key, value in items}


def rows(text: str, problems: list[Problem] | None = None) -> dict[str, object]:
    found = [] if problems is None else problems
    return {row.key: plain(node) for row, _, node in each_row(read_text(text, "norms.yaml"), {"tasks": TASKS}, found)}


def test_an_entry_without_for_each_is_read_once_as_it_stands() -> None:
    """Braces mean nothing where no table is named."""
    assert rows("id: x{key}") == {"": {"id": "x{key}"}}


def test_every_row_fills_keys_texts_and_lines() -> None:
    """A column stands for its cell anywhere, in keys too, and in the entry's own name."""
    assert rows('for_each: tasks\n"{level}": {zh: "做{key}"}\nlines: ["task.{key}"]')["guide"] == {
        "province": {"zh": "做guide"},
        "lines": ["task.guide"],
    }
    node = read_text("for_each: tasks", "facts.yaml")
    assert [own.text for _, own, _ in each_row(node, {"tasks": TASKS}, [], Scalar("task.{key}"))] == [
        "task.list",
        "task.plan",
        "task.guide",
    ]


def test_an_empty_cell_is_as_good_as_no_value_and_a_divided_one_is_several() -> None:
    """A key that is nothing but an empty cell is null; a list item is one item for each part of its cell."""
    found = rows('for_each: tasks\ndue: "{due}"\nclauses: ["{clauses}", c]')
    assert found["list"] == {"due": "2022-06-30", "clauses": ["a.one", "a.two", "c"]}
    assert found["plan"] == {"due": None, "clauses": ["c"]}


@pytest.mark.parametrize(
    ("where", "keys"),
    [
        ("{level: county}", ["list", "plan"]),
        ("{key: [plan, guide], level: county}", ["plan"]),
        ("{}", list(TASKS.rows)),
    ],
)
def test_where_selects_rows_by_their_cells(where: str, keys: list[str]) -> None:
    """Every column named must hold one of its cells."""
    assert list(rows(f"for_each: {{table: tasks, where: {where}}}\nid: x")) == keys


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("for_each: task\nid: x", "norms.yaml:1:11: unknown table `task`\n  help: did you mean `tasks`?"),
        ("for_each: tasks\nid: x{dew}", "table `tasks` has no column `dew`\n  help: did you mean `due`?"),
        ("for_each: {table: tasks, where: {levle: county}}", "table `tasks` has no column `levle`"),
        ("for_each: {table: tasks, where: {level: city}}", "`for_each` selects no row of table `tasks`"),
        ("for_each: {tabel: tasks}", "unknown key `tabel` in `for_each`"),
    ],
)
def test_what_is_wrong_with_for_each_is_said(text: str, message: str) -> None:
    """A table, a column or a selection that does not exist is a problem with its place and the nearest right word."""
    problems: list[Problem] = []
    rows(text, problems)
    assert message in "\n".join(map(str, problems))
