"""How much Hypothesis draws, and which tests need the forward engine.

`ci` is small and always the same; YNPOLICY_TESTS=thorough draws more, anew each time.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

from ynpolicy.engines import forward

_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]

settings.register_profile(
    "ci", deadline=None, max_examples=60, derandomize=True, database=None, suppress_health_check=_SLOW
)
settings.register_profile(
    "thorough", deadline=None, max_examples=2000, database=None, print_blob=True, suppress_health_check=_SLOW
)
settings.load_profile(os.environ.get("YNPOLICY_TESTS", "ci"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where durable_rules cannot be imported, the tests of the engine that stands on it are left out, and say so."""
    if not forward.AVAILABLE:
        left_out = pytest.mark.skip(reason="durable_rules cannot be imported here; the reference judges alone")
        for item in items:
            if item.get_closest_marker("forward"):
                item.add_marker(left_out)
