"""Facts about the clause ledger of the Yunnan pack that hold without the plan's text beside it."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path
from typing import Any, Final

from ynpolicy.documents import canonical, read_file

PACK: Final = Path(__file__).parent.parent / "policies" / "yunnan-14fyp"
CHECKABLE: Final = {"encoded", "pending"}
KINDS: Final = CHECKABLE | {"definition", "baseline", "exhortation", "omitted"}


def ledger() -> list[dict[str, Any]]:
    """Every clause, each value as the text that stands in the file."""
    entries: list[dict[str, Any]] = json.loads(canonical(read_file(PACK / "clauses.yaml")))
    return entries


def test_the_ledger_has_420_clauses_with_unique_ids() -> None:
    """No id stands twice, and each is lower case with a dot between its parts."""
    entries = ledger()
    assert len(entries) == 420
    assert len({entry["id"] for entry in entries}) == 420
    assert all(entry["id"] == entry["id"].lower() and "." in entry["id"] for entry in entries)


def test_a_quote_lies_within_its_passage() -> None:
    """It is no longer than the passage, and has the passage's digest where it is the whole of it."""
    whole = 0
    for entry in ledger():
        assert int(entry["length"]) >= len(entry["quote"]), entry["id"]
        if int(entry["length"]) == len(entry["quote"]):
            whole += 1
            assert entry["digest"] == "sha256:" + hashlib.sha256(entry["quote"].encode()).hexdigest(), entry["id"]
    assert whole > 200


def test_quotes_hold_no_white_space_and_passages_stand_in_the_order_of_the_text() -> None:
    """Offsets never fall."""
    entries = ledger()
    offsets = [int(entry["offset"]) for entry in entries]
    assert offsets == sorted(offsets)
    assert all(entry["quote"] == "".join(entry["quote"].split()) for entry in entries)


def test_one_span_of_the_text_has_one_digest() -> None:
    """Clauses on the same span agree on its words; the same words are of one length."""
    digests: dict[tuple[str, str], str] = {}
    lengths: dict[str, str] = {}
    for entry in ledger():
        span = (entry["offset"], entry["length"])
        assert digests.setdefault(span, entry["digest"]) == entry["digest"], entry["id"]
        assert lengths.setdefault(entry["digest"], entry["length"]) == entry["length"], entry["id"]


def test_repeated_words_carry_the_occurrence_that_their_order_gives() -> None:
    """The same passage at two offsets has two occurrences, rising with the text."""
    seen: dict[str, dict[int, int]] = {}
    for entry in ledger():
        seen.setdefault(entry["digest"], {})[int(entry["offset"])] = int(entry.get("occurrence", 1))
    for digest, occurrences in seen.items():
        numbers = [occurrences[offset] for offset in sorted(occurrences)]
        assert numbers == sorted(set(numbers)), digest
    equal = "sha256:" + hashlib.sha256("其他区域遵循“等量替换”".encode()).hexdigest()
    assert list(seen[equal].values()) == [1, 2, 3, 4, 5]


def test_a_clause_gives_a_reason_in_both_languages_exactly_where_it_is_not_checkable() -> None:
    """Nothing is left out of the rules in silence."""
    for entry in ledger():
        assert entry["kind"] in KINDS, entry["id"]
        if entry["kind"] in CHECKABLE:
            assert "reason" not in entry, entry["id"]
        else:
            assert set(entry["reason"]) == {"zh", "en"}, entry["id"]
            assert all(entry["reason"].values()), entry["id"]


def test_a_clause_that_is_not_checkable_quotes_only_its_opening_words() -> None:
    """At most 24 characters; offset and length lead to the rest."""
    assert max(len(entry["quote"]) for entry in ledger() if entry["kind"] not in CHECKABLE) <= 24


def test_every_row_of_the_annex_has_a_clause() -> None:
    """The ledger quotes the 16 targets with the digits of the table, and the 8 key regions by their numbers."""
    with (PACK / "tables" / "prefecture_targets.csv").open(encoding="utf-8", newline="") as file:
        printed = ["".join(cell or "不新增" for cell in row[1:5]) for row in list(csv.reader(file))[1:]]
    rows = [entry["quote"] for entry in ledger() if entry["id"].startswith("target.prefecture.")]
    for quote, figures in zip(rows, printed, strict=True):
        assert quote.removesuffix(figures)[-1] in "州市", quote
    regions = [entry["quote"] for entry in ledger() if entry["id"].startswith("region.key.")]
    assert [quote[0] for quote in regions] == list("12345678")


def test_sections_stand_together() -> None:
    """A section's clauses are not interrupted by another section's."""
    runs: list[str] = []
    for entry in ledger():
        if not runs or runs[-1] != entry["section"]:
            runs.append(entry["section"])
    assert len(runs) == len(set(runs))
