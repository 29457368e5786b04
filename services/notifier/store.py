"""Notifier's documents."""

from __future__ import annotations

from services.notifier.domain.mailbox import Mailbox
from shared.store.documents import Kind

MAILBOXES = Kind("mailboxes", Mailbox)
"""One per member, under the member id."""
