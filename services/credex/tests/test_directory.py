"""Who is told of what happens to an offer."""

from __future__ import annotations

from datetime import date

from services.credex.store import ACCOUNTS, MEMBERS, OFFERS
from services.credex.tests.world import CHIPO, TARIRO, THEMBA, World
from shared.contracts.credex import AcceptOffers, AnswerOffer, KeptTold, OfferMade, OfferNoticed, TellKept
from shared.kernel.credit import Credit
from shared.kernel.ids import MemberId

FRESH = MemberId("M-FRESH")


async def test_the_receiver_is_told_of_an_offer_and_can_act_on_it(world: World) -> None:
    made = await world.made("2.50", secured=False, due_date=date(2026, 12, 20))
    told = await world.only(OfferNoticed)
    assert (told.member, told.what, told.credex_id) == (THEMBA, "made", made.credex_id)
    assert (told.account_id, told.counterparty) == (made.receiver_account_id, "Tariro Moyo Personal")
    assert (told.amount, told.secured, told.due_date) == (Credit.of("2.50", "USD"), False, date(2026, 12, 20))


async def test_the_issuer_is_told_what_the_receiver_did_and_the_receiver_of_a_cancel(world: World) -> None:
    first, second, third = [await world.made(amount) for amount in ("1.00", "2.00", "3.00")]
    await world.answer(THEMBA, "accept", first.credex_id, first.receiver_account_id)
    await world.answer(THEMBA, "decline", second.credex_id, first.receiver_account_id)
    await world.answer(TARIRO, "cancel", third.credex_id, first.issuer_account_id)
    told = {(event.what, event.credex_id): event for event in world.harness.all(OfferNoticed)}
    assert told["accepted", first.credex_id].member == TARIRO
    assert told["accepted", first.credex_id].account_id == first.issuer_account_id
    assert told["accepted", first.credex_id].counterparty == "Themba Ndlovu Personal"
    assert told["declined", second.credex_id].member == TARIRO
    assert told["declined", second.credex_id].amount == Credit.of("2.00", "USD")
    assert told["cancelled", third.credex_id].member == THEMBA
    assert len(told) == 6


async def test_each_offer_of_a_bulk_acceptance_is_told(world: World) -> None:
    first, second = await world.made("1.00"), await world.made("2.00")
    ids = (first.credex_id, second.credex_id)
    await world.say(AcceptOffers(member=THEMBA, intent="all", account_id=first.receiver_account_id, credex_ids=ids))
    accepted = [event for event in world.harness.all(OfferNoticed) if event.what == "accepted"]
    assert {(event.member, event.credex_id) for event in accepted} == {(TARIRO, id) for id in ids}


async def test_whoever_the_account_names_is_told(world: World) -> None:
    account = (await world.account(CHIPO)).account_id
    themba = (await world.dashboard(THEMBA)).standing.core_id
    chipo = "263773333333"
    await world.bot.as_(chipo, "authorizeForAccount", accountID=account, memberHandleToBeAuthorized="263772222222")
    await world.bot.as_(chipo, "updateSendOffersTo", accountID=account, memberIDtoSendOffers=themba)
    await world.account(CHIPO)  # the next dashboard shows the preference
    await world.made("2.50", receiver_account_id=account, receiver_name="Chipo Dube Personal")
    assert (await world.only(OfferNoticed)).member == THEMBA


async def test_a_phone_in_a_handle_is_written_to_only_if_that_person_is_ours(world: World) -> None:
    tariro = await world.account(TARIRO)
    for phone, first in (("263770000005", "Fresh"), ("263770000006", "Stranger")):
        joined = await world.bot.join(phone, first, "Person")
        if first == "Fresh":
            await world.introduce(FRESH, phone=f"+{phone}")
        command = await world.offer(
            "1.00",
            issuer_account_id=tariro.account_id,
            receiver_account_id=joined.account["accountID"],
            receiver_name=joined.account["accountName"],
            receiver_handle=phone,
        )
        await world.say(command)
    assert len(world.harness.all(OfferMade)) == 2
    assert (await world.only(OfferNoticed)).member == FRESH


async def test_nobody_is_told_what_they_did_themselves(world: World) -> None:
    shop = await world.bot.as_(
        "263773333333",
        "createAccount",
        accountType="OPERATIONS",
        accountName="Shop",
        accountHandle="shop",
        defaultDenom="USD",
    )
    mine = (await world.account(CHIPO)).account_id
    await world.made(
        "1.00",
        member=CHIPO,
        issuer_account_id=mine,
        receiver_account_id=shop.account["accountID"],
        receiver_name="Shop",
    )
    await world.none(OfferNoticed)


async def test_an_offer_made_elsewhere_leaves_its_maker_untold(world: World) -> None:
    mine, theirs = (await world.account(TARIRO)).account_id, (await world.account(THEMBA)).account_id
    offer = await world.bot.offer("263771111111", mine, theirs, "1.00")
    await world.answer(THEMBA, "accept", offer.action["id"], theirs)
    await world.none(OfferNoticed)


async def test_the_issuer_is_told_of_an_acceptance_that_was_faster_than_the_offer_s_own_answer(world: World) -> None:
    command = await world.offer("2.50")
    await world.fault("reset_after", path="createCredex")
    await world.harness.say(command)
    await world.harness.advance(1, step=1)
    [credex] = await world.at_core()
    accept = {"action": "accept", "credex_id": credex["id"], "account_id": command.receiver_account_id}
    await world.harness.say(AnswerOffer.model_validate({"member": THEMBA, "intent": "t1", **accept}))
    assert world.harness.all(OfferNoticed) == []
    await world.harness.advance(20, step=1)
    assert (await world.only(OfferMade)).found_later
    told = await world.only(OfferNoticed)
    assert (told.member, told.what, told.amount) == (TARIRO, "accepted", Credit.of("2.50", "USD"))
    assert told.account_id == command.issuer_account_id


async def test_what_is_known_is_kept_and_not_written_again(world: World) -> None:
    made = await world.made()
    before = {kind.name: world.harness.documents("credex", kind) for kind in (ACCOUNTS, MEMBERS)}
    await world.dashboard(TARIRO)
    after = {kind.name: world.harness.documents("credex", kind) for kind in (ACCOUNTS, MEMBERS)}
    assert {n: [d.version for d in documents] for n, documents in before.items()} == {
        n: [d.version for d in documents] for n, documents in after.items()
    }
    offer = await world.harness.state("credex", OFFERS, made.credex_id)
    assert offer is not None
    assert (offer.issuer_account_id, offer.receiver_account_id) == (made.issuer_account_id, made.receiver_account_id)
    assert (offer.issuer_member, offer.receiver_handle) == (TARIRO, "263772222222")


async def test_a_person_is_told_what_is_kept_of_them_and_nobody_else(world: World) -> None:
    made = await world.made("2.50", secured=False, due_date=date(2026, 12, 20))
    await world.answer(THEMBA, "accept", made.credex_id, made.receiver_account_id)
    await world.made("7.00", receiver_account_id=(await world.account(CHIPO)).account_id)
    for member in (TARIRO, THEMBA, MemberId("M-NOBODY")):
        await world.say(TellKept(member=member))
    tariro, themba, nobody = world.harness.all(KeptTold)
    assert tariro.phone == "+263771111111"
    assert tariro.core_id == (await world.dashboard(TARIRO)).standing.core_id
    assert [account.name for account in tariro.accounts] == ["Tariro Moyo Personal"]
    assert {(offer.amount, offer.state) for offer in tariro.offers} == {
        (Credit.of("2.50", "USD"), "accepted"),
        (Credit.of("7.00", "USD"), "made"),
    }
    [accepted] = themba.offers
    assert (accepted.issuer, accepted.receiver) == ("Tariro Moyo Personal", "Themba Ndlovu Personal")
    assert accepted.due_date == date(2026, 12, 20)
    assert nobody == KeptTold(member=MemberId("M-NOBODY"))
