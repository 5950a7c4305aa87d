"""What a solver says of the advice on one case: which sets settle it, which changes mend it, and that no others do."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

from attrs import field, frozen

from ynpolicy.values import Value

KINDS: Final = (
    "settles",
    "needs",
    "no_other_set",
    "mends",
    "no_part",
    "least",
    "no_other_change",
    "no_cheaper",
)
"""The kinds of statements, in the order in which a certificate lists them."""


class Standing(Enum):
    """How a statement stands."""

    PROVED = "proved"
    REFUTED = "refuted"
    UNDECIDED = "undecided"
    """The solver does not know, or its answer does not replay; never taken for a proof."""


@frozen
class Answers:
    """Values of facts that show something: what missing facts may turn out to be, or what may be changed."""

    values: Mapping[str, Value] = field(hash=False)


@frozen
class Statement:
    """One thing that is said of the advice, and what the solver says of it.

    * `settles`: whatever the values of the facts `about` are, the decision is determined, or waits for parameters only;
    * `needs`: without the fact `left_out` the others of them do not settle it: `shown` are values that leave it open;
    * `no_other_set`: no facts settle it that do not include one of the sets given; `shown` are values that leave it
      open, for each largest choice of such facts;
    * `mends`: the remedy that changes the facts `about` puts the case right;
    * `no_part`: without changing `left_out` no change of the others of them does;
    * `least`: no change of the same facts by fewer steps does;
    * `no_other_change`: no change puts it right that leaves some fact of each remedy alone;
    * `no_cheaper`: no change puts it right that costs less than the first remedy.

    `claimed` is false where the verdict itself does not say so, since a search was cut short: then what refutes the
    statement is news, and no disagreement. `solver` is what the solver answered, `questions` how many it was asked.
    """

    kind: str
    about: tuple[str, ...]
    standing: Standing
    solver: str
    claimed: bool
    left_out: str = ""
    questions: int = 1
    shown: tuple[Answers, ...] = ()
    reason: str = ""


@frozen
class Certificate:
    """All statements on the advice of one verdict, and the engines that decided them."""

    statements: tuple[Statement, ...]
    engines: tuple[str, ...]

    @property
    def proved(self) -> bool:
        """Whether every statement is proved."""
        return all(found.standing is Standing.PROVED for found in self.statements)

    @property
    def contradictions(self) -> tuple[Statement, ...]:
        """The statements that the verdict makes and the solver refutes."""
        return tuple(found for found in self.statements if found.claimed and found.standing is Standing.REFUTED)
