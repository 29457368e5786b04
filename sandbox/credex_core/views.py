"""What the core shows of its books: dashboards, ledgers, one credex (contract 3.1, 3.11, 3.12)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from sandbox.credex_core.amounts import bare, converted, formatted
from sandbox.credex_core.books import ACCEPTED, PENDING, Account, Books, Credex, Member
from sandbox.credex_core.quirks import Quirks


class Views:
    """Reads only. `quirks` may change between two answers."""

    def __init__(self, books: Books, quirks: Quirks) -> None:
        self._books = books
        self.quirks = quirks

    def dashboard(self, member: Member, accounts: Iterable[Account]) -> dict[str, Any]:
        """The member and these accounts."""
        return {"member": self._member(member), "accounts": [self._account(member, account) for account in accounts]}

    def balances(self, account: Account) -> dict[str, Any]:
        """The three parts of an account's balance."""
        denomination = account.denomination
        secured: dict[str, Decimal] = defaultdict(Decimal)
        assets = payables = receivables = Decimal(0)
        ever_secured = False
        for credex in self._books.credexes_of(account):
            ever_secured = ever_secured or credex.secured
            if credex.state not in {"OWES", "OFFERS"}:
                continue
            worth = converted(credex.outstanding, credex.denomination, denomination)
            owes, comes_in = credex.state == "OWES", credex.receiver == account.id
            if owes or (self.quirks.subtractOffersFromNetAssets and not comes_in):
                assets += worth if comes_in else -worth
            if credex.secured and (owes or not comes_in):
                secured[credex.denomination] += credex.outstanding if comes_in else -credex.outstanding
            if not credex.secured and owes:
                payables += Decimal(0) if comes_in else worth
                receivables += worth if comes_in else Decimal(0)
        if self.quirks.emptyBalanceBug and not ever_secured:
            return _balance_data([], "0.00", "0.00", "0.00", "0.00")
        return _balance_data(
            [formatted(amount, name) for name, amount in secured.items() if amount or self.quirks.showZeroBalances],
            formatted(payables, denomination),
            formatted(receivables, denomination),
            formatted(receivables - payables, denomination),
            formatted(assets, denomination),
        )

    def ledger(self, account: Account, start: int, count: int) -> tuple[list[dict[str, Any]], bool]:
        """A page of accepted credexes, newest first by acceptance, and whether more follow."""
        accepted = [credex for credex in self._books.credexes_of(account) if credex.state in ACCEPTED]
        accepted.sort(key=lambda credex: _time(credex.accepted_at), reverse=True)
        page = accepted[start : start + count]
        return [self._entry(credex, account) for credex in page], start + count < len(accepted)

    def credex(self, credex: Credex, account: Account) -> dict[str, Any]:
        """The details of one credex, seen from one of its two accounts."""
        sign = -1 if credex.issuer == account.id else 1
        zero = formatted(Decimal(0), credex.denomination)
        gone = credex.state in {"DECLINED", "CANCELLED"}
        return {
            "amount": bare(sign * credex.initial, credex.denomination),
            "denomination": credex.denomination,
            "securedCredex": credex.secured,
            "receiverAccountName": self._other(credex, account).name,
            "transactionType": credex.state,
            "status": {
                "outstandingAmount": zero if gone else formatted(sign * credex.outstanding, credex.denomination),
                "redeemedAmount": zero,
                "defaultedAmount": formatted(sign * credex.defaulted, credex.denomination),
                "writtenOffAmount": zero,
                "acceptedAt": iso(credex.accepted_at),
                "declinedAt": iso(credex.declined_at),
                "cancelledAt": iso(credex.cancelled_at),
                "dueDate": credex.due.isoformat() if credex.due else None,
            },
            "clearedAgainst": [],
        }

    def _member(self, member: Member) -> dict[str, Any]:
        remaining = self._books.remaining(member)
        return {
            "memberID": member.id,
            "memberTier": member.tier,
            "remainingAvailableUSD": None if remaining is None else float(remaining),
            "firstname": member.firstname,
            "lastname": member.lastname,
            "memberHandle": member.handle,
            "defaultDenom": member.denomination,
        }

    def _account(self, member: Member, account: Account) -> dict[str, Any]:
        pending = [credex for credex in self._books.credexes_of(account) if credex.state in PENDING]
        shown = {
            "accountID": account.id,
            "accountName": account.name,
            "accountHandle": account.handle,
            "accountType": account.type,
            "defaultDenom": account.denomination,
            "isOwnedAccount": account.owner == member.id,
            "sendOffersTo": self._person(account.send_offers_to),
            "balanceData": self.balances(account),
            "pendingInData": [self._pending(c, account) for c in pending if c.receiver == account.id],
            "pendingOutData": [self._pending(c, account) for c in pending if c.issuer == account.id],
        }
        if self.quirks.authFor:
            shown["authFor"] = [self._person(id) for id in account.authorised]
        return shown

    def _person(self, id: str) -> dict[str, Any]:
        member = self._books.members[id]
        return {"memberID": id, "firstname": member.firstname, "lastname": member.lastname}

    def _pending(self, credex: Credex, account: Account) -> dict[str, Any]:
        sign = -1 if credex.issuer == account.id else 1
        item: dict[str, Any] = {
            "credexID": credex.id,
            "formattedInitialAmount": formatted(sign * credex.initial, credex.denomination),
            "counterpartyAccountName": self._other(credex, account).name,
            "secured": credex.secured,
        }
        if credex.due is not None:
            item["dueDate"] = credex.due.isoformat()
        return item

    def _entry(self, credex: Credex, account: Account) -> dict[str, Any]:
        out = credex.issuer == account.id
        amount = -credex.initial if out else credex.initial
        other = self._other(credex, account).name
        at = _time(credex.accepted_at)
        return {
            "credexID": credex.id,
            "timestamp": raw_date(at) if self.quirks.rawNeo4jDates else iso(at),
            "type": credex.state,
            "amount": bare(amount, credex.denomination),
            "denomination": credex.denomination,
            "description": f"Payment {'to' if out else 'from'} {other}",
            "counterpartyAccountName": other,
            "formattedAmount": formatted(amount, credex.denomination),
        }

    def _other(self, credex: Credex, account: Account) -> Account:
        return self._books.accounts[credex.receiver if credex.issuer == account.id else credex.issuer]


def iso(at: datetime | None) -> str | None:
    """`2025-01-15T10:20:30.456Z`."""
    return None if at is None else at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def raw_date(at: datetime) -> dict[str, dict[str, int]]:
    """A date and time as the database driver leaves it (contract 2.6)."""
    parts = {
        "year": at.year,
        "month": at.month,
        "day": at.day,
        "hour": at.hour,
        "minute": at.minute,
        "second": at.second,
        "nanosecond": at.microsecond * 1000,
        "timeZoneOffsetSeconds": 0,
    }
    return {name: {"low": value, "high": 0} for name, value in parts.items()}


def _time(at: datetime | None) -> datetime:
    if at is None:
        raise RuntimeError("an accepted credex has no time")
    return at


def _balance_data(secured: list[str], payables: str, receivables: str, net: str, assets: str) -> dict[str, Any]:
    return {
        "securedNetBalancesByDenom": secured,
        "unsecuredBalancesInDefaultDenom": {
            "totalPayables": payables,
            "totalReceivables": receivables,
            "netPayRec": net,
        },
        "netCredexAssetsInDefaultDenom": assets,
    }
