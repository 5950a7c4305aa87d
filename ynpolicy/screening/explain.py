"""The full verdict on one row of a table, by the engines that judge single cases; it must agree with the table's."""

from __future__ import annotations

import re
from typing import Final

import polars as pl
from attrs import evolve, frozen

from ynpolicy.engines.lowering.results import DECISION, MISSING, REJECTED
from ynpolicy.errors import EngineDisagreement, InputError, Place, Problem
from ynpolicy.judge import Judge, JudgedVerdict
from ynpolicy.screening.columns import text_of
from ynpolicy.screening.judging import ROW
from ynpolicy.screening.prepare import Screening
from ynpolicy.screening.row_cases import row_case
from ynpolicy.screening.streams import LINE

_AT_ONCE: Final = 1_000_000
"""How many rows are looked through at a time, of one column."""

_NUMBER: Final = re.compile(r"(?:(?:row|行)[:：])?([0-9]{1,18})")


@frozen
class FoundRow:
    """A row of a table: how many rows stand before it, its number in the file, and its cells."""

    before: int
    number: int
    cells: pl.DataFrame


def explain_row(screening: Screening, id: str) -> JudgedVerdict:
    """The verdict on the row that has this key, or else this number.

    Raises `InputError`: there is no such row, several have the key, or the row is rejected, with the reasons;
    `EngineDisagreement` where the two engines for single cases differ, or the table's engine differs from them.
    """
    row = find_row(screening, id)
    judged = JudgedRow.of(screening, row)
    case = row_case(screening.pack, screening.mapping, row.cells, Place(screening.source.name, row.number, 1))
    verdict = Judge(screening.pack).check(case, screening.judge.as_of)
    for subject, ours, theirs in judged.beside(verdict):
        if ours != theirs:
            raise EngineDisagreement(subject, verdict.receipt.case_digest, ours, theirs, "columnar")
    return verdict


@frozen
class JudgedRow:
    """What the table's engine says of one row, by name."""

    row: dict[str, object]

    @staticmethod
    def of(screening: Screening, row: FoundRow) -> JudgedRow:
        """The row judged as in its table. Raises `InputError` with the reasons where it is rejected."""
        part = evolve(screening.judge, keep=(), listed=True).judge(row.cells, row.before)
        found = part.rows.row(0, named=True)
        if found[REJECTED]:
            raise InputError(problems_told(screening, part.problems))
        return JudgedRow(found)

    def beside(self, verdict: JudgedVerdict) -> list[tuple[str, str, str]]:
        """Each thing that both say: what it is, what the verdict says, what the table says."""
        found = [("the decision", verdict.decision.value, str(self.row[DECISION]))]
        found += [(f.norm.id, f.outcome.value, str(self.row[f.norm.id])) for f in verdict.findings]
        missing = self.row[MISSING]
        lacking = sorted(missing) if isinstance(missing, list) else []
        return [*found, ("the missing facts", ", ".join(sorted(verdict.missing)), ", ".join(lacking))]


def problems_told(screening: Screening, found: pl.DataFrame) -> list[Problem]:
    """What is wrong with rejected rows, each with its place in the table."""
    heads = {name: number for number, name in enumerate(screening.source.head, 1)}
    lines = found.select(ROW, "column", "message", "help").iter_rows()
    name = screening.source.name
    return [Problem(Place(name, row, heads.get(column, 1)), message, help) for row, column, message, help in lines]


def find_row(screening: Screening, id: str) -> FoundRow:
    """The row whose key is `id`, or else whose number in the file is; `row:5` is a number, whatever the keys.

    Raises `InputError`.
    """
    source, key = screening.source, screening.mapping.key
    rows: list[tuple[int, int]] = []
    numbered: tuple[int, int] | None = None
    before = 0
    counted = _NUMBER.fullmatch(id)
    wanted = int(counted[1]) if counted else -1
    text = text_of(key, source.schema[key]) if key else None
    for batch in source.batches(_AT_ONCE, columns=[key] if key else list(screening.judge.columns[:1])):
        lines = batch[LINE].cast(pl.Int64)
        if isinstance(text, pl.Expr):
            named = batch.select((text.str.strip_chars() == id).fill_null(False)).to_series()
            rows += [(before + int(at), int(lines[int(at)])) for at in named.arg_true()]
        at_number = (lines == wanted).arg_max() if wanted > 0 and numbered is None else None
        if at_number is not None and lines[at_number] == wanted:
            numbered = before + at_number, wanted
        before += batch.height
    if len(rows) > 1:
        told = ", ".join(str(number) for _, number in rows[:10])
        message = f"{len(rows)} rows have the key `{id}`"
        raise InputError(
            [Problem(Place("--explain"), message, f"give the number of one, such as `row:{rows[0][1]}`: {told}")]
        )
    found = rows[0] if rows else numbered
    if found is None:
        help = f"give a cell of the column `{key}`, or a row's number" if key else "give a row's number in the file"
        raise InputError([Problem(Place("--explain"), f"no row has the key or the number `{id}`", help)])
    at, number = found
    return FoundRow(at, number, next(source.batches(1, at, screening.judge.columns)))
