"""The whole system, started once for all tests that drive it from outside (one worker runs them: conftest.py above)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from deploy.local.rabbit import RabbitServer
from shared.testing.servers import virtual_host
from tests.journeys.system import System


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory, mongo_url: str) -> Iterator[System]:
    """All six services in one process, on the embedded transport."""
    with System(tmp_path_factory.mktemp("embedded"), mongo_url) as system:
        yield system


@pytest.fixture(scope="session")
def spread(tmp_path_factory: pytest.TempPathFactory, mongo_url: str, rabbit_server: RabbitServer) -> Iterator[System]:
    """Six processes on RabbitMQ."""
    with System(tmp_path_factory.mktemp("spread"), mongo_url, virtual_host(rabbit_server)) as system:
        yield system


@pytest.fixture(params=["embedded", "spread"])
def system(request: pytest.FixtureRequest) -> System:
    """Each of the two in turn."""
    found: System = request.getfixturevalue(request.param)
    return found
