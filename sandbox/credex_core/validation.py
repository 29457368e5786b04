"""Bodies: each field is sanitised, then held to its rule; the first failure wins (contract 2.5)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.credex_core.amounts import DECIMALS
from sandbox.credex_core.refusals import Refused, invalid

Body = dict[str, Any]


class _Bad(Exception):
    """A value does not fit; the text is the core's."""


_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE)


def _uuid(value: Any) -> str:
    text = re.sub(r"[^0-9a-fA-F-]", "", str(value))
    if not _UUID.fullmatch(text):
        raise _Bad("Invalid UUID format")
    return text.lower()


def _phone(value: Any) -> str:
    digits = re.sub(r"\D", "", str(value))
    if not re.fullmatch(r"[1-9]\d{1,14}", digits):
        raise _Bad("Invalid phone number: must be a valid international phone number")
    return digits


def _kept(pattern: str, what: str) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        text = re.sub(pattern, "", str(value).strip())
        if not 3 <= len(text) <= 50:
            raise _Bad(f"Invalid {what}: must be between 3 and 50 characters long. Received length: {len(text)}")
        return text

    return check


def _handle(value: Any) -> str:
    text = str(value).strip().lower()
    if not 3 <= len(text) <= 30:
        raise _Bad("Invalid handle: must be between 3 and 30 characters long")
    if not re.fullmatch(r"[a-z0-9_]+", text):
        raise _Bad(f'Invalid handle: only lowercase letters, numbers, and underscores are allowed. Received "{text}"')
    return text


def _denomination(value: Any) -> str:
    text = str(value).strip().upper()
    if text not in DECIMALS:
        raise _Bad(f"Invalid denomination: {text} is not a recognized denomination")
    return text


def _amount(value: Any) -> Decimal:
    try:
        amount = Decimal(str(value).strip())
    except InvalidOperation:
        raise _Bad("Must be a positive number") from None
    if isinstance(value, bool) or not amount.is_finite() or amount <= 0:
        raise _Bad("Must be a positive number")
    return amount


def _row_count(least: int) -> Callable[[Any], int]:
    def check(value: Any) -> int:
        if isinstance(value, bool) or not str(value).strip().isdecimal() or int(value) < least:
            raise _Bad("Invalid value: must be a positive integer")
        return int(value)

    return check


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _Bad("Invalid value: must be a boolean (true or false)")
    return value


def _one_of(words: tuple[str, ...], says: Callable[[str], str], *, upper: bool = False) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        text = str(value).strip()
        text = text.upper() if upper else text
        if text not in words:
            raise _Bad(says(text))
        return text

    return check


def _day(value: Any) -> str:
    text = str(value).strip()
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise _Bad("dueDate must be in YYYY-MM-DD format")
    return text


def _uuids(value: Any) -> list[str]:
    if not isinstance(value, list) or not value:
        raise _Bad("credexIDs must be a non-empty array")
    return [_uuid(one) for one in value]


@dataclass(frozen=True)
class Field:
    """One field of a body; optional ones have a default (None: absent)."""

    check: Callable[[Any], Any]
    required: bool = True
    default: Any = None


_first = _kept(r"[^A-Za-z -]", "name")
_account_name = _kept(r"[^A-Za-z0-9 -]", "account name")
_credex_type = _one_of(
    ("PURCHASE", "GIFT", "DCO_GIVE", "DCO_RECEIVE"),
    lambda text: f"Invalid credex type: {text} is not a recognized credex type",
)
_direction = _one_of(("OFFERS", "REQUESTS"), lambda _: "OFFERSorREQUESTS must be either 'OFFERS' or 'REQUESTS'")
_template = _one_of(("REGULAR", "MEMBERTIER_SUBSCRIPTION", "DCO_GIVE"), lambda text: f"Invalid template type {text}")
_account_type = _one_of(("PERSONAL", "TRUST", "OPERATIONS"), lambda text: f"Invalid account type {text}", upper=True)

_ACCOUNT = {"accountID": Field(_uuid)}
_CREDEX = {"credexID": Field(_uuid)}

BODIES: Mapping[str, Mapping[str, Field]] = {
    "login": {"phone": Field(_phone)},
    "onboardMember": {
        "firstname": Field(_first),
        "lastname": Field(_first),
        "phone": Field(_phone),
        "defaultDenom": Field(_denomination),
    },
    "getMemberByHandle": {"memberHandle": Field(_handle)},
    "getAccountByHandle": {"accountHandle": Field(_handle)},
    "createAccount": {
        "accountType": Field(_account_type),
        "accountName": Field(_account_name),
        "accountHandle": Field(_handle),
        "defaultDenom": Field(_denomination),
    },
    "authorizeForAccount": _ACCOUNT | {"memberHandleToBeAuthorized": Field(_handle)},
    "unauthorizeForAccount": _ACCOUNT | {"memberIDtoBeUnauthorized": Field(_uuid)},
    "updateSendOffersTo": _ACCOUNT | {"memberIDtoSendOffers": Field(_uuid)},
    "getBalances": _ACCOUNT,
    "getLedger": _ACCOUNT
    | {"startRow": Field(_row_count(0), required=False, default=0), "numRows": Field(_row_count(1), False, 10)},
    "createCredex": {
        "issuerAccountID": Field(_uuid),
        "receiverAccountID": Field(_uuid),
        "Denomination": Field(_denomination),
        "InitialAmount": Field(_amount),
        "credexType": Field(_credex_type),
        "OFFERSorREQUESTS": Field(_direction),
        "securedCredex": Field(_boolean),
        "dueDate": Field(_day, required=False),
    },
    "acceptCredex": _CREDEX,
    "acceptCredexBulk": {"credexIDs": Field(_uuids)},
    "declineCredex": _CREDEX,
    "cancelCredex": _CREDEX,
    "getCredex": _CREDEX | _ACCOUNT,
    "updateAccount": _ACCOUNT
    | {
        "accountName": Field(_account_name, required=False),
        "accountHandle": Field(_handle, required=False),
        "defaultDenom": Field(_denomination, required=False),
    },
    "authForTierSpendLimit": {
        "issuerAccountID": Field(_uuid),
        "Amount": Field(_amount),
        "Denomination": Field(_denomination),
        "securedCredex": Field(_boolean),
    },
    "createRecurring": {
        "sourceAccountID": Field(_uuid),
        "targetAccountID": Field(_uuid, required=False),
        "templateType": Field(_template),
        "payFrequency": Field(_row_count(1)),
        "startDate": Field(_day),
        "amount": Field(_amount, required=False),
        "denomination": Field(_denomination, required=False),
        "securedCredex": Field(_boolean, required=False),
        "memberTier": Field(_row_count(1), required=False),
    },
    "acceptRecurring": {"recurringID": Field(_uuid)},
    "cancelRecurring": {"recurringID": Field(_uuid)},
    "getRecurring": _ACCOUNT | {"recurringID": Field(_uuid)},
    "hustler10k": {"personalAccountID": Field(_uuid)},
}
"""Every endpoint that is played, and its body."""

_OWN_CODES = {"accountID": "INVALID_ACCOUNT_ID", "numRows": "INVALID_NUM_ROWS", "startRow": "INVALID_START_ROW"}
"""getLedger's own codes (contract 3.12)."""


def cleaned(path: str, body: Any) -> Body:
    """The body as the core goes on with it: unknown fields dropped. Raises Refused."""
    given = body if isinstance(body, dict) else {}
    clean: Body = {}
    for name, field in BODIES[path].items():
        value = given.get(name)
        if value is None or value == "":
            if field.required:
                raise _refused(path, name, f"Required field missing: {name}", missing=True)
            clean[name] = field.default
            continue
        try:
            clean[name] = field.check(value)
        except _Bad as bad:
            raise _refused(path, name, str(bad), missing=False) from None
    return clean


def _refused(path: str, name: str, reason: str, *, missing: bool) -> Refused:
    if name == "phone":
        return invalid(reason, name, "MISSING_PHONE" if missing else "INVALID_PHONE")
    code = _OWN_CODES.get(name, "VALIDATION_ERROR") if path == "getLedger" else "VALIDATION_ERROR"
    return invalid(reason, name, code)
