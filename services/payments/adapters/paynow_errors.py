"""What Paynow's error texts mean: written for people, without a hash, so matched loosely (Paynow contract 1.4)."""

from __future__ import annotations

from shared.contracts.payments import Reason

_MEANINGS: tuple[tuple[str, Reason], ...] = (
    ("insufficient balance", "insufficient_balance"),
    # Configuration: the operator must act.
    ("invalid id", "misconfigured"),
    ("invalid hash", "misconfigured"),
    ("not a site integration", "misconfigured"),
    ("currently inactive", "misconfigured"),
    ("in test mode", "misconfigured"),
    ("must use a test case number", "misconfigured"),
    ("does not have any active", "misconfigured"),
    # Input that we made wrongly: a fault of ours, not of the payer.
    ("invalid amount", "misconfigured"),
    ("conversion overflows", "misconfigured"),
    ("must start with http", "misconfigured"),
    ("is not recognized", "misconfigured"),
)


def reason_of(error: str) -> Reason:
    """Why Paynow refused, as far as its text tells; `declined` for a text that we don't know."""
    text = " ".join(error.lower().split())
    return next((reason for part, reason in _MEANINGS if part in text), "declined")
