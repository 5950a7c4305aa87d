"""The pytest plugin that reports what a test run reached of each norm; `pytest_ynpolicy` registers it.

Every verdict that a `Judge` gives counts, whoever asked for it: the test of a pack's own cases, and tests that call
`check`. The cases that the ready suite draws do not count: they expect nothing of a norm.
"""

from __future__ import annotations

from typing import Any, Final

import pytest

from ynpolicy.ir import Case
from ynpolicy.judge import Judge, JudgedVerdict
from ynpolicy.testing.reached import Reached

_OUTPUT: Final = "ynpolicy_coverage"
"""Under this key a worker of pytest-xdist hands its findings over."""


class NormCoverage:
    """Records the verdicts of a run and reports on them; `least` is the share in per cent that each pack must reach."""

    def __init__(self, least: float | None = None) -> None:
        self.least = least
        self.packs: dict[str, Reached] = {}
        self._patch = pytest.MonkeyPatch()

    def pytest_configure(self) -> None:
        """Listens to every judge."""
        own = Judge.judge

        def heard(judge: Judge, case: Case, advise: bool = True) -> JudgedVerdict:
            verdict = own(judge, case, advise)
            self.hear(verdict)
            return verdict

        self._patch.setattr(Judge, "judge", heard)

    def pytest_unconfigure(self) -> None:
        """Listens no more."""
        self._patch.undo()

    def hear(self, verdict: JudgedVerdict) -> None:
        """Counts a verdict for its pack."""
        pack = verdict.pack
        key = f"{pack.id} {pack.version} {pack.digest}"
        if key not in self.packs:
            self.packs[key] = Reached.of(pack)
        self.packs[key].add(verdict)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Adds what a worker of pytest-xdist found."""
        for key, data in getattr(node, "workeroutput", {}).get(_OUTPUT, {}).items():
            found = Reached.read(data)
            if key in self.packs:
                self.packs[key].join(found)
            else:
                self.packs[key] = found

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Hands the findings over, or fails the run where too little is reached."""
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output[_OUTPUT] = {key: reached.plain() for key, reached in self.packs.items()}
        elif self._short() and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Prints a table for each pack, and which of them fall short."""
        for reached in self.packs.values():
            terminalreporter.section(f"coverage of norms: {reached.title}")
            for line in reached.lines():
                terminalreporter.write_line(line)
        if not self.packs:
            terminalreporter.section("coverage of norms")
            terminalreporter.write_line("no test asked for a verdict")
        for message in self._short():
            terminalreporter.write_line(f"FAILED {message}", red=True)

    def _short(self) -> list[str]:
        if self.least is None:
            return []
        if not self.packs:
            return [f"nothing is reached, and {self.least:g} % are asked for"]
        return [
            f"{reached.title}: {reached.share:.1f} % reached, and {self.least:g} % are asked for"
            for reached in self.packs.values()
            if reached.share < self.least
        ]
