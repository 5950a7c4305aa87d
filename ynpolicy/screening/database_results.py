"""A result as a table in a database, through Ibis: DuckDB or PostgreSQL.

The rows go into a table of another name, which takes the result's name once all are in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import polars as pl
from attrs import frozen

from ynpolicy.errors import InputError, Place, Problem
from ynpolicy.screening.wording import needs_text, text_of_each

_UNFINISHED: Final = "_unfinished"
_LONGEST: Final = 63
"""PostgreSQL cuts longer names, in bytes."""


@frozen
class DatabaseTable:
    """A table of a database: its URL, as `duckdb://province.duckdb` or `postgresql://user@host/name`, and its name."""

    url: str
    name: str

    def __str__(self) -> str:
        return f"{self.name} ({_without_password(self.url)})"


def check_table(target: DatabaseTable, columns: Iterable[str], again: bool) -> None:
    """Refuses, before any work, a table that cannot be made; `again` says that an interrupted run may have made it.

    Raises `InputError`: there is no such database, Ibis or its driver is missing, the table is there already, a name is
    too long.
    """
    place = Place(str(target))
    names = (f"{target.name}{_UNFINISHED}", *columns)
    problems = [
        Problem(place, f"`{name}` is too long for a name in a database", f"at most {_LONGEST} bytes")
        for name in names
        if len(name.encode()) > _LONGEST
    ]
    with _connected(target) as connection:
        if not again and _exists(connection, target.name):
            help = "give another name, or drop it first"
            problems.append(Problem(place, f"there is a table `{target.name}` already", help))
    if problems:
        raise InputError(problems)


def write_table(target: DatabaseTable, frames: Iterable[pl.DataFrame]) -> None:
    """Writes the rows of a result, a part at a time; outcomes are texts, missing facts one text.

    Raises `InputError` where the database fails; the table is then not there.
    """
    unfinished = f"{target.name}{_UNFINISHED}"
    with _connected(target) as connection:
        connection.drop_table(unfinished, force=True)
        for number, frame in enumerate(frames):
            rows = _plain(frame)
            if number:
                connection.insert(unfinished, rows)
            else:
                connection.create_table(unfinished, rows)
        connection.drop_table(target.name, force=True)
        connection.raw_sql(f"ALTER TABLE {_quoted(unfinished)} RENAME TO {_quoted(target.name)}")


def _exists(connection: Any, name: str) -> bool:
    from ibis.common.exceptions import TableNotFound

    try:
        connection.get_schema(name)
    except TableNotFound:
        return False
    return True


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """A part in types that every database has."""
    made = []
    for column in frame:
        if needs_text(column.dtype):
            made.append(text_of_each(column))
        elif isinstance(column.dtype, (pl.Enum, pl.Categorical)) or column.dtype == pl.Null():
            made.append(column.cast(pl.String))
        elif column.dtype == pl.UInt64():
            made.append(column.cast(pl.Decimal(20, 0)))
        elif column.dtype.is_unsigned_integer():
            made.append(column.cast(pl.Int64))
    return frame.with_columns(made)


@contextmanager
def _connected(target: DatabaseTable) -> Iterator[Any]:
    """The database; what it says of a failure is told in its own words."""
    place = Place(str(target))
    try:
        import ibis
    except ModuleNotFoundError as error:
        if error.name != "ibis":
            raise
        message, help = "databases need the package `ibis-framework`", "pip install 'ynpolicy[bulk]'"
        raise InputError([Problem(place, message, help)]) from None
    connection: Any = None
    try:
        connection = ibis.connect(target.url)
        yield connection
    except ModuleNotFoundError as error:
        help = "pip install 'ynpolicy[postgres]' for PostgreSQL, 'ynpolicy[bulk]' for DuckDB"
        raise InputError([Problem(place, f"the database needs the package `{error.name}`", help)]) from None
    except InputError:
        raise
    except Exception as error:
        said = " ".join(str(error).split()) or type(error).__name__
        help = "see that the database runs, and that the URL, the rights and the room on its disk are right"
        raise InputError([Problem(place, f"the database says: {said[:300]}", help)]) from None
    finally:
        if connection is not None:
            connection.disconnect()


def _without_password(url: str) -> str:
    scheme, _, rest = url.partition("://")
    login, at, host = rest.rpartition("@")
    return f"{scheme}://{login.partition(':')[0]}{at}{host}" if at else url
