"""Headings of the printed reports, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ynpolicy.ir import Text

PHRASES: Final[Mapping[str, Text]] = {
    "report": Text("规划符合性核查报告", "Report on consistency with the plan"),
    "under": Text("依据", "Under"),
    "counts": Text("结果计数", "Counts"),
    "summary": Text("案件汇总（结论由重到轻）", "Cases, gravest decision first"),
    "each_alone": Text(
        "各部规定各自判定：须补充的资料和可行的调整只就该部规定而言。",
        "Each instrument judges by itself: what it asks for and what would put it right are said of that one alone.",
    ),
    "cases": Text("案件数", "cases"),
    "case": Text("案件", "Case"),
    "level": Text("层级", "Level"),
    "as_of": Text("基准日", "As of"),
    "decision": Text("结论", "Decision"),
    "findings": Text("逐条核查结果", "Findings"),
    "no_findings": Text("没有须逐条列出的结果", "No finding to list"),
    "norm": Text("规范", "Norm"),
    "modality": Text("约束程度", "Force"),
    "rule": Text("规则", "Rule"),
    "not_applicable": Text("不适用的规范", "Norms that do not apply"),
    "ask": Text("须补充的资料", "Facts to ask for"),
    "missing_sets": Text("补齐下列任一组即可定论", "Any one of these sets settles the decision"),
    "only_set": Text("补齐下列各项即可定论", "These facts together settle the decision"),
    "waiting_set": Text(
        "补齐下列各项后不再缺资料，但结论可能仍取决于尚未核实的规划参数",
        "These facts together leave none wanting; the decision may still hang on unverified parameters",
    ),
    "starred": Text("（带★的单项即可能定论，建议先问）", " (ask those with ★ first: one of them may settle it alone)"),
    "star": Text("★", "★ "),
    "waiting_sets": Text(
        "补齐下列任一组后不再缺资料，但结论可能仍取决于尚未核实的规划参数",
        "Any one of these sets leaves no fact wanting; the decision may still hang on unverified parameters",
    ),
    "waits": Text("尚未核实的规划参数", "Unverified parameters"),
    "not_minimal": Text(
        "下列组合未经证明：可能仍不足以定论，也可能不是最小",
        "These sets are not proved: they may not be enough, or not the smallest",
    ),
    "no_sets": Text("没有一组缺失资料能保证定论", "No set of the missing facts is sure to settle the decision"),
    "no_sets_found": Text(
        "缺失资料较多，未算出足以定论的最小组合", "Too many facts are missing to compute a smallest set that settles it"
    ),
    "tasks": Text("任务清单", "Tasks"),
    "targets": Text("目标进度", "Progress towards the targets"),
    "due": Text("期限", "Due"),
    "clause": Text("条款", "Clause"),
    "task": Text("任务", "Task"),
    "overview": Text("结果一览", "Overview"),
    "readings": Text("所涉条文理解", "Readings touched"),
    "ask_first": Text("建议先问（单项即可能定论）", "Ask first: one answer may settle the decision"),
    "ask_list": Text("尚缺资料一览", "All missing facts"),
    "remedies": Text("可行的调整", "Changes that would put it right"),
    "remedies_not_proved": Text("下列调整未证明为最小", "These changes are not proved smallest"),
    "certificate": Text("求解器证明", "Certificate by a solver"),
    "certified": Text("以下各项都已证明", "All of this is proved"),
    "not_certified": Text("以下有未证明的项", "Not all of this is proved"),
    "nothing_to_certify": Text("本案没有须证明的建议", "There is no advice to prove on this case"),
    "location": Text("位置核查", "Where the site lies"),
    "site": Text("厂址", "Site"),
    "doubts": Text("存疑", "In doubt"),
    "nearby": Text(
        "附近河流（示意图层，精度不足以判定）", "Rivers nearby, from a hint layer that is too coarse to decide"
    ),
    "layers": Text("所用图层", "Layers"),
    "not_for_print": Text(
        "示意图，仅供本案核查；未经地图审核，不得公开发布。",
        "A sketch for this review only; it has no map review number and must not be published.",
    ),
    "north": Text("北", "N"),
    "facts": Text("所据事实及来源", "Facts as stated, and their sources"),
    "fact": Text("事实", "Fact"),
    "value": Text("取值", "Value"),
    "source": Text("来源", "Source"),
    "texts": Text("文字说明", "Texts"),
    "trace": Text("完整判定过程", "Full trace"),
    "receipt": Text("核验信息", "Receipt"),
    "notices": Text("提示", "Notices"),
    "standing": Text(
        "本报告只核对所列事实与规划条文是否一致，不是行政决定；国家或后续规定可能更严；结论由审查人复核并签署。",
        "This report only compares the facts listed with the plan's text. It is no administrative decision; "
        "national or later rules may be stricter; the reviewer checks it and signs.",
    ),
    "signature": Text("审查意见", "Review"),
    "opinion": Text("意见", "Opinion"),
    "reviewer": Text("审查人", "Reviewer"),
    "date": Text("日期", "Date"),
    "colon": Text("：", ": "),
    "pause": Text("、", ", "),
    "open_quote": Text("「", "“"),
    "close_quote": Text("」", "”"),
    "bar": Text("｜", " | "),
    "stop": Text("。", ". "),
}


LEGEND: Final[Mapping[str, Text]] = {
    "site": Text("厂址", "site"),
    "accuracy": Text("厂址误差范围", "where the site may be"),
    "river": Text("河流（所用图层）", "river, from the layers used"),
    "hint": Text("河流（示意图层）", "river, from the hint layer"),
    "county": Text("行政区划界线", "county boundary"),
    "buffer": Text("规定距离线", "the distance that the law draws"),
    "band": Text("误差带（带内不能判断）", "within the accuracies: cannot be told"),
    "nearest": Text("最近距离", "shortest distance"),
}
"""What each sort of feature on a map is."""


OTHER_THAN_PLANS: Final[Mapping[str, Text]] = {
    "report": Text("符合性核查报告", "Report on consistency with the rules"),
    "waiting_set": Text(
        "补齐下列各项后不再缺资料，但结论可能仍取决于尚未核实的参数",
        "These facts together leave none wanting; the decision may still hang on unverified parameters",
    ),
    "waiting_sets": Text(
        "补齐下列任一组后不再缺资料，但结论可能仍取决于尚未核实的参数",
        "Any one of these sets leaves no fact wanting; the decision may still hang on unverified parameters",
    ),
    "waits": Text("尚未核实的参数", "Unverified parameters"),
    "standing": Text(
        "本报告只核对所列事实与所依据的条文是否一致，不是行政决定；其他规定可能更严；结论由审查人复核并签署。",
        "This report only compares the facts listed with the text it rests on. It is no administrative decision; "
        "other rules may be stricter; the reviewer checks it and signs.",
    ),
}
"""What is said otherwise where an instrument is not a plan."""


def phrases(lang: str, plans: bool = True) -> dict[str, Any]:
    """Every heading in one language, as templates see them (`w.findings`); `w.legend` holds those of a map.

    `plans` is false where some instrument of the report is not a plan.
    """
    found = PHRASES if plans else {**PHRASES, **OTHER_THAN_PLANS}
    legend = {role: text[lang] for role, text in LEGEND.items()}
    return {name: text[lang] for name, text in found.items()} | {"legend": legend}
