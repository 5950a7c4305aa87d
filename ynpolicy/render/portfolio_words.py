"""What reports on a portfolio say, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ynpolicy.groupings import Reckoning
from ynpolicy.ir import Text

PHRASES: Final[Mapping[str, Text]] = {
    "portfolio": Text("案件汇总核查报告", "Report on a portfolio of cases"),
    "cases": Text("清单内案件", "Cases in the list"),
    "complete": Text("已声明列全", "Declared complete"),
    "none_complete": Text(
        "未声明任何层级已列全：只能认定已列出的案件造成的不符合，不能认定未超限、已配齐",
        "No level is declared complete: what is listed may show a breach, never that a limit is kept or a duty met",
    ),
    "passed_over": Text("未采用的列", "Columns passed over"),
    "summary": Text("汇总结果", "Summary"),
    "grouping": Text("汇总对象", "Grouping"),
    "groups": Text("组数", "Groups"),
    "members": Text("成员", "Members"),
    "made_of": Text("由下列案件汇总", "put together from cases of the level"),
    "whole": Text("已列全", "complete"),
    "partial": Text("未声明列全", "not declared complete"),
    "not_listed": Text("清单中没有的", "Not in the list"),
    "alike": Text("结论相同，不逐一列出", "alike, and not told one by one"),
    "group_unknown": Text(
        "所属组不明的案件（可能属于任一组）", "Cases whose group is not known (each may be of any group)"
    ),
    "off_roster": Text("不在名单内、未计入的案件", "Cases off the roster, not counted"),
    "counted": Text("计入的成员", "Members that count"),
    "largest": Text("计入的成员（由大到小）", "Members that count, the largest first"),
    "enough": Text("仅前 {} 个成员即足以得出本结果", "The first {} alone bring this about"),
    "enough_one": Text("仅第一个成员即足以得出本结果", "The first alone brings this about"),
    "open": Text("尚不确定的成员", "Members that are open"),
    "anywhere": Text("另有 {} 个案件所属组不明", "cases that may belong here, their group not being known: {}"),
    "unlisted": Text(
        "可能还有未列出的案件（该层级未声明列全）",
        "There may be cases that are not listed (the level is not declared complete)",
    ),
    "begins": Text("清单最早的年度没有上一年的数据", "The list does not reach back to the year before"),
    "no_member": Text("没有计入的成员", "No member counts"),
    "more": Text("……另有 {} 个", "… and {} more"),
    "lacks": Text("缺", "wants"),
    "of_group": Text("所在组", "its group"),
    "facts": Text("汇总所得", "What follows from the members"),
    "group": Text("组", "Group"),
    "outcomes": Text("结果", "Outcomes"),
    "member": Text("成员", "Member"),
    "amount": Text("数量", "Amount"),
    "place": Text("出处", "Where"),
    "in_order": Text("未逐一列出的组", "Groups not told one by one"),
    "standing": Text(
        "本报告由规则包自动生成，供审查人员参考；结论由审查人员签署。",
        "This report is made by rules for a reviewer, who signs under the decision.",
    ),
}

HOW: Final[Mapping[Reckoning, Text]] = {
    Reckoning.SUM: Text("合计", "sum"),
    Reckoning.COUNT: Text("个数", "count"),
    Reckoning.SOME: Text("有无", "whether there is one"),
    Reckoning.SAME: Text("各成员一致的数", "what all members say"),
}
