"""Texts as Markdown and HTML: what would be markup stands for itself."""

from __future__ import annotations

import re
from typing import Final

from markupsafe import escape

_SPECIAL: Final = re.compile(r"[\\`*_\[\]<>&|~$]")
_ENTITIES: Final = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
_OPENING: Final = re.compile(r"(\s*)(?:([#+=-])|(\d+)([.)]))")
_BACKTICKS: Final = re.compile("`+")
_WHOLE: Final = re.compile(
    r"\d{4}-\d\d-\d\d"
    r"|(?:-?\d[\d.]*(?: ± \d[\d.]*)?|\[-?\d[\d.]*, -?\d[\d.]*\]) [A-Za-z]{1,4}(?:/[A-Za-z]{1,3}\d?)?(?![A-Za-z])"
)


def escape_markdown(text: str) -> str:
    """A text in which nothing is markup: on one line, special characters escaped, no block opened at its start."""
    flat = " ".join(text.splitlines()) if "\n" in text or "\r" in text else text
    escaped = _SPECIAL.sub(lambda found: _ENTITIES.get(found.group(), "\\" + found.group()), flat)
    opening = _OPENING.match(escaped)
    if opening is None:
        return escaped
    space, sign, number, end = opening.groups()
    rest = escaped[opening.end() :]
    return f"{space}\\{sign}{rest}" if sign else f"{space}{number}\\{end}{rest}" if _ends(rest) else escaped


def _ends(rest: str) -> bool:
    return not rest or rest[0].isspace()


def code_span(text: str) -> str:
    """A text as a code span, fenced by more backticks than it holds; also safe within a table."""
    flat = " ".join(text.split()).replace("|", "\\|") or " "
    longest = max((len(run) for run in _BACKTICKS.findall(flat)), default=0)
    fence = "`" * (longest + 1)
    space = " " if longest else ""
    return f"{fence}{space}{flat}{space}{fence}"


def keep_whole(text: str) -> str:
    """A text as HTML, escaped, in which a date or a number with its unit does not break across lines."""
    return _WHOLE.sub(r'<span class="whole">\g<0></span>', str(escape(text)))
