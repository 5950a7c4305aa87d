"""Files in one archive whose bytes follow from its content alone, under a seal that any changed byte breaks.

The archive is a plain ZIP that every program opens: names in order, one fixed time, nothing compressed, so that the
bytes do not hang on a compression library and no small file can unpack to a large one. The seal is the archive's
comment: the SHA-256 of every byte before it. It shows that something changed, not who changed it.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Final

from ynpolicy.errors import InputError, Place, Problem

LARGEST_ARCHIVE: Final = 256 * 2**20
MOST_FILES: Final = 5_000
LONGEST_NAME: Final = 240

_SEAL: Final = b"sha256:"
_DIGITS: Final = 64
_LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)
_DAMAGE: Final = (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError, OSError)
_NOT_PORTABLE: Final = frozenset('\\:*?"<>|') | frozenset(map(chr, range(32))) | {"\x7f"}


def digest(data: bytes) -> str:
    """The SHA-256 of some bytes, as receipts write it."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def pack_up(files: Mapping[str, bytes], shown: str) -> bytes:
    """The archive of some files, by their names; the same files give the same bytes on every machine.

    Raises `InputError` for what `unpack` would refuse: names that are no plain relative paths, too much.
    """
    problems = _wrong_names(list(files), shown)
    if len(files) > MOST_FILES or sum(map(len, files.values())) > LARGEST_ARCHIVE // 2:
        problems.append(Problem(Place(shown), "this is too much for one bundle", "put the cases into several bundles"))
    if problems:
        raise InputError(problems)
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _LONG_AGO)
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name])
        archive.comment = _SEAL + b"0" * _DIGITS
    body = buffer.getvalue()[:-_DIGITS]
    return body + hashlib.sha256(body).hexdigest().encode()


def read_archive(path: Path) -> bytes:
    """The bytes of an archive. Raises `InputError` where it cannot be read or is too large."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_ARCHIVE + 1)
    except IsADirectoryError:
        raise InputError([Problem(Place(str(path)), "this is a folder", "give a file")]) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError([Problem(Place(str(path)), f"the file cannot be read: {reason.lower()}")]) from None
    if len(data) > LARGEST_ARCHIVE:
        message = f"the file has more than {LARGEST_ARCHIVE:,} bytes"
        raise InputError([Problem(Place(str(path)), message, "a bundle is never so large")])
    return data


def is_sealed(data: bytes) -> bool:
    """Whether the seal at the end of an archive is that of the bytes before it."""
    body, seal = data[:-_DIGITS], data[-_DIGITS:]
    return body.endswith(_SEAL) and hashlib.sha256(body).hexdigest().encode() == seal


def unpack(data: bytes, shown: str) -> dict[str, bytes]:
    """The files of an archive by their names; its seal is not looked at.

    Raises `InputError`: it is no archive, or cut short; it has too many files, files that are compressed, encrypted or
    together larger than the archive, two of one name, or names that lead out of a folder.
    """
    if not data.startswith(b"PK"):
        raise InputError([Problem(Place(shown), "the file is not a bundle", "give a file that `check --bundle` wrote")])
    files: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = archive.infolist()
            problems = _wrong_entries(entries, len(data), shown)
            if problems:
                raise InputError(problems)
            for entry in entries:
                try:
                    files[entry.filename] = archive.read(entry)
                except _DAMAGE:
                    problems.append(Problem(Place(shown), f"`{entry.filename}` is damaged", _ANOTHER_COPY))
            if problems:
                raise InputError(problems)
    except _DAMAGE:
        raise InputError([Problem(Place(shown), "the bundle is cut short or damaged", _ANOTHER_COPY)]) from None
    return files


_ANOTHER_COPY: Final = "take another copy of the bundle"


def _wrong_entries(entries: list[zipfile.ZipInfo], size: int, shown: str) -> list[Problem]:
    place = Place(shown)
    if len(entries) > MOST_FILES:
        return [Problem(place, f"the bundle has {len(entries):,} files", f"at most {MOST_FILES:,} are read")]
    if any(entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & 1 for entry in entries):
        message = "files in the bundle are compressed or encrypted"
        return [Problem(place, message, "a bundle holds its files as they are")]
    if sum(entry.file_size for entry in entries) > size:
        return [Problem(place, "the files in the bundle claim to be larger than the bundle", _ANOTHER_COPY)]
    return _wrong_names([entry.filename for entry in entries], shown)


def _wrong_names(names: list[str], shown: str) -> list[Problem]:
    problems = []
    seen: set[str] = set()
    for name in names:
        if not is_plain(name):
            message = f"`{name[:60]}` is no name for a file in a bundle"
            problems.append(Problem(Place(shown), message, "names are relative paths of plain words"))
        elif name.casefold() in seen:
            problems.append(Problem(Place(shown), f"`{name}` stands twice in the bundle", "keep one of them"))
        seen.add(name.casefold())
    return problems


def is_plain(name: str) -> bool:
    """Whether a name is a relative path that stays in its folder, on every system."""
    parts = name.split("/")
    return (
        len(name) <= LONGEST_NAME
        and not _NOT_PORTABLE & set(name)
        and all(part.strip(". ") and part == part.rstrip(". ") for part in parts)
    )
