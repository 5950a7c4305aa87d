"""Norms that cannot be kept together: two by two, and one with all others of its level."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from ynpolicy.engines.smt import Status, both, conduct_of, conflict, no
from ynpolicy.ir import Norm, Text
from ynpolicy.proof.bench import Bench, word
from ynpolicy.proof.checks import Check

KIND = "contradiction"


def contradictions(bench: Bench) -> Iterator[Check]:
    """One check for each pair of norms that demand something, and one for each norm with all others.

    Pairs whose demands rest on no common fact that is conduct under both are passed over: what keeps the one and what
    keeps the other can be done together.
    """
    demanding = [norm for norm in bench.norms if norm.requirement is not None]
    in_conflict: set[str] = set()
    for first, second in combinations(demanding, 2):
        check = _pair(bench, first, second)
        if check.witnesses:
            in_conflict |= {first.id, second.id}
        yield check
    encoding = bench.law.encoding
    kept = both(*(no(encoding.norm(norm.id).breach) for norm in demanding))
    for norm in demanding:
        if norm.id not in in_conflict:
            yield _with_all(bench, norm, kept)


def _pair(bench: Bench, first: Norm, second: Norm) -> Check:
    about = first.id, second.id
    encoding = bench.law.encoding
    one, two = conduct_of(encoding, *about)
    if not one & two:
        return bench.proved(KIND, about, "apart")
    found = conflict(encoding, *about)
    if found.status is Status.NONE:
        return bench.proved(KIND, about)
    if found.status is Status.UNDECIDED:
        return bench.undecided(KIND, about, found.reason)
    says = Text(
        f"有的案件，遵守 {first.id} 就违反 {second.id}，反之亦然",
        f"in some case, to keep {first.id} is to break {second.id}, and the other way round",
    )
    witnesses = (bench.witness_of(encoding, model, about) for model in (found.first, found.second))
    return bench.found(KIND, about, says, witnesses, "sat")


def _with_all(bench: Bench, norm: Norm, kept: object) -> Check:
    """Whether some case to which the norm applies keeps it and every other norm."""
    encoding = bench.law.encoding
    formulas = encoding.norm(norm.id)
    answer = bench.law.find(formulas.binds, kept, written=False)
    if answer.found or bench.law.find(formulas.binds, written=False).proved_none:
        return bench.proved(KIND, (norm.id,), word(answer))
    if not answer.proved_none:
        return bench.undecided(KIND, (norm.id,), answer.reason)
    says = Text(
        f"凡适用 {norm.id} 的案件，必违反某条规范",
        f"every case to which {norm.id} applies breaks some norm",
    )
    others = [other.id for other in bench.norms if other.requirement is not None]
    return bench.found(KIND, (norm.id,), says, bench.first_witness(others, formulas.binds), "unsat")
