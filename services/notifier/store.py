"""Notifier's documents."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from services.notifier.domain.mailbox import Mailbox
from shared.store.documents import Kind


class Account(BaseModel):
    """The business account, or a number of it, as far as WhatsApp's notices go."""

    noticed_at: datetime | None = None


ACCOUNTS = Kind("accounts", Account)
"""Under the id of the number or account."""

MAILBOXES = Kind("mailboxes", Mailbox)
"""One per member, under the member id."""
