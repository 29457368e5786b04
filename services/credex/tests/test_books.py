"""What the books hear: of every change of every credex, and of no person."""

from __future__ import annotations

from services.credex.tests.world import TARIRO, THEMBA, World
from shared.contracts.credex import AcceptOffers, CredexMoved, OfferMade
from shared.kernel.credit import Credit


def heard(world: World) -> list[tuple[str, str, str | None]]:
    return [
        (event.credex_id, event.outcome, str(event.amount.amount) if event.amount else None)
        for event in world.harness.all(CredexMoved)
    ]


async def test_each_way_in_which_an_offer_ends_is_told_by_its_id(world: World) -> None:
    offers: list[OfferMade] = [await world.made(amount) for amount in ("1.00", "2.00", "3.00")]
    ids = [offer.credex_id for offer in offers]
    theirs = offers[0].receiver_account_id
    await world.answer(THEMBA, "accept", ids[0], theirs)
    await world.answer(THEMBA, "decline", ids[1], theirs)
    await world.answer(TARIRO, "cancel", ids[2], offers[2].issuer_account_id)
    await world.answer(THEMBA, "accept", ids[2], theirs)  # gone
    assert heard(world) == [
        *[(id, "open", amount) for id, amount in zip(ids, ("1.00", "2.00", "3.00"), strict=True)],
        (ids[0], "accepted", "1"),
        (ids[1], "declined", None),
        (ids[2], "cancelled", None),
        (ids[2], "cancelled", None),
    ]


async def test_each_of_several_offers_that_are_accepted_is_told_by_itself_and_what_was_gone_is_not(
    world: World,
) -> None:
    offers = [await world.made(amount) for amount in ("1.00", "2.00", "3.00")]
    ids = tuple(offer.credex_id for offer in offers)
    await world.answer(TARIRO, "cancel", ids[1], offers[1].issuer_account_id)
    theirs = offers[0].receiver_account_id
    shown = {offer.credex_id: offer.amount for offer in offers}
    await world.say(AcceptOffers(member=THEMBA, intent="all", account_id=theirs, credex_ids=ids, amounts=shown))
    assert heard(world)[4:] == [(ids[0], "accepted", "1.00"), (ids[2], "accepted", "3.00")]


async def test_offers_that_are_accepted_by_an_older_command_are_told_without_amounts(world: World) -> None:
    offer = await world.made("1.00")
    theirs, ids = offer.receiver_account_id, (offer.credex_id,)
    await world.say(AcceptOffers(member=THEMBA, intent="all", account_id=theirs, credex_ids=ids))
    assert heard(world)[1:] == [(offer.credex_id, "accepted", None)]


async def test_an_upgrade_is_told_with_its_price(world: World) -> None:
    await world.upgrade()
    moved = await world.only(CredexMoved)
    [charge] = await world.at_core()
    assert (moved.credex_id, moved.outcome, moved.amount) == (charge["id"], "upgraded", Credit.of("1.00", "USD"))
