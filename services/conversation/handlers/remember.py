"""Keeps in the profile what people told and what became of their payments."""

from __future__ import annotations

from datetime import datetime

from services.conversation.domain.profile import KnownPayment, Profile, Registration, Staff
from services.conversation.store import PROFILES
from shared.bus.handlers import on
from shared.bus.work import Work
from shared.contracts.conversation import (
    ChooseLanguage,
    RegistrationCompleted,
    RememberDonor,
    RememberPurpose,
    RememberRegistration,
    RememberStaff,
)
from shared.contracts.payments import (
    PaymentCancelled,
    PaymentDisputed,
    PaymentExpired,
    PaymentFailed,
    PaymentInitiated,
    PaymentNeedsReview,
    PaymentRefunded,
    PaymentRejected,
    PaymentSettled,
    PaymentUncertain,
    ReceiptIssued,
)
from shared.kernel.ids import MemberId

MOST_PURPOSES = 20


@on(RememberDonor)
async def remember_donor(command: RememberDonor, work: Work) -> None:
    """Keep the details for the next gift."""
    profile = await work.open(PROFILES, command.member, Profile)
    profile.name = command.name
    profile.answers = command.answers


@on(RememberRegistration)
async def remember_registration(command: RememberRegistration, work: Work) -> None:
    """Keep it, in place of any before, and tell whoever looks after volunteers."""
    profile = await work.open(PROFILES, command.member, Profile)
    profile.name = profile.name or command.full_name
    kept = command.model_dump(exclude={"member", "by"})
    profile.registration = Registration(consent_at=work.now, **kept)
    told = command.model_dump(exclude={"answers"})
    work.emit(RegistrationCompleted(consent_at=work.now, **told))


@on(ChooseLanguage)
async def choose_language(command: ChooseLanguage, work: Work) -> None:
    """Speak it from now on."""
    profile = await work.open(PROFILES, command.member, Profile)
    profile.language = command.language


@on(RememberStaff)
async def remember_staff(command: RememberStaff, work: Work) -> None:
    """This is who writes from that staff phone."""
    profile = await work.open(PROFILES, command.member, Profile)
    profile.staff = Staff(phone=command.phone, member=command.member)


@on(RememberPurpose)
async def remember_purpose(command: RememberPurpose, work: Work) -> None:
    """They may give to this, and the next gift begins with it."""
    profile = await work.open(PROFILES, command.member, Profile)
    others = [purpose for purpose in profile.approved_purposes if purpose != command.purpose]
    profile.approved_purposes = (*others, command.purpose)[-MOST_PURPOSES:]


@on(PaymentInitiated)
async def know_initiated(event: PaymentInitiated, work: Work) -> None:
    state = "awaiting_approval" if event.method == "manual" else "awaiting_payer"
    await _know(event.payer, _known(event, state, work.now), work)


@on(PaymentUncertain)
async def know_uncertain(event: PaymentUncertain, work: Work) -> None:
    await _know(event.payer, _known(event, "uncertain", work.now), work)


@on(PaymentSettled)
async def know_settled(event: PaymentSettled, work: Work) -> None:
    await _know(event.payer, _known(event, "settled", event.settled_at, event.purpose), work)


@on(PaymentCancelled)
async def know_cancelled(event: PaymentCancelled, work: Work) -> None:
    await _know(event.payer, _known(event, "cancelled", event.cancelled_at, event.purpose), work)


@on(PaymentFailed)
async def know_failed(event: PaymentFailed, work: Work) -> None:
    await _know(event.payer, _known(event, "failed", event.failed_at, event.purpose), work)


@on(PaymentExpired)
async def know_expired(event: PaymentExpired, work: Work) -> None:
    await _know(event.payer, _known(event, "expired", event.expired_at, event.purpose), work)


@on(PaymentRejected)
async def know_rejected(event: PaymentRejected, work: Work) -> None:
    await _know(event.payer, _known(event, "rejected", event.rejected_at, event.purpose), work)


@on(PaymentDisputed)
async def know_disputed(event: PaymentDisputed, work: Work) -> None:
    await _know(event.payer, _known(event, "disputed", event.disputed_at, event.purpose), work)


@on(PaymentRefunded)
async def know_refunded(event: PaymentRefunded, work: Work) -> None:
    await _know(event.payer, _known(event, "refunded", event.refunded_at, event.purpose), work)


@on(PaymentNeedsReview)
async def know_review(event: PaymentNeedsReview, work: Work) -> None:
    await _know(event.payer, _known(event, "needs_review", event.noticed_at, event.purpose), work)


@on(ReceiptIssued)
async def know_receipt(event: ReceiptIssued, work: Work) -> None:
    known = _known(event, "settled", event.settled_at, event.purpose)
    known.receipt_number = event.receipt_number
    await _know(event.payer, known, work)


_About = (
    PaymentInitiated
    | PaymentUncertain
    | PaymentSettled
    | PaymentCancelled
    | PaymentFailed
    | PaymentExpired
    | PaymentRejected
    | PaymentDisputed
    | PaymentRefunded
    | PaymentNeedsReview
    | ReceiptIssued
)


def _known(event: _About, state: str, at: datetime, purpose: str | None = None) -> KnownPayment:
    return KnownPayment(
        id=event.payment_id, amount=event.amount, method=event.method, purpose=purpose, state=state, at=at
    )


async def _know(member: MemberId, payment: KnownPayment, work: Work) -> None:
    """Keep the latest word on a payment in the payer's profile, for *check*, *history* and *receipt*."""
    if await work.is_erased(member):
        return
    profile = await work.open(PROFILES, member, Profile)
    profile.note(payment)
