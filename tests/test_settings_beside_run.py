"""What `make run` keeps: its settings, for the commands beside it, and the keys that it made."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.serialization import load_pem_public_key

from deploy.local.development import keep_settings, settings
from services.conversation.forms.keys import read_keys
from shared.runtime.beside import held, settings_beside


def test_settings_come_back_as_they_were_and_the_rest_of_the_environment_stays_out(tmp_path: Path) -> None:
    odd = {
        "BANK_DETAILS": 'St Mary\'s, account #1; "cash" \\ $HOME ${PATH} =ö',
        "VERIFY_TOKEN": " blanks at both ends ",
        "PURPOSES": "two\nlines",
    }
    file = tmp_path / "run.env"
    keep_settings(file, {**odd, "SSH_AUTH_SOCK": "/not/ours"})
    assert file.stat().st_mode & 0o077 == 0
    with held(file):
        assert settings_beside(file) == odd
    assert settings_beside(file) == {}
    assert not file.exists()


def test_the_settings_of_a_run_that_was_killed_are_nobody_s(tmp_path: Path) -> None:
    """`ruvimbo check` looked at the accounts of a run that was over, and not at those in .env."""
    file = tmp_path / "run.env"
    keep_settings(file, {"MONGO_URL": "mongodb://of-the-run-before"})
    assert settings_beside(file) == {}


def test_the_public_key_of_forms_is_always_that_of_the_private_one(tmp_path: Path) -> None:
    """A key that is in use must outlast the loss of what can be made of it."""
    first = settings(tmp_path, {}, tmp_path / "no.env")
    private, public = Path(first["PRIVATE_KEY_FILE"]), Path(first["WHATSAPP_PUBLIC_KEY_FILE"])
    kept = private.read_bytes()
    public.unlink()
    assert settings(tmp_path, {}, tmp_path / "no.env") == first
    assert private.read_bytes() == kept
    [key] = read_keys(str(private), None)
    assert load_pem_public_key(public.read_bytes()) == key.public_key()
    private.unlink()
    settings(tmp_path, {}, tmp_path / "no.env")
    [key] = read_keys(str(private), None)
    assert load_pem_public_key(public.read_bytes()) == key.public_key()
