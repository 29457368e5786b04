"""`ruvimbo check`: tries every credential and server that the settings name, and says what to do about what is wrong.

One line each: `ok`, `wrong` with the remedy, or `off` for what the settings leave out. Changes nothing anywhere, but
that RabbitMQ gets our queues as by any start, and never shows a secret. Exit code 0 when nothing is wrong, else 1.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx

from services.check_findings import Finding, off, ok, wrong
from services.check_whatsapp import check_whatsapp
from services.conversation.forms.settings import FormSettings
from services.conversation.settings import ConversationSettings
from services.credex.settings import CredexSettings
from services.gateway.settings import GatewaySettings
from services.notifier.settings import NotifierSettings
from services.payments.ports import Integration
from services.payments.settings import PaymentsSettings
from services.reporting.settings import ReportingSettings
from shared.bus.rabbit import RabbitTransport
from shared.kernel.errors import Away, Misconfigured
from shared.kernel.ids import new_id, system_chance
from shared.kernel.paynow_message import NotAPaynowMessage, PaynowMessage, sign
from shared.runtime.settings import CommonSettings, Settings, read_settings
from shared.store.mongo import MongoStore
from shared.store.redis import RedisStore, connect

SECONDS = 15.0

_OWNERS: dict[str, type[Settings]] = {
    "common": CommonSettings,
    "gateway": GatewaySettings,
    "conversation": ConversationSettings,
    "forms": FormSettings,
    "payments": PaymentsSettings,
    "credex": CredexSettings,
    "notifier": NotifierSettings,
    "reporting": ReportingSettings,
}


def add_to(commands: Any, say: Callable[[str], None]) -> None:
    """Add the command to those of `ruvimbo`, which speak by `say`."""

    async def run(_: argparse.Namespace) -> int:
        bad = 0
        async for finding in findings():
            bad += finding.state == "wrong"
            say(finding.line)
        return 1 if bad else 0

    check = commands.add_parser(
        "check", help="try every credential and server that the settings name", description=__doc__
    )
    check.set_defaults(run=run)


async def findings() -> AsyncIterator[Finding]:
    """Everything that is checked, in the order of the settings."""
    read: dict[str, Any] = {}
    for owner, settings in _OWNERS.items():
        try:
            read[owner] = read_settings(settings)
        except Misconfigured as error:
            yield wrong(f"settings of {owner}", str(error))
        else:
            yield ok(f"settings of {owner}")
    if "common" in read:
        async for finding in _servers(read["common"]):
            yield finding
    async with httpx.AsyncClient(timeout=SECONDS) as client:
        if "notifier" in read:
            async for finding in check_whatsapp(client, read["notifier"]):
                yield finding
        if "payments" in read:
            async for finding in _paynow(client, read["payments"]):
                yield finding
        if "credex" in read:
            yield await _credex(client, read["credex"])


async def _servers(common: CommonSettings) -> AsyncIterator[Finding]:
    mongo = MongoStore(common.mongo_url.get_secret_value(), f"{common.mongo_database_prefix}_gateway")
    yield await _reached("MongoDB", "MONGO_URL", mongo.ping)
    await mongo.close()
    client = connect(common.redis_url.get_secret_value())
    yield await _reached("Redis", "REDIS_URL", RedisStore(client, "check:").ping)
    await client.aclose()
    if common.amqp_url is None:
        yield off("RabbitMQ", "AMQP_URL is not set: all services run in one process.")
        return
    rabbit = RabbitTransport(common.amqp_url.get_secret_value(), common.lanes)
    yield await _reached("RabbitMQ", "AMQP_URL", rabbit.start)
    await rabbit.close()


async def _reached(what: str, setting: str, reach: Callable[[], Awaitable[None]]) -> Finding:
    try:
        async with asyncio.timeout(SECONDS):
            await reach()
    except (Away, TimeoutError):
        return wrong(what, f"it does not answer at {setting}. Start it, or correct the address or its password.")
    return ok(what)


async def _paynow(client: httpx.AsyncClient, settings: PaymentsSettings) -> AsyncIterator[Finding]:
    for currency in ("USD", "ZWG"):
        integration = settings.integrations.get(currency)
        if integration is None:
            yield off(f"Paynow {currency}", f"PAYNOW_{currency}_ID is not set.")
        else:
            yield await _integration(client, settings.paynow_url, currency, integration)


async def _integration(client: httpx.AsyncClient, url: str, currency: str, integration: Integration) -> Finding:
    """Asks for a transaction that cannot be (contract 4.2): Paynow proves that there is none, by the same key."""
    what, key = f"Paynow {currency}", integration.key.get_secret_value()
    pairs = [
        ("id", str(integration.id)),
        ("merchanttrace", new_id("CHECK", system_chance()).replace("-", "")[:32]),
        ("status", "Message"),
    ]
    try:
        answer = await client.post(
            f"{url.rstrip('/')}/interface/trace",
            content=sign(pairs, key),
            headers={"content-type": "application/x-www-form-urlencoded"},
        )
        message = PaynowMessage.parse(answer.content)
    except (httpx.HTTPError, NotAPaynowMessage):
        return wrong(what, "Paynow does not answer at PAYNOW_URL.")
    if (message.get("status") or "").lower() == "error":
        error = (message.get("error") or "").lower()
        if "invalid id" in error:
            return wrong(what, f"PAYNOW_{currency}_ID is no integration. Look it up at Paynow, Receive Payments.")
        if "hash" in error:
            return wrong(what, f"PAYNOW_{currency}_KEY is not the key of PAYNOW_{currency}_ID. Have it sent anew.")
        return wrong(what, "Paynow refuses the integration; see there whether it is active.")
    if not message.is_authentic(key):
        return wrong(what, f"the answer is not made with PAYNOW_{currency}_KEY. Correct the key, or PAYNOW_URL.")
    return ok(what)


async def _credex(client: httpx.AsyncClient, settings: CredexSettings) -> Finding:
    """A login without a phone: the core looks at the key first and does nothing (credex-core contract 2)."""
    what = "credex-core"
    if not settings.is_on or settings.client_api_key is None:
        return off(what, "CREDEX_API_URL is not set, or ENABLE_CREDEX is false.")
    try:
        answer = await client.post(
            f"{(settings.credex_api_url or '').rstrip('/')}/login",
            json={},
            headers={"x-client-api-key": settings.client_api_key.get_secret_value()},
        )
    except httpx.HTTPError:
        return wrong(what, "it does not answer at CREDEX_API_URL.")
    match answer.status_code:
        case httpx.codes.UNAUTHORIZED | httpx.codes.FORBIDDEN:
            return wrong(what, "it does not know our CLIENT_API_KEY. Give the one that the core was started with.")
        case httpx.codes.NOT_FOUND:
            return wrong(what, "it has no login there. CREDEX_API_URL may need the prefix /v1, as some cores have.")
        case status if status >= 500:
            return wrong(what, f"it answers HTTP {status}; ask whoever runs it.")
        case _:
            return ok(what)
