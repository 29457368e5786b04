"""A setting that is missing or senseless names itself in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.kernel.errors import Misconfigured
from shared.runtime.settings import CommonSettings, read_settings

GIVEN = {"MONGO_URL": "mongodb://x", "REDIS_URL": "redis://x", "LOG_HASH_KEY": "k", "SERVICE_TOKEN": "t"}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, value in GIVEN.items():
        monkeypatch.setenv(name, value)
    return tmp_path


def test_a_missing_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MONGO_URL")
    with pytest.raises(Misconfigured, match=r"^MONGO_URL is not set; give it in the environment or in \.env\.$"):
        read_settings(CommonSettings)


def test_a_senseless_setting_is_named_and_its_value_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANES", "secret-lanes")
    with pytest.raises(Misconfigured, match=r"^LANES is not usable: ") as caught:
        read_settings(CommonSettings)
    assert "secret-lanes" not in str(caught.value)


def test_the_environment_goes_over_the_file(environment: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (environment / ".env").write_text("PORT=9000\nLANES=7\n")
    monkeypatch.setenv("PORT", "9100")
    settings = read_settings(CommonSettings)
    assert (settings.port, settings.lanes) == (9100, 7)


def test_an_empty_setting_counts_as_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMQP_URL", "")
    assert read_settings(CommonSettings).amqp_url is None


def test_secrets_do_not_show_when_settings_are_printed() -> None:
    assert "mongodb://x" not in repr(read_settings(CommonSettings))


@pytest.mark.parametrize(
    ("name", "fits"), [("MONGO_URL", "mongodb://"), ("REDIS_URL", "redis://"), ("AMQP_URL", "amqp://")]
)
def test_a_senseless_url_is_named_at_the_start(monkeypatch: pytest.MonkeyPatch, name: str, fits: str) -> None:
    monkeypatch.setenv(name, "nonsense")
    with pytest.raises(Misconfigured, match=f"^{name} is not usable: it must begin with {fits} or "):
        read_settings(CommonSettings)
