"""A payments service that is set up wrongly says so at start, by the setting's name."""

from __future__ import annotations

import pytest

from services.payments.settings import PaymentsSettings
from services.payments.tests.world import USD_KEY, settings
from shared.kernel.errors import Misconfigured
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
        ({"PAYNOW_USD_ID": None, "PAYNOW_ZWG_ID": None}, "give at least one"),
        ({"PAYNOW_USD_ID": "abc"}, "PAYNOW_USD_ID is not usable"),
        ({"PUBLIC_URL": None}, "PUBLIC_URL is not set"),
        ({"PUBLIC_URL": "give.example.org"}, "PUBLIC_URL is not usable"),
        ({"PAYNOW_URL": "ftp://paynow"}, "PAYNOW_URL is not usable"),
        ({"LIMITS": "USD 5"}, "LIMITS is not usable: 'USD 5' is not like"),
        ({"PAYNOW_USD_METHODS": "ecocash,zipit"}, "PAYNOW_USD_METHODS is not usable"),
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


def test_nothing_that_is_printed_holds_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    read_in = read(monkeypatch)

    assert USD_KEY not in f"{read_in!r} {read_in.integrations!r}"
