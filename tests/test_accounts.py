"""Facts about the account of the ledger, and its printed forms."""

from __future__ import annotations

import re
from html import unescape

import pytest
from attrs import evolve

from tests.ledgers import RIVER
from ynpolicy.accounts import Account, account
from ynpolicy.casebook import read_casebook
from ynpolicy.ir import Chapter, Clause, Heading, Pack, Text
from ynpolicy.loader import load_pack
from ynpolicy.render.ledger import KIND_WORDS, render_coverage

REASON = Text("没有界限值", "no limit is given")
CHAPTERS = (
    Chapter("一", Text("管控", "Control"), True, (Heading("一", "一、管控", 0), Heading("一（一）", "（一）岸线", 4))),
    Chapter("二", Text("用水", "Water"), False),
)


def grown(pack: Pack) -> Pack:
    """The river pack with chapters, an exhortation, and a clause that is still to be written."""
    added = (
        Clause("river.care", "一（一）", "爱护<岸线>", 30, 9, "sha256:0", "exhortation", reason=REASON),
        Clause("water.meter", "二", "取水应当计量", 50, 6, "sha256:1", "pending"),
    )
    return evolve(pack, clauses={**pack.clauses, **{clause.id: clause for clause in added}}, chapters=CHAPTERS)


PACK = grown(load_pack(RIVER))


def whole(pack: Pack = PACK) -> Account:
    return account(pack, [case.norm for case in read_casebook(load_pack(RIVER))])


def figures(part: Account) -> tuple[int, ...]:
    return part.clauses, part.accounted, part.checkable, part.encoded, sum(part.norms.values()), part.cases


def test_every_clause_is_in_one_chapter_and_one_section() -> None:
    """The chapters' entries are the ledger's, each once, and so are those of the sections."""
    total = whole()
    ids = list(PACK.clauses)
    assert [e.clause.id for e in total.entries] == ids
    assert sorted(e.clause.id for chapter in total.parts for e in chapter.entries) == sorted(ids)
    for chapter in total.parts:
        assert [e for section in chapter.parts for e in section.entries] == list(chapter.entries)


def test_norms_and_cases_are_counted_once() -> None:
    """A table's norm counts one for each row; pending clauses are checkable, not encoded, and not accounted for."""
    total = whole()
    river, water = total.parts
    cases = [case.norm for case in read_casebook(load_pack(RIVER))]
    bans = sum(norm == "river.ban" for norm in cases)
    assert figures(river) == (2, 2, 1, 1, 1, bans)
    assert figures(water) == (2, 1, 2, 1, 2, len(cases) - bans)
    assert figures(total) == (4, 3, 3, 2, 3, len(cases))


def test_two_clauses_of_one_norm_share_its_cases() -> None:
    """Each shows all cases of the norm; their chapter counts them once."""
    norm = evolve(PACK.norms["river.ban"], clauses=("river.ban", "water.meter"), contrary=("water.quota",))
    total = whole(evolve(PACK, norms={**PACK.norms, norm.id: norm}))
    by_id = {entry.clause.id: entry for entry in total.entries}
    assert [e.id for e in by_id["water.meter"].encodings] == ["river.ban"]
    assert [(e.id, e.contrary) for e in by_id["water.quota"].encodings] == [("water.quota", False), ("river.ban", True)]
    assert by_id["water.meter"].encodings[0].cases == by_id["river.ban"].encodings[0].cases
    assert total.cases == whole().cases
    contrary = evolve(norm, clauses=("river.ban",))
    water = whole(evolve(PACK, norms={**PACK.norms, norm.id: contrary})).parts[1]
    assert (water.cases, water.norms) == (whole().parts[1].cases, {"water.quota": 2})


def test_a_clause_without_norm_or_reason_is_not_accounted_for() -> None:
    """Neither an encoded clause that no norm names, nor another kind without its reason."""
    bare = {id: evolve(clause, reason=Text("", "")) for id, clause in PACK.clauses.items()}
    assert whole(evolve(PACK, clauses=bare, norms={})).accounted == 0


def test_entries_that_the_ledger_lacks_count_as_not_accounted_for() -> None:
    """Where the pack states more entries than the ledger has, the total is what it states."""
    total = whole(evolve(PACK, entries=6))
    assert (total.accounted, total.clauses) == (3, 6)
    assert "3 of 6 accounted for" in render_coverage(total, PACK, lang="en")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_shows_each_passage_with_its_norms_or_its_reason(lang: str) -> None:
    """Every clause of the real pack stands with kind, section, words, and each norm's title or the reason."""
    real = load_pack("yunnan-14fyp")
    total = account(real, [])
    page = render_coverage(total, real, "html", lang)
    articles = dict(re.findall(r'<article [^>]*id="([^"]+)">(.*?)</article>', page, re.DOTALL))
    assert list(articles) == [e.clause.id for part in total.parts for e in part.entries]
    assert len(articles) == len(real.clauses)
    for entry in total.entries:
        clause, shown = entry.clause, unescape(articles[entry.clause.id])
        for words in (KIND_WORDS[clause.kind][lang], clause.section, clause.quote, clause.reason[lang]):
            assert words in shown, clause.id
        for encoding in entry.encodings:
            assert encoding.id in shown, clause.id
            assert encoding.title[lang] in shown, clause.id


def test_the_page_is_self_contained_and_escapes_what_a_pack_says() -> None:
    """No script, no link to elsewhere; markup in a quote stands for itself."""
    page = render_coverage(whole(), PACK, "html", "zh")
    assert "爱护&lt;岸线&gt;……" in page
    assert not re.search(r"<script|https?://|src=", page)
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(re.findall(r'id="([^"]+)"', page))


@pytest.mark.parametrize("width", [60, 80, 100])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_table_stands_in_columns(lang: str, width: int) -> None:
    """Every row of figures takes the whole width, at Chinese characters' double width; the last line has the totals."""
    from ynpolicy.render.layout import columns

    real = load_pack("yunnan-14fyp")
    lines = render_coverage(account(real, []), real, "text", lang, width).splitlines()
    rules = [i for i, line in enumerate(lines) if set(line) == {"-"}]
    rows = [*lines[rules[0] + 1 : rules[1]], lines[rules[1] + 1]]
    assert len(rows) > 50
    assert {columns(row) for row in rows} == {width}
    assert str(len(real.clauses)) in lines[-1]


def test_headings_are_named_by_their_section() -> None:
    """A heading's own number gives way to the section that it ends."""
    text = render_coverage(whole(), PACK, lang="zh")
    assert "\n一 管控" in text
    assert "\n  一（一） 岸线" in text
    assert "\n二 用水 (叙述)" in text
