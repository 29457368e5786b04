"""Staff put right a name or purpose as it was typed; a new receipt takes the place of the old one (product 2)."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from services.payments.domain.payment import Payment
from shared.contracts.payments import CorrectReceipt

Rule = Literal["own_payment", "replaced", "not_settled", "says_so"]


def refusal_of(payment: Payment, command: CorrectReceipt) -> Rule | None:
    """Why the receipt cannot be corrected so, if it cannot. Money that went back gets no new receipt."""
    if payment.payer == command.by:
        return "own_payment"
    if command.receipt_number in payment.replaced_receipts:
        return "replaced"
    if payment.state != "settled":
        return "not_settled"
    said = payment.payer_name if command.what == "name" else payment.purpose
    return "says_so" if said == command.value else None


def correct(payment: Payment, command: CorrectReceipt, now: datetime) -> None:
    """Put it right. The receipt's place is taken from now on, and the trail tells who did it, not what was said."""
    if command.what == "name":
        payment.payer_name = command.value
    else:
        payment.purpose = command.value
    payment.replaced_receipts.append(command.receipt_number)
    payment.note(now, f"receipt {command.receipt_number}: {command.what} corrected by {command.by}")
