"""Who is signed in: one-time codes and sessions, kept by the server; cookies hold signed ids only."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from aiohttp import web
from pydantic import BaseModel

from services.reporting.settings import ReportingSettings
from services.reporting.store import FINANCE_PEOPLE, FinancePerson
from shared.bus.entry import Arrival, Entry
from shared.contracts.base import Message
from shared.contracts.notifier import PlainText, SendMessage, TemplateFallback
from shared.kernel.clock import Clock
from shared.kernel.errors import Refusal
from shared.kernel.ids import Chance, MemberId, new_id
from shared.kernel.phone import NotAPhone, parse_phone
from shared.store.documents import Kind

CODE_LIFE = timedelta(minutes=5)
TRIES = 5
WINDOW = timedelta(minutes=15)
CODES_PER_PHONE = 5
CODES_PER_ADDRESS = 20
SESSION_COOKIE = "finance"
FORM_COOKIE = "finance-form"


class SignIn(BaseModel):
    """One attempt. `member` None: the number is none of finance, and no code is right."""

    member: MemberId | None
    code: str
    """Keyed hash."""
    until: datetime
    tries: int = 0
    used: bool = False


class Session(BaseModel):
    """Somebody of finance on the pages."""

    member: MemberId
    until: datetime
    ended: bool = False


class Allowance(BaseModel):
    """When codes were asked for lately, by one number or from one address."""

    times: list[datetime] = []


SIGN_INS = Kind("sign_ins", SignIn, home="redis", keep=timedelta(hours=1))
SESSIONS = Kind("finance_sessions", Session, home="redis", keep=timedelta(days=1))
ALLOWANCES = Kind("sign_in_allowances", Allowance, home="redis", keep=timedelta(hours=1))


class TooMany(Refusal):
    """Too many codes were asked for."""


class WrongCode(Refusal):
    """The code does not sign anybody in."""


class Sessions:
    """Signs people in and out. All state is in the store: any replica serves any request."""

    def __init__(self, entry: Entry, settings: ReportingSettings, clock: Clock, chance: Chance) -> None:
        self._entry = entry
        self._settings = settings
        self._key = settings.cookie_key.get_secret_value().encode()
        self._clock = clock
        self._chance = chance

    async def send_code(self, phone: str, address: str) -> str:
        """Send a code if the number is of finance; returns the id of the attempt either way. Raises TooMany."""
        await self._allow(f"address:{self.sign('address', address)}", CODES_PER_ADDRESS)
        try:
            number = parse_phone(phone)
        except NotAPhone:
            number = ""
        await self._allow(f"phone:{self.sign('phone', number or phone)}", CODES_PER_PHONE)
        person = (await self._entry.read(FINANCE_PEOPLE, [number])).get(number)
        if number not in self._settings.finance_phone:
            person = None
        id = new_id("S", self._chance)
        code = f"{self._chance.getrandbits(64) % 1_000_000:06}"
        until = self._clock.now() + CODE_LIFE
        attempt = SignIn(member=person.member if person else None, code=self.sign(id, code), until=until)
        organisation = self._settings.organisation_name
        messages: list[Message] = [_message(person.member, code, organisation, until)] if person else []
        await self._entry.accept([Arrival(SIGN_INS, id, attempt, messages)])
        return id

    async def sign_in(self, attempt_id: str, code: str) -> tuple[str, Session]:
        """A session for the right code. Raises WrongCode, with what to do next."""
        now = self._clock.now()
        right = False

        def judge(attempt: SignIn) -> list[Message]:
            nonlocal right
            attempt.tries += 1
            if attempt.used or attempt.until <= now or attempt.tries > TRIES:
                raise WrongCode("This code is over; ask for a new one.")
            right = hmac.compare_digest(attempt.code, self.sign(attempt_id, code)) and attempt.member is not None
            attempt.used = right
            return []

        if attempt_id not in await self._entry.read(SIGN_INS, [attempt_id]):
            raise WrongCode("This code is over; ask for a new one.")
        attempt = await self._entry.change(SIGN_INS, attempt_id, judge)
        if not right or attempt.member is None:
            left = TRIES - attempt.tries
            if not left:
                raise WrongCode("This code is over; ask for a new one.")
            raise WrongCode(f"That is not the code; you can try {left} more {'time' if left == 1 else 'times'}.")
        life = timedelta(minutes=self._settings.finance_session_minutes)
        session = Session(member=attempt.member, until=now + life)
        id = new_id("F", self._chance)
        await self._entry.create(SESSIONS, {id: session})
        return id, session

    async def of(self, request: web.Request) -> tuple[str, Session] | None:
        """The session of a request, while it lasts and its person is of finance."""
        id = self.unsigned(request.cookies.get(SESSION_COOKIE, ""))
        session = (await self._entry.read(SESSIONS, [id])).get(id) if id else None
        if id is None or session is None or session.ended or session.until <= self._clock.now():
            return None
        people = await self._entry.find(FINANCE_PEOPLE, {"member": session.member})
        if not any(person.phone in self._settings.finance_phone for person in people):
            return None
        return id, session

    async def end(self, id: str) -> None:
        """Sign out: the cookie is worth nothing any more, wherever it was copied to."""

        def change(session: Session) -> list[Message]:
            session.ended = True
            return []

        await self._entry.change(SESSIONS, id, change)

    async def people(self) -> list[FinancePerson]:
        """Everybody of finance who was heard of."""
        found = await self._entry.find(FINANCE_PEOPLE, {})
        return [person for person in found if person.phone in self._settings.finance_phone]

    def sign(self, *parts: str) -> str:
        """The keyed hash of the parts."""
        return hmac.new(self._key, "\x1f".join(parts).encode(), hashlib.sha256).hexdigest()

    def signed(self, id: str) -> str:
        """An id as a cookie holds it."""
        return f"{id}.{self.sign('cookie', id)}"

    def unsigned(self, cookie: str) -> str | None:
        """The id in a cookie that we signed; None for any other."""
        id, _, signature = cookie.partition(".")
        good = hmac.compare_digest(signature.encode("utf-8", "replace"), self.sign("cookie", id).encode())
        return id if good else None

    def csrf(self, id: str) -> str:
        """The token of the forms of a session, or of the form cookie of somebody who is not signed in."""
        return self.sign("csrf", id)

    async def _allow(self, key: str, most: int) -> None:
        now = self._clock.now()

        def count(allowance: Allowance) -> list[Message]:
            allowance.times = [at for at in allowance.times if at > now - WINDOW]
            if len(allowance.times) >= most:
                raise TooMany("Too many codes were asked for; wait a quarter of an hour.")
            allowance.times.append(now)
            return []

        await self._entry.create(ALLOWANCES, {key: Allowance()})
        await self._entry.change(ALLOWANCES, key, count)


def _message(member: MemberId, code: str, organisation: str, until: datetime) -> SendMessage:
    body = f"*{code}* is your code for the finance pages of {organisation}. It works for 5 minutes. Give it to nobody."
    template = TemplateFallback(name="sign_in_code", parameters=(code,))
    content = PlainText(body=body)
    # A code that is late is worth nothing, and confuses with the next one (WhatsApp contract 4.2).
    return SendMessage(member=member, content=content, purpose="notice", template=template, valid_until=until)
