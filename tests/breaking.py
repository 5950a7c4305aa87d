"""Files that something happened to: what is drawn to see that no file ends in a traceback."""

from __future__ import annotations

import random

_SPLINTERS = (
    "\t",
    "\0",
    "{",
    "]",
    '"',
    "'",
    "&a ",
    "*a",
    "!!int ",
    "未知",
    "不适用",
    "-1",
    "1e9",
    ".nan",
    "\n- ",
    "\n  ",
    ": ",
    "😀",
)
_BYTES = (
    b"",
    b"\x00",
    b"\xff",
    b"{",
    b"]",
    b"'",
    b"&a ",
    b": ",
    b"\n- ",
    b"\t",
    b"-",
    "中".encode(),
    "中".encode("gbk"),
)


def broken(text: str, rng: random.Random) -> str:
    """A text after one to four accidents: pieces lost, put in, turned round, lines shuffled or left out."""
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(text) + 1)
        match rng.randrange(6):
            case 0:
                text = text[:at] + text[at + rng.randint(1, 6) :]
            case 1:
                text = text[:at] + rng.choice(_SPLINTERS) + text[at:]
            case 2:
                lines = text.splitlines(keepends=True)
                rng.shuffle(lines)
                text = "".join(lines)
            case 3:
                lines = text.splitlines(keepends=True)
                text = "".join(line for line in lines if rng.random() > 0.1)
            case 4:
                text = text.replace(": ", rng.choice([":", "：", ": - ", ": {", ": ["]), 1)
            case _:
                end = min(len(text), at + 20)
                text = text[:at] + text[at:end][::-1] + text[end:]
    return text


def broken_bytes(data: bytes, rng: random.Random) -> bytes:
    """A file's bytes after one accident, which may leave text that is no UTF-8 and archives that are none."""
    at = rng.randrange(len(data) + 1)
    return data[:at] + rng.choice(_BYTES) + data[at + rng.randint(0, 12) :]
