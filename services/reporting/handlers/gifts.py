"""Gifts with their donors: counted while the money is in, named when the receipt is issued."""

from __future__ import annotations

from services.reporting.domain.gifts import Gift
from services.reporting.domain.rows import harare_day
from services.reporting.store import GIFTS
from shared.bus.handlers import on
from shared.bus.work import Work
from shared.contracts.payments import PaymentDisputed, PaymentRefunded, PaymentSettled, ReceiptIssued


async def _gift(event: PaymentSettled | PaymentDisputed | PaymentRefunded | ReceiptIssued, work: Work) -> Gift:
    return await work.open(
        GIFTS,
        event.payment_id,
        lambda: Gift(payment_id=event.payment_id, member=event.payer, amount=event.amount, day=harare_day(work.now)),
    )


@on(PaymentSettled)
async def keep_gift(event: PaymentSettled, work: Work) -> None:
    """The gift counts, on the day of its settlement."""
    gift = await _gift(event, work)
    gift.counts = 1
    gift.day = harare_day(event.settled_at)


@on(ReceiptIssued)
async def name_donor(event: ReceiptIssued, work: Work) -> None:
    """The receipt says who gave."""
    gift = await _gift(event, work)
    if gift.member is not None:
        gift.name = event.payer_name


@on(PaymentDisputed)
async def hold_gift(event: PaymentDisputed, work: Work) -> None:
    """It counts no more until the dispute ends."""
    (await _gift(event, work)).counts = 0


@on(PaymentRefunded)
async def take_back(event: PaymentRefunded, work: Work) -> None:
    """It went back."""
    (await _gift(event, work)).counts = 0
