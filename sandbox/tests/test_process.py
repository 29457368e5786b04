"""The sandbox as a process: it starts, serves all parts, stops when told, and refuses what makes no sense."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from urllib.request import urlopen

import pytest

SETTINGS = {
    "PAYNOW_USD_KEY": "key-of-usd",
    "PAYNOW_ZWG_KEY": "key-of-zwg",
    "WHATSAPP_TOKEN": "a-token",
    "META_APP_SECRET": "a-test-secret",
    "VERIFY_TOKEN": "a-word",
    "CLIENT_API_KEY": "a-client-key",
}


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody listens already."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def start(**settings: str) -> subprocess.Popen[str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith(("SANDBOX", "PAYNOW", "PORT"))}
    return subprocess.Popen(
        [sys.executable, "-m", "sandbox"],
        env=own | SETTINGS | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_it_is_serves_all_parts_and_stops_when_told(how: signal.Signals) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with start(SANDBOX_PORT=str(port)) as process:
        try:
            assert process.stdout is not None
            assert f"http://127.0.0.1:{port}/phone" in process.stdout.readline()
            for path in ("/", "/traces", "/paynow/_sim/", "/credex/_sim/"):
                with urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as page:
                    shown = page.read().decode()
                assert "<h1" in shown, path
                assert not [secret for secret in SETTINGS.values() if secret in shown], path
            with urlopen(f"http://127.0.0.1:{port}/graph/_sim/phones", timeout=10) as phones:
                assert "Tariro Moyo" in phones.read().decode()
            process.send_signal(how)
            out, err = process.communicate(timeout=20)
        finally:
            process.kill()
    assert (process.returncode, out, err) == (0, "The sandbox has stopped.\n", "")


def refused(**settings: str) -> str:
    with start(**settings) as process:
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (2, "")
    assert err.count("\n") == 1
    return err


def test_a_port_that_is_taken_is_told_in_one_line(taken: int) -> None:
    assert f"SANDBOX_PORT {taken} cannot be had" in refused(SANDBOX_PORT=str(taken))


@pytest.mark.parametrize(
    ("name", "value"),
    [("SANDBOX_PORT", "many"), ("SANDBOX_PORT", "70000"), ("SANDBOX_HOST", "somewhere"), ("PAYNOW_TIME_SCALE", "-1")],
)
def test_a_senseless_setting_is_told_in_one_line_that_names_it(name: str, value: str) -> None:
    assert refused(**{name: value}).startswith(f"{name} is not usable")
