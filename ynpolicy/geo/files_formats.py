"""Which formats of geodata are read, what their files look like, and the parts that they consist of."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Final, NoReturn

from attrs import frozen

from ynpolicy.errors import InputError, Place, Problem, nearest

LARGEST: Final = 2**30
"""A file and its parts may have this many bytes together; a .zip, its contents."""

SUFFIXES: Final = (".geojson", ".json", ".shp", ".zip", ".gpkg", ".kml", ".dxf", ".fgb")
KNOWN: Final = "give GeoJSON, Shapefile (.shp or .zip), GeoPackage, KML, DXF or FlatGeobuf"

_DRIVERS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    ".geojson": ("GeoJSON", ("GeoJSON",)),
    ".json": ("GeoJSON", ("GeoJSON",)),
    ".shp": ("Shapefile", ("ESRI Shapefile",)),
    ".zip": ("Shapefile", ("ESRI Shapefile",)),
    ".gpkg": ("GeoPackage", ("GPKG",)),
    ".kml": ("KML", ("LIBKML", "KML")),
    ".dxf": ("DXF", ("DXF",)),
    ".fgb": ("FlatGeobuf", ("FlatGeobuf",)),
}
_PARTS: Final = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_NEEDED: Final = (".shx", ".dbf")
_ELSEWHERE: Final = {
    ".dwg": ("the file is a DWG drawing", "save it as DXF"),
    ".kmz": ("the file is a packed KML", "unpack it and give the .kml in it"),
    ".rar": ("the file is an archive", "unpack it, or pack a Shapefile as .zip"),
    ".7z": ("the file is an archive", "unpack it, or pack a Shapefile as .zip"),
    ".dbf": ("the file is only a part of a Shapefile", "give the .shp"),
    ".shx": ("the file is only a part of a Shapefile", "give the .shp"),
    ".prj": ("the file is only a part of a Shapefile", "give the .shp"),
}


@frozen
class Source:
    """A file of geodata that looks right: its path, what its format is called, the drivers that may read it, its
    parts, and the SHA-256 of all their bytes."""

    path: Path
    shown: str
    format: str
    drivers: tuple[str, ...]
    parts: dict[str, Path]
    digest: str


def refuse(shown: str, message: str, help: str = "") -> NoReturn:
    """Stop with one problem of a file. Raises `InputError`."""
    raise InputError([Problem(Place(shown), message, help)])


@contextmanager
def opened(path: Path, shown: str, table: str) -> Iterator[Source]:
    """A file, looked at before anything reads it; a packed Shapefile is unpacked for as long as it is needed.

    Raises `InputError`: no such file, a folder, not readable, too large, or not what its name says.
    """
    suffix = path.suffix.lower()
    head = _head(path, shown)
    _check_name(suffix, head, shown)
    if suffix == ".zip":
        with TemporaryDirectory(prefix="ynpolicy-") as folder:
            yield _unpacked(path, shown, table, Path(folder))
        return
    parts = _siblings(path) if suffix == ".shp" else {suffix: path}
    if suffix == ".shp":
        _check_parts(parts, path.stem, shown)
    _check_size(sum(part.stat().st_size for part in parts.values()), shown)
    _check_head(suffix, head, path, shown)
    yield Source(path, shown, *_DRIVERS[suffix], parts, digest_of(parts.values()))


def digest_of(paths: Iterable[Path]) -> str:
    """The SHA-256 of files, by the order of their names; each file's ending and length are part of it."""
    digest = hashlib.sha256()
    for path in sorted(paths, key=lambda path: path.name):
        digest.update(f"\n{path.suffix.lower()} {path.stat().st_size}\n".encode())
        with path.open("rb") as file:
            while block := file.read(2**20):
                digest.update(block)
    return f"sha256:{digest.hexdigest()}"


def _head(path: Path, shown: str) -> bytes:
    try:
        if path.is_dir():
            refuse(shown, "this is a folder", "give a file")
        with path.open("rb") as file:
            return file.read(4096)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        refuse(shown, f"the file cannot be read: {reason.lower()}")


def _check_name(suffix: str, head: bytes, shown: str) -> None:
    if head.startswith(b"%PDF-"):
        refuse(shown, "the file is a PDF", KNOWN)
    if head.startswith(b"AC10"):
        refuse(shown, *_ELSEWHERE[".dwg"])
    if suffix in _ELSEWHERE:
        refuse(shown, *_ELSEWHERE[suffix])
    if suffix not in SUFFIXES:
        refuse(shown, f"`{suffix or PurePosixPath(shown).name}` is no format of geodata that is read", KNOWN)
    if not head:
        refuse(shown, "the file is empty", KNOWN)


def _check_size(size: int, shown: str) -> None:
    if size > LARGEST:
        refuse(
            shown, f"the file has {size:,} bytes", f"at most {LARGEST:,} bytes are read: give the part that is needed"
        )


def _siblings(path: Path) -> dict[str, Path]:
    """The parts of a Shapefile that stand beside it, by their endings in lower case."""
    beside = path.parent.iterdir()
    return {
        part.suffix.lower(): part for part in sorted(beside) if part.stem == path.stem and part.suffix.lower() in _PARTS
    }


def _check_parts(parts: Mapping[str, Path], stem: str, shown: str) -> None:
    missing = [part for part in _NEEDED if part not in parts]
    if missing:
        names = ", ".join(f"`{stem}{part}`" for part in missing)
        help = "put all its parts (.shp, .shx, .dbf, .prj, .cpg) into one folder"
        refuse(shown, f"the Shapefile lacks {names}", help)
    table = parts[".dbf"]
    head = _head(table, shown)
    rows, start, length = (int.from_bytes(head[a:b], "little") for a, b in ((4, 8), (8, 10), (10, 12)))
    if len(head) < 32 or table.stat().st_size < start + rows * length:
        refuse(shown, f"its part `{stem}.dbf` is cut off", "copy it again")


def _check_head(suffix: str, head: bytes, path: Path, shown: str) -> None:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    match suffix:
        case ".geojson" | ".json":
            right = text.startswith(b"{")
        case ".shp":
            right = head.startswith(b"\x00\x00\x27\x0a") and len(head) >= 100
            if right and int.from_bytes(head[24:28], "big") * 2 != path.stat().st_size:
                refuse(shown, "the file is cut off, or has too much", "copy it again")
        case ".gpkg":
            right = head.startswith(b"SQLite format 3\0")
        case ".kml":
            right = text.startswith(b"<") and b"<kml" in head
        case ".fgb":
            right = head.startswith(b"fgb")
        case _:
            right = b"SECTION" in head or head.startswith(b"AutoCAD Binary DXF")
            if right and b"SECTION" in head and b"EOF" not in _tail(path):
                refuse(shown, "the file is cut off, or has too much", "copy it again")
    if not right:
        refuse(shown, f"the file is not {_DRIVERS[suffix][0]}, as its name says", KNOWN)


def _tail(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 200))
        return file.read()


def _unpacked(path: Path, shown: str, table: str, folder: Path) -> Source:
    """The Shapefile in an archive, its parts written to a folder under one plain name."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = {_name(info): info for info in archive.infolist() if not info.is_dir()}
            _check_size(sum(info.file_size for info in members.values()), shown)
            stem = _chosen([name for name in members if name.lower().endswith(".shp")], table, shown)
            parts = {}
            for name, info in members.items():
                suffix = PurePosixPath(name).suffix.lower()
                if name[: -len(suffix) or None] == stem and suffix in _PARTS:
                    parts[suffix] = folder / f"packed{suffix}"
                    parts[suffix].write_bytes(archive.read(info))
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, ValueError):
        refuse(shown, "the archive cannot be unpacked", "pack it anew")
    except RuntimeError:
        refuse(shown, "the archive has a password", "pack it without one")
    _check_parts(parts, PurePosixPath(stem).name, shown)
    main = parts[".shp"]
    _check_head(".shp", _head(main, shown), main, shown)
    return Source(main, shown, *_DRIVERS[".shp"], parts, digest_of([path]))


def _name(info: zipfile.ZipInfo) -> str:
    """A member's name; where it is not marked as UTF-8, Chinese programs write GBK."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return info.filename


def _chosen(shapes: list[str], table: str, shown: str) -> str:
    """The one .shp of an archive, or that which is asked for, without its ending."""
    stems = {PurePosixPath(name).stem: name[:-4] for name in shapes if not name.startswith("__MACOSX/")}
    if not stems:
        refuse(shown, "the archive holds no Shapefile", KNOWN)
    if table:
        if table not in stems:
            refuse(shown, f"there is no table `{table}`", nearest(table, stems) or f"it has {', '.join(stems)}")
        return stems[table]
    if len(stems) > 1:
        refuse(shown, f"the file has {len(stems)} tables", f"choose one with `table:`, of {', '.join(stems)}")
    return next(iter(stems.values()))
