"""What the conversation says beyond its commands to the others."""

from __future__ import annotations

from datetime import datetime

from shared.contracts.base import Command, Event
from shared.kernel.ids import MemberId


class StaffCommandUsed(Event, name="conversation.staff_command_used", version=1, key="member"):
    """A `/command` was typed: for the audit trail. `allowed` is false when the person is no staff."""

    member: MemberId
    command: str
    allowed: bool
    at: datetime


class RememberDonor(Command, name="conversation.remember_donor", version=1, key="member"):
    """Keep the details of a confirmed gift for the next one; the conversation asks it of itself."""

    member: MemberId
    name: str
    answers: dict[str, str]
    """Answers by the keys of their questions, as they were typed."""
