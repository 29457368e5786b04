"""The one way to wait for another process: ask it again and again, up to a deadline."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

ASK_SECONDS = 0.05


def eventually(ask: Callable[[], T], what: str, seconds: float = 60) -> T:
    """The first answer of `ask` that is not empty. Fails, naming `what` was waited for, after `seconds`."""
    until = time.monotonic() + seconds
    while not (answer := ask()):
        assert time.monotonic() < until, f"{what}: not within {seconds:.0f} seconds"
        time.sleep(ASK_SECONDS)
    return answer
