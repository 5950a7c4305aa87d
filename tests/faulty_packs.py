"""A small pack whose rules are consistent, and the same pack with one fault planted in it."""

from __future__ import annotations

from datetime import date
from typing import Final

from attrs import evolve

from tests.handmade import fact, lines, must, must_not, norm, number, pack_of
from ynpolicy.claims import Claims, Constraint
from ynpolicy.expressions import parse
from ynpolicy.ir import (
    NOWHERE,
    All,
    DatedValue,
    Exemption,
    Kind,
    Lookup,
    Modality,
    Norm,
    Pack,
    Parameter,
    Table,
    Text,
)
from ynpolicy.values import exact

NONE: Final = Text("", "")
NOTHING: Final = Claims()
FACTS: Final = (
    fact("a.kind", Kind.SYMBOL, "pqr"),
    fact("a.group", Kind.SYMBOL, "gh", derived=Lookup("a.kind", "groups", "group")),
    fact("a.flag"),
    fact("a.done"),
    fact("a.extra"),
    fact("a.marks", Kind.SYMBOLS, "cd"),
    number("a.size"),
    number("a.load"),
    fact("a.day", Kind.DATE),
)
GROUPS: Final = Table(
    "groups",
    "kind",
    ("kind", "group"),
    {kind: {"kind": kind, "group": group} for kind, group in (("p", "g"), ("q", "g"), ("r", "h"))},
)
SPANS: Final = (
    DatedValue(exact(10), None, date(2022, 12, 31)),
    DatedValue(exact(20), date(2023, 1, 1), None),
)


def cap(*spans: DatedValue) -> Parameter:
    return Parameter("cap", Kind.NUMBER, NONE, spans)


def between(id: str, low: int, high: int, least: int) -> Norm:
    """A row of a table of bands: from `low` to below `high`, where `a.load` reaches `least`."""
    return must(f"band[{id}]", f"a.load >= {least}", applies=[f"a.size >= {low}", f"a.size < {high}"])


def exempted(id: str, requirement: str, applies: str, *exceptions: str) -> Norm:
    made = norm(id, Modality.MUST, lines(requirement), lines(applies))
    return evolve(made, exemptions=tuple(Exemption(f"e{i}", NONE, lines(e)) for i, e in enumerate(exceptions)))


NORMS: Final = (
    must("size", "a.size <= cap", applies=['a.kind == "p"']),
    must("done", "a.done", applies=["a.flag"]),
    exempted("marked", 'overlaps(a.marks, ["c"])', 'a.group == "h"', "a.extra"),
    must("band[low]", "a.load >= 1", applies=["a.size < 10"]),
    between("high", 10, 100, 5),
    must("band[top]", "a.load >= 9", applies=["a.size >= 100"]),
)


def sound(*norms: Norm, without: str = "", claims: Claims = NOTHING) -> Pack:
    """The pack whose rules are consistent, with further norms, or without one."""
    kept = [evolve(own, topic="t") for own in (*NORMS, *norms) if own.id != without]
    base = pack_of(FACTS, [], tables=[GROUPS])
    return evolve(base, norms={own.id: own for own in kept}, parameters={"cap": cap(*SPANS)}, claims=claims)


def dated(*spans: DatedValue) -> Pack:
    """The same with other values of the parameter."""
    return evolve(sound(), parameters={"cap": cap(*spans)})


def rows(**cells: str) -> Pack:
    """The same with other rows in the table by which a fact follows."""
    table = evolve(GROUPS, rows={kind: {"kind": kind, "group": group} for kind, group in cells.items()})
    return evolve(sound(), tables={"groups": table})


def possible(line: str) -> Claims:
    """Claims that a line holds of every possible case."""
    return Claims(possible=(Constraint("c", "project", lines(line), NONE),))


def soft(id: str, requirement: str, applies: str) -> Norm:
    return norm(id, Modality.SHOULD, lines(requirement), lines(applies))


def days(made: Norm, since: date | None, until: date | None) -> Norm:
    return evolve(made, since=since, until=until)


P, Q = 'a.kind == "p"', 'a.kind == "q"'
FAULTS: Final[tuple[tuple[str, str, str, Pack], ...]] = (
    # what is planted, the kind under which it is found, of what, and the pack
    ("a duty and a ban of one thing", "contradiction", "done x", sound(must_not("x", "a.done"))),
    (
        "two bounds that leave no number",
        "contradiction",
        "size x",
        sound(must("x", "a.size > 20", applies=['a.kind in ["p", "q"]'])),
    ),
    (
        "a contradiction that only the later value of a parameter makes",
        "contradiction",
        "size x",
        sound(days(must("x", "a.size > 15", applies=[P]), None, date(2022, 6, 30))),
    ),
    (
        "a duty that no set of symbols fulfils beside another",
        "contradiction",
        "marked x",
        sound(must("x", 'within(a.marks, ["d"])', applies=['a.kind == "r"'])),
    ),
    ("a norm in principle against a ban", "contradiction", "done x", sound(soft("x", "not a.done", P))),
    ("a norm that contradicts itself", "contradiction", "x", sound(must("x", "a.load > 5", "a.load < 3", applies=[Q]))),
    ("a scope that is empty", "dead_norm", "x", sound(must("x", "a.extra", applies=[P, Q]))),
    (
        "a scope that a lookup empties",
        "dead_norm",
        "x",
        sound(must("x", "a.extra", applies=[P, 'a.group == "h"'])),
    ),
    (
        "a norm that ends before it begins",
        "dead_norm",
        "x",
        sound(days(must("x", "a.extra"), date(2023, 1, 1), date(2022, 1, 1))),
    ),
    (
        "a duty that every possible case fulfils",
        "dead_norm",
        "x",
        sound(must("x", "a.load <= 1000", applies=[Q]), claims=possible("a.load <= 500")),
    ),
    (
        "a weaker bound beside a stronger one",
        "dead_line",
        "x",
        sound(must("x", "a.load >= 5", "a.load >= 3", applies=[Q])),
    ),
    (
        "a branch that another one covers",
        "dead_line",
        "x",
        sound(norm("x", Modality.MUST, lines("a.extra"), All((parse("a.size > 7 or a.size > 9", NOWHERE),)))),
    ),
    (
        "a line that says what another says",
        "dead_line",
        "x",
        sound(must("x", "a.extra", applies=['a.group == "g"', 'a.group != "h"'])),
    ),
    ("an exception as wide as the scope", "swallowed", "x", sound(exempted("x", "a.extra", Q, 'a.group == "g"'))),
    (
        "exceptions that together leave nothing",
        "swallowed",
        "x",
        sound(exempted("x", "a.extra", Q, "a.flag", "not a.flag")),
    ),
    ("a stricter norm with a wider scope", "implied", "x done", sound(must("x", "a.done", applies=["a.flag", Q]))),
    (
        "a bound that is never reached first",
        "implied",
        "x size",
        sound(must("x", "a.size <= 30", applies=[P])),
    ),
    (
        "bands that share their edge",
        "row_overlap",
        "band[edge] band[high]",
        sound(must("band[edge]", "a.load >= 1", applies=["a.size <= 10"]), without="band[low]"),
    ),
    ("a band that is missing", "row_gap", "band", sound(without="band[high]")),
    (
        "a band that is missing for a year",
        "row_gap",
        "band",
        sound(days(between("late", 10, 100, 5), date(2023, 1, 1), None), without="band[high]"),
    ),
    (
        "a table without any row for a month",
        "row_gap",
        "rate",
        sound(
            days(must("rate[early]", "a.load >= 2"), None, date(2022, 6, 30)),
            days(must("rate[late]", "a.load >= 3"), date(2022, 8, 1), None),
        ),
    ),
    ("a symbol without a row", "row_gap", "groups", rows(p="g", q="g")),
    ("a row with an empty cell", "row_gap", "groups", rows(p="g", q="g", r="")),
    (
        "days without a value",
        "date_gap",
        "size cap",
        dated(evolve(SPANS[0], until=date(2022, 12, 30)), SPANS[1]),
    ),
    (
        "a day with two values",
        "date_gap",
        "size cap",
        dated(SPANS[0], evolve(SPANS[1], since=date(2022, 12, 31))),
    ),
    (
        "days between a norm and the one that follows it",
        "date_gap",
        "old new",
        sound(
            days(must("old", "a.load >= 2", applies=[Q]), None, date(2022, 6, 30)),
            days(must("new", "a.load >= 3", applies=[Q]), date(2022, 7, 2), None),
        ),
    ),
    (
        "a day on which a norm and the one that follows it are both in force",
        "date_gap",
        "old new",
        sound(
            days(must("old", "a.load >= 2", applies=[Q]), None, date(2022, 7, 1)),
            days(must("new", "a.load >= 3", applies=[Q]), date(2022, 7, 1), None),
        ),
    ),
    ("a topic that is silent", "gap", "t project", sound(without="band[top]")),
)
"""Faults of every kind, each alone in a pack that is sound without it."""
