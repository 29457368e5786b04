"""A bot's view of the stand-in, for tests: plain HTTP, no code of the product."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

import aiohttp

KEY = "the-client-key"
SECRET = "the-jwt-secret"
RUDO, FARAI = "263770000001", "263770000002"
TRUST_PHONE = "263770009998"


@dataclass
class Answer:
    """One answer as it came."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def body(self) -> dict[str, Any]:
        parsed: dict[str, Any] = json.loads(self.text)
        return parsed

    @property
    def action(self) -> dict[str, Any]:
        action: dict[str, Any] = self.body["data"]["action"]
        return action

    @property
    def code(self) -> str:
        return str(self.action["details"]["code"])

    @property
    def dashboard(self) -> dict[str, Any]:
        dashboard: dict[str, Any] = self.body["data"]["dashboard"]
        return dashboard

    @property
    def account(self) -> dict[str, Any]:
        """The one account of the dashboard."""
        [account] = self.dashboard["accounts"]
        found: dict[str, Any] = account
        return found

    @property
    def secured(self) -> list[str]:
        return list(self.account["balanceData"]["securedNetBalancesByDenom"])

    @property
    def token(self) -> str:
        return self.headers["Authorization"].removeprefix("Bearer ")


class Bot:
    """Calls the core; `as_` holds the latest token of each phone."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self.http = http
        self.tokens: dict[str, str] = {}

    async def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        data = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
        async with self.http.post(f"/credex/{path}", data=data, headers=headers) as answer:
            return Answer(answer.status, dict(answer.headers), await answer.text())

    async def by_key(self, path: str, **body: Any) -> Answer:
        return await self.post(path, body, **{"x-client-api-key": KEY})

    async def login(self, phone: str) -> Answer:
        answer = await self.by_key("login", phone=phone)
        if answer.status == 200:
            self.tokens[phone] = answer.action["details"]["token"]
        return answer

    async def as_(self, phone: str, path: str, **body: Any) -> Answer:
        """A call signed by a member, who logs in first when there is no token."""
        if phone not in self.tokens:
            await self.login(phone)
        return await self.post(path, body, authorization=f"Bearer {self.tokens[phone]}")

    async def join(self, phone: str, first: str, last: str, denomination: str = "USD") -> Answer:
        return await self.by_key(
            "onboardMember", firstname=first, lastname=last, phone=phone, defaultDenom=denomination
        )

    async def account(self, phone: str, type: str = "PERSONAL") -> str:
        """The id of a member's account of a type."""
        accounts = (await self.login(phone)).dashboard["accounts"]
        return next(str(account["accountID"]) for account in accounts if account["accountType"] == type)

    async def offer(self, phone: str, issuer: str, receiver: str, amount: Any, **more: Any) -> Answer:
        given = {
            "issuerAccountID": issuer,
            "receiverAccountID": receiver,
            "Denomination": "USD",
            "InitialAmount": amount,
            "credexType": "PURCHASE",
            "OFFERSorREQUESTS": "OFFERS",
            "securedCredex": True,
        }
        return await self.as_(phone, "createCredex", **(given | more))

    async def sim(self, what: str, method: str = "POST", /, **body: Any) -> Any:
        async with self.http.request(method, f"/credex/_sim/{what}", json=body) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def fund(self, handle: str, amount: str, denomination: str = "USD") -> None:
        await self.sim("fund", handle=handle, amount=amount, denomination=denomination)

    async def tier(self, phone: str, tier: int) -> None:
        await self.sim("tier", phone=phone, tier=tier)

    async def pass_seconds(self, seconds: float) -> None:
        await self.sim("clock", advance=seconds)


def claims_of(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    return claims


def signed(claims: dict[str, Any], secret: str = SECRET) -> str:
    """A token made outside the core, as the old bot checks them."""

    def encoded(raw: bytes) -> str:
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    head = encoded(b'{"alg":"HS256","typ":"JWT"}')
    body = f"{head}.{encoded(json.dumps(claims).encode())}"
    return f"{body}.{encoded(hmac.new(secret.encode(), body.encode(), hashlib.sha256).digest())}"
