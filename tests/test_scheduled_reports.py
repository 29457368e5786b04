"""Reports by the calendar, from reporting's timer to what is sent: whole periods, to all of finance, in one line."""

from __future__ import annotations

import pytest

from services.conversation.app import make as conversation
from services.conversation.tests.talk import ENVIRONMENT
from services.reporting.app import make as reporting
from services.reporting.tests.test_ledger import settled
from services.reporting.tests.test_reports import heard
from shared.contracts.notifier import Document, SendMessage
from shared.kernel.ids import MemberId
from shared.kernel.money import Money
from shared.testing.harness import Harness, look_every

RUDO, FARAI, TARIRO = MemberId("M-rudo"), MemberId("M-farai"), MemberId("M-tariro")
DAY = 86_400


async def test_day_week_and_month_come_at_their_times_to_every_finance_phone_as_documents(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = {
        "FINANCE_PHONE": "+263773000001,+263773000002",
        "COOKIE_KEY": "test-cookie-key-test-cookie-key!",
        "REPORT_TIMES": "daily 07:00; weekly monday 07:05; monthly 1 07:10",
    }
    for name, value in {**ENVIRONMENT, **given}.items():
        monkeypatch.setenv(name, value)
    async with Harness({"reporting": reporting, "conversation": conversation}) as harness:
        # Tuesday 24 November 2026, ten in the morning in Harare.
        await harness.say(heard(RUDO, "+263773000001"), heard(FARAI, "+263773000002"), heard(TARIRO, "+263771111111"))
        await harness.say(settled("P-1"), settled("P-2", Money.of("300.50", "ZWG")))
        look_every(600, monkeypatch)
        await harness.advance(7 * DAY, step=1800)
        sent = [command for command in harness.all(SendMessage) if command.purpose == "report"]
        told: dict[str, list[str]] = {}
        for command in sent:
            assert isinstance(command.content, Document)
            assert command.content.file.name.endswith(".pdf")
            assert command.template is not None
            assert (command.template.name, command.template.file) == ("report_ready", command.content.file)
            told.setdefault(command.member, []).append(command.content.caption or "")
        assert set(told) == {RUDO, FARAI}
        figures = "*USD 20.00* from 1 paid; *ZiG 300.50* from 1 paid"
        quiet = [f"Daily report, {day}: no payments" for day in ("25 Nov 2026", "26 Nov 2026", "27 Nov 2026")]
        expected = [
            f"Daily report, 24 Nov 2026: {figures}",
            *quiet,
            "Daily report, 28 Nov 2026: no payments",
            "Daily report, 29 Nov 2026: no payments",
            f"Weekly report, 23 Nov 2026 – 29 Nov 2026: {figures}",
            "Daily report, 30 Nov 2026: no payments",
            f"Monthly report, 1 Nov 2026 – 30 Nov 2026: {figures}",
        ]
        assert told[RUDO] == told[FARAI] == expected
