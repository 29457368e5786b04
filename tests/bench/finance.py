"""Month-end over 50 000 payments: reports, a statement compared, the first page. Each in a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import sys

from tests.bench.finance_work import HOW_MANY, JOBS
from tests.bench.numbers import Row
from tests.bench.product import ROOT
from tests.bench.progress import say
from tests.bench.servers import Servers

AIMS = {
    "pdf": "10 s, 300 MB",
    "excel": "15 s, 200 MB",
    "reconciliation": "10 s",
    "dashboard": "200 ms a page",
}


async def measure(servers: Servers, seconds: float | None) -> list[Row]:
    """Each job once; `seconds` changes nothing."""
    say(f"Filling in {HOW_MANY:,} payments, twice …")
    await _run("fill", servers.mongo.url)
    rows = []
    for job in JOBS:
        told = json.loads(await _run(job, servers.mongo.url))
        measured = f"{told['wall']:.1f} s, CPU {told['cpu']:.1f} s, {told['megabytes']:.0f} MB: {told['came']}"
        rows.append(Row(job, measured, AIMS.get(job, "")))
        say(f"{job}: {measured}")
    return rows


async def _run(job: str, mongo_url: str) -> bytes:
    command = (sys.executable, "-m", "tests.bench.finance_work", job, mongo_url)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    child = await asyncio.create_subprocess_exec(*command, env=environment, stdout=asyncio.subprocess.PIPE)
    try:
        out, _ = await child.communicate()
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode:
        raise RuntimeError(f"{job} did not end well; its error stands above")
    return out
