"""One fact's answer, as a person wrote it, read by the vocabulary: a typed exact value, or why there is none."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from fractions import Fraction
from typing import Final, TypeVar

from attrs import evolve, frozen

from ynpolicy.cases import Words, english_keys, scalar_text
from ynpolicy.documents import Mapping, Node, Scalar, Sequence, describe
from ynpolicy.errors import Problem, nearest
from ynpolicy.ir import FactType, Kind, Origin
from ynpolicy.units import UnitError, conversion
from ynpolicy.values import Interval, Missing, SymbolSet, Value, exact, number_text, read_number, ticks

T = TypeVar("T")

DETAIL_KEYS: Final[Words] = {
    "value": ("值",),
    "unit": ("单位",),
    "accuracy": ("精度", "误差"),
    "at_least": ("不小于", "最小"),
    "at_most": ("不大于", "最大"),
    "includes": ("包括",),
    "complete": ("完整",),
    "sources": ("来源",),
    "document": ("文件",),
    "page": ("页码",),
    "date": ("日期",),
    "entered_by": ("填写人", "填表人"),
}
_SPREADS: Final = frozenset({"std", "sigma", "standard_deviation", "stddev", "标准差", "标准偏差"})
UNKNOWN_WORDS: Final = ("unknown", "未知", "不详", "不清楚")
NOT_APPLICABLE_WORDS: Final = ("not_applicable", "not applicable", "不适用")
TRUE_WORDS: Final = ("true", "yes", "是")
FALSE_WORDS: Final = ("false", "no", "否")
_QUANTITY: Final = re.compile(r"([+-]?\d[\d.]*)\s*((?![eE][+-]?\d)[^\s\d.,，+-][^,，]*)\Z")
_DATE: Final = re.compile(r"(\d{4})(?:-|/|年)(\d{1,2})(?:-|/|月)(\d{1,2})日?\Z")
_LONGEST_TEXT: Final = 4000


@frozen
class Answer:
    """What one or more sources say of one fact."""

    value: Value | None
    missing: Missing | None
    origins: tuple[Origin, ...]
    text: str = ""


class NotRead(Exception):
    """An answer could not be read; its problems are already reported."""


def read_answer(fact: FactType, node: Node, problems: list[Problem]) -> Answer | None:
    """The answer to one question of the vocabulary; None where it is absent, or wrong and reported in `problems`."""
    if isinstance(node, Scalar) and node.is_null:
        return None
    try:
        return _Answer(fact, problems).read(node)
    except NotRead:
        return None


def read_date(text: str) -> date:
    """A calendar date as people write it: 2022-05-01, 2022/5/1, 2022年5月1日. Raises `ValueError`."""
    found = _DATE.match(text.strip())
    if not found:
        raise ValueError(f"`{text}` is not a date")
    year, month, day = map(int, found.groups())
    try:
        if not 1900 <= year <= 2200:
            raise ValueError
        return date(year, month, day)
    except ValueError:
        raise ValueError(f"the date `{text}` does not exist") from None


class _Answer:
    def __init__(self, fact: FactType, problems: list[Problem]) -> None:
        self.fact = fact
        self.problems = problems

    def refuse(self, node: Node, message: str, help: str = "") -> NotRead:
        self.problems.append(Problem(node.place, f"`{self.fact.name}`: {message}", help))
        return NotRead()

    def each(self, nodes: Iterable[Node], read: Callable[[Node], T]) -> list[T]:
        """Every node read; where one cannot be, the others are read all the same, for their problems."""
        found: list[T] = []
        failed: NotRead | None = None
        for node in nodes:
            try:
                found.append(read(node))
            except NotRead as error:
                failed = error
        if failed is not None:
            raise failed
        return found

    def read(self, node: Node) -> Answer:
        if not isinstance(node, Mapping):
            return self.plain(node, "", None)
        for key in node.keys:
            if key.lower() in _SPREADS:
                help = "give `accuracy:`, a bound that the error surely does not exceed"
                raise self.refuse(node, f"`{key}` is a standard deviation, not a guaranteed bound", help)
        before = len(self.problems)
        found = english_keys(node, DETAIL_KEYS, self.problems)
        if len(self.problems) > before:
            raise NotRead
        if "sources" in found:
            return self.several(found)
        return self.detailed(node, found)

    def several(self, found: dict[str, Node]) -> Answer:
        sources = found["sources"]
        if len(found) > 1 or not isinstance(sources, Sequence) or not sources.items:
            help = "write each as `- {value: ..., document: ...}`"
            raise self.refuse(sources, "`sources` is not a list of sources", help)
        answers = self.each(sources.items, self.read)
        origins = tuple(origin for answer in answers for origin in answer.origins)
        known = [answer for answer in answers if answer.missing is None]
        if not known:
            return evolve(answers[0], origins=origins)
        if all(answer.value == known[0].value and answer.text == known[0].text for answer in known):
            return evolve(known[0], origins=origins)
        return Answer(None, Missing.CONFLICT, origins)

    def detailed(self, node: Mapping, found: dict[str, Node]) -> Answer:
        before = len(self.problems)
        origin = Origin(
            document=scalar_text(found.get("document"), "document", self.problems),
            page=scalar_text(found.get("page"), "page", self.problems),
            date=scalar_text(found.get("date"), "date", self.problems),
            entered_by=scalar_text(found.get("entered_by"), "entered_by", self.problems),
            place=node.place,
        )
        if origin.date:
            try:
                read_date(origin.date)
            except ValueError as error:
                self.refuse(found["date"], str(error), "write it as 2022-05-01")
        unit = scalar_text(found.get("unit"), "unit", self.problems)
        if unit and self.fact.kind is Kind.NUMBER:
            try:
                conversion(unit, self.fact.unit)
            except UnitError as error:
                self.refuse(found["unit"], str(error), error.help)
                unit = ""
        answer = self.stated(node, found, origin, unit)
        if len(self.problems) > before:
            raise NotRead
        return answer

    def stated(self, node: Mapping, found: dict[str, Node], origin: Origin, unit: str) -> Answer:
        if "includes" in found:
            return self.partial(node, found, origin)
        bounds = found.keys() & {"at_least", "at_most"}
        if bounds:
            if len(bounds) < 2 or "value" in found or "accuracy" in found or self.fact.kind is not Kind.NUMBER:
                raise self.refuse(node, "a range needs `at_least` and `at_most` and nothing else", "give both ends")
            low, high = self.each((found["at_least"], found["at_most"]), lambda end: self.number(end, unit))
            if low > high:
                raise self.refuse(found["at_most"], "`at_most` is below `at_least`", "swap them")
            stated = f"{number_text(low)} … {number_text(high)} {self.fact.unit}"
            return self.measured(node, low, high, origin, stated)
        if "value" not in found:
            raise self.refuse(node, "the value is not given", "write `value:`, or `unknown` for the whole fact")
        return self.plain(found["value"], unit, origin, found.get("accuracy"))

    def plain(self, node: Node, unit: str, origin: Origin | None, accuracy: Node | None = None) -> Answer:
        stated = f"{node.text} {unit}".strip() if isinstance(node, Scalar) else ""
        origin = Origin(stated=stated, place=node.place) if origin is None else evolve(origin, stated=stated)
        if isinstance(node, Scalar):
            word = node.text.strip().lower()
            if node.is_null or word in UNKNOWN_WORDS:
                return Answer(None, Missing.UNKNOWN, (origin,))
            if word in NOT_APPLICABLE_WORDS:
                return Answer(None, Missing.NOT_APPLICABLE, (origin,))
        if accuracy is not None and self.fact.kind is not Kind.NUMBER:
            raise self.refuse(accuracy, "only a number has an accuracy", "remove `accuracy`")
        if unit and self.fact.kind is not Kind.NUMBER:
            raise self.refuse(node, "only a number has a unit", "remove `unit`")
        match self.fact.kind:
            case Kind.NUMBER:
                if accuracy is None:
                    value = self.number(node, unit)
                    return self.measured(node, value, value, origin, origin.stated)
                value, error = self.each((node, accuracy), lambda part: self.number(part, unit))
                if error < 0:
                    raise self.refuse(accuracy, "the accuracy is negative", "give the size of the largest error")
                self.in_range(node, value)
                stated = f"{origin.stated} ± {number_text(error)}"
                return self.measured(node, value - error, value + error, origin, stated)
            case Kind.SYMBOLS:
                symbols = frozenset(self.symbols(node))
                stated = "、".join(sorted(symbols))
                return Answer(SymbolSet(symbols), None, (evolve(origin, stated=stated),))
            case Kind.TEXT:
                text = self.scalar(node).text.strip()
                if len(text) > _LONGEST_TEXT:
                    raise self.refuse(node, f"the text has {len(text)} characters", f"at most {_LONGEST_TEXT}")
                return Answer(None, None, (origin,), text)
            case Kind.BOOLEAN:
                return Answer(self.boolean(node), None, (origin,))
            case Kind.DATE:
                return Answer(self.attempt(node, read_date, "write it as 2022-05-01"), None, (origin,))
            case Kind.SYMBOL:
                return Answer(self.symbol(self.scalar(node)), None, (origin,))

    def scalar(self, node: Node) -> Scalar:
        if not isinstance(node, Scalar):
            help = "several sources that each state it go under `sources:`" if isinstance(node, Sequence) else ""
            raise self.refuse(node, f"{describe(node)} stands where one value belongs", help)
        return node

    def attempt(self, node: Node, read: Callable[[str], date], help: str) -> date:
        try:
            return read(self.scalar(node).text)
        except ValueError as error:
            raise self.refuse(node, str(error), help) from None

    def boolean(self, node: Node) -> bool:
        word = self.scalar(node).text.strip().lower()
        if word in TRUE_WORDS or word in FALSE_WORDS:
            return word in TRUE_WORDS
        raise self.refuse(node, f"{describe(node)} is neither true nor false", "write true, false, 是 or 否")

    def number(self, node: Node, unit: str) -> Fraction:
        text = self.scalar(node).text.strip()
        found = _QUANTITY.match(text)
        if found:
            if unit:
                raise self.refuse(node, f"`{text}` has a unit and `unit` gives another", "give the unit once")
            text, unit = found.groups()
        try:
            number = read_number(text)
        except ValueError as error:
            help = f"write digits with at most one point, in {self.fact.unit or 'plain numbers'}"
            if "," in text or "，" in text:
                help = "write it without separators: " + text.replace(",", "").replace("，", "")
            raise self.refuse(node, str(error), help) from None
        try:
            number *= conversion(unit, self.fact.unit) if unit else 1
        except UnitError as error:
            raise self.refuse(node, str(error), error.help) from None
        try:
            ticks(number)
        except ValueError as error:
            raise self.refuse(node, f"`{text}` {error}", f"numbers are kept in {self.fact.unit}") from None
        return number

    def in_range(self, node: Node, value: Fraction) -> None:
        low, high, unit = self.fact.minimum, self.fact.maximum, self.fact.unit
        if (low is not None and value < low) or (high is not None and value > high):
            span = f"at least {number_text(low)}" if low is not None else ""
            span += " and " if low is not None and high is not None else ""
            span += f"at most {number_text(high)}" if high is not None else ""
            stated = f"{number_text(value)} {unit}".strip()
            raise self.refuse(node, f"`{stated}` is impossible", f"it is {span}")

    def measured(self, node: Node, low: Fraction, high: Fraction, origin: Origin, stated: str) -> Answer:
        if low == high:
            self.in_range(node, low)
            value = exact(low)
        else:
            minimum, maximum = self.fact.minimum, self.fact.maximum
            low = low if minimum is None else max(low, minimum)
            high = high if maximum is None else min(high, maximum)
            if low > high:
                self.in_range(node, high if minimum is not None and high < minimum else low)
            value = Interval(low, high)
        return Answer(value, None, (origin if origin.stated == stated else evolve(origin, stated=stated),))

    def symbols(self, node: Node) -> Iterable[str]:
        if isinstance(node, Scalar):
            parts = [part.strip() for part in re.split(r"[、,，;；]", node.text) if part.strip()]
            return self.each((Scalar(part, node.plain, node.place) for part in parts), self.member)
        if isinstance(node, Sequence):
            return self.each(node.items, self.member)
        raise self.refuse(node, f"{describe(node)} stands where a list belongs", "write [a, b]")

    def member(self, node: Node) -> str:
        return self.symbol(self.scalar(node))

    def symbol(self, node: Scalar) -> str:
        text = node.text.strip()
        for symbol in self.fact.symbols.values():
            if text in (symbol.id, symbol.label.zh, symbol.label.en) or text in symbol.aliases:
                return symbol.id
        words = {word for s in self.fact.symbols.values() for word in (s.id, s.label.zh, s.label.en, *s.aliases)}
        choices = ", ".join(f"{s.label.zh} ({s.id})" for s in list(self.fact.symbols.values())[:12])
        raise self.refuse(node, f"`{text}` is not one of its values", nearest(text, words) or f"it is one of {choices}")

    def partial(self, node: Mapping, found: dict[str, Node], origin: Origin) -> Answer:
        if self.fact.kind is not Kind.SYMBOLS:
            raise self.refuse(node, "only a set has `includes`", "write `value:`")
        if "value" in found:
            raise self.refuse(node, "`includes` and `value` are both given", "keep one: `value` is the whole set")
        complete = self.boolean(found["complete"]) if "complete" in found else False
        symbols = frozenset(self.symbols(found["includes"]))
        stated = "、".join(sorted(symbols)) + ("" if complete else "……")
        return Answer(SymbolSet(symbols, complete), None, (evolve(origin, stated=stated),))
