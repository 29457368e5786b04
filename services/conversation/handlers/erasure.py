"""Follows a wish to be forgotten until every service has answered. The person was told when it began."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from services.conversation.domain.erasure import Erasure
from services.conversation.ports import ERASURE_DUE, Wake, Woken
from services.conversation.store import ERASURES
from shared.bus.handlers import answered, on
from shared.bus.work import Work
from shared.contracts import credex, gateway, notifier, payments, reporting
from shared.contracts.conversation import ErasureRequested
from shared.kernel.ids import MemberId
from shared.outcalls.calls import Unknown, Unreached

log = logging.getLogger(__name__)

PATIENCE = timedelta(hours=1)
"""How long a service may take, or be away, before it is an error."""


@on(ErasureRequested)
async def begin_erasure(event: ErasureRequested, work: Work) -> None:
    """Wait for the answers."""
    await work.open(ERASURES, event.member, lambda: Erasure(asked_at=event.at))
    work.call(ERASURE_DUE, Wake(), due=work.now + PATIENCE)


@on(gateway.PersonErased)
async def erased_by_gateway(event: gateway.PersonErased, work: Work) -> None:
    await _note("gateway", event.member, event.at, work)


@on(payments.PersonErased)
async def erased_by_payments(event: payments.PersonErased, work: Work) -> None:
    await _note("payments", event.member, event.at, work)


@on(notifier.PersonErased)
async def erased_by_notifier(event: notifier.PersonErased, work: Work) -> None:
    await _note("notifier", event.member, event.at, work)


@on(credex.PersonErased)
async def erased_by_credex(event: credex.PersonErased, work: Work) -> None:
    await _note("credex", event.member, event.at, work)


@on(reporting.PersonErased)
async def erased_by_reporting(event: reporting.PersonErased, work: Work) -> None:
    await _note("reporting", event.member, event.at, work)


@answered(ERASURE_DUE, ERASURES)
async def erasure_due(erasure: Erasure, request: Wake, outcome: Woken | Unknown | Unreached, work: Work) -> None:
    """Say which services are late, and look again."""
    if erasure.missing:
        log.error("a person is not erased everywhere yet", extra={"missing": sorted(erasure.missing)})
        work.call(ERASURE_DUE, Wake(), due=work.now + PATIENCE)


async def _note(service: str, member: MemberId, at: datetime, work: Work) -> None:
    erasure = await work.open(ERASURES, member, lambda: Erasure(asked_at=at))
    erasure.answers.setdefault(service, at)
    if not erasure.missing:
        work.drop_calls(ERASURE_DUE)
