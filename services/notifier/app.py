"""Wires notifier."""

from __future__ import annotations

from services.notifier import handlers
from services.notifier.adapters.graph import Graph
from services.notifier.ports import RECONCILE, SEND, ring
from services.notifier.settings import NotifierSettings
from services.notifier.store import MAILBOXES
from shared.runtime.service import Service, Tools
from shared.runtime.settings import read_settings


def make(tools: Tools) -> Service:
    """Notifier, sending by the Graph API."""
    settings = read_settings(NotifierSettings)
    graph = Graph(
        tools.http("whatsapp", SEND.deadline.total_seconds(), True),
        settings.whatsapp_api_url,
        settings.whatsapp_token.get_secret_value(),
    )
    return Service(
        name="notifier",
        settings=settings,
        handlers=handlers,
        kinds=(MAILBOXES,),
        calls={SEND: graph.send, RECONCILE: ring},
    )
