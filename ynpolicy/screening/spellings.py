"""Words and numbers as tables write them, beside those that a case file may use.

Nothing here goes before the reader of case files: a text is spelt anew only where that reader refuses it. So a cell
that `ynpolicy check` reads means the same in a table that is screened.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

from ynpolicy.ir import Kind
from ynpolicy.units import UnitError, canonical_unit

UNKNOWN_SIGNS: Final = frozenset(
    (
        *(
            "/",
            "-",
            "--",
            "—",
            "——",
            "－",
            "n/a",
            "na",
            "nan",
            "null",
            "none",
            "空",
            "待定",
            "待核实",
            "未填",
            "未填报",
        ),
        *("未提供", "无资料", "无数据", "不明", "不清", "不确定", "不知道"),
    )
)
"""What stands for a cell that somebody could not fill in; each of them says nothing, so the fact is unknown."""

TRUE_SIGNS: Final = frozenset(["有", "1", "√", "✓", "✔", "对", "y", "t", "真", "已"])
FALSE_SIGNS: Final = frozenset(["无", "没有", "0", "×", "✗", "✘", "x", "错", "n", "f", "假", "未"])

_THOUSANDS: Final = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?!\d)")
_NUMBER: Final = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)"
_MEASURED: Final = re.compile(rf"({_NUMBER})\s*(?:±|\+/-|\+-)\s*({_NUMBER})\s*(\D*)\Z")
_RANGE: Final = re.compile(rf"({_NUMBER})\s*([^\d\s~至—–.+-]*)\s*(?:~|至|—+|–)\s*({_NUMBER})\s*(\D*)\Z")
_WITH_UNIT: Final = re.compile(rf"({_NUMBER})\s*([^\d\s.,+-].*)\Z")
_WIDE: Final = re.compile("[\uff01-\uff5e\u3000\u3371-\u33df]")
_COMPACT_DAY: Final = re.compile(r"(\d{4})(\d{2})(\d{2})\Z")
_DAY: Final = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]0?0:00(?::00(?:\.0+)?)?Z?)?\Z"
)


def plain(text: str) -> str:
    """A text without surrounding blanks, full-width characters and units of one character (`㎞`) as the usual ones.

    Digits of other kinds stay what they are: `10²` is not 102.
    """
    return "".join(unicodedata.normalize("NFKC", c) if _WIDE.match(c) else c for c in text).strip()


def is_unknown_sign(text: str) -> bool:
    """Whether a cell says no more than that nothing is known."""
    return text.lower() in UNKNOWN_SIGNS or plain(text).lower() in UNKNOWN_SIGNS


def number_parts(text: str, unit: str) -> dict[str, str]:
    """A number as the keys of an answer: `value`, or `value` and `accuracy`, or `at_least` and `at_most`.

    `unit` is that of the column; a cell that repeats it is not given a second one. Thousands are joined.
    """
    found = _THOUSANDS.sub(lambda match: match[0].replace(",", ""), plain(text).replace("，", ","))
    measured = _MEASURED.match(found)
    if measured:
        value, accuracy, given = measured.groups()
        return {"value": _with(value, given, unit), "accuracy": _with(accuracy, given, unit)}
    ends = _RANGE.match(found)
    if ends:
        low, first, high, second = ends.groups()
        if not first or first.strip() == second.strip():
            return {"at_least": _with(low, second, unit), "at_most": _with(high, second, unit)}
    one = _WITH_UNIT.match(found)
    return {"value": _with(one[1], one[2], unit) if one else found}


def _with(number: str, given: str, unit: str) -> str:
    """A number with the unit of its cell, left out where it is that of the column."""
    given = given.strip()
    if not given or (unit and _same(given, unit)):
        return number
    return f"{number} {given}"


def _same(given: str, unit: str) -> bool:
    try:
        return canonical_unit(given) == canonical_unit(unit)
    except UnitError:
        return False


def day(text: str) -> str:
    """A date as a case file writes it, where a table has `2022.5.1`, `20220501` or a time of day that is midnight."""
    found = plain(text)
    match = _COMPACT_DAY.match(found) or _DAY.match(found)
    return "-".join(match.groups()) if match else found


def yes_or_no(text: str) -> str:
    """`true` or `false` for a sign that stands for it."""
    word = plain(text).lower()
    if word in TRUE_SIGNS or text.strip() in TRUE_SIGNS:
        return "true"
    return "false" if word in FALSE_SIGNS or text.strip() in FALSE_SIGNS else word


def loose(word: str) -> str:
    """A word without what people write differently: width, capitals, blanks."""
    return "".join(plain(word).casefold().split())


def symbol(text: str, words: Mapping[str, frozenset[str]]) -> str:
    """The symbol that a text surely means; the text itself where that is none or several.

    `words` holds the ids by their words made loose (`loose_words`).
    """
    found = words.get(loose(text), frozenset())
    return next(iter(found)) if len(found) == 1 else text


def loose_words(entries: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """Pairs of word and id as a table of loose words."""
    found: dict[str, frozenset[str]] = {}
    for word, id in entries:
        found[loose(word)] = found.get(loose(word), frozenset()) | {id}
    return found


def members(text: str, words: Mapping[str, frozenset[str]]) -> str:
    """A list of symbols in one cell, also where `/` or `|` stands between them."""
    parts = [part.strip() for part in re.split(r"[、,，;；\n]|\s*[/|]\s*", plain(text)) if part.strip()]
    return "、".join(symbol(part, words) for part in parts)


def respelt(kind: Kind, text: str, words: Mapping[str, frozenset[str]]) -> str:
    """A cell of any kind but numbers, as a case file would have it."""
    match kind:
        case Kind.DATE:
            return day(text)
        case Kind.BOOLEAN:
            return yes_or_no(text)
        case Kind.SYMBOL:
            return symbol(text, words)
        case Kind.SYMBOLS:
            return members(text, words)
    return text
