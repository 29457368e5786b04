"""Payments' own HTTP: files for the notifier, and the page that tells whether a receipt is true (product 2)."""

from __future__ import annotations

from aiohttp import web

from services.payments.domain.receipt_code import Facts, asked_for, facts_of, is_true
from services.payments.store import RECEIPTS
from services.payments.verify_page import headers_at, page_of
from shared.http.files import Files
from shared.http.inside import only_from_inside
from shared.runtime.service import Tools


class Routes:
    """The routes, over the entry to payments' documents."""

    def __init__(self, tools: Tools, files: Files, public_url: str) -> None:
        self._entry = tools.entry
        self._files = files
        self._headers = headers_at(public_url)
        self._token = tools.common.service_token.get_secret_value()

    def add_to(self, app: web.Application) -> None:
        """Add every route of payments."""
        self._files.add_to(app)
        app.router.add_get("/verify/{code}", only_from_inside(self._token, self.verify))

    async def verify(self, request: web.Request) -> web.Response:
        """The page of a receipt, by number or signed payload: 200 when we issued it, else 404."""
        facts = await self._find(request.match_info["code"])
        status = 200 if facts else 404
        return web.Response(text=page_of(facts), content_type="text/html", headers=self._headers, status=status)

    async def _find(self, code: str) -> Facts | None:
        asked = asked_for(code)
        if asked is None:
            return None
        number, signed = asked
        found = await self._entry("payments").find(RECEIPTS, {"code": number})
        return facts_of(found[0]) if found and is_true(found[0], signed) else None
