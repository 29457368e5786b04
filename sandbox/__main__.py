"""`python -m sandbox`: the sandbox in a process of its own, until SIGTERM or Ctrl-C.

Exit codes: 0 stopped, 2 a senseless setting or a port that is taken.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from typing import TextIO

from aiohttp import web

from sandbox.app import make_app
from sandbox.settings import SandboxSettings
from shared.kernel.errors import Misconfigured
from shared.runtime.settings import read_settings

STOP_SECONDS = 3.0


async def serve(settings: SandboxSettings) -> None:
    """Serve until told to stop. Raises Misconfigured when the address cannot be had."""
    told_to_stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, told_to_stop.set)
    runner = web.AppRunner(make_app(settings, os.environ), access_log=None, shutdown_timeout=STOP_SECONDS)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, str(settings.sandbox_host), settings.sandbox_port).start()
        except OSError as error:
            raise Misconfigured(
                f"SANDBOX_PORT {settings.sandbox_port} cannot be had on {settings.sandbox_host} "
                f"({os.strerror(error.errno or 0)}); stop what uses it or choose another."
            ) from None
        here = f"http://127.0.0.1:{settings.sandbox_port}"
        _say(f"The sandbox is at {here}: phone page {here}/phone, traces {here}/traces.")
        await told_to_stop.wait()
    finally:
        await runner.cleanup()
    _say("The sandbox has stopped.")


def _say(text: str, file: TextIO = sys.stdout) -> None:
    file.write(f"{text}\n")
    file.flush()


def main() -> int:
    """The exit code, after one line on standard error when it is not 0."""
    try:
        asyncio.run(serve(read_settings(SandboxSettings)))
    except Misconfigured as error:
        _say(str(error), sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
