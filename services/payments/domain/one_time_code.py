"""O'mari: the payer's one-time code goes to the provider, and five wrong ones end the payment (Paynow contract 2.4)."""

from __future__ import annotations

import re
from datetime import datetime

from services.payments.domain.payment import Payment
from shared.contracts.payments import OneTimeCodeRefused, SubmitOneTimeCode

TRIES = 5
"""Wrong codes that the provider takes; the last of them cancels the transaction."""

_CODE = re.compile(r"[0-9]{4,10}")


def may_try(payment: Payment, command: SubmitOneTimeCode) -> bool:
    """Whether this code of this person can be tried at all: what is no code costs no try."""
    return (
        payment.one_time_code_url is not None
        and payment.state == "awaiting_payer"
        and payment.payer == command.payer
        and _CODE.fullmatch(command.code) is not None
    )


def no_tries_left(payment: Payment) -> bool:
    """Whether the provider takes no more codes."""
    return payment.wrong_codes >= TRIES


def code_wrong(payment: Payment, now: datetime, evidence: str | None) -> list[OneTimeCodeRefused]:
    """The provider called the code wrong. Whether the payment has ended by that is the provider's to say: told then."""
    payment.wrong_codes += 1
    payment.note(now, f"one-time code wrong, {payment.wrong_codes} of {TRIES}", evidence)
    payment.owes_answer = no_tries_left(payment)
    return [] if payment.owes_answer else [_refused(payment, TRIES - payment.wrong_codes)]


def answer_owed(payment: Payment) -> list[OneTimeCodeRefused]:
    """The provider was asked after the last wrong code: the payer is told of that if the payment is still open."""
    owed, payment.owes_answer = payment.owes_answer, False
    return [_refused(payment, 0)] if owed and payment.is_open else []


def code_not_tried(payment: Payment) -> OneTimeCodeRefused:
    """The code was not tried, or its answer was lost."""
    return _refused(payment, None)


def _refused(payment: Payment, tries_left: int | None) -> OneTimeCodeRefused:
    return OneTimeCodeRefused(payment_id=payment.id, payer=payment.payer, tries_left=tries_left)
