"""The words of the report on bundles that were judged again, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ynpolicy.ir import Text

PHRASES: Final[Mapping[str, Text]] = {
    "replay": Text("案卷包重判", "Bundles judged again"),
    "colon": Text("：", ": "),
    "bundle": Text("案卷包", "Bundle"),
    "under": Text("依据", "Under"),
    "judged_at": Text("原判定时间", "judged at"),
    "as_of": Text("基准日", "as of"),
    "same": Text("重判结果与记录一致", "judged again: the same"),
    "differs": Text("重判结果与记录不一致", "judged again: not the same"),
    "cases": Text("案件", "cases"),
    "decision": Text("结论", "Decision"),
    "findings": Text("结果有变的规范", "Norms with another outcome"),
    "facts": Text("读法有变的事实", "Facts read otherwise"),
    "parts": Text("判定书其他有变的部分", "Other parts of the verdict that differ"),
    "circumstances": Text("与当时不同的程序环境", "What differs from then"),
    "causes": Text("原因", "Why"),
    "problems": Text("案件已读不了", "The case can no longer be read"),
    "newer": Text("依新规则包重判", "Under the newer pack"),
    "unchanged": Text("无变化", "nothing changes"),
    "changed": Text("有变化", "changed"),
    "because": Text("因为", "because of"),
    "alone": Text("单独即可", "by itself"),
    "together": Text("与所列其他各项一起", "together with the others"),
    "unexplained": Text(
        "下列各项是该规范所读而两包不同之处，但换入旧包后得不到新结果",
        "these are all the differences that the norm reads, but the older pack with them does not give the new outcome",
    ),
    "no_difference": Text("该规范所读之处两包相同", "nothing that the norm reads differs"),
    "clause": Text("条款", "Clause"),
    "old": Text("旧", "old"),
    "new": Text("新", "new"),
    "quiet": Text("另有不同、但未改变结果之处", "Also different, without another outcome"),
    "left_out": Text("新规则包不接受、未带入的内容", "Left out, as the newer pack does not take it"),
    "notes": Text("两包对照时的处理", "Settled before the packs were compared"),
}

CIRCUMSTANCE_WORDS: Final[Mapping[str, Text]] = {
    "library": Text("程序", "library"),
    "code": Text("程序代码摘要", "digest of the library's code"),
    "engines": Text("判定引擎", "engines"),
    "calendar": Text("工作日历", "working-day calendar"),
    "python": Text("Python", "Python"),
}

CAUSE_WORDS: Final[Mapping[str, Text]] = {
    "calendar": Text(
        "工作日历的版本不同，按工作日计算的期限随之不同",
        "another version of the working-day calendar counts a deadline otherwise",
    ),
    "code": Text("程序的代码不同", "the library's code is not the same"),
    "python": Text("Python的版本不同，程序代码相同", "another version of Python runs the same code"),
    "record": Text(
        "程序代码、日历和Python都与当时相同，因此是记录本身被改动过",
        "code, calendar and Python are the same as then, so the record itself was changed",
    ),
}

PART_WORDS: Final[Mapping[str, Text]] = {
    "missing": Text("尚缺资料", "missing facts"),
    "missing_sets": Text("补齐即可定论的组合", "sets of facts that settle it"),
    "missing_sets_wait_for": Text("尚未核实的参数", "unverified parameters"),
    "missing_sets_proved": Text("组合是否证明为最小", "whether the sets are proved minimal"),
    "ask_first": Text("建议先问", "what to ask first"),
    "remedies": Text("可行的调整", "changes that would put it right"),
    "remedies_proved": Text("调整是否证明为最小", "whether the changes are proved smallest"),
    "after_period": Text("是否在规划期后", "whether the plan's period has ended"),
    "notices": Text("提示", "notices"),
    "superseded_by": Text("后续规划", "what supersedes the plan"),
}

ABSENT: Final = Text("没有", "none")
UNJUDGED: Final = Text("未能判定", "not judged")

KIND_WORDS: Final[Mapping[str, Text]] = {
    "norm": Text("规范", "norm"),
    "row": Text("表行", "row"),
    "parameter": Text("参数", "parameter"),
    "fact": Text("事实定义", "fact"),
    "territory": Text("地域范围", "territory"),
    "reading": Text("条文理解", "reading"),
    "since": Text("规则包的起始日期", "first day of the pack"),
    "grouping": Text("案件汇总", "grouping"),
}

ASPECT_WORDS: Final[Mapping[str, Text]] = {
    "value": Text("取值", "value"),
    "since": Text("起", "since"),
    "until": Text("止", "until"),
    "due": Text("期限", "due"),
    "status": Text("核实状态", "status"),
    "clause": Text("条款", "clause"),
    "source": Text("出处", "source"),
    "level": Text("层级", "level"),
    "modality": Text("约束程度", "force"),
    "under": Text("仅在选定理解下适用", "stands only under"),
    "applies": Text("适用条件", "applies where"),
    "must": Text("应当", "must"),
    "must_not": Text("不得", "must not"),
    "should": Text("原则上应当", "should, in principle"),
    "should_not": Text("原则上不得", "should not, in principle"),
    "type": Text("类型", "type"),
    "unit": Text("单位", "unit"),
    "minimum": Text("下限", "minimum"),
    "maximum": Text("上限", "maximum"),
    "symbols": Text("可选的值", "its values"),
    "levels": Text("所属层级", "levels"),
    "arises": Text("何时要回答", "when it arises"),
    "derived": Text("由何得出", "follows from"),
    "territory": Text("地域范围", "territory"),
    "option": Text("所取选项", "option taken"),
    "fact": Text("事实", "fact"),
    "in_force": Text("在适用期", "in force"),
    "review": Text("从严审核", "review"),
    "may": Text("鼓励", "encouraged"),
    "members": Text("成员", "members"),
    "among": Text("成员须满足", "members meet"),
    "by": Text("按何分组", "grouped by"),
    "named": Text("组的名称", "named by"),
    "states": Text("各组共有的事实", "every group states"),
    "groups": Text("名单", "roster"),
    "judged": Text("判定的规范", "judged by"),
}

EXCEPTION: Final = Text("例外情形", "exception")

NOTE_WORDS: Final[Mapping[str, Text]] = {
    "fact_renamed": Text("事实改名", "fact renamed"),
    "norm_renamed": Text("规范改名", "norm renamed"),
    "reading_gone": Text("新规则包没有这个选项，按其自身理解判定", "option of a reading that the newer pack has not"),
    "table_gone": Text("新规则包没有可覆盖的这张表", "own table that does not lie over the newer pack"),
    "fact_gone": Text("新规则包没有这项事实", "a fact that the newer pack does not know"),
    "answer_refused": Text("新规则包不接受这项事实的填法", "an answer that the newer pack does not take"),
    "record_refused": Text("新规则包不接受这条记录", "a record that the newer pack does not take"),
}
