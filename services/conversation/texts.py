"""What is said of payments, figures and everything that is no question of a flow."""

from __future__ import annotations

from datetime import datetime

from services.conversation.domain.profile import KnownPayment, Profile
from services.conversation.engine.texts import _
from services.conversation.facts import METHOD_NAMES
from shared.contracts.payments import (
    PaymentCancelled,
    PaymentChecked,
    PaymentDisputed,
    PaymentExpired,
    PaymentFailed,
    PaymentInitiated,
    PaymentNeedsReview,
    PaymentRefunded,
    PaymentRefused,
    PaymentUncertain,
    Reason,
    ReceiptIssued,
)
from shared.contracts.reporting import StatisticsReady
from shared.kernel.clock import HARARE

_PAGE = 7


def greeting(profile: Profile, organisation: str, now: datetime) -> str:
    """By the time of day in Harare, and by name when it is known (product 1)."""
    hour = now.astimezone(HARARE).hour
    if 5 <= hour < 12:
        hello = _("Good morning")
    elif 12 <= hour < 17:
        hello = _("Good afternoon")
    elif 17 <= hour < 22:
        hello = _("Good evening")
    else:
        hello = _("Hello")
    if profile.first_name:
        return _("{hello}, {name}. Welcome back to {organisation}.").format(
            hello=hello, name=profile.first_name, organisation=organisation
        )
    return _("{hello}. Welcome to {organisation}.").format(hello=hello, organisation=organisation)


def help_text() -> str:
    return _(
        "You can give by EcoCash or OneMoney: send *donate*.\n"
        "*check* asks how your latest payment went, *history* shows your payments, *receipt* sends your latest one.\n"
        "Anywhere: *back*, *cancel*, *menu*."
    )


def initiated(event: PaymentInitiated) -> str:
    text = _(
        "Please look at your phone and enter your PIN to give *{amount}* by {method}. I will tell you here as soon as"
        " it is done.\nReference {reference}"
    ).format(amount=event.amount, method=_method(event.method), reference=event.payment_id)
    return f"{text}\n{_('(Test mode: no money moves.)')}" if event.test_mode else text


def uncertain(event: PaymentUncertain) -> str:
    return _(
        "We do not know yet whether your request for *{amount}* reached {method}; we are asking. You will not be"
        " charged twice, and I will tell you here what we find.\nReference {reference}"
    ).format(amount=event.amount, method=_method(event.method), reference=event.payment_id)


def refused(event: PaymentRefused) -> str:
    match event.rule:
        case "amount_too_small":
            return _("Nothing was charged: one payment must be at least {limit}.").format(limit=event.limit)
        case "amount_too_large":
            return _("Nothing was charged: one payment may be at most {limit}.").format(limit=event.limit)
        case "wallet":
            return _("Nothing was charged: that number does not belong to the wallet you chose.")
        case _:
            return _("Nothing was charged: that way of paying is not open for this currency.")


def receipt(event: ReceiptIssued) -> str:
    """The result and the receipt in one message."""
    when = event.settled_at.astimezone(HARARE)
    lines = [
        _("Thank you, {name}! Your gift of *{amount}* has arrived.").format(
            name=event.payer_name.split()[0], amount=event.amount
        ),
        "",
        _("*Receipt {number}*").format(number=event.receipt_number),
        _("Date: {date}").format(date=f"{when:%d.%m.%Y %H:%M}"),
        _("From: {name}").format(name=event.payer_name),
        _("Amount: {amount}").format(amount=event.amount),
        _("For: {purpose}").format(purpose=event.purpose),
        _("By: {method}").format(method=_method(event.method)),
        _("Reference: {reference}").format(reference=event.payment_id),
    ]
    if event.provider_reference:
        lines.append(_("Paynow reference: {reference}").format(reference=event.provider_reference))
    return "\n".join(lines)


def cancelled(event: PaymentCancelled) -> str:
    return _(
        "Your payment of *{amount}* was cancelled on the phone; nothing was charged. Would you like to try again?"
    ).format(amount=event.amount)


_REASONS: dict[Reason, str] = {
    "cancelled_by_payer": _("it was cancelled on the phone"),
    "insufficient_balance": _("there is not enough balance on that wallet"),
    "declined": _("the provider declined it"),
    "misconfigured": _("the provider does not take it from us just now; we have been told of it"),
    "unreachable": _("the provider could not be reached"),
}


def failed(event: PaymentFailed) -> str:
    return _(
        "Your payment of *{amount}* did not go through: {reason}. Nothing was charged. Would you like to try again?"
    ).format(amount=event.amount, reason=_REASONS[event.reason])


def expired(event: PaymentExpired) -> str:
    return _(
        "Your request for *{amount}* was not approved in time; nothing was charged. Would you like to try again?"
    ).format(amount=event.amount)


def disputed(event: PaymentDisputed) -> str:
    return _("Your payment {reference} of {amount} is disputed at the provider; we are looking into it.").format(
        reference=event.payment_id, amount=event.amount
    )


def refunded(event: PaymentRefunded) -> str:
    return _("Your payment {reference} of {amount} was paid back to you.").format(
        reference=event.payment_id, amount=event.amount
    )


def needs_review(event: PaymentNeedsReview) -> str:
    return _(
        "What the provider tells us of your payment {reference} of {amount} is not clear. A person is looking into it;"
        " please do not pay again meanwhile."
    ).format(reference=event.payment_id, amount=event.amount)


def checked(event: PaymentChecked) -> str:
    state = state_words(event.state)
    if not event.asked:
        text = _("The provider cannot be asked just now. The last we know of {amount}: {state}.")
    elif event.receipt_number:
        text = _("{amount}: {state}. Receipt {receipt}.")
    else:
        text = _("{amount}: {state}.")
    return text.format(amount=event.amount, state=state, receipt=event.receipt_number)


_STATES = {
    "requested": _("being sent"),
    "initiating": _("being sent"),
    "awaiting_payer": _("waiting for your approval on the phone"),
    "uncertain": _("not known yet, we are asking"),
    "settled": _("paid"),
    "cancelled": _("cancelled, nothing was charged"),
    "failed": _("not paid, nothing was charged"),
    "expired": _("not approved in time, nothing was charged"),
    "disputed": _("disputed at the provider"),
    "refunded": _("paid back to you"),
    "needs_review": _("being looked into by a person"),
}


def state_words(state: str) -> str:
    """A payment's state as its payer reads it."""
    return _STATES.get(state, _("not known yet, we are asking"))


def history(profile: Profile) -> str:
    """The latest payments, newest first."""
    if not profile.payments:
        return _("You have not given yet. Send *donate* to begin.")
    lines = [_line(payment) for payment in reversed(profile.payments[-_PAGE:])]
    return _("Your latest payments:") + "\n" + "\n".join(lines)


def _line(payment: KnownPayment) -> str:
    day = f"{payment.at.astimezone(HARARE):%d.%m.%Y}"
    return f"{day}  *{payment.amount}*  {payment.purpose or ''}  {state_words(payment.state)}"


def receipt_again(profile: Profile) -> str:
    """The latest receipt, short."""
    paid = next((payment for payment in reversed(profile.payments) if payment.receipt_number), None)
    if paid is None:
        return _("You have no receipt yet; you get one with every payment that arrives.")
    return _("*Receipt {number}*\n{date}: {amount} for {purpose}, by {method}.\nReference {reference}").format(
        number=paid.receipt_number,
        date=f"{paid.at.astimezone(HARARE):%d.%m.%Y}",
        amount=paid.amount,
        purpose=paid.purpose,
        method=_method(paid.method),
        reference=paid.id,
    )


def statistics(event: StatisticsReady) -> str:
    """Figures per currency, never added together."""
    span = f"{event.first:%d.%m.%Y}" if event.first == event.last else f"{event.first:%d.%m.%Y}–{event.last:%d.%m.%Y}"
    if not event.figures:
        return _("{span}: no payments.").format(span=span)
    lines = [span]
    for figure in event.figures:
        lines.append(
            _("*{total}* from {settled} paid; {cancelled} cancelled, {failed} failed, {open} open").format(
                total=figure.total,
                settled=figure.settled,
                cancelled=figure.cancelled,
                failed=figure.failed,
                open=figure.open,
            )
        )
    return "\n".join(lines)


def _method(method: str) -> str:
    return METHOD_NAMES.get(method, method)
