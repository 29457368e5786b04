"""A payments service that is set up wrongly says so at start, by the setting's name."""

from __future__ import annotations

import pytest

from services.payments.settings import PaymentsSettings
from services.payments.tests.world import USD_KEY, settings
from shared.contracts.payments import Method
from shared.kernel.errors import Misconfigured
from shared.kernel.money import Money
from shared.runtime.settings import read_settings


def read(monkeypatch: pytest.MonkeyPatch, **change: str | None) -> PaymentsSettings:
    for name, value in {**settings(), **change}.items():
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    return read_settings(PaymentsSettings)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"PAYNOW_USD_KEY": None}, "PAYNOW_USD_KEY is not set"),
        ({"PAYNOW_USD_KEY": " "}, "PAYNOW_USD_KEY is not set"),
        ({"PAYNOW_ZWG_KEY": None}, "PAYNOW_ZWG_KEY is not set"),
        ({"PAYNOW_ZWG_AUTH_EMAIL": None}, "PAYNOW_ZWG_AUTH_EMAIL is not set"),
        ({"PAYNOW_USD_ID": None, "PAYNOW_ZWG_ID": None, "PAYNOW_USD_METHODS": None}, "give at least one"),
        ({"PAYNOW_USD_ID": "abc"}, "PAYNOW_USD_ID is not usable"),
        ({"PUBLIC_URL": None}, "PUBLIC_URL is not set"),
        ({"PUBLIC_URL": "give.example.org"}, "PUBLIC_URL is not usable"),
        ({"PAYNOW_URL": "ftp://paynow"}, "PAYNOW_URL is not usable"),
        ({"LIMITS": "USD 5"}, "LIMITS is not usable: 'USD 5' is not like"),
        ({"PAYNOW_USD_METHODS": "ecocash,zipit"}, "PAYNOW_USD_METHODS is not usable"),
        (
            {"PAYNOW_ZWG_ID": None, "PAYNOW_USD_METHODS": "innbucks"},
            r"no way to pay; in test mode \(PAYNOW_TEST_MODE\) Paynow takes no innbucks",
        ),
        ({"BANK_DETAILS": None}, "BANK_DETAILS is not set; manual in PAYNOW_USD_METHODS needs it"),
        ({"APPROVAL_THRESHOLD": "USD 500", "ADMIN_PHONE": "0773000001"}, "at least two numbers in ADMIN_PHONE"),
        (
            {"APPROVAL_THRESHOLD": "USD 500", "ADMIN_PHONE": "0773000001", "FINANCE_PHONE": "+263773000001"},
            "at least two numbers in ADMIN_PHONE",
        ),
        ({"APPROVAL_THRESHOLD": "500 USD"}, "APPROVAL_THRESHOLD is not usable: '500 USD' is not like 'USD 500'"),
        ({"APPROVAL_THRESHOLD": "USD 500.001"}, "APPROVAL_THRESHOLD is not usable"),
        ({"APPROVAL_THRESHOLD": "USD 0"}, "APPROVAL_THRESHOLD is not usable"),
        ({"APPROVAL_THRESHOLD": "USD 5; USD 6"}, "APPROVAL_THRESHOLD is not usable"),
        ({"RECEIPT_KEY_FILE": None}, "RECEIPT_KEY_FILE is not set"),
        ({"RECEIPT_KEY_FILE": "/nowhere/key.pem"}, "RECEIPT_KEY_FILE cannot be read: No such file"),
        ({"RECEIPT_KEY_FILE": __file__}, "RECEIPT_KEY_FILE holds no Ed25519 key"),
    ],
)
def test_a_missing_or_senseless_setting_names_itself(
    monkeypatch: pytest.MonkeyPatch, change: dict[str, str | None], named: str
) -> None:
    with pytest.raises(Misconfigured, match=named):
        read(monkeypatch, **change)


def test_a_currency_without_an_integration_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    read_in = read(monkeypatch, PAYNOW_ZWG_ID=None, PAYNOW_USD_METHODS="ecocash")

    assert set(read_in.integrations) == {"USD"}
    assert read_in.rules.methods == {"USD": frozenset({"ecocash"})}
    assert read_in.rules.test_mode


@pytest.mark.parametrize(("test_mode", "taken"), [("true", {"ecocash"}), ("false", {"ecocash", "innbucks"})])
def test_innbucks_is_not_taken_in_test_mode(
    monkeypatch: pytest.MonkeyPatch, test_mode: str, taken: set[Method]
) -> None:
    """Paynow contract 6.4."""
    read_in = read(monkeypatch, PAYNOW_USD_METHODS="ecocash,innbucks", PAYNOW_TEST_MODE=test_mode)

    assert read_in.rules.methods["USD"] == taken


def test_bank_and_cash_need_no_integration(monkeypatch: pytest.MonkeyPatch) -> None:
    read_in = read(monkeypatch, PAYNOW_USD_ID=None, PAYNOW_ZWG_METHODS="ecocash")

    assert read_in.rules.methods == {"USD": frozenset({"manual"}), "ZWG": frozenset({"ecocash"})}


def test_a_threshold_is_read_by_currency_when_two_people_can_approve(monkeypatch: pytest.MonkeyPatch) -> None:
    read_in = read(
        monkeypatch,
        APPROVAL_THRESHOLD="USD 500; ZWG 10000.50",
        ADMIN_PHONE="0773000001",
        FINANCE_PHONE="0773000002, 0773000001",
    )

    assert read_in.approval_threshold == {"USD": Money.of("500", "USD"), "ZWG": Money.of("10000.50", "ZWG")}


def test_nothing_that_is_printed_holds_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    read_in = read(monkeypatch)

    assert USD_KEY not in f"{read_in!r} {read_in.integrations!r}"
