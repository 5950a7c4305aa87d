"""For the tests of a pack: strategies that draw its cases, and cases as plain data, typed, or as a file's text.

Needs the extra `testing` (hypothesis and pytest).

>>> from ynpolicy.testing import aimed_cases
>>> strategy = aimed_cases("yunnan-14fyp", norm="siting.main-river-smelting-ban", at=["threshold"])
"""

from __future__ import annotations

try:
    from ynpolicy.testing.strategies import aimed_cases, cases, learning_cases, packs, partial_cases, uniform_cases
    from ynpolicy.testing.suite import consistency
except ModuleNotFoundError as error:
    if error.name not in ("hypothesis", "pytest"):
        raise
    message = f"ynpolicy.testing needs the package `{error.name}`: pip install 'ynpolicy[testing]'"
    raise ImportError(message) from None
from ynpolicy.testing.written import as_yaml, normalised, written

__all__ = [
    "aimed_cases",
    "as_yaml",
    "cases",
    "consistency",
    "learning_cases",
    "normalised",
    "packs",
    "partial_cases",
    "uniform_cases",
    "written",
]
