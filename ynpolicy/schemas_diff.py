"""The JSON Schema of two packs side by side, as `diff --format json` prints it."""

from __future__ import annotations

from typing import Final

from ynpolicy.schemas_replay import ELEMENTS
from ynpolicy.schemas_shapes import (
    COUNT,
    DAY,
    DIGEST,
    FLAG,
    NULL,
    TEXT,
    WORD,
    Shape,
    closed,
    either,
    listing,
    one_of,
    published,
    refer,
)
from ynpolicy.verdict import Decision, Outcome

DIFF_SCHEMA: Final = "ynpolicy.diff/1"
RELATIONS: Final = (
    *("same_text", "equivalent", "as_strict", "stricter", "looser"),
    *("incomparable", "undecided", "added", "removed"),
)
"""How a norm of B may stand to that of A."""
SHOWS: Final = ("stricter", "looser", "open", "other")
"""What a witness may show: B burdens the case more, less; one of the packs leaves it undetermined; another outcome."""


def diff_schema() -> Shape:
    """The schema of one comparison; `a` and `b` of any pair are the two packs' own."""
    decision = either(NULL, one_of(decision.value for decision in Decision))
    outcome = either(NULL, one_of(outcome.value for outcome in Outcome))
    name = either(NULL, WORD)
    outcomes = closed({"a": outcome, "b": outcome})
    words = {"type": "object", "additionalProperties": WORD}
    defs = {
        "side": closed({"id": WORD, "version": WORD, "digest": DIGEST, "readings": words, "as_of": either(NULL, DAY)}),
        "element": closed(
            {
                "kind": one_of(ELEMENTS),
                "name": WORD,
                "aspects": listing(closed({"name": WORD, "a": TEXT, "b": TEXT})),
            }
        ),
        "shown": closed({"outcome": outcome, "decision": decision, "case": {"type": "object"}}),
        "norm": closed(
            {"a": name, "b": name, "level": WORD, "relation": one_of(RELATIONS)},
            {
                "why": WORD,
                "differences": listing(refer("element"), 1),
                "witnesses": listing(
                    closed(
                        {
                            "files": listing(WORD, 1),
                            "shows": one_of(SHOWS),
                            "replays": FLAG,
                            "a": refer("shown"),
                            "b": refer("shown"),
                        }
                    ),
                    1,
                ),
            },
        ),
        "change": closed(
            {
                "case": TEXT,
                "place": WORD,
                "level": WORD,
                "as_of": listing(DAY, 2),
                "decision": closed({"a": decision, "b": decision}),
                "findings": listing(closed({"a": name, "b": name, "clauses": listing(WORD), "outcome": outcomes})),
                "left_out": listing(closed({"kind": WORD, "name": TEXT})),
                "problems": listing(WORD),
            }
        ),
    }
    counted = closed({"cases": COUNT, "changed": COUNT})
    portfolio = closed(
        {
            "cases": COUNT,
            "changed": COUNT,
            "other_levels": COUNT,
            "columns_passed_over": listing(WORD),
            "decisions": listing(closed({"a": decision, "b": decision, "cases": COUNT})),
            "clauses": {"type": "object", "additionalProperties": COUNT},
            "by": {"type": "object", "additionalProperties": {"type": "object", "additionalProperties": counted}},
            "changes": listing(refer("change")),
        }
    )
    shape = closed(
        {
            "schema": {"const": DIFF_SCHEMA},
            "a": refer("side"),
            "b": refer("side"),
            "same": FLAG,
            "engines": listing(WORD, 1),
            "counts": closed(dict.fromkeys(RELATIONS, COUNT)),
            "renamed": listing(closed({"kind": WORD, "a": WORD, "b": WORD})),
            "vocabulary": listing(refer("element")),
            "norms": listing(refer("norm")),
        },
        {"portfolio": portfolio},
    )
    return published("diff", "two packs side by side", shape, defs)
