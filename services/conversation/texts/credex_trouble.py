"""What is said when credex cannot, may not, or does not know: always what is the case, and what fits."""

from __future__ import annotations

import re

from services.conversation.engine.formats import credit
from services.conversation.engine.texts import _, later
from shared.contracts.credex import (
    CredexQueued,
    CredexRefused,
    CredexUnavailable,
    OutcomeUncertain,
    OutcomeUnderReview,
    UpgradeTier,
)
from shared.contracts.credex_parts import Rule
from shared.kernel.credit import Credit, NotACredit

_RULES: dict[Rule, str] = {
    "amount": later("That amount is not possible; it must be more than zero."),
    "decimals": later("That amount has too many decimals for its denomination."),
    "denomination": later("Credex does not know that denomination."),
    "due_date": later("A due date must be 7 to 34 days from today, and only an unsecured offer has one."),
    "same_account": later("An offer cannot go to the account that it comes from."),
    "insufficient_balance": later("There is not enough secured balance in that denomination; nothing was offered."),
    "tier_limit": later("That is more than your tier may offer today; the limit renews at 02:00. *upgrade* lifts it."),
    "tier": later("Your tier does not allow that. *upgrade* tells what the next one costs."),
    "no_access": later("You may not act for that account."),
    "unknown_account": later("There is no account with that handle."),
    "unknown_member": later("There is no member with that handle."),
    "name": later("Credex does not take that name; it needs 3 to 50 letters."),
    "handle": later("That handle does not fit: 3 to 30 letters and figures, like rudo_ncube."),
    "handle_taken": later("That handle is taken already; please choose another one."),
    "member_limit": later("Five people may act for an account at most; remove somebody first."),
    "already_upgraded": later("You are on that tier already; nothing was charged."),
    "upgrade_in_hand": later("Your upgrade is on its way already; you will not be charged twice."),
    "nothing_accepted": later("None of these offers could be accepted; they are no longer open."),
    "other": later("Credex did not take that; nothing was changed."),
}


_FIGURE = re.compile(r"(-?[\d,]+(?:\.\d+)?) ([A-Z]{3,5})\b")


def refused(event: CredexRefused) -> str:
    """The rule, with the figure that the core's own sentence names last: how much is possible (contract 3.6)."""
    most = _most(event)
    if event.rule == "insufficient_balance" and event.asked == UpgradeTier.NAME:
        return _("There is not enough secured balance to pay for it; nothing was charged.")
    if event.rule == "insufficient_balance" and most is not None:
        text = _("There is not enough secured balance: at most {most} can be given now; nothing was offered.")
        return text.format(most=credit(most))
    if event.rule == "tier_limit" and most is not None:
        text = _("You may offer at most {left} more today; the limit renews at 02:00. *upgrade* lifts it.")
        return text.format(left=credit(most))
    return _(_RULES[event.rule])


def _most(event: CredexRefused) -> Credit | None:
    figures = _FIGURE.findall(event.reason or "")
    if not figures:
        return None
    try:
        return Credit.parse(" ".join(figures[-1]))
    except NotACredit:
        return None


_REASONS = {
    "off": later("Credex is switched off at the moment. *menu* shows what I can do."),
    "unreachable": later("Credex cannot be reached just now; nothing was changed. Please try again in a few minutes."),
    "no_phone": later(
        "WhatsApp hides your number from us, and credex knows people by it; so I cannot open it for you."
    ),
    "misconfigured": later("Credex does not let us in just now; nothing was changed. We have been told of it."),
    "not_yet": later("An earlier one is still unclear, so that was not made and will not be. Please ask again later."),
}


def unavailable(event: CredexUnavailable) -> str:
    if event.reason != "not_yet" or event.amount is None or event.counterparty is None:
        return _(_REASONS[event.reason])
    text = _(
        "An earlier offer from that account is still unclear, so *{amount}* to {name} was not made and will not be."
        " Please ask again later."
    )
    return text.format(amount=credit(abs(event.amount)), name=event.counterparty)


def delayed() -> str:
    return _("Credex takes a little longer just now; I tell you here as soon as it answers.")


def queued(event: CredexQueued) -> str:
    if event.counterparty is None:
        return _(
            "We still find out about an earlier offer from that account, so your upgrade waits for ten minutes at most."
        )
    text = _(
        "We still find out about an earlier offer from that account, so *{amount}* to {name} waits for ten minutes at"
        " most. I tell you here what becomes of it."
    )
    return text.format(amount=credit(abs(event.amount)), name=event.counterparty)


def not_a_member() -> str:
    return _("Credex does not know you yet. You can join with the number that you write from.")


def uncertain(event: OutcomeUncertain) -> str:
    if event.asked == UpgradeTier.NAME:
        return _("We do not know yet whether your upgrade went through; we find out. You will not be charged twice.")
    if event.amount is None:
        return _("We do not know yet whether that was done; we find out and tell you here.")
    text = _(
        "We do not know yet whether your offer of *{amount}* to {name} was made; we find out. It is not made twice."
    )
    return text.format(amount=credit(abs(event.amount)), name=event.counterparty or "-")


def under_review(event: OutcomeUnderReview) -> str:
    if event.amount is None:
        return _("We could not find out whether that was done; a person looks into it. Please do not do it again yet.")
    text = _(
        "We could not find out whether *{amount}* to {name} went through; a person looks into it. Please do not send it"
        " again yet."
    )
    return text.format(amount=credit(abs(event.amount)), name=event.counterparty or "-")
