"""A browser of finance at the gateway."""

from __future__ import annotations

import re

import httpx

from tests.journeys.phone import Phone
from tests.journeys.system import System


class Pages:
    """Signed in by the code that WhatsApp brings."""

    def __init__(self, system: System, staff: Phone) -> None:
        self._http = httpx.Client(base_url=system.gateway, follow_redirects=True, timeout=30)
        assert self.get("/finance").url.path == "/finance/sign-in"
        self.send("/finance/sign-in", phone=staff.number)
        [code] = re.findall(r"\*(\d{6})\*", staff.hears("is your code"))
        assert self.send("/finance/code", code=code).url.path == "/finance"

    def get(self, path: str) -> httpx.Response:
        self.last = self._http.get(path)
        return self.last

    def send(self, path: str, **fields: str) -> httpx.Response:
        """Send a form of the page at hand."""
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', self.last.text))
        self.last = self._http.post(path, data={**hidden, **fields})
        return self.last

    def close(self) -> None:
        self._http.close()
