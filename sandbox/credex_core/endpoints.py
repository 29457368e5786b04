"""The endpoints on members, accounts and reads (contract 3). Each takes the signer and a clean body."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.credex_core.amounts import converted, formatted
from sandbox.credex_core.books import Account, Books, Member
from sandbox.credex_core.refusals import Refused, forbidden, invalid, not_found
from sandbox.credex_core.tokens import Tokens
from sandbox.credex_core.validation import Body
from sandbox.credex_core.views import Views

MOST_AUTHORISED = 5


@dataclass
class Said:
    """A success: HTTP status, text, and what stands in the envelope."""

    message: str
    type: str
    id: str | None
    details: dict[str, Any]
    dashboard: dict[str, Any]
    status: int = 200
    actor: str | None = None
    """None: the signer."""


Endpoint = Callable[[Member, Body], Said]


class Endpoints:
    """What is not about a single credex. `now` tells the core's time."""

    def __init__(self, books: Books, views: Views, tokens: Tokens, now: Callable[[], datetime]) -> None:
        self._books = books
        self._views = views
        self._tokens = tokens
        self._now = now

    def signed(self) -> dict[str, Endpoint]:
        """By path; those that need a token."""
        return {
            "getMemberByHandle": self.get_member,
            "getAccountByHandle": self.get_account,
            "createAccount": self.create_account,
            "updateAccount": self.update_account,
            "authForTierSpendLimit": self.may_spend,
            "authorizeForAccount": self.authorize,
            "unauthorizeForAccount": self.unauthorize,
            "updateSendOffersTo": self.send_offers_to,
            "getBalances": self.get_balances,
            "getLedger": self.get_ledger,
        }

    def login(self, body: Body) -> Said:
        member = self._books.member_by(phone=body["phone"])
        if member is None:
            raise not_found("Member not found")
        details = {"memberID": member.id, "phone": member.phone, "token": self._tokens.issue(member.id, self._now())}
        shown = self._views.dashboard(member, self._books.accounts_of(member))
        return Said("Successfully logged in", "MEMBER_LOGIN", member.id, details, shown, actor=member.id)

    def onboard(self, body: Body) -> Said:
        phone, denomination = body["phone"], body["defaultDenom"]
        if self._books.member_by(phone=phone):
            reason = "A member with this phone number already exists"
            raise _duplicate("DUPLICATE_PHONE", reason, "phone", "Phone number already in use")
        if self._books.member_by(handle=phone):
            raise _duplicate("DUPLICATE_HANDLE", "Member handle already in use", "memberHandle")
        if self._books.account_by_handle(phone):
            raise Refused(500, "ERROR_INTERNAL", "ACCOUNT_CREATE_FAILED", "Failed to create default account")
        member = self._books.add_member(phone, body["firstname"], body["lastname"], denomination)
        account = self._books.add_account(member, f"{member.name} Personal", phone, "PERSONAL", denomination)
        details = {
            "memberID": member.id,
            "firstname": member.firstname,
            "lastname": member.lastname,
            "memberHandle": member.handle,
            "defaultDenom": denomination,
            "token": self._tokens.issue(member.id, self._now()),
            "defaultAccountID": account.id,
        }
        message = f"{member.name}: Personal account created with a default denomination of {denomination}."
        shown = self._views.dashboard(member, [account])
        return Said(message, "MEMBER_ONBOARDED", member.id, details, shown, status=201, actor=member.id)

    def get_member(self, signer: Member, body: Body) -> Said:
        member = self._books.member_by(handle=body["memberHandle"])
        if member is None:
            raise not_found("Member not found")
        details = {"memberID": member.id, "memberName": member.name, "memberHandle": member.handle}
        return Said("Member found", "MEMBER_FOUND", member.id, details, {}, actor="system")

    def get_account(self, signer: Member, body: Body) -> Said:
        account = self._books.account_by_handle(body["accountHandle"])
        if account is None:
            raise not_found("Account not found", "ACCOUNT_NOT_FOUND")
        details = {"accountID": account.id, "accountName": account.name, "accountHandle": account.handle}
        return Said("Account found", "ACCOUNT_FOUND", account.id, details, {}, actor="system")

    def create_account(self, signer: Member, body: Body) -> Said:
        if signer.tier <= 2 and any(account.owner == signer.id for account in self._books.accounts.values()):
            raise forbidden("Account creation not permitted on current membership tier")
        if self._books.account_by_handle(body["accountHandle"]):
            raise _duplicate("DUPLICATE_HANDLE", "Account handle already in use", "accountHandle")
        account = self._books.add_account(
            signer, body["accountName"], body["accountHandle"], body["accountType"], body["defaultDenom"]
        )
        details = {
            "accountID": account.id,
            "accountName": account.name,
            "accountHandle": account.handle,
            "accountType": account.type,
            "defaultDenom": account.denomination,
        }
        shown = self._views.dashboard(signer, [account])
        return Said("Account created", "ACCOUNT_CREATED", account.id, details, shown, status=201)

    def update_account(self, signer: Member, body: Body) -> Said:
        account = self._books.accounts.get(body["accountID"])
        changes = {name: body[name] for name in ("accountName", "accountHandle", "defaultDenom") if body[name]}
        if account is None or account.owner != signer.id or not changes:
            raise not_found("Account not found or no update performed")
        taken = self._books.account_by_handle(changes.get("accountHandle", ""))
        if taken is not None and taken is not account:
            raise _duplicate("DUPLICATE_HANDLE", "Account handle already in use", "accountHandle")
        account.name = changes.get("accountName", account.name)
        account.handle = changes.get("accountHandle", account.handle)
        account.denomination = changes.get("defaultDenom", account.denomination)
        return self._changed("Account updated", "ACCOUNT_UPDATED", signer, account)

    def may_spend(self, signer: Member, body: Body) -> Said:
        account = self._books.accounts.get(body["issuerAccountID"])
        if account is None or signer.id not in account.authorised:
            raise forbidden("Account not found")
        owner = self._books.members[account.owner]
        left = self._books.remaining(owner)
        if owner.tier == 1 and not body["securedCredex"]:
            raise forbidden("Unsecured credex not permitted on open tier")
        if left is not None and converted(body["Amount"], body["Denomination"], "USD") > left:
            reason = (
                f"You are only able to issue {formatted(left, 'USD')} until tomorrow. Limits renew at midnight UTC."
            )
            raise forbidden(reason, "TIER_LIMIT_EXCEEDED")
        message = "No daily limits on credex for paid tiers" if left is None else "Within the daily limit"
        return Said(message, "SPEND_AUTHORIZED", account.id, {"isAuthorized": True}, {})

    def authorize(self, signer: Member, body: Body) -> Said:
        account = self._books.accounts.get(body["accountID"])
        other = self._books.member_by(handle=body["memberHandleToBeAuthorized"])
        if account is None or other is None or account.owner != signer.id:
            raise not_found("Accounts not found")
        if signer.tier <= 3:
            raise forbidden(
                "You can only authorize someone to transact on behalf of your account when you are on the "
                "Entrepreneur tier or above."
            )
        if other.id not in account.authorised:
            if len(account.authorised) >= MOST_AUTHORISED:
                reason = (
                    "Limit of 5 authorized accounts reached. Remove an authorized account if you want to add another."
                )
                raise Refused(400, "ERROR_VALIDATION", "LIMIT_REACHED", reason)
            account.authorised.append(other.id)
        return self._changed("Account authorized", "ACCOUNT_AUTHORIZED", signer, account, memberID=other.id)

    def unauthorize(self, signer: Member, body: Body) -> Said:
        account, other = self._owned(signer, body), body["memberIDtoBeUnauthorized"]
        if other not in account.authorised or other == account.owner:
            raise invalid("Member is not authorized for this account", "memberIDtoBeUnauthorized")
        account.authorised.remove(other)
        if account.send_offers_to == other:
            account.send_offers_to = account.owner
        return self._changed("Account unauthorized", "ACCOUNT_UNAUTHORIZED", signer, account, memberID=other)

    def send_offers_to(self, signer: Member, body: Body) -> Said:
        account, other = self._owned(signer, body), body["memberIDtoSendOffers"]
        if other not in account.authorised:
            raise invalid("Member is not authorized for this account", "memberIDtoSendOffers")
        account.send_offers_to = other
        return self._changed(
            "Offers are sent to another member", "SEND_OFFERS_UPDATED", signer, account, memberID=other
        )

    def get_balances(self, signer: Member, body: Body) -> Said:
        account = self._books.accounts.get(body["accountID"])
        if account is None or signer.id not in account.authorised:
            raise not_found("Account not found", "ACCOUNT_NOT_FOUND")
        return Said("Balances retrieved", "BALANCES_RETRIEVED", account.id, self._views.balances(account), {})

    def get_ledger(self, signer: Member, body: Body) -> Said:
        account = self._books.accounts.get(body["accountID"])
        if account is None or signer.id not in account.authorised:
            raise forbidden("Unauthorized access to account", "UNAUTHORIZED_ACCESS")
        start, count = body["startRow"], body["numRows"]
        if self._views.quirks.ledgerIgnoresPaging:
            start, count = 0, 10
        entries, more = self._views.ledger(account, start, count)
        message = "Ledger entries retrieved successfully" if entries else "No ledger entries found"
        shown: dict[str, Any] = {
            "ledger": entries,
            "pagination": {"startRow": start, "numRows": count, "hasMore": more},
        }
        if not self._views.quirks.getLedgerDashboardBare:
            shown |= self._views.dashboard(signer, [account])
        return Said(message, "LEDGER_RETRIEVED", account.id, {"accountID": account.id, "ledger": entries}, shown)

    def shown_after(self, signer: Member, account: Account) -> dict[str, Any]:
        """The dashboard of an answer that changed an account: that account alone, unless a switch says all."""
        accounts: Sequence[Account] = [account]
        if self._views.quirks.fullDashboard:
            accounts = self._books.accounts_of(signer)
        return self._views.dashboard(signer, accounts)

    def _owned(self, signer: Member, body: Body) -> Account:
        account = self._books.accounts.get(body["accountID"])
        if account is None or account.owner != signer.id:
            raise invalid("Account not found or not owned", "accountID")
        return account

    def _changed(self, message: str, type: str, signer: Member, account: Account, **details: str) -> Said:
        shown = self.shown_after(signer, account)
        return Said(message, type, account.id, {"accountID": account.id, **details}, shown)


def _duplicate(code: str, reason: str, field: str, message: str | None = None) -> Refused:
    return Refused(409, "ERROR_VALIDATION", code, reason, field=field, message=message)
