"""What the core's refusals mean, by what was asked, HTTP status and code; never by text (contract 5.6, 7)."""

from __future__ import annotations

from collections.abc import Mapping

from services.credex.domain.answer import NOT_A_MEMBER, OUTSIDE_THE_RULES, UNAUTHORIZED_CLIENT, Refusal
from shared.contracts.base import Command, Event
from shared.contracts.credex import (
    AnswerOffer,
    AuthoriseMember,
    CredexRefused,
    CredexUnavailable,
    FindMember,
    MakeOffer,
    NotAMember,
)
from shared.contracts.credex_parts import Rule
from shared.kernel.ids import MemberId

_BY_CODE: Mapping[str, Rule] = {
    "INSUFFICIENT_SECURED_BALANCE": "insufficient_balance",
    "CREDEX_CREATE_FAILED": "insufficient_balance",  # the first build's word for it (contract 3.13)
    "TIER_LIMIT_EXCEEDED": "tier_limit",
    "MISSING_DUE_DATE": "due_date",
    "INVALID_DUE_DATE": "due_date",
    "INVALID_ACCOUNTS": "same_account",
    "UNAUTHORIZED_ACCESS": "no_access",
    "ACCOUNT_NOT_FOUND": "unknown_account",
    "DUPLICATE_HANDLE": "handle_taken",
    "INVALID_DENOMINATION": "denomination",
}
_BY_FIELD: Mapping[str, Rule] = {
    "firstname": "name",
    "lastname": "name",
    "accountName": "name",
    "accountHandle": "handle",
    "memberHandle": "handle",
    "memberHandleToBeAuthorized": "handle",
    "Denomination": "denomination",
    "defaultDenom": "denomination",
    "InitialAmount": "amount",
    "dueDate": "due_date",
}


def rule_of(command: Command, refusal: Refusal) -> Rule:
    """The rule that was in the way."""
    if refusal.code in _BY_CODE:
        return _BY_CODE[refusal.code]
    if refusal.code == "VALIDATION_ERROR":
        return _BY_FIELD.get(refusal.field or "", "other")
    if refusal.status == 404:
        return "unknown_member" if isinstance(command, FindMember | AuthoriseMember) else "unknown_account"
    if isinstance(command, AuthoriseMember) and refusal.status == 400:
        return "member_limit"
    if refusal.code == "FORBIDDEN" and isinstance(command, MakeOffer):
        return "no_access"
    # Accounts and people are a matter of the tier (contract 1.7); builds differ in the code.
    return "tier" if refusal.status == 403 else "other"


def refused(command: Command, member: MemberId, answers: str, refusal: Refusal) -> Event:
    """What to say of a refusal."""
    if refusal.code == NOT_A_MEMBER:
        return NotAMember(member=member, answers=answers, asked=command.NAME)
    if refusal.code in {UNAUTHORIZED_CLIENT, OUTSIDE_THE_RULES}:
        return CredexUnavailable(member=member, answers=answers, asked=command.NAME, reason="misconfigured")
    rule = rule_of(command, refusal)
    return CredexRefused(member=member, answers=answers, asked=command.NAME, rule=rule, reason=refusal.reason)


def still_refused(command: Command, member: MemberId, answers: str) -> CredexRefused:
    """A refusal that a look confirmed: the offer is open, but not for this member; the handle is somebody else's."""
    rule: Rule = "no_access" if isinstance(command, AnswerOffer) else "handle_taken"
    return CredexRefused(member=member, answers=answers, asked=command.NAME, rule=rule)


def unreachable(command: Command, member: MemberId, answers: str) -> CredexUnavailable:
    """The core did not answer, or certainly did not act."""
    return CredexUnavailable(member=member, answers=answers, asked=command.NAME, reason="unreachable")
