"""Receipts that staff correct: what was typed is put right in the payment, and a new receipt is asked for."""

from __future__ import annotations

from functools import partial

from services.payments.domain.correct import correct, refusal_of
from services.payments.handlers.receipts import SERIES
from services.payments.store import PAYMENTS, RECEIPTS
from shared.bus.handlers import on
from shared.bus.work import Work
from shared.contracts.payments import CorrectionRefused, CorrectReceipt, IssueReceipt


@on(CorrectReceipt)
async def correct_receipt(command: CorrectReceipt, work: Work) -> None:
    """Put it right if it may be; nothing is put back into the records of somebody who was forgotten."""
    refused = partial(CorrectionRefused, receipt_number=command.receipt_number, by=command.by)
    found = await work.find(RECEIPTS, {"code": command.receipt_number}, limit=1)
    if not found:
        work.emit(refused(rule="unknown"))
        return
    payment = await work.load(PAYMENTS, found[0].payment_id)
    if await work.is_erased(payment.payer):
        work.emit(refused(rule="payer_forgotten"))
        return
    rule = refusal_of(payment, command)
    if rule is not None:
        work.emit(refused(rule=rule))
        return
    correct(payment, command, work.now)
    work.emit(
        IssueReceipt(series=SERIES, payment_id=payment.id, replaces=command.receipt_number, corrected_by=command.by)
    )
