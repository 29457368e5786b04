"""Gifts while Paynow loses answers: nobody is charged twice, after a day nothing is open. A hundred always,
ten thousand on demand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import redis.asyncio

from services.payments.domain.states import OPEN
from services.payments.store import PAYMENTS, RECEIPTS
from services.payments.tests.world import CANCELLED, DELAYED, NO_BALANCE, SUCCESS, World, request
from shared.bus.dead_letters import DEAD_LETTERS
from shared.contracts.payments import (
    PaymentFailed,
    PaymentRefused,
    PaymentSettled,
    PaymentUncertain,
    ReceiptIssued,
)
from shared.http.breaker import OPEN_SECONDS
from shared.kernel.ids import MemberId, PaymentId, payment_id_of, seeded_chance
from shared.store.memory import MemoryStore
from shared.store.mongo import MongoStore
from shared.store.stores import Stores
from shared.testing.harness import in_memory, look_every

pytestmark = pytest.mark.no_cover  # over and over what other tests cover

LOST = 0.3
"""Of the answers to initiations, after the charge was made."""
NEVER_ARRIVED = 0.03
"""Requests that Paynow never got: only its verified word that it knows none allows another try."""
DAY = 24 * 3600
WALLETS = [SUCCESS] * 6 + [DELAYED] * 2 + [CANCELLED, NO_BALANCE]


class Donors:
    """People who give once each, and try again with a new intent when they are told that nothing was charged."""

    def __init__(self, world: World, count: int, at_once: int) -> None:
        self._world = world
        self._at_once = at_once
        self._chance = seeded_chance(7)
        self._tries = Counter[int]()
        self._waiting = list(range(count))
        self._of: dict[str, int] = {}
        """The donor of each intent."""
        self._heard = 0

    @property
    def intents(self) -> list[str]:
        return list(self._of)

    async def give(self) -> None:
        """All of them, some at once, until each was asked for the money."""
        world = self._world
        while self._waiting:
            now, self._waiting = self._waiting[: self._at_once], self._waiting[self._at_once :]
            gifts = [await self._gift(donor) for donor in now]
            await world.harness.say(*gifts)
            await world.admin("DELETE", "faults")  # what was armed for those whom the open circuit refused
            await world.pass_time(10, step=5)
            if self._hear():
                await world.pass_time(OPEN_SECONDS, step=20)

    async def live_on(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """An hour in which those whose request never arrived try again, then the rest of a day."""
        look_every(5.0, monkeypatch)
        for _ in range(12):
            await self._world.pass_time(300, step=20)
            self._hear()
            await self.give()
        look_every(60.0, monkeypatch)
        await self._world.pass_time(DAY, step=1800)

    async def _gift(self, donor: int) -> Any:
        self._tries[donor] += 1
        intent = f"S-{donor}/{self._tries[donor]}"
        self._of[intent] = donor
        luck = self._chance.uniform(0, 1)
        if luck < LOST:
            await self._world.arm("lost-answer", on="remote", seconds=0, reference=payment_id_of(intent))
        elif luck < LOST + NEVER_ARRIVED:
            await self._world.arm("html-403", on="remote", reference=payment_id_of(intent))
        wallet = WALLETS[int(self._chance.uniform(0, len(WALLETS)))]
        return request(wallet, intent=intent, payer=MemberId(f"M-{donor}"))

    def _hear(self) -> bool:
        """Who was refused, or heard that the request never arrived, tries again. True: Paynow is known to be down."""
        said, self._heard = self._world.harness.said[self._heard :], len(self._world.harness.said)
        refused = [envelope for envelope in said if envelope.type == PaymentRefused.NAME]
        unheard = [envelope for envelope in said if envelope.data.get("reason") == "unreachable"]
        self._waiting.extend(self._of[envelope.data["intent"]] for envelope in (*refused, *unheard))
        return bool(refused)

    async def check(self) -> None:
        """Hold our books against Paynow's."""
        world = self._world
        payments = await world.harness.running["payments"].entry.read(PAYMENTS, [*map(payment_id_of, self._of)])
        at_paynow = await world.at_paynow()
        charges = Counter(transaction["reference"] for transaction in at_paynow)
        assert max(charges.values()) == 1
        paid_by = Counter(
            self._of[payments[transaction["reference"]].intent]
            for transaction in at_paynow
            if transaction["status"] == "Paid"
        )
        assert max(paid_by.values()) == 1
        assert [payment.state for payment in payments.values() if payment.state in OPEN] == []
        paid = {PaymentId(transaction["reference"]) for transaction in at_paynow if transaction["status"] == "Paid"}
        assert {payment.id for payment in payments.values() if payment.state == "settled"} == paid
        assert Counter(event.payment_id for event in world.harness.all(PaymentSettled)) == Counter(paid)
        numbers = sorted(event.receipt_number for event in world.harness.all(ReceiptIssued))
        assert numbers == [f"2026-{number:06}" for number in range(1, len(paid) + 1)]
        assert world.harness.all(PaymentFailed)  # or no request was lost on the way


@pytest.fixture
def start(client: redis.asyncio.Redis, monkeypatch: pytest.MonkeyPatch) -> Callable[..., World]:
    def start(stores: Callable[[], Stores] = in_memory) -> World:
        world = World(client, stores=stores)
        for name, value in world.environment.items():
            monkeypatch.setenv(name, value)
        return world

    return start


async def simulate(world: World, count: int, monkeypatch: pytest.MonkeyPatch, at_once: int = 100) -> None:
    async with world:
        await world.open_paynow()
        donors = Donors(world, count, at_once)
        await donors.give()
        await donors.live_on(monkeypatch)
        await donors.check()
        assert len(world.harness.all(PaymentUncertain)) >= count * LOST * 0.8


@pytest.mark.parametrize("count", [100, pytest.param(10_000, marks=pytest.mark.simulate)])
async def test_payments_while_answers_are_lost(
    start: Callable[..., World], monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    world = start()
    await simulate(world, count, monkeypatch)

    assert world.harness.documents("payments", DEAD_LETTERS) == []
    assert len(world.harness.documents("payments", RECEIPTS)) == len(world.harness.all(ReceiptIssued))


@pytest.mark.parametrize("count", [50, pytest.param(500, marks=pytest.mark.simulate)])
async def test_payments_on_mongo_while_answers_are_lost(
    start: Callable[..., World], monkeypatch: pytest.MonkeyPatch, mongo_url: str, mongo_database: str, count: int
) -> None:
    world = start(stores=lambda: Stores(MongoStore(mongo_url, mongo_database), MemoryStore()))
    await simulate(world, count, monkeypatch, at_once=25)
