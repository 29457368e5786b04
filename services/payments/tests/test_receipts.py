"""The numbers of receipts."""

from __future__ import annotations

from datetime import UTC, datetime

from services.payments.domain.payment import Payment
from services.payments.domain.receipt import Receipt, next_receipt, year_of
from services.payments.domain.request import new_payment
from services.payments.store import RECEIPTS
from services.payments.tests.world import request
from shared.kernel.ids import PaymentId
from shared.store.documents import Document
from shared.store.memory import MemoryStore

NEW_YEAR_IN_HARARE = datetime(2026, 12, 31, 22, 0, tzinfo=UTC)


def receipt(number: int, payment_id: str = "P-1") -> Receipt:
    paid = payment().model_copy(update={"id": PaymentId(payment_id)})
    return next_receipt(paid, None, NEW_YEAR_IN_HARARE).model_copy(update={"year": 2026, "number": number})


def payment() -> Payment:
    return new_payment(request(), NEW_YEAR_IN_HARARE, None)


def test_the_year_is_that_of_harare() -> None:
    assert year_of(datetime(2026, 12, 31, 21, 59, 59, tzinfo=UTC)) == 2026
    assert next_receipt(payment(), None, NEW_YEAR_IN_HARARE).code == "2027-000001"


def test_numbers_follow_each_other_and_grow_beyond_six_digits() -> None:
    assert next_receipt(payment(), receipt(41), datetime(2026, 5, 1, tzinfo=UTC)).code == "2026-000042"
    assert receipt(1_000_000).code == "2026-1000000"


async def test_no_two_receipts_can_be_written_with_one_number() -> None:
    store = MemoryStore()
    await store.prepare([RECEIPTS])
    documents = [Document(RECEIPTS.name, id, state=receipt(1, id).model_dump(mode="json")) for id in ("P-1", "P-2")]

    assert await store.create(documents, now=NEW_YEAR_IN_HARARE) == [True, False]
