"""Terms and conditions: what a line of a norm is made of, and the text that stands for it.

A node's `id` is its address in the pack (`norm/must[1].any[0]`) and its `place` the position in the author's file;
neither takes part in equality. A comparison keeps its own `text`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from types import UnionType
from typing import Final

from attrs import Factory, field, frozen

from ynpolicy.errors import Place
from ynpolicy.values import number_text

NOWHERE: Final = Place("<memory>")

# ---------------------------------------------------------------- terms


@frozen
class Literal:
    """A constant: bool, symbol (str), exact number, date, or a list of symbols. True is not 1."""

    value: bool | str | Fraction | date | frozenset[str] = field(eq=lambda value: (type(value), value))


@frozen
class FactRef:
    """A fact of the case, by its dotted name."""

    name: str


@frozen
class ParameterRef:
    """A parameter of the law, by its bare name; read at the case's as-of date."""

    name: str


@frozen
class Arithmetic:
    """`left op right`, where `op` is `+`, `-` or `*`."""

    op: str
    left: Term
    right: Term


Term = Literal | FactRef | ParameterRef | Arithmetic

# ---------------------------------------------------------------- conditions


def _text() -> str:
    """The field that keeps a comparison's text, worked out once."""
    made: str = field(init=False, eq=False, repr=False, default=Factory(lambda leaf: show(leaf), takes_self=True))
    return made


def _reads() -> tuple[FactRef | ParameterRef, ...]:
    """The field that keeps the facts and parameters that a comparison reads, in order, with repetitions."""
    made: tuple[FactRef | ParameterRef, ...] = field(
        init=False,
        eq=False,
        repr=False,
        default=Factory(lambda leaf: tuple(r for term in terms(leaf) for r in references(term)), takes_self=True),
    )
    return made


@frozen
class Holds:
    """A boolean fact or parameter, standing alone."""

    term: FactRef | ParameterRef
    id: str = field(default="", eq=False)
    place: Place = field(default=NOWHERE, eq=False, repr=False)
    text: str = _text()
    reads: tuple[FactRef | ParameterRef, ...] = _reads()


@frozen
class Compare:
    """`left op right`, where `op` is one of `== != < <= > >=`; symbols and booleans take `==` and `!=` only."""

    op: str
    left: Term
    right: Term
    id: str = field(default="", eq=False)
    place: Place = field(default=NOWHERE, eq=False, repr=False)
    text: str = _text()
    reads: tuple[FactRef | ParameterRef, ...] = _reads()


@frozen
class In:
    """A symbol is a member of a set of symbols."""

    item: Term
    members: Term
    id: str = field(default="", eq=False)
    place: Place = field(default=NOWHERE, eq=False, repr=False)
    text: str = _text()
    reads: tuple[FactRef | ParameterRef, ...] = _reads()


@frozen
class Overlaps:
    """Two sets of symbols share a member: written `overlaps(a, b)`; the left side is the fact."""

    left: Term
    right: Term
    id: str = field(default="", eq=False)
    place: Place = field(default=NOWHERE, eq=False, repr=False)
    text: str = _text()
    reads: tuple[FactRef | ParameterRef, ...] = _reads()


@frozen
class Within:
    """Every member of the left set is in the right set: written `within(a, b)`; the left side is the fact."""

    left: Term
    right: Term
    id: str = field(default="", eq=False)
    place: Place = field(default=NOWHERE, eq=False, repr=False)
    text: str = _text()
    reads: tuple[FactRef | ParameterRef, ...] = _reads()


@frozen
class Not:
    """Kleene's not."""

    item: Condition
    id: str = field(default="", eq=False)
    place: Place = field(default=NOWHERE, eq=False, repr=False)


@frozen
class All:
    """Every item holds; true when there are none."""

    items: tuple[Condition, ...]
    id: str = field(default="", eq=False)
    place: Place = field(default=NOWHERE, eq=False, repr=False)


@frozen
class AnyOf:
    """Some item holds; false when there are none."""

    items: tuple[Condition, ...]
    id: str = field(default="", eq=False)
    place: Place = field(default=NOWHERE, eq=False, repr=False)


Leaf = Holds | Compare | In | Overlaps | Within
Condition = Leaf | Not | All | AnyOf


def leaves(condition: Condition) -> Iterator[Leaf]:
    """The comparisons of a condition, in the order in which they are written."""
    match condition:
        case Not(item):
            yield from leaves(item)
        case All(items) | AnyOf(items):
            for item in items:
                yield from leaves(item)
        case _:
            yield condition


def terms(leaf: Leaf) -> tuple[Term, ...]:
    """The two sides of a comparison, or the one side of a boolean."""
    match leaf:
        case Holds(term):
            return (term,)
        case Compare(_, left, right) | Overlaps(left, right) | Within(left, right):
            return (left, right)
        case In(item, members):
            return (item, members)


def references(term: Term) -> Iterator[FactRef | ParameterRef]:
    """The facts and parameters that a term reads, in order, with repetitions."""
    match term:
        case FactRef() | ParameterRef():
            yield term
        case Arithmetic(_, left, right):
            yield from references(left)
            yield from references(right)


def facts_read(condition: Condition) -> dict[str, None]:
    """The names of the facts that a condition reads, each once, in order."""
    return {
        ref.name: None
        for leaf in leaves(condition)
        for term in terms(leaf)
        for ref in references(term)
        if isinstance(ref, FactRef)
    }


def parameters_read(condition: Condition) -> dict[str, None]:
    """The names of the parameters that a condition reads, each once, in order."""
    return {
        ref.name: None
        for leaf in leaves(condition)
        for term in terms(leaf)
        for ref in references(term)
        if isinstance(ref, ParameterRef)
    }


# ---------------------------------------------------------------- their text


def show(condition: Condition) -> str:
    """The text of a condition; `parse` reads it back to an equal condition."""
    match condition:
        case Holds(term):
            return show_term(term)
        case Compare(op, left, right):
            return f"{show_term(left)} {op} {show_term(right)}"
        case In(item, members):
            return f"{show_term(item)} in {show_term(members)}"
        case Overlaps(left, right):
            return f"overlaps({show_term(left)}, {show_term(right)})"
        case Within(left, right):
            return f"within({show_term(left)}, {show_term(right)})"
        case Not(In(item, members)):
            return f"{show_term(item)} not in {show_term(members)}"
        case Not(item):
            return f"not ({show(item)})"
        case All(items):
            return " and ".join(_enclose(item, All | AnyOf) for item in items) or "True"
        case AnyOf(items):
            return " or ".join(_enclose(item, AnyOf) for item in items) or "False"


def _enclose(item: Condition, kinds: type | UnionType) -> str:
    return f"({show(item)})" if isinstance(item, kinds) else show(item)


def show_term(term: Term) -> str:
    """The text of a term."""
    match term:
        case FactRef(name) | ParameterRef(name):
            return name
        case Literal(value):
            return _show_literal(value)
        case Arithmetic(op, left, right):
            a = show_term(left)
            b = show_term(right)
            if op == "*" and isinstance(left, Arithmetic) and left.op in "+-":
                a = f"({a})"
            if isinstance(right, Arithmetic) and (op == "*" or right.op in "+-"):
                b = f"({b})"
            return f"{a} {op} {b}"


def _show_literal(value: object) -> str:
    match value:
        case bool():
            return str(value)
        case Fraction():
            return number_text(value)
        case date():
            return f'day("{value.isoformat()}")'
        case frozenset():
            return "[" + ", ".join(_quote(member) for member in sorted(value)) + "]"
        case _:
            return _quote(str(value))


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
