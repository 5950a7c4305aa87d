"""One entry of a pack's file for each row of a table: `for_each` names the table, `{column}` stands for a cell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Mapping as AnyMapping
from typing import Final

from attrs import evolve, frozen

from ynpolicy.documents import Mapping, Node, Scalar, Sequence
from ynpolicy.errors import Problem, nearest
from ynpolicy.fields import Fields
from ynpolicy.ir import Table

FOR_EACH: Final = "for_each"
_COLUMN: Final = re.compile(r"\{([a-z][a-z0-9_]*)\}")


@frozen
class Row:
    """A row of a table: its key, and its cells by column. An entry without `for_each` is read once, without cells."""

    table: str = ""
    key: str = ""
    cells: AnyMapping[str, str] | None = None


def each_row(
    node: Node, tables: AnyMapping[str, Table], problems: list[Problem], key: Scalar | None = None
) -> Iterator[tuple[Row, Scalar, Node]]:
    """An entry as it reads for each row: the row, the entry's key and its node, both with the cells filled in.

    `for_each` is a table's name, or `{table: name, where: {column: cell or cells}}` for some of its rows. A list item
    that is nothing but a column gives one item for each part of a cell that `|` divides, and none for an empty cell.
    """
    own = key or Scalar("", place=node.place)
    asked = node.get(FOR_EACH) if isinstance(node, Mapping) else None
    if not isinstance(node, Mapping) or asked is None:
        yield Row(), own, node
        return
    body = evolve(node, items=tuple((k, value) for k, value in node.items if k.text != FOR_EACH))
    found = _rows(asked, tables, problems)
    if found is None:
        return
    table, rows = found
    for unknown in sorted({name for scalar in (own, *_scalars(body)) for name in _COLUMN.findall(scalar.text)}):
        if unknown not in table.columns:
            message = f"table `{table.name}` has no column `{unknown}`"
            problems.append(Problem(node.place, message, nearest(unknown, table.columns)))
    for row in rows:
        yield Row(table.name, row, table.rows[row]), _filled(own, table.rows[row]), _fill(body, table.rows[row])


def _rows(node: Node, tables: AnyMapping[str, Table], problems: list[Problem]) -> tuple[Table, list[str]] | None:
    """The table that `for_each` names and the keys of the rows it selects; None where it is wrong and reported."""
    place, where = node.place, list[tuple[Scalar, Node]]()
    if isinstance(node, Scalar):
        name = node.text.strip()
    else:
        fields = Fields(node, ("table", "where"), problems, f"`{FOR_EACH}`")
        name, where = fields.text("table", required=True), list(fields.entries("where"))
    table = tables.get(name)
    if table is None:
        problems.append(Problem(place, f"unknown table `{name}`", nearest(name, tables) or "it stands under tables/"))
        return None
    keys = list(table.rows)
    for column, cells in where:
        if column.text not in table.columns:
            help = nearest(column.text, table.columns)
            problems.append(Problem(column.place, f"table `{name}` has no column `{column.text}`", help))
            return None
        wanted = {scalar.text for scalar in _scalars(cells)}
        keys = [key for key in keys if table.rows[key][column.text] in wanted]
    if not keys:
        problems.append(Problem(place, f"`{FOR_EACH}` selects no row of table `{name}`", "check `where`"))
    return table, keys


def _scalars(node: Node) -> Iterator[Scalar]:
    match node:
        case Scalar():
            yield node
        case Sequence(items):
            for item in items:
                yield from _scalars(item)
        case Mapping(items):
            for key, value in items:
                yield key
                yield from _scalars(value)


def _fill(node: Node, cells: AnyMapping[str, str]) -> Node:
    match node:
        case Scalar():
            return _filled(node, cells)
        case Sequence(items):
            filled: list[Node] = []
            for item in items:
                whole = _COLUMN.fullmatch(item.text.strip()) if isinstance(item, Scalar) else None
                if whole and isinstance(item, Scalar) and whole[1] in cells:
                    parts = (part.strip() for part in cells[whole[1]].split("|"))
                    filled += [evolve(item, text=part) for part in parts if part]
                else:
                    filled.append(_fill(item, cells))
            return evolve(node, items=tuple(filled))
        case Mapping(items):
            return evolve(node, items=tuple((_filled(key, cells), _fill(value, cells)) for key, value in items))


def _filled(scalar: Scalar, cells: AnyMapping[str, str]) -> Scalar:
    """A scalar with its columns replaced; one that is nothing but a column is empty where the cell is."""
    if "{" not in scalar.text:
        return scalar
    text = _COLUMN.sub(lambda found: cells.get(found[1], found[0]), scalar.text)
    return evolve(scalar, text=text, plain=scalar.plain or bool(_COLUMN.fullmatch(scalar.text.strip())))
