"""Tells staff what they must act on, though nobody has asked."""

from __future__ import annotations

from services.conversation.domain.alarm import Alarm
from services.conversation.handlers.colleagues import colleagues
from services.conversation.handlers.telling import say_to
from services.conversation.store import ALARMS
from services.conversation.texts import alarms
from shared.bus.handlers import on
from shared.bus.work import Work
from shared.contracts.gateway import WebhooksMissing


@on(WebhooksMissing)
async def tell_of_silence(event: WebhooksMissing, work: Work) -> None:
    """Sending still works when nothing comes in: it goes as a template, if they have not written lately either."""
    alarm = await work.open(ALARMS, event.channel, Alarm)
    alarm.since = event.since
    for colleague in await colleagues(work):
        await say_to(colleague.member, lambda: alarms.silence(event), work, late=lambda: alarms.late_silence(event))
