"""Wires notifier."""

from __future__ import annotations

from services.notifier import handlers
from services.notifier.adapters.graph import Graph
from services.notifier.adapters.graph_bodies import Bodies
from services.notifier.adapters.graph_media import GraphMedia
from services.notifier.adapters.limits import Limits
from services.notifier.adapters.patience import Patience
from services.notifier.ports import FETCH, FORGET, HEED, MARK_READ, MIND, RECONCILE, SEND, UPLOAD, ring
from services.notifier.settings import NotifierSettings
from services.notifier.store import ACCOUNTS, FILINGS, MAILBOXES, READ_MARKS
from shared.http.breaker import Breaker
from shared.http.files import FILES, Files
from shared.runtime.service import Service, Tools
from shared.runtime.settings import read_settings


def make(tools: Tools) -> Service:
    """Notifier, sending by the Graph API."""
    settings = read_settings(NotifierSettings)
    breaker = Breaker("notifier:whatsapp", tools.redis, tools.clock)
    files = Files("notifier", tools)
    url, token = settings.whatsapp_api_url, settings.whatsapp_token.get_secret_value()
    graph = Graph(
        tools.http("whatsapp", SEND.deadline.total_seconds(), True),
        url=url,
        token=token,
        bodies=Bodies(settings.templates, settings.template_language),
        limits=Limits(tools.redis, tools.clock, settings.whatsapp_per_second),
        breaker=breaker,
        clock=tools.clock,
    )
    media = GraphMedia(
        tools.http("whatsapp", UPLOAD.deadline.total_seconds(), True),
        tools.http("files", UPLOAD.deadline.total_seconds(), True),
        url=url,
        token=token,
        hosts=settings.media_hosts,
        largest=settings.largest_media,
        memory=tools.redis,
        files=files,
        breaker=breaker,
    )
    return Service(
        name="notifier",
        settings=settings,
        handlers=handlers,
        kinds=(MAILBOXES, FILINGS, ACCOUNTS, READ_MARKS, FILES),
        calls={
            SEND: graph.send,
            UPLOAD: media.upload,
            FETCH: media.fetch,
            RECONCILE: Patience(tools.redis).ring,
            MARK_READ: graph.mark_read,
            MIND: graph.mind,
            HEED: graph.heed,
            FORGET: ring,
        },
        routes=files.add_to,
        health={"whatsapp": breaker.health},
    )
