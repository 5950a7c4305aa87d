"""What the columns of a table say: of which fact, in which form and unit. Written as YAML, which the user may edit."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Final

from attrs import field, frozen

from ynpolicy.cases import LEVEL_WORDS
from ynpolicy.documents import Mapping as MappingNode
from ynpolicy.documents import Node, Scalar, read_file
from ynpolicy.engines.lowering import Layout
from ynpolicy.engines.lowering.columns import AS_OF_COLUMN
from ynpolicy.errors import InputError, Place, Problem, nearest
from ynpolicy.fields import Fields
from ynpolicy.ir import LEVELS, NOWHERE, FactType, Kind, Pack
from ynpolicy.normalise import fact_words
from ynpolicy.units import UnitError, conversion

MAPPING_SCHEMA: Final = "ynpolicy.mapping/1"

VALUE: Final = "value"
LOW: Final = "low"
HIGH: Final = "high"
ACCURACY: Final = "accuracy"
MEMBER: Final = "member"
COMPLETE: Final = "complete"
NOT_APPLICABLE: Final = "not_applicable"
LEVEL: Final = "level"

FORMS: Final[dict[str, tuple[Kind, ...]]] = {
    VALUE: tuple(kind for kind in Kind if kind is not Kind.TEXT),
    LOW: (Kind.NUMBER,),
    HIGH: (Kind.NUMBER,),
    ACCURACY: (Kind.NUMBER,),
    MEMBER: (Kind.SYMBOLS,),
    COMPLETE: (Kind.SYMBOLS,),
    NOT_APPLICABLE: tuple(kind for kind in Kind if kind is not Kind.TEXT),
}
"""What a column may say of a fact, and of which kinds of facts: its value; the lower or the upper end of a range; the
largest error of a value; whether one symbol is in a set; whether the set is listed in full; whether the question does
not arise."""

_KEYS: Final = ("schema", "level", "key", "as_of", "columns", "whole")
_COLUMN_KEYS: Final = ("fact", "form", "symbol", "unit", "words")
_PLAIN: Final = re.compile(r"[A-Za-z_\u4e00-\u9fff][\w\u4e00-\u9fff./\[\]（）()-]*\Z")
_RESERVED: Final = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})


@frozen
class ColumnMap:
    """What one column says: of `fact`, in a form of `FORMS`, or `level` for the level of its row.

    `symbol` is the one that a column of the form `member` tells of. `unit` is that of its numbers, empty for the fact's
    own. `words` are cells with the cells that they stand for, as (`无`, `0`).
    """

    source: str
    fact: str
    form: str = VALUE
    symbol: str = ""
    unit: str = ""
    words: tuple[tuple[str, str], ...] = ()
    place: Place = field(default=NOWHERE, eq=False, repr=False)


@frozen
class Mapping:
    """How a table is read, each row a case of one `level`.

    `key` is the column that names a row, empty for the row's number; `as_of` the column with a row's date, empty for
    one date for all. Of the sets in `whole` the columns of their members list all that there may be.
    """

    level: str
    key: str
    as_of: str
    columns: tuple[ColumnMap, ...]
    whole: tuple[str, ...] = ()
    place: Place = field(default=NOWHERE, eq=False, repr=False)

    @property
    def sources(self) -> tuple[str, ...]:
        """The columns of the table that are read, once each."""
        named = (self.key, self.as_of, *(column.source for column in self.columns))
        return tuple(dict.fromkeys(name for name in named if name))

    def of(self, fact: str) -> tuple[ColumnMap, ...]:
        """The columns that say something of a fact."""
        return tuple(column for column in self.columns if column.fact == fact and column.form != LEVEL)


# ---------------------------------------------------------------- what can be wrong


def facts_screened(pack: Pack, level: str) -> dict[str, FactType]:
    """The facts that decide anything on a level: those that its norms read, and those from which they follow."""
    names = {column.fact for column in Layout.of(pack, level).columns.values()}
    return {name: fact for name, fact in pack.facts.items() if name in names}


def problems_of(mapping: Mapping, pack: Pack) -> Iterator[Problem]:
    """What keeps a mapping from being used with a pack. Each problem has the place of its column."""
    screened = facts_screened(pack, mapping.level)
    if not any(column.fact for column in mapping.columns):
        help = "name columns by facts, their labels or aliases: `ynpolicy facts` lists them"
        yield Problem(mapping.place, "no column names a fact", help)
    for column in mapping.columns:
        if column.form != LEVEL:
            yield from _column_problems(column, pack, mapping.level, screened)
    yield from _doubles(mapping)
    for name, fact in screened.items():
        columns = mapping.of(name)
        if all(fact.kind in FORMS[column.form] for column in columns):
            yield from _group_problems(fact, columns)
    for name in mapping.whole:
        if not any(column.form == MEMBER for column in mapping.of(name)):
            help = "name a set whose members have columns of their own"
            yield Problem(mapping.place, f"`{name}` has no columns of members", help)


def _column_problems(column: ColumnMap, pack: Pack, level: str, screened: dict[str, FactType]) -> Iterator[Problem]:
    fact = pack.facts.get(column.fact)
    if fact is None:
        help = nearest(column.fact, fact_words(pack, level)) or "`ynpolicy facts` lists what may be said"
        yield Problem(column.place, f"unknown fact `{column.fact}`", help)
        return
    if not fact.is_asked_of(level):
        help = f"it belongs to {', '.join(fact.levels)}: leave the column out"
        yield Problem(column.place, f"`{fact.name}` is not asked of a {level}", help)
    elif fact.name not in screened:
        yield Problem(column.place, f"no norm of a {level} reads `{fact.name}`", "leave the column out")
    elif fact.kind not in FORMS[column.form]:
        fitting = [form for form, kinds in FORMS.items() if fact.kind in kinds]
        message = f"`{fact.name}` is a fact without `{column.form}`"
        yield Problem(column.place, message, f"it is one of {', '.join(fitting)}")
    if column.form == MEMBER and column.symbol not in fact.symbols:
        words = [word for symbol in fact.symbols.values() for word in symbol.words]
        help = nearest(column.symbol, words) or "`ynpolicy facts` lists what may be said"
        message = f"`{column.symbol}` is not one of the choices of `{fact.name}`"
        yield Problem(column.place, message if column.symbol else "the column names no member", help)
    if column.symbol and column.form != MEMBER:
        yield Problem(column.place, "only a column of a member has a symbol", "write `form: member`")
    if column.unit and fact.kind is not Kind.NUMBER:
        yield Problem(column.place, "only a number has a unit", "remove `unit`")
    elif column.unit:
        try:
            conversion(column.unit, fact.unit)
        except UnitError as error:
            yield Problem(column.place, str(error), error.help)


def _doubles(mapping: Mapping) -> Iterator[Problem]:
    seen: dict[tuple[str, str, str], ColumnMap] = {}
    for column in mapping.columns:
        first = seen.setdefault((column.fact, column.form, column.symbol), column)
        if first is not column:
            name = f"{column.fact}[{column.symbol}]" if column.symbol else column.fact or column.form
            message = f"`{name}` stands in two columns: `{first.source}` and `{column.source}`"
            yield Problem(column.place, message, "keep one")


def _group_problems(fact: FactType, several: tuple[ColumnMap, ...]) -> Iterator[Problem]:
    """What keeps columns from saying one thing of one fact."""
    columns = {column.form: column for column in several}
    for form, other in ((LOW, HIGH), (HIGH, LOW)):
        if form in columns and other not in columns:
            message = f"column `{columns[form].source}` stands without the other end"
            yield Problem(columns[form].place, message, "give both ends of a range")
    if ACCURACY in columns and VALUE not in columns:
        message = f"column `{columns[ACCURACY].source}` is an accuracy without a value"
        yield Problem(columns[ACCURACY].place, message, "map the column of the value too")
    if MEMBER in columns and VALUE in columns:
        message = f"column `{columns[MEMBER].source}` stands beside `{columns[VALUE].source}`"
        yield Problem(columns[MEMBER].place, message, "keep the list, or the columns of its members")
    if COMPLETE in columns and not columns.keys() & {MEMBER, VALUE}:
        message = f"column `{columns[COMPLETE].source}` tells of a list that no column has"
        yield Problem(columns[COMPLETE].place, message, "map the columns of the list too")
    numbers = [column for column in several if column.form in (VALUE, LOW, HIGH, ACCURACY)]
    factors = {_factor(column, fact): column for column in reversed(numbers)}
    if len(factors) > 1:
        *_, second, first = factors.values()
        units = f"`{first.unit or fact.unit}` and `{second.unit or fact.unit}`"
        message = f"columns `{first.source}` and `{second.source}` have two units: {units}"
        yield Problem(second.place, message, "give the numbers of one fact in one unit")


def _factor(column: ColumnMap, fact: FactType) -> Fraction | None:
    try:
        return conversion(column.unit, fact.unit) if column.unit else Fraction(1)
    except UnitError:
        return None


# ---------------------------------------------------------------- read


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


# ---------------------------------------------------------------- written


def written(mapping: Mapping, doubts: Iterable[tuple[ColumnMap, str]] = (), passed_over: Iterable[str] = ()) -> str:
    """A mapping as the YAML that `read_mapping` reads.

    `doubts` are columns that are only likely, each with its reason: they are written as comments, to be taken by
    removing the sign. Of the fact `as_of` is the column of dates, without a source the set whose members are whole.
    `passed_over` are columns that are not read.
    """
    lines = [f"schema: {MAPPING_SCHEMA}", f"level: {mapping.level}"]
    lines += [f"{name}: {_yaml(text)}" for name, text in (("key", mapping.key), ("as_of", mapping.as_of)) if text]
    lines += [f"whole: [{', '.join(map(_yaml, mapping.whole))}]"] if mapping.whole else []
    told = [(column, f"  # {_one_line(reason)}") for column, reason in doubts]
    for column, reason in told:
        if column.fact == AS_OF_COLUMN:
            lines += [reason[2:], f"# as_of: {_yaml(column.source)}"]
        elif not column.source:
            lines += [reason[2:], f"# whole: [{_yaml(column.fact)}]"]
    lines += ["columns:", *(f"  {_line(column)}" for column in mapping.columns)]
    for column, reason in told:
        if column.source and column.fact != AS_OF_COLUMN:
            lines += [reason, f"  # {_line(column)}"]
    lines += [f"  # {_one_line(name)}: -" for name in passed_over]
    return "\n".join(lines) + "\n"


def _line(column: ColumnMap) -> str:
    source = _yaml(column.source)
    if column.form == LEVEL:
        return f"{source}: {LEVEL}"
    parts = {"fact": _yaml(column.fact)}
    parts |= {"form": column.form} if column.form != VALUE else {}
    parts |= {"symbol": _yaml(column.symbol)} if column.symbol else {}
    parts |= {"unit": _yaml(column.unit)} if column.unit else {}
    if column.words:
        pairs = ", ".join(f"{_yaml(word)}: {_yaml(meaning)}" for word, meaning in column.words)
        parts["words"] = f"{{{pairs}}}"
    if len(parts) == 1:
        return f"{source}: {parts['fact']}"
    return f"{source}: {{{', '.join(f'{name}: {text}' for name, text in parts.items())}}}"


def _yaml(text: str) -> str:
    """A text as a YAML scalar that reads back to it."""
    if _PLAIN.match(text) and "[" not in text and text.lower() not in _RESERVED:
        return text
    return json.dumps(text, ensure_ascii=False)


def _one_line(text: str) -> str:
    return " ".join(text.split())
