"""What one HTTP answer of credex-core proves: an answer, a refusal, or nothing; and whether the core is well.

Decided by HTTP status and `details.code`, never by text (contract 2.2, 5.6, 7).
"""

from __future__ import annotations

import logging

import httpx

from services.credex.adapters.wire import Envelope, NotAnEnvelope
from services.credex.domain.answer import OUTSIDE_THE_RULES, Refusal
from shared.outcalls.calls import Unclear

log = logging.getLogger(__name__)

CHECKED_FIRST = frozenset(
    {
        *("INSUFFICIENT_SECURED_BALANCE", "TIER_LIMIT_EXCEEDED", "INVALID_ACCOUNTS"),
        *("MISSING_DUE_DATE", "INVALID_DUE_DATE", "VALIDATION_ERROR", "UNAUTHORIZED_ACCESS"),
    }
)
"""Codes of checks that come before the core acts, whatever status a build gives them (contract 3.6)."""
NOTHING_DONE = frozenset(
    {
        ("hustler10k", "CREDEX_CREATE_FAILED"),
        ("hustler10k", "GREATSUN_ACCOUNT_NOT_FOUND"),
        ("hustler10k", "GREATSUN_MEMBER_NOT_FOUND"),
    }
)
"""Failures of the core's own (5xx) that come before it acts (contract 3.13); any other leaves it open."""
ONE_PERSON_S = frozenset({("onboardMember", "ACCOUNT_CREATE_FAILED")})
"""5xx that tell of what one person asked, not of the core: their handle is another account's (contract 5.2, rule 8)."""


class Refused(Exception):
    """The core certainly did not act; `refusal` says why."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(refusal.code)


class Reply:
    """The answer to a request at `path`."""

    def __init__(self, path: str, response: httpx.Response) -> None:
        self._path = path
        self._response = response
        self._envelope: Envelope | None = None
        self._problem = ""
        try:
            self._envelope = Envelope(response.content)
        except NotAnEnvelope as error:
            self._problem = str(error)

    @property
    def status(self) -> int:
        """The HTTP status; of an error that comes with 200 the one that its type should have."""
        status = self._response.status_code
        error = self._envelope.error_status if self._envelope and status < 400 else None
        return error or status

    @property
    def is_a_refused_token(self) -> bool:
        """401: the token is too old or not of this core, or, by key, our key is wrong (contract 2.3)."""
        return self._response.status_code == httpx.codes.UNAUTHORIZED

    @property
    def is_without_its_key(self) -> bool:
        """The core itself has no client key set: the layer before the endpoints says so by text only (contract 2.3)."""
        return self.status == 500 and self._envelope is None and b"Server configuration error" in self._response.content

    @property
    def new_token(self) -> str | None:
        """From the header of every answer to a signed request (contract 2.3)."""
        kind, _, token = self._response.headers.get("authorization", "").partition(" ")
        return token.strip() or None if kind.lower() == "bearer" else None

    @property
    def retry_after(self) -> float | None:
        """Seconds, where the core says it."""
        text = self._response.headers.get("retry-after", "")
        return float(text) if text.isascii() and text.isdecimal() and len(text) < 6 else None

    @property
    def shows_trouble(self) -> bool:
        """Whether it tells that the core is not well, for the circuit: its own failures (5xx), and pages of others.

        What it refuses, if only by a code, shows that it works; the rest of 4xx is the operator's affair, or ours.
        """
        if self._envelope is None:
            return not 400 <= self.status < 500 and not self.is_without_its_key
        code = self._envelope.refusal(self.status).code
        return self.status >= 500 and not self._is_refusal and (self._path, code) not in ONE_PERSON_S

    @property
    def _is_refusal(self) -> bool:
        if self._envelope is None:
            return False
        code = self._envelope.refusal(self.status).code
        checked = code in CHECKED_FIRST or (self._path, code) in NOTHING_DONE
        return 400 <= self.status < 500 or (self.status >= 500 and checked)

    def proven(self) -> Envelope:
        """The answer, if it is one. Raises Refused, and Unclear where nothing is proven."""
        about = {"endpoint": self._path, "status": self._response.status_code}
        if self._envelope is None:
            if 400 <= self.status < 500:
                log.error("credex-core refused a request outside its rules", extra=about)
                raise Refused(Refusal(status=self.status, code=OUTSIDE_THE_RULES))
            raise Unclear(f"{self._problem}, HTTP {self.status}")
        if 200 <= self.status < 300:
            return self._envelope
        refusal = self._envelope.refusal(self.status)
        if self._is_refusal:
            log.info("credex-core refused", extra={**about, "code": refusal.code})
            raise Refused(refusal)
        raise Unclear(f"HTTP {self.status} {refusal.code}")

    def raise_if_for_another_reason(self) -> None:
        """Raise Refused where a 401 comes from behind the check of tokens, which has no envelope (contract 2.2)."""
        if self._envelope is not None:
            raise Refused(self._envelope.refusal(self.status))
