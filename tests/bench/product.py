"""The product's own processes under measurement: all six services in one, or one each over RabbitMQ."""

from __future__ import annotations

import os
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from deploy.local.child import Child
from deploy.local.development import settings
from deploy.local.rabbit import VHOSTS
from shared.contracts.registry import SERVICES
from tests.bench.servers import Servers
from tests.bench.webhooks import NUMBER_ID
from tests.journeys.system import free_ports

ROOT = Path(__file__).parents[2]
UP_SECONDS = 60

# Fresh stores for each product: a virtual host of the broker's and a database of Valkey's that no other had.
_virtual_hosts = iter(range(VHOSTS))
_redis_databases = iter(range(16))


class Product:
    """Services with fresh stores, as in production: no debugging, no trace export, secrets of their own.

    With `over_rabbit`, each of `services` is a process; else all six are one.
    """

    def __init__(
        self, servers: Servers, *, over_rabbit: bool, services: Sequence[str] = SERVICES, **given: str
    ) -> None:
        self._servers = servers
        self._services = services
        self.port = free_ports(len(SERVICES) + 1)
        """The gateway's; the services' ports follow, and one that is free."""
        self.amqp_url = servers.rabbit.url(next(_virtual_hosts)) if over_rabbit else ""
        self._folder = servers.new_folder("product")
        redis_url = servers.valkey.url
        inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        own = {
            "DEBUG": "false",
            "SANDBOX": "off",
            "PORT": str(self.port),
            "SANDBOX_PORT": str(self.port + len(SERVICES)),
            "GATEWAY_URL": f"http://127.0.0.1:{self.port}",
            "PAYNOW_URL": f"http://127.0.0.1:{self.port + len(SERVICES)}/paynow",
            "PHONE_NUMBER_ID": NUMBER_ID,
            # A number of the higher level (WhatsApp contract 4.3): the product is measured here, not its limiter.
            "WHATSAPP_PER_SECOND": "1000",
            "MONGO_URL": servers.mongo.url,
            "MONGO_DATABASE_PREFIX": self._folder.name,
            "REDIS_URL": redis_url.removesuffix("/0") + f"/{next(_redis_databases)}",
            "AMQP_URL": self.amqp_url,
            "PYTHONPATH": str(ROOT),
            **given,
        }
        self._environment = {**inherited, **settings(self._folder, own, self._folder / "no.env")}
        self._children: dict[str, Child] = {}
        self._stack = ExitStack()

    @property
    def secret(self) -> str:
        """What webhooks are signed with."""
        return self._environment["META_APP_SECRET"]

    @property
    def form_key_file(self) -> str:
        """The private key of forms."""
        return self._environment["PRIVATE_KEY_FILE"]

    @property
    def url(self) -> str:
        """The gateway's."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def sandbox_url(self) -> str:
        """Where a sandbox listens, if one is added."""
        return f"http://127.0.0.1:{self._environment['SANDBOX_PORT']}"

    @property
    def mongo_url(self) -> str:
        """Of the replica set."""
        return self._servers.mongo.url

    def mongo_database(self, service: str) -> str:
        """The name of a service's database."""
        return f"{self._folder.name}_{service}"

    @property
    def redis_url(self) -> str:
        """The product's own database at Valkey."""
        return self._environment["REDIS_URL"]

    async def __aenter__(self) -> Self:
        with ExitStack() as stack:
            names = self._services if self.amqp_url else ("all",)
            for name in names:
                arguments = [] if name == "all" else [name]
                port = self.port + (SERVICES.index(name) if name in SERVICES else 0)
                self._start(stack, name, ["-m", "services", "run", *arguments], f"http://127.0.0.1:{port}/ready")
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def add(self, name: str, arguments: Sequence[str], url: str) -> None:
        """Run another Python process in the product's environment until the product ends, once `url` answers."""
        self._start(self._stack, name, arguments, url)

    def cpu_seconds(self) -> dict[str, float]:
        """CPU that each process, servers included, has used so far."""
        pids = {name: child.pid for name, child in self._children.items()}
        pids |= {"mongod": self._servers.mongo.pid, "Valkey": self._servers.valkey.pid}
        if self.amqp_url:
            pids["RabbitMQ"] = self._servers.rabbit.pids[0]
        return {name: _cpu_seconds(pid) for name, pid in pids.items()}

    def pid(self, name: str) -> int:
        """The process id of one of ours."""
        return self._children[name].pid

    def _start(self, stack: ExitStack, name: str, arguments: Sequence[str], url: str) -> None:
        child = Child(
            name,
            [sys.executable, *arguments],
            log=self._folder / f"{name}.log",
            environment=self._environment,
        )
        stack.callback(child.stop)
        self._children[name] = child
        child.start(lambda: _answers(url), UP_SECONDS)


def _cpu_seconds(pid: int) -> float:
    """User and system time of a process and of its children that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 a URL of our own on loopback
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
