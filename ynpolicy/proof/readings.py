"""Readings that leave a choice: cases that the options judge otherwise, and so what each reading settles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, Final

from attrs import evolve

from ynpolicy.engines.smt import Codes, Encoding, Search, both, no, some, symbols_of
from ynpolicy.ir import LEVELS, Pack, Reading, Text, parameters_read
from ynpolicy.judge import Judge
from ynpolicy.proof.bench import Bench, outcome_in
from ynpolicy.proof.checks import Check, Standing
from ynpolicy.verdict import Decision, Outcome
from ynpolicy.words import outcome_word

_NOTHING_SAID: Final = (Outcome.NOT_APPLICABLE, Outcome.NOT_IN_FORCE)


def readings(judge: Judge) -> Iterator[Check]:
    """One check for each other option of each reading: some case is decided otherwise under it.

    What the options make of that case contradicts each other; the reading settles which holds. An option under which
    every case is decided alike is a finding: there is nothing to choose.
    """
    for reading in judge.pack.readings.values():
        taken = judge.pack.option(reading.id)
        for option in reading.options:
            if option != taken:
                yield _option(judge, reading, option)


def _option(judge: Judge, reading: Reading, option: str) -> Check:
    other = judge.under({reading.id: option})
    about = reading.id, option
    undecided = ""
    for level in LEVELS:
        if not _touched(judge.pack, other.pack, level):
            continue
        codes = Codes(chain(symbols_of(judge.pack), symbols_of(other.pack)))
        ours, theirs = (Encoding(pack, level, codes=codes) for pack in (judge.pack, other.pack))
        refused, spared = ours.decision(Decision.REFUSED), theirs.decision(Decision.REFUSED)
        changed = some(both(ours.decision(d), no(theirs.decision(d))) for d in Decision)
        search = Search(ours)
        for wish in (both(refused, no(spared)), both(spared, no(refused)), changed):
            answer = search.find(wish, theirs.domain())
            if answer.found:
                return _contested(judge, other, reading, option, (ours, theirs), answer.model)
            undecided = undecided or ("" if answer.proved_none else answer.reason)
    if undecided:
        return Bench(judge, LEVELS[0]).undecided("reading", about, undecided)
    says = Text(
        f"读法 {reading.id} 选 {option} 与现读法对所有案件结论相同",
        f"under the option {option} of the reading {reading.id} every case is decided as it is now",
    )
    return Check("reading", about, Standing.FINDING, "unsat", says)


def _touched(pack: Pack, other: Pack, level: str) -> bool:
    """Whether a choice can change anything on a level: its norms differ, or they read a parameter that does."""
    if [norm.id for norm in pack.norms_at(level)] != [norm.id for norm in other.norms_at(level)]:
        return True
    changed = {name for name, found in pack.parameters.items() if found.values != other.parameters[name].values}
    conditions = (condition for norm in pack.norms_at(level) for condition in norm.conditions)
    return any(changed & parameters_read(condition).keys() for condition in conditions)


def _contested(
    judge: Judge, other: Judge, reading: Reading, option: str, sides: tuple[Encoding, Encoding], model: Any
) -> Check:
    """A case that the two options judge otherwise, replayed under each."""
    bench = Bench(judge, sides[0].level)
    outcomes = [
        {norm.id: outcome_in(side, model, norm.id) for norm in side.pack.norms_at(side.level)} for side in sides
    ]
    differing = [
        {id: outcome for id, outcome in own.items() if outcome is not their.get(id)}
        for own, their in (outcomes, outcomes[::-1])
    ]
    names = dict.fromkeys(name for side, ids in zip(sides, differing, strict=True) for name in side.read_by(ids))
    case = sides[0].case(model, names)
    shown = [bench.replayed(case, ids, which) for ids, which in zip(differing, (judge, other), strict=True)]
    taken = judge.pack.option(reading.id)
    zh, en = ([_told(ids, lang) for ids in differing] for lang in ("zh", "en"))
    says = Text(
        f"同一案件，按 {taken}：{zh[0]}；按 {option}：{zh[1]}",
        f"one case; under {taken}: {en[0]}; under {option}: {en[1]}",
    )
    if not all(witness.replays for witness in shown):
        return bench.found("reading", (reading.id, option), says, shown, "sat")
    reason = judge.pack.taken(reading.id)
    about = reading.id, option
    return Check("reading", about, Standing.SETTLED, "sat", says, tuple(shown), reason, reading.id)


def _told(outcomes: Mapping[str, Outcome], lang: str) -> str:
    """What norms say of a case, without those that say nothing of it."""
    speaking = {id: outcome for id, outcome in outcomes.items() if outcome not in _NOTHING_SAID}
    nothing = outcome_word(Outcome.NOT_APPLICABLE, lang)
    return ", ".join(f"{id} {outcome_word(outcome, lang)}" for id, outcome in speaking.items()) or nothing


def contrary_passages(judge: Judge) -> Iterator[Check]:
    """One check for each norm beside which passages stand that say otherwise: a reading settles which holds.

    The witness is a case that the norm binds. Without a reading the contradiction of the passages is a finding.
    """
    for level in LEVELS:
        norms = [norm for norm in judge.pack.norms_at(level) if norm.contrary]
        bench = Bench(judge, level)
        for norm in norms:
            formulas = bench.law.encoding.norm(norm.id)
            passages = ", ".join(norm.contrary)
            says = Text(f"{norm.id} 与 {passages} 说法不一", f"{norm.id} and {passages} say different things")
            shown = bench.first_witness([norm.id], formulas.breach, formulas.binds)
            found = bench.found("reading", (norm.id,), says, shown, "sat")
            if found.standing is Standing.FINDING and norm.readings:
                reading = norm.readings[0]
                found = evolve(
                    found, standing=Standing.SETTLED, reason=judge.pack.taken(reading), reading=", ".join(norm.readings)
                )
            yield found
