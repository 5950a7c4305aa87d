"""Nodes as plain JSON data, and what a schema says of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator

from ynpolicy.documents import Mapping, Node, Scalar, Sequence


def plain(node: Node | None) -> Any:
    """A node as a JSON reader would give it: plain scalars typed, quoted ones text."""
    match node:
        case None:
            return None
        case Sequence(items):
            return [plain(item) for item in items]
        case Mapping(items):
            return {key.text: plain(item) for key, item in items}
        case Scalar(text, quoted_not):
            if not quoted_not or not (node.is_null or re.fullmatch(r"true|false|-?\d+(\.\d+)?", text)):
                return text
            return None if node.is_null else json.loads(text)


def errors(validator: Draft202012Validator, data: object) -> list[str]:
    return [error.message for error in validator.iter_errors(data)]


def walk(data: object) -> Iterator[object]:
    """Every value inside some data."""
    yield data
    if isinstance(data, dict):
        for item in data.values():
            yield from walk(item)
    elif isinstance(data, list):
        for item in data:
            yield from walk(item)
