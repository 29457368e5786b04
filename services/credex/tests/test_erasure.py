"""Somebody wants to be forgotten: nothing in credex's store names them, and what others did stays true."""

from __future__ import annotations

import json

import pytest
import redis.asyncio

from services.credex.tests.world import CHIPO, NAMES, PHONES, TARIRO, THEMBA, World
from shared.contracts.conversation import ErasureRequested
from shared.contracts.credex import (
    AnswerOffer,
    CredexMoved,
    CredexUnavailable,
    DirectNotices,
    MakeOffer,
    OfferMade,
    PersonErased,
)
from shared.contracts.credex_parts import Person
from shared.kernel.credit import Credit
from shared.kernel.ids import MemberId

EXPIRES = {"tombstones", "dead_letters"}
"""Kinds that say nothing of a person, or expire (decision 0060)."""


def places_of(world: World, member: MemberId) -> dict[str, list[str]]:
    """Where credex's documents name the person, by kind: their id, phone or name."""
    signs = (member, PHONES[member], NAMES[member])
    running = world.harness.running["credex"]
    found: dict[str, list[str]] = {}
    for kind in running.stores.kinds:
        for document in world.harness.documents("credex", kind):
            calls = [call.model_dump(mode="json") for call in document.outcalls]
            text = json.dumps([document.id, document.state, calls])
            if kind.name not in EXPIRES and any(sign in text for sign in signs):
                found.setdefault(kind.name, []).append(text)
    return found


async def forget(world: World, member: MemberId) -> None:
    await world.say(ErasureRequested(member=member, at=world.harness.clock.now()))
    await world.harness.advance(20, step=2)
    assert (await world.only(PersonErased)).member == member


async def both_ways(world: World) -> tuple[MakeOffer, OfferMade, OfferMade]:
    """Offers of Chipo to Tariro, one answered, and one of Tariro to Themba; the command of Chipo's first."""
    chipo, tariro = await world.account(CHIPO), await world.account(TARIRO)
    receiver = {"receiver_account_id": tariro.account_id, "receiver_name": tariro.name}
    to_tariro = receiver | {"receiver_handle": tariro.handle, "member": CHIPO, "issuer_account_id": chipo.account_id}
    command = await world.offer(**to_tariro)
    await world.say(command)
    answered = await world.made("2", **to_tariro)
    await world.answer(TARIRO, "accept", answered.credex_id, tariro.account_id)
    return command, answered, await world.made("3")


async def test_no_document_names_who_was_forgotten_neither_as_giver_nor_as_receiver(world: World) -> None:
    await both_ways(world)
    assert {"members", "accounts", "offers", "requests", "issuers"} <= places_of(world, TARIRO).keys()

    await forget(world, TARIRO)

    assert places_of(world, TARIRO) == {}
    assert len(await world.at_core()) == 3  # the core's own record is the core's


async def test_a_second_tap_on_an_offer_to_who_was_forgotten_makes_no_other(world: World) -> None:
    command, _, _ = await both_ways(world)
    await forget(world, TARIRO)

    await world.say(command)

    assert len(await world.at_core()) == 3


async def test_their_token_is_gone_after_five_minutes(world: World, valkey: redis.asyncio.Redis) -> None:
    await both_ways(world)
    await forget(world, TARIRO)
    assert 0 < await valkey.ttl(f"credex:token:{TARIRO}") <= 300


@pytest.mark.parametrize(("effect", "made"), [("reset_after", 1), ("reset_before", 0)])
async def test_an_offer_under_way_is_seen_through_and_then_forgotten(world: World, effect: str, made: int) -> None:
    await world.fault(effect, path="createCredex")
    await world.say(await world.offer())

    await forget(world, TARIRO)
    await world.harness.advance(200, step=5)

    assert places_of(world, TARIRO) == {}
    assert (len(world.harness.all(OfferMade)), len(world.harness.all(CredexUnavailable))) == (made, 1 - made)


@pytest.mark.parametrize("effect", ["reset_after", "reset_before", "hang_after"])
async def test_an_acceptance_under_way_is_seen_through_for_the_books_and_then_forgotten(
    world: World, effect: str
) -> None:
    offer = await world.made("2.50")
    await world.fault(effect, path="acceptCredex")
    await world.harness.say(
        AnswerOffer(
            member=THEMBA,
            intent="a1",
            action="accept",
            credex_id=offer.credex_id,
            account_id=offer.receiver_account_id,
        )
    )

    await forget(world, THEMBA)
    await world.harness.advance(100, step=5)

    assert world.harness.all(CredexMoved) == [
        CredexMoved(credex_id=offer.credex_id, outcome="open", amount=Credit.of("2.50", "USD")),
        CredexMoved(credex_id=offer.credex_id, outcome="accepted", amount=Credit.of("2.50", "USD")),
    ]
    assert places_of(world, THEMBA).keys() <= {"issuers"}


async def test_an_upgrade_under_way_reaches_the_books_without_its_member(world: World) -> None:
    await world.fault("reset_after", path="hustler10k")
    await world.upgrade(TARIRO)

    await forget(world, TARIRO)
    await world.harness.advance(100, step=5)

    moved = await world.only(CredexMoved)
    assert (moved.outcome, moved.amount) == ("upgraded", Credit.of("1.00", "USD"))


async def test_an_offer_that_waits_is_found_by_its_receiver_s_name_and_forgets_it_then(world: World) -> None:
    command, _, _ = await both_ways(world)
    offers = [command.model_copy(update={"intent": world.intent()}) for _ in range(2)]
    await world.fault("reset_after", path="createCredex", times=2)
    await world.say(*offers)

    await forget(world, TARIRO)
    await world.harness.advance(60, step=5)

    assert [event.answers for event in world.harness.all(OfferMade)][-2:] == [offer.intent for offer in offers]
    assert "issuers" not in places_of(world, TARIRO)


async def test_an_account_that_another_owns_forgets_who_was_to_be_told(world: World) -> None:
    themba, tariro = await world.account(THEMBA), (await world.dashboard(TARIRO)).standing
    await world.say(
        DirectNotices(
            member=THEMBA,
            intent=world.intent(),
            account_id=themba.account_id,
            person=Person(core_id=tariro.core_id, name=NAMES[TARIRO]),
        )
    )
    await forget(world, TARIRO)
    assert "accounts" not in places_of(world, TARIRO)
