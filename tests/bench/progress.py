"""Tells a person who waits how far it is. On standard error: the table on standard output stays clean."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from time import perf_counter

TELL_SECONDS = 5


def say(text: str) -> None:
    """One line."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


@asynccontextmanager
async def progress(what: str, seconds: float) -> AsyncIterator[None]:
    """Say what begins and, every few seconds, how much of about `seconds` has gone."""
    say(f"{what}, {seconds:.0f} s …")
    began = perf_counter()

    async def tell() -> None:
        while True:
            await asyncio.sleep(TELL_SECONDS)
            gone = perf_counter() - began
            say(f"  {gone:.0f} of {seconds:.0f} s" if gone <= seconds else f"  {gone:.0f} s, nearly there")

    telling = asyncio.ensure_future(tell())
    try:
        yield
    finally:
        telling.cancel()
        with suppress(asyncio.CancelledError):
            await telling
