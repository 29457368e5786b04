"""Events become a numbered log, and the log a chained journal per currency, whatever the bus does to them."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import pytest
import redis.asyncio

from services.reporting.app import make
from services.reporting.domain.journal import JournalEntry, rebuild, verify
from services.reporting.domain.log import LogEntry
from services.reporting.proof import export, prove
from services.reporting.settings import ReportingSettings
from services.reporting.store import JOURNAL, LOG
from shared.bus.envelope import Envelope
from shared.bus.memory import MemoryTransport
from shared.contracts.base import Event
from shared.contracts.payments import (
    PaymentDisputed,
    PaymentFailed,
    PaymentInitiated,
    PaymentRefunded,
    PaymentSettled,
    ReceiptIssued,
)
from shared.kernel.clock import SystemClock
from shared.kernel.ids import MemberId, PaymentId, seeded_chance
from shared.kernel.money import Money
from shared.runtime.running import Running
from shared.runtime.service import Tools
from shared.runtime.settings import read_settings
from shared.store.documents import Document, Kind
from shared.store.memory import MemoryStore
from shared.store.mongo import MongoStore
from shared.store.stores import Stores
from shared.telemetry.pseudonyms import Pseudonyms
from shared.telemetry.tracing import Tracing
from shared.testing.harness import Harness, common_settings

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
USD, ZWG = Money.of("20", "USD"), Money.of("300.50", "ZWG")


def about(id: str, amount: Money = USD, method: str = "ecocash", purpose: str = "Tithe") -> dict[str, object]:
    return {
        "payment_id": PaymentId(id),
        "payer": MemberId(f"M-{id}"),
        "amount": amount,
        "method": method,
        "purpose": purpose,
    }


def settled(id: str, amount: Money = USD, after: str = "awaiting_payer", **other: str) -> PaymentSettled:
    return PaymentSettled(provider_reference="1", settled_at=NOW, after=after, **about(id, amount, **other))


async def journal(harness: Harness, currency: str) -> list[JournalEntry]:
    store = harness.running["reporting"].stores
    states = await store.find(JOURNAL, {"currency": currency}, order="number", limit=1000)
    return [JournalEntry.model_validate(state) for state in states]


async def log(harness: Harness) -> list[LogEntry]:
    states = await harness.running["reporting"].stores.find(LOG, {}, order="number", limit=1000)
    return [LogEntry.model_validate(state) for state in states]


def balances(entries: list[JournalEntry]) -> dict[str, int]:
    proof = verify(entries[0].currency, entries)
    assert proof.broken is None
    return {account: minor for account, minor in proof.balances.items() if minor}


async def test_each_event_is_logged_once_and_numbered_without_gaps() -> None:
    async with Harness({"reporting": make}) as harness:
        for number in range(12):
            await harness.say(
                PaymentInitiated(
                    payment_id=PaymentId(f"P-{number}"),
                    intent=str(number),
                    payer=MemberId(f"M-{number}"),
                    amount=USD,
                    method="ecocash",
                ),
                settled(f"P-{number}", USD if number % 3 else ZWG),
            )
        entries = await log(harness)
        assert [entry.number for entry in entries] == list(range(1, 25))
        assert len({entry.event_id for entry in entries}) == 24
        assert [entry.place for entry in entries if entry.currency == "ZWG"] == [1, 2, 3, 4]
        posted = await journal(harness, "USD")
        assert [entry.number for entry in posted] == list(range(1, 9))
        assert [entry.log_number for entry in posted] == sorted(entry.log_number for entry in posted)
        assert balances(posted) == {"provider:ecocash": 16000, "fund:Tithe": -16000}
        assert balances(await journal(harness, "ZWG")) == {"provider:ecocash": 120200, "fund:Tithe": -120200}


async def test_money_that_is_disputed_released_and_given_back_stands_where_it_is() -> None:
    async with Harness({"reporting": make}) as harness:
        await harness.say(settled("P-1"))
        await harness.say(PaymentDisputed(disputed_at=NOW, after="settled", **about("P-1")))
        assert balances(await journal(harness, "USD")) == {"fund:Tithe": -2000, "suspense": 2000}
        await harness.say(settled("P-1", after="disputed"))
        assert balances(await journal(harness, "USD")) == {"fund:Tithe": -2000, "provider:ecocash": 2000}
        await harness.say(PaymentRefunded(refunded_at=NOW, after="settled", **about("P-1")))
        assert balances(await journal(harness, "USD")) == {"fund:Tithe": -2000, "refunds": 2000}


async def test_bank_and_cash_money_is_never_with_a_provider() -> None:
    async with Harness({"reporting": make}) as harness:
        await harness.say(settled("P-1", method="manual"))
        assert balances(await journal(harness, "USD")) == {"bank": 2000, "fund:Tithe": -2000}


async def test_what_moves_no_money_is_logged_and_not_posted() -> None:
    async with Harness({"reporting": make}) as harness:
        await harness.say(PaymentFailed(intent="1", reason="declined", failed_at=NOW, **about("P-1")))
        [entry] = await log(harness)
        assert (entry.event, entry.fact.cause, entry.place) == ("payments.payment_failed", "declined", None)
        assert await journal(harness, "USD") == []


async def test_no_name_member_or_own_words_of_a_donor_reach_the_log_or_the_ledger() -> None:
    async with Harness({"reporting": make}) as harness:
        await harness.say(settled("P-1", purpose="For Canary's hospital bill"))
        await harness.say(
            ReceiptIssued(
                receipt_number="2026-000001",
                payer_name="Tariro Canary",
                provider_reference="1",
                settled_at=NOW,
                issued_at=NOW,
                **about("P-1", purpose="For Canary's hospital bill"),
            )
        )
        kept = [*harness.documents("reporting", LOG), *harness.documents("reporting", JOURNAL)]
        assert len(kept) == 3
        for document in kept:
            assert "Canary" not in str(document)
            assert "M-P-1" not in str(document)
        assert balances(await journal(harness, "USD"))["fund:Other"] == -2000


async def test_fees_are_posted_by_the_rate_of_their_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEES", "USD ecocash 1% + 0.05; USD ecocash 2% from 2026-11-25")
    async with Harness({"reporting": make}) as harness:
        await harness.say(settled("P-1"))
        late = NOW.replace(hour=22)  # midnight in Harare
        await harness.say(settled("P-2").model_copy(update={"settled_at": late}))
        first, second = await journal(harness, "USD")
        assert [line.minor for line in first.lines if line.account == "fees"] == [25]
        assert [line.minor for line in second.lines if line.account == "fees"] == [40]


REPLICAS = 3
HOW_MANY = 40


class Telling(MemoryTransport):
    """Sets `handled` whenever all have committed what was published."""

    def __init__(self, handled: asyncio.Event) -> None:
        super().__init__()
        self._handled = handled

    async def publish(self, envelopes: Sequence[Envelope]) -> asyncio.Future[None]:
        kept = await super().publish(envelopes)
        kept.add_done_callback(lambda _: self._handled.set())
        return kept


class Replica:
    """One of several processes of reporting on the same database."""

    def __init__(self, mongo_url: str, database: str, handled: asyncio.Event) -> None:
        self.store = MongoStore(mongo_url, database)
        self.transport = Telling(handled)
        self.running = Running(
            "reporting",
            stores=Stores(self.store, MemoryStore()),
            transport=self.transport,
            clock=SystemClock(),
            chance=seeded_chance(1),
            tracing=Tracing("reporting"),
            pseudonyms=Pseudonyms("test"),
        )

    async def __aenter__(self) -> Replica:
        await self.transport.start()
        tools = Tools(
            common=common_settings(),
            clock=SystemClock(),
            chance=seeded_chance(1),
            http=lambda *_: pytest.fail("reporting calls nobody by HTTP"),
            redis=redis.asyncio.Redis(host="nowhere.invalid"),
            entry=lambda _: self.running.entry,
        )
        await self.running.begin(make(tools))
        for service in self.transport.services() - {"reporting"}:
            await self.transport.consume(service, _ignore)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.transport.stop_consuming(1)
        await self.running.drain(1)
        await self.store.close()

    async def hear(self, event: Event, id: str) -> None:
        envelope = Envelope(
            id=id,
            type=event.NAME,
            version=event.VERSION,
            key=event.lane_key,
            source="payments",
            occurred_at=NOW,
            correlation_id=id,
            data=event.model_dump(mode="json"),
        )
        await (await self.transport.publish([envelope]))

    async def all(self, kind: Kind[LogEntry]) -> list[LogEntry]:
        return [entry async for batch in self.running.entry.stream(kind, {}, order="number") for entry in batch]

    async def journal(self, currency: str) -> list[JournalEntry]:
        stream = self.running.entry.stream(JOURNAL, {"currency": currency}, order="number")
        return [entry async for batch in stream for entry in batch]


async def _ignore(body: bytes) -> None:
    """What other services would hear."""


async def test_replicas_that_write_at_once_neither_fork_the_chain_nor_repeat_an_event(
    mongo_url: str, mongo_database: str
) -> None:
    """No broker gives them a lane each here: all of them hear everything, at the same time, in orders of their own."""
    events = [(settled(f"P-{number}", USD if number % 4 else ZWG), f"E-{number}") for number in range(HOW_MANY)]
    handled = asyncio.Event()
    async with AsyncExitStack() as stack:
        made = [Replica(mongo_url, mongo_database, handled) for _ in range(REPLICAS)]
        replicas = [await stack.enter_async_context(replica) for replica in made]
        await asyncio.gather(
            *(
                replica.hear(*event)
                for shift, replica in enumerate(replicas)
                for event in events[shift * 7 :] + events[: shift * 7]
            )
        )
        async with asyncio.timeout(30):
            while len(await replicas[0].journal("USD")) + len(await replicas[0].journal("ZWG")) < HOW_MANY:
                await handled.wait()
                handled.clear()
        entries = await replicas[0].all(LOG)
        assert [entry.number for entry in entries] == list(range(1, HOW_MANY + 1))
        assert {entry.event_id for entry in entries} == {id for _, id in events}

        async def batches() -> AsyncIterator[list[LogEntry]]:
            yield entries

        rules = read_settings(ReportingSettings).rules
        proofs = await rebuild(batches(), rules)
        for currency in ("USD", "ZWG"):
            proof = await prove(replicas[1].running.stores, currency, rules)
            assert proof.broken is None
            assert proof == proofs[currency] == verify(currency, await replicas[2].journal(currency))


async def test_a_ledger_that_was_forged_as_a_whole_is_found_out_by_the_log() -> None:
    async with Harness({"reporting": make}) as harness:
        await harness.say(settled("P-1"), settled("P-2"), settled("P-3"))
        stores, rules = harness.running["reporting"].stores, read_settings(ReportingSettings).rules
        assert (await prove(stores, "USD", rules)).broken is None
        previous = None
        for document in harness.documents("reporting", JOURNAL):
            entry = JournalEntry.model_validate(document.state)
            if previous is None:
                entry.lines = tuple(line.model_copy(update={"minor": line.minor // 2}) for line in entry.lines)
            else:
                entry.previous = previous
            previous = entry.hash = entry.digest()
            document.state = entry.model_dump(mode="json")
            await stores.commit(JOURNAL, document, now=NOW)
        assert verify("USD", await journal(harness, "USD")).broken is None
        proof = await prove(stores, "USD", rules)
        assert str(proof.broken) == "Entry 1 of the USD journal is not what the event log says by today's rules."


async def test_a_journal_whose_end_was_cut_off_is_found_out_by_the_log() -> None:
    async with Harness({"reporting": make}) as harness:
        await harness.say(settled("P-1"))
        stores, rules = harness.running["reporting"].stores, read_settings(ReportingSettings).rules
        [first] = await log(harness)
        lost = first.model_copy(update={"number": 2, "place": 2, "event_id": "E-lost"})
        await stores.commit(LOG, Document(LOG.name, lost.id, state=lost.model_dump(mode="json")), now=NOW)
        proof = await prove(stores, "USD", rules)
        assert str(proof.broken) == "Entry 2 of the USD journal is missing: its event is in the log and not posted."
        assert proof.entries == 1


async def test_the_export_has_a_row_for_each_line_and_no_floats() -> None:
    async with Harness({"reporting": make}) as harness:
        await harness.say(settled("P-1", Money.of("0.10", "USD")))
        [entry] = await journal(harness, "USD")
        out = io.StringIO()
        await export(harness.running["reporting"].stores, ["USD", "ZWG"], out)
        event = "2026-11-24,payments.payment_settled,P-1"
        assert out.getvalue().splitlines() == [
            "currency,number,date,event,reference,account,debit,credit,log,hash",
            f"USD,1,{event},provider:ecocash,0.10,,1,{entry.hash}",
            f"USD,1,{event},fund:Tithe,,0.10,1,{entry.hash}",
        ]
