"""Addresses that hold for a while: signed, so that nobody makes one up or makes it last."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Literal

from pydantic import SecretStr

from shared.kernel.clock import Clock


class SignedLinks:
    """Links to things of one `name`, each by its id; the name keeps one kind's signature from fitting another's."""

    def __init__(self, key: SecretStr, name: str, life: timedelta, clock: Clock) -> None:
        self._key = key.get_secret_value().encode()
        self._name = name
        self._life = life
        self._clock = clock

    def query(self, id: str) -> str:
        """What makes an address good from now on, for as long as links live: `expires=…&signature=…`."""
        expires = str(int((self._clock.now() + self._life).timestamp()))
        return f"expires={expires}&signature={self._sign(id, expires)}"

    def state(self, id: str, query: Mapping[str, str]) -> Literal["good", "forged", "expired"]:
        """What is to be thought of an address that somebody came with."""
        expires = query.get("expires", "")
        given = query.get("signature", "").encode("utf-8", "replace")
        if not hmac.compare_digest(given, self._sign(id, expires).encode()):
            return "forged"
        return "expired" if datetime.fromtimestamp(int(expires), UTC) <= self._clock.now() else "good"

    def _sign(self, id: str, expires: str) -> str:
        return hmac.new(self._key, f"{self._name}\n{id}\n{expires}".encode(), hashlib.sha256).hexdigest()
