"""What one database says otherwise than the others, where Ibis does not see to it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import ibis

from ynpolicy.engines.warehouse.expressions import Expression


@ibis.udf.scalar.builtin(name="pi")  # type: ignore[untyped-decorator]
def _pi() -> float:  # type: ignore[empty-body]
    """A function of the database's own: Ibis does not know what it gives, and computes it once."""


@ibis.udf.scalar.builtin(name="clock_timestamp")  # type: ignore[untyped-decorator]
def _clock_timestamp() -> datetime:  # type: ignore[empty-body]
    """The time of day, which PostgreSQL computes once, since it may be another the next time."""


@ibis.udf.scalar.builtin(name="string_to_array")  # type: ignore[untyped-decorator]
def _string_to_array(text: str, mark: str) -> list[str]:  # type: ignore[empty-body]
    """A text in parts; none of a text that is empty."""


def is_postgres(table: Any) -> bool:
    """Whether a table is in PostgreSQL; one that is bound to no database is not."""
    try:
        return str(table.get_backend().name) == "postgres"
    except ibis.IbisError:
        return False


def pin(table: Any) -> Expression:
    """A value for a query that has to stay one of its own, around or inside another.

    Ibis joins queries to make fewer of them, and PostgreSQL does again: each expression is then written out wherever
    it is read, and so on from query to query. Neither does so where a value may not be computed twice.
    """
    return _clock_timestamp() if is_postgres(table) else _pi()


def never(table: Any) -> Expression:
    """False, by what the database may not compute twice: so it moves no test of an outcome into the inner queries,
    where the test would be written out once more for each of them."""
    return _clock_timestamp().isnull() if is_postgres(table) else ibis.random() < 0


def no_texts(table: Any) -> Expression:
    """An empty list of texts, for which PostgreSQL has no literal without a type."""
    return _string_to_array("", ",") if is_postgres(table) else ibis.literal([], type="array<string>")
