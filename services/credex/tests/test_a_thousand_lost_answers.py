"""Timeouts after the core has acted: no offer doubled, none told wrongly. A hundred always, a thousand on demand."""

from __future__ import annotations

import string
from typing import Any

import pytest

from services.credex.domain.issue import OVER
from services.credex.store import ISSUERS
from services.credex.tests.world import World
from shared.contracts.credex import CredexUnavailable, MakeOffer, OfferMade, OutcomeUncertain, OutcomeUnderReview
from shared.kernel.credit import Credit
from shared.kernel.ids import MemberId, seeded_chance

pytestmark = pytest.mark.no_cover  # over and over what other tests cover

TURNS = 24 * 3600 // 5
"""Of five seconds: a day. Five lost answers in a row open the circuit for a minute, again and again."""
LOST: list[dict[str, Any]] = [
    {"effect": "reset_after", "probability": 0.4, "seed": 1},
    {"effect": "answer_after", "status": 502, "probability": 0.4, "seed": 2},
    {"effect": "hang_after", "probability": 0.02, "seed": 3},
    {"effect": "answer_after", "status": 200, "body": "<html></html>"},
]
"""Every create is struck by one of these."""
AT_ONCE = 12
"""Offers that are not over at any time: more people than that would meet an open circuit, or ten minutes of waiting."""
GAVE_UP = 0.05
"""The part that may be told that nothing was done: the circuit stayed open for as long as a person is kept waiting."""


class Trader:
    """A member without a daily limit, with an account to offer from."""

    def __init__(self, number: int, account: dict[str, Any]) -> None:
        self.member = MemberId(f"M-{number}")
        self.phone = phone_of(number)
        self.id: str = account["accountID"]
        self.name: str = account["accountName"]
        self.handle: str = account["accountHandle"]


def phone_of(number: int) -> str:
    return f"26377100{number:04}"


async def trader(world: World, number: int) -> Trader:
    letters = string.ascii_lowercase
    name = f"Trader{letters[number // 26]}{letters[number % 26]}"
    joined = await world.bot.join(phone_of(number), name, "Moyo")
    await world.bot.fund(phone_of(number), "100")
    await world.bot.tier(phone_of(number), 3)
    await world.introduce(MemberId(f"M-{number}"), phone=f"+{phone_of(number)}")
    return Trader(number, joined.account)


@pytest.mark.parametrize("world", [{"CREDEX_TIMEOUT_SECONDS": "4"}], indirect=True)
@pytest.mark.parametrize(("people", "offers_each"), [(20, 5), pytest.param(100, 10, marks=pytest.mark.simulate)])
async def test_no_offer_is_doubled_and_none_is_told_wrongly(world: World, people: int, offers_each: int) -> None:
    chance = seeded_chance(7)
    traders = [await trader(world, number) for number in range(people)]
    commands = {}
    for number, issuer in enumerate(traders):
        receiver = traders[(number + 1) % people]
        for turn in range(offers_each):
            command = MakeOffer(
                member=issuer.member,
                intent=f"{number}/{turn}",
                issuer_account_id=issuer.id,
                receiver_account_id=receiver.id,
                receiver_name=receiver.name,
                receiver_handle=receiver.handle,
                amount=Credit.of("1.00", "USD"),  # all look the same: the ids alone tell them apart
                secured=True,
            )
            commands[command.intent] = (command, issuer, receiver)
    for fault in LOST:
        await world.fault(path="createCredex", times=None, **fault)
    to_come = sorted(commands.values(), key=lambda each: chance.uniform(0, 1))
    said: list[str] = []
    for _ in range(TURNS):
        over = await over_in(world)
        while to_come and len(said) - over < AT_ONCE:
            command, _, _ = to_come.pop()
            said.append(command.intent)
            await world.harness.say(command)
        if over == len(commands):
            break
        await world.harness.advance(5, step=2.5)
        await accept_some(world, traders, chance.uniform(0, people))

    for _ in range(10):
        if len(world.harness.all(OfferMade)) + len(world.harness.all(CredexUnavailable)) == len(commands):
            break
        await world.harness.advance(4, step=4)
    made, not_made = world.harness.all(OfferMade), world.harness.all(CredexUnavailable)
    answered = [event.answers for event in made] + [event.answers for event in not_made]
    assert sorted(answered) == sorted(commands)
    assert len(not_made) <= len(commands) * GAVE_UP
    assert sorted(event.answers for event in world.harness.all(OutcomeUncertain)) == sorted(
        event.answers for event in made
    )
    assert world.harness.all(OutcomeUnderReview) == []
    at_core = {credex["id"]: credex for credex in await world.at_core()}
    assert len(at_core) == len(made) == len({event.credex_id for event in made})
    for event in made:
        _, issuer, receiver = commands[event.answers]
        there = at_core[event.credex_id]
        assert (there["issuer"], there["receiver"], there["amount"]) == (issuer.name, receiver.name, "1.00 USD")


async def over_in(world: World) -> int:
    """How many intents have an end."""
    issues = [issue for document in world.harness.documents("credex", ISSUERS) for issue in document.state["issues"]]
    return sum(issue["state"] in OVER for issue in issues)


async def accept_some(world: World, traders: list[Trader], start: float) -> None:
    """Some receivers accept in the meantime, in another app: those offers are in the ledger only."""
    world.bot.tokens.clear()
    await world.bot.pass_seconds(0.01)  # on a clock that stands still all would happen in the instant of asking
    for trader in traders[int(start) : int(start) + 10]:
        shown = (await world.bot.login(trader.phone)).dashboard["accounts"][0]
        ids = [offer["credexID"] for offer in shown["pendingInData"]]
        if ids:
            await world.bot.as_(trader.phone, "acceptCredexBulk", credexIDs=ids)
