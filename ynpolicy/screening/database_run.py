"""A table screened where it lives: judged by its database, into a new table of it, and counted there.

The result is made under another name and takes its own once all is there; what is wrong with rejected rows stands in a
table beside it. Rows in are rows judged and rows rejected.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

import ibis
from attrs import evolve, field, frozen

from ynpolicy.engines.lowering import DECISIONS, OUTCOMES
from ynpolicy.engines.lowering.columns import AS_OF_COLUMN
from ynpolicy.engines.lowering.results import DECISION, MISSING, REJECTED, WORD
from ynpolicy.engines.warehouse import WarehouseEngine
from ynpolicy.errors import InputError, Place, Problem
from ynpolicy.ir import Pack
from ynpolicy.screening.cells import UNREAD
from ynpolicy.screening.database import DatabaseSource
from ynpolicy.screening.database_cells import NAME, TOLD, ReadTable, read_in_database
from ynpolicy.screening.groups import Group, added_up, groups_of
from ynpolicy.screening.judging import KEY, reason_of
from ynpolicy.screening.mapping import Mapping as ColumnMapping
from ynpolicy.screening.prepare import columns_kept, problems_asked, receipt_of
from ynpolicy.screening.run import TOLD as MOST_TOLD
from ynpolicy.screening.run import LostRows
from ynpolicy.screening.summary import Summary
from ynpolicy.screening.tally import Tally

REJECTIONS: Final = "_rejected"
"""What the table of rejected rows has behind the name of the result."""

_UNFINISHED: Final = "_unfinished"
_LONGEST: Final = 63
_AT_ONCE: Final = 400
_UNDIGESTED: Final = "in its database"


@frozen
class ScreenedThere:
    """What came of it: the summary, the tables made, and the first problems of rejected rows."""

    summary: Summary
    tables: tuple[str, ...]
    problems: tuple[Problem, ...] = field(eq=False)


def screen_in_database(
    pack: Pack,
    source: DatabaseSource,
    mapping: ColumnMapping,
    into: str,
    as_of: date | None = None,
    *,
    by: Sequence[str] = (),
    keep: Sequence[str] = (),
    listed: bool = False,
) -> ScreenedThere:
    """Screens a table of a database into the table `into` of the same database.

    The result has `key`, `rejected`, `decision`, with `listed` the `missing` facts, the outcome of each norm, and the
    columns to `keep`. Raises `InputError` as `prepare` does, where a table of the name is there already, or the
    database fails; `LostRows` where rows got lost. Then there is no result.
    """
    work = _Work(pack, source, mapping, into, as_of, by, keep, listed)
    try:
        return work.done()
    except (InputError, LostRows):
        raise
    except Exception as error:
        said = " ".join(str(error).split()) or type(error).__name__
        help = "see that the database runs, and that the URL, the rights and the room on its disk are right"
        raise InputError([Problem(Place(source.name), f"the database says: {said[:300]}", help)]) from None
    finally:
        work.clear()


class _Work:
    def __init__(
        self,
        pack: Pack,
        source: DatabaseSource,
        mapping: ColumnMapping,
        into: str,
        as_of: date | None,
        by: Sequence[str],
        keep: Sequence[str],
        listed: bool,
    ) -> None:
        self._pack, self._source, self._into, self._as_of, self._listed = pack, source, into, as_of, listed
        self._mapping = mapping if as_of is None else evolve(mapping, as_of="")
        self._engine = WarehouseEngine(pack, mapping.level)
        self._norms = [norm.id for norm in pack.norms_at(mapping.level)]
        self._kept = columns_kept(source, mapping, keep)
        self._refuse()
        self._groups = groups_of(pack, self._engine.layout, {column.fact for column in mapping.columns}, by)
        self._connection = source.database.connection

    def _refuse(self) -> None:
        """Refuses, before any work, what could not be done. Raises `InputError`."""
        place = Place(self._source.name)
        problems = list(problems_asked(self._pack, self._source, self._mapping, self._as_of, self._kept))
        tables = {name.casefold(): name for name in self._source.database.tables()}
        for name in self._made():
            if name.casefold() in tables:
                help = "give another name, or drop it first"
                problems.append(Problem(place, f"there is a table `{tables[name.casefold()]}` already", help))
        for name in (f"{self._into}{REJECTIONS}{_UNFINISHED}", *self._norms, *self._kept):
            if len(name.encode()) > _LONGEST:
                help = f"at most {_LONGEST} bytes"
                problems.append(Problem(place, f"`{name}` is too long for a name in a database", help))
        if problems:
            raise InputError(problems)

    def _made(self) -> tuple[str, ...]:
        return self._into, f"{self._into}{REJECTIONS}"

    # ------------------------------------------------------------ the work

    def done(self) -> ScreenedThere:
        read = read_in_database(self._pack, self._engine.layout, self._mapping, self._source, self._kept)
        work = self._judged(read)
        self._table(self._into, self._result(work, read))
        impossible = self._source.database.lend(self._impossible(read))
        rejected = self._table(self._made()[1], self._rejections(work, read, impossible))
        tally = self._tally(work, self._reasons(work, read, impossible))
        if not tally.rows:
            help = "each row below the head is a case"
            raise InputError([Problem(Place(self._source.name), "the table has no rows", help)])
        whole = self._source.table.count().to_pyarrow().as_py()
        decided = sum(tally.decisions.values())
        if not (whole == tally.rows == tally.judged + tally.rejected and tally.judged == decided):
            raise LostRows(
                f"{self._source.name}: {whole} rows, but {tally.judged} judged and {tally.rejected} rejected; "
                "nothing is written"
            )
        first = tuple(self._first(rejected))
        made = self._made() if tally.rejected else self._made()[:1]
        renamed = [f"ALTER TABLE {_quoted(name + _UNFINISHED)} RENAME TO {_quoted(name)};" for name in made]
        try:
            self._connection.raw_sql(f"BEGIN; {' '.join(renamed)} COMMIT")
        except Exception:
            self._connection.raw_sql("ROLLBACK")
            raise
        receipt = receipt_of(
            self._pack,
            self._source.name,
            _UNDIGESTED,
            self._mapping,
            self._as_of,
            f"warehouse ({self._connection.name}, ibis {ibis.__version__})",
            "; ".join([*(["missing"] if self._listed else []), *(f"keep {name}" for name in self._kept)]),
        )
        groups = {group.fact: group.columns for group in self._groups}
        return ScreenedThere(Summary(tally, receipt, groups), made, first)

    def clear(self) -> None:
        """Drops what is unfinished."""
        for name in self._made():
            self._connection.drop_table(f"{name}{_UNFINISHED}", force=True)

    def _table(self, name: str, query: Any) -> Any:
        return self._connection.create_table(f"{name}{_UNFINISHED}", query, overwrite=True)

    def _judged(self, read: ReadTable) -> Any:
        """Every row with its codes, what is needed to count it, and what is kept."""
        asked = {name: None for group in self._groups for name in group.columns}
        shown = {f"b{number}": name for number, name in enumerate(asked) if name in read.columns}
        self._shown = {name: new for new, name in shown.items()}
        table = read.table.mutate(**{new: read.table[name] for new, name in shown.items()})
        judged = self._engine.judge(table, self._as_of, missing="case")
        judged = judged.mutate(**{REJECTED: judged[REJECTED] | judged[UNREAD], "impossible": judged[REJECTED]})
        return self._source.database.lend(judged)

    def _result(self, work: Any, read: ReadTable) -> Any:
        named = self._engine.named(work)
        columns = {KEY: named[NAME], REJECTED: named[REJECTED], DECISION: named[DECISION]}
        if self._listed:
            columns[MISSING] = named[MISSING].join("; ") if MISSING in named.columns else ibis.literal("")
        columns |= {id: named[id] for id in self._norms}
        blank = {DECISION, MISSING, *self._norms}
        sound = {
            name: ibis.ifelse(named[REJECTED], ibis.null("string"), found) if name in blank else found
            for name, found in columns.items()
        }
        sound |= {name: named[new] for name, new in read.kept.items()}
        return named.select([found.name(name) for name, found in sound.items()])

    # ------------------------------------------------------------ what is wrong

    def _rejections(self, work: Any, read: ReadTable, impossible: Any) -> Any:
        """A row for each problem of a rejected row: its key, the column, what stands there, what is wrong."""
        found = []
        for column, entries in read.wrong.items():
            lent = self._source.database.lend(entries)
            rows = work.filter(work[column].notnull()).join(lent, work[column] == lent["wrong"])
            found.append(rows.select(rows[NAME].name(KEY), *TOLD))
        found.append(impossible.mutate(ibis.null("string").name("found")).select(KEY, *TOLD))
        return found[0] if len(found) == 1 else ibis.union(*found)

    def _impossible(self, read: ReadTable) -> Any:
        """What is wrong with rows that can be read and yet cannot be."""
        sources = {
            column.fact: "; ".join(one.source for one in self._mapping.of(column.fact))
            for column in self._mapping.columns
            if column.fact
        }
        sources |= {AS_OF_COLUMN: self._mapping.as_of}
        table = read.table.filter(~read.table[UNREAD]).select(NAME, *read.columns)
        problems = self._engine.problems(table, self._as_of)
        column = problems["fact"].cases(*sources.items(), else_=problems["fact"])
        return problems.select(problems[NAME].name(KEY), column.name("column"), "message", "help")

    def _first(self, rejected: Any) -> Iterator[Problem]:
        """The first problem of each sort, no more than are told one by one."""
        kinds = rejected.group_by("column", "message").agg(key=rejected[KEY].min(), help=rejected["help"].min())
        for row in self._source.database.frame(kinds.order_by(KEY, "column").limit(MOST_TOLD)).iter_rows(named=True):
            yield Problem(Place(f"{self._source.name} {row[KEY]}"), row["message"], row["help"])

    # ------------------------------------------------------------ counts

    def _tally(self, work: Any, reasons: Mapping[str, Mapping[str, int]]) -> Tally:
        sound = ~work[REJECTED]
        counts: dict[str, Any] = {"rows": work.count(), REJECTED: work[REJECTED].sum()}
        for code in range(len(DECISIONS)):
            counts[f"{DECISION} {code}"] = (sound & (work[DECISION] == code)).sum()
        for number, id in enumerate(self._norms):
            for code in range(len(OUTCOMES)):
                counts[f"n{number} {code}"] = (sound & (work[id] == code)).sum()
        for number, _ in enumerate(self._engine.layout.facts):
            word = f"{MISSING}.{number // WORD}"
            if word in work.columns:
                bit = ibis.literal(1 << number % WORD, type="int64")
                counts[f"f{number}"] = (sound & ((work[word] & bit) != 0)).sum()
        last = self._pack.period[1]
        if self._as_of is None:
            day = ibis.ifelse(sound, work[AS_OF_COLUMN], ibis.null("date"))
            counts |= {"ended": (day > ibis.literal(last)).sum(), "first": day.min(), "last": day.max()}
        sums = self._counted(work, counts)
        judged = sums["rows"] - sums[REJECTED]
        first = sums.get("first", self._as_of if judged else None)
        latest = sums.get("last", self._as_of if judged else None)
        ended = judged * (self._as_of > last) if self._as_of is not None else sums["ended"]
        return Tally(
            rows=sums["rows"],
            judged=judged,
            rejected=sums[REJECTED],
            ended=ended,
            first=first.isoformat() if first else "",
            last=latest.isoformat() if latest else "",
            decisions={word.value: sums[f"{DECISION} {code}"] for code, word in enumerate(DECISIONS)},
            norms={
                id: {word.value: sums[f"n{number} {code}"] for code, word in enumerate(OUTCOMES)}
                for number, id in enumerate(self._norms)
            },
            missing={fact: sums.get(f"f{number}", 0) for number, fact in enumerate(self._engine.layout.facts)},
            groups={group.fact: self._grouped(work, group) for group in self._groups},
            reasons=reasons,
        )

    def _counted(self, work: Any, counts: Mapping[str, Any]) -> dict[str, Any]:
        """Sums over all rows, some at a time; of no rows they are 0."""
        found: dict[str, Any] = {}
        items = list(counts.items())
        for start in range(0, len(items), _AT_ONCE):
            part = items[start : start + _AT_ONCE]
            query = work.aggregate([value.name(f"a{number}") for number, (_, value) in enumerate(part)])
            values = self._source.database.frame(query).row(0)
            found |= dict(zip((name for name, _ in part), values, strict=True))
        return {name: value if name in ("first", "last") else int(value or 0) for name, value in found.items()}

    def _grouped(self, work: Any, group: Group) -> dict[str, dict[str, int]]:
        shown = [name for name in group.columns if name in self._shown]
        columns = [self._shown[name] for name in shown]
        judged = work.filter(~work[REJECTED])
        query = judged.group_by(*columns, DECISION).agg(number=judged.count())
        rows = self._source.database.frame(query).sort([*columns, DECISION])
        counts = (
            (dict(zip(shown, row[:-2], strict=True)), DECISIONS[row[-2]].value, int(row[-1]))
            for row in rows.select(*columns, DECISION, "number").iter_rows()
        )
        return added_up(self._pack, group, counts)

    def _reasons(self, work: Any, read: ReadTable, impossible: Any) -> dict[str, dict[str, int]]:
        """How many rows each reason rejects, by column."""
        frame = self._source.database.frame
        told: list[tuple[str, str, int]] = []
        for name, entries in read.wrong.items():
            rows = dict(frame(work.filter(work[name].notnull()).group_by(name).agg(number=ibis._.count())).iter_rows())
            once = entries.unique(["wrong", "column", "message"], maintain_order=True)
            told += [
                (column, message, int(rows.get(wrong, 0)))
                for wrong, column, message in once.select("wrong", "column", "message").iter_rows()
            ]
        query = impossible.group_by("column", "message").agg(number=impossible.count())
        told += frame(query).sort("column", "message").iter_rows()
        counts: dict[str, dict[str, int]] = {}
        for column, message, number in told:
            reason = reason_of(message, self._pack.facts)
            of_column = counts.setdefault(column, {})
            of_column[reason] = of_column.get(reason, 0) + number
        return counts


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
