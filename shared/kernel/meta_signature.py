"""WhatsApp's signature over the raw bytes of a webhook (WhatsApp contract 1.2)."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence

_HEADER = re.compile(r"sha256=([0-9a-f]{64})")


def is_signed(body: bytes, header: str | None, secrets: Sequence[str]) -> bool:
    """Whether `X-Hub-Signature-256` was made over exactly these bytes with one of the active app secrets.

    A header that is missing or malformed in any way is a wrong one; nothing is raised.
    """
    given = re.fullmatch(_HEADER, header or "")
    if given is None:
        return False
    digests = [hmac.new(secret.encode(), body, hashlib.sha256).hexdigest() for secret in secrets]
    return any(hmac.compare_digest(given[1], digest) for digest in digests)
