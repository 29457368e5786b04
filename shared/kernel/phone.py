"""Phone numbers: E.164 inside, read as people in Zimbabwe write them (product 8)."""

from __future__ import annotations

import re

from shared.kernel.errors import Refusal

_SEPARATORS = re.compile(r"[\s\u00a0\-().]")
_ZIMBABWEAN_MOBILE = re.compile(r"7[1378]\d{7}")

WALLET_BY_PREFIX = {"77": "ecocash", "78": "ecocash", "71": "onemoney", "73": "telecash"}
"""First two digits after +263 to the wallet of that network (Paynow contract 2.2)."""


class NotAPhone(Refusal):
    """The text is no Zimbabwean mobile number. It is not repeated in the message, which may be logged."""

    def __init__(self) -> None:
        super().__init__("That is not a mobile number I can use; send it like 0771 234 567 or +263 771 234 567.")


def parse_phone(text: str) -> str:
    """E.164 (`+263771234567`) from `0771…`, `771…`, `+263…`, `263…`, `00263…` with blanks and dashes.

    Raises NotAPhone for anything else.
    """
    compact = _SEPARATORS.sub("", text)
    for start in ("+263", "00263", "263", "0", ""):
        rest = compact.removeprefix(start)
        if compact.startswith(start) and re.fullmatch(_ZIMBABWEAN_MOBILE, rest) and rest.isascii():
            return f"+263{rest}"
    raise NotAPhone


def wallet_of(phone: str) -> str | None:
    """The wallet that a number's network runs, or None: a first guess only, since numbers are ported."""
    return WALLET_BY_PREFIX.get(phone.removeprefix("+263")[:2])


def local_form(phone: str) -> str:
    """`0771234567`, the form Paynow's documentation and test numbers use (Paynow contract 2.2)."""
    return "0" + phone.removeprefix("+263")
