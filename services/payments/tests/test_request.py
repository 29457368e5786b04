"""Which requests fit the rules."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from services.payments.domain.request import Rules, new_payment, refusal_of
from services.payments.tests.world import NO_BALANCE, request
from shared.kernel.ids import payment_id_of
from shared.kernel.limits import Limits
from shared.kernel.money import Money

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
REAL = "+263771234567"


def rules(**more: Any) -> Rules:
    given: dict[str, Any] = {
        "methods": {"USD": frozenset({"ecocash", "onemoney"})},
        "limits": Limits.parse("USD onemoney 5-50"),
        "test_mode": False,
    }
    return Rules(**{**given, **more})


@pytest.mark.parametrize(
    ("change", "rule", "limit"),
    [
        ({"amount": Money.of("20", "ZWG")}, "currency", None),
        ({"method": "innbucks"}, "method", None),
        ({"amount": Money.of("0.99", "USD")}, "amount_too_small", Money.of("1", "USD")),
        ({"amount": Money.of("0", "USD")}, "amount_too_small", Money.of("1", "USD")),
        ({"amount": Money.of("-5", "USD")}, "amount_too_small", Money.of("1", "USD")),
        ({"amount": Money.of("480.01", "USD")}, "amount_too_large", Money.of("480", "USD")),
        (
            {"wallet": "+263711234567", "method": "onemoney", "amount": Money.of("51", "USD")},
            "amount_too_large",
            Money.of("50", "USD"),
        ),
        ({"wallet": None}, "wallet", None),
        ({"wallet": "+263711234567"}, "wallet", None),
        ({"wallet": "+263731234567"}, "wallet", None),
        ({"wallet": "0771234567"}, "wallet", None),
        ({"wallet": "+26377&status=Paid"}, "wallet", None),
        ({"wallet": "+447711234567"}, "wallet", None),
    ],
)
def test_what_does_not_fit_is_refused_by_its_rule_and_told_the_limit(
    change: dict[str, Any], rule: str, limit: Money | None
) -> None:
    refused = refusal_of(request(**{"wallet": REAL, **change}), rules(), NOW)

    assert refused is not None
    assert (refused.rule, refused.limit) == (rule, limit)


@pytest.mark.parametrize("amount", ["1.00", "480.00"])
def test_both_ends_of_the_limit_fit(amount: str) -> None:
    assert refusal_of(request(REAL, amount=Money.of(amount, "USD")), rules(), NOW) is None


def test_a_wallet_must_be_of_the_network_but_test_numbers_take_every_method_in_test_mode() -> None:
    by_other_network = request(NO_BALANCE, method="onemoney")

    assert refusal_of(by_other_network, rules(test_mode=True), NOW) is None
    refused = refusal_of(by_other_network, rules(), NOW)
    assert refused is not None
    assert refused.rule == "wallet"


def test_a_payment_is_known_by_its_intent() -> None:
    payment = new_payment(request(REAL), NOW, None)

    assert payment.id == payment_id_of("S-1/1")
    assert len(payment.id) == len("P-") + 12
    assert payment.id != payment_id_of("S-1/2")
    assert payment.merchant_trace.isalnum()
    assert len(payment.merchant_trace) <= 32
