"""A payment is requested: the rules that a request must fit, and the payment that it makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from services.payments.domain.payment import Payment
from shared.contracts.payments import Method, PaymentRefused, RequestPayment
from shared.kernel.errors import RuvimboError
from shared.kernel.ids import PaymentId, derive_id, payment_id_of
from shared.kernel.limits import Limits
from shared.kernel.phone import NotAPhone, local_form, parse_phone, wallet_of

OF_A_NETWORK = frozenset({"ecocash", "onemoney"})
"""Their wallets belong to one network (Paynow contract 2.2)."""
BY_NUMBER = OF_A_NETWORK | {"omari"}
"""They charge the number that is given; all others need none, and a number given for them is not kept."""

TEST_NUMBERS = frozenset({"0771111111", "0772222222", "0773333333", "0774444444"})
"""They work with every mobile method in test mode, whatever their prefix (Paynow contract 6.2)."""


class IntentReused(RuvimboError):
    """An intent came again with another request: a fault of whoever sent it. Nothing is charged for it."""

    def __init__(self, payment_id: PaymentId) -> None:
        self.payment_id = payment_id
        super().__init__(f"The intent of payment {payment_id} was used before for another request.")


@dataclass(frozen=True)
class Rules:
    """What may be requested: methods by enabled currency, limits, and whether test numbers are taken."""

    methods: Mapping[str, frozenset[Method]]
    limits: Limits
    test_mode: bool


def refusal_of(command: RequestPayment, rules: Rules, now: datetime) -> PaymentRefused | None:
    """Why the request does not fit, if it does not."""
    amount = command.amount

    refused = partial(PaymentRefused, intent=command.intent, payer=command.payer, amount=amount)
    methods = rules.methods.get(amount.currency)
    if methods is None:
        return refused(rule="currency")
    if command.method not in methods:
        return refused(rule="method")
    limit = rules.limits.at(now, amount.currency, command.method)
    if amount < limit.minimum:
        return refused(rule="amount_too_small", limit=limit.minimum)
    if limit.maximum < amount:
        return refused(rule="amount_too_large", limit=limit.maximum)
    if not _wallet_fits(command.wallet, command.method, rules):
        return refused(rule="wallet")
    return None


def new_payment(command: RequestPayment, now: datetime, traceparent: str | None) -> Payment:
    """The payment of a request that fits."""
    id = payment_id_of(command.intent)
    return Payment(
        id=id,
        intent=command.intent,
        payer=command.payer,
        payer_name=command.payer_name,
        amount=command.amount,
        method=command.method,
        wallet=_wallet_of(command),
        purpose=command.purpose,
        congregation=command.congregation,
        province=command.province,
        # Unique per merchant, at most 32 characters (Paynow contract 7). A payment has one attempt: so has its trace.
        merchant_trace=derive_id("T", id).replace("-", ""),
        requested_at=now,
        traceparent=traceparent,
    )


def must_be_same(payment: Payment, command: RequestPayment) -> None:
    """Raise IntentReused unless the request is the one that made the payment."""
    made = (payment.intent, payment.payer, payment.amount, payment.method, payment.wallet, payment.purpose)
    asked = (command.intent, command.payer, command.amount, command.method, _wallet_of(command), command.purpose)
    if made != asked:
        raise IntentReused(payment.id)


def _wallet_of(command: RequestPayment) -> str | None:
    return command.wallet if command.method in BY_NUMBER else None


def _wallet_fits(wallet: str | None, method: Method, rules: Rules) -> bool:
    if method not in BY_NUMBER:
        return True
    if wallet is None:
        return False
    try:
        if parse_phone(wallet) != wallet:
            return False
    except NotAPhone:
        return False
    if method not in OF_A_NETWORK:
        return True
    return (rules.test_mode and local_form(wallet) in TEST_NUMBERS) or wallet_of(wallet) == method
