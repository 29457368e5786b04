"""What staff are told: figures, approvals, health."""

from __future__ import annotations

from services.conversation.engine.formats import day, money
from services.conversation.engine.texts import _, later
from shared.contracts.conversation import PurposeDecided
from shared.contracts.payments import ApprovalRefused, PaymentApproved, PaymentRejected
from shared.contracts.reporting import StatisticsReady

HELP = later(
    "Staff commands:\n"
    "/stats [today|yesterday|week|month]: figures\n"
    "/approve ID: a bank or cash payment (P-…), one held for review, or a purpose (U-…)\n"
    "/reject ID reason\n"
    "/health: how the services are"
)


def statistics(event: StatisticsReady) -> str:
    """Figures per currency, never added together."""
    span = day(event.first) if event.first == event.last else f"{day(event.first)} – {day(event.last)}"
    if not event.figures:
        return _("{span}: no payments.").format(span=span)
    lines = [span]
    for figure in event.figures:
        lines.append(
            _("*{total}* from {settled} paid; {cancelled} cancelled, {failed} failed, {open} open").format(
                total=money(figure.total),
                settled=figure.settled,
                cancelled=figure.cancelled,
                failed=figure.failed,
                open=figure.open,
            )
        )
    return "\n".join(lines)


def approved(event: PaymentApproved) -> str:
    if event.missing:
        return _("Approved by you: {id}. Somebody else has to approve it, too; still missing: {missing}.").format(
            id=event.payment_id, missing=event.missing
        )
    return _("Approved: {id}. The payer gets the receipt.").format(id=event.payment_id)


def rejected(event: PaymentRejected) -> str:
    return _("Rejected: {id}. The payer is told.").format(id=event.payment_id)


_RULES = {
    "unknown": later("There is no payment {id}."),
    "own_payment": later("{id} is your own payment: somebody else has to decide about it."),
    "same_person": later("You approved {id} already: somebody else has to, now."),
    "not_waiting": later("{id} waits for no decision."),
}


def approval_refused(event: ApprovalRefused) -> str:
    return _(_RULES[event.rule]).format(id=event.payment_id)


def purpose_proposed(id: str, purpose: str) -> str:
    return _("A donor wants to give to “{purpose}”.\n/approve {id}\n/reject {id} reason").format(purpose=purpose, id=id)


def purpose_decided(event: PurposeDecided) -> str:
    if event.approved:
        return _("Approved: {id}. The donor is told.").format(id=event.purpose_id)
    return _("Rejected: {id}. The donor is told.").format(id=event.purpose_id)
