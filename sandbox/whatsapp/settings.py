"""What the stand-in is told (WhatsApp contract 7).

PHONE_NUMBER_ID          business numbers' ids, separated by commas
WHATSAPP_BOT_NUMBER      the number that people see
WHATSAPP_TOKEN           the bearer token that requests must carry
META_APP_SECRET          webhooks are signed with the first of them
GATEWAY_URL              where webhooks go: GATEWAY_URL/webhook
WHATSAPP_STATUS_SECONDS  seconds from `sent` to `delivered`, and from that to `read`
SANDBOX_PHONES           phone=name pairs, separated by commas
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field, ValidationError

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
    secret: str = Field(min_length=1, repr=False)
    webhook_url: str = Field(pattern=r"^https?://")
    status_seconds: float = Field(default=0.4, ge=0)
    phones: dict[str, str]


def read_settings(environ: Mapping[str, str]) -> WhatsAppSettings:
    """The settings in an environment. Raises Misconfigured, naming the variable."""
    missing = [name for name in ("WHATSAPP_TOKEN", "META_APP_SECRET") if not environ.get(name)]
    if missing:
        raise Misconfigured(f"{missing[0]} is not set; the sandbox plays WhatsApp with it.")
    gateway = environ.get("GATEWAY_URL") or f"http://127.0.0.1:{environ.get('PORT') or '8010'}"
    try:
        return WhatsAppSettings(
            phone_number_ids=_parts(environ.get("PHONE_NUMBER_ID") or "100000000000001"),
            bot_number=environ.get("WHATSAPP_BOT_NUMBER") or "+263780000000",
            token=environ["WHATSAPP_TOKEN"],
            secret=_parts(environ["META_APP_SECRET"])[0],
            webhook_url=f"{gateway.rstrip('/')}/webhook",
            status_seconds=float(environ.get("WHATSAPP_STATUS_SECONDS") or 0.4),
            phones=_phones(environ.get("SANDBOX_PHONES") or DEFAULT_PHONES),
        )
    except (ValidationError, ValueError, NotAPhone) as error:
        name = "SANDBOX_PHONES" if isinstance(error, NotAPhone) else "WHATSAPP_STATUS_SECONDS or GATEWAY_URL"
        raise Misconfigured(f"{name} is not usable; see sandbox/whatsapp/settings.py.") from None


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _phones(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in _parts(text))
    return {parse_phone(phone): name.strip() or phone for phone, _, name in pairs}
