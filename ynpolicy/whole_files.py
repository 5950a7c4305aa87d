"""Files that are written as a whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
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
