"""Wires gateway."""

from __future__ import annotations

from services.gateway import handlers
from services.gateway.forward import Forward
from services.gateway.members import Members
from services.gateway.routes import Routes
from services.gateway.settings import GatewaySettings
from services.gateway.silence import Silence
from services.gateway.store import IDENTITIES, INTAKE
from shared.runtime.service import Service, Tools
from shared.runtime.settings import read_settings


def make(tools: Tools) -> Service:
    """Gateway, listening for WhatsApp and Paynow."""
    settings = read_settings(GatewaySettings)
    entry = tools.entry("gateway")
    forward = Forward(tools.http("services", 30, True), tools.common)
    members = Members(entry, tools.chance)
    silence = Silence(tools.redis, tools.clock, settings.webhook_silence_hours)
    routes = Routes(settings, entry, members, forward, silence, tools.redis, tools.clock, tools.chance)
    return Service(
        name="gateway",
        settings=settings,
        handlers=handlers,
        kinds=(INTAKE, IDENTITIES),
        routes=routes.add_to,
        health={"webhooks": silence.health},
    )
