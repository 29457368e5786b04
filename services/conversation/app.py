"""Wires conversation."""

from __future__ import annotations

from services.conversation import handlers
from services.conversation.adapters.exports import Exports
from services.conversation.ports import EXPORT, WAKE, ring
from services.conversation.settings import ConversationSettings
from services.conversation.store import PROFILES, PURPOSES, SESSIONS
from shared.http.files import FILES, Files
from shared.runtime.service import Service, Tools
from shared.runtime.settings import read_settings


def make(tools: Tools) -> Service:
    """Conversation, which speaks to vendors only by the other services."""
    files = Files("conversation", tools)
    return Service(
        name="conversation",
        settings=read_settings(ConversationSettings),
        handlers=handlers,
        kinds=(SESSIONS, PROFILES, PURPOSES, FILES),
        calls={WAKE: ring, EXPORT: Exports(files).make},
        routes=files.add_to,
    )
