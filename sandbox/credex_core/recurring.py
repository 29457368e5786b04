"""Standing payments, and the tier subscription of the older bot: paid in the next daily offering (contract 3.14)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from sandbox.credex_core.amounts import bare, formatted
from sandbox.credex_core.books import Account, Books, Member
from sandbox.credex_core.endpoints import Endpoint, Said
from sandbox.credex_core.offers import HUSTLER, OPERATIONS_HANDLE, UPGRADE_PRICE
from sandbox.credex_core.refusals import forbidden, invalid, not_found
from sandbox.credex_core.validation import Body
from sandbox.credex_core.views import Views, raw_date

SUBSCRIPTION = "MEMBERTIER_SUBSCRIPTION"
SUBSCRIPTION_DAYS = 28


@dataclass
class Recurring:
    """One standing instruction."""

    id: str
    template: str
    source: Account
    target: Account
    every_days: int
    next_day: date
    amount: Decimal
    denomination: str
    secured: bool
    status: Literal["PENDING", "ACTIVE", "CANCELLED"]
    executions: int = 0


class Recurrings:
    """All standing instructions; `run` is a part of each daily offering."""

    def __init__(self, books: Books, views: Views, now: Callable[[], datetime]) -> None:
        self._books = books
        self._views = views
        self._now = now
        self._known: dict[str, Recurring] = {}
        books.at_midnight.append(self.run)

    def signed(self) -> dict[str, Endpoint]:
        """By path."""
        return {
            "createRecurring": self.create,
            "acceptRecurring": self.accept,
            "cancelRecurring": self.cancel,
            "getRecurring": self.get,
        }

    def forget(self) -> None:
        """As if none had ever been made."""
        self._known.clear()

    def create(self, signer: Member, body: Body) -> Said:
        source = self._books.accounts.get(body["sourceAccountID"])
        if source is None or source.owner != signer.id:
            raise forbidden("Only account owner can create recurring transactions")
        subscribes = body["templateType"] == SUBSCRIPTION
        if subscribes:
            self._must_be_the_subscription(source, body)
        if body["amount"] is None or body["denomination"] is None:
            raise invalid("amount and denomination are required", "amount", code="INVALID_AMOUNT")
        target = self._target(body["targetAccountID"])
        recurring = Recurring(
            self._books.new_id(),
            body["templateType"],
            source,
            target,
            body["payFrequency"],
            date.fromisoformat(body["startDate"]),
            body["amount"],
            body["denomination"],
            body["securedCredex"] is True,
            "PENDING",
        )
        self._known[recurring.id] = recurring
        shown = self._views.dashboard(signer, self._books.accounts_of(signer))
        details = self._details(recurring)
        recurring.status = "ACTIVE" if subscribes else "PENDING"  # the core accepts subscriptions itself, afterwards
        message = "Recurring transaction created successfully"
        return Said(message, "RECURRING_CREATED", recurring.id, details, shown, status=201)

    def accept(self, signer: Member, body: Body) -> Said:
        recurring = self._found(body["recurringID"])
        if signer.id not in recurring.target.authorised or recurring.status != "PENDING":
            raise not_found("Recurring transaction not found")
        recurring.status = "ACTIVE"
        return self._said(signer, recurring, "accepted", "RECURRING_ACCEPTED")

    def cancel(self, signer: Member, body: Body) -> Said:
        recurring = self._found(body["recurringID"])
        if signer.id not in recurring.source.authorised or recurring.status == "CANCELLED":
            raise not_found("Recurring transaction not found")
        recurring.status = "CANCELLED"
        return self._said(signer, recurring, "cancelled", "RECURRING_CANCELLED")

    def get(self, signer: Member, body: Body) -> Said:
        recurring = self._found(body["recurringID"])
        if signer.id not in {*recurring.source.authorised, *recurring.target.authorised}:
            raise not_found("Recurring transaction not found")
        return self._said(signer, recurring, "retrieved", "RECURRING_RETRIEVED")

    def run(self, today: date) -> None:
        """Pay what is due; what cannot be paid is tried again the next day."""
        for recurring in self._known.values():
            if recurring.status != "ACTIVE" or recurring.next_day > today:
                continue
            most, _ = self._books.securable(recurring.source, recurring.denomination)
            if recurring.secured and most is not None and most < recurring.amount:
                continue
            self._pay(recurring)
            recurring.executions += 1
            recurring.next_day += timedelta(days=recurring.every_days)

    def _pay(self, recurring: Recurring) -> None:
        now = self._now()
        credex = self._books.issue(
            recurring.source,
            recurring.target,
            amount=recurring.amount,
            denomination=recurring.denomination,
            secured=recurring.secured,
            due=None,
            state="OFFERS",
            now=now,
        )
        if recurring.template == SUBSCRIPTION:
            self._books.accept(credex, now)
            self._books.members[recurring.source.owner].tier = HUSTLER

    def _must_be_the_subscription(self, source: Account, body: Body) -> None:
        """The one subscription there is (contract 3.14); each part has a code of its own."""
        parts: list[tuple[bool, str, str, str]] = [
            (body["memberTier"] == HUSTLER, "INVALID_TIER", "memberTier", "member tier"),
            (body["amount"] == UPGRADE_PRICE, "INVALID_AMOUNT", "amount", "subscription amount"),
            (body["denomination"] == "USD", "INVALID_DENOMINATION", "denomination", "denomination"),
            (body["payFrequency"] == SUBSCRIPTION_DAYS, "INVALID_FREQUENCY", "payFrequency", "subscription frequency"),
            (body["securedCredex"] is True, "INVALID_SECURITY", "securedCredex", "security"),
        ]
        for fits, code, field, name in parts:
            if not fits:
                raise invalid(f"Invalid {name}.", field, code=code)
        for known in self._known.values():
            if known.source is source and known.template == SUBSCRIPTION and known.status != "CANCELLED":
                reason = "Cannot create new subscription while an active subscription exists"
                raise invalid(reason, "templateType", code="ACTIVE_EXISTS")

    def _target(self, id: str | None) -> Account:
        account = self._books.accounts.get(id) if id else self._books.account_by_handle(OPERATIONS_HANDLE)
        if account is None:
            raise not_found("Account not found")
        return account

    def _found(self, id: str) -> Recurring:
        if id not in self._known:
            raise not_found("Recurring transaction not found")
        return self._known[id]

    def _said(self, signer: Member, recurring: Recurring, word: str, type: str) -> Said:
        shown = self._views.dashboard(signer, self._books.accounts_of(signer))
        return Said(f"Recurring transaction {word}", type, recurring.id, self._details(recurring), shown)

    def _details(self, recurring: Recurring) -> dict[str, Any]:
        next_day: Any = recurring.next_day.isoformat()
        if self._views.quirks.rawNeo4jDates:
            parts = raw_date(datetime.combine(recurring.next_day, datetime.min.time()))
            next_day = {name: parts[name] for name in ("year", "month", "day")}
        return {
            "recurringID": recurring.id,
            "amount": formatted(recurring.amount, recurring.denomination),
            "denomination": recurring.denomination,
            "payFrequency": recurring.every_days,
            "nextDate": next_day,
            "status": recurring.status,
            "scheduleInfo": {
                "payFrequency": recurring.every_days,
                "nextRunDate": recurring.next_day.isoformat(),
                "status": recurring.status,
                "templateType": recurring.template,
                "amount": bare(recurring.amount, recurring.denomination),
                "denomination": recurring.denomination,
            },
            "participants": {"sourceAccountID": recurring.source.id, "targetAccountID": recurring.target.id},
            "execution": {"totalExecutions": recurring.executions},
        }
