"""Wires credex."""

from __future__ import annotations

from services.credex import handlers
from services.credex.adapters.bucket import Bucket
from services.credex.adapters.core import Core
from services.credex.adapters.credex_core import CredexCore
from services.credex.adapters.vault import Vault
from services.credex.ports import ACT, CREATE, FIND, ISSUE_WAITS, LOOK, NOTE, READ, REQUEST_WAITS, ring
from services.credex.settings import CredexSettings
from services.credex.store import ACCOUNTS, ISSUERS, MEMBERS, OFFERS, REQUESTS
from shared.http.breaker import Breaker
from shared.runtime.service import Service, Tools
from shared.runtime.settings import read_settings


def make(tools: Tools) -> Service:
    """Credex, by credex-core. Where it is off nothing is ever asked, so that the URL does not matter."""
    settings = read_settings(CredexSettings)
    key = settings.client_api_key.get_secret_value() if settings.client_api_key else ""
    breaker = Breaker("credex:core", tools.redis, tools.clock)
    core = Core(
        # The core need not know our traces.
        tools.http("credex-core", settings.credex_timeout_seconds, False),
        settings.credex_api_url or "http://off.invalid",
        key,
        Bucket(tools.redis, settings.credex_requests_per_minute, tools.clock, tools.chance),
        Vault(tools.redis, settings.keys, tools.clock),
        breaker,
    )
    credex = CredexCore(core, account_type=settings.credex_account_type)
    return Service(
        name="credex",
        settings=settings,
        handlers=handlers,
        kinds=(MEMBERS, ACCOUNTS, OFFERS, REQUESTS, ISSUERS),
        calls={
            READ: credex.read,
            ACT: credex.act,
            LOOK: credex.look,
            NOTE: credex.note,
            CREATE: credex.create,
            FIND: credex.find,
            REQUEST_WAITS: ring,
            ISSUE_WAITS: ring,
        },
        health={"credex-core": breaker.health},
    )
