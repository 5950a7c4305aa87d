"""Two versions of a norm beside one another, on a case whose facts are laid down and taken back one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction

from attrs import evolve

from ynpolicy.ir import All, Case, Compare, Condition, Kind, Lookup, Pack, Total, facts_read
from ynpolicy.mutation.cells import Cells
from ynpolicy.mutation.versions import Version
from ynpolicy.semantics import evaluate, judge_norm, value_of
from ynpolicy.sufficiency.board import Board
from ynpolicy.sufficiency.derivations import sources
from ynpolicy.sufficiency.joins import NO, OPEN
from ynpolicy.sufficiency.lines import neighbours
from ynpolicy.values import Interval, SymbolSet, Value, exact
from ynpolicy.verdict import Finding, Outcome


def finding_of(version: Version, case: Case) -> Finding:
    """What a version of a norm says of a case, by the reference."""
    return judge_norm(version.norm, case, evaluate(version.territory, case), version.since)


def conditions_of(version: Version) -> tuple[All, ...]:
    """Every condition on which a version's outcome turns."""
    return (version.territory, *version.norm.conditions)


def told(finding: Finding) -> tuple[Outcome, str, bool]:
    """What must be the same for two versions to agree: outcome, exception, whether it is not yet due."""
    return finding.outcome, finding.exemption, finding.not_yet_due


class Contrast:
    """Two versions of a norm on a case that has a day and the law's values, and no facts yet.

    `order` holds the facts on which they turn, those first that the change touches, each after what it follows from.
    """

    def __init__(self, pack: Pack, old: Version, new: Version, case: Case) -> None:
        self._pack, self._old, self._new = pack, old, new
        conditions: list[Condition] = list(dict.fromkeys((*conditions_of(old), *conditions_of(new))))
        at = {condition: number for number, condition in enumerate(conditions)}
        self._scopes = [(at[r.territory], at[r.norm.applies]) for r in (old, new)]
        self._pairs, self._alone = _compared(old, new, at)
        names = _names(pack, conditions, case.level)
        touched = {index for pair in self._pairs or () for index in pair} | set(self._alone)
        changed = {name for index in touched for name in facts_read(conditions[index])}
        following = [name for name in names if _follows_exactly(pack, name)]
        self.board = Board(pack, case, conditions, names, following)
        self.order = _ordered(pack, sorted(names, key=lambda name: name not in changed))
        self._samples = Cells(self.board, self.order)
        self._families = {name: self._family(name) for name in self.order}
        self._remembered: dict[tuple[int, ...], bool] = {}

    @property
    def numbers(self) -> int:
        """How many numbers and days the versions turn on."""
        return sum(self._pack.facts[name].kind in (Kind.NUMBER, Kind.DATE) for name in self.order)

    @property
    def is_exact(self) -> bool:
        """Whether no value that might have to be told apart was left out so far."""
        return self._samples.exact

    def findings(self) -> tuple[Finding, Finding]:
        """What the two versions say of what lies on the board."""
        return finding_of(self._old, self.board.case), finding_of(self._new, self.board.case)

    def differ(self) -> bool:
        """Whether the two versions say something else of what lies on the board."""
        key = tuple(self.board.states)
        if key not in self._remembered:
            before, after = self.findings()
            self._remembered[key] = told(before) != told(after)
        return self._remembered[key]

    def agree_for_good(self) -> bool:
        """Whether the versions agree whatever else becomes known: neither applies, or what differs is settled alike."""
        states = self.board.states
        if all(NO in (states[territory], states[applies]) for territory, applies in self._scopes):
            return True
        if self._pairs is None:
            return False
        settled = all(states[a] == states[b] != OPEN for a, b in self._pairs)
        return settled and all(states[index] == NO for index in self._alone)

    def next_from(self, start: int) -> int | None:
        """The place in the order, from `start` on, of the first fact on which an open condition still turns."""
        states = self.board.states
        turns_on = {name for i, state in enumerate(states) if state == OPEN for name in self.board.open_reads(i)}
        for at in range(start, len(self.order)):
            if not turns_on.isdisjoint(self._families[self.order[at]]):
                return at
        return None

    def options(self, name: str) -> Iterator[Value | None]:
        """The values to try for a fact, none among them; one that follows from others may also be in conflict."""
        now = self.board.values.get(name)
        if now is not None:
            yield now
        if now is None or (isinstance(now, SymbolSet) and not now.complete):
            for value in tuple(self._samples.of(name)):
                yield value
                if isinstance(value, SymbolSet):
                    yield evolve(value, complete=False)
        yield None

    def nearby(self, name: str) -> Iterator[Value | None]:
        """Other values of a fact while all others keep theirs; numbers and days next to where a comparison turns."""
        kind = self._pack.facts[name].kind
        now = self.board.values.get(name)
        if kind is Kind.NUMBER:
            fact = self._pack.facts[name]
            turns = [*self._turns(name), fact.minimum if fact.minimum is not None else Fraction(0)]
            values: list[Value] = [exact(n) for n in neighbours(turns, fact.minimum, fact.maximum, fact.resolution)]
        elif kind is Kind.DATE:
            days = [day for leaf in self._comparisons(name) for day in self._sides(leaf) if isinstance(day, date)]
            values = [day + timedelta(n) for day in dict.fromkeys(days) for n in (-1, 0, 1)]
        else:
            values = list(self._samples.of(name))
        yield from (value for value in dict.fromkeys(values) if value != now)
        if now is not None:
            yield None

    def _comparisons(self, name: str) -> list[Compare]:
        numbers = {number for member in self._families[name] for number in self.board.readers.get(member, ())}
        found = (self.board.leaves[number] for number in sorted(numbers))
        return [leaf for leaf in found if isinstance(leaf, Compare)]

    def _sides(self, leaf: Compare) -> tuple[Value | None, Value | None]:
        return value_of(leaf.left, self.board.case), value_of(leaf.right, self.board.case)

    def _turns(self, name: str) -> list[Fraction]:
        """The numbers at which the sides of a comparison are equal, where it is linear in the fact."""
        leaves = self._comparisons(name)
        board, gaps = self.board, []
        for number in (0, 1):
            mark = board.mark()
            board.lay(name, exact(number))
            gaps.append([_gap(*self._sides(leaf)) for leaf in leaves])
            board.undo(mark)
        pairs = zip(*gaps, strict=True)
        return [a / (a - b) for a, b in pairs if a is not None and b is not None and a != b]

    def follows(self, name: str) -> bool:
        """Whether a fact has a value already because of the facts from which it follows."""
        return _follows_exactly(self._pack, name) and self.board.imply(name) is not None

    def _family(self, name: str) -> list[str]:
        family = [name]
        for member in family:
            family += [f for f in self.board.followers.get(member, ()) if f not in family]
        return family


def _follows_exactly(pack: Pack, name: str) -> bool:
    """Whether a fact is looked up or summed. A deadline in working days is tried with every date, which is more."""
    return isinstance(pack.facts[name].derived, (Lookup, Total))


def _gap(left: Value | None, right: Value | None) -> Fraction | None:
    """How far one side of a comparison is above the other; None where either is not known exactly."""
    if isinstance(left, Interval) and isinstance(right, Interval) and left.is_exact and right.is_exact:
        return left.lo - right.lo
    return None


def _compared(
    old: Version, new: Version, at: Mapping[Condition, int]
) -> tuple[list[tuple[int, int]] | None, list[int]]:
    """The conditions in which two versions differ, in pairs, and the exceptions that only one has.

    While the pairs have the same known truth and the exceptions do not hold, the versions agree. None for the pairs
    where they differ in more.
    """
    a, b = old.norm, new.norm
    own, other = ({e.id: at[e.when] for e in norm.exemptions} for norm in (a, b))
    alone = [n for id, n in (*own.items(), *other.items()) if id not in own or id not in other]
    if a.modality is not b.modality or (a.requirement is None) is not (b.requirement is None):
        return None, alone
    pairs = [(at[old.territory], at[new.territory]), (at[a.applies], at[b.applies])]
    if a.requirement is not None and b.requirement is not None:
        pairs.append((at[a.requirement], at[b.requirement]))
    pairs += [(n, other[id]) for id, n in own.items() if id in other]
    return [(x, y) for x, y in pairs if x != y], alone


def _names(pack: Pack, conditions: Sequence[Condition], level: str) -> list[str]:
    """The facts that conditions read, and the facts from which these are looked up."""
    names = list(dict.fromkeys(name for condition in conditions for name in facts_read(condition)))
    for name in names:
        match pack.facts[name].derived:
            case Lookup(source) if source not in names:
                levels = pack.facts[source].levels
                names += [source] if not levels or level in levels else []
    return names


def _ordered(pack: Pack, names: Sequence[str]) -> list[str]:
    """The same facts, each right after those from which it follows."""
    order: list[str] = []

    def put(name: str) -> None:
        if name in order or name not in names:
            return
        for source in sources(pack, name):
            put(source)
        if name not in order:
            order.append(name)
        for other in names:
            own = [source for source in sources(pack, other) if source in names]
            if name in own and all(source in order for source in own):
                put(other)

    for name in names:
        put(name)
    return order
