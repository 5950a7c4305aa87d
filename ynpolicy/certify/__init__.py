"""A certificate for the advice of one verdict: a solver proves that its sets and remedies are right, and the least.

The search that finds them tries values that stand for all others; the solver knows nothing of that search. It reads the
norms as formulas over all values at once. What it finds against a statement counts only if the reference confirms it.
"""

from __future__ import annotations

from typing import Final, TypeVar

from attrs import evolve

from ynpolicy.certificates import Certificate, Statement
from ynpolicy.certify.clock import Clock
from ynpolicy.errors import InputError, Place, Problem
from ynpolicy.ir import Pack
from ynpolicy.verdict import Decision, Verdict
from ynpolicy.version import __version__

SECONDS: Final = 60.0
"""So long one case may take, unless told otherwise."""

V = TypeVar("V", bound=Verdict)


def certify(pack: Pack, verdict: Verdict, seconds: float = SECONDS) -> Certificate:
    """What the solver says of the missing sets and remedies of a verdict under its pack.

    Questions that are not decided within `seconds` in all stay undecided.
    Raises `InputError` where z3 is not installed.
    """
    engines = f"z3 {_version()}", f"reference {__version__}"
    clock = Clock(seconds)
    found: tuple[Statement, ...] = ()
    if verdict.decision is Decision.UNDETERMINED:
        from ynpolicy.certify.sets import Sets

        found = tuple(Sets(pack, verdict, clock).statements())
    elif verdict.decision in (Decision.REFUSED, Decision.REFERRED):
        from ynpolicy.certify.changes import Remedies

        found = tuple(Remedies(pack, verdict, clock).statements())
    return Certificate(found, engines)


def certified(pack: Pack, verdict: V, seconds: float = SECONDS) -> V:
    """The verdict with its certificate; its receipt names the solver, too. Raises as :func:`certify` does."""
    certificate = certify(pack, verdict, seconds)
    receipt = evolve(verdict.receipt, engines=(*verdict.receipt.engines, certificate.engines[0]))
    return evolve(verdict, certificate=certificate, receipt=receipt)


def refutations(verdict: Verdict) -> tuple[str, ...]:
    """What the solver refutes of what a verdict says, one sentence each: the search or the formulas are at fault."""
    found = verdict.certificate.contradictions if verdict.certificate is not None else ()
    return tuple(
        f"the solver refutes what is advised on case {verdict.case.digest}: `{statement.kind}` "
        f"({', '.join((*statement.about, *filter(None, [statement.left_out])))})"
        for statement in found
    )


def _version() -> str:
    try:
        from ynpolicy.engines.smt import version

        return version()
    except ModuleNotFoundError:
        help = "pip install 'ynpolicy[proof]'"
        raise InputError([Problem(Place("--certify"), "certificates need the package `z3-solver`", help)]) from None
