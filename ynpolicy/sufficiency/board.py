"""A case on which facts are laid and taken back, with the truth of every norm's stake kept up to date.

The comparisons themselves are the reference's own; only what a new value touches is computed again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from attrs import evolve

from ynpolicy.ir import (
    All,
    AnyOf,
    Case,
    Condition,
    FactRef,
    Leaf,
    Lookup,
    Norm,
    Not,
    Pack,
    is_settled,
    references,
    terms,
)
from ynpolicy.semantics import leaf_truth
from ynpolicy.sufficiency.derivations import implied, sources
from ynpolicy.sufficiency.joins import NO, OPEN, WAITS, YES, Join
from ynpolicy.values import FALSE, TRUE, UNKNOWN, Truth, Value

CODES: Final[Mapping[Truth, int]] = {FALSE: NO, UNKNOWN: OPEN, TRUE: YES}

_GONE: Final = object()


def stake(norm: Norm, territory: All) -> All:
    """The condition on which a norm's outcome turns: its breach, or that it binds where it requires nothing.

    While it is unknown the norm's finding is undetermined; while it is true the norm is in breach (or, for `review` and
    `may`, has something to say).
    """
    exempt = Not(AnyOf(tuple(exemption.when for exemption in norm.exemptions)))
    if norm.requirement is None:
        return All((territory, norm.applies, exempt))
    unmet = norm.requirement if norm.modality.forbids else Not(norm.requirement)
    return All((territory, norm.applies, exempt, unmet))


class Board:
    """A case on which the `free` facts may be laid; `conditions` are watched.

    `states` holds the truth of each condition as a number, and `reads` the free facts on which it can still depend. A
    fact among `following` takes its value from the facts it follows from as soon as they are known. `unverified` names
    the parameters without a value that some condition may turn on.
    """

    def __init__(
        self, pack: Pack, case: Case, conditions: Iterable[Condition], free: Iterable[str], following: Iterable[str]
    ) -> None:
        self.pack = pack
        self.values: dict[str, Value] = dict(case.values)
        self.case = evolve(case, values=self.values)
        self.free = frozenset(free)
        self.leaves: list[Leaf] = []
        self.truths: list[int] = []
        self.readers: dict[str, list[int]] = {}
        self.followers: dict[str, list[str]] = {}
        for name in following:
            for source in sources(pack, name):
                self.followers.setdefault(source, []).append(name)
        self._open = self.free | frozenset(following)
        self.unverified: dict[str, None] = {}
        self._numbers: dict[str, int] = {}
        self._read_by: list[tuple[str, ...]] = []
        self._lacks: list[frozenset[str] | None] = []
        self._answerable: list[bool] = []
        self._remembered: dict[tuple[int, ...], tuple[int, tuple[Value | None, ...]]] = {}
        self._looked_up: dict[tuple[str, Value | None], Value | None] = {}
        self._trail: list[tuple[Any, Any, Any]] = []
        self._rules: list[Join] = []
        self._watchers: list[list[int]] = []
        self.states: list[int] = []
        self.reads: list[frozenset[str]] = []
        for condition in conditions:
            self._watch(condition)

    def _watch(self, condition: Condition) -> None:
        used: set[int] = set()
        rule = self._rule(condition, used)
        index = len(self.states)
        join = Join(YES - rule) if isinstance(rule, int) else rule
        self.states.append(join.truth(self.truths))
        self._rules.append(join)
        self.reads.append(frozenset(name for number in used for name in self.facts_of(self.leaves[number])))
        for number in used:
            self._watchers[number].append(index)

    def facts_of(self, leaf: Leaf) -> tuple[str, ...]:
        """The facts of a comparison that may still change, in reading order."""
        names = (ref.name for term in terms(leaf) for ref in references(term) if isinstance(ref, FactRef))
        return tuple(dict.fromkeys(name for name in names if name in self._open))

    def _rule(self, condition: Condition, used: set[int], negated: bool = False) -> Join | int:
        """How the truth of a condition follows from the truths of its comparisons; a number where it is fixed.

        Negations are pushed down to the comparisons and joins of one sort merged, which changes no truth.
        """
        match condition:
            case Not(item):
                return self._rule(item, used, not negated)
            case All(items):
                return self._join(items, used, negated, NO if not negated else YES)
            case AnyOf(items):
                return self._join(items, used, negated, YES if not negated else NO)
            case _:
                return self._comparison(condition, used, negated)

    def _join(self, items: Sequence[Condition], used: set[int], negated: bool, deciding: int) -> Join | int:
        own: set[int] = set()
        plain, inverse, inner = list[int](), list[int](), list[Join]()
        for item in items:
            rule = self._rule(item, own, negated)
            if isinstance(rule, int):
                if rule == deciding:
                    return deciding
            elif rule.deciding == deciding or rule.is_comparison:
                plain += rule.plain
                inverse += rule.inverse
                inner += rule.inner
            else:
                inner.append(rule)
        used |= own
        if not (plain or inverse or inner):
            return YES - deciding
        return Join(deciding, tuple(plain), tuple(inverse), tuple(inner))

    def _comparison(self, leaf: Leaf, used: set[int], negated: bool) -> Join | int:
        number = self._numbers.get(leaf.text)
        if number is None:
            names = self.facts_of(leaf)
            code = CODES[leaf_truth(leaf, self.case)]
            if not names and code != OPEN:
                return YES - code if negated else code
            number = self._numbers[leaf.text] = len(self.leaves)
            self.leaves.append(leaf)
            self._read_by.append(names)
            self._lacks.append(lacks := self._lacking(leaf))
            self._answerable.append(lacks is not None and not lacks)
            self.truths.append(code)
            self._watchers.append([])
            for name in names:
                self.readers.setdefault(name, []).append(number)
        used.add(number)
        return Join(NO, () if negated else (number,), (number,) if negated else ())

    def _lacking(self, leaf: Leaf) -> frozenset[str] | None:
        """The parameters that a comparison lacks besides free facts; None where it lacks a fact that is not free."""
        lacking = set()
        for ref in (ref for term in terms(leaf) for ref in references(term)):
            if not isinstance(ref, FactRef):
                if ref.name not in self.case.parameters:
                    lacking.add(ref.name)
            elif ref.name not in self._open:
                value = self.values.get(ref.name)
                if value is None or not is_settled(value):
                    return None
        self.unverified |= dict.fromkeys(sorted(lacking))
        return frozenset(lacking)

    def wait_for(self, parameters: frozenset[str]) -> None:
        """From now on a comparison that lacks nothing but some of these parameters WAITS; nothing may be laid yet."""
        self._answerable[:] = [lacks is not None and lacks <= parameters for lacks in self._lacks]
        self._remembered.clear()
        self.truths[:] = [self._truth(number) for number in range(len(self.leaves))]
        self.states[:] = [rule.truth(self.truths) for rule in self._rules]

    # ------------------------------------------------------------ laying facts and taking them back

    def mark(self) -> int:
        """A point to which :meth:`undo` can go back."""
        return len(self._trail)

    def undo(self, mark: int) -> None:
        """Takes back everything laid since the mark."""
        trail = self._trail
        while len(trail) > mark:
            where, key, old = trail.pop()
            if old is _GONE:
                where.pop(key, None)
            else:
                where[key] = old

    def lay(self, name: str, value: Value | None) -> None:
        """Gives a fact a value, or none, and what follows from it."""
        values = self.values
        self._trail.append((values, name, values.get(name, _GONE)))
        if value is None:
            values.pop(name, None)
        else:
            values[name] = value
        self._read_again(name)
        for follower in self.followers.get(name, ()):
            found = self.imply(follower)
            if found != values.get(follower):
                self.lay(follower, found)

    def imply(self, name: str) -> Value | None:
        """What a derived fact follows to be, from what lies on the board; the same object for the same symbol."""
        match self.pack.facts[name].derived:
            case Lookup(source):
                key = (name, self.values.get(source))
                if key not in self._looked_up:
                    self._looked_up[key] = implied(self.pack, name, self.values, self.case.parameters)
                return self._looked_up[key]
        return implied(self.pack, name, self.values, self.case.parameters)

    def _read_again(self, name: str) -> None:
        trail, truths, states = self._trail, self.truths, self.states
        touched: set[int] = set()
        for number in self.readers.get(name, ()):
            truth = self._truth(number)
            if truth != truths[number]:
                trail.append((truths, number, truths[number]))
                truths[number] = truth
                touched.update(self._watchers[number])
        for index in touched:
            state = self._rules[index].truth(truths)
            if state != states[index]:
                trail.append((states, index, states[index]))
                states[index] = state

    def _truth(self, number: int) -> int:
        """The truth of a comparison, remembered by the very values laid on its facts."""
        laid = tuple(map(self.values.get, self._read_by[number]))
        key = (number, *map(id, laid))
        remembered = self._remembered.get(key)
        if remembered is None:
            remembered = self._remembered[key] = (self._read(number, laid), laid)
        return remembered[0]

    def _read(self, number: int, laid: Iterable[Value | None]) -> int:
        if self._lacks[number] and self._answerable[number]:
            return WAITS if all(value is not None and is_settled(value) for value in laid) else OPEN
        return CODES[leaf_truth(self.leaves[number], self.case)]

    def can_stay_open(self, index: int, known: frozenset[str]) -> bool:
        """Whether a condition is open and may remain so, whatever the values of some facts are."""
        return self.states[index] == OPEN and any(
            not self._answerable[number] or not known.issuperset(self._read_by[number])
            for number in self._rules[index].open_numbers(self.truths)
        )

    def open_reads(self, index: int) -> set[str]:
        """The facts on which a condition that is open still turns."""
        return {name for number in self._rules[index].open_numbers(self.truths) for name in self._read_by[number]}

    def known(self, name: str) -> bool:
        """Whether a fact has a value that leaves nothing open."""
        value = self.values.get(name)
        return value is not None and is_settled(value)
