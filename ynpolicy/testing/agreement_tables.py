"""What an engine on tables says of many cases at once, and where it differs from the reference."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from ynpolicy import semantics
from ynpolicy.engines.columnar import ColumnarEngine, case_table
from ynpolicy.ir import Case, Pack
from ynpolicy.testing.agreement import described, smallest
from ynpolicy.verdict import Decision, Outcome, decide


@frozen
class TableOpinion:
    """What an engine says of one row: the decision, and of each norm the outcome and the facts that it lacks."""

    decision: Decision
    outcomes: dict[str, Outcome]
    missing: dict[str, frozenset[str]]


JudgeTable = Callable[[Pack, str, Sequence[Case]], Sequence[TableOpinion | None]]
"""An engine on cases of one level; None stands for a row that it rejects."""


def reference_row(pack: Pack, case: Case) -> TableOpinion:
    """What the reference says of a case."""
    findings = semantics.judge(pack, case)
    inside = semantics.territory(pack, case).truth
    return TableOpinion(
        decide(((f.norm.modality, f.outcome) for f in findings), inside),
        {f.norm.id: f.outcome for f in findings},
        {f.norm.id: frozenset(f.missing) for f in findings},
    )


def columnar_rows(pack: Pack, level: str, cases: Sequence[Case]) -> list[TableOpinion | None]:
    """What the columnar engine says of cases of one level, each at its own date. Raises `EnvelopeError`."""
    engine = ColumnarEngine(pack, level)
    judged = engine.named(engine.judge(case_table(engine.layout, cases), missing="finding", normalised=True))
    return list(opinions(pack, level, judged.to_dicts()))


def opinions(pack: Pack, level: str, named: Iterable[Mapping[str, Any]]) -> Iterator[TableOpinion | None]:
    """The rows of a result by name, each as what it says; None for one that is rejected."""
    norms = [norm.id for norm in pack.norms_at(level)]
    for row in named:
        yield (
            None
            if row["rejected"]
            else TableOpinion(
                Decision(row["decision"]),
                {id: Outcome(row[id]) for id in norms},
                {id: frozenset(row.get(f"missing[{id}]") or ()) for id in norms},
            )
        )


def table_differences(
    pack: Pack, cases: Iterable[Case], judge: JudgeTable = columnar_rows
) -> Iterator[tuple[Case, list[str] | None]]:
    """Each case with a line for each way in which the engine differs on it; None where it rejects the row."""
    by_level: dict[str, list[Case]] = {}
    for case in cases:
        by_level.setdefault(case.level, []).append(case)
    for level, several in by_level.items():
        for case, theirs in zip(several, judge(pack, level, several), strict=True):
            yield case, None if theirs is None else list(_differences(reference_row(pack, case), theirs))


def _differences(ours: TableOpinion, theirs: TableOpinion) -> Iterator[str]:
    if ours.decision is not theirs.decision:
        yield f"decision: reference {ours.decision.value}, table {theirs.decision.value}"
    for id, outcome in ours.outcomes.items():
        if theirs.outcomes[id] is not outcome:
            yield f"{id}: reference {outcome.value}, table {theirs.outcomes[id].value}"
        if theirs.missing[id] != ours.missing[id]:
            yield f"{id} lacks: reference {sorted(ours.missing[id])}, table {sorted(theirs.missing[id])}"


def assert_tables_agree(pack: Pack, cases: Iterable[Case], judge: JudgeTable = columnar_rows) -> int:
    """Fails on the first disagreement and prints the smallest part of pack and case that shows it.

    Gives the number of rejected rows.
    """
    rejected = 0

    def differs(pack: Pack, case: Case) -> list[str]:
        return [line for _, found in table_differences(pack, [case], judge) for line in found or ()]

    for case, found in table_differences(pack, cases, judge):
        if found:
            small = smallest(pack, case, differs)
            raise AssertionError("\n".join(["engines differ", *found, *differs(*small), described(*small)]))
        rejected += found is None
    return rejected
