"""Cases of any pack, drawn uniformly or aimed at one of its norms; each passes the normaliser.

Uniform cases seldom make a norm bind. An aimed case takes one norm and steers for it: it makes the norm apply, lands
on its threshold or one tick beside it, on the day at which something begins or ends, holds or drops an exception.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from attrs import evolve

from ynpolicy.errors import InputError, Place, Problem, nearest
from ynpolicy.ir import (
    LEVELS,
    All,
    Case,
    Condition,
    FactType,
    Justification,
    Kind,
    Literal,
    Modality,
    Norm,
    Pack,
    Parameter,
    ReviewRecord,
    facts_read,
    leaves,
    parameters_read,
    terms,
)
from ynpolicy.semantics import evaluate
from ynpolicy.testing.aiming import Aim
from ynpolicy.testing.chance import Draw
from ynpolicy.testing.drawn_values import POOL, Pool, exact_value_of, value_of
from ynpolicy.testing.written import as_normalised, two_answers
from ynpolicy.values import FALSE, Interval, Missing, Value

AIMS: Final = ("threshold", "date", "exception")
"""What a case may be aimed at."""


class CaseSpace:
    """What the cases of a pack are drawn from: its levels, their facts, the numbers and days that it mentions.

    With a `level`, the cases are of that level; with a `norm`, aimed cases are about it, and on its level.
    Raises `InputError` where the pack has no such norm, or none on the level, under the readings chosen.
    """

    def __init__(self, pack: Pack, level: str = "", norm: str = "") -> None:
        self.pack = pack
        if norm and norm not in pack.norms:
            raise InputError([Problem(Place("norm"), f"unknown norm `{norm}`", nearest(norm, pack.norms))])
        level = pack.norms[norm].level if norm else level
        judged = [found for kind in LEVELS if kind == (level or kind) for found in pack.norms_at(kind)]
        self.norms = tuple(found for found in judged if found.id == (norm or found.id))
        if not self.norms:
            what = f"`{norm}`" if norm else f"a norm on the level `{level}`" if level else "a norm"
            message = f"the pack `{pack.id}` does not judge by {what} under its readings"
            raise InputError([Problem(Place("pack"), message, "name a norm that it judges by")])
        self.level = level
        self.pool = Pool(tuple(dict.fromkeys(_numbers(pack))), tuple(dict.fromkeys(_days(pack))))
        self._asked = {kind: tuple(_asked(pack, kind)) for kind in LEVELS}
        derived = {name: fact.derived.sources for name, fact in pack.facts.items() if fact.derived}
        self.kin = frozenset(derived).union(*derived.values())
        """The facts that follow from others, and those from which they follow."""
        self._turns = {found.id: tuple(_turning_days(pack, found)) for found in self.norms}

    # ------------------------------------------------------------ drawing

    def uniform(self, draw: Draw, absent: int = 15) -> Case:
        """A case with each fact drawn on its own; `absent` per cent of them are left out."""
        level = self.level or (draw.one_of(LEVELS) if draw.chance(3) else draw.one_of(self.norms).level)
        return self._finished(draw, self._uniform(draw, level, absent))

    def aimed(self, draw: Draw, at: Collection[str] = ()) -> Case:
        """A case that one norm is about, near a point where its outcome changes.

        `at` names what must be aimed at (`threshold`, `date`, `exception`), where the norm has it; else chance decides.
        """
        norm = draw.one_of(self._fitting(at))
        base = self._uniform(draw, norm.level, draw.one_of((5, 30)))
        if "date" in at or draw.chance(35):
            day = draw.one_of(self._turns[norm.id]) + timedelta(days=draw.one_of((0, -1, 1)))
            base = evolve(base, as_of=day, parameters=law_at(self.pack, day))
        aim = Aim(draw, self.pack, self.pool, dict(base.values), base.parameters)
        if at or draw.chance(90):
            aim.at(self.pack.territory.get(norm.level, All(())), True)
        if at or draw.chance(90):
            aim.at(norm.applies, True)
        toggled = -1
        if norm.exemptions and ("exception" in at or draw.chance(35)):
            toggled = draw.below(len(norm.exemptions))
        for i, exemption in enumerate(norm.exemptions):
            if i == toggled or draw.chance(70):
                aim.at(exemption.when, i == toggled)
        if norm.requirement is not None:
            breach = draw.chance(50 if toggled < 0 else 75)
            aim.at(norm.requirement, breach is norm.modality.forbids)
        missing = {name: state for name, state in base.missing.items() if name not in aim.values}
        aim.let_follow(missing)
        read = [name for condition in norm.conditions for name in facts_read(condition)]
        if read and not at and draw.chance(35):
            dropped = draw.one_of(read)
            aim.values.pop(dropped, None)
            if draw.chance(50):
                missing[dropped] = draw.one_of(_gaps(self.pack.facts[dropped]))
        return self._finished(draw, evolve(base, values=aim.values, missing=missing))

    def mixed(self, draw: Draw) -> Case:
        """A case: aimed mostly, uniform else."""
        return self.uniform(draw) if draw.chance(20) else self.aimed(draw)

    def exact_value(self, draw: Draw, name: str) -> Value:
        """A possible settled value of a fact."""
        return exact_value_of(draw, self.pack.facts[name], self.pool)

    def value(self, draw: Draw, name: str) -> Value:
        """A possible value of a fact, perhaps measured or partly known."""
        return value_of(draw, self.pack.facts[name], self.pool)

    def asked(self, level: str) -> tuple[FactType, ...]:
        """The facts that conditions may read on a level."""
        return self._asked[level]

    def _fitting(self, at: Collection[str]) -> tuple[Norm, ...]:
        unknown = set(at) - set(AIMS)
        if unknown:
            problem = Problem(Place("at"), f"unknown aim `{min(unknown)}`", f"aims are {', '.join(AIMS)}")
            raise InputError([problem])
        fitting = self.norms
        if "threshold" in at:
            fitting = tuple(norm for norm in fitting if norm.requirement is not None)
        if "exception" in at:
            fitting = tuple(norm for norm in fitting if norm.exemptions)
        if not fitting:
            message = f"no norm of the pack `{self.pack.id}` has what is aimed at: {', '.join(at)}"
            raise InputError([Problem(Place("at"), message, "aim at something else")])
        return fitting

    def _uniform(self, draw: Draw, level: str, absent: int) -> Case:
        days = self.pool.days
        as_of = draw.one_of(days) if draw.chance(40) else days[0]
        values: dict[str, Value] = {}
        missing: dict[str, Missing] = {}
        for fact in self.asked(level):
            if draw.chance(80 if fact.derived else absent):
                continue
            if draw.chance(8):
                missing[fact.name] = draw.one_of(_gaps(fact))
            else:
                values[fact.name] = value_of(draw, fact, self.pool)
        case = Case("drawn", level, as_of, values, missing, law_at(self.pack, as_of))
        return with_records(draw, self.pack, case)

    def _finished(self, draw: Draw, draft: Case) -> Case:
        """The draft as the normaliser reads it, some facts whose question does not arise answered so."""
        asked = {fact.name for fact in self.asked(draft.level)}
        draft = evolve(
            draft,
            values={name: value for name, value in draft.values.items() if name in asked},
            missing={name: state for name, state in draft.missing.items() if name in asked},
        )
        case = stated(self.pack, draft)
        idle = [fact.name for fact in idle_facts(self.pack, case) if fact.derived is None and draw.chance(40)]
        return not_applicable(self.pack, case, idle) if idle else case


def _gaps(fact: FactType) -> tuple[Missing, ...]:
    """Why a fact may have no value; sources can only disagree where two answers are possible."""
    return (Missing.UNKNOWN, Missing.CONFLICT) if two_answers(fact) else (Missing.UNKNOWN,)


def law_at(pack: Pack, day: date) -> dict[str, Value]:
    """What the law's parameters are on a day; those without a verified value are left out."""
    entries = {name: parameter.at(day) for name, parameter in pack.parameters.items()}
    return {name: entry.value for name, entry in entries.items() if entry is not None and entry.value is not None}


def with_records(draw: Draw, pack: Pack, case: Case) -> Case:
    """The case with reasons recorded for some departures, and reviews for some norms that ask for one."""
    justified: dict[str, Justification] = {}
    reviewed: dict[str, ReviewRecord] = {}
    for norm in pack.norms_at(case.level):
        if norm.modality.is_defeasible and draw.chance(50):
            justified[norm.id] = Justification(norm.id, "letter", "bureau")
        if norm.modality is Modality.REVIEW and draw.chance(45):
            reviewed[norm.id] = ReviewRecord(norm.id, "reviewer", case.as_of, accepted=draw.chance(50))
    return evolve(case, justified=justified, reviewed=reviewed)


# ---------------------------------------------------------------- what the normaliser takes


def stated(pack: Pack, draft: Case) -> Case:
    """The draft as the normaliser reads it; where a total would be beyond all bounds, without its parts.

    A pack in which nothing follows from other facts reads it as it is: what is drawn is within ranges and of its level.
    """
    if not any(fact.derived for fact in pack.facts.values()):
        return draft
    try:
        return as_normalised(pack, draft)
    except InputError:
        totals = [fact.derived.sources for fact in pack.facts.values() if fact.derived and fact.kind is Kind.NUMBER]
        parts = {name for sources in totals for name in sources}
        kept = {name: value for name, value in draft.values.items() if name not in parts}
        return as_normalised(pack, evolve(draft, values=kept))


def idle_facts(pack: Pack, case: Case) -> Iterator[FactType]:
    """The facts of the case's level whose question does not arise."""
    for fact in _asked(pack, case.level):
        if fact.arises is not None and evaluate(fact.arises, case).truth is FALSE:
            yield fact


def not_applicable(pack: Pack, case: Case, names: Collection[str]) -> Case:
    """The case with facts answered `not_applicable`, as far as their questions still do not arise then."""
    without = evolve(
        case,
        values={name: value for name, value in case.values.items() if name not in names},
        missing={name: state for name, state in case.missing.items() if name not in names},
    )
    bare = stated(pack, without)
    idle = {fact.name for fact in idle_facts(pack, bare)}
    answers = {name: Missing.NOT_APPLICABLE for name in names if name in idle}
    return stated(pack, evolve(bare, missing=dict(bare.missing) | answers))


# ---------------------------------------------------------------- what a pack mentions


def _asked(pack: Pack, level: str) -> Iterator[FactType]:
    for fact in pack.facts.values():
        if fact.kind is not Kind.TEXT and (not fact.levels or level in fact.levels):
            yield fact


def _conditions(pack: Pack) -> Iterator[Condition]:
    yield from pack.territory.values()
    for norm in pack.norms.values():
        yield from norm.conditions


def _literals(pack: Pack) -> Iterator[object]:
    for condition in _conditions(pack):
        for leaf in leaves(condition):
            yield from (term.value for term in terms(leaf) if isinstance(term, Literal))
    for parameter in pack.parameters.values():
        yield from (entry.value for entry in parameter.values)


def _numbers(pack: Pack) -> Iterator[Fraction]:
    yield from POOL.numbers
    for value in _literals(pack):
        if isinstance(value, Fraction):
            yield value
        elif isinstance(value, Interval):
            yield value.lo


def _days(pack: Pack) -> Iterator[date]:
    """A day within the pack's period first, then all on which its law or a norm begins or ends, and those it names."""
    first, last = max(pack.since, pack.period[0]), pack.period[1]
    if last == date.max:
        yield from (first + timedelta(days=365), pack.since - timedelta(days=1), pack.since)
    else:
        yield first + (last - first) // 2
        yield from (pack.since - timedelta(days=1), pack.since, last, last + timedelta(days=1))
    for norm in pack.norms.values():
        yield from (day for day in (norm.since, norm.until, norm.due) if day is not None)
    for parameter in pack.parameters.values():
        yield from _begins_and_ends(parameter)
    for value in _literals(pack):
        if isinstance(value, date):
            yield value


def _turning_days(pack: Pack, norm: Norm) -> Iterator[date]:
    yield from (day for day in (pack.since, pack.period[1]) if day != date.max)
    yield from (day for day in (norm.since, norm.until, norm.due) if day is not None)
    for name in {name: None for condition in norm.conditions for name in parameters_read(condition)}:
        yield from _begins_and_ends(pack.parameters[name])


def _begins_and_ends(parameter: Parameter) -> Iterator[date]:
    for entry in parameter.values:
        yield from (day for day in (entry.since, entry.until) if day is not None)
