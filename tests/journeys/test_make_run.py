"""`make run` itself: what it starts, how soon it answers, and that it leaves nothing behind."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.contracts.registry import SERVICES
from tests.journeys.outside import Outside
from tests.journeys.system import free_ports, inherited
from tests.journeys.waiting import eventually

STOP_SECONDS = 30


class Run:
    """`python -m deploy.local.run` in a folder of its own, without a terminal."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.port = free_ports(len(SERVICES) + 1)
        self.outside = Outside(f"http://127.0.0.1:{self.port}", f"http://127.0.0.1:{self.port + len(SERVICES)}")

    @contextmanager
    def started(self) -> Iterator[subprocess.Popen[bytes]]:
        """Run until the block ends; however it ends, nothing of it stays."""
        ports = {"PORT": str(self.port), "SANDBOX_PORT": str(self.port + len(SERVICES))}
        with (self._folder / "said.txt").open("wb") as said:
            process = subprocess.Popen(
                [sys.executable, "-m", "deploy.local.run"],
                cwd=self._folder,
                env=inherited() | ports,
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
    run.outside.close()
