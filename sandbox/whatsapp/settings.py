"""What the stand-in is told (WhatsApp contract 7).

PHONE_NUMBER_ID          business numbers' ids, separated by commas
WHATSAPP_BOT_NUMBER      the number that people see
WHATSAPP_TOKEN           the bearer token that requests must carry
META_APP_SECRET          webhooks are signed with the first of them; each must have the word test in it
GATEWAY_URL              where webhooks go: GATEWAY_URL/webhook
WHATSAPP_TIME_SCALE      1.0 = statuses and repeated webhooks at the usual speed, 0 = at once
SANDBOX_PHONES           phone=name pairs, separated by commas
WHATSAPP_FLOWS           id=file pairs, separated by commas: the Flow JSON of published forms
WHATSAPP_PUBLIC_KEY_FILE the public key of forms as PEM, as if it had been uploaded for every number
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from sandbox.whatsapp.published import read_flows
from shared.kernel.errors import Misconfigured
from shared.kernel.phone import NotAPhone, parse_phone

DEFAULT_PHONES = (
    "+263771111111=Tariro Moyo,+263772222222=Themba Ndlovu,+263773333333=Chipo Dube,"
    "+263774444444=Nyasha Banda,+263773000001=Rudo (staff)"
)


class WhatsAppSettings(BaseModel):
    """Frozen; read by `read_settings`."""

    model_config = ConfigDict(frozen=True)

    phone_number_ids: tuple[str, ...] = Field(min_length=1)
    bot_number: str
    token: str = Field(min_length=1, repr=False)
    secrets: tuple[str, ...] = Field(min_length=1, repr=False)
    webhook_url: str = Field(pattern=r"^https?://")
    time_scale: float = Field(default=1.0, ge=0, allow_inf_nan=False)
    phones: dict[str, str]
    flows: dict[str, Any] = {}
    """The Flow JSON of published forms, by id."""
    form_key: str = ""
    """The public key of forms as PEM that was uploaded before; empty: none."""

    @field_validator("flows", mode="before")
    @classmethod
    def _published(cls, flows: object) -> object:
        return read_flows(flows) if isinstance(flows, str) else flows

    @field_validator("form_key", mode="before")
    @classmethod
    def _uploaded(cls, file: str) -> str:
        try:
            return Path(file).read_text() if file else ""
        except (OSError, ValueError):
            raise ValueError(f"{file} cannot be read") from None

    @property
    def secret(self) -> str:
        """The one that webhooks are signed with."""
        return self.secrets[0]

    @field_validator("secrets")
    @classmethod
    def _are_for_tests(cls, secrets: tuple[str, ...]) -> tuple[str, ...]:
        """A real secret in the sandbox would sign what it invents as if WhatsApp had said it."""
        if not all("test" in secret for secret in secrets):
            raise ValueError("the sandbox takes only secrets with the word test in them")
        return secrets


_VARIABLES = {
    "phone_number_ids": "PHONE_NUMBER_ID",
    "bot_number": "WHATSAPP_BOT_NUMBER",
    "token": "WHATSAPP_TOKEN",
    "secrets": "META_APP_SECRET",
    "webhook_url": "GATEWAY_URL",
    "time_scale": "WHATSAPP_TIME_SCALE",
    "phones": "SANDBOX_PHONES",
    "flows": "WHATSAPP_FLOWS",
    "form_key": "WHATSAPP_PUBLIC_KEY_FILE",
}


def read_settings(environ: Mapping[str, str]) -> WhatsAppSettings:
    """The settings in an environment. Raises Misconfigured, naming the variable."""
    gateway = environ.get("GATEWAY_URL") or f"http://127.0.0.1:{environ.get('PORT') or '8010'}"
    try:
        return WhatsAppSettings.model_validate(
            {
                "phone_number_ids": _parts(environ.get("PHONE_NUMBER_ID") or "100000000000001"),
                "bot_number": environ.get("WHATSAPP_BOT_NUMBER") or "+263780000000",
                "token": environ.get("WHATSAPP_TOKEN", ""),
                "secrets": _parts(environ.get("META_APP_SECRET", "")),
                "webhook_url": f"{gateway.rstrip('/')}/webhook",
                "time_scale": environ.get("WHATSAPP_TIME_SCALE") or 1,
                "phones": _phones(environ.get("SANDBOX_PHONES") or DEFAULT_PHONES),
                "flows": environ.get("WHATSAPP_FLOWS", ""),
                "form_key": environ.get("WHATSAPP_PUBLIC_KEY_FILE", ""),
            }
        )
    except NotAPhone:
        raise Misconfigured("SANDBOX_PHONES is not usable: give phone=name pairs separated by commas.") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise Misconfigured(f"{_VARIABLES[str(first['loc'][0])]} is not usable: {first['msg']}.") from None


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _phones(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in _parts(text))
    return {parse_phone(phone): name.strip() or phone for phone, _, name in pairs}
