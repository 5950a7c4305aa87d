"""How much Hypothesis draws: `ci` is small and always the same; YNPOLICY_TESTS=thorough draws more, anew each time."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]

settings.register_profile(
    "ci", deadline=None, max_examples=60, derandomize=True, database=None, suppress_health_check=_SLOW
)
settings.register_profile(
    "thorough", deadline=None, max_examples=2000, database=None, print_blob=True, suppress_health_check=_SLOW
)
settings.load_profile(os.environ.get("YNPOLICY_TESTS", "ci"))
