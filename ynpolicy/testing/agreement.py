"""What each engine says of a case, and where they differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from types import TracebackType

from attrs import evolve, frozen

from ynpolicy import semantics
from ynpolicy.engines import forward
from ynpolicy.engines.compiled import CompiledLevel, compile_level
from ynpolicy.expressions import show
from ynpolicy.ir import Case, Pack
from ynpolicy.values import Value
from ynpolicy.verdict import Decision, Outcome, decide


@frozen
class Opinion:
    """What one engine says of one case; `rulings` has outcome, exemption and `not_yet_due` of each norm."""

    decision: Decision
    rulings: dict[str, tuple[Outcome, str, bool]]
    missing: frozenset[str]


def reference_opinion(pack: Pack, case: Case) -> Opinion:
    """What the reference says."""
    findings = semantics.judge(pack, case)
    inside = semantics.territory(pack, case).truth
    return Opinion(
        decide(((f.norm.modality, f.outcome) for f in findings), inside),
        {f.norm.id: (f.outcome, f.exemption, f.not_yet_due) for f in findings},
        frozenset(name for f in findings if f.outcome is Outcome.UNDETERMINED for name in f.missing),
    )


class Engines:
    """The forward and the compiled engine of one pack, each level made when first needed, and freed at the end."""

    def __init__(self, pack: Pack, use_forward: bool = True) -> None:
        self.pack = pack
        self.use_forward = use_forward and forward.AVAILABLE
        self._forward: dict[str, forward.ForwardEngine] = {}
        self._compiled: dict[tuple[str, date, frozenset[tuple[str, Value]]], CompiledLevel] = {}

    def __enter__(self) -> Engines:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Frees the forward engines; they are made anew when next needed."""
        for engine in self._forward.values():
            engine.close()
        self._forward.clear()

    def forward(self, level: str) -> forward.ForwardEngine:
        """The forward engine of a level. Raises `EnvelopeError`."""
        if level not in self._forward:
            self._forward[level] = forward.ForwardEngine(self.pack, level)
        return self._forward[level]

    def compiled(self, case: Case) -> CompiledLevel:
        """The compiled engine of a case's level, day and law. Raises `EnvelopeError`."""
        key = case.level, case.as_of, frozenset(case.parameters.items())
        if key not in self._compiled:
            self._compiled[key] = compile_level(self.pack, case.level, case.as_of, case.parameters)
        return self._compiled[key]

    def differences(self, case: Case) -> list[str]:
        """One line for each way in which an engine differs from the reference; none where all agree."""
        ours = reference_opinion(self.pack, case)
        found = list(self._compiled_differences(ours, case))
        if self.use_forward:
            found += self._forward_differences(ours, case)
        return found

    def _compiled_differences(self, ours: Opinion, case: Case) -> Iterator[str]:
        level = self.compiled(case)
        prepared = level.prepare(case)
        decision, missing = level.decide(prepared)
        outcomes = level.outcomes(prepared)
        if decision is not ours.decision:
            yield f"decision: reference {ours.decision.value}, compiled {decision.value}"
        if missing != ours.missing:
            yield f"missing: reference {sorted(ours.missing)}, compiled {sorted(missing)}"
        if list(outcomes) != list(ours.rulings):
            yield f"norms: reference {list(ours.rulings)}, compiled {list(outcomes)}"
        for id, (outcome, _, _) in ours.rulings.items():
            other = outcomes.get(id)
            if other is not outcome:
                yield f"{id}: reference {outcome.value}, compiled {other.value if other else 'nothing'}"

    def _forward_differences(self, ours: Opinion, case: Case) -> Iterator[str]:
        try:
            result = self.forward(case.level).judge(case)
        except forward.ForwardFault as fault:
            yield f"forward breaks off: {fault}"
            return
        if result.decision is not ours.decision:
            yield f"decision: reference {ours.decision.value}, forward {result.decision.value}"
        theirs = {id: (r.outcome, r.exemption, r.not_yet_due) for id, r in result.outcomes.items()}
        for id in dict.fromkeys((*ours.rulings, *theirs)):
            own, other = ours.rulings.get(id), theirs.get(id)
            if own != other:
                yield f"{id}: reference {_told(own)}, forward {_told(other)}"


def _told(ruling: tuple[Outcome, str, bool] | None) -> str:
    """A ruling in words: the outcome, the exception that held, and whether the norm is not yet due."""
    if ruling is None:
        return "nothing"
    outcome, exemption, not_yet_due = ruling
    return " ".join(filter(None, (outcome.value, exemption, "not yet due" if not_yet_due else "")))


def differences(pack: Pack, case: Case, use_forward: bool = True) -> list[str]:
    """The differences of all engines on one case."""
    with Engines(pack, use_forward) as engines:
        return engines.differences(case)


def smallest(pack: Pack, case: Case, differ: Callable[[Pack, Case], list[str]] = differences) -> tuple[Pack, Case]:
    """A pack and case on which engines still differ, with no norm, territory or fact that can be left out."""
    for id in list(pack.norms):
        fewer = evolve(pack, norms={other: norm for other, norm in pack.norms.items() if other != id})
        if differ(fewer, case):
            pack = fewer
    if differ(evolve(pack, territory={}), case):
        pack = evolve(pack, territory={})
    for name in list(case.values):
        less = evolve(case, values={other: value for other, value in case.values.items() if other != name})
        if differ(pack, less):
            case = less
    for name in list(case.missing):
        less = evolve(case, missing={other: state for other, state in case.missing.items() if other != name})
        if differ(pack, less):
            case = less
    return pack, case


def assert_agreement(pack: Pack, cases: Iterable[Case]) -> None:
    """Fails on the first disagreement, and prints the smallest part of the pack and case on which there is one."""
    with Engines(pack) as engines:
        for case in cases:
            if engines.differences(case):
                small = smallest(pack, case)
                raise AssertionError("\n".join(["engines differ", *differences(*small), described(*small)]))


def described(pack: Pack, case: Case) -> str:
    """A pack's norms and a case as text, to read and to type in again."""
    lines = [f"pack since {pack.since}"]
    lines += [f"territory {level}: {show(condition)}" for level, condition in pack.territory.items()]
    for norm in pack.norms.values():
        lines.append(f"norm {norm.id} level={norm.level} since={norm.since} until={norm.until} due={norm.due}")
        lines.append(f"  applies: {show(norm.applies)}")
        if norm.requirement is not None:
            lines.append(f"  {norm.modality.value}: {show(norm.requirement)}")
        lines += [f"  except {exemption.id}: {show(exemption.when)}" for exemption in norm.exemptions]
    lines.append(f"case level={case.level} as_of={case.as_of}")
    lines += [f"  {name} = {value}" for name, value in case.values.items()]
    lines += [f"  {name} is {state.value}" for name, state in case.missing.items()]
    lines += [f"  parameter {name} = {value}" for name, value in case.parameters.items()]
    lines += [f"  reason recorded for {id}" for id in case.justified]
    lines += [f"  review of {id}: accepted={record.accepted}" for id, record in case.reviewed.items()]
    return "\n".join(lines)
