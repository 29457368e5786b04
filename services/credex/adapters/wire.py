"""credex-core's JSON, generation G4, read into our own terms (contract 2.2, 2.6, 3).

Odd shapes that some builds have are taken too: `{}` for an empty list, amounts without their denomination, raw dates
of the database driver, integers as two halves.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from services.credex.domain.answer import Answer, CredexDetails, Found, LedgerPage, Refusal
from shared.contracts.credex_parts import Balances, CredexAccount, LedgerEntry, PendingOffer, Person, Standing
from shared.kernel.credit import Credit, NotACredit

log = logging.getLogger(__name__)

_SENSELESS = (AttributeError, KeyError, TypeError, ValueError, ArithmeticError, NotACredit)
"""What reading a part of another shape can raise."""


NEVER_ACTED = frozenset({"ACCEPT_FAILED", "BULK_ACCEPT_FAILED", "CANCEL_FAILED"})
"""Refusals that are typed like failures inside (contract 3.7 to 3.10)."""
_STATUS_OF = {"ERROR_VALIDATION": 400, "ERROR_UNAUTHORIZED": 403, "ERROR_NOT_FOUND": 404, "ACCOUNT_NOT_FOUND": 404}

_SIDES = ("pendingInData", "pendingOutData")


class NotAnEnvelope(ValueError):
    """A body is not what the core answers; the text says what is wrong, without quoting it."""


class Envelope:
    """The `message`, `data.action` and `data.dashboard` of an answer. Raises NotAnEnvelope."""

    def __init__(self, body: bytes) -> None:
        try:
            # Numbers stay exact: no amount is ever a float.
            parsed = json.loads(body, parse_float=Decimal)
        except (ValueError, RecursionError) as error:
            raise NotAnEnvelope("not JSON") from error
        data = parsed.get("data") if isinstance(parsed, dict) else None
        action = data.get("action") if isinstance(data, dict) else None
        if not isinstance(data, dict) or not isinstance(action, dict) or not isinstance(action.get("details"), dict):
            raise NotAnEnvelope("no action")
        dashboard = data.get("dashboard")
        self.message = str(parsed.get("message") or "")
        self.id = _text(action.get("id"))
        self._type = str(action.get("type") or "")
        self.at, _ = moment(action.get("timestamp"))
        self.details: Mapping[str, Any] = action["details"]
        self.dashboard: Mapping[str, Any] = dashboard if isinstance(dashboard, dict) else {}

    @property
    def error_status(self) -> int | None:
        """Of an error that came as a success the status that its type has elsewhere (contract 2.2, 3); None: no error.

        What failed inside, by whatever code, may have been done in part (500), but for those that never act (400).
        """
        code = self.details.get("code")
        if not self._type.startswith("ERROR_") and not self._type.endswith(("_FAILED", "_NOT_FOUND")) and not code:
            return None
        if code in NEVER_ACTED or self._type == "CREDEX_CREATE_FAILED":
            return 400
        return _STATUS_OF.get(self._type, 500)

    def refusal(self, status: int) -> Refusal:
        """What was refused."""
        return Refusal(
            status=status,
            code=str(self.details.get("code") or f"HTTP_{status}"),
            field=_text(self.details.get("field")),
            reason=str(self.details.get("reason") or self.message) or None,
        )

    def answer(self, *, accounts_needed: bool, offers_needed: bool = False, **more: Any) -> Answer:
        """The answer with member and accounts. Where they are only a courtesy, senseless ones are left out.

        `offers_needed`: what is not among the pending offers must not be there: then a list that is missing is no
        empty one.
        """
        try:
            member = self.dashboard.get("member")
            standing = _standing(member) if member else None
            shown = _list(self.dashboard.get("accounts"))
            accounts = tuple(_account(account) for account in shown)
        except _SENSELESS as error:
            if accounts_needed:
                raise NotAnEnvelope("a dashboard of unknown shape") from error
            log.warning("the core's dashboard has an unknown shape; it is left out")
            standing, accounts = None, ()
        if accounts_needed and standing is None:
            raise NotAnEnvelope("no member in the dashboard")
        if offers_needed and any(account.get(side) is None for account in shown for side in _SIDES):
            raise NotAnEnvelope("an account without its pending offers")
        return Answer(id=self.id, at=self.at, standing=standing, accounts=accounts, **more)

    def amount(self) -> Credit | None:
        """The amount in the details of an acceptance; None where it makes no sense."""
        try:
            return abs(credit(self.details["amount"], self.details["denomination"]))
        except _SENSELESS:
            return None

    def found(self, id: str, name: str, handle: str) -> Answer:
        """An account or member behind a handle; the arguments are the core's names of its parts."""
        try:
            found = Found(id=self.details[id], name=self.details[name], handle=self.details[handle])
        except _SENSELESS as error:
            raise NotAnEnvelope("nobody found") from error
        return Answer(id=self.id, at=self.at, found=found)

    def ledger(self, start: int) -> Answer:
        """A page of the ledger; `start` is the row that was asked for, which some builds ignore (contract 3.12)."""
        try:
            rows = self.details.get("ledger", self.dashboard.get("ledger"))
            if rows is None:
                raise KeyError("ledger")  # not the same as an empty one: what is missing there was never made
            entries = [_entry(entry) for entry in _list(rows)]
            pagination = self.dashboard.get("pagination") or {}
            began = int(whole(pagination.get("startRow", start)))
        except _SENSELESS as error:
            raise NotAnEnvelope("a ledger of unknown shape") from error
        has_more = pagination.get("hasMore") is True
        if began != start:
            entries, has_more = entries[max(0, start - began) :], False
        return Answer(id=self.id, at=self.at, ledger=LedgerPage(entries=tuple(entries), has_more=has_more))

    def credex(self) -> Answer:
        """One credex."""
        try:
            status = self.details.get("status") or {}
            outstanding = status.get("outstandingAmount")
            denomination = self.details["denomination"]
            details = CredexDetails(
                amount=credit(self.details["amount"], denomination),
                outstanding=credit(outstanding, denomination) if outstanding else None,
                counterparty=self.details["receiverAccountName"],
                secured=self.details.get("securedCredex") is True,
                state=self.details["transactionType"],
                due_date=moment(status.get("dueDate"))[1],
                accepted_at=moment(status.get("acceptedAt"))[0],
            )
        except _SENSELESS as error:
            raise NotAnEnvelope("a credex of unknown shape") from error
        return Answer(id=self.id, at=self.at, credex=details)

    def balances(self) -> Answer:
        """The balances of one account."""
        try:
            return Answer(id=self.id, at=self.at, balances=_balances(self.details, "USD"))
        except _SENSELESS as error:
            raise NotAnEnvelope("balances of unknown shape") from error

    def bulk(self) -> Answer:
        """What a bulk acceptance accepted."""
        summary = self.details.get("summary")
        if not isinstance(summary, dict):
            raise NotAnEnvelope("no summary")
        return self.answer(
            accounts_needed=False,
            accepted=tuple(str(id) for id in _list(summary.get("accepted"))),
            already_accepted=tuple(str(id) for id in _list(summary.get("alreadyAccepted"))),
        )


def credit(value: Any, denomination: str) -> Credit:
    """`"1,234.50 USD"`, or an amount that leaves out its denomination. Raises NotACredit."""
    text = str(value).strip()
    if text.endswith(f" {denomination}") or " " in text:
        return Credit.parse(text)
    try:
        return Credit.of(text.replace(",", ""), denomination)
    except (InvalidOperation, ValueError):
        raise NotACredit from None


def moment(value: Any) -> tuple[datetime | None, date | None]:
    """A time and its day, from ISO text or from the driver's raw parts; a date alone has no time (contract 2.6)."""
    if isinstance(value, dict):
        return _raw_moment(value)
    text = str(value or "").strip()
    try:
        if len(text) == 10:
            return None, date.fromisoformat(text)
        at = datetime.fromisoformat(text)
    except ValueError:
        return None, None
    at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    return at, at.date()


def whole(value: Any) -> int:
    """An integer, which the driver may have left as two halves."""
    return int(value["low"] if isinstance(value, dict) else value)


def _raw_moment(parts: Mapping[str, Any]) -> tuple[datetime | None, date | None]:
    try:
        day = date(whole(parts["year"]), whole(parts["month"]), whole(parts["day"]))
        if "hour" not in parts:
            return None, day
        hour, minute, second = (whole(parts.get(name, 0)) for name in ("hour", "minute", "second"))
        microsecond = whole(parts.get("nanosecond", 0)) // 1000
        at = datetime(day.year, day.month, day.day, hour, minute, second, microsecond, tzinfo=UTC)
    except (KeyError, TypeError, ValueError):
        return None, None
    return at, day


def _text(value: Any) -> str | None:
    """A text; None for anything else."""
    return value if isinstance(value, str) and value else None


def _list(value: Any) -> Sequence[Any]:
    if value is None or value == {}:
        return []
    if not isinstance(value, list):
        raise TypeError("not a list")
    return value


def _standing(member: Mapping[str, Any]) -> Standing:
    tier = member.get("memberTier")
    return Standing(
        core_id=member["memberID"],
        first_name=member["firstname"],
        last_name=member["lastname"],
        handle=member["memberHandle"],
        tier=1 if tier is None else whole(tier),  # null is allowed (contract 3.1): the lowest promises nothing wrongly
        remaining_usd=_remaining(member.get("remainingAvailableUSD")),
        default_denomination=member["defaultDenom"],
    )


def _remaining(left: Any) -> Decimal | None:
    """What may still be offered today; what makes no sense is not told, the core itself minds its limit."""
    try:
        amount = Decimal(str(left))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def _person(person: Mapping[str, Any]) -> Person:
    return Person(core_id=person["memberID"], name=f"{person['firstname']} {person['lastname']}")


def _told(person: Any) -> Person | None:
    """Who is sent offers; whoever cannot be read is nobody: it is no reason to keep balances from their owner."""
    try:
        return _person(person) if person else None
    except _SENSELESS:
        return None


def _account(account: Mapping[str, Any]) -> CredexAccount:
    authorised = account.get("authFor")
    denomination = account["defaultDenom"]
    return CredexAccount(
        account_id=account["accountID"],
        name=account["accountName"],
        handle=account["accountHandle"],
        type=account["accountType"],
        default_denomination=denomination,
        owned=account["isOwnedAccount"],
        notices_to=_told(account.get("sendOffersTo")),
        balances=_balances(account["balanceData"], denomination),
        pending_in=tuple(_pending(offer, denomination) for offer in _list(account.get("pendingInData"))),
        pending_out=tuple(_pending(offer, denomination) for offer in _list(account.get("pendingOutData"))),
        authorised=None if authorised is None else tuple(_person(person) for person in authorised),
    )


def _balances(balances: Mapping[str, Any], denomination: str) -> Balances:
    unsecured = balances["unsecuredBalancesInDefaultDenom"]
    return Balances(
        secured=tuple(Credit.parse(text) for text in _list(balances.get("securedNetBalancesByDenom"))),
        payables=credit(unsecured["totalPayables"], denomination),
        receivables=credit(unsecured["totalReceivables"], denomination),
        net_unsecured=credit(unsecured["netPayRec"], denomination),
        net=credit(balances["netCredexAssetsInDefaultDenom"], denomination),
    )


def _pending(offer: Mapping[str, Any], denomination: str) -> PendingOffer:
    return PendingOffer(
        credex_id=offer["credexID"],
        amount=abs(credit(offer["formattedInitialAmount"], denomination)),
        counterparty=offer["counterpartyAccountName"],
        secured=offer.get("secured") is True,
        due_date=moment(offer.get("dueDate"))[1],
    )


def _entry(entry: Mapping[str, Any]) -> LedgerEntry:
    at, day = moment(entry.get("timestamp"))
    denomination = entry.get("denomination") or "USD"
    return LedgerEntry(
        credex_id=entry["credexID"],
        amount=credit(entry.get("formattedAmount") or entry["amount"], denomination),
        counterparty=entry["counterpartyAccountName"],
        description=entry.get("description") or "",
        cleared=entry.get("type") == "CLEARED",
        at=at,
        day=day,
    )
