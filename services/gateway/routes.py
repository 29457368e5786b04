"""Gateway's HTTP: webhooks and callbacks in, health out (product 7). Persist, then answer."""

from __future__ import annotations

import asyncio
import hmac
import html
import json
from urllib.parse import quote

import redis.asyncio
from aiohttp import web
from redis.exceptions import RedisError

from services.gateway.domain.callback import LARGEST_CALLBACK, NotAuthentic, read_callback
from services.gateway.domain.events import account_event, address_of, message_about
from services.gateway.domain.notice import LARGEST_NOTICE, NotANotice, is_the_core, read_notice
from services.gateway.domain.updates import AccountUpdate, InboundUpdate, PersonUpdate, StatusUpdate, Update
from services.gateway.domain.webhook import updates_of
from services.gateway.domain.wire import as_plain, parsed
from services.gateway.forward import Forward
from services.gateway.health import health_of
from services.gateway.members import Members
from services.gateway.ports import Heartbeats
from services.gateway.settings import GatewaySettings
from services.gateway.silence import Silence
from services.gateway.store import IDENTITIES, INTAKE, Intake, intake_id_of
from shared.bus.entry import Arrival, Entry
from shared.contracts.base import Message
from shared.contracts.gateway import CoreNoticeReceived
from shared.http.server import problem
from shared.kernel.clock import Clock
from shared.kernel.ids import Chance, MemberId, new_id
from shared.kernel.meta_signature import is_signed
from shared.telemetry import metrics

FORM_SECONDS = 8.0
"""The phone gives up after ten (WhatsApp contract 5.2)."""

_RETURN_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Back to the chat</title>
<style>
body {{ font: 1.1rem/1.5 system-ui, sans-serif; margin: 0; display: grid; min-height: 100vh; place-items: center;
  background: #f4f7f5; color: #12312a; text-align: center; padding: 1rem; box-sizing: border-box }}
a {{ display: inline-block; margin-top: 1rem; padding: .8rem 1.6rem; border-radius: .6rem; background: #0b6b53;
  color: #fff; text-decoration: none; font-weight: 600 }}
@media (prefers-color-scheme: dark) {{ body {{ background: #0d1512; color: #e5efeb }} }}
</style>
<main>
<h1>Thank you</h1>
<p>We are asking Paynow how your payment went and tell you in the chat. You can close this page.</p>
<a href="https://wa.me/{number}">Back to WhatsApp</a>
</main>
</html>
"""


class Routes:
    """The handlers, over the entry to the bus."""

    def __init__(
        self,
        settings: GatewaySettings,
        entry: Entry,
        members: Members,
        forward: Forward,
        heartbeats: Heartbeats,
        silence: Silence,
        redis: redis.asyncio.Redis,
        clock: Clock,
        chance: Chance,
    ) -> None:
        self._settings = settings
        self._entry = entry
        self._members = members
        self._forward = forward
        self._heartbeats = heartbeats
        self._silence = silence
        self._redis = redis
        self._clock = clock
        self._chance = chance

    def add_to(self, app: web.Application) -> None:
        """Add every route of the gateway."""
        app.router.add_get("/", self.index)
        app.router.add_get("/health", self.health)
        app.router.add_get("/webhook", self.verify)
        app.router.add_post("/webhook", self.webhook)
        app.router.add_post("/webhook/flow", self.flow)
        app.router.add_post("/payment-result/{currency}", self.payment_result)
        app.router.add_get("/payment-return", self.payment_return)
        app.router.add_post("/notify", self.notify)
        app.router.add_get("/verify/{code}", self.verify_receipt)
        for method in ("GET", "POST"):
            app.router.add_route(method, "/finance{page:(/.*)?}", self.finance)

    async def index(self, _: web.Request) -> web.Response:
        """Says what this is."""
        return web.json_response(
            {"service": "ruvimbo gateway", "health": "/health", "webhook": "/webhook", "metrics": "/metrics"}
        )

    async def health(self, _: web.Request) -> web.Response:
        """The health of all services, from their heartbeats: 200 when all is well, else 503."""
        health = health_of(await self._heartbeats.read(), self._clock)
        return web.json_response(health, status=200 if health["status"] == "healthy" else 503)

    async def verify(self, request: web.Request) -> web.Response:
        """WhatsApp's challenge, given back byte for byte to who knows the token (WhatsApp contract 1.1)."""
        query = request.query
        if not all(name in query for name in ("hub.mode", "hub.verify_token", "hub.challenge")):
            return problem(400, "hub.mode, hub.verify_token and hub.challenge are needed.")
        token = self._settings.verify_token.get_secret_value()
        known = hmac.compare_digest(query["hub.verify_token"].encode(), token.encode())
        if query["hub.mode"] != "subscribe" or not known:
            return problem(403, "The verify token is not ours.")
        return web.Response(text=query["hub.challenge"])

    async def webhook(self, request: web.Request) -> web.Response:
        """Every update of a signed webhook, kept once each and then answered 200. 503 when that is not possible."""
        if request.headers.get("content-encoding", "identity").lower() != "identity":
            return problem(415, "Send the body as it is, without compression.")
        body = await request.read()
        if not self._is_signed(body, request):
            return await self._refused(request, "signature", 401, "The signature does not fit the body.")
        await self._silence.end()
        now = self._clock.now()
        try:
            told = parsed(body)
        except ValueError:
            await self._entry.bury("webhook", "not JSON", body)
            return web.Response()
        found = updates_of(told, now)
        updates = await self._not_taken(found)
        people = await self._people(updates)
        for update in updates:
            for succession in update.successions if isinstance(update, InboundUpdate | AccountUpdate) else ():
                await self._members.follow(update.phone_number_id, succession, now)
        new = await self._entry.accept([self._arrival(update, people) for update in updates])
        metrics.accepted_updates.add(new, {"new": True})
        metrics.accepted_updates.add(len(found) - new, {"new": False})
        return web.Response()

    async def flow(self, request: web.Request) -> web.Response:
        """A form asks for a screen: the signature first, then conversation (WhatsApp contract 5.2)."""
        body = await request.read()
        if not self._is_signed(body, request):
            return await self._refused(request, "form-signature", 432, "The signature does not fit the body.")
        return await self._forward.pass_on(request, "conversation", "/forms", seconds=FORM_SECONDS, body=body)

    async def payment_result(self, request: web.Request) -> web.Response:
        """Paynow's callback: authentic by the key of the currency in the address, kept, then answered."""
        currency = request.match_info["currency"].upper()
        key = self._settings.paynow_key(currency)
        if key is None:
            return problem(404, "No such currency is on here.")
        body = await request.content.read(LARGEST_CALLBACK + 1)
        try:
            event = read_callback(body, currency, key, self._clock.now())
        except NotAuthentic as error:
            return await self._refused(request, "paynow-hash", 400, str(error))
        arrival = Arrival(
            INTAKE,
            f"callback:{currency}:{event.body_digest}",
            Intake(what="callback", received_at=event.received_at),
            [event],
        )
        await self._entry.accept([arrival])
        return web.Response()

    async def payment_return(self, _: web.Request) -> web.Response:
        """Where Paynow's page sends the person: back to the chat. It proves nothing (Paynow contract 3.4)."""
        page = _RETURN_PAGE.format(number=html.escape(self._settings.bot_number))
        return web.Response(text=page, content_type="text/html", headers=_PAGE_HEADERS)

    async def notify(self, request: web.Request) -> web.Response:
        """credex-core's own notice to a member: 202 once it is kept, 404 for somebody who never wrote to us."""
        key = self._settings.client_api_key
        if key is None:
            return problem(404, "Notices are not taken here.")
        if not is_the_core(request.headers.get("apikey"), key.get_secret_value()):
            return await self._refused(request, "notify-key", 401, "The header apiKey does not hold our key.")
        try:
            notice = read_notice(await request.content.read(LARGEST_NOTICE + 1))
        except NotANotice as error:
            return problem(400, str(error))
        known = (await self._entry.read(IDENTITIES, [notice.identity])).get(notice.identity)
        if known is None:
            return problem(404, "Nobody with that phone has written to us.")
        now = self._clock.now()
        event = CoreNoticeReceived(member=known.member, text=notice.message, received_at=now)
        # Without an id of its own a notice cannot be told from an equal one: it is told again rather than lost.
        id = f"notice:{request.headers.get('x-request-id') or new_id('N', self._chance)}"
        await self._entry.accept([Arrival(INTAKE, id, Intake(what="notice", received_at=now), [event])])
        return web.json_response({"status": "accepted"}, status=202)

    async def verify_receipt(self, request: web.Request) -> web.Response:
        """The page that tells whether a receipt is true, from payments (product 2)."""
        code = quote(request.match_info["code"], safe="")
        return await self._forward.pass_on(request, "payments", f"/verify/{code}", seconds=5)

    async def finance(self, request: web.Request) -> web.Response:
        """The pages of finance, from reporting (product 5), and nothing else of its port."""
        if ".." in request.path:
            return problem(404, "Not Found.")
        return await self._forward.pass_on(request, "reporting", request.rel_url.raw_path.rstrip("/"), seconds=30)

    def _is_signed(self, body: bytes, request: web.Request) -> bool:
        if not self._settings.enable_webhook_verification:
            return True
        return is_signed(body, request.headers.get("x-hub-signature-256"), self._settings.secrets)

    async def _refused(self, request: web.Request, cause: str, status: int, sentence: str) -> web.Response:
        """Count it; an address that goes on and on is told to stop."""
        metrics.refused_requests.add(1, {"cause": cause})
        key = f"gateway:unsigned:{request.remote}"
        try:
            count = await self._redis.incr(key)
            if count == 1:
                await self._redis.expire(key, 60)
        except (RedisError, OSError):
            count = 0
        if count > self._settings.unsigned_per_minute:
            return problem(429, "Too many refused requests from this address; wait a minute.", **{"retry-after": "60"})
        return problem(status, sentence)

    async def _not_taken(self, updates: list[Update]) -> list[Update]:
        """Without what is taken already and tells who wrote: its writer may have been forgotten since.

        WhatsApp repeats for days, and a repetition must not make somebody new of whoever was erased.
        """
        ids = {update.content_id: intake_id_of(update.content_id) for update in updates if _names_somebody(update)}
        taken = await self._entry.read(INTAKE, list(ids.values()))
        return [update for update in updates if ids.get(update.content_id) not in taken]

    async def _people(self, updates: list[Update]) -> dict[tuple[str, ...], MemberId]:
        wanted = {
            _identities(update): address_of(update)
            for update in updates
            if not isinstance(update, AccountUpdate) and await self._tells_who(update)
        }
        wanted.pop((), None)
        now = self._clock.now()
        found = await asyncio.gather(*(self._members.find(address, ids, now) for ids, address in wanted.items()))
        return dict(zip(wanted, found, strict=True))

    async def _tells_who(self, update: PersonUpdate) -> bool:
        """Whether somebody is to be known by it. Who was forgotten has not come back when our last words arrive."""
        told = update.member if isinstance(update, StatusUpdate) else None
        if told is None:
            return True
        return not (
            self._members.were_known(_identities(update), self._clock.now()) or await self._entry.is_erased(told)
        )

    def _arrival(self, update: Update, people: dict[tuple[str, ...], MemberId]) -> Arrival:
        said: Message
        if isinstance(update, AccountUpdate):
            said = account_event(update)
        else:
            # Whom we wrote to hears of a status, also when they have become an alias or WhatsApp names nobody.
            told = update.member if isinstance(update, StatusUpdate) else None
            said = message_about(update, told or people[_identities(update)])
        unread = None if update.unread is None else json.dumps(as_plain(update.unread))
        if unread is not None:
            metrics.unread_updates.add(1)
        state = Intake(what=type(update).__name__, received_at=self._clock.now(), unread=unread)
        return Arrival(INTAKE, intake_id_of(update.content_id), state, [said])


_PAGE_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
    "referrer-policy": "no-referrer",
}


def _names_somebody(update: Update) -> bool:
    """Whether the update alone tells who it is about; a status of our own message tells the member."""
    return not (isinstance(update, AccountUpdate) or (isinstance(update, StatusUpdate) and update.member is not None))


def _identities(update: PersonUpdate) -> tuple[str, ...]:
    """The identities of the person; where nobody is named and we don't know who it is, the message stands for them."""
    if isinstance(update, InboundUpdate | StatusUpdate) and not update.person.identities:
        return () if isinstance(update, StatusUpdate) and update.member else (f"message:{update.message_id}",)
    return update.person.identities
