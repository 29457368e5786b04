"""Staff commands: who may, what they do, what is kept of their use."""

from __future__ import annotations

from datetime import date
from typing import Any, get_args

import pytest

from services.conversation.domain.purpose import purpose_id_of
from services.conversation.tests.talk import NEW_DONOR, Talk, text_of
from shared.contracts.conversation import DecidePurpose, FinanceHeard, ProposePurpose, StaffCommandUsed
from shared.contracts.gateway import HealthShown, ServiceHealth, ShowHealth
from shared.contracts.payments import (
    ApprovalRefused,
    ApprovePayment,
    CorrectionRefused,
    CorrectReceipt,
    PaymentApproved,
    PaymentRejected,
    ReceiptIssued,
    RejectPayment,
)
from shared.contracts.reporting import CredexFigures, CredexStep, CurrencyFigures, MakeStatistics, StatisticsReady
from shared.kernel.credit import Credit
from shared.kernel.ids import PaymentId
from shared.kernel.money import Money

COMMANDS = (
    *("/admin", "/report pdf", "/stats", "/payment P-1", "/review", "/refunds"),
    *("/volunteers", "/audit", "/health"),
)
ONLY_REFUSED = {
    "gateway.message_received",
    "conversation.staff_command_used",
    "notifier.send_message",
    "notifier.mark_read",
}


@pytest.mark.parametrize(
    "command", [*COMMANDS, "/approve P-1", "/reject P-1 no", "/correct 2026-000001 name Rudo", "/anything", "/"]
)
async def test_who_is_no_staff_is_refused_and_it_is_kept(tariro: Talk, command: str) -> None:
    [refused] = await tariro.say(command)
    assert "staff only" in text_of(refused)
    assert not tariro.harness.only(StaffCommandUsed).allowed
    assert {envelope.type for envelope in tariro.harness.said} <= ONLY_REFUSED


async def test_only_of_finance_it_is_told_who_writes_from_which_number(tariro: Talk, rudo: Talk) -> None:
    await tariro.say("hi")
    await rudo.say("hi")
    finance = Talk(tariro.harness, "+263773000002")
    await finance.say("hi")
    heard = tariro.harness.only(FinanceHeard)
    assert (heard.member, heard.phone) == (finance.member, "+263773000002")


async def test_a_command_does_not_disturb_the_open_question(rudo: Talk) -> None:
    await rudo.give(*NEW_DONOR[:3])
    await rudo.say("/admin")
    [question] = await rudo.say("Mutare")
    assert "give to" in text_of(question)


@pytest.mark.parametrize(
    ("word", "first", "last"),
    [
        (" 2026-10-01 2026-10-31", date(2026, 10, 1), date(2026, 10, 31)),
        (" 1.10.2026 31/10/2026", date(2026, 10, 1), date(2026, 10, 31)),
        (" 2026-10-05", date(2026, 10, 5), date(2026, 10, 5)),
        ("", date(2026, 11, 24), date(2026, 11, 24)),
        (" yesterday", date(2026, 11, 23), date(2026, 11, 23)),
        (" WEEK", date(2026, 11, 23), date(2026, 11, 24)),
        (" month", date(2026, 11, 1), date(2026, 11, 24)),
    ],
)
async def test_statistics_are_asked_for_harare_days(rudo: Talk, word: str, first: date, last: date) -> None:
    await rudo.say(f"/stats{word}")
    asked = rudo.harness.only(MakeStatistics)
    assert (asked.first, asked.last) == (first, last)


async def test_figures_are_told_by_currency(rudo: Talk) -> None:
    figures = tuple(
        CurrencyFigures(total=Money.of("20", currency), settled=1, cancelled=0, failed=0, open=2)
        for currency in ("USD", "ZWG")
    )
    day = date(2026, 11, 24)
    [told] = await rudo.told(StatisticsReady(asked_by=rudo.member, first=day, last=day, figures=figures))
    assert "*USD 20.00* from 1 paid" in text_of(told)
    assert "*ZiG 20.00* from 1 paid" in text_of(told)
    assert "disputed" not in text_of(told)


async def test_what_went_back_and_what_members_traded_is_told_beside_it_and_never_added(rudo: Talk) -> None:
    figures = CurrencyFigures(
        total=Money.of("20", "USD"), settled=1, cancelled=0, failed=0, open=2, disputed=1, refunded=3
    )
    steps: dict[str | None, list[tuple[str, ...]]] = {
        "CXX": [("made", "2", "20"), ("accepted", "1", "12.345")],
        "USD": [("open", "1", "5")],
        None: [("accepted", "1")],
    }
    credex = [
        CredexFigures(
            denomination=code,
            steps=tuple(
                CredexStep.model_validate(
                    {"step": step, "count": count, "amount": Credit.of(amount[0], str(code)) if amount else None}
                )
                for step, count, *amount in of
            ),
        )
        for code, of in steps.items()
    ]
    day = date(2026, 11, 24)
    about = {"asked_by": rudo.member, "first": day, "last": day, "credex": credex}
    [told] = await rudo.told(StatisticsReady.model_validate({"figures": [figures], **about}))
    assert text_of(told).splitlines() == [
        "24 Nov 2026",
        "*USD 20.00* from 1 paid; 0 cancelled, 0 failed, 2 open, 1 disputed, 3 refunded",
        "Credex: CXX 20.000 offered (2), CXX 12.345 accepted (1)",
        "Credex: USD 5.00 still open (1)",
        "Credex: unknown amount accepted (1)",
    ]
    [told] = await rudo.told(StatisticsReady.model_validate({"figures": (), **about}))
    assert text_of(told).splitlines()[:2] == [
        "24 Nov 2026: no payments.",
        "Credex: CXX 20.000 offered (2), CXX 12.345 accepted (1)",
    ]


async def test_approve_and_reject_name_the_payment_and_are_kept(rudo: Talk) -> None:
    await rudo.say("/approve p-abc123")
    assert rudo.harness.only(ApprovePayment).payment_id == "P-ABC123"
    await rudo.say("/reject P-ABC123 no such deposit")
    assert rudo.harness.only(RejectPayment).reason == "no such deposit"
    assert [(use.command, use.about) for use in rudo.harness.all(StaffCommandUsed)] == [
        ("/approve", "P-ABC123"),
        ("/reject", "P-ABC123"),
    ]


@pytest.mark.parametrize(
    ("command", "hint"),
    [
        ("/approve", "name what it is about"),
        ("/approve everything", "name what it is about"),
        ("/approve 263771234567 1year", "name what it is about"),  # an earlier system: a gift of 263771234567.0
        ("/approve P-', drop", "name what it is about"),
        ("/reject P-ABC123", "say why"),
        ("/stats fortnight", "today, yesterday, week, month"),
        ("/stats 2026-11-20 2026-11-01", "days like"),
        ("/report", "/report pdf month"),
        ("/report word month", "pdf, excel or csv"),
        ("/report pdf fortnight", "today, yesterday, week, month"),
        ("/payment", "Paynow's reference"),
        ("/payment " + "x" * 70, "Paynow's reference"),
        ("/audit nobody week", "Nobody of staff is called nobody. I know: -."),
        ("/admin", "/volunteers [skill] [place]"),
        ("/correct", "/correct 2026-000001 name Tariro Moyo"),
        ("/correct 2026-1 name Rudo", "/correct 2026-000001 name Tariro Moyo"),
        ("/correct 2026-000001", "/correct 2026-000001 name Tariro Moyo"),
        ("/correct 2026-000001 name", "like Tariro Moyo"),
        ("/correct 2026-000001 name 0771111111", "like Tariro Moyo"),
        ("/correct 2026-000001 purpose !", "in a few words what it is for"),
        ("/correct 2026-000001 amount 30", "by a refund or a dispute"),
        ("/what", "I do not know /what; /admin lists"),
        ("/", "I do not know /; /admin lists"),
    ],
)
async def test_a_command_that_does_not_fit_says_what_fits(rudo: Talk, command: str, hint: str) -> None:
    [told] = await rudo.say(command)
    assert hint in text_of(told)
    assert not rudo.harness.all(ApprovePayment)
    assert not rudo.harness.all(RejectPayment)
    assert not rudo.harness.all(CorrectReceipt)


async def test_what_payments_says_of_a_decision_is_told(rudo: Talk, tariro: Talk) -> None:
    id, now = PaymentId("P-1"), rudo.harness.clock.now()
    approved = PaymentApproved(payment_id=id, payer=tariro.member, approver=rudo.member, missing=1, approved_at=now)
    [told] = await rudo.told(approved)
    assert "still missing: 1" in text_of(told)
    [told] = await rudo.told(ApprovalRefused(payment_id=id, approver=rudo.member, rule="own_payment"))
    assert "your own payment" in text_of(told)
    rejected = PaymentRejected(
        payment_id=id,
        payer=tariro.member,
        approver=rudo.member,
        amount=Money.of("20", "USD"),
        method="manual",
        purpose="Construction",
        reason="no such deposit",
        rejected_at=now,
    )
    [told] = await tariro.told(rejected)
    assert "not accepted by our staff: no such deposit" in text_of(told)
    assert "Rejected: P-1" in text_of(rudo.last)


@pytest.mark.parametrize(
    ("typed", "what", "value"),
    [
        ("name  Tariro Moyo-Dube", "name", "Tariro Moyo-Dube"),
        ("PURPOSE youth conference", "purpose", "Youth Conference"),
        ("purpose Roof repair", "purpose", "Roof repair"),
    ],
)
async def test_a_correction_names_the_receipt_and_is_kept(rudo: Talk, typed: str, what: str, value: str) -> None:
    assert await rudo.say(f"/correct 2026-000001 {typed}") == []
    asked = rudo.harness.only(CorrectReceipt)
    assert (asked.receipt_number, asked.what, asked.value, asked.by) == ("2026-000001", what, value, rudo.member)
    use = rudo.harness.only(StaffCommandUsed)
    assert (use.command, use.about, use.allowed) == ("/correct", "2026-000001", True)


async def test_a_corrected_receipt_goes_to_its_payer_and_staff_hear_of_it(rudo: Talk, tariro: Talk) -> None:
    await tariro.give(*NEW_DONOR, "confirm")
    await tariro.told(tariro.initiated(), *tariro.settled())
    issued = tariro.harness.last(ReceiptIssued)
    change = {"receipt_number": "2026-000002", "replaces": "2026-000001", "corrected_by": rudo.member}
    [told] = await tariro.told(issued.model_copy(update=change | {"purpose": "Construction"}))
    assert text_of(told).startswith(
        "Your receipt 2026-000001 was corrected; this one takes its place. Nothing was charged for it.\n\n"
        "*Receipt 2026-000002*\n"
    )
    assert "For: Construction" in text_of(told)
    assert text_of(rudo.last) == "Corrected: receipt 2026-000002 takes the place of 2026-000001. The payer gets it."
    [again] = await tariro.say("receipt")
    assert "*Receipt 2026-000002*" in text_of(again)


@pytest.mark.parametrize("rule", get_args(CorrectionRefused.model_fields["rule"].annotation))
async def test_why_a_receipt_is_not_corrected_is_told(rudo: Talk, rule: Any) -> None:
    [told] = await rudo.told(CorrectionRefused(receipt_number="2026-000001", by=rudo.member, rule=rule))
    assert "2026-000001" in text_of(told)


class TestPurposes:
    """A purpose in a donor's own words, where it needs approval."""

    @pytest.fixture
    def environment(self) -> dict[str, str]:
        return {"APPROVE_PURPOSES": "true"}

    async def propose(self, tariro: Talk, rudo: Talk) -> str:
        await rudo.say("/admin")
        await tariro.give(*NEW_DONOR[:4], "Other", "Roof repair")
        proposed = text_of(rudo.last)
        assert "“Roof repair”" in proposed
        return next(word for word in proposed.split() if word.startswith("U-"))

    async def test_it_waits_for_staff_and_can_be_given_to_afterwards(self, tariro: Talk, rudo: Talk) -> None:
        id = await self.propose(tariro, rudo)
        assert "I ask our staff" in text_of(tariro.last)
        await rudo.say(f"/approve {id}")
        assert "You may give to “Roof repair”" in text_of(tariro.last)
        assert f"Approved: {id}" in text_of(rudo.last)
        await tariro.give(*NEW_DONOR[:4], "Other", "Roof repair", "20 usd", "EcoCash", "0771111111", "confirm")
        assert tariro.request.purpose == "Roof repair"

    async def test_a_rejection_tells_the_reason(self, tariro: Talk, rudo: Talk) -> None:
        id = await self.propose(tariro, rudo)
        await rudo.say(f"/reject {id} not this year")
        assert "We cannot take gifts for “Roof repair”. not this year" in text_of(tariro.last)

    async def test_it_is_decided_once(self, tariro: Talk, rudo: Talk) -> None:
        id = await self.propose(tariro, rudo)
        await rudo.give(f"/approve {id}", f"/reject {id} no")
        assert "waits for no decision" in text_of(rudo.last)
        assert "cannot take" not in text_of(tariro.last)

    async def test_nobody_decides_about_their_own(self, rudo: Talk) -> None:
        await rudo.say("/admin")
        await rudo.give(*NEW_DONOR[:4], "Other", "Roof repair")
        assert rudo.harness.only(ProposePurpose).purpose == "Roof repair"
        await rudo.say(f"/approve {purpose_id_of(rudo.member, 'Roof repair')}")
        assert "your own purpose" in text_of(rudo.last)

    async def test_an_unknown_one_is_said_to_be_unknown(self, rudo: Talk) -> None:
        await rudo.say("/approve U-NOTHING")
        assert "no purpose U-NOTHING" in text_of(rudo.last)
        assert rudo.harness.only(DecidePurpose).approve


async def test_health_tells_the_state_of_each_service(rudo: Talk) -> None:
    assert await rudo.say("/health") == []
    assert rudo.harness.only(ShowHealth).asked_by == rudo.member
    services = (
        ServiceHealth(service="gateway", beats=True, ready=True),
        ServiceHealth(service="payments", beats=True, ready=False, troubles=("paynow USD: open",), backlog=12),
        ServiceHealth(service="credex", beats=False, ready=False),
        ServiceHealth(service="notifier", beats=True, ready=True, backlog_age_seconds=41.2),
    )
    now = rudo.harness.clock.now()
    shown = HealthShown(asked_by=rudo.member, status="degraded", at=now, services=services)
    [told] = await rudo.told(shown)
    assert text_of(told) == (
        "Some services do not work.\n"
        "gateway: works\n"
        "payments: is not ready, paynow USD: open, 12 waiting\n"
        "credex: is not heard\n"
        "notifier: works, oldest 41 s"
    )
