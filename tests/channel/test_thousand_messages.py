"""A thousand messages through a WhatsApp that breaks two in five: each arrives once, none is lost, limits hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import Any

import pytest

from services.notifier.domain.mailbox import Mailbox
from services.notifier.store import MAILBOXES
from shared.contracts.notifier import (
    MessageFailed,
    PlainText,
    Purpose,
    SendMessage,
)
from shared.testing.harness import Harness
from tests.channel.channel import STEP, open_channel

pytestmark = pytest.mark.no_cover  # over and over what other tests cover

EACH = 5
LONGEST = 3600

SHARES: list[tuple[float, dict[str, Any]]] = [
    (0.10, {"effect": "reset_after"}),
    (0.10, {"effect": "reset_before"}),
    (0.05, {"effect": "code", "code": 130429}),
    (0.05, {"effect": "code", "code": 131056}),
    (0.05, {"effect": "code", "code": 131000}),
    (0.05, {"effect": "html", "status": 503}),
]
"""Of all sends, which of them break and how."""


def faults() -> Iterator[dict[str, Any]]:
    """A fault is asked only about the sends that those before it have spared."""
    spared = 1.0
    for seed, (share, fault) in enumerate(SHARES, start=1):
        yield {**fault, "probability": share / spared, "seed": seed, "times": None}
        spared -= share


def known_to_have_come(harness: Harness) -> set[str]:
    """The messages that the notifier knows to have come to WhatsApp or further."""
    mailboxes = (Mailbox.model_validate(document.state) for document in harness.documents("notifier", MAILBOXES))
    good = {"accepted", "delivered", "read"}
    return {delivery.reference for mailbox in mailboxes for delivery in mailbox.deliveries if delivery.state in good}


@pytest.mark.parametrize("people", [12, pytest.param(200, marks=pytest.mark.simulate)])
async def test_every_message_arrives_once_whatever_breaks(
    people: int, valkey_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with AsyncExitStack() as stack:
        channel = await open_channel(stack, valkey_url, monkeypatch)
        harness = channel.harness
        await channel.sim("POST", "switches", {"batch_seconds": 0.1, "random_delays": True})
        heard = await channel.hear([f"+26377{place:07d}" for place in range(people)])
        for fault in faults():
            await channel.sim("POST", "faults", fault)
        purposes: tuple[Purpose, ...] = ("reply", "notice", "report")
        for place, message in enumerate(heard):
            await harness.say(
                *(
                    SendMessage(
                        member=message.member,
                        address=message.address,
                        content=PlainText(body=f"{place}:{number}"),
                        purpose=purposes[place % 3],
                        answers_at=message.sent_at,
                    )
                    for number in range(EACH)
                )
            )
            if place % 20 == 19:
                await channel.step()
        wanted = {f"{place}:{number}" for place in range(people) for number in range(EACH)}
        for _ in range(int(LONGEST / STEP)):
            if len(known_to_have_come(harness)) >= len(wanted):
                break
            await channel.step()
        assert channel.longest_step < 10, "the two clocks went apart, and statuses seem lost that are not"
        arrived = Counter(body["text"]["body"] for body in (await channel.sim("GET", "sent"))["sent"])
        assert set(arrived) == wanted, "none is lost"
        assert set(arrived.values()) == {1}, "none is said twice"
        assert harness.all(MessageFailed) == []
        assert len(known_to_have_come(harness)) == len(wanted)
        report = await channel.sim("GET", "report")
        assert report["refused_for_pace"] == {}, "no message met a limit of WhatsApp's own"
        assert max(report["most_in_a_second"].values()) <= 80
