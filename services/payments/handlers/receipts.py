"""Receipts of settled payments: numbered, printed, verified."""

from __future__ import annotations

from services.payments.domain.payment import Payment
from services.payments.domain.receipt import Receipt, next_receipt, year_of
from services.payments.domain.receipt_code import asked_for, is_true, sign_receipt
from services.payments.ports import DRAW_RECEIPT, MadeFile, ReceiptPicture
from services.payments.settings import PaymentsSettings
from services.payments.store import PAYMENTS, RECEIPTS
from shared.bus.handlers import answered, on
from shared.bus.work import Missing, Work
from shared.contracts.payments import (
    IssueReceipt,
    MakeReceiptDocument,
    PaymentSettled,
    ReceiptDocumentMade,
    ReceiptIssued,
    ReceiptVerified,
    VerifyReceipt,
)
from shared.outcalls.calls import Unknown, Unreached

SERIES = "receipts"
"""One series for all currencies: one lane, so that payments that settle together don't race for a number."""


@on(PaymentSettled)
async def want_receipt(event: PaymentSettled, work: Work) -> None:
    """Ask for a receipt where numbers are given out one after another, whoever paid."""
    work.emit(IssueReceipt(series=SERIES, payment_id=event.payment_id))


@on(IssueReceipt)
async def issue_receipt(command: IssueReceipt, work: Work) -> None:
    """Give the payment the next number of the year; who loses a race for it is handled again."""
    id = command.replaces or command.payment_id
    if await work.exists(RECEIPTS, id):
        return  # settled again after a dispute
    payment = await work.read(PAYMENTS, command.payment_id)
    if payment is None or payment.settled_at is None:
        raise Missing(PAYMENTS.name, command.payment_id)
    settings: PaymentsSettings = work.settings
    latest = await work.find(RECEIPTS, {"year": year_of(work.now)}, order="-number", limit=1)
    before = await work.find(RECEIPTS, {"code": command.replaces}, limit=1) if command.replaces else []
    receipt = next_receipt(payment, latest[0] if latest else None, work.now, command.replaces)
    receipt.signed = sign_receipt(receipt, settings.receipt_key)
    await work.open(RECEIPTS, id, lambda: receipt)
    work.emit(
        ReceiptIssued(
            receipt_number=receipt.code,
            payment_id=payment.id,
            payer=payment.payer,
            payer_name=payment.payer_name,
            amount=payment.amount,
            method=payment.method,
            purpose=payment.purpose,
            provider_reference=payment.paynow_reference,
            settled_at=payment.settled_at,
            issued_at=receipt.issued_at,
            verify_url=settings.verify_url(receipt.code),
            replaces=command.replaces,
            corrected_by=command.corrected_by,
            purpose_before=before[0].purpose if before else None,
        )
    )


async def newest_receipt(payment: Payment, work: Work) -> str | None:
    """The document of the payment's newest receipt; a correction may still be on its way."""
    for id in reversed(payment.receipt_ids):
        if await work.exists(RECEIPTS, id):
            return id
    return None


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
            newer = await work.read(RECEIPTS, receipt.code)
            facts = {
                "receipt_number": receipt.code,
                "issued_at": receipt.issued_at,
                "amount": receipt.amount,
                "purpose": receipt.purpose,
                "replaces": receipt.replaces,
                "replaced_by": newer.code if newer else None,
            }
            told = told.model_copy(update=facts)
    work.emit(told)


@on(MakeReceiptDocument)
async def make_document(command: MakeReceiptDocument, work: Work) -> None:
    """Have the payment's newest receipt drawn; say so when there is none, or when it is somebody else's."""
    payment = await work.read(PAYMENTS, command.payment_id)
    id = await newest_receipt(payment, work) if payment else None
    if payment is None or id is None or payment.payer != command.payer:
        work.emit(
            ReceiptDocumentMade(payment_id=command.payment_id, payer=command.payer, receipt_number=None, file=None)
        )
        return
    receipt = await work.load(RECEIPTS, id)
    about = {"payer": payment.payer, "payer_name": payment.payer_name, "language": command.language}
    work.call(DRAW_RECEIPT, ReceiptPicture(receipt=receipt, **about))


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
