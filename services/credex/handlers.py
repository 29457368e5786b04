"""What credex does on each message."""

from __future__ import annotations

from shared.bus.handlers import on
from shared.bus.work import Work
from shared.contracts.credex import CredexUnavailable, OpenDashboard


@on(OpenDashboard)
async def open_dashboard(command: OpenDashboard, work: Work) -> None:
    """Credex is not built yet, and says so."""
    work.emit(CredexUnavailable(member=command.member, reason="not_yet"))
