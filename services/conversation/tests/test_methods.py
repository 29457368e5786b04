"""The ways to pay: what each asks for, and what the payer is told to do."""

from __future__ import annotations

import pytest

from services.conversation.tests.talk import NEW_DONOR, Talk, choices_of, text_of
from shared.contracts.files import FileRef
from shared.contracts.notifier import LinkButton
from shared.contracts.payments import (
    Authorisation,
    CheckPayment,
    OneTimeCodeRefused,
    PaymentCancelled,
    RequestPayment,
    SubmitOneTimeCode,
)
from shared.kernel.ids import PaymentId


@pytest.fixture
def environment() -> dict[str, str]:
    """In test mode InnBucks is not offered."""
    return {"PAYNOW_TEST_MODE": "false"}


async def give_by(talk: Talk, method: str, *more: str) -> None:
    await talk.give(*NEW_DONOR[:5], "20 usd", method, *more, "confirm")


async def test_only_methods_that_are_on_for_the_currency_are_shown(tariro: Talk) -> None:
    await tariro.give(*NEW_DONOR[:5], "20 usd")
    titles = [choice.title for choice in choices_of(tariro.last)]
    assert titles == ["EcoCash", "OneMoney", "InnBucks", "O'mari", "Card or web page", "Bank or cash"]
    await tariro.give("x", *NEW_DONOR[:5], "20 zig")
    assert [choice.title for choice in choices_of(tariro.last)] == ["EcoCash", "OneMoney"]


@pytest.mark.parametrize(
    ("environment", "fits"), [({"PAYNOW_TEST_MODE": "true"}, True), ({"PAYNOW_TEST_MODE": "false"}, False)]
)
async def test_a_test_number_is_on_every_wallet_in_test_mode_only(tariro: Talk, fits: bool) -> None:
    """Paynow contract 6.2."""
    [told] = await tariro.give(*NEW_DONOR[:5], "20 usd", "OneMoney", "0772222222")
    assert ("by OneMoney from 0772 222 222" in text_of(told)) == fits
    assert ("cannot be charged by OneMoney" in text_of(told)) != fits


@pytest.mark.parametrize("method", ["InnBucks", "Card or web page", "Bank or cash"])
async def test_methods_that_charge_no_number_ask_for_none(tariro: Talk, method: str) -> None:
    await give_by(tariro, method)
    assert tariro.request.wallet is None


@pytest.mark.parametrize(
    ("method", "words"),
    [("InnBucks", "by InnBucks"), ("Card or web page", "by card or web page"), ("Bank or cash", "by bank or cash")],
)
async def test_inside_a_sentence_only_names_of_products_are_capital(tariro: Talk, method: str, words: str) -> None:
    [told] = await tariro.give(*NEW_DONOR[:5], "20 usd", method)
    assert words in text_of(told)


@pytest.mark.parametrize(
    ("typed", "method"), [("Card", "web"), ("telecash", "web"), ("bank", "manual"), ("cash!", "manual")]
)
async def test_a_method_may_be_typed_in_part_or_by_what_it_takes(tariro: Talk, typed: str, method: str) -> None:
    await give_by(tariro, typed)
    assert tariro.request.method == method


async def test_innbucks_shows_the_code_its_time_and_the_link(tariro: Talk) -> None:
    await give_by(tariro, "InnBucks")
    authorisation = Authorisation(
        code="0012345678",
        code_expires="3-Nov-2026 14:05",
        link="schinn.wbpycode://innbucks.co.zw?pymInnCode=0012345678",
    )
    [told] = await tariro.told(tariro.initiated(authorisation))
    for part in ("*0012345678*", "3-Nov-2026 14:05", "schinn.wbpycode://"):
        assert part in text_of(told)


async def test_a_web_payment_is_a_button_that_opens_the_page(tariro: Talk) -> None:
    await give_by(tariro, "Card or web page")
    [told] = await tariro.told(tariro.initiated(Authorisation(link="https://www.paynow.co.zw/pay/1")))
    assert isinstance(told, LinkButton)
    assert (told.title, told.url) == ("Pay now", "https://www.paynow.co.zw/pay/1")


async def test_bank_or_cash_tells_the_account_and_the_reference_and_waits_for_staff(tariro: Talk) -> None:
    await give_by(tariro, "Bank or cash")
    reference = tariro.about()["payment_id"]
    [told] = await tariro.told(tariro.initiated(instructions=f"CBZ 0123456789\nReference: {reference}"))
    assert "CBZ 0123456789" in text_of(told)
    assert text_of(told).count(reference) == 1
    assert "waiting for our staff" in text_of((await tariro.say("history"))[0])
    await tariro.say("donate")
    assert len(await tariro.be_silent(310)) == 2, "it may take days: silence is warned of meanwhile"


@pytest.mark.parametrize("method", ["InnBucks", "Card or web page", "O'mari"])
async def test_a_request_that_cannot_be_approved_any_more_is_said_to_charge_nothing(tariro: Talk, method: str) -> None:
    """The provider's answer was lost with the code, the link or the address for the one-time code."""
    await give_by(tariro, method, *(["0712345678"] if method == "O'mari" else []))
    [told] = await tariro.told(tariro.initiated())
    assert "Nothing is charged" in text_of(told)
    assert "[Give]" in text_of(told)


async def test_the_picture_of_the_code_follows_its_text(tariro: Talk) -> None:
    await give_by(tariro, "InnBucks")
    file = FileRef(url="http://127.0.0.1/f/1", sha256="0" * 64, size=1, name="code.png", type="image/png")
    told = await tariro.told(tariro.initiated(Authorisation(code="0012345678", picture=file)))
    assert [content.kind for content in told] == ["buttons", "picture"]


async def test_the_code_of_omari_is_taken_in_the_chat_after_the_flow_is_over(tariro: Talk) -> None:
    await give_by(tariro, "O'mari", "0712345678")
    [told] = await tariro.told(tariro.initiated(Authorisation(code_reference="ABC12")))
    assert "reference ABC12" in text_of(told)
    assert await tariro.say(" 012345 ") == []
    submitted = tariro.harness.only(SubmitOneTimeCode)
    assert (submitted.code, submitted.payment_id) == ("012345", tariro.about()["payment_id"])


async def test_a_wrong_code_is_told_with_the_tries_that_are_left(tariro: Talk) -> None:
    await give_by(tariro, "O'mari", "0712345678")
    await tariro.told(tariro.initiated(Authorisation(code_reference="ABC12")))
    id = PaymentId(tariro.about()["payment_id"])
    for tries, words in ((3, "tries left: 3"), (0, "last try"), (None, "could not be tried")):
        refused = OneTimeCodeRefused(payment_id=id, payer=tariro.member, tries_left=tries)
        [told] = await tariro.told(refused)
        assert words in text_of(told)


async def test_the_last_wrong_code_and_the_end_of_the_payment_are_one_message(tariro: Talk) -> None:
    await give_by(tariro, "O'mari", "0712345678")
    await tariro.told(tariro.initiated(Authorisation(code_reference="ABC12")))
    ended = tariro.cancelled().model_dump() | {"wrong_codes": True}
    [told] = await tariro.told(PaymentCancelled.model_validate(ended))
    assert "the last try: your payment of *USD 20.00* was cancelled; nothing was charged" in text_of(told)
    assert "[Try again] [Another way]" in text_of(told)


async def test_digits_are_no_code_once_the_payment_is_over(tariro: Talk) -> None:
    await give_by(tariro, "O'mari", "0712345678")
    await tariro.told(tariro.initiated(Authorisation(code_reference="ABC12")), *tariro.settled())
    await tariro.say("012345")
    assert tariro.harness.all(SubmitOneTimeCode) == []


async def test_digits_answer_the_open_question_rather_than_omari(tariro: Talk) -> None:
    await give_by(tariro, "O'mari", "0712345678")
    await tariro.told(tariro.initiated(Authorisation(code_reference="ABC12")))
    await tariro.give("donate", "1234")
    assert tariro.harness.all(SubmitOneTimeCode) == []


async def test_another_way_asks_for_the_method_again_and_keeps_the_rest(tariro: Talk) -> None:
    """The earlier system's InnBucks was a dead end, and its suggested retry reset the chat."""
    await give_by(tariro, "EcoCash", "0771111111")
    await tariro.told(tariro.initiated(), tariro.cancelled())
    [methods] = await tariro.tap("Another way")
    assert "How would you like to pay?" in text_of(methods)
    [summary] = await tariro.tap("InnBucks")
    assert "*USD 20.00* for *Youth Conference*\nby InnBucks" in text_of(summary)
    await tariro.tap("Confirm")
    assert len({request.intent for request in tariro.harness.all(RequestPayment)}) == 2


async def test_a_number_of_letters_is_refused(tariro: Talk) -> None:
    """The earlier system sent "0abcdefghi" to Paynow."""
    [refused] = await tariro.give(*NEW_DONOR[:7], "0abcdefghi")
    assert "not a mobile number" in text_of(refused)


@pytest.mark.parametrize(
    "number", ["0771 111 111", "771111111", "+263 77 111 1111", "263771111111", "00263771111111", "1"]
)
async def test_numbers_are_taken_as_people_write_them(tariro: Talk, number: str) -> None:
    """The earlier system refused +263, blanks and 77…; 1 means the number that is offered."""
    await tariro.give(*NEW_DONOR[:7], number, "confirm")
    assert tariro.request.wallet == "+263771111111"


async def test_while_a_prompt_waits_it_may_be_checked_let_go_and_paid_another_way(tariro: Talk) -> None:
    """The earlier system dropped the payment at any message: "ok I approved" showed the greeting."""
    await tariro.give(*NEW_DONOR, "confirm")
    [prompt] = await tariro.told(tariro.initiated())
    assert text_of(prompt).endswith("[Check payment] [Cancel it] [Another way]")
    for text in ("ok i approved", "yes", "2 minutes", "my pin is not working"):
        [told] = await tariro.say(text)
        assert "USD 20.00 is still open: waiting for your approval" in text_of(told)
    await tariro.tap("Check payment")
    assert tariro.harness.only(CheckPayment).payment_id == tariro.about()["payment_id"]
    let_go = choices_of(prompt)[1].id
    for said in (await tariro.tap_id(let_go), await tariro.say("cancel"), await tariro.tap_id(let_go)):
        assert "decline it there or just leave it" in text_of(said[0])
    [told] = await tariro.tap_id(choices_of(prompt)[2].id)
    assert "still open" in text_of(told)
    assert len(tariro.harness.all(RequestPayment)) == 1
    await tariro.told(tariro.cancelled())
    [told] = await tariro.tap_id(let_go)
    assert "not open any more" in text_of(told)
    [told] = await tariro.say("cancel")
    assert "nothing to cancel" in text_of(told)
