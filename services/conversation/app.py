"""Wires conversation."""

from __future__ import annotations

from services.conversation import handlers
from services.conversation.forms.screens import Screens
from services.conversation.forms.sessions import FORMS
from services.conversation.forms.settings import FormSettings
from services.conversation.forms.wiring import make_endpoint
from services.conversation.routes import Routes
from services.conversation.settings import ConversationSettings
from services.conversation.store import PROFILES, SESSIONS
from shared.runtime.service import Service, Tools
from shared.runtime.settings import read_settings


def make(tools: Tools) -> Service:
    """Conversation, which speaks to vendors only by the other services."""
    forms = make_endpoint(read_settings(FormSettings), tools, Screens())
    routes = Routes(forms, tools.common.service_token.get_secret_value())
    return Service(
        name="conversation",
        settings=read_settings(ConversationSettings),
        handlers=handlers,
        kinds=(SESSIONS, PROFILES, FORMS),
        routes=routes.add_to,
    )
