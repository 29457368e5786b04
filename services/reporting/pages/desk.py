"""What every page has: who asks, the forms' token, the audit trail. Each page module gets a Desk."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from aiohttp import web
from multidict import MultiDictProxy

from services.reporting.domain.calendar import Period
from services.reporting.domain.rows import harare_day
from services.reporting.pages.page import HEADERS, page
from services.reporting.pages.sessions import FORM_COOKIE, SESSION_COOKIE, Sessions
from services.reporting.settings import ReportingSettings
from services.reporting.store import STAFF_USE, StaffUse
from shared.bus.entry import Entry
from shared.http.server import BY_TLS_FROM_NOW_ON
from shared.kernel.clock import Clock
from shared.kernel.errors import Refusal
from shared.kernel.ids import Chance, MemberId, new_id

Form = MultiDictProxy[str | bytes | bytearray | web.FileField]

LONGEST_DAYS = 800


class BadForm(Refusal):
    """What was filled in does not fit; the text says what does."""


@dataclass(frozen=True)
class Visit:
    """One request of somebody who is signed in."""

    request: web.Request
    session: str
    member: MemberId
    csrf: str


View = Callable[[Visit], Awaitable[web.StreamResponse]]


class Desk:
    """What pages work with."""

    def __init__(
        self, entry: Entry, settings: ReportingSettings, sessions: Sessions, clock: Clock, chance: Chance
    ) -> None:
        self.entry = entry
        self.settings = settings
        self.sessions = sessions
        self.clock = clock
        self.chance = chance

    @property
    def today(self) -> date:
        """The day in Harare."""
        return harare_day(self.clock.now())

    @property
    def now(self) -> datetime:
        """The time, in UTC."""
        return self.clock.now()

    def guarded(self, view: View) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """The view for those who are signed in; others are shown the way. Forms need their token."""

        async def handle(request: web.Request) -> web.StreamResponse:
            found = await self.sessions.of(request)
            if found is None:
                response: web.StreamResponse = web.Response(status=303, headers={"location": "/finance/sign-in"})
                return self.secured(response)
            id, session = found
            visit = Visit(request, id, session.member, self.sessions.csrf(id))
            if request.method == "POST":
                form = await request.post()
                if not self.is_ours(request, form, visit.csrf):
                    return self.refused(403, "The form is too old; go back, load the page again, and send it again.")
            try:
                return self.secured(await view(visit))
            except Refusal as error:
                return self.refused(422, str(error))
            except web.HTTPNotFound:
                return self.refused(404, "There is nothing here; it may have been mistyped.")

        return handle

    def is_ours(self, request: web.Request, form: Form, token: str) -> bool:
        """Whether a form was sent from a page of ours: by its token, and by what the browser says."""
        given = form.get("csrf")
        from_us = request.headers.get("sec-fetch-site", "same-origin") in {"same-origin", "none"}
        return from_us and isinstance(given, str) and hmac.compare_digest(given.encode(), token.encode())

    def show(self, visit: Visit, template: str, /, **values: object) -> web.Response:
        """A page with what all pages of somebody signed in have."""
        return page(template, {"csrf": visit.csrf, "organisation": self.settings.organisation_name, **values})

    def refused(self, status: int, sentence: str) -> web.StreamResponse:
        """A page that says what is wrong."""
        organisation = self.settings.organisation_name
        values = {"sentence": sentence, "organisation": organisation, "csrf": ""}
        return self.secured(page("problem.html", values, status=status))

    def secured(self, response: web.StreamResponse) -> web.StreamResponse:
        """The answer under the policy of all pages."""
        for name, value in (HEADERS | (BY_TLS_FROM_NOW_ON if self._is_secure else {})).items():
            response.headers.setdefault(name, value)
        return response

    def set_cookie(self, response: web.StreamResponse, name: str, id: str, seconds: int | None) -> None:
        """A cookie that no script reads and no other site sends along with a form."""
        response.set_cookie(
            name,
            self.sessions.signed(id),
            max_age=seconds,
            path="/finance",
            httponly=True,
            secure=self._is_secure,
            samesite="Lax",
        )

    def drop_cookie(self, response: web.StreamResponse) -> None:
        """Forget the session in the browser, too."""
        response.del_cookie(SESSION_COOKIE, path="/finance")

    def form_id(self, request: web.Request) -> str | None:
        """What the forms of somebody not signed in belong to."""
        return self.sessions.unsigned(request.cookies.get(FORM_COOKIE, ""))

    async def note(self, visit: Visit, what: str) -> None:
        """Write into the audit trail."""
        use = StaffUse(member=visit.member, command=what, allowed=True, at=self.now)
        await self.entry.create(STAFF_USE, {new_id("U", self.chance): use})

    def period(self, query: Mapping[str, str], days: int) -> Period:
        """The period that was asked for, or the last `days` days. Raises BadForm."""
        try:
            last = date.fromisoformat(query.get("last") or self.today.isoformat())
            first = date.fromisoformat(query.get("first") or (last - timedelta(days=days - 1)).isoformat())
        except ValueError:
            raise BadForm("Write days like 2026-11-24.") from None
        period = Period(first, last)
        if not 0 < period.days <= LONGEST_DAYS:
            raise BadForm(f"The first day comes before the last one, at most {LONGEST_DAYS} days apart.")
        return period

    @property
    def _is_secure(self) -> bool:
        return self.settings.public_url.startswith("https:")


def field(form: Form, name: str, most: int = 1000) -> str:
    """The text of a field; empty where there is none."""
    value = form.get(name, "")
    return value.strip()[:most] if isinstance(value, str) else ""


def see_other(place: str) -> web.Response:
    """After a form: show that page."""
    return web.Response(status=303, headers={"location": place})
