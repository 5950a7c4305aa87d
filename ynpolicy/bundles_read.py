"""What a bundle holds, read back once every digest in it is found to be right."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from ynpolicy.archive import digest, is_plain, is_sealed, read_archive, unpack
from ynpolicy.bundles import MANIFEST, Bundle, KeptCase, refused
from ynpolicy.cases import CaseFile
from ynpolicy.errors import InputError, Place, Problem
from ynpolicy.loader import digest_of
from ynpolicy.location import Location
from ynpolicy.location_plain import location_from_plain
from ynpolicy.schemas import VERDICT_SCHEMA
from ynpolicy.schemas_replay import BUNDLE_SCHEMA

_MANIFEST_SHAPE: Final = {
    "schema": str,
    "library": str,
    "code": str,
    "pack": {"id": str, "version": str, "digest": str, "folder": str, "readings": {None: str}},
    "cases": [{"name": str, "as_of": (str, None), "file": str, "normalised": str, "verdicts": str}],
    "files": {None: str},
}
_BOTH: Final = {"zh": str, "en": str}
_VALUE: Final = (None, bool, str, {"lo": str, "hi": str}, {"members": [str], "complete": bool})
_NORMALISED_SHAPE: Final = [
    {"digest": str, "facts": {None: {"value": _VALUE, "unit": str, "state": str, "derived": str}}}
]
_FINDING_SHAPE: Final = {
    "norm": str,
    "title": _BOTH,
    "outcome": str,
    "missing": [str],
    "unverified": [str],
    "exemption": (None, {"id": str, "title": _BOTH}),
    "not_yet_due": bool,
    "outside_territory": bool,
}
_VERDICT_SHAPE: Final = [
    {
        "schema": str,
        "receipt": {"pack_digest": str, "case_digest": str, "library": str, "engines": [str], "judged_at": str},
        "case": {"id": str, "title": str, "level": str, "as_of": str},
        "decision": str,
        "findings": [_FINDING_SHAPE],
    }
]


def read_bundle(path: Path) -> Bundle:
    """What a bundle holds, once every digest in it is found to be right.

    Raises `InputError`: the file is no bundle, is cut short or was changed (every part that does not match is named),
    or holds what no bundle holds.
    """
    shown = str(path)
    data = read_archive(path)
    files = unpack(data, shown)
    manifest = _json(files.get(MANIFEST), _MANIFEST_SHAPE, f"{shown}!{MANIFEST}")
    if manifest["schema"] != BUNDLE_SCHEMA:
        raise refused(f"{shown}!{MANIFEST}", f"unknown schema `{manifest['schema']}`", f"`{BUNDLE_SCHEMA}` is known")
    problems = _mismatches(files, manifest["files"], shown)
    if not problems and not is_sealed(data):
        problems.append(Problem(Place(shown), "the bundle does not match its seal", _CHANGED))
    if problems:
        raise InputError(problems)
    return _bundle(files, manifest, shown)


_CHANGED: Final = "it was changed or damaged after it was written: take another copy"


def _mismatches(files: Mapping[str, bytes], digests: Mapping[str, str], shown: str) -> list[Problem]:
    problems = []
    for name in sorted({*files, *digests} - {MANIFEST}):
        place = Place(f"{shown}!{name}")
        if name not in digests:
            problems.append(Problem(place, "this file does not belong to the bundle", _CHANGED))
        elif name not in files:
            problems.append(Problem(place, "this file of the bundle is not in it", _CHANGED))
        elif digest(files[name]) != digests[name]:
            message = f"the file has the digest {digest(files[name])}, not the {digests[name]} of the bundle"
            problems.append(Problem(place, message, _CHANGED))
    return problems


def _bundle(files: Mapping[str, bytes], manifest: Mapping[str, Any], shown: str) -> Bundle:
    pack = manifest["pack"]
    folder = f"pack/{pack['folder']}/"
    own = {name.removeprefix(folder): data for name, data in files.items() if name.startswith(folder)}
    tables = {name.removeprefix("tables/"): data for name, data in files.items() if name.startswith("tables/")}
    if not is_plain(pack["folder"]) or "/" in pack["folder"] or not own or any("/" in name for name in tables):
        raise refused(f"{shown}!{MANIFEST}", "the bundle has no pack", _CHANGED)
    found = digest_of(own, tables)
    cases, problems = [], []
    if found != pack["digest"]:
        message = f"the pack has the digest {found}, not the {pack['digest']} of the bundle"
        problems.append(Problem(Place(f"{shown}!{folder}"), message, _CHANGED))
    for entry in manifest["cases"]:
        case = _kept(files, entry, shown)
        cases.append(case)
        for verdict in case.verdicts:
            other = verdict["receipt"]["pack_digest"]
            if other != pack["digest"]:
                message = f"the verdict was given under the pack {other}, not under the {pack['digest']} of the bundle"
                problems.append(Problem(Place(f"{shown}!{entry['verdicts']}"), message, _CHANGED))
    if problems:
        raise InputError(problems)
    return Bundle(
        shown,
        manifest["library"],
        manifest["code"],
        pack["id"],
        pack["version"],
        pack["digest"],
        pack["folder"],
        pack["readings"],
        own,
        tables,
        tuple(cases),
    )


def _kept(files: Mapping[str, bytes], entry: Mapping[str, Any], shown: str) -> KeptCase:
    place = f"{shown}!{MANIFEST}"
    if entry["file"] not in files:
        raise refused(place, f"there is no file `{entry['file']}` in the bundle", _CHANGED)
    normalised = _json(files.get(entry["normalised"]), _NORMALISED_SHAPE, f"{shown}!{entry['normalised']}")
    verdicts = _json(files.get(entry["verdicts"]), _VERDICT_SHAPE, f"{shown}!{entry['verdicts']}")
    for verdict in verdicts:
        if verdict["schema"] != VERDICT_SCHEMA:
            message = f"unknown schema `{verdict['schema']}`"
            raise refused(f"{shown}!{entry['verdicts']}", message, f"`{VERDICT_SCHEMA}` is known")
    located = _located(files, entry["located"], shown) if "located" in entry else ()
    if len(normalised) != len(verdicts) or len(located) not in (0, len(verdicts)):
        raise refused(f"{shown}!{entry['normalised']}", "cases and verdicts differ in number", _CHANGED)
    try:
        as_of = date.fromisoformat(entry["as_of"]) if entry["as_of"] else None
    except ValueError:
        raise refused(place, f"`{entry['as_of']}` is not a date", _CHANGED) from None
    file = CaseFile(entry["name"], files[entry["file"]])
    return KeptCase(file, as_of, tuple(normalised), tuple(verdicts), located)


def _located(files: Mapping[str, bytes], name: object, shown: str) -> tuple[Location | None, ...]:
    place = f"{shown}!{name}"
    sites = _json(files.get(str(name)), [(None, {None: object})], place)
    try:
        return tuple(location_from_plain(site) if site is not None else None for site in sites)
    except ValueError:
        raise refused(place, "the file has not the parts of its kind", _CHANGED) from None


def _json(data: bytes | None, shape: object, place: str) -> Any:
    """A JSON file of the bundle, where it has at least the parts that a shape names."""
    if data is None:
        raise refused(place, "this file of the bundle is not in it", _CHANGED)
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        raise refused(place, "the file is not JSON", _CHANGED) from None
    if not fits(found, shape):
        raise refused(place, "the file has not the parts of its kind", _CHANGED)
    return found


def fits(value: object, shape: object) -> bool:
    """Whether plain data has at least the parts that a shape names.

    A shape is a type, None, a list of one shape (any number of items), a tuple (one of them), or a mapping of the keys
    that must be there; under the key None stands the shape of every value.
    """
    match shape:
        case type():
            return isinstance(value, shape)
        case None:
            return value is None
        case tuple():
            return any(fits(value, one) for one in shape)
        case list():
            return isinstance(value, list) and all(fits(item, shape[0]) for item in value)
        case dict() if None in shape:
            return isinstance(value, dict) and all(fits(item, shape[None]) for item in value.values())
        case dict():
            return isinstance(value, dict) and all(key in value and fits(value[key], of) for key, of in shape.items())
    return False
