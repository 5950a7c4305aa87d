"""What a screening found in all, with its receipt: data for reports, and the JSON `ynpolicy.screening/1`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import asdict, field, frozen

from ynpolicy.ir import Pack, Text
from ynpolicy.schemas_screening import SCREENING_SCHEMA
from ynpolicy.screening.tally import Tally
from ynpolicy.verdict import Decision


@frozen
class ScreeningReceipt:
    """What was screened, by what: enough to screen it again and get the same result.

    `source` and `mapping` are digests: of the table's content, and of how its columns are read. `as_of` is the one date
    of all rows, or empty where each row has its own in the column `as_of_column`. `library` is with the digest of its
    code. `options` are those that change the result's form.
    """

    table: str
    source: str
    mapping: str
    level: str
    as_of: str
    as_of_column: str
    pack: str
    pack_version: str
    pack_digest: str
    text_digest: str
    library: str
    code: str
    engine: str
    calendar: str = ""
    readings: Mapping[str, str] = field(factory=dict, hash=False)
    tables: tuple[str, ...] = ()
    options: str = ""

    def manifest(self) -> dict[str, str]:
        """What must be the same for an interrupted run to go on, by the keys of `parts.DIFFERENCES`."""
        return {
            "table": self.table,
            "source": self.source,
            "mapping": self.mapping,
            "pack": " ".join((self.pack, self.pack_version, self.pack_digest, *self.tables)),
            "readings": ", ".join(f"{reading}={option}" for reading, option in sorted(self.readings.items())) or "-",
            "level": self.level,
            "as_of": self.as_of or f"column {self.as_of_column}",
            "library": f"{self.library} {self.code} {self.engine} {self.calendar}".rstrip(),
            "options": self.options,
        }

    def to_dict(self) -> dict[str, Any]:
        """The receipt as plain data."""
        return asdict(self) | {"readings": dict(self.readings), "tables": list(self.tables)}


@frozen
class Summary:
    """The counts of a screening. `groups` has for each fact by which rows are counted the facts that tell it."""

    tally: Tally
    receipt: ScreeningReceipt
    groups: Mapping[str, tuple[str, ...]] = field(factory=dict, hash=False)

    @property
    def status(self) -> int:
        """The exit status: 2 some row is rejected; else 1 some row is refused; else 3 some is not in order; else 0."""
        decisions = {name for name, count in self.tally.decisions.items() if count}
        if self.tally.rejected:
            return 2
        if Decision.REFUSED.value in decisions:
            return 1
        return 0 if decisions <= {Decision.IN_ORDER.value} else 3

    def to_dict(self, pack: Pack) -> dict[str, Any]:
        """The summary as plain data for JSON: schema `ynpolicy.screening/1`."""
        tally = self.tally
        return {
            "schema": SCREENING_SCHEMA,
            "rows": tally.rows,
            "judged": tally.judged,
            "rejected": tally.rejected,
            "after_period": tally.ended,
            "as_of": {"first": tally.first, "last": tally.last},
            "decisions": dict(tally.decisions),
            "norms": [
                {
                    "id": norm.id,
                    "title": _text(norm.title),
                    "modality": norm.modality.value,
                    "clauses": list(norm.clauses),
                    "outcomes": dict(tally.norms.get(norm.id, {})),
                }
                for norm in pack.norms_at(self.receipt.level)
            ],
            "groups": [
                {
                    "fact": fact,
                    "label": _text(pack.facts[fact].label),
                    "told_by": list(told_by),
                    "symbols": [
                        {"symbol": symbol, "label": symbol_label(pack, fact, symbol), "decisions": dict(counts)}
                        for symbol, counts in tally.groups.get(fact, {}).items()
                    ],
                }
                for fact, told_by in self.groups.items()
            ],
            "missing": [
                {"fact": fact, "label": _text(pack.facts[fact].label), "rows": count}
                for fact, count in most(tally.missing)
            ],
            "rejections": [
                {"column": column, "reason": reason, "rows": count}
                for column, counts in tally.reasons.items()
                for reason, count in counts.items()
            ],
            "receipt": self.receipt.to_dict(),
        }


def most(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """What was counted at all, the most frequent first; equals keep their order."""
    return sorted(((name, count) for name, count in counts.items() if count), key=lambda item: -item[1])


def symbol_label(pack: Pack, fact: str, symbol: str) -> dict[str, str]:
    """What a symbol is called, in both languages; nothing for the symbol of rows in which it is not known."""
    found = pack.facts[fact].symbols.get(symbol)
    return _text(found.label) if found is not None else {"zh": "", "en": ""}


def _text(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}
