"""A pack's own cases, what they cover, and what lint finds."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ynpolicy.casebook import coverage, read_casebook, run_casebook
from ynpolicy.errors import InputError
from ynpolicy.judge import load
from ynpolicy.lint import lint

RIVER = Path(__file__).parent / "data" / "packs" / "river"


def copied(tmp_path: Path, file: str = "", old: str = "", new: str = "") -> Path:
    folder = tmp_path / "river"
    shutil.copytree(RIVER, folder)
    if file:
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


def test_the_cases_of_a_pack_pass() -> None:
    """Every case gives the outcome that it expects."""
    judge = load(RIVER)
    cases = read_casebook(judge.pack)
    results, problems = run_casebook(judge, cases)
    assert len(results) == len(cases) == 14
    assert problems == ()


def test_a_changed_rule_fails_its_cases(tmp_path: Path) -> None:
    """A threshold that no longer includes its number is seen by the case on the threshold."""
    judge = load(copied(tmp_path, "norms/river.yaml", "<= river_buffer", "< river_buffer"))
    _, problems = run_casebook(judge, read_casebook(judge.pack))
    assert any("2022年距岸线恰500米的冶炼，不符合" in problem.message for problem in problems)


def test_coverage_names_the_boundary_side_that_no_case_reaches(tmp_path: Path) -> None:
    """A norm without a case just above its threshold has a gap, and so has an exception without a case."""
    judge = load(RIVER)
    results, _ = run_casebook(judge, read_casebook(judge.pack))
    assert coverage(judge.pack, results).gaps() == ()
    fewer = tuple(r for r in results if "500.1米" not in r.case.title and "已开工的" not in r.case.title)
    assert coverage(judge.pack, fewer).gaps() == (
        "exception without a case: river.ban / begun",
        "boundary side without a case: river.ban/must_not[0]: just above the threshold",
    )


def test_a_wrong_casebook_is_refused_with_places(tmp_path: Path) -> None:
    """Unknown norms, bases, keys and outcomes, and two cases of one name, are input errors."""
    folder = copied(
        tmp_path,
        "cases/river.yaml",
        "base: smelter, as_of: 2022-12-31, facts: {距岸线距离: 500,",
        "base: smeltr, as_of: 2022-12-31, facts: {距岸线距离: 500,",
    )
    path = folder / "cases" / "river.yaml"
    text = (
        path.read_text(encoding="utf-8")
        .replace("expect: exempt", "expect: exempted")
        .replace("norm: river.ban, as_of", "norm: river.bann, as_of")
    )
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_casebook(load(folder).pack)
    messages = str(caught.value)
    for part in ("unknown base `smeltr`", "unknown expect `exempted`", "unknown norm `river.bann`"):
        assert part in messages


def test_lint_looks_quotes_up_in_the_text(tmp_path: Path) -> None:
    """Quotes that the text has at their offset are clean; a changed character is found, an empty text refused."""
    judge = load(RIVER)
    quotes = [problem for problem in lint(judge, RIVER / "plan.txt") if "clause" in problem.message]
    assert quotes == []
    changed = tmp_path / "changed.txt"
    changed.write_text((RIVER / "plan.txt").read_text(encoding="utf-8").replace("冶炼", "选矿"), encoding="utf-8")
    messages = [problem.message for problem in lint(judge, changed)]
    assert "the words of clause `river.ban` (一) are not those of the ledger" in messages
    assert any("the text is not the one whose digest the pack states" in message for message in messages)
    empty = tmp_path / "empty.txt"
    empty.write_text(" \n", encoding="utf-8")
    with pytest.raises(InputError, match="the text is empty"):
        lint(judge, empty)


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "norms/river.yaml",
            "- project.begun",
            '- overlaps(project.works, ["mill"])',
            "no condition reads the fact `project.begun`",
        ),
        (
            "parameters.yaml",
            "value: 500, until",
            "value: 500, since: 2022-01-01, until",
            "its parameter `river_buffer` has no value",
        ),
        ("norms/river.yaml", "  readings: [inside]\n", "", "no norm names the reading `inside`"),
        ("clauses.yaml", "kind: encoded", "kind: baseline", "clause `river.ban` is `baseline` and a norm encodes it"),
    ],
)
def test_lint_finds_what_a_keeper_should_mend(tmp_path: Path, file: str, old: str, new: str, message: str) -> None:
    """Facts that nothing reads, days without a value, readings without a norm and misfiled clauses are findings."""
    found = "\n".join(problem.message for problem in lint(load(copied(tmp_path, file, old, new))))
    assert message in found


def test_lint_lets_a_clause_that_is_not_encoded_stand_as_the_contrary_one(tmp_path: Path) -> None:
    """What a norm merely prints beside its own clauses may be a statement of fact; what it rests on may not."""
    messages = [problem.message for problem in lint(load(RIVER))]
    reading = "  readings: [inside]\n"
    path = copied(tmp_path, "norms/river.yaml", reading, f"{reading}  contrary: [river.fact]\n")
    clauses = path / "clauses.yaml"
    first = clauses.read_text(encoding="utf-8").split("- id: water.quota")[0]
    fact = first.replace("river.ban", "river.fact").replace("kind: encoded", "kind: baseline")
    clauses.write_text(clauses.read_text(encoding="utf-8") + fact, encoding="utf-8")
    assert [problem.message for problem in lint(load(path))] == messages
