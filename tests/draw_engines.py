"""Draws packs and cases by hand, many more than a test run can, and compares the engines on them.

    python -m tests.draw_engines --packs 2000 --cases 100000

prints how many agreed and the peak memory. A disagreement prints the smallest part of the pack and of the case that
shows it; `--seed 1 --only 17` repeats one pack. With `--policy yunnan-14fyp` the cases are of that pack. With
`--warehouse duckdb` (`postgres`, `spark`) the warehouse engine judges them too, in that database.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack, nullcontext
from typing import Final

from tests import servers
from tests.warehouses import Warehouse, duckdb, rows_in
from ynpolicy.engines import forward
from ynpolicy.errors import EnvelopeError
from ynpolicy.ir import Case, Pack
from ynpolicy.loader import load_pack
from ynpolicy.testing.agreement import Engines, described, differences, reference_opinion, smallest
from ynpolicy.testing.agreement_tables import JudgeTable, columnar_rows, table_differences
from ynpolicy.testing.chance import seeded
from ynpolicy.testing.drawn_cases import CaseSpace
from ynpolicy.testing.drawn_packs import draw_pack
from ynpolicy.verdict import Outcome

WAREHOUSES: Final[Mapping[str, Callable[[], AbstractContextManager[Warehouse]]]] = {
    "duckdb": lambda: nullcontext(duckdb()),
    "postgres": servers.postgres,
    "spark": servers.spark,
}


class Tally:
    """What a draw has met so far."""

    def __init__(self) -> None:
        self.cases = 0
        self.outside = 0
        self.differing = 0
        self.rejected = 0
        self.outcomes: Counter[Outcome] = Counter()


def draw_cases(
    seed: int,
    number: int,
    cases: int,
    use_forward: bool,
    tally: Tally,
    given: Pack | None,
    judges: Mapping[str, JudgeTable],
) -> None:
    """Compares the engines on one pack: the given one, or that which `seed` and `number` give, with `cases` cases.

    `judges` are the engines on tables, which judge all cases of a level at once.
    """
    draw = seeded(seed, number)
    pack = given or draw_pack(draw)
    space = CaseSpace(pack)
    drawn = [space.mixed(draw) for _ in range(cases)]
    for name, judge in judges.items():
        draw_rows(pack, drawn, f"{name} --seed {seed} --only {number}", tally, judge)
    with Engines(pack, use_forward) as engines:
        for case in drawn:
            tally.cases += 1
            try:
                found = engines.differences(case)
            except EnvelopeError:
                tally.outside += 1
                continue
            tally.outcomes.update(outcome for outcome, _, _ in reference_opinion(pack, case).rulings.values())
            if found:
                tally.differing += 1
                print(f"disagreement: --seed {seed} --only {number}", *found, sep="\n  ")
                print(described(*smallest(pack, case, lambda p, c: differences(p, c, use_forward))), flush=True)


def draw_rows(pack: Pack, cases: list[Case], which: str, tally: Tally, judge: JudgeTable) -> None:
    """Compares an engine on tables."""
    try:
        for case, found in table_differences(pack, cases, judge):
            tally.rejected += found is None
            if found:
                tally.differing += 1
                print(f"disagreement on a table: {which}", *found, described(pack, case), sep="\n  ", flush=True)
    except EnvelopeError:
        tally.outside += len(cases)


def peak_memory() -> float:
    """The largest memory that this process has held so far, in MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


def main() -> int:
    """Draws, compares, prints; returns 1 where the engines differ or the memory is above its limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packs", type=int, default=2000)
    parser.add_argument("--cases", type=int, default=100_000, help="in all, spread evenly over the packs")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="the number of one pack to repeat")
    parser.add_argument("--policy", help="draw cases of this pack instead of drawing packs")
    parser.add_argument("--without-forward", action="store_true", help="leave the forward engine out")
    parser.add_argument("--warehouse", choices=WAREHOUSES, help="a database in which cases are judged too")
    parser.add_argument("--memory", type=float, default=500, help="the limit in MiB")
    args = parser.parse_args()

    use_forward = forward.AVAILABLE and not args.without_forward
    policy = load_pack(args.policy) if args.policy else None
    packs = 1 if policy else args.packs
    numbers = range(packs) if args.only is None else (args.only,)
    tally, begun = Tally(), time.perf_counter()
    with ExitStack() as stack:
        judges: dict[str, JudgeTable] = {"columnar": columnar_rows}
        if args.warehouse:
            judges[args.warehouse] = rows_in(stack.enter_context(WAREHOUSES[args.warehouse]()))
        for number in numbers:
            draw_cases(args.seed, number, max(1, args.cases // packs), use_forward, tally, policy, judges)

    seconds, peak = time.perf_counter() - begun, peak_memory()
    print(f"engines: reference, compiled, {', '.join(judges)}{', forward' if use_forward else ''}")
    print(f"{len(numbers)} packs, {tally.cases} cases, {sum(tally.outcomes.values())} findings in {seconds:.0f} s")
    print(", ".join(f"{outcome.value} {tally.outcomes[outcome]}" for outcome in Outcome))
    print(f"{tally.differing} cases on which engines differ; {tally.outside} outside an engine's envelope")
    print(f"{tally.rejected} rows rejected by engines on tables")
    print(f"peak memory {peak:.0f} MiB (limit {args.memory:.0f})")
    return 1 if tally.differing or peak > args.memory else 0


if __name__ == "__main__":
    sys.exit(main())
