"""The JSON Schema of a case or a dossier: in general, or with the facts of one pack.

Keys may be English or Chinese, as the case reader takes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Final

from ynpolicy.answers import DETAIL_KEYS, NOT_APPLICABLE_WORDS, UNKNOWN_WORDS
from ynpolicy.cases import CASE_SCHEMA, KEYS, LEVEL_WORDS, RECORD_KEYS, Words
from ynpolicy.ir import FactType, Kind, Norm, Pack
from ynpolicy.normalise import JUSTIFICATION_KEYS, REVIEW_KEYS
from ynpolicy.questions import recordable
from ynpolicy.schemas_shapes import NULL, TEXT, WORD, Shape, closed, either, listing, one_of, published, refer
from ynpolicy.sheets import YES_NO_WORDS

_SIMPLE: Final[Shape] = {"type": ["string", "number", "boolean", "null"]}
_LABEL: Final[Shape] = {"type": ["string", "number", "null"]}
_DAY: Final[Shape] = {"type": "string", "pattern": r"^\s*\d{4}(-|/|年)\d{1,2}(-|/|月)\d{1,2}日?\s*$"}
_QUANTITY: Final[Shape] = {"type": "string", "pattern": r"^\s*[+-]?(\d+(\.\d*)?|\.\d+)(\s*[^\s0-9.,，+-].*)?$"}
_CONCLUSIONS: Final = ("accepted", "rejected", "通过", "不通过")
_ORIGIN: Final = ("document", "page", "date", "entered_by")


def case_schema(pack: Pack | None = None) -> Shape:
    """One case, or a dossier of several. With a pack: only its facts, norms and levels, each with what it may be."""
    defs: dict[str, Shape] = {}
    if pack is None:
        defs["answer"] = _any_answer()
        group = {"type": "object", "additionalProperties": refer("answer")}
        defs["facts"] = {"type": "object", "additionalProperties": either(refer("answer"), group)}
        levels = dict.fromkeys(LEVEL_WORDS, "facts")
    else:
        levels = {}
        defs |= {f"{fact.name}.value": _value(fact) for fact in pack.facts.values()}
        defs |= {fact.name: _answer(fact) for fact in pack.facts.values()}
        for level in LEVEL_WORDS:
            asked = [fact for fact in pack.facts.values() if not fact.levels or level in fact.levels]
            if asked:
                levels[level] = f"facts_{level}"
                defs[levels[level]] = _facts(asked)
    defs["records"] = _records(pack)
    defs["case"] = _case(levels)
    defs["dossier"] = _worded(
        {key: KEYS[key] for key in ("schema", "dossier", "id", "as_of", "cases")},
        {**_OUTLINE, "dossier": _LABEL, "cases": listing(refer("case"), 1)},
        ("cases",),
    )
    shape = {"if": _given("cases", KEYS), "then": refer("dossier"), "else": refer("case")}
    title = "a case or a dossier" + (f" for {pack.id}" if pack else "")
    return published("case", title, shape, defs, pack.id if pack else "")


_OUTLINE: Final[Mapping[str, Shape]] = {
    "schema": either(NULL, {"const": CASE_SCHEMA}),
    "id": _LABEL,
    "as_of": either(NULL, _DAY),
}


def _worded(words: Words, shapes: Mapping[str, Shape], needed: Iterable[str] = ()) -> Shape:
    """A closed object whose keys may be written in English or Chinese."""
    shape = closed({}, {word: shapes[key] for key, others in words.items() for word in (key, *others)})
    if conditions := [_given(key, words) for key in needed]:
        shape["allOf"] = conditions
    return shape


def _given(key: str, words: Words) -> Shape:
    return {"anyOf": [{"required": [word]} for word in (key, *words[key])]}


def _case(levels: Mapping[str, str]) -> Shape:
    words = {level: (level, *LEVEL_WORDS[level]) for level in levels}
    level = one_of(word for names in words.values() for word in names)
    shapes = {
        **_OUTLINE,
        "case": _LABEL,
        "level": level,
        "location": either(NULL, TEXT, {"type": "object"}),
        "records": either(NULL, refer("records")),
        "facts": {},
    }
    keys = {key: names for key, names in KEYS.items() if key not in ("dossier", "cases")}
    shape = _worded(keys, shapes, ("level",))
    shape["allOf"] += [
        {
            "if": {"properties": {key: one_of(words[level]) for key in ("level", *KEYS["level"])}},
            "then": {"properties": {key: either(NULL, refer(facts)) for key in ("facts", *KEYS["facts"])}},
        }
        for level, facts in levels.items()
    ]
    return shape


# ---------------------------------------------------------------- facts


def _facts(asked: Iterable[FactType]) -> Shape:
    """The facts of a level under their names, labels and aliases, or grouped by the part of the name before the dot."""
    flat: dict[str, Shape] = {}
    groups: dict[str, dict[str, Shape]] = {}
    for fact in asked:
        group, local = fact.name.split(".")
        labels = [word for word in (fact.label.zh, fact.label.en, *fact.aliases) if word]
        flat |= dict.fromkeys((fact.name, *labels), refer(fact.name))
        groups.setdefault(group, {}).update(dict.fromkeys((local, fact.name, *labels), refer(fact.name)))
    for group, inner in groups.items():
        flat.setdefault(group, either(NULL, closed({}, inner)))
    return closed({}, flat)


def _value(fact: FactType) -> Shape:
    """What a fact may be, written plainly."""
    words = [word for s in fact.symbols.values() for word in (s.id, s.label.zh, s.label.en, *s.aliases) if word]
    match fact.kind:
        case Kind.BOOLEAN:
            return either({"type": "boolean"}, one_of(YES_NO_WORDS))
        case Kind.SYMBOL:
            return one_of(words)
        case Kind.SYMBOLS:
            listed = {"type": "string", "pattern": "[、,，;；]"}
            return either(one_of(words), listed, listing(one_of(words)))
        case Kind.NUMBER:
            return either({"type": "number", **_bounds(fact.minimum, fact.maximum)}, _QUANTITY)
        case Kind.DATE:
            return _DAY
        case Kind.TEXT:
            return _SIMPLE


def _answer(fact: FactType) -> Shape:
    missing = list(UNKNOWN_WORDS)
    if fact.arises is not None:
        missing += NOT_APPLICABLE_WORDS
    plain = refer(f"{fact.name}.value")
    shape = either(NULL, one_of(missing), plain, _details(fact.kind, plain, refer(fact.name), one_of(missing)))
    unit = f" ({fact.unit})" if fact.unit not in ("", "1") else ""
    return {"title": f"{fact.label.zh} / {fact.label.en}{unit}", "description": fact.question.zh, **shape}


def _bounds(minimum: Fraction | None, maximum: Fraction | None) -> Shape:
    bounds = {"minimum": minimum, "maximum": maximum}
    return {
        key: bound.numerator if bound.denominator == 1 else float(bound)
        for key, bound in bounds.items()
        if bound is not None
    }


def _details(kind: Kind | None, plain: Shape, itself: Shape, missing: Shape) -> Shape:
    """An answer with its source, and what else its kind allows: accuracy, a range, a part of a set, several sources."""
    quantity = either({"type": "number"}, _QUANTITY)
    shapes: dict[str, Shape] = {
        "value": either(NULL, missing, quantity if kind is Kind.NUMBER else plain),
        "unit": TEXT,
        "accuracy": either({"type": "number", "minimum": 0}, _QUANTITY),
        "at_least": quantity,
        "at_most": quantity,
        "includes": plain,
        "complete": either({"type": "boolean"}, one_of(YES_NO_WORDS)),
        "sources": listing(itself, 1),
        **dict.fromkeys(_ORIGIN, _LABEL),
    }
    ways: list[tuple[tuple[str, ...], tuple[str, ...]]] = [(("value",), _ORIGIN), (("sources",), ())]
    if kind in (Kind.NUMBER, None):
        ways[0] = (("value",), ("unit", "accuracy", *_ORIGIN))
        ways.append((("at_least", "at_most"), ("unit", *_ORIGIN)))
    if kind in (Kind.SYMBOLS, None):
        ways.append((("includes",), ("complete", *_ORIGIN)))
    return either(
        *(_worded({key: DETAIL_KEYS[key] for key in (*needed, *optional)}, shapes, needed) for needed, optional in ways)
    )


def _any_answer() -> Shape:
    missing = one_of((*UNKNOWN_WORDS, *NOT_APPLICABLE_WORDS))
    plain = either(_SIMPLE, listing(_SIMPLE))
    return either(plain, _details(None, plain, refer("answer"), missing))


# ---------------------------------------------------------------- records


def _records(pack: Pack | None) -> Shape:
    names = [recordable(pack, level) for level in LEVEL_WORDS] if pack else []
    departed = [norm for found, _ in names for norm in found]
    reviewed = [norm for _, found in names for norm in found]
    reason = {
        "norm": _norm_word(departed, pack),
        "document": WORD,
        "accepted_by": WORD,
        "reason": _LABEL,
        "since": either(NULL, _DAY),
        "until": either(NULL, _DAY),
    }
    review = {
        "norm": _norm_word(reviewed, pack),
        "reviewer": WORD,
        "date": _DAY,
        "conclusion": one_of(_CONCLUSIONS),
        "document": _LABEL,
    }
    lists = {
        "justifications": _worded(JUSTIFICATION_KEYS, reason, ("norm", "document", "accepted_by")),
        "reviews": _worded(REVIEW_KEYS, review, ("norm", "reviewer", "date", "conclusion")),
    }
    return _worded(RECORD_KEYS, {key: either(NULL, listing(shape)) for key, shape in lists.items()})


def _norm_word(norms: Iterable[Norm], pack: Pack | None) -> Shape:
    if pack is None:
        return WORD
    return one_of(word for norm in norms for word in (norm.id, *norm.aliases, norm.title.zh))
