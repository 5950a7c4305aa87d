"""Files that people write (YAML, JSON) as a tree of nodes, each with its place.

Scalars keep their text, so that a number is read exactly as it was written. What is read is bounded: size, depth and
the number of nodes; anchors, aliases and tags are refused, duplicate keys are problems.
"""

from __future__ import annotations

import json
from collections.abc import Mapping as AnyMapping
from collections.abc import Set
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Final, NoReturn

import yaml
from attrs import field, frozen

from ynpolicy.errors import InputError, Place, Problem
from ynpolicy.values import number_text

LARGEST_FILE: Final = 8 * 2**20
DEEPEST: Final = 30
TOO_DEEP: Final = f"the file is nested more than {DEEPEST} deep"
MOST_NODES: Final = 400_000

_NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@frozen
class Scalar:
    """One value as it was written; `plain` is false where the author put it in quotes."""

    text: str
    plain: bool = True
    place: Place = field(default=Place("<memory>"), eq=False)

    @property
    def is_null(self) -> bool:
        return self.plain and self.text in _NULLS


@frozen
class Sequence:
    """A list of nodes."""

    items: tuple[Node, ...]
    place: Place = field(default=Place("<memory>"), eq=False)


@frozen
class Mapping:
    """Keys and their nodes, in the order in which they were written; keys are unique."""

    items: tuple[tuple[Scalar, Node], ...]
    place: Place = field(default=Place("<memory>"), eq=False)

    def get(self, key: str) -> Node | None:
        """The node under a key, or None."""
        for found, node in self.items:
            if found.text == key:
                return node
        return None

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(key.text for key, _ in self.items)


Node = Scalar | Sequence | Mapping


def describe(node: Node) -> str:
    """A node in an error message: its text in backticks, or what kind of thing it is."""
    match node:
        case Scalar(text):
            return f"`{text[:60]}`" if text else "an empty value"
        case Sequence(items):
            return f"a list of {len(items)}"
        case Mapping():
            return "a mapping"


def read_file(path: Path, name: str | None = None, problems: list[Problem] | None = None) -> Node:
    """The node tree of a YAML or JSON file; `name` stands for the file in messages, `problems` is as in `read_text`.

    Raises `InputError`: the file cannot be read, is too large, not UTF-8, or not well formed.
    """
    shown = name or str(path)
    return read_text(read_plain(path, shown), shown, problems)


def read_plain(path: Path, name: str | None = None) -> str:
    """The text of a file. Raises `InputError`: the file cannot be read, is too large, or not UTF-8."""
    shown = name or str(path)
    return decode(read_bytes(path, shown), shown)


def read_bytes(path: Path, name: str | None = None) -> bytes:
    """The bytes of a file. Raises `InputError`: the file cannot be read, or is too large."""
    shown = name or str(path)
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise InputError(
                [Problem(Place(shown), f"the file has {size:,} bytes", f"at most {LARGEST_FILE:,} bytes are read")]
            )
        return path.read_bytes()
    except IsADirectoryError:
        raise InputError([Problem(Place(shown), "this is a folder", "give a file")]) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError([Problem(Place(shown), f"the file cannot be read: {reason.lower()}")]) from None


def decode(data: bytes, name: str) -> str:
    """The text of UTF-8 bytes. Raises `InputError` at the first byte that is not, naming the encoding it looks like."""
    for mark, encoding in ((b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16")):
        if data.startswith(mark):
            raise InputError([Problem(Place(name, 1, 1), f"the file is in {encoding}", "save it as UTF-8")])
    if data.startswith(b"%PDF-"):
        raise InputError([Problem(Place(name, 1, 1), "the file is a PDF", "extract its text and save it as UTF-8")])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode(errors="replace")
        line = before.count("\n") + 1
        column = len(before) - (before.rfind("\n") + 1) + 1
        try:
            data.decode("gb18030")
        except UnicodeDecodeError:
            help = "save it as UTF-8"
        else:
            help = "its bytes read as GBK (GB 18030): open it with that encoding and save it as UTF-8"
        raise InputError([Problem(Place(name, line, column), "the file is not UTF-8 text", help)]) from None


def read_text(text: str, name: str, problems: list[Problem] | None = None) -> Node:
    """The node tree of a YAML or JSON text. Raises `InputError` with every problem found.

    With a list of `problems`, those that leave a tree to go on with (duplicate keys, anchors, tags) are added to it
    instead, so that they can be reported together with what is wrong further on.
    """
    found: list[Problem] = []
    try:
        node = _Builder(name, found).build(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(name, mark.line + 1, mark.column + 1) if mark else Place(name)
        message = error.problem or error.context or ""
        if "nesting depth" in message:  # newer libyaml has a bound of its own, met while it reads ahead
            found.append(Problem(place, TOO_DEEP))
        else:
            found.append(Problem(place, f"not well formed: {message}", _hint(text, mark)))
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        place = Place(name, before.count("\n") + 1, error.position - (before.rfind("\n") + 1) + 1)
        found.append(Problem(place, f"the character #x{ord(_char(error)):04x} is not allowed", "remove it"))
    except (yaml.YAMLError, ValueError) as error:
        found.append(Problem(Place(name), f"not well formed: {error}"))
    else:
        if problems is not None:
            problems.extend(found)
            return node
        if not found:
            return node
    raise InputError(found)


def _char(error: yaml.reader.ReaderError) -> str:
    character = error.character
    return chr(character) if isinstance(character, int) else str(character)[:1] or "\0"


def _hint(text: str, mark: yaml.Mark | None) -> str:
    lines = text.splitlines()
    number = mark.line if mark else len(lines)
    line = lines[number] if number < len(lines) else ""
    before = lines[number - 1] if 0 < number <= len(lines) else ""
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return "indent with spaces, not with tabs"
    if text.lstrip().startswith("{"):
        return "check commas, brackets and quotes"
    if any("：" in text and ":" not in text for text in (line, before)):
        return "write a half-width `:` and a space after the key, not `：`"
    return "check indentation, quotes, and the space after each `:`"


class _Builder:
    """Builds the tree from the parser's events without recursion, so that depth is bounded by us."""

    def __init__(self, name: str, problems: list[Problem]) -> None:
        self.name = name
        self.problems = problems
        self.count = 0

    def build(self, text: str) -> Node:
        stack: list[tuple[Place, bool, list[Node]]] = []
        root: Node | None = None
        documents = 0
        for event in yaml.parse(text, Loader=_LOADER):
            mark = event.start_mark
            place = Place(self.name, mark.line + 1, mark.column + 1) if mark else Place(self.name)
            node: Node | None = None
            if isinstance(event, yaml.AliasEvent):
                self.stop(place, f"`*{event.anchor}` is an alias", "write the value out")
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self.stop(place, "a second document starts here", "keep one document in a file")
            elif isinstance(event, yaml.NodeEvent):
                node = self.start(event, place, stack)
            elif isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
                start, is_mapping, children = stack.pop()
                node = self.mapping(start, children) if is_mapping else Sequence(tuple(children), start)
            if node is not None:
                if stack:
                    stack[-1][2].append(node)
                else:
                    root = node
        if root is None:
            self.stop(Place(self.name, 1, 1), "the file is empty", "write a mapping of keys and values")
        return root

    def start(self, event: yaml.NodeEvent, place: Place, stack: list[tuple[Place, bool, list[Node]]]) -> Node | None:
        self.count += 1
        if self.count > MOST_NODES:
            self.stop(place, f"the file has more than {MOST_NODES:,} values")
        if event.anchor:
            self.problems.append(Problem(place, f"`&{event.anchor}` is an anchor", "anchors are not used: remove it"))
        if isinstance(event, yaml.ScalarEvent):
            if event.tag is not None and event.tag != "!":
                self.problems.append(Problem(place, f"`{event.tag}` is a tag", "tags are not used: remove it"))
            return Scalar(event.value, event.implicit[0], place)
        if isinstance(event, yaml.CollectionStartEvent):
            if event.tag is not None:
                self.problems.append(Problem(place, f"`{event.tag}` is a tag", "tags are not used: remove it"))
            if len(stack) >= DEEPEST:
                self.stop(place, TOO_DEEP)
            stack.append((place, isinstance(event, yaml.MappingStartEvent), []))
        return None

    def mapping(self, place: Place, children: list[Node]) -> Mapping:
        items: list[tuple[Scalar, Node]] = []
        seen: dict[str, Place] = {}
        for key, value in zip(children[::2], children[1::2], strict=True):
            if not isinstance(key, Scalar):
                self.problems.append(Problem(key.place, f"{describe(key)} stands where a key belongs"))
            elif key.text in seen:
                first = seen[key.text]
                help = f"it stands first at line {first.line}: keep one of them"
                self.problems.append(Problem(key.place, f"duplicate key `{key.text}`", help))
            else:
                seen[key.text] = key.place
                items.append((key, value))
        return Mapping(tuple(items), place)

    def stop(self, place: Place, message: str, help: str = "") -> NoReturn:
        self.problems.append(Problem(place, message, help))
        raise InputError(self.problems)


def from_object(value: object, name: str = "case") -> Node:
    """The node tree of plain Python data (dict, list, str, numbers, bool, date, None); places are paths of keys.

    Raises `InputError` for anything else, and where the data is nested too deep.
    """
    return _from_object(value, name, 0)


def _from_object(value: object, path: str, depth: int) -> Node:
    place = Place(path)
    if depth > DEEPEST:
        raise InputError([Problem(place, f"the data is nested more than {DEEPEST} deep")])
    match value:
        case None:
            return Scalar("null", True, place)
        case bool():
            return Scalar("true" if value else "false", True, place)
        case str():
            return Scalar(value, False, place)
        case int():
            return Scalar(str(value), True, place)
        case float():
            return Scalar(format(Decimal(repr(value)), "f"), True, place)
        case Decimal():
            return Scalar(format(value, "f"), True, place)
        case Fraction():
            return Scalar(number_text(value), True, place)
        case date():
            return Scalar(value.isoformat(), True, place)
        case AnyMapping():
            return Mapping(
                tuple(
                    (Scalar(str(key), False, place), _from_object(item, f"{path}.{key}", depth + 1))
                    for key, item in value.items()
                ),
                place,
            )
        case list() | tuple():
            return Sequence(tuple(_from_object(item, f"{path}[{i}]", depth + 1) for i, item in enumerate(value)), place)
        case Set():
            return Sequence(tuple(_from_object(item, path, depth + 1) for item in sorted(map(str, value))), place)
    raise InputError([Problem(place, f"`{type(value).__name__}` cannot be read", "give plain data: dict, list, text")])


def canonical(node: Node) -> str:
    """A text that is the same for the same content, whatever the order of keys: what digests are made of."""

    def plain(node: Node) -> object:
        match node:
            case Scalar(text):
                return text
            case Sequence(items):
                return [plain(item) for item in items]
            case Mapping(items):
                return {key.text: plain(value) for key, value in items}

    return json.dumps(plain(node), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
