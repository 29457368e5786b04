"""What is told of everything that can happen, in every language: complete, short enough, with its figures."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, get_args

import pytest

from services.conversation.domain.export import export_of
from services.conversation.domain.profile import KnownPayment, Profile, Registration, Staff
from services.conversation.engine.engine import say_at_length
from services.conversation.engine.questions import Option, Question
from services.conversation.engine.render import pieces, render
from services.conversation.engine.session import Session
from services.conversation.engine.texts import speaking
from services.conversation.tests.talk import NEW_DONOR, Talk, text_of
from services.conversation.texts import payments, staff, talking
from shared.contracts.gateway import MessageReceived, Text
from shared.contracts.notifier import PlainText, SendMessage
from shared.contracts.payments import (
    CorrectionRefused,
    PaymentApproved,
    PaymentCancelled,
    PaymentChecked,
    PaymentDisputed,
    PaymentExpired,
    PaymentFailed,
    PaymentInitiated,
    PaymentNeedsReview,
    PaymentRefunded,
    PaymentRefused,
    PaymentRejected,
    PaymentUncertain,
    Reason,
    ReceiptDocumentMade,
    ReceiptIssued,
)
from shared.contracts.reporting import StatisticsReady
from shared.kernel.ids import MemberId, PaymentId
from shared.kernel.languages import Language
from shared.kernel.money import Money

LANGUAGES: tuple[Language, ...] = get_args(Language)
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
ABOUT: dict[str, Any] = {
    "payment_id": PaymentId("P-4X39249Z1C7W"),
    "payer": MemberId("M-1"),
    "amount": Money.of("20", "USD"),
    "method": "ecocash",
}
FULL = {**ABOUT, "purpose": "Construction"}
RULES = ("currency", "method", "amount_too_small", "amount_too_large", "wallet", "provider_away")


def texts_of_everything() -> dict[str, str]:
    """A text for each thing that can be told of a payment."""
    told = {
        "cancelled": payments.cancelled(PaymentCancelled(cancelled_at=NOW, **FULL)),
        "expired": payments.expired(PaymentExpired(expired_at=NOW, **FULL)),
        "disputed": payments.disputed(PaymentDisputed(disputed_at=NOW, **FULL)),
        "refunded": payments.refunded(PaymentRefunded(refunded_at=NOW, **FULL)),
        "review": payments.needs_review(PaymentNeedsReview(cause="open_too_long", noticed_at=NOW, **FULL)),
        "uncertain": payments.uncertain(PaymentUncertain(intent="i", **ABOUT)),
        "lost": payments.lost_authorisation(PaymentInitiated(intent="i", **ABOUT)),
        "rejected": payments.rejected(
            PaymentRejected(approver=MemberId("M-2"), reason="no deposit", rejected_at=NOW, **FULL)
        ),
        "approved": staff.approved(
            PaymentApproved(
                payment_id=ABOUT["payment_id"],
                payer=ABOUT["payer"],
                approver=MemberId("M-2"),
                missing=0,
                approved_at=NOW,
            )
        ),
        "none": staff.statistics(
            StatisticsReady(asked_by=MemberId("M-1"), first=date(2026, 11, 1), last=date(2026, 11, 24), figures=())
        ),
    }
    for rule in get_args(CorrectionRefused.model_fields["rule"].annotation):
        refused_correction = CorrectionRefused(receipt_number="2026-000001", by=MemberId("M-2"), rule=rule)
        told[f"correction {rule}"] = staff.correction_refused(refused_correction)
    issued = ReceiptIssued(
        receipt_number="2026-000002",
        payer_name="Tariro Moyo",
        provider_reference="1",
        settled_at=NOW,
        issued_at=NOW,
        **FULL,
    )
    corrected = issued.model_copy(update={"replaces": "2026-000001"})
    told |= {"receipt": payments.receipt(issued), "new receipt": payments.receipt(corrected)}
    told["corrected"] = staff.corrected(corrected)
    for reason in get_args(Reason):
        failed = PaymentFailed(intent="i", reason=reason, failed_at=NOW, **FULL)
        told[reason] = payments.failed(failed)
    for rule in RULES:
        refused = PaymentRefused(
            intent="i", payer=ABOUT["payer"], amount=ABOUT["amount"], rule=rule, limit=Money.of("480", "USD")
        )
        told[rule] = payments.refused(refused)
    for state in ("settled", "awaiting_payer", "awaiting_approval", "rejected", "something new"):
        for asked in (True, False):
            checked = PaymentChecked(state=state, asked=asked, receipt_number="2026-000001", **ABOUT)
            told[f"{state} {asked}"] = payments.checked(checked)
    return told


def test_everything_that_can_happen_is_told_in_every_language_and_differently() -> None:
    told = {}
    for language in LANGUAGES:
        with speaking(language):
            told[language] = texts_of_everything()
    for what, english in told["en"].items():
        for language in LANGUAGES[1:]:
            other = told[language][what]
            assert other != english, what
            assert "{" not in other
            assert len(other) <= 700
            assert ("USD 20.00" in other) == ("USD 20.00" in english), what
    assert len(set(told["en"].values())) >= len(told["en"]) - 2


@pytest.mark.parametrize("rule", RULES)
def test_a_refusal_says_that_nothing_was_charged(rule: Any) -> None:
    refused = PaymentRefused(intent="i", payer=ABOUT["payer"], amount=ABOUT["amount"], rule=rule)
    assert payments.refused(refused).startswith("Nothing was charged")


@pytest.mark.parametrize(
    ("hour", "hello"), [(2, "Hello"), (4, "Good morning"), (10, "Good afternoon"), (15, "Good evening"), (20, "Hello")]
)
def test_the_greeting_goes_by_the_time_in_harare(hour: int, hello: str) -> None:
    """The earlier system was two hours ahead."""
    assert talking.greeting(Profile(), "Church", NOW.replace(hour=hour)).startswith(hello + ".")


def test_the_export_has_all_that_the_profile_has() -> None:
    profile = Profile(
        language="en",
        name="Tariro Moyo",
        answers={"name#1": "Tariro Moyo", "congregation#1": "Mutare", "wallet#1": "+263771111111"},
        payments=[
            KnownPayment(
                id=ABOUT["payment_id"],
                amount=ABOUT["amount"],
                method="ecocash",
                purpose="Construction",
                state="settled",
                at=NOW,
                receipt_number="2026-000001",
            )
        ],
        registration=Registration(
            full_name="Tariro Moyo",
            email=None,
            province="Manicaland",
            place="Mutare",
            skills=("Carpenter",),
            consent_at=NOW,
            consent_wording=1,
        ),
        approved_purposes=("Roof repair",),
        staff=Staff(phone="+263773000001", member=MemberId("M-1")),
    )
    text = export_of(profile)
    for part in (
        *("English", "Tariro Moyo", "congregation: Mutare", "+263771111111", "Roof repair", "+263773000001"),
        *("E-mail: -", "Manicaland, Mutare", "Carpenter", "24 Nov 2026 10:00 (1)"),
        "24 Nov 2026 | USD 20.00 | ecocash | Construction | settled | P-4X39249Z1C7W | 2026-000001",
    ):
        assert part in text


def test_a_text_that_is_too_long_goes_on_at_more_and_nothing_is_lost() -> None:
    session = Session()
    text = "\n".join(f"line {number} " + "x" * 90 for number in range(120))
    said = []
    [first] = say_at_length(session, text)
    said.append(first)
    while session.rest:
        said += say_at_length(session, "\n".join(session.rest))
    assert len(said) == 3
    lines = [line for content in said for line in text_of(content).splitlines() if line.startswith("line")]
    assert lines == text.splitlines()


async def test_more_shows_the_rest(tariro: Talk) -> None:
    [told] = await tariro.say("more")
    assert "That was all." in text_of(told)


@pytest.mark.parametrize("size", [10, 11, 50])
def test_pieces_fit_and_keep_every_word(size: int) -> None:
    text = "one two three\nfour five\n\nsix " + "seven" * 10
    found = pieces(text, size)
    assert all(0 < len(piece) <= size for piece in found)
    assert "".join("".join(found).split()) == "".join(text.split())


def test_a_long_text_with_choices_goes_first_by_itself() -> None:
    question = Question("q#1", "x" * 1100, (Option("yes", "Yes"), Option("no", "No")))
    first, choices = render(question, 1)
    assert isinstance(first, PlainText)
    assert text_of(choices) == "Please choose: [Yes] [No]"


def test_a_long_title_is_whole_in_the_description() -> None:
    title = "A purpose with a rather long name"
    [listed] = render(Question("q#1", "Which?", tuple(Option(f"o{n}", f"{title} {n}") for n in range(4))), 1)
    row = listed.sections[0].rows[2]  # type: ignore[union-attr]  # four options make a list
    assert (row.title, row.description) == ("A purpose with a rather…"[:24], f"{title} 2")
    assert len(row.title) <= 24


async def test_groups_are_not_answered(tariro: Talk) -> None:
    """Nobody is charged, or called by name, in front of others."""
    await tariro.harness.say(
        MessageReceived(
            member=tariro.member,
            address=tariro.address,
            message_id="wamid.group",
            sent_at=tariro.harness.clock.now(),
            group_id="G1",
            content=Text(body="donate"),
        )
    )
    assert tariro.heard == []


async def test_the_other_outcomes_are_told_and_kept_in_the_history(tariro: Talk) -> None:
    await tariro.give(*NEW_DONOR, "confirm")
    await tariro.told(tariro.initiated())
    about = {**tariro.about(), "purpose": "Youth Conference"}
    now = tariro.harness.clock.now()
    for event, words, state in (
        (PaymentExpired(expired_at=now, **about), "not approved in time", "not approved in time"),
        (PaymentNeedsReview(cause="open_too_long", noticed_at=now, **about), "do not pay again", "by a person"),
        (PaymentDisputed(disputed_at=now, **about), "disputed", "disputed"),
        (PaymentRefunded(refunded_at=now, **about), "paid back", "paid back"),
    ):
        [told] = await tariro.told(event)
        assert words in text_of(told)
        late = tariro.harness.last(SendMessage).template
        assert late is not None
        assert (late.name, late.parameters[1]) == ("payment_update", about["payment_id"])
        assert "USD 20.00" in late.parameters[0]
        assert state in late.parameters[0]
        [history] = await tariro.say("history")
        assert state in text_of(history)
    missing = ReceiptDocumentMade(payment_id=about["payment_id"], payer=tariro.member, receipt_number=None, file=None)
    [told] = await tariro.told(missing)
    assert "no receipt of that payment" in text_of(told)


async def test_who_was_forgotten_is_not_told_of_money_that_came_after_all(
    tariro: Talk, caplog: pytest.LogCaptureFixture
) -> None:
    await tariro.give(*NEW_DONOR, "confirm")
    settled, issued = tariro.settled()
    assert isinstance(issued, ReceiptIssued)
    assert await tariro.told(settled, issued.model_copy(update={"payer_name": ""})) == []
    assert "dead letter" not in caplog.text


async def test_a_receipt_that_comes_late_has_its_template(tariro: Talk) -> None:
    await tariro.give(*NEW_DONOR, "confirm")
    await tariro.told(tariro.initiated(), *tariro.settled())
    late = tariro.harness.last(SendMessage).template
    assert late is not None
    assert (late.name, late.parameters) == ("receipt_ready", ("2026-000001", "USD 20.00"))
