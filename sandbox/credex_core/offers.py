"""The endpoints that make, accept, decline, cancel and show a credex, and the tier upgrade (contract 3.6 to 3.13)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sandbox.credex_core.amounts import converted, formatted, plain
from sandbox.credex_core.books import ACCEPTED, PENDING, Account, Books, Credex, Member
from sandbox.credex_core.endpoints import Endpoint, Endpoints, Said
from sandbox.credex_core.refusals import Refused, forbidden, invalid, not_found
from sandbox.credex_core.validation import Body
from sandbox.credex_core.views import Views

OPERATIONS_HANDLE = "greatsun_ops"
OPERATIONS_PHONE = "263770009999"
UPGRADE_PRICE = Decimal("1.00")
HUSTLER = 3

_GONE = "Credex not found or already processed"


class Offers:
    """Everything about a single credex."""

    def __init__(self, books: Books, views: Views, endpoints: Endpoints, now: Callable[[], datetime]) -> None:
        self._books = books
        self._views = views
        self._endpoints = endpoints
        self._now = now

    def signed(self) -> dict[str, Endpoint]:
        """By path."""
        return {
            "createCredex": self.create,
            "acceptCredex": self.accept,
            "acceptCredexBulk": self.accept_bulk,
            "declineCredex": self.decline,
            "cancelCredex": self.cancel,
            "getCredex": self.get,
            "hustler10k": self.upgrade,
        }

    def create(self, signer: Member, body: Body) -> Said:
        """The checks stand in the core's order (contract 3.6)."""
        issuer = self._books.accounts.get(body["issuerAccountID"])
        receiver = self._books.accounts.get(body["receiverAccountID"])
        amount, denomination, secured = body["InitialAmount"], body["Denomination"], body["securedCredex"]
        if body["issuerAccountID"] == body["receiverAccountID"]:
            raise invalid(
                "Issuer and receiver cannot be the same account", "receiverAccountID", code="INVALID_ACCOUNTS"
            )
        if issuer is None:
            raise forbidden("Account not found")
        self._within_tier(self._books.members[issuer.owner], amount, denomination)
        due = self._due_date(body["dueDate"], secured=secured)
        if secured:
            self._securable(signer, issuer, amount, denomination)
        if signer.id not in issuer.authorised:
            raise self._forbidden("Issuer account not found or no access")
        if receiver is None:
            raise self._forbidden("Receiver account not found")
        credex = self._books.issue(
            issuer,
            receiver,
            amount=amount,
            denomination=denomination,
            secured=secured,
            due=due,
            state=body["OFFERSorREQUESTS"],
            now=self._now(),
        )
        details = {
            "amount": plain(amount),
            "denomination": denomination,
            "securedCredex": secured,
            "receiverAccountID": receiver.id,
            "receiverAccountName": receiver.name,
        }
        word = "Secured" if secured else "Unsecured"
        made = f"{formatted(amount, denomination)} {body['OFFERSorREQUESTS'].lower()}"
        message = f"{word} credex for {made} created successfully"
        return Said(message, "CREDEX_CREATED", credex.id, details, self._endpoints.shown_after(signer, issuer))

    def accept(self, signer: Member, body: Body) -> Said:
        credex, account = self._accepted(signer, body["credexID"])
        details = {
            "amount": plain(credex.initial),
            "denomination": credex.denomination,
            "securedCredex": credex.secured,
            "acceptorAccountID": account.id,
        }
        word = "Secured" if credex.secured else "Unsecured"
        message = f"{word} credex for {plain(credex.initial)} {credex.denomination} accepted successfully"
        return Said(message, "CREDEX_ACCEPTED", credex.id, details, self._endpoints.shown_after(signer, account))

    def accept_bulk(self, signer: Member, body: Body) -> Said:
        """One by one; some may fail."""
        accepted: list[str] = []
        failed: list[dict[str, str]] = []
        account: Account | None = None
        for id in body["credexIDs"]:
            try:
                _, account = self._accepted(signer, id)
            except Refused as refused:
                failed.append({"credexID": id, "error": refused.reason})
            else:
                accepted.append(id)
        if account is None:
            raise invalid("No credex were processed successfully", "credexIDs", code="BULK_ACCEPT_FAILED")
        total = len(body["credexIDs"])
        details: dict[str, Any] = {
            "summary": {"accepted": accepted, "alreadyAccepted": [], "failed": failed},
            "totalProcessed": total,
            "successCount": len(accepted),
            "failureCount": len(failed),
        }
        message = f"Successfully processed {len(accepted)} out of {total} Credex transactions"
        return Said(message, "CREDEX_BULK_ACCEPTED", None, details, self._endpoints.shown_after(signer, account))

    def decline(self, signer: Member, body: Body) -> Said:
        credex = self._pending(body["credexID"])
        account = self._books.accounts[credex.receiver] if credex else None
        if credex is None or account is None or signer.id not in account.authorised:
            raise not_found(_GONE)
        credex.state, credex.declined_at = "DECLINED", self._now()
        return self._ended(signer, credex, account, "declined", "Declined by receiver")

    def cancel(self, signer: Member, body: Body) -> Said:
        credex = self._pending(body["credexID"])
        account = self._books.accounts[credex.issuer] if credex else None
        if credex is None or account is None or signer.id not in account.authorised:
            if self._views.quirks.cancelNotFoundStatus == 404:
                raise not_found(_GONE)
            raise Refused(400, "ERROR_INTERNAL", "CANCEL_FAILED", _GONE, id=body["credexID"], by_signer=True)
        credex.state, credex.cancelled_at = "CANCELLED", self._now()
        return self._ended(signer, credex, account, "cancelled", "Cancelled by issuer")

    def get(self, signer: Member, body: Body) -> Said:
        credex = self._books.credexes.get(body["credexID"])
        account = self._books.accounts.get(body["accountID"])
        if (
            credex is None
            or account is None
            or signer.id not in account.authorised
            or account.id not in {credex.issuer, credex.receiver}
            or credex.state == "EXPIRED"
        ):
            raise not_found("Credex not found or not accessible", field="credexID")
        details = self._views.credex(credex, account)
        message = "Credex details retrieved successfully"
        return Said(message, "CREDEX_RETRIEVED", credex.id, details, {}, actor=account.id)

    def upgrade(self, signer: Member, body: Body) -> Said:
        """Charges again when asked again, as the core does (contract 3.13)."""
        account = self._books.accounts.get(body["personalAccountID"])
        operations = self._books.account_by_handle(OPERATIONS_HANDLE)
        if account is None:
            raise not_found("Account not found")
        if signer.id not in account.authorised:
            raise forbidden("Not authorized for this account")
        if operations is None:
            raise Refused(500, "ERROR_INTERNAL", "GREATSUN_ACCOUNT_NOT_FOUND", "Greatsun account not found")
        if self._books.member_by(handle=OPERATIONS_PHONE) is None:
            raise Refused(500, "ERROR_INTERNAL", "GREATSUN_MEMBER_NOT_FOUND", "Greatsun member not found")
        try:
            self._securable(signer, account, UPGRADE_PRICE, "USD")
        except Refused as refused:
            if self._views.quirks.hustlerErrors500:
                raise Refused(500, "ERROR_INTERNAL", "CREDEX_CREATE_FAILED", refused.reason) from None
            raise Refused(400, "ERROR_VALIDATION", refused.code, refused.reason) from None
        now = self._now()
        credex = self._books.issue(
            account,
            operations,
            amount=UPGRADE_PRICE,
            denomination="USD",
            secured=True,
            due=None,
            state="OFFERS",
            now=now,
        )
        self._books.accept(credex, now)
        signer.tier = HUSTLER
        details = {"memberID": signer.id, "credexID": credex.id, "newTier": HUSTLER}
        shown = self._views.dashboard(signer, self._books.accounts_of(signer))
        if self._views.quirks.hustlerEmptyDashboard:
            shown = {}
        message = "Successfully enrolled in Hustler 10k program"
        return Said(message, "HUSTLER_10K_ENROLLED", credex.id, details, shown)

    def _accepted(self, signer: Member, id: str) -> tuple[Credex, Account]:
        """Accept one. Raises Refused for whatever is wrong, in the core's order (rule 21)."""
        credex = self._books.credexes.get(id)
        if credex is None:
            raise _not_accepted("Credex not found", id)
        if credex.state in ACCEPTED:
            raise _not_accepted("Credex has already been accepted", id)
        if credex.state != "OFFERS":
            raise _not_accepted("Credex is in an invalid state", id)
        account = self._books.accounts[credex.receiver]
        if signer.id not in account.authorised:
            raise _not_accepted("Failed to accept Credex - authorization check failed", id)
        self._books.accept(credex, self._now())
        return credex, account

    def _pending(self, id: str) -> Credex | None:
        credex = self._books.credexes.get(id)
        return credex if credex is not None and credex.state in PENDING else None

    def _ended(self, signer: Member, credex: Credex, account: Account, word: str, reason: str) -> Said:
        # Amount and security are constants here, not the credex's own (contract 3.9).
        details = {
            "amount": "0",
            "denomination": credex.denomination,
            "securedCredex": False,
            "receiverAccountID": credex.receiver,
            "reason": reason,
        }
        shown = self._endpoints.shown_after(signer, account)
        return Said(f"Credex {word} successfully", f"CREDEX_{word.upper()}", credex.id, details, shown)

    def _within_tier(self, owner: Member, amount: Decimal, denomination: str) -> None:
        remaining = self._books.remaining(owner)
        if remaining is not None and converted(amount, denomination, "USD") > remaining:
            reason = (
                f"You are only able to issue {formatted(remaining, 'USD')} until tomorrow. "
                "Limits renew at midnight UTC."
            )
            raise forbidden(reason, "TIER_LIMIT_EXCEEDED", field="securedCredex")

    def _due_date(self, text: str | None, *, secured: bool) -> date | None:
        if secured:
            if text is not None:
                raise invalid("Due date is not allowed for secured credex", "dueDate", code="INVALID_DUE_DATE")
            return None
        if text is None:
            raise invalid("Due date is required for unsecured credex", "dueDate", code="MISSING_DUE_DATE")
        today = self._books.today
        try:
            due = date.fromisoformat(text)
        except ValueError:
            due = today
        if not today + timedelta(days=7) <= due < today + timedelta(days=35):
            raise invalid(
                "Due date must be permitted date, in format YYYY-MM-DD. First permitted due date is 1 week from today. "
                "Last permitted due date is 5 weeks from today.",
                "dueDate",
                code="INVALID_DUE_DATE",
            )
        return due

    def _securable(self, signer: Member, issuer: Account, amount: Decimal, denomination: str) -> None:
        most, _ = self._books.securable(issuer, denomination)
        if most is not None and most < amount:
            reason = (
                f"Your secured credex for {formatted(amount, denomination)} cannot be issued because your maximum "
                f"securable {denomination} balance is {formatted(most, denomination)}"
            )
            raise Refused(400, "CREDEX_CREATE_FAILED", "INSUFFICIENT_SECURED_BALANCE", reason, by_signer=True)

    def _forbidden(self, reason: str) -> Refused:
        return forbidden(reason, status=self._views.quirks.forbiddenStatus)


def _not_accepted(reason: str, id: str) -> Refused:
    return Refused(400, "ERROR_INTERNAL", "ACCEPT_FAILED", reason, id=id, by_signer=True)
