"""Somebody wants to be forgotten: money stays as it was, without the person (product 9)."""

from __future__ import annotations

from services.payments.domain.receipt_code import sign_receipt
from services.payments.settings import PaymentsSettings
from services.payments.store import PAYMENTS, RECEIPTS
from shared.bus.handlers import on
from shared.bus.work import Work
from shared.contracts.conversation import ErasureRequested
from shared.contracts.payments import ConfirmErasure, ForgetPayment, ForgetReceipt, PersonErased

MOST = 5000
"""Payments of one person."""


@on(ErasureRequested)
async def forget_payer(event: ErasureRequested, work: Work) -> None:
    """Ask for the person to be taken off each of their payments: one document at a time."""
    for payment in await work.find(PAYMENTS, {"payer": event.member}, limit=MOST):
        about = {"member": event.member, "payment_id": payment.id}
        work.emit(ForgetPayment(**about), ForgetReceipt(**about))
        work.emit(*(ForgetReceipt(replaces=number, **about) for number in payment.replaced_receipts))
    work.emit(ConfirmErasure(member=event.member))


@on(ForgetPayment)
async def forget_payment(command: ForgetPayment, work: Work) -> None:
    """The payment stays, without name, wallet and own words."""
    settings: PaymentsSettings = work.settings
    (await work.load(PAYMENTS, command.payment_id)).forget(settings.public_purpose)


@on(ForgetReceipt)
async def forget_receipt(command: ForgetReceipt, work: Work) -> None:
    """Own words go from the receipt; the paper that the person holds is true all the same."""
    settings: PaymentsSettings = work.settings
    id = command.replaces or command.payment_id
    receipt = await work.read(RECEIPTS, id)
    if receipt is None or receipt.purpose == settings.public_purpose(receipt.purpose):
        return
    receipt = await work.load(RECEIPTS, id)
    receipt.replace_purpose(settings.public_purpose(receipt.purpose))
    receipt.signed = sign_receipt(receipt, settings.receipt_key)


@on(ConfirmErasure)
async def confirm_erasure(command: ConfirmErasure, work: Work) -> None:
    """All that was asked before, in this lane, is done."""
    work.emit(PersonErased(member=command.member, at=work.now))
