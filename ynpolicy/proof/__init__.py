"""Proof that a pack's rules are consistent: no norm contradicts another, none is dead, no case is left unanswered.

Every question is put to the solver z3 over all possible cases, at every as-of date; what is found has a case that shows
it and that the reference and the forward engine judge as the solver said.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from ynpolicy.claim_files import family_of
from ynpolicy.claims import Settlement
from ynpolicy.engines import forward
from ynpolicy.errors import InputError, Place, Problem
from ynpolicy.ir import LEVELS, Pack, Text
from ynpolicy.judge import Judge
from ynpolicy.proof.checks import KINDS, Check, Proof, Standing, Witness
from ynpolicy.version import __version__

__all__ = ["KINDS", "Check", "Proof", "Standing", "Witness", "prove"]


def prove(judge: Judge, level: str = "", told: Callable[[str], None] | None = None) -> Proof:
    """Every check of a pack, or of one of its levels. `told` hears of each level as its checks begin.

    Raises `InputError` where z3 is not installed.
    """
    begun = time.perf_counter()
    version = _solver()
    checks: list[Check] = []
    used: set[tuple[Settlement, str]] = set()
    for name in LEVELS:
        if judge.pack.norms_at(name) and level in ("", name):
            if told is not None:
                told(name)
            checks += _level(judge, name, used)
    if not level:
        checks += _whole(judge, used)
    checks.sort(key=lambda check: KINDS.index(check.kind))
    engines: tuple[str, ...] = (f"z3 {version}", f"reference {__version__}")
    if judge.use_forward:
        engines += (f"forward (durable_rules {forward.version()})",)
    return Proof(tuple(checks), engines, time.perf_counter() - begun)


def _solver() -> str:
    try:
        from ynpolicy.engines.smt import version

        return version()
    except ModuleNotFoundError:
        help = "pip install 'ynpolicy[proof]'"
        raise InputError([Problem(Place("prove"), "proofs need the package `z3-solver`", help)]) from None


def _level(judge: Judge, level: str, used: set[tuple[Settlement, str]]) -> Iterator[Check]:
    from ynpolicy.proof.bench import Bench
    from ynpolicy.proof.contradictions import contradictions
    from ynpolicy.proof.days import date_gaps, successions
    from ynpolicy.proof.gaps import gaps
    from ynpolicy.proof.idle import dead_lines, dead_norms, implied, swallowed
    from ynpolicy.proof.rows import row_gaps, row_overlaps

    bench = Bench(judge, level)
    impossible = bench.impossible()
    if impossible is not None:
        yield impossible
        return
    yield from contradictions(bench)
    dead: set[str] = set()
    for found in (*dead_norms(bench), *swallowed(bench)):
        if found.standing is not Standing.PROVED:
            dead.add(found.about[0])
        yield found
    yield from dead_lines(bench, dead)
    yield from implied(bench, dead)
    yield from row_overlaps(bench)
    yield from row_gaps(bench)
    yield from date_gaps(bench)
    yield from successions(bench)
    yield from gaps(bench)
    used |= bench.used


def _whole(judge: Judge, used: set[tuple[Settlement, str]]) -> Iterator[Check]:
    """What is asked of the pack as a whole; and claims that nothing bears out."""
    from ynpolicy.proof.readings import contrary_passages, readings
    from ynpolicy.proof.rows import lookup_gaps

    yield from lookup_gaps(judge, used)
    yield from readings(judge)
    yield from contrary_passages(judge)
    idle = _left_out(judge.pack)
    for settlement in judge.pack.claims.settled:
        for name in settlement.about:
            if (settlement, name) not in used and not idle & set(settlement.about):
                says = Text(
                    f"所称已定的问题并不存在：{settlement.kind} {name}",
                    f"what is said to be settled is not found: {settlement.kind} {name}",
                )
                yield Check("stale_claim", (settlement.kind, name), Standing.FINDING, "not found", says)


def _left_out(pack: Pack) -> set[str]:
    """The norms, and the names of rows' norms, that the readings chosen leave out: claims about them are not stale."""
    judged = {norm.id for level in LEVELS for norm in pack.norms_at(level)}
    kept = {*judged, *map(family_of, judged)}
    return {name for id in pack.norms for name in (id, family_of(id))} - kept
