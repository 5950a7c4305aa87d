"""What follows for a group from its members: the meaning of `gather`, computed plainly.

Membership is true, false or unknown. A number of the group is the interval of all that it may be: a sure member counts,
a possible one counts or does not, a missing number may be anything that the vocabulary allows, and is never zero
for being missing. Where the question of a number does not arise for a member, it has nothing to add.

Unless the user says that the list is complete, there may be members that nobody listed. Then a sum of numbers that
cannot be negative has a least value and no greatest one, and so has a count: a part of the list may show that a cap is
broken, and never that it is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from attrs import define, frozen

from ynpolicy.errors import InputError, Place, Problem
from ynpolicy.groupings import Gathered, Grouping, Reckoning
from ynpolicy.ir import Case, FactRef, FactType, Pack
from ynpolicy.portfolio.placing import Placed, Places, arises, tell
from ynpolicy.semantics import value_of
from ynpolicy.values import (
    FALSE,
    LARGEST,
    TRUE,
    UNKNOWN,
    Interval,
    Missing,
    Truth,
    Value,
    conjunction,
    disjunction,
    exact,
)

ZERO = Fraction(0)
ONE = Fraction(1)


@frozen
class Share:
    """What one member gives to a fact of its group: surely, or perhaps.

    `value` is what it states, None where that is missing. `truth` says whether it counts. `lacks` names the facts of
    the member that are missing for that.
    """

    case: Case
    truth: Truth
    value: Value | None
    lacks: tuple[str, ...] = ()

    @property
    def is_sure(self) -> bool:
        """Whether it counts, with a number or word that is known."""
        return self.truth is TRUE and self.value is not None


@frozen
class Reckoned:
    """One fact of a group: its value, or why it has none, and the shares of which it is made.

    `anywhere` holds the shares of cases whose group is not known, the same for every group. `unlisted` is true where
    there may be members that are not listed, `begins` where the list does not reach back to the year that is asked for.
    """

    fact: str
    value: Value | None
    missing: Missing | None
    shares: tuple[Share, ...]
    anywhere: tuple[Share, ...] = ()
    unlisted: bool = False
    begins: bool = False


@define
class _Sum:
    """The bounds of a sum; an end that has none is open."""

    lo: Fraction = ZERO
    hi: Fraction = ZERO
    open_low: int = 0
    open_high: int = 0

    def add(self, share: Share, fact: FactType) -> None:
        """Adds a share: both ends where it surely counts, else only what may widen the interval."""
        if isinstance(share.value, Interval):
            low: Fraction | None = share.value.lo
            high: Fraction | None = share.value.hi
        else:
            low, high = fact.minimum, fact.maximum
        if share.truth is not TRUE:
            low = None if low is None else min(low, ZERO)
            high = None if high is None else max(high, ZERO)
        self.lo += low or ZERO
        self.hi += high or ZERO
        self.open_low += low is None
        self.open_high += high is None

    def __add__(self, other: _Sum) -> _Sum:
        return _Sum(
            self.lo + other.lo,
            self.hi + other.hi,
            self.open_low + other.open_low,
            self.open_high + other.open_high,
        )


def unlisted_sum(fact: FactType) -> _Sum:
    """What members that nobody listed may add: any number of numbers within the vocabulary's bounds."""
    falls = fact.minimum is None or fact.minimum < 0
    rises = fact.maximum is None or fact.maximum > 0
    return _Sum(open_low=int(falls), open_high=int(rises))


class Gatherer:
    """Reckons the facts of a grouping's groups; linear in the number of members."""

    def __init__(self, pack: Pack, grouping: Grouping, places: Places, complete: bool) -> None:
        self._pack = pack
        self._grouping = grouping
        self._places = places
        self._complete = complete
        self._anywhere = {one.fact: tuple(self._shares(one, places.anywhere)) for one in grouping.gathered}
        self._anywhere_sum = {
            one.fact: self._summed(one, self._anywhere[one.fact])
            for one in grouping.gathered
            if one.how in (Reckoning.SUM, Reckoning.COUNT)
        }
        self._anywhere_some = {
            name: UNKNOWN if shares or not complete else FALSE for name, shares in self._anywhere.items()
        }

    def gather(self, key: str) -> dict[str, Reckoned]:
        """Every fact that is gathered for a group. Raises `InputError` where a sum is too large to be kept exactly."""
        return {one.fact: self._one(one, key) for one in self._grouping.gathered}

    def _one(self, one: Gathered, key: str) -> Reckoned:
        if one.before:
            key = str(int(key) - 1)
            if key not in self._places.groups:
                return Reckoned(one.fact, None, Missing.UNKNOWN, (), begins=True)
        shares = tuple(self._shares(one, self._places.groups[key]))
        anywhere = self._anywhere[one.fact]
        value, missing = self._value(one, key, shares)
        return Reckoned(one.fact, value, missing, shares, anywhere, not self._complete)

    def _value(self, one: Gathered, key: str, shares: Sequence[Share]) -> tuple[Value | None, Missing | None]:
        match one.how:
            case Reckoning.SAME:
                sure = [share for share in shares if share.truth is TRUE]
                if any(share.case.state(one.of) is Missing.CONFLICT for share in sure if share.value is None):
                    return None, Missing.CONFLICT
                return _same(share.value for share in sure)
            case Reckoning.SOME:
                found = disjunction([*(share.truth for share in shares), self._anywhere_some[one.fact]])
                return (None, Missing.UNKNOWN) if found is UNKNOWN else (found is TRUE, None)
        total = self._summed(one, shares) + self._anywhere_sum[one.fact]
        if not self._complete:
            total += self._unlisted(one)
        lo = -LARGEST if total.open_low else total.lo
        hi = LARGEST if total.open_high else total.hi
        if max(abs(lo), abs(hi)) > LARGEST:
            message = f"`{one.fact}`: the sum over the group `{key}` is beyond {int(LARGEST):,}"
            raise InputError([Problem(Place(f"portfolio/{self._grouping.id}"), message, "numbers are kept exactly")])
        return Interval(lo, hi), None

    def _unlisted(self, one: Gathered) -> _Sum:
        return unlisted_sum(self._pack.facts[one.of]) if one.how is Reckoning.SUM else _Sum(open_high=1)

    def _summed(self, one: Gathered, shares: Sequence[Share]) -> _Sum:
        total = _Sum()
        fact = self._pack.facts[one.of or one.fact]
        for share in shares:
            total.add(share, fact)
        return total

    def _shares(self, one: Gathered, members: Sequence[Placed]) -> Iterator[Share]:
        """What the members give to a fact, those left out that surely give nothing."""
        for placed in members:
            case, lacks = placed.case, placed.lacks
            counts, wanted = tell(one.where, case) if one.where.items else (TRUE, ())
            truth = conjunction((placed.truth, counts))
            if truth is FALSE:
                continue
            lacks = (*lacks, *wanted)
            value: Value | None = exact(ONE)
            if one.of:
                value = value_of(FactRef(one.of), case)
                if value is None:
                    asked = arises(self._pack, case, one.of)
                    if asked is FALSE:
                        continue
                    if asked is UNKNOWN:
                        truth = UNKNOWN
                    lacks = (*lacks, one.of)
            yield Share(case, truth, value, tuple(dict.fromkeys(lacks)))


def _same(values: Iterator[Value | None]) -> tuple[Value | None, Missing | None]:
    """What some members say alike; a conflict where no single value can be what all of them say."""
    found: Value | None = None
    for value in values:
        if found is None or value is None:
            found = value if found is None else found
        elif isinstance(found, Interval) and isinstance(value, Interval):
            lo, hi = max(found.lo, value.lo), min(found.hi, value.hi)
            if lo > hi:
                return None, Missing.CONFLICT
            found = Interval(lo, hi)
        elif found != value:
            return None, Missing.CONFLICT
    return (found, None) if found is not None else (None, Missing.UNKNOWN)
