"""A mapping read from the YAML that a user wrote, or edited after it was guessed."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ynpolicy.cases import LEVEL_WORDS
from ynpolicy.documents import Mapping as MappingNode
from ynpolicy.documents import Node, Scalar, read_file
from ynpolicy.errors import InputError, Problem, nearest
from ynpolicy.fields import Fields
from ynpolicy.ir import LEVELS, Pack
from ynpolicy.normalise import fact_words
from ynpolicy.screening.mapping import FORMS, LEVEL, MAPPING_SCHEMA, VALUE, ColumnMap, Mapping
from ynpolicy.screening.mapping_checks import problems_of

_KEYS: Final = ("schema", "level", "key", "as_of", "columns", "whole")
_COLUMN_KEYS: Final = ("fact", "form", "symbol", "unit", "words")


def read_mapping(path: Path, pack: Pack, name: str | None = None) -> Mapping:
    """The mapping that a YAML file states.

    Raises `InputError` with every problem: unknown keys, levels, facts, forms, symbols and units; facts that are not
    asked of the level or that no norm of it reads; two columns for one thing; half a range.
    """
    problems: list[Problem] = []
    mapping = _read(read_file(path, name, problems), pack, problems)
    if mapping is not None and (mapping.columns or not problems):
        problems += problems_of(mapping, pack)
    if problems or mapping is None:
        raise InputError(problems)
    return mapping


def _read(node: Node, pack: Pack, problems: list[Problem]) -> Mapping | None:
    fields = Fields(node, _KEYS, problems, "a mapping of columns")
    if not isinstance(node, MappingNode):
        return None
    schema = fields.text("schema")
    if schema and schema != MAPPING_SCHEMA:
        fields.report(fields.found["schema"].place, f"unknown schema `{schema}`", f"write `{MAPPING_SCHEMA}`")
    known = {word: level for level, words in LEVEL_WORDS.items() for word in (level, *words)}
    word = fields.text("level", required=True)
    level = known.get(word, "")
    if word and not level:
        help = nearest(word, known) or f"write one of {', '.join(LEVELS)}"
        fields.report(fields.found["level"].place, f"unknown level `{word}`", help)
    if not level:
        return None
    words = fact_words(pack, level)
    fields.node("columns", required=True)
    columns = [_column(key, value, pack, words, problems) for key, value in fields.entries("columns")]
    whole = tuple(words.get(text, text) for text in fields.texts("whole"))
    found = tuple(column for column in columns if column is not None)
    return Mapping(level, fields.text("key"), fields.text("as_of"), found, whole, fields.place)


def _column(key: Scalar, node: Node, pack: Pack, words: dict[str, str], problems: list[Problem]) -> ColumnMap | None:
    source = key.text.strip()
    if isinstance(node, Scalar):
        text = node.text.strip()
        return ColumnMap(source, "", LEVEL, place=key.place) if text == LEVEL else _named(source, text, words, key)
    fields = Fields(node, _COLUMN_KEYS, problems, f"column `{source}`")
    if not isinstance(node, MappingNode):
        return None
    form = fields.choice("form", FORMS, required=False, default=VALUE)
    stated = fields.text("fact", required=True)
    pairs = [(word.text.strip(), value) for word, value in fields.entries("words")]
    for _, value in pairs:
        if not isinstance(value, Scalar):
            fields.report(value.place, "a word stands for one value", "write `word: value` lines")
    if not form or not stated:
        return None
    name = words.get(stated, stated)
    symbol = fields.text("symbol")
    if name in pack.facts:
        ids = {word: id for id, entry in pack.facts[name].symbols.items() for word in entry.words}
        symbol = ids.get(symbol, symbol)
    meanings = tuple((word, value.text.strip()) for word, value in pairs if isinstance(value, Scalar))
    return ColumnMap(source, name, form, symbol, fields.text("unit"), meanings, key.place)


def _named(source: str, text: str, words: dict[str, str], key: Scalar) -> ColumnMap:
    return ColumnMap(source, words.get(text, text), place=key.place)
