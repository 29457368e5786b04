"""Tokens as the core signs them: HS256, five minutes idle, six hours in all, no `exp` (contract 2.3)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

from sandbox.credex_core.refusals import Unenveloped

IDLE_SECONDS = 300
ABSOLUTE_SECONDS = 6 * 3600


class Tokens:
    """Signs and checks; stateless, so that an old token stays good until its own time is over."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def issue(self, member_id: str, now: datetime) -> str:
        """The token of a login."""
        at = int(now.timestamp())
        return self._sign(
            {"memberID": member_id, "iat": at, "lastActivity": at, "absoluteExpiry": at + ABSOLUTE_SECONDS}
        )

    def check(self, header: str | None, now: datetime) -> dict[str, Any]:
        """The claims behind an `Authorization` header. Raises Unenveloped 401."""
        if not header:
            raise Unenveloped(401, "Authentication required")
        claims = self._claims(header.removeprefix("Bearer ").strip())
        if claims is None:
            raise Unenveloped(401, "Invalid token")
        at = int(now.timestamp())
        if at - claims["lastActivity"] > IDLE_SECONDS or at > claims["absoluteExpiry"]:
            raise Unenveloped(401, "Token expired")
        return claims

    def renew(self, claims: dict[str, Any], now: datetime) -> str:
        """The next token: activity renewed, absolute expiry kept."""
        return self._sign({**claims, "lastActivity": int(now.timestamp())})

    def _sign(self, claims: dict[str, Any]) -> str:
        head = _encoded({"alg": "HS256", "typ": "JWT"})
        signed = f"{head}.{_encoded(claims)}"
        return f"{signed}.{self._signature(signed)}"

    def _signature(self, signed: str) -> str:
        return _base64(hmac.new(self._secret, signed.encode(), hashlib.sha256).digest())

    def _claims(self, token: str) -> dict[str, Any] | None:
        signed, _, signature = token.rpartition(".")
        if not hmac.compare_digest(self._signature(signed).encode(), signature.encode()):
            return None
        claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(signed.partition(".")[2] + "=="))
        return claims


def _encoded(value: dict[str, Any]) -> str:
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
