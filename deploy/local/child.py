"""A server as a child process that cannot outlive us."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1


class ServerMissing(Exception):
    """A server cannot be had on this machine; the text says what to install."""


class ServerFailed(Exception):
    """A server did not come up; the text names its log."""


def free_port() -> int:
    """A port on loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _end_with_parent() -> None:
    """Runs in the child: the kernel kills it when we die, even by SIGKILL."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class Child:
    """One process: started, awaited until it answers, stopped or killed. Not for use by several threads."""

    def __init__(self, name: str, command: Sequence[str], *, log: Path, environment: Mapping[str, str] | None = None):
        self.name = name
        self._command = command
        self._log = log
        self._environment = dict(environment) if environment is not None else None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id; fails when it is not running."""
        assert self._process is not None
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def start(self, answers: Callable[[], bool], seconds: float) -> None:
        """Start it and wait until `answers()` is true. Raises ServerFailed."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 the command is our own
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment,
                start_new_session=True,  # Ctrl-C is for us; we stop our servers in order
                preexec_fn=_end_with_parent,  # noqa: PLW1509 no thread of ours runs while servers start
            )
        until = time.monotonic() + seconds
        while not answers():
            if self._process.poll() is not None:
                raise ServerFailed(f"{self.name} ended with code {self._process.returncode}; see {self._log}.")
            if time.monotonic() > until:
                self.kill()
                raise ServerFailed(f"{self.name} did not answer within {seconds:.0f} seconds; see {self._log}.")
            time.sleep(0.02)

    def stop(self, seconds: float = 15) -> None:
        """Ask it to end, insist after `seconds`."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def kill(self) -> None:
        """End it as a crash would (SIGKILL)."""
        if self._process is not None:
            os.kill(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None
