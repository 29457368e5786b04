"""`make run` itself: what it starts, how soon it answers, and that it leaves nothing behind."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from shared.contracts.registry import SERVICES
from tests.journeys.outside import Outside
from tests.journeys.system import free_ports, inherited, ruvimbo
from tests.journeys.waiting import eventually

STOP_SECONDS = 30


class Run:
    """`python -m deploy.local.run` in a folder of its own, without a terminal."""

    def __init__(self, folder: Path, port: int | None = None) -> None:
        folder.mkdir(exist_ok=True)
        self._folder = folder
        self.port = port or free_ports(len(SERVICES) + 1)
        self._ports = {"PORT": str(self.port), "SANDBOX_PORT": str(self.port + len(SERVICES))}
        self.outside = Outside(f"http://127.0.0.1:{self.port}", f"http://127.0.0.1:{self.port + len(SERVICES)}")

    @contextmanager
    def started(self) -> Iterator[subprocess.Popen[bytes]]:
        """Run until the block ends; however it ends, nothing of it stays."""
        with (self._folder / "said.txt").open("wb") as said:
            process = subprocess.Popen(
                [sys.executable, "-m", "deploy.local.run"],
                cwd=self._folder,
                env=inherited() | self._ports,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            eventually(lambda: "Ctrl-C stops" in self.said or process.poll() is not None, "everything has started")
            assert process.poll() is None, self.said
            yield process
        finally:
            process.kill()  # its children die with it
            process.wait()

    def ruvimbo(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The command as somebody gives it in another terminal, in the same folder and with nothing set."""
        command = [sys.executable, "-m", "services", *arguments]
        return subprocess.run(
            command, cwd=self._folder, env=inherited(), capture_output=True, text=True, timeout=60, check=False
        )

    def refused(self, **given: str) -> str:
        """What it says when it cannot start."""
        ended = subprocess.run(
            [sys.executable, "-m", "deploy.local.run"],
            cwd=self._folder,
            env=inherited() | self._ports | given,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=False,
        )
        assert ended.returncode == 2, ended
        return ended.stdout

    @property
    def said(self) -> str:
        return (self._folder / "said.txt").read_text()


def children_of(pid: int) -> list[int]:
    """The ids of all processes below one."""
    children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return children + [below for child in children for below in children_of(child)]


def living(pids: list[int]) -> list[str]:
    """The state and command of those that still run; a zombie does not."""
    stats = [Path(f"/proc/{pid}/stat") for pid in pids]
    return [text for stat in stats if stat.exists() and ") Z " not in (text := stat.read_text())]


def test_run_leaves_nothing_running_answers_soon_when_started_again_and_takes_its_children_along(
    tmp_path: Path,
) -> None:
    run = Run(tmp_path)
    with run.started() as process:
        children = children_of(process.pid)
        assert len(children) == 4, "mongod, valkey-server, the sandbox, the services"
        for place in (f"{run.port}", f"{run.port + len(SERVICES)}/phone", f"{run.port + len(SERVICES)}/traces"):
            assert f"http://127.0.0.1:{place}" in run.said
        assert run.ruvimbo("dead-letters", "list").stdout == "No dead letters.\n"
        assert run.ruvimbo("health").returncode == 0
        assert run.refused() == "`make run` runs in this folder already; stop it first.\n"
        elsewhere = Run(tmp_path / "elsewhere", run.port)
        assert elsewhere.refused() == f"Port {run.port} is taken; stop who has it or choose another PORT.\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(STOP_SECONDS) == 0
        assert not living(children)
        assert "MONGO_URL is not set" in run.ruvimbo("dead-letters", "list").stderr
        assert run.said.endswith("Stopped.\n")
    began = time.monotonic()
    with run.started() as process:
        phone = run.outside.phone("+263771111111")
        phone.say("hi")
        phone.hears("Welcome to Ruvimbo Development Church")
        seconds = time.monotonic() - began
        sys.stdout.write(f"second start to first answered message: {seconds:.1f} s\n")
        assert seconds < 20  # the aim is 8 s; this machine may be busy with other things
        children = children_of(process.pid)
        process.kill()
        process.wait()
        eventually(lambda: not living(children), "its children are gone", 10)
        assert "MONGO_URL is not set" in run.ruvimbo("dead-letters", "list").stderr, "what it kept is nobody's now"
    run.outside.close()


@pytest.mark.parametrize(("name", "value"), [("SANDBOX_PORT", "xyz"), ("LIMITS", "nonsense")])
def test_a_senseless_setting_is_named_in_one_line(tmp_path: Path, mongo_url: str, name: str, value: str) -> None:
    servers = {"MONGO_URL": mongo_url, "REDIS_URL": "redis://nowhere.invalid"}
    said = Run(tmp_path).refused(**servers, **{name: value})
    assert said.startswith(f"{name} is not ")
    assert said.count("\n") == 1


def test_health_of_what_does_not_run_asks_for_no_setting() -> None:
    told = ruvimbo(inherited() | {"PORT": str(free_ports(1))}, "health")
    assert told.returncode == 1
    assert told.stderr.endswith("; is it running?\n")
    assert told.stderr.count("\n") == 1
