"""What a proof consists of: checks, each with what the solver said and, where it found something, a case."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, Final

from attrs import frozen

from ynpolicy.ir import Text
from ynpolicy.verdict import Outcome

NOTHING: Final = Text("", "")

KINDS: Final = (
    "contradiction",
    "dead_norm",
    "dead_line",
    "swallowed",
    "implied",
    "row_overlap",
    "row_gap",
    "date_gap",
    "gap",
    "reading",
    "stale_claim",
)
"""The kinds of checks, in the order in which a proof lists them."""


class Standing(Enum):
    """How a check stands."""

    PROVED = "proved"
    FINDING = "finding"
    SETTLED = "settled"
    """Found, and the pack says why it is no fault."""
    SILENT = "silent"
    """Found, and the pack declares the silence."""
    UNDECIDED = "undecided"
    """The solver does not know, or a witness does not replay; never taken for a proof."""


@frozen
class Witness:
    """A case that shows what was found: plain data, and the outcomes that every engine gives."""

    case: Mapping[str, Any]
    outcomes: Mapping[str, Outcome]
    readings: Mapping[str, str]
    replays: bool


@frozen
class Check:
    """One question and its answer.

    `solver` is what the solver said, `sat`, `unsat` or `unknown`, or why it need not be asked: `apart` where the norms
    have no fact in common that could bring it about, `by counting` where rows are counted.
    `says` is what was found, `reason` why that is settled or meant, `reading` the reading that settles it.
    """

    kind: str
    about: tuple[str, ...]
    standing: Standing
    solver: str
    says: Text = NOTHING
    witnesses: tuple[Witness, ...] = ()
    reason: Text = NOTHING
    reading: str = ""


@frozen
class Proof:
    """All checks of one pack. `seconds` is how long they took, `engines` the solver and those that replayed."""

    checks: tuple[Check, ...]
    engines: tuple[str, ...]
    seconds: float

    def having(self, standing: Standing) -> tuple[Check, ...]:
        """The checks that stand in one way."""
        return tuple(check for check in self.checks if check.standing is standing)

    @property
    def clean(self) -> bool:
        """Whether everything is proved, settled or a declared silence."""
        return not any(check.standing in (Standing.FINDING, Standing.UNDECIDED) for check in self.checks)
