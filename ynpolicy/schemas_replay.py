"""The JSON Schemas of a bundle's `bundle.json` and of what `replay` finds."""

from __future__ import annotations

from typing import Final

from ynpolicy.schemas_shapes import (
    BOTH,
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

BUNDLE_SCHEMA: Final = "ynpolicy.bundle/1"
REPLAY_SCHEMA: Final = "ynpolicy.replay/1"

CIRCUMSTANCES: Final = ("library", "code", "engines", "calendar", "python")
"""What a verdict may hang on besides case, rules and layers."""
CAUSES: Final = ("calendar", "code", "python", "record")
ELEMENTS: Final = ("norm", "row", "parameter", "fact", "territory", "reading", "since", "grouping")
"""What of two packs may differ: what a norm reads, and which cases are judged together."""


def bundle_schema() -> Shape:
    """The schema of the file `bundle.json` in a bundle."""
    pack = {"id": WORD, "version": WORD, "digest": DIGEST, "folder": WORD}
    case = {"name": WORD, "as_of": either(NULL, DAY), "file": WORD, "normalised": WORD, "verdicts": WORD}
    shape = closed(
        {
            "schema": {"const": BUNDLE_SCHEMA},
            "library": WORD,
            "code": DIGEST,
            "pack": closed({**pack, "readings": {"type": "object", "additionalProperties": WORD}}),
            "cases": listing(closed(case, {"located": WORD}), 1),
            "files": {"type": "object", "additionalProperties": DIGEST},
        }
    )
    return published("bundle", "what a bundle holds", shape, {})


def replay_schema() -> Shape:
    """The schema of one bundle judged again, as `replay --format json` lists it."""
    decision = either(NULL, one_of(decision.value for decision in Decision))
    outcome = one_of(outcome.value for outcome in Outcome)
    side = either(NULL, closed({"outcome": outcome, "exemption": either(NULL, WORD), "missing": listing(WORD)}))
    finding = {"norm": WORD, "title": BOTH, "before": side, "after": side}
    about = {"file": WORD, "title": TEXT, "level": WORD, "as_of": DAY}
    element = {
        "kind": one_of(ELEMENTS),
        "name": WORD,
        "label": BOTH,
        "differs": listing(closed({"name": WORD, "before": TEXT, "after": TEXT})),
    }
    words = either(NULL, TEXT)
    defs = {
        "problem": closed({"place": WORD, "message": WORD, "help": TEXT}),
        "element": closed(element),
        "recorded": closed(
            {
                **about,
                "judged_at": WORD,
                "same": FLAG,
                "before": WORD,
                "after": decision,
                "findings": listing(closed(finding)),
                "facts": listing(closed({"name": WORD, "before": {}, "after": {}})),
                "parts": listing(WORD),
                "circumstances": listing(closed({"name": one_of(CIRCUMSTANCES), "before": TEXT, "after": TEXT})),
                "causes": listing(one_of(CAUSES)),
                "problems": listing(refer("problem")),
            }
        ),
        "amended": closed(
            {
                **about,
                "same": FLAG,
                "before": decision,
                "after": decision,
                "findings": listing(
                    closed(
                        {
                            **finding,
                            "causes": listing(closed({**element, "alone": FLAG})),
                            "explained": FLAG,
                            "clauses": listing(closed({"id": WORD, "section": TEXT, "before": words, "after": words})),
                        }
                    )
                ),
                "without_effect": listing(refer("element")),
                "parts": listing(WORD),
                "left_out": listing(closed({"kind": WORD, "name": TEXT, "problem": either(NULL, refer("problem"))})),
                "problems": listing(refer("problem")),
            }
        ),
    }
    pack = closed({"id": WORD, "version": WORD, "digest": DIGEST})
    note = closed({"kind": WORD, "name": WORD, "after": TEXT})
    newer = closed({"pack": pack, "same": FLAG, "notes": listing(note), "cases": listing(refer("amended"))})
    shape = closed(
        {
            "schema": {"const": REPLAY_SCHEMA},
            "bundle": WORD,
            "pack": pack,
            "same": FLAG,
            "cases": listing(refer("recorded")),
            "newer": either(NULL, newer),
        }
    )
    return published("replay", "a bundle judged again", shape, defs)
