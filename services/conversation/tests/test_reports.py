"""What staff ask reporting in the chat: each command, its answer, and reports that come as documents."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from services.conversation.domain.volunteer_search import search_of
from services.conversation.tests.talk import NEW_DONOR, Talk, text_of
from shared.contracts.conversation import ChooseLanguage, StaffCommandUsed
from shared.contracts.files import FileRef
from shared.contracts.notifier import Document, LinkButton, SendMessage
from shared.contracts.reporting import (
    AuditLine,
    AuditShown,
    CurrencyFigures,
    ListVolunteers,
    MakeReport,
    PaymentLine,
    PaymentShown,
    RefundsShown,
    ReportFailed,
    ReportProgress,
    ReportReady,
    ReviewShown,
    ShowAudit,
    ShowPayment,
    ShowRefunds,
    ShowReview,
    TrailLine,
    VolunteerLine,
    VolunteersListed,
)
from shared.kernel.money import Money

FIRST, TODAY = date(2026, 11, 1), date(2026, 11, 24)
AT = datetime(2026, 11, 24, 8, 5, tzinfo=UTC)
FILE = FileRef(url="http://127.0.0.1:1/files/F-1", sha256="0" * 64, size=9, name="report.pdf", type="application/pdf")
LINE = PaymentLine(
    reference="P-4X39249Z1C7W",
    amount=Money.of("20", "USD"),
    method="ecocash",
    state="needs_review",
    purpose="Construction",
    at=AT,
    receipt_number="2026-000001",
    cause="open_too_long",
)


def ready(talk: Talk, **more: object) -> ReportReady:
    figures = tuple(
        CurrencyFigures(total=Money.of(total, currency), settled=settled, cancelled=0, failed=0, open=0)
        for total, currency, settled in (("120", "USD", 6), ("40", "ZWG", 2))
    )
    about = {"report_id": "R-1", "kind": "pdf", "first": FIRST, "last": TODAY, "file": FILE, "figures": figures}
    return ReportReady.model_validate({"asked_by": talk.member, **about, **more})


@pytest.mark.parametrize(
    ("command", "kind", "first"),
    [
        ("/report pdf month", "pdf", FIRST),
        ("/REPORT Excel", "excel", TODAY),
        ("/report csv 2026-11-01 2026-11-24", "csv", FIRST),
        ("/report credex month", "credex", FIRST),
    ],
)
async def test_a_report_is_asked_for_and_its_use_is_kept(rudo: Talk, command: str, kind: str, first: date) -> None:
    assert await rudo.say(command) == []
    assert rudo.harness.only(MakeReport) == MakeReport(asked_by=rudo.member, kind=kind, first=first, last=TODAY)
    assert rudo.harness.only(StaffCommandUsed).command == "/report"


async def test_a_report_comes_as_a_document_with_its_figures_in_one_line(rudo: Talk) -> None:
    [told] = await rudo.told(ready(rudo))
    assert isinstance(told, Document)
    assert told.file == FILE
    assert told.caption == "Report, 1 Nov 2026 – 24 Nov 2026: *USD 120.00* from 6 paid; *ZiG 40.00* from 2 paid"
    sent = rudo.harness.last(SendMessage)
    assert sent.purpose == "report"
    assert sent.template is not None
    assert sent.template.name == "report_ready"
    assert sent.template.parameters == ("Report", "1 Nov 2026 – 24 Nov 2026")
    assert sent.template.file == FILE


async def test_a_scheduled_report_says_so_and_disturbs_nobody(rudo: Talk) -> None:
    await rudo.give(*NEW_DONOR[:3])
    [told] = await rudo.told(ready(rudo, schedule="weekly", figures=()))
    assert text_of(told) == "Weekly report, 1 Nov 2026 – 24 Nov 2026: no payments"
    [question] = await rudo.say("Mutare")
    assert "give to" in text_of(question)


async def test_a_report_of_credexes_has_no_figures_of_payments_in_its_line(rudo: Talk) -> None:
    [told] = await rudo.told(ready(rudo, kind="credex"))
    assert text_of(told) == "Report, 1 Nov 2026 – 24 Nov 2026: credexes between members"


async def test_a_report_that_is_too_big_to_be_sent_comes_as_a_link(rudo: Talk) -> None:
    link = "https://give.example.org/finance/files/F-1?expires=1&signature=2"
    [told] = await rudo.told(ready(rudo, schedule="monthly", link=link))
    assert isinstance(told, LinkButton)
    assert told.url == link
    assert told.body.splitlines() == [
        "Monthly report, 1 Nov 2026 – 24 Nov 2026: *USD 120.00* from 6 paid; *ZiG 40.00* from 2 paid",
        "It is a large file; the link works for seven days.",
    ]
    template = rudo.harness.last(SendMessage).template
    assert template is not None
    assert (template.name, template.file) == ("notice", None)
    assert template.parameters == ("Monthly report", f"1 Nov 2026 – 24 Nov 2026: {link}")


async def test_a_report_that_takes_longer_or_fails_is_told_of(rudo: Talk) -> None:
    about = {"asked_by": rudo.member, "kind": "pdf", "first": FIRST, "last": TODAY}
    [told] = await rudo.told(ReportProgress.model_validate(about))
    assert "I am making the report of 1 Nov 2026 – 24 Nov 2026" in text_of(told)
    for rule, words in (("period", "ends before"), ("too_long", "shorter time"), ("broken", "our fault")):
        [told] = await rudo.told(ReportFailed.model_validate({**about, "rule": rule}))
        assert words in text_of(told)


async def test_a_payments_trail_is_asked_for_and_told(rudo: Talk) -> None:
    await rudo.say("/payment p-4x39249z1c7w")
    assert rudo.harness.only(ShowPayment).reference == "p-4x39249z1c7w"
    assert rudo.harness.only(StaffCommandUsed).about == "P-4X39249Z1C7W"
    trail = (
        TrailLine(at=AT, event="payment_initiated"),
        TrailLine(at=AT, event="payment_needs_review", cause="open_too_long"),
        TrailLine(at=AT, event="something_new"),
    )
    about = {"asked_by": rudo.member, "reference": "p-4x", "provider_reference": "31000001"}
    [told] = await rudo.told(PaymentShown(payment=LINE, trail=trail, **about))
    assert text_of(told).splitlines() == [
        "P-4X39249Z1C7W  *USD 20.00*  EcoCash, Construction  24 Nov 2026: to be looked into (open too long)",
        "*Receipt 2026-000001*",
        "Paynow reference: 31000001",
        "24 Nov 2026 10:05: the payer was asked",
        "24 Nov 2026 10:05: to be looked into (open too long)",
        "24 Nov 2026 10:05: something_new",
    ]
    [told] = await rudo.told(PaymentShown(payment=None, **about))
    assert text_of(told) == "There is no payment p-4x."


async def test_what_waits_and_what_was_paid_back_is_listed(rudo: Talk) -> None:
    await rudo.give("/review", "/refunds")
    assert rudo.harness.only(ShowReview).asked_by == rudo.harness.only(ShowRefunds).asked_by == rudo.member
    who = rudo.member
    [told] = await rudo.told(ReviewShown(asked_by=who, payments=(LINE,), more=2, exceptions=3))
    assert "P-4X39249Z1C7W  *USD 20.00*" in text_of(told)
    assert "And 2 more" in text_of(told)
    assert "/approve ID or /reject ID reason" in text_of(told)
    assert "reconciliation: 3" in text_of(told)
    bank = LINE.model_copy(update={"method": "manual", "state": "open", "cause": None})
    [told] = await rudo.told(ReviewShown(asked_by=who, payments=(bank,), more=0))
    assert "Bank or cash, Construction  24 Nov 2026: waiting for our staff to see the money" in text_of(told)
    [told] = await rudo.told(ReviewShown(asked_by=who, payments=(), more=0))
    assert text_of(told) == "Nothing waits for staff."
    refunded = LINE.model_copy(update={"state": "refunded", "cause": None, "purpose": None, "method": "manual"})
    [told] = await rudo.told(RefundsShown(asked_by=who, payments=(refunded,), more=0))
    assert text_of(told).splitlines()[1].endswith("24 Nov 2026: paid back")
    [told] = await rudo.told(RefundsShown(asked_by=who, payments=(), more=0))
    assert text_of(told) == "Nothing was paid back."


async def test_the_audit_trail_is_asked_for_by_name_or_phone_and_told_by_name(rudo: Talk, tariro: Talk) -> None:
    farai = Talk(rudo.harness, "+263773000002")
    await rudo.give("/admin")
    await farai.give("/admin", "donate", "Farai Dube", *NEW_DONOR[2:], "confirm")
    await rudo.give("/audit", "/audit farai month", "/audit 0773 000 002 2026-11-01 2026-11-24", "/audit week")
    who = [(asked.who, asked.first) for asked in rudo.harness.all(ShowAudit)]
    monday = date(2026, 11, 23)
    assert who == [(None, TODAY), (farai.member, FIRST), (farai.member, FIRST), (None, monday)]
    [refused] = await rudo.say("/audit tendai")
    assert "called tendai. I know: +263773000001, Farai Dube." in text_of(refused)
    entries = (
        AuditLine(at=AT, who=farai.member, command="/approve", allowed=True),
        AuditLine(at=AT, who=rudo.member, command="/stats", allowed=True),
        AuditLine(at=AT, who=tariro.member, command="/report", allowed=False),
    )
    [told] = await rudo.told(AuditShown(asked_by=rudo.member, first=TODAY, last=TODAY, entries=entries, more=7))
    assert text_of(told).splitlines() == [
        "24 Nov 2026",
        "24 Nov 2026 10:05  Farai Dube: /approve",
        "24 Nov 2026 10:05  +263773000001: /stats",
        "24 Nov 2026 10:05  somebody unknown: /report (refused)",
        "And 7 more, on the finance pages.",
    ]
    [told] = await rudo.told(AuditShown(asked_by=rudo.member, first=TODAY, last=TODAY, entries=(), more=0))
    assert "no staff command was used" in text_of(told)


@pytest.mark.parametrize(
    ("text", "skill", "place"),
    [
        ("", None, None),
        ("carpenter", "carpenter", None),
        ("Mutare", None, "Mutare"),
        ("carpenter Harare North", "carpenter", "Harare North"),
        ("IT and data Victoria Falls", "IT and data", "Victoria Falls"),
        ("it and data somewhere", "it and data", "somewhere"),
        ("choir practice in Domboshava", "choir practice", "Domboshava"),
        ("in Gweru", None, "Gweru"),
        ("nursing Domboshava", "nursing", "Domboshava"),
    ],
)
async def test_volunteers_are_looked_for_by_skill_and_place(text: str, skill: str | None, place: str | None) -> None:
    assert search_of(text) == (skill, place)


async def test_volunteers_are_asked_for_and_listed(rudo: Talk) -> None:
    await rudo.say("/volunteers carpenter Mutare")
    asked = rudo.harness.only(ListVolunteers)
    assert (asked.skill, asked.place) == ("carpenter", "Mutare")
    volunteer = VolunteerLine(
        member=rudo.member,
        full_name="Nyasha Ncube",
        email="nyasha@example.org",
        province="Manicaland",
        place="Mutare",
        skills=("Carpenter", "choir"),
    )
    found = VolunteersListed(asked_by=rudo.member, skill="carpenter", place="Mutare", volunteers=(volunteer,), more=1)
    [told] = await rudo.told(found)
    assert text_of(told).splitlines() == [
        "Volunteers for carpenter, Mutare:",
        "*Nyasha Ncube*, Mutare, Manicaland: Carpenter, choir, nyasha@example.org",
        "And 1 more, on the finance pages.",
    ]
    [told] = await rudo.told(found.model_copy(update={"volunteers": (), "more": 0}))
    assert "no volunteers for: carpenter, Mutare" in text_of(told)
    none = VolunteersListed(asked_by=rudo.member, skill=None, place=None, volunteers=(), more=0)
    [told] = await rudo.told(none)
    assert text_of(told) == "Nobody has registered yet."


async def test_staff_are_answered_in_their_language(rudo: Talk) -> None:
    await rudo.told(ChooseLanguage(member=rudo.member, language="sn"))
    [report] = await rudo.told(ready(rudo, schedule="monthly"))
    assert text_of(report).startswith("Ripoti yemwedzi, 1 Mbu 2026")
    nothing = {"asked_by": rudo.member, "payments": (), "more": 0}
    told = await rudo.told(ReviewShown.model_validate(nothing), RefundsShown.model_validate(nothing))
    assert [text_of(said) for said in told] == ["Hapana chakamirira vashandi.", "Hapana chakadzoserwa."]
