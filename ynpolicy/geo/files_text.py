"""The text in a Shapefile's table and in a CAD file: bytes whose encoding is stated loosely, or not at all."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from typing import Final

_GBK: Final = "gb18030"
_NUMBERS: Final = {"936": _GBK, "54936": _GBK, "65001": "utf-8", "950": "big5"}
_CHINESE: Final = re.compile("[\x00-\x7f㐀-鿿　-〿＀-￯·—‘’“”…]*")
_LDID_GBK: Final = 0x4D


class TextUnreadable(ValueError):
    """Bytes are not in the encoding that is stated for them; `encoding` is the one that they look like, if any."""

    def __init__(self, stated: str, encoding: str) -> None:
        super().__init__(f"not {stated}")
        self.stated = stated
        self.encoding = encoding


def stated_encoding(cpg: str, language: int) -> str:
    """The encoding that a `.cpg` file and the language byte of a `.dbf` state, as Python calls it; empty for none.

    Western encodings count as none: programs write them for want of a better one.
    """
    name = cpg.strip().lower().removeprefix("ansi").removeprefix("cp").strip()
    if name in _NUMBERS:
        return _NUMBERS[name]
    try:
        found = codecs.lookup(name).name if name else ""
    except LookupError:
        found = ""
    if not found and language == _LDID_GBK:
        return _GBK
    if found in ("gbk", "gb2312"):
        return _GBK
    return "" if found in ("iso8859-1", "cp1252", "ascii") else found


def settled_encoding(texts: Iterable[bytes], stated: str) -> str:
    """The encoding of these texts: the stated one, or UTF-8 or GBK where all of them can be read so.

    Raises `TextUnreadable`: they are not in the stated one, or in none of the two.
    """
    high = [text for text in texts if not text.isascii()]
    fits = [encoding for encoding in ("utf-8", _GBK) if _reads(high, encoding)]
    if not stated:
        if not fits:
            raise TextUnreadable("UTF-8 or GBK", "")
        return fits[0]
    chinese_utf8 = high and "utf-8" in fits and all(_CHINESE.fullmatch(text.decode()) for text in high)
    if stated != "utf-8" and chinese_utf8:
        raise TextUnreadable(_shown(stated), "UTF-8")
    if not _reads(high, stated):
        raise TextUnreadable(_shown(stated), _shown(fits[0]) if fits else "")
    return stated


def repaired(text: str) -> str:
    """A text that was read byte by byte as a Western one, in UTF-8 or GBK; any other as it is."""
    try:
        raw = text.encode("latin-1")
        return raw.decode(settled_encoding([raw], ""))
    except (UnicodeEncodeError, TextUnreadable):
        return text


def _reads(texts: Iterable[bytes], encoding: str) -> bool:
    try:
        for text in texts:
            text.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _shown(encoding: str) -> str:
    return {"utf-8": "UTF-8", _GBK: "GBK"}.get(encoding, encoding)
