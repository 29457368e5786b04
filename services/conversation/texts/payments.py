"""What is said of payments: prompts, outcomes, receipts, history."""

from __future__ import annotations

from services.conversation.domain.profile import KnownPayment, Profile
from services.conversation.engine.formats import day, moment, money
from services.conversation.engine.texts import _, later
from services.conversation.facts import method_in_sentence, method_name
from shared.contracts.notifier import LinkButton, Outgoing, PlainText, TemplateFallback
from shared.contracts.payments import (
    Authorisation,
    OneTimeCodeRefused,
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
    ReceiptIssued,
    ReceiptVerified,
)

LONGEST_CODE = 40
"""Characters of what somebody took for a receipt that are said again: a whole payload tells them nothing."""
PAGE = 7
"""Payments that are shown at once."""

Outcome = (
    PaymentFailed
    | PaymentCancelled
    | PaymentExpired
    | PaymentRejected
    | PaymentDisputed
    | PaymentRefunded
    | PaymentNeedsReview
)
"""What may become of a payment, but for its receipt."""


def initiated(event: PaymentInitiated) -> Outgoing:
    """What the payer is to do now."""
    authorisation = event.authorisation or Authorisation()
    link = authorisation.link
    text = _INITIATED.get(event.method, _INITIATED["ecocash"])
    lines = [
        _(text).format(
            amount=money(event.amount),
            method=method_in_sentence(event.method),
            code=authorisation.code,
            reference=authorisation.code_reference,
        )
    ]
    if authorisation.code_expires:
        lines.append(_("The code is good until {time}.").format(time=authorisation.code_expires))
    if event.method == "manual" and event.instructions:
        lines.append(event.instructions)
    else:
        lines.append(_("Reference {reference}").format(reference=event.payment_id))
    if event.test_mode:
        lines.append(_("(Test mode: no money moves.)"))
    body = "\n".join(lines)
    if link is None:
        return PlainText(body=body)
    if link.startswith(("https://", "http://")):
        return LinkButton(body=body, title=_("Pay now"), url=link)
    return PlainText(body=f"{body}\n{link}")


def cannot_be_approved(event: PaymentInitiated) -> bool:
    """Whether what the payer needs to approve it was lost with the provider's answer."""
    return event.method in {"innbucks", "omari", "web"} and event.authorisation is None


def lost_authorisation(event: PaymentInitiated) -> str:
    return _(
        "Your request for *{amount}* reached {method}, but what you need to approve it was lost on the way. Nothing is"
        " charged; you can give again."
    ).format(amount=money(event.amount), method=method_in_sentence(event.method))


_INITIATED = {
    "ecocash": later(
        "Please look at your phone and enter your PIN to give *{amount}* by {method}. I will tell you here as soon as"
        " it is done."
    ),
    "innbucks": later(
        "Please open InnBucks and approve *{amount}* with the code *{code}*. I will tell you here when it is done."
    ),
    "omari": later(
        "O'mari sends you a code by SMS (reference {reference}). Please send me that code here to give *{amount}*."
    ),
    "web": later("Please pay *{amount}* on Paynow's page, by card or otherwise. I will tell you here when it is done."),
    "manual": later(
        "Please pay *{amount}* by bank or cash and name the reference. We tell you here when it has arrived."
    ),
}


def uncertain(event: PaymentUncertain) -> str:
    return _(
        "We do not know yet whether your request for *{amount}* reached {method}; we are asking. You will not be"
        " charged twice, and I will tell you here what we find.\nReference {reference}"
    ).format(amount=money(event.amount), method=method_in_sentence(event.method), reference=event.payment_id)


def refused(event: PaymentRefused) -> str:
    limit = money(event.limit) if event.limit else ""
    match event.rule:
        case "amount_too_small":
            return _("Nothing was charged: one payment must be at least {limit}.").format(limit=limit)
        case "amount_too_large":
            return _("Nothing was charged: one payment may be at most {limit}.").format(limit=limit)
        case "wallet":
            return _("Nothing was charged: that number does not belong to the wallet you chose.")
        case "provider_away":
            return _(
                "Nothing was charged: that way of paying cannot be reached just now. Please try later, or another way."
            )
        case _:
            return _("Nothing was charged: that way of paying is not open for this currency.")


def receipt(event: ReceiptIssued) -> str:
    """The result and the receipt in one message."""
    if event.replaces:
        first = _("Your receipt {old} was corrected; this one takes its place. Nothing was charged for it.").format(
            old=event.replaces
        )
    else:
        first = _("Thank you, {name}! Your gift of *{amount}* has arrived.").format(
            name=event.payer_name.split()[0], amount=money(event.amount)
        )
    lines = [
        first,
        "",
        _("*Receipt {number}*").format(number=event.receipt_number),
        _("Date: {date}").format(date=moment(event.settled_at)),
        _("From: {name}").format(name=event.payer_name),
        _("Amount: {amount}").format(amount=money(event.amount)),
        _("For: {purpose}").format(purpose=_(event.purpose)),
        _("By: {method}").format(method=method_name(event.method)),
        _("Reference: {reference}").format(reference=event.payment_id),
    ]
    if event.provider_reference:
        lines.append(_("Paynow reference: {reference}").format(reference=event.provider_reference))
    if event.verify_url:
        lines.append(_("Anybody can check it: {url}").format(url=event.verify_url))
    return "\n".join(lines)


def late_receipt(event: ReceiptIssued) -> TemplateFallback:
    """The receipt, when 24 hours have passed since the payer wrote."""
    return TemplateFallback(name="receipt_ready", parameters=(event.receipt_number, money(event.amount)))


def late_update(event: Outcome, state: str) -> TemplateFallback:
    """What became of a payment, when 24 hours have passed since the payer wrote."""
    status = f"{money(event.amount)}: {state_words(state)}"
    return TemplateFallback(name="payment_update", parameters=(status, event.payment_id))


def cancelled(event: PaymentCancelled) -> str:
    if event.wrong_codes:
        text = _("That was the last try: your payment of *{amount}* was cancelled; nothing was charged.")
    else:
        text = _("Your payment of *{amount}* was cancelled on the phone; nothing was charged.")
    return text.format(amount=money(event.amount))


_REASONS: dict[Reason, str] = {
    "cancelled_by_payer": later("it was cancelled on the phone"),
    "insufficient_balance": later("there is not enough balance on that wallet"),
    "declined": later("the provider declined it"),
    "misconfigured": later("the provider does not take it from us just now; we have been told of it"),
    "unreachable": later("the provider could not be reached"),
}


def failed(event: PaymentFailed) -> str:
    return _("Your payment of *{amount}* did not go through: {reason}. Nothing was charged.").format(
        amount=money(event.amount), reason=_(_REASONS[event.reason])
    )


def expired(event: PaymentExpired) -> str:
    return _("Your request for *{amount}* was not approved in time; nothing was charged.").format(
        amount=money(event.amount)
    )


def rejected(event: PaymentRejected) -> str:
    return _("Your payment {reference} of {amount} was not accepted by our staff: {reason}").format(
        reference=event.payment_id, amount=money(event.amount), reason=event.reason
    )


def disputed(event: PaymentDisputed) -> str:
    return _("Your payment {reference} of {amount} is disputed at the provider; we are looking into it.").format(
        reference=event.payment_id, amount=money(event.amount)
    )


def refunded(event: PaymentRefunded) -> str:
    return _("Your payment {reference} of {amount} was paid back to you.").format(
        reference=event.payment_id, amount=money(event.amount)
    )


def needs_review(event: PaymentNeedsReview) -> str:
    return _(
        "What the provider tells us of your payment {reference} of {amount} is not clear. A person is looking into it;"
        " please do not pay again meanwhile."
    ).format(reference=event.payment_id, amount=money(event.amount))


def code_refused(event: OneTimeCodeRefused) -> str:
    if event.tries_left is None:
        return _("The code could not be tried just now; please send it again in a minute.")
    if event.tries_left == 0:
        return _("That code was wrong, and it was the last try; I tell you here when the payment is closed.")
    return _("That code is wrong. Please send the newest one from the SMS; tries left: {tries}.").format(
        tries=event.tries_left
    )


def checked(event: PaymentChecked) -> str:
    state = state_words(event.state, event.method)
    if not event.asked:
        text = _("The provider cannot be asked just now. The last we know of {amount}: {state}.")
    elif event.receipt_number:
        text = _("{amount}: {state}. Receipt {receipt}.")
    else:
        text = _("{amount}: {state}.")
    return text.format(amount=money(event.amount), state=state, receipt=event.receipt_number)


def verified(event: ReceiptVerified) -> str:
    """Whether a receipt is true; no name, no phone (product 2)."""
    if event.receipt_number is None or event.amount is None or event.issued_at is None:
        return _("There is no receipt {code} of ours. If somebody gave it to you as ours, please tell us.").format(
            code=event.code if len(event.code) <= LONGEST_CODE else f"{event.code[:LONGEST_CODE]}…"
        )
    sentences = [
        _("Receipt {number} is true: {amount} for {purpose}, issued on {date}.").format(
            number=event.receipt_number,
            amount=money(event.amount),
            purpose=purpose_name(event.purpose),
            date=day(event.issued_at),
        )
    ]
    if event.replaces:
        sentences.append(_("It takes the place of {number}.").format(number=event.replaces))
    if event.replaced_by:
        sentences.append(_("But {number} has taken its place: that one counts now.").format(number=event.replaced_by))
    return " ".join(sentences)


def purpose_name(purpose: str | None) -> str:
    """A purpose in the language that is spoken, if it is one of ours."""
    return _(purpose) if purpose else ""


_STATES = {
    "requested": later("being sent"),
    "initiating": later("being sent"),
    "awaiting_payer": later("waiting for your approval on the phone"),
    "awaiting_approval": later("waiting for our staff to see the money"),
    "uncertain": later("not known yet, we are asking"),
    "settled": later("paid"),
    "cancelled": later("cancelled, nothing was charged"),
    "failed": later("not paid, nothing was charged"),
    "expired": later("not approved in time, nothing was charged"),
    "rejected": later("not accepted by our staff"),
    "disputed": later("disputed at the provider"),
    "refunded": later("paid back to you"),
    "needs_review": later("being looked into by a person"),
}


def still_open(payment: KnownPayment) -> str:
    """That its money may still come, and who says more."""
    text = _("Your payment of {amount} is still open: {state}. *check* asks again.")
    return text.format(amount=money(payment.amount), state=state_words(payment.state, payment.method))


def state_words(state: str, method: str = "") -> str:
    """A payment's state as its payer reads it."""
    if (state, method) == ("awaiting_payer", "omari"):
        return _("waiting for you to send me the code from O'mari's SMS")
    return _(_STATES.get(state, _STATES["uncertain"]))


def history(profile: Profile, skip: int = 0) -> str:
    """A page of the payments, newest first."""
    newest_first = profile.payments[::-1]
    lines = [_line(payment) for payment in newest_first[skip : skip + PAGE]]
    return "\n".join([_("Your latest payments:"), *lines])


def _line(payment: KnownPayment) -> str:
    purpose = f"  {_(payment.purpose)}" if payment.purpose else ""
    return f"{day(payment.at)}  *{money(payment.amount)}*{purpose}  {state_words(payment.state, payment.method)}"


def receipt_again(paid: KnownPayment) -> str:
    """A receipt, short."""
    return _("*Receipt {number}*\n{date}: {amount} for {purpose}, by {method}.\nReference {reference}").format(
        number=paid.receipt_number,
        date=day(paid.at),
        amount=money(paid.amount),
        purpose=purpose_name(paid.purpose),
        method=method_in_sentence(paid.method),
        reference=paid.id,
    )
