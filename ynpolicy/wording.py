"""The words of an instrument's official text, whatever its extraction did to lines, spaces and pages."""

from __future__ import annotations

import re
from typing import Final

_DASH: Final = "[-\u2010-\u2015\u2212\u2500\uff0d]"
_PAGE_LINE: Final = re.compile(rf"(?m)^[^\S\n]*{_DASH}+[^\S\n]*\d{{1,4}}[^\S\n]*{_DASH}+[^\S\n]*$")
_PAGE_INLINE: Final = re.compile(r"(?<!\u2014)\u2014\s*\d{1,4}\s*\u2014(?!\u2014)")
_INVISIBLE: Final = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))


def plain(text: str) -> str:
    """A text without white space, invisible characters and page numbers: what the ledger counts and digests.

    A page number stands between dashes: on a line of its own between dashes of any kind (`- 22 -`), or between two em
    dashes anywhere (`— 22 —`). A bare number is never taken for one, because tables have such lines too.
    """
    lines = "\n".join(text.translate(_INVISIBLE).splitlines())
    return "".join(_PAGE_INLINE.sub("", _PAGE_LINE.sub("", lines)).split())
