"""Until it is built, credex answers honestly and once."""

from __future__ import annotations

from services.credex.app import make
from shared.contracts.credex import CredexUnavailable, OpenDashboard
from shared.kernel.ids import MemberId
from shared.testing.harness import Harness


async def test_a_dashboard_is_answered_with_not_yet() -> None:
    async with Harness({"credex": make}) as harness:
        await harness.say(OpenDashboard(member=MemberId("M-1")))
        assert harness.only(CredexUnavailable).reason == "not_yet"
