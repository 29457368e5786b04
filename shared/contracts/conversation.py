"""What the conversation says beyond its commands to the others."""

from __future__ import annotations

from datetime import datetime

from shared.contracts.base import Event
from shared.kernel.ids import MemberId


class StaffCommandUsed(Event, name="conversation.staff_command_used", version=1, key="member"):
    """A `/command` was typed: for the audit trail. `allowed` is false when the person is no staff."""

    member: MemberId
    command: str
    allowed: bool
    at: datetime
