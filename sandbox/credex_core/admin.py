"""What a tester may do from outside, under `/_sim/` (contract 5.4). None of it is in the real core.

    GET    /_sim/            a page of all accounts, with forms to top up and to let days pass
    GET    /_sim/state       members, accounts, credexes, switches, faults, clock
    GET    /_sim/requests    the paths of the requests that came, oldest first
    POST   /_sim/reset       forget all, begin with the seed
    POST   /_sim/clock       {"advance": seconds}
    POST   /_sim/midnight    advance to the next midnight in UTC (a daily offering)
    POST   /_sim/fund        {"handle", "denomination", "amount"}: a credex of the trust, accepted
    POST   /_sim/tier        {"phone", "tier"}
    POST   /_sim/quirks      switches by name (quirks.py)
    POST   /_sim/limit       {"requests": 30}: requests a minute; 0: no limit
    POST   /_sim/faults      arm a fault (quirks.py)
    DELETE /_sim/faults      disarm all

Bodies are JSON or forms; answers are JSON, but a form is sent back to the page. The contract's own names for the same
are in hooks.py.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from aiohttp import web
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError

from sandbox.console.pages import page
from sandbox.credex_core.amounts import DECIMALS, formatted
from sandbox.credex_core.books import PENDING
from sandbox.credex_core.core import Core
from sandbox.credex_core.quirks import Fault, Quirks
from sandbox.credex_core.seed import fund
from sandbox.credex_core.views import iso

RECENT = 30
TIERS = {1: "Open", 2: "Verified", 3: "Hustler", 4: "Entrepreneur", 5: "Staff"}


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Advance(_Form):
    advance: float = Field(ge=0, le=366 * 24 * 3600, validation_alias=AliasChoices("advance", "seconds"))


class _Fund(_Form):
    handle: str = Field(validation_alias=AliasChoices("handle", "accountHandle"))
    denomination: str
    amount: Decimal = Field(gt=0, allow_inf_nan=False)


class _Tier(_Form):
    phone: str
    tier: int = Field(ge=1, le=5)


class _Limit(_Form):
    requests: int = Field(ge=0)


F = TypeVar("F", bound=BaseModel)


class Admin:
    """The admin API and page of one stand-in."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._books = core.books

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/_sim/", self.page),
            web.get("/_sim/state", self.state),
            web.get("/_sim/requests", self.requests),
            web.post("/_sim/reset", self.reset),
            web.post("/_sim/clock", self.advance),
            web.post("/_sim/midnight", self.midnight),
            web.post("/_sim/fund", self.fund),
            web.post("/_sim/tier", self.tier),
            web.post("/_sim/quirks", self.quirks),
            web.post("/_sim/limit", self.limit),
            web.post("/_sim/faults", self.arm),
            web.delete("/_sim/faults", self.disarm),
        ]

    async def page(self, _: web.Request) -> web.Response:
        self._catch_up()
        return page("credex.html", **self._shown(), denominations=list(DECIMALS))

    async def state(self, _: web.Request) -> web.Response:
        self._catch_up()
        return web.json_response(
            {
                **self._shown(),
                "now": iso(self._core.timers.now()),
                "quirks": self._core.quirks.model_dump(),
                "faults": [fault.model_dump() for fault in self._core.faults.armed],
                "requests_per_minute": self._core.gate.limit,
            }
        )

    async def requests(self, _: web.Request) -> web.Response:
        return web.json_response(self._core.seen)

    async def reset(self, request: web.Request) -> web.Response:
        self._core.seed()
        return _done(request)

    async def advance(self, request: web.Request) -> web.Response:
        await self._core.timers.advance((await _read(request, _Advance)).advance)
        self._catch_up()
        return _done(request)

    async def midnight(self, request: web.Request) -> web.Response:
        now = self._core.timers.now()
        next_day = datetime.combine(now.date() + timedelta(days=1), time(), UTC)
        await self._core.timers.advance((next_day - now).total_seconds())
        self._catch_up()
        return _done(request)

    async def fund(self, request: web.Request) -> web.Response:
        given = await _read(request, _Fund)
        account = self._books.account_by_handle(given.handle.strip().lower())
        if account is None or given.denomination not in DECIMALS:
            raise _refused("There is no such account or denomination.")
        fund(self._books, account, given.amount, given.denomination, self._core.timers.now())
        return _done(request)

    async def tier(self, request: web.Request) -> web.Response:
        given = await _read(request, _Tier)
        member = self._books.member_by(phone=given.phone.strip().removeprefix("+"))
        if member is None:
            raise _refused("There is no member with that phone.")
        member.tier = given.tier
        return _done(request)

    async def quirks(self, request: web.Request) -> web.Response:
        given = await _read(request, Quirks)
        for name in given.model_fields_set:
            setattr(self._core.quirks, name, getattr(given, name))
        return _done(request)

    async def limit(self, request: web.Request) -> web.Response:
        self._core.gate.limit = (await _read(request, _Limit)).requests
        return _done(request)

    async def arm(self, request: web.Request) -> web.Response:
        self._core.faults.armed.append(await _read(request, Fault))
        return _done(request)

    async def disarm(self, request: web.Request) -> web.Response:
        self._core.faults.armed.clear()
        return _done(request)

    def _catch_up(self) -> None:
        self._books.catch_up(self._core.timers.now().date())

    def _shown(self) -> dict[str, Any]:
        books = self._books
        pending = [credex for credex in books.credexes.values() if credex.state in PENDING]
        members = [
            {
                "name": member.name,
                "phone": member.phone,
                "tier": member.tier,
                "tier_name": TIERS[member.tier],
                "left": None if (left := books.remaining(member)) is None else formatted(left, "USD"),
            }
            for member in books.members.values()
        ]
        accounts = [
            {
                "id": account.id,
                "name": account.name,
                "handle": account.handle,
                "type": account.type,
                "owner": books.members[account.owner].name,
                "authorised": [books.members[id].name for id in account.authorised],
                "notices_to": books.members[account.send_offers_to].name,
                "balances": self._core.views.balances(account)["securedNetBalancesByDenom"],
                "net": self._core.views.balances(account)["netCredexAssetsInDefaultDenom"],
                "pending_in": sum(credex.receiver == account.id for credex in pending),
                "pending_out": sum(credex.issuer == account.id for credex in pending),
            }
            for account in books.accounts.values()
        ]
        credexes = [
            {
                "id": credex.id,
                "issuer": books.accounts[credex.issuer].name,
                "receiver": books.accounts[credex.receiver].name,
                "amount": formatted(credex.initial, credex.denomination),
                "secured": credex.secured,
                "due": credex.due.isoformat() if credex.due else None,
                "state": credex.state,
                "created_at": iso(credex.created_at),
            }
            for credex in reversed(list(books.credexes.values()))
        ]
        return {
            "day": books.today.isoformat(),
            "members": members,
            "accounts": accounts,
            "credexes": credexes,
            "recent": RECENT,
        }


def _is_form(request: web.Request) -> bool:
    return request.content_type == "application/x-www-form-urlencoded"


def _done(request: web.Request) -> web.Response:
    if _is_form(request):
        raise web.HTTPSeeOther("./")
    return web.json_response({"ok": True})


def _refused(sentence: str) -> web.HTTPBadRequest:
    return web.HTTPBadRequest(text=json.dumps({"error": sentence}), content_type="application/json")


async def _read(request: web.Request, model: type[F]) -> F:
    try:
        given = dict(await request.post()) if _is_form(request) else json.loads(await request.read() or b"{}")
        return model.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise _refused(f"{where}: {first['msg']}.") from None
    except ValueError:
        raise _refused("The body is no JSON.") from None
