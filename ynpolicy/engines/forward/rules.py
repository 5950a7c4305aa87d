"""Conclusions as durable_rules rulesets, inside the limits in which durable_rules 2.0.28 is known to be sound.

The engine keeps rules as a tree of tests and walks it for each fact with a stack of 64 entries; it crashes or hangs,
rather than complains, where several of its other limits are passed. So every rule starts with the test of an anchor
(a field that every fact carries), rules are shared out among anchors by how deep the walk can get, and everything is
checked before durable_rules sees it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from attrs import field, frozen

from ynpolicy.engines.forward.formulas import Formula, Test
from ynpolicy.errors import EnvelopeError

MOST_RULES: Final = 250
"""Rules in one ruleset; from 256 on durable_rules may crash."""
MOST_FIELDS: Final = 200
"""Fields of one fact, identifiers and anchors aside; from 253 on durable_rules refuses the fact."""
MOST_PENDING: Final = 64
"""Nodes that may wait while a fact is matched; with more durable_rules gives up."""
MOST_UNDER_ANCHOR: Final = 40
"""Nodes that may wait below one anchor, so that two dozen anchors fit beside each other."""
MOST_ALTERNATIVES: Final = 12
"""Alternatives in one rule; from about 15 groups of tests on durable_rules refuses the rule."""
LARGEST_CONSTANT: Final = 2**31 - 1
"""Constants in rules are a C `long`, which has 32 bits on Windows."""

OPERATORS: Final = frozenset({"$eq", "$neq", "$lt", "$lte", "$gt", "$gte"})
CATCH_ALL: Final = "alive"
RESERVED: Final = ("sid", "id", "$s", "m", "$forward")


@frozen
class Rule:
    """If one of the formula's alternatives holds, conclude `concludes`. `name` is what a firing reports."""

    name: str
    concludes: str
    formula: Formula
    subject: str

    @property
    def tests(self) -> Iterator[Test]:
        return (test for way in self.formula for test in way)


@frozen
class Definition:
    """One ruleset: its rules by anchor, and the round of conclusions in which it runs.

    A ruleset whose rules leave some facts without a match has a catch-all besides them, `alive`, that fires for every
    fact: durable_rules must never be handed a fact that it has no use for.
    """

    anchors: tuple[tuple[Rule, ...], ...]
    layer: int = 0
    complete: bool = False
    concludes: Mapping[str, str] = field(init=False, hash=False)
    reads: tuple[str, ...] = field(init=False)

    @concludes.default
    def _concludes(self) -> dict[str, str]:
        return {rule.name: rule.concludes for rule in self.rules}

    @reads.default
    def _reads(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(test.field for rule in self.rules for test in rule.tests))

    @property
    def rules(self) -> Iterator[Rule]:
        return (rule for group in self.anchors for rule in group)

    @property
    def anchor_names(self) -> tuple[str, ...]:
        return tuple(f"g{number}" for number in range(len(self.anchors)))

    def text(self) -> str:
        """The ruleset as durable_rules reads it."""
        rules: dict[str, Any] = {} if self.complete else {CATCH_ALL: {"all": [{"m": {"$and": [{"g0": 1}]}}]}}
        for anchor, group in zip(self.anchor_names, self.anchors, strict=True):
            for rule in group:
                rules[rule.name] = {"all": [{"m": {"$and": [{anchor: 1}, *_body(rule.formula)]}}]}
        return json.dumps(rules)


def _body(formula: Formula) -> list[dict[str, Any]]:
    ways = [[{test.op: {test.field: test.constant}} for test in way] for way in formula]
    if len(ways) == 1:
        return ways[0]
    return [{"$or": [way[0] if len(way) == 1 else {"$and": way} for way in ways]}]


def rule_parts(name: str, concludes: str, formula: Formula, subject: str) -> list[Rule]:
    """A conclusion as one rule, or as several where it has too many alternatives for one."""
    parts = [formula[i : i + MOST_ALTERNATIVES] for i in range(0, len(formula), MOST_ALTERNATIVES)]
    return [Rule(f"{name}_{i}" if i else name, concludes, part, subject) for i, part in enumerate(parts)]


def share_out(rules: Iterable[Rule], layer: int = 0) -> tuple[Definition, ...]:
    """The rules in as few rulesets as the limits allow, in their order, each ruleset checked."""
    definitions: list[Definition] = []
    anchors: list[list[Rule]] = []
    tree = Tree()
    fields: set[str] = set()

    def finish() -> None:
        if anchors:
            definition = Definition(tuple(map(tuple, anchors)), layer)
            check(definition)
            definitions.append(definition)

    for rule in rules:
        wanted = {test.field for test in rule.tests}
        full = sum(map(len, anchors)) + 1 >= MOST_RULES or len(fields | wanted) > MOST_FIELDS
        if anchors and full:
            finish()
            anchors, fields = [], set()
        fields |= wanted
        if anchors:
            tree.add(rule)
        if not anchors or tree.pending > MOST_UNDER_ANCHOR:
            if len(anchors) + MOST_UNDER_ANCHOR >= MOST_PENDING:
                finish()
                anchors, fields = [], wanted
            anchors.append([])
            tree = Tree()
            tree.add(rule)
        anchors[-1].append(rule)
    finish()
    return tuple(definitions)


class Tree:
    """How durable_rules lays out the tests of one anchor's rules: equal beginnings are shared.

    `pending` is the most nodes that can wait at once below this node, if every test held.
    """

    def __init__(self) -> None:
        self._children: dict[object, Tree] = {}
        self._deepest = 1

    @property
    def pending(self) -> int:
        return len(self._children) - 1 + self._deepest if self._children else 0

    def add(self, rule: Rule) -> None:
        """Hang a rule's alternatives into the tree; where there are several, they meet in one more node."""
        for way in rule.formula:
            path: list[Tree] = [self]
            for step in way if len(rule.formula) == 1 else (*way, rule.name):
                path.append(path[-1]._children.setdefault(step, Tree()))
            for parent, child in reversed(list(pairwise(path))):
                parent._deepest = max(parent._deepest, child.pending)


def check(definition: Definition) -> None:
    """Raise `EnvelopeError` where a ruleset is outside the limits; names what, and the limit."""
    rules = list(definition.rules)
    subject = ", ".join(dict.fromkeys(rule.subject for rule in rules[:1])) or "the ruleset"
    _limit(subject, "rules in one ruleset", len(rules) + 1, MOST_RULES)
    _limit(subject, "fields in one fact", len(definition.reads), MOST_FIELDS)
    _limit(subject, "nodes that wait while a fact is matched", _pending(definition.anchors), MOST_PENDING)
    for rule in rules:
        _limit(rule.subject, "alternatives in one rule", len(rule.formula), MOST_ALTERNATIVES)
        if not rule.formula or not all(rule.formula):
            raise EnvelopeError(f"`{rule.subject}`: a rule without a test cannot be compiled")
        for test in rule.tests:
            _limit(rule.subject, "as a constant in a rule", abs(test.constant), LARGEST_CONSTANT)
            if test.op not in OPERATORS:
                raise EnvelopeError(f"`{rule.subject}`: the operator `{test.op}` is not known to be sound")
    check_names((*RESERVED, *definition.anchor_names, *definition.reads))
    if len({rule.name for rule in rules} - {CATCH_ALL}) != len(rules):
        raise EnvelopeError(f"`{subject}`: two rules have one name")


def _pending(anchors: Sequence[Sequence[Rule]]) -> int:
    trees = [Tree() for _ in anchors]
    for tree, group in zip(trees, anchors, strict=True):
        for rule in group:
            tree.add(rule)
    return len(trees) - 1 + max((tree.pending for tree in trees), default=0)


def _limit(subject: str, what: str, number: int, limit: int) -> None:
    if number > limit:
        raise EnvelopeError(f"`{subject}` is outside the forward engine's limits: {number:,} {what}, at most {limit:,}")


def check_names(names: Iterable[str]) -> None:
    """Raise `EnvelopeError` where two field names have one hash: durable_rules would take one for the other."""
    seen: dict[int, str] = {}
    for name in names:
        other = seen.setdefault(fnv1a_32(name), name)
        if other != name:
            raise EnvelopeError(f"durable_rules cannot tell the field names `{other}` and `{name}` apart")


def fnv1a_32(text: str) -> int:
    """The hash by which durable_rules tells names apart: Fowler, Noll and Vo's 1a with 32 bits."""
    number = 0x811C9DC5
    for byte in text.encode():
        number = (number ^ byte) * 16777619 & 0xFFFFFFFF
    return number
