"""The reference: what is right, computed slowly and plainly. Every other engine is checked against this file.

A norm's meaning is one sentence in strong Kleene logic::

    breach = applies and not exempt and not met

Unknown is never false and never zero. Each comparison is evaluated, also where another line has already settled the
matter, so that the trace shows all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from operator import add, mul, sub
from typing import Final

from attrs import field, frozen

from ynpolicy.ir import (
    All,
    AnyOf,
    Case,
    Compare,
    Condition,
    FactRef,
    Holds,
    In,
    Leaf,
    Literal,
    Modality,
    Norm,
    Not,
    Overlaps,
    Pack,
    ParameterRef,
    Term,
    is_settled,
)
from ynpolicy.values import (
    FALSE,
    TRUE,
    UNKNOWN,
    Interval,
    Missing,
    SymbolSet,
    Truth,
    Value,
    conjunction,
    disjunction,
    negate,
    truth,
)
from ynpolicy.verdict import Finding, Operand, Outcome, TraceNode

# ---------------------------------------------------------------- terms


def value_of(term: Term, case: Case) -> Value | None:
    """The value of a term in a case, or None where a fact is missing or a parameter unverified.

    Sums, differences and products use outward interval arithmetic, each occurrence independent.
    """
    if isinstance(term, FactRef):
        return case.values.get(term.name)
    if isinstance(term, ParameterRef):
        return case.parameters.get(term.name)
    if isinstance(term, Literal):
        return _constant(term.value)
    a, b = value_of(term.left, case), value_of(term.right, case)
    if not isinstance(a, Interval) or not isinstance(b, Interval):
        return None
    if a.lo is a.hi and b.lo is b.hi:
        number = _ARITHMETIC[term.op](a.lo, b.lo)
        return Interval(number, number)
    if term.op == "+":
        return Interval(a.lo + b.lo, a.hi + b.hi)
    if term.op == "-":
        return Interval(a.lo - b.hi, a.hi - b.lo)
    corners = (a.lo * b.lo, a.lo * b.hi, a.hi * b.lo, a.hi * b.hi)
    return Interval(min(corners), max(corners))


_ARITHMETIC: Final[dict[str, Callable[[Fraction, Fraction], Fraction]]] = {"+": add, "-": sub, "*": mul}
"""For exact numbers, as nearly all are: both ends are one."""


def _constant(value: bool | str | Fraction | date | frozenset[str]) -> Value:
    if isinstance(value, Fraction):
        return Interval(value, value)
    return SymbolSet(value) if isinstance(value, frozenset) else value


# ---------------------------------------------------------------- comparisons


def leaf_truth(leaf: Leaf, case: Case) -> Truth:
    """The truth of one comparison; unknown where a side has no value."""
    if isinstance(leaf, Holds):
        value = value_of(leaf.term, case)
        return UNKNOWN if value is None else truth(value is True)
    if isinstance(leaf, In):
        item, members = value_of(leaf.item, case), value_of(leaf.members, case)
        return UNKNOWN if item is None or not isinstance(members, SymbolSet) else _membership(item, members)
    a, b = value_of(leaf.left, case), value_of(leaf.right, case)
    if a is None or b is None:
        return UNKNOWN
    if isinstance(leaf, Compare):
        return _COMPARE[leaf.op](a, b)
    if not isinstance(a, SymbolSet) or not isinstance(b, SymbolSet):
        return UNKNOWN
    return _overlap(a, b) if isinstance(leaf, Overlaps) else _inclusion(a, b)


def _membership(item: Value, members: SymbolSet) -> Truth:
    if item in members.members:
        return TRUE
    return FALSE if members.complete else UNKNOWN


def _overlap(a: SymbolSet, b: SymbolSet) -> Truth:
    if a.members & b.members:
        return TRUE
    if (a.complete and b.complete) or (a.complete and not a.members) or (b.complete and not b.members):
        return FALSE
    return UNKNOWN


def _inclusion(a: SymbolSet, b: SymbolSet) -> Truth:
    if a.members <= b.members:
        return TRUE if a.complete else UNKNOWN
    return FALSE if b.complete else UNKNOWN


def _equal(a: Value, b: Value) -> Truth:
    if isinstance(a, Interval) and isinstance(b, Interval):
        if a.hi < b.lo or b.hi < a.lo:
            return FALSE
        return TRUE if a.lo == a.hi == b.lo == b.hi else UNKNOWN
    return truth(a == b)


def _less(a: Value, b: Value) -> Truth:
    if isinstance(a, Interval) and isinstance(b, Interval):
        if a.hi < b.lo:
            return TRUE
        return FALSE if a.lo >= b.hi else UNKNOWN
    if isinstance(a, date) and isinstance(b, date):
        return truth(a < b)
    return UNKNOWN


_COMPARE: Final[dict[str, Callable[[Value, Value], Truth]]] = {
    "==": _equal,
    "!=": lambda a, b: negate(_equal(a, b)),
    "<": _less,
    ">": lambda a, b: _less(b, a),
    "<=": lambda a, b: negate(_less(b, a)),
    ">=": lambda a, b: negate(_less(a, b)),
}

# ---------------------------------------------------------------- conditions, with the tree of why


@frozen
class Seen:
    """What was already read of one case: comparisons by their text, operands by their name. Many norms ask the same."""

    comparisons: dict[str, tuple[Truth, tuple[Operand, ...]]] = field(factory=dict)
    operands: dict[str, Operand] = field(factory=dict)


def evaluate(condition: Condition, case: Case, seen: Seen | None = None) -> TraceNode:
    """The truth of a condition in a case, with the tree of its lines, their operands and truths.

    `seen` may be shared by the conditions of one case, so that each comparison is evaluated once.
    """
    if seen is None:
        seen = Seen()
    if isinstance(condition, (All, AnyOf)):
        nodes = tuple([evaluate(item, case, seen) for item in condition.items])
        join = conjunction if isinstance(condition, All) else disjunction
        return TraceNode(condition, join([node.truth for node in nodes]), (), nodes)
    if isinstance(condition, Not):
        node = evaluate(condition.item, case, seen)
        return TraceNode(condition, negate(node.truth), (), (node,))
    found = seen.comparisons.get(condition.text)
    if found is None:
        operands = tuple([_operand(ref, case, seen) for ref in condition.reads])
        found = seen.comparisons[condition.text] = (leaf_truth(condition, case), operands)
    return TraceNode(condition, *found)


def _operand(ref: FactRef | ParameterRef, case: Case, seen: Seen) -> Operand:
    found = seen.operands.get(ref.name)
    if found is None:
        found = seen.operands[ref.name] = _read(ref, case)
    return found


def _read(ref: FactRef | ParameterRef, case: Case) -> Operand:
    name = ref.name
    if isinstance(ref, ParameterRef):
        value = case.parameters.get(name)
        return Operand(name, value, "unverified" if value is None else "parameter")
    value = case.values.get(name)
    if value is None:
        return Operand(name, None, case.state(name).value)
    if is_settled(value):
        return Operand(name, value, "known")
    return Operand(name, value, "incomplete" if isinstance(value, SymbolSet) else "imprecise")


_ASKABLE: Final = frozenset(
    {Missing.UNKNOWN.value, Missing.CONFLICT.value, Missing.ABSENT.value, "imprecise", "incomplete"}
)


def gather_open(node: TraceNode, found: dict[str, str]) -> None:
    """Adds to `found` what an unknown node still lacks: the operands of its unknown comparisons and their states.

    Known branches are passed over, since they no longer matter.
    """
    if node.truth is UNKNOWN:
        for operand in node.operands:
            found[operand.name] = operand.state
        for item in node.items:
            gather_open(item, found)


# ---------------------------------------------------------------- norms


def territory(pack: Pack, case: Case) -> TraceNode:
    """Whether the case lies in the pack's territory: an implicit line of every norm's applicability."""
    return evaluate(pack.territory.get(case.level, All(())), case)


def judge(pack: Pack, case: Case) -> tuple[Finding, ...]:
    """One finding for every norm of the case's level, in the pack's order."""
    inside = territory(pack, case)
    seen = Seen()
    return tuple([judge_norm(norm, case, inside, pack.since, seen) for norm in pack.norms_at(case.level)])


def judge_norm(norm: Norm, case: Case, inside: TraceNode, since: date, seen: Seen | None = None) -> Finding:
    """One norm on one case: the outcome is the first that fits, as the table of outcomes has it."""
    if case.as_of < (norm.since or since) or (norm.until is not None and case.as_of > norm.until):
        return Finding(norm, Outcome.NOT_IN_FORCE)
    if norm.due is not None and case.as_of <= norm.due:
        return Finding(norm, Outcome.NOT_IN_FORCE, not_yet_due=True)

    applies = evaluate(norm.applies, case, seen)
    exemptions = tuple([evaluate(exemption.when, case, seen) for exemption in norm.exemptions])
    required = () if norm.requirement is None else (evaluate(norm.requirement, case, seen),)
    trace = (inside, applies, *exemptions, *required)

    applicable = conjunction((inside.truth, applies.truth))
    exempt = disjunction([node.truth for node in exemptions])
    met = required[0].truth if required else UNKNOWN
    if norm.modality.forbids:
        met = negate(met)

    if applicable is FALSE:
        outside = inside.truth is FALSE
        grounds = (inside if outside else applies,)
        return Finding(norm, Outcome.NOT_APPLICABLE, outside_territory=outside, trace=trace, grounds=grounds)
    if exempt is TRUE:
        first = next(i for i, node in enumerate(exemptions) if node.truth is TRUE)
        held = norm.exemptions[first].id
        return Finding(norm, Outcome.EXEMPT, exemption=held, trace=trace, grounds=(exemptions[first],))
    binds = conjunction((applicable, negate(exempt)))
    outcome = _outcome(norm, case, binds, met)
    if outcome is not Outcome.UNDETERMINED:
        return Finding(norm, outcome, trace=trace, grounds=required or (applies,))

    lacking: dict[str, str] = {}
    for node in trace:
        gather_open(node, lacking)
    return Finding(
        norm,
        outcome,
        missing=tuple([name for name, state in lacking.items() if state in _ASKABLE]),
        unverified=tuple([name for name, state in lacking.items() if state == "unverified"]),
        trace=trace,
        grounds=tuple([node for node in trace if node.truth is UNKNOWN]),
    )


def _outcome(norm: Norm, case: Case, binds: Truth, met: Truth) -> Outcome:
    """The outcome of a norm that neither is outside its scope nor exempt; `binds` says whether it is surely inside."""
    if norm.modality is Modality.MAY:
        return Outcome.ADVICE if binds is TRUE else Outcome.UNDETERMINED
    if norm.modality is Modality.REVIEW:
        if binds is not TRUE:
            return Outcome.UNDETERMINED
        record = case.reviewed.get(norm.id)
        if record is None:
            return Outcome.REVIEW
        return Outcome.COMPLIED if record.accepted else Outcome.DEPARTED
    if met is TRUE:
        return Outcome.COMPLIED
    if conjunction((binds, negate(met))) is not TRUE:
        return Outcome.UNDETERMINED
    if norm.modality.is_strict:
        return Outcome.VIOLATED
    return Outcome.JUSTIFIED if norm.id in case.justified else Outcome.DEPARTED
