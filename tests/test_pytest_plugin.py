"""The pytest plugin: what it reports of each norm, when it fails a run, and that it leaves other runs alone."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import cast

import pytest
import pytest_ynpolicy

import ynpolicy
from ynpolicy.casebook import coverage, read_casebook, run_casebook
from ynpolicy.judge import Judge
from ynpolicy.testing.plugin import NormCoverage
from ynpolicy.testing.reached import Reached

RIVER = Path(__file__).parent / "data" / "packs" / "river"
ONE_CASE = """
import ynpolicy

def test_a_smelter_at_the_bank_is_refused():
    facts = {"site.town": "upper", "project.works": ["smelter"], "site.bank_distance": 500, "project.begun": False}
    case = {"case": "c", "level": "project", "as_of": "2022-05-01", "facts": facts}
    assert ynpolicy.load("river").check(case).decision.value == "refused"
"""
CASEBOOK = """
from ynpolicy.casebook import read_casebook, run_casebook

def test_the_cases_of_the_pack():
    judge = ynpolicy.load("river")
    assert run_casebook(judge, read_casebook(judge.pack))[1] == ()
"""


def ran(tmp_path: Path, test: str, *options: str) -> tuple[int, list[str]]:
    """The status and the lines of a pytest run in a project of its own."""
    shutil.copytree(RIVER, tmp_path / "river")
    (tmp_path / "test_pack.py").write_text(test, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", *options]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    return done.returncode, (done.stdout + done.stderr).splitlines()


def test_it_reports_what_each_norm_still_lacks(tmp_path: Path) -> None:
    """One case on a threshold reaches that side, and the report names the others; too little fails the run."""
    status, lines = ran(tmp_path, ONE_CASE, "--ynpolicy-fail-under=50")
    assert status == 1
    assert "river.ban           2/6  violated 1" in lines
    assert "  not reached: exception: river.ban / begun" in lines
    assert "  not reached: boundary: river.ban/must_not[0]: just above the threshold" in lines
    assert "  not reached: boundary: river.ban/must_not[0]: at the threshold" not in lines
    assert any(line.startswith("FAILED river 1.0.0: ") and "50 % are asked for" in line for line in lines)


def test_the_cases_of_a_pack_reach_all_of_it_in_several_processes(tmp_path: Path) -> None:
    """What the workers of pytest-xdist find is added up, and a pack that is all reached passes."""
    status, lines = ran(tmp_path, ONE_CASE + CASEBOOK, "--ynpolicy-fail-under=100", "-n", "2")
    assert status == 0, lines
    assert "100.0 % reached: 16 of 16, by 15 verdicts" in lines


def test_a_run_that_does_not_ask_for_it_imports_none_of_the_package(tmp_path: Path) -> None:
    """Where ynpolicy is installed and another project is tested, only the options are there."""
    test = "import sys\ndef test_nothing_is_imported():\n    assert 'pytest_ynpolicy' in sys.modules\n"
    status, lines = ran(tmp_path, test + "    assert 'ynpolicy' not in sys.modules\n")
    assert status == 0, lines
    assert not any("coverage of norms" in line for line in lines)


def test_a_run_without_verdicts_never_passes_for_a_covered_one(tmp_path: Path) -> None:
    """Where no test asked for a verdict, nothing is reached, and a share that is asked for is not met."""
    status, lines = ran(tmp_path, "def test_a(): pass", "--ynpolicy-fail-under=1")
    assert status == 1
    assert "no test asked for a verdict" in lines
    assert "FAILED nothing is reached, and 1 % are asked for" in lines


class Options:
    """What a run was called with."""

    def __init__(self, **values: object) -> None:
        self.getoption = values.get


@pytest.mark.parametrize("share", [-1.0, 100.5, 900.0, float("nan")])
def test_a_share_beyond_all_is_refused(share: float) -> None:
    """A percentage lies between 0 and 100."""
    with pytest.raises(pytest.UsageError, match="is not a percentage: write 0 to 100"):
        pytest_ynpolicy.pytest_configure(cast(pytest.Config, Options(ynpolicy_fail_under=share)))


def test_without_hypothesis_the_option_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the extra is not installed, a run that asks for coverage ends with what to install."""
    for name in [name for name in sys.modules if name.startswith("ynpolicy.testing")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    with pytest.raises(pytest.UsageError, match=r"pip install 'ynpolicy\[testing\]'"):
        pytest_ynpolicy.pytest_configure(cast(pytest.Config, Options(ynpolicy_coverage=True)))


def test_it_counts_as_the_pack_s_own_coverage_does() -> None:
    """The cases of a pack, heard one by one, reach what `coverage` says of them together; and more for other norms."""
    judge = ynpolicy.load(RIVER, use_forward=False)
    plugin, own = NormCoverage(), Judge.judge
    plugin.pytest_configure()
    try:
        results, _ = run_casebook(judge, read_casebook(judge.pack)[:5])
    finally:
        plugin.pytest_unconfigure()
    assert Judge.judge is own
    (reached,) = plugin.packs.values()
    expected = coverage(judge.pack, results)
    wanted = {
        (group, label) for group in ("exceptions", "boundaries") for label, hit in getattr(expected, group) if hit
    }
    assert wanted
    assert wanted <= reached.hits
    assert reached.verdicts == 5


def test_a_threshold_counts_only_where_it_mattered() -> None:
    """500 m from the bank reaches the ban's threshold for a smelter, and not for a mill that the ban does not bind."""
    judge = ynpolicy.load(RIVER, use_forward=False)
    at_threshold = ("boundaries", "river.ban/must_not[0]: at the threshold")
    for works, counts in (("smelter", True), ("mill", False)):
        reached = Reached.of(judge.pack)
        facts = {"site.town": "upper", "project.works": [works], "site.bank_distance": 500, "project.begun": False}
        reached.add(judge.check({"case": "c", "level": "project", "as_of": "2022-05-01", "facts": facts}))
        assert (at_threshold in reached.hits) is counts


def test_what_processes_found_is_added_up() -> None:
    """Plain data of two runs, joined, is what one run of both had found."""
    judge = ynpolicy.load(RIVER, use_forward=False)
    cases = read_casebook(judge.pack)
    parts = [Reached.of(judge.pack) for _ in range(3)]
    for number, case in enumerate(cases):
        verdict = judge.check(case.raw)
        for part in (parts[number % 2], parts[2]):
            part.add(verdict)
    first, second, both = (Reached.read(part.plain()) for part in parts)
    first.join(second)
    assert first.plain() == both.plain()
    assert (first.share, first.verdicts) == (100, len(cases))
