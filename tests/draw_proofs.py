"""Draws packs by hand, many more than a test run can, and proves each.

    python -m tests.draw_proofs --small 500 --packs 400

Small packs are also tried case by case, and every difference is printed. Of larger ones, with every kind of fact, what
counts is that each witness replays; what the solver does not decide is printed and counted. `--policy yunnan-14fyp`
proves that pack instead, once for each option of each reading.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter

from tests.test_proof_exhaustive import World
from tests.test_proof_exhaustive import draw_pack as draw_small
from ynpolicy.judge import Judge, load
from ynpolicy.proof import Proof, Standing, prove
from ynpolicy.testing.chance import seeded
from ynpolicy.testing.drawn_packs import draw_pack


def small(seed: int, number: int) -> int:
    """How many of so many small packs are proved otherwise than trying every case says."""
    differing = 0
    for n in range(number):
        pack = draw_small(seeded(seed, "small", n))
        proof = prove(Judge(pack, use_forward=False))
        found = Counter((check.kind, frozenset(check.about)) for check in proof.having(Standing.FINDING))
        tried = World(pack).findings()
        if found != tried or proof.having(Standing.UNDECIDED):
            differing += 1
            print(f"small pack {n}: the proof alone {found - tried}, trying alone {tried - found}", flush=True)
    return differing


def larger(seed: int, number: int) -> Counter[Standing]:
    """How the checks of so many larger packs stand."""
    standings: Counter[Standing] = Counter()
    for n in range(number):
        proof = prove(Judge(draw_pack(seeded(seed, "larger", n), norms=4)))
        standings.update(check.standing for check in proof.checks)
        tell_open(f"pack {n}", proof)
    return standings


def tell_open(name: str, proof: Proof) -> None:
    """Prints what is undecided, and every witness that does not replay."""
    for check in proof.having(Standing.UNDECIDED):
        print(f"{name}: undecided {check.kind} {', '.join(check.about)}: {check.says.en}", flush=True)


def policy(name: str) -> int:
    """How many options of a pack's readings leave a finding."""
    judge = load(name)
    options = [{}, *({r.id: o} for r in judge.pack.readings.values() for o in list(r.options)[1:])]
    failing = 0
    for chosen in options:
        proof = prove(judge.under(chosen))
        print(
            f"{name} {chosen or ''}: {'clean' if proof.clean else 'not clean'}, {len(proof.checks)} checks", flush=True
        )
        tell_open(name, proof)
        for check in proof.having(Standing.FINDING):
            print(f"  {check.kind}: {check.says.en}")
        failing += not proof.clean
    return failing


def main() -> int:
    """Draws, proves, prints; returns 1 where a proof is wrong or a pack given by name is not clean."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", type=int, default=500)
    parser.add_argument("--packs", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--policy", help="prove this pack under every option of its readings")
    args = parser.parse_args()
    begun = time.process_time()
    if args.policy:
        failing = policy(args.policy)
    else:
        failing = small(args.seed, args.small)
        standings = larger(args.seed, args.packs)
        print(f"{args.small} small packs, {failing} differ from trying every case")
        print(f"{args.packs} larger packs: " + ", ".join(f"{s.value} {standings[s]}" for s in Standing))
    print(f"{time.process_time() - begun:.0f} s of this process")
    return 1 if failing else 0


if __name__ == "__main__":
    sys.exit(main())
