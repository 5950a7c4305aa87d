"""What the cells of one row say of one fact: the answer that a case file with the same cells would give.

This is the meaning of a cell. `cells` reads whole columns faster, and is held to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from attrs import evolve, field, frozen

from ynpolicy.answers import FALSE_WORDS, NOT_APPLICABLE_WORDS, TRUE_WORDS, UNKNOWN_WORDS, Answer, read_answer
from ynpolicy.documents import Mapping as MappingNode
from ynpolicy.documents import Node, Scalar
from ynpolicy.documents import Sequence as SequenceNode
from ynpolicy.engines.lowering.columns import AS_OF_COLUMN
from ynpolicy.errors import Place, Problem
from ynpolicy.ir import FactType, Kind, Text
from ynpolicy.screening import spellings
from ynpolicy.screening.mapping import ACCURACY, COMPLETE, HIGH, LOW, MEMBER, NOT_APPLICABLE, VALUE, ColumnMap
from ynpolicy.sheets import NONE, OPEN_END, CaseReader, Cell, split_members
from ynpolicy.values import Missing, SymbolSet

_ERRORS: Final = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"})
LONGEST_CELL: Final = 4000
"""No cell of a fact may have more characters."""

_LONGEST: Final = 60
_ENDS: Final = {VALUE: "value", ACCURACY: "accuracy", LOW: "at_least", HIGH: "at_most"}
_UNKNOWN: Final = "unknown"
_IDLE: Final = "not_applicable"

Texts = Sequence[str | None]
"""The cells of the columns of one fact, in the order of the columns; None for an empty one."""


@frozen
class Wrong:
    """A cell that cannot be read: its column, what stands in it, and the problem."""

    column: str
    found: str
    message: str
    help: str


@frozen
class Stated:
    """What cells say: the node of a case file, its answer, and what is wrong. An empty row states nothing."""

    node: Node | None = None
    answer: Answer | None = None
    wrong: tuple[Wrong, ...] = field(default=())


class Question:
    """The columns of one fact. `whole` says that the columns of members list all that there may be."""

    def __init__(self, fact: FactType, columns: Sequence[ColumnMap], whole: bool = False) -> None:
        self.fact = fact
        self.columns = tuple(columns)
        self._whole = whole
        self._unit = next((column.unit for column in columns if column.unit), "")
        self._words = {column.source: dict(column.words) for column in columns}
        entries = [(word, symbol.id) for symbol in fact.symbols.values() for word in symbol.words]
        self._accepted = frozenset(word for word, _ in entries)
        self._loose = spellings.loose_words(entries)

    def read(self, texts: Texts) -> Stated:
        """What a row states in these columns, read as a case file is, or else as tables write it."""
        given = {
            column: text.strip()
            for column, text in zip(self.columns, texts, strict=True)
            if text is not None and text.strip()
        }
        if not given:
            return Stated()
        long = [(column, text) for column, text in given.items() if len(text) > LONGEST_CELL]
        if long:
            help = f"at most {LONGEST_CELL}"
            return Stated(
                wrong=tuple(
                    Wrong(column.source, text[:_LONGEST] + "…", f"the text has {len(text)} characters", help)
                    for column, text in long
                )
            )
        first = self._stated(given, False)
        if not first.wrong:
            return first
        again = self._stated(given, True)
        if not again.wrong:
            return again
        nearer = again if self.fact.kind in (Kind.NUMBER, Kind.DATE) else first
        return Stated(wrong=tuple(_explained(wrong) for wrong in nearer.wrong))

    # ------------------------------------------------------------ one attempt

    def _stated(self, given: Mapping[ColumnMap, str], respelt: bool) -> Stated:
        problems: list[Problem] = []
        texts = {column: self._meant(column, text) for column, text in given.items()}
        node = self._node(texts, respelt, problems)
        answer = read_answer(self.fact, node, problems) if node is not None and not problems else None
        first = next(iter(given))
        found = {column.source: text for column, text in given.items()}
        wrong = tuple(
            Wrong(column, found[column], problem.message, problem.help)
            for problem in problems
            for column in [problem.place.file if problem.place.file in found else first.source]
        )
        return Stated(node, answer, wrong) if not wrong else Stated(wrong=wrong)

    def _meant(self, column: ColumnMap, text: str) -> str:
        """A cell with the words of the mapping put in."""
        words = self._words[column.source]
        if not words:
            return text
        if text in words or self.fact.kind is not Kind.SYMBOLS or column.form != VALUE:
            return words.get(text, text)
        parts = split_members(text, {*self._accepted, *words, *NONE_WORDS, *OPEN_WORDS})
        return "、".join(words.get(part, part) for part in parts)

    def _node(self, texts: Mapping[ColumnMap, str], respelt: bool, problems: list[Problem]) -> Node | None:
        reader = CaseReader({self.fact.name: self._accepted} if self._accepted else {}, problems)
        by_form = {column.form: column for column in texts if column.form != MEMBER}
        idle = by_form.get(NOT_APPLICABLE)
        rest = {column: text for column, text in texts.items() if column is not idle}
        place = Place(next(iter(texts)).source)
        if idle is not None and self._flag(texts[idle], idle, respelt, problems) is True:
            if rest:
                message = f"`{self.fact.name}`: it has a value and is said to be not applicable"
                problems.append(Problem(Place(idle.source), message, "keep one of the two"))
            return Scalar(_IDLE, False, place)
        if not rest:
            return None
        if self.fact.kind is Kind.NUMBER:
            return self._number(rest, respelt, reader)
        if self.fact.kind is Kind.SYMBOLS:
            return self._set(rest, respelt, reader, problems)
        (column, text), *_ = rest.items()
        return self._value(column, text, respelt, reader)

    def _value(self, column: ColumnMap, text: str, respelt: bool, reader: CaseReader) -> Node | None:
        if respelt:
            text = _UNKNOWN if spellings.is_unknown_sign(text) else self._respelt(text)
        return reader.value(self.fact.name, self.fact.kind, Cell(text, Place(column.source)), "")

    def _respelt(self, text: str) -> str:
        return spellings.respelt(self.fact.kind, text, self._loose)

    def _number(self, texts: Mapping[ColumnMap, str], respelt: bool, reader: CaseReader) -> Node | None:
        nodes: dict[str, Node] = {}
        place = Place(next(iter(texts)).source)
        for column, text in texts.items():
            parts = {_ENDS[column.form]: text}
            if respelt:
                parts = self._parts(column, text)
            for key, part in parts.items():
                node = reader.value(self.fact.name, Kind.NUMBER, Cell(part, Place(column.source)), self._unit)
                if node is None:
                    return None
                nodes[key] = node
        state = _state(nodes)
        if state:
            return Scalar(state, False, place)
        if list(nodes) == ["value"] and not self._unit:
            return nodes["value"]
        if self._unit:
            nodes["unit"] = Scalar(self._unit, False, place)
        return MappingNode(tuple((Scalar(key, True, place), node) for key, node in nodes.items()), place)

    def _parts(self, column: ColumnMap, text: str) -> dict[str, str]:
        key = _ENDS[column.form]
        if spellings.is_unknown_sign(text):
            return {key: _UNKNOWN}
        parts = spellings.number_parts(text, self._unit)
        if key == "value":
            return parts
        return {key: parts["value"] if parts.keys() == {"value"} else text}

    # ------------------------------------------------------------ sets

    def _set(
        self, texts: Mapping[ColumnMap, str], respelt: bool, reader: CaseReader, problems: list[Problem]
    ) -> Node | None:
        place = Place(next(iter(texts)).source)
        by_form = {column.form: column for column in texts}
        listed = by_form.get(COMPLETE)
        complete = self._flag(texts[listed], listed, respelt, problems) if listed is not None else None
        if VALUE in by_form:
            column = by_form[VALUE]
            node = self._value(column, texts[column], respelt, reader)
            return _partial(node, place) if complete is False else node
        told = {column: self._flag(text, column, respelt, problems) for column, text in texts.items()}
        told = {column: flag for column, flag in told.items() if column.form == MEMBER}
        if problems:
            return None
        if all(flag is Missing.NOT_APPLICABLE for flag in told.values()) and told and complete is not True:
            return Scalar(_IDLE, False, place)
        members = [column for column in self.columns if column.form == MEMBER]
        known = [told[column] for column in members if isinstance(told.get(column), bool)]
        if complete is None:
            complete = self._whole and len(known) == len(members)
        if not known and complete is not True:
            return Scalar(_UNKNOWN, False, place)
        ids = [Scalar(column.symbol, False, Place(column.source)) for column in members if told.get(column) is True]
        return _listed(ids, complete is True, place)

    def _flag(self, text: str, column: ColumnMap, respelt: bool, problems: list[Problem]) -> bool | Missing | None:
        """What a column that is answered by yes or no says; a problem, and None, where it says neither."""
        if respelt:
            text = _UNKNOWN if spellings.is_unknown_sign(text) else spellings.yes_or_no(text)
        word = text.lower()
        if word in UNKNOWN_WORDS:
            return Missing.UNKNOWN
        if word in NOT_APPLICABLE_WORDS:
            return Missing.NOT_APPLICABLE
        if word in TRUE_WORDS or word in FALSE_WORDS:
            return word in TRUE_WORDS
        message = f"`{self.fact.name}`: `{text[:_LONGEST]}` is neither true nor false"
        problems.append(Problem(Place(column.source), message, "write true, false, 是 or 否"))
        return None


def day_question(source: str) -> Question:
    """The column of the rows' as-of dates."""
    label = Text("受理日期", "as-of date")
    return Question(FactType(AS_OF_COLUMN, Kind.DATE, label, label), (ColumnMap(source, AS_OF_COLUMN),))


NONE_WORDS: Final = (NONE.zh, NONE.en)
OPEN_WORDS: Final = (OPEN_END.zh, OPEN_END.en)


def _state(nodes: Mapping[str, Node]) -> str:
    """`unknown` or `not_applicable` where the cells of a number say so; empty where they have numbers."""
    words = {key: node.text.strip().lower() for key, node in nodes.items() if isinstance(node, Scalar)}
    states = {key: word for key, word in words.items() if word in UNKNOWN_WORDS or word in NOT_APPLICABLE_WORDS}
    if not states or set(states) == {"accuracy"}:
        return ""
    return _IDLE if set(states) == set(nodes) and not set(states.values()) & set(UNKNOWN_WORDS) else _UNKNOWN


def _listed(members: Sequence[Node], complete: bool, place: Place) -> Node:
    listed = SequenceNode(tuple(members), place)
    if complete:
        return listed
    pairs = ("includes", listed), ("complete", Scalar("false", True, place))
    return MappingNode(tuple((Scalar(key, True, place), node) for key, node in pairs), place)


def _partial(node: Node | None, place: Place) -> Node | None:
    """A list that a column beside it says is not the whole."""
    return _listed(node.items, False, place) if isinstance(node, SequenceNode) else node


def _explained(wrong: Wrong) -> Wrong:
    """A cell that a workbook could not compute, said to be that."""
    if wrong.found in _ERRORS:
        return evolve(wrong, message=f"`{wrong.found}` is an error value", help="type the value, or clear the cell")
    if wrong.found.startswith("="):
        message = f"`{wrong.found[:_LONGEST]}` is a formula"
        return evolve(wrong, message=message, help="copy the cell and paste it as a value")
    return wrong


def members_of(value: SymbolSet, named: Sequence[str]) -> tuple[tuple[bool | None, ...], bool | None]:
    """Whether each named symbol is in a set, and whether any other is; None where that is open."""
    absent = False if value.complete else None
    return tuple(symbol in value.members or absent for symbol in named), bool(value.members - {*named}) or absent
