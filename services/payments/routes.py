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
        facts, replaced_by = await self._find(request.match_info["code"])
        status = 200 if facts else 404
        page = page_of(facts, replaced_by)
        return web.Response(text=page, content_type="text/html", headers=self._headers, status=status)

    async def _find(self, code: str) -> tuple[Facts | None, str | None]:
        """What the receipt says, and the number of the one that has taken its place."""
        asked = asked_for(code)
        if asked is None:
            return None, None
        number, signed = asked
        entry = self._entry("payments")
        found = await entry.find(RECEIPTS, {"code": number})
        if not found or not is_true(found[0], signed):
            return None, None
        newer = (await entry.read(RECEIPTS, [number])).get(number)
        return facts_of(found[0]), newer.code if newer else None
