"""The pieces of which the published JSON Schemas (draft 2020-12) are made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

Shape = dict[str, Any]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

TEXT: Final[Shape] = {"type": "string"}
WORD: Final[Shape] = {"type": "string", "minLength": 1}
COUNT: Final[Shape] = {"type": "integer", "minimum": 0}
FLAG: Final[Shape] = {"type": "boolean"}
NULL: Final[Shape] = {"type": "null"}
DAY: Final[Shape] = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
DECIMAL: Final[Shape] = {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}
DIGEST: Final[Shape] = {"type": "string", "pattern": "^(sha256:[0-9a-f]{64})?$"}


def closed(required: Mapping[str, Any], optional: Mapping[str, Any] | None = None) -> Shape:
    """An object with these properties and no others."""
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
        "additionalProperties": False,
    }


def listing(item: Mapping[str, Any], least: int = 0) -> Shape:
    """A list of one kind of item."""
    return {"type": "array", "items": item, **({"minItems": least} if least else {})}


def one_of(words: Iterable[str]) -> Shape:
    """One of some words."""
    return {"enum": list(dict.fromkeys(words))}


def either(*shapes: Mapping[str, Any]) -> Shape:
    """Any of some shapes."""
    return {"anyOf": list(shapes)}


def refer(name: str) -> Shape:
    """The shape that stands under a name in the schema's `$defs`."""
    return {"$ref": f"#/$defs/{name}"}


BOTH: Final[Shape] = closed({"zh": TEXT, "en": TEXT})
"""A text in Chinese and in English."""


def published(kind: str, title: str, shape: Mapping[str, Any], defs: Mapping[str, Any], variant: str = "") -> Shape:
    """A whole schema with its identifier `urn:ynpolicy:<kind>:1`, and its variant where it has one."""
    identifier = f"urn:ynpolicy:{kind}:1" + (f":{variant}" if variant else "")
    return {"$schema": DIALECT, "$id": identifier, "title": title, **shape, "$defs": dict(defs)}
