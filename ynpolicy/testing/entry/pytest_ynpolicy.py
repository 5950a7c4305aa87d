"""The options of the pytest plugin, and nothing else: every pytest run where ynpolicy is installed imports this file.

It stands outside the package when installed, so that a run that does not use the options imports none of the package.
"""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds `--ynpolicy-coverage` and `--ynpolicy-fail-under`."""
    group = parser.getgroup("ynpolicy", "coverage of norms")
    group.addoption(
        "--ynpolicy-coverage", action="store_true", help="Report what the tests' verdicts reached of each norm."
    )
    group.addoption(
        "--ynpolicy-fail-under",
        type=float,
        metavar="PERCENT",
        help="Fail the run where less of a pack is reached; reports the coverage too.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Imports the package and begins to record, where an option asks for it."""
    least = config.getoption("ynpolicy_fail_under")
    if least is not None and not 0 <= least <= 100:
        raise pytest.UsageError(f"--ynpolicy-fail-under: `{least:g}` is not a percentage: write 0 to 100")
    if least is None and not config.getoption("ynpolicy_coverage"):
        return
    try:
        from ynpolicy.testing.plugin import NormCoverage
    except ImportError as error:
        raise pytest.UsageError(str(error)) from None
    config.pluginmanager.register(NormCoverage(least), "ynpolicy-coverage")
