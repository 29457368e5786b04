"""Sends messages by the WhatsApp Graph API, within its limits (WhatsApp contract 3 and 4)."""

from __future__ import annotations

import asyncio
import json
import logging
from datetime import timedelta
from typing import Any

import httpx
from redis.exceptions import RedisError

from services.notifier.adapters.graph_bodies import OUTGOING, Bodies, read_mark
from services.notifier.adapters.limits import Limits
from services.notifier.domain.refusals import rule_of
from services.notifier.ports import AccountTrouble, Done, ReadMark, SendAnswer, SendRequest, Trouble
from shared.contracts.gateway import Address
from shared.http.breaker import Breaker, CircuitOpen
from shared.kernel.clock import Clock
from shared.outcalls.calls import NotSent, Unclear
from shared.telemetry import metrics

log = logging.getLogger(__name__)

STOPPED_TEMPLATE = 132015
MARK_SECONDS = 2.0
"""How long a read mark may keep the answer to the message that it goes along with."""


class Graph:
    """One business account at the Graph API. Safe for concurrent use."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        url: str,
        token: str,
        bodies: Bodies,
        limits: Limits,
        breaker: Breaker,
        clock: Clock,
    ) -> None:
        self._client = client
        self._url = url.rstrip("/")
        self._headers = {"authorization": f"Bearer {token}"}
        self._bodies = bodies
        self._limits = limits
        self._breaker = breaker
        self._clock = clock

    async def send(self, request: SendRequest) -> SendAnswer:
        """Hand one message over. Raises NotSent when WhatsApp has certainly not taken it, Unclear otherwise."""
        if self._clock.now() >= request.valid_until:
            return SendAnswer()
        content = OUTGOING.validate_python(request.content)
        template = self._bodies.template_of(content)
        # The member goes along, so that a status finds its mailbox even where WhatsApp names nobody (contract 2.4).
        reference = f"{request.reference}/{request.member}"
        body = self._bodies.of(request.address, content, reference, request.media_id)
        try:
            verdict = await self._limits.take(request.address, request.purpose, template)
        except (RedisError, OSError):
            raise NotSent("the limits cannot be asked", retry_after=1.0) from None
        if verdict.template_stopped:
            return SendAnswer(code=STOPPED_TEMPLATE)
        if verdict.wait is not None:
            raise NotSent("within the limits", retry_after=verdict.wait)
        number = request.address.phone_number_id
        if request.answers is None:
            response = await self._post(number, body)
        else:
            # At the same time, for neither is to wait; an answer ends "typing", so the mark shows none.
            response, _ = await asyncio.gather(self._post(number, body), self._show_read(number, request.answers))
        return await self._answer_of(response, request.address, template)

    async def mark_read(self, mark: ReadMark) -> Done:
        """Mark a message as read. A refusal changes nothing for anybody."""
        response = await self._post(mark.number, read_mark(mark.message_id, typing=mark.typing))
        if response.status_code != httpx.codes.OK:
            log.info("a read mark was refused", extra={"status": response.status_code})
        return Done()

    async def mind(self, trouble: Trouble) -> Done:
        """Tell the operator what they must know of a message, and let those wait whom its code concerns."""
        rule = None if trouble.code is None else rule_of(trouble.code)
        if rule is not None and trouble.code is not None:
            template = self._bodies.name_of(trouble.template) if trouble.template else None
            await self._pause(trouble.code, Address(phone_number_id=trouble.number), template)
        about = {"code": trouble.code, "purpose": trouble.purpose, "reference": trouble.reference}
        if trouble.failed:
            metrics.failed_messages.add(
                1, {"purpose": trouble.purpose, "watched": trouble.watched, "code": str(trouble.code)}
            )
        if trouble.failed and trouble.watched:
            log.error("finance did not get a message", extra=about)
        elif rule is not None and rule.operator:
            log.error("WhatsApp refuses a message: %s", rule.meaning, extra=about)
        elif trouble.failed:
            log.warning("a message will not arrive", extra=about)
        return Done()

    async def heed(self, trouble: AccountTrouble) -> Done:
        """As `mind`, for what WhatsApp says of the account or a number."""
        log.warning("WhatsApp tells of the account", extra={"field": trouble.field, "event": trouble.event})
        for code in trouble.codes:
            rule = rule_of(code)
            if rule.scope in ("number", "account", "templates"):
                await self._pause(code, Address(phone_number_id=trouble.account))
            if rule.operator:
                log.error("WhatsApp says of the account: %s", rule.meaning, extra={"code": code})
        return Done()

    async def _show_read(self, number: str, message_id: str) -> None:
        """As `mark_read`, but nothing of it reaches the message that goes along."""
        try:
            async with asyncio.timeout(MARK_SECONDS):
                await self.mark_read(ReadMark(number=number, message_id=message_id, typing=False))
        except (NotSent, Unclear, TimeoutError) as error:
            log.info("a read mark was not taken", extra={"reason": type(error).__name__})

    async def _post(self, number: str, body: dict[str, Any]) -> httpx.Response:
        try:
            async with self._breaker:
                response = await self._client.post(f"{self._url}/{number}/messages", json=body, headers=self._headers)
                if response.status_code >= 500 and not _is_json(response):
                    raise Unclear(f"not JSON, HTTP {response.status_code}")
                return response
        except CircuitOpen as error:
            raise NotSent("the circuit is open", retry_after=error.retry_after) from error
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise NotSent(type(error).__name__) from error
        except httpx.HTTPError as error:
            raise Unclear(type(error).__name__) from error

    async def _answer_of(self, response: httpx.Response, address: Address, template: str | None) -> SendAnswer:
        try:
            answer: Any = response.json()
        except ValueError as error:
            if response.status_code == httpx.codes.TOO_MANY_REQUESTS:  # kept off at the edge, before it could act
                raise NotSent("HTTP 429", retry_after=_retry_after(response) or 1.0) from error
            raise Unclear(f"not JSON, HTTP {response.status_code}") from error
        match answer:
            case {"messages": [{"id": str() as message_id}, *_]}:
                return SendAnswer(message_id=message_id)
            case {"error": {"code": int() as code}}:
                metrics.whatsapp_refusals.add(1, {"code": str(code)})
                retry_after = _retry_after(response)
                await self._pause(code, address, template, retry_after)
                rule = rule_of(code)
                if rule.is_told_at_once:
                    about = {"code": code, "trace": answer["error"].get("fbtrace_id"), "scope": rule.scope}
                    log.error("WhatsApp refuses: %s", rule.meaning, extra=about)
                return SendAnswer(code=code, retry_after=retry_after)
            case _:
                raise Unclear(f"an answer of unknown shape, HTTP {response.status_code}")

    async def _pause(
        self, code: int, address: Address, template: str | None = None, retry_after: float | None = None
    ) -> None:
        """Everybody in the scope of the refusal waits, in every replica; longer if WhatsApp says so."""
        rule = rule_of(code)
        wait = max(rule.wait, timedelta(seconds=retry_after or 0))
        try:
            await self._limits.pause(rule.scope, address, template, wait)
        except (RedisError, OSError):
            log.warning("a pause cannot be shared now", extra={"code": code})


def _is_json(response: httpx.Response) -> bool:
    try:
        json.loads(response.content)
    except ValueError:
        return False
    return True


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds: the `Retry-After` header, or the minutes in a usage header, whichever says more (contract 4.1)."""
    text = response.headers.get("retry-after", "")
    waits = [float(text)] if text.isascii() and text.isdecimal() else []
    for name in ("x-business-use-case-usage", "x-app-usage"):
        try:
            waits += [60.0 * minutes for minutes in _minutes(json.loads(response.headers.get(name, "null")))]
        except (ValueError, RecursionError):
            continue
    return max(waits, default=None)


def _minutes(usage: Any) -> list[float]:
    """Every `estimated_time_to_regain_access` in a usage header."""
    if isinstance(usage, list):
        return [minutes for item in usage for minutes in _minutes(item)]
    if not isinstance(usage, dict):
        return []
    own = usage.get("estimated_time_to_regain_access")
    found = [float(own)] if isinstance(own, int | float) and not isinstance(own, bool) and 0 < own < 1e5 else []
    return found + [minutes for value in usage.values() for minutes in _minutes(value)]
