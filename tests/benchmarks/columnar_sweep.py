"""Whether the cost of a table is linear in its rows and in the norms: lines fitted through measured times."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from functools import partial
from typing import Any, Final

import numpy as np
from attrs import evolve, fields, frozen, has

from tests.benchmarks.drawn_tables import draw_table
from tests.benchmarks.measuring import Work, measured, middle
from ynpolicy.engines.columnar import ColumnarEngine
from ynpolicy.ir import Norm, Pack, Parameter, ParameterRef
from ynpolicy.testing.renaming import PREFIX, renamed_norm
from ynpolicy.values import Interval, exact

ROWS: Final = (100_000, 200_000, 500_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000)
MIDDLE: Final = 1_000_000
SHARES: Final = (8, 4, 2, 1)
"""The norms are parted into so many packs."""
MORE: Final = Fraction(101, 100)
"""By so much the numbers of the law are larger in the copies."""


@frozen
class Step:
    """A size, and the works that have it: its time is their mean. Where not `fits`, no line is laid through it."""

    name: str
    size: float
    works: tuple[Work, ...]
    fits: bool = True


def sweep(pack: Pack, level: str, day: date, home: str) -> None:
    """Prints the times over rows and over norms, each with a line through them and the largest distance from it."""
    engine = ColumnarEngine(pack, level)
    norms = len(pack.norms_at(level))
    table = draw_table(engine.layout, ROWS[-1], home)
    judge = partial(engine.judge, as_of=day, normalised=True)
    report("rows", [Step(f"{rows}", rows, (partial(judge, table.head(rows)),)) for rows in ROWS], norms)
    del table

    def work(some: Pack) -> Work:
        engine = ColumnarEngine(some, level)
        return partial(engine.judge, draw_table(engine.layout, MIDDLE, home), as_of=day, normalised=True)

    steps = []
    for share in SHARES:
        works = tuple(map(work, parted(pack, level, share)))
        steps.append(Step(f"one norm in {share}" if share > 1 else "every norm", norms / share, works))
    steps.append(Step("twice, other thresholds", 2 * norms, (work(with_thresholds(pack, level)),), fits=False))
    steps.append(Step("twice, other facts too", 2 * norms, (work(with_facts(pack, level)),)))
    report("norms", steps, MIDDLE)


def report(what: str, steps: list[Step], each: int) -> None:
    """Times works of rising size, and fits a line; `each` turns a slope into nanoseconds a row a norm."""
    times = measured({f"{step.name}/{part}": work for step in steps for part, work in enumerate(step.works)})
    seconds = np.array(
        [np.mean([middle(times[f"{s.name}/{part}"]) for part in range(len(s.works))], axis=0) for s in steps]
    )
    sizes, fits = np.array([step.size for step in steps]), [step.fits for step in steps]
    lines = [fitted(sizes[fits], column[fits]) for column in seconds.T]
    away = np.array(
        [column / (begin + slope * sizes) - 1 for column, (begin, slope) in zip(seconds.T, lines, strict=True)]
    ).T
    print(f"{'linear in ' + what:32} {what:>10} {'ns/row/norm':>12} {'processor':>10} {'off the line':>16}")
    for step, own, off in zip(steps, seconds * 1e9 / sizes[:, None] / each, away, strict=True):
        note = "" if step.fits else "  (shares work: not in the line)"
        print(f"  {step.name:30} {step.size:10g} {own[0]:12.2f} {own[1]:10.2f} {off[0]:8.1%}{off[1]:8.1%}{note}")
    begins, slopes = np.array(lines).T
    worst = abs(away[fits]).max(axis=0)
    print(f"  {'slope of the line':30} {'':10} {slopes[0] * 1e9 / each:12.2f} {slopes[1] * 1e9 / each:10.2f}")
    print(f"  {'where it begins, in ms':30} {'':10} {begins[0] * 1e3:12.2f} {begins[1] * 1e3:10.2f}")
    print(f"  {'largest distance':30} {'':10} {worst[0]:12.1%} {worst[1]:10.1%}", flush=True)


def fitted(sizes: Any, seconds: Any) -> tuple[float, float]:
    """Where the line of least relative squares begins, and its slope."""
    rows = np.stack([1 / seconds, sizes / seconds], axis=1)
    (begin, slope), *_ = np.linalg.lstsq(rows, np.ones(len(sizes)), rcond=None)
    return float(begin), float(slope)


# ---------------------------------------------------------------- packs of fewer and of more norms


def parted(pack: Pack, level: str, share: int) -> list[Pack]:
    """The norms of a level in so many packs, each norm in one."""
    norms = pack.norms_at(level)
    return [evolve(pack, norms={norm.id: norm for norm in norms[first::share]}) for first in range(share)]


def with_thresholds(pack: Pack, level: str) -> Pack:
    """The norms of a level, and a copy of each whose numbers are other ones."""
    norms = pack.norms_at(level)
    copies = [moved_norm(norm) for norm in norms]
    return evolve(pack, norms={norm.id: norm for norm in (*norms, *copies)}, parameters=doubled(pack))


def with_facts(pack: Pack, level: str) -> Pack:
    """The norms of a level, and a copy of each that reads other facts and other numbers."""
    norms = pack.norms_at(level)
    copies = [renamed_norm(norm) for norm in norms]
    facts = {PREFIX + name: evolve(fact, name=PREFIX + name) for name, fact in pack.facts.items()}
    return evolve(
        pack,
        norms={norm.id: norm for norm in (*norms, *copies)},
        parameters=doubled(pack),
        facts={**pack.facts, **facts},
    )


def doubled(pack: Pack) -> dict[str, Parameter]:
    """The parameters of a pack, and each again under another name."""
    return {**pack.parameters, **{PREFIX + name: shifted(parameter) for name, parameter in pack.parameters.items()}}


def shifted(parameter: Parameter) -> Parameter:
    """A parameter of another name; a number is larger by a hundredth."""
    values = tuple(
        evolve(entry, value=exact(entry.value.lo * MORE)) if isinstance(entry.value, Interval) else entry
        for entry in parameter.values
    )
    return evolve(parameter, name=PREFIX + parameter.name, values=values)


def moved_norm(norm: Norm) -> Norm:
    """A norm of another id that reads the shifted parameters."""
    return evolve(
        norm,
        id=PREFIX + norm.id,
        applies=moved(norm.applies),
        requirement=moved(norm.requirement),
        exemptions=moved(norm.exemptions),
    )


def moved(node: Any) -> Any:
    """A part of a norm with its parameters renamed."""
    if isinstance(node, ParameterRef):
        return evolve(node, name=PREFIX + node.name)
    if isinstance(node, tuple):
        return tuple(map(moved, node))
    if has(type(node)):
        own = [field for field in fields(type(node)) if field.init]
        return evolve(node, **{field.alias: moved(getattr(node, field.name)) for field in own})
    return node
