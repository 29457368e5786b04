"""Giving, from hello to receipt: what is asked, understood, refused, changed and never done twice."""

from __future__ import annotations

import pytest

from services.conversation.tests.talk import NEW_DONOR, Talk, choices_of, text_of
from shared.contracts.payments import (
    PaymentCancelled,
    PaymentChecked,
    PaymentFailed,
    PaymentInitiated,
    PaymentRefused,
    PaymentUncertain,
    RequestPayment,
)
from shared.kernel.money import Money


async def test_a_confirmed_gift_is_requested_once_with_all_that_was_said(tariro: Talk) -> None:
    await tariro.give()
    await tariro.tap("Confirm")
    request = tariro.harness.only(RequestPayment)
    assert request.amount == Money.of("20", "USD")
    assert (request.method, request.wallet, request.purpose) == ("ecocash", "+263771111111", "Youth Conference")
    assert request.payer_name == "Tariro Moyo"


async def test_a_double_tap_on_confirm_asks_for_one_payment(tariro: Talk) -> None:
    await tariro.give()
    confirm = choices_of(tariro.last)[0]
    await tariro.tap_id(confirm.id)
    again = await tariro.tap_id(confirm.id)
    assert len(tariro.harness.all(RequestPayment)) == 1
    assert "not be charged twice" in text_of(again[0])
    await tariro.told(tariro.initiated())
    await tariro.tap_id(confirm.id)
    await tariro.say("confirm")
    assert len(tariro.harness.all(RequestPayment)) == 1


async def test_cancel_at_the_confirmation_asks_for_nothing(tariro: Talk) -> None:
    """The fault of an earlier system: its Cancel created the credit."""
    await tariro.give()
    said = await tariro.tap("Cancel")
    assert "nothing was charged" in text_of(said[0])
    assert tariro.harness.all(RequestPayment) == []


async def test_the_outcome_and_the_receipt_are_one_message(tariro: Talk) -> None:
    await tariro.give()
    await tariro.tap("Confirm")
    [prompt] = await tariro.told(tariro.initiated())
    assert "enter your PIN" in text_of(prompt)
    [receipt] = await tariro.told(*tariro.settled())
    for part in ("Thank you, Tariro", "USD 20.00", "2026-000001", "Youth Conference", "EcoCash", "31000001"):
        assert part in text_of(receipt)


async def test_the_outcome_is_told_though_the_person_went_on_to_something_else(tariro: Talk) -> None:
    """The earlier system forgot the pending payment when anything else was said."""
    await tariro.give()
    await tariro.tap("Confirm")
    await tariro.told(tariro.initiated())
    for text in ("ok I approved", "hi", "donate", "cancel"):
        await tariro.say(text)
    [receipt] = await tariro.told(*tariro.settled())
    assert "2026-000001" in text_of(receipt)


async def test_a_returning_donor_gives_in_three_steps(tariro: Talk) -> None:
    await tariro.give()
    await tariro.tap("Confirm")
    await tariro.told(tariro.initiated(), *tariro.settled())
    before = (tariro.sent, len(tariro.heard))
    await tariro.give("donate", "5 usd", "confirm")
    await tariro.told(tariro.initiated())
    assert (tariro.sent - before[0], len(tariro.heard) - before[1]) == (3, 3)
    assert tariro.request.amount == Money.of("5", "USD")
    assert tariro.request.wallet == "+263771111111"
    assert len({request.intent for request in tariro.harness.all(RequestPayment)}) == 2


async def test_a_cancelled_payment_is_told_and_tried_again_with_one_confirmation(tariro: Talk) -> None:
    await tariro.give()
    await tariro.tap("Confirm")
    await tariro.told(tariro.initiated())
    now = tariro.harness.clock.now()
    [told] = await tariro.told(PaymentCancelled(purpose="Youth Conference", cancelled_at=now, **tariro.about()))
    assert "cancelled" in text_of(told)
    assert "[Try again]" in text_of(told)
    first = tariro.request.intent
    [summary] = await tariro.tap("Try again")
    assert "USD 20.00" in text_of(summary)
    await tariro.tap("Confirm")
    assert tariro.request.intent != first


async def test_too_little_balance_is_said_as_that(tariro: Talk) -> None:
    await tariro.give()
    await tariro.tap("Confirm")
    now = tariro.harness.clock.now()
    failed = PaymentFailed(
        intent=tariro.request.intent,
        purpose="Youth Conference",
        reason="insufficient_balance",
        failed_at=now,
        **tariro.about(),
    )
    [told] = await tariro.told(failed)
    assert "not enough balance" in text_of(told)
    [answer] = await tariro.say("hello")
    assert "Ruvimbo Church" in text_of(answer), "the flow is over"


async def test_an_unknown_outcome_is_said_honestly(tariro: Talk) -> None:
    await tariro.give()
    await tariro.tap("Confirm")
    [told] = await tariro.told(PaymentUncertain(intent=tariro.request.intent, **tariro.about()))
    assert "do not know yet" in text_of(told)
    assert "not be charged twice" in text_of(told)


async def test_a_refusal_by_payments_says_what_fits(tariro: Talk) -> None:
    await tariro.give()
    await tariro.tap("Confirm")
    [told] = await tariro.told(
        PaymentRefused(
            intent=tariro.request.intent,
            payer=tariro.member,
            amount=tariro.request.amount,
            rule="amount_too_large",
            limit=Money.of("10", "USD"),
        )
    )
    assert "at most USD 10.00" in text_of(told)


@pytest.mark.parametrize(
    ("field", "answer", "shown"),
    [
        ("Amount", "35.50 usd", "USD 35.50"),
        ("Purpose", "Construction", "Construction"),
        ("Number to charge", "0782222222", "0782 222 222"),
        ("Name", "Tariro Ncube", "Tariro Ncube"),
    ],
)
async def test_edit_asks_one_field_and_keeps_the_others(tariro: Talk, field: str, answer: str, shown: str) -> None:
    await tariro.give()
    await tariro.tap("Edit")
    await tariro.tap(field)
    [summary] = await tariro.say(answer)
    assert shown in text_of(summary)
    assert "Mutare, Manicaland" in text_of(summary)
    await tariro.tap("Confirm")
    assert len(tariro.harness.all(RequestPayment)) == 1


async def test_editing_the_method_asks_for_a_number_that_fits_it(tariro: Talk) -> None:
    await tariro.give(*NEW_DONOR[:-1], "0781234567")
    await tariro.tap("Edit")
    await tariro.tap("Payment method")
    [wallet] = await tariro.say("OneMoney")
    assert "OneMoney number" in text_of(wallet)
    [refused] = await tariro.say("0781234567")
    assert "cannot be charged by OneMoney" in text_of(refused)
    [summary] = await tariro.say("0712345678")
    assert "OneMoney from 0712 345 678" in text_of(summary)


async def test_back_takes_one_answer_back(tariro: Talk) -> None:
    await tariro.give(*NEW_DONOR[:5])
    [purpose] = await tariro.say("back")
    assert "give to" in text_of(purpose)
    [town] = await tariro.say("back")
    assert "congregation or town" in text_of(town)


@pytest.mark.parametrize("amount", ["0", "-50", "0.5", "481", "nan", "inf", "1e3", "five", "20.505", "1,00", "20 zwl"])
async def test_amounts_that_do_not_fit_are_refused_and_asked_again(tariro: Talk, amount: str) -> None:
    """The earlier system took -50 as 50, "1,000" as 1, nan as nan."""
    await tariro.give(*NEW_DONOR[:5])
    for _turn in range(2):
        said = await tariro.say(amount)
    assert tariro.harness.all(RequestPayment) == []
    assert "[Confirm]" not in text_of(said[-1])


async def test_the_currency_is_asked_only_when_it_was_not_typed(tariro: Talk) -> None:
    await tariro.give(*NEW_DONOR[:5])
    [currency] = await tariro.say("300")
    assert "currency" in text_of(currency)
    [method] = await tariro.tap("ZiG")
    assert "pay" in text_of(method)


async def test_another_purpose_is_asked_in_words(tariro: Talk) -> None:
    await tariro.give(*NEW_DONOR[:4], "Other", "Roof repair", "20 usd", "EcoCash", "0771111111")
    assert "Roof repair" in text_of(tariro.last)


@pytest.mark.parametrize("name", ["José Ñandú", "Ng'ombe Thandeka", "Jo", "Chipo-Rudo d’Almeida", "Nyasha M."])
async def test_names_as_people_have_them_are_taken(tariro: Talk, name: str) -> None:
    """The earlier system refused José."""
    await tariro.say("donate")
    [answer] = await tariro.say(name)
    assert "province" in text_of(answer)


async def test_a_place_that_is_no_province_is_not_taken_for_harare(tariro: Talk) -> None:
    await tariro.give("donate", "Tariro Moyo")
    [answer] = await tariro.say("Nowhere")
    assert "Please choose one of these" in text_of(answer)


async def test_one_typed_at_a_list_is_the_first_row_and_at_the_amount_is_an_amount(tariro: Talk) -> None:
    """The earlier system took a "1" in the menu for an amount of 1.0."""
    await tariro.give("donate", "Tariro Moyo", "8")
    assert "Mutare" in text_of(tariro.last)
    await tariro.give("Mutare", "1")
    assert "How much" in text_of(tariro.last)
    await tariro.give("1 usd")
    assert "pay" in text_of(tariro.last)


async def test_check_asks_about_the_latest_payment_and_starts_none(tariro: Talk) -> None:
    [nothing] = await tariro.say("check")
    assert "no payment to check" in text_of(nothing)
    await tariro.give()
    await tariro.tap("Confirm")
    await tariro.told(tariro.initiated())
    assert await tariro.say("check") == []
    about = tariro.about()
    [told] = await tariro.told(PaymentChecked(state="awaiting_payer", asked=True, **about))
    assert "waiting for your approval" in text_of(told)
    assert len(tariro.harness.all(RequestPayment)) == 1


async def test_history_and_receipt_show_what_was_paid(tariro: Talk) -> None:
    await tariro.give()
    await tariro.tap("Confirm")
    await tariro.told(tariro.initiated(), *tariro.settled())
    [history] = await tariro.say("history")
    assert "USD 20.00" in text_of(history)
    assert "paid" in text_of(history)
    [receipt] = await tariro.say("receipt")
    assert "2026-000001" in text_of(receipt)


async def test_a_wait_ends_only_by_the_answer_to_its_own_request(tariro: Talk) -> None:
    await tariro.give()
    await tariro.tap("Confirm")
    other = tariro.initiated().model_copy(update={"intent": "somebody else's"})
    await tariro.told(PaymentInitiated.model_validate(other.model_dump()))
    [waiting] = await tariro.say("anything")
    assert "on its way" in text_of(waiting)


async def test_editing_province_and_town_asks_both_and_mixes_nothing_up(tariro: Talk) -> None:
    """The earlier system's "Start Fresh" took the province for the congregation."""
    await tariro.give()
    await tariro.tap("Edit")
    await tariro.tap("Province and town")
    assert "province" in text_of(tariro.last)
    await tariro.give("Bulawayo", "Bulawayo West")
    assert "Tariro Moyo, Bulawayo West, Bulawayo" in text_of(tariro.last)


async def test_money_is_written_with_its_currency_once(tariro: Talk) -> None:
    """The earlier system's summary showed "USD$20"."""
    await tariro.give()
    assert "*USD 20.00*" in text_of(tariro.last)
    assert "$" not in text_of(tariro.last)


@pytest.mark.parametrize("text", ["ok I approved", "0772222222", "done", "hello", "what now?"])
async def test_anything_said_while_a_payment_is_pending_neither_drops_nor_doubles_it(tariro: Talk, text: str) -> None:
    """The worst fault of the earlier system: it forgot the payment, or charged a second number."""
    await tariro.give(*NEW_DONOR, "confirm")
    for _before_and_after in range(2):
        assert await tariro.say(text)
        await tariro.told(tariro.initiated())
    assert len(tariro.harness.all(RequestPayment)) == 1
    [receipt] = await tariro.told(*tariro.settled())
    assert "2026-000001" in text_of(receipt)
