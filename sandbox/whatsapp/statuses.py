"""What the gateway is told of a message that was accepted, and when (WhatsApp contract 2.4, 7.2)."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sandbox.timers import Timers
from sandbox.whatsapp.answers import title_of
from sandbox.whatsapp.network import Network
from sandbox.whatsapp.phones import Item, Phone
from sandbox.whatsapp.webhooks import Webhooks
from shared.kernel.ids import seeded_chance

Json = dict[str, Any]

STATUS_SECONDS = 0.3
"""From the request to `sent`, to `delivered`, to `read`, at the usual speed."""
FROM_PHONE = ("delivered", "read")
"""The statuses that only a phone with a network can cause."""


class Statuses:
    """Plans the statuses of accepted messages. `time_scale` 1.0 is the usual speed."""

    def __init__(self, webhooks: Webhooks, timers: Timers, network: Network, time_scale: float) -> None:
        self._webhooks = webhooks
        self._timers = timers
        self._network = network
        self._time_scale = time_scale
        self._chance = seeded_chance(1)
        self._pricing: Json = {"billable": False, "pricing_model": "PMP"}

    async def follow(self, number_id: str, phone: Phone, item: Item, failure: int | None) -> None:
        """Set going what the gateway is told. `failure` is the code with which the message will fail."""
        switches = self._webhooks.switches
        if failure is not None:
            words = ["failed"]
        elif item.type == "reaction":
            words = ["sent"]  # and no more (contract 3.2)
        else:
            words = ["sent", "delivered", "read"]
            if switches.no_read or not phone.receipts:
                words.remove("read")
            elif switches.skip_delivered:
                words.remove("delivered")  # it was read at once (contract 1.3)
        now = self._timers.now()
        planned, passed = [], 0.0
        for word in words:
            share = self._chance.uniform(0.1, 1.9) if switches.random_delays else 1.0
            passed += STATUS_SECONDS * self._time_scale * share
            planned.append((word, now + timedelta(seconds=passed)))
        if switches.status_before_answer:
            await self._tell(number_id, phone, item, failure, *planned.pop(0))
        delays = [(at - now).total_seconds() for _, at in planned]
        if switches.reorder:
            planned.reverse()
        for delay, (word, at) in zip(delays, planned, strict=True):
            telling = partial(self._tell, number_id, phone, item, failure, word, at)
            if word in FROM_PHONE:
                self._network.carry(telling, after=delay)
            else:
                self._timers.after(delay, telling)

    async def _tell(
        self, number_id: str, phone: Phone, item: Item, failure: int | None, word: str, at: datetime
    ) -> None:
        await phone.move(item.wamid, word)
        status: Json = {
            "id": item.wamid,
            "status": word,
            "timestamp": str(int(at.timestamp())),
            **({} if phone.hidden else {"recipient_id": phone.wa_id}),
            "recipient_user_id": phone.bsuid,
        }
        if word in ("sent", "delivered"):
            kind = {"category": "utility" if item.type == "template" else "service"}
            kind["type"] = "regular" if item.type == "template" else "free_customer_service"
            status["pricing"] = {**self._pricing, **kind}
        if item.reference is not None:
            status["biz_opaque_callback_data"] = item.reference
        if word == "failed" and failure is not None:
            title = title_of(failure)
            details = {"details": item.error or title}
            status["errors"] = [{"code": failure, "title": title, "message": title, "error_data": details}]
        # Failed statuses have no contacts (contract 2.4).
        await self._webhooks.send(number_id, "statuses", status, None if word == "failed" else phone.contact)
