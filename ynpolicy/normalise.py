"""A case as written, checked against a pack's vocabulary: typed, exact, the same for every engine.

All problems are reported at once. Nothing is filled in but what the vocabulary declares to follow from other facts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from collections.abc import Mapping as AnyMapping
from datetime import date
from fractions import Fraction
from typing import Final

from attrs import evolve, field, frozen

from ynpolicy.answers import Answer, read_answer, read_date
from ynpolicy.cases import RawCase, Words, english_keys, scalar_text
from ynpolicy.documents import Mapping, Node, Scalar, Sequence, canonical, describe
from ynpolicy.errors import InputError, Place, Problem, nearest
from ynpolicy.ir import (
    Case,
    Deadline,
    FactType,
    Justification,
    Kind,
    Lookup,
    Modality,
    Norm,
    Origin,
    Pack,
    ReviewRecord,
    Total,
)
from ynpolicy.located import add_located
from ynpolicy.location import Location
from ynpolicy.semantics import evaluate
from ynpolicy.values import FALSE, TRUE, UNKNOWN, Interval, Missing, SymbolSet, Value, ticks
from ynpolicy.workdays import CalendarNotKnown, deadline

JUSTIFICATION_KEYS: Final[Words] = {
    "norm": ("规范",),
    "document": ("文件",),
    "accepted_by": ("认可单位", "认可人"),
    "reason": ("理由",),
    "since": ("起始日期",),
    "until": ("截止日期",),
}
REVIEW_KEYS: Final[Words] = {
    "norm": ("规范",),
    "reviewer": ("审核人", "审核单位"),
    "date": ("日期",),
    "conclusion": ("结论",),
    "document": ("文件",),
}
_CONCLUSIONS: Final = {"accepted": True, "rejected": False, "通过": True, "不通过": False}


@frozen
class Beside:
    """What the other packs know that judge a case of one level together with a pack.

    `facts` and `norms` hold the names by the words that mean them, `asked` the facts that are asked of the level.
    """

    facts: AnyMapping[str, str] = field(factory=dict, hash=False)
    asked: frozenset[str] = frozenset()
    norms: AnyMapping[str, str] = field(factory=dict, hash=False)


ALONE: Final = Beside()


def normalise(
    pack: Pack,
    raw: RawCase,
    as_of: date | None = None,
    location: Location | None = None,
    beside: Beside = ALONE,
) -> Case:
    """The case that a raw case states, read by the pack's vocabulary, at `as_of` or else the date written in it.

    `location` is what geometry finds about its site: it answers what the case leaves open and is held against the rest.
    What only the packs `beside` it know is left to them.

    Raises `InputError` with every problem: unknown keys and symbols, impossible values, wrong units, dates that do not
    exist, answers on questions of another level, no as-of date, records that name no norm.
    """
    problems: list[Problem] = []
    day = as_of or _as_of(raw, problems)
    answers = _answers(pack, raw, problems, beside)
    justified, reviewed = _records(pack, raw, day, problems, beside)
    parameters = pack.law_at(day)
    if location is not None:
        location = add_located(pack, raw.level, location, answers)
    _derive(pack, answers, parameters, problems)
    case = Case(
        id=raw.id or raw.title or "-",
        level=raw.level,
        as_of=day,
        values={name: a.value for name, a in answers.items() if a.value is not None},
        missing={name: a.missing for name, a in answers.items() if a.missing is not None},
        parameters=parameters,
        justified=justified,
        reviewed=reviewed,
        origins={name: a.origins for name, a in answers.items()},
        title=raw.title or raw.id or "-",
        texts={name: a.text for name, a in answers.items() if a.text},
        digest=_digest(raw, day, location),
        location=location,
        place=raw.place,
    )
    _check_not_applicable(pack, case, problems)
    if problems:
        raise InputError(problems)
    return case


def _as_of(raw: RawCase, problems: list[Problem]) -> date:
    help = "give the day on which the application was accepted: `as_of: 2022-05-01` in the case, or --as-of 2022-05-01"
    if raw.as_of is None:
        problems.append(Problem(raw.place, "the case has no as-of date", help))
        return date.max
    try:
        return read_date(raw.as_of.text)
    except ValueError as error:
        problems.append(Problem(raw.as_of.place, f"as_of: {error}", help))
        return date.max


def _digest(raw: RawCase, day: date, location: Location | None) -> str:
    parts = [raw.id, raw.title, raw.level, day.isoformat()]
    parts += [canonical(node) if node else "" for node in (raw.facts, raw.justifications, raw.reviews)]
    parts += [location.digest, *(layer.digest for layer in location.layers)] if location else []
    return "sha256:" + hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


# ---------------------------------------------------------------- facts


def fact_words(pack: Pack, level: str) -> dict[str, str]:
    """Every word by which a fact may be called on a level, and its name; the caller may change it."""
    return dict(pack.words_at(level))


def asked_of(pack: Pack, level: str) -> frozenset[str]:
    """The names of the facts that are asked of a level."""
    return frozenset(name for name, fact in pack.facts.items() if fact.is_asked_of(level))


def _answers(pack: Pack, raw: RawCase, problems: list[Problem], beside: Beside) -> dict[str, Answer]:
    answers: dict[str, Answer] = {}
    given: dict[str, Place] = {}
    for name, key, node in named_facts(pack, raw, problems, beside):
        fact = pack.facts[name]
        if name in given:
            first = f"line {given[name].line}" if given[name].line else given[name].file
            problems.append(Problem(key.place, f"`{name}` is given twice", f"it stands first at {first}: keep one"))
            continue
        given[name] = key.place
        if raw.level and not fact.is_asked_of(raw.level):
            help = f"it belongs to {', '.join(fact.levels)}: leave it out, or make that case of its own in a dossier"
            problems.append(Problem(key.place, f"`{name}` is not asked of a {raw.level}", help))
            continue
        found = read_answer(fact, node, problems)
        if found is not None:
            answers[name] = found
    return answers


def named_facts(
    pack: Pack, raw: RawCase, problems: list[Problem], beside: Beside = ALONE
) -> Iterator[tuple[str, Scalar, Node]]:
    """Each fact that a raw case states: its name, the word by which it is called there, and what is said of it.

    Words that name no fact are added to `problems`; what only the packs `beside` this one know is passed over.
    """
    words = pack.words_at(raw.level)
    groups: set[str] = set()
    if raw.facts is not None and not words.keys() >= {key.strip() for key in raw.facts.keys}:
        groups = {name.split(".")[0] for name in (*pack.facts, *beside.facts.values())}

    def named(known: AnyMapping[str, str], prefix: str, word: str) -> str:
        name = known.get(prefix + word) or known.get(word, "")
        return name if name.startswith(prefix) else ""

    def walk(mapping: Mapping, prefix: str) -> Iterator[tuple[str, Scalar, Node]]:
        for key, node in mapping.items:
            word = key.text.strip()
            name, other = named(words, prefix, word), named(beside.facts, prefix, word)
            if name and (pack.facts[name].is_asked_of(raw.level) or other not in beside.asked):
                yield name, key, node
            elif other:
                continue
            elif not prefix and word in groups and isinstance(node, Mapping):
                yield from walk(node, word + ".")
            elif not prefix and word in groups and isinstance(node, Scalar) and node.is_null:
                continue
            else:
                known = {*words, *beside.facts}
                near = nearest(prefix + word, known) or nearest(word, known)
                help = near or "`ynpolicy facts` lists what may be said"
                problems.append(Problem(key.place, f"unknown fact `{prefix}{word}`", help))

    if raw.facts is not None:
        yield from walk(raw.facts, "")


def _derive(
    pack: Pack, answers: dict[str, Answer], parameters: AnyMapping[str, Value], problems: list[Problem]
) -> None:
    """Adds what the vocabulary says to follow; where it contradicts what is stated, the fact is in conflict."""
    for fact in pack.derived:
        name = fact.name
        match fact.derived:
            case Lookup() as lookup:
                found = _looked_up(pack, lookup, fact, answers)
            case Total(parts):
                found = _summed(fact, parts, answers, problems)
            case Deadline(count, days):
                found = _counted(parameters.get(count), days, answers)
            case _:
                continue
        if found is None:
            continue
        stated = answers.get(name)
        if stated is None or stated.missing in (Missing.UNKNOWN, Missing.ABSENT):
            answers[name] = evolve(found, origins=(*(stated.origins if stated else ()), *found.origins))
        elif stated.missing is None and found.missing is None and not _agree(stated.value, found.value):
            answers[name] = Answer(None, Missing.CONFLICT, (*stated.origins, *found.origins))


def _agree(stated: Value | None, derived: Value | None) -> bool:
    if isinstance(stated, SymbolSet) and isinstance(derived, SymbolSet):
        return not stated.complete or derived.members <= stated.members
    if isinstance(stated, Interval) and isinstance(derived, Interval):
        return stated.lo <= derived.hi and derived.lo <= stated.hi
    return stated == derived


def _looked_up(pack: Pack, lookup: Lookup, fact: FactType, answers: dict[str, Answer]) -> Answer | None:
    source = answers.get(lookup.fact)
    if source is None or not isinstance(source.value, str):
        return None
    row = pack.tables[lookup.table].rows.get(source.value)
    cell = row[lookup.column] if row else ""
    if not cell:
        return None
    value: Value = cell
    if fact.kind is Kind.SYMBOLS:
        value = SymbolSet(frozenset([cell]), complete=False)
    elif fact.kind is Kind.BOOLEAN:
        value = cell == "yes"
    stated = fact.symbols[cell].label.zh if cell in fact.symbols else cell
    return Answer(value, None, (Origin(stated=stated, derived=lookup.fact),))


def _summed(
    fact: FactType, parts: tuple[str, ...], answers: dict[str, Answer], problems: list[Problem]
) -> Answer | None:
    low = high = Fraction(0)
    for part in parts:
        answer = answers.get(part)
        if answer is None or not isinstance(answer.value, Interval):
            return None
        low += answer.value.lo
        high += answer.value.hi
    try:
        ticks(low), ticks(high)
    except ValueError as error:
        problems.append(Problem(answers[parts[0]].origins[0].place, f"`{fact.name}`: the sum {error}"))
        return None
    return Answer(Interval(low, high), None, (Origin(derived=", ".join(parts)),))


def _counted(count: Value | None, days: tuple[str, ...], answers: dict[str, Answer]) -> Answer | None:
    """A deadline; unknown, with the year to blame, where the calendar does not reach so far."""
    known = [answer.value if (answer := answers.get(day)) else None for day in days]
    derived = ", ".join(days)
    try:
        found = deadline(known, count)
    except CalendarNotKnown as gap:
        return Answer(None, Missing.UNKNOWN, (Origin(derived=derived, calendar=str(gap.year)),))
    return Answer(found, None, (Origin(derived=derived),)) if found else None


def _check_not_applicable(pack: Pack, case: Case, problems: list[Problem]) -> None:
    for name, state in case.missing.items():
        if state is not Missing.NOT_APPLICABLE:
            continue
        arises = pack.facts[name].arises
        asked = evaluate(arises, case).truth if arises is not None else TRUE
        if asked is FALSE:
            continue
        message = f"`{name}` cannot be `not_applicable`: the question arises here"
        if asked is UNKNOWN:
            message = f"`{name}` cannot be `not_applicable` while it is open whether the question arises"
        place = case.origins[name][0].place
        problems.append(Problem(place, message, "give its value, or `unknown`"))


# ---------------------------------------------------------------- records


def _records(
    pack: Pack, raw: RawCase, day: date, problems: list[Problem], beside: Beside
) -> tuple[dict[str, Justification], dict[str, ReviewRecord]]:
    justified: dict[str, Justification] = {}
    for found, place in _entries(raw.justifications, JUSTIFICATION_KEYS, ("norm", "document", "accepted_by"), problems):
        norm = _norm_named(pack, found, problems, beside)
        since, until = (_date_in(found, key, problems) for key in ("since", "until"))
        if norm is None:
            continue
        if not norm.modality.is_defeasible:
            help = "only norms in principle (should, should_not) can be departed from with a reason"
            message = f"`{norm.id}` is `{norm.modality.value}`: no reason justifies a breach"
            problems.append(Problem(place, message, help))
        elif (since is None or since <= day) and (until is None or day <= until):
            words = {key: scalar_text(node, key, problems) for key, node in found.items()}
            justified[norm.id] = Justification(
                norm.id, words["document"], words["accepted_by"], words.get("reason", ""), since, until
            )
    reviewed: dict[str, ReviewRecord] = {}
    for found, place in _entries(raw.reviews, REVIEW_KEYS, ("norm", "reviewer", "date", "conclusion"), problems):
        norm = _norm_named(pack, found, problems, beside)
        when = _date_in(found, "date", problems)
        words = {key: scalar_text(node, key, problems) for key, node in found.items()}
        accepted = _CONCLUSIONS.get(words["conclusion"])
        if accepted is None:
            help = "write accepted or rejected (通过 / 不通过)"
            problems.append(Problem(found["conclusion"].place, f"unknown conclusion `{words['conclusion']}`", help))
        if norm is None or when is None or accepted is None:
            continue
        if norm.modality is not Modality.REVIEW:
            help = "a review record belongs to a norm that asks for review"
            problems.append(Problem(place, f"`{norm.id}` is `{norm.modality.value}`", help))
        elif norm.id in reviewed:
            problems.append(Problem(place, f"`{norm.id}` has two review records", "keep the one that counts"))
        else:
            reviewed[norm.id] = ReviewRecord(norm.id, words["reviewer"], when, accepted, words.get("document", ""))
    return justified, reviewed


def _entries(
    nodes: Sequence | None, words: Words, needed: tuple[str, ...], problems: list[Problem]
) -> list[tuple[dict[str, Node], Place]]:
    entries = []
    for node in nodes.items if nodes else ():
        if not isinstance(node, Mapping):
            problems.append(Problem(node.place, f"{describe(node)} is not a record", f"write {', '.join(needed)}"))
            continue
        found = english_keys(node, words, problems)
        lacking = [key for key in needed if not scalar_text(found.get(key), key, problems)]
        if lacking:
            help = f"a record needs {', '.join(needed)}"
            problems.append(Problem(node.place, f"the record has no {', '.join(lacking)}", help))
        else:
            entries.append((found, node.place))
    return entries


def norm_words(pack: Pack) -> dict[str, str]:
    """Every word by which a record may name a norm, and the norm's id: ids, then older ids and titles."""
    words = {id: id for id in pack.norms}
    for norm in pack.norms.values():
        for word in (*norm.aliases, norm.title.zh):
            words.setdefault(word, norm.id)
    return words


def _norm_named(pack: Pack, found: dict[str, Node], problems: list[Problem], beside: Beside) -> Norm | None:
    name, words = scalar_text(found["norm"], "norm", problems), norm_words(pack)
    if name in words:
        return pack.norms[words[name]]
    if name not in beside.norms:
        help = nearest(name, (*pack.norms, *beside.norms.values())) or "`ynpolicy norms` lists them"
        problems.append(Problem(found["norm"].place, f"unknown norm `{name}`", help))
    return None


def _date_in(found: dict[str, Node], key: str, problems: list[Problem]) -> date | None:
    text = scalar_text(found.get(key), key, problems)
    if not text:
        return None
    try:
        return read_date(text)
    except ValueError as error:
        problems.append(Problem(found[key].place, f"{key}: {error}", "write it as 2022-05-01"))
        return None
