"""A bundle: cases as written, what was read in them, their verdicts, and the pack under which they were judged.

One archive holds what is needed to judge again, with nothing else at hand::

    bundle.json               the schema, who made it, the pack, the cases, and the digest of every other file
    cases/1/as-written.yaml   the case file byte for byte
    cases/1/normalised.json   what was read in it: typed, exact, with its state
    cases/1/located.json      what geometry found of its sites, where they have one
    cases/1/verdicts.json     the verdicts, each with its receipt
    pack/<folder>/...         every file of the pack that rules are read from
    tables/...                the user's own tables that lay over the pack's
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path, PurePath
from typing import Any, Final

from attrs import field, frozen

from ynpolicy.archive import digest, pack_up
from ynpolicy.cases import CaseFile
from ynpolicy.documents import read_bytes
from ynpolicy.errors import InputError, Place, Problem
from ynpolicy.ir import Case, Pack
from ynpolicy.judge import Judge, JudgedVerdict
from ynpolicy.loader import digest_of, folder_name, pack_files
from ynpolicy.location import Location
from ynpolicy.location_plain import location_to_plain
from ynpolicy.overlays import overlay_files
from ynpolicy.schemas import value_to_json
from ynpolicy.schemas_replay import BUNDLE_SCHEMA
from ynpolicy.version import __version__, code_digest

MANIFEST: Final = "bundle.json"


@frozen
class Judged:
    """A case file with its verdicts, in the order in which it writes its cases; `as_of` is the date given beside it."""

    file: CaseFile
    verdicts: tuple[JudgedVerdict, ...]
    as_of: date | None = None


@frozen
class KeptCase:
    """A case file as a bundle keeps it: with what was read in it and the verdicts, as plain data.

    `located` is what geometry found of the sites, one entry a case, empty where no case has a site.
    """

    file: CaseFile
    as_of: date | None
    normalised: tuple[Mapping[str, Any], ...] = field(repr=False)
    verdicts: tuple[Mapping[str, Any], ...] = field(repr=False)
    located: tuple[Location | None, ...] = ()


@frozen
class Bundle:
    """What a bundle holds; `shown` is its name in messages, `code` the digest of the library's code that judged."""

    shown: str
    library: str
    code: str
    pack: str
    pack_version: str
    pack_digest: str
    folder: str
    readings: Mapping[str, str] = field(hash=False)
    pack_files: Mapping[str, bytes] = field(hash=False, repr=False)
    tables: Mapping[str, bytes] = field(hash=False, repr=False)
    cases: tuple[KeptCase, ...]


# ---------------------------------------------------------------- making


def case_file(source: Path | str | Mapping[str, Any]) -> CaseFile:
    """A case file as it is now; plain data as the JSON that states it. Raises `InputError` where it cannot be read."""
    if isinstance(source, Mapping):
        return CaseFile("case.json", json.dumps(source, ensure_ascii=False, default=str).encode())
    return CaseFile(str(source), read_bytes(Path(source)))


def judge_files(judge: Judge, files: Iterable[CaseFile], as_of: date | None = None) -> tuple[Judged, ...]:
    """Case files with their verdicts. Raises `InputError` with the problems of them all, and `EngineDisagreement`."""
    judged, problems = [], list[Problem]()
    for file in files:
        try:
            judged.append(Judged(file, judge.check_each(file, as_of), as_of))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return tuple(judged)


def make_bundle(judged: Sequence[Judged], shown: str) -> bytes:
    """The bundle of some case files and their verdicts under one pack; the same verdicts give the same bytes.

    Raises `InputError`: there is no verdict, they are of several packs, the pack has no files or they have changed
    since it was loaded, or it is too much for one bundle.
    """
    verdicts = [verdict for one in judged for verdict in one.verdicts]
    if not verdicts:
        raise refused(shown, "there is no verdict to put into a bundle", "give a case")
    pack = verdicts[0].pack
    if any(verdict.pack != pack or verdict.pack.root != pack.root for verdict in verdicts):
        raise refused(shown, "the verdicts are of several packs", "make a bundle for each pack")
    files = _files_of(pack, shown)
    cases = []
    for number, one in enumerate(judged, 1):
        names = {
            "file": f"cases/{number}/as-written{_suffix(one.file.name)}",
            "normalised": f"cases/{number}/normalised.json",
            "verdicts": f"cases/{number}/verdicts.json",
        }
        files[names["file"]] = one.file.content
        files[names["normalised"]] = _text([case_to_dict(verdict.case, pack) for verdict in one.verdicts])
        files[names["verdicts"]] = _text([verdict.to_dict() for verdict in one.verdicts])
        if any(verdict.case.location for verdict in one.verdicts):
            names["located"] = f"cases/{number}/located.json"
            sites = [verdict.case.location for verdict in one.verdicts]
            files[names["located"]] = _text([location_to_plain(site) if site else None for site in sites])
        cases.append({"name": one.file.name, "as_of": one.as_of.isoformat() if one.as_of else None, **names})
    manifest = {
        "schema": BUNDLE_SCHEMA,
        "library": f"ynpolicy {__version__}",
        "code": code_digest(),
        "pack": {
            "id": pack.id,
            "version": pack.version,
            "digest": pack.digest,
            "folder": folder_name(Path(pack.root)),
            "readings": dict(sorted(pack.chosen.items())),
        },
        "cases": cases,
        "files": {name: digest(files[name]) for name in sorted(files)},
    }
    return pack_up({**files, MANIFEST: _text(manifest)}, shown)


def _files_of(pack: Pack, shown: str) -> dict[str, bytes]:
    """The pack's files and the tables laid over it, as they were when it was loaded."""
    if not pack.digest:
        raise refused(shown, f"the pack `{pack.id}` was not loaded from files", "load it from its folder")
    folder = Path(pack.root)
    own = overlay_files(Path(pack.over)) if pack.over else ()
    try:
        files = pack_files(folder)
        tables = {path.name: path.read_bytes() for path in own}
    except OSError as error:
        raise refused(shown, f"the pack's files cannot be read: {(error.strerror or str(error)).lower()}") from None
    if digest_of(files, tables) != pack.digest:
        raise refused(shown, f"the files of the pack `{pack.id}` have changed since they were read", "judge anew")
    inside = folder_name(folder)
    return {f"pack/{inside}/{name}": data for name, data in files.items()} | {
        f"tables/{name}": data for name, data in tables.items()
    }


def _suffix(name: str) -> str:
    suffix = PurePath(name).suffix.lower()
    return suffix if suffix.isascii() and suffix[1:].isalnum() else ""


def _text(data: object) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "surrogatepass")


def refused(shown: str, message: str, help: str = "") -> InputError:
    """An `InputError` with one problem of a bundle."""
    return InputError([Problem(Place(shown), message, help)])


def case_to_dict(case: Case, pack: Pack) -> dict[str, Any]:
    """A case as it was read, as plain data: each fact with its value, unit and state, and what it follows from."""
    names = sorted({*case.values, *case.missing})
    return {
        "id": case.id,
        "title": case.title,
        "level": case.level,
        "as_of": case.as_of.isoformat(),
        "digest": case.digest,
        "facts": {
            name: {
                "value": value_to_json(case.values.get(name)),
                "unit": pack.facts[name].unit,
                "state": "known" if name in case.values else case.state(name).value,
                "derived": "; ".join(origin.derived for origin in case.origins.get(name, ()) if origin.derived),
            }
            for name in names
        },
        "texts": dict(sorted(case.texts.items())),
        "justified": sorted(case.justified),
        "reviewed": {id: record.accepted for id, record in sorted(case.reviewed.items())},
    }
