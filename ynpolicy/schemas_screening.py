"""The JSON Schema of the summary of a screening, as `screen --summary x.json` writes it."""

from __future__ import annotations

from typing import Final

from ynpolicy.ir import Modality
from ynpolicy.schemas_shapes import (
    BOTH,
    COUNT,
    DAY,
    DIGEST,
    TEXT,
    WORD,
    Shape,
    closed,
    either,
    listing,
    one_of,
    published,
)
from ynpolicy.verdict import Decision, Outcome

SCREENING_SCHEMA: Final = "ynpolicy.screening/1"


def screening_schema() -> Shape:
    """The schema of one summary."""
    decisions: Shape = {
        "type": "object",
        "propertyNames": one_of(decision.value for decision in Decision),
        "additionalProperties": COUNT,
    }
    norm = closed(
        {
            "id": WORD,
            "title": BOTH,
            "modality": one_of(modality.value for modality in Modality),
            "clauses": listing(WORD),
            "outcomes": closed({outcome.value: COUNT for outcome in Outcome}),
        }
    )
    group = closed(
        {
            "fact": WORD,
            "label": BOTH,
            "told_by": listing(WORD),
            "symbols": listing(closed({"symbol": TEXT, "label": BOTH, "decisions": decisions})),
        }
    )
    receipt = closed(
        {
            **dict.fromkeys(("table", "level", "pack", "pack_version", "library", "engine", "options"), WORD),
            "source": WORD,
            **dict.fromkeys(("mapping", "pack_digest", "text_digest", "code"), DIGEST),
            "as_of": either({"const": ""}, DAY),
            "as_of_column": TEXT,
            "calendar": TEXT,
            "readings": {"type": "object", "additionalProperties": WORD},
            "tables": listing(WORD),
        }
    )
    shape = closed(
        {
            "schema": {"const": SCREENING_SCHEMA},
            **dict.fromkeys(("rows", "judged", "rejected", "after_period"), COUNT),
            "as_of": closed({"first": either({"const": ""}, DAY), "last": either({"const": ""}, DAY)}),
            "decisions": closed({decision.value: COUNT for decision in Decision}),
            "norms": listing(norm),
            "groups": listing(group),
            "missing": listing(closed({"fact": WORD, "label": BOTH, "rows": COUNT})),
            "rejections": listing(closed({"column": TEXT, "reason": WORD, "rows": COUNT})),
            "receipt": receipt,
        }
    )
    return published("screening", "What a screening found in all", shape, {})
