"""Sign-in: the number, then the code that WhatsApp brings. Whether a number is of finance is never told."""

from __future__ import annotations

from aiohttp import web

from services.reporting.pages.desk import Desk, Visit, field, see_other
from services.reporting.pages.page import page
from services.reporting.pages.sessions import FORM_COOKIE, SESSION_COOKIE, TooMany, WrongCode
from services.reporting.store import STAFF_USE, StaffUse
from shared.kernel.ids import new_id


class SigningIn:
    """The pages before one is signed in, and the way out."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def ask_number(self, request: web.Request) -> web.StreamResponse:
        """The form for the number."""
        return self._form(request, "sign_in.html")

    async def send_code(self, request: web.Request) -> web.StreamResponse:
        """Send a code, and show the form for it."""
        form = await request.post()
        id = self._desk.form_id(request)
        if id is None or not self._desk.is_ours(request, form, self._desk.sessions.csrf(id)):
            return self._form(request, "sign_in.html", "The form was too old; please try again.", 403)
        address = request.headers.get("x-forwarded-for") or request.remote or ""
        try:
            attempt = await self._desk.sessions.send_code(field(form, "phone", 40), address)
        except TooMany as error:
            return self._form(request, "sign_in.html", str(error), 429)
        return self._form(request, "code.html", attempt=self._desk.sessions.signed(attempt))

    async def take_code(self, request: web.Request) -> web.StreamResponse:
        """Sign in with the right code."""
        form = await request.post()
        id = self._desk.form_id(request)
        attempt = self._desk.sessions.unsigned(field(form, "attempt"))
        if id is None or attempt is None or not self._desk.is_ours(request, form, self._desk.sessions.csrf(id)):
            return self._form(request, "sign_in.html", "The form was too old; please try again.", 403)
        code = "".join(field(form, "code", 20).split())
        try:
            session_id, session = await self._desk.sessions.sign_in(attempt, code)
        except WrongCode as error:
            signed = self._desk.sessions.signed(attempt)
            return self._form(request, "code.html", str(error), 403, attempt=signed)
        use = StaffUse(member=session.member, command="signed in", allowed=True, at=self._desk.now)
        await self._desk.entry.create(STAFF_USE, {new_id("U", self._desk.chance): use})
        response = self._desk.secured(see_other("/finance"))
        self._desk.set_cookie(response, SESSION_COOKIE, session_id, self._desk.settings.finance_session_minutes * 60)
        return response

    async def sign_out(self, visit: Visit) -> web.StreamResponse:
        """End the session."""
        await self._desk.sessions.end(visit.session)
        response = see_other("/finance/sign-in")
        self._desk.drop_cookie(response)
        return response

    def _form(
        self, request: web.Request, template: str, sentence: str = "", status: int = 200, **values: object
    ) -> web.StreamResponse:
        id = self._desk.form_id(request) or new_id("B", self._desk.chance)
        organisation = self._desk.settings.organisation_name
        csrf = self._desk.sessions.csrf(id)
        known = {"sentence": sentence, "organisation": organisation, "csrf": csrf}
        response = self._desk.secured(page(template, {**known, **values}, status=status))
        self._desk.set_cookie(response, FORM_COOKIE, id, 3600)
        return response
