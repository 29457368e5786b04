"""Reporting's HTTP: the pages of finance under /finance, which the gateway forwards, and the files of reports."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from aiohttp import web

from services.reporting.pages.desk import Desk
from services.reporting.pages.exceptions import Exceptions
from services.reporting.pages.page import STATIC
from services.reporting.pages.payments import Payments, Writer
from services.reporting.pages.reports import Reports
from services.reporting.pages.signing_in import SigningIn
from services.reporting.pages.today import Today
from services.reporting.pages.volunteers import Volunteers
from shared.http.files import Files
from shared.http.inside import only_from_inside

TYPES = {".css": "text/css", ".svg": "image/svg+xml"}


class Routes:
    """The pages, over a Desk."""

    def __init__(self, desk: Desk, files: Files, export: Callable[[Path], Writer], token: str) -> None:
        self._desk = desk
        self._token = token
        self._signing_in = SigningIn(desk)
        self._today = Today(desk)
        self._payments = Payments(desk, export)
        self._exceptions = Exceptions(desk)
        self._reports = Reports(desk, files)
        self._volunteers = Volunteers(desk)

    def add_to(self, app: web.Application) -> None:
        """Add every route: all for the gateway alone, and all but the first five for those who are signed in."""
        open_to_all = (
            ("GET", "/sign-in", self._signing_in.ask_number),
            ("POST", "/sign-in", self._signing_in.send_code),
            ("POST", "/code", self._signing_in.take_code),
            ("GET", "/static/{name}", self.static),
            ("GET", "/files/{id}", self._reports.linked),
        )
        for method, path, handler in open_to_all:
            app.router.add_route(method, f"/finance{path}", only_from_inside(self._token, handler))
        pages = (
            ("GET", "", self._today.show),
            ("POST", "/sign-out", self._signing_in.sign_out),
            ("GET", "/payments", self._payments.table),
            ("GET", "/payments.csv", self._payments.export),
            ("GET", "/payments/{id}", self._payments.one),
            ("GET", "/exceptions", self._exceptions.table),
            ("POST", "/statements", self._exceptions.load),
            ("GET", "/exceptions/{id}", self._exceptions.one),
            ("POST", "/exceptions/{id}", self._exceptions.act),
            ("GET", "/reports", self._reports.table),
            ("POST", "/reports", self._reports.ask),
            ("GET", "/reports/{id}", self._reports.file),
            ("GET", "/donors", self._reports.donors),
            ("GET", "/donors/{member}", self._reports.donor),
            ("GET", "/volunteers", self._volunteers.table),
            ("GET", "/volunteers.csv", self._volunteers.export),
            ("GET", "/audit", self._reports.audit),
            ("GET", "/audit.csv", self._reports.audit_csv),
            ("GET", "/settings", self._reports.settings),
        )
        for method, path, view in pages:
            app.router.add_route(method, f"/finance{path}", only_from_inside(self._token, self._desk.guarded(view)))

    async def static(self, request: web.Request) -> web.StreamResponse:
        """The style sheet and the pictures."""
        file = STATIC / Path(request.match_info["name"]).name
        if file.suffix not in TYPES or not file.is_file():
            raise web.HTTPNotFound
        response = web.Response(body=file.read_bytes(), content_type=TYPES[file.suffix], charset="utf-8")
        response.headers["cache-control"] = "public, max-age=3600"
        return self._desk.secured(response)
