"""Our own rules for what goes out of an account, and what is said of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.credex.domain.answer import Answer
from services.credex.domain.find_out import HUSTLER
from services.credex.domain.issue import Issue
from shared.contracts.base import Message
from shared.contracts.credex import (
    CredexQueued,
    CredexUnavailable,
    MakeOffer,
    NoteOffer,
    OfferMade,
    OutcomeUncertain,
    OutcomeUnderReview,
    TierUpgraded,
    UpgradeTier,
)
from shared.contracts.credex_parts import Rule


def offer_refusal(command: MakeOffer, decimals: Mapping[str, int]) -> Rule | None:
    """Why an offer does not fit, as far as the core would not say so itself or would say it wrongly.

    The core takes any decimals and shows them rounded (contract 2.5): what is sent must be what was shown.
    """
    known = decimals.get(command.amount.denomination)
    if known is None:
        return "denomination"
    if command.amount.amount <= 0:
        return "amount"
    if not command.amount.fits(known):
        return "decimals"
    if command.secured == (command.due_date is not None):
        return "due_date"
    return None


def wrong_account(issue: Issue, answer: Answer, account_id: str) -> Rule | None:
    """Why the account cannot be used, by the dashboard noted before."""
    account = answer.account(account_id)
    if account is None:
        return "no_access"
    if isinstance(issue.command, UpgradeTier):
        if answer.standing is not None and answer.standing.tier >= HUSTLER:
            return "already_upgraded"
        # One account a member can be charged by, so that two requests are seen to be the same.
        if not account.owned or account.type != "PERSONAL":
            return "no_access"
    return None


def made(issue: Issue, account_id: str, answer: Answer, *, found_later: bool) -> list[Message]:
    """What to say of an offer that stands or an upgrade that was paid."""
    about = {"member": issue.member, "answers": issue.intent}
    after = {"standing": answer.standing, "accounts": answer.accounts}
    offer = issue.offer
    if offer is None:
        return [TierUpgraded(**about, tier=HUSTLER, amount=issue.amount, credex_id=issue.credex_id, **after)]
    if issue.credex_id is None:
        raise ValueError("an offer that was made has an id")
    event = OfferMade(
        **about,
        credex_id=issue.credex_id,
        issuer_account_id=account_id,
        receiver_account_id=offer.receiver_account_id,
        receiver_name=offer.receiver_name,
        amount=offer.amount,
        secured=offer.secured,
        due_date=offer.due_date,
        found_later=found_later,
        **after,
    )
    note = NoteOffer(
        credex_id=issue.credex_id,
        what="made",
        by=issue.member,
        account_id=account_id,
        account_name=issue.account_name,
        issuer_name=issue.account_name,
        receiver_account_id=offer.receiver_account_id,
        receiver_name=offer.receiver_name,
        receiver_handle=offer.receiver_handle,
        amount=offer.amount,
        secured=offer.secured,
        due_date=offer.due_date,
    )
    return [event, note]


def uncertain(issue: Issue) -> OutcomeUncertain:
    """The answer was lost."""
    return OutcomeUncertain(**_about(issue))


def waits(issue: Issue) -> CredexQueued:
    """It waits behind one whose outcome is not known."""
    return CredexQueued(**_about(issue))


def waited_too_long(issue: Issue) -> CredexUnavailable:
    """It was not made, and will not be."""
    return CredexUnavailable(**_about(issue), reason="not_yet")


def review(issue: Issue, candidates: tuple[str, ...]) -> OutcomeUnderReview:
    """People must look."""
    return OutcomeUnderReview(**_about(issue), candidates=candidates)


def _about(issue: Issue) -> dict[str, Any]:
    """Who asked for what."""
    return {
        "member": issue.member,
        "answers": issue.intent,
        "asked": issue.asked.name,
        "amount": issue.amount,
        "counterparty": issue.counterparty,
    }
