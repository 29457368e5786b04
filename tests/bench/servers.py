"""The servers of a run, each started when first asked for, with private data under one folder, on disk."""

from __future__ import annotations

import itertools
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from deploy.local.mongo import MongoServer
from deploy.local.rabbit import RabbitServer
from deploy.local.valkey import ValkeyServer
from tests.bench.progress import say


class Servers:
    """Stops at the end what it has started. Raises ServerMissing or ServerFailed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stack = ExitStack()
        self._numbers = itertools.count()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def new_folder(self, name: str) -> Path:
        """A folder of one's own."""
        folder = self._folder / f"{name}-{next(self._numbers)}"
        folder.mkdir()
        return folder

    @cached_property
    def mongo(self) -> MongoServer:
        """The mongod of this run."""
        server = MongoServer(self.new_folder("mongo"))
        self._stack.callback(server.stop)
        server.start()
        return server

    @cached_property
    def valkey(self) -> ValkeyServer:
        """The Valkey of this run: on disk before it answers."""
        server = ValkeyServer(self.new_folder("valkey"))
        self._stack.callback(server.stop)
        server.start()
        return server

    @cached_property
    def rabbit(self) -> RabbitServer:
        """The broker of this run."""
        say("Starting RabbitMQ, which takes 10 to 25 s …")
        server = RabbitServer(self.new_folder("rabbit"))
        self._stack.callback(server.stop)
        server.start()
        return server
