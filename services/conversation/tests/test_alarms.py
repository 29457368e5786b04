"""Staff hear of what they must act on, though nobody asked."""

from __future__ import annotations

from datetime import timedelta

from services.conversation.tests.talk import Talk
from shared.contracts.gateway import WebhooksMissing
from shared.contracts.notifier import PlainText, SendMessage


async def test_staff_are_told_once_each_that_whatsapp_is_silent_and_by_template(tariro: Talk, rudo: Talk) -> None:
    await tariro.say("hi")
    await rudo.say("/admin")
    since = rudo.harness.clock.now() - timedelta(hours=25)
    before = len(rudo.harness.all(SendMessage))
    await rudo.harness.say(WebhooksMissing(since=since, hours=25))
    [told] = rudo.harness.all(SendMessage)[before:]
    assert told.member == rudo.member
    assert isinstance(told.content, PlainText)
    assert "25 hours" in told.content.body
    assert told.template is not None
    assert told.template.name == "notice"
    assert "25 hours" in told.template.parameters[1]
