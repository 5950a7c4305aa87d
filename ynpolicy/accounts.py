"""The account of a pack's ledger: what became of each passage, by chapter and section."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import groupby
from typing import Final

from attrs import define, field, frozen

from ynpolicy.ir import Clause, Modality, Norm, Pack, Text

CHECKABLE: Final = ("encoded", "pending")
"""The kinds of clauses that a program can judge."""


@frozen
class Encoding:
    """The norms of one id that rest on a clause: one, or those of a table's rows, with their number of cases.

    `contrary` where they only name the clause as one that says otherwise.
    """

    id: str
    title: Text
    level: str
    modality: Modality
    norms: tuple[str, ...]
    cases: int
    contrary: bool


@frozen
class Entry:
    """One clause of the ledger, and the norms that encode it."""

    clause: Clause
    encodings: tuple[Encoding, ...]

    @property
    def checkable(self) -> bool:
        return self.clause.kind in CHECKABLE

    @property
    def encoded(self) -> bool:
        """Whether it is checkable and some norm encodes it."""
        return self.checkable and bool(self.encodings)

    @property
    def accounted(self) -> bool:
        """Whether a norm encodes it, or a reason says why none can."""
        return self.encoded or (not self.checkable and bool(self.clause.reason.zh))


@define(slots=False)
class Account:
    """A part of the ledger: the whole, a chapter, or a section. `heading` is its title, or empty."""

    section: str
    heading: Text
    entries: tuple[Entry, ...]
    parts: tuple[Account, ...] = ()
    normative: bool = True
    stated: int = field(default=0)

    @property
    def clauses(self) -> int:
        """How many clauses there must be: as the pack states, or as the ledger has."""
        return max(self.stated, len(self.entries))

    @property
    def accounted(self) -> int:
        return sum(entry.accounted for entry in self.entries)

    @property
    def checkable(self) -> int:
        return sum(entry.checkable for entry in self.entries)

    @property
    def encoded(self) -> int:
        return sum(entry.encoded for entry in self.entries)

    @cached_property
    def norms(self) -> Mapping[str, int]:
        """The ids that norms of this part share, each with how many norms bear it."""
        return {e.id: len(e.norms) for entry in self.entries for e in entry.encodings if not e.contrary}

    @cached_property
    def cases(self) -> int:
        """How many cases its norms have; a case is counted once, however many clauses its norm rests on."""
        return sum({e.id: e.cases for entry in self.entries for e in entry.encodings if not e.contrary}.values())


def account(pack: Pack, cases: Iterable[str]) -> Account:
    """The account of a pack's whole ledger, its chapters as parts; `cases` names the norm of each of its cases."""
    counts = Counter(cases)
    by_clause: dict[str, dict[tuple[str, bool], list[Norm]]] = {}
    for norm in pack.norms.values():
        for ids, contrary in ((norm.clauses, False), (norm.contrary, True)):
            for id in dict.fromkeys(ids):
                by_clause.setdefault(id, {}).setdefault((_base(norm.id), contrary), []).append(norm)
    entries = [
        Entry(clause, tuple(_encoding(id, norms, contrary, counts) for (id, contrary), norms in found))
        for clause in pack.clauses.values()
        for found in (sorted(by_clause.get(clause.id, {}).items(), key=lambda item: item[0][1]),)
    ]
    return Account("", pack.title, tuple(entries), _chapters(pack, entries), stated=pack.entries)


def _base(id: str) -> str:
    """The id that the norms of a table's rows share: `reduction-target` of `reduction-target[红河州]`."""
    return id.partition("[")[0]


def _encoding(id: str, norms: list[Norm], contrary: bool, counts: Mapping[str, int]) -> Encoding:
    first, ids = norms[0], tuple(norm.id for norm in norms)
    return Encoding(id, first.title, first.level, first.modality, ids, sum(counts.get(i, 0) for i in ids), contrary)


def _chapters(pack: Pack, entries: list[Entry]) -> tuple[Account, ...]:
    if not pack.chapters:
        return _sections(pack, entries)
    return tuple(
        Account(chapter.section, chapter.title, own, _sections(pack, own), chapter.normative)
        for chapter in pack.chapters
        for own in (tuple(e for e in entries if e.clause.section.startswith(chapter.section)),)
    )


def _sections(pack: Pack, entries: Iterable[Entry]) -> tuple[Account, ...]:
    headings = {heading.section: heading.words for chapter in pack.chapters for heading in chapter.headings}
    return tuple(
        Account(section, Text(headings.get(section, ""), headings.get(section, "")), tuple(own))
        for section, own in groupby(entries, key=lambda entry: entry.clause.section)
    )
