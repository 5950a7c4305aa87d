"""What another system sees: a verdict as plain JSON data, and the JSON Schemas of case, verdict and pack.

Numbers are exact decimal texts, never floats; sets and counts are in a fixed order, so that the same verdict is the
same text. Schemas follow semantic versioning: `ynpolicy.verdict/1` only ever gains optional parts.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from attrs import fields

from ynpolicy.errors import InputError, Place, Problem, nearest
from ynpolicy.ir import LEVELS, NOWHERE, Kind, Modality, Origin, Pack, Text
from ynpolicy.schemas_case import case_schema
from ynpolicy.schemas_certificate import certificate_schema, certificate_to_dict
from ynpolicy.schemas_diff import diff_schema
from ynpolicy.schemas_location import location_schema, location_to_dict
from ynpolicy.schemas_pack import pack_schema
from ynpolicy.schemas_portfolio import portfolio_schema
from ynpolicy.schemas_replay import bundle_schema, replay_schema
from ynpolicy.schemas_screening import screening_schema
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
from ynpolicy.values import Interval, SymbolSet, Truth, Value, number_text
from ynpolicy.verdict import Decision, Finding, Operand, Outcome, Remedy, TraceNode, Verdict

VERDICT_SCHEMA: Final = "ynpolicy.verdict/1"
KINDS: Final = ("case", "verdict", "pack", "bundle", "replay", "diff", "portfolio", "screening")

_STATES: Final = (
    "known",
    "imprecise",
    "incomplete",
    "unknown",
    "conflict",
    "absent",
    "not_applicable",
    "parameter",
    "unverified",
)


def schema(kind: str, pack: Pack | None = None) -> Shape:
    """The JSON Schema (draft 2020-12) of one of `KINDS`; of a `bundle` that of its `bundle.json`.

    With a pack, the schema of a case knows that pack's facts: names, labels, types, bounds and symbols. The schema of a
    pack describes its files: an object of file paths and their contents. Raises `InputError` for another kind.
    """
    match kind:
        case "case":
            return case_schema(pack)
        case "verdict":
            return _verdict_schema()
        case "pack":
            return pack_schema()
        case "bundle":
            return bundle_schema()
        case "replay":
            return replay_schema()
        case "diff":
            return diff_schema()
        case "portfolio":
            verdict = _verdict_schema()
            return portfolio_schema(verdict["$defs"]["value"], verdict)
        case "screening":
            return screening_schema()
    help = nearest(kind, KINDS) or f"there are {', '.join(KINDS)}"
    raise InputError([Problem(Place("schema"), f"there is no schema `{kind}`", help)])


# ---------------------------------------------------------------- a verdict as data


def value_to_json(value: Value | None) -> Any:
    """A value as JSON data.

    Booleans stay, symbols are their ids, numbers decimal texts (`{lo, hi}` when measured), dates ISO texts, and sets
    `{members, complete}` with their members sorted.
    """
    match value:
        case Interval(lo, hi):
            return number_text(lo) if lo == hi else {"lo": number_text(lo), "hi": number_text(hi)}
        case SymbolSet(members, complete):
            return {"members": sorted(members), "complete": complete}
        case date():
            return value.isoformat()
    return value


def verdict_to_dict(verdict: Verdict, pack: Pack) -> dict[str, Any]:
    """The verdict as plain data for JSON, as the schema `ynpolicy.verdict/1` describes it."""
    case, receipt = verdict.case, verdict.receipt
    return {
        "schema": VERDICT_SCHEMA,
        "receipt": {
            "pack": receipt.pack,
            "pack_version": receipt.pack_version,
            "pack_digest": receipt.pack_digest,
            "clauses_digest": receipt.clauses_digest,
            "text_digest": receipt.text_digest,
            "case_digest": receipt.case_digest,
            "as_of": receipt.as_of.isoformat(),
            "readings": dict(receipt.readings),
            "tables": list(receipt.tables),
            "library": receipt.library,
            "engines": list(receipt.engines),
            "layers": list(receipt.layers),
            "calendar": receipt.calendar,
            "python": receipt.python,
            "judged_at": receipt.judged_at,
        },
        "case": {
            "id": case.id,
            "title": case.title,
            "level": case.level,
            "as_of": case.as_of.isoformat(),
            "digest": case.digest,
        },
        "location": location_to_dict(case.location),
        "decision": verdict.decision.value,
        "after_period": verdict.after_period,
        "counts": {outcome.value: count for outcome, count in verdict.counts.items()},
        "missing": list(verdict.missing),
        "missing_sets": [list(names) for names in verdict.missing_sets],
        "missing_sets_wait_for": list(verdict.sufficiency.waits_for),
        "missing_sets_proved": verdict.sufficiency.proved,
        "ask_first": list(verdict.ask_first),
        "remedies": [_remedy(remedy, pack) for remedy in verdict.remedies],
        "remedies_proved": verdict.sufficiency.remedies_proved,
        **(
            {}
            if verdict.certificate is None
            else {"certificate": certificate_to_dict(verdict.certificate, value_to_json)}
        ),
        "notices": [_both(notice) for notice in pack.notices],
        "superseded_by": None if pack.superseded_by is None else _both(pack.superseded_by),
        "findings": [_finding(finding, verdict, pack) for finding in verdict.findings],
    }


def _both(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _remedy(remedy: Remedy, pack: Pack) -> dict[str, Any]:
    return {
        "decision": remedy.decision.value,
        "changes": [
            {
                "fact": change.fact,
                "unit": _unit(change.fact, pack),
                "before": value_to_json(change.before),
                "after": value_to_json(change.after),
            }
            for change in remedy.changes
        ],
    }


def _certificate(verdict: Verdict) -> dict[str, Any]:
    found = verdict.certificate
    return {} if found is None else {"certificate": certificate_to_dict(found, value_to_json)}


def _unit(name: str, pack: Pack) -> str:
    entry = pack.facts.get(name) or pack.parameters.get(name)
    return entry.unit if entry else ""


def _kind(operand: Operand, pack: Pack) -> str:
    entry = pack.facts.get(operand.name) or pack.parameters.get(operand.name)
    return entry.kind.value if entry else Kind.SYMBOL.value


def _finding(finding: Finding, verdict: Verdict, pack: Pack) -> dict[str, Any]:
    norm = finding.norm
    exemption = next((one for one in norm.exemptions if one.id == finding.exemption), None)
    return {
        "norm": norm.id,
        "title": _both(norm.title),
        "clauses": _clauses(norm.clauses, pack),
        "contrary": _clauses(norm.contrary, pack),
        "modality": norm.modality.value,
        "outcome": finding.outcome.value,
        "missing": list(finding.missing),
        "unverified": list(finding.unverified),
        "exemption": None if exemption is None else {"id": exemption.id, "title": _both(exemption.title)},
        "not_yet_due": finding.not_yet_due,
        "outside_territory": finding.outside_territory,
        "readings": [
            {
                "id": reading.id,
                "title": _both(reading.title),
                "option": pack.option(reading.id),
                "taken": _both(pack.taken(reading.id)),
            }
            for reading in (pack.readings[id] for id in norm.readings if id in pack.readings)
        ],
        "trace": [_node(node, verdict, pack) for node in finding.trace],
        "deciding": [node.id for node in finding.deciding],
    }


def _clauses(ids: Iterable[str], pack: Pack) -> list[dict[str, str]]:
    found = [pack.clauses[id] for id in ids if id in pack.clauses]
    return [{"id": clause.id, "section": clause.section, "quote": clause.quote} for clause in found]


def _node(node: TraceNode, verdict: Verdict, pack: Pack) -> dict[str, Any]:
    return {
        "id": node.id,
        "place": _place(node.place),
        "expression": node.expression,
        "truth": node.truth.value,
        "operands": [
            {
                "name": operand.name,
                "kind": _kind(operand, pack),
                "value": value_to_json(operand.value),
                "unit": _unit(operand.name, pack),
                "state": operand.state,
                "origins": [_origin(origin) for origin in verdict.case.origins.get(operand.name, ())],
            }
            for operand in node.operands
        ],
        "items": [_node(item, verdict, pack) for item in node.items],
    }


def _place(place: Place) -> str:
    """`file:line`, or the file alone where there are no lines (a cell of a workbook, data from Python)."""
    if place.file == NOWHERE.file:
        return ""
    return f"{place.file}:{place.line}" if place.line else place.file


def _origin(origin: Origin) -> dict[str, str]:
    found = {
        "document": origin.document,
        "page": origin.page,
        "date": origin.date,
        "entered_by": origin.entered_by,
        "stated": origin.stated,
        "derived": origin.derived,
        "calendar": origin.calendar,
        "located": origin.located,
        "doubts": origin.doubts,
        "place": _place(origin.place),
    }
    return {key: text for key, text in found.items() if text}


# ---------------------------------------------------------------- the schema of a verdict


def _verdict_schema() -> Shape:
    outcomes = [outcome.value for outcome in Outcome]
    decision = one_of(decision.value for decision in Decision)
    value = refer("value")
    operand = {
        "name": WORD,
        "kind": one_of(kind.value for kind in Kind if kind is not Kind.TEXT),
        "value": value,
        "unit": TEXT,
        "state": one_of(_STATES),
        "origins": listing(closed({}, dict.fromkeys((field.name for field in fields(Origin)), WORD))),
    }
    defs = {
        "value": either(
            NULL,
            FLAG,
            TEXT,
            closed({"lo": DECIMAL, "hi": DECIMAL}),
            closed({"members": {**listing(WORD), "uniqueItems": True}, "complete": FLAG}),
        ),
        "clause": closed({"id": WORD, "section": TEXT, "quote": WORD}),
        "node": closed(
            {
                "id": TEXT,
                "place": TEXT,
                "expression": WORD,
                "truth": one_of(truth.value for truth in Truth),
                "operands": listing(closed(operand)),
                "items": listing(refer("node")),
            }
        ),
        "finding": closed(
            {
                "norm": WORD,
                "title": BOTH,
                "clauses": listing(refer("clause")),
                "contrary": listing(refer("clause")),
                "modality": one_of(modality.value for modality in Modality),
                "outcome": one_of(outcomes),
                "missing": listing(WORD),
                "unverified": listing(WORD),
                "exemption": either(NULL, closed({"id": WORD, "title": BOTH})),
                "not_yet_due": FLAG,
                "outside_territory": FLAG,
                "readings": listing(closed({"id": WORD, "title": BOTH, "option": TEXT, "taken": BOTH})),
                "trace": listing(refer("node")),
                "deciding": listing(TEXT),
            }
        ),
        "remedy": closed(
            {
                "decision": decision,
                "changes": listing(closed({"fact": WORD, "unit": TEXT, "before": value, "after": value}), 1),
            }
        ),
    }
    receipt = {
        "pack": WORD,
        "pack_version": WORD,
        **dict.fromkeys(("pack_digest", "clauses_digest", "text_digest", "case_digest"), DIGEST),
        "as_of": DAY,
        "readings": {"type": "object", "additionalProperties": WORD},
        "tables": listing(WORD),
        "library": WORD,
        "engines": listing(WORD, 1),
        "judged_at": WORD,
    }
    shape = closed(
        {
            "schema": {"const": VERDICT_SCHEMA},
            "receipt": closed(receipt, {"layers": listing(WORD), "calendar": TEXT, "python": TEXT}),
            "case": closed({"id": WORD, "title": TEXT, "level": one_of(LEVELS), "as_of": DAY, "digest": DIGEST}),
            "decision": decision,
            "after_period": FLAG,
            "counts": closed(dict.fromkeys(outcomes, COUNT)),
            "missing": listing(WORD),
            "missing_sets": listing(listing(WORD)),
            "missing_sets_wait_for": listing(WORD),
            "missing_sets_proved": FLAG,
            "ask_first": listing(WORD),
            "remedies": listing(refer("remedy")),
            "remedies_proved": FLAG,
            "notices": listing(BOTH),
            "superseded_by": either(NULL, BOTH),
            "findings": listing(refer("finding")),
        },
        {"location": location_schema(), "certificate": certificate_schema(value)},
    )
    return published("verdict", "the verdict on one case", shape, defs)
