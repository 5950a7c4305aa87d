"""Packs between an older and a newer one: the older pack with only some of the newer one's differences made in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import evolve

from ynpolicy.amendments import Element
from ynpolicy.choices import choose
from ynpolicy.ir import Pack, Table


class Between:
    """Two packs, and every pack between them: the older one with some of the newer one's elements in their places.

    What only the newer pack knows (facts, parameters, tables, columns, readings) is always at hand, so that an element
    of its finds what it reads.
    """

    def __init__(self, old: Pack, new: Pack) -> None:
        self.old = old
        self.new = new
        tables = {name: _joined(new.tables.get(name), table) for name, table in old.tables.items()}
        self._base: dict[str, Any] = {
            "facts": {**new.facts, **old.facts},
            "parameters": {**new.parameters, **old.parameters},
            "tables": {**new.tables, **tables},
            "readings": {**new.readings, **old.readings},
            "norms": dict(old.norms),
            "territory": dict(old.territory),
        }

    def pack(self, elements: Iterable[Element]) -> Pack:
        """The older pack with these elements as the newer has them."""
        parts: dict[str, Any] = {name: dict(mapping) for name, mapping in self._base.items()}
        since, chosen = self.old.since, dict(self.old.chosen)
        for element in elements:
            match element.kind:
                case "norm":
                    _put(parts["norms"], self.new.norms, element.name)
                case "row":
                    self._put_row(parts, element)
                case "parameter":
                    _put(parts["parameters"], self.new.parameters, element.name)
                case "fact":
                    _put(parts["facts"], self.new.facts, element.name)
                case "territory":
                    _put(parts["territory"], self.new.territory, element.name)
                case "since":
                    since = self.new.since
                case "reading":
                    _put(parts["readings"], self.new.readings, element.name)
                    _put(chosen, self.new.chosen, element.name)
        return choose(evolve(self.old, **parts, since=since, chosen=chosen), {})

    def _put_row(self, parts: dict[str, Any], element: Element) -> None:
        if element.norm:
            _put(parts["norms"], self.new.norms, element.norm)
            return
        name, _, key = element.name[:-1].partition("[")
        table, other = parts["tables"][name], self.new.tables[name]
        rows = dict(table.rows)
        if key in other.rows:
            cell = {element.column: other.rows[key][element.column]}
            rows[key] = rows.get(key, dict.fromkeys(table.columns, "")) | cell
        else:
            rows.pop(key, None)
        parts["tables"][name] = evolve(table, rows=rows)


def _put(mapping: dict[str, Any], other: Mapping[str, Any], name: str) -> None:
    """Puts another mapping's entry in the place of a mapping's own, or takes it out where the other has none."""
    if name in other:
        mapping[name] = other[name]
    else:
        mapping.pop(name, None)


def _joined(newer: Table | None, table: Table) -> Table:
    """A table with the columns that only the newer one has."""
    if newer is None or set(newer.columns) <= set(table.columns):
        return table
    columns = tuple(dict.fromkeys((*table.columns, *newer.columns)))
    blank = dict.fromkeys(columns, "")
    rows = {key: {**blank, **newer.rows.get(key, {}), **row} for key, row in table.rows.items()}
    return evolve(table, columns=columns, rows=rows)
