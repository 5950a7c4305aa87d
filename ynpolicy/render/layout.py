"""Lines that fit a terminal: columns count a Chinese character as two, and lines break where Chinese allows it.

Latin words, numbers and a number with its unit stay whole; no line starts with closing punctuation or ends with an
opening bracket (GB/T 15834-2011, section 5.1).
"""

from __future__ import annotations

import re
from typing import Final

from wcwidth import wcwidth

NOT_AT_START: Final = frozenset("。，、；：？！．）】》」』〕〉〗”’…—～·‰％%)]},.;:!?°")
NOT_AT_END: Final = frozenset("（【《「『〔〈〖“‘([{")
JOINER: Final = "\u2060"
"""Between two characters: they stay on one line. It is dropped from the finished text."""

_PREFIX: Final = re.compile(r"\s*(?:(?:[-·•*]|\d+[.)]|【[^】]*】|\[[^\]]*\])\s+)?")


class _Widths(dict[str, int]):
    """Columns of a character, asked for once."""

    def __missing__(self, character: str) -> int:
        width = self[character] = max(wcwidth(character), 0)
        return width


_width_of: Final = _Widths()


def columns(text: str) -> int:
    """How many columns a text takes."""
    return len(text) if text.isascii() else sum(map(_width_of.__getitem__, text))


def pad(text: str, width: int) -> str:
    """A text filled with spaces up to `width` columns."""
    return text + " " * (width - columns(text))


def cut(text: str, width: int) -> str:
    """A text of at most `width` columns; what is left out is marked with `…`."""
    if columns(text) <= width:
        return text
    while text and columns(text) + columns("…") > width:
        text = text[:-1]
    return text + "…"


def glue(text: str) -> str:
    """A text that stays on one line."""
    return JOINER.join(text)


def may_break(text: str, i: int) -> bool:
    """Whether a line may end before the character at `i`; spaces stay at the end of the line before."""
    before, after = text[i - 1], text[i]
    if after == " " or after in NOT_AT_START or _width_of[after] == 0:
        return False
    if before == " ":
        word = text[:i].rstrip(" ")[-1:]
        return not (word in NOT_AT_END or (word.isdigit() and after.isascii() and after.isalpha()))
    if before in NOT_AT_END or before == JOINER:
        return False
    return _width_of[before] == 2 or _width_of[after] == 2


def wrap(line: str, width: int) -> list[str]:
    """One line as several of at most `width` columns; later lines hang under the first one's text.

    What may not be broken and is wider than the room it has stands on a line of its own, too wide: it is never cut.
    """
    if 2 * len(line) <= width or columns(line) <= width:
        return [line]
    lead = _prefix(line, width)
    text = line[len(lead) :]
    room = width - columns(lead)
    lines: list[str] = []
    start = 0
    while start < len(text):
        end = _line_end(text, start, room)
        lines.append(lead + text[start:end].rstrip(" "))
        lead = " " * (width - room)
        start = end
    return lines


def _prefix(line: str, width: int) -> str:
    """The indent and bullet of a line, under which its later lines do not reach; none where it takes half the width."""
    matched = _PREFIX.match(line)
    bullet = matched.group() if matched else ""
    for prefix in (bullet, line[: len(line) - len(line.lstrip(" "))]):
        if columns(prefix) <= width // 2:
            return prefix
    return ""


def _line_end(text: str, start: int, room: int) -> int:
    """Where the line that begins at `start` ends: at the last break that fits, else at the first one there is."""
    used, i, length = 0, start, len(text)
    while i < length and (used := used + _width_of[text[i]]) <= room:
        i += 1
    while i < length and text[i] == " ":
        i += 1
    if i == length:
        return length
    end = i
    while end > start and not may_break(text, end):
        end -= 1
    if end > start:
        return end
    end = i + 1
    while end < length and not may_break(text, end):
        end += 1
    return end


def fit(text: str, width: int) -> str:
    """A text with every line wrapped to `width` columns, no blanks at line ends and no more than one empty line."""
    lines: list[str] = []
    for line in text.split("\n"):
        bare = line.rstrip()
        if bare or (lines and lines[-1]):
            lines += wrap(bare, width)
    return "\n".join(lines).rstrip("\n").replace(JOINER, "") + "\n"
