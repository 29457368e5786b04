"""Settings come from the environment and name themselves when they do not fit."""

from __future__ import annotations

import pytest

from sandbox.paynow.settings import read_settings
from shared.kernel.errors import Misconfigured

KEYS = {"PAYNOW_USD_KEY": "usd-key", "PAYNOW_ZWG_KEY": "zwg-key"}


def test_only_the_keys_must_be_given() -> None:
    settings = read_settings(KEYS)
    assert [(one.id, one.currency, one.key) for one in settings.integrations] == [
        (30101, "USD", "usd-key"),
        (30102, "ZWG", "zwg-key"),
    ]
    assert settings.public_url == "http://127.0.0.1:8020/paynow"
    assert settings.time_scale == 1.0
    assert "innbucks" in settings.integrations[0].methods
    assert "innbucks" not in settings.integrations[1].methods


def test_everything_can_be_said_in_the_environment() -> None:
    settings = read_settings(
        KEYS
        | {
            "SANDBOX_PORT": "9000",
            "ORGANISATION_NAME": "St Mary",
            "PAYNOW_TIME_SCALE": "0.1",
            "PAYNOW_SEED": "7",
            "PAYNOW_CANCELLED_AS": "Failed",
            "PAYNOW_USD_ID": "5",
            "PAYNOW_USD_AUTH_EMAIL": "a@example.org, b@example.org",
            "PAYNOW_USD_METHODS": "ecocash,omari",
            "PAYNOW_USD_BUYSAFE": "true",
            "PAYNOW_ZWG_MODE": "live",
        }
    )
    usd, zwg = settings.integrations
    assert (usd.id, usd.auth_email, usd.methods) == (5, ("a@example.org", "b@example.org"), ("ecocash", "omari"))
    assert usd.buysafe
    assert zwg.mode == "live"
    assert settings.public_url == "http://127.0.0.1:9000/paynow"
    assert (settings.organisation_name, settings.time_scale, settings.seed) == ("St Mary", 0.1, 7)
    assert settings.cancelled_as == "Failed"
    assert read_settings(KEYS | {"PAYNOW_PUBLIC_URL": "http://sandbox:1/p/"}).public_url == "http://sandbox:1/p"


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"PAYNOW_USD_KEY": ""}, "PAYNOW_USD_KEY is not set"),
        ({"PAYNOW_ZWG_ID": "many"}, "PAYNOW_ZWG_ID is not usable"),
        (
            {"PAYNOW_USD_METHODS": "ecocash,zipit"},
            "PAYNOW_USD_METHODS is not usable: there is no 'zipit'",
        ),
        ({"PAYNOW_TIME_SCALE": "-1"}, "PAYNOW_TIME_SCALE is not usable"),
    ],
)
def test_what_does_not_fit_is_named(changed: dict[str, str], named: str) -> None:
    with pytest.raises(Misconfigured, match=named):
        read_settings(KEYS | changed)


def test_methods_of_the_product_that_are_no_remote_transactions_are_passed_over() -> None:
    settings = read_settings(KEYS | {"PAYNOW_USD_METHODS": "web, ecocash, manual"})

    assert settings.integrations[0].methods == ("ecocash",)


def test_a_key_is_not_shown_where_settings_are_printed() -> None:
    assert "usd-key" not in repr(read_settings(KEYS))


def test_it_takes_real_numbers_when_the_product_is_told_not_to_be_in_test_mode() -> None:
    assert {one.mode for one in read_settings(KEYS | {"PAYNOW_TEST_MODE": "false"}).integrations} == {"live"}
    assert {one.mode for one in read_settings(KEYS | {"PAYNOW_TEST_MODE": "true"}).integrations} == {"test"}
