"""The ledger against the instrument's official text: what stands where it should, what differs, what is not covered."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Final

from attrs import frozen

from ynpolicy.alignment import Alignment, align, occurrences
from ynpolicy.documents import read_plain
from ynpolicy.errors import InputError, Place, Problem
from ynpolicy.ir import Clause, Heading, Pack, Text
from ynpolicy.passages import digest_of
from ynpolicy.values import number_text
from ynpolicy.wording import plain

KINDS: Final = ("changed", "missing", "moved", "occurrence", "heading", "uncovered", "entries", "share", "digest")
"""What a text can deviate in, in the order of reports."""

_SHOWN: Final = 60


@frozen
class Deviation:
    """One way in which text and ledger differ; `offset` and `words` are the text's own, where it has them."""

    kind: str
    message: Text
    place: Place
    clause: str = ""
    section: str = ""
    offset: int | None = None
    words: str = ""


@frozen
class Collation:
    """What comparing a text with a pack's ledger gave.

    `in_place` counts the clauses whose passage, digest and quote stand at their offset, of `clauses`. `covered` of
    `normative` characters of the normative chapters lie in passages found; headings and punctuation between passages
    do not count as covered. `outside` counts the characters of the other chapters.
    """

    source: str
    digest: str
    clauses: int
    in_place: int
    normative: int
    covered: int
    outside: int
    deviations: tuple[Deviation, ...]

    @property
    def share(self) -> Fraction:
        """The share of the normative chapters' characters that passages cover; 0 where there are none."""
        return Fraction(self.covered, self.normative) if self.normative else Fraction(0)

    def problems(self) -> tuple[Problem, ...]:
        """The deviations as messages."""
        return tuple(
            Problem(deviation.place, deviation.message.en, f"the text has “{_short(deviation.words)}”")
            if deviation.words
            else Problem(deviation.place, deviation.message.en)
            for deviation in self.deviations
        )


def collate(pack: Pack, path: Path) -> Collation:
    """Compares the official text in a file with a pack's ledger; raises `InputError` as `compare`, and for the file."""
    return compare(pack, read_plain(path), str(path))


def compare(pack: Pack, text: str, source: str) -> Collation:
    """Compares an official text, its lines and pages as they come, with a pack's ledger; `source` names it in messages.

    Raises `InputError`: the text holds no words, or the pack has no clauses.
    """
    words = plain(text)
    if not words:
        raise InputError([Problem(Place(source), "the text is empty", "give the instrument's official text")])
    if not pack.clauses:
        raise InputError([Problem(Place(source), f"the pack `{pack.id}` has no clauses to look up in it")])
    return _Collator(pack, words, source).collate()


def missing_entries(pack: Pack) -> Iterator[Deviation]:
    """The ledger has fewer or more entries than the pack's outline states."""
    wanted, has = pack.entries, len(pack.clauses)
    if wanted and has != wanted:
        message = Text(f"台账有{has}条，应为{wanted}条", f"the ledger has {has} entries, it should have {wanted}")
        yield Deviation("entries", message, Place(f"{Path(pack.root).name}/clauses.yaml"))


class _Collator:
    def __init__(self, pack: Pack, words: str, source: str) -> None:
        self.pack = pack
        self.words = words
        self.source = Place(source)
        self.headings = [heading for chapter in pack.chapters for heading in chapter.headings]
        passages = [*pack.clauses.values(), *map(_as_passage, self.headings)]
        self.alignment: Alignment = align(passages, words)
        self.standing = sorted(  # the headings that the text has, and where
            (self.alignment.found[_id(heading)], heading.section, heading.words)
            for heading in self.headings
            if _id(heading) in self.alignment.found
        )

    def collate(self) -> Collation:
        mask = self.covered()
        spans = self.normative()
        inside = sum(end - start for start, end in spans)
        covered = sum(sum(mask[start:end]) for start, end in spans)
        digest = digest_of(self.words)
        found = self.alignment.found
        deviations = [
            *self.lost(),
            *self.moved(),
            *self.repeated(),
            *self.missing_headings(),
            *self.uncovered(mask, spans),
            *self.counts(covered, inside),
        ]
        if digest != self.pack.text_digest:
            zh, en = "全文摘要与规则包所载不符", "the text is not the one whose digest the pack states"
            deviations.append(Deviation("digest", Text(f"{zh}：{digest}", f"{en}: {digest}"), self.source))
        return Collation(
            source=self.source.file,
            digest=digest,
            clauses=len(self.pack.clauses),
            in_place=sum(found.get(clause.id) == clause.offset for clause in self.pack.clauses.values()),
            normative=inside,
            covered=covered,
            outside=len(self.words) - inside,
            deviations=tuple(sorted(deviations, key=lambda deviation: KINDS.index(deviation.kind))),
        )

    # ------------------------------------------------------------ clauses

    def lost(self) -> Iterator[Deviation]:
        """Clauses whose words the text does not have in their place."""
        for clause in self.lost_clauses():
            id, (start, end) = clause.id, self.alignment.lost[clause.id]
            there = self.words[start:end]
            if not _has_words(there):
                there, start = self.run_of(id)
            kind = "changed" if _has_words(there) else "missing"
            zh, en = f"条款 {id}（{clause.section}）", f"clause `{id}` ({clause.section})"
            if kind == "changed":
                message = Text(f"{zh}的文字与台账不符", f"the words of {en} are not those of the ledger")
            else:
                message = Text(f"文本中没有{zh}", f"the text lacks {en}")
            elsewhere = self.alignment.elsewhere.get(id)
            if elsewhere is not None:
                message = Text(
                    f"{message.zh}；其文字另见第{elsewhere}字处", f"{message.en}; its words stand at {elsewhere}"
                )
            yield Deviation(kind, message, clause.place, id, clause.section, start, there)

    def lost_clauses(self) -> tuple[Clause, ...]:
        return tuple(clause for clause in self.pack.clauses.values() if clause.id in self.alignment.lost)

    def run_of(self, id: str) -> tuple[str, int]:
        """What the text has for the whole run of lost passages that one stands in, and where."""
        order = sorted(self.pack.clauses.values(), key=lambda clause: clause.offset)
        at = next(i for i, clause in enumerate(order) if clause.id == id)
        first = last = at
        while first > 0 and order[first - 1].id in self.alignment.lost:
            first -= 1
        while last + 1 < len(order) and order[last + 1].id in self.alignment.lost:
            last += 1
        start = self.alignment.lost[order[first].id][0]
        end = max(self.alignment.lost[clause.id][1] for clause in order[first : last + 1])
        return self.words[start:end], start

    def moved(self) -> Iterator[Deviation]:
        """Where passages begin to stand earlier or later than the ledger says; one for each change of the shift."""
        shift = 0
        for clause in sorted(self.pack.clauses.values(), key=lambda clause: clause.offset):
            at = self.alignment.found.get(clause.id)
            if at is None or at - clause.offset == shift:
                continue
            shift = at - clause.offset
            zh = f"自条款 {clause.id} 起，文字位置比台账{'后移' if shift > 0 else '前移'}{abs(shift)}字"
            en = f"from clause `{clause.id}` on, passages stand {abs(shift)} {'later' if shift > 0 else 'earlier'}"
            if shift == 0:
                zh, en = f"自条款 {clause.id} 起，文字位置与台账一致", f"from clause `{clause.id}` on, in place again"
            yield Deviation("moved", Text(zh, en), clause.place, clause.id, clause.section, at)

    def repeated(self) -> Iterator[Deviation]:
        """Passages that are not the occurrence of their words that the ledger says, though none of these is lost."""
        lost = {clause.digest for clause in self.lost_clauses()}
        for id, clause in self.pack.clauses.items():
            at = self.alignment.found.get(id)
            if at is None or clause.digest in lost:
                continue
            passage = self.words[at : at + clause.length]
            count = sum(other <= at for other in occurrences(passage, self.words))
            if count != clause.occurrence:
                zh = f"条款 {id} 的文字此处是第{count}次出现，台账为第{clause.occurrence}次"
                en = f"clause `{id}` is occurrence {count} of its words, not {clause.occurrence}"
                yield Deviation("occurrence", Text(zh, en), clause.place, id, clause.section, at)

    # ------------------------------------------------------------ chapters

    def missing_headings(self) -> Iterator[Deviation]:
        for heading in self.headings:
            if _id(heading) in self.alignment.lost:
                zh, en = "文本中没有标题", "the text lacks the heading"
                words = f"“{heading.words}”"
                message = Text(f"{zh}{words}（{heading.section}）", f"{en} {words} ({heading.section})")
                yield Deviation("heading", message, self.source, section=heading.section)

    def normative(self) -> list[tuple[int, int]]:
        """The spans of the normative chapters; the whole text where the pack names no chapters."""
        if not self.pack.chapters:
            return [(0, len(self.words))]
        starts = [(self.start_of(chapter.section), chapter.normative) for chapter in self.pack.chapters]
        known = [(at, normative) for at, normative in starts if at is not None]
        ends = [at for at, _ in known] + [len(self.words)]
        return [(at, max(at, end)) for (at, normative), end in zip(known, ends[1:], strict=True) if normative]

    def start_of(self, section: str) -> int | None:
        """Where a chapter begins: at its heading, else at the first of its passages."""
        at = next((at for at, own, _ in self.standing if own == section), None)
        if at is not None:
            return at
        clauses = [clause for clause in self.pack.clauses.values() if clause.section.startswith(section)]
        return min((found for c in clauses if (found := self.alignment.found.get(c.id)) is not None), default=None)

    def covered(self) -> bytearray:
        """One byte for each character: 1 where a passage that was found covers it."""
        mask = bytearray(len(self.words))
        for id, clause in self.pack.clauses.items():
            if (at := self.alignment.found.get(id)) is not None:
                mask[at : at + clause.length] = b"\1" * clause.length
        return mask

    def uncovered(self, mask: bytearray, spans: list[tuple[int, int]]) -> Iterator[Deviation]:
        """Words of the normative chapters in no passage: neither heading, nor where a lost passage should stand."""
        known = bytearray(mask)
        for at, _, text in self.standing:
            known[at : at + len(text)] = b"\1" * len(text)
        for start, end in self.alignment.lost.values():
            known[start:end] = b"\1" * (end - start)
        for start, end in spans:
            while (at := known.find(b"\0", start, end)) >= 0:
                stop = known.find(b"\1", at, end)
                start = end if stop < 0 else stop
                if _has_words(self.words[at:start]):
                    yield self.gap(at, self.words[at:start])

    def gap(self, at: int, words: str) -> Deviation:
        before = bisect_right(self.standing, at, key=lambda heading: heading[0]) - 1
        section = self.standing[before][1] if before >= 0 else ""
        zh = f"第{at}字起{len(words)}字不在任何条款中" + (f"（{section}）" if section else "")
        en = f"no clause has the {len(words)} characters from {at}" + (f" ({section})" if section else "")
        return Deviation("uncovered", Text(zh, en), self.source, section=section, offset=at, words=words)

    def counts(self, covered: int, inside: int) -> Iterator[Deviation]:
        """The ledger is short of entries, or covers less than it must."""
        yield from missing_entries(self.pack)
        least = self.pack.least_share
        if not inside or Fraction(covered, inside) < least:
            zh = f"台账覆盖规范性章节{inside}字中的{covered}字，低于要求的{number_text(least * 100)}%"
            en = f"the ledger covers {covered} of {inside} characters, less than {number_text(least * 100)} %"
            yield Deviation("share", Text(zh, en), self.source)


def _as_passage(heading: Heading) -> Clause:
    """A heading as the aligner sees it."""
    words = heading.words
    return Clause(_id(heading), heading.section, words, heading.offset, len(words), digest_of(words))


def _id(heading: Heading) -> str:
    """An id that no clause has."""
    return f"heading {heading.section} {heading.offset}"


def _has_words(text: str) -> bool:
    return any(character.isalnum() for character in text)


def _short(words: str) -> str:
    return words if len(words) <= _SHOWN else words[: _SHOWN - 1] + "…"
