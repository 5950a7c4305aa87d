"""What a table of outcomes has in it, whichever engine makes it: its columns, and the nodes that they are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from attrs import frozen

from ynpolicy.engines.lowering.build import disjunction, gate
from ynpolicy.engines.lowering.nodes import TRUE, Ask, Code, Gate, Mask, Truth
from ynpolicy.engines.lowering.plan import Node
from ynpolicy.engines.lowering.program import Program
from ynpolicy.errors import InputError, Place, Problem

DECISION: Final = "decision"
REJECTED: Final = "rejected"
MISSING: Final = "missing"
SCOPES: Final = ("", "case", "finding")

WORD: Final = 63
"""So many facts have their bits in one word of missing facts."""


def refuse_scope(missing: str) -> None:
    """Raises `InputError` for what is no scope of missing facts."""
    if missing not in SCOPES:
        problem = Problem(Place("missing"), f"unknown scope `{missing}`", "it is case, finding or empty")
        raise InputError([problem])


@frozen
class Results:
    """The columns of a result, each by program: a row is judged by the program of its day.

    A row for which `fails` is true is rejected. `codes` are the decision and the outcome of each norm, `masks` the
    missing facts asked for.
    """

    programs: tuple[Program, ...]
    fails: Truth
    codes: Mapping[str, tuple[Code, ...]]
    masks: Mapping[str, tuple[Mask | None, ...]]

    @staticmethod
    def of(programs: tuple[Program, ...], missing: str) -> Results:
        """The result of some programs, with the missing facts of the `case`, of each `finding`, or without them."""
        codes = {DECISION: tuple(program.decision for program in programs)}
        masks: dict[str, tuple[Mask | None, ...]] = {}
        if missing == "case":
            masks[MISSING] = tuple(gate(TRUE, (norm.missing for norm in program.norms)) for program in programs)
        for number, norm in enumerate(programs[0].norms):
            codes[norm.id] = tuple(program.norms[number].outcome for program in programs)
            if missing == "finding":
                masks[f"{MISSING}[{norm.id}]"] = tuple(program.norms[number].missing for program in programs)
        return Results(programs, disjunction(check.fails for check in programs[0].checks), codes, masks)

    @property
    def nodes(self) -> list[Node]:
        """What has to be computed; `fails` twice, since every other column reads it too."""
        found: list[Node] = [self.fails, self.fails]
        for codes in self.codes.values():
            found += dict.fromkeys(codes)
        return found + [mask for masks in self.masks.values() for mask in masks if mask is not None]


def words(mask: Mask | None, bits: Mapping[str, int]) -> frozenset[int]:
    """The words in which a set of facts can have bits; `bits` numbers the facts."""
    match mask:
        case None:
            return frozenset()
        case Ask(fact):
            return frozenset([bits[fact] // WORD])
        case Gate(_, items):
            return frozenset().union(*(words(item, bits) for item in items))


def missing_words(columns: Sequence[str]) -> dict[str, list[int]]:
    """The columns of missing facts in a result, each with its words: `missing.0` and `missing.1` are two of one."""
    found: dict[str, list[int]] = {}
    for name in columns:
        base, _, word = name.rpartition(".")
        if base == MISSING or base.startswith(f"{MISSING}["):
            found.setdefault(base, []).append(int(word))
    return found
