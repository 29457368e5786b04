"""Gifts above the limit of one payment: parts, one after the other, each its own payment."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from services.conversation.domain.splitting import parts_of
from services.conversation.tests.talk import NEW_DONOR, Talk, text_of
from shared.contracts.payments import PaymentNeedsReview, RequestPayment
from shared.kernel.money import Money

CENTS = st.integers(1, 10_000_000).map(lambda cents: Money.from_minor(cents, "USD"))


@given(CENTS, CENTS, CENTS, st.integers(1, 20))
def test_parts_add_up_fit_the_limits_and_are_as_few_as_can_be(
    amount: Money, one: Money, other: Money, most: int
) -> None:
    lowest, highest = sorted((one, other), key=lambda money: money.amount)
    parts = parts_of(amount, lowest, highest, most)
    few = -(-amount.minor // highest.minor)
    if parts is None:
        assert few > most or amount < lowest or highest.amount < 2 * lowest.amount
        return
    assert sum(parts[1:], start=parts[0]) == amount
    assert all(lowest <= part <= highest for part in parts)
    assert len(parts) == few


def test_the_last_two_parts_are_balanced_where_the_rest_would_be_too_small() -> None:
    parts = parts_of(Money.of("960.50", "USD"), Money.of("1", "USD"), Money.of("480", "USD"), 5)
    assert parts is not None
    assert [part.amount for part in parts] == [Decimal("480.00"), Decimal("240.25"), Decimal("240.25")]


async def begin(tariro: Talk, amount: str = "1,000 usd") -> None:
    await tariro.give(*NEW_DONOR[:5], amount, "EcoCash")
    assert "3 parts" in text_of(tariro.last)
    assert "USD 480.00, USD 480.00, USD 40.00" in text_of(tariro.last)
    await tariro.tap("In parts")
    await tariro.say("0771111111")
    assert "USD 1,000.00" in text_of(tariro.last)
    await tariro.tap("Confirm")


async def test_each_part_is_asked_for_after_the_one_before_it_has_arrived(tariro: Talk) -> None:
    await begin(tariro)
    for number, amount in ((1, "480"), (2, "480"), (3, "40")):
        assert tariro.request.amount == Money.of(amount, "USD")
        [prompt] = await tariro.told(tariro.initiated())
        assert "enter your PIN" in text_of(prompt)
        [told] = await tariro.told(*tariro.settled())
        assert "Receipt" in text_of(told)
        if number < 3:
            assert f"Part {number + 1} of 3" in text_of(told)
            await tariro.tap("Send it")
    assert "All 3 parts have arrived: *USD 1,000.00*" in text_of(tariro.last)
    requests = tariro.harness.all(RequestPayment)
    assert len({request.intent for request in requests}) == len(requests) == 3


async def test_stopping_in_between_leaves_what_is_paid_and_says_so(tariro: Talk) -> None:
    await begin(tariro)
    await tariro.told(tariro.initiated(), *tariro.settled())
    [told] = await tariro.tap("Stop here")
    assert "Paid: *USD 480.00* of USD 1,000.00" in text_of(told)
    assert len(tariro.harness.all(RequestPayment)) == 1


async def test_what_is_paid_is_summed_over_the_parts(tariro: Talk) -> None:
    await begin(tariro)
    for number in range(2):
        await tariro.told(tariro.initiated(), *tariro.settled())
        await tariro.say("no" if number else "yes")
    assert "Paid: *USD 960.00* of USD 1,000.00" in text_of(tariro.last)


async def test_a_part_that_was_cancelled_can_be_sent_again_as_a_new_intent(tariro: Talk) -> None:
    await begin(tariro)
    first = tariro.request.intent
    _prompt, told = await tariro.told(tariro.initiated(), tariro.cancelled())
    assert "cancelled on the phone" in text_of(told)
    assert "Part 1 of 3" in text_of(told)
    await tariro.tap("Send it")
    assert tariro.request.intent != first
    assert tariro.request.amount == Money.of("480", "USD")


async def test_a_second_tap_on_send_it_sends_no_second_part(tariro: Talk) -> None:
    await begin(tariro)
    await tariro.told(tariro.initiated(), *tariro.settled())
    tap = tariro.last
    await tariro.tap("Send it")
    await tariro.tap_id(tap.buttons[0].id)  # type: ignore[union-attr]  # buttons, as the tap above shows
    assert len(tariro.harness.all(RequestPayment)) == 2


async def test_between_parts_nothing_that_was_paid_can_be_taken_back(tariro: Talk) -> None:
    await begin(tariro)
    await tariro.told(tariro.initiated(), *tariro.settled())
    await tariro.say("back")
    [summary] = await tariro.say("continue")
    assert "Part 2 of 3" in text_of(summary)
    assert len(tariro.harness.all(RequestPayment)) == 1


async def test_more_parts_than_allowed_are_refused_with_what_fits(tariro: Talk) -> None:
    """The earlier system answered 4,800,000 with 71 messages and charged 480 of any larger amount."""
    said = await tariro.give(*NEW_DONOR[:5], "4800000 usd")
    assert len(said) == 1
    assert "from USD 1.00 to USD 480.00, and at most 5 may follow each other" in text_of(said[0])


async def test_another_amount_may_be_given_instead_of_parts(tariro: Talk) -> None:
    await tariro.give(*NEW_DONOR[:5], "1000 usd", "EcoCash")
    [again] = await tariro.say("no")
    assert "How much" in text_of(again)
    await tariro.give("30 usd", "0771111111")
    assert "USD 30.00" in text_of(tariro.last)


async def test_cancel_between_parts_says_that_what_is_paid_stays_paid(tariro: Talk) -> None:
    await begin(tariro)
    await tariro.told(tariro.initiated(), *tariro.settled())
    [told] = await tariro.say("cancel")
    assert "What is paid stays paid" in text_of(told)
    assert "nothing was charged" not in text_of(told)


def test_what_cannot_be_split_within_the_limits_is_not_split() -> None:
    narrow = Money.of("400", "USD"), Money.of("480", "USD")
    assert parts_of(Money.of("500", "USD"), *narrow, 5) is None, "two parts of 250 are below the minimum"
    assert parts_of(Money.of("5", "USD"), Money.of("10", "USD"), Money.of("480", "USD"), 5) is None


async def test_bank_or_cash_is_not_split_and_says_what_fits(tariro: Talk) -> None:
    said = await tariro.give(*NEW_DONOR[:5], "1000 usd", "Bank or cash")
    assert "from USD 1.00 to USD 480.00; please send an amount in between" in text_of(said[0])
    assert "How much" in text_of(said[0])


async def test_a_part_that_staff_must_look_at_ends_the_gift(tariro: Talk) -> None:
    await begin(tariro)
    await tariro.told(tariro.initiated(), *tariro.settled())
    await tariro.tap("Send it")
    now = tariro.harness.clock.now()
    review = PaymentNeedsReview(purpose="Youth Conference", cause="open_too_long", noticed_at=now, **tariro.about())
    told = await tariro.told(tariro.initiated(), review)
    assert "Paid: *USD 480.00* of USD 1,000.00" in text_of(told[-1])
    assert len(tariro.harness.all(RequestPayment)) == 2
