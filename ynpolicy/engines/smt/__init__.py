"""A level's norms as formulas for the solver z3: the home of z3, which comes with the extra `proof`.

An :class:`Encoding` says in formulas what the reference says of one case; a :class:`Search` asks the solver for a case
of which formulas hold::

    encoding = Encoding(pack, "project")                  # or with as_of=day, partial=True, records=True
    search = Search(encoding)
    answer = search.find(encoding.outcome("siting.main-river-smelting-ban", Outcome.VIOLATED))
    answer.status                                         # FOUND, NONE (proved) or UNDECIDED (never taken for a proof)
    encoding.case(answer.model, names)                    # plain data that the normaliser reads

What there is to ask of an encoding, each a formula that `both`, `either` and `no` of `truths` join:

* `outcome(norm, Outcome)`, `exempt(norm, exception)`, `decision(Decision)`; `norm(id)` has the parts: `in_force`,
  `applies`, `exempt`, `met`, `binds`, `breach`, each truth a `Kleene` pair of "is true" and "is false";
* `truth(condition)` of any condition over the pack's facts, `territory`;
* `known(fact)`, `exact(fact)`, `equals(fact, value)`;
* `pin(case)`: the case is this one, fact by fact, records included;
* `domain()`: the case is a possible one: types, ranges, what follows from other facts, what the pack's constraints
  say. A `Search` adds it by itself.

A `Pair` is two packs over one case, and a `PairSearch` asks for a case that is possible in both.

Two kinds of cases: complete ones (the default), in which every fact is exact and known unless its question does not
arise; and `partial` ones, in which facts may also be unknown, measured, or sets known in part. The as-of date is a
variable unless it is given. A parameter without a verified value is unknown, or with `hypothetical` has any value of
its kind. Numbers are exact rationals. Nothing here imports the reference or the normaliser.

Of one case, :class:`Completions` say what its missing facts may turn out to be, and :class:`Changes` what it may be
changed to.
"""

from __future__ import annotations

import z3

from ynpolicy.engines.smt.changes import Changes
from ynpolicy.engines.smt.codes import Codes, symbols_of
from ynpolicy.engines.smt.completions import Completions
from ynpolicy.engines.smt.conflicts import Conflict, conduct_of, conflict
from ynpolicy.engines.smt.encoding import Encoding
from ynpolicy.engines.smt.outcomes import NormFormulas
from ynpolicy.engines.smt.pairs import MARK, Pair, PairSearch
from ynpolicy.engines.smt.search import Answer, Search, Status
from ynpolicy.engines.smt.truths import Formula, Kleene, both, either, every, implies, no, some

__all__ = [
    "MARK",
    "Answer",
    "Changes",
    "Codes",
    "Completions",
    "Conflict",
    "Encoding",
    "Formula",
    "Kleene",
    "NormFormulas",
    "Pair",
    "PairSearch",
    "Search",
    "Status",
    "both",
    "conduct_of",
    "conflict",
    "either",
    "every",
    "implies",
    "no",
    "some",
    "symbols_of",
    "version",
]


def version() -> str:
    """The version of z3 that is installed."""
    return str(z3.get_version_string())
