"""One part of a table: its rows judged, or rejected with the reasons, and counted."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import date
from typing import Final, Protocol

import polars as pl
from attrs import field, frozen

from ynpolicy.engines.columnar import ColumnarEngine
from ynpolicy.engines.lowering import DECISIONS, OUTCOMES
from ynpolicy.engines.lowering.columns import AS_OF_COLUMN
from ynpolicy.engines.lowering.results import DECISION, MISSING, REJECTED, WORD
from ynpolicy.screening.cells import KEY as CASE
from ynpolicy.screening.cells import UNREAD, Read
from ynpolicy.screening.groups import Group, counted
from ynpolicy.screening.streams import LINE
from ynpolicy.screening.tally import Tally

ROW: Final = "row"
KEY: Final = "key"
OWN: Final = (ROW, KEY, REJECTED, DECISION, MISSING)
"""The columns of a result beside one for each norm and those that are kept of the table."""

PROBLEMS: Final[Mapping[str, pl.DataType]] = {
    ROW: pl.Int64(),
    "column": pl.String(),
    "found": pl.String(),
    "message": pl.String(),
    "help": pl.String(),
}
"""What is said of a rejected row: its number (from 1), the column, what stands there, what is wrong, what is right."""

_OUTCOME: Final = pl.Enum([outcome.value for outcome in OUTCOMES])
_DECISION: Final = pl.Enum([decision.value for decision in DECISIONS])
_NAMES: Final = pl.List(pl.String)
_QUOTED: Final = re.compile(r"`[^`]*`")
_MOST_REASONS: Final = 200
_MASK: Final = re.compile(rf"{MISSING}\.(\d+)")


class Reader(Protocol):
    """What reads the cells of a table: `CellReader`."""

    @property
    def sources(self) -> Sequence[str]: ...

    def read(self, frame: pl.DataFrame, first_row: int) -> Read: ...


@frozen
class JudgedPart:
    """The rows of a part as the result has them, what is wrong with the rejected ones, and the counts."""

    rows: pl.DataFrame = field(eq=False)
    problems: pl.DataFrame = field(eq=False)
    tally: Tally


@frozen
class PartJudge:
    """Judges parts of a table. `sources` are the table's columns from which each fact is read; `keep` are columns of
    the table that the result has, too; `keyed` says whether rows have names, `listed` whether the result lists the
    missing facts of each row."""

    engine: ColumnarEngine
    reader: Reader
    as_of: date | None
    groups: tuple[Group, ...] = ()
    sources: Mapping[str, Sequence[str]] = field(factory=dict, hash=False)
    keep: tuple[str, ...] = ()
    keyed: bool = True
    listed: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the table that are read or kept."""
        return tuple(dict.fromkeys((*self.reader.sources, *self.keep)))

    def judge(self, batch: pl.DataFrame, first_row: int) -> JudgedPart:
        """The rows of a batch, of which the first has so many rows before it. Raises `InputError` as the engine does.

        A row is numbered as in its file where the batch says how, else from 1.
        """
        counted = pl.int_range(first_row + 1, first_row + batch.height + 1, dtype=pl.Int64, eager=True)
        lines = (batch[LINE].cast(pl.Int64) if LINE in batch.columns else counted).alias(ROW)
        read = self.reader.read(batch, first_row)
        cases = read.frame.select([name for name in self.engine.layout.columns if name in read.frame.columns])
        judged = self.engine.judge(cases, self.as_of, missing="case")
        unread, impossible = read.frame[UNREAD], judged[REJECTED]
        rejected = (unread | impossible).alias(REJECTED)
        if unread.any():
            judged = judged.with_columns(pl.when(~rejected).then(pl.all()).name.keep())
        told = read.problems.select(pl.col("line").cast(pl.Int64).alias(ROW), *list(PROBLEMS)[1:])
        problems = pl.concat([told, self._impossible(batch, cases, ~unread & impossible, lines)])
        problems = problems.sort(ROW, maintain_order=True)
        return JudgedPart(
            self._rows(batch, read.frame, judged, rejected, lines),
            problems,
            self._tally(cases, judged, rejected, problems),
        )

    def _norms(self) -> list[str]:
        return [norm.id for norm in self.engine.pack.norms_at(self.engine.level)]

    def _rows(
        self, batch: pl.DataFrame, read: pl.DataFrame, judged: pl.DataFrame, rejected: pl.Series, lines: pl.Series
    ) -> pl.DataFrame:
        decision, *norms = judged.select(_named(DECISION, _DECISION), *(_named(id, _OUTCOME) for id in self._norms()))
        columns = [
            lines,
            *([read[CASE].alias(KEY)] if self.keyed else []),
            rejected,
            decision,
            *([self._missing(judged)] if self.listed else []),
        ]
        return pl.DataFrame([*columns, *norms, *(batch[name] for name in self.keep)])

    def _missing(self, judged: pl.DataFrame) -> pl.Series:
        """The missing facts of each row by name, null where it is rejected: told once for each set of them."""
        masks = _masks(judged)
        if not masks:
            return judged.select(pl.when(pl.col(DECISION).is_not_null()).then(pl.lit([], dtype=_NAMES)).alias(MISSING))[
                MISSING
            ]
        names = judged.select(masks).unique(maintain_order=True)
        told = [
            [fact for fact, word, bit in self._bits() if (row.get(word) or 0) & bit]
            if any(row[mask] is not None for mask in masks)
            else None
            for row in names.to_dicts()
        ]
        lists = names.with_columns(pl.Series(MISSING, told, dtype=_NAMES))
        return judged.select(masks).join(lists, on=masks, how="left", nulls_equal=True, maintain_order="left")[MISSING]

    def _bits(self) -> list[tuple[str, str, int]]:
        """Each fact with the word in which its bit stands, and the bit."""
        facts = self.engine.layout.facts
        return [(fact, f"{MISSING}.{number // WORD}", 1 << number % WORD) for number, fact in enumerate(facts)]

    # ------------------------------------------------------------ what is wrong

    def _impossible(self, batch: pl.DataFrame, cases: pl.DataFrame, rows: pl.Series, lines: pl.Series) -> pl.DataFrame:
        """What is wrong with rows that can be read and yet cannot be."""
        if not rows.any():
            return pl.DataFrame(schema=PROBLEMS)
        numbers = rows.arg_true()
        found = self.engine.problems(cases.filter(rows), self.as_of)
        told = []
        for row, fact, message, help in found.select("row", "fact", "message", "help").iter_rows():
            number = int(numbers[row])
            sources = [name for name in self.sources.get(fact, ()) if name in batch.columns]
            cells = [batch[number, name] for name in sources]
            shown = "; ".join("" if cell is None else str(cell) for cell in cells)
            told.append((lines[number], "; ".join(sources) or fact, shown, message, help))
        return pl.DataFrame(told, schema=PROBLEMS, orient="row")

    # ------------------------------------------------------------ counts

    def _tally(self, cases: pl.DataFrame, judged: pl.DataFrame, rejected: pl.Series, problems: pl.DataFrame) -> Tally:
        norms = self._norms()
        sums = judged.select(
            *((pl.col(DECISION) == code).sum().alias(f"decision {code}") for code in range(len(DECISIONS))),
            *((pl.col(id) == code).sum().alias(f"{id} {code}") for id in norms for code in range(len(OUTCOMES))),
            *(
                (pl.col(word) & bit != 0).sum().alias(f"lacks {fact}")
                for fact, word, bit in self._bits()
                if word in judged
            ),
        ).row(0, named=True)
        decided = judged.select(_named(DECISION, _DECISION))[DECISION]
        some = rejected.any()
        sound = cases.filter(~rejected) if some else cases
        wrong = int(rejected.sum())
        days = _days(sound, self.as_of)
        last = self.engine.pack.period[1]
        return Tally(
            rows=cases.height,
            judged=cases.height - wrong,
            rejected=wrong,
            ended=days.filter(days > last).len() if self.as_of is None else sound.height * (self.as_of > last),
            first=_text(days.min()),
            last=_text(days.max()),
            decisions={word.value: sums[f"decision {code}"] for code, word in enumerate(DECISIONS)},
            norms={id: {word.value: sums[f"{id} {code}"] for code, word in enumerate(OUTCOMES)} for id in norms},
            missing={fact: sums.get(f"lacks {fact}", 0) for fact in self.engine.layout.facts},
            groups={
                group.fact: counted(self.engine.pack, group, sound, decided.drop_nulls() if some else decided)
                for group in self.groups
            },
            reasons=_reasons(problems, self.engine.pack.facts),
        )


def _named(column: str, words: pl.Enum) -> pl.Expr:
    return pl.col(column).cast(pl.UInt8).cat.to(words)


def _masks(judged: pl.DataFrame) -> list[str]:
    return [name for name in judged.columns if _MASK.fullmatch(name)]


def _days(cases: pl.DataFrame, as_of: date | None) -> pl.Series:
    if as_of is None:
        return cases[AS_OF_COLUMN]
    return pl.Series([as_of] if cases.height else [], dtype=pl.Date)


def _text(day: object) -> str:
    return day.isoformat() if isinstance(day, date) else ""


def reason_of(message: str, facts: Container[str]) -> str:
    """A message without what the row holds: of what stands in backticks, only the names of facts stay."""
    return _QUOTED.sub(lambda found: found[0] if found[0][1:-1] in facts else "`…`", message)


def _reasons(problems: pl.DataFrame, facts: Container[str]) -> dict[str, dict[str, int]]:
    """How many rows each reason rejects, by column."""
    told: Iterable[tuple[str, str, int]] = (
        problems.group_by("column", "message", maintain_order=True).agg(pl.col(ROW).n_unique()).iter_rows()
    )
    counts: dict[str, dict[str, int]] = {}
    for column, message, rows in told:
        reason = reason_of(message, facts)
        of_column = counts.setdefault(column, {})
        if reason not in of_column and len(of_column) >= _MOST_REASONS:
            reason = "other reasons"
        of_column[reason] = of_column.get(reason, 0) + rows
    return counts
