"""The cells of a table in a database as the columns that the engine judges, without the table leaving the database.

A column seldom holds many different cells. Each is read once, by what reads the cells of a file, and the database joins
to each row what its cells say. Plain numbers, of which there may be many, the database reads itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from math import ceil, floor
from operator import or_
from typing import Any, Final

import ibis
import polars as pl
from attrs import frozen

from ynpolicy.engines.lowering import Layout
from ynpolicy.errors import InputError, Place, Problem
from ynpolicy.ir import FactType, Kind, Pack
from ynpolicy.screening.cells import KEY as CASE
from ynpolicy.screening.cells import UNREAD, CellReader
from ynpolicy.screening.database import DatabaseSource
from ynpolicy.screening.mapping import LEVEL, VALUE, ColumnMap
from ynpolicy.screening.mapping import Mapping as ColumnMapping
from ynpolicy.units import conversion
from ynpolicy.values import LARGEST_TICKS, MICRO

NAME: Final = "case"
"""The column of a read table that names each row."""

MOST_CELLS: Final = 1_000_000
"""So many different cells a fact's columns may hold that are read one by one."""

TOLD: Final = ("column", "found", "message", "help")
"""What is said of a cell that cannot be read."""

_PLAIN: Final = r"^-?[0-9]{1,9}(\.[0-9]{1,6})?$"
_SURELY: Final = 10**9
_LARGEST_FACTOR: Final = 10**12


@frozen(eq=False)
class ReadTable:
    """A table read: a query with `NAME`, `UNREAD`, the layout's columns, and the columns kept, by `kept` under short
    names.

    `wrong` has for columns of the query what is wrong with the row's cells, by the number that stands there: an entry
    for each of `TOLD`.
    """

    table: Any
    columns: tuple[str, ...]
    kept: Mapping[str, str]
    wrong: Mapping[str, pl.DataFrame]


def read_in_database(
    pack: Pack, layout: Layout, mapping: ColumnMapping, source: DatabaseSource, keep: Sequence[str] = ()
) -> ReadTable:
    """A table of a database read by a mapping.

    Raises `InputError`: the mapping names no key, the table lacks columns or has some that cannot be read, or a column
    has more different cells than can be read one by one.
    """
    if not mapping.key:
        help = "map the column that names a row: a database does not number rows"
        raise InputError([Problem(Place(source.name), "the rows have no key", help)])
    CellReader(pack, layout, mapping, source.schema, source.name)
    groups = _groups(mapping)
    short = {name: f"t{number}" for number, name in enumerate(dict.fromkeys((*mapping.sources, *keep)))}
    base = source.readable.select([source.readable[name].name(new) for name, new in short.items()])
    added: dict[str, Any] = {}
    for number, group in enumerate(groups):
        cells = [base[short[name]] for name in group.sources]
        plain = _plain(pack, group, cells[0], source.schema[group.sources[0]])
        told = reduce(lambda one, other: one + other, map(_told, cells))
        if plain is not None:
            added[f"d{number}"] = plain
            told = ibis.ifelse(plain.isnull(), told, ibis.null("string"))
        added[f"q{number}"] = told
    base = base.mutate(**added)

    joined = base
    made: dict[str, Any] = {}
    wrong: dict[str, pl.DataFrame] = {}
    for number, group in enumerate(groups):
        found = _read(pack, layout, group, base, number, short, source)
        names = {name: f"g{number}_{place}" for place, name in enumerate(found.frame.columns)}
        lookup = source.database.lend(found.frame.rename(names))
        joined = joined.left_join(lookup, base[f"q{number}"] == lookup[names["cell"]])
        for name in found.columns:
            made[name] = lookup[names[name]]
        if f"d{number}" in added:
            own = base[f"d{number}"]
            numbers = found.numbers or (group.mapping.columns[0].fact,)
            made |= {name: ibis.coalesce(own, made[name]) if name in made else own for name in numbers}
        if found.wrong.height:
            made[f"w{number}"] = lookup[names["wrong"]]
            wrong[f"w{number}"] = found.wrong
    made[UNREAD] = reduce(or_, (made[name].notnull() for name in wrong)) if wrong else ibis.literal(False)
    made[NAME] = base[short[mapping.key]].cast("string").strip()
    kept = {name: short[name] for name in keep}
    made |= {new: base[new] for new in kept.values()}
    table = joined.select([expression.name(name) for name, expression in made.items()])
    columns = tuple(name for name in made if name in layout.columns)
    return ReadTable(table, columns, kept, wrong)


# ---------------------------------------------------------------- groups of columns


@frozen
class _Group:
    """The columns of one fact, a column of levels, or that of the rows' dates, as a mapping of its own."""

    mapping: ColumnMapping

    @property
    def sources(self) -> tuple[str, ...]:
        return self.mapping.sources


def _groups(mapping: ColumnMapping) -> list[_Group]:
    def group(columns: Sequence[ColumnMap], as_of: str = "") -> _Group:
        facts = {column.fact for column in columns}
        whole = tuple(name for name in mapping.whole if name in facts)
        return _Group(ColumnMapping(mapping.level, "", as_of, tuple(columns), whole))

    facts = dict.fromkeys(column.fact for column in mapping.columns if column.form != LEVEL)
    groups = [group(mapping.of(fact)) for fact in facts]
    groups += [group([column]) for column in mapping.columns if column.form == LEVEL]
    return [*groups, group((), mapping.as_of)] if mapping.as_of else groups


def _told(cell: Any) -> Any:
    """A cell as a text that no other cell gives, also beside others: its length goes before it."""
    text = cell.cast("string")
    return ibis.ifelse(cell.isnull(), ibis.literal("-"), text.length().cast("string") + ibis.literal(":") + text)


# ---------------------------------------------------------------- cells read one by one


@frozen(eq=False)
class _Cells:
    """Different cells read: `frame` has `cell`, the layout's columns, and `wrong`, the number of its entry."""

    frame: pl.DataFrame
    columns: tuple[str, ...]
    numbers: tuple[str, ...]
    wrong: pl.DataFrame


def _read(
    pack: Pack,
    layout: Layout,
    group: _Group,
    base: Any,
    number: int,
    short: Mapping[str, str],
    source: DatabaseSource,
) -> _Cells:
    told = base[f"q{number}"]
    query = base.filter(told.notnull())
    query = query.select(told.name("cell"), *(query[short[name]].name(f"c{n}") for n, name in enumerate(group.sources)))
    cells = source.database.frame(query.distinct().limit(MOST_CELLS + 1))
    if cells.height > MOST_CELLS:
        listed = ", ".join(f"`{name}`" for name in group.sources)
        message = f"more than {MOST_CELLS} different cells stand in {listed}"
        help = "make it a column of plain numbers in the database, or screen a file"
        raise InputError([Problem(Place(source.name), message, help)])
    cells = cells.unique("cell", keep="first", maintain_order=True)
    texts = pl.DataFrame([cells[f"c{n}"].alias(name) for n, name in enumerate(group.sources)])
    reader = CellReader(pack, layout, group.mapping, texts.schema, source.name)
    read = reader.read(texts)
    made = read.frame.drop(CASE, UNREAD)
    wrong = read.problems.select(pl.col("row").cast(pl.Int64).alias("wrong"), *TOLD)
    flawed = pl.int_range(cells.height, eager=True).alias("wrong")
    flawed = pl.select(pl.when(flawed.is_in(wrong["wrong"].implode())).then(flawed).alias("wrong")).to_series()
    frame = pl.DataFrame([cells["cell"], *made, flawed]).with_columns(pl.col(pl.Enum).cast(pl.String))
    numbers = tuple(name for name in made.columns if layout.columns[name].kind is Kind.NUMBER)
    return _Cells(frame, tuple(made.columns), numbers, wrong)


# ---------------------------------------------------------------- plain numbers


def _plain(pack: Pack, group: _Group, cell: Any, dtype: pl.DataType) -> Any:
    """The millionths of a cell that is surely a plain number within its bounds, else null; None where a column has no
    such cells that the database could read."""
    columns = group.mapping.columns
    fact = pack.facts.get(columns[0].fact) if len(columns) == 1 and columns[0].form == VALUE else None
    if fact is None or fact.kind is not Kind.NUMBER or columns[0].words:
        return None
    factor = MICRO * (conversion(columns[0].unit, fact.unit) if columns[0].unit else 1)
    if factor.denominator != 1 or factor > _LARGEST_FACTOR or factor % MICRO:
        return None
    if dtype == pl.String():
        sure = cell.re_search(_PLAIN)
    elif dtype.is_integer() or (isinstance(dtype, pl.Decimal) and dtype.scale <= 6):
        sure = cell.between(-_SURELY, _SURELY)
    else:
        return None
    number = cell.cast("decimal(38, 6)") * ibis.literal(int(factor), type="decimal(13, 0)")
    ticks = ibis.ifelse(sure, number.cast("decimal(38, 0)"), ibis.null("decimal(38, 0)"))
    low, high = (ibis.literal(end, type="decimal(38, 0)") for end in _ends(fact))
    return ibis.ifelse(ticks.between(low, high), ticks.cast("int64"), ibis.null("int64"))


def _ends(fact: FactType) -> tuple[int, int]:
    """The least and the most ticks that a number of a fact may have."""
    least = -LARGEST_TICKS if fact.minimum is None else max(-LARGEST_TICKS, ceil(fact.minimum * MICRO))
    most = LARGEST_TICKS if fact.maximum is None else min(LARGEST_TICKS, floor(fact.maximum * MICRO))
    return least, most
