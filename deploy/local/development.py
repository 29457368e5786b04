"""The settings of a development machine: environment over `.env` over defaults, with secrets made once."""

from __future__ import annotations

import os
import secrets
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from dotenv import dotenv_values

_MADE: dict[str, Callable[[], str]] = {
    "META_APP_SECRET": lambda: f"test-{secrets.token_hex(16)}",
    "VERIFY_TOKEN": lambda: secrets.token_urlsafe(16),
    "WHATSAPP_TOKEN": lambda: f"test-{secrets.token_urlsafe(24)}",
    "PAYNOW_USD_KEY": lambda: str(uuid.uuid4()),
    "PAYNOW_ZWG_KEY": lambda: str(uuid.uuid4()),
    "LOG_HASH_KEY": lambda: secrets.token_hex(32),
    "SERVICE_TOKEN": lambda: secrets.token_urlsafe(32),
    "COOKIE_KEY": lambda: secrets.token_hex(32),
    "TOKEN_KEYS": lambda: f"1:{secrets.token_hex(32)}",
    "CLIENT_API_KEY": lambda: secrets.token_urlsafe(32),
}
"""Secrets and how each is made. They last as long as the folder, so that stored data stays readable."""

_REGISTRATION = Path(__file__).parents[2] / "services" / "conversation" / "flows" / "registration_form.json"
_FORM_ID = "1197715005513101"
_EXAMPLE = Path(__file__).parents[2] / ".env.example"
_FORM_KEY = "forms-public-key.pem"
"""What `ruvimbo flows keys upload` would tell WhatsApp."""

_DEFAULTS = {
    "DEBUG": "true",
    "HOST": "127.0.0.1",
    "PORT": "8010",
    "SANDBOX_PORT": "8020",
    "PHONE_NUMBER_ID": "100000000000001",
    "WHATSAPP_BOT_NUMBER": "+263780000000",
    "PAYNOW_USD_ID": "30101",
    "PAYNOW_ZWG_ID": "30102",
    "PAYNOW_USD_AUTH_EMAIL": "treasurer@example.org",
    "PAYNOW_ZWG_AUTH_EMAIL": "treasurer@example.org",
    "PAYNOW_TEST_MODE": "true",
    # All but InnBucks, which Paynow refuses in test mode (Paynow contract 6.4).
    "PAYNOW_USD_METHODS": "ecocash,onemoney,omari,web,manual",
    "PAYNOW_ZWG_METHODS": "ecocash,onemoney,web,manual",
    "ADMIN_PHONE": "+263773000001",
    "FINANCE_PHONE": "+263773000001",
    "ORGANISATION_NAME": "Ruvimbo Development Church",
    "BANK_DETAILS": "Any bank, account 1000200030, Ruvimbo Development Church; or cash at the office",
}


def settings(folder: Path, given: Mapping[str, str], dotenv: Path) -> dict[str, str]:
    """Every setting of `make run` but the servers' URLs. `folder` keeps the secrets; `given` is the environment.

    An empty value counts as not given, but for `SANDBOX`.
    """
    over = {
        name: value
        for name, value in ({**dotenv_values(dotenv, interpolate=False), **given}).items()
        if value is not None and value != ""
    }
    found = {**_DEFAULTS, **_secrets(folder), **over}
    found.setdefault("PUBLIC_URL", f"http://127.0.0.1:{found['PORT']}")
    if found.get("SANDBOX", "on").lower() != "off":
        sandbox = f"http://127.0.0.1:{found['SANDBOX_PORT']}"
        found.setdefault("WHATSAPP_API_URL", f"{sandbox}/graph/v26.0")
        found.setdefault("PAYNOW_URL", f"{sandbox}/paynow")
        found.setdefault("CREDEX_API_URL", f"{sandbox}/credex")
        found.setdefault("OTEL_EXPORTER_OTLP_ENDPOINT", sandbox)
        found.setdefault("WHATSAPP_ACCOUNT_ID", "104996122399160")  # the sandbox's
        found.setdefault("ENABLE_META_FLOWS", "true")
        found.setdefault("REGISTRATION_FLOW_ID", _FORM_ID)
        if "PRIVATE_KEY_FILE" not in over:
            found.setdefault("WHATSAPP_PUBLIC_KEY_FILE", str(folder / _FORM_KEY))
        found.setdefault("WHATSAPP_FLOWS", f"{found['REGISTRATION_FLOW_ID']}={_REGISTRATION}")
        found.setdefault("TRACES_URL", f"{sandbox}/traces/")
        found.setdefault("GATEWAY_URL", f"http://127.0.0.1:{found['PORT']}")
    return found


def keep_settings(file: Path, found: Mapping[str, str]) -> None:
    """Write those of them that are settings of ours, not the rest of the environment; nobody else may read it."""
    names = [name for name in dotenv_values(_EXAMPLE, interpolate=False) if name in found]
    quoted = {name: found[name].replace("\\", "\\\\").replace("'", "\\'") for name in names}
    _write_private(file, "".join(f"{name}='{value}'\n" for name, value in quoted.items()).encode())


def _secrets(folder: Path) -> dict[str, str]:
    """The secrets of this folder, made where they are missing; nobody else on the machine may read them."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = folder / "secrets.env"
    kept = {name: value for name, value in dotenv_values(file, interpolate=False).items() if value}
    missing = {name: make() for name, make in _MADE.items() if name not in kept}
    if missing:
        kept |= missing
        _write_private(file, "".join(f"{name}={value}\n" for name, value in kept.items()).encode())
    pem = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    receipts, forms = folder / "receipt-key.pem", folder / "forms-key.pem"
    if not receipts.exists():
        _write_private(receipts, Ed25519PrivateKey.generate().private_bytes(*pem))
    if not forms.exists():
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)  # as WhatsApp contract 5.2 wants it
        _write_private(forms, key.private_bytes(*pem))
    public = serialization.load_pem_private_key(forms.read_bytes(), None).public_key()
    (folder / _FORM_KEY).write_bytes(public.public_bytes(pem[0], serialization.PublicFormat.SubjectPublicKeyInfo))
    return {**kept, "RECEIPT_KEY_FILE": str(receipts), "PRIVATE_KEY_FILE": str(forms)}


def _write_private(file: Path, content: bytes) -> None:
    fresh = file.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(content)
    fresh.replace(file)
