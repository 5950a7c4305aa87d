"""What to ask for, and what to change: found by search over representative values, without a solver.

A decision counts as determined when it is not `undetermined`: refused does, and so does referred, also where a norm in
principle or a review is still open, since such a norm alone never makes a case undetermined.
"""

from __future__ import annotations

from ynpolicy.ir import Case, Pack
from ynpolicy.sufficiency.asking import Asking
from ynpolicy.sufficiency.remedies import Mending
from ynpolicy.verdict import Decision, Finding, Sufficiency

__all__ = ["sufficiency"]


def sufficiency(pack: Pack, case: Case, decision: Decision, findings: tuple[Finding, ...]) -> Sufficiency:
    """The facts to ask for on an undetermined case, and the remedies of a refused or referred one.

    `missing_sets` is empty where the decision is determined already, where it hangs on unverified parameters alone,
    and where a fact is wanted that does not apply. `proved` and `remedies_proved` are false where a search was cut
    short, or only some of the answers are given.
    """
    if decision is Decision.UNDETERMINED:
        asking = Asking(pack, case, findings)
        sets, parameters, proved = asking.missing_sets()
        return Sufficiency(missing_sets=sets, waits_for=parameters, proved=proved, ask_first=asking.ask_first())
    if decision in (Decision.REFUSED, Decision.REFERRED):
        remedies, proved = Mending(pack, case, findings).remedies()
        return Sufficiency(remedies=remedies, remedies_proved=proved)
    return Sufficiency()
