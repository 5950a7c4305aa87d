"""The compiled engine: a level's norms as one generated Python function, for callers in a hurry and for searches.

It gives the decision and the missing facts, without a trace::

    level = compile_level(pack, case.level, case.as_of, case.parameters)
    decision, missing = level.decide(level.prepare(case))

`compile` and `exec` run source that this package writes from checked nodes only. No text of a pack gets into it: facts,
norms and symbols stand there as numbers, and every other token is a constant of this package. The law at the as-of date
is folded in: norms that are not in force are left out, parameters are constants.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, Final

from attrs import field, frozen

from ynpolicy.engines.compiled.layout import ACCEPTED, JUSTIFIED, REJECTED, Layout, Prepared
from ynpolicy.engines.compiled.norms import DECISIONS, OUTCOMES, LevelWriter
from ynpolicy.errors import EnvelopeError
from ynpolicy.ir import (
    All,
    Case,
    FactRef,
    Kind,
    Literal,
    Norm,
    Pack,
    ParameterRef,
    facts_read,
    leaves,
    references,
    terms,
)
from ynpolicy.values import Missing, SymbolSet, Value
from ynpolicy.verdict import Decision, Outcome

_MANY_SETS: Final = 65536


class _MissingSets(dict[int, frozenset[str]]):
    """The sets of names for masks of facts; each is made once, until there are too many."""

    def __init__(self, asks: Mapping[str, int]) -> None:
        super().__init__()
        self._asks = asks

    def __missing__(self, mask: int) -> frozenset[str]:
        if len(self) >= _MANY_SETS:
            self.clear()
        names = self[mask] = frozenset(name for name, ask in self._asks.items() if mask & ask)
        return names


@frozen
class CompiledLevel:
    """The norms of one level at one date, compiled.

    `decide` takes a prepared case and returns the decision and every missing fact that an undetermined norm reads.
    `slots` maps each fact that the level reads to the first slot of a prepared case that holds it (`layout.py` has the
    codes); a fact that is not in it changes nothing. `source` is the generated text, for people.
    """

    level: str
    as_of: date
    parameters: Mapping[str, Value] = field(repr=False)
    decide: Callable[[Prepared], tuple[Decision, frozenset[str]]] = field(repr=False)
    source: str = field(repr=False)
    _layout: Layout = field(repr=False)
    _codes: Callable[[Prepared], tuple[int, ...]] = field(repr=False)
    _norms: Mapping[str, int] = field(repr=False)

    @property
    def slots(self) -> Mapping[str, int]:
        """The first slot of each fact that the level reads."""
        return self._layout.slots

    def prepare(self, case: Case) -> Prepared:
        """A case in the flat form that `decide` and `outcomes` read.

        Raises `ValueError` when the case is of another level, date or state of the law, or was not normalised.
        """
        same_law = case.parameters is self.parameters or case.parameters == self.parameters
        if case.level != self.level or case.as_of != self.as_of or not same_law:
            raise ValueError(f"the case is not for level `{self.level}` at {self.as_of} with this level's parameters")
        layout, norms = self._layout, self._norms
        row = layout.blank.copy()
        layout.fill(row, case.values)
        for name, state in case.missing.items():
            if state is Missing.NOT_APPLICABLE and name in layout.slots:
                layout.put(row, name, state)
        for norm in case.justified:
            row[JUSTIFIED] |= norms.get(norm, 0)
        for norm, record in case.reviewed.items():
            row[ACCEPTED if record.accepted else REJECTED] |= norms.get(norm, 0)
        return row

    def with_value(self, prepared: Prepared, name: str, value: Value | Missing) -> Prepared:
        """A copy of a prepared case in which one fact has another value, or none."""
        row = prepared.copy()
        if name in self._layout.slots:
            self._layout.put(row, name, value)
        return row

    def outcomes(self, prepared: Prepared) -> dict[str, Outcome]:
        """The outcome of every norm of the level, by id, in the pack's order."""
        return {norm: OUTCOMES[code] for norm, code in zip(self._norms, self._codes(prepared), strict=True)}


def compile_level(pack: Pack, level: str, as_of: date, parameters: Mapping[str, Value]) -> CompiledLevel:
    """Compile the norms of a level, as the law stands at a date; `parameters` are its verified values then.

    Raises `EnvelopeError` for conditions whose sides do not fit together, which the loader refuses too.
    """
    norms = pack.norms_at(level)
    live = [_in_force(norm, pack, as_of) for norm in norms]
    territory = pack.territory.get(level, All(()))
    conditions = [territory, *(c for norm, now in zip(norms, live, strict=True) if now for c in norm.conditions)]
    layout = Layout.of(_kinds(pack, conditions), _symbols(pack, conditions, parameters))

    writer = LevelWriter(layout, parameters, territory, [(i, norm) for i, norm in enumerate(norms) if live[i]])
    text = writer.write(len(norms))
    none: frozenset[str] = frozenset()
    names: dict[str, Any] = {
        "__builtins__": {"min": min, "max": max},
        "D": DECISIONS,
        "S": _MissingSets(layout.asks),
        "N": (Decision.NOT_JUDGED, none),
    }
    exec(compile(text, f"<{pack.id} {level} {as_of}>", "exec"), names)
    ids = {norm.id: 1 << index for index, norm in enumerate(norms)}
    return CompiledLevel(level, as_of, parameters, names["decide"], text, layout, names["outcomes"], ids)


def _in_force(norm: Norm, pack: Pack, as_of: date) -> bool:
    if as_of < (norm.since or pack.since) or (norm.until is not None and as_of > norm.until):
        return False
    return norm.due is None or as_of > norm.due


def _kinds(pack: Pack, conditions: list[All]) -> dict[str, Kind]:
    kinds: dict[str, Kind] = {}
    for condition in conditions:
        for name in facts_read(condition):
            if name not in pack.facts or pack.facts[name].kind is Kind.TEXT:
                raise EnvelopeError(f"a condition reads `{name}`, which is no fact that a condition can read")
            kinds[name] = pack.facts[name].kind
    return kinds


def _symbols(pack: Pack, conditions: list[All], parameters: Mapping[str, Value]) -> Iterator[str]:
    """Every symbol that may be met; those that the law names come first, so that their bits make small numbers."""
    for condition in conditions:
        for leaf in leaves(condition):
            for term in terms(leaf):
                constant: object = term.value if isinstance(term, Literal) else None
                if isinstance(term, ParameterRef):
                    value = parameters.get(term.name)
                    constant = value.members if isinstance(value, SymbolSet) else value
                if isinstance(constant, str):
                    yield constant
                elif isinstance(constant, frozenset):
                    yield from sorted(constant)
    for condition in conditions:
        for leaf in leaves(condition):
            for term in terms(leaf):
                for ref in references(term):
                    if isinstance(ref, FactRef):
                        yield from pack.facts[ref.name].symbols
