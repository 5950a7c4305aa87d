"""The JSON Schema of what a pack says of a portfolio, as `portfolio --format json` prints it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ynpolicy.groupings import Reckoning
from ynpolicy.ir import LEVELS
from ynpolicy.schemas_shapes import (
    BOTH,
    COUNT,
    DAY,
    DECIMAL,
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
from ynpolicy.values import Truth

PORTFOLIO_SCHEMA: Final = "ynpolicy.portfolio/1"


def portfolio_schema(value: Mapping[str, Any], verdict: Mapping[str, Any]) -> Shape:
    """The schema of a portfolio; `value` is the shape of a member's value, `verdict` that of a group's verdict."""
    open_ends = {"may_lack_members": FLAG, "list_begins_later": FLAG}
    name = {"id": WORD, "title": TEXT, "level": one_of(LEVELS), "place": TEXT}
    bound = either(NULL, DECIMAL)
    defs = {
        "name": closed(name),
        "unplaced": closed({**name, "missing": listing(WORD)}),
        "share": closed(
            {
                **name,
                "counts": one_of(truth.value for truth in Truth),
                "value": either(NULL, value),
                "missing": listing(WORD),
            }
        ),
        "gathered": closed(
            {
                "fact": WORD,
                "value": either(NULL, closed({"at_least": bound, "at_most": bound}), value),
                "state": one_of(("known", "unknown", "conflict")),
                **open_ends,
                "members": listing(refer("share")),
            }
        ),
        "cause": closed(
            {
                "fact": WORD,
                "how": one_of(how.value for how in Reckoning),
                "counted": listing(WORD),
                "enough": COUNT,
                "open": listing(WORD),
                "group_unknown": COUNT,
                **open_ends,
            }
        ),
        "group": closed(
            {
                "key": TEXT,
                "title": TEXT,
                "listed": FLAG,
                "gathered": listing(refer("gathered")),
                "causes": {"type": "object", "additionalProperties": listing(refer("cause"), 1)},
                "verdict": verdict,
            }
        ),
        "grouping": closed(
            {
                "id": WORD,
                "title": BOTH,
                "level": one_of(LEVELS),
                "members": one_of(LEVELS),
                "complete": FLAG,
                "groups": listing(refer("group")),
                "group_unknown": listing(refer("unplaced")),
                "off_roster": listing(refer("name")),
            }
        ),
    }
    shape = closed(
        {
            "schema": {"const": PORTFOLIO_SCHEMA},
            "pack": closed({"id": WORD, "version": WORD, "digest": DIGEST}),
            "as_of": DAY,
            "cases": {"type": "object", "propertyNames": one_of(LEVELS), "additionalProperties": COUNT},
            "complete": listing(one_of(LEVELS)),
            "groupings": listing(refer("grouping")),
        }
    )
    return published("portfolio", "the verdicts on the groups of a portfolio", shape, defs)
