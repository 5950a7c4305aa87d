"""The file `proof.yaml` of a pack: what its proof may rest on, and what it need not find again."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from ynpolicy.claims import SETTLED_KINDS, Claims, Constraint, Settlement, Silence
from ynpolicy.conditions import Checker, read_lines
from ynpolicy.documents import Node
from ynpolicy.errors import Problem, nearest
from ynpolicy.fields import Fields
from ynpolicy.ir import LEVELS, Condition, Norm, Reading, Table
from ynpolicy.rows import each_row

CLAIM_KEYS: Final = ("possible", "silences", "settled")
POSSIBLE_KEYS: Final = ("id", "levels", "holds", "reason")
SILENCE_KEYS: Final = ("topics", "levels", "when", "reason")
SETTLED_KEYS: Final = ("kind", "about", "reading", "reason")


class ClaimReader:
    """Reads `proof.yaml` against the rest of its pack; every problem goes to `problems`."""

    def __init__(
        self,
        norms: Mapping[str, Norm],
        readings: Mapping[str, Reading],
        tables: Mapping[str, Table],
        parameters: Collection[str],
        checker: Checker,
        problems: list[Problem],
    ) -> None:
        self._norms = norms
        self._readings = readings
        self._tables = tables
        self._subjects = {*norms, *(family_of(id) for id in norms), *tables, *parameters}
        self._topics = {norm.topic for norm in norms.values()}
        self._checker = checker
        self._problems = problems

    def read(self, node: Node) -> Claims:
        """The claims of a file; an entry of `possible` may stand once for each row of a table."""
        fields = Fields(node, CLAIM_KEYS, self._problems, "proof.yaml")
        return Claims(
            tuple(
                found
                for item in fields.list("possible")
                for _, _, filled in each_row(item, self._tables, self._problems)
                for found in self._possible(filled)
            ),
            tuple(found for item in fields.list("silences") for found in self._silences(item)),
            tuple(self._settled(item) for item in fields.list("settled")),
        )

    def _possible(self, node: Node) -> Iterator[Constraint]:
        fields = Fields(node, POSSIBLE_KEYS, self._problems, "what is possible")
        id = fields.text("id", required=True)
        holds = read_lines(fields.node("holds", required=True), f"possible/{id}", self._problems)
        reason = fields.both("reason")
        for level in self._chosen(fields, "levels", LEVELS):
            self._checker.check(holds, level)
            yield Constraint(id, level, holds, reason, node.place)

    def _silences(self, node: Node) -> Iterator[Silence]:
        fields = Fields(node, SILENCE_KEYS, self._problems, "a silence")
        when = read_lines(fields.node("when"), "silence", self._problems)
        reason = fields.both("reason")
        levels = self._chosen(fields, "levels", LEVELS)
        for topic in self._chosen(fields, "topics", self._topics):
            for level in levels:
                self._checker.check(when, level)
                yield Silence(topic, level, when, reason, node.place)

    def _settled(self, node: Node) -> Settlement:
        fields = Fields(node, SETTLED_KEYS, self._problems, "a settled finding")
        kind = fields.choice("kind", SETTLED_KINDS)
        about = self._chosen(fields, "about", self._subjects)
        reading = fields.text("reading")
        if reading and reading not in self._readings:
            help = nearest(reading, self._readings) or "readings stand in readings.md"
            fields.report(fields.found["reading"].place, f"unknown reading `{reading}`", help)
        return Settlement(kind, about, fields.both("reason"), reading, node.place)

    def _chosen(self, fields: Fields, key: str, known: Collection[str]) -> tuple[str, ...]:
        """The names under a key that are known; none at all is a problem too."""
        fields.node(key, required=True)
        chosen = fields.words(key)
        for word in chosen:
            if word.text.strip() not in known:
                help = nearest(word.text, known) or f"it is one of {', '.join(sorted(known)[:8])}"
                fields.report(word.place, f"unknown name `{word.text}` under `{key}`", help)
        return tuple(word.text.strip() for word in chosen if word.text.strip() in known)


def family_of(norm: str) -> str:
    """The name that the norms of all rows of a table share; a norm without a row has its own."""
    return norm.partition("[")[0]


def conditions_of(claims: Claims) -> Iterator[Condition]:
    """Every condition in the claims."""
    yield from (constraint.holds for constraint in claims.possible)
    yield from (silence.when for silence in claims.silences)
