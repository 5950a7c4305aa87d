"""Outcomes, decisions, and the verdict on a case.

The two tables of outcomes and decisions stand here as :func:`outcome_of` and :func:`decide`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import Enum
from typing import Final

from attrs import field, frozen

from ynpolicy.certificates import Certificate
from ynpolicy.errors import Place
from ynpolicy.ir import All, AnyOf, Case, Condition, Modality, Norm, Not
from ynpolicy.values import Truth, Value, truth


class Outcome(Enum):
    """What one norm says of one case."""

    VIOLATED = "violated"
    DEPARTED = "departed"
    REVIEW = "review"
    UNDETERMINED = "undetermined"
    JUSTIFIED = "justified"
    COMPLIED = "complied"
    ADVICE = "advice"
    EXEMPT = "exempt"
    NOT_APPLICABLE = "not_applicable"
    NOT_IN_FORCE = "not_in_force"


class Decision(Enum):
    """What all norms together say of one case, as the table has them. It is never an approval: a person approves."""

    REFUSED = "refused"
    NOT_JUDGED = "not_judged"
    UNDETERMINED = "undetermined"
    REFERRED = "referred"
    IN_ORDER = "in_order"


GRAVEST_FIRST: Final = (
    Decision.REFUSED,
    Decision.UNDETERMINED,
    Decision.REFERRED,
    Decision.NOT_JUDGED,
    Decision.IN_ORDER,
)
"""The order in which several verdicts are shown."""


@frozen
class Operand:
    """One fact or parameter as a trace shows it. `value` is None where there is none; `state` then says why.

    `state` is `known`, `imprecise`, `incomplete`, `unknown`, `conflict`, `absent`, `not_applicable` for facts, and
    `parameter` or `unverified` for parameters.
    """

    name: str
    value: Value | None
    state: str


@frozen
class TraceNode:
    """One node of the tree of why: its address and place in the pack, its text, its operands and its truth."""

    condition: Condition
    truth: Truth
    operands: tuple[Operand, ...] = ()
    items: tuple[TraceNode, ...] = ()

    @property
    def id(self) -> str:
        return self.condition.id

    @property
    def place(self) -> Place:
        return self.condition.place

    @property
    def expression(self) -> str:
        """The comparison's text; `all`, `any` or `not` where there are items."""
        match self.condition:
            case All():
                return "all"
            case AnyOf():
                return "any"
            case Not():
                return "not"
            case leaf:
                return leaf.text


def deciding_nodes(node: TraceNode) -> tuple[TraceNode, ...]:
    """The comparisons that settle a node: of a false `all` its first false one, of a true `any` its first true one."""
    if not node.items:
        return (node,)
    if isinstance(node.condition, Not):
        return deciding_nodes(node.items[0])
    if node.truth is Truth.UNKNOWN:
        chosen = tuple(item for item in node.items if item.truth is Truth.UNKNOWN)
    elif node.truth is truth(isinstance(node.condition, AnyOf)):
        chosen = tuple(item for item in node.items if item.truth is node.truth)[:1]
    else:
        chosen = node.items
    return tuple(leaf for item in chosen for leaf in deciding_nodes(item))


@frozen
class Finding:
    """One norm on one case.

    `missing` names the facts that an undetermined finding still needs (absent, unknown, in conflict, measured too
    coarsely, or an incomplete set); `unverified` the parameters without a verified value. `exemption` is the id of the
    exception that held. `trace` holds a tree for each part of the norm (territory, applicability, exceptions,
    requirement), `grounds` those of them that settled the outcome. `not_yet_due` marks the `not_in_force` of a norm
    whose due day has not passed.
    """

    norm: Norm
    outcome: Outcome
    missing: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()
    exemption: str = ""
    not_yet_due: bool = False
    outside_territory: bool = False
    trace: tuple[TraceNode, ...] = ()
    grounds: tuple[TraceNode, ...] = ()

    @property
    def deciding(self) -> tuple[TraceNode, ...]:
        """The comparisons that settled the outcome."""
        return tuple(leaf for node in self.grounds for leaf in deciding_nodes(node))


@frozen
class Change:
    """One fact that a remedy changes, and to what."""

    fact: str
    before: Value | None
    after: Value


@frozen
class Remedy:
    """A smallest set of changes after which no finding is violated or departed and nothing new is unknown."""

    changes: tuple[Change, ...]
    decision: Decision


@frozen
class Sufficiency:
    """What to ask for and what to change.

    `missing_sets`: the inclusion-minimal sets of missing facts whose values, whatever they are, make the decision
    determined. `waits_for` is empty then. Where parameters without a verified value leave no such set, `missing_sets`
    are the minimal sets whose values, whatever they are, either make the decision determined or leave no strict norm
    wanting a fact; `waits_for` names the parameters on which the decision may then still hang. Parameters and no set:
    it hangs on them already. `proved` is false where the search was cut short or could not
    tell all values apart: then the sets may not be minimal, or not be enough. `ask_first`:
    the single facts of which some value settles the decision, most useful first.
    """

    missing_sets: tuple[tuple[str, ...], ...] = ()
    waits_for: tuple[str, ...] = ()
    proved: bool = True
    ask_first: tuple[str, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    remedies_proved: bool = True


@frozen
class Receipt:
    """What was judged, by what, when: enough to judge it again and get the same verdict.

    `readings` names the readings for which another option than the pack's own was chosen, `tables` the rows of the
    user's own tables that lie over the pack's, `layers` the layers of geodata that located the site, each with the
    digest of its bytes. `calendar` is the library that knows the working days, empty where there is none.
    """

    pack: str
    pack_version: str
    pack_digest: str
    clauses_digest: str
    text_digest: str
    case_digest: str
    as_of: date
    library: str
    engines: tuple[str, ...]
    judged_at: str
    readings: Mapping[str, str] = field(factory=dict, hash=False)
    tables: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    calendar: str = ""
    python: str = ""


@frozen
class Verdict:
    """All findings on one case. `missing` is every missing fact that an undetermined finding reads.

    `certificate` is what a solver says of the advice, where it was asked.
    """

    case: Case
    decision: Decision
    findings: tuple[Finding, ...]
    missing: tuple[str, ...]
    receipt: Receipt
    sufficiency: Sufficiency = Sufficiency()
    after_period: bool = False
    certificate: Certificate | None = None

    @property
    def counts(self) -> Mapping[Outcome, int]:
        """How many findings have each of the ten outcomes, zero included."""
        counts = dict.fromkeys(Outcome, 0)
        for finding in self.findings:
            counts[finding.outcome] += 1
        return counts

    @property
    def missing_sets(self) -> tuple[tuple[str, ...], ...]:
        return self.sufficiency.missing_sets

    @property
    def ask_first(self) -> tuple[str, ...]:
        return self.sufficiency.ask_first

    @property
    def remedies(self) -> tuple[Remedy, ...]:
        return self.sufficiency.remedies


def decide(judged: Iterable[tuple[Modality, Outcome]], territory: Truth) -> Decision:
    """The decision that follows from the outcomes of all norms of the case's level.

    The first that fits of: a violation refuses; nothing in force within the territory is not judged; an undetermined
    strict norm leaves the case undetermined; a departure, a review, or an undetermined softer norm refers it; else it
    is in order. `may` norms never change a decision.
    """
    pairs = list(judged)
    if any(outcome is Outcome.VIOLATED for _, outcome in pairs):
        return Decision.REFUSED
    if territory is Truth.FALSE or all(outcome is Outcome.NOT_IN_FORCE for _, outcome in pairs):
        return Decision.NOT_JUDGED
    open_modalities = {modality for modality, outcome in pairs if outcome is Outcome.UNDETERMINED}
    if any(modality.is_strict for modality in open_modalities):
        return Decision.UNDETERMINED
    if any(outcome in (Outcome.DEPARTED, Outcome.REVIEW) for _, outcome in pairs):
        return Decision.REFERRED
    if open_modalities - {Modality.MAY}:
        return Decision.REFERRED
    return Decision.IN_ORDER
