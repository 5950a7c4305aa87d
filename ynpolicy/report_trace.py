"""The tree of why: which part of a norm each line belongs to, and the whole tree as lines with a depth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from attrs import frozen

from ynpolicy.ir import Text
from ynpolicy.report_origins import place_text
from ynpolicy.sentences import Phrasing
from ynpolicy.verdict import Finding, TraceNode
from ynpolicy.words import ROLES, TRUTHS

_GROUPS: Final = {
    "all": Text("下列各项全部成立", "all of these hold"),
    "any": Text("下列任一项成立", "any of these holds"),
    "not": Text("下列情形不成立", "this does not hold"),
}


@frozen
class Part:
    """Where a line of the trace stands: its part of the norm, under a `not`, or as one of several that would do."""

    role: str
    negated: bool = False
    choice: bool = False


def parts_of(finding: Finding) -> Iterator[tuple[int, Part]]:
    """The part of the norm to which each node of a finding's trace belongs, by the node's identity."""
    for root, role, _ in _roots(finding):
        stack = [(root, Part(role))]
        while stack:
            node, part = stack.pop()
            yield id(node), part
            negated = part.negated ^ (node.expression == "not" and bool(node.items))
            choice = part.choice or (len(node.items) > 1 and node.expression == ("all" if negated else "any"))
            stack += [(item, Part(role, negated, choice)) for item in node.items]


def trace_lines(finding: Finding, words: Phrasing) -> list[dict[str, Any]]:
    """The tree of why as lines with a depth, each in words with its truth; parts without a line are left out."""
    lines: list[dict[str, Any]] = []
    for root, role, title in _roots(finding):
        if not root.items and not root.operands:
            continue
        label = ROLES[role][words.lang]
        lines.append(_trace_line(root, 0, words.field(label, title[words.lang]) if title else label, words))
        stack = [(item, 1) for item in reversed(root.items or (root,))]
        while stack:
            node, depth = stack.pop()
            group = _GROUPS.get(node.expression) if node.items else None
            lines.append(_trace_line(node, depth, group[words.lang] if group else words.line(node)[0], words))
            stack += [(item, depth + 1) for item in reversed(node.items)]
    return lines


def _trace_line(node: TraceNode, depth: int, text: str, words: Phrasing) -> dict[str, Any]:
    truth = TRUTHS[node.truth][words.lang]
    return {
        "depth": depth,
        "text": text,
        "truth": node.truth.value,
        "truth_label": truth,
        "line": words.field(text, truth),
        "expression": node.expression if depth and not node.items else "",
        "place": place_text(node.place, words.pack.root),
    }


def _roots(finding: Finding) -> Iterator[tuple[TraceNode, str, Text | None]]:
    """The parts of a finding's trace in order: territory, applicability, exceptions, requirement."""
    norm = finding.norm
    exceptions = len(norm.exemptions)
    for i, node in enumerate(finding.trace):
        if i < 2:
            yield node, ("territory", "applies")[i], None
        elif i < 2 + exceptions:
            yield node, "exemption", norm.exemptions[i - 2].title
        else:
            yield node, "forbidden" if norm.modality.forbids else "required", None
