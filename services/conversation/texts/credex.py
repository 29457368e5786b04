"""What is said of credex: accounts, offers, and what became of what was asked for."""

from __future__ import annotations

from services.conversation.domain.credex import ENTREPRENEUR, HUSTLER, VERIFIED, CredexView
from services.conversation.engine.formats import credit, day
from services.conversation.engine.texts import _, later
from shared.contracts.credex import (
    AccountFound,
    AccountOpened,
    AuthorisedListed,
    BalancesShown,
    CredexJoined,
    CredexShown,
    LedgerShown,
    MemberAuthorised,
    MemberFound,
    MemberRemoved,
    NoticesDirected,
    OfferAccepted,
    OfferCancelled,
    OfferDeclined,
    OfferGone,
    OfferMade,
    OfferNoticed,
    OffersAccepted,
    TierUpgraded,
)
from shared.contracts.credex_parts import Balances, CredexAccount, LedgerEntry, OfferResult, PendingOffer
from shared.contracts.gateway import CoreNoticeReceived
from shared.contracts.notifier import TemplateFallback
from shared.kernel.credit import Credit

LONGEST_PARAMETER = 1024
"""Of a template, in characters (WhatsApp contract 3.2)."""
TIER_NAMES = {1: "Open", 2: "Verified", 3: "Hustler", 4: "Entrepreneur"}
"""Names of credex-core, the same in every language (contract 1.7)."""


def dashboard(view: CredexView) -> str:
    """The account that the member acts from in full, the others in a line each."""
    account = view.account
    if account is None:
        return _("Credex shows no account of yours.")
    lines = [_head(account), *balances(account.balances)]
    left = view.standing.remaining_usd if view.standing else None
    if left is not None:
        lines.append(_("You may still offer today: {amount}").format(amount=credit(Credit.of(left, "USD"))))
    lines += _counts(account)
    for other in view.accounts:
        if other is not account:
            parts = [_head(other), credit(other.balances.net), *_counts(other)]
            lines.append("\n" + " · ".join(parts))
    return "\n".join([*lines, *_tier(view)])


def _head(account: CredexAccount) -> str:
    return f"*{account.name}* (@{account.handle})"


def _counts(account: CredexAccount) -> list[str]:
    lines = []
    if account.pending_in:
        lines.append(_("Offers to you: {count}").format(count=len(account.pending_in)))
    if account.pending_out:
        lines.append(_("Your open offers: {count}").format(count=len(account.pending_out)))
    return lines


def balances(balances: Balances) -> list[str]:
    """Secured by denomination, never added, the account's own first; the rest in the account's own denomination."""
    own = balances.net.denomination
    in_order = sorted(balances.secured, key=lambda one: (one.denomination != own, one.denomination))
    secured = ", ".join(map(credit, in_order)) or credit(Credit.of(0, own))
    return [
        _("Secured, to give now: {amounts}").format(amounts=secured),
        _("Unsecured: {receivables} owed to you, {payables} that you owe").format(
            receivables=credit(balances.receivables), payables=credit(abs(balances.payables))
        ),
        _("Net position: {amount}").format(amount=credit(balances.net)),
    ]


def _tier(view: CredexView) -> list[str]:
    """What the next tiers would allow; nothing for whom all is possible."""
    if view.standing is None or view.tier >= ENTREPRENEUR:
        return []
    wants = [_("offers with a due date (Verified)")] if view.tier < VERIFIED else []
    wants += [_("more accounts, no daily limit (Hustler)")] if view.tier < HUSTLER else []
    wants.append(_("other people at an account (Entrepreneur)"))
    text = _("Your tier is {tier}; higher ones allow: {more}.")
    return ["", text.format(tier=TIER_NAMES.get(view.tier, str(view.tier)), more=", ".join(wants))]


def home_words(view: CredexView) -> list[str]:
    """What can be done from the dashboard: what is not possible is not shown."""
    shown = {
        "offer": bool(view.accounts),
        "pending_in": any(account.pending_in for account in view.accounts),
        "pending_out": any(account.pending_out for account in view.accounts),
        "ledger": bool(view.accounts),
        "switch_account": len(view.accounts) > 1,
        "open_account": view.tier >= HUSTLER,
        "members": view.tier >= ENTREPRENEUR,
        "notices": view.tier >= ENTREPRENEUR,
        "upgrade": view.standing is not None and view.tier < HUSTLER,
    }
    return [*(word for word, possible in shown.items() if possible), "menu"]


def settled_how(offer: PendingOffer | OfferNoticed | OfferMade | CredexShown) -> str:
    """How an offer is settled; nothing where that is not known."""
    if offer.due_date is not None:
        return _("due on {day}").format(day=day(offer.due_date))
    return _("settled at once") if offer.secured else ""


def offer_line(offer: PendingOffer) -> str:
    """An offer's other side and terms, in a row of a list."""
    return f"{offer.counterparty}, {settled_how(offer)}"[:72]


def offer_to_me(offer: PendingOffer) -> str:
    return _("{name} offers you *{amount}*, {how}.").format(
        name=offer.counterparty, amount=credit(offer.amount), how=settled_how(offer)
    )


def my_offer(offer: PendingOffer) -> str:
    return _("You offer *{amount}* to {name}, {how}.").format(
        name=offer.counterparty, amount=credit(offer.amount), how=settled_how(offer)
    )


def entry_line(entry: LedgerEntry) -> str:
    """An entry of the history, in a row of a list."""
    when = entry.at or entry.day
    text = _("to {name}") if entry.amount.amount < 0 else _("from {name}")
    return ", ".join(filter(None, [text.format(name=entry.counterparty), day(when) if when else ""]))[:72]


_STATES = {
    "OFFERS": later("waits for its answer"),
    "OWES": later("accepted"),
    "CLEARED": later("cleared"),
    "DECLINED": later("declined"),
    "CANCELLED": later("taken back"),
}
_HOLDS = frozenset({"OFFERS", "OWES", "CLEARED"})
"""States in which the terms of an offer hold: one that came to nothing is neither settled nor due."""


def in_full(shown: CredexShown) -> str:
    """One entry with all that is known of it."""
    text = _("*{amount}* to {name}") if shown.amount.amount < 0 else _("*{amount}* from {name}")
    lines = [text.format(amount=credit(abs(shown.amount)), name=shown.counterparty)]
    if shown.state in _HOLDS:
        lines.append(settled_how(shown))
    lines.append(_("State: {state}").format(state=_(_STATES.get(shown.state, shown.state))))
    if shown.outstanding is not None and shown.outstanding.amount:
        lines.append(_("Outstanding: {amount}").format(amount=credit(abs(shown.outstanding))))
    if shown.accepted_at is not None:
        lines.append(_("Accepted on {day}").format(day=day(shown.accepted_at)))
    return "\n".join(filter(None, lines))


def joined(event: CredexJoined) -> str:
    text = _("You are a member of credex already, {name}.") if event.already else _("Welcome to credex, {name}!")
    return text.format(name=event.standing.first_name)


def made(event: OfferMade) -> str:
    text = _("Your offer of *{amount}* to {name} stands ({how}). They can accept it now.")
    if event.found_later:
        text = _("We have found out: your offer of *{amount}* to {name} was made ({how}), once.")
    return text.format(amount=credit(event.amount), name=event.receiver_name, how=settled_how(event))


def accepted(event: OfferAccepted) -> str:
    if event.already:
        return _("That offer is accepted already.")
    if event.amount is None:
        return _("Accepted.")
    return _("Accepted: *{amount}*.").format(amount=credit(abs(event.amount)))


def declined(event: OfferDeclined) -> str:
    return _("That offer is declined already.") if event.already else _("Declined.")


def taken_back(event: OfferCancelled) -> str:
    return _("That offer is taken back already.") if event.already else _("Your offer is taken back.")


_GONE = {
    "accepted": later("That offer is no longer open: it was accepted."),
    "declined": later("That offer is no longer open: it was declined."),
    "cancelled": later("That offer is no longer open: it was taken back."),
    "unknown": later("That offer is no longer open."),
}


def gone(event: OfferGone) -> str:
    return _(_GONE[event.state])


_RESULTS: dict[str, str] = {
    "accepted": later("accepted"),
    "already_accepted": later("accepted before"),
    "gone": later("no longer open"),
    "refused": later("not possible now"),
    "unknown": later("not known yet"),
}


def all_accepted(event: OffersAccepted, before: CredexView) -> str:
    """A result per offer, by amount and name as they were shown."""
    count = sum(result.result == "accepted" for result in event.results)
    head = _("{count} of {all} offers are accepted:").format(count=count, all=len(event.results))
    return "\n".join([head, *(_result(result, before) for result in event.results)])


def _result(result: OfferResult, before: CredexView) -> str:
    offer = before.offer(result.credex_id)
    mark = "✓" if result.result in {"accepted", "already_accepted"} else "✗"
    what = f"{credit(offer.amount)}, {offer.counterparty}" if offer else result.credex_id[:8]
    return f"{mark} {what}: {_(_RESULTS[result.result])}"


def noticed(event: OfferNoticed) -> str:
    """What the other side did; as much as is known."""
    name = event.counterparty or _("Somebody")
    amount = f"*{credit(abs(event.amount))}*" if event.amount else _("an amount")
    how = settled_how(event) if event.what in {"made", "accepted"} else ""
    text = {
        "made": _("{name} offers you {amount}{how}."),
        "accepted": _("{name} accepted your offer of {amount}{how}."),
        "declined": _("{name} declined your offer of {amount}{how}."),
        "cancelled": _("{name} took back the offer of {amount}{how}."),
    }[event.what]
    return text.format(name=name, amount=amount, how=f" ({how})" if how else "")


def late_notice(event: OfferNoticed) -> TemplateFallback:
    """The same by template, once the person's window is closed: who, amount, action (product 9)."""
    action = {
        "made": _("made an offer"),
        "accepted": _("accepted your offer"),
        "declined": _("declined your offer"),
        "cancelled": _("took back the offer"),
    }[event.what]
    amount = credit(abs(event.amount)) if event.amount else _("an amount")
    return TemplateFallback(name="offer_notice", parameters=(event.counterparty or _("Somebody"), amount, action))


def late_core_notice(event: CoreNoticeReceived) -> TemplateFallback:
    """The core's notice by template; what is longer than a template takes is told to be read in the chat."""
    text = event.text if len(event.text) <= LONGEST_PARAMETER else _("Write to me here to read it.")
    return TemplateFallback(name="notice", parameters=(_("A notice about your credex account"), text))


def account_found(event: AccountFound) -> str:
    return _("@{handle} is {name}.").format(handle=event.handle, name=event.name)


def member_found(event: MemberFound) -> str:
    return _("@{handle} is {name}.").format(handle=event.handle, name=event.person.name)


def ledger(event: LedgerShown) -> str:
    """A page as text, for whom no longer waits for it."""
    lines = [f"{credit(entry.amount)} {entry_line(entry)}" for entry in event.entries]
    return "\n".join([_("The history that you asked for:"), *lines])


def balances_shown(event: BalancesShown) -> str:
    return "\n".join(balances(event.balances))


def opened(event: AccountOpened) -> str:
    text = _("*{name}* (@{handle}) is open. *accounts* switches to it.")
    return text.format(name=event.name, handle=event.handle)


def listed(event: AuthorisedListed) -> str:
    names = ", ".join(person.name for person in event.people) or "-"
    return _("May act for the account: {people}").format(people=names)


def authorised(event: MemberAuthorised) -> str:
    return _("{name} may act for the account now.").format(name=event.person.name)


def removed(event: MemberRemoved) -> str:
    return _("{name} may no longer act for the account.").format(name=event.person.name)


def directed(event: NoticesDirected) -> str:
    return _("{name} is told of offers to the account from now on.").format(name=event.person.name)


def upgraded(event: TierUpgraded) -> str:
    text = _("You are on the {tier} tier now; *{amount}* was paid once.")
    return text.format(tier=TIER_NAMES.get(event.tier, str(event.tier)), amount=credit(abs(event.amount)))
