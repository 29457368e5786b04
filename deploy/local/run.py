"""`make run`: the whole product on one's own machine, until Ctrl-C.

Starts mongod and valkey-server unless MONGO_URL and REDIS_URL are given, then the sandbox unless SANDBOX=off, then
all six services in one process; prints where to look; stops everything in order.
"""

from __future__ import annotations

import errno
import fcntl
import http.client
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from contextlib import ExitStack
from pathlib import Path

from deploy.local.child import Child, ServerFailed, ServerMissing
from deploy.local.development import keep_settings, settings
from deploy.local.mongo import MongoServer
from deploy.local.valkey import ValkeyServer
from shared.contracts.registry import SERVICES
from shared.runtime.beside import RUNNING, held

FOLDER = Path(".local")


class _Stopped(Exception):
    """SIGINT or SIGTERM came."""


def main() -> int:
    """Run until told to stop. Exit code 0; 1 when something ended by itself; 2 when a setting or server is missing."""
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, _stop)
    try:
        with ExitStack() as stack:
            return _run(stack)
    except _Stopped:
        _say("Stopped.")
        return 0
    except (ServerMissing, ServerFailed) as error:
        _say(str(error))
        return 2


def _stop(*_: object) -> None:
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)  # one is enough: the stop is under way
    raise _Stopped


def _run(stack: ExitStack) -> int:
    found = settings(FOLDER, os.environ, Path(".env"))
    with_sandbox = found.get("SANDBOX", "on").lower() != "off"
    _only_one(stack)
    _need_free(found["HOST"], "PORT", found["PORT"], len(SERVICES))
    if with_sandbox:
        _need_free(found["HOST"], "SANDBOX_PORT", found["SANDBOX_PORT"])
    (FOLDER / "logs").mkdir(exist_ok=True)
    if "MONGO_URL" not in found:
        mongo = MongoServer(FOLDER / "mongo")
        stack.callback(mongo.stop)
        mongo.start()
        found["MONGO_URL"] = mongo.url
    if "REDIS_URL" not in found:
        valkey = ValkeyServer((FOLDER / "valkey").absolute())
        stack.callback(valkey.stop)
        valkey.start()
        found["REDIS_URL"] = valkey.url
    keep_settings(RUNNING, found)
    stack.enter_context(held(RUNNING))
    gateway = f"http://127.0.0.1:{found['PORT']}"
    sandbox = f"http://127.0.0.1:{found['SANDBOX_PORT']}"
    children = []
    if with_sandbox:
        children.append(_begin(stack, "sandbox", ["-m", "sandbox"], found, f"{sandbox}/"))
    children.append(_begin(stack, "services", ["-m", "services", "run"], found, f"{gateway}/ready"))
    if with_sandbox:
        _say(f"Phone page  {sandbox}/phone")
        _say(f"Traces      {sandbox}/traces")
    _say(f"Finance     {gateway}/finance")
    _say(f"Gateway     {gateway}  (health: {gateway}/health)")
    _say(f"Logs        {FOLDER / 'logs'}")
    _say("Commands    ruvimbo check, ruvimbo dead-letters list, … in this folder find all of this by themselves")
    _say("Ctrl-C stops everything.")
    while all(child.is_running for child in children):
        time.sleep(0.5)
    ended = next(child for child in children if not child.is_running)
    _say(f"{ended.name} ended by itself; its last words are in {FOLDER / 'logs' / ended.name}.log.")
    return 1


def _only_one(stack: ExitStack) -> None:
    """Two runs would share data, logs and ports; the kernel frees the lock however we end."""
    lock = stack.enter_context((FOLDER / "lock").open("w"))
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise ServerFailed("`make run` runs in this folder already; stop it first.") from None


def _need_free(host: str, setting: str, first: str, count: int = 1) -> None:
    """Raises ServerFailed when somebody listens where we shall. A port that is no number is named by who reads it."""
    for port in range(int(first), int(first) + count) if first.isdecimal() else ():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                if error.errno == errno.EADDRINUSE:
                    raise ServerFailed(f"Port {port} is taken; stop who has it or choose another {setting}.") from None
            except OverflowError:
                return


def _begin(stack: ExitStack, name: str, arguments: list[str], environment: dict[str, str], url: str) -> Child:
    log = FOLDER / "logs" / f"{name}.log"
    log.write_bytes(b"")
    child = Child(name, [sys.executable, *arguments], log=log, environment=environment)
    stack.callback(child.stop)
    try:
        child.start(lambda: _answers(url), 60)
    except ServerFailed as error:
        said = log.read_text(errors="replace").strip()
        if said and "\n" not in said:
            raise ServerFailed(said) from error  # its one sentence about a wrong setting is all there is to say
        _say(said[-2000:])
        raise
    return child


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:  # noqa: S310 a URL of our own on loopback
            return bool(answer.status == 200)
    except (urllib.error.URLError, http.client.HTTPException, OSError):  # InvalidURL: the port is no number
        return False


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
