"""The words of outcomes, decisions, levels, modalities, truths and states, in Chinese and in English.

A verdict is never worded as an approval: a person approves.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from ynpolicy.ir import Modality, Pack, Text
from ynpolicy.values import Truth
from ynpolicy.verdict import Decision, Outcome

OUTCOMES: Final[Mapping[Outcome, Text]] = {
    Outcome.VIOLATED: Text("不符合", "violated"),
    Outcome.DEPARTED: Text("偏离原则性要求", "departed"),
    Outcome.REVIEW: Text("须从严审核", "strict review"),
    Outcome.UNDETERMINED: Text("资料不足", "undetermined"),
    Outcome.JUSTIFIED: Text("偏离但已论证", "departed with reason"),
    Outcome.COMPLIED: Text("符合", "complied"),
    Outcome.ADVICE: Text("鼓励", "encouraged"),
    Outcome.EXEMPT: Text("豁免", "exempt"),
    Outcome.NOT_APPLICABLE: Text("不适用", "not applicable"),
    Outcome.NOT_IN_FORCE: Text("不在适用期", "not in force"),
}
"""Every outcome, gravest first: the order in which a report prints its findings."""

NOT_YET_DUE: Final = Text("尚未到期", "not yet due")

DECISIONS: Final[Mapping[Decision, Text]] = {
    Decision.REFUSED: Text("不符合规划要求", "Not in line with the plan"),
    Decision.NOT_JUDGED: Text("不在本规划适用范围", "Outside the scope of this plan"),
    Decision.UNDETERMINED: Text("资料不足，无法判定", "Undetermined: facts are missing"),
    Decision.REFERRED: Text("须论证或从严审核", "Needs justification or strict review"),
    Decision.IN_ORDER: Text("未发现不符合", "No inconsistency found"),
}

GOVERNMENT_DECISIONS: Final[Mapping[Decision, Text]] = {
    Decision.REFUSED: Text("未达到规划要求", "Plan requirement not met"),
    Decision.IN_ORDER: Text("达到规划要求", "Plan requirement met"),
}
"""A government or an authority is not refused: it meets what the plan asks of it, or it does not."""

LAW_DECISIONS: Final[Mapping[Decision, Text]] = {
    Decision.REFUSED: Text("不符合法律规定", "Not in line with the law"),
    Decision.NOT_JUDGED: Text("不在本法适用范围", "Outside the scope of this law"),
}
"""What is said otherwise where the instrument is a law, not a plan."""

LAW_GOVERNMENT_DECISIONS: Final[Mapping[Decision, Text]] = {
    Decision.REFUSED: Text("未达到法律规定", "Legal requirement not met"),
    Decision.IN_ORDER: Text("达到法律规定", "Legal requirement met"),
}

GOVERNMENT_LEVELS: Final = frozenset({"prefecture", "county", "province", "authority"})

LEVELS: Final[Mapping[str, Text]] = {
    "project": Text("建设项目", "project"),
    "enterprise": Text("企业", "enterprise"),
    "facility": Text("设施", "facility"),
    "transfer": Text("转移", "transfer"),
    "medical_institution": Text("医疗机构", "medical institution"),
    "prefecture": Text("州（市）", "prefecture"),
    "county": Text("县（市、区）", "county"),
    "province": Text("省", "province"),
    "authority": Text("主管部门", "authority"),
    "portfolio": Text("案件汇总", "portfolio"),
}

MODALITIES: Final[Mapping[Modality, Text]] = {
    Modality.MUST: Text("应当", "must"),
    Modality.MUST_NOT: Text("不得", "must not"),
    Modality.SHOULD: Text("原则上应当", "should, in principle"),
    Modality.SHOULD_NOT: Text("原则上不得（严格控制）", "should not, in principle"),
    Modality.REVIEW: Text("从严审核", "strict review"),
    Modality.MAY: Text("鼓励、支持", "encouraged"),
}

TRUTHS: Final[Mapping[Truth, Text]] = {
    Truth.TRUE: Text("成立", "holds"),
    Truth.FALSE: Text("不成立", "does not hold"),
    Truth.UNKNOWN: Text("无法判定", "cannot be decided"),
}

STATES: Final[Mapping[str, Text]] = {
    "known": Text("已知", "known"),
    "imprecise": Text("精度不足", "not precise enough"),
    "incomplete": Text("列举不全", "list incomplete"),
    "unknown": Text("未知", "unknown"),
    "conflict": Text("来源矛盾", "sources disagree"),
    "absent": Text("未提供", "not supplied"),
    "not_applicable": Text("不适用", "not applicable"),
    "parameter": Text("规划参数", "plan parameter"),
    "unverified": Text("未核实", "unverified"),
}
"""The state of a fact or parameter, as `verdict.Operand` names it."""

ROLES: Final[Mapping[str, Text]] = {
    "territory": Text("地域范围", "territory"),
    "applies": Text("适用条件", "applies where"),
    "exemption": Text("例外情形", "exception"),
    "required": Text("要求", "required"),
    "forbidden": Text("禁止的情形", "forbidden"),
}
"""What part of a norm a line of the trace belongs to."""


def outcome_word(outcome: Outcome, lang: str, not_yet_due: bool = False) -> str:
    """The word of an outcome; `not_yet_due` tells a deadline still open from a norm outside its dates."""
    if outcome is Outcome.NOT_IN_FORCE and not_yet_due:
        return NOT_YET_DUE[lang]
    return OUTCOMES[outcome][lang]


def period_words(pack: Pack, lang: str) -> str:
    """The period of a pack's instrument: from a day to another, or from a day on."""
    first, last = pack.period
    if last == date.max:
        return f"自 {first.isoformat()} 起" if lang == "zh" else f"from {first.isoformat()}"
    return f"{first.isoformat()} {'至' if lang == 'zh' else 'to'} {last.isoformat()}"


def decision_word(decision: Decision, level: str, lang: str, instrument: str = "plan") -> str:
    """The word of a decision on a level, by an instrument: governments meet a requirement or do not."""
    words = dict(DECISIONS)
    if instrument == "law":
        words |= LAW_DECISIONS
    if level in GOVERNMENT_LEVELS:
        words |= LAW_GOVERNMENT_DECISIONS if instrument == "law" else GOVERNMENT_DECISIONS
    return words[decision][lang]


LABELS: Final[Mapping[str, Text]] = {
    "as_of": Text("基准日", "as of"),
    "reference_only": Text("仅由参考引擎判定，未经正向引擎复核", "judged by the reference engine alone"),
    "after_period": Text("规划期已届满，须核对后续规划", "The plan's period has ended: check the plan that follows it"),
    "no_norm": Text("规则包中没有“{}”层级的规范，未作判定", "No norm of the pack stands on the level {}: not judged"),
    "own_tables": Text("使用者自备的表覆盖了规则包的表", "The user's own tables lie over the pack's"),
    "chosen_reading": Text("按使用者选定的条文理解判定", "Judged under a reading that the user chose"),
    "own_reading": Text("规则包原采用", "the pack itself takes"),
    "superseded_by": Text("后续规划", "Superseded by"),
    "explanation": Text("说明", "Explanation"),
    "note": Text("事项", "Matter"),
    "clauses": Text("条款", "Clause"),
    "contrary": Text("规划另有不同表述", "The plan also says otherwise"),
    "exemption": Text("成立的例外", "Exception that holds"),
    "records": Text("所依据的记录", "Record relied on"),
    "dates": Text("适用期", "Dates"),
    "conditions": Text("适用前提", "It applies because"),
    "scope_open": Text("适用与否", "Scope"),
    "scope_open_text": Text(
        "是否适用尚未确定，但要求已满足", "whether the norm applies is open; what it requires is met"
    ),
    "choice": Text("，几项有一即可", ", one of several"),
    "grounds": Text("判定依据", "Why"),
    "missing": Text("尚缺资料", "Missing facts"),
    "answered_by": Text("由何方答复", "who can answer"),
    "needed_by": Text("涉及规范", "norms that need it"),
    "unverified": Text("未核实的规划参数", "Unverified parameters"),
    "readings": Text("所涉条文理解", "Readings touched"),
    "taken": Text("采用", "taken"),
    "possible": Text("可能的理解", "possible readings"),
    "why": Text("理由", "why"),
    "would_change": Text("何时改变", "what would change it"),
    "text_digest": Text("规划文本摘要", "text digest"),
    "outside_territory": Text("不在规划地域内", "outside the plan's territory"),
    "located": Text("按坐标核查", "from the coordinates"),
    "not_located": Text("按坐标不能确定", "the coordinates cannot tell"),
    "no_source": Text("未注明来源", "no source stated"),
    "after": Text("调整后", "then"),
}
"""What stands before a part of a finding or of a report."""

LAW_LABELS: Final[Mapping[str, Text]] = {
    "contrary": Text("本法另有不同表述", "The law also says otherwise"),
    "unverified": Text("未核实的法定参数", "Unverified parameters"),
    "outside_territory": Text("不在本法适用地域内", "outside the law's territory"),
    "text_digest": Text("法律文本摘要", "text digest"),
}


def label(name: str, lang: str, instrument: str = "plan") -> str:
    """What stands before a part of a report on an instrument of some kind."""
    return LAW_LABELS[name][lang] if instrument == "law" and name in LAW_LABELS else LABELS[name][lang]
