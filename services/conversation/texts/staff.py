"""What staff are told: figures, trails, lists, approvals."""

from __future__ import annotations

from collections.abc import Mapping

from services.conversation.engine.formats import credit, day, moment, money
from services.conversation.engine.texts import _, later
from services.conversation.facts import method_name
from services.conversation.texts.payments import state_words
from services.conversation.texts.reports import span
from shared.contracts.conversation import PurposeDecided
from shared.contracts.gateway import HealthShown
from shared.contracts.payments import (
    ApprovalRefused,
    CorrectionRefused,
    PaymentApproved,
    PaymentRejected,
    ReceiptIssued,
)
from shared.contracts.reporting import (
    AuditShown,
    CredexStep,
    PaymentLine,
    PaymentShown,
    RefundsShown,
    ReviewShown,
    StatisticsReady,
    VolunteersListed,
)
from shared.kernel.ids import MemberId

HELP = later(
    "Staff commands:\n"
    "/report pdf|excel|csv|credex [today|yesterday|week|month|FROM TO]: a report to open, days like 2026-11-01\n"
    "/stats [today|yesterday|week|month|FROM TO]: figures\n"
    "/payment REF: all that happened to one payment\n"
    "/review: what waits for staff\n"
    "/refunds: what was paid back\n"
    "/approve ID: a bank or cash payment (P-…), one held for review, or a purpose (U-…)\n"
    "/reject ID reason\n"
    "/correct RECEIPT name|purpose NEW: a new receipt in place of one with a wrong name or purpose\n"
    "/volunteers [skill] [place]: who registered\n"
    "/audit [who] [period]: who used these commands\n"
    "/health: how the services are"
)


_STATUS = {
    "healthy": later("All services work."),
    "degraded": later("Some services do not work."),
    "unhealthy": later("No service tells that it works."),
}


def health(event: HealthShown) -> str:
    """Each service on a line, with what is wrong; the services' own names, as in logs and on /health."""
    lines = [_(_STATUS[event.status])]
    for service in event.services:
        state = _("works") if service.ready else _("is not ready") if service.beats else _("is not heard")
        told = [f"{service.service}: {state}", *service.troubles]
        if service.backlog:
            told.append(_("{count} waiting").format(count=service.backlog))
        if service.backlog_age_seconds >= 1:
            told.append(_("oldest {seconds} s").format(seconds=round(service.backlog_age_seconds)))
        lines.append(", ".join(told))
    return "\n".join(lines)


def statistics(event: StatisticsReady) -> str:
    """Figures per currency, never added together."""
    days = span(event.first, event.last)
    lines = [days if event.figures else _("{span}: no payments.").format(span=days)]
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
        if figure.disputed or figure.refunded:
            lines[-1] += _(", {disputed} disputed, {refunded} refunded").format(
                disputed=figure.disputed, refunded=figure.refunded
            )
    lines += [_("Credex: {steps}").format(steps=", ".join(map(_step, one.steps))) for one in event.credex]
    return "\n".join(lines)


_STEPS = {
    "made": later("{amount} offered ({count})"),
    "accepted": later("{amount} accepted ({count})"),
    "declined": later("{amount} declined ({count})"),
    "cancelled": later("{amount} taken back ({count})"),
    "upgraded": later("{amount} paid for a tier ({count})"),
    "open": later("{amount} still open ({count})"),
}


def _step(one: CredexStep) -> str:
    amount = _("unknown amount") if one.amount is None else credit(one.amount)
    return _(_STEPS[one.step]).format(amount=amount, count=one.count)


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


def corrected(event: ReceiptIssued) -> str:
    return _("Corrected: receipt {number} takes the place of {old}. The payer gets it.").format(
        number=event.receipt_number, old=event.replaces
    )


_CORRECTION_RULES = {
    "unknown": later("There is no receipt {number}."),
    "own_payment": later("{number} is your own receipt: somebody else has to correct it."),
    "payer_forgotten": later("The payer of {number} was forgotten at their wish: that receipt stays as it is."),
    "replaced": later("Receipt {number} was replaced already; /payment {number} names the newest one."),
    "not_settled": later("The money of {number} is disputed or was paid back: there is no new receipt for it."),
    "says_so": later("Receipt {number} says that already."),
}


def correction_refused(event: CorrectionRefused) -> str:
    return _(_CORRECTION_RULES[event.rule]).format(number=event.receipt_number)


def purpose_proposed(id: str, purpose: str) -> str:
    return _("A donor wants to give to “{purpose}”.\n/approve {id}\n/reject {id} reason").format(purpose=purpose, id=id)


def purpose_decided(event: PurposeDecided) -> str:
    if event.approved:
        return _("Approved: {id}. The donor is told.").format(id=event.purpose_id)
    return _("Rejected: {id}. The donor is told.").format(id=event.purpose_id)


_STATES = {
    "open": later("open"),
    "settled": later("paid"),
    "needs_review": later("to be looked into"),
    "disputed": later("disputed"),
    "refunded": later("paid back"),
    "cancelled": later("cancelled"),
    "failed": later("failed"),
    "expired": later("not approved in time"),
    "rejected": later("rejected"),
}
_EVENTS = {f"payment_{state}": words for state, words in _STATES.items()} | {
    "payment_initiated": later("the payer was asked"),
    "payment_uncertain": later("not known whether the payer was asked"),
    "receipt_issued": later("receipt"),
    "receipt_corrected": later("corrected receipt"),
}


def payment(event: PaymentShown) -> str:
    """One payment's whole trail, without the person."""
    line = event.payment
    if line is None:
        return _("There is no payment {id}.").format(id=event.reference)
    lines = [_line(line)]
    if line.receipt_number:
        lines.append(_("*Receipt {number}*").format(number=line.receipt_number))
    if event.provider_reference:
        lines.append(_("Paynow reference: {reference}").format(reference=event.provider_reference))
    lines += [f"{moment(one.at)}: {_cause(_(_EVENTS.get(one.event, one.event)), one.cause)}" for one in event.trail]
    return "\n".join(lines)


def review(event: ReviewShown) -> str:
    """What waits for staff, the oldest first."""
    lines = []
    if event.payments:
        lines = [_("Waiting for staff:"), *map(_line, event.payments), *_more(event.more)]
        lines.append(_("/payment ID tells all of one; /approve ID or /reject ID reason decides."))
    if event.exceptions:
        text = _("Open exceptions of the reconciliation: {count}. They are worked off on the finance pages.")
        lines.append(text.format(count=event.exceptions))
    return "\n".join(lines) or _("Nothing waits for staff.")


def refunds(event: RefundsShown) -> str:
    """The latest refunds, the newest first."""
    if not event.payments:
        return _("Nothing was paid back.")
    return "\n".join([_("Paid back:"), *map(_line, event.payments), *_more(event.more)])


def audit(event: AuditShown, names: Mapping[MemberId, str]) -> str:
    """Who did what, the newest first; somebody without a name is none of staff."""
    days = span(event.first, event.last)
    if not event.entries:
        return _("{span}: no staff command was used.").format(span=days)
    lines = [days]
    for entry in event.entries:
        who = names.get(entry.who) or _("somebody unknown")
        refused = "" if entry.allowed else f" ({_('refused')})"
        lines.append(f"{moment(entry.at)}  {who}: {entry.command}{refused}")
    return "\n".join([*lines, *_more(event.more)])


def volunteers(event: VolunteersListed) -> str:
    """Who registered, by name."""
    wanted = ", ".join(filter(None, (event.skill, event.place)))
    if not event.volunteers:
        if not wanted:
            return _("Nobody has registered yet.")
        return _("I found no volunteers for: {wanted}. /volunteers lists all.").format(wanted=wanted)
    lines = [_("Volunteers:") if not wanted else _("Volunteers for {wanted}:").format(wanted=wanted)]
    for one in event.volunteers:
        contact = f", {one.email}" if one.email else ""
        lines.append(f"*{one.full_name}*, {one.place}, {one.province}: {', '.join(one.skills)}{contact}")
    return "\n".join([*lines, *_more(event.more)])


def _line(line: PaymentLine) -> str:
    about = [method_name(line.method), *([_(line.purpose)] if line.purpose else [])]
    waits = line.state == "open" and line.method == "manual"
    state = state_words("awaiting_approval") if waits else _(_STATES.get(line.state, line.state))
    return f"{line.reference}  *{money(line.amount)}*  {', '.join(about)}  {day(line.at)}: {_cause(state, line.cause)}"


def _cause(what: str, cause: str | None) -> str:
    return f"{what} ({cause.replace('_', ' ')})" if cause else what


def _more(count: int) -> list[str]:
    return [_("And {count} more, on the finance pages.").format(count=count)] if count else []
