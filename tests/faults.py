"""Faults that are planted to see that a property of the ready suite finds them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve

from ynpolicy import semantics
from ynpolicy.answers import _Answer
from ynpolicy.engines.compiled import CompiledLevel
from ynpolicy.engines.forward import ForwardEngine
from ynpolicy.ir import Case, DatedValue, Holds, Leaf, Pack, Parameter
from ynpolicy.law import Kind
from ynpolicy.logic import show_term
from ynpolicy.sufficiency.asking import Asking
from ynpolicy.sufficiency.remedies import Mending
from ynpolicy.testing import properties, subject
from ynpolicy.values import FALSE, TRUE, UNKNOWN, Interval, Truth, Value, exact, truth
from ynpolicy.verdict import Finding, Outcome

Patch = pytest.MonkeyPatch
Fault = Callable[[Patch], None]


def wrap(patch: Patch, owner: Any, name: str, change: Callable[[Any], Any]) -> None:
    """Lets a function give something else than what it gives."""
    own = getattr(owner, name)
    patch.setattr(owner, name, lambda *args, **more: change(own(*args, **more)))


def the_reference_leaves_the_threshold_out(patch: Patch) -> None:
    patch.setitem(semantics._COMPARE, "<=", semantics._less)


def the_compiled_engine_takes_exempt_for_complied(patch: Patch) -> None:
    swap = {Outcome.EXEMPT: Outcome.COMPLIED}
    wrap(patch, CompiledLevel, "outcomes", lambda found: {id: swap.get(one, one) for id, one in found.items()})


def the_forward_engine_forgets_which_exception_held(patch: Patch) -> None:
    def forget(result: Any) -> Any:
        return evolve(result, outcomes={id: evolve(one, exemption="") for id, one in result.outcomes.items()})

    wrap(patch, ForwardEngine, "judge", forget)


def an_unknown_exception_counts_as_none(patch: Patch) -> None:
    own = semantics.disjunction
    patch.setattr(semantics, "disjunction", lambda items: FALSE if (found := own(items)) is UNKNOWN else found)


def a_measured_number_is_read_at_its_middle(patch: Patch) -> None:
    def middle(a: Value, b: Value) -> Truth:
        assert isinstance(a, Interval)
        assert isinstance(b, Interval)
        return truth(a.lo + a.hi <= b.lo + b.hi)

    patch.setitem(semantics._COMPARE, "<=", middle)


def an_absent_fact_counts_as_no(patch: Patch) -> None:
    own = semantics.leaf_truth

    def answered(leaf: Leaf, case: Case) -> Truth:
        found = own(leaf, case)
        return FALSE if found is UNKNOWN and isinstance(leaf, Holds) else found

    patch.setattr(semantics, "leaf_truth", answered)


def an_exact_hit_decides_nothing(patch: Patch) -> None:
    own = semantics._COMPARE["<="]
    patch.setitem(semantics._COMPARE, "<=", lambda a, b: UNKNOWN if a == b else own(a, b))


def absent_facts_are_not_named(patch: Patch) -> None:
    patch.setattr(semantics, "_ASKABLE", semantics._ASKABLE - {"absent"})


def a_case_with_many_facts_is_trusted(patch: Patch) -> None:
    own = subject.judge

    def trusting(pack: Pack, case: Case) -> tuple[Finding, ...]:
        many = len(case.values) > 5
        return tuple(evolve(f, outcome=Outcome.COMPLIED) if many else f for f in own(pack, case))

    patch.setattr(subject, "judge", trusting)


def the_first_value_of_the_law_is_read_on_every_day(patch: Patch) -> None:
    def first(parameter: Parameter, day: Any) -> DatedValue | None:
        return DatedValue(day) if parameter.is_day else parameter.values[0]

    patch.setattr(Parameter, "at", first)


def a_breach_hides_the_findings_after_it(patch: Patch) -> None:
    own = subject.judge

    def hiding(pack: Pack, case: Case) -> tuple[Finding, ...]:
        found, hidden = [], False
        for one in own(pack, case):
            found.append(evolve(one, outcome=Outcome.NOT_APPLICABLE) if hidden else one)
            hidden = hidden or one.outcome in (Outcome.VIOLATED, Outcome.DEPARTED, Outcome.UNDETERMINED)
        return tuple(found)

    patch.setattr(subject, "judge", hiding)


def a_fact_is_known_by_its_name(patch: Patch) -> None:
    own = semantics.leaf_truth

    def by_name(leaf: Leaf, case: Case) -> Truth:
        return TRUE if isinstance(leaf, Holds) and show_term(leaf.term) == "project.begun" else own(leaf, case)

    patch.setattr(semantics, "leaf_truth", by_name)


def each_reading_widens_a_measurement(patch: Patch) -> None:
    own = _Answer.measured

    def wider(self: _Answer, node: Any, low: Any, high: Any, origin: Any, stated: str) -> Any:
        return own(self, node, low, high + (self.fact.resolution if low != high else 0), origin, stated)

    patch.setattr(_Answer, "measured", wider)


def a_remedy_stops_one_step_short(patch: Patch) -> None:
    def short(remedy: Any) -> Any:
        if remedy is None:
            return None
        changes = [
            evolve(c, after=exact(c.after.lo + 1)) if isinstance(c.after, Interval) else c for c in remedy.changes
        ]
        return evolve(remedy, changes=tuple(changes))

    wrap(patch, Mending, "_judged_again", short)


def a_remedy_changes_more_than_it_must(patch: Patch) -> None:
    own = Mending._judged_again

    def more(self: Mending, plan: Any) -> Any:
        remedy = own(self, plan)
        facts = self._pack.facts.values()
        spare = [f for f in facts if f.changeable and f.kind is Kind.NUMBER and f.name not in plan.changes]
        if remedy is None or not spare:
            return remedy
        change = evolve(remedy.changes[0], fact=spare[0].name, before=None, after=exact(0))
        return evolve(remedy, changes=(*remedy.changes, change))

    patch.setattr(Mending, "_judged_again", more)


def a_set_leaves_out_a_fact(patch: Patch) -> None:
    wrap(
        patch,
        Asking,
        "missing_sets",
        lambda found: (tuple(names[:-1] for names in found[0] if len(names) > 1), *found[1:]),
    )


def a_set_asks_for_a_fact_too_many(patch: Patch) -> None:
    own = Asking.missing_sets

    def more(self: Asking) -> Any:
        sets, parameters, proved = own(self)
        spare = [name for name in self._order if all(name not in names for names in sets)] or ["project.works"]
        wider = [(*names, next((s for s in spare if s not in names), names[0])) for names in sets]
        return tuple(tuple(dict.fromkeys(names)) for names in wider), parameters, proved

    patch.setattr(Asking, "missing_sets", more)


def a_condition_is_printed_with_another_sign(patch: Patch) -> None:
    own = properties.show
    patch.setattr(properties, "show", lambda condition: own(condition).replace("<=", "<"))


FAULTS: dict[Fault, str] = {
    the_reference_leaves_the_threshold_out: "all engines agree on every case",
    the_compiled_engine_takes_exempt_for_complied: "all engines agree on every case",
    the_forward_engine_forgets_which_exception_held: "all engines agree on every case",
    an_unknown_exception_counts_as_none: "learning a fact never reverses a determined breach or its absence",
    a_measured_number_is_read_at_its_middle: "more accuracy never flips a determined finding",
    an_absent_fact_counts_as_no: "forgetting a fact never makes up a breach or its absence",
    an_exact_hit_decides_nothing: "learning everything leaves open only what the law leaves open",
    absent_facts_are_not_named: "an undetermined finding says what it lacks",
    a_case_with_many_facts_is_trusted: "an unread fact changes nothing",
    the_first_value_of_the_law_is_read_on_every_day: "evaluating at a date never reads a value not in force then",
    a_breach_hides_the_findings_after_it: "the order of norms changes nothing",
    a_fact_is_known_by_its_name: "renaming an id changes nothing else",
    each_reading_widens_a_measurement: "a case reads back as it is written",
    a_remedy_stops_one_step_short: "every remedy puts the case in order and no smaller one does",
    a_remedy_changes_more_than_it_must: "every remedy puts the case in order and no smaller one does",
    a_set_leaves_out_a_fact: "every minimal missing set settles the verdict and no proper subset does",
    a_set_asks_for_a_fact_too_many: "every minimal missing set settles the verdict and no proper subset does",
    a_condition_is_printed_with_another_sign: "every condition reads back as it is printed",
}
"""Each fault with the property that finds it."""
