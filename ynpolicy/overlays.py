"""A user's own tables laid over a pack's: rows changed or added by their key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from attrs import evolve, frozen

from ynpolicy.errors import InputError, Place, Problem, nearest
from ynpolicy.ir import Table
from ynpolicy.vocabulary import read_table


@frozen
class Laid:
    """What a user's table does to the pack's of the same name: the keys of the rows it changes and of those it adds."""

    table: str
    changed: tuple[str, ...]
    added: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.table}.csv: " + ", ".join((*self.changed, *(f"+{key}" for key in self.added)))


def overlay_files(folder: Path) -> tuple[Path, ...]:
    """The CSV files of a folder of tables. Raises `InputError` where there is no such folder or no table in it."""
    found = tuple(sorted(folder.glob("*.csv"))) if folder.is_dir() else ()
    if not found:
        message = "there is no table in this folder" if folder.is_dir() else "there is no such folder"
        raise InputError([Problem(Place(str(folder)), message, "give a folder that holds CSV files, one a table")])
    return found


def lay_over(
    tables: Mapping[str, Table], files: Iterable[Path], problems: list[Problem]
) -> tuple[dict[str, Table], tuple[Laid, ...]]:
    """The pack's tables with a user's rows in them, and what was laid.

    A file is named like the table it lies over and has its key column, and any of its other columns: a row that the
    table has keeps its other cells, a new row has them empty. What does not fit is added to `problems`.
    """
    result, laid = dict(tables), list[Laid]()
    for path in files:
        own = read_table(path, str(path), problems)
        if own is None:
            continue
        base = tables.get(own.name)
        if base is None:
            help = nearest(own.name, tables) or f"the pack has {', '.join(tables)}"
            problems.append(Problem(own.place, f"the pack has no table `{own.name}`", help))
            continue
        strange = [column for column in own.columns if column not in base.columns]
        for column in strange:
            help = nearest(column, base.columns) or f"it has {', '.join(base.columns)}"
            problems.append(Problem(own.place, f"table `{own.name}` has no column `{column}`", help))
        if own.key != base.key:
            problems.append(Problem(own.place, f"the first column is `{own.key}`", f"it is the key, `{base.key}`"))
        if strange or own.key != base.key:
            continue
        blank = dict.fromkeys(base.columns, "")
        rows = dict(base.rows)
        for key, row in own.rows.items():
            rows[key] = {**rows.get(key, blank), **row}
        result[own.name] = evolve(base, rows=rows)
        changed = tuple(key for key in own.rows if key in base.rows)
        laid.append(Laid(own.name, changed, tuple(key for key in own.rows if key not in base.rows)))
    return result, tuple(laid)
