"""Wires conversation."""

from __future__ import annotations

from aiohttp import web

from services.conversation import handlers
from services.conversation.adapters.exports import Exports
from services.conversation.flows.registration_form import SCREENS
from services.conversation.forms.sessions import FORMS
from services.conversation.forms.settings import FormSettings
from services.conversation.forms.wiring import make_endpoint
from services.conversation.ports import ALIAS_DUE, ERASURE_DUE, EXPORT, WAKE, ring
from services.conversation.routes import Routes
from services.conversation.settings import ConversationSettings
from services.conversation.store import ALARMS, ERASURES, PROFILES, PURPOSES, SESSIONS
from shared.http.files import FILES, Files
from shared.runtime.service import Service, Tools
from shared.runtime.settings import read_settings


def make(tools: Tools) -> Service:
    """Conversation, which speaks to vendors only by the other services."""
    files = Files("conversation", tools)
    forms = make_endpoint(read_settings(FormSettings), tools, SCREENS)
    routes = Routes(forms, tools.common.service_token.get_secret_value())

    def add_routes(app: web.Application) -> None:
        files.add_to(app)
        routes.add_to(app)

    return Service(
        name="conversation",
        settings=read_settings(ConversationSettings),
        handlers=handlers,
        kinds=(SESSIONS, PROFILES, PURPOSES, ALARMS, ERASURES, FILES, FORMS),
        calls={WAKE: ring, ERASURE_DUE: ring, ALIAS_DUE: ring, EXPORT: Exports(files).make},
        routes=add_routes,
    )
