"""What stands before the business rules: rate limit, client key, token (contract 2.3, 2.4, 2.7)."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sandbox.credex_core.books import Books, Member
from sandbox.credex_core.refusals import Unenveloped
from sandbox.credex_core.settings import CredexCoreSettings
from sandbox.credex_core.tokens import Tokens

WINDOW = timedelta(seconds=60)


class TooMany(Exception):
    """429 in plain text; `after` is when the window is over, in whole seconds."""

    def __init__(self, after: int) -> None:
        self.after = after
        super().__init__(after)


class Gate:
    """Lets requests in. `limit` may change while it runs; 0 limits nothing."""

    def __init__(self, settings: CredexCoreSettings, books: Books, tokens: Tokens, now: Callable[[], datetime]) -> None:
        self.limit = settings.requests_per_minute
        self._key = settings.client_key.encode()
        self._books = books
        self._tokens = tokens
        self._now = now
        self._windows: dict[str, tuple[datetime, int]] = {}

    def count(self, address: str) -> None:
        """Count a request in its address's window of a minute. Raises TooMany."""
        if not self.limit:
            return
        now = self._now()
        began, seen = self._windows.get(address, (now, 0))
        if now - began >= WINDOW:
            began, seen = now, 0
        self._windows[address] = (began, seen + 1)
        if seen >= self.limit:
            raise TooMany(max(1, round((began + WINDOW - now).total_seconds())))

    def forget(self) -> None:
        """All windows begin anew."""
        self._windows.clear()

    def check_client(self, key: str | None) -> None:
        """Raises Unenveloped 401 for any key but ours."""
        if not hmac.compare_digest((key or "").encode(), self._key):
            raise Unenveloped(401, "Unauthorized client")

    def signer(self, header: str | None) -> tuple[Member, str]:
        """The member behind a token, and the next token. Raises Unenveloped 401."""
        claims: dict[str, Any] = self._tokens.check(header, self._now())
        member = self._books.members.get(claims["memberID"])
        if member is None:
            raise Unenveloped(401, "Invalid token")
        return member, self._tokens.renew(claims, self._now())
