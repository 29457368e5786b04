"""What staff are told without having asked."""

from __future__ import annotations

from services.conversation.engine.texts import _
from shared.contracts.gateway import WebhooksMissing
from shared.contracts.notifier import TemplateFallback


def silence(event: WebhooksMissing) -> str:
    return _("No message has reached us from WhatsApp for {hours} hours. Please ask an engineer to look.").format(
        hours=event.hours
    )


def late_silence(event: WebhooksMissing) -> TemplateFallback:
    return TemplateFallback(name="notice", parameters=(_("WhatsApp is silent"), silence(event)))
