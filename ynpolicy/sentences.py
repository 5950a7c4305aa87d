"""A line of the trace as a sentence that a reviewer can read aloud and check, and a value as its reader writes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Final

from attrs import field, frozen

from ynpolicy.errors import InputError
from ynpolicy.expressions import parse
from ynpolicy.ir import (
    Arithmetic,
    Case,
    Compare,
    Condition,
    FactRef,
    Holds,
    In,
    Leaf,
    Literal,
    Overlaps,
    Pack,
    ParameterRef,
    Symbol,
    Term,
    Within,
    references,
    terms,
)
from ynpolicy.semantics import value_of
from ynpolicy.values import LARGEST, Interval, SymbolSet, Truth, Value, negate, number_text
from ynpolicy.verdict import Operand, TraceNode
from ynpolicy.words import STATES

Symbols = Mapping[str, Symbol]

LONGEST_LIST: Final = 6
"""A sentence names at most this many members of a set; the list of operands names all of them."""

_SIGNS: Final = {"==": "=", "!=": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥"}
_OPPOSITES: Final = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_PRODUCT: Final = {"+": "+", "-": "−", "*": "×"}


@lru_cache(maxsize=4096)
def _parsed(expression: str) -> Condition | None:
    try:
        return parse(expression)
    except InputError:
        return None


@frozen
class Phrasing:
    """Words for the values and conditions of one case, in one language."""

    pack: Pack
    case: Case
    lang: str
    _all_symbols: dict[str, Symbol] = field(factory=dict, init=False, eq=False, repr=False)

    # ------------------------------------------------------------ values

    def yes(self, value: bool) -> str:
        if self.lang == "zh":
            return "是" if value else "否"
        return "yes" if value else "no"

    def symbol(self, id: str, symbols: Symbols) -> str:
        """The label of a symbol; its id where the vocabulary has none."""
        known = symbols.get(id)
        return (known.label[self.lang] or known.label.zh) if known else id

    def members(self, ids: Iterable[str], symbols: Symbols, longest: int | None = None) -> str:
        """Labels in the vocabulary's order; past `longest` the rest is counted."""
        wanted = set(ids)
        ordered = [id for id in symbols if id in wanted] if len(wanted) > 1 else list(wanted)
        ordered += sorted(wanted.difference(ordered))
        labels = [self.symbol(id, symbols) for id in ordered]
        comma = "、" if self.lang == "zh" else ", "
        if longest is not None and len(labels) > longest:
            shown = comma.join(labels[: longest - 1])
            return f"{shown}等{len(labels)}项" if self.lang == "zh" else f"{shown} and {len(labels) - longest + 1} more"
        return comma.join(labels)

    def value(self, value: Value, unit: str = "", symbols: Symbols | None = None, longest: int | None = None) -> str:
        """A value in words: exact decimal text with its unit, `mid ± half` if measured, labels for symbols."""
        match value:
            case bool():
                return self.yes(value)
            case str():
                return self.symbol(value, symbols or {})
            case date():
                return value.isoformat()
            case Interval(lo, hi):
                if lo != hi and LARGEST in (hi, -lo):
                    return self.one_sided(lo, hi, unit)
                number = number_text(lo) if lo == hi else f"{number_text((lo + hi) / 2)} ± {number_text((hi - lo) / 2)}"
                return with_unit(number, unit)
            case SymbolSet(members, complete):
                text = self.members(members, symbols or {}, longest)
                if complete:
                    return text or ("无" if self.lang == "zh" else "none")
                open_end = STATES["incomplete"][self.lang]
                return f"{text}（{open_end}）" if self.lang == "zh" else f"{text} ({open_end})".strip()

    def one_sided(self, lo: Fraction, hi: Fraction, unit: str) -> str:
        """A number of which one bound is known, or none."""
        if -lo == hi:
            return STATES["unknown"][self.lang]
        least = hi == LARGEST
        words = ("不少于 ", "at least ") if least else ("不超过 ", "at most ")
        return words[self.lang != "zh"] + with_unit(number_text(lo if least else hi), unit)

    def full_value(self, value: Value, unit: str = "", symbols: Symbols | None = None) -> str:
        """The same, with both ends of a measured number: `1040 ± 60 m, in [980, 1100] m`."""
        text = self.value(value, unit, symbols)
        if isinstance(value, Interval) and not value.is_exact and LARGEST not in (value.hi, -value.lo):
            ends = with_unit(f"[{number_text(value.lo)}, {number_text(value.hi)}]", unit)
            return f"{text}，即 {ends}" if self.lang == "zh" else f"{text}, in {ends}"
        return text

    # ------------------------------------------------------------ punctuation

    def field(self, label: str, text: str) -> str:
        """`label: text`, or the label alone where there is no text."""
        if not text:
            return label
        return f"{label}：{text}" if self.lang == "zh" else f"{label}: {text}"

    def aside(self, text: str) -> str:
        """A text in brackets after something else; nothing where there is no text."""
        if not text:
            return ""
        return f"（{text}）" if self.lang == "zh" else f" ({text})"

    def joined(self, texts: Iterable[str]) -> str:
        """Texts side by side, those that are empty left out."""
        return ("；" if self.lang == "zh" else "; ").join(text for text in texts if text)

    def listed(self, texts: Iterable[str]) -> str:
        """Texts as one list."""
        return ("、" if self.lang == "zh" else ", ").join(texts)

    # ------------------------------------------------------------ names

    def fact_label(self, name: str) -> str:
        fact = self.pack.facts.get(name)
        return (fact.label[self.lang] or fact.label.zh or name) if fact else name

    def parameter_label(self, name: str) -> str:
        parameter = self.pack.parameters.get(name)
        return (parameter.label[self.lang] or parameter.label.zh or name) if parameter else name

    def unit_of(self, name: str) -> str:
        if "." in name:
            fact = self.pack.facts.get(name)
            return fact.unit if fact else ""
        parameter = self.pack.parameters.get(name)
        return parameter.unit if parameter else ""

    def symbols_beside(self, names: Iterable[str]) -> Symbols:
        """The symbols of the facts among some names; a parameter's set is read with those of the fact beside it."""
        found: dict[str, Symbol] = {}
        for name in names:
            fact = self.pack.facts.get(name)
            if fact is not None:
                found.update(fact.symbols)
        return found or self.every_symbol()

    def every_symbol(self) -> Symbols:
        """Every symbol of the vocabulary, the first of each id; for a set with no fact beside it."""
        if not self._all_symbols:
            for fact in self.pack.facts.values():
                for id, symbol in fact.symbols.items():
                    self._all_symbols.setdefault(id, symbol)
        return self._all_symbols

    # ------------------------------------------------------------ sentences

    def line(self, node: TraceNode, negated: bool = False) -> tuple[str, Truth]:
        """A comparison in words and its truth; `negated` says the opposite, for a line that stands under a `not`."""
        condition = _parsed(node.expression)
        truth = negate(node.truth) if negated else node.truth
        if not isinstance(condition, Leaf):
            text = node.expression
            return (f"not ({text})" if negated else text), truth
        return self.phrase(condition, {operand.name: operand for operand in node.operands}, negated), truth

    def phrase(self, leaf: Leaf, operands: Mapping[str, Operand], negated: bool) -> str:
        names = [ref.name for term in terms(leaf) for ref in references(term)]
        symbols = self.symbols_beside(names)
        zh = self.lang == "zh"

        def side(term: Term) -> str:
            return self.term(term, operands, symbols)

        match leaf:
            case Holds(ref):
                label = self.parameter_label(ref.name) if isinstance(ref, ParameterRef) else self.fact_label(ref.name)
                operand = operands.get(ref.name)
                wanted = self.yes(not negated)
                stated = self.operand_value(operand, symbols) if operand else STATES["absent"][self.lang]
                return f"“{label}”为“{wanted}”（现为：{stated}）" if zh else f"“{label}” is {wanted} (given: {stated})"
            case Compare(op, left, right):
                sign = _SIGNS[_OPPOSITES[op] if negated else op]
                sides = [side(left), side(right)]
                for i, term in enumerate((left, right)):
                    if isinstance(term, Arithmetic):
                        sides[i] += self.total(term)
                return f"{sides[0]} {sign} {sides[1]}"
            case In(item, members):
                if zh:
                    return f"{side(item)}{'不属于' if negated else '属于'}{side(members)}"
                return f"{side(item)} {'is not among' if negated else 'is among'} {side(members)}"
            case Overlaps(left, right):
                if zh:
                    return f"{side(left)}与{side(right)}{'无' if negated else '有'}重合"
                return f"{side(left)} {'shares nothing' if negated else 'shares a member'} with {side(right)}"
            case Within(left, right):
                if zh:
                    return f"{side(left)}{'不全在' if negated else '全部在'}{side(right)}之内"
                return f"{side(left)} {'is not wholly' if negated else 'is wholly'} within {side(right)}"

    def term(self, term: Term, operands: Mapping[str, Operand], symbols: Symbols) -> str:
        match term:
            case Literal(value):
                if isinstance(value, frozenset):
                    return self.quoted(self.members(value, symbols, LONGEST_LIST))
                if isinstance(value, (bool, str, date)):
                    return self.quoted(self.value(value, "", symbols))
                return number_text(value)
            case FactRef(name) | ParameterRef(name):
                label = self.fact_label(name) if isinstance(term, FactRef) else self.parameter_label(name)
                operand = operands.get(name)
                if operand is None or operand.value is None:
                    state = STATES[operand.state if operand else "absent"][self.lang]
                    return label + self.aside(state)
                if isinstance(term, ParameterRef) and isinstance(operand.value, SymbolSet):
                    return label
                shown = self.operand_value(operand, symbols)
                if isinstance(operand.value, (Interval, date)):
                    return f"{label} {shown}"
                return f"{label}{'' if self.lang == 'zh' else ' '}{self.quoted(shown)}"
            case Arithmetic(op, left, right):
                a, b = self.term(left, operands, symbols), self.term(right, operands, symbols)
                if op == "*":
                    a = f"({a})" if isinstance(left, Arithmetic) and left.op in "+-" else a
                    b = f"({b})" if isinstance(right, Arithmetic) and right.op in "+-" else b
                elif op == "-" and isinstance(right, Arithmetic) and right.op in "+-":
                    b = f"({b})"
                return f"{a} {_PRODUCT[op]} {b}"

    def total(self, term: Arithmetic) -> str:
        """What a sum or product comes to, in the unit of its side; empty while something in it is missing."""
        value = value_of(term, self.case)
        if not isinstance(value, Interval):
            return ""
        return self.aside(f"= {self.value(value, self.unit(term))}")

    def unit(self, term: Term) -> str:
        """The unit of a term; a product's is the product of its sides' units."""
        match term:
            case FactRef(name) | ParameterRef(name):
                own = self.unit_of(name)
                return "" if own == "1" else own
            case Arithmetic(op, left, right):
                a, b = self.unit(left), self.unit(right)
                return f"{a}·{b}" if op == "*" and a and b else a or b
            case _:
                return ""

    def operand_value(self, operand: Operand, symbols: Symbols, longest: int | None = LONGEST_LIST) -> str:
        if operand.value is None:
            return STATES[operand.state][self.lang]
        return self.value(operand.value, self.unit_of(operand.name), symbols, longest)

    def quoted(self, text: str) -> str:
        return f"「{text}」" if self.lang == "zh" else f"“{text}”"


def with_unit(number: str, unit: str) -> str:
    """A number and its unit: a dimensionless one has none, a percent sign stands close."""
    if unit in ("", "1"):
        return number
    return f"{number}{unit}" if unit in ("%", "‰") else f"{number} {unit}"
