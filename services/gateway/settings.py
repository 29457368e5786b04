"""Gateway's settings."""

from __future__ import annotations

from typing import Self

from pydantic import Field, SecretStr, model_validator

from shared.kernel.phone import parse_phone
from shared.runtime.settings import Settings, listed


class GatewaySettings(Settings):
    """What the edge verifies with."""

    debug: bool = False
    meta_app_secret: SecretStr
    """`META_APP_SECRET`: of the app that is subscribed; several, with commas, during a rotation."""
    verify_token: SecretStr
    """`VERIFY_TOKEN`: what WhatsApp shows when the callback URL is saved."""
    whatsapp_bot_number: str
    """`WHATSAPP_BOT_NUMBER`: where the return page sends people back to."""
    paynow_usd_key: SecretStr | None = None
    paynow_zwg_key: SecretStr | None = None
    """`PAYNOW_USD_KEY`, `PAYNOW_ZWG_KEY`: the integration keys, one per currency that is on."""
    enable_webhook_verification: bool = True
    """`ENABLE_WEBHOOK_VERIFICATION`: false takes unsigned webhooks, in development only."""
    client_api_key: SecretStr | None = None
    """`CLIENT_API_KEY`: what credex-core shows when it asks to tell a member something; empty: nobody may."""
    unsigned_per_minute: int = Field(default=60, ge=1)
    """`UNSIGNED_PER_MINUTE`: refused requests per address before they are answered 429."""

    webhook_silence_hours: float = Field(default=24, gt=0, le=24 * 30)
    """`WEBHOOK_SILENCE_HOURS`: hours without any webhook after which the alarm is raised."""

    @model_validator(mode="after")
    def _is_safe(self) -> Self:
        if not self.secrets:
            raise ValueError("META_APP_SECRET holds no secret")
        if not self.enable_webhook_verification and not self.debug:
            raise ValueError("ENABLE_WEBHOOK_VERIFICATION may be false only with DEBUG=true")
        return self

    @property
    def secrets(self) -> tuple[str, ...]:
        """The active app secrets."""
        return listed(self.meta_app_secret.get_secret_value())

    @property
    def bot_number(self) -> str:
        """The bot's number as digits, as wa.me links want it."""
        return parse_phone(self.whatsapp_bot_number).removeprefix("+")

    def paynow_key(self, currency: str) -> str | None:
        """The integration key of a currency, None when it is off."""
        key = {"USD": self.paynow_usd_key, "ZWG": self.paynow_zwg_key}.get(currency)
        return key.get_secret_value() if key else None
