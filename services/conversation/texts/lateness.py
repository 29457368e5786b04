"""What is said instead of a reply that may not go any more: WhatsApp repeats for days (WhatsApp contract 1.3)."""

from __future__ import annotations

from services.conversation.engine.texts import _
from shared.contracts.notifier import TemplateFallback


def late_reply() -> TemplateFallback:
    """For outside the 24-hour window, where only templates go: silence helps nobody."""
    return TemplateFallback(
        name="notice",
        parameters=(_("Your message came late"), _("It reached us only now. Write again, and we go on from there.")),
    )
