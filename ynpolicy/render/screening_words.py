"""The words of the summary of a screening, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ynpolicy.ir import Text

PHRASES: Final[Mapping[str, Text]] = {
    "colon": Text("：", ": "),
    "bar": Text("｜", " | "),
    "pause": Text("、", ", "),
    "semicolon": Text("；", "; "),
    "screening": Text("表格筛查汇总", "Summary of a screening"),
    "rows": Text("行数", "rows"),
    "sum": Text("共{}行 = 已判定{}行 + 有误未判{}行", "{} rows = {} judged + {} rejected"),
    "decisions": Text("结论", "Decisions"),
    "decision": Text("结论", "Decision"),
    "share": Text("占已判定", "of those judged"),
    "norms": Text("逐条规范的结果", "Outcomes by norm"),
    "norm": Text("规范", "Norm"),
    "silent": Text("其余规范没有须处理的结果：", "The other norms ask for nothing: "),
    "more_norms": Text("条规范未列出，见 --summary", "more norms, told by --summary"),
    "by": Text("按{}", "By {}"),
    "told_by": Text("取自表中的“{}”", "told by “{}”"),
    "follows": Text("，未填的由“{}”推得", ", or where that is empty by “{}”"),
    "unknown": Text("未填或不能确定", "not stated, or not certain"),
    "others": Text("其余{}项", "{} others"),
    "missing": Text("最常缺的资料（先收集这些）", "Facts most often missing: collect these first"),
    "fact": Text("资料", "Fact"),
    "answered_by": Text("由何方答复", "Who can answer"),
    "missing_share": Text("占已判定", "of those judged"),
    "nothing_missing": Text("没有规范因缺资料而无法判定", "No norm is undetermined for want of facts"),
    "rejections": Text("有误未判的行", "Rows that could not be judged"),
    "rejections_note": Text(
        "这些行在结果中保留并标明，没有结论；逐行原因见单独的文件。一行可有几处原因。",
        "They stay in the result, marked, without a decision; a file of its own says why, row by row. "
        "A row may have several reasons.",
    ),
    "column": Text("列", "Column"),
    "reason": Text("原因", "What is wrong"),
    "receipt": Text("核验信息", "Receipt"),
    "some_ended": Text(
        "其中{}行的基准日在规划期届满之后，须核对后续规划",
        "{} rows are as of a day after the plan's period: check the plan that follows it",
    ),
    "counted": Text(
        "每行是一个案件；每行的完整核查意见用 --explain 查看。",
        "Each row is a case; --explain prints the full verdict on one. ",
    ),
    "standing": Text(
        "本汇总只核对表中所列事实与条文是否一致，不是行政决定；结论由审查人复核。",
        "This summary only compares the facts of the table with the text. It is no administrative decision; "
        "a reviewer checks it.",
    ),
    "each_day": Text("每行各有", "each row's own day"),
    "to": Text("至", "to"),
}

RECEIPT: Final[Mapping[str, Text]] = {
    "table": Text("表", "table"),
    "source": Text("表的内容摘要", "digest of the table"),
    "mapping": Text("列对应关系摘要", "digest of the mapping"),
    "as_of": Text("基准日", "as of"),
    "pack": Text("规则包", "pack"),
    "pack_digest": Text("规则包摘要", "pack digest"),
    "text_digest": Text("文本摘要", "text digest"),
    "readings": Text("另选的条文理解", "readings chosen"),
    "tables": Text("使用者自备的表", "user's own tables"),
    "library": Text("程序", "library"),
    "engine": Text("判定引擎", "engine"),
    "calendar": Text("工作日历", "working-day calendar"),
    "options": Text("选项", "options"),
}
"""What stands before each line of the receipt."""
