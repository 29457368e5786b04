"""What `make run` keeps of its settings for the commands beside it."""

from __future__ import annotations

from pathlib import Path

from dotenv import dotenv_values

from deploy.local.development import keep_settings


def test_settings_come_back_as_they_were_and_the_rest_of_the_environment_stays_out(tmp_path: Path) -> None:
    odd = {
        "BANK_DETAILS": 'St Mary\'s, account #1; "cash" \\ $HOME ${PATH} =ö',
        "VERIFY_TOKEN": " blanks at both ends ",
        "PURPOSES": "two\nlines",
    }
    file = tmp_path / "run.env"
    keep_settings(file, {**odd, "SSH_AUTH_SOCK": "/not/ours"})
    assert dotenv_values(file, interpolate=False) == odd
    assert file.stat().st_mode & 0o077 == 0
