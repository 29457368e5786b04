"""Links to the files of reports that are too big to be sent: signed, and good for a week. Beside adapters and pages,
since one makes them and the other takes them.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

from services.reporting.settings import ReportingSettings
from shared.kernel.clock import Clock
from shared.kernel.errors import Refusal

LIFE = timedelta(days=7)


class BadLink(Refusal):
    """The address was not made here, or its time is over; the text says which."""


class Links:
    """Whoever has a link has the file: it goes to the phone of somebody of finance and nowhere else."""

    def __init__(self, settings: ReportingSettings, clock: Clock) -> None:
        self._base = f"{settings.public_url.rstrip('/')}/finance/files"
        self._key = settings.cookie_key.get_secret_value().encode()
        self._clock = clock

    def to(self, file_id: str) -> str:
        """The address of a file, from now on for a week."""
        expires = str(int((self._clock.now() + LIFE).timestamp()))
        return f"{self._base}/{file_id}?expires={expires}&signature={self._sign(file_id, expires)}"

    def check(self, file_id: str, expires: str, signature: str) -> None:
        """Raise BadLink unless the address is ours and its time is not over."""
        if not hmac.compare_digest(signature.encode("utf-8", "replace"), self._sign(file_id, expires).encode()):
            raise BadLink("This address was not made here; take the link from the chat, whole.")
        if datetime.fromtimestamp(int(expires), UTC) <= self._clock.now():
            raise BadLink("This link is over; ask for the report again.")

    def _sign(self, file_id: str, expires: str) -> str:
        return hmac.new(self._key, f"link\n{file_id}\n{expires}".encode(), hashlib.sha256).hexdigest()
