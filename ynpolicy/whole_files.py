"""Files that are written as a whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ynpolicy.errors import InputError, Place, Problem


@contextmanager
def whole_file(path: Path, help: str = "") -> Iterator[IO[bytes]]:
    """A file beside `path` that takes its place once all is written; where that fails, `path` stays as it was.

    Raises `InputError`, with this help, where it cannot be written.
    """
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            yield file
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(temporary, 0o666 & ~umask)
        os.replace(temporary, path)
        temporary = ""
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError([Problem(Place(str(path)), f"the file cannot be written: {reason}", help)]) from None
    finally:
        if temporary:
            Path(temporary).unlink(missing_ok=True)


def check_written(written: Sequence[Path], read: Sequence[Path]) -> None:
    """Refuses, before any work, files that cannot be written, or that would take the place of what is read or of one
    another; `read` are files and folders.

    Raises `InputError` with every problem.
    """
    problems = []
    taken: set[Path] = set()
    for path in written:
        found = path.resolve()
        of = [one for one in read if one.exists() and (found == one.resolve() or one.resolve() in found.parents)]
        if of:
            message = "this is a file that is read" if of[0].is_file() else "this lies in the folder that is read"
            problems.append(Problem(Place(str(path)), message, "give another name for what is written"))
        elif path.is_dir():
            problems.append(Problem(Place(str(path)), "this is a folder", "give the name of a file"))
        elif not path.parent.is_dir():
            problems.append(Problem(Place(str(path)), "its folder does not exist", "make the folder first"))
        elif found in taken:
            problems.append(Problem(Place(str(path)), "two outputs have this name", "give each its own"))
        taken.add(found)
    if problems:
        raise InputError(problems)
