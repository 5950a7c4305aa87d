"""Counts of what a screening finds, part by part: they add up, and they are plain data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from attrs import field, frozen

Counts = Mapping[str, int]

TALLY_KEYS: Final = ("decisions", "norms", "missing", "groups", "reasons")


@frozen
class Tally:
    """How many rows there are, judged and rejected, and how the judged ones came out.

    `decisions` counts rows by decision; `norms` by norm and outcome; `missing` by the fact that an undetermined norm
    lacks; `groups` by fact, symbol (empty where it is not known) and decision. `reasons` counts rejected rows by column
    and reason. `ended` are judged rows whose as-of date lies after the instrument's period; `first` and `last` the
    earliest and latest as-of date of the judged rows, empty where there are none.
    """

    rows: int = 0
    judged: int = 0
    rejected: int = 0
    ended: int = 0
    first: str = ""
    last: str = ""
    decisions: Counts = field(factory=dict, hash=False)
    norms: Mapping[str, Counts] = field(factory=dict, hash=False)
    missing: Counts = field(factory=dict, hash=False)
    groups: Mapping[str, Mapping[str, Counts]] = field(factory=dict, hash=False)
    reasons: Mapping[str, Counts] = field(factory=dict, hash=False)

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.rows + other.rows,
            self.judged + other.judged,
            self.rejected + other.rejected,
            self.ended + other.ended,
            min(filter(None, (self.first, other.first)), default=""),
            max(self.last, other.last),
            **{key: _added(getattr(self, key), getattr(other, key)) for key in TALLY_KEYS},
        )

    def to_dict(self) -> dict[str, Any]:
        """The counts as plain data, from which `from_dict` makes them again."""
        numbers = {name: getattr(self, name) for name in ("rows", "judged", "rejected", "ended", "first", "last")}
        return numbers | {key: getattr(self, key) for key in TALLY_KEYS}

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> Tally:
        """Counts that `to_dict` wrote."""
        return Tally(**data)


def _added(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Two trees of counts together, the keys of the first one first."""
    whole = dict(one)
    for key, value in other.items():
        if key not in whole:
            whole[key] = value
        else:
            whole[key] = whole[key] + value if isinstance(value, int) else _added(whole[key], value)
    return whole
