"""What can be wrong with a comparison or a table of cases, in English and in Chinese; as in `chinese`."""

from __future__ import annotations

from typing import Final

DIFF_MESSAGES: Final[tuple[tuple[str, str], ...]] = (
    ("one pack is read on a day, the other on every day", "一个规则包限定了日期，另一个没有"),
    ("packs are compared by the package `z3-solver`", "对比规则包需要安装 `z3-solver`"),
    ("`{}` is not a fact with symbols", "`{}` 不是可选值的事实"),
    ("the table has no cases", "表里没有案件"),
    ("no column names a fact", "没有一列对应事实"),
    ("`{}` stands in two columns", "`{}` 占了两列"),
    ("the row has more cells than the head", "这一行比表头多出单元格"),
    ("the line cannot be read: {}", "这一行读不了：{}"),
)

DIFF_HELPS: Final[tuple[tuple[str, str], ...]] = (
    ("give both a day, or neither", "两边都给日期，或者都不给"),
    ("the first row names the columns, each other row is a case", "第一行写列名，其余每行一个案件"),
    (
        "name columns by facts, their labels or aliases: `ynpolicy facts` lists them",
        "列名用事实的名称或标签，见 `ynpolicy facts`",
    ),
    ("name the column", "请给这一列写上列名"),
    (
        "add a column `level` (层级), or give --level for the whole table",
        "加一列 `层级`，或者用 --level 说明整张表的层级",
    ),
    ("write one of {}", "请写其中之一：{}"),
)
