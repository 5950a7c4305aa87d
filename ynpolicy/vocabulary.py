"""A pack's vocabulary, parameters and tables, from their files."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from collections.abc import Mapping as AnyMapping
from pathlib import Path
from typing import Final

from ynpolicy.conditions import read_lines
from ynpolicy.documents import LARGEST_FILE, Mapping, Node, Scalar, Sequence, decode, describe
from ynpolicy.errors import InputError, Place, Problem, nearest
from ynpolicy.fields import Fields, read_under
from ynpolicy.ir import AS_OF, LEVELS, DatedValue, FactType, Kind, Parameter, Symbol, Table, Text
from ynpolicy.rows import each_row
from ynpolicy.units import UnitError, canonical_unit
from ynpolicy.values import SymbolSet, Value, exact, read_number, ticks
from ynpolicy.vocabulary_derived import check_derived, read_derived
from ynpolicy.vocabulary_located import read_located

_FACT_NAME: Final = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*\Z")
_BARE_NAME: Final = re.compile(r"[a-z][a-z0-9_]*\Z")
_KINDS: Final = tuple(kind.value for kind in Kind)
FACT_KEYS: Final = (
    "type",
    "label",
    "aliases",
    "question",
    "levels",
    "answered_by",
    "unit",
    "resolution",
    "minimum",
    "maximum",
    "symbols",
    "arises",
    "derive",
    "locate",
    "changeable",
    "cost",
)


def read_table(path: Path, shown: str, problems: list[Problem]) -> Table | None:
    """A CSV file (UTF-8, header row, first column the key) as a table."""
    try:
        data = path.read_bytes()
        if len(data) > LARGEST_FILE:
            raise InputError([Problem(Place(shown), f"the file has {len(data):,} bytes")])
        lines = list(csv.reader(io.StringIO(decode(data, shown)), strict=True))
    except InputError as error:
        problems.extend(error.problems)
        return None
    except (OSError, csv.Error) as error:
        problems.append(Problem(Place(shown), f"the table cannot be read: {error}"))
        return None
    if not lines or not lines[0]:
        problems.append(Problem(Place(shown), "the table is empty", "write a header row"))
        return None
    header, rows = [cell.strip() for cell in lines[0]], dict[str, AnyMapping[str, str]]()
    for column in {column for column in header if header.count(column) > 1}:
        problems.append(Problem(Place(shown, 1, 1), f"two columns are called `{column}`"))
    if AS_OF.name in header:
        problems.append(Problem(Place(shown, 1, 1), f"a column is called `{AS_OF.name}`", "so conditions call the day"))
    for number, line in enumerate(lines[1:], start=2):
        place = Place(shown, number, 1)
        if len(line) != len(header):
            problems.append(Problem(place, f"the row has {len(line)} cells", f"the header has {len(header)}"))
        elif line[0] in rows:
            problems.append(Problem(place, f"duplicate key `{line[0]}`", "the first column holds unique keys"))
        else:
            rows[line[0]] = dict(zip(header, (cell.strip() for cell in line), strict=True))
    return Table(path.stem, header[0], tuple(header), rows, Place(shown, 1, 1))


# ---------------------------------------------------------------- facts


def read_facts(node: Node, tables: AnyMapping[str, Table], problems: list[Problem]) -> dict[str, FactType]:
    """The vocabulary: every fact by its dotted name."""
    facts: dict[str, FactType] = {}
    for key, value in _each(node, tables, problems, "facts"):
        if not _FACT_NAME.match(key.text):
            problems.append(Problem(key.place, f"`{key.text}` is not a fact's name", "write group.name in a-z, 0-9, _"))
            continue
        if key.text in facts:
            help = f"it stands first at {facts[key.text].place}"
            problems.append(Problem(key.place, f"duplicate fact `{key.text}`", help))
        facts[key.text] = _read_fact(key, value, tables, problems)
    for fact in facts.values():
        check_derived(fact, facts, tables, problems)
    _check_words(facts, problems)
    return facts


def _named(node: Node, problems: list[Problem], what: str) -> tuple[tuple[Scalar, Node], ...]:
    if isinstance(node, Mapping):
        return node.items
    problems.append(Problem(node.place, f"{describe(node)} is not a mapping of {what}", "write `name:` entries"))
    return ()


def _each(
    node: Node, tables: AnyMapping[str, Table], problems: list[Problem], what: str
) -> Iterator[tuple[Scalar, Node]]:
    """The entries of a file, those with `for_each` once a row."""
    for key, value in _named(node, problems, what):
        for _, own, filled in each_row(value, tables, problems, key):
            yield own, filled


def _read_fact(key: Scalar, node: Node, tables: AnyMapping[str, Table], problems: list[Problem]) -> FactType:
    fields = Fields(node, FACT_KEYS, problems, f"fact `{key.text}`")
    kind = Kind(fields.choice("type", _KINDS) or "text")
    unit = _unit(fields, kind)
    arises = read_lines(fields.node("arises"), f"{key.text}/arises", problems) if fields.has("arises") else None
    symbols = _read_symbols(fields, tables)
    if kind in (Kind.SYMBOL, Kind.SYMBOLS) and not symbols:
        fields.report(key.place, f"fact `{key.text}` has no symbols", "list them under `symbols:`")
    if kind not in (Kind.SYMBOL, Kind.SYMBOLS) and symbols:
        fields.report(key.place, f"fact `{key.text}` is a {kind.value} and has symbols")
    for level in fields.words("levels"):
        if level.text not in LEVELS:
            help = nearest(level.text, LEVELS) or f"levels are {', '.join(LEVELS)}"
            fields.report(level.place, f"unknown level `{level.text}`", help)
    resolution = fields.number("resolution")
    if resolution is not None and resolution <= 0:
        fields.report(fields.found["resolution"].place, "the resolution is not positive")
        resolution = None
    return FactType(
        name=key.text,
        kind=kind,
        label=fields.both("label"),
        question=fields.both("question"),
        unit=unit,
        resolution=resolution or read_number("1"),
        minimum=fields.number("minimum"),
        maximum=fields.number("maximum"),
        symbols=symbols,
        levels=fields.texts("levels"),
        answered_by=fields.both("answered_by", required=False),
        changeable=fields.flag("changeable"),
        cost=fields.number("cost") or read_number("1"),
        arises=arises,
        derived=read_derived(fields),
        located=read_located(fields),
        aliases=fields.texts("aliases"),
        place=key.place,
    )


def _unit(fields: Fields, kind: Kind) -> str:
    unit = fields.text("unit")
    if unit and kind is not Kind.NUMBER:
        fields.report(fields.found["unit"].place, f"a {kind.value} has no unit")
        return ""
    if not unit:
        return "1" if kind is Kind.NUMBER else ""
    try:
        return canonical_unit(unit)
    except UnitError as error:
        fields.report(fields.found["unit"].place, str(error), error.help)
        return unit


def _read_symbols(fields: Fields, tables: AnyMapping[str, Table]) -> dict[str, Symbol]:
    node = fields.node("symbols")
    if node is None:
        return {}
    if isinstance(node, Mapping) and isinstance(node.get("table"), Scalar):
        return _symbols_of_table(node, fields.problems, tables)
    symbols: dict[str, Symbol] = {}
    for key, value in fields.entries("symbols"):
        inner = Fields(value, ("zh", "en", "aliases"), fields.problems, f"symbol `{key.text}`")
        label = Text(inner.text("zh", required=True), inner.text("en", required=True))
        symbols[key.text] = Symbol(key.text, label, inner.texts("aliases"))
    return symbols


def _symbols_of_table(node: Mapping, problems: list[Problem], tables: AnyMapping[str, Table]) -> dict[str, Symbol]:
    fields = Fields(node, ("table", "label", "label_en", "aliases"), problems, "symbols of a table")
    name = fields.text("table")
    table = tables.get(name)
    if table is None:
        fields.report(node.place, f"unknown table `{name}`", nearest(name, tables) or "it stands under tables/")
        return {}
    columns = {"label": fields.text("label", required=True), "label_en": fields.text("label_en")}
    for column in (*filter(None, columns.values()), *fields.texts("aliases")):
        if column not in table.columns:
            fields.report(node.place, f"table `{name}` has no column `{column}`", nearest(column, table.columns))
            return {}
    symbols = {}
    for key, row in table.rows.items():
        zh = row.get(columns["label"], key)
        en = row.get(columns["label_en"], "") or zh
        aliases = tuple(row[column] for column in fields.texts("aliases") if row[column])
        symbols[key] = Symbol(key, Text(zh, en), aliases)
    return symbols


def _check_words(facts: AnyMapping[str, FactType], problems: list[Problem]) -> None:
    owners: dict[tuple[str, str], str] = {}
    for fact in facts.values():
        for word in {fact.label.zh, fact.label.en, *fact.aliases} - {""}:
            for level in fact.levels or LEVELS:
                other = owners.setdefault((level, word), fact.name)
                if other != fact.name:
                    problems.append(Problem(fact.place, f"`{word}` means both `{other}` and `{fact.name}`"))
                    break
        seen: dict[str, str] = {}
        for symbol in fact.symbols.values():
            for word in {symbol.id, symbol.label.zh, symbol.label.en, *symbol.aliases} - {""}:
                other = seen.setdefault(word, symbol.id)
                if other != symbol.id:
                    message = f"`{word}` means both `{other}` and `{symbol.id}` of `{fact.name}`"
                    problems.append(Problem(fact.place, message))


# ---------------------------------------------------------------- parameters


def read_parameters(node: Node, tables: AnyMapping[str, Table], problems: list[Problem]) -> dict[str, Parameter]:
    """The numbers, dates and sets of the law, by their bare names."""
    parameters: dict[str, Parameter] = {}
    for key, value in _each(node, tables, problems, "parameters"):
        if not _BARE_NAME.match(key.text):
            problems.append(Problem(key.place, f"`{key.text}` is not a parameter's name", "write a-z, 0-9, _; no dot"))
            continue
        if key.text == AS_OF.name:
            help = "conditions may read it without that"
            problems.append(Problem(key.place, f"`{key.text}` is the case's as-of date and no parameter", help))
            continue
        fields = Fields(value, ("type", "unit", "label", "values"), problems, f"parameter `{key.text}`")
        kind = Kind(fields.choice("type", _KINDS[:-1]) or "number")
        entries = tuple(_read_dated(item, kind, problems) for item in fields.list("values"))
        if not entries:
            fields.report(key.place, f"parameter `{key.text}` has no values", "write `values:` with a list")
        unit = _unit(fields, kind)
        label = fields.both("label")
        parameters[key.text] = Parameter(key.text, kind, label, entries, unit, key.place, every=entries)
        _check_spans(parameters[key.text], problems)
    return parameters


DATED_KEYS: Final = ("value", "since", "until", "clause", "source", "status", "note", "under")


def _read_dated(node: Node, kind: Kind, problems: list[Problem]) -> DatedValue:
    fields = Fields(node, DATED_KEYS, problems, "a dated value")
    status = fields.choice("status", ("verified", "unverified"), required=False, default="verified")
    value = _read_value(fields, kind) if status == "verified" else None
    if status == "verified" and not fields.has("value"):
        fields.report(node.place, "a verified value is not given", "write `value:`, or `status: unverified` and a note")
    if status == "unverified" and not fields.has("note"):
        fields.report(node.place, "an unverified value does not say what would settle it", "write `note:`")
    if status == "verified" and not fields.has("clause") and not fields.has("source"):
        fields.report(node.place, "a value has neither clause nor source", "write `clause:` or `source:`")
    return DatedValue(
        value=value,
        since=fields.day("since"),
        until=fields.day("until"),
        clause=fields.text("clause"),
        source=fields.text("source"),
        status=status,
        note=fields.both("note", required=False),
        under=read_under(fields),
    )


def _read_value(fields: Fields, kind: Kind) -> Value | None:
    node = fields.node("value")
    if node is None:
        return None
    if kind is Kind.SYMBOLS:
        if not isinstance(node, Sequence):
            fields.report(node.place, f"{describe(node)} stands where a list of symbols belongs", "write [a, b]")
        return SymbolSet(frozenset(fields.texts("value")))
    if kind is Kind.DATE:
        return fields.day("value")
    if kind is Kind.BOOLEAN:
        return fields.flag("value")
    if kind is Kind.SYMBOL:
        return fields.text("value")
    number = fields.number("value")
    if number is None:
        return None
    try:
        ticks(number)
    except ValueError as error:
        fields.report(node.place, f"the value {error}")
    return exact(number)


def _check_spans(parameter: Parameter, problems: list[Problem]) -> None:
    spans = [(entry.since, entry.until, entry.under) for entry in parameter.values]
    for i, (since, until, under) in enumerate(spans):
        if since and until and until < since:
            problems.append(Problem(parameter.place, f"`{parameter.name}` ends before it begins"))
        for other_since, other_until, other_under in spans[:i]:
            if any(set(options).isdisjoint(other_under.get(reading, options)) for reading, options in under.items()):
                continue
            starts_before = until is None or other_since is None or other_since <= until
            ends_after = since is None or other_until is None or since <= other_until
            if starts_before and ends_after:
                message = f"two values of `{parameter.name}` hold on the same day"
                problems.append(Problem(parameter.place, message, "let one end before the other begins"))
