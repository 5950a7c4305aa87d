"""A pack under test: what its cases are drawn from, its engines, and the same pack in another guise."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from attrs import evolve, frozen

from ynpolicy.choices import choose
from ynpolicy.ir import Case, Pack
from ynpolicy.semantics import judge, territory
from ynpolicy.testing.agreement import Engines
from ynpolicy.testing.drawn_cases import CaseSpace
from ynpolicy.testing.renaming import renamed_pack
from ynpolicy.testing.strategies import AnyPack, pack_of
from ynpolicy.verdict import Decision, Finding, decide


class Subject:
    """A pack and what its properties need more than once; `close` frees its engines.

    Raises `InputError` for an unknown pack, reading or level.
    """

    def __init__(self, pack: AnyPack, level: str = "", readings: Mapping[str, str] | None = None) -> None:
        self.own = pack_of(pack)
        """The pack under the readings that it takes itself."""
        self.pack = choose(self.own, readings) if readings else self.own
        self.space = CaseSpace(self.pack, level)
        self._engines: dict[str, Engines] = {}

    @cached_property
    def renamed(self) -> Pack:
        """The pack with other names for all that has one."""
        return renamed_pack(self.pack)

    @cached_property
    def reverse(self) -> Pack:
        """The pack with its norms in reverse order."""
        return evolve(self.pack, norms={id: self.pack.norms[id] for id in reversed(list(self.pack.norms))})

    def engines(self, guise: str = "pack") -> Engines:
        """The engines of the pack, of the `renamed` or of the `reverse` one."""
        if guise not in self._engines:
            self._engines[guise] = Engines(getattr(self, guise))
        return self._engines[guise]

    def close(self) -> None:
        """Frees the engines; they are made anew when next needed."""
        for engines in self._engines.values():
            engines.close()
        self._engines.clear()


@frozen
class Judged:
    """A case with what the reference says of it."""

    case: Case
    findings: tuple[Finding, ...]
    decision: Decision


def judged(pack: Pack, case: Case) -> Judged:
    """The findings and the decision by the reference."""
    findings = judge(pack, case)
    inside = territory(pack, case).truth
    return Judged(case, findings, decide(((f.norm.modality, f.outcome) for f in findings), inside))


@frozen
class Drawn:
    """What a property is tried on: one case or two, perhaps another pack, and a seed for what is chosen later."""

    cases: tuple[Case, ...]
    pack: Pack | None = None
    seed: int = 0

    def __repr__(self) -> str:
        case = self.cases[0]
        return f"<a {case.level} as of {case.as_of} with {len(case.values)} facts>"
