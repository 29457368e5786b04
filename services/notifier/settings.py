"""Notifier's settings."""

from __future__ import annotations

from pydantic import Field, SecretStr

from shared.runtime.settings import Settings


class NotifierSettings(Settings):
    """Where messages go and how long an uncertain one waits."""

    whatsapp_api_url: str = "https://graph.facebook.com/v26.0"
    """`WHATSAPP_API_URL`: the Graph API with its version (WhatsApp contract 3.1)."""
    whatsapp_token: SecretStr
    """`WHATSAPP_TOKEN`: the bearer token of the system user."""
    reconcile_seconds: float = Field(default=15, gt=0)
    """`RECONCILE_SECONDS`: how long statuses may take to tell of an uncertain send before it is sent again."""
