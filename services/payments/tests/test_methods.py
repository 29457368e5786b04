"""The ways to pay beyond a push to the phone: codes, one-time codes, Paynow's page, bank and cash."""

from __future__ import annotations

from urllib.parse import urlsplit

import aiohttp
import pytest

from services.payments.domain.payment import Payment
from services.payments.store import STRAY_CALLBACKS
from services.payments.tests.world import SWEPT, TARIRO, World, request
from shared.contracts.gateway import PaymentStatusReceived
from shared.contracts.payments import (
    OneTimeCodeRefused,
    PaymentCancelled,
    PaymentChecked,
    PaymentInitiated,
    PaymentRefused,
    PaymentSettled,
    ReceiptIssued,
    SubmitOneTimeCode,
)
from shared.http.files import FILES
from shared.kernel.ids import MemberId, payment_id_of

LIVE = pytest.mark.parametrize("world", [{"mode": "live", "services": {"PAYNOW_TEST_MODE": "false"}}], indirect=True)
OMARI_NUMBER = "+263719999999"
RIGHT_CODE = "012345"


async def code(world: World, text: str, payer: MemberId = TARIRO) -> None:
    await world.harness.say(SubmitOneTimeCode(payment_id=payment_id_of("S-1/1"), payer=payer, code=text))


@LIVE
async def test_innbucks_gives_a_code_its_picture_and_a_link_and_settles_when_the_payer_confirms(world: World) -> None:
    await world.give(None, method="innbucks")

    initiated = await world.only(PaymentInitiated)
    told = initiated.authorisation
    assert told is not None
    assert told.code is not None
    assert (len(told.code), told.code_expires) == (9, "24-Nov-2026 10:10")
    assert told.link == f"com.innbucks.customer://purchase?paymentToken={told.code}"
    assert told.picture is not None
    assert (told.picture.name, told.picture.type) == ("code.png", "image/png")
    [kept] = world.harness.documents("payments", FILES)
    assert kept.state["sha256"] == told.picture.sha256
    await world.admin("POST", f"innbucks/{told.code}/approve")
    await world.pass_time(10)

    assert (await world.only(PaymentSettled)).method == "innbucks"


@LIVE
async def test_a_check_says_again_what_the_payer_has_to_do(world: World) -> None:
    payment = await world.give(None, method="innbucks")

    await world.check(payment)

    initiated = await world.only(PaymentInitiated)
    assert (await world.only(PaymentChecked)).authorisation == initiated.authorisation


@pytest.mark.parametrize("world", [{"services": {"PAYNOW_TEST_MODE": "false"}}], indirect=True)
async def test_innbucks_is_refused_by_paynow_while_its_integration_is_in_test_mode(world: World) -> None:
    payment = await world.give(None, method="innbucks")

    assert payment.state == "failed"
    assert await world.at_paynow() == []


async def test_innbucks_is_refused_in_test_mode_before_paynow_is_asked(world: World) -> None:
    await world.harness.say(request(None, method="innbucks"))

    assert (await world.only(PaymentRefused)).rule == "method"


async def test_omari_settles_with_the_code_from_the_sms(world: World) -> None:
    await world.give(OMARI_NUMBER, method="omari")
    initiated = await world.only(PaymentInitiated)
    assert initiated.authorisation is not None
    assert (initiated.authorisation.code_reference or "").startswith("OM")

    await code(world, RIGHT_CODE)

    assert (await world.only(PaymentSettled)).method == "omari"
    assert world.harness.all(OneTimeCodeRefused) == []


async def test_the_fifth_wrong_code_ends_an_omari_payment_and_is_told_once(world: World) -> None:
    """Two messages came of it: that it was the last try, and that the payment was cancelled "on the phone"."""
    await world.give(OMARI_NUMBER, method="omari")

    for _ in range(5):
        await code(world, "999999")

    await world.pass_time(5)
    assert [refused.tries_left for refused in world.harness.all(OneTimeCodeRefused)] == [4, 3, 2, 1]
    assert (await world.only(PaymentCancelled)).wrong_codes
    await code(world, RIGHT_CODE)
    assert world.harness.last(OneTimeCodeRefused).tries_left is None
    assert world.harness.all(PaymentSettled) == []


async def test_the_fifth_wrong_code_is_told_though_paynow_cannot_be_asked(world: World) -> None:
    await world.give(OMARI_NUMBER, method="omari")
    for _ in range(4):
        await code(world, "999999")
    await world.arm("lost-answer", on="poll", seconds=0)

    await code(world, "999999")

    assert [refused.tries_left for refused in world.harness.all(OneTimeCodeRefused)] == [4, 3, 2, 1, 0]
    await world.pass_time(SWEPT)
    assert (await world.only(PaymentCancelled)).wrong_codes


@pytest.mark.parametrize("text", ["", "abc", "12", "12345678901", "１２３４５６", "012345&status=Paid"])
async def test_what_is_no_code_costs_no_try(world: World, text: str) -> None:
    await world.give(OMARI_NUMBER, method="omari")

    await code(world, text)

    assert (await world.only(OneTimeCodeRefused)).tries_left is None
    assert (await world.at_paynow())[0]["wrong_otps"] == 0


async def test_somebody_elses_code_is_not_tried(world: World) -> None:
    await world.give(OMARI_NUMBER, method="omari")

    await code(world, RIGHT_CODE, MemberId("M-OTHER"))

    assert (await world.only(OneTimeCodeRefused)).tries_left is None
    assert (await world.payment()).state == "awaiting_payer"


async def test_of_two_codes_sent_at_once_one_is_tried(world: World) -> None:
    await world.give(OMARI_NUMBER, method="omari")
    twice = SubmitOneTimeCode(payment_id=payment_id_of("S-1/1"), payer=TARIRO, code="999999")

    await world.harness.say(twice, twice)

    assert {refused.tries_left for refused in world.harness.all(OneTimeCodeRefused)} == {4, None}
    assert (await world.at_paynow())[0]["wrong_otps"] == 1


@pytest.mark.parametrize(("text", "settled"), [(RIGHT_CODE, 1), ("999999", 0)])
async def test_when_the_answer_to_a_code_is_lost_paynow_is_asked_what_became_of_it(
    world: World, text: str, settled: int
) -> None:
    await world.give(OMARI_NUMBER, method="omari")
    await world.arm("lost-answer", on="otp", seconds=0)

    await code(world, text)

    assert (await world.only(OneTimeCodeRefused)).tries_left is None
    await world.pass_time(SWEPT)
    assert len(world.harness.all(PaymentSettled)) == settled
    assert (await world.at_paynow())[0]["wrong_otps"] == 1 - settled


async def test_the_page_is_a_link_and_what_is_done_there_settles(world: World) -> None:
    await world.give(None, method="web")

    initiated = await world.only(PaymentInitiated)
    assert initiated.authorisation is not None
    link = initiated.authorisation.link
    assert link is not None
    assert link.startswith(f"{world.paynow_url}/Payment/ConfirmPayment/")
    async with (
        aiohttp.ClientSession() as http,
        http.post(link, data={"choice": "pay"}, allow_redirects=False) as answer,
    ):
        assert answer.status == 302
        assert urlsplit(answer.headers["location"]).path == "/payment-return"
    await world.pass_time(10)

    assert (await world.only(PaymentSettled)).method == "web"


async def test_bank_and_cash_wait_for_staff_and_ask_nothing_of_paynow(world: World) -> None:
    payment = await world.give(None, method="manual")

    initiated = await world.only(PaymentInitiated)
    assert initiated.instructions == f"CABS 1001234567, Ruvimbo Church\nReference: {payment.id}"
    assert initiated.test_mode is False
    await world.pass_time(60, step=20)

    assert (await world.payment()).state == "awaiting_approval"
    assert await world.at_paynow() == []
    assert world.harness.all(ReceiptIssued) == []


async def test_a_number_given_for_a_method_that_needs_none_is_not_kept(world: World) -> None:
    payment = await world.give("+263771111111", method="manual")

    assert payment.wallet is None


async def test_paynow_cannot_say_anything_of_a_bank_payment(world: World) -> None:
    payment = await world.give(None, method="manual")
    hint = PaymentStatusReceived(
        payment_id=payment.id,
        currency="USD",
        status="Paid",
        body_digest="0" * 64,
        received_at=world.harness.clock.now(),
    )

    await world.harness.say(hint)

    assert len(world.harness.documents("payments", STRAY_CALLBACKS)) == 1
    assert (await world.payment()).state == "awaiting_approval"


@pytest.mark.parametrize("wallet", [None, "0719999999", "+447711234567"])
async def test_omari_needs_a_number_of_any_network(world: World, wallet: str | None) -> None:
    await world.harness.say(request(wallet, method="omari"))

    assert (await world.only(PaymentRefused)).rule == "wallet"


async def test_parts_of_one_gift_are_payments_of_their_own(world: World) -> None:
    """Splits (product 1): the conversation asks for one part after the other; nothing ties them together here."""
    parts: list[Payment] = [await world.give(intent=f"S-1/1/part-{number}") for number in range(3)]
    await world.pass_time(20)

    assert len({payment.id for payment in parts}) == 3
    assert len(world.harness.all(ReceiptIssued)) == 3
