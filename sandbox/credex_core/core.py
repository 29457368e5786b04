"""One credex-core: takes a request through limit, key or token, validation and rules, in the core's order."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from sandbox.credex_core.books import Books
from sandbox.credex_core.endpoints import Endpoints, Said
from sandbox.credex_core.gate import Gate, TooMany
from sandbox.credex_core.offers import Offers
from sandbox.credex_core.quirks import Fault, Faults, Quirks
from sandbox.credex_core.recurring import Recurrings
from sandbox.credex_core.refusals import Refused, Unenveloped
from sandbox.credex_core.seed import seed
from sandbox.credex_core.settings import CredexCoreSettings
from sandbox.credex_core.tokens import Tokens
from sandbox.credex_core.validation import cleaned
from sandbox.credex_core.views import Views, iso
from sandbox.timers import Timers
from shared.kernel.ids import seeded_chance, system_chance

BY_CLIENT_KEY = frozenset({"login", "onboardMember"})


class Core:
    """The stand-in's whole state and its HTTP."""

    def __init__(self, settings: CredexCoreSettings, timers: Timers) -> None:
        self._settings = settings
        self.timers = timers
        chance = system_chance() if settings.seed is None else seeded_chance(settings.seed)
        self.books = Books(chance, timers.now().date())
        self.quirks = Quirks()
        self.faults = Faults()
        self.views = Views(self.books, self.quirks)
        self._tokens = Tokens(settings.jwt_secret)
        self.gate = Gate(settings, self.books, self._tokens, timers.now)
        self._endpoints = Endpoints(self.books, self.views, self._tokens, timers.now)
        self._recurrings = Recurrings(self.books, self.views, timers.now)
        self._signed = {
            **self._endpoints.signed(),
            **Offers(self.books, self.views, self._endpoints, timers.now).signed(),
            **self._recurrings.signed(),
        }
        self.seen: list[str] = []
        """The paths of the requests that came, oldest first; for tests to count."""
        self.seed()

    def seed(self) -> None:
        """Forget everything but switches and begin with the members of the settings."""
        self.books.members.clear()
        self.books.accounts.clear()
        self.books.forget_credexes()
        self._recurrings.forget()
        self.books.today = self.timers.now().date()
        self.gate.forget()
        self.faults.armed.clear()
        self.seen.clear()
        seed(self.books, self._settings.people, self.timers.now())

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/health", self.health), web.post("/{path:.+}", self.serve)]

    async def health(self, _: web.Request) -> web.Response:
        return web.json_response({"status": "healthy"})

    async def serve(self, request: web.Request) -> web.StreamResponse:
        path = request.match_info["path"]
        self.seen.append(path)
        await request.read()  # now, since whoever asked may be gone when the answer is made
        fault = self.faults.strike(path)
        if fault is None:
            return await self._answer(path, request)
        return await self._go_wrong(fault, path, request)

    async def _answer(self, path: str, request: web.Request) -> web.Response:
        self.books.catch_up(self.timers.now().date())
        headers: dict[str, str] = {"x-request-id": self.books.new_id()}
        signer_id = "system"
        try:
            self.gate.count(request.remote or "")
            if path in BY_CLIENT_KEY:
                self.gate.check_client(request.headers.get("x-client-api-key"))
                body = cleaned(path, await _json(request))
                said = self._endpoints.login(body) if path == "login" else self._endpoints.onboard(body)
            else:
                signer, token = self.gate.signer(request.headers.get("authorization"))
                signer_id = signer.id
                headers["authorization"] = f"Bearer {token}"
                endpoint = self._signed.get(path)
                if endpoint is None:
                    raise Unenveloped(404, "Not Found", by_handler=True)
                said = endpoint(signer, cleaned(path, await _json(request)))
        except TooMany as error:
            headers |= {"retry-after": str(error.after), **_limits(self.gate.limit, error.after)}
            return web.Response(status=429, text="Too many requests, please try again later", headers=headers)
        except Unenveloped as error:
            return web.json_response(error.body, status=error.status, headers=headers)
        except Refused as error:
            return web.json_response(self._refusal(error, signer_id), status=error.status, headers=headers)
        return web.json_response(self._success(said, signer_id), status=said.status, headers=headers)

    async def _go_wrong(self, fault: Fault, path: str, request: web.Request) -> web.StreamResponse:
        """Carry out a fault; `hang` and `delay` wait on the stand-in's clock."""
        if fault.effect == "delay":
            await self.timers.sleep(fault.seconds)
            return await self._answer(path, request)
        if fault.effect in {"answer_after", "hang_after", "reset_after"}:
            await self._answer(path, request)
        if fault.effect in {"hang_before", "hang_after"}:
            await self.timers.sleep(fault.seconds)
        if fault.effect in {"answer", "answer_after"}:
            again = {} if fault.retry_after is None else {"retry-after": str(fault.retry_after)}
            return web.Response(status=fault.status, text=fault.body, content_type="text/html", headers=again)
        if request.transport is not None:
            request.transport.close()
        return web.Response()

    def _success(self, said: Said, signer_id: str) -> dict[str, Any]:
        action = self._action(said.id, said.type, said.actor or signer_id, said.details)
        return {"message": said.message, "data": {"action": action, "dashboard": said.dashboard}}

    def _refusal(self, error: Refused, signer_id: str) -> dict[str, Any]:
        details = {"code": error.code, "reason": error.reason}
        if error.field is not None:
            details["field"] = error.field
        action = self._action(error.id, error.type, signer_id if error.by_signer else "system", details)
        return {"message": error.message, "data": {"action": action, "dashboard": {}}}

    def _action(self, id: str | None, type: str, actor: str, details: dict[str, Any]) -> dict[str, Any]:
        return {"id": id, "type": type, "timestamp": iso(self.timers.now()), "actor": actor, "details": details}


async def _json(request: web.Request) -> Any:
    try:
        return json.loads(await request.read())
    except ValueError:
        raise Unenveloped(400, "Unexpected token in JSON", by_handler=True) from None


def _limits(limit: int, seconds: int) -> dict[str, str]:
    """The limiter's headers, in the new form and the old, to who is over the limit."""
    told = {"limit": str(limit), "remaining": "0", "reset": str(seconds)}
    return {f"{prefix}-{name}": value for prefix in ("ratelimit", "x-ratelimit") for name, value in told.items()}
