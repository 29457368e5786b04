"""Wires conversation."""

from __future__ import annotations

from services.conversation import handlers
from services.conversation.ports import WAKE, ring
from services.conversation.settings import ConversationSettings
from services.conversation.store import PROFILES, PURPOSES, SESSIONS
from shared.runtime.service import Service, Tools
from shared.runtime.settings import read_settings


def make(tools: Tools) -> Service:
    """Conversation, which speaks to vendors only by the other services."""
    return Service(
        name="conversation",
        settings=read_settings(ConversationSettings),
        handlers=handlers,
        kinds=(SESSIONS, PROFILES, PURPOSES),
        calls={WAKE: ring},
    )
