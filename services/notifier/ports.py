"""What notifier needs from outside: a send to WhatsApp, and a timer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pydantic import BaseModel

from shared.contracts.gateway import Address
from shared.outcalls.calls import Call


class SendRequest(BaseModel):
    """One message to hand to WhatsApp; `reference` goes along and comes back in statuses."""

    reference: str
    address: Address
    content: dict[str, Any]


class SendAnswer(BaseModel):
    """WhatsApp took it (`message_id`), or refused it for good (`code`, WhatsApp contract 4.2)."""

    message_id: str | None = None
    code: int | None = None


SEND = Call(
    "whatsapp.send",
    SendRequest,
    SendAnswer,
    deadline=timedelta(seconds=10),
    repeats=False,
    give_up=timedelta(hours=24),
)


class Reconciliation(BaseModel):
    """The delivery whose outcome was lost."""

    reference: str


class Waited(BaseModel):
    """The time is over."""


RECONCILE = Call("reconcile", Reconciliation, Waited, deadline=timedelta(seconds=5), repeats=True)
"""A timer: when it rings, the statuses have had time to tell of an uncertain send."""


async def ring(_: Reconciliation) -> Waited:
    """The timer's call: it has nothing to do but to be due."""
    return Waited()
