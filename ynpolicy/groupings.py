"""What a pack says of groups of cases: which cases make a group, and what is reckoned of them.

A grouping states no duty. It says how facts of a group follow from the facts of its members; the norms that read those
facts stand among the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from attrs import field, frozen

from ynpolicy.errors import Place
from ynpolicy.law import Text
from ynpolicy.logic import NOWHERE, All


class Reckoning(Enum):
    """How a fact of a group follows from its members."""

    SUM = "sum"
    """The sum of a number over the members."""
    COUNT = "count"
    """How many members meet some lines."""
    SOME = "some"
    """Whether some member meets some lines."""
    SAME = "same"
    """What all members say alike; where they do not, their sources disagree."""


@frozen
class Gathered:
    """One fact of a group, and how it follows from the members.

    `of` is the member's fact that is summed or the same. `where` narrows the members that count. `before` reckons over
    the group of the year before.
    """

    fact: str
    how: Reckoning
    of: str = ""
    where: All = field(factory=lambda: All(()))
    before: bool = False
    place: Place = field(default=NOWHERE, eq=False, repr=False)


@frozen
class Grouping:
    """Groups of cases, and the facts that follow from them.

    Members are the cases of the level `members` that lie in the pack's territory and meet `among`. Those that agree in
    the fact `by` (in its year, where `by_year`) make a group; without `by`, all make one. A group is judged as a case
    of `level` by the norms `judged`; `named` is the fact of that case that tells which group it is, and `states` are
    facts that every group has. `roster` lists the groups that there are, whether they have members or not; without
    it, there are those that have.
    """

    id: str
    title: Text
    level: str
    members: str
    among: All
    by: str
    by_year: bool
    named: str
    states: Mapping[str, str] = field(hash=False)
    roster: tuple[str, ...]
    gathered: tuple[Gathered, ...]
    judged: tuple[str, ...]
    place: Place = field(default=NOWHERE, eq=False, repr=False)

    @property
    def gathers_before(self) -> bool:
        """Whether a group is compared with that of the year before."""
        return any(one.before for one in self.gathered)
