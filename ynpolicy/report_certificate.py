"""The certificate of a verdict in a report: one line a statement, with what the solver said and an example."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ynpolicy.certificates import Answers, Certificate, Standing, Statement
from ynpolicy.findings import View
from ynpolicy.ir import Text
from ynpolicy.sentences import Phrasing
from ynpolicy.verdict import Sufficiency, Verdict

SENTENCES: Final[Mapping[str, Text]] = {
    "settles": Text("补齐{about}，不论取值如何都能定论", "Whatever the values of {about}, the decision is settled"),
    "waits": Text(
        "补齐{about}后，结论至多取决于尚未核实的参数",
        "Whatever the values of {about}, the decision hangs on unverified parameters at most",
    ),
    "needs": Text("缺{left_out}则该组不足以定论", "Without {left_out} that set does not settle it"),
    "no_other_set": Text(
        "没有其他组合足以定论（包含上述某组的除外）", "No other facts settle it, unless they include one of these sets"
    ),
    "no_set": Text("没有一组缺失资料能保证定论", "No set of the missing facts is sure to settle it"),
    "mends": Text("调整{about}可行", "Changing {about} puts it right"),
    "no_part": Text("其中不调整{left_out}则不可行", "Without changing {left_out} that does not"),
    "least": Text("调整{about}，幅度再小则不可行", "No change of {about} by fewer steps does"),
    "no_other_change": Text(
        "没有其他可行的调整（包含上述某项全部内容的除外）",
        "No other change puts it right, unless it includes one of these changes",
    ),
    "no_change": Text("没有可行的调整", "No change of changeable facts puts it right"),
    "no_cheaper": Text("没有代价更低的可行调整", "No change that costs less puts it right"),
}
STANDINGS: Final[Mapping[Standing, Text]] = {
    Standing.PROVED: Text("已证明", "proved"),
    Standing.REFUTED: Text("不成立", "refuted"),
    Standing.UNDECIDED: Text("未能判定", "undecided"),
}
_ASKED: Final = Text("求解器 {answer}，{count} 问", "solver: {answer}; questions: {count}")
_OPEN: Final = Text("例如以下取值时仍无法定论", "it stays open for example with")
_MENDED: Final = Text("反例：以下调整可行", "refuted by this change")
_SETTLED: Final = Text("反例：这些资料即可定论", "refuted by these facts, which settle it")
_ONE_SET: Final = Text("上述{count}项", "the {count} facts above")
_SETS: Final = Text("第{number}组（{count}项）", "set {number} ({count} facts)")
_MOST_NAMED: Final = 3
_NOTHING: Final = Text("（不补资料）", "no facts")


def certificate_view(verdict: Verdict, words: Phrasing) -> View:
    """What a report says of a verdict's certificate; empty where the solver was not asked."""
    found = verdict.certificate
    if found is None:
        return {}
    return {
        "engines": words.listed(found.engines),
        "proved": int(found.proved),
        "statements": [_statement(statement, found, verdict.sufficiency, words) for statement in found.statements],
    }


def _statement(statement: Statement, whole: Certificate, advice: Sufficiency, words: Phrasing) -> View:
    lang = words.lang
    sentence = SENTENCES[_sentence(statement, whole, bool(advice.waits_for))][lang]
    said = sentence.replace("{about}", _short(statement.about, advice, words))
    said = said.replace("{left_out}", _named((statement.left_out,), words))
    asked = _ASKED[lang].replace("{answer}", statement.solver).replace("{count}", str(statement.questions))
    reason = (asked, statement.reason) if statement.reason else (asked,)
    return {
        "kind": statement.kind,
        "standing": statement.standing.value,
        "standing_label": STANDINGS[statement.standing][lang],
        "line": words.field(STANDINGS[statement.standing][lang], said) + words.aside(words.joined(reason)),
        "refuted": int(statement.standing is Standing.REFUTED),
        "examples": _examples(statement, words),
    }


def _sentence(statement: Statement, whole: Certificate, waits: bool) -> str:
    kinds = {found.kind for found in whole.statements}
    match statement.kind:
        case "settles" if waits:
            return "waits"
        case "no_other_set" if "settles" not in kinds:
            return "no_set"
        case "no_other_change" if "mends" not in kinds:
            return "no_change"
        case kind:
            return kind


def _examples(statement: Statement, words: Phrasing) -> list[str]:
    lang = words.lang
    if statement.standing is Standing.REFUTED and statement.kind in ("needs", "no_other_set"):
        return [words.field(_SETTLED[lang], _named(statement.about, words))]
    on_sets = statement.kind in ("settles", "needs", "no_other_set")
    head = _OPEN[lang] if on_sets else _MENDED[lang]
    return [words.field(head, _values(shown, words)) for shown in statement.shown]


def _values(shown: Answers, words: Phrasing) -> str:
    told = []
    for name, value in shown.values.items():
        text = words.full_value(value, words.unit_of(name), words.symbols_beside([name]))
        told.append(words.field(words.fact_label(name), text))
    return words.joined(told) if told else _NOTHING[words.lang]


def _short(names: tuple[str, ...], advice: Sufficiency, words: Phrasing) -> str:
    """The facts of a statement, or which of the sets above they are where they are many."""
    if len(names) <= _MOST_NAMED or names not in advice.missing_sets:
        return _named(names, words)
    text = _ONE_SET if len(advice.missing_sets) == 1 else _SETS
    place = str(advice.missing_sets.index(names) + 1)
    return text[words.lang].replace("{number}", place).replace("{count}", str(len(names)))


def _named(names: tuple[str, ...], words: Phrasing) -> str:
    return words.listed(words.quoted(words.fact_label(name)) for name in names) if names else _NOTHING[words.lang]
