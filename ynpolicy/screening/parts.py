"""The working folder of a screening: each finished part as whole files, so that an interrupted run can go on.

    OUT.parts/
      manifest.json        what is screened, under what: a run goes on only where all of it is the same
      part-000000.parquet  the result's rows
      part-000000.rejected.parquet  what is wrong with rejected rows, a line each; only where there are any
      part-000000.json     the counts, written last: a part without it is not done

Every file is written beside its name and moved there, after it has reached the disk.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Final

import polars as pl
from attrs import frozen

from ynpolicy.errors import InputError, Place, Problem
from ynpolicy.screening.tally import Tally

FORMAT: Final = "ynpolicy.screening-parts/1"
_MANIFEST: Final = "manifest.json"
_UNFINISHED: Final = ".unfinished"
_FULL: Final = 2**20
"""A disk with less room, in bytes, is full."""

Manifest = Mapping[str, str]


@frozen
class Part:
    """A finished part: its place in the order, its counts, and the sizes of its files in bytes by name.

    `mark` are numbers by which the source finds the row that follows it.
    """

    number: int
    tally: Tally
    files: Mapping[str, int]
    mark: tuple[int, ...] = ()


def parts_folder(out: Path) -> Path:
    """The working folder of a result: beside it, so that the result can be moved into place."""
    return out.with_name(f"{out.name}.parts")


class PartStore:
    """The parts of one screening in its working folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def open(self, manifest: Manifest, restart: bool = False) -> list[Part]:
        """The parts that are done already, in order from the first; the folder is made where there is none.

        With `restart` what was done is thrown away. Raises `InputError` where the folder holds work on something else,
        with what differs, or cannot be written.
        """
        before = self._begun()
        if before is not None and not restart:
            problems = [
                Problem(
                    Place(str(self.folder)), DIFFERENCES[key].format(before.get(key, ""), manifest.get(key, "")), _HELP
                )
                for key in DIFFERENCES
                if before.get(key) != manifest.get(key)
            ]
            if problems:
                raise InputError(problems)
            return list(self._done())
        with self._told():
            self.folder.mkdir(exist_ok=True)
            if before is not None:
                self._empty()
            self._put(_MANIFEST, lambda path: _write_json(path, {"format": FORMAT, **manifest}))
        return []

    def keep(
        self, number: int, tally: Tally, writers: Mapping[str, Callable[[Path], object]], mark: Sequence[int] = ()
    ) -> Part:
        """Keeps a part: `writers` write its files, by the ending of their names. Raises `InputError`."""
        files = {}
        with self._told():
            for ending, writer in writers.items():
                name = f"{_stem(number)}.{ending}"
                self._put(name, writer)
                files[name] = (self.folder / name).stat().st_size
            data = {"files": files, "tally": tally.to_dict(), "mark": list(mark)}
            self._put(f"{_stem(number)}.json", lambda path: _write_json(path, data))
        return Part(number, tally, files, tuple(mark))

    def paths(self, parts: list[Part], ending: str) -> list[Path]:
        """The files of some parts whose names end so, in order."""
        names = (f"{_stem(part.number)}.{ending}" for part in parts)
        return [self.folder / name for part, name in zip(parts, names, strict=True) if name in part.files]

    def remove(self) -> None:
        """Removes the folder, the manifest last: what an interruption leaves of it can still be gone on with."""
        with self._told():
            self._empty()
            self.folder.rmdir()

    def _empty(self) -> None:
        for path in sorted(self.folder.iterdir(), key=lambda path: path.name == _MANIFEST):
            path.unlink()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keeps other runs out of the folder, where the system can lock one; a folder without a finished part is
        removed at the end.

        Raises `InputError` where another run is at work in it, or where it cannot be made.
        """
        with self._told():
            self.folder.mkdir(exist_ok=True)
            lock = _locked(self.folder)
        if lock is None:
            help = "wait until it ends, or give another --out"
            raise InputError([Problem(Place(str(self.folder)), "another run is at work in this folder", help)])
        try:
            yield
        finally:
            with suppress(OSError, InputError):
                if self.folder.exists() and (self._begun() is None or next(self._done(), None) is None):
                    self.remove()
            os.close(lock)

    def _begun(self) -> dict[str, str] | None:
        """The manifest of work begun before; None where there is none.

        Raises `InputError` for a folder of other things.
        """
        path = self.folder / _MANIFEST
        try:
            data = json.loads(path.read_bytes())
        except FileNotFoundError:
            if self.folder.is_dir() and not any(one for one in self.folder.iterdir() if one.suffix != _UNFINISHED):
                return None
            if not self.folder.exists():
                return None
            data = None
        except (OSError, ValueError):
            data = None
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            message = "this is no working folder of a screening"
            raise InputError([Problem(Place(str(self.folder)), message, "move it away, or give another --out")])
        return data

    def _done(self) -> Iterator[Part]:
        """The parts that are whole, up to the first that is not."""
        number = 0
        while True:
            try:
                data = json.loads((self.folder / f"{_stem(number)}.json").read_bytes())
                sizes = {name: (self.folder / name).stat().st_size for name in data["files"]}
            except FileNotFoundError:
                return
            if sizes != data["files"]:
                return
            yield Part(number, Tally.from_dict(data["tally"]), data["files"], tuple(data["mark"]))
            number += 1

    def _put(self, name: str, writer: Callable[[Path], object]) -> None:
        unfinished = self.folder / f"{name}{_UNFINISHED}"
        writer(unfinished)
        with unfinished.open("rb") as file:
            os.fsync(file.fileno())
        os.replace(unfinished, self.folder / name)

    def _told(self) -> AbstractContextManager[None]:
        return told_unwritten(
            self.folder, self.folder, "the working folder cannot be written", "make room, or give another --out"
        )


@contextmanager
def told_unwritten(path: Path, folder: Path, message: str, help: str) -> Iterator[None]:
    """Makes a failure to write `path`, on the disk of `folder`, a problem with its reason. Raises `InputError`.

    Polars says of a full disk that a file is out of specification; so the disk is asked.
    """
    try:
        yield
    except (OSError, pl.exceptions.ComputeError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error).partition("\n")[0]
        if isinstance(error, pl.exceptions.ComputeError) and shutil.disk_usage(folder).free < _FULL:
            reason = os.strerror(errno.ENOSPC)
        raise InputError([Problem(Place(str(path)), f"{message}: {reason.lower()}", help)]) from None


DIFFERENCES: Final[Mapping[str, str]] = {
    "table": "the work kept here is on another table: it was `{}`, now it is `{}`",
    "source": "the work kept here is on other content of the table: it was `{}`, now it is `{}`",
    "mapping": "the work kept here reads the columns otherwise: the mapping was `{}`, now it is `{}`",
    "pack": "the work kept here is under another pack: it was `{}`, now it is `{}`",
    "readings": "the work kept here is under other readings: they were `{}`, now they are `{}`",
    "level": "the work kept here is on another level: it was `{}`, now it is `{}`",
    "as_of": "the work kept here is of another as-of date: it was `{}`, now it is `{}`",
    "library": "the work kept here is by another version of the program: it was `{}`, now it is `{}`",
    "options": "the work kept here has other options: they were `{}`, now they are `{}`",
}
"""What a manifest holds, and what is said where a folder's work has another."""

_HELP: Final = "--restart throws it away and begins anew; with what it was begun with, the run goes on"


def _locked(folder: Path) -> int | None:
    """A lock on a folder, held while it is open; None where another process holds it."""
    if sys.platform == "win32":
        return os.open(os.devnull, os.O_RDONLY)
    import fcntl

    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock


def _stem(number: int) -> str:
    return f"part-{number:06d}"


def _write_json(path: Path, data: object) -> None:
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")
