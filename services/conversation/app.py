"""Wires conversation."""

from __future__ import annotations

from services.conversation import handlers
from services.conversation.forms.endpoint import FormEndpoint
from services.conversation.forms.keys import read_keys
from services.conversation.forms.screens import Screens
from services.conversation.forms.sessions import FORMS, Sessions
from services.conversation.forms.settings import FormSettings
from services.conversation.forms.tokens import Tokens
from services.conversation.routes import Routes
from services.conversation.settings import ConversationSettings
from services.conversation.store import PROFILES, SESSIONS
from shared.runtime.service import Service, Tools
from shared.runtime.settings import read_settings


def make(tools: Tools) -> Service:
    """Conversation, which speaks to vendors only by the other services."""
    return Service(
        name="conversation",
        settings=read_settings(ConversationSettings),
        handlers=handlers,
        kinds=(SESSIONS, PROFILES, FORMS),
        routes=_routes(tools).add_to,
    )


def _routes(tools: Tools) -> Routes:
    settings = read_settings(FormSettings)
    token = tools.common.service_token.get_secret_value()
    passphrase = settings.private_key_passphrase
    forms = FormEndpoint(
        read_keys(settings.private_key_file, passphrase.get_secret_value() if passphrase else None),
        tokens=Tokens(token),
        sessions=Sessions(tools.entry("conversation")),
        screens=Screens(),
        secrets=settings.app_secrets,
        clock=tools.clock,
    )
    return Routes(forms, token)
