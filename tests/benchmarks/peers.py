"""The compiled engine beside what a Python caller would use instead: `python tests/benchmarks/peers.py`.

The same twenty rules, the same cases with 15 % of the facts missing, all engines in one run and in turn, medians of
five, processor time. Every engine answers each rule: breached, not breached, or undetermined, which for a peer is an
error or whatever its language has for "not known". `right` compares the answers with the reference's; `wrongly clear`
is the share of the undetermined answers for which an engine says that nothing is breached. No peer names the facts
that are missing; the first two lines do. Install the peers with `pip install ynpolicy[bench]`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path
from random import Random
from statistics import median
from time import process_time
from typing import Any, Final

from attrs import frozen

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.benchmarks.rules import (
    AS_OF,
    CLEAR,
    LAW,
    RULES,
    UNDETERMINED,
    VIOLATED,
    Answers,
    Plain,
    case_of,
    draw_plain,
    pack,
)
from tests.benchmarks.runners import PEERS
from ynpolicy.engines.compiled import compile_level
from ynpolicy.ir import Case, Pack
from ynpolicy.semantics import judge
from ynpolicy.verdict import Outcome

ANSWER_OF: Final = {Outcome.VIOLATED: VIOLATED, Outcome.UNDETERMINED: UNDETERMINED}
RUNS: Final = 5
TURN: Final = 0.3
FEW: Final = 100


@frozen
class Entrant:
    """An engine in the run: `ask` does its work on one item of `items`; `answers` are those of all cases, by rule."""

    name: str
    ask: Callable[[Any], object]
    items: list[Any]
    answers: list[Answers] | None = None


def reference(rules: Pack, cases: list[Case]) -> list[Answers]:
    """What the reference says of every rule of every case."""
    return [[ANSWER_OF.get(finding.outcome, CLEAR) for finding in judge(rules, case)] for case in cases]


def own_entrants(rules: Pack, cases: list[Case]) -> list[Entrant]:
    """The compiled engine on prepared cases, with preparing, and rule by rule; then the reference."""
    level = compile_level(rules, "project", AS_OF, LAW)
    decide, prepare = level.decide, level.prepare
    prepared = [prepare(case) for case in cases]
    outcomes = [[ANSWER_OF.get(o, CLEAR) for o in level.outcomes(case).values()] for case in prepared]
    return [
        Entrant("compiled: decision + missing", decide, prepared),
        Entrant("compiled: prepare + decide", lambda case: decide(prepare(case)), cases),
        Entrant("compiled: outcome by rule", level.outcomes, prepared, outcomes),
        Entrant("reference, with trace", lambda case: judge(rules, case), cases, reference(rules, cases)),
    ]


def peer_entrants(cases: list[Plain]) -> Iterator[Entrant]:
    """The peers that are installed, each in its natural idiom and, where it has one, in its guarded idiom."""
    for name, make in PEERS.items():
        try:
            ask = make()
        except ModuleNotFoundError as error:
            print(f"{name}: not installed (`{error.name}`)")
            continue
        yield Entrant(name, ask, cases, [ask(case) for case in cases])


def seconds_an_item(entrant: Entrant, count: int) -> float:
    """The processor time of one item, on average over so many."""
    ask, items = entrant.ask, list(islice(cycle(entrant.items), count))
    begin = process_time()
    for item in items:
        ask(item)
    return (process_time() - begin) / count


def measured(entrants: list[Entrant]) -> dict[str, float]:
    """Each one's median time for an item, in seconds; all take their turn in each round, so that they share the noise.

    Every turn is about as long, whatever an item costs.
    """
    counts = {e.name: max(10, int(TURN / max(seconds_an_item(e, 10), 1e-6))) for e in entrants}
    rounds = [{e.name: seconds_an_item(e, counts[e.name]) for e in entrants} for _ in range(RUNS)]
    return {entrant.name: median(times[entrant.name] for times in rounds) for entrant in entrants}


def shares(answers: list[Any], truth: list[Answers]) -> tuple[float, float]:
    """The share of right answers, and among the undetermined the share that is called clear."""
    pairs = [pair for given, wanted in zip(answers, truth, strict=True) for pair in zip(given, wanted, strict=True)]
    undetermined = [given for given, wanted in pairs if wanted == UNDETERMINED]
    right = sum(given == wanted for given, wanted in pairs) / len(pairs)
    return right, sum(given == CLEAR for given in undetermined) / max(len(undetermined), 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--missing", type=float, default=0.15, help="the share of facts that is missing")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    rules, random = pack(), Random(options.seed)
    plain = [draw_plain(random, options.missing) for _ in range(options.cases)]
    complete = [draw_plain(random, 0.0) for _ in range(options.cases)]
    cases = [case_of(case) for case in plain]
    truth = reference(rules, cases)
    whole_truth = reference(rules, [case_of(case) for case in complete])
    entrants = [*own_entrants(rules, cases), *peer_entrants(plain)]
    times = measured(entrants)

    print(f"{len(RULES)} rules, {len(cases)} cases, {options.missing:.0%} of the facts missing, medians of {RUNS}")
    print(f"{'engine':30} {'us/rule':>9} {'ratio':>9} {'right':>7} {'wrongly clear':>14} {'right, complete':>16}")
    for entrant in entrants:
        time = times[entrant.name]
        line = f"{entrant.name:30} {time * 1e6 / len(RULES):9.3f} {time / times[entrants[0].name]:9.1f}"
        if entrant.answers is not None:
            right, clear = shares(entrant.answers, truth)
            line += f" {right:7.1%} {clear:14.1%}"
        if entrant.name in PEERS:
            few = complete[:FEW]
            line += f" {shares([entrant.ask(case) for case in few], whole_truth[:FEW])[0]:16.1%}"
        print(line)


if __name__ == "__main__":
    main()
