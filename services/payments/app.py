"""Wires payments."""

from __future__ import annotations

from services.payments import handlers
from services.payments.adapters.paynow import Paynow
from services.payments.ports import CHECK, INITIATE, POLL, TRACE
from services.payments.settings import PaymentsSettings
from services.payments.store import PAYMENTS, RECEIPTS, STRAY_CALLBACKS
from shared.runtime.service import Service, Tools
from shared.runtime.settings import read_settings


def make(tools: Tools) -> Service:
    """Payments, by Paynow."""
    settings = read_settings(PaymentsSettings)
    paynow = Paynow(
        tools.http("paynow", INITIATE.deadline.total_seconds(), True),
        settings.paynow_url,
        settings.public_url,
        settings.integrations,
    )
    return Service(
        name="payments",
        settings=settings,
        handlers=handlers,
        kinds=(PAYMENTS, RECEIPTS, STRAY_CALLBACKS),
        calls={INITIATE: paynow.initiate, POLL: paynow.poll, CHECK: paynow.poll, TRACE: paynow.trace},
    )
