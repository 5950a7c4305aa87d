"""Which missing facts settle a decision, whatever their values turn out to be.

A set of facts does not suffice exactly when some assignment leaves a strict norm's breach unknown and no breach true.
The search looks for such an assignment, one norm at a time: only that norm's facts are tried together, the rest are
then chosen so that nothing is violated. Learning a fact never makes a known truth unknown again, so a branch ends as
soon as its partial assignment has settled the matter.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Final

from ynpolicy.ir import All, Case, Lookup, Pack
from ynpolicy.sufficiency.board import Board, stake
from ynpolicy.sufficiency.derivations import agree, sources
from ynpolicy.sufficiency.joins import NO, OPEN, YES
from ynpolicy.sufficiency.samples import Samples
from ynpolicy.values import Interval, Missing, Value
from ynpolicy.verdict import Finding, Outcome

MOST_STEPS: Final = 2000
"""How many values all searches on one case may lay down; past it, sets are given but not proved minimal."""

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
    follow by a lookup, if they are missing too. A derived fact takes its derived value once what it follows from is
    known; before that it may be answered by itself, with any admissible value.
    """

    def __init__(self, pack: Pack, case: Case, findings: tuple[Finding, ...]) -> None:
        self._pack = pack
        undetermined = [f for f in findings if f.outcome is Outcome.UNDETERMINED and f.norm.modality.is_strict]
        names = list(dict.fromkeys(name for finding in undetermined for name in finding.missing))
        for name in names:
            if isinstance(pack.facts[name].derived, Lookup):
                names += [s for s in sources(pack, name) if s not in names and _can_be_asked(case, s)]
        following = [n for n in names if n not in case.values and case.state(n) in (Missing.ABSENT, Missing.UNKNOWN)]
        territory = pack.territory.get(case.level, All(()))
        stakes = [stake(finding.norm, territory) for finding in undetermined]
        self.board = Board(pack, case, stakes, names, [n for n in following if sources(pack, n)])
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
        self._steps = 0
        self._asked = frozenset[str]()
        self._local_only = True

    def _ordered(self, names: list[str]) -> list[str]:
        """Sources before what follows from them, then the facts that the most comparisons read."""
        depth: dict[str, int] = {}

        def measure(name: str) -> int:
            if name not in depth:
                depth[name] = 0
                depth[name] = 1 + max((measure(s) for s in sources(self._pack, name) if s in names), default=-1)
            return depth[name]

        readers = self.board.readers
        return sorted(names, key=lambda n: (measure(n), -len(readers.get(n, ())), self._place[n]))

    def _with_followers(self, name: str) -> set[str]:
        family = [name]
        for member in family:
            family += [f for f in self.board.followers.get(member, ()) if f not in family]
        return set(family)

    # ------------------------------------------------------------ answers

    def missing_sets(self) -> tuple[tuple[tuple[str, ...], ...], bool]:
        """The minimal sets of facts whose values settle the decision, smallest first; and whether all that is proved.

        No set when not even all facts together are sure to settle it.
        """
        everything = frozenset(self._order)
        enough = self._settles(everything)
        if enough is False:
            return (), self._samples.exact
        if enough is None:
            return (self._in_order(everything),), False
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
        return tuple(self._in_order(s) for s in shown[:MOST_SETS]), proved

    def ask_first(self) -> tuple[str, ...]:
        """The facts of which some value settles the decision; first those of which the larger share of values do."""
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
        """Whether every assignment to the facts settles the decision; None where the search had to stop."""
        self._asked = asked
        try:
            return not any(self._stays_open(target, asked) for target in range(len(self.board.states)))
        except _Spent:
            self.board.undo(0)
            return None

    def _stays_open(self, target: int, asked: Facts) -> bool:
        if self.board.answerable[target] and self.board.reads[target] <= asked:
            return False
        own = frozenset(name for name in self._touching[target] if name in asked)
        if any(enough <= own for enough in self._never_open[target]):
            return False
        self._local_only = True
        found = self._open_below(target)
        if not found and self._local_only:
            self._never_open[target].append(own)
        return found

    def _open_below(self, target: int) -> bool:
        """Whether the asked facts can leave the target's breach unknown, and be kept from refusal."""
        if self.board.states[target] != OPEN or YES in self.board.states:
            return False
        name = self._next(target)
        if name is None:
            self._local_only = False
            return self._no_refusal()
        return any(self._with(name, value, lambda: self._open_below(target)) for value in self._samples.of(name))

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
        for index, state in enumerate(board.states):
            if state == OPEN and (name := self._next(index)) is not None:
                return self._some_value_avoids_refusal(name, index)
        return True

    def _some_value_avoids_refusal(self, name: str, index: int) -> bool:
        """Tries the values that clear the norm at `index` first: most searches end there."""
        later: list[Value] = []
        for value in self._samples.of(name):
            clears = self._with(name, value, lambda: self.board.states[index] == NO)
            if not clears:
                later.append(value)
            elif self._with(name, value, self._no_refusal):
                return True
        return any(self._with(name, value, self._no_refusal) for value in later)

    def _with(self, name: str, value: Value, test: Callable[[], bool]) -> bool:
        """Whether a test holds once the fact has the value; false where the value cannot be."""
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise _Spent
        mark = self.board.mark()
        held = self._lay(name, value) and test()
        self.board.undo(mark)
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


def _can_be_asked(case: Case, name: str) -> bool:
    return name not in case.values and case.state(name) is not Missing.NOT_APPLICABLE
