"""The part of `ynpolicy screen` for a table whose result goes into its own database: the database judges it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import click

from ynpolicy.console import print_problems, width

if TYPE_CHECKING:
    from ynpolicy.ir import Pack
    from ynpolicy.screening.mapping import Mapping
    from ynpolicy.screening.streams import Source
    from ynpolicy.screening.summary import Summary


def screen_there(
    pack: Pack,
    source: Source,
    mapping: Mapping,
    day: date | None,
    into: str,
    *,
    by: Sequence[str],
    keep: Sequence[str],
    listed: bool,
    lang: str,
) -> Summary:
    """Screens a table in its database; prints the summary, the first problems, and the names of the tables made.

    Raises `InputError`.
    """
    from ynpolicy.render.screening import render_summary
    from ynpolicy.screening.database import DatabaseSource
    from ynpolicy.screening.database_run import screen_in_database

    assert isinstance(source, DatabaseSource)
    found = screen_in_database(pack, source, mapping, into, day, by=by, keep=keep, listed=listed)
    click.echo(render_summary(found.summary, pack, "text", lang, width(), brief=True), nl=False)
    print_problems(list(found.problems), lang, pack)
    for table in found.tables:
        click.echo(f"{table} ({source.database.name})", err=True)
    return found.summary
