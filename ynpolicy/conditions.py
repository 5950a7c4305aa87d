"""A pack's condition lines: from YAML nodes to IR, bound to a table's row, and checked against the vocabulary."""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping
from datetime import date
from fractions import Fraction

from attrs import evolve, frozen

from ynpolicy.documents import Mapping, Node, Scalar, Sequence, describe
from ynpolicy.errors import InputError, Place, Problem, nearest
from ynpolicy.expressions import parse, show, show_term
from ynpolicy.ir import (
    All,
    AnyOf,
    Arithmetic,
    Compare,
    Condition,
    FactRef,
    FactType,
    Holds,
    In,
    Kind,
    Leaf,
    Literal,
    Not,
    Overlaps,
    Parameter,
    ParameterRef,
    Progress,
    Term,
    Within,
    leaves,
    references,
    terms,
)
from ynpolicy.units import product_unit
from ynpolicy.values import SymbolSet, read_number

_NESTING = "nest with `any:`, `all:` or `not:`, one key each"


def read_lines(node: Node | None, id: str, problems: list[Problem]) -> All:
    """A list of lines that must all hold; one line may stand for a list of one, nothing for an empty list."""
    if node is None or (isinstance(node, Scalar) and node.is_null):
        return All((), id)
    nodes = node.items if isinstance(node, Sequence) else (node,)
    items = (read_line(item, f"{id}[{i}]", problems) for i, item in enumerate(nodes))
    return All(tuple(item for item in items if item is not None), id, node.place)


def read_line(node: Node, id: str, problems: list[Problem]) -> Condition | None:
    """One line: an expression, or a nested `any`, `all` or `not`; None where it is wrong and reported."""
    if isinstance(node, Scalar):
        try:
            return parse(node.text, node.place, id)
        except InputError as error:
            problems.extend(error.problems)
            return None
    if not isinstance(node, Mapping) or len(node.items) != 1 or node.keys[0] not in ("any", "all", "not"):
        problems.append(Problem(node.place, f"{describe(node)} is not a condition line", _NESTING))
        return None
    key, value = node.items[0]
    inner = read_lines(value, f"{id}.{key.text}", problems)
    if key.text == "any":
        return AnyOf(inner.items, id, node.place)
    if key.text == "all":
        return All(inner.items, id, node.place)
    return Not(inner.items[0] if len(inner.items) == 1 else inner, id, node.place)


# ---------------------------------------------------------------- rows of a table


def bind(condition: Condition, row: AnyMapping[str, str], facts: AnyMapping[str, FactType]) -> Condition:
    """The condition with the row's cells in place of its columns' bare names.

    A cell compared with a number or a date is one; any other cell is a symbol. Raises `ValueError` for a cell that
    should be a number or a date and is none.
    """
    match condition:
        case Not(item):
            return evolve(condition, item=bind(item, row, facts))
        case All(items) | AnyOf(items):
            return evolve(condition, items=tuple(bind(item, row, facts) for item in items))
        case Holds():
            return condition
    kinds = {facts[ref.name].kind for t in terms(condition) for ref in references(t) if ref.name in facts}
    kind = next(iter(kinds & {Kind.NUMBER, Kind.DATE}), Kind.SYMBOL)
    match condition:
        case Compare(_, left, right) | Overlaps(left, right) | Within(left, right):
            return evolve(condition, left=_bind_term(left, row, kind), right=_bind_term(right, row, kind))
        case In(symbol, members):
            return evolve(condition, item=_bind_term(symbol, row, kind), members=_bind_term(members, row, kind))


def bind_number(term: Term, row: AnyMapping[str, str]) -> Term:
    """A term with the row's cells as numbers in place of its columns' bare names. Raises `ValueError`."""
    return _bind_term(term, row, Kind.NUMBER)


def _bind_term(term: Term, row: AnyMapping[str, str], kind: Kind) -> Term:
    match term:
        case ParameterRef(name) if name in row:
            cell = row[name]
            if kind is Kind.NUMBER:
                return Literal(read_number(cell))
            return Literal(date.fromisoformat(cell) if kind is Kind.DATE else cell)
        case Arithmetic(_, left, right):
            return evolve(term, left=_bind_term(left, row, kind), right=_bind_term(right, row, kind))
        case _:
            return term


# ---------------------------------------------------------------- types and units


@frozen
class _Type:
    kind: Kind
    unit: str = ""
    symbols: frozenset[str] | None = None
    named: int = 0
    """How sure it is that symbols are only named here, not declared: 0 of a fact, 1 of a parameter, 2 of a literal."""


class Checker:
    """Checks that names resolve, that types and units fit, and that symbols exist."""

    def __init__(
        self, facts: AnyMapping[str, FactType], parameters: AnyMapping[str, Parameter], problems: list[Problem]
    ) -> None:
        self.facts = facts
        self.parameters = parameters
        self.problems = problems

    def check(self, condition: Condition, level: str = "", from_row: bool = False) -> None:
        """Reports everything that is wrong with a condition. `from_row` allows numbers, since a table gave them."""
        for leaf in leaves(condition):
            types = [self.type_of(term, leaf.place, level, from_row) for term in terms(leaf)]
            known = [found for found in types if found is not None]
            if len(known) == len(types):
                self.check_leaf(leaf, known)

    def check_progress(self, told: Progress, place: Place, level: str) -> None:
        """Reports a target whose facts are no numbers, or whose base and goal are not of the unit of its figures."""
        facts = [self.type_of_fact(name, place, level) for name in (told.final, told.latest)]
        self.type_of_fact(told.year, place, level)
        sides = [self.type_of(term, place, level, from_row=True) for term in (told.base, told.goal)]
        found = [one for one in (*facts, *sides) if one is not None]
        if any(one.kind is not Kind.NUMBER for one in found) or len({one.unit for one in found} - {"*"}) > 1:
            self.report(place, "the figures of `progress` are not numbers of one unit", "give them one unit")

    def report(self, place: Place, message: str, help: str = "") -> None:
        self.problems.append(Problem(place, message, help))

    def type_of(self, term: Term, place: Place, level: str, from_row: bool) -> _Type | None:
        match term:
            case FactRef(name):
                return self.type_of_fact(name, place, level)
            case ParameterRef(name):
                parameter = self.parameters.get(name)
                if parameter is None:
                    help = nearest(name, self.parameters) or "facts have a dot"
                    self.report(place, f"unknown parameter `{name}`", help)
                    return None
                members = [entry.value.members for entry in parameter.values if isinstance(entry.value, SymbolSet)]
                symbols = frozenset().union(*members) if parameter.kind is Kind.SYMBOLS else None
                return _Type(parameter.kind, parameter.unit, symbols, named=1)
            case Literal(bool()):
                return _Type(Kind.BOOLEAN, named=2)
            case Literal(str() as value):
                return _Type(Kind.SYMBOL, "", frozenset([value]), named=2)
            case Literal(frozenset() as value):
                return _Type(Kind.SYMBOLS, "", value, named=2)
            case Literal(Fraction() as value):
                if value != 0 and not from_row:
                    help = "make it a dated parameter with its clause"
                    self.report(place, f"`{show_term(term)}` is a number in a condition", help)
                return _Type(Kind.NUMBER, "*" if value == 0 or from_row else "1", named=2)
            case Literal():
                return _Type(Kind.DATE, named=2)
            case Arithmetic(op, left, right):
                a, b = (self.type_of(side, place, level, from_row) for side in (left, right))
                return self.type_of_arithmetic(op, term, a, b, place) if a and b else None

    def type_of_fact(self, name: str, place: Place, level: str) -> _Type | None:
        fact = self.facts.get(name)
        if fact is None:
            self.report(place, f"unknown fact `{name}`", nearest(name, self.facts) or "facts stand in facts.yaml")
            return None
        if fact.kind is Kind.TEXT:
            self.report(place, f"`{name}` is a text: no condition may read it")
            return None
        if level and fact.levels and level not in fact.levels:
            help = f"add {level} to its `levels`, or use another fact"
            self.report(place, f"`{name}` is not asked of a {level}", help)
        symbols = frozenset(fact.symbols) if fact.symbols else None
        return _Type(fact.kind, fact.unit, symbols)

    def type_of_arithmetic(self, op: str, term: Term, a: _Type, b: _Type, place: Place) -> _Type | None:
        if a.kind is not Kind.NUMBER or b.kind is not Kind.NUMBER:
            self.report(place, f"`{show_term(term)}` calculates with something that is no number")
            return None
        if op == "*":
            unit = product_unit(*("1" if t.unit == "*" else t.unit for t in (a, b)))
            if unit is None:
                message = f"`{show_term(term)}` multiplies {a.unit} by {b.unit}"
                self.report(place, message, "one side must be a plain number")
                return None
            return _Type(Kind.NUMBER, unit)
        if "*" not in (a.unit, b.unit) and a.unit != b.unit:
            self.report(place, f"`{show_term(term)}` mixes {a.unit} and {b.unit}", "give both the same unit")
            return None
        return _Type(Kind.NUMBER, b.unit if a.unit == "*" else a.unit)

    def check_leaf(self, leaf: Leaf, types: list[_Type]) -> None:
        kinds = [found.kind for found in types]
        text = f"`{show(leaf)}`"
        match leaf:
            case Holds():
                if kinds != [Kind.BOOLEAN]:
                    message = f"{text} is a {kinds[0].value} and stands alone"
                    self.report(leaf.place, message, "compare it with something")
                return
            case In():
                if kinds != [Kind.SYMBOL, Kind.SYMBOLS]:
                    help = "`in` takes a symbol and a set"
                    if kinds[0] is Kind.SYMBOLS:
                        help = f"it is a set: write overlaps({', '.join(map(show_term, terms(leaf)))})"
                    self.report(leaf.place, f"{text} asks whether a {kinds[0].value} is in a {kinds[1].value}", help)
                    return
            case Overlaps() | Within():
                if kinds != [Kind.SYMBOLS, Kind.SYMBOLS]:
                    self.report(leaf.place, f"{text} needs two sets", "for one symbol write `in`")
                    return
            case Compare(op):
                if not self.check_comparison(leaf, op, types, text):
                    return
        self.check_symbols(leaf, types, text)

    def check_comparison(self, leaf: Compare, op: str, types: list[_Type], text: str) -> bool:
        a, b = types
        if a.kind is not b.kind:
            self.report(leaf.place, f"{text} compares a {a.kind.value} with a {b.kind.value}")
            return False
        if a.kind is Kind.SYMBOLS:
            self.report(leaf.place, f"{text} compares sets", "use overlaps() or within()")
            return False
        if op not in ("==", "!=") and a.kind not in (Kind.NUMBER, Kind.DATE):
            self.report(leaf.place, f"{text} orders {a.kind.value}s", "use == or !=")
            return False
        if a.kind is Kind.NUMBER and "*" not in (a.unit, b.unit) and a.unit != b.unit:
            self.report(leaf.place, f"{text} compares {a.unit} with {b.unit}", "give both the same unit")
            return False
        return True

    def check_symbols(self, leaf: Leaf, types: list[_Type], text: str) -> None:
        a, b = types
        if a.symbols is None or b.symbols is None:
            return
        named, declared = (a.symbols, b.symbols) if a.named > b.named else (b.symbols, a.symbols)
        for symbol in sorted(named - declared):
            help = nearest(symbol, declared) or f"it has {', '.join(sorted(declared)[:8])}"
            self.report(leaf.place, f"{text}: `{symbol}` is no symbol of the other side", help)
