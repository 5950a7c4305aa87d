"""What a pack says of itself for its proof: which cases are possible, what it leaves open, what is settled."""

from __future__ import annotations

from typing import Final

from attrs import field, frozen

from ynpolicy.errors import Place
from ynpolicy.law import Text
from ynpolicy.logic import NOWHERE, All

SETTLED_KINDS: Final = (
    "contradiction",
    "dead_norm",
    "dead_line",
    "swallowed",
    "implied",
    "row_overlap",
    "row_gap",
    "date_gap",
)
"""The kinds of findings that a pack may settle. A topic's silence is declared apart, with the cases that it covers."""


@frozen
class Constraint:
    """What holds of every possible case of a level; no norm, and no fault of a case, but what a proof may rest on."""

    id: str
    level: str
    holds: All
    reason: Text
    place: Place = field(default=NOWHERE, eq=False, repr=False)


@frozen
class Silence:
    """Cases of a level on which the norms of a topic say nothing, and why that is meant; `when` is empty for all."""

    topic: str
    level: str
    when: All
    reason: Text
    place: Place = field(default=NOWHERE, eq=False, repr=False)


@frozen
class Settlement:
    """A finding that is known and settled: its kind, the norms, tables or parameters it is about, and why.

    A name without a row's key (`target.hm-cap`) stands for the norms of all rows. `reading` names the reading that
    settles it, where one does.
    """

    kind: str
    about: tuple[str, ...]
    reason: Text
    reading: str = ""
    place: Place = field(default=NOWHERE, eq=False, repr=False)


@frozen
class Claims:
    """Everything in a pack's `proof.yaml`."""

    possible: tuple[Constraint, ...] = ()
    silences: tuple[Silence, ...] = ()
    settled: tuple[Settlement, ...] = ()

    def constraints_at(self, level: str) -> tuple[Constraint, ...]:
        """What holds of every possible case of a level."""
        return tuple(constraint for constraint in self.possible if constraint.level == level)
