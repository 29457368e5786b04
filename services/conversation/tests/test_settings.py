"""What can be set, and the line that a mistake is told with."""

from __future__ import annotations

import pytest

from services.conversation.settings import ConversationSettings
from shared.kernel.errors import Misconfigured
from shared.runtime.settings import read_settings


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PURPOSES", "Roof, " + "x" * 41, "longer than 40 letters"),
        ("PAYNOW_USD_METHODS", "ecocash,paypal", "'paypal' is no way to pay"),
        ("MAX_PARTS", "0", "MAX_PARTS"),
        ("ADMIN_PHONE", "12345", "ADMIN_PHONE"),
        ("DAILY_MESSAGES_KNOWN", "none", "DAILY_MESSAGES_KNOWN"),
        ("ENABLE_META_FLOWS", "true", "REGISTRATION_FLOW_ID"),
    ],
)
def test_a_senseless_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(Misconfigured) as error:
        read_settings(ConversationSettings)
    assert said in str(error.value)


def test_innbucks_is_not_offered_in_test_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    """Paynow contract 6.4."""
    monkeypatch.setenv("PAYNOW_USD_ID", "1")
    monkeypatch.setenv("PAYNOW_USD_METHODS", "ecocash,innbucks,manual")
    assert read_settings(ConversationSettings).methods["USD"] == ("ecocash", "innbucks", "manual")
    monkeypatch.setenv("PAYNOW_TEST_MODE", "true")
    assert read_settings(ConversationSettings).methods["USD"] == ("ecocash", "manual")


def test_a_currency_without_an_integration_takes_bank_or_cash_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAYNOW_USD_ID", "1")
    monkeypatch.setenv("PAYNOW_USD_METHODS", "ecocash,manual")
    monkeypatch.setenv("PAYNOW_ZWG_METHODS", "ecocash,manual")
    assert read_settings(ConversationSettings).methods == {"USD": ("ecocash", "manual"), "ZWG": ("manual",)}
