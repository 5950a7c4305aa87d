"""What the columns of a table say: of which fact, in which form and unit. Written as YAML, which the user may edit."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Final

from attrs import field, frozen

from ynpolicy.engines.lowering.columns import AS_OF_COLUMN
from ynpolicy.errors import Place
from ynpolicy.ir import NOWHERE, Kind

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
