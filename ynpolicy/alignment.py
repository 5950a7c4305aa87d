"""Where the ledger's passages stand in a text that may have been cut, changed or added to."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from heapq import heappop, heappush

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

    A passage that the chosen ones leave no room for is lost, though the same words may stand somewhere.
    """
    stands = {clause: positions(clause, words) for clause in sorted(clauses, key=lambda clause: clause.offset)}
    placed = _longest_chain([(clause, at - clause.offset) for clause, starts in stands.items() for at in starts])
    known = sorted((clause.offset, clause.offset + shift) for clause, shift in placed.items())
    return Alignment(
        found={clause.id: clause.offset + placed[clause] for clause in stands if clause in placed},
        lost={clause.id: _span(clause, known, len(words)) for clause in stands if clause not in placed},
        elsewhere={clause.id: starts[0] for clause, starts in stands.items() if starts and clause not in placed},
    )


@frozen
class _Step:
    """A chain of shifted passages by its last one: how far it reaches in the ledger, its score, the step before."""

    clause: Clause
    shift: int
    end: int
    score: int
    before: int


def _longest_chain(candidates: list[tuple[Clause, int]]) -> dict[Clause, int]:
    """Of passages with the shift at which each may stand, by offset, those that cover most characters together.

    Passages that overlap share their shift; others keep their order in the text. Among equals, those with
    the fewest changes of the shift, which begins at 0, then most passages.
    """
    many = len(candidates) + 1  # a character weighs more than all changes, a change more than all passages
    ends = sorted({clause.offset + clause.length + shift for clause, shift in candidates})
    best = [(0, -1)] * (len(ends) + 1)  # a Fenwick tree: the best chain that ends in the text by each of `ends`
    by_shift: dict[int, int] = {}
    passed: list[tuple[int, int]] = []  # chains by their end in the ledger, until a passage begins after it
    steps: list[_Step] = []
    for clause, shift in candidates:
        start, end = clause.offset, clause.offset + clause.length
        while passed and passed[0][0] <= start:
            step = heappop(passed)[1]
            _raise(best, bisect_left(ends, steps[step].end + steps[step].shift) + 1, (steps[step].score, step))
        score, before = _highest(best, bisect_right(ends, start + shift))
        options = [(score + (clause.length * many - 1) * many + 1, end, before)]
        if not shift:
            options.append((clause.length * many * many + 1, end, -1))
        if shift in by_shift:
            last = steps[by_shift[shift]]
            gain = max(0, end - max(start, last.end))
            options.append((last.score + gain * many * many + 1, max(end, last.end), by_shift[shift]))
        score, end, before = max(options)
        steps.append(_Step(clause, shift, end, score, before))
        heappush(passed, (end, len(steps) - 1))
        if shift not in by_shift or score >= steps[by_shift[shift]].score:
            by_shift[shift] = len(steps) - 1
    placed: dict[Clause, int] = {}
    at = max(range(len(steps)), key=lambda step: steps[step].score, default=-1)
    while at >= 0:
        placed[steps[at].clause] = steps[at].shift
        at = steps[at].before
    return placed


def _highest(best: list[tuple[int, int]], rank: int) -> tuple[int, int]:
    found = (0, -1)
    while rank > 0:
        found = max(found, best[rank])
        rank &= rank - 1
    return found


def _raise(best: list[tuple[int, int]], rank: int, chain: tuple[int, int]) -> None:
    while rank < len(best):
        best[rank] = max(best[rank], chain)
        rank += rank & -rank


def positions(clause: Clause, words: str) -> list[int]:
    """Every offset at which the text has a clause's passage."""
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
