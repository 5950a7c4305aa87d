"""Where the ledger's passages stand in a text that may have been cut, changed or added to."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence

from attrs import frozen

from ynpolicy.ir import Clause
from ynpolicy.passages import digest_of


@frozen
class Alignment:
    """For each clause the offset of its passage in the text; `lost` are the spans where the others should stand.

    A lost clause's span is what the text has between the passages found before and after it; empty where the passage
    was cut. `elsewhere` has the offsets of lost passages whose words stand out of their order.
    """

    found: Mapping[str, int]
    lost: Mapping[str, tuple[int, int]]
    elsewhere: Mapping[str, int]


def align(clauses: Iterable[Clause], words: str) -> Alignment:
    """The passages of the ledger in a text without white space, as much of them as stands in the ledger's order.

    Passages that moved alike are placed together, those that most characters agree on first; what would then stand
    before, after or across a placed passage otherwise than in the ledger is lost, though the same words may be there.
    """
    stands = {clause: positions(clause, words) for clause in sorted(clauses, key=lambda clause: clause.offset)}
    by_shift: dict[int, list[Clause]] = {}
    for clause, starts in stands.items():
        for at in starts:
            by_shift.setdefault(at - clause.offset, []).append(clause)
    placed: dict[Clause, int] = {}
    for shift in sorted(by_shift, key=lambda shift: (-_characters(by_shift[shift]), abs(shift), shift)):
        together = [c for c in by_shift[shift] if c not in placed and _fits(c, shift, placed)]
        placed.update(dict.fromkeys(together, shift))
    known = sorted((clause.offset, clause.offset + shift) for clause, shift in placed.items())
    return Alignment(
        found={clause.id: clause.offset + placed[clause] for clause in stands if clause in placed},
        lost={clause.id: _span(clause, known, len(words)) for clause in stands if clause not in placed},
        elsewhere={clause.id: starts[0] for clause, starts in stands.items() if starts and clause not in placed},
    )


def _characters(clauses: Sequence[Clause]) -> int:
    """How many characters lie in some of the passages, given by their offsets."""
    total = reached = 0
    for clause in clauses:
        end = clause.offset + clause.length
        total += max(0, end - max(clause.offset, reached))
        reached = max(reached, end)
    return total


def _fits(clause: Clause, shift: int, placed: Mapping[Clause, int]) -> bool:
    """Whether a passage so shifted keeps its order to all that are placed; those that it overlaps must move with it."""
    start, end = clause.offset, clause.offset + clause.length
    for other, moved in placed.items():
        if moved != shift:
            before = other.offset + other.length <= start and other.offset + other.length + moved <= start + shift
            after = end <= other.offset and end + shift <= other.offset + moved
            if not before and not after:
                return False
    return True


def positions(clause: Clause, words: str) -> list[int]:
    """Every offset at which the text has a clause's passage; only its own where it stands there."""
    if _stands(clause, words, clause.offset):
        return [clause.offset]
    slack = clause.length - len(clause.quote)
    starts = {start for at in occurrences(clause.quote, words) for start in range(max(0, at - slack), at + 1)}
    return sorted(start for start in starts if _stands(clause, words, start))


def _stands(clause: Clause, words: str, at: int) -> bool:
    passage = words[at : at + clause.length]
    return len(passage) == clause.length and clause.quote in passage and digest_of(passage) == clause.digest


def occurrences(part: str, words: str) -> Iterator[int]:
    """The offsets at which words occur, overlapping ones too."""
    at = words.find(part)
    while at >= 0:
        yield at
        at = words.find(part, at + 1)


def _span(clause: Clause, known: list[tuple[int, int]], size: int) -> tuple[int, int]:
    """Where a lost passage should stand: between the passages found around it, by their shifts."""
    end = clause.offset + clause.length
    before = bisect_right(known, clause.offset, key=lambda pair: pair[0]) - 1
    after = bisect_left(known, end, key=lambda pair: pair[0])
    first = known[before][1] - known[before][0] if before >= 0 else 0
    last = known[after][1] - known[after][0] if after < len(known) else first
    start = min(clause.offset + first, size)
    return start, max(start, min(end + last, size))
