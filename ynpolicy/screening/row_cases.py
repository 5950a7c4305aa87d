"""One row of a table as the case that it states, to be judged with its whole trace."""

from __future__ import annotations

import polars as pl

from ynpolicy.cases import RawCase
from ynpolicy.documents import Mapping as MappingNode
from ynpolicy.documents import Node, Scalar
from ynpolicy.engines.lowering.columns import AS_OF_COLUMN
from ynpolicy.errors import InputError, Place, Problem
from ynpolicy.ir import Pack
from ynpolicy.screening.columns import text_of
from ynpolicy.screening.mapping import LEVEL, ColumnMap, Mapping
from ynpolicy.screening.statements import Question, day_question


def row_case(pack: Pack, mapping: Mapping, row: pl.DataFrame, place: Place) -> RawCase:
    """The case that a row states, read by the mapping; `row` is a table of one row, `place` where it stands.

    Judged by the reference it has the outcomes that the row has when the table is screened. Its title is the cell of
    the mapping's key, or else its place. Raises `InputError` with every cell that cannot be read.
    """
    texts = {source: _text(row, source) for source in mapping.sources}
    problems: list[Problem] = []
    facts: list[tuple[Scalar, Node]] = []
    for name in dict.fromkeys(column.fact for column in mapping.columns if column.form != LEVEL):
        columns = mapping.of(name)
        question = Question(pack.facts[name], columns, name in mapping.whole)
        node = _stated(question, columns, texts, place, problems)
        if node is not None:
            facts.append((Scalar(name, True, place), node))
    day: Node | None = None
    if mapping.as_of:
        day = _stated(day_question(mapping.as_of), (ColumnMap(mapping.as_of, AS_OF_COLUMN),), texts, place, problems)
    if problems:
        raise InputError(problems)
    title = (texts.get(mapping.key) or "").strip() if mapping.key else ""
    return RawCase(
        title=title or f"{place.file}:{place.line}",
        id=title or str(place.line),
        level=mapping.level,
        as_of=day if isinstance(day, Scalar) else None,
        facts=MappingNode(tuple(facts), place),
        justifications=None,
        reviews=None,
        place=place,
    )


def _text(row: pl.DataFrame, source: str) -> str | None:
    text = text_of(source, row.schema[source])
    if isinstance(text, Problem):
        raise InputError([text])
    found: str | None = row.select(text).item()
    return found


def _stated(
    question: Question,
    columns: tuple[ColumnMap, ...],
    texts: dict[str, str | None],
    place: Place,
    problems: list[Problem],
) -> Node | None:
    stated = question.read([texts[column.source] for column in columns])
    problems += (Problem(place, f"column `{wrong.column}`: {wrong.message}", wrong.help) for wrong in stated.wrong)
    return stated.node
