"""Fixtures for all tests, how hypothesis runs them, and how they are shared out when several workers run them."""

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # ships no types

pytest_plugins = ["shared.testing.servers"]

# How long an example takes says more of the machine than of the code: no test fails for being slow.
settings.register_profile("ruvimbo", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ruvimbo")

TOGETHER = {
    "tests/chaos/": "broker",
    "tests/journeys/": "broker",
    "shared/bus/tests/test_rabbit_transport.py": "broker",
    "tests/browser/": "browser",
}
"""Tests that share what is dear to start, or kill it under each other: one worker runs them all."""


class Sharing(LoadScopeScheduling):  # type: ignore[misc]  # the same
    """Gives a worker one file of tests after the other, and what belongs together at once."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return next((name for begin, name in TOGETHER.items() if file.startswith(begin)), file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Sharing:
    return Sharing(config, log)
