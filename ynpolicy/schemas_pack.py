"""The JSON Schema of a pack: an object whose keys are the pack's files and whose values are their contents."""

from __future__ import annotations

from typing import Final

from ynpolicy.claims import SETTLED_KINDS
from ynpolicy.ir import INSTRUMENTS, LEVELS, Kind, Modality
from ynpolicy.law import RANKS
from ynpolicy.passages import CLAUSE_KINDS
from ynpolicy.schemas_grouping import grouping_shape, portfolio_cases_shape
from ynpolicy.schemas_shapes import (
    BOTH,
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
from ynpolicy.vocabulary_located import UNITS

_FACT_NAME: Final = r"^[a-z{][a-z0-9_{}]*\.[a-z{][a-z0-9_{}]*$"
_BARE_NAME: Final = "^[a-z{][a-z0-9_{}]*$"
_NORM_ID: Final = r"^[a-z0-9][a-z0-9_-]*(\.[a-z0-9][a-z0-9_-]*)*$"
_NUMBER: Final[Shape] = either({"type": "number"}, {"type": "string", "pattern": r"^[+-]?(\d+(\.\d*)?|\.\d+)$"})
_CELL: Final[Shape] = {"type": "string", "pattern": r"^\{[a-z][a-z0-9_]*\}$"}
_EACH: Final[Shape] = either(WORD, closed({"table": WORD}, {"where": {"type": "object"}}))
_SOFT: Final = (Modality.REVIEW, Modality.MAY)


def pack_schema() -> Shape:
    """The files of a pack by path: `pack.yaml`, `facts.yaml`, ..., `norms/*.yaml`, `cases/*.yaml`, `portfolio/*.yaml`.

    Tables are CSV and readings Markdown; no schema describes them.
    """
    names = ("pack", "facts", "parameters", "clauses")
    shape = closed(
        {f"{name}.yaml": refer(name) for name in names},
        {"outline.yaml": refer("outline"), "proof.yaml": refer("proof")},
    )
    shape["patternProperties"] = {
        r"^norms/[^/]+\.yaml$": refer("norms"),
        r"^cases/[^/]+\.yaml$": refer("cases"),
        r"^portfolio/[^/]+\.yaml$": refer("grouping"),
        r"^cases/portfolio/[^/]+\.yaml$": refer("portfolio_cases"),
    }
    defs = {
        "words": either(NULL, WORD, listing(WORD)),
        "lines": either(NULL, refer("line"), listing(refer("line"))),
        "some_lines": either(refer("line"), listing(refer("line"), 1)),
        "line": either(WORD, *(closed({key: refer("some_lines")}) for key in ("any", "all", "not"))),
        "pack": _head(),
        "facts": {"type": "object", "patternProperties": {_FACT_NAME: _fact()}, "additionalProperties": False},
        "parameters": {
            "type": "object",
            "patternProperties": {_BARE_NAME: _parameter()},
            "additionalProperties": False,
        },
        "clauses": listing(_clause()),
        "outline": _outline(),
        "proof": _proof(),
        "norms": listing(_norm()),
        "cases": _cases(),
        "grouping": grouping_shape(_FACT_NAME, _EACH),
        "portfolio_cases": portfolio_cases_shape(),
    }
    return published("pack", "the files of a pack", shape, defs)


def _head() -> Shape:
    return closed(
        {
            "id": WORD,
            "version": WORD,
            "title": BOTH,
            "issuer": BOTH,
            "period": {**listing(DAY, 1), "maxItems": 2},
            "since": DAY,
            "topics": refer("words"),
        },
        {
            "instrument": one_of(INSTRUMENTS),
            "text_digest": either(NULL, DIGEST),
            "notices": either(NULL, listing(BOTH)),
            "superseded_by": either(NULL, BOTH),
            "territory": either(NULL, closed({}, {level: refer("lines") for level in LEVELS})),
        },
    )


def _fact() -> Shape:
    listed = {"type": "object", "additionalProperties": closed({"zh": WORD, "en": WORD}, {"aliases": refer("words")})}
    drawn = closed({"table": WORD, "label": WORD}, {"label_en": WORD, "aliases": refer("words")})
    derive = either(
        closed({"lookup": WORD, "from": WORD, "column": WORD}),
        closed({"sum": listing(WORD, 1)}),
        closed({"working_days": WORD, "after": either(WORD, listing(WORD, 1))}),
    )
    ranks = either(one_of(RANKS), listing(one_of(RANKS), 1))
    locate = either(
        closed({"rivers": either(WORD, listing(WORD, 1)), "ranks": ranks}, {"buffer": TEXT}),
        closed({"boundaries": one_of(UNITS)}),
    )
    shape = closed(
        {"type": one_of(kind.value for kind in Kind), "label": BOTH, "question": BOTH},
        {
            "aliases": refer("words"),
            "levels": either(NULL, one_of(LEVELS), _CELL, listing(either(one_of(LEVELS), _CELL))),
            "answered_by": either(NULL, BOTH),
            "unit": TEXT,
            "resolution": either(_NUMBER, _CELL),
            "minimum": either(_NUMBER, _CELL),
            "maximum": either(_NUMBER, _CELL),
            "symbols": {"if": {"required": ["table", "label"]}, "then": drawn, "else": listed},
            "arises": refer("lines"),
            "derive": derive,
            "locate": locate,
            "changeable": FLAG,
            "cost": either(_NUMBER, _CELL),
            "for_each": _EACH,
        },
    )
    symbolic = {"properties": {"type": one_of((Kind.SYMBOL.value, Kind.SYMBOLS.value))}}
    numeric = {"properties": {"type": {"const": Kind.NUMBER.value}}}
    shape["allOf"] = [
        {"if": symbolic, "then": {"required": ["symbols"]}, "else": {"not": {"required": ["symbols"]}}},
        {"if": {"required": ["unit"]}, "then": numeric},
    ]
    return shape


def _parameter() -> Shape:
    entry = closed(
        {},
        {
            "value": either(NULL, FLAG, {"type": "number"}, TEXT, listing(WORD)),
            "since": either(NULL, DAY, _CELL),
            "until": either(NULL, DAY, _CELL),
            "clause": TEXT,
            "source": TEXT,
            "status": either(one_of(("verified", "unverified")), _CELL),
            "note": BOTH,
            "under": either(NULL, {"type": "object", "additionalProperties": refer("words")}),
        },
    )
    unverified = {"properties": {"status": {"const": "unverified"}}, "required": ["status"]}
    known = {
        "required": ["value"],
        "properties": {"value": {"not": NULL}},
        "anyOf": [{"required": ["clause"]}, {"required": ["source"]}],
    }
    entry |= {"if": unverified, "then": {"required": ["note"]}, "else": known}
    kinds = one_of(kind.value for kind in Kind if kind is not Kind.TEXT)
    return closed({"type": kinds, "label": BOTH, "values": listing(entry, 1)}, {"unit": TEXT, "for_each": _EACH})


def _clause() -> Shape:
    return closed(
        {
            "id": WORD,
            "section": WORD,
            "quote": WORD,
            "offset": COUNT,
            "length": {"type": "integer", "minimum": 1},
            "digest": {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"},
            "kind": one_of(CLAUSE_KINDS),
        },
        {"occurrence": {"type": "integer", "minimum": 1}, "reason": either(NULL, BOTH)},
    )


def _outline() -> Shape:
    headings = listing(closed({"section": WORD, "words": WORD, "offset": COUNT}))
    chapter = closed({"section": WORD, "title": BOTH}, {"normative": FLAG, "headings": either(NULL, headings)})
    return closed({}, {"entries": COUNT, "least_share": _NUMBER, "chapters": either(NULL, listing(chapter))})


def _proof() -> Shape:
    levels = either(one_of(LEVELS), listing(one_of(LEVELS), 1))
    names = either(WORD, listing(WORD, 1))
    possible = closed({"id": WORD, "levels": levels, "holds": refer("some_lines"), "reason": BOTH}, {"for_each": _EACH})
    silence = closed({"topics": names, "levels": levels, "reason": BOTH}, {"when": refer("lines")})
    settled = closed({"kind": one_of(SETTLED_KINDS), "about": names, "reason": BOTH}, {"reading": TEXT})
    lists = {"possible": possible, "silences": silence, "settled": settled}
    return closed({}, {key: either(NULL, listing(item)) for key, item in lists.items()})


def _norm() -> Shape:
    demands = {modality.value: BOTH if modality in _SOFT else refer("some_lines") for modality in Modality}
    shape = closed(
        {
            "id": {"type": "string", "pattern": _NORM_ID},
            "title": BOTH,
            "explanation": BOTH,
            "clauses": either(WORD, listing(WORD, 1)),
            "level": either(one_of(LEVELS), _CELL),
            "applies": refer("lines"),
        },
        {
            "contrary": refer("words"),
            "readings": refer("words"),
            "aliases": refer("words"),
            "under": either(NULL, {"type": "object", "additionalProperties": refer("words")}),
            **dict.fromkeys(("since", "until", "due"), either(NULL, DAY, _CELL)),
            "for_each": _EACH,
            "progress": either(
                NULL,
                closed(
                    {
                        **dict.fromkeys(("base", "goal"), WORD),
                        **{key: {"type": "integer"} for key in ("start", "end")},
                        **{key: {"type": "string", "pattern": _FACT_NAME} for key in ("final", "latest", "year")},
                    }
                ),
            ),
            "except": either(NULL, listing(closed({"id": WORD, "title": BOTH, "when": refer("some_lines")}))),
            **demands,
        },
    )
    shape["oneOf"] = [{"required": [modality.value]} for modality in Modality]
    return shape


def _cases() -> Shape:
    facts = either(NULL, {"type": "object"})
    case = closed(
        {"case": WORD, "norm": WORD, "expect": one_of(outcome.value for outcome in Outcome)},
        {
            "base": WORD,
            "as_of": either(NULL, WORD),
            "facts": facts,
            "records": facts,
            "readings": either(NULL, {"type": "object", "additionalProperties": WORD}),
            "exemption": WORD,
            "missing": refer("words"),
            "decision": one_of(decision.value for decision in Decision),
            "for_each": _EACH,
        },
    )
    return closed({"cases": listing(case)}, {"bases": {"type": "object", "additionalProperties": facts}})
