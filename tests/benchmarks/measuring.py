"""How time and memory are measured: in turns, by the clock and by processor time; memory in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from tempfile import TemporaryFile
from time import perf_counter, process_time, sleep
from typing import Final

from attrs import frozen

Work = Callable[[], object]
Times = dict[str, list[tuple[float, float]]]

RUNS: Final = 7
PAUSE: Final = 0.05
"""Seconds between two pieces of work: some libraries go on tidying up on their own threads."""
WATCH: Final = 0.02
"""Seconds between two looks at the memory of a process."""
GIB: Final = 1024
"""In MiB."""
ROOT: Final = Path(__file__).parents[2]


def measured(works: dict[str, Work], runs: int = RUNS) -> Times:
    """Each one's seconds by the clock and by processor time in every round but the first, which warms up."""
    times: Times = {name: [] for name in works}
    for number in range(runs + 1):
        for name, work in list(works.items())[:: 1 if number % 2 else -1]:
            clock, busy = perf_counter(), process_time()
            work()
            if number:
                times[name].append((perf_counter() - clock, process_time() - busy))
            sleep(PAUSE)
    return times


def middle(times: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The medians of the clock and of processor time."""
    clock, busy = (median(column) for column in zip(*times, strict=True))
    return clock, busy


def ratio(ours: Sequence[tuple[float, float]], *theirs: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Our times to those of the best of the others, round by round: the medians, by the clock and by processor time.

    A busy machine slows the neighbours of one round alike.
    """
    clock, busy = (
        median(mine[i] / min(other[i] for other in rest) for mine, *rest in zip(ours, *theirs, strict=True))
        for i in (0, 1)
    )
    return clock, busy


# ---------------------------------------------------------------- memory


def status(key: str, process: int | str = "self") -> int:
    """A figure that Linux gives of a process's memory, in MiB; 0 once the process has ended."""
    try:
        lines = Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace").splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{key}:")), 0) // 1024


def peak_of(work: Work) -> tuple[int, int]:
    """The memory in MiB that the process has before the work, and the most that it has during it."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before = status("VmRSS")
    work()
    return before, status("VmHWM")


@frozen
class Finished:
    """What a process printed, the most memory that it had, in MiB, and its seconds by the clock and of processor time.

    `stopped` says why it was ended early.
    """

    printed: str
    peak: int
    clock: float
    busy: float
    stopped: str = ""


def in_process(
    command: Sequence[str], seconds: float = 600, memory: int = 16 * GIB, sound: Sequence[int] = (0,)
) -> Finished:
    """Runs a command within a limit of time and of memory (MiB).

    Raises `SystemExit` where it ends with a status that is not `sound`.
    """
    with TemporaryFile("w+") as printed, TemporaryFile("w+") as told:
        process = subprocess.Popen(command, stdout=printed, stderr=told, cwd=ROOT)
        begin, before, peak, stopped = perf_counter(), children(), 0, ""
        while process.poll() is None:
            peak = max(peak, status("VmHWM", process.pid))
            if peak > memory or perf_counter() - begin > seconds:
                stopped = "more than " + (f"{memory / GIB:.0f} GiB" if peak > memory else f"{seconds:.0f} s")
                process.kill()
                process.wait()
            sleep(WATCH)
        clock, busy = perf_counter() - begin, children() - before
        if process.returncode not in sound and not stopped:
            told.seek(0)
            raise SystemExit(f"`{' '.join(command)}` failed\n{told.read()}")
        printed.seek(0)
        return Finished(printed.read(), peak, clock, busy, stopped)


def children() -> float:
    """The seconds of processor time of the processes that were started here and have ended."""
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def this_module(module: str, *arguments: str) -> list[str]:
    """The command that runs a benchmark's module in a process of its own."""
    return [sys.executable, "-m", module, *arguments]
