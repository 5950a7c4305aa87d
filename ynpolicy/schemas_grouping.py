"""The JSON Schemas of the files in which a pack speaks of groups of cases, and of the cases on them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ynpolicy.grouping_files import OF_YEAR_BEFORE
from ynpolicy.groupings import Reckoning
from ynpolicy.ir import LEVELS
from ynpolicy.schemas_shapes import BOTH, FLAG, NULL, WORD, Shape, closed, either, listing, one_of, refer
from ynpolicy.verdict import Outcome

_COUNTING = (Reckoning.COUNT, Reckoning.SOME)


def grouping_shape(fact_name: str, each: Mapping[str, Any]) -> Shape:
    """A file in `portfolio/`; `each` is the shape of what chooses rows of a table."""
    name = {"type": "string", "pattern": fact_name}
    gather = [
        closed(
            {how.value: refer("lines") if how in _COUNTING else name}, {"of": one_of((OF_YEAR_BEFORE,))} | _where(how)
        )
        for how in Reckoning
    ]
    return closed(
        {
            "title": BOTH,
            "level": one_of(LEVELS),
            "members": one_of(LEVELS),
            "gather": _facts(fact_name, either(*gather)),
        },
        {
            "among": refer("lines"),
            "by": either(name, closed({"year": name})),
            "named": name,
            "groups": each,
            "states": _facts(fact_name, WORD),
            "judged": refer("words"),
        },
    )


def _where(how: Reckoning) -> dict[str, Any]:
    return {} if how in _COUNTING else {"where": refer("lines")}


def _facts(fact_name: str, shape: Mapping[str, Any]) -> Shape:
    return {"type": "object", "patternProperties": {fact_name: shape}, "additionalProperties": False}


def portfolio_cases_shape() -> Shape:
    """A file in `cases/portfolio/`: lists of cases, and what must be said of their groups."""
    facts = either(NULL, {"type": "object"})
    member = closed({"id": WORD}, {"level": one_of(LEVELS), "base": WORD, "facts": facts})
    expected = {"type": "object", "additionalProperties": one_of(outcome.value for outcome in Outcome)}
    case = closed(
        {
            "case": WORD,
            "grouping": WORD,
            "as_of": WORD,
            "members": listing(member),
            "expect": {"type": "object", "additionalProperties": expected},
        },
        {
            "complete": FLAG,
            "caused_by": {
                "type": "object",
                "additionalProperties": {"type": "object", "additionalProperties": listing(WORD)},
            },
            "group_unknown": listing(WORD),
        },
    )
    return closed({"cases": listing(case)}, {"bases": {"type": "object", "additionalProperties": facts}})
