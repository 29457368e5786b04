"""The roots of all errors that the product raises.

    RuvimboError
    ├── Refusal          a person's input or request does not fit; `str()` is one sentence for that person
    ├── Misconfigured    a setting is missing or senseless; `str()` names it
    └── Away             something that we depend on cannot be reached now; the work is tried again

Errors that belong to one rule stand beside that rule and derive from one of these.
"""

from __future__ import annotations


class RuvimboError(Exception):
    """Root of the product's own errors."""


class Refusal(RuvimboError):
    """Something a person sent does not fit. The text says in one sentence what is wrong and what fits."""


class Misconfigured(RuvimboError):
    """A setting is missing or senseless. The text names the setting; the process ends with exit code 2."""


class Away(RuvimboError):
    """A store, broker or other dependency of our own is away; `subject` names it. Waiting is the right answer."""

    def __init__(self, subject: str) -> None:
        self.subject = subject
        super().__init__(f"{subject} cannot be reached now.")
