"""The whole system as processes: sandbox, services (one or six), a Valkey of its own, and phones to drive it."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp

from deploy.local.child import Child
from deploy.local.development import settings
from deploy.local.valkey import ValkeyServer
from shared.contracts.registry import SERVICES

ROOT = Path(__file__).parents[2]
UP_SECONDS = 60


def free_ports(count: int) -> int:
    """The first of `count` ports in a row that nobody listens on."""
    for first in range(21000 + os.getpid() % 5000, 60000, count):
        try:
            for port in range(first, first + count):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return first
    raise AssertionError("no free ports")


class System:
    """Everything that `make run` runs, on free ports. With `amqp_url` each service is a process of its own."""

    def __init__(self, folder: Path, mongo_url: str, amqp_url: str | None, **given: str) -> None:
        port = free_ports(len(SERVICES) + 1)
        self.gateway = f"http://127.0.0.1:{port}"
        self.sandbox = f"http://127.0.0.1:{port + len(SERVICES)}"
        self.valkey = ValkeyServer(folder / "valkey")
        self._folder = folder
        self._amqp_url = amqp_url
        self._mongo_url = mongo_url
        self._given = {
            "PORT": str(port),
            "SANDBOX_PORT": str(port + len(SERVICES)),
            "MONGO_URL": mongo_url,
            "MONGO_DATABASE_PREFIX": folder.name[:20],
            "PAYNOW_TIME_SCALE": "0.1",
            "RECONCILE_SECONDS": "5",
            **given,
        }
        self.processes: dict[str, Child] = {}
        self.environment: dict[str, str] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The processes that can be killed and started again."""
        return SERVICES if self._amqp_url else ("all",)

    async def __aenter__(self) -> Self:
        self.valkey.start()
        given = {**self._given, "REDIS_URL": self.valkey.url, "AMQP_URL": self._amqp_url or ""}
        inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self.environment = {**inherited, **settings(self._folder, given, self._folder / "none")}
        self._child("sandbox", ["-m", "sandbox"]).start(lambda: _answers(f"{self.sandbox}/"), UP_SECONDS)
        for name in self.names:
            self.start(name)
        await self.until_ready()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name in [*self.names, "sandbox"]:
            if name in self.processes:
                self.processes[name].stop()
        self.valkey.stop()

    def start(self, name: str) -> None:
        """Start a process and wait until it lives (not: until it is ready)."""
        offset = SERVICES.index(name) if name in SERVICES else 0
        port = int(self.environment["PORT"]) + offset
        arguments = [] if name == "all" else [name]
        child = self._child(name, ["-m", "services", "run", *arguments])
        child.start(lambda: _answers(f"http://127.0.0.1:{port}/live"), UP_SECONDS)

    def kill(self, name: str) -> None:
        """kill -9."""
        self.processes[name].kill()

    async def until_ready(self) -> None:
        """Wait until every service is ready."""
        for name in SERVICES:
            port = int(self.environment["PORT"]) + SERVICES.index(name)
            async with asyncio.timeout(UP_SECONDS):
                while not await asyncio.to_thread(_answers, f"http://127.0.0.1:{port}/ready"):
                    await asyncio.sleep(0.1)

    def log(self, name: str) -> str:
        """What a process has written."""
        return (self._folder / f"{name}.log").read_text(errors="replace")

    def _child(self, name: str, arguments: list[str]) -> Child:
        child = Child(
            name,
            [sys.executable, *arguments],
            log=self._folder / f"{name}.log",
            environment={**self.environment, "PYTHONPATH": str(ROOT)},
        )
        self.processes[name] = child
        return child


class Phone:
    """A person's phone at the sandbox: says, taps, and waits for what the bot says."""

    def __init__(self, http: aiohttp.ClientSession, sandbox: str, number: str) -> None:
        self._http = http
        self._base = f"{sandbox}/graph/_sim/phones/{number}"
        self.number = number
        self.heard = 0
        """The `seq` of the last thing waited for: waiting goes on after it."""
        self.last: dict[str, Any] = {}

    async def say(self, text: str) -> None:
        """Send a text; returns when the gateway has answered 200."""
        await self._post("say", {"text": text})

    async def tap(self, title: str) -> None:
        """Tap the button or row with this title in the last message waited for."""
        for choice in choices_of(self.last):
            if choice["title"].casefold().startswith(title.casefold()):
                await self._post("tap", {"wamid": self.last["wamid"], "id": choice["id"]})
                return
        raise AssertionError(f"there is no {title!r} to tap in: {text_of(self.last)} {choices_of(self.last)}")

    async def hears(self, text: str, seconds: float = 30) -> str:
        """Wait for a message of the bot that contains the text (in any case); its whole visible text."""
        query = {"after": str(self.heard), "contains": text, "seconds": str(seconds)}
        async with self._http.get(f"{self._base}/wait", params=query) as answer:
            if answer.status != 200:
                talk = "\n".join(await self.talk())
                raise AssertionError(f"never heard {text!r}; the talk so far:\n{talk}")
            self.last = (await answer.json())["message"]
        self.heard = self.last["seq"]
        return text_of(self.last)

    async def messages(self) -> list[dict[str, Any]]:
        """All of the talk, as the sandbox keeps it."""
        async with self._http.get(f"{self._base}/messages", params={"after": "0"}) as answer:
            found: list[dict[str, Any]] = (await answer.json())["messages"]
            return found

    async def talk(self) -> list[str]:
        """The talk as lines: `>` the person, `<` the bot."""
        return [
            f"{'>' if message['direction'] == 'in' else '<'} {text_of(message)}" for message in await self.messages()
        ]

    async def bot_texts(self) -> list[str]:
        """What the bot said, in order."""
        return [text_of(message) for message in await self.messages() if message["direction"] == "out"]

    async def _post(self, what: str, body: dict[str, Any]) -> None:
        async with self._http.post(f"{self._base}/{what}", json=body) as answer:
            assert answer.status == 200, await answer.text()


def text_of(message: dict[str, Any]) -> str:
    """The words of a message that a person reads."""
    body = message.get("body") or {}
    if message.get("direction") == "in":
        typed = body.get("text", {}).get("body")
        reply = body.get("interactive", {})
        tapped = reply.get("button_reply") or reply.get("list_reply") or {}
        return str(typed or f"[{tapped.get('title', message.get('type'))}]")
    inner = body.get("body")
    text = inner.get("text") if isinstance(inner, dict) else inner
    titles = "".join(f" [{choice['title']}]" for choice in choices_of(message))
    return f"{text or ''}{titles}"


def choices_of(message: dict[str, Any]) -> list[dict[str, Any]]:
    """Buttons and rows of a message of the bot."""
    action = (message.get("body") or {}).get("action") or {}
    buttons = [button["reply"] for button in action.get("buttons", [])]
    return buttons + [row for section in action.get("sections", []) for row in section["rows"]]


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 a URL of our own on loopback
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
