"""Finance's figures: per currency, per Harare day, whatever order and however often the events come."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.reporting.app import make
from services.reporting.domain.figures import COUNTED_AS, figures_of
from services.reporting.domain.rows import harare_day
from services.reporting.store import FAILED_DELIVERIES, ROWS, STAFF_USE
from shared.contracts.conversation import StaffCommandUsed
from shared.contracts.notifier import MessageFailed
from shared.contracts.payments import PaymentCancelled, PaymentInitiated, PaymentSettled, ReceiptIssued
from shared.contracts.reporting import MakeStatistics, StatisticsReady
from shared.kernel.clock import VirtualClock
from shared.kernel.ids import MemberId, PaymentId
from shared.kernel.money import Money
from shared.testing.harness import Harness

DONOR = MemberId("M-donor")
ADMIN = MemberId("M-admin")
NOW = VirtualClock().now()


def initiated(id: str, amount: Money) -> PaymentInitiated:
    return PaymentInitiated(payment_id=PaymentId(id), intent=id, payer=DONOR, amount=amount, method="ecocash")


def settled(id: str, amount: Money, at: datetime = NOW) -> PaymentSettled:
    return PaymentSettled(
        payment_id=PaymentId(id),
        payer=DONOR,
        amount=amount,
        method="ecocash",
        purpose="Tithe",
        provider_reference="1",
        settled_at=at,
        after="awaiting_payer",
    )


async def figures(harness: Harness, first: date, last: date) -> StatisticsReady:
    await harness.say(MakeStatistics(asked_by=ADMIN, first=first, last=last))
    return harness.last(StatisticsReady)


async def test_figures_tell_each_currency_on_its_own() -> None:
    async with Harness({"reporting": make}) as harness:
        usd, zwg = Money.of("20", "USD"), Money.of("300.50", "ZWG")
        await harness.say(initiated("P-1", usd), initiated("P-2", zwg), initiated("P-3", usd), initiated("P-4", usd))
        await harness.say(settled("P-1", usd), settled("P-2", zwg))
        await harness.say(
            PaymentCancelled(
                payment_id=PaymentId("P-3"),
                payer=DONOR,
                amount=usd,
                method="ecocash",
                purpose="Tithe",
                cancelled_at=NOW,
            )
        )
        today = harare_day(NOW)
        told = await figures(harness, today, today)
        nothing = {"failed": 0, "disputed": 0, "refunded": 0}
        assert [figure.model_dump() for figure in told.figures] == [
            {"total": usd.model_dump(), "settled": 1, "cancelled": 1, "open": 1} | nothing,
            {"total": zwg.model_dump(), "settled": 1, "cancelled": 0, "open": 0} | nothing,
        ]


async def test_a_payment_just_after_midnight_in_harare_counts_for_the_new_day() -> None:
    async with Harness({"reporting": make}) as harness:
        late = NOW.replace(hour=22, minute=30)  # 00:30 in Harare
        await harness.say(settled("P-1", Money.of("20", "USD"), late))
        assert (await figures(harness, late.date(), late.date())).figures == ()
        next_day = late.date() + timedelta(days=1)
        assert (await figures(harness, next_day, next_day)).figures[0].settled == 1
        assert (await figures(harness, late.date(), next_day)).figures[0].settled == 1


async def test_a_row_keeps_the_receipt_and_holds_no_person() -> None:
    async with Harness({"reporting": make}) as harness:
        usd = Money.of("20", "USD")
        await harness.say(settled("P-1", usd))
        await harness.say(
            ReceiptIssued(
                receipt_number="2026-000001",
                payment_id=PaymentId("P-1"),
                payer=DONOR,
                payer_name="Tariro Canary",
                amount=usd,
                method="ecocash",
                purpose="Tithe",
                provider_reference="1",
                settled_at=NOW,
                issued_at=NOW,
            )
        )
        [document] = harness.documents("reporting", ROWS)
        assert document.state["receipt_number"] == "2026-000001"
        assert "Canary" not in str(document.state)
        assert DONOR not in str(document.state)


async def test_staff_use_and_failed_deliveries_are_kept_once_each() -> None:
    async with Harness({"reporting": make}) as harness:
        await harness.say(StaffCommandUsed(member=ADMIN, command="/approve", allowed=True, at=NOW, about="P-1"))
        await harness.say(MessageFailed(member=ADMIN, reference="E-1", code=131026, at=NOW))
        [use] = harness.documents("reporting", STAFF_USE)
        [failed] = harness.documents("reporting", FAILED_DELIVERIES)
        assert (use.state["command"], failed.state["code"]) == ("/approve P-1", 131026)


payments = st.tuples(
    st.sampled_from(["USD", "ZWG"]),
    st.sampled_from(list(COUNTED_AS)),
    st.integers(1, 10**9),
)


@given(st.lists(payments, max_size=30))
def test_totals_are_exact_sums_of_what_is_settled_in_that_currency(payments: list[tuple[str, str, int]]) -> None:
    figures = figures_of(((currency, state), 1, minor) for currency, state, minor in payments)
    assert [figure.total.currency for figure in figures] == sorted({currency for currency, _, _ in payments})
    for figure in figures:
        mine = [(state, minor) for currency, state, minor in payments if currency == figure.total.currency]
        assert figure.total.minor == sum(minor for state, minor in mine if state == "settled")
        told = figure.settled + figure.cancelled + figure.failed + figure.open + figure.disputed + figure.refunded
        assert told == len(mine)
