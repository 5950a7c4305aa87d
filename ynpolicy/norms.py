"""A pack's norms, from their files: one norm an entry, or one for each row of a table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Mapping as AnyMapping
from typing import Final

from attrs import evolve

from ynpolicy.conditions import bind, bind_number, read_lines
from ynpolicy.documents import Node
from ynpolicy.errors import InputError, Problem
from ynpolicy.expressions import parse_term
from ynpolicy.fields import Fields, read_under
from ynpolicy.ir import LEVELS, All, Exemption, FactType, Modality, Norm, Progress, Table, Term, Text
from ynpolicy.rows import Row, each_row

NORM_KEYS: Final = (
    "id",
    "title",
    "explanation",
    "clauses",
    "contrary",
    "readings",
    "level",
    "since",
    "until",
    "due",
    "aliases",
    "under",
    "progress",
    "applies",
    "except",
    *(modality.value for modality in Modality),
)
_NORM_ID: Final = re.compile(r"[a-z0-9][a-z0-9_-]*(\.[a-z0-9][a-z0-9_-]*)*\Z")


def read_norm(
    node: Node,
    topic: str,
    tables: AnyMapping[str, Table],
    facts: AnyMapping[str, FactType],
    problems: list[Problem],
) -> Iterator[tuple[Norm, bool]]:
    """The norm that an entry states, or one norm a row where it has `for_each`; with whether a table's row is in it.

    Types and references are not checked here. What is wrong with the entry is added to `problems`.
    """
    for row, _, filled in each_row(node, tables, problems):
        norm = _read(filled, topic, problems)
        if row.cells is None:
            yield norm, False
            continue
        try:
            yield _of_row(norm, row, row.cells, facts), True
        except ValueError as error:
            message = f"row `{row.key}` of table `{row.table}`: {error}"
            problems.append(Problem(node.place, message, "fill the cell with what the norm compares it to"))


def _read(node: Node, topic: str, problems: list[Problem]) -> Norm:
    fields = Fields(node, NORM_KEYS, problems, "a norm")
    id = fields.text("id", required=True)
    fields.what = f"norm `{id}`"
    if id and not _NORM_ID.match(id):
        fields.report(fields.found["id"].place, f"`{id}` is not a norm's id", "write a-z, 0-9, - and dots")
    modality = _modality(fields)
    soft = modality in (Modality.REVIEW, Modality.MAY)
    requirement = None
    if not soft:
        requirement = read_lines(fields.node(modality.value), f"{id}/{modality.value}", problems)
        if not requirement.items:
            fields.report(node.place, f"norm `{id}` requires nothing", f"write lines under `{modality.value}:`")
    if "applies" not in fields.found:
        fields.report(node.place, f"norm `{id}` has no `applies`", "write `applies: []` if it binds every case")
    under = read_under(fields)
    norm = Norm(
        id=id,
        title=fields.both("title"),
        explanation=fields.both("explanation"),
        clauses=fields.texts("clauses"),
        level=fields.choice("level", LEVELS),
        modality=modality,
        applies=read_lines(fields.node("applies"), f"{id}/applies", problems),
        requirement=requirement,
        note=fields.both(modality.value) if soft else Text("", ""),
        exemptions=tuple(_exemption(item, id, problems) for item in fields.list("except")),
        since=fields.day("since"),
        until=fields.day("until"),
        due=fields.day("due"),
        readings=tuple(dict.fromkeys((*fields.texts("readings"), *under))),
        contrary=fields.texts("contrary"),
        topic=topic,
        aliases=fields.texts("aliases"),
        under=under,
        progress=_progress(fields, id),
        place=node.place,
    )
    if not norm.clauses:
        fields.report(node.place, f"norm `{id}` names no clause", "write `clauses: [...]`")
    return norm


PROGRESS_KEYS: Final = ("base", "goal", "start", "end", "final", "latest", "year")


def _progress(fields: Fields, norm: str) -> Progress | None:
    node = fields.node("progress")
    if node is None:
        return None
    inner = Fields(node, PROGRESS_KEYS, fields.problems, f"`progress` of `{norm}`")
    start, end = inner.integer("start", required=True), inner.integer("end", required=True)
    if end <= start:
        inner.report(node.place, f"`progress` of `{norm}` ends before it starts", "`start` and `end` are years")
        return None
    terms: list[Term] = []
    for key in ("base", "goal"):
        try:
            terms.append(parse_term(inner.text(key, required=True), node.place))
        except InputError as error:
            fields.problems.extend(error.problems)
            return None
    final, latest, year = (inner.text(key, required=True) for key in ("final", "latest", "year"))
    return Progress(terms[0], terms[1], start, end, final, latest, year)


def _modality(fields: Fields) -> Modality:
    keys = [modality for modality in Modality if modality.value in fields.found]
    if len(keys) != 1:
        names = ", ".join(modality.value for modality in Modality)
        found = " and ".join(f"`{key.value}`" for key in keys) or "none"
        fields.report(fields.place, f"{fields.what} has {found} of the modalities", f"write exactly one of {names}")
    return keys[0] if keys else Modality.MAY


def _exemption(node: Node, norm: str, problems: list[Problem]) -> Exemption:
    fields = Fields(node, ("id", "title", "when"), problems, f"an exception of `{norm}`")
    id = fields.text("id", required=True)
    when = read_lines(fields.node("when", required=True), f"{norm}/except.{id}", problems)
    if not when.items:
        fields.report(node.place, f"the exception `{id}` holds always", "write lines under `when:`")
    return Exemption(id, fields.both("title"), when, node.place)


def _of_row(norm: Norm, row: Row, cells: AnyMapping[str, str], facts: AnyMapping[str, FactType]) -> Norm:
    """The norm of one row, with the cells in place of the columns' bare names in its conditions."""

    def bound(lines: All) -> All:
        return evolve(lines, items=tuple(bind(item, cells, facts) for item in lines.items))

    told = norm.progress
    if told is not None:
        base, goal = (bind_number(term, cells) for term in (told.base, told.goal))
        told = evolve(told, base=base, goal=goal)
    return evolve(
        norm,
        id=f"{norm.id}[{row.key}]",
        row=(row.table, row.key),
        progress=told,
        applies=bound(norm.applies),
        requirement=None if norm.requirement is None else bound(norm.requirement),
        exemptions=tuple(evolve(exemption, when=bound(exemption.when)) for exemption in norm.exemptions),
    )
