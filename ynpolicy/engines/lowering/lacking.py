"""The missing facts of a case turned about: for each fact when it is missing, instead of sets of facts."""

from __future__ import annotations

from collections.abc import Mapping

from ynpolicy.engines.lowering.build import conjunction, disjunction
from ynpolicy.engines.lowering.nodes import TRUE, Ask, Gate, Mask, Truth


def lacking(mask: Mask | None) -> dict[str, Truth]:
    """For each fact of a set the truth that is true where the set has it, and false or unknown elsewhere.

    Truths take an eighth of a byte a row and sets eight bytes, so an engine on columns is faster with truths.
    """
    found = _Ways().of(mask) if mask is not None else {}
    return {fact: disjunction(ways) for fact, ways in found.items()}


class _Ways:
    """The conditions under each of which a set has a fact; every set that is a part of several is looked at once."""

    def __init__(self) -> None:
        self._seen: dict[Mask, Mapping[str, tuple[Truth, ...]]] = {}

    def of(self, mask: Mask) -> Mapping[str, tuple[Truth, ...]]:
        found = self._seen.get(mask)
        if found is None:
            found = self._seen[mask] = self._found(mask)
        return found

    def _found(self, mask: Mask) -> Mapping[str, tuple[Truth, ...]]:
        if isinstance(mask, Ask):
            return {mask.fact: (mask.when,)}
        ways: dict[str, dict[Truth, None]] = {}
        for item in mask.items:
            for fact, several in self.of(item).items():
                ways.setdefault(fact, {}).update(dict.fromkeys(several))
        return {fact: _gated(mask, tuple(several)) for fact, several in ways.items()}


def _gated(gate: Gate, ways: tuple[Truth, ...]) -> tuple[Truth, ...]:
    return ways if gate.when == TRUE else (conjunction((gate.when, disjunction(ways))),)
