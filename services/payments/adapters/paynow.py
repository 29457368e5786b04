"""Charges, polls, traces and one-time codes by Paynow's HTTP interface (Paynow contract 1, 2, 4).

Never logged here: keys, the text that is hashed, URLs that Paynow gave, phone numbers, codes.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from urllib.parse import quote

import httpx

from services.payments.adapters.paynow_errors import reason_of
from services.payments.domain.apply_status import StatusReport, normal_word
from services.payments.ports import (
    Initiation,
    InitiationAnswer,
    Integration,
    OneTimeCode,
    OneTimeCodeAnswer,
    Poll,
    Trace,
    TraceAnswer,
)
from shared.contracts.payments import Authorisation
from shared.http.breaker import Breaker, CircuitOpen
from shared.kernel.paynow_message import NotAPaynowMessage, Pair, PaynowMessage, sign
from shared.kernel.phone import local_form
from shared.outcalls.calls import NotSent, Unclear

log = logging.getLogger(__name__)

PAYNOW_HOSTS = frozenset({"www.paynow.co.zw", "paynow.co.zw"})
"""Where a poll URL may lead, by https (Paynow contract 2.5)."""

FORM = {"content-type": "application/x-www-form-urlencoded"}


INNBUCKS_LINK = "com.innbucks.customer://purchase?paymentToken={code}"
"""Opens InnBucks' app with the code; the newer of two forms, neither of which is certain (Paynow contract 2.3)."""


class _KnownAway(NotSent):
    """The circuit is open: Paynow is known to be down, and was not asked."""


class Paynow:
    """All our integrations at one Paynow. Safe for concurrent use.

    Methods raise NotSent when no connection was made, and Unclear for anything but a proven answer.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        url: str,
        public_url: str,
        integrations: Mapping[str, Integration],
        breaker: Breaker,
    ) -> None:
        self._client = client
        self._breaker = breaker
        self._url = url.rstrip("/")
        self._origin = _origin(httpx.URL(url))
        self._public_url = public_url.rstrip("/")
        self._integrations = integrations

    async def initiate(self, request: Initiation) -> InitiationAnswer:
        """Ask for the money: by Paynow's page (contract 1), or of the payer directly (contract 2)."""
        currency = request.amount.currency
        integration = self._integrations[currency]
        # Without an address on the page: ours would make the payer log in as the merchant (contract 1.1).
        by_page = request.method == "web"
        direct = [
            ("authemail", integration.auth_email),
            ("phone", local_form(request.wallet) if request.wallet else ""),
            ("method", request.method),
        ]
        try:
            message, evidence = await self._send(
                "initiatetransaction" if by_page else "remotetransaction",
                integration,
                [
                    ("id", str(integration.id)),
                    ("reference", request.payment_id),
                    ("amount", f"{request.amount.amount:.2f}"),
                    ("additionalinfo", request.purpose),
                    ("returnurl", f"{self._public_url}/payment-return?ref={request.payment_id}"),
                    ("resulturl", f"{self._public_url}/payment-result/{currency}?ref={request.payment_id}"),
                    *([] if by_page else direct),
                    ("merchanttrace", request.merchant_trace),
                    ("status", "Message"),
                ],
            )
        except _KnownAway:
            return InitiationAnswer(away=True)
        error = _error_of(message)
        if error is not None:
            reason = reason_of(error)
            # The payer's own trouble is no news for the operator.
            level = logging.INFO if reason == "insufficient_balance" else logging.ERROR
            log.log(level, "Paynow refused a payment", extra={"reason": reason, "problem": error})
            return InitiationAnswer(refusal=reason, evidence=evidence)
        if _proven_status(message, integration) != "ok":
            raise Unclear("an answer of unknown shape")
        return InitiationAnswer(
            poll_url=self._url_of(message, "pollurl"),
            paynow_reference=message.get("paynowreference") or None,
            instructions=message.get("instructions") or None,
            authorisation=self._authorisation_of(message, request),
            one_time_code_url=self._url_of(message, "remoteotpurl") if request.method == "omari" else None,
            evidence=evidence,
        )

    async def poll(self, request: Poll) -> StatusReport:
        """The status behind a poll URL (contract 4.1)."""
        self._must_be_allowed(request.poll_url)
        message, evidence = await self._post(request.poll_url, b"")
        _must_not_be_error(message)
        _proven_status(message, self._integrations[request.currency])
        return _report(message, evidence)

    async def try_code(self, request: OneTimeCode) -> OneTimeCodeAnswer:
        """Give Paynow the payer's one-time code (contract 2.4)."""
        self._must_be_allowed(request.url)
        integration = self._integrations[request.currency]
        pairs = [("id", str(integration.id)), ("otp", request.code), ("status", "Message")]
        message, evidence = await self._post(request.url, sign(pairs, integration.key.get_secret_value()))
        if "invalid otp" in normal_word(_error_of(message) or ""):
            return OneTimeCodeAnswer(evidence=evidence)
        _must_not_be_error(message)
        _proven_status(message, integration)
        return OneTimeCodeAnswer(report=_report(message, evidence), evidence=evidence)

    async def trace(self, request: Trace) -> TraceAnswer:
        """The transaction with this merchant trace, or Paynow's proof that there is none (contract 4.2)."""
        integration = self._integrations[request.currency]
        message, evidence = await self._send(
            "trace",
            integration,
            [("id", str(integration.id)), ("merchanttrace", request.merchant_trace), ("status", "Message")],
        )
        _must_not_be_error(message)
        if _proven_status(message, integration) == "notfound":
            return TraceAnswer(evidence=evidence)
        return TraceAnswer(
            found=_report(message, evidence), poll_url=self._url_of(message, "pollurl"), evidence=evidence
        )

    async def _send(self, path: str, integration: Integration, pairs: Sequence[Pair]) -> tuple[PaynowMessage, str]:
        body = sign(pairs, integration.key.get_secret_value())
        return await self._post(f"{self._url}/interface/{path}", body)

    async def _post(self, url: str, body: bytes) -> tuple[PaynowMessage, str]:
        """What Paynow answered and the SHA-256 of its body; only the body counts, and only with HTTP 200."""
        try:
            async with self._breaker:
                return await self._exchange(url, body)
        except CircuitOpen as known:
            raise _KnownAway("the circuit is open", known.retry_after) from known

    async def _exchange(self, url: str, body: bytes) -> tuple[PaynowMessage, str]:
        try:
            response = await self._client.post(url, content=body, headers=FORM)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise NotSent(type(error).__name__) from error
        except httpx.HTTPError as error:
            raise Unclear(type(error).__name__) from error
        if response.status_code != httpx.codes.OK:
            raise Unclear(f"HTTP {response.status_code}")
        try:
            message = PaynowMessage.parse(response.content)
        except NotAPaynowMessage as error:
            raise Unclear("not a Paynow message") from error
        if not message.get("status"):
            raise Unclear("no status")  # a page of HTML, most likely (contract 0)
        return message, hashlib.sha256(response.content).hexdigest()

    def _authorisation_of(self, message: PaynowMessage, request: Initiation) -> Authorisation | None:
        """What the payer must do beyond a prompt (contract 1.2, 2.3)."""
        match request.method:
            case "web":
                return Authorisation(link=self._url_of(message, "browserurl"))
            case "innbucks":
                code = message.get("authorizationcode")
                if not code:
                    raise Unclear("no authorisation code")
                link = INNBUCKS_LINK.format(code=quote(code, safe=""))
                return Authorisation(code=code, code_expires=message.get("authorizationexpires") or None, link=link)
            case "omari":
                return Authorisation(code_reference=message.get("otpreference") or None)
            case _:
                return None

    def _url_of(self, message: PaynowMessage, name: str) -> str:
        url = message.get(name)
        if not url:
            raise Unclear(f"no {name}")
        self._must_be_allowed(url)
        return url

    def _must_be_allowed(self, text: str) -> None:
        """Raise Unclear for a URL that would make us call somebody else (contract 8.2)."""
        try:
            url = httpx.URL(text)
        except httpx.InvalidURL:
            raise Unclear("a URL that is none") from None
        at_paynow = url.scheme == "https" and url.host in PAYNOW_HOSTS and url.port is None
        if url.userinfo or not (at_paynow or _origin(url) == self._origin):
            log.error("a URL that Paynow gave leads elsewhere; nothing was asked there")
            raise Unclear("a URL that leads elsewhere")


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _error_of(message: PaynowMessage) -> str | None:
    """The text of an error; error messages carry no hash, so this is looked at first (contract 1.4)."""
    return message.get("error") or "" if normal_word(message.get("status") or "") == "error" else None


def _must_not_be_error(message: PaynowMessage) -> None:
    """Raise Unclear for an error: unauthenticated, it proves nothing about a payment (contract 4.2, 8.2)."""
    error = _error_of(message)
    if error is not None:
        log.warning("Paynow answered a question with an error", extra={"problem": error})
        raise Unclear("an error")


def _proven_status(message: PaynowMessage, integration: Integration) -> str:
    """The status in its normal form, if the hash proves the message."""
    if not message.is_authentic(integration.key.get_secret_value()):
        log.error("an answer of Paynow has a wrong hash", extra={"integration": integration.id})
        raise Unclear("a wrong hash")
    return normal_word(message.get("status") or "")


def _report(message: PaynowMessage, evidence: str) -> StatusReport:
    reference, amount, status = (message.get(name) for name in ("reference", "amount", "status"))
    if not reference or not amount or not status:
        raise Unclear("a status without reference or amount")
    try:
        exact = Decimal(amount)
    except InvalidOperation:
        raise Unclear("an amount that is none") from None
    if not exact.is_finite():
        raise Unclear("an amount that is none")
    return StatusReport(
        reference=reference,
        paynow_reference=message.get("paynowreference") or None,
        amount=exact,
        status=status,
        evidence=evidence,
    )
