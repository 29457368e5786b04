"""Real servers as pytest fixtures, started when first asked for: a mongod and a Valkey for each worker, one broker.

A broker takes 10 to 20 s to start, so one worker has all tests that need it (TOGETHER in conftest.py). A test's own
place in a server: a fresh database name, key prefix, virtual host. Tests that kill servers take the `mortal_…` ones,
which are theirs alone. A missing server fails the test that asks for it, with what to install.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.mongo import MongoServer
from deploy.local.rabbit import VHOSTS, RabbitServer
from deploy.local.valkey import ValkeyServer


@pytest.fixture(scope="session")
def mongo_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MongoServer]:
    """The mongod of this worker."""
    server = MongoServer(tmp_path_factory.mktemp("mongo"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def mongo_url(mongo_server: MongoServer) -> str:
    return mongo_server.url


@pytest.fixture
def mongo_database() -> str:
    """A database name that no other test has."""
    return f"t{os.urandom(4).hex()}"


@pytest.fixture
def mortal_mongo(tmp_path: Path) -> Iterator[MongoServer]:
    """A mongod of the test's own, to kill."""
    server = MongoServer(tmp_path / "mongo")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def valkey_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    """The Valkey of this worker."""
    server = ValkeyServer(tmp_path_factory.mktemp("valkey"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def valkey_url(valkey_server: ValkeyServer) -> str:
    return valkey_server.url


@pytest.fixture
def key_prefix() -> str:
    """A key prefix that no other test has."""
    return f"t{os.urandom(4).hex()}:"


@pytest.fixture
def mortal_valkey(tmp_path: Path) -> Iterator[ValkeyServer]:
    """A Valkey of the test's own, to kill."""
    server = ValkeyServer(tmp_path / "valkey")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def rabbit_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitServer]:
    """The broker of this run. Tests may kill it if they start it again."""
    server = RabbitServer(tmp_path_factory.mktemp("rabbit"))
    server.start()
    yield server
    server.stop()


_vhosts = itertools.count()


def virtual_host(server: RabbitServer) -> str:
    """The URL of a virtual host that no other test has."""
    number = next(_vhosts)
    assert number < VHOSTS, "the run uses more virtual hosts than the broker was given; raise VHOSTS"
    return server.url(number)


@pytest.fixture
def amqp_url(rabbit_server: RabbitServer) -> str:
    """A virtual host that no other test has."""
    return virtual_host(rabbit_server)
