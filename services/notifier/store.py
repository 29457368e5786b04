"""Notifier's documents."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import BaseModel

from services.notifier.domain.delivery import Delivery
from services.notifier.domain.mailbox import Mailbox
from shared.kernel.ids import MemberId
from shared.store.documents import Kind


class Account(BaseModel):
    """The business account, or a number of it, as far as WhatsApp's notices go."""

    noticed_at: datetime | None = None


ACCOUNTS = Kind("accounts", Account)
"""Under the id of the number or account."""

MAILBOXES = Kind("mailboxes", Mailbox)
"""One per member, under the member id."""


class Filing(BaseModel):
    """Finished messages of one member that left the mailbox together, which would grow without end."""

    id: str
    member: MemberId
    references: list[str]
    deliveries: list[Delivery]


FILINGS = Kind("filings", Filing, indexes=(("member",), ("references",)), keep=timedelta(days=90))
"""Under the id of the command that filed them."""


class Marked(BaseModel):
    """Says nothing: what is to be marked stands in the call until it is made."""


READ_MARKS = Kind("read_marks", Marked, home="redis", keep=timedelta(hours=1))
"""One per command, under its id: nothing hangs on a read mark, so it waits for no mailbox and no majority."""
