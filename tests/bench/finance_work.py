"""One job of reporting, measured in a process of its own: `python -m tests.bench.finance_work JOB MONGO_URL`.

It prints wall and CPU seconds, the most memory the process ever had, and how large what came of it is, as JSON.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import resource
import sys
from collections.abc import Callable, Coroutine, Iterator
from datetime import timedelta
from time import perf_counter, process_time

import httpx
import redis.asyncio
from aiohttp.test_utils import make_mocked_request

from services.reporting.app import KINDS, make
from services.reporting.domain.journal import START, JournalEntry, entry_for
from services.reporting.domain.log import LogEntry
from services.reporting.domain.reconcile import COUNTED
from services.reporting.domain.rows import PaymentRow
from services.reporting.domain.statement import DEFAULT_COLUMNS
from services.reporting.pages.desk import Desk, Visit
from services.reporting.pages.sessions import Sessions
from services.reporting.pages.today import Today
from services.reporting.ports import COMPARE, RENDER, Comparison, RenderRequest
from services.reporting.settings import ReportingSettings
from services.reporting.store import JOURNAL, ROWS, STATEMENTS, Statement
from services.reporting.tests.data import PERIOD, fill, payments
from shared.bus.memory import MemoryTransport
from shared.contracts.reporting import Fact, ReportKind
from shared.kernel.clock import VirtualClock
from shared.kernel.ids import MemberId, seeded_chance
from shared.kernel.money import Money
from shared.runtime.running import Running
from shared.runtime.service import Service, Tools
from shared.runtime.settings import read_settings
from shared.store.documents import Document, DocumentStore
from shared.store.memory import MemoryStore
from shared.store.mongo import MongoStore
from shared.store.stores import Stores
from shared.telemetry.pseudonyms import Pseudonyms
from shared.telemetry.tracing import Tracing
from shared.testing.harness import common_settings

HOW_MANY = 50_000
AT_ONCE = 2000
STATEMENT = "T-bench"
LOOKS = 20
"""How often the first page is shown; the middle one is told."""


Job = Callable[[str], Coroutine[None, None, str]]
"""On the server of a URL; tells what came of it."""


class Reporting:
    """The service on a database, as the host wires it, without a bus."""

    def __init__(self, mongo_url: str, database: str) -> None:
        os.environ["COOKIE_KEY"] = "bench-cookie-key-bench-cookie-key"
        self.store = MongoStore(mongo_url, database)
        self.stores = Stores(self.store, MemoryStore())
        self.clock = VirtualClock()
        running = Running(
            "reporting",
            stores=self.stores,
            transport=MemoryTransport(),
            clock=self.clock,
            chance=seeded_chance(1),
            tracing=Tracing("reporting"),
            pseudonyms=Pseudonyms("bench"),
        )
        self.entry = running.entry

    async def __aenter__(self) -> Reporting:
        await self.stores.prepare(KINDS)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stores.close()

    def service(self) -> Service:
        """Wired."""
        return make(
            Tools(
                common=common_settings(),
                clock=self.clock,
                chance=seeded_chance(1),
                http=_nobody,
                redis=redis.asyncio.Redis(host="nowhere.invalid"),
                entry=lambda _: self.entry,
            )
        )


def _nobody(*_: object) -> httpx.AsyncClient:
    raise AssertionError("reporting calls nobody by HTTP")


async def fill_payments(mongo_url: str) -> None:
    """50 000 payments in two currencies."""
    async with Reporting(mongo_url, "finance") as reporting:
        await fill(reporting.store, HOW_MANY)


async def fill_statement(mongo_url: str) -> None:
    """50 000 payments in one currency, those that came in posted, and the provider's statement of all of them."""
    async with Reporting(mongo_url, "reconciliation") as reporting:
        rows = [_in_usd(row) for row, _ in payments(HOW_MANY)]
        kept = [Document(ROWS.name, row.payment_id, state=row.model_dump(mode="json")) for row in rows]
        posted = [Document(JOURNAL.name, one.id, state=one.model_dump(mode="json")) for one in _posted(rows)]
        await _create(reporting.store, [*kept, *posted], reporting)
        lines = [
            f"{row.day},{row.provider_reference},{row.payment_id},{row.amount.amount},0,{row.amount.amount},"
            f"{row.method},{'paid' if row.state in COUNTED else 'cancelled'}"
            for row in rows
        ]
        statement = Statement(
            currency="USD",
            name="bench.csv",
            imported_by=MemberId("M-bench"),
            imported_at=reporting.clock.now(),
            content=base64.b64encode("\n".join([",".join(DEFAULT_COLUMNS.values()), *lines]).encode()).decode(),
        )
        await reporting.entry.create(STATEMENTS, {STATEMENT: statement})


def _in_usd(row: PaymentRow) -> PaymentRow:
    return row.model_copy(update={"amount": Money.from_minor(row.minor, "USD")})


def _posted(rows: list[PaymentRow]) -> Iterator[JournalEntry]:
    rules = read_settings(ReportingSettings).rules
    hash = START
    for place, row in enumerate((row for row in rows if row.state in COUNTED), start=1):
        entry = entry_for(
            LogEntry(
                number=place,
                event_id=f"E-{place}",
                event="payments.payment_settled",
                at=row.at,
                recorded_at=row.at,
                fact=Fact(payment_id=row.payment_id, amount=row.amount, method=row.method, purpose=row.purpose),
                currency="USD",
                place=place,
            ),
            hash,
            rules,
        )
        hash = entry.hash
        yield entry


async def _create(store: DocumentStore, documents: list[Document], reporting: Reporting) -> None:
    for start in range(0, len(documents), AT_ONCE):
        await store.create(documents[start : start + AT_ONCE], now=reporting.clock.now())


def _report(kind: ReportKind) -> Job:
    async def make_report(mongo_url: str) -> str:
        async with Reporting(mongo_url, "finance") as reporting:
            request = RenderRequest(kind=kind, first=PERIOD.first, last=PERIOD.last)
            answer = await reporting.service().calls[RENDER](request)
            if answer.file is None:
                raise RuntimeError("the file is larger than a file may be")
            return f"{answer.file.size / 1e6:.1f} MB"

    return make_report


async def reconcile(mongo_url: str) -> str:
    """The whole comparison, as the runner has it made."""
    async with Reporting(mongo_url, "reconciliation") as reporting:
        answer = await reporting.service().calls[COMPARE](Comparison(statement=STATEMENT))
        return f"{answer.rows:,} rows, {answer.matched:,} fit, {answer.found:,} exceptions"


async def look(mongo_url: str) -> str:
    """The first page, several times."""
    async with Reporting(mongo_url, "finance") as reporting:
        settings = read_settings(ReportingSettings)
        sessions = Sessions(reporting.entry, settings, reporting.clock, seeded_chance(1))
        page = Today(Desk(reporting.entry, settings, sessions, reporting.clock, seeded_chance(1)))
        visit = Visit(make_mocked_request("GET", "/finance"), "F-bench", MemberId("M-bench"), "")
        times = []
        for _ in range(LOOKS):
            began = perf_counter()
            await page.show(visit)
            times.append(timedelta(seconds=perf_counter() - began) / timedelta(milliseconds=1))
        return f"{sorted(times)[LOOKS // 2]:.0f} ms a page"


FILLS = (fill_payments, fill_statement)
JOBS: dict[str, Job] = {
    "pdf": _report("pdf"),
    "excel": _report("excel"),
    "csv": _report("csv"),
    "reconciliation": reconcile,
    "dashboard": look,
}


async def _fill(mongo_url: str) -> None:
    for make_them in FILLS:
        await make_them(mongo_url)


def main() -> None:
    """Do the job named first on the server named second; `fill` makes what the others need."""
    job, mongo_url = sys.argv[1:]
    if job == "fill":
        asyncio.run(_fill(mongo_url))
        return
    wall, cpu = perf_counter(), process_time()
    came = asyncio.run(JOBS[job](mongo_url))
    told = {
        "wall": perf_counter() - wall,
        "cpu": process_time() - cpu,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "came": came,
    }
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
