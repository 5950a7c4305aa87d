"""The shipped pack against the budgets: `python tests/benchmarks/judge.py`.

The command is timed as a whole process, by the clock; everything else in this process, by processor time. Medians of
five. Cases are drawn from the vocabulary, each fact missing with a probability of 15 %.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from itertools import cycle, islice
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parents[2]))

import ynpolicy
from ynpolicy.engines import forward
from ynpolicy.engines.compiled import compile_level
from ynpolicy.ir import Case, FactType, Kind, Pack
from ynpolicy.semantics import judge
from ynpolicy.values import SymbolSet, Value, exact

ROOT: Final = Path(__file__).parents[2]
PACK: Final = "yunnan-14fyp"
LEVEL: Final = "project"
DAY: Final = date(2022, 6, 1)
RUNS: Final = 5
TURN: Final = 0.3
MISSING: Final = 0.15
JUDGED: Final = (0, 1, 3)
"""The exit statuses of a command that judged its cases."""

CASE: Final = """\
case: 新建铅锌冶炼项目
level: project
as_of: 2022-06-01
facts:
  site.county: 东川区
  project.nature: [new]
  project.activity: [pb_zn_smelting]
"""


def timed(ask: Callable[[Any], object], items: Sequence[Any]) -> float:
    """The median time of one item, in microseconds."""
    begin = process_time()
    ask(items[0])
    count = max(1, int(TURN / max(process_time() - begin, 1e-6)))
    times = []
    for _ in range(RUNS):
        batch = list(islice(cycle(items), count))
        begin = process_time()
        for item in batch:
            ask(item)
        times.append((process_time() - begin) / count)
    return median(times) * 1e6


def whole_process(*arguments: str) -> tuple[float, float, float]:
    """The medians of wall seconds, processor seconds and peak memory in MiB of a Python process."""
    runs = []
    for _ in range(RUNS):
        begin = perf_counter()
        process = subprocess.Popen(
            [sys.executable, *arguments],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in JUDGED:
            raise SystemExit(f"`{' '.join(arguments)}` ended with {process.returncode}")
        runs.append((perf_counter() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024))
    wall, busy, memory = (median(figures) for figures in zip(*runs, strict=True))
    return wall, busy, memory


def draw_value(random: Random, fact: FactType) -> Value:
    """A value of a fact, of no particular likelihood."""
    symbols = sorted(fact.symbols)
    match fact.kind:
        case Kind.BOOLEAN:
            return random.random() < 0.5
        case Kind.SYMBOL:
            return random.choice(symbols)
        case Kind.SYMBOLS:
            return SymbolSet(frozenset(random.sample(symbols, min(len(symbols), random.randint(0, 2)))))
        case Kind.NUMBER:
            return exact(Fraction(random.randint(0, 200000), 100))
        case _:
            return date(random.randint(2019, 2024), random.randint(1, 12), 1)


def draw_cases(pack: Pack, count: int) -> list[Case]:
    """Cases of the level, in the province."""
    random = Random(1)
    facts = [fact for fact in pack.facts.values() if fact.kind is not Kind.TEXT and LEVEL in fact.levels]
    law = {
        name: entry.value
        for name, parameter in pack.parameters.items()
        if (entry := parameter.at(DAY)) is not None and entry.value is not None
    }
    cases = []
    for number in range(count):
        values = {fact.name: draw_value(random, fact) for fact in facts if random.random() >= MISSING}
        if "site.province" in pack.facts:
            values["site.province"] = "530000"
        cases.append(Case(str(number), LEVEL, DAY, values, parameters=law))
    return cases


def main() -> None:
    checker = ynpolicy.load(PACK)
    pack = checker.pack
    norms = len(pack.norms_at(LEVEL))
    cases = draw_cases(pack, 200)
    level = compile_level(pack, LEVEL, DAY, cases[0].parameters)
    prepared = [level.prepare(case) for case in cases]

    with TemporaryDirectory() as folder:
        path = Path(folder) / "case.yaml"
        path.write_text(CASE, encoding="utf-8")
        command = "from ynpolicy.cli import main; main()"
        wall, busy, memory = whole_process("-c", command, "check", str(path))
        bare_wall, bare_busy, bare_memory = whole_process("-c", "import ynpolicy")
        check = timed(lambda case: checker.check(case), [path])

    rows = [
        ("ynpolicy check, process start to exit", f"{wall:.2f} s", "0.8 s"),
        ("  processor time, peak memory", f"{busy:.2f} s, {memory:.0f} MiB", ""),
        ("import ynpolicy, process start to exit", f"{bare_wall:.2f} s", "0.5 s"),
        ("  processor time, peak memory", f"{bare_busy:.2f} s, {bare_memory:.0f} MiB", ""),
        ("pack load", f"{timed(lambda name: ynpolicy.load(name), [PACK]) / 1e6:.3f} s", "0.5 s, then 0.05 s"),
        ("check in the process, with missing sets", f"{check / 1e3:.1f} ms", ""),
        ("reference, with trace", f"{timed(lambda case: judge(pack, case), cases) / norms:.1f} us/norm", "20 us/norm"),
    ]
    if forward.AVAILABLE:
        engine = forward.ForwardEngine(pack, LEVEL)
        rows.append(("forward", f"{timed(engine.judge, cases) / 1e3:.2f} ms/case", "1.5 ms/case up to 40 norms"))
        engine.close()
    compiling = timed(lambda day: compile_level(pack, LEVEL, day, cases[0].parameters), [DAY])
    rows += [
        ("compiled: decision + missing", f"{timed(level.decide, prepared) / norms:.3f} us/norm", "0.5 us/norm"),
        ("compiled: outcomes", f"{timed(level.outcomes, prepared) / norms:.3f} us/norm", ""),
        ("compiled: prepare", f"{timed(level.prepare, cases):.1f} us/case", ""),
        ("compiled: compile the level", f"{compiling / 1e3:.1f} ms", ""),
    ]
    print(f"{PACK}: {len(pack.norms)} norms, {norms} on level {LEVEL}; {len(level.slots)} facts read")
    for name, figure, budget in rows:
        print(f"{name:42} {figure:>24}   {budget}")


if __name__ == "__main__":
    main()
