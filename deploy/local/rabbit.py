"""A private RabbitMQ from Debian's package, with its own epmd, for tests (measured.md: up in 9 to 22 s, 146 MB)."""

from __future__ import annotations

import json
import os
import shutil
import socket
from pathlib import Path

from deploy.local.child import Child, ServerMissing, free_port

VHOSTS = 60
"""Virtual hosts made at the first start: making one later takes a second or two each."""

_LIBRARY = Path("/usr/lib/rabbitmq/lib")


def find_rabbitmq() -> str:
    """The server script in the package's own folder; the one on the PATH changes the user. Raises ServerMissing."""
    scripts = sorted(_LIBRARY.glob("rabbitmq_server-*/sbin/rabbitmq-server"))
    if not scripts or shutil.which("erl") is None:
        raise ServerMissing("RabbitMQ is not installed; `apt-get install rabbitmq-server` as root installs it.")
    return str(scripts[-1])


_BESIDE_OTHERS = "+sbwt none +sbwtdcpu none +sbwtdio none +S 1:1"
"""Erlang's schedulers wait for work by spinning, and wake each other, which takes the cores from the services beside
them: one scheduler that sleeps costs a fifth less a message (measured)."""


class RabbitServer:
    """One private broker with its data in `folder`; `url(n)` is the n-th of its virtual hosts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port, self._distribution_port, self._epmd_port = free_port(), free_port(), free_port()
        self._broker: Child | None = None
        self._epmd: Child | None = None

    def url(self, number: int) -> str:
        """The URL of one virtual host."""
        return f"amqp://guest:guest@127.0.0.1:{self._port}/v{number}"

    @property
    def pids(self) -> list[int]:
        """The broker's process and its epmd."""
        assert self._broker is not None
        assert self._epmd is not None
        return [self._broker.pid, self._epmd.pid]

    def start(self) -> None:
        script = find_rabbitmq()
        self._folder.mkdir(parents=True, exist_ok=True)
        if self._epmd is None:
            self._start_epmd()
        self._broker = Child("RabbitMQ", [script], log=self._folder / "rabbitmq.log", environment=self._environment())
        self._broker.start(self._speaks_amqp, 90)

    def stop(self) -> None:
        if self._broker is not None:
            self._broker.stop(30)
        if self._epmd is not None:
            self._epmd.stop()
            self._epmd = None

    def kill(self) -> None:
        """As a crash of the broker; `start` brings it back with its data."""
        assert self._broker is not None
        self._broker.kill()

    def _start_epmd(self) -> None:
        # Erlang would start a daemon of its own that outlives us; one in the foreground is a child like any other.
        epmd = shutil.which("epmd") or "epmd"
        command = [epmd, "-port", str(self._epmd_port), "-address", "127.0.0.1"]
        self._epmd = Child("epmd", command, log=self._folder / "epmd.log")
        self._epmd.start(lambda: _listens(self._epmd_port), 10)

    def _environment(self) -> dict[str, str]:
        folder = self._folder
        plugins = folder / "enabled_plugins"
        plugins.write_text("[].")
        definitions = folder / "definitions.json"
        names = [f"v{number}" for number in range(VHOSTS)]
        everything = {"configure": ".*", "write": ".*", "read": ".*"}
        definitions.write_text(
            json.dumps(
                {
                    "users": [{"name": "guest", "password": "guest", "tags": "administrator"}],
                    "vhosts": [{"name": name} for name in names],
                    "permissions": [{"user": "guest", "vhost": name, **everything} for name in names],
                }
            )
        )
        configuration = folder / "rabbitmq.conf"
        configuration.write_text(
            f"listeners.tcp.1 = 127.0.0.1:{self._port}\n"
            f"load_definitions = {definitions}\n"
            "vm_memory_high_watermark.absolute = 512MB\n"
            "disk_free_limit.absolute = 50MB\n"
        )
        return {
            **os.environ,
            "HOME": str(folder),
            # Without the shell between us, the broker is our child: a kill of it is a kill of it.
            "RUNNING_UNDER_SYSTEMD": "true",
            "RABBITMQ_NODENAME": f"ruvimbo{self._port}@localhost",
            "RABBITMQ_DIST_PORT": str(self._distribution_port),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(plugins),
            "RABBITMQ_CONFIG_FILE": str(configuration),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": f"-kernel inet_dist_use_interface {{127,0,0,1}} {_BESIDE_OTHERS}",
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
        }

    def _speaks_amqp(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self._port), timeout=2) as connection:
                connection.sendall(b"AMQP\x00\x00\x09\x01")
                return connection.recv(1) == b"\x01"  # a method frame: the broker greets
        except OSError:
            return False


def _listens(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=0.5):
            return True
    except OSError:
        return False
