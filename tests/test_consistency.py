"""The ready suite of properties: it holds for packs that are right, and finds what is planted."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from _pytest.mark import ParameterSet
from attrs import evolve

from tests.faults import (
    FAULTS,
    Fault,
    an_unknown_exception_counts_as_none,
    the_compiled_engine_takes_exempt_for_complied,
    the_forward_engine_forgets_which_exception_held,
)
from tests.ran import Ran
from ynpolicy.errors import InputError
from ynpolicy.loader import load_pack
from ynpolicy.testing import consistency
from ynpolicy.testing.suite import ALL

RIVER = Path(__file__).parent / "data" / "packs" / "river"


class TestRiver(consistency(RIVER, examples=10)):  # type: ignore[misc]
    pass


class TestPlan(consistency("yunnan-14fyp", examples=3)):  # type: ignore[misc]
    test_every_case_of_the_pack_gives_what_it_expects = None
    """`test_policies` has it, with more."""


class TestLaw(consistency("yangtze-law-26", examples=5)):  # type: ignore[misc]
    pass


def failure(suite: Any, name: str) -> str:
    """What a test of a suite fails with; empty where it passes."""
    try:
        getattr(suite(), f"test_{name.replace(' ', '_')}")()
    except pytest.fail.Exception as failed:
        return str(failed)
    finally:
        suite.teardown_class()
    return ""


def planted(fault: Fault) -> ParameterSet:
    """A fault, left out where it concerns an engine that is not there."""
    marks = [pytest.mark.forward] if fault is the_forward_engine_forgets_which_exception_held else []
    return pytest.param(fault, marks=marks, id=fault.__name__)


@pytest.mark.parametrize("fault", [planted(fault) for fault in FAULTS])
def test_a_planted_fault_is_found(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each property of the suite fails where something is wrong that it speaks of, and says so in words."""
    suite = consistency(RIVER, examples=200)
    fault(monkeypatch)
    assert "`river`" in failure(suite, FAULTS[fault])


def test_there_is_a_planted_fault_for_each_property() -> None:
    """No property of the suite is one that nothing can break."""
    assert {found.sentence for found in ALL} <= set(FAULTS.values())


# ---------------------------------------------------------------- faults in a pack


def copied(tmp_path: Path, file: str, old: str, new: str) -> Path:
    folder = tmp_path / "river"
    shutil.copytree(RIVER, folder)
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("file", "old", "new", "shown"),
    [
        ("river", "site.bank_distance <= river_buffer", "site.bank_distance < river_buffer", "恰500米的冶炼"),
        ("river", "- project.begun", "- not project.begun", "已开工的"),
        ("water", "project.water <= quota", "project.water < quota", "`water.quota[upper]`"),
    ],
)
def test_a_norm_that_says_something_else_fails_the_cases_of_its_pack(
    tmp_path: Path, file: str, old: str, new: str, shown: str
) -> None:
    """A consistent pack may be wrong; what it must say of known cases is in the suite too."""
    folder = copied(tmp_path, f"norms/{file}.yaml", old, new)
    assert shown in failure(consistency(folder), "every case of the pack gives what it expects")


def test_a_pack_without_cases_fails(tmp_path: Path) -> None:
    """No cases are no proof."""
    folder = copied(tmp_path, "pack.yaml", "id: river", "id: bare")
    (folder / "cases" / "river.yaml").unlink()
    found = failure(consistency(folder), "every case of the pack gives what it expects")
    assert found == "the pack `bare` has no cases: write some under cases/"


# ---------------------------------------------------------------- what a pack's author sees


def test_a_failing_property_prints_the_case_for_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The smallest case is printed as YAML, which `ynpolicy check` reads as it stands."""
    suite = consistency(RIVER, level="project", examples=100)
    with monkeypatch.context() as patch:
        the_compiled_engine_takes_exempt_for_complied(patch)
        text = failure(suite, "all engines agree on every case")
    head, shown, case = text.split("\n\n")
    assert head.splitlines()[1] == "  river.ban: reference exempt, compiled complied"
    assert shown == f"the case, for `ynpolicy check case.yaml --pack {RIVER}`:"
    path = tmp_path / "case.yaml"
    path.write_text(case, encoding="utf-8")
    ran = Ran("check", path, "--pack", RIVER)
    assert (ran.status, "豁免" in ran.out) in ((0, True), (3, True))


def test_two_cases_are_printed_as_one_dossier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A property of two cases prints both in one file."""
    suite = consistency(RIVER, level="project", examples=200)
    with monkeypatch.context() as patch:
        an_unknown_exception_counts_as_none(patch)
        text = failure(suite, "learning a fact never reverses a determined breach or its absence")
    path = tmp_path / "case.yaml"
    path.write_text(text.split("\n\n")[2], encoding="utf-8")
    ran = Ran("check", path, "--pack", RIVER)
    assert ran.status in (0, 1, 3)
    assert ran.err == ""


def test_three_lines_test_a_pack(tmp_path: Path) -> None:
    """A file of three lines is all that the tests of another pack need, in a project of their own."""
    shutil.copytree(RIVER, tmp_path / "policies" / "river")
    lines = (
        "from ynpolicy.testing import consistency",
        'class TestRiver(consistency("policies/river", examples=1)):',
        "    pass",
    )
    (tmp_path / "test_river.py").write_text("\n".join(lines) + "\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.stdout.splitlines()[-1].startswith(f"{len(ALL) + 2} passed"), ran.stdout


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"pack": "no-such-pack"}, "no-such-pack"),
        ({"pack": RIVER, "level": "province"}, "does not judge by a norm on the level `province`"),
        ({"pack": RIVER, "readings": {"inside": "x"}}, "reading `inside` leaves nothing to choose"),
        ({"pack": RIVER, "sizes": {"all_engines_agre": 3}}, "unknown property `all_engines_agre`"),
    ],
)
def test_a_suite_of_what_is_not_there_is_refused(wanted: dict[str, Any], message: str) -> None:
    """An unknown pack, level, reading or size is an input error."""
    with pytest.raises(InputError, match=message):
        consistency(**wanted)


def test_sizes_are_settable() -> None:
    """`examples` is how often each property is tried, and `sizes` says another number for one."""
    name = "all_engines_agree_on_every_case"
    suite = consistency(RIVER, examples=7, sizes={name: 3})
    tests = {key: test for key, test in vars(suite).items() if hasattr(test, "hypothesis")}
    sizes = {key: test._hypothesis_internal_use_settings.max_examples for key, test in tests.items()}
    assert sizes.pop(f"test_{name}") == 3
    assert set(sizes.values()) == {7}
    assert len(sizes) == len(ALL) - 1


def test_a_pack_in_memory_has_no_cases_of_its_own() -> None:
    """A `Pack` without a folder is tested on drawn cases alone."""
    pack = evolve(load_pack(RIVER), root="")
    assert not hasattr(consistency(pack), "test_every_case_of_the_pack_gives_what_it_expects")
