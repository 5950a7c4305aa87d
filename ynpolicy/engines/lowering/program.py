"""A level's norms over the columns of a table: outcomes, decision, missing facts, and which rows are rejected."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Set
from datetime import date, timedelta
from typing import Final

from attrs import frozen

from ynpolicy.engines.lowering import columns as names
from ynpolicy.engines.lowering.build import (
    TooWide,
    choice,
    code,
    conjunction,
    disjunction,
    gate,
    holds,
    negation,
    unknown,
)
from ynpolicy.engines.lowering.columns import Layout, conditions_of
from ynpolicy.engines.lowering.conditions import Conditions
from ynpolicy.engines.lowering.facts import BITS, Check, Facts
from ynpolicy.engines.lowering.nodes import FALSE, TRUE, Code, Day, DayColumn, DayConstant, Flag, Mask, Truth
from ynpolicy.errors import EnvelopeError
from ynpolicy.ir import AS_OF, All, Compare, Kind, Modality, Norm, Pack, Total, facts_read, leaves
from ynpolicy.values import Value
from ynpolicy.verdict import Decision, Outcome

OUTCOMES: Final = tuple(Outcome)
"""The outcomes by their codes."""

DECISIONS: Final = tuple(Decision)
"""The decisions by their codes."""

_CODE: Final = {outcome: number for number, outcome in enumerate(OUTCOMES)}
_DECISION: Final = {decision: number for number, decision in enumerate(DECISIONS)}
_NARROWEST: Final = 20
"""A fact that norms multiply has at least so many bits, or the pack is refused."""


@frozen
class JudgedNorm:
    """One norm: the code of its outcome, and the facts that it lacks where it is undetermined."""

    id: str
    outcome: Code
    missing: Mask | None


@frozen
class Program:
    """What a level's norms say of each row, as the law stands from `first` to `last`.

    `facts` are the facts that may be missing, in the order of their bits. A row for which one of the `checks` fails is
    rejected: nothing else that is said of it counts.
    """

    first: date
    last: date
    facts: tuple[str, ...]
    norms: tuple[JudgedNorm, ...]
    decision: Code
    checks: tuple[Check, ...]


def spans(pack: Pack, level: str) -> tuple[tuple[date, date], ...]:
    """The spans of days within which the law of a level stays the same, in order."""
    begins = {date.min, pack.since}
    for norm in pack.norms_at(level):
        begins |= {norm.since} if norm.since else set()
        begins |= {day + timedelta(days=1) for day in (norm.until, norm.due) if day}
    for parameter in pack.parameters.values():
        for entry in parameter.values:
            begins |= {entry.since} if entry.since else set()
            begins |= {entry.until + timedelta(days=1)} if entry.until else set()
    ordered = sorted(begins)
    ends = [*(day - timedelta(days=1) for day in ordered[1:]), date.max]
    return tuple(zip(ordered, ends, strict=True))


def lower(
    pack: Pack, layout: Layout, at_hand: Collection[str], as_of: date | None = None, normalised: bool = False
) -> tuple[Program, ...]:
    """What the norms of the layout's level say of a table that has these columns.

    With a date there is one program, for that day. Without one, the table has the column `as_of`, and there is a
    program for each span of days within which the law stays the same. `normalised` says that the table holds what
    follows from other facts already, and that contradictions are settled in it.

    Raises `EnvelopeError` where the pack is outside what columns can say.
    """
    columns = frozenset(at_hand) & layout.columns.keys()
    chosen = ((as_of, as_of),) if as_of else spans(pack, layout.level)
    laws = {first: _law_at(pack, first) for first, _ in chosen}
    widths = _widths(pack, layout, columns, normalised, laws)
    programs = []
    for first, last in chosen:
        day: Day = DayConstant(as_of) if as_of else DayColumn(names.AS_OF_COLUMN)
        facts = Facts(pack, layout, columns, laws[first], normalised, widths)
        programs.append(_Writer(pack, layout, facts, Conditions(pack, facts, laws[first], day)).program(first, last))
    return tuple(programs)


def _law_at(pack: Pack, day: date) -> dict[str, Value]:
    entries = {name: parameter.at(day) for name, parameter in pack.parameters.items() if name != AS_OF.name}
    return {name: entry.value for name, entry in entries.items() if entry is not None and entry.value is not None}


def _widths(
    pack: Pack,
    layout: Layout,
    at_hand: Set[str],
    normalised: bool,
    laws: Mapping[date, Mapping[str, Value]],
) -> dict[str, int]:
    """Of how many bits the ticks of facts may be so that nothing overflows, where that is fewer than they may have."""
    widths: dict[str, int] = {}
    for leaf in {leaf: None for condition in conditions_of(pack, layout.level) for leaf in leaves(condition)}:
        if not isinstance(leaf, Compare):
            continue
        numbers = [name for name in _behind(pack, facts_read(leaf)) if pack.facts[name].kind is Kind.NUMBER]
        for law in laws.values():
            if not numbers:
                break
            for bits in range(BITS, _NARROWEST - 1, -1):
                facts = Facts(pack, layout, at_hand, law, normalised, dict.fromkeys(numbers, bits))
                try:
                    Conditions(pack, facts, law, DayColumn(names.AS_OF_COLUMN)).lower(leaf)
                except TooWide:
                    continue
                if bits < BITS:
                    widths |= {name: min(bits, widths.get(name, BITS)) for name in numbers}
                break
            else:
                raise EnvelopeError(f"`{leaf.text}` multiplies numbers beyond what 128 bits hold")
    return widths


def _behind(pack: Pack, read: Collection[str]) -> Iterator[str]:
    for name in read:
        yield name
        derived = pack.facts[name].derived
        if isinstance(derived, Total):
            yield from derived.facts


class _Writer:
    def __init__(self, pack: Pack, layout: Layout, facts: Facts, conditions: Conditions) -> None:
        self._pack = pack
        self._layout = layout
        self._facts = facts
        self._conditions = conditions
        self._inside = conditions.lower(pack.territory.get(layout.level, All(())))
        self._strict: list[Truth] = []
        self._soft: list[Truth] = []

    def program(self, first: date, last: date) -> Program:
        norms = self._pack.norms_at(self._layout.level)
        live = [_in_force(norm, self._pack, first) for norm in norms]
        judged = tuple(self._norm(norm, now) for norm, now in zip(norms, live, strict=True))
        return Program(first, last, self._layout.facts, judged, self._decision(any(live)), self._checks())

    def _checks(self) -> tuple[Check, ...]:
        return self._facts.checks(self._arises)

    def _arises(self, name: str) -> Truth:
        arises = self._pack.facts[name].arises
        return self._conditions.lower(arises).truth if arises is not None else TRUE

    def _decision(self, any_in_force: bool) -> Code:
        if not any_in_force:
            return code((), _DECISION[Decision.NOT_JUDGED])
        strict, soft = disjunction(self._strict), disjunction(self._soft)
        return code(
            (
                (strict, _DECISION[Decision.REFUSED]),
                (negation(self._inside.truth), _DECISION[Decision.NOT_JUDGED]),
                (unknown(strict), _DECISION[Decision.UNDETERMINED]),
                (disjunction((unknown(soft), soft)), _DECISION[Decision.REFERRED]),
            ),
            _DECISION[Decision.IN_ORDER],
        )

    def _norm(self, norm: Norm, now: bool) -> JudgedNorm:
        if not now:
            return JudgedNorm(norm.id, code((), _CODE[Outcome.NOT_IN_FORCE]), None)
        applies = self._conditions.lower(norm.applies)
        exemptions = [self._conditions.lower(exemption.when) for exemption in norm.exemptions]
        exempt = disjunction(exemption.truth for exemption in exemptions)
        applicable = conjunction((self._inside.truth, applies.truth))
        outside = negation(applicable)
        binds = conjunction((applicable, negation(exempt)))
        masks = [self._inside.mask, applies.mask, *(exemption.mask for exemption in exemptions)]
        before = [(outside, _CODE[Outcome.NOT_APPLICABLE]), (exempt, _CODE[Outcome.EXEMPT])]
        if norm.requirement is None:
            open_ = unknown(binds)
            settled: list[tuple[Truth, int]] = []
            default = _CODE[Outcome.ADVICE]
            if norm.modality is Modality.REVIEW:
                settled, default = self._reviewed(norm, binds)
            outcome = code([(open_, _CODE[Outcome.UNDETERMINED]), *before, *settled], default)
        else:
            required = self._conditions.lower(norm.requirement)
            masks.append(required.mask)
            unmet = required.truth if norm.modality.forbids else negation(required.truth)
            breach = conjunction((binds, unmet))
            open_ = unknown(breach)
            cases = [*self._breached(norm, breach), (open_, _CODE[Outcome.UNDETERMINED]), *before]
            outcome = code(cases, _CODE[Outcome.COMPLIED])
        return JudgedNorm(norm.id, outcome, gate(open_, masks))

    def _record(self, column: str) -> Truth:
        return Flag(column) if column in self._facts.at_hand else FALSE

    def _reviewed(self, norm: Norm, binds: Truth) -> tuple[list[tuple[Truth, int]], int]:
        record = self._record(names.reviewed(norm.id))
        accepted, rejected = (FALSE, FALSE) if record == FALSE else (holds(record), holds(negation(record)))
        self._soft.append(choice(conjunction((binds, accepted)), FALSE, binds))
        cases = [(accepted, _CODE[Outcome.COMPLIED]), (rejected, _CODE[Outcome.DEPARTED])]
        return cases, _CODE[Outcome.REVIEW]

    def _breached(self, norm: Norm, breach: Truth) -> list[tuple[Truth, int]]:
        if norm.modality.is_strict:
            self._strict.append(breach)
            return [(breach, _CODE[Outcome.VIOLATED])]
        accepted = holds(self._record(names.justified(norm.id)))
        justified = conjunction((breach, accepted))
        self._soft.append(choice(justified, FALSE, breach))
        return [(justified, _CODE[Outcome.JUSTIFIED]), (breach, _CODE[Outcome.DEPARTED])]


def _in_force(norm: Norm, pack: Pack, day: date) -> bool:
    if day < (norm.since or pack.since) or (norm.until is not None and day > norm.until):
        return False
    return norm.due is None or day > norm.due
