"""Drawn texts with the ledgers that describe them: passages that repeat, overlap and leave gaps, under headings."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Final

from attrs import evolve
from hypothesis import strategies as st

from ynpolicy.ir import Chapter, Clause, Heading, Pack, Text
from ynpolicy.loader import load_pack
from ynpolicy.passages import digest_of

RIVER: Final = Path(__file__).parent / "data" / "packs" / "river"
_SENTENCES: Final = (
    "到2025年，重点行业排放量下降10%",
    "其他区域遵循“等量替换”",
    "严格跨省转移贮存和处置",
    "处置设施应大于3万吨/年",
    "2023年1月1日起执行限值",
    "鼓励30家企业开展试点",
)


class Ledger:
    """A pack whose clauses are the passages of `words`, a text without white space."""

    def __init__(self, pack: Pack, words: str) -> None:
        self.pack = pack
        self.words = words

    def __repr__(self) -> str:
        spans = {clause.id: (clause.offset, clause.length, clause.quote) for clause in self.pack.clauses.values()}
        return f"Ledger({self.words!r}, {spans})"

    def owners(self, start: int, end: int) -> set[str]:
        """The clauses whose passages share a character with a span."""
        clauses = self.pack.clauses.values()
        return {clause.id for clause in clauses if clause.offset < end and clause.offset + clause.length > start}


@st.composite
def ledgers(draw: st.DrawFn) -> Ledger:
    """Narrative, then two normative chapters of drawn sentences, each a passage, some of them two; some repeat."""
    words = "前言本规划到2025年。"
    clauses: list[Clause] = []
    chapters = [Chapter("前言", Text("前言", "Foreword"), False, (Heading("前言", "前言", 0),))]
    for section, heading in (("一", "一、主要任务"), ("二", "二、保障措施")):
        chapters.append(Chapter(section, Text(heading, heading), True, (Heading(section, heading, len(words)),)))
        words += heading
        for sentence in draw(st.lists(st.sampled_from(_SENTENCES), min_size=1, max_size=5, unique=True)):
            cut = draw(st.sampled_from([0, 0, 0, 4, 7]))
            clauses.append(_clause(len(clauses), section, words, sentence, draw(st.integers(0, 3))))
            if cut:
                clauses.append(_clause(len(clauses), section, words + sentence[:cut], sentence[cut:], 0))
            words += sentence + draw(st.sampled_from("，。；"))
    ledger = {clause.id: _counted(clause, words) for clause in clauses}
    pack = evolve(
        load_pack(RIVER),
        clauses=ledger,
        chapters=tuple(chapters),
        entries=len(ledger),
        least_share=Fraction(1, 2),
        text_digest=digest_of(words),
    )
    return Ledger(pack, words)


def _clause(number: int, section: str, before: str, passage: str, skip: int) -> Clause:
    return Clause(f"c.{number}", section, passage[skip:], len(before), len(passage), digest_of(passage))


def _counted(clause: Clause, words: str) -> Clause:
    passage = words[clause.offset : clause.offset + clause.length]
    return evolve(clause, occurrence=sum(words.startswith(passage, at) for at in range(clause.offset + 1)))


@st.composite
def wrapped(draw: st.DrawFn, words: str) -> str:
    """A text as it comes out of a PDF: lines of a drawn width, spaces, page numbers between them."""
    width = draw(st.integers(1, 30))
    lines = [words[at : at + width] for at in range(0, len(words), width)]
    text = draw(st.sampled_from(["", "\ufeff"]))
    for number, line in enumerate(lines):
        text += draw(st.sampled_from(["", " ", "\u3000\u3000"])) + line
        text += draw(st.sampled_from(["\n", " \r\n\r\n", "\n\u2003\n", f"\n— {number} —\n", f"\n\f - {number} - \n"]))
    return text
