"""A running stand-in under `/credex`, on a clock that stands still until it is moved."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from sandbox.console.pages import secure
from sandbox.credex_core.app import make_app
from sandbox.credex_core.settings import CredexCoreSettings
from sandbox.credex_core.tests.bot import FARAI, KEY, RUDO, SECRET, Bot
from shared.kernel.clock import VirtualClock


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    root = web.Application()
    root.on_response_prepare.append(secure)
    settings = CredexCoreSettings(client_key=KEY, jwt_secret=SECRET, seed=1)
    root.add_subapp("/credex", make_app(settings, VirtualClock()))
    async with TestServer(root) as server, aiohttp.ClientSession(server.make_url("/")) as http:
        yield Bot(http)


@dataclass
class Pair:
    """Rudo, with 20 USD, and Farai, with none; both just joined."""

    bot: Bot
    rudo: str
    farai: str

    async def offer(self, amount: object, **more: object) -> str:
        """The id of an offer of Rudo to Farai."""
        answer = await self.bot.offer(RUDO, self.rudo, self.farai, amount, **more)
        assert answer.status == 200, answer.text
        return str(answer.action["id"])


@pytest.fixture
async def pair(bot: Bot) -> Pair:
    rudo = (await bot.join(RUDO, "Rudo", "Ncube")).account["accountID"]
    farai = (await bot.join(FARAI, "Farai", "Dube")).account["accountID"]
    await bot.fund(RUDO, "20")
    return Pair(bot, rudo, farai)
