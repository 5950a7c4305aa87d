"""A table in a database: opened by its URL, and read as a stream of parts like any other table.

`duckdb:///folder/cases.duckdb` and `postgresql://user@host:5432/database` are read. Rows come in the order of all their
columns, since a database keeps none: so an interrupted screening goes on where it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import uuid4

import ibis
import polars as pl

from ynpolicy.errors import InputError, Place, Problem, nearest
from ynpolicy.screening.streams import LINE, cut

SCHEMES: Final = ("duckdb", "postgresql", "postgres")
"""The beginnings of URLs of databases."""

_FORMS: Final = "duckdb:///folder/cases.duckdb, or postgresql://user@host:5432/database"
_DIGESTED: Final = 100_000
_FIRST: Final = 20


class Database:
    """An open database. `name` is its URL without the password.

    Raises `InputError`: the URL is of no known database, it cannot be opened, or the library for it is missing.
    """

    def __init__(self, url: str, writes: bool = False) -> None:
        parts = urlsplit(url)
        if parts.scheme not in SCHEMES:
            place = Place(f"{parts.scheme}://{parts.hostname or ''}{parts.path}")
            message = f"`{parts.scheme}` is no database that can be read"
            raise InputError([Problem(place, message, nearest(parts.scheme, SCHEMES) or f"give {_FORMS}")])
        self.connection: Any
        self._mark, self._lent = uuid4().hex[:8], 0
        if parts.scheme == "duckdb":
            path = Path(unquote(parts.netloc + parts.path))
            self.name = f"duckdb://{path}"
            self.connection = self._duckdb(path, writes)
        else:
            user = f"{parts.username}@" if parts.username else ""
            port = f":{parts.port}" if parts.port else ""
            self.name = f"postgresql://{user}{parts.hostname or ''}{port}{parts.path}"
            options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
            connecting: dict[str, Any] = {
                "host": parts.hostname,
                "user": unquote(parts.username or "") or None,
                "password": unquote(parts.password or "") or None,
                "database": unquote(parts.path.lstrip("/")) or None,
                **({"port": parts.port} if parts.port else {}),
                **options,
            }
            self.connection = self._postgres(connecting)

    def _duckdb(self, path: Path, writes: bool) -> Any:
        if not path.is_file():
            raise self._refused("there is no such file", f"give {_FORMS}")
        try:
            return ibis.duckdb.connect(path, read_only=not writes)
        except Exception as error:
            raise self._unopened(error) from None

    def _postgres(self, options: dict[str, Any]) -> Any:
        try:
            return ibis.postgres.connect(**options)
        except ModuleNotFoundError as error:
            message = f"the database needs the package `{error.name}`"
            raise self._refused(message, "pip install 'ynpolicy[postgres]'") from None
        except Exception as error:
            raise self._unopened(error) from None

    def _unopened(self, error: Exception) -> InputError:
        reason = str(error).strip().partition("\n")[0]
        return self._refused(f"the database cannot be opened: {reason}", f"give {_FORMS}")

    def _refused(self, message: str, help: str) -> InputError:
        return InputError([Problem(Place(self.name), message, help)])

    def table(self, name: str) -> Any:
        """A table of the database as one of Ibis; `schema.table` where it is in another schema than the usual one.

        Raises `InputError` where there is none.
        """
        tables = self.tables()
        if name in tables:
            return self.connection.table(name)
        schema, _, inner = name.partition(".")
        if inner and inner in self.tables(schema):
            return self.connection.table(inner, database=schema)
        listed = f"the tables are {', '.join(tables[:_FIRST])}" if tables else "the database has no tables"
        message = f"the database has no table `{name}`" if name else "the table is not named"
        raise self._refused(message, (nearest(name, tables) if name else "") or f"give --table: {listed}")

    def tables(self, schema: str = "") -> list[str]:
        """The names of the tables and views of a schema; none where there is no such schema."""
        return sorted(self.connection.list_tables(database=schema or None))

    def frame(self, query: Any) -> pl.DataFrame:
        """What a query gives, in memory."""
        return _polars(query.to_pyarrow())

    def lend(self, rows: Any) -> Any:
        """A table of these rows, or of what a query gives, that the database has as long as it is open."""
        self._lent += 1
        found = rows.to_arrow() if isinstance(rows, pl.DataFrame) else rows
        return self.connection.create_table(f"ynpolicy_{self._mark}_{self._lent}", found, temp=True)


class DatabaseSource:
    """A table of a database, read in parts. Raises `InputError` where the database has no such table."""

    def __init__(self, database: Database, table: str) -> None:
        self.database = database
        self.table = database.table(table)
        self.name = f"{database.name} {table}"
        self.readable = self.table.select(
            [_readable(self.table[name], dtype).name(name) for name, dtype in self.table.schema().items()]
        )
        self.schema: dict[str, pl.DataType] = dict(database.frame(self.readable.limit(0)).schema)
        self.rows: int = self.table.count().to_pyarrow().as_py()

    @property
    def head(self) -> tuple[str, ...]:
        return tuple(self.schema)

    def about(self) -> int:
        return self.rows

    def digest(self) -> str:
        """A digest of all cells, in the order of the rows."""
        found = hashlib.sha256()
        for frame in self.batches(_DIGESTED):
            found.update(frame.drop(LINE).write_csv(include_header=False).encode())
        return f"sha256:{found.hexdigest()}"

    def batches(self, size: int, start_row: int = 0, columns: Sequence[str] | None = None) -> Iterator[pl.DataFrame]:
        line = start_row + 1
        for frame in cut(self._parts(size, start_row, self.head if columns is None else columns), size):
            numbers = pl.int_range(line, line + frame.height, dtype=pl.UInt64, eager=True).alias(LINE)
            line += frame.height
            yield frame.with_columns(numbers)

    def _parts(self, size: int, start_row: int, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        ordered = self.readable.order_by(list(self.head)).limit(None, offset=start_row)
        for batch in ordered.select(columns).to_pyarrow_batches(chunk_size=size):
            yield _polars(batch)

    def mark(self, row: int) -> tuple[int, ...]:
        return ()

    def know(self, mark: Sequence[int]) -> None:
        """Any row of a table in order is found at once."""


def open_database(url: str, table: str, writes: bool = False) -> DatabaseSource:
    """A table of a database, opened to be read, or to be written to as well. Raises `InputError`."""
    return DatabaseSource(Database(url, writes), table)


def _readable(column: Any, dtype: Any) -> Any:
    """A column in a type that a table in memory has, too, exactly; else as text."""
    plain = dtype.is_integer() or dtype.is_boolean() or dtype.is_string() or dtype.is_date() or dtype.is_floating()
    if plain or dtype.is_timestamp() or (dtype.is_decimal() and dtype.scale is not None):
        return column
    return column.cast("string")


def _polars(arrow: Any) -> pl.DataFrame:
    frame = pl.DataFrame(arrow)
    return frame.with_columns(pl.col(pl.Datetime).dt.replace_time_zone(None), pl.col(pl.Categorical).cast(pl.String))
