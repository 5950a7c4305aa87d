"""The small changes that a condition may suffer: each yields the whole condition with one thing in it changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from datetime import date, timedelta
from enum import Enum
from fractions import Fraction
from typing import Final

from attrs import evolve, field, frozen

from ynpolicy.errors import Place
from ynpolicy.ir import (
    NOWHERE,
    All,
    AnyOf,
    Arithmetic,
    Compare,
    Condition,
    DatedValue,
    FactRef,
    Holds,
    In,
    Kind,
    Leaf,
    Literal,
    Not,
    Overlaps,
    Pack,
    Parameter,
    ParameterRef,
    Term,
    Within,
    references,
)
from ynpolicy.logic import show
from ynpolicy.values import number_text

BOUNDARIES: Final[Mapping[str, str]] = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}


class Change(Enum):
    """What sort of change a mutant is."""

    BOUNDARY = "boundary"
    """A boundary closed or opened: `<` and `<=`, `>` and `>=`."""
    SHIFT = "shift"
    """The threshold of one comparison one step (a fact's resolution, a day) up or down."""
    CONSTANT = "constant"
    """A list, symbol or factor written into a comparison: a member left out or added, another symbol, one step."""
    DROP = "drop"
    """A line left out."""
    NEGATE = "negate"
    """A line turned into its contrary."""
    MODALITY = "modality"
    """A duty made a principle or the reverse, a review made a hint or the reverse."""
    EXCEPTION = "exception"
    """An exception left out."""
    DATE = "date"
    """A first, last or due day, of a norm or of a value of the law, one day earlier or later."""
    PARAMETER = "parameter"
    """A value of the law one step or day up or down, or with a member left out or added."""


@frozen
class Rewrite:
    """A condition with one thing in it changed: which sort of change, in words, where, and the condition that results.

    `aliases` are parameters that only the new condition reads. `spot` tells apart the changes of one condition, and is
    the same for the same change in the norms of two rows of a table.
    """

    change: Change
    words: str
    place: Place
    condition: Condition
    spot: str
    aliases: tuple[Parameter, ...] = field(default=())


@frozen
class Surroundings:
    """What a change needs to know: the pack, and the symbols that the cases of the norms it touches state of a fact."""

    pack: Pack
    stated: Mapping[str, Set[str]]

    def another(self, facts: Iterable[str], without: Set[str]) -> str | None:
        """A symbol of some facts beside those given: the first that a case states, else the first there is."""
        others = [(name, symbol) for name in facts for symbol in self.pack.facts[name].symbols if symbol not in without]
        told = (symbol for name, symbol in others if symbol in self.stated.get(name, frozenset()))
        return next(told, others[0][1] if others else None)


def rewrites(condition: Condition, around: Surroundings, spot: str = "") -> Iterator[Rewrite]:
    """Every condition that differs from this one by one change in a comparison or by one line."""
    match condition:
        case Not(item):
            for inner in rewrites(item, around, f"{spot}!"):
                yield evolve(inner, condition=evolve(condition, item=inner.condition))
        case All(items) | AnyOf(items):
            for i, item in enumerate(items):
                own = f"{spot}[{i}]"

                def put(*new: Condition, at: int = i) -> Condition:
                    return evolve(condition, items=(*items[:at], *new, *items[at + 1 :]))

                place = item.place if item.place != NOWHERE else condition.place
                yield Rewrite(Change.DROP, f"`{show(item)}` left out", place, put(), own)
                contrary = item.item if isinstance(item, Not) else Not(item, item.id, item.place)
                words = f"`{show(item)}` becomes `{show(contrary)}`"
                yield Rewrite(Change.NEGATE, words, place, put(contrary), own)
                for inner in rewrites(item, around, own):
                    yield evolve(inner, condition=put(inner.condition))
        case _:
            for rewrite in _of_comparison(condition, around, spot):
                words = f"`{show(condition)}` becomes `{show(rewrite.condition)}`"
                yield evolve(rewrite, words=words, place=condition.place)


# ---------------------------------------------------------------- comparisons


def _of_comparison(leaf: Leaf, around: Surroundings, spot: str) -> Iterator[Rewrite]:
    def made(change: Change, new: Condition, mark: object, *aliases: Parameter) -> Rewrite:
        return Rewrite(change, "", NOWHERE, new, f"{spot}{mark}", aliases)

    match leaf:
        case Compare(op, left, right):
            if op in BOUNDARIES:
                yield made(Change.BOUNDARY, evolve(leaf, op=BOUNDARIES[op]), "")
            for sign in (1, -1):
                if (shifted := _shifted(right, leaf, around.pack, sign)) is not None:
                    yield made(Change.SHIFT, evolve(leaf, right=shifted[0]), sign, *shifted[1])
                elif (shifted := _shifted(left, leaf, around.pack, sign)) is not None:
                    yield made(Change.SHIFT, evolve(leaf, left=shifted[0]), sign, *shifted[1])
            for mark, new in _constants(left, right, around):
                yield made(Change.CONSTANT, evolve(leaf, left=new), f".left{mark}")
            for mark, new in _constants(right, left, around):
                yield made(Change.CONSTANT, evolve(leaf, right=new), f".right{mark}")
        case Overlaps(left, right) | Within(left, right):
            for mark, new in _constants(right, left, around):
                yield made(Change.CONSTANT, evolve(leaf, right=new), mark)
        case In(item, members):
            for mark, new in _constants(members, item, around):
                yield made(Change.CONSTANT, evolve(leaf, members=new), mark)
        case Holds():
            return


def _constants(term: Term, other: Term, around: Surroundings) -> Iterator[tuple[object, Term]]:
    """One side of a comparison with a literal in it changed; thresholds are left to the shifts."""
    match term, other:
        case Literal(frozenset() as members), FactRef(name):
            for n, member in enumerate(sorted(members)):
                yield f"-{n}", Literal(members - {member})
            added = around.another([name], members)
            if added is not None:
                yield "+", Literal(members | {added})
        case Literal(str() as symbol), FactRef(name):
            added = around.another([name], {symbol})
            if added is not None:
                yield "=", Literal(added)
        case Arithmetic(), _:
            yield from _factors(term, "")


def _factors(term: Term, mark: str) -> Iterator[tuple[str, Term]]:
    match term:
        case Arithmetic(_, left, right):
            yield from ((m, evolve(term, left=new)) for m, new in _factors(left, f"{mark}l"))
            yield from ((m, evolve(term, right=new)) for m, new in _factors(right, f"{mark}r"))
        case Literal(Fraction() as number):
            yield from ((f"{mark}{sign}", Literal(number + sign * fine_step(number))) for sign in (1, -1))


def _shifted(term: Term, leaf: Compare, pack: Pack, sign: int) -> tuple[Term, tuple[Parameter, ...]] | None:
    """One side of a comparison a step up or down; None where it is no number and no day of the law."""
    match term:
        case Literal(date() as day):
            return Literal(day + timedelta(sign)), ()
        case ParameterRef(name) if pack.parameters[name].kind is Kind.DATE:
            alias = moved(pack.parameters[name], sign)
            return ParameterRef(alias.name), (alias,)
        case FactRef(name) if pack.facts[name].kind is not Kind.NUMBER:
            return None
        case ParameterRef(name) if pack.parameters[name].kind is not Kind.NUMBER:
            return None
        case Literal(Fraction() as number):
            return Literal(number + sign * step_of(leaf, pack)), ()
        case Literal():
            return None
        case _:
            return Arithmetic("+" if sign > 0 else "-", term, Literal(step_of(leaf, pack))), ()


@frozen
class Moved(Parameter):
    """A parameter whose value, a date, is so many days later than the law has it."""

    days: int = 0

    def at(self, day: date) -> DatedValue | None:
        """The entry in force on a day, moved; or None."""
        entry = Parameter.at(self, day)
        if entry is None or not isinstance(entry.value, date):
            return entry
        return evolve(entry, value=entry.value + timedelta(self.days))


def moved(parameter: Parameter, days: int) -> Moved:
    """A parameter so many days later, under a name that says so."""
    name = f"{parameter.name} {'+' if days > 0 else '-'} {abs(days)} day"
    law = (parameter.kind, parameter.label, parameter.values)
    return Moved(name, *law, is_day=parameter.is_day, every=parameter.every, days=days)


# ---------------------------------------------------------------- steps


def step_of(leaf: Compare, pack: Pack) -> Fraction:
    """One step of a comparison: the coarsest resolution of the facts on its left side, or else on its right."""
    for side in (leaf.left, leaf.right):
        found = [pack.facts[ref.name].resolution for ref in references(side) if isinstance(ref, FactRef)]
        if found:
            return max(found)
    return Fraction(1)


def fine_step(number: Fraction) -> Fraction:
    """One in the first decimal place after the last written one: 0.01 for 1.2, 0.1 for 3."""
    text = number_text(number)
    places = len(text.partition(".")[2]) if "/" not in text else 6
    return Fraction(1, 10 ** min(places + 1, 6))


def with_parameter(condition: Condition, old: str, new: str) -> Condition:
    """The condition reading another parameter."""

    def term_with(term: Term) -> Term:
        match term:
            case ParameterRef(name) if name == old:
                return ParameterRef(new)
            case Arithmetic(_, left, right):
                return evolve(term, left=term_with(left), right=term_with(right))
            case _:
                return term

    match condition:
        case Not(item):
            return evolve(condition, item=with_parameter(item, old, new))
        case All(items) | AnyOf(items):
            return evolve(condition, items=tuple(with_parameter(item, old, new) for item in items))
        case Holds(ref):
            return Holds(ParameterRef(new), condition.id, condition.place) if ref == ParameterRef(old) else condition
        case In(item, members):
            return evolve(condition, item=term_with(item), members=term_with(members))
        case _:
            return evolve(condition, left=term_with(condition.left), right=term_with(condition.right))
