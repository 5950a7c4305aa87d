"""Which missing facts settle a decision, whatever their values turn out to be.

A set of facts does not suffice exactly when some assignment leaves a strict norm's breach unknown and no breach true.
The search looks for such an assignment, one norm at a time: only that norm's facts are tried together, the rest are
then chosen so that nothing is violated. Learning a fact never makes a known truth unknown again, so a branch ends as
soon as its partial assignment has settled the matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from functools import partial
from typing import Final

from ynpolicy.ir import All, Case, Deadline, Kind, Lookup, Pack, is_settled
from ynpolicy.sufficiency.board import Board, stake
from ynpolicy.sufficiency.derivations import agree, implied, sources
from ynpolicy.sufficiency.joins import NO, OPEN, YES
from ynpolicy.sufficiency.lines import writable
from ynpolicy.sufficiency.samples import Samples
from ynpolicy.values import Interval, Missing, Value
from ynpolicy.verdict import Finding, Outcome

MOST_STEPS: Final = 2000
"""How many values all searches on one case may lay down; past it, sets are given but not proved."""

MOST_SETS: Final = 10
"""How many minimal sets are shown."""

MOST_CANDIDATES: Final = 64
"""How many sets may wait to be examined at a time."""

Facts = frozenset[str]


class _Spent(Exception):
    """The searches on this case have laid down as many values as they may."""


class Asking:
    """What to ask for on a case whose decision is open because strict norms are undetermined.

    The facts that may be asked for are those that the undetermined strict findings lack, and the facts from which these
    follow by a lookup or as a deadline, if they are missing too. A derived fact takes its derived value once what it
    follows from is known; before that it may be answered by itself, with any admissible value.
    """

    def __init__(self, pack: Pack, case: Case, findings: tuple[Finding, ...]) -> None:
        self._pack = pack
        undetermined = [f for f in findings if f.outcome is Outcome.UNDETERMINED and f.norm.modality.is_strict]
        names = list(dict.fromkeys(name for finding in undetermined for name in finding.missing))
        for name in names:
            if isinstance(pack.facts[name].derived, (Lookup, Deadline)):
                names += [s for s in sources(pack, name) if s not in names and _can_be_asked(case, s)]
        unknown = [n for n in names if n not in case.values and case.state(n) in (Missing.ABSENT, Missing.UNKNOWN)]
        following = [n for n in unknown if sources(pack, n)]
        territory = pack.territory.get(case.level, All(()))
        stakes = [stake(finding.norm, territory) for finding in undetermined]
        self.board = Board(pack, case, stakes, names, following)
        self._place = {name: place for place, name in enumerate(pack.facts)}
        self._order = self._ordered(names)
        self._samples = Samples(self.board, self._order)
        self._family = {name: self._with_followers(name) for name in names}
        self._touching = [
            [name for name in self._order if not reads.isdisjoint(self._family[name])] for reads in self.board.reads
        ]
        self._derived = {
            source: [n for n, fact in pack.facts.items() if fact.derived and source in sources(pack, n)]
            for source in names
        }
        self._never_open: list[list[Facts]] = [[] for _ in stakes]
        self._hardest_first = list(range(len(stakes)))
        self._served: dict[tuple[int | None, str], Value] = {}
        self._steps = 0
        self._clear: dict[str, Value] = {}
        self._always_strayed = self._strayed = -1
        groups = _kin(pack, names)
        self._kin = {name: 1 << group for name, group in groups.items()}
        self._turns_on = [sum({self._kin[name] for name in touching}) for touching in self._touching]
        self._asked = frozenset[str]()
        self._local_only = True
        self._strange = False
        self._covered = frozenset[str]()
        self._always_follow = [n for n in following if _always_follows(pack, n)]

    def _ordered(self, names: list[str]) -> list[str]:
        """Sources before what follows from them, then the facts that the most comparisons read.

        Where a deadline is among them, the dates that are compared with it come after it.
        """
        depth: dict[str, int] = {}

        def measure(name: str) -> int:
            if name not in depth:
                depth[name] = 0
                depth[name] = 1 + max((measure(s) for s in sources(self._pack, name) if s in names), default=-1)
            return depth[name]

        readers = self.board.readers
        deadlines = [n for n in names if isinstance(self._pack.facts[n].derived, Deadline)]
        first = {*deadlines, *(source for name in deadlines for source in sources(self._pack, name))}
        late = {n for n in names if deadlines and self._pack.facts[n].kind is Kind.DATE} - first
        return sorted(names, key=lambda n: (n in late, measure(n), -len(readers.get(n, ())), self._place[n]))

    def _with_followers(self, name: str) -> set[str]:
        family = [name]
        for member in family:
            family += [f for f in self.board.followers.get(member, ()) if f not in family]
        return set(family)

    def _cover(self, asked: Facts) -> Facts:
        """The facts asked for and those that are sure to follow from them."""
        covered = set(asked)
        for name in self._always_follow:
            if covered.issuperset(sources(self._pack, name)):
                covered.add(name)
        return frozenset(covered)

    # ------------------------------------------------------------ answers

    def missing_sets(self) -> tuple[tuple[tuple[str, ...], ...], tuple[str, ...], bool]:
        """The minimal sets of facts whose values settle the decision, smallest first, and whether all that is proved.

        Where not even all facts together are sure to settle it, the sets are those after which only unverified
        parameters can keep it open: they come between. No set where a fact is wanted that cannot be asked for, and none
        where no fact is wanted any more.
        """
        everything = frozenset(self._order)
        self._find_clear(everything)
        law = tuple(self.board.unverified)
        enough = self._settles(everything)
        if enough is None:
            return self._shown([everything]), law, False
        if enough:
            found, proved = self._minimal(everything)
            return self._shown(found), (), proved
        if law:
            self._wait_for(law)
            enough = self._settles(everything)
        if not enough:
            return (), (), enough is False and self._samples.exact
        found, proved = self._minimal(everything)
        hanging = law if len(law) == 1 else tuple(name for name in law if self._hang_on(name, found))
        return self._shown(found), hanging, proved

    def _wait_for(self, parameters: Iterable[str]) -> None:
        """From now on a norm that lacks nothing but these parameters is no longer open."""
        self.board.wait_for(frozenset(parameters))
        self._never_open = [[] for _ in self.board.states]

    def _hang_on(self, parameter: str, found: list[Facts]) -> bool:
        """Whether a norm may still turn on a parameter once all facts of one of the sets are known."""
        self._wait_for(name for name in self.board.unverified if name != parameter)
        return any(self._settles(names) is not True for names in found)

    def _shown(self, found: list[Facts]) -> tuple[tuple[str, ...], ...]:
        return tuple(self._in_order(names) for names in found if names)

    def _minimal(self, everything: Facts) -> tuple[list[Facts], bool]:
        """The minimal sets that settle, given that all facts together do: at most so many, smallest first."""
        proved = True
        core = set()
        for name in self._order:
            without = self._settles(everything - {name})
            proved = proved and without is not None
            if without is not True:
                core.add(name)
        found, complete = self._hitting(everything, frozenset(core))
        shown = sorted(found or [everything], key=lambda s: (len(s), [self._place[n] for n in self._in_order(s)]))
        proved = proved and complete and self._samples.exact and len(shown) <= MOST_SETS
        return shown[:MOST_SETS], proved

    def ask_first(self) -> tuple[str, ...]:
        """The facts of which some value settles the decision; first those of which the larger share of values do."""
        self._wait_for(())
        shares: dict[str, Fraction] = {}
        for name in self._order:
            outcomes = []
            for value in self._samples.of(name):
                mark = self.board.mark()
                if self._lay(name, value):
                    outcomes.append(self._is_settled())
                self.board.undo(mark)
            if any(outcomes):
                shares[name] = Fraction(sum(outcomes), len(outcomes))
        return tuple(sorted(shares, key=lambda n: (-shares[n], self._place[n])))

    def _in_order(self, names: Facts) -> tuple[str, ...]:
        return tuple(sorted(names, key=self._place.__getitem__))

    def _hitting(self, everything: Facts, core: Facts) -> tuple[list[Facts], bool]:
        """All minimal sets, by duality: each meets every complement of a maximal set that does not suffice.

        Candidates are the minimal sets that meet all complements known so far; one that does not suffice is grown to a
        maximal such set, which adds a complement. When all candidates suffice, they are the minimal sets.
        """
        candidates, found, complete = [core], list[Facts](), True
        while pending := [c for c in candidates if c not in found]:
            if len(found) > MOST_SETS or len(candidates) > MOST_CANDIDATES:
                return found, False
            candidate = min(pending, key=lambda c: (len(c), self._in_order(c)))
            enough = self._settles(candidate)
            if enough:
                found.append(candidate)
                continue
            complete = complete and enough is not None
            short = candidate
            for name in self._order:
                if name not in short and self._settles(short | {name}) is not True:
                    short |= {name}
            cut = everything - short
            if not cut:
                return found, False
            grown = {c | {name} for c in candidates for name in cut if not c & cut} | {c for c in candidates if c & cut}
            candidates = [c for c in grown if not any(other < c for other in grown)]
        return found, complete

    # ------------------------------------------------------------ the search for a case that stays open

    def _settles(self, asked: Facts) -> bool | None:
        """Whether every assignment to the facts settles the decision; None where the search had to stop.

        Numbers that no case can state may stand for others; what is found with them is looked for without them again.
        """
        self._asked = asked
        self._covered = self._cover(asked)
        self._strayed = self._always_strayed
        try:
            if not self._some_stays_open(asked):
                return True
            if not self._strange:
                return False
            with self._stated_only():
                return False if self._some_stays_open(asked) else None
        except _Spent:
            self.board.undo(0)
            return None

    def _some_stays_open(self, asked: Facts) -> bool:
        self._strange = False
        return any(self._stays_open(target, asked) for target in range(len(self.board.states)))

    @contextmanager
    def _stated_only(self) -> Iterator[None]:
        """Leaves numbers aside that no case can state."""
        self._samples.stated_only = True
        try:
            yield
        finally:
            self._samples.stated_only = False

    def _find_clear(self, everything: Facts) -> None:
        """Looks once for an assignment without a refusal, so that later searches may start from it."""
        self._asked = everything
        self._strayed = -1
        try:
            with self._stated_only():
                clear = self._no_refusal()
            if clear:
                self._clear = {name: value for (_, name), value in self._served.items()}
                self._always_strayed = 0
        except _Spent:
            self.board.undo(0)
        self._served.clear()

    def _stays_open(self, target: int, asked: Facts) -> bool:
        if not self.board.can_stay_open(target, self._covered):
            return False
        own = frozenset(name for name in self._touching[target] if name in asked)
        if any(enough <= own for enough in self._never_open[target]):
            return False
        self._local_only = True
        found = self._open_below(target)
        if not found and self._local_only and not self._samples.stated_only:
            self._never_open[target].append(own)
        return found

    def _open_below(self, target: int) -> bool:
        """Whether the asked facts can leave the target's breach unknown, and be kept from refusal."""
        if YES in self.board.states or not self.board.can_stay_open(target, self._covered):
            return False
        name = self._next(target)
        if name is None:
            self._local_only = False
            return self._no_refusal()
        return self._some_value(name, target, lambda _: self._open_below(target))

    def _next(self, target: int) -> str | None:
        """The first asked fact, not laid yet, on which the target still turns."""
        turns_on = self.board.open_reads(target)
        for name in self._touching[target]:
            if name in self._asked and not self.board.known(name) and not turns_on.isdisjoint(self._family[name]):
                return name
        return None

    def _no_refusal(self) -> bool:
        """Whether the asked facts that are left can be chosen so that no breach is true."""
        board = self.board
        if YES in board.states:
            return False
        for index in self._hardest_first:
            if not self._strayed & self._turns_on[index]:
                continue
            if board.states[index] == OPEN and (name := self._next(index)) is not None:
                avoided = self._some_value_avoids_refusal(name, index)
                if not avoided:
                    self._hardest_first.remove(index)
                    self._hardest_first.insert(0, index)
                return avoided
        return True

    def _some_value_avoids_refusal(self, name: str, index: int) -> bool:
        """Tries the values that clear the norm at `index` first: most searches end there."""
        later: list[Value] = []

        def clears(value: Value) -> bool:
            if self.board.states[index] == NO:
                return self._no_refusal()
            later.append(value)
            return False

        return self._some_value(name, None, clears) or self._some_value(name, None, lambda _: self._no_refusal(), later)

    def _some_value(
        self, name: str, aim: int | None, test: Callable[[Value], bool], values: Sequence[Value] | None = None
    ) -> bool:
        """Whether a test holds for some value of a fact: the one that last served the same aim is tried first."""
        values = self._samples.of(name) if values is None else values
        first = self._served.get((aim, name), self._clear.get(name))
        if first is not None and first in values:
            values = [first, *(value for value in values if value != first)]
        for value in values:
            if self._with(name, value, partial(test, value)):
                self._served[aim, name] = value
                return True
        return False

    def _with(self, name: str, value: Value, test: Callable[[], bool]) -> bool:
        """Whether a test holds once the fact has the value; false where the value cannot be."""
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise _Spent
        mark, strayed = self.board.mark(), self._strayed
        if self._clear.get(name) != value:
            self._strayed |= self._kin[name]
        held = self._lay(name, value) and test()
        self._strange = self._strange or (held and not _is_stated(value))
        self.board.undo(mark)
        self._strayed = strayed
        return held

    def _lay(self, name: str, value: Value) -> bool:
        """Lays a value; false where it contradicts what a derived fact must be."""
        self.board.lay(name, value)
        return self._fits(name) and all(self._fits(other) for other in self._derived[name])

    def _fits(self, name: str) -> bool:
        fact = self._pack.facts[name]
        value = self.board.values.get(name)
        if fact.derived is None or value is None:
            return True
        if isinstance(value, Interval) and (
            (fact.minimum is not None and value.hi < fact.minimum)
            or (fact.maximum is not None and value.lo > fact.maximum)
        ):
            return False
        found = self.board.imply(name)
        return found is None or agree(value, found)

    def _is_settled(self) -> bool:
        return YES in self.board.states or OPEN not in self.board.states


def _is_stated(value: Value) -> bool:
    """Whether a case can state a value."""
    return not isinstance(value, Interval) or writable(value.lo)


def _kin(pack: Pack, names: Sequence[str]) -> dict[str, int]:
    """Numbers for facts, the same for facts that are linked by what follows from what."""
    group = {name: number for number, name in enumerate(names)}
    for name in pack.facts:
        linked = [n for n in (name, *sources(pack, name)) if n in group]
        for other in linked[1:]:
            old, new = group[other], group[linked[0]]
            group = {n: new if g == old else g for n, g in group.items()}
    return group


def _always_follows(pack: Pack, name: str) -> bool:
    """Whether a derived fact is known for sure once what it follows from is."""
    derived = pack.facts[name].derived
    if not isinstance(derived, Lookup):
        return not isinstance(derived, Deadline)
    values = (implied(pack, name, {derived.fact: symbol}, {}) for symbol in pack.facts[derived.fact].symbols)
    return all(value is not None and is_settled(value) for value in values)


def _can_be_asked(case: Case, name: str) -> bool:
    return name not in case.values and case.state(name) is not Missing.NOT_APPLICABLE
