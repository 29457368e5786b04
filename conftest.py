"""Fixtures for all tests, and how hypothesis runs them."""

from hypothesis import HealthCheck, settings

pytest_plugins = ["shared.testing.servers"]

# How long an example takes says more of the machine than of the code: no test fails for being slow.
settings.register_profile("ruvimbo", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ruvimbo")
