"""What is wrong with a case, in Chinese: the same message, with the labels of facts in place of their names.

Problems carry one English text, which programs and logs keep; a reviewer reads this. A text that is not listed here is
left in English.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from ynpolicy.chinese import HELPS, KEYS, MESSAGES, WORDS
from ynpolicy.errors import Problem


def in_chinese(problem: Problem, labels: Mapping[str, str]) -> Problem:
    """A problem with message and help in Chinese; `labels` are what facts are called, by name."""
    message = _translated(problem.message, MESSAGES)
    for name in sorted(labels, key=len, reverse=True):
        message = message.replace(f"`{name}`", f"`{labels[name]}`")
    return Problem(problem.place, message, _translated(problem.help, HELPS))


def shown(problem: Problem, lang: str, labels: Mapping[str, str] | None = None) -> str:
    """A problem as the command prints it, in `zh` or `en`."""
    if lang != "zh":
        return str(problem)
    told = in_chinese(problem, labels or {})
    text = f"{told.place}: {told.message}"
    return f"{text}\n  建议：{told.help}" if told.help else text


def _translated(text: str, table: tuple[tuple[str, str], ...]) -> str:
    for pattern, chinese in _compiled(table):
        found = pattern.fullmatch(text)
        if found:
            return _filled(chinese, [_part(part, table) for part in found.groups()])
    return text


def _part(text: str, table: tuple[tuple[str, str], ...]) -> str:
    """What stands in a place of a message: a message itself, or a word of ours, or what the user wrote."""
    for words in (WORDS, table) if table is MESSAGES else (WORDS,):
        told = _translated(text, words)
        if told != text:
            return told
    keys = text.split(", ")
    return "、".join(KEYS[key] for key in keys) if all(key in KEYS for key in keys) else text


def _filled(chinese: str, parts: list[str]) -> str:
    """The parts in their places; without `str.format`, since braces may stand in either."""
    if "{0}" in chinese or "{1}" in chinese:
        return re.sub(r"\{([0-9])\}", lambda found: parts[int(found[1])], chinese)
    left = iter(parts)
    return re.sub(r"\{\}", lambda found: next(left, ""), chinese)


@lru_cache(maxsize=4)
def _compiled(table: tuple[tuple[str, str], ...]) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Patterns in the order of the table: what begins with more words of ours stands before what is more general."""
    ordered = sorted(table, key=lambda row: -len(row[0].replace("{}", "")))
    return tuple((re.compile(_pattern(english), re.DOTALL), chinese) for english, chinese in ordered)


def _pattern(english: str) -> str:
    """What stands in backticks has none itself; so the fact that a message begins with is told from what follows."""
    return re.escape(english).replace(r"`\{\}`", "`([^`]*)`").replace(r"\{\}", "(.+?)")
