"""Links to the files of reports that are too big to be sent: signed, and good for a week. Beside adapters and pages,
since one makes them and the other takes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from services.reporting.settings import ReportingSettings
from shared.http.signed_links import SignedLinks
from shared.kernel.clock import Clock
from shared.kernel.errors import Refusal

LIFE = timedelta(days=7)


class BadLink(Refusal):
    """The address was not made here, or its time is over; the text says which."""


class Links:
    """Whoever has a link has the file: it goes to the phone of somebody of finance and nowhere else."""

    def __init__(self, settings: ReportingSettings, clock: Clock) -> None:
        self._base = f"{settings.public_url.rstrip('/')}/finance/files"
        self._links = SignedLinks(settings.cookie_key, "link", LIFE, clock)

    def to(self, file_id: str) -> str:
        """The address of a file, from now on for a week."""
        return f"{self._base}/{file_id}?{self._links.query(file_id)}"

    def check(self, file_id: str, query: Mapping[str, str]) -> None:
        """Raise BadLink unless the address is ours and its time is not over."""
        match self._links.state(file_id, query):
            case "forged":
                raise BadLink("This address was not made here; take the link from the chat, whole.")
            case "expired":
                raise BadLink("This link is over; ask for the report again.")
