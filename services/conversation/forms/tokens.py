"""The token of a form: the only link between the form on a phone and the person (WhatsApp contract 5.3).

    purpose.member.issued.cause.mark        mark: 128 bits of HMAC over the rest

It is made by a pure handler: who has not the key cannot guess it, and the same cause makes the same token again.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from services.conversation.engine.texts import later
from shared.kernel.errors import Refusal
from shared.kernel.ids import MemberId

LIFE = timedelta(days=3)
_TOKEN = re.compile(
    r"(?P<purpose>[a-z0-9_]{1,40})\.(?P<member>M-[0-9A-Z]{1,20})\.(?P<issued>\d{1,11})\.[0-9a-f]{16}\.[\w-]{22}",
    re.ASCII,
)


class FormClosed(Refusal):
    """The form is not open to whoever asks: unknown, too old, or sent off already.

    The text is shown on the phone, in the person's language where the catalogs are asked for it.
    """


NOT_KNOWN = later("This form is not known here any more; ask for it again in the chat.")


@dataclass(frozen=True)
class Ticket:
    """What a token says, once its mark is known to be ours."""

    purpose: str
    member: MemberId
    issued_at: datetime
    token: str

    def check(self, now: datetime) -> None:
        """Raises FormClosed when it is too old."""
        if not self.issued_at <= now + timedelta(minutes=5) or now - self.issued_at > LIFE:
            raise FormClosed(later("This form has expired; ask for a new one in the chat."))


class Tokens:
    """Makes and reads tokens. `key` is secret to the service."""

    def __init__(self, key: str) -> None:
        self._key = hashlib.sha256(b"form tokens\0" + key.encode()).digest()

    def make(self, purpose: str, member: MemberId, cause: str, now: datetime) -> str:
        """The token of a form for a member; `cause` is the id of the message that asked for it."""
        told = f"{purpose}.{member}.{int(now.timestamp())}.{hashlib.sha256(cause.encode()).hexdigest()[:16]}"
        return f"{told}.{self._mark(told)}"

    def read(self, token: object) -> Ticket:
        """What the token says. Raises FormClosed when it is not ours."""
        parts = re.fullmatch(_TOKEN, token) if isinstance(token, str) else None
        if parts is None:
            raise FormClosed(NOT_KNOWN)
        told, _dot, mark = parts[0].rpartition(".")
        if not hmac.compare_digest(mark, self._mark(told)):
            raise FormClosed(NOT_KNOWN)
        issued = datetime.fromtimestamp(int(parts["issued"]), UTC)
        return Ticket(parts["purpose"], MemberId(parts["member"]), issued, parts[0])

    def _mark(self, told: str) -> str:
        return urlsafe_b64encode(hmac.new(self._key, told.encode(), hashlib.sha256).digest()[:16]).decode().rstrip("=")


def is_token_signed(signature: object, token: str, secrets: Sequence[str]) -> bool:
    """Whether `flow_token_signature` (data API 4.0) is a JWT of this token by the app secret, HS256 only."""
    if not isinstance(signature, str) or signature.count(".") != 2:
        return False
    head, claims, mark = signature.split(".")
    try:
        algorithm = json.loads(_decoded(head)).get("alg")
        given = _decoded(mark)
        told = json.loads(_decoded(claims)).get("flow_token")
    except (ValueError, AttributeError, RecursionError):
        return False
    signed = f"{head}.{claims}".encode()
    known = any(hmac.compare_digest(given, hmac.digest(secret.encode(), signed, "sha256")) for secret in secrets)
    return algorithm == "HS256" and known and told == token


def _decoded(part: str) -> bytes:
    return urlsafe_b64decode(part.encode("ascii") + b"=" * (-len(part) % 4))
