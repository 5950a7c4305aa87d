"""The tables of outcomes and of decisions as rules: the second and the third round of conclusions.

A norm is asserted as one fact of seven small numbers, the case's tally as another. Both are complete, so that exactly
one line of a table fits; alternatives exclude each other, so that it fires once.
"""

from __future__ import annotations

from typing import Final

from ynpolicy.engines.forward.formulas import Formula, Test
from ynpolicy.engines.forward.rules import Definition, Rule
from ynpolicy.ir import Modality
from ynpolicy.verdict import Decision, Outcome

NO, YES, OPEN = 0, 1, 2
"""Definitely false, definitely true, and neither concluded."""

OUT_OF_FORCE, IN_FORCE, NOT_YET_DUE = 0, 1, 2
NO_RECORD, ACCEPTED, REJECTED = 0, 1, 2
STRICT, DEFEASIBLE, REVIEW, MAY = 0, 1, 2, 3

KINDS: Final = {
    Modality.MUST: STRICT,
    Modality.MUST_NOT: STRICT,
    Modality.SHOULD: DEFEASIBLE,
    Modality.SHOULD_NOT: DEFEASIBLE,
    Modality.REVIEW: REVIEW,
    Modality.MAY: MAY,
}


def _is(name: str, constant: int) -> Test:
    return Test(name, "$eq", constant)


def _not(name: str, constant: int) -> Test:
    return Test(name, "$neq", constant)


# A norm's fact: force, within the territory, applies, exempt, met, kind of requirement, record.
_FORCE = _is("force", IN_FORCE)
_MAY_APPLY = (_FORCE, _not("inside", NO), _not("applies", NO))
_MAY_BIND = (*_MAY_APPLY, _not("exempt", YES))
_BINDS = (_FORCE, _is("inside", YES), _is("applies", YES), _is("exempt", NO))
_PERHAPS_BINDS: Formula = (
    (*_MAY_BIND, _is("inside", OPEN)),
    (*_MAY_BIND, _is("inside", YES), _is("applies", OPEN)),
    (*_MAY_BIND, _is("inside", YES), _is("applies", YES), _is("exempt", OPEN)),
)
_DEMANDS = Test("kind", "$lte", DEFEASIBLE)
_ASKS = Test("kind", "$gte", REVIEW)
_BREACH = (*_BINDS, _is("met", NO))

_OUTCOMES: Final[tuple[tuple[str, Outcome, Formula], ...]] = (
    ("out_of_force", Outcome.NOT_IN_FORCE, ((_is("force", OUT_OF_FORCE),),)),
    ("not_yet_due", Outcome.NOT_IN_FORCE, ((_is("force", NOT_YET_DUE),),)),
    (
        "not_applicable",
        Outcome.NOT_APPLICABLE,
        ((_FORCE, _is("inside", NO)), (_FORCE, _not("inside", NO), _is("applies", NO))),
    ),
    ("exempt", Outcome.EXEMPT, ((*_MAY_APPLY, _is("exempt", YES)),)),
    ("complied", Outcome.COMPLIED, ((*_MAY_BIND, _DEMANDS, _is("met", YES)),)),
    ("violated", Outcome.VIOLATED, ((*_BREACH, _is("kind", STRICT)),)),
    ("departed", Outcome.DEPARTED, ((*_BREACH, _is("kind", DEFEASIBLE), _is("record", NO_RECORD)),)),
    ("justified", Outcome.JUSTIFIED, ((*_BREACH, _is("kind", DEFEASIBLE), _is("record", ACCEPTED)),)),
    ("unmet", Outcome.UNDETERMINED, ((*_MAY_BIND, _DEMANDS, _is("met", OPEN)),)),
    ("unbound", Outcome.UNDETERMINED, tuple((*way, _DEMANDS, _is("met", NO)) for way in _PERHAPS_BINDS)),
    ("review", Outcome.REVIEW, ((*_BINDS, _is("kind", REVIEW), _is("record", NO_RECORD)),)),
    ("accepted", Outcome.COMPLIED, ((*_BINDS, _is("kind", REVIEW), _is("record", ACCEPTED)),)),
    ("rejected", Outcome.DEPARTED, ((*_BINDS, _is("kind", REVIEW), _is("record", REJECTED)),)),
    ("advice", Outcome.ADVICE, ((*_BINDS, _is("kind", MAY)),)),
    ("unasked", Outcome.UNDETERMINED, tuple((*way, _ASKS) for way in _PERHAPS_BINDS)),
)

OUTCOMES: Final = {name: outcome for name, outcome, _ in _OUTCOMES}
"""The outcome that each rule of the table concludes."""


def _none(*names: str) -> tuple[Test, ...]:
    return tuple(_is(name, 0) for name in names)


def _some(name: str) -> Test:
    return Test(name, "$gt", 0)


# The case's tally: how many norms have each outcome that matters, and how many are in force.
_JUDGED = (*_none("violated"), _not("inside", NO), _some("judged"))
_NOT_REFUSED = (*_JUDGED, *_none("open_strict"))
_SOFT = ("departed", "review", "open_soft")

_DECISIONS: Final[tuple[tuple[Decision, Formula], ...]] = (
    (Decision.REFUSED, ((_some("violated"),),)),
    (
        Decision.NOT_JUDGED,
        ((*_none("violated"), _is("inside", NO)), (*_none("violated"), _not("inside", NO), *_none("judged"))),
    ),
    (Decision.UNDETERMINED, ((*_JUDGED, _some("open_strict")),)),
    (Decision.REFERRED, tuple((*_NOT_REFUSED, *_none(*_SOFT[:i]), _some(_SOFT[i])) for i in range(3))),
    (Decision.IN_ORDER, ((*_NOT_REFUSED, *_none(*_SOFT)),)),
)


def outcome_rules() -> Definition:
    """The ruleset that gives each norm its outcome."""
    rules = tuple(Rule(name, name, formula, "outcomes") for name, _, formula in _OUTCOMES)
    return Definition((rules,), complete=True)


def decision_rules() -> Definition:
    """The ruleset that gives the case its decision."""
    rules = tuple(Rule(decision.value, decision.value, formula, "decisions") for decision, formula in _DECISIONS)
    return Definition((rules,), complete=True)
