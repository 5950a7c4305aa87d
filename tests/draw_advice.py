"""Draws cases by hand, many more than a test run can, and checks what verdicts advise on them in three ways.

    python -m tests.draw_advice --cases 2000 --start 0

The solver certifies each missing set and each remedy. Answers to the facts of a set are tried one by one on the
reference. And every change on a grid of boundary values that costs less than the first remedy, or takes fewer steps
than a remedy of the same facts, is tried on the reference, too: none may put the case right. With
`--policy yunnan-14fyp --level project` the cases are of that pack. Prints what was tried, and each case that shows
something wrong; `--seed 1 --start 17 --cases 1` repeats one.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import chain, combinations, islice, product
from math import prod
from typing import Final

from ynpolicy.certify import certify
from ynpolicy.certify.changes import after, mends
from ynpolicy.ir import All, Case, FactType, Kind, Literal, Pack, facts_read, leaves, terms
from ynpolicy.judge import Judge
from ynpolicy.loader import load_pack
from ynpolicy.sufficiency.lines import writable
from ynpolicy.sufficiency.remedies import changeable, steps
from ynpolicy.testing.advice import case_to_ask_about, case_to_mend, remedies_mend, sets_settle
from ynpolicy.testing.agreement import described
from ynpolicy.testing.chance import Draw, seeded
from ynpolicy.testing.drawn_packs import draw_pack
from ynpolicy.testing.subject import Drawn, Subject, judged
from ynpolicy.values import Interval, SymbolSet, Value, exact
from ynpolicy.verdict import Decision, Outcome, Verdict

MOST_TRIED: Final = 40
"""So many changes of one set of facts are tried; of more, as many spread over the grid."""
MOST_SETS: Final = 30
"""So many sets of facts are tried on one case."""
_MOST_DRAWS: Final = 20
WIDEST: Final = 3
"""So many facts are changed together."""
_BREACHES: Final = frozenset({Outcome.VIOLATED, Outcome.DEPARTED})


class Tally:
    """What a draw has met so far."""

    def __init__(self) -> None:
        self.met: Counter[str] = Counter()
        self.wrong = 0
        self.slowest = 0.0
        self.judging: list[float] = []


# ---------------------------------------------------------------- the grid


def numbers_of(pack: Pack, case: Case) -> list[Fraction]:
    """Every number that the law or the case mentions."""
    conditions = [c for norm in pack.norms_at(case.level) for c in norm.conditions]
    conditions.append(pack.territory.get(case.level, All(())))
    literals = (
        term.value for c in conditions for leaf in leaves(c) for term in terms(leaf) if isinstance(term, Literal)
    )
    found = {value for value in literals if isinstance(value, Fraction)}
    for value in (*case.parameters.values(), *case.values.values()):
        if isinstance(value, Interval):
            found |= {value.lo, value.hi}
    return sorted(found | {Fraction(0)})


def grid(fact: FactType, before: Value | None, numbers: Sequence[Fraction]) -> list[Value]:
    """The boundary values of a fact, other than its own: at every number mentioned, and a step to either side."""
    found: list[Value] = []
    match fact.kind:
        case Kind.BOOLEAN:
            found = [False, True]
        case Kind.SYMBOL:
            found = list(fact.symbols)
        case Kind.SYMBOLS:
            held = before.members if isinstance(before, SymbolSet) else frozenset[str]()
            flips = (held ^ set(some) for size in range(4) for some in combinations(fact.symbols, size))
            found = [SymbolSet(frozenset(members)) for members in islice(flips, 64)]
        case _:
            step = fact.resolution
            near = {(n // step + by) * step for n in numbers for by in (-1, 0, 1)}
            low, high = fact.minimum, fact.maximum
            inside = (n for n in sorted(near) if (low is None or n >= low) and (high is None or n <= high))
            found = [exact(n) for n in inside if writable(n)]
    return [value for value in found if value != before]


def cheaper_changes(pack: Pack, verdict: Verdict) -> Iterator[dict[str, Value]]:
    """Changes on the grid that would be better than the remedies given: less cost, or fewer steps of the same facts."""
    case, numbers = verdict.case, numbers_of(pack, verdict.case)
    read = {name for finding in verdict.findings for c in finding.norm.conditions for name in facts_read(c)}
    free = [name for name in changeable(pack, case) if name in read]
    grids = {name: grid(pack.facts[name], case.values.get(name), numbers) for name in free}
    given = [after(remedy) for remedy in verdict.remedies]
    costs = [sum((pack.facts[name].cost for name in changes), Fraction(0)) for changes in given]
    sets = chain.from_iterable(combinations(free, size) for size in range(1, WIDEST + 1))
    better = (s for s in sets if not costs or sum((pack.facts[n].cost for n in s), Fraction(0)) < costs[0])
    for names in islice(better, MOST_SETS):
        yield from spread(names, grids)
    for changes in given:
        size = _steps(pack, case, changes)
        names = tuple(changes)
        yield from (other for other in spread(names, grids) if _steps(pack, case, other) < size)


def spread(names: Sequence[str], grids: Mapping[str, Sequence[Value]]) -> Iterator[dict[str, Value]]:
    """All changes of some facts on the grid; where they are many, every so many-th."""
    every = max(1, prod(len(grids.get(name, ())) for name in names) // MOST_TRIED)
    for values in islice(product(*(grids.get(name, ()) for name in names)), 0, None, every):
        yield dict(zip(names, values, strict=True))


def _steps(pack: Pack, case: Case, changes: Mapping[str, Value]) -> Fraction:
    return sum((steps(pack.facts[n], case.values.get(n), v) for n, v in changes.items()), Fraction(0))


# ---------------------------------------------------------------- one case


def wrongs(subject: Subject, drawn: Drawn, tally: Tally, seconds: float) -> Iterator[str]:
    """Everything that is wrong with the advice on a case."""
    (case,) = drawn.cases
    begun = time.process_time()
    verdict = Judge(subject.pack, use_forward=False).judge(case)
    tally.judging.append(time.process_time() - begun)
    tally.met[f"{verdict.decision.value} cases"] += 1
    begun = time.perf_counter()
    found = certify(subject.pack, verdict, seconds)
    tally.slowest = max(tally.slowest, time.perf_counter() - begun)
    for statement in found.statements:
        tally.met[f"{statement.kind} {statement.standing.value}{'' if statement.claimed else ', not claimed'}"] += 1
        if statement.reason == "the answer does not replay":
            yield f"an answer of the solver does not replay: {statement}"
    yield from (f"the solver refutes: {statement}" for statement in found.contradictions)
    if verdict.decision is Decision.UNDETERMINED:
        tally.met["missing sets"] += len(verdict.missing_sets)
        yield from sets_settle(subject, drawn)
    elif any(finding.outcome in _BREACHES for finding in verdict.findings):
        tally.met["remedies"] += len(verdict.remedies)
        tally.met["cases in breach"] += 1
        yield from remedies_mend(subject, drawn)
        was_open = {f.norm.id for f in verdict.findings if f.outcome is Outcome.UNDETERMINED}
        for changes in cheaper_changes(subject.pack, verdict):
            tally.met["changes tried on the grid"] += 1
            if mends(subject.pack, case, changes, was_open):
                if verdict.sufficiency.remedies_proved:
                    yield f"a better change puts the case right: {changes}; given are {verdict.remedies}"
                else:
                    tally.met["better changes, where none was claimed to be best"] += 1


def case_with_advice(draw: Draw, policy: Subject | None, to_mend: bool) -> tuple[Subject, Drawn]:
    """A case with something to mend, or to ask about; of several draws the first, or else the last."""
    for _ in range(_MOST_DRAWS):
        subject = policy or Subject(draw_pack(draw))
        drawn = (case_to_mend if to_mend else case_to_ask_about)(subject, draw)
        found = judged(subject.pack, drawn.cases[0])
        in_breach = any(finding.outcome in _BREACHES for finding in found.findings)
        if in_breach if to_mend else found.decision is Decision.UNDETERMINED:
            break
    return subject, drawn


def main() -> int:
    """Draws, checks, prints; returns 1 where something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--start", type=int, default=0, help="the number of the first case, to go on in slices")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--policy", help="draw cases of this pack instead of drawing packs")
    parser.add_argument("--level", default="", help="with --policy: only cases of this level")
    parser.add_argument("--seconds", type=float, default=5, help="for the solver, a case")
    args = parser.parse_args()

    policy = Subject(load_pack(args.policy), args.level) if args.policy else None
    tally, begun = Tally(), time.perf_counter()
    for number in range(args.start, args.start + args.cases):
        subject, drawn = case_with_advice(seeded("advice", args.seed, number), policy, to_mend=number % 2 == 0)
        for wrong in wrongs(subject, drawn, tally, args.seconds):
            tally.wrong += 1
            print(f"--seed {args.seed} --start {number} --cases 1: {wrong}")
            if policy is None:
                print(described(subject.pack, drawn.cases[0]), flush=True)

    judging = sorted(tally.judging)
    print(f"{args.cases} cases in {time.perf_counter() - begun:.0f} s; {tally.wrong} wrong")
    for name, count in sorted(tally.met.items()):
        print(f"  {name}: {count}")
    half, most = judging[len(judging) // 2], judging[len(judging) * 95 // 100]
    print(f"  judging with advice, ms: median {1e3 * half:.1f}, 95 % {1e3 * most:.1f}, most {1e3 * judging[-1]:.1f}")
    print(f"  slowest certificate: {tally.slowest:.1f} s")
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
