"""What payments does about receipts: handlers, beside those of payments (handlers.py declares them too)."""

from __future__ import annotations

from services.payments.domain.receipt import Receipt, next_receipt, year_of
from services.payments.domain.receipt_code import asked_for, is_true, sign_receipt
from services.payments.ports import DRAW_RECEIPT, MadeFile, ReceiptPicture
from services.payments.settings import PaymentsSettings
from services.payments.store import PAYMENTS, RECEIPTS
from shared.bus.handlers import answered, on
from shared.bus.work import Missing, Work
from shared.contracts.payments import (
    MakeReceiptDocument,
    PaymentSettled,
    ReceiptDocumentMade,
    ReceiptIssued,
    ReceiptVerified,
    VerifyReceipt,
)
from shared.outcalls.calls import Unknown, Unreached


@on(PaymentSettled)
async def issue_receipt(event: PaymentSettled, work: Work) -> None:
    """Give the payment the next number of the year; who loses the race for it is handled again."""
    if await work.exists(RECEIPTS, event.payment_id):
        return  # settled again after a dispute
    payment = await work.read(PAYMENTS, event.payment_id)
    if payment is None:
        raise Missing(PAYMENTS.name, event.payment_id)
    settings: PaymentsSettings = work.settings
    latest = await work.find(RECEIPTS, {"year": year_of(work.now)}, order="-number", limit=1)
    receipt = next_receipt(payment, latest[0] if latest else None, work.now)
    receipt.signed = sign_receipt(receipt, settings.receipt_key)
    await work.open(RECEIPTS, event.payment_id, lambda: receipt)
    work.emit(
        ReceiptIssued(
            receipt_number=receipt.code,
            payment_id=event.payment_id,
            payer=event.payer,
            payer_name=payment.payer_name,
            amount=event.amount,
            method=event.method,
            purpose=event.purpose,
            provider_reference=event.provider_reference,
            settled_at=event.settled_at,
            issued_at=receipt.issued_at,
            verify_url=settings.verify_url(receipt.code),
        )
    )


@on(VerifyReceipt)
async def verify(command: VerifyReceipt, work: Work) -> None:
    """Tell whether we issued the receipt, and what it says."""
    told = ReceiptVerified(code=command.code, asked_by=command.asked_by)
    asked = asked_for(command.code)
    if asked is not None:
        number, signed = asked
        found = await work.find(RECEIPTS, {"code": number}, limit=1)
        if found and is_true(found[0], signed):
            [receipt] = found
            facts = {
                "receipt_number": receipt.code,
                "issued_at": receipt.issued_at,
                "amount": receipt.amount,
                "purpose": receipt.purpose,
            }
            told = told.model_copy(update=facts)
    work.emit(told)


@on(MakeReceiptDocument)
async def make_document(command: MakeReceiptDocument, work: Work) -> None:
    """Have the receipt drawn; say so when there is none, or when it is somebody else's."""
    payment = await work.read(PAYMENTS, command.payment_id)
    receipt = await work.read(RECEIPTS, command.payment_id)
    if payment is None or receipt is None or payment.payer != command.payer:
        work.emit(
            ReceiptDocumentMade(payment_id=command.payment_id, payer=command.payer, receipt_number=None, file=None)
        )
        return
    receipt = await work.load(RECEIPTS, command.payment_id)
    picture = ReceiptPicture(receipt=receipt, payer=payment.payer, payer_name=payment.payer_name)
    work.call(DRAW_RECEIPT, picture)


@answered(DRAW_RECEIPT, RECEIPTS)
async def drawn(receipt: Receipt, request: ReceiptPicture, outcome: MadeFile | Unknown | Unreached, work: Work) -> None:
    """Tell where the document is."""
    work.emit(
        ReceiptDocumentMade(
            payment_id=receipt.payment_id,
            payer=request.payer,
            receipt_number=receipt.code,
            file=outcome.file if isinstance(outcome, MadeFile) else None,
        )
    )
