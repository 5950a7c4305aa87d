"""Wrong case files: the whole message of each is pinned beside it, and mutated files never end in a traceback."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ynpolicy
from tests.breaking import broken
from ynpolicy.documents import read_text
from ynpolicy.errors import InputError
from ynpolicy.judge import Judge

BAD = Path(__file__).parent / "data" / "bad"
GOOD = Path(__file__).parent.parent / "docs" / "how-to" / "public-notices"
FILES = sorted(path for path in BAD.iterdir() if path.suffix != ".txt")


@pytest.fixture(scope="module")
def judge() -> Judge:
    return ynpolicy.load("yunnan-14fyp")


def messages(judge: Judge, path: Path) -> str:
    with pytest.raises(InputError) as caught:
        judge.check_all(path)
    return str(caught.value).replace(str(path.parent) + "/", "") + "\n"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_wrong_case_file_gets_every_problem_with_place_and_help(judge: Judge, path: Path) -> None:
    """Every problem of a wrong file is reported at once, with its place, the input in backticks and what is right."""
    assert messages(judge, path) == path.with_suffix(".txt").read_text(encoding="utf-8")


def test_every_pinned_message_belongs_to_a_file() -> None:
    """No message is pinned for a file that is gone."""
    assert {path.stem for path in BAD.glob("*.txt")} == {path.stem for path in FILES}


def test_a_file_that_is_not_there_is_named(judge: Judge, tmp_path: Path) -> None:
    """A missing file and a folder are input errors that name them."""
    assert "missing.yaml: the file cannot be read: no such file or directory" in messages(
        judge, tmp_path / "missing.yaml"
    )
    assert "this is a folder" in messages(judge, tmp_path)


def test_size_depth_and_number_of_values_are_bounded(judge: Judge, tmp_path: Path) -> None:
    """A file that is too large, too deep or holds too many values is refused before it is used."""
    large = tmp_path / "large.yaml"
    large.write_bytes(b"#" * (8 * 2**20 + 1))
    deep = tmp_path / "deep.yaml"
    deep.write_text("[" * 20_000, encoding="utf-8")
    many = tmp_path / "many.yaml"
    many.write_text("[" + "1," * 500_000 + "]", encoding="utf-8")
    assert "at most 8,388,608 bytes are read" in messages(judge, large)
    assert "nested more than 30 deep" in messages(judge, deep)
    assert "more than 400,000 values" in messages(judge, many)


@given(st.integers(0, 2**32))
def test_a_mutated_case_file_is_judged_or_refused_with_a_message(judge: Judge, seed: int) -> None:
    """Whatever happens to a case file, the end is a verdict or problems with messages, never another exception."""
    rng = random.Random(seed)
    text = broken(rng.choice(_sources()), rng)
    assert all(message for message in _problems(judge, text))


def _sources() -> list[str]:
    return [path.read_text(encoding="utf-8") for path in sorted(GOOD.glob("*.yaml"))]


def _problems(judge: Judge, text: str) -> list[str]:
    try:
        judge.check_all(read_text(text, "mutated.yaml"))
    except InputError as error:
        return [problem.message for problem in error.problems] or [""]
    return []
