"""A certificate as plain JSON data, and its shape in the schema of a verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ynpolicy.certificates import KINDS, Certificate, Standing
from ynpolicy.schemas_shapes import COUNT, FLAG, TEXT, WORD, Shape, closed, listing, one_of
from ynpolicy.values import Value


def certificate_to_dict(found: Certificate, write: Callable[[Value | None], Any]) -> dict[str, Any]:
    """A certificate as plain data; `write` writes a value."""
    return {
        "engines": list(found.engines),
        "proved": found.proved,
        "statements": [
            {
                "kind": statement.kind,
                "about": list(statement.about),
                "left_out": statement.left_out,
                "standing": statement.standing.value,
                "claimed": statement.claimed,
                "solver": statement.solver,
                "questions": statement.questions,
                "reason": statement.reason,
                "shown": [{name: write(value) for name, value in one.values.items()} for one in statement.shown],
            }
            for statement in found.statements
        ],
    }


def certificate_schema(value: Mapping[str, Any]) -> Shape:
    """The shape of a certificate; `value` is the shape of a value."""
    statement = closed(
        {
            "kind": one_of(KINDS),
            "about": listing(WORD),
            "left_out": TEXT,
            "standing": one_of(standing.value for standing in Standing),
            "claimed": FLAG,
            "solver": one_of(("sat", "unsat", "unknown", "not asked")),
            "questions": COUNT,
            "reason": TEXT,
            "shown": listing({"type": "object", "additionalProperties": value}),
        }
    )
    return closed({"engines": listing(WORD, 1), "proved": FLAG, "statements": listing(statement)})
