"""Strict reading of a mapping whose keys are known: everything wrong with it becomes a problem with a place."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from ynpolicy.documents import Mapping, Node, Scalar, Sequence, describe
from ynpolicy.errors import Place, Problem, nearest
from ynpolicy.ir import Text
from ynpolicy.values import read_number


class Fields:
    """The values of one mapping by key. Each getter reports what is wrong and goes on with an empty value."""

    def __init__(self, node: Node, allowed: Iterable[str], problems: list[Problem], what: str) -> None:
        self.problems = problems
        self.what = what
        self.place = node.place
        self.found: dict[str, Node] = {}
        if not isinstance(node, Mapping):
            self.report(node.place, f"{describe(node)} is not {what}", "write a mapping of keys and values")
            return
        known = tuple(allowed)
        for key, value in node.items:
            if key.text in known:
                self.found[key.text] = value
            else:
                help = nearest(key.text, known) or f"known here are {', '.join(known)}"
                self.report(key.place, f"unknown key `{key.text}` in {what}", help)

    def report(self, place: Place, message: str, help: str = "") -> None:
        self.problems.append(Problem(place, message, help))

    def has(self, key: str) -> bool:
        node = self.found.get(key)
        return node is not None and not (isinstance(node, Scalar) and node.is_null)

    def node(self, key: str, required: bool = False) -> Node | None:
        if self.has(key):
            return self.found[key]
        if required:
            self.report(self.place, f"{self.what} has no `{key}`", f"write `{key}:`")
        return None

    def text(self, key: str, required: bool = False, default: str = "") -> str:
        node = self.node(key, required)
        if node is None:
            return default
        if isinstance(node, Scalar):
            return node.text.strip()
        self.report(node.place, f"{describe(node)} stands where `{key}` needs one value")
        return default

    def number(self, key: str) -> Fraction | None:
        node = self.node(key)
        if node is None:
            return None
        try:
            return read_number(self.text(key))
        except ValueError as error:
            self.report(node.place, str(error), f"write `{key}` as digits with at most one point")
            return None

    def integer(self, key: str, required: bool = False, default: int = 0) -> int:
        node = self.node(key, required)
        if node is None:
            return default
        text = self.text(key)
        if text.isascii() and text.isdigit() and len(text) < 12:
            return int(text)
        self.report(node.place, f"`{text}` is not a whole number")
        return default

    def day(self, key: str, required: bool = False) -> date | None:
        node = self.node(key, required)
        if node is None:
            return None
        text = self.text(key)
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.report(node.place, f"`{text}` is not a date that exists", f"write `{key}` as 2022-12-31")
            return None

    def flag(self, key: str) -> bool:
        text = self.text(key, default="false").lower()
        if text not in ("true", "false"):
            self.report(self.found[key].place, f"`{text}` is neither true nor false", "write true or false")
        return text == "true"

    def choice(self, key: str, choices: Iterable[str], required: bool = True, default: str = "") -> str:
        known = tuple(choices)
        text = self.text(key, required, default)
        if text and text not in known:
            place = self.found[key].place
            self.report(place, f"unknown {key} `{text}`", nearest(text, known) or f"it is one of {', '.join(known)}")
            return ""
        return text

    def words(self, key: str) -> tuple[Scalar, ...]:
        """A list of single values; a single value stands for a list of one."""
        node = self.node(key)
        if node is None:
            return ()
        if isinstance(node, Scalar):
            return (node,)
        if isinstance(node, Sequence):
            for item in node.items:
                if not isinstance(item, Scalar):
                    self.report(item.place, f"{describe(item)} stands in the list `{key}`", "write single values")
            return tuple(item for item in node.items if isinstance(item, Scalar))
        self.report(node.place, f"{describe(node)} stands where `{key}` needs a list", "write [a, b]")
        return ()

    def texts(self, key: str) -> tuple[str, ...]:
        return tuple(scalar.text.strip() for scalar in self.words(key))

    def both(self, key: str, required: bool = True) -> Text:
        """A text in Chinese and English."""
        node = self.node(key, required)
        return read_both(node, self.problems, f"`{key}` of {self.what}") if node is not None else Text("", "")

    def entries(self, key: str) -> tuple[tuple[Scalar, Node], ...]:
        """The items of a nested mapping."""
        node = self.node(key)
        if node is None:
            return ()
        if isinstance(node, Mapping):
            return node.items
        self.report(node.place, f"{describe(node)} stands where `{key}` needs a mapping", "write `name: value` lines")
        return ()

    def list(self, key: str) -> tuple[Node, ...]:
        """The items of a nested list."""
        node = self.node(key)
        if node is None:
            return ()
        if isinstance(node, Sequence):
            return node.items
        self.report(node.place, f"{describe(node)} stands where `{key}` needs a list", "start each item with `- `")
        return ()


def read_both(node: Node, problems: list[Problem], what: str) -> Text:
    """A `{zh, en}` mapping."""
    fields = Fields(node, ("zh", "en"), problems, what)
    if not isinstance(node, Mapping):
        return Text("", "")
    return Text(fields.text("zh", required=True), fields.text("en", required=True))


def read_under(fields: Fields) -> dict[str, tuple[str, ...]]:
    """The readings named under `under:`, each with the option or options that it must be taken by."""
    entries = fields.entries("under")
    inner = Fields(Mapping(entries, fields.place), (key.text for key, _ in entries), fields.problems, "`under`")
    return {key.text: inner.texts(key.text) for key, _ in entries}


def list_items(node: Node, problems: list[Problem], what: str) -> tuple[Node, ...]:
    """The items of a file that is a list."""
    if isinstance(node, Sequence):
        return node.items
    if not (isinstance(node, Scalar) and node.is_null):
        problems.append(Problem(node.place, f"{describe(node)} is not a list of {what}", "start each item with `- `"))
    return ()
