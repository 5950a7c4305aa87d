"""Condition text to IR and back.

A condition is a small subset of Python's expressions, read with the standard library's `ast` and a whitelist:
names, literals, `== != < <= > >= in not in and or not + - *`, and the named operators `overlaps(a, b)`,
`within(a, b)` for sets and `day("2022-12-31")` for a date. There is no quotient: cross-multiply.
"""

from __future__ import annotations

import ast
from datetime import date
from fractions import Fraction
from typing import Final, NoReturn

from ynpolicy.errors import InputError, Place, Problem
from ynpolicy.ir import (
    NOWHERE,
    All,
    AnyOf,
    Arithmetic,
    Compare,
    Condition,
    FactRef,
    Holds,
    In,
    Literal,
    Not,
    Overlaps,
    ParameterRef,
    Term,
    Within,
)
from ynpolicy.logic import show as show
from ynpolicy.logic import show_term as show_term
from ynpolicy.values import read_number

LONGEST: Final = 2000
DEEPEST: Final = 40

_COMPARISONS: Final[dict[type[ast.cmpop], str]] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
_ARITHMETIC: Final[dict[type[ast.operator], str]] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}
_ALLOWED: Final = "a condition has names, literals, == != < <= > >= in not in and or not + - *, overlaps(), within()"


def parse(text: str, place: Place = NOWHERE, id: str = "") -> Condition:
    """The condition that a text states; nodes within it get the addresses `id/0`, `id/1`, ...

    Raises `InputError` with the place of the part that is not allowed.
    """
    return _Reader(text, place).condition(id)


def parse_term(text: str, place: Place = NOWHERE) -> Term:
    """The term (name, literal or arithmetic) that a text states. Raises `InputError`."""
    return _Reader(text, place).whole_term()


class _Reader:
    def __init__(self, text: str, place: Place) -> None:
        self.place = place
        self.source = text.strip().encode(errors="replace").decode()
        if len(text) > LONGEST:
            self.refuse(None, f"the condition has {len(text)} characters", f"write at most {LONGEST}")
        if self.source != text.strip():
            self.refuse(None, f"`{self.source[:80]}` holds half a character", "type it again")
        if not self.source:
            self.refuse(None, "the condition is empty", _ALLOWED)
        shown = self.source[:80] + ("..." if len(self.source) > 80 else "")
        try:
            self.tree = ast.parse(self.source, mode="eval").body
        except SyntaxError as error:
            column = place.column + max((error.offset or 1) - 1, 0) if place.line else 0
            where = Place(place.file, place.line, column)
            raise InputError([Problem(where, f"`{shown}` is not a condition: {error.msg}", _ALLOWED)]) from None
        except (ValueError, RecursionError, MemoryError):
            self.refuse(None, f"`{shown}` is not a condition", _ALLOWED)

    def refuse(self, node: ast.AST | None, message: str, help: str = _ALLOWED) -> NoReturn:
        raise InputError([Problem(self.where(node), message, help)])

    def where(self, node: ast.AST | None) -> Place:
        offset = getattr(node, "col_offset", 0)
        single_line = getattr(node, "lineno", 1) == 1
        if not self.place.line or not single_line:
            return self.place
        before = self.source.encode()[:offset].decode(errors="ignore")
        return Place(self.place.file, self.place.line, self.place.column + len(before))

    def words(self, node: ast.AST) -> str:
        return (ast.get_source_segment(self.source, node) or self.source)[:80]

    def condition(self, id: str) -> Condition:
        return self.read_condition(self.tree, id, 0)

    def whole_term(self) -> Term:
        return self.read_term(self.tree, 0)

    def read_condition(self, node: ast.expr, id: str, depth: int) -> Condition:
        if depth > DEEPEST:
            self.refuse(node, f"the condition is nested more than {DEEPEST} deep", "split it into several lines")
        place = self.where(node)
        match node:
            case ast.BoolOp(op, values):
                items = tuple(self.read_condition(value, f"{id}/{i}", depth + 1) for i, value in enumerate(values))
                return All(items, id, place) if isinstance(op, ast.And) else AnyOf(items, id, place)
            case ast.UnaryOp(ast.Not(), operand):
                return Not(self.read_condition(operand, f"{id}/0", depth + 1), id, place)
            case ast.Compare(left, ops, rights):
                return self.read_comparison(node, left, ops, rights, id, depth)
            case ast.Call(ast.Name("overlaps" | "within" as name), [first, second], []):
                make = Overlaps if name == "overlaps" else Within
                return make(self.read_term(first, depth + 1), self.read_term(second, depth + 1), id, place)
            case ast.Name() | ast.Attribute():
                term = self.read_term(node, depth + 1)
                if isinstance(term, (FactRef, ParameterRef)):
                    return Holds(term, id, place)
        self.refuse(node, f"`{self.words(node)}` is not a condition")

    def read_comparison(
        self, node: ast.AST, left: ast.expr, ops: list[ast.cmpop], rights: list[ast.expr], id: str, depth: int
    ) -> Condition:
        place = self.where(node)
        chained = len(ops) > 1
        parts: list[Condition] = []
        for i, (op, right) in enumerate(zip(ops, rights, strict=True)):
            own = f"{id}/{i}" if chained else id
            a, b = self.read_term(left, depth + 1), self.read_term(right, depth + 1)
            if isinstance(op, ast.In):
                parts.append(In(a, b, own, place))
            elif isinstance(op, ast.NotIn):
                parts.append(Not(In(a, b, f"{own}/0", place), own, place))
            elif type(op) in _COMPARISONS:
                parts.append(Compare(_COMPARISONS[type(op)], a, b, own, place))
            else:
                self.refuse(node, f"`{self.words(node)}` uses `is`", "write == or !=")
            left = right
        return All(tuple(parts), id, place) if chained else parts[0]

    def read_term(self, node: ast.expr, depth: int) -> Term:
        if depth > DEEPEST:
            self.refuse(node, f"the condition is nested more than {DEEPEST} deep", "split it into several lines")
        match node:
            case ast.Attribute(ast.Name(group), name):
                return FactRef(f"{group}.{name}")
            case ast.Attribute():
                self.refuse(node, f"`{self.words(node)}` has more than one dot", "a fact is named group.name")
            case ast.Name(name):
                return ParameterRef(name)
            case ast.Constant(bool() | str() as value):
                return Literal(value)
            case ast.Constant(int() | float()):
                return Literal(self.number(node))
            case ast.UnaryOp(ast.USub(), ast.Constant(int() | float()) as operand):
                return Literal(-self.number(operand))
            case ast.UnaryOp(ast.USub(), operand):
                return Arithmetic("-", Literal(Fraction(0)), self.read_term(operand, depth + 1))
            case ast.BinOp(left, op, right) if type(op) in _ARITHMETIC:
                sides = self.read_term(left, depth + 1), self.read_term(right, depth + 1)
                return Arithmetic(_ARITHMETIC[type(op)], *sides)
            case ast.BinOp(_, ast.Div() | ast.FloorDiv() | ast.Mod(), _):
                self.refuse(node, f"`{self.words(node)}` divides", "cross-multiply: a >= ratio * b")
            case ast.List(elements):
                return Literal(frozenset(self.symbol(element) for element in elements))
            case ast.Call(ast.Name("day"), [ast.Constant(str() as value)], []):
                try:
                    return Literal(date.fromisoformat(value))
                except ValueError:
                    self.refuse(node, f"`{value}` is not a date", 'write day("2022-12-31")')
        self.refuse(node, f"`{self.words(node)}` is not allowed in a condition")

    def number(self, node: ast.expr) -> Fraction:
        words = self.words(node)
        try:
            return read_number(words)
        except ValueError:
            self.refuse(node, f"`{words}` is not a plain decimal number", "write digits with at most one point")

    def symbol(self, node: ast.expr) -> str:
        match node:
            case ast.Constant(str() as value):
                return value
        self.refuse(node, f"`{self.words(node)}` is not a symbol", 'a list holds symbols in quotes: ["new"]')
