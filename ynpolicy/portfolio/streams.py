"""Tables of cases too large or too foreign for one reading: CSV of any length, in UTF-8 or GBK, and Parquet.

They are read part by part, and of each case no more is kept than groupings ask for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl
from attrs import evolve

from ynpolicy.case_tables import RowReader
from ynpolicy.errors import InputError, Place, Problem
from ynpolicy.ir import Case, Condition, Pack, facts_read
from ynpolicy.portfolio.judging import PortfolioJudge
from ynpolicy.screening.columns import text_of
from ynpolicy.screening.sources import open_source
from ynpolicy.screening.streams import LINE, SURPLUS
from ynpolicy.sheets import Cell

ROWS: Final = 50_000
"""So many rows are in memory as cells at a time."""
MOST_PROBLEMS: Final = 1_000
"""After so many mistakes a table is read no further."""


def stream_cases(
    path: Path, judge: PortfolioJudge, level: str, day: date, problems: list[Problem], passed_over: dict[str, None]
) -> Iterator[Case]:
    """The cases of a table, each with the facts that groupings ask for; `level` is that of rows which state none.

    What is wrong with cells is added to `problems`, columns that name no fact to `passed_over`. Raises `InputError`
    where the file is no table.
    """
    source = open_source(path)
    head = tuple(Cell(name, Place(str(path), 1, number)) for number, name in enumerate(source.head, 1))
    cells = [_cells(name, dtype, Place(str(path))) for name, dtype in source.schema.items()]
    reader = RowReader(path, judge.pack, level, head, problems)
    asked = asked_by_groupings(judge.pack)
    empty = True
    for batch in source.batches(ROWS):
        if SURPLUS in batch.columns:
            for line in batch.filter(pl.col(SURPLUS).is_not_null())[LINE]:
                problems.append(
                    Problem(Place(str(path), line), "the row has more cells than the head", "name the column")
                )
        for number, values in zip(batch[LINE], batch.select(cells).iter_rows(), strict=True):
            row = [Cell(value, Place(str(path), number, column)) for column, value in enumerate(values, 1)]
            for raw in reader.case(row):
                try:
                    case = judge.read(raw, day)
                except InputError as error:
                    problems += error.problems
                else:
                    yield _kept(case, asked)
            if len(problems) > MOST_PROBLEMS:
                return
        empty = False
    passed_over |= reader.unnamed
    if empty:
        problems.append(Problem(Place(str(path)), "the table has no rows", "each row below the head is a case"))


def _cells(name: str, dtype: pl.DataType, place: Place) -> pl.Expr:
    """A column's cells as texts; moments stay what they are, since the reader of cells knows them."""
    if isinstance(dtype, pl.Datetime):
        return pl.col(name)
    text = text_of(name, dtype)
    if isinstance(text, Problem):
        raise InputError([evolve(text, place=place)])
    return text.alias(name)


def asked_by_groupings(pack: Pack) -> Mapping[str, frozenset[str]]:
    """The facts of members that groupings read, by level: in their lines, to tell the group, and to reckon."""
    found: dict[str, set[str]] = {}
    for grouping in pack.groupings.values():
        lines: list[Condition] = [grouping.among, *(one.where for one in grouping.gathered)]
        lines += [pack.territory[grouping.members]] if grouping.members in pack.territory else []
        named = [name for name in (grouping.by, *(one.of for one in grouping.gathered)) if name]
        lines += [arises for name in named if (arises := pack.facts[name].arises) is not None]
        read = found.setdefault(grouping.members, set())
        read.update(named, *(facts_read(line) for line in lines))
    own = {grouping.level for grouping in pack.groupings.values()}
    return {level: frozenset(names) for level, names in found.items() if level not in own}


def _kept(case: Case, asked: Mapping[str, frozenset[str]]) -> Case:
    """A case with no more than groupings ask of a member; one that may be a group itself stays whole."""
    names = asked.get(case.level)
    if names is None:
        return case
    return evolve(
        case,
        values={name: value for name, value in case.values.items() if name in names},
        missing={name: state for name, state in case.missing.items() if name in names},
        texts={name: text for name, text in case.texts.items() if name in names},
        origins={},
        justified={},
        reviewed={},
    )
