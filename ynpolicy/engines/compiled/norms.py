"""A level's norms as two Python functions: `decide` and `outcomes`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ynpolicy.engines.compiled.conditions import Conditions
from ynpolicy.engines.compiled.layout import ACCEPTED, JUSTIFIED, OPEN, REJECTED, Layout
from ynpolicy.engines.compiled.operands import Lines
from ynpolicy.ir import All, AnyOf, Condition, Modality, Norm, Not
from ynpolicy.values import Value
from ynpolicy.verdict import Decision, Outcome

OUTCOMES: Final = tuple(Outcome)
_CODE: Final = {outcome: code for code, outcome in enumerate(OUTCOMES)}

_VIOLATION, _OPEN_STRICT, _REFERRAL = 1, 2, 4
DECISIONS: Final = tuple(
    Decision.REFUSED
    if flags & _VIOLATION
    else Decision.UNDETERMINED
    if flags & _OPEN_STRICT
    else Decision.REFERRED
    if flags & _REFERRAL
    else Decision.IN_ORDER
    for flags in range(8)
)


class LevelWriter:
    """Writes the two functions; `norms` are those in force, each with its number among the level's norms."""

    def __init__(
        self, layout: Layout, parameters: Mapping[str, Value], territory: All, norms: list[tuple[int, Norm]]
    ) -> None:
        self._lines = Lines()
        self._conditions = Conditions(self._lines, layout, parameters)
        self._slots = range(len(layout.blank))
        self._territory = territory
        self._inside = ("t",) if territory.items else ()
        self._norms = norms

    def write(self, count: int) -> str:
        """The source of both functions for a level of so many norms."""
        self._write_decide()
        self._write_outcomes(count)
        return str(self._lines)

    def _write_decide(self) -> None:
        """`decide`: `m` gathers the missing facts, `f` what bears on the decision."""
        lines, conditions = self._lines, self._conditions
        with lines.block("def decide(p):"):
            if not self._norms:
                lines.add("return N")
                return
            self._begin()
            if self._inside:
                with lines.block("if t < 0:"):
                    lines.add("return N")
            lines.add("m = f = 0")
            for index, norm in self._norms:
                bound = All((norm.applies, *(Not(exemption.when) for exemption in norm.exemptions)))
                conditions.assign("a", bound, True, *self._inside)
                with lines.block("if a >= 0:"):
                    self._weigh(index, norm)
            lines.add(f"return D[f], S[m & v{OPEN}]")

    def _begin(self) -> None:
        lines, conditions = self._lines, self._conditions
        lines.add(", ".join(f"v{slot}" for slot in self._slots) + " = p")
        roots: list[tuple[Condition, bool]] = [(self._territory, True)]
        for _, norm in self._norms:
            roots.append((norm.applies, True))
            roots += [(exemption.when, False) for exemption in norm.exemptions]
            if norm.requirement is not None:
                roots.append((norm.requirement, not norm.modality.forbids))
        conditions.share(roots)
        if self._inside:
            conditions.assign("t", self._territory, True)

    def _weigh(self, index: int, norm: Norm) -> None:
        """What a norm that binds, or may bind (`a` is 0 or a mask), adds to the decision."""
        lines, conditions = self._lines, self._conditions
        if norm.requirement is None:
            refers = f"f |= {_REFERRAL}"
            with lines.block("if a:"):
                lines.add("m |= a" if norm.modality is Modality.MAY else f"m |= a; {refers}")
            if norm.modality is Modality.REVIEW:
                with lines.block(f"elif not v{ACCEPTED} & {1 << index:#x}:"):
                    lines.add(refers)
            return
        still_open = f"f |= {_OPEN_STRICT if norm.modality.is_strict else _REFERRAL}"
        conditions.assign("r", norm.requirement, not norm.modality.forbids)
        with lines.block("if r:"):
            with lines.block("if r > 0:"):
                lines.add("a |= r")
            with lines.block("if a:"):
                lines.add(f"m |= a; {still_open}")
            with lines.block("else:" if norm.modality.is_strict else f"elif not v{JUSTIFIED} & {1 << index:#x}:"):
                lines.add(f"f |= {_VIOLATION if norm.modality.is_strict else _REFERRAL}")

    def _write_outcomes(self, count: int) -> None:
        """`outcomes`: the code of every norm's outcome, in order."""
        lines, conditions = self._lines, self._conditions
        with lines.block("def outcomes(p):"):
            self._begin()
            targets = [str(_CODE[Outcome.NOT_IN_FORCE])] * count
            for index, norm in self._norms:
                targets[index] = f"q{index}"
                conditions.assign("a", norm.applies, True, *self._inside)
                with lines.block("if a < 0:"):
                    lines.add(f"q{index} = {_CODE[Outcome.NOT_APPLICABLE]}")
                with lines.block("else:"):
                    if norm.exemptions:
                        exempt = AnyOf(tuple(exemption.when for exemption in norm.exemptions))
                        conditions.assign("a", exempt, False, "a")
                    with lines.block("if a < 0:"):
                        lines.add(f"q{index} = {_CODE[Outcome.EXEMPT]}")
                    with lines.block("else:"):
                        self._settle(index, norm)
            lines.add(f"return ({''.join(target + ', ' for target in targets)})")

    def _settle(self, index: int, norm: Norm) -> None:
        lines, conditions, bit = self._lines, self._conditions, f"{1 << index:#x}"
        code = {outcome.name: _CODE[outcome] for outcome in Outcome}
        if norm.requirement is None:
            settled = str(code["ADVICE"])
            if norm.modality is Modality.REVIEW:
                settled = f"{code['DEPARTED']} if v{REJECTED} & {bit} else {code['REVIEW']}"
                settled = f"{code['COMPLIED']} if v{ACCEPTED} & {bit} else {settled}"
            lines.add(f"q{index} = {code['UNDETERMINED']} if a else {settled}")
            return
        conditions.assign("r", norm.requirement, not norm.modality.forbids)
        breach = str(code["VIOLATED"])
        if norm.modality.is_defeasible:
            breach = f"({code['JUSTIFIED']} if v{JUSTIFIED} & {bit} else {code['DEPARTED']})"
        lines.add(f"q{index} = {code['UNDETERMINED']} if r > 0 or r and a else {breach} if r else {code['COMPLIED']}")
