"""Notifier's settings."""

from __future__ import annotations

from pydantic import Field, SecretStr

from shared.contracts.notifier import TemplateName
from shared.runtime.settings import Settings, WebUrl, listed


class NotifierSettings(Settings):
    """Where messages go, how fast, what templates are called, and how long an uncertain one waits."""

    whatsapp_api_url: WebUrl = "https://graph.facebook.com/v26.0"
    """`WHATSAPP_API_URL`: the Graph API with its version (WhatsApp contract 3.1)."""
    whatsapp_token: SecretStr
    """`WHATSAPP_TOKEN`: the bearer token of the system user."""
    whatsapp_per_second: float = Field(default=80, ge=1)
    """`WHATSAPP_PER_SECOND`: messages a second that we send over one number, in no second more.

    People's own count at WhatsApp, too (WhatsApp contract 4.3), and are not counted here: decision 0042.
    """
    whatsapp_media_hosts: str = "fbsbx.com,fbcdn.net,facebook.com,whatsapp.net"
    """`WHATSAPP_MEDIA_HOSTS`: only these, and what is below them, are shown the token for people's media."""
    largest_media: int = Field(default=8 * 1024 * 1024, ge=1, le=11 * 1024 * 1024)
    """`LARGEST_MEDIA`: bytes of a file that a person may send us."""
    reconcile_seconds: float = Field(default=15, gt=0)
    """`RECONCILE_SECONDS`: how long statuses may take to tell of an uncertain send before it is sent again."""
    farewell_seconds: float = Field(default=60, gt=0)
    """`FAREWELL_SECONDS`: how long the last words to a person who is forgotten may take to go out."""
    template_payment_update: str = "payment_update"
    template_receipt_ready: str = "receipt_ready"
    template_offer_notice: str = "offer_notice"
    template_report_ready: str = "report_ready"
    template_sign_in_code: str = "sign_in_code"
    template_notice: str = "notice"
    """`TEMPLATE_…`: what the templates of product 9 are called at WhatsApp."""
    template_language: str = "en"
    """`TEMPLATE_LANGUAGE`: WhatsApp has none for Shona or Ndebele (product 8)."""

    @property
    def templates(self) -> dict[TemplateName, str]:
        """Our names of the templates to WhatsApp's."""
        return {
            "payment_update": self.template_payment_update,
            "receipt_ready": self.template_receipt_ready,
            "offer_notice": self.template_offer_notice,
            "report_ready": self.template_report_ready,
            "sign_in_code": self.template_sign_in_code,
            "notice": self.template_notice,
        }

    @property
    def media_hosts(self) -> tuple[str, ...]:
        """Hosts that may see the token."""
        return listed(self.whatsapp_media_hosts.lower())
