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
from services.credex.adapters.vault import Vault
from services.credex.adapters.wire import Envelope, NotAnEnvelope
from services.credex.domain.answer import NOT_A_MEMBER, OUTSIDE_THE_RULES, UNAUTHORIZED_CLIENT, Refusal
from services.credex.domain.request import Asked, answers_of
from shared.http.breaker import Breaker, CircuitOpen
from shared.kernel.ids import MemberId
from shared.outcalls.calls import NotSent, Unclear

log = logging.getLogger(__name__)

HOLD_SECONDS = 60.0
"""How long to leave the core alone after a 429 that does not say."""

NOTHING_DONE = frozenset(
    {
        ("hustler10k", "CREDEX_CREATE_FAILED"),
        ("hustler10k", "GREATSUN_ACCOUNT_NOT_FOUND"),
        ("hustler10k", "GREATSUN_MEMBER_NOT_FOUND"),
    }
)
"""Failures of the core's own (5xx) that come before it acts (contract 3.13); any other leaves it open."""


class Refused(Exception):
    """The core certainly did not act; `refusal` says why."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(refusal.code)


class _TokenRefused(Exception):
    """401: the token is too old, or not of this core."""


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
        except _TokenRefused:
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
        response = await self._post(asked, path, body, {"authorization": f"Bearer {token}"}, background)
        if response.status_code == httpx.codes.UNAUTHORIZED:
            raise _TokenRefused
        kind, _, renewed = response.headers.get("authorization", "").partition(" ")
        if kind == "Bearer" and renewed:
            await self._vault.put(asked.member, renewed)
        return _proven(path, response)

    async def _by_key(self, asked: Asked, path: str, body: Mapping[str, Any], *, background: bool) -> Envelope:
        response = await self._post(asked, path, body, {}, background)
        if response.status_code == httpx.codes.UNAUTHORIZED:
            log.error("credex-core refuses our CLIENT_API_KEY, or a login", extra={"endpoint": path})
            raise Refused(Refusal(status=401, code=UNAUTHORIZED_CLIENT))
        return _proven(path, response)

    async def _keep(self, member: MemberId, envelope: Envelope) -> None:
        token = envelope.details.get("token")
        if isinstance(token, str) and token:
            await self._vault.put(member, token)

    async def _post(
        self, asked: Asked, path: str, body: Mapping[str, Any], headers: Mapping[str, str], background: bool
    ) -> httpx.Response:
        who = f"{asked.member}/{answers_of(asked.command)}"
        counted = await self._bucket.take(who, background=background)
        trace.get_current_span().add_event("credex-core", {"endpoint": path})
        try:
            async with self._breaker:
                response = await self._exchange(path, body, headers)
        except CircuitOpen as error:
            await self._bucket.give_back(counted)
            raise NotSent("the circuit is open", retry_after=error.retry_after) from error
        if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
            wait = _retry_after(response)
            log.warning("credex-core says that we ask too much", extra={"seconds": wait})
            await self._bucket.hold(wait)
            raise NotSent("HTTP 429", retry_after=wait)
        return response

    async def _exchange(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> httpx.Response:
        try:
            return await self._client.post(
                f"{self._url}/{path}", json=body, headers={"x-client-api-key": self._client_key, **headers}
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise NotSent(type(error).__name__) from error
        except httpx.HTTPError as error:
            raise Unclear(type(error).__name__) from error


def _proven(path: str, response: httpx.Response) -> Envelope:
    """The answer, if it is one."""
    status = response.status_code
    try:
        envelope = Envelope(response.content)
    except NotAnEnvelope as error:
        if 400 <= status < 500:
            log.error("credex-core refused a request outside its rules", extra={"endpoint": path, "status": status})
            raise Refused(Refusal(status=status, code=OUTSIDE_THE_RULES)) from error
        raise Unclear(f"{error}, HTTP {status}") from error
    if 200 <= status < 300:
        return envelope
    refusal = envelope.refusal(status)
    if 400 <= status < 500 or (path, refusal.code) in NOTHING_DONE:
        log.info("credex-core refused", extra={"endpoint": path, "status": status, "code": refusal.code})
        raise Refused(refusal)
    raise Unclear(f"HTTP {status} {refusal.code}")


def _digits(phone: str) -> str:
    """As the core writes phones: international, without a plus (contract 1.1)."""
    return phone.removeprefix("+")


def _retry_after(response: httpx.Response) -> float:
    text = response.headers.get("retry-after", "")
    return float(text) if text.isascii() and text.isdecimal() else HOLD_SECONDS
