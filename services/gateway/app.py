"""Wires gateway."""

from __future__ import annotations

import logging

from services.gateway import handlers
from services.gateway.adapters.heartbeats import RedisHeartbeats
from services.gateway.forward import Forward
from services.gateway.members import Members
from services.gateway.ports import LOOK_AROUND
from services.gateway.routes import Routes
from services.gateway.settings import GatewaySettings
from services.gateway.silence import Silence
from services.gateway.store import ALIASES, HEALTH_QUESTIONS, IDENTITIES, INTAKE
from shared.runtime.service import Service, Tools
from shared.runtime.settings import read_settings

log = logging.getLogger(__name__)


def make(tools: Tools) -> Service:
    """Gateway, listening for WhatsApp and Paynow."""
    settings = read_settings(GatewaySettings)
    if not settings.enable_webhook_verification:
        log.warning("ENABLE_WEBHOOK_VERIFICATION is false: ANYBODY CAN SPEAK FOR WHATSAPP. For development only.")
    entry = tools.entry("gateway")
    forward = Forward(tools.http("services", 30, True), tools.common)
    members = Members(entry, tools.chance)
    heartbeats = RedisHeartbeats(tools.redis)
    silence = Silence(tools.redis, entry, tools.clock, settings.webhook_silence_hours)
    routes = Routes(settings, entry, members, forward, heartbeats, silence, tools.redis, tools.clock, tools.chance)
    return Service(
        name="gateway",
        settings=settings,
        handlers=handlers,
        kinds=(INTAKE, IDENTITIES, ALIASES, HEALTH_QUESTIONS),
        calls={LOOK_AROUND: heartbeats.look},
        routes=routes.add_to,
        health={"webhooks": silence.health},
    )
