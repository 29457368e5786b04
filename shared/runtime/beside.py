"""The settings that `make run` has given its processes, for commands beside it in the same folder.

Whoever runs holds a lock on the file, which the kernel frees however it ends: the file of a run that was killed, and
could not take it away, is nobody's.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dotenv import dotenv_values

RUNNING = Path(".local/run.env")


@contextmanager
def held(file: Path = RUNNING) -> Iterator[None]:
    """Vouch for the file until the block ends, and then take it away."""
    with file.open() as kept:
        fcntl.flock(kept, fcntl.LOCK_EX)
        try:
            yield
        finally:
            file.unlink(missing_ok=True)


def settings_beside(file: Path = RUNNING) -> dict[str, str]:
    """The settings of what runs in this folder; empty when nothing does."""
    try:
        kept = file.open()
    except FileNotFoundError:
        return {}
    with kept:
        try:
            fcntl.flock(kept, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return {name: value or "" for name, value in dotenv_values(stream=kept, interpolate=False).items()}
    return {}
