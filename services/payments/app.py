"""Wires payments."""

from __future__ import annotations

from services.payments import handlers
from services.payments.adapters.paynow import Paynow
from services.payments.adapters.pictures import Pictures
from services.payments.ports import CHECK, DRAW_CODE, DRAW_RECEIPT, INITIATE, ONE_TIME_CODE, POLL, TRACE
from services.payments.routes import Routes
from services.payments.settings import PaymentsSettings
from services.payments.store import PAYMENTS, RECEIPTS, STRAY_CALLBACKS
from shared.http.breaker import Breaker
from shared.http.files import FILES, Files
from shared.runtime.service import Service, Tools
from shared.runtime.settings import read_settings


def make(tools: Tools) -> Service:
    """Payments, by Paynow."""
    settings = read_settings(PaymentsSettings)
    breaker = Breaker("payments:paynow", tools.redis, tools.clock)
    paynow = Paynow(
        tools.http("paynow", INITIATE.deadline.total_seconds(), True),
        settings.paynow_url,
        settings.public_url,
        settings.integrations,
        breaker,
    )
    files = Files("payments", tools)
    pictures = Pictures(files, settings)
    return Service(
        name="payments",
        settings=settings,
        handlers=handlers,
        kinds=(PAYMENTS, RECEIPTS, STRAY_CALLBACKS, FILES),
        calls={
            INITIATE: paynow.initiate,
            POLL: paynow.poll,
            CHECK: paynow.poll,
            TRACE: paynow.trace,
            ONE_TIME_CODE: paynow.try_code,
            DRAW_CODE: pictures.code,
            DRAW_RECEIPT: pictures.receipt,
        },
        routes=Routes(tools, files, settings.public_url).add_to,
        health={"paynow": breaker.health},
    )
