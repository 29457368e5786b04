"""What the stand-in is told, and how it says no."""

from __future__ import annotations

import pytest

from sandbox.whatsapp.settings import read_settings
from shared.kernel.errors import Misconfigured

NEEDED = {"WHATSAPP_TOKEN": "a-token", "META_APP_SECRET": "test-first,test-second"}


def test_token_and_secret_are_enough_and_stay_out_of_sight() -> None:
    settings = read_settings(NEEDED)
    assert settings.webhook_url == "http://127.0.0.1:8010/webhook"
    assert settings.secrets == ("test-first", "test-second")
    assert settings.phones["+263771111111"] == "Tariro Moyo"
    assert len(settings.phones) == 5
    assert "a-token" not in repr(settings)
    assert "first" not in repr(settings)


def test_everything_can_be_told() -> None:
    settings = read_settings(
        NEEDED
        | {"PHONE_NUMBER_ID": "1, 2", "GATEWAY_URL": "https://gateway.example.org/", "WHATSAPP_TIME_SCALE": "0"}
        | {"SANDBOX_PHONES": "0771 234 567 = Rudo, +263772345678"}
    )
    assert settings.phone_number_ids == ("1", "2")
    assert settings.webhook_url == "https://gateway.example.org/webhook"
    assert settings.time_scale == 0
    assert settings.phones == {"+263771234567": "Rudo", "+263772345678": "+263772345678"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WHATSAPP_TOKEN", ""),
        ("META_APP_SECRET", ""),
        ("META_APP_SECRET", " , "),
        ("META_APP_SECRET", "test-one,a-real-one"),
        ("PHONE_NUMBER_ID", ","),
        ("SANDBOX_PHONES", "12=Rudo"),
        ("WHATSAPP_FLOWS", "7=missing.json"),
        ("WHATSAPP_PUBLIC_KEY_FILE", "missing.pem"),
        ("WHATSAPP_TIME_SCALE", "-1"),
        ("WHATSAPP_TIME_SCALE", "fast"),
        ("GATEWAY_URL", "gateway"),
    ],
)
def test_a_senseless_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(Misconfigured, match=name):
        read_settings(NEEDED | {name: value})
