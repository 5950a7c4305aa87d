"""Facts about comparing an official text with the ledger."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.ledgers import RIVER, Ledger, ledgers, wrapped
from ynpolicy.collation import KINDS, Collation, collate, compare
from ynpolicy.errors import InputError
from ynpolicy.loader import load_pack
from ynpolicy.render.ledger import PHRASES, render_collation


def clauses(collation: Collation, *kinds: str) -> set[str]:
    return {deviation.clause for deviation in collation.deviations if deviation.kind in kinds}


def kinds(collation: Collation) -> set[str]:
    return {deviation.kind for deviation in collation.deviations}


@given(st.data())
def test_a_text_agrees_with_its_ledger_however_it_is_wrapped(data: st.DataObject) -> None:
    """Lines of any width, spaces and page numbers change nothing: all in place, all but headings covered."""
    ledger = data.draw(ledgers())
    collation = compare(ledger.pack, data.draw(wrapped(ledger.words)), "text")
    assert collation.deviations == ()
    assert collation.in_place == collation.clauses
    start = ledger.words.index("一、")
    assert collation.outside == start
    assert collation.normative == len(ledger.words) - start
    passages = {at for c in ledger.pack.clauses.values() for at in range(c.offset, c.offset + c.length)}
    assert collation.covered == len(passages)


@given(st.data())
def test_a_changed_digit_names_exactly_the_clauses_that_have_it(data: st.DataObject) -> None:
    """Whichever digit of whichever passage changes, its clauses are named with the new words, and no other."""
    ledger = data.draw(ledgers())
    digits = [i for i, c in enumerate(ledger.words) if c.isdigit() and ledger.owners(i, i + 1)]
    assume(digits)
    at = data.draw(st.sampled_from(digits))
    other = data.draw(st.sampled_from(sorted(set("0123456789") - {ledger.words[at]})))
    text = ledger.words[:at] + other + ledger.words[at + 1 :]
    collation = compare(ledger.pack, data.draw(wrapped(text)), "text")
    assert clauses(collation, "changed", "missing") == ledger.owners(at, at + 1)
    assert "digest" in kinds(collation)
    for deviation in collation.deviations:
        if deviation.kind == "changed":
            clause = ledger.pack.clauses[deviation.clause]
            assert deviation.words == text[clause.offset : clause.offset + clause.length]


@given(st.data())
def test_a_removed_passage_is_named(data: st.DataObject) -> None:
    """Whichever passage is cut from the text, the comparison names it, and besides only what lost words with it."""
    ledger = data.draw(ledgers())
    clause = data.draw(st.sampled_from(list(ledger.pack.clauses.values())))
    text = ledger.words[: clause.offset] + ledger.words[clause.offset + clause.length :]
    collation = compare(ledger.pack, text, "text")
    named = clauses(collation, "changed", "missing")
    assert named == ledger.owners(clause.offset, clause.offset + clause.length)


@given(st.data())
def test_a_cut_text_fails(data: st.DataObject) -> None:
    """A text without its end fails wherever it ends before the last passage does, and covers only what it has."""
    ledger = data.draw(ledgers())
    end = data.draw(st.integers(1, max(c.offset + c.length for c in ledger.pack.clauses.values()) - 1))
    collation = compare(ledger.pack, ledger.words[:end], "text")
    assert clauses(collation, "changed", "missing") >= ledger.owners(end, len(ledger.words))
    assert collation.covered <= end


@given(st.data())
def test_an_entry_that_the_ledger_lacks_is_found(data: st.DataObject) -> None:
    """Without any one of its entries the ledger is short of it; words that only it had are reported as in no clause."""
    ledger = data.draw(ledgers())
    gone = data.draw(st.sampled_from(list(ledger.pack.clauses.values())))
    rest = {id: clause for id, clause in ledger.pack.clauses.items() if id != gone.id}
    assume(rest)
    collation = compare(evolve(ledger.pack, clauses=rest), ledger.words, "text")
    assert "entries" in kinds(collation)
    if ledger.owners(gone.offset, gone.offset + gone.length) == {gone.id}:
        (gap,) = (deviation for deviation in collation.deviations if deviation.kind == "uncovered")
        assert gap.offset is not None
        assert gap.offset <= gone.offset + 1
        assert gap.section == gone.section


@given(st.data())
def test_added_words_are_in_no_clause_and_move_the_rest(data: st.DataObject) -> None:
    """A sentence that a normative chapter gains is reported where it stands; only what follows it has moved."""
    ledger = data.draw(ledgers())
    ends = [c.offset + c.length + 1 for c in ledger.pack.clauses.values()]
    at = data.draw(st.sampled_from([end for end in ends if ledger.words[end - 1] in "，。；"]))
    assume(not any(c.offset < at < c.offset + c.length for c in ledger.pack.clauses.values()))
    added = "新增一项要求"
    collation = compare(ledger.pack, ledger.words[:at] + added + ledger.words[at:], "text")
    gaps = [deviation for deviation in collation.deviations if deviation.kind == "uncovered"]
    assert [added in gap.words for gap in gaps] == [True]
    assert clauses(collation, "changed", "missing") == set()
    later = [c for c in ledger.pack.clauses.values() if c.offset >= at]
    assert collation.in_place == collation.clauses - len(later)
    assert len(clauses(collation, "moved")) == min(1, len(later))


@given(ledgers())
def test_a_changed_heading_is_named(ledger: Ledger) -> None:
    """The heading is missing, and the chapter's words are still counted."""
    collation = compare(ledger.pack, ledger.words.replace("二、保障措施", "二、保障办法"), "text")
    (heading,) = (deviation for deviation in collation.deviations if deviation.kind == "heading")
    assert "二、保障措施" in heading.message.en
    assert collation.in_place == collation.clauses


@given(ledgers())
def test_passages_that_moved_and_stand_in_place_again_are_told_apart(ledger: Ledger) -> None:
    """Two characters more before the first chapter and two fewer before the second: said once each, where it begins."""
    text = ledger.words.replace("前言", "前言新增").replace("二、保障措施", "二、保障")
    collation = compare(ledger.pack, text, "text")
    moved = [deviation.message.en for deviation in collation.deviations if deviation.kind == "moved"]
    second = next(id for id, clause in ledger.pack.clauses.items() if clause.section == "二")
    assert moved == [
        "from clause `c.0` on, passages stand 2 later",
        f"from clause `{second}` on, in place again",
    ]


@given(ledgers())
def test_words_repeated_in_the_narrative_change_the_occurrence(ledger: Ledger) -> None:
    """A clause whose words come to stand earlier too is no longer the occurrence that the ledger says."""
    clause = ledger.pack.clauses["c.0"]
    passage = ledger.words[clause.offset : clause.offset + clause.length]
    collation = compare(ledger.pack, ledger.words.replace("前言", "前言" + passage), "text")
    assert collation.in_place == 0
    assert "c.0" in clauses(collation, "occurrence")
    assert clauses(collation, "changed", "missing") == set()


def test_a_share_below_the_least_fails() -> None:
    """A pack that asks for more than its passages cover is told so, with both figures."""
    pack = evolve(load_pack(RIVER), least_share=1)
    (deviation,) = collate(pack, RIVER / "plan.txt").deviations
    assert deviation.kind == "share"
    assert "20 of 22 characters, less than 100 %" in deviation.message.en


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the text is empty"),
        ("\ufeff \n— 22 —\n\u3000".encode(), "the text is empty"),
        ("岸线管控距离内".encode("gbk"), "its bytes read as GBK"),
        ("岸线管控距离内".encode("utf-16"), "the file is in UTF-16"),
        (b"%PDF-1.7\n", "the file is a PDF"),
        (None, "the file cannot be read"),
    ],
)
def test_a_text_that_cannot_be_read_is_refused(tmp_path: Path, data: bytes | None, message: str) -> None:
    """Nothing is compared with an empty, missing or wrongly encoded file."""
    path = tmp_path / "plan.txt"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(InputError, match=message):
        collate(load_pack(RIVER), path)


def test_a_pack_without_clauses_is_refused() -> None:
    """A ledger that is empty agrees with no text."""
    with pytest.raises(InputError, match="has no clauses"):
        collate(evolve(load_pack(RIVER), clauses={}), RIVER / "plan.txt")


def test_every_kind_of_deviation_has_a_heading() -> None:
    """The printed report has a group for each."""
    assert set(KINDS) <= PHRASES.keys()


@pytest.mark.parametrize("lang", ["zh", "en"])
@given(data=st.data())
def test_the_report_names_clause_ledger_and_text(lang: str, data: st.DataObject) -> None:
    """Each changed clause stands with its id, and what the text has for it, at every width."""
    ledger = data.draw(ledgers())
    collation = compare(ledger.pack, ledger.words.replace("10%", "9%").replace("3万", "1万"), "plan.txt")
    report = "".join(render_collation(collation, ledger.pack, lang, data.draw(st.integers(40, 100))).split())
    for deviation in collation.deviations:
        assert "".join(deviation.message[lang].split()) in report
        assert deviation.kind != "changed" or deviation.words in report
