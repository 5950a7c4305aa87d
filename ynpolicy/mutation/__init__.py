"""Mutation of the rules: how many small changes of a pack would its own cases notice?

A mutant is killed when a case of a norm that it changes no longer gives what the case expects. One that survives is
equivalent when no case at all can tell it from the original; any other speaks of a case that the casebook lacks.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Final

from attrs import evolve, field, frozen

from ynpolicy.casebook import CaseResult, PackCase, differences
from ynpolicy.choices import choose
from ynpolicy.errors import InputError
from ynpolicy.ir import Case, Pack, parameters_read
from ynpolicy.mutation.changes import Change
from ynpolicy.mutation.contrast import finding_of
from ynpolicy.mutation.enumeration import MOST_ASSIGNMENTS, Unfinished, Witness, with_values, witness
from ynpolicy.mutation.mutants import TableNorms, mutants, table_norms
from ynpolicy.mutation.versions import Mutant, Version, standing
from ynpolicy.normalise import normalise
from ynpolicy.values import SymbolSet

__all__ = ["PASSING_SCORE", "Change", "Mutant", "Mutation", "Survivor", "mutate"]

PASSING_SCORE: Final = Fraction(95, 100)
"""The least share of mutants, equivalent ones left out, that a pack's cases must kill."""


@frozen
class Survivor:
    """A mutant that no case of the pack kills, and a case that would; or why it is not known whether there is one."""

    mutant: Mutant
    witness: Witness | None
    reason: str = ""


@frozen
class Mutation:
    """The result: mutants by subject, survivors, equivalent mutants, and the tables of norms with rows without a case.

    `waiting` are those of the equivalent mutants that change what turns on a parameter without a verified value.
    """

    made: Mapping[str, int]
    kinds: Mapping[Change, int]
    killed: int
    survivors: tuple[Survivor, ...]
    equivalent: tuple[Mutant, ...]
    waiting: int
    tables: tuple[TableNorms, ...] = field(default=())

    @property
    def score(self) -> Fraction:
        """The share of the mutants that are killed, of all that are not equivalent; 1 where there is none."""
        counted = self.killed + len(self.survivors)
        return Fraction(self.killed, counted) if counted else Fraction(1)


def mutate(pack: Pack, results: Sequence[CaseResult], most: int = MOST_ASSIGNMENTS) -> Mutation:
    """Makes every mutant of a pack and tries the pack's cases on it; those that fail on the pack itself are left out.

    At most `most` assignments are tried to tell an equivalent mutant; where more would be needed, it is a survivor.
    """
    sound = [result for result in results if not result.problems]
    cases: dict[str, list[_Judged]] = defaultdict(list)
    for result in sound:
        own = choose(pack, result.case.readings) if result.case.readings else pack
        cases[result.case.norm].append(_Judged(result.case, result.verdict.case, own))
    made: Counter[str] = Counter()
    kinds: Counter[Change] = Counter()
    killed = waiting = 0
    survivors: list[Survivor] = []
    equivalent: list[Mutant] = []
    stated = {norm: _stated(judged.facts for judged in own) for norm, own in cases.items()}
    for mutant in mutants(pack, stated):
        made[mutant.subject] += 1
        kinds[mutant.change] += 1
        if _is_killed(mutant, cases):
            killed += 1
            continue
        try:
            found = _told_apart(pack, mutant, cases, most)
        except Unfinished as error:
            survivors.append(Survivor(mutant, None, str(error)))
            continue
        if found is None:
            equivalent.append(mutant)
            waiting += _waits(pack, mutant)
        else:
            survivors.append(Survivor(mutant, found))
    return Mutation(made, kinds, killed, tuple(survivors), tuple(equivalent), waiting, table_norms(pack, cases.keys()))


def _stated(cases: Iterable[Case]) -> Mapping[str, set[str]]:
    """The symbols that some cases state of each fact."""
    found: dict[str, set[str]] = defaultdict(set)
    for case in cases:
        for name, value in case.values.items():
            if isinstance(value, SymbolSet):
                found[name] |= value.members
            elif isinstance(value, str):
                found[name].add(value)
    return found


def _is_killed(mutant: Mutant, cases: Mapping[str, Sequence[_Judged]]) -> bool:
    return any(judged.notices(mutant, new) for old, new in mutant.pairs for judged in cases.get(old.norm.id, ()))


@frozen
class _Judged:
    """A case of the pack as it was judged, and the pack with the readings under which it was."""

    case: PackCase
    facts: Case
    pack: Pack

    def under(self, mutant: Mutant) -> Case:
        """The case with the values that only the mutant reads. Raises `InputError` where it cannot be read any more."""
        if mutant.counts is not None:
            changed = {**self.pack.parameters, mutant.counts.name: standing(mutant.counts, self.pack)}
            return normalise(evolve(self.pack, parameters=changed), self.case.raw)
        return with_values(self.facts, [standing(alias, self.pack) for alias in mutant.aliases])

    def notices(self, mutant: Mutant, new: Version) -> bool:
        """Whether the case does not give any more what it expects."""
        try:
            return bool(differences(self.case, finding_of(new, self.under(mutant))))
        except InputError:
            return True


def _told_apart(pack: Pack, mutant: Mutant, cases: Mapping[str, Sequence[_Judged]], most: int) -> Witness | None:
    """A case that tells a mutant from the original, or None. Raises `Unfinished`."""
    if mutant.counts is not None:
        raise Unfinished("a count of working days is not tried on all cases")
    open_question: Unfinished | None = None
    for old, new in mutant.pairs:
        own = [judged.under(mutant) for judged in cases.get(old.norm.id, ())]
        try:
            found = witness(pack, old, new, mutant.aliases, own, most)
        except Unfinished as error:
            open_question = error
            continue
        if found is not None:
            return found
    if open_question is not None:
        raise open_question
    return None


def _waits(pack: Pack, mutant: Mutant) -> bool:
    """Whether a mutant changes a norm that reads a parameter without a verified value on any day."""
    names = {
        name for old, _ in mutant.pairs for condition in old.norm.conditions for name in parameters_read(condition)
    }
    law = [pack.parameters[name] for name in names]
    return any(all(entry.value is None for entry in parameter.values) for parameter in law if not parameter.is_day)
