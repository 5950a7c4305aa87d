"""What the head of a column says: a fact by one of its words, an end of a range, a member of a set, a unit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Final

from attrs import evolve, frozen

from ynpolicy.engines.lowering import columns as names
from ynpolicy.ir import FactType, Kind
from ynpolicy.screening.mapping import ACCURACY, COMPLETE, HIGH, LOW, MEMBER, NOT_APPLICABLE, VALUE, ColumnMap
from ynpolicy.screening.spellings import loose, plain
from ynpolicy.units import UnitError, conversion

FORM_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    LOW: ("下限", "最小值", "最小", "最低", "不小于", "下限值", "lower", "low", "min", "at least", "lo"),
    HIGH: ("上限", "最大值", "最大", "最高", "不大于", "上限值", "upper", "high", "max", "at most", "hi"),
    ACCURACY: ("允许误差", "误差", "精度", "±", "accuracy", "error"),
    COMPLETE: ("是否列全", "是否完整", "已列全", "complete"),
    NOT_APPLICABLE: ("是否不适用", "不适用", "not applicable", "not_applicable"),
}
"""The words behind a fact's that tell the form."""

_HOLDS: Final = re.compile(r"(?:是否)?(?:含有|含|涉及|涉|存在|有)(.+)\Z")
_BRACKETS: Final = re.compile(r"(.*?)\s*\(([^()]*)\)\Z")
_PARTS: Final = re.compile(r"[,，、;；/ ]+")
_JOINTS: Final = "_-—:：/·. "
_ALIKE: Final = 0.72
_SHORTEST: Final = 3


@frozen
class Meaning:
    """What a head says: the column, and what in it is not understood (empty where all is)."""

    column: ColumnMap
    doubt: str = ""


class Heads:
    """Reads heads by the words of these facts, written in any width and case."""

    def __init__(self, facts: Mapping[str, FactType], words: Mapping[str, str]) -> None:
        self._facts = facts
        self._names: dict[str, str] = {}
        for word, name in words.items():
            if name in facts:
                self._names.setdefault(loose(word), name)
        self._symbols = {
            name: {loose(word): symbol.id for symbol in fact.symbols.values() for word in symbol.words}
            for name, fact in facts.items()
            if fact.kind is Kind.SYMBOLS
        }
        self._columns = {column.source: column for fact in facts.values() for column in _engine_columns(fact)}

    def read(self, head: str) -> Meaning | None:
        """What a head says; None where it names no fact."""
        own = self._columns.get(head.strip())
        if own is not None:
            return Meaning(evolve(own, source=head))
        text = plain(head)
        found = self._whole(head, text)
        if found is not None:
            return found
        split = _BRACKETS.match(text)
        if split is None or not split[1]:
            return self._member(head, text)
        base = self._whole(head, split[1]) or self._member(head, split[1])
        return None if base is None else self._qualified(base, split[2])

    def alike(self, head: str) -> Iterator[tuple[str, ColumnMap]]:
        """The words that a head looks like, the most alike first, each with the column that it may be."""
        text = plain(head)
        split = _BRACKETS.match(text)
        base, behind = (split[1], split[2]) if split is not None and split[1] else (text, "")
        for word, name in _alike(loose(base), self._names):
            meaning = self._qualified(Meaning(ColumnMap(head, name)), behind)
            if not meaning.doubt:
                yield word, meaning.column

    def _whole(self, head: str, text: str) -> Meaning | None:
        """A fact's word, alone or with the word of a form behind it, or with a unit or a member."""
        name = self._names.get(loose(text))
        if name:
            return Meaning(ColumnMap(head, name))
        for form, words in FORM_WORDS.items():
            for word in words:
                rest = text[: -len(word)].rstrip(_JOINTS) if text.lower().endswith(word) else ""
                name = self._names.get(loose(rest)) if rest else None
                if name:
                    return Meaning(ColumnMap(head, name, form))
        for at in (at for at, character in enumerate(text) if character in _JOINTS and at):
            name = self._names.get(loose(text[:at]))
            meaning = self._qualified(Meaning(ColumnMap(head, name)), text[at + 1 :]) if name else None
            if meaning is not None and not meaning.doubt:
                return meaning
        return None

    def _qualified(self, meaning: Meaning, text: str) -> Meaning:
        """A head with what stands behind it: a unit, the word of a form, a member of the set."""
        column = meaning.column
        fact = self._facts[column.fact]
        symbol = self._symbols.get(fact.name, {}).get(loose(text), "")
        if symbol and column.form == VALUE:
            return Meaning(evolve(column, form=MEMBER, symbol=symbol))
        if fact.kind is Kind.NUMBER and _converts(text, fact.unit):
            return Meaning(evolve(column, unit=text))
        for part in filter(None, _PARTS.split(text)):
            form = next((form for form, words in FORM_WORDS.items() if part.lower() in words), "")
            if form and column.form == VALUE:
                column = evolve(column, form=form)
            elif fact.kind is Kind.NUMBER and not column.unit and _converts(part, fact.unit):
                column = evolve(column, unit=part)
            elif fact.kind is Kind.BOOLEAN and part in ("是/否", "是", "否", "是否"):
                continue
            else:
                return Meaning(column, f"`{part}` is not understood")
        return Meaning(column)

    def _member(self, head: str, text: str) -> Meaning | None:
        """`含镉`: a member of the one set that has such a symbol."""
        match = _HOLDS.match(text)
        if match is None:
            return None
        found = {name: words[loose(match[1])] for name, words in self._symbols.items() if loose(match[1]) in words}
        if not found:
            return None
        name, symbol = next(iter(found.items()))
        several = ", ".join(f"`{other}`" for other in found) if len(found) > 1 else ""
        doubt = f"it may be of {several}" if several else ""
        return Meaning(ColumnMap(head, name, MEMBER, symbol), doubt)


def _alike(label: str, words: Mapping[str, str]) -> list[tuple[str, str]]:
    """Words that look like a head, the most alike first: one holds the other, or most of their letters are the same."""
    found = []
    own = _letters(label)
    for word, name in words.items():
        letters = _letters(word)
        within = min(len(letters), len(own)) >= _SHORTEST and (letters in own or own in letters)
        matcher = SequenceMatcher(None, own, letters, autojunk=False)
        if within or matcher.quick_ratio() >= _ALIKE:
            ratio = matcher.ratio()
            if within or ratio >= _ALIKE:
                found.append((ratio, word, name))
    return [(word, name) for _, word, name in sorted(found, reverse=True)]


def _letters(word: str) -> str:
    return "".join(filter(str.isalnum, word))


def _converts(text: str, unit: str) -> bool:
    try:
        return bool(text.strip()) and bool(conversion(text, unit))
    except (UnitError, KeyError):
        return False


def _engine_columns(fact: FactType) -> Iterator[ColumnMap]:
    """The columns that engines on tables have for a fact, called as they call them."""
    name = fact.name
    yield ColumnMap(name, name)
    yield ColumnMap(names.not_applicable(name), name, NOT_APPLICABLE)
    if fact.kind is Kind.NUMBER:
        yield ColumnMap(names.low_end(name), name, LOW)
        yield ColumnMap(names.high_end(name), name, HIGH)
    if fact.kind is Kind.SYMBOLS:
        yield ColumnMap(names.complete(name), name, COMPLETE)
        for symbol in fact.symbols:
            yield ColumnMap(names.member(name, symbol), name, MEMBER, symbol)
