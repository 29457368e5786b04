"""Settings name themselves when they are missing or senseless."""

from __future__ import annotations

import pytest

from services.credex.settings import CredexSettings
from services.credex.tests.world import settings
from shared.kernel.credit import Credit
from shared.kernel.errors import Misconfigured
from shared.runtime.settings import read_settings


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in settings("https://core.example.org").items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_credex_is_off_without_an_address_and_needs_no_key_then(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CREDEX_API_URL", "CLIENT_API_KEY", "TOKEN_KEYS"):
        monkeypatch.delenv(name, raising=False)
    assert not read_settings(CredexSettings).is_on


@pytest.mark.parametrize("name", ["CLIENT_API_KEY", "TOKEN_KEYS"])
def test_a_missing_key_is_named(given: pytest.MonkeyPatch, name: str) -> None:
    given.delenv(name)
    with pytest.raises(Misconfigured, match=name):
        read_settings(CredexSettings)
    given.setenv("ENABLE_CREDEX", "false")
    assert not read_settings(CredexSettings).is_on


@pytest.mark.parametrize("value", ["1", "1:", ":aa", "1:zz", "1:abcd", ",", f"1:{'11' * 32},2"])
def test_senseless_token_keys_are_refused_without_being_shown(given: pytest.MonkeyPatch, value: str) -> None:
    given.setenv("TOKEN_KEYS", value)
    with pytest.raises(Misconfigured, match="TOKEN_KEYS") as told:
        read_settings(CredexSettings)
    assert "zz" not in str(told.value)


def test_several_keys_denominations_and_the_price_are_read(given: pytest.MonkeyPatch) -> None:
    given.setenv("TOKEN_KEYS", f"2:{'22' * 32}, 1:{'11' * 32}")
    given.setenv("CREDEX_DENOMINATIONS", "USD:2, XAU:4")
    given.setenv("CREDEX_UPGRADE_PRICE", "2.00 CAD")
    read = read_settings(CredexSettings)
    assert list(read.keys) == ["2", "1"]
    assert read.credex_denominations == {"USD": 2, "XAU": 4}
    assert read.credex_upgrade_price == Credit.of("2.00", "CAD")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CREDEX_API_URL", "core.example.org"),
        ("CREDEX_DENOMINATIONS", "USD:two"),
        ("CREDEX_UPGRADE_PRICE", "free"),
        ("CREDEX_REQUESTS_PER_MINUTE", "0"),
        ("CREDEX_TIMEOUT_SECONDS", "60"),
    ],
)
def test_senseless_values_name_their_setting(given: pytest.MonkeyPatch, name: str, value: str) -> None:
    given.setenv(name, value)
    with pytest.raises(Misconfigured, match=name):
        read_settings(CredexSettings)
