"""Receipts on a real MongoDB: its unique index is what keeps the series without gaps and repeats."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest
import redis.asyncio

from services.payments.app import make
from services.payments.domain.payment import Payment
from services.payments.domain.request import new_payment
from services.payments.handlers.receipts import SERIES
from services.payments.store import PAYMENTS, RECEIPTS
from services.payments.tests.world import request, settings
from shared.bus.envelope import Envelope
from shared.bus.memory import MemoryTransport
from shared.contracts.payments import IssueReceipt
from shared.kernel.clock import SystemClock
from shared.kernel.ids import MemberId, seeded_chance
from shared.runtime.running import Running
from shared.runtime.service import Tools
from shared.store.memory import MemoryStore
from shared.store.mongo import MongoStore
from shared.store.stores import Stores
from shared.telemetry.pseudonyms import Pseudonyms
from shared.telemetry.tracing import Tracing
from shared.testing.harness import common_settings

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
HOW_MANY = 30


@pytest.fixture
async def running(
    mongo_url: str, mongo_database: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Running, MemoryTransport]]:
    for name, value in settings().items():
        monkeypatch.setenv(name, value)
    store = MongoStore(mongo_url, mongo_database)
    transport = MemoryTransport()
    await transport.start()
    clock, chance = SystemClock(), seeded_chance(1)
    running = Running(
        "payments",
        stores=Stores(store, MemoryStore()),
        transport=transport,
        clock=clock,
        chance=chance,
        tracing=Tracing("payments"),
        pseudonyms=Pseudonyms("test"),
    )
    async with httpx.AsyncClient() as client:
        tools = Tools(
            common=common_settings(),
            clock=clock,
            chance=chance,
            http=lambda *_: client,
            redis=redis.asyncio.Redis(host="nowhere.invalid"),
            entry=lambda _: running.entry,
        )
        await running.begin(make(tools))
        for service in transport.services() - {"payments"}:
            await transport.consume(service, _ignore)
        yield running, transport
        await transport.stop_consuming(1)
        await running.drain(1)
        await store.close()


async def _ignore(body: bytes) -> None:
    """What other services would hear."""


async def test_payments_that_settle_at_once_get_numbers_without_gaps_or_repeats(
    running: tuple[Running, MemoryTransport],
) -> None:
    payments, _ = running
    assert payments.pipeline is not None
    made: dict[str, Payment] = {payment.id: payment for payment in map(_settled, range(HOW_MANY))}
    await payments.entry.create(PAYMENTS, made)

    # Past the lane, which gives out numbers one by one: what holds when two processes take it for theirs.
    await asyncio.gather(*(payments.pipeline.deliver(_wanted(payment)) for payment in made.values()))

    receipts = await payments.entry.read(RECEIPTS, list(made))
    assert len(receipts) == HOW_MANY
    assert sorted(receipt.number for receipt in receipts.values()) == list(range(1, HOW_MANY + 1))


def _settled(number: int) -> Payment:
    payment = new_payment(request(intent=f"S-{number}/1", payer=MemberId(f"M-{number}")), NOW, None)
    payment.settled_at = NOW
    return payment


def _wanted(payment: Payment) -> bytes:
    command = IssueReceipt(series=SERIES, payment_id=payment.id)
    envelope = Envelope(
        id=f"E-{payment.id}",
        type=command.NAME,
        version=command.VERSION,
        key=command.lane_key,
        source="payments",
        occurred_at=NOW,
        correlation_id=f"E-{payment.id}",
        data=command.model_dump(mode="json"),
    )
    return envelope.model_dump_json().encode()
