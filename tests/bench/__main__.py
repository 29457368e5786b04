"""`python -m tests.bench`: measures the figures and prints them in a table."""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from deploy.local.child import ServerFailed, ServerMissing
from tests.bench import acknowledgements, conversation, finance, forms, latency, memory, mixed, payments
from tests.bench.numbers import Row, table
from tests.bench.product import ROOT
from tests.bench.progress import say
from tests.bench.servers import Servers

FIGURES: dict[str, Callable[[Servers, float | None], Awaitable[list[Row]]]] = {
    "acknowledgements": acknowledgements.measure,
    "conversation": conversation.measure,
    "latency": latency.measure,
    "memory": memory.measure,
    "payments": payments.measure,
    "forms": forms.measure,
    "mixed": mixed.measure,
    "finance": finance.measure,
}


def main(given: Sequence[str] | None = None) -> int:
    """The exit code: 0 measured, 2 a server is missing or failed, 130 stopped."""
    arguments = parser().parse_args(given)
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, _stop)  # asyncio's own would wait until a server has started
    (ROOT / ".local").mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=ROOT / ".local"))
    os.chdir(folder)  # no .env is read from here
    try:
        asyncio.run(_run(folder, arguments.only or list(FIGURES), arguments.seconds))
    except (ServerMissing, ServerFailed) as error:
        say(str(error))
        return 2
    except KeyboardInterrupt:
        say("Stopped.")
        code = 130
    else:
        code = 0
    shutil.rmtree(folder)
    return code


def parser() -> argparse.ArgumentParser:
    """The arguments of the command."""
    found = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description="Measure the running product on servers of its own; tests/bench/README.md tells what is measured.",
    )
    found.add_argument(
        "--only",
        action="append",
        choices=list(FIGURES),
        metavar="NAME",
        help=f"one of {', '.join(FIGURES)}; again for more",
    )
    found.add_argument("--seconds", type=_seconds, metavar="N", help="length of each timed run (15; mixed: 60)")
    return found


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds") from None
    if not 1 <= seconds <= 3600:
        raise argparse.ArgumentTypeError("give 1 to 3600 seconds")
    return seconds


def _stop(*_: object) -> None:
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)  # one is enough: the stop is under way
    raise KeyboardInterrupt


async def _run(folder: Path, names: Sequence[str], seconds: float | None) -> None:
    found: list[Row] = []
    with Servers(folder) as servers:
        for name in names:
            say(f"\n== {name}")
            found += [
                Row(f"{name}: {row.figure}", row.measured, row.aim) for row in await FIGURES[name](servers, seconds)
            ]
    sys.stdout.write(f"\n{table(found)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
