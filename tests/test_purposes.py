"""What several services take from one setting they must understand alike."""

from __future__ import annotations

from services.conversation.settings import ConversationSettings
from services.reporting.settings import ReportingSettings


def test_purposes_that_nobody_set_are_the_same_for_the_chat_and_the_funds() -> None:
    chat, funds = ConversationSettings.model_fields["purposes"], ReportingSettings.model_fields["purposes"]
    assert tuple(chat.default) == funds.default
