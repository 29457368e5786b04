"""What credex is asked and says: mutual credit through credex-core."""

from __future__ import annotations

from typing import Literal

from shared.contracts.base import Command, Event
from shared.kernel.ids import MemberId


class OpenDashboard(Command, name="credex.open_dashboard", version=1, key="member"):
    """Show a member's accounts and balances."""

    member: MemberId


class CredexUnavailable(Event, name="credex.credex_unavailable", version=1, key="member"):
    """What was asked of credex cannot be had; `reason` says why."""

    member: MemberId
    reason: Literal["not_yet"]
