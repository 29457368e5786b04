"""The whole system as processes: sandbox, services (in one process or six), and a Valkey of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from deploy.local.child import Child
from deploy.local.development import settings
from deploy.local.valkey import ValkeyServer
from shared.contracts.registry import SERVICES
from tests.journeys.outside import Outside
from tests.journeys.waiting import eventually

ROOT = Path(__file__).parents[2]
_COMMANDS = {"sandbox": ("sandbox",), "all": ("services", "run")}


_taken: list[socket.socket] = []
"""Bound as long as this process lives: others, as another worker of the same run, then leave that row alone."""


def free_ports(count: int) -> int:
    """The first of `count` ports in a row that nobody listens on, below those that the kernel hands out."""
    for guard in range(21000 + os.getpid() % 100 * (count + 1), 32000, count + 1):
        taken = socket.socket()
        try:
            taken.bind(("127.0.0.1", guard))
            for port in range(guard + 1, guard + 1 + count):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
        except OSError:
            taken.close()
            continue
        _taken.append(taken)
        return guard + 1
    raise AssertionError("no free ports")


def inherited() -> dict[str, str]:
    """What a process of ours gets of our environment: no settings of whoever runs the tests."""
    names = ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH")
    return {"PYTHONPATH": str(ROOT)} | {name: os.environ[name] for name in names if name in os.environ}


def ruvimbo(environment: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command `ruvimbo` with exactly this environment until it ends."""
    command = [sys.executable, "-m", "services", *arguments]
    return subprocess.run(command, env=dict(environment), capture_output=True, text=True, timeout=60, check=False)


class System:
    """What `make run` runs, on free ports. With `amqp_url` each service is a process of its own."""

    def __init__(self, folder: Path, mongo_url: str, amqp_url: str | None = None, **given: str) -> None:
        self._port = free_ports(len(SERVICES) + 1)
        self.gateway = f"http://127.0.0.1:{self._port}"
        self.sandbox = f"http://127.0.0.1:{self._port + len(SERVICES)}"
        self.valkey = ValkeyServer(folder / "valkey")
        self._folder = folder
        self._given = {
            "PORT": str(self._port),
            "SANDBOX_PORT": str(self._port + len(SERVICES)),
            "MONGO_URL": mongo_url,
            "MONGO_DATABASE_PREFIX": f"t{os.urandom(4).hex()}",
            "REDIS_URL": self.valkey.url,
            "AMQP_URL": amqp_url or "",
            "PAYNOW_TIME_SCALE": "0.1",
            "WHATSAPP_TIME_SCALE": "0.2",
            "RECONCILE_SECONDS": "3",
            "FAREWELL_SECONDS": "3",
            **given,
        }
        self.names: tuple[str, ...] = SERVICES if amqp_url else ("all",)
        """The processes that can be killed and started again."""
        self._processes: dict[str, Child] = {}
        self.environment = inherited() | settings(folder, self._given, folder / "no.env")

    def __enter__(self) -> Self:
        try:
            self.valkey.start()
            self.start("sandbox", *self.names)
            self.until_ready()
        except BaseException:
            self._end()  # nobody else does, when a block does not begin
            raise
        self.outside = Outside(self.gateway, self.sandbox)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.outside.close()
        self._end()

    def _end(self) -> None:
        for process in self._processes.values():
            process.kill()
        self.valkey.stop()

    def start(self, *names: str) -> None:
        """Start processes (`names`, `sandbox`) side by side and wait until each lives (not: until it is ready)."""
        for name in names:
            log = self._folder / f"{name}.log"
            command = [sys.executable, "-m", *_COMMANDS.get(name, ("services", "run", name))]
            self._processes[name] = Child(name, command, log=log, environment=self.environment)
            self._processes[name].start(lambda: True, 1)
        for name in names:
            eventually(lambda: self._lives(name), f"{name} lives; see {self._folder / name}.log")  # noqa: B023 awaited in this turn

    def kill(self, *names: str) -> None:
        """kill -9."""
        for name in names:
            self._processes[name].kill()

    def until_ready(self) -> None:
        """Wait until every service is ready."""
        for name in SERVICES:
            url = f"{self._url(name)}/ready"
            eventually(lambda: _answers(url), f"{name} is ready")  # noqa: B023 awaited in this turn

    def ruvimbo(self, *arguments: str, **given: str) -> subprocess.CompletedProcess[str]:
        """Run the command `ruvimbo` with the settings of this system, changed by `given`, until it ends."""
        return ruvimbo(self.environment | given, *arguments)

    def log(self, name: str) -> str:
        """What a process has written."""
        return (self._folder / f"{name}.log").read_text(errors="replace")

    def _lives(self, name: str) -> bool:
        assert self._processes[name].is_running, f"{name} ended at its start:\n{self.log(name)[-2000:]}"
        return _answers(f"{self.sandbox}/" if name == "sandbox" else f"{self._url(name)}/live")

    def _url(self, name: str) -> str:
        return f"http://127.0.0.1:{self._port + (SERVICES.index(name) if name in SERVICES else 0)}"


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).status_code == 200
    except httpx.HTTPError:
        return False
