"""A list of cases to verdicts on their groups: gather, make each group a case, judge it as every case is judged."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from attrs import evolve, field, frozen

from ynpolicy.cases import ADDS_UP, RawCase, read_cases
from ynpolicy.documents import from_object
from ynpolicy.errors import InputError, Problem
from ynpolicy.groupings import Gathered, Grouping
from ynpolicy.ir import Case, Kind, Origin, Pack, facts_read
from ynpolicy.judge import Judge, JudgedVerdict
from ynpolicy.portfolio.gathering import Gatherer, Reckoned
from ynpolicy.portfolio.placing import Placed, Places, key_of, place
from ynpolicy.values import LARGEST, Interval, Missing, Value, number_text
from ynpolicy.verdict import GRAVEST_FIRST, Decision


@frozen
class Group:
    """A group that was judged: its key, its title, what was reckoned of it, and the verdict.

    `listed` is false where the roster has the group and the list neither has the case of the group itself nor a
    member of it.
    """

    grouping: Grouping
    key: str
    title: str
    reckoned: Mapping[str, Reckoned] = field(hash=False)
    verdict: JudgedVerdict
    listed: bool = True


@frozen
class JudgedGrouping:
    """All groups of a grouping, the gravest first; the cases whose group is not known, and those off the roster."""

    grouping: Grouping
    complete: bool
    groups: tuple[Group, ...]
    anywhere: tuple[Placed, ...]
    elsewhere: tuple[Placed, ...]


@frozen
class Portfolio:
    """What a pack says of a list of cases: `cases` counts them by level, `complete` names the levels that are whole."""

    pack: Pack
    as_of: date
    cases: Mapping[str, int] = field(hash=False)
    complete: tuple[str, ...]
    groupings: tuple[JudgedGrouping, ...]

    @property
    def groups(self) -> tuple[Group, ...]:
        """The groups of all groupings."""
        return tuple(group for one in self.groupings for group in one.groups)

    @property
    def decisions(self) -> frozenset[Decision]:
        """The decisions that occur. Cases whose group is not known leave something undetermined; groups that no norm
        judges, such as those whose norms are not due yet, count only where no other is judged."""
        found = {group.verdict.decision for group in self.groups}
        if any(one.anywhere for one in self.groupings):
            found.add(Decision.UNDETERMINED)
        return frozenset(found - {Decision.NOT_JUDGED} or {Decision.NOT_JUDGED})


class PortfolioJudge:
    """A pack, ready to judge lists of cases by its groupings."""

    def __init__(self, pack: Pack, use_forward: bool = True) -> None:
        self.pack = pack
        self._reader = Judge(pack, use_forward)
        self._judges = {id: Judge(_judging(pack, grouping), use_forward) for id, grouping in pack.groupings.items()}

    def read(self, raw: RawCase, as_of: date | None = None) -> Case:
        """The case that a raw case states, at the day of the portfolio. Raises `InputError`."""
        return self._reader.read(raw, as_of)

    def judge(
        self, cases: Sequence[Case], as_of: date, complete: Sequence[str] = (), groupings: Sequence[str] = ()
    ) -> Portfolio:
        """The verdicts on the groups of some cases, all read at the day `as_of`.

        `complete` names the levels of which no case is missing from the list. `groupings` narrows what is judged;
        empty, it is every grouping that has a member, or the case of a group, in the list.
        Raises `InputError` for cases that are listed twice and for sums too large; `EngineDisagreement`.
        """
        _check_once(cases)
        counted: dict[str, int] = {}
        for case in cases:
            counted[case.level] = counted.get(case.level, 0) + 1
        asked = [
            grouping
            for id, grouping in self.pack.groupings.items()
            if (id in groupings if groupings else {grouping.members, grouping.level} & counted.keys())
        ]
        judged = tuple(self._grouping(one, cases, as_of, one.members in complete) for one in asked)
        return Portfolio(self.pack, as_of, counted, tuple(complete), judged)

    def _grouping(self, grouping: Grouping, cases: Sequence[Case], as_of: date, complete: bool) -> JudgedGrouping:
        places = place(self.pack, grouping, cases)
        own = _own_cases(grouping, cases)
        gatherer = Gatherer(self.pack, grouping, places, complete)
        elsewhere = _digest_of(placed.case.digest for placed in places.anywhere)
        groups: list[Group] = []
        for key in places.groups:
            base = own.get(key) or self.read(self._raw(grouping, places, key), as_of)
            reckoned = gatherer.gather(key)
            case = _filled(self.pack, grouping, base, reckoned, elsewhere)
            verdict = self._judges[grouping.id].judge(case, advise=False)
            listed = key in own or bool(places.groups[key])
            groups.append(Group(grouping, key, case.title, reckoned, verdict, listed))
        groups.sort(key=lambda group: GRAVEST_FIRST.index(group.verdict.decision))
        return JudgedGrouping(grouping, complete, tuple(groups), places.anywhere, places.elsewhere)

    def _raw(self, grouping: Grouping, places: Places, key: str) -> RawCase:
        """The case of a group that the list does not state itself: what it is called, and what its grouping states."""
        facts: dict[str, object] = dict(grouping.states)
        title = grouping.title.zh
        if grouping.named:
            fact = self.pack.facts[grouping.named]
            written = places.shown.get(key) or key
            facts[grouping.named] = date(int(key), 12, 31) if fact.kind is Kind.DATE else written
            title = fact.symbols[key].label.zh if key in fact.symbols else written
        return read_cases(from_object({"case": title, "level": grouping.level, "facts": facts}, title))[0]


def _judging(pack: Pack, grouping: Grouping) -> Pack:
    """The pack with the norms that judge a grouping, and no others."""
    return evolve(pack, norms={id: pack.norms[id] for id in grouping.judged})


def _check_once(cases: Sequence[Case]) -> None:
    """Refuses a list in which two cases of a level have one id, in any width and case: a member would count twice.

    So would one that stands for several.
    """
    first: dict[tuple[str, str], Case] = {}
    problems: list[Problem] = []
    for case in cases:
        key = (case.level, key_of(case.id))
        other = first.get(key)
        first.setdefault(key, case)
        if re.search(ADDS_UP, case.id.strip()):
            problems.append(Problem(case.place, f"`{case.id}` adds up other rows, and is no case", "delete the row"))
        if other is not None:
            message = f"the {case.level} `{case.id}` is listed twice"
            problems.append(
                Problem(case.place, message, f"it stands first at {other.place}: keep one, or give each an `id`")
            )
    if problems:
        raise InputError(problems)


def _own_cases(grouping: Grouping, cases: Sequence[Case]) -> dict[str, Case]:
    """The cases in the list that are themselves groups, by the group's key. Raises `InputError` where two are one."""
    own: dict[str, Case] = {}
    if not grouping.named or grouping.by_year:
        return own
    for case in cases:
        if case.level != grouping.level or any(case.values.get(name) != text for name, text in grouping.states.items()):
            continue
        value = case.values.get(grouping.named)
        if not isinstance(value, str):
            continue
        if value in own:
            message = f"two cases of the level {case.level} are about `{value}`"
            raise InputError([Problem(case.place, message, f"the other is at {own[value].place}: keep one")])
        own[value] = case
    return own


def _filled(pack: Pack, grouping: Grouping, base: Case, reckoned: Mapping[str, Reckoned], anywhere: str) -> Case:
    """The case of a group with what follows from its members; where the two contradict, the fact is in conflict.

    `anywhere` is the digest of the cases whose group is not known.
    """
    values, missing, origins = dict(base.values), dict(base.missing), dict(base.origins)
    for one in grouping.gathered:
        found = reckoned[one.fact]
        stated = values.pop(one.fact, None)
        value, why = _agreed(stated, found, missing.pop(one.fact, None))
        if value is not None:
            values[one.fact] = value
        elif why is not None:
            missing[one.fact] = why
        origins[one.fact] = (*origins.get(one.fact, ()), *_origin(one, found, why is Missing.CONFLICT))
    return evolve(base, values=values, missing=missing, origins=origins, digest=_digest(base, reckoned, anywhere))


def _agreed(stated: Value | None, found: Reckoned, state: Missing | None) -> tuple[Value | None, Missing | None]:
    """A fact that the group's own case states, held against what follows from the members."""
    if Missing.CONFLICT in (state, found.missing):
        return None, Missing.CONFLICT
    if stated is None or found.value is None:
        return (stated if found.value is None else found.value), found.missing
    if isinstance(stated, Interval) and isinstance(found.value, Interval):
        lo, hi = max(stated.lo, found.value.lo), min(stated.hi, found.value.hi)
        return (Interval(lo, hi), None) if lo <= hi else (None, Missing.CONFLICT)
    return (stated, None) if stated == found.value else (None, Missing.CONFLICT)


def _origin(one: Gathered, found: Reckoned, conflict: bool) -> Iterator[Origin]:
    """From which facts of the members a fact follows; in a conflict, also what they say."""
    if found.value is None and found.missing is not Missing.CONFLICT:
        return
    known = [found.value] if found.value is not None else [share.value for share in found.shares if share.is_sure]
    stated = " / ".join(sorted({_word(value) for value in known if value is not None})) if conflict else ""
    yield Origin(derived=", ".join([one.of] if one.of else facts_read(one.where)), stated=stated)


def _word(value: Value) -> str:
    if not isinstance(value, Interval):
        return str(value)
    if value.hi == LARGEST:
        return f"≥ {number_text(value.lo)}"
    return number_text(value.lo) if value.is_exact else f"{number_text(value.lo)} … {number_text(value.hi)}"


def _digest(base: Case, reckoned: Mapping[str, Reckoned], anywhere: str) -> str:
    """What was judged: the group's own case, and every member with what it gives."""
    parts = [base.digest, anywhere]
    for name, found in reckoned.items():
        parts += [name, repr(found.value), repr(found.missing), *(share.case.digest for share in found.shares)]
    return _digest_of(parts)


def _digest_of(parts: Iterable[str]) -> str:
    return "sha256:" + hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
