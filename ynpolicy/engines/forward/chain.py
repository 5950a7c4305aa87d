"""One case's way through the rulesets: conditions, then outcomes, then the decision."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from typing import Final

from attrs import frozen

from ynpolicy.engines.forward.host import ForwardFault, Ruleset
from ynpolicy.engines.forward.outcomes import (
    ACCEPTED,
    DEFEASIBLE,
    IN_FORCE,
    NO,
    NO_RECORD,
    NOT_YET_DUE,
    OPEN,
    OUT_OF_FORCE,
    OUTCOMES,
    REJECTED,
    REVIEW,
    STRICT,
    YES,
)
from ynpolicy.engines.forward.program import NormPlan, Program
from ynpolicy.ir import Case
from ynpolicy.verdict import Decision, Outcome

_TALLIED: Final = {Outcome.VIOLATED: "violated", Outcome.DEPARTED: "departed", Outcome.REVIEW: "review"}

_AT_ONCE: Final = 50
"""Norms whose facts are asserted together; durable_rules keeps memory for as many facts as there ever were at once."""


@frozen
class Ruling:
    """What the engine concluded about one norm: outcome, the exception that held, and whether it is not yet due."""

    outcome: Outcome
    exemption: str = ""
    not_yet_due: bool = False


_RULINGS: Final = {rule: Ruling(outcome, "", rule == "not_yet_due") for rule, outcome in OUTCOMES.items()}
"""What each line of the table of outcomes concludes; an exemption is named besides."""


@frozen
class ForwardResult:
    """The decision on a case, and a ruling for every norm of its level, in the pack's order."""

    decision: Decision
    outcomes: Mapping[str, Ruling]


class Chain:
    """The rulesets of one engine in one process. `lock` must be held while a case runs."""

    def __init__(self, program: Program) -> None:
        self.lock = threading.Lock()
        self.process = os.getpid()
        self.closed = False
        self._program = program
        self._conditions = [Ruleset(definition) for definition in program.conditions]
        self._outcomes = Ruleset(program.outcomes)
        self._decisions = Ruleset(program.decisions)

    def close(self) -> None:
        """Free the native rulesets; the chain cannot run any more."""
        self.closed = True
        for ruleset in (*self._conditions, self._outcomes, self._decisions):
            ruleset.close()

    def run(self, case: Case) -> ForwardResult:
        """The decision and the outcomes of one case. Raises `ForwardFault` where conclusions contradict each other."""
        concluded = self._conclude(self._program.measures.derive(case))
        inside = _truth(concluded, *self._program.inside)
        rulings = self._rule(case, concluded, inside)
        return ForwardResult(self._decide(rulings, inside), rulings)

    def _conclude(self, fields: dict[str, int]) -> set[str]:
        """What the conditions' rules conclude; each layer of rules sees the conclusions of the layers before it."""
        concluded = {"always"}
        for ruleset in self._conditions:
            body = "".join(f',"{name}":{fields[name]}' for name in ruleset.definition.reads if name in fields)
            conclusions = {ruleset.definition.concludes[rule] for rule in ruleset.fire(body)}
            concluded |= conclusions
            fields |= dict.fromkeys(conclusions, 1)
        return concluded

    def _rule(self, case: Case, concluded: set[str], inside: int) -> dict[str, Ruling]:
        """What the table of outcomes concludes about each norm."""
        rulings: dict[str, Ruling] = {}
        for start in range(0, len(self._program.norms), _AT_ONCE):
            norms = self._program.norms[start : start + _AT_ONCE]
            names: dict[int, str] = {}
            for rule, number in self._outcomes.fire_each([_norm_fact(norm, case, concluded, inside) for norm in norms]):
                if names.setdefault(number, rule) != rule:
                    raise ForwardFault(f"`{norms[number].id}` has two outcomes, `{names[number]}` and `{rule}`")
            if len(names) != len(norms):
                raise ForwardFault("a norm is left without an outcome")
            rulings |= {norm.id: _ruling(names[number], norm, concluded) for number, norm in enumerate(norms)}
        return rulings

    def _decide(self, rulings: Mapping[str, Ruling], inside: int) -> Decision:
        """What the table of decisions concludes from the tally of outcomes."""
        tally = dict.fromkeys(("violated", "judged", "departed", "review", "open_strict", "open_soft"), 0)
        for norm in self._program.norms:
            outcome = rulings[norm.id].outcome
            if outcome is not Outcome.NOT_IN_FORCE:
                tally["judged"] += 1
            if outcome is Outcome.UNDETERMINED and norm.kind == STRICT:
                tally["open_strict"] += 1
            elif outcome is Outcome.UNDETERMINED and norm.kind in (DEFEASIBLE, REVIEW):
                tally["open_soft"] += 1
            elif outcome in _TALLIED:
                tally[_TALLIED[outcome]] += 1
        body = "".join(f',"{name}":{number}' for name, number in tally.items())
        decisions = self._decisions.fire(f'{body},"inside":{inside}')
        if len(decisions) != 1:
            raise ForwardFault(f"the tally has {len(decisions)} decisions instead of one")
        return Decision(decisions[0])


def _truth(concluded: set[str], true: str, false: str) -> int:
    if true in concluded:
        if false in concluded:
            raise ForwardFault("a condition was concluded both true and false")
        return YES
    return NO if false in concluded else OPEN


def _exemption(norm: NormPlan, concluded: set[str]) -> str:
    """The id of the first exception that holds; empty where none does."""
    return next((name for name, conclusion in norm.exemptions if conclusion in concluded), "")


def _norm_fact(norm: NormPlan, case: Case, concluded: set[str], inside: int) -> str:
    """The fields of a norm's fact: what was concluded about it, complete."""
    force = OUT_OF_FORCE if norm.out_of_force in concluded else IN_FORCE
    if force == IN_FORCE and norm.not_yet_due in concluded:
        force = NOT_YET_DUE
    holds = any(conclusion in concluded for _, conclusion in norm.exemptions)
    exempt = _truth(concluded, "always" if holds else "never", norm.exempt_false)
    record = NO_RECORD
    if norm.kind == DEFEASIBLE and norm.id in case.justified:
        record = ACCEPTED
    elif norm.kind == REVIEW and norm.id in case.reviewed:
        record = ACCEPTED if case.reviewed[norm.id].accepted else REJECTED
    return (
        f',"kind":{norm.kind},"force":{force},"inside":{inside},"applies":{_truth(concluded, *norm.applies)}'
        f',"exempt":{exempt},"met":{_truth(concluded, *norm.met)},"record":{record}'
    )


def _ruling(rule: str, norm: NormPlan, concluded: set[str]) -> Ruling:
    ruling = _RULINGS[rule]
    if ruling.outcome is Outcome.EXEMPT:
        return Ruling(Outcome.EXEMPT, _exemption(norm, concluded))
    return ruling
