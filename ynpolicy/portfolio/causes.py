"""Which members a finding rests on: those that count, the fewest that suffice, and those that keep it open."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from attrs import evolve, frozen

from ynpolicy.groupings import Reckoning
from ynpolicy.ir import Pack
from ynpolicy.portfolio.gathering import Reckoned, Share
from ynpolicy.portfolio.judging import Group
from ynpolicy.semantics import judge_norm, territory
from ynpolicy.values import LARGEST, Interval
from ynpolicy.verdict import Finding, Outcome

TOLD: frozenset[Outcome] = frozenset(Outcome) - {Outcome.NOT_APPLICABLE, Outcome.NOT_IN_FORCE}
"""The outcomes for which members are named."""


@frozen
class Cause:
    """What one gathered fact contributes to a finding.

    `counted` are the shares that surely count, the largest first; the first `enough` of them bring the finding about by
    themselves, whatever the others are (0: nothing less than all of them, or what is missing brings it about). `open`
    are the shares that may count, or of which something is missing. `anywhere` counts cases whose group is not known.
    """

    fact: str
    how: Reckoning
    counted: tuple[Share, ...]
    enough: int
    open: tuple[Share, ...]
    anywhere: int
    unlisted: bool
    begins: bool


def causes(pack: Pack, group: Group, finding: Finding) -> tuple[Cause, ...]:
    """The causes of a finding, one for each gathered fact among the operands that settled it."""
    if finding.outcome not in TOLD:
        return ()
    read = {operand.name: None for node in finding.deciding for operand in node.operands}
    hows = {one.fact: one.how for one in group.grouping.gathered}
    return tuple(_cause(pack, group, finding, group.reckoned[name], hows[name]) for name in read if name in hows)


def _cause(pack: Pack, group: Group, finding: Finding, found: Reckoned, how: Reckoning) -> Cause:
    counted = sorted((share for share in found.shares if share.is_sure), key=_by_size)
    enough = 0
    if how in (Reckoning.SUM, Reckoning.COUNT) and all(size >= 0 for size in _sizes(pack, group, found)):
        enough = _fewest(pack, group, finding, found, tuple(counted))
    return Cause(
        fact=found.fact,
        how=how,
        counted=tuple(counted),
        enough=enough,
        open=tuple(share for share in found.shares if not share.is_sure),
        anywhere=len(found.anywhere),
        unlisted=found.unlisted,
        begins=found.begins,
    )


def _by_size(share: Share) -> tuple[Fraction, str]:
    return (-share.value.lo if isinstance(share.value, Interval) else Fraction(0), share.case.id)


def _sizes(pack: Pack, group: Group, found: Reckoned) -> Iterator[Fraction]:
    """The least that a member can give: by the vocabulary, so that it holds of those that are not listed, too."""
    one = next(one for one in group.grouping.gathered if one.fact == found.fact)
    least = pack.facts[one.of].minimum if one.of else Fraction(0)
    yield Fraction(-1) if least is None else least


def _fewest(pack: Pack, group: Group, finding: Finding, found: Reckoned, counted: tuple[Share, ...]) -> int:
    """How many of the largest shares bring the finding about when nothing is known of the rest; 0 where none do.

    The largest shares make the greatest sum that so many can make; so no fewer members suffice.
    """
    case = group.verdict.case
    inside = territory(pack, case)

    def suffices(sum: Fraction) -> bool:
        partly = evolve(case, values={**case.values, found.fact: Interval(sum, LARGEST)})
        return judge_norm(finding.norm, partly, inside, pack.since).outcome is finding.outcome

    sums = [Fraction(0)]
    for share in counted:
        sums.append(sums[-1] + (share.value.lo if isinstance(share.value, Interval) else 0))
    if finding.outcome in (Outcome.COMPLIED, Outcome.UNDETERMINED) or suffices(sums[0]) or not suffices(sums[-1]):
        return 0
    low, high = 0, len(counted)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if suffices(sums[middle]) else (middle, high)
    return high
