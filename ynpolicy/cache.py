"""What need not be worked out again: packs that were read and checked once, and compiled report templates.

The cache is a folder of the user's own (`YNPOLICY_CACHE`, else the system's cache folder); `YNPOLICY_CACHE=off` turns
it off. An entry counts only for the very content, library and Python that it was made from. Whatever goes wrong with
it, the work is simply done anew.
"""

from __future__ import annotations

import os
import pickle
import stat
import sys
import tempfile
from pathlib import Path


def folder() -> Path | None:
    """The cache's folder, made if need be; None where it is turned off, cannot be made, or others could write to it."""
    chosen = os.environ.get("YNPOLICY_CACHE", "")
    if chosen == "off":
        return None
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    try:
        path = Path(chosen) if chosen else Path(base) / "ynpolicy" if base else Path.home() / ".cache" / "ynpolicy"
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return path if _is_ours(path) else None
    except (OSError, RuntimeError):
        return None


def _is_ours(path: Path) -> bool:
    """Whether only the user can have written it: what is unpickled must be the user's own."""
    if sys.platform == "win32":
        return True
    found = path.stat()
    return found.st_uid == os.getuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def recall(name: str, key: tuple[str, ...]) -> object | None:
    """What was stored under a name, if it was stored with this key."""
    where = folder()
    if where is None:
        return None
    path = where / f"{name}.pickle"
    try:
        if not _is_ours(path):
            return None
        with path.open("rb") as file:
            found, value = pickle.load(file)
    except Exception:
        return None
    return value if found == key else None


def store(name: str, key: tuple[str, ...], value: object) -> None:
    """Keeps a value under a name until it is stored anew; a store that fails is no error."""
    where = folder()
    if where is None:
        return
    try:
        handle, temporary = tempfile.mkstemp(dir=where, prefix=f".{name}.")
        with os.fdopen(handle, "wb") as file:
            pickle.dump((key, value), file, protocol=pickle.HIGHEST_PROTOCOL)
        os.replace(temporary, where / f"{name}.pickle")
    except (OSError, pickle.PicklingError):
        return
