"""Credex at work against the credex-core stand-in over HTTP, both on one virtual clock."""

from __future__ import annotations

import itertools
from contextlib import AsyncExitStack
from typing import Any, Self, TypeVar

import aiohttp
import redis.asyncio
from aiohttp import web

from sandbox.credex_core.app import make_app
from sandbox.credex_core.settings import CredexCoreSettings
from sandbox.credex_core.tests.bot import KEY, SECRET, Bot
from services.credex.app import make
from services.credex.domain.issue import Issue, Issuer
from services.credex.store import ISSUERS
from shared.contracts.base import Message
from shared.contracts.credex import (
    AnswerOffer,
    DashboardShown,
    MakeOffer,
    OfferMade,
    OpenDashboard,
    UpgradeTier,
)
from shared.contracts.credex_parts import Action, CredexAccount
from shared.contracts.gateway import Address, IdentityChanged, MemberMet
from shared.kernel.credit import Credit
from shared.kernel.ids import MemberId
from shared.testing.harness import Harness

TARIRO, THEMBA, CHIPO, NYASHA = (MemberId(f"M-{name}") for name in ("TARIRO", "THEMBA", "CHIPO", "NYASHA"))
PHONES = {TARIRO: "263771111111", THEMBA: "263772222222", CHIPO: "263773333333", NYASHA: "263774444444"}
NAMES = {TARIRO: "Tariro Moyo", THEMBA: "Themba Ndlovu", CHIPO: "Chipo Dube"}
"""Members of credex-core, of tiers 1, 2 and 4, each with 50 USD and 500 ZWG; Nyasha is none."""

TOKEN_KEY = "11" * 32

M = TypeVar("M", bound=Message)


def settings(url: str, **more: str) -> dict[str, str]:
    """The environment of a credex service."""
    given = {
        "CREDEX_API_URL": url,
        "CLIENT_API_KEY": KEY,
        "TOKEN_KEYS": f"1:{TOKEN_KEY}",
        "CREDEX_REQUESTS_PER_MINUTE": "100000",
        "CREDEX_TIMEOUT_SECONDS": "1.0",
    }
    return given | more


class World:
    """Make it, set `environment`, then enter it. `down`: nobody listens at the core's address."""

    def __init__(self, redis: redis.asyncio.Redis, port: int, *, down: bool = False, **more: str) -> None:
        self._port = port
        self._down = down
        self.environment = settings(f"http://127.0.0.1:{port}/credex", **more)
        self.harness = Harness({"credex": make}, redis=redis, seed=1)
        self._stack = AsyncExitStack()
        self._numbers = itertools.count(1)

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(self.harness)
        if not self._down:
            await self.open_core()
        for member in PHONES:
            await self.introduce(member)
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._stack.aclose()

    async def open_core(self) -> None:
        """The core can be reached from now on."""
        people = tuple((PHONES[member], name) for member, name in NAMES.items())
        core = CredexCoreSettings(client_key=KEY, jwt_secret=SECRET, seed=1, people=people)
        root = web.Application()
        root.add_subapp("/credex", make_app(core, self.harness.clock))
        runner = web.AppRunner(root)
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", self._port).start()
        http = aiohttp.ClientSession(f"http://127.0.0.1:{self._port}/")
        self.bot = Bot(await self._stack.enter_async_context(http))
        """Acts at the core as another client would."""

    async def introduce(self, member: MemberId, *, phone: str | None = "", alias_of: MemberId | None = None) -> None:
        """The gateway saw this person for the first time; with `phone` None, or as an alias, once more."""
        known = f"+{PHONES[member]}" if phone == "" else phone
        address = Address(phone_number_id="1", phone=known, bsuid="ZW.1")
        if known is None or alias_of is not None:
            await self.harness.say(IdentityChanged(member=member, address=address, alias_of=alias_of))
        else:
            await self.harness.say(MemberMet(member=member, address=address))

    async def say(self, *commands: Message) -> None:
        await self.harness.say(*commands)
        await self.swept()

    async def swept(self) -> None:
        """Let what chaos kept from being published the first time be published."""
        for _ in range(15):
            if not await self._has_unsent():
                return
            await self.harness.advance(1, step=1)

    def intent(self) -> str:
        """A new one."""
        return f"S-1/{next(self._numbers)}"

    async def dashboard(self, member: MemberId) -> DashboardShown:
        request = self.intent()
        await self.say(OpenDashboard(member=member, request=request))
        return next(shown for shown in self.harness.all(DashboardShown) if shown.answers == request)

    async def account(self, member: MemberId) -> CredexAccount:
        """The member's own personal account."""
        shown = await self.dashboard(member)
        return next(account for account in shown.accounts if account.owned and account.type == "PERSONAL")

    async def offer(self, amount: str | Credit = "2.50", **more: Any) -> MakeOffer:
        """A command of Tariro's to offer to Themba, with something changed."""
        issuer, receiver = await self.account(TARIRO), await self.account(THEMBA)
        given: dict[str, Any] = {
            "member": TARIRO,
            "intent": self.intent(),
            "issuer_account_id": issuer.account_id,
            "receiver_account_id": receiver.account_id,
            "receiver_name": receiver.name,
            "receiver_handle": receiver.handle,
            "amount": Credit.of(amount, "USD") if isinstance(amount, str) else amount,
            "secured": True,
        }
        return MakeOffer.model_validate(given | more)

    async def offer_lost_and_accepted(self) -> tuple[MakeOffer, str]:
        """An offer that the core made, though its answer was lost, and that Themba accepted at once; with its id."""
        command = await self.offer()
        await self.fault("reset_after", path="createCredex")
        await self.harness.say(command)
        await self.harness.advance(1, step=1)
        [credex] = await self.at_core()
        await self.bot.as_(PHONES[THEMBA], "acceptCredex", credexID=credex["id"])
        return command, credex["id"]

    async def made(self, amount: str = "2.50", **more: Any) -> OfferMade:
        """An offer of Tariro's to Themba that stands."""
        command = await self.offer(amount, **more)
        await self.say(command)
        return next(event for event in self.harness.all(OfferMade) if event.answers == command.intent)

    async def answer(self, member: MemberId, action: Action, credex_id: str, account_id: str) -> AnswerOffer:
        """Says it, and returns the command."""
        command = AnswerOffer(
            member=member, intent=self.intent(), action=action, credex_id=credex_id, account_id=account_id
        )
        await self.say(command)
        return command

    async def upgrade(self, member: MemberId = TARIRO) -> UpgradeTier:
        account = await self.account(member)
        command = UpgradeTier(member=member, intent=self.intent(), account_id=account.account_id)
        await self.harness.say(command)
        return command

    async def issue(self, command: MakeOffer | UpgradeTier) -> Issue:
        """The issue of a command, as it is stored."""
        id = command.issuer_account_id if isinstance(command, MakeOffer) else command.account_id
        issuer = await self.harness.state("credex", ISSUERS, id)
        assert isinstance(issuer, Issuer)
        issue = issuer.find(command.member, command.intent)
        assert issue is not None
        return issue

    async def fault(self, effect: str, path: str | None = None, **more: Any) -> None:
        """Something goes wrong at the core."""
        await self.bot.sim("faults", effect=effect, path=path, **more)

    async def at_core(self) -> list[dict[str, Any]]:
        """Every credex but those of the trust, newest first."""
        state = await self.bot.sim("state", "GET")
        return [credex for credex in state["credexes"] if credex["issuer"] != "Great Sun Trust"]

    async def requests(self) -> list[str]:
        """The paths that the core was asked, oldest first."""
        paths: list[str] = await self.bot.sim("requests", "GET")
        return paths

    async def _has_unsent(self) -> bool:
        running, now = self.harness.running["credex"], self.harness.clock.now()
        for kind in running.stores.kinds:
            for document in await running.stores.of(kind).unsent(kind.name, now, 10):
                published = {envelope.id for envelope in self.harness.said}
                if any(entry.id not in published for entry in document.outbox):
                    return True
        return False

    async def only(self, message: type[M]) -> M:
        """The one message of a type, also when chaos made its first publish fail."""
        if not self.harness.all(message):
            await self.harness.advance(20, step=2)
        return self.harness.only(message)

    async def none(self, message: type[Message]) -> None:
        await self.swept()
        assert self.harness.all(message) == []
