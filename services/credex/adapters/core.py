"""One HTTP request at credex-core: its rate, the member's token, and what its answer proves (contract 2).

Every request goes through `_post`, with the breaker around it. Never logged here: tokens, phones, handles, bodies.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import httpx
from opentelemetry import trace

from services.credex.adapters.bucket import Bucket
from services.credex.adapters.reply import Refused, Reply
from services.credex.adapters.vault import Vault
from services.credex.adapters.wire import Envelope
from services.credex.domain.answer import NOT_A_MEMBER, OUTSIDE_THE_RULES, UNAUTHORIZED_CLIENT, Refusal
from services.credex.domain.request import Asked, answers_of
from shared.http.breaker import Breaker, CircuitOpen
from shared.kernel.ids import MemberId
from shared.outcalls.calls import NotSent, Unclear

log = logging.getLogger(__name__)

HOLD_SECONDS = 60.0
"""How long to leave the core alone after a 429 that does not say."""


class _Trouble(Exception):
    """An answer that counts for the circuit: raised inside the breaker only."""


class _TokenRefused(Exception):
    """401: the token is too old, or not of this core."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        super().__init__()


class Core:
    """The core's endpoints by path. Safe for concurrent use.

    Methods raise NotSent when the core certainly did not act and may be asked again, Refused when it said no, and
    Unclear for anything but a proven answer.
    """

    def __init__(
        self, client: httpx.AsyncClient, url: str, client_key: str, bucket: Bucket, vault: Vault, breaker: Breaker
    ) -> None:
        self._client = client
        self._breaker = breaker
        self._url = url.rstrip("/")
        self._client_key = client_key
        self._bucket = bucket
        self._vault = vault

    async def login(self, asked: Asked, *, background: bool = False) -> Envelope:
        """The member's whole dashboard; their token is kept."""
        try:
            envelope = await self._by_key(asked, "login", {"phone": _digits(asked.phone)}, background=background)
        except Refused as refused:
            if refused.refusal.status == 404 and refused.refusal.code != OUTSIDE_THE_RULES:
                raise Refused(refused.refusal.model_copy(update={"code": NOT_A_MEMBER})) from None
            raise
        await self._keep(asked.member, envelope)
        return envelope

    async def join(self, asked: Asked, **fields: str) -> Envelope:
        """onboardMember (contract 3.3)."""
        body = {**fields, "phone": _digits(asked.phone)}
        envelope = await self._by_key(asked, "onboardMember", body, background=False)
        await self._keep(asked.member, envelope)
        return envelope

    async def signed(self, asked: Asked, path: str, body: Mapping[str, Any], *, background: bool = False) -> Envelope:
        """A request in the member's name. A token that is too old is renewed, and the request made once again."""
        token = await self._vault.get(asked.member) or await self._new_token(asked, background)
        try:
            return await self._with_token(asked, token, path, body, background)
        except _TokenRefused:
            await self._vault.forget(asked.member)
        token = await self._new_token(asked, background)
        try:
            return await self._with_token(asked, token, path, body, background)
        except _TokenRefused as refused:
            refused.reply.raise_if_for_another_reason()
            log.error("the core refuses a token that it has just given")
            raise NotSent("a fresh token is refused", retry_after=10.0) from None

    async def _new_token(self, asked: Asked, background: bool) -> str:
        envelope = await self.login(asked, background=background)
        token = envelope.details.get("token")
        if not isinstance(token, str) or not token:
            raise NotSent("a login without a token", retry_after=10.0)
        return token

    async def _with_token(
        self, asked: Asked, token: str, path: str, body: Mapping[str, Any], background: bool
    ) -> Envelope:
        reply = await self._post(asked, path, body, {"authorization": f"Bearer {token}"}, background)
        if reply.is_a_refused_token:
            raise _TokenRefused(reply)
        if reply.new_token is not None:
            await self._vault.put(asked.member, reply.new_token)
        return reply.proven()

    async def _by_key(self, asked: Asked, path: str, body: Mapping[str, Any], *, background: bool) -> Envelope:
        reply = await self._post(asked, path, body, {}, background)
        if reply.is_a_refused_token or reply.is_without_its_key:
            log.error("credex-core refuses our CLIENT_API_KEY, or a login, or has no key", extra={"endpoint": path})
            raise Refused(Refusal(status=reply.status, code=UNAUTHORIZED_CLIENT))
        return reply.proven()

    async def _keep(self, member: MemberId, envelope: Envelope) -> None:
        token = envelope.details.get("token")
        if isinstance(token, str) and token:
            await self._vault.put(member, token)

    async def _post(
        self, asked: Asked, path: str, body: Mapping[str, Any], headers: Mapping[str, str], background: bool
    ) -> Reply:
        who = f"{asked.member}/{answers_of(asked.command)}"
        counted = await self._bucket.take(who, background=background)
        trace.get_current_span().add_event("credex-core", {"endpoint": path})
        reply: Reply | None = None
        try:
            async with self._breaker:
                reply = Reply(path, await self._exchange(path, body, headers))
                if reply.shows_trouble:
                    raise _Trouble
        except CircuitOpen as error:
            await self._bucket.give_back(counted)
            raise NotSent("the circuit is open", retry_after=error.retry_after) from error
        except _Trouble:
            log.warning("credex-core is not well", extra={"endpoint": path, "status": reply.status if reply else 0})
        if reply is None:
            raise RuntimeError("the breaker let neither an answer nor an error through")
        if reply.status == httpx.codes.TOO_MANY_REQUESTS:
            wait = HOLD_SECONDS if reply.retry_after is None else max(reply.retry_after, 1.0)
            log.warning("credex-core says that we ask too much", extra={"seconds": wait})
            await self._bucket.hold(wait)
            raise NotSent("HTTP 429", retry_after=wait)
        return reply

    async def _exchange(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> httpx.Response:
        try:
            return await self._client.post(
                f"{self._url}/{path}", json=body, headers={"x-client-api-key": self._client_key, **headers}
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise NotSent(type(error).__name__) from error
        except httpx.HTTPError as error:
            raise Unclear(type(error).__name__) from error


def _digits(phone: str) -> str:
    """As the core writes phones: international, without a plus (contract 1.1)."""
    return phone.removeprefix("+")
