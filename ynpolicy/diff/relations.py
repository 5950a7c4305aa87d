"""What a comparison of two packs consists of: norms side by side, each with how they stand and a case that shows it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Any, Final

from attrs import field, frozen

from ynpolicy.amendments import Element
from ynpolicy.ir import Pack, Text
from ynpolicy.judge import Judge
from ynpolicy.successors import Note
from ynpolicy.verdict import Decision, Outcome

BURDENS: Final = (
    (
        *(Outcome.COMPLIED, Outcome.EXEMPT, Outcome.NOT_APPLICABLE),
        *(Outcome.NOT_IN_FORCE, Outcome.JUSTIFIED),
    ),
    (Outcome.ADVICE,),
    (Outcome.REVIEW,),
    (Outcome.DEPARTED,),
    (Outcome.VIOLATED,),
)
"""The outcomes from the lightest to the gravest; those that stand together burden a case alike. `undetermined` is in
none of them: it is no lighter and no graver than any other."""


class Relation(Enum):
    """How the norm of B stands to that of A, over all possible cases that either pack can state."""

    SAME_TEXT = "same_text"
    """The norm and everything that it reads is the same, word for word: nothing is left to prove."""
    EQUIVALENT = "equivalent"
    """Proved: every case has the same outcome."""
    AS_STRICT = "as_strict"
    """Proved: no case is burdened more or less, though some outcome has another name (exempt, not applicable, ...)."""
    STRICTER = "stricter"
    """Some case is burdened more by B, and proved: none is burdened less."""
    LOOSER = "looser"
    """Some case is burdened less by B, and proved: none is burdened more."""
    INCOMPARABLE = "incomparable"
    """Some case is burdened more by B and some less; or one of the two leaves a case undetermined."""
    UNDECIDED = "undecided"
    """The solver does not know, or a witness does not replay; never taken for a proof."""
    ADDED = "added"
    """Only B has the norm."""
    REMOVED = "removed"
    """Only A has it."""

    @property
    def is_alike(self) -> bool:
        """Whether every case has the same outcome under both."""
        return self in (Relation.SAME_TEXT, Relation.EQUIVALENT)


@frozen
class Side:
    """A pack as it is compared: with its readings, and on one day or, where `as_of` is None, on every day.

    `name` is what a command calls the pack, its id where it is empty.
    """

    judge: Judge
    as_of: date | None = None
    name: str = ""

    @property
    def pack(self) -> Pack:
        return self.judge.pack


@frozen
class Shown:
    """A witness in one pack: the case as plain data, the norm's outcome there, and the decision on these facts alone.

    `outcome` is None where the pack has no such norm.
    """

    case: Mapping[str, Any] = field(hash=False)
    outcome: Outcome | None
    decision: Decision | None


@frozen
class Witness:
    """One case under both packs: what it shows (`stricter`, `looser`, `open`, `other`), and whether both references
    give these outcomes. The two cases differ only in what the packs call otherwise, or do not both know."""

    shows: str
    a: Shown
    b: Shown
    replays: bool


@frozen
class NormPair:
    """A norm of A beside that of B. `name_a` and `name_b` are its ids in the packs, empty where it is not there."""

    name_a: str
    name_b: str
    level: str
    title: Text
    clauses: tuple[str, ...]
    relation: Relation
    witnesses: tuple[Witness, ...] = ()
    elements: tuple[Element, ...] = ()
    why: str = ""

    @property
    def id(self) -> str:
        """What reports call it: as A does, or B where only it has the norm."""
        return self.name_a or self.name_b


@frozen
class Comparison:
    """Two packs side by side: every norm, what their vocabularies say otherwise, and what was renamed."""

    a: Side
    b: Side
    level: str
    norms: tuple[NormPair, ...]
    vocabulary: tuple[Element, ...]
    notes: tuple[Note, ...]
    engines: tuple[str, ...]
    seconds: float

    def having(self, *relations: Relation) -> tuple[NormPair, ...]:
        """The norms that stand in one of some ways."""
        return tuple(pair for pair in self.norms if pair.relation in relations)

    @property
    def same(self) -> bool:
        """Whether the packs are proved to say the same of every case: each norm, in one vocabulary."""
        return all(pair.relation.is_alike for pair in self.norms) and not self.vocabulary
