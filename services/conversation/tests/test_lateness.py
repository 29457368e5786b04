"""WhatsApp repeats what it could not deliver for days: whoever wrote is answered also then."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.conversation.tests.talk import Talk
from shared.contracts.gateway import MessageReceived, Text
from shared.contracts.notifier import SendMessage


@pytest.mark.parametrize(("age", "template"), [(timedelta(hours=1), None), (timedelta(days=3), "notice")])
async def test_where_only_templates_may_go_a_late_message_is_answered_by_one(
    tariro: Talk, age: timedelta, template: str | None
) -> None:
    """Nobody told them anything: a free-form reply may not go a day after they wrote."""
    await tariro.harness.say(
        MessageReceived(
            member=tariro.member,
            address=tariro.address,
            message_id="wamid.late",
            sent_at=tariro.harness.clock.now() - age,
            content=Text(body="hi"),
        )
    )
    [reply] = tariro.harness.all(SendMessage)
    assert reply.purpose == "reply"
    assert (reply.template.name if reply.template else None) == template
