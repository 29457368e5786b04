"""What the QR of a receipt says, signed: anybody can tell a true one with the public key alone (product 2).

    R1.<facts>.<signature>

both parts in base64url without padding. The facts are a JSON list in UTF-8: number, issue date in Harare, amount,
currency, purpose; no name, no phone. The signature is Ed25519 over `R1.<facts>`; it is the same each time. A receipt
that replaces another is `R2`, and names that one's number as the sixth fact.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from datetime import date
from urllib.parse import unquote

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import BaseModel, ValidationError

from services.payments.domain.receipt import Receipt
from shared.kernel.money import Money

SIGNED = re.compile(r"R[12]\.[A-Za-z0-9_-]{20,2000}\.[A-Za-z0-9_-]{86}(?![A-Za-z0-9_-])")
"""A signed payload, wherever it stands: in an address, a text, the metadata of a PDF."""
NUMBER = re.compile(r"(?P<year>20[0-9]{2})-(?P<number>[0-9]{6,9})")


LONGEST_PURPOSE = 100
"""Characters."""


class Facts(BaseModel):
    """What a receipt says to everybody."""

    number: str
    issued_on: date
    amount: Money
    purpose: str
    replaces: str | None = None
    """The number of the receipt that it takes the place of."""


def facts_of(receipt: Receipt) -> Facts:
    """The public part of a receipt. A purpose that is longer than a QR code can hold is cut."""
    purpose = (
        receipt.purpose if len(receipt.purpose) <= LONGEST_PURPOSE else f"{receipt.purpose[: LONGEST_PURPOSE - 1]}…"
    )
    return Facts(
        number=receipt.code,
        issued_on=receipt.issued_on,
        amount=receipt.amount,
        purpose=purpose,
        replaces=receipt.replaces,
    )


def sign_receipt(receipt: Receipt, key: Ed25519PrivateKey) -> str:
    """The signed payload of a receipt."""
    facts = facts_of(receipt)
    listed = [facts.number, facts.issued_on.isoformat(), str(facts.amount.amount), facts.amount.currency, facts.purpose]
    version = "R1"
    if facts.replaces is not None:
        version = "R2"
        listed.append(facts.replaces)
    text = f"{version}.{_encoded(json.dumps(listed, ensure_ascii=False, separators=(',', ':')).encode())}"
    return f"{text}.{_encoded(key.sign(text.encode()))}"


def read_signed(signed: str, key: Ed25519PublicKey | None) -> Facts | None:
    """The facts of a payload that this key signed; None when it did not. Without a key nothing is proved."""
    text, _, signature = signed.rpartition(".")
    try:
        if key is not None:
            key.verify(_decoded(signature), text.encode())
        number, issued_on, amount, currency, purpose, *replaced = json.loads(_decoded(text.partition(".")[2]))
        [replaces] = replaced or [None]
        return Facts(
            number=number,
            issued_on=issued_on,
            amount=Money.of(amount, currency),
            purpose=purpose,
            replaces=replaces,
        )
    except (InvalidSignature, ValidationError, ValueError, TypeError, ArithmeticError):
        return None


def asked_for(code: str) -> tuple[str, str | None] | None:
    """What somebody asks for, by number, signed payload or address: the number, and the payload if it was one."""
    text = unquote(code)
    signed = SIGNED.search(text)
    if signed is not None:
        facts = read_signed(signed.group(), None)
        return (facts.number, signed.group()) if facts is not None else None
    number = NUMBER.fullmatch(text.strip().rstrip("/").rpartition("/")[2].strip())
    return (number.group(), None) if number is not None else None


def is_true(receipt: Receipt | None, signed: str | None) -> bool:
    """Whether we issued it: a payload must be, letter for letter, the one that we signed."""
    return receipt is not None and (signed is None or receipt.has_said(signed))


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
