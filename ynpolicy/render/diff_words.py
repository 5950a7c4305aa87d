"""The words of the report on two packs side by side, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ynpolicy.diff.relations import Relation
from ynpolicy.ir import Text

PHRASES: Final[Mapping[str, Text]] = {
    "colon": Text("：", ": "),
    "diff": Text("规则包对比", "Two packs side by side"),
    "same": Text("没有不同：凡资料齐全的案件，结果都相同", "No difference: every complete case has the same outcomes"),
    "differs": Text("有不同", "They differ"),
    "every_day": Text("不限日期", "on every day"),
    "as_of": Text("判定基准日", "as of"),
    "readings": Text("所选理解", "readings chosen"),
    "renamed": Text("改名", "Renamed"),
    "vocabulary": Text("事实的定义不同", "Facts that are defined otherwise"),
    "norms": Text("规范", "norms"),
    "witness": Text("见证案例", "witness"),
    "stated": Text("案情", "stated"),
    "because": Text("不同之处", "what differs"),
    "decision": Text("仅凭这些事实的结论", "decision on these facts alone"),
    "no_norm": Text("无此规范", "no such norm"),
    "none": Text("没有案件显示", "no case shows it"),
    "counts": Text("规范计数", "Norms by relation"),
    "why": Text("原因", "why"),
    "old": Text("甲", "A"),
    "new": Text("乙", "B"),
    "proved": Text("已证明相同", "Proved equal"),
    "common_only": Text(
        "只就两边都能陈述的案件而言：事实的定义有不同，见文末",
        "in the cases that both can state; facts are defined otherwise: see the end",
    ),
    "untold": Text("处未列出，见 --format json", "more, told by --format json"),
    "portfolio": Text("所给案件", "Your cases"),
    "changed": Text("有变化", "changed"),
    "cases": Text("案件", "cases"),
    "of": Text("其中有变化", "changed"),
    "elsewhere": Text("其他层级、未对比", "of other levels, not compared"),
    "passed_over": Text("不对应任何事实的列，未读", "Columns that name no fact, not read"),
    "decisions": Text("结论变化", "Decisions that change"),
    "by_clause": Text("按条款", "By clause"),
    "by": Text("按", "By"),
    "unknown": Text("未填", "not stated"),
    "unread": Text("乙读不了", "B cannot read it"),
    "unchanged_decision": Text("结论不变", "same decision"),
    "more_cases": Text("个案件未列出，见 --format html 或 json", "more cases, told by --format html or json"),
    "seconds": Text("秒", "s"),
}

RELATIONS: Final[Mapping[Relation, Text]] = {
    Relation.STRICTER: Text("乙更严", "B is stricter"),
    Relation.LOOSER: Text("乙更宽", "B is looser"),
    Relation.INCOMPARABLE: Text("互有宽严，或有一方资料不足", "neither is stricter, or one leaves a case undetermined"),
    Relation.AS_STRICT: Text("宽严相同，结果名目不同", "as strict, by another outcome"),
    Relation.REMOVED: Text("只有甲有", "only in A"),
    Relation.ADDED: Text("只有乙有", "only in B"),
    Relation.UNDECIDED: Text("未能判定", "undecided"),
    Relation.EQUIVALENT: Text("等价（求解器证明）", "equivalent (proved by the solver)"),
    Relation.SAME_TEXT: Text("文字相同", "same text"),
}
"""The relations in the order in which a report lists them."""

SHOWS: Final[Mapping[str, Text]] = {
    "stricter": Text("乙更重", "B burdens it more"),
    "looser": Text("乙更轻", "B burdens it less"),
    "open": Text("一方资料不足", "one leaves it undetermined"),
    "other": Text("名目不同", "another outcome"),
}
