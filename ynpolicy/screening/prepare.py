"""What a screening needs, made ready: the engine, the reader of cells, what is counted, and the receipt."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final

import polars as pl
from attrs import evolve, frozen

from ynpolicy.engines.columnar import ColumnarEngine
from ynpolicy.errors import InputError, Place, Problem, nearest
from ynpolicy.ir import Pack
from ynpolicy.screening.cells import CellReader
from ynpolicy.screening.groups import Group, groups_of
from ynpolicy.screening.judging import OWN, PartJudge
from ynpolicy.screening.mapping import Mapping, written
from ynpolicy.screening.run import CHUNK
from ynpolicy.screening.streams import Source
from ynpolicy.screening.summary import ScreeningReceipt
from ynpolicy.version import __version__, code_digest
from ynpolicy.workdays import calendar_version

ALL: Final = "*"
"""In place of the columns to keep: all of the table's."""


@frozen
class Screening:
    """A table, how it is read and judged, and under which receipt."""

    source: Source
    mapping: Mapping
    judge: PartJudge
    receipt: ScreeningReceipt
    chunk: int

    @property
    def pack(self) -> Pack:
        return self.judge.engine.pack

    @property
    def level(self) -> str:
        return self.mapping.level

    @property
    def told_by(self) -> dict[str, tuple[str, ...]]:
        """The facts by which rows are counted, each with the facts that tell it."""
        return {group.fact: group.columns for group in self.judge.groups}


def prepare(
    pack: Pack,
    source: Source,
    mapping: Mapping,
    as_of: date | None = None,
    *,
    by: Sequence[str] = (),
    keep: Sequence[str] = (),
    listed: bool = False,
    chunk: int = CHUNK,
) -> Screening:
    """A screening of a table under a pack, made ready. `as_of` goes before the dates of the rows.

    `by` are the facts by which rows are counted, `keep` the columns of the table that the result has, too, `listed`
    says whether it lists the missing facts of each row, `chunk` how many rows are in memory at a time.

    Raises `InputError` with every problem: no as-of date, columns that the table does not have, facts by which rows
    cannot be counted.
    """
    engine = ColumnarEngine(pack, mapping.level)
    if as_of is not None:
        mapping = evolve(mapping, as_of="")
    kept = columns_kept(source, mapping, keep)
    problems = list(problems_asked(pack, source, mapping, as_of, kept))
    groups: tuple[Group, ...] = ()
    reader: CellReader | None = None
    try:
        at_hand = {column.fact for column in mapping.columns}
        groups = groups_of(pack, engine.layout, at_hand, by)
    except InputError as error:
        problems += error.problems
    try:
        reader = CellReader(pack, engine.layout, mapping, source.schema, source.name)
    except InputError as error:
        problems += error.problems
    if problems or reader is None:
        raise InputError(problems)
    sources = {column.fact: tuple(one.source for one in mapping.of(column.fact)) for column in mapping.columns}
    judge = PartJudge(engine, reader, as_of, groups, sources, kept, bool(mapping.key), listed)
    engine_name = f"columnar (polars {pl.__version__})"
    options = _options(chunk, listed, kept, [group.fact for group in groups])
    receipt = receipt_of(pack, source.name, source.digest(), mapping, as_of, engine_name, options)
    return Screening(source, mapping, judge, receipt, chunk)


def columns_kept(source: Source, mapping: Mapping, keep: Sequence[str]) -> tuple[str, ...]:
    """The columns of a table that the result has, too: those named in `keep`, once each, or all but the key."""
    return tuple(name for name in source.head if name != mapping.key) if ALL in keep else tuple(dict.fromkeys(keep))


def problems_asked(
    pack: Pack, source: Source, mapping: Mapping, as_of: date | None, kept: Iterable[str]
) -> Iterator[Problem]:
    """What is wrong with what is asked of a screening: no as-of date, and columns that cannot be kept."""
    if as_of is None and not mapping.as_of:
        help = "give --as-of, or map the column with each row's day of acceptance"
        yield Problem(Place(source.name), "there is no as-of date", help)
    norms = {norm.id for norm in pack.norms_at(mapping.level)}
    for name in kept:
        if name not in source.head:
            help = nearest(name, source.head) or f"the columns are {', '.join(source.head[:20])}"
            yield Problem(Place("--keep"), f"the table has no column `{name}`", help)
        elif name in OWN or name in norms:
            help = "rename it: the result has a column of that name"
            yield Problem(Place("--keep"), f"column `{name}` is in the way", help)


def receipt_of(
    pack: Pack, table: str, digest: str, mapping: Mapping, as_of: date | None, engine: str, options: str
) -> ScreeningReceipt:
    """The receipt of a screening of a table that has this digest."""
    return ScreeningReceipt(
        table=table,
        source=digest,
        mapping=_digest(written(mapping)),
        level=mapping.level,
        as_of=as_of.isoformat() if as_of else "",
        as_of_column=mapping.as_of,
        pack=pack.id,
        pack_version=pack.version,
        pack_digest=pack.digest,
        text_digest=pack.text_digest,
        library=f"ynpolicy {__version__}",
        code=code_digest(),
        engine=engine,
        calendar=calendar_version(),
        readings=pack.chosen,
        tables=pack.laid,
        options=options,
    )


def _digest(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _options(chunk: int, listed: bool, kept: Iterable[str], by: Iterable[str]) -> str:
    parts = [f"chunk {chunk}", *(["missing"] if listed else [])]
    parts += [f"{name} {', '.join(values)}" for name, values in (("keep", list(kept)), ("by", list(by))) if values]
    return "; ".join(parts)
